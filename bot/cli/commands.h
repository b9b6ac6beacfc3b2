/* bot/cli/commands.h — the table of subcommands: one file each, one line each. */
#ifndef GILBOT_CLI_COMMANDS_H
#define GILBOT_CLI_COMMANDS_H

/* What a command gets: its own words (argv[0] is the command's name) and the value of -c, or NULL. */
struct command_line {
    int argc;
    char **argv;
    const char *config_path;
};

/* Exit status: 0 done; 1 failed while running; 2 bad usage or bad input. */
struct command {
    const char *name;
    const char *usage;   /* "[--flow ID] [--user ID]": what follows "gilbot NAME" */
    const char *summary; /* one line for `gilbot help`; NULL: it is not told of   */
    const char *help;    /* the rest of `gilbot NAME --help`; may be NULL         */
    int (*run)(const struct command_line *line);
};

/* Parses the program's words and runs the command; returns the exit status. */
int commands_main(int argc, char **argv);

/* The commands, in the order of `gilbot help`; one per bot/cli/cmd_NAME.c (inbox and outbox: cmd_queue.c). */
extern const struct command command_init, command_check, command_serve, command_chat, command_flow, command_dmn,
    command_feel, command_ingest, command_search, command_eval, command_ask, command_feedback, command_inbox,
    command_outbox, command_llm, command_doctor, command_read_file;

#endif
