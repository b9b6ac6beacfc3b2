/* bot/cli/flow_command.h — what the verbs of `gilbot flow` get, and the verbs: one file each, one line each in cmd_flow.c.
 *
 * Thread: one.  Memory: the arena lives as long as the command.                                                      */
#ifndef GILBOT_CLI_FLOW_COMMAND_H
#define GILBOT_CLI_FLOW_COMMAND_H

#include <stdbool.h>

struct arena;
struct settings;

struct flow_command {
    const struct settings *settings; /* flow_test: NULL when it is given files */
    struct arena *arena;
    int argc; /* the words after the verb */
    char **argv;
};

/* Exit status, as any command's; 2 after saying how it is used. */
int flow_graph(const struct flow_command *command);
int flow_migrate(const struct flow_command *command);
int flow_replay(const struct flow_command *command);
int flow_stats(const struct flow_command *command);
int flow_test(const struct flow_command *command);

/* Whether these words of `flow test` name files, so that no gilbot.yaml is wanted. */
bool flow_test_has_files(int argc, char **argv);
int flow_why(const struct flow_command *command);

#endif
