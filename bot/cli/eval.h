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

#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/cli/proportions.h"

struct answers;
struct arena;
struct json_value;
struct search_hits;

enum { EVAL_DEPTH = 10 };

struct eval_figures {
    int64_t n;
    struct proportion recall1, recall5, recall10, answer_hit, supported, refused_right, refused_wrong;
    double mrr, ndcg; /* means over the questions with documents */
    double p50_ms, p99_ms;
};

/* A line of the set. */
struct eval_asked {
    struct str question, answer;
    const struct json_value *documents; /* an array of ids; NULL: none */
};

/* Calls `one` with every question, its arena only for the call. */
typedef enum err eval_one(void *arg, const struct eval_asked *asked, struct arena *arena, struct error *error);
MUST_USE
enum err eval_each(const char *path, eval_one *one, void *arg, struct error *error);

/* The rank of the first right document, from 1; 0: none is right.  The chunks of one document count once. */
size_t eval_rank(const struct search_hits *hits, const struct json_value *documents);

struct eval_set {
    const char *path;
    struct str collection; /* empty: all */
};

MUST_USE
enum err eval_run(struct answers *answers, const struct eval_set *set, struct eval_figures *ret_figures,
                  struct error *error);

#endif
