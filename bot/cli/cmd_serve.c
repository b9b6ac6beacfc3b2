#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/log.h"
#include "bot/base/secret.h"
#include "bot/base/settings.h"
#include "bot/cli/commands.h"
#include "bot/cli/config.h"
#include "bot/cli/service.h"

#include "bot/base/banned.h"

enum { KEPT_BYTES = 4 * 1024 * 1024, SERVE_BYTES = 8 * 1024 * 1024 };

struct serve_words {
    bool demo;
    struct str listen;
};

static bool read_words(const struct command_line *line, struct serve_words *ret)
{
    struct serve_words words = {0};
    for (int i = 1; i < line->argc; i++) {
        if (strcmp(line->argv[i], "--demo") == 0)
            words.demo = true;
        else if (strcmp(line->argv[i], "--listen") == 0 && i + 1 < line->argc)
            words.listen = str_of(line->argv[++i]);
        else {
            fprintf(stderr, "gilbot: serve does not know %s; `gilbot serve --help`\n", line->argv[i]);
            return false;
        }
    }
    *ret = words;
    return true;
}

/* The demonstration: no account, no file; the web chat with the example survey, which begins when the page is opened.  What
 * is asked in its middle or after it is answered from the example documents. */
static enum err demo_settings(struct arena *arena, struct settings **ret_settings, struct error *error)
{
    static const struct settings_route demo_routes[] = {
        {.name = STR_INIT("web"), .platform = STR_INIT("web"), .events = SETTINGS_OPENED, .flow = STR_INIT("health")},
        {.name = STR_INIT("web questions"),
         .platform = STR_INIT("web"),
         .events = SETTINGS_MESSAGE,
         .flow = STR_INIT("answer")},
    };
    struct settings *settings = NULL;
    if (settings_defaults(arena, &settings, error) != OK)
        return error->code;
    settings->data_dir = STR("./demo-data");
    settings->web.enabled = true;
    settings->routes = demo_routes;
    settings->n_routes = COUNT_OF(demo_routes);
    *ret_settings = settings;
    return OK;
}

static enum err serve(const struct settings *settings, const struct serve_words *words, struct error *error)
{
    struct service_settings given = {.settings = settings, .listen = words->listen, .demo = words->demo};
    struct service *service = NULL;
    if (service_open(&given, &service, error) != OK)
        return error->code;
    if (words->demo) {
        printf("gilbot: the demonstration is at  http://127.0.0.1:%u/chat\n"
               "        (its data is in ./demo-data; Ctrl-C ends it)\n",
               (unsigned)service_port(service));
        fflush(stdout);
    }
    (void)malloc_trim(0); /* what starting took */
    enum err rc = service_run(service, error);
    service_close(service);
    return rc;
}

/* Each thread's memory grows and shrinks with every event; giving each page back at once costs more than the work. */
static void keep_memory(void)
{
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    mallopt(M_TOP_PAD, KEPT_BYTES / 8);
}

static int run(const struct command_line *line)
{
    keep_memory();
    struct serve_words words = {0};
    if (!read_words(line, &words))
        return 2;
    struct arena arena;
    arena_init(&arena, SERVE_BYTES);
    struct settings *settings = NULL;
    struct error error = {0};
    service_block_signals();
    enum err rc = secret_start(&error);
    if (rc == OK)
        rc = words.demo ? demo_settings(&arena, &settings, &error) : config_load(line, &arena, &settings, &error);
    if (rc == OK && settings != NULL) {
        log_setup(2, settings->log.format, settings->log.level);
        rc = config_set_time_zone(settings, &error);
        if (rc == OK)
            rc = serve(settings, &words, &error);
    }
    int status = rc == OK ? 0 : config_failed(&error);
    settings_release(settings);
    arena_release(&arena);
    return status;
}

const struct command command_serve = {
    .name = "serve",
    .usage = "[--demo] [--listen HOST:PORT]",
    .summary = "runs the service",
    .help = "  --demo               no account needed: the web chat with the example survey and documents\n"
            "  --listen HOST:PORT   instead of the configuration's own address; port 0: any free one\n\n"
            "SIGTERM ends it within 10 seconds.  Changed flows are read by themselves, and on SIGHUP; conversations "
            "under way go\n"
            "on with the flow they began with.\n",
    .run = run,
};
