#include "bot/cli/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bot/base/settings.h"
#include "bot/cli/commands.h"

#include "bot/base/banned.h"

enum err config_load(const struct command_line *line, struct arena *arena, struct settings **ret_settings,
                     struct error *error)
{
    static const char *const usual[] = {"./gilbot.yaml", "/etc/gilbot/gilbot.yaml"};
    const char *path = line->config_path;
    for (size_t i = 0; path == NULL && i < COUNT_OF(usual); i++)
        if (access(usual[i], R_OK) == 0)
            path = usual[i];
    if (path == NULL)
        return fail(error, ERR_NOT_FOUND,
                    "there is no gilbot.yaml here nor in /etc/gilbot; `gilbot init` writes one, -c FILE names another");
    return settings_load(arena, path, ret_settings, error);
}

enum err config_set_time_zone(const struct settings *settings, struct error *error)
{
    if (settings->timezone.n > 0 && setenv("TZ", settings->timezone.p, 1) != 0)
        return fail(error, ERR_NO_MEMORY, "no memory for the time zone");
    tzset();
    return OK;
}

int config_failed(const struct error *error)
{
    fprintf(stderr, "gilbot: %s\n", error->text);
    return error->code == ERR_INVALID || error->code == ERR_NOT_FOUND ? 2 : 1;
}
