/* bot/cli/eval.h — what `gilbot eval` measures: a set of questions, each with what is right, against the documents.
 *
 *   {"question", "answer", "documents": [id…]} a line; no documents: the right answer is "not in the documents"
 *
 * recall@k:       questions with documents of whose first k different documents found one is right
 * mrr, ndcg:      of the first right one among EVAL_DEPTH: 1 / rank; 1 / log2(rank + 1)
 * answer_hit:     questions with an answer, whose answer stands in the sentences shown (spaces and punctuation aside)
 * supported:      sentences shown that stand in the passage they are said to come from
 * refused_right:  questions without documents to which "not in the documents" is said; refused_wrong: of those with
 *
 * Thread: one.  Memory: none is kept.  Errors: ERR_INVALID with FILE:LINE; ERR_NOT_FOUND; the search's.            */
#ifndef GILBOT_CLI_EVAL_H
#define GILBOT_CLI_EVAL_H

#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/cli/proportions.h"

struct answers;

enum { EVAL_DEPTH = 10 };

struct eval_figures {
    int64_t n;
    struct proportion recall1, recall5, recall10, answer_hit, supported, refused_right, refused_wrong;
    double mrr, ndcg; /* means over the questions with documents */
    double p50_ms, p99_ms;
};

struct eval_set {
    const char *path;
    struct str collection; /* empty: all */
};

MUST_USE
enum err eval_run(struct answers *answers, const struct eval_set *set, struct eval_figures *ret_figures,
                  struct error *error);

#endif
