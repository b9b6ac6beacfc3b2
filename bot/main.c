/* bot/main.c — finds the subcommand and runs it. */
#include "bot/cli/commands.h"

int main(int argc, char **argv)
{
    return commands_main(argc, argv);
}
