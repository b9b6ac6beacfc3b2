/* bot/cli/llm_say.h — `gilbot llm say TEXT`: one question to the models, as an answer would ask it.
 *
 * For operators: does it answer, who answers, how fast, for how much.  The call stands in the ledger like any other.   */
#ifndef GILBOT_CLI_LLM_SAY_H
#define GILBOT_CLI_LLM_SAY_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/str.h"

struct arena;
struct settings;

struct llm_say {
    const struct settings *settings;
    struct arena *arena;
    struct str text;
    int64_t budget_ms;
    bool
        json; /* {"text", "provider", "model", "finish", "tokens_in", …}; else the text as it comes, the rest to stderr */
};

/* The exit status. */
int llm_say(const struct llm_say *say);

#endif
