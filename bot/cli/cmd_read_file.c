/* gilbot read-file — what fence.h executes; no person calls it. */
#include <stdio.h>

#include "bot/cli/commands.h"
#include "store/import/child.h"
#include "store/import/fence.h"

#include "bot/base/banned.h"

static int run(const struct command_line *line)
{
    if (line->argc != 2) {
        fputs("gilbot: " FENCE_COMMAND " is for gilbot itself\n", stderr);
        return 2;
    }
    child_main(line->argv[1]);
}

const struct command command_read_file = {.name = FENCE_COMMAND, .usage = "", .run = run};
