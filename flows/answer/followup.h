/* flows/answer/followup.h — questions that lean on the one before: "그럼 배송비는?", made whole without a model.
 *
 * A question leans on the talk when it begins with a connective or a pronoun ("그럼", "그건", "what about") or is no more
 * than a topic ("배송비는?", "5년차는요?").  Then the topic words of the question before are put in front of it:
 *   "교환은 며칠 안에 하나요?" · "그럼 배송비는?"          ─▶ "교환 배송비는?"
 *   "3년차 연차는 며칠인가요?" · "5년차는요?"              ─▶ "연차 5년차는요?"    (3년차 is what 5년차 takes the place of)
 * Topic words are nouns by their particles; question words, verbs and what the new question names itself are left out.
 * The result is for searching, not for showing.
 *
 * Thread: any (pure).  Memory: the arena; an unchanged question is borrowed.
 * Errors: ERR_INVALID — not UTF-8; ERR_NO_MEMORY.                                                                    */
#ifndef GILBOT_FLOWS_ANSWER_FOLLOWUP_H
#define GILBOT_FLOWS_ANSWER_FOLLOWUP_H

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/language_model.h"

struct arena;
struct prompts;

enum { FOLLOWUP_MOST_BEFORE = 4, FOLLOWUP_MOST_TOPICS = 4 };

/* Whether the question leans on one before it. */
MUST_USE enum err followup_is(struct arena *arena, struct str question, bool *ret_is);

/* `before`: the talk's earlier questions as they were asked, the latest last; the last FOLLOWUP_MOST_BEFORE count. */
MUST_USE enum err followup_rewrite(struct arena *arena, struct strs before, struct str question, struct str *ret_whole);

struct followup_prompt {
    struct model_message messages[2];
    struct str label;
};

/* The same by a model: what to ask it (prompts/rewrite.txt).  What it answers is used only when followup_accepts. */
MUST_USE enum err followup_prompt_make(struct arena *arena, const struct prompts *prompts, struct strs before,
                                       struct str question, struct followup_prompt *ret_prompt, struct error *error);

/* Whether a model's rewriting may take the question's place: one line, not much longer than what was said, in no other
 * words and numbers than the talk's own. */
MUST_USE enum err followup_accepts(struct arena *arena, struct strs before, struct str question, struct str rewritten,
                                   bool *ret_accepts);

#endif
