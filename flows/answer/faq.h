/* flows/answer/faq.h — approved questions and answers: they win over anything that is searched or generated.
 *
 *   - questions: [월급은 며칠에 나와요?, 급여일이 언제인가요?]
 *     answer: 매달 25일에 나와요. 쉬는 날이면 그 앞의 평일이에요.
 *     title: 평가, 급여, 승진      what the answer rests on, shown as its source; may be left out, like `url`
 *
 * A question is one of them when it reads the same but for case, spaces and punctuation; or when it is very much alike
 * (FAQ_NEAR) and nothing sets the two apart: another number, a denial, something else asked for (flows/text/contrast.h).
 *
 * Thread:  any; a faq is immutable.
 * Memory:  in the arena given.
 * Errors:  ERR_INVALID with FILE:LINE:COLUMN for a fault in the file, without for a question that is not UTF-8;
 *          ERR_NO_MEMORY.                                                                                            */
#ifndef GILBOT_FLOWS_ANSWER_FAQ_H
#define GILBOT_FLOWS_ANSWER_FAQ_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct faq;

/* The least likeness that counts.  Of 1,490 paraphrases of 1,000 short questions 13 % are at least this near to one, 97 of
 * 100 of them to the right one, before the guard. */
#define FAQ_NEAR 0.60

struct faq_pair {
    struct strs questions; /* at least one */
    struct str answer;     /* markup (bot/model/markup.h) */
    struct str title, url; /* may be empty */
};

struct faq_hit {
    const struct faq_pair *pair; /* NULL: none */
    struct str question;         /* of the pair, the one that it is */
    double likeness;             /* 0…1; of the best even when it does not count */
    bool exact;
};

/* `file`: how people know the YAML text. */
MUST_USE enum err faq_read(struct arena *arena, struct str file, struct str text, const struct faq **ret_faq,
                           struct error *error);

/* faq NULL: there is none. */
MUST_USE enum err faq_find(const struct faq *faq, struct arena *arena, struct str question, struct faq_hit *ret_hit);

#endif
