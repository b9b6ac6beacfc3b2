/* integrations/llm/thinking.h — keeps a model's thinking aloud out of what people read.
 *
 * Some models begin their text with <think> … </think>, whatever they are asked.  That part is dropped, and the white space
 * before and after it; a text that begins otherwise passes at once, but for white space at its very beginning.
 *
 * Thread: one at a time.  Memory: none.                                                                              */
#ifndef GILBOT_INTEGRATIONS_LLM_THINKING_H
#define GILBOT_INTEGRATIONS_LLM_THINKING_H

#include <stddef.h>

#include "bot/base/str.h"

/* Zeroed: at the beginning. */
struct thinking {
    enum thinking_state { THINKING_PERHAPS, THINKING_ALOUD, THINKING_OVER, THINKING_SAID } state;
    size_t matched; /* bytes of the mark that is looked for */
};

/* The part of `piece` that is said: up to two texts, to be read one after the other (the first is a constant: what was
 * taken for a mark and was none); either may be empty. */
struct thinking_said {
    struct str held, rest;
};
struct thinking_said thinking_pass(struct thinking *thinking, struct str piece);

/* What is still held back when the text ends, a constant. */
struct str thinking_end(const struct thinking *thinking);

#endif
