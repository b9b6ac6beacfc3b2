#include "bot/cli/commands.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bot/base/attributes.h"

#include "bot/base/banned.h"

static const struct command *const commands[] = {
    &command_init,  &command_check,  &command_serve,  &command_chat,   &command_flow,      &command_dmn,
    &command_feel,  &command_ingest, &command_search, &command_eval,   &command_ask,       &command_feedback,
    &command_inbox, &command_outbox, &command_llm,    &command_doctor, &command_read_file,
};

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static void print_overview(FILE *out)
{
    fputs("gilbot: a chat bot server for Slack and Channel Talk\n\n"
          "usage: gilbot [-c FILE] COMMAND …\n\n",
          out);
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (commands[i]->summary != NULL) /* else no person calls it */
            fprintf(out, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
    fputs("  help     this page; `gilbot COMMAND --help` says more about a command\n"
          "  version  prints the version\n\n"
          "  -c FILE  the configuration; default ./gilbot.yaml, else /etc/gilbot/gilbot.yaml\n\n"
          "The first steps: `gilbot serve --demo` shows it, `gilbot init` writes your own gilbot.yaml.\n",
          out);
}

static void print_help(const struct command *command)
{
    printf("usage: gilbot %s%s%s\n\n%s\n", command->name, command->usage[0] == '\0' ? "" : " ", command->usage,
           command->summary);
    if (command->help != NULL)
        printf("\n%s", command->help);
}

static int usage_error(const char *what, const char *word)
{
    fprintf(stderr, "gilbot: %s%s%s; `gilbot help` lists the commands\n", what, word == NULL ? "" : " ",
            word == NULL ? "" : word);
    return 2;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* Takes "-c FILE" out of the words; returns how many are left, -1 when FILE is missing. */
static int take_config(int argc, char **argv, const char **ret_path)
{
    int n = 0;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "-c") != 0) {
            argv[n++] = argv[i];
            continue;
        }
        if (++i == argc)
            return -1;
        *ret_path = argv[i];
    }
    argv[n] = NULL;
    return n;
}

int commands_main(int argc, char **argv)
{
    const char *config = NULL;
    argc = take_config(argc, argv, &config);
    if (argc < 0)
        return usage_error("-c needs a file name", NULL);
    if (argc < 2) {
        print_overview(stderr);
        return 2;
    }
    const char *word = argv[1];
    if (strcmp(word, "version") == 0 || strcmp(word, "--version") == 0) {
        puts("gilbot " GILBOT_VERSION);
        return 0;
    }
    if (strcmp(word, "help") == 0 || is_help(word)) {
        const struct command *about = argc > 2 ? find(argv[2]) : NULL;
        if (argc > 2 && about == NULL)
            return usage_error("there is no command", argv[2]);
        if (about != NULL)
            print_help(about);
        else
            print_overview(stdout);
        return 0;
    }
    const struct command *command = find(word);
    if (command == NULL)
        return usage_error("there is no command", word);
    for (int i = 2; i < argc; i++)
        if (is_help(argv[i])) {
            print_help(command);
            return 0;
        }
    return command->run(&(struct command_line){.argc = argc - 1, .argv = argv + 1, .config_path = config});
}
