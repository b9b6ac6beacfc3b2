/* bot/cli/chat_output.h — the replies of a turn in the terminal: for people (ANSI marks where the terminal shows them), for
 * programs (one JSON object a line).
 *
 * Thread: one.  Memory: an arena of the turn for what is made on the way.                                           */
#ifndef GILBOT_CLI_CHAT_OUTPUT_H
#define GILBOT_CLI_CHAT_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct arena;
struct replies;

struct chat_output {
    FILE *out;
    bool json;   /* one object a reply                                                        */
    bool colour; /* bold, italic and links as the terminal writes them; else plain text        */
    bool pauses; /* waits between replies, shortened, as a person would type                    */
};

void chat_output_replies(const struct chat_output *output, const struct replies *replies, struct arena *arena);

#endif
