/* flows/answer/prompt.h — what a model is asked, and how much of the documents it is shown.
 *
 *   candidates (best first, each with the text before and behind it in its document)
 *     ─▶ as many as the model's context holds, whole; then each widened by its neighbours while it still holds
 *     ─▶ system: the rules (prompts/answer.txt)      user: numbered passages and the question, delimited (delimit.h)
 *
 * The budget is the model's context less the answer's tokens, counted by language_model_tokens, which is meant to be
 * high.  What the model answers is checked against `passages`, which is exactly what it was shown (claims.h).
 *
 * Thread: any.  Memory: the arena; passages borrow from the candidates where they were not widened.
 * Errors: ERR_NO_MEMORY; ERR_INVALID — a prompt file of the workspace is faulty.                                     */
#ifndef GILBOT_FLOWS_ANSWER_PROMPT_H
#define GILBOT_FLOWS_ANSWER_PROMPT_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/language_model.h"
#include "flows/answer/passage.h"

struct arena;
struct prompts;

enum { ANSWER_TOKENS = 1024 /* kept free for the answer */, ANSWER_LEAST_CONTEXT = 4096 };

/* The prompts that ship: "answer", "rewrite", "summary_part", "summary_whole".  `folder`: where the operator's own stand
 * (flows/prompt.h); empty for none. */
MUST_USE enum err answer_prompts_load(struct arena *arena, struct str folder, struct prompts *ret_prompts,
                                      struct error *error);

struct prompt_candidate {
    struct passage passage;
    struct str before, behind; /* the chunks beside it; they may repeat its first or last sentences; empty: none */
};

struct answer_prompt_request {
    const struct prompts *prompts;
    const struct language_model *model; /* NULL: a context of ANSWER_LEAST_CONTEXT */
    struct str question;
    struct str language; /* "ko", "en": of the answer */
    const struct prompt_candidate *candidates;
    size_t n_candidates;
    size_t most_passages;
};

struct answer_prompt {
    struct model_message messages[2];
    struct passages passages; /* as shown; none: not even one sentence of the first fits */
    struct str label;         /* of the prompt, for struct model_origin */
};

MUST_USE enum err answer_prompt_make(struct arena *arena, const struct answer_prompt_request *request,
                                     struct answer_prompt *ret_prompt, struct error *error);

/* JSON schema of the claims, for struct model_chat. */
struct str answer_schema(void);

/* The language's name as the prompts have it: "한국어", "English". */
struct str answer_language_name(struct str code);

/* `a` and `b` one behind the other, what b repeats of a's end (whole lines or sentences) only once. */
MUST_USE enum err answer_join_chunks(struct arena *arena, struct str a, struct str b, struct str *ret_joined);

#endif
