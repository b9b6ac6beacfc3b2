/* bot/cli/eval_choose.h — whether vectors help, on the operator's own questions: when they are to count, and how much.
 *
 *   each question ─▶ found by words, and by both with each weight ─▶ nDCG@10 ─▶ the best coverage and weight
 *
 * Words alone stay when no choice is better by more than its standard error: what is chosen is never worse than words on
 * these questions, and not a trick of a few of them.
 *
 * Thread: one; asks the model for a vector of each question.                                                         */
#ifndef GILBOT_CLI_EVAL_CHOOSE_H
#define GILBOT_CLI_EVAL_CHOOSE_H

#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/cli/eval.h"
#include "store/index/hybrid_weights.h"

struct answers;
struct dense;
struct language_model;

struct eval_choose_parts {
    struct answers *answers;
    struct dense *dense;
    const struct language_model *model;
    const struct eval_set *set;
};

struct eval_choice {
    size_t n;                      /* questions with documents                                                 */
    double words, best;            /* mean nDCG@10 by words alone, and with the best choice                    */
    double error;                  /* standard error of the difference                                         */
    struct hybrid_weights tried;   /* the best choice                                                          */
    struct hybrid_weights weights; /* what is to be used: the same, or {0, 0} where it is not clearly better   */
};

/* ERR_BUSY, ERR_REMOTE: no vector can be had now.  ERR_NOT_FOUND: the documents have no vectors yet. */
MUST_USE
enum err eval_choose(const struct eval_choose_parts *parts, struct eval_choice *ret_choice, struct error *error);

#endif
