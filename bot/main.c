/* bot/main.c — finds the subcommand and runs it. */
#include <stdio.h>

#include "bot/cli/commands.h"

int main(int argc, char **argv)
{
    int status = commands_main(argc, argv);
    /* A result that could not be written (a full disk) must not look like one that could. */
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return status;
    fputs("gilbot: standard output could not be written\n", stderr);
    return status == 0 ? 1 : status;
}
