/* bot/cli/ask_output.h — an answer for the terminal and for programs.
 *
 * Thread: one.  Memory: scratch in the arena.  Errors: ERR_NO_MEMORY; ERR_INTERNAL: it could not be printed.         */
#ifndef GILBOT_CLI_ASK_OUTPUT_H
#define GILBOT_CLI_ASK_OUTPUT_H

#include <stdint.h>
#include <stdio.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct answer;
struct arena;

struct ask_output {
    struct str question;
    const struct answer *answer;
    int64_t us; /* that it took */
    FILE *out;
    struct arena *arena;
};

/* As a person reads it. */
MUST_USE enum err ask_output_text(const struct ask_output *output, struct error *error);

/* One object in one line, as the surface says; `explain` in it holds what the stages saw. */
MUST_USE enum err ask_output_json(const struct ask_output *output, struct error *error);

/* What every stage saw. */
MUST_USE enum err ask_output_explain(const struct ask_output *output, struct error *error);

#endif
