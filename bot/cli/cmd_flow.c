#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/secret.h"
#include "bot/base/settings.h"
#include "bot/cli/commands.h"
#include "bot/cli/config.h"
#include "bot/cli/flow_command.h"

#include "bot/base/banned.h"

enum { FLOW_BYTES = 256 * 1024 * 1024 };

typedef int verb_fn(const struct flow_command *command);

static const struct {
    const char *name;
    verb_fn *run;
} verbs[] = {
    {"stats", flow_stats}, {"graph", flow_graph}, {"migrate", flow_migrate},
    {"test", flow_test},   {"why", flow_why},     {"replay", flow_replay},
};

static verb_fn *find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (strcmp(verbs[i].name, name) == 0)
            return verbs[i].run;
    return NULL;
}

static int run(const struct command_line *line)
{
    verb_fn *verb = line->argc > 1 ? find(line->argv[1]) : NULL;
    if (verb == NULL) {
        fprintf(stderr, "gilbot: usage: gilbot flow %s; `gilbot flow --help`\n", command_flow.usage);
        return 2;
    }
    struct arena arena;
    arena_init(&arena, FLOW_BYTES);
    struct settings *settings = NULL;
    struct error error = {0};
    bool alone = verb == flow_test && flow_test_has_files(line->argc - 2, line->argv + 2);
    enum err rc = secret_start(&error);
    if (rc == OK && !alone)
        rc = config_load(line, &arena, &settings, &error);
    if (rc == OK && !alone)
        rc = config_set_time_zone(settings, &error);
    int status = rc == OK ? verb(&(struct flow_command){settings, &arena, line->argc - 2, line->argv + 2})
                          : config_failed(&error);
    settings_release(settings);
    arena_release(&arena);
    return status;
}

const struct command command_flow = {
    .name = "flow",
    .usage = "test [FLOW… | PATH…] [--only NAME] [--json] | stats FLOW [--by WHAT] [--since DATE] [--json] | "
             "graph [FLOW] [--format mermaid|svg|dot] [-o FILE] [--since DATE] [--no-numbers] | "
             "migrate FLOW [--apply] | why [SESSION] [--json] | replay --since DATE [--with FILE_OR_DIR] [--json]",
    .summary = "runs the tests of flows, draws them; what becomes of conversations, and why; those that began with an "
               "older version",
    .help =
        "  test          runs the `tests:` of the flows, and the files NAME.test.yaml beside them; exit status 1 when "
        "one fails\n"
        "  FLOW…         only of these flows; PATH…: of these files and folders, without any gilbot.yaml\n"
        "  --only NAME   only the tests whose name has this in it\n\n"
        "  stats FLOW    how many began, where they left, how long questions took, what was recommended\n"
        "  --by WHAT     the same of each platform, route, variant or day; variants are compared\n"
        "  graph FLOW    draws it, with its figures when there are any; --format mermaid needs nothing, svg Graphviz's "
        "dot\n"
        "  -o FILE       writes it there; the name says the format, as FILE.svg\n"
        "  --no-numbers  only the flow\n"
        "  migrate FLOW  conversations that go on with an older version of the flow, and which of them could be "
        "moved to\n"
        "                the present one: the question that waits must be there still, and of the same type\n"
        "  --apply       moves them\n"
        "  why SESSION   the rules that led to a recommendation, the values they saw, and the smallest change of one\n"
        "                answer that would have changed it; a conversation or a user will do; without any: the last "
        "ten\n"
        "  replay        conversations since DATE, run through a changed flow: who would have been recommended "
        "something\n"
        "                else; [--until DATE] [--flow ID] [--with FILE_OR_DIR], else the files of gilbot.yaml;\n"
        "                --exit-code: 1 when there is a difference\n"
        "  --since DATE  sessions that began on that day or later, as 2026-11-01; without it the last 30 days\n"
        "  --json        one object\n\n"
        "Works while the service runs and while it does not.\n",
    .run = run,
};
