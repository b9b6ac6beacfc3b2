/* store/index/hybrid_search.h — what the words find and what the vectors find, in one order.
 *
 *   search_run ─▶ its best hit has enough of the question's words (hybrid_is_weak: no) ──────────────▶ as it is
 *             └─▶ weak ─▶ a model makes the question's vector ─▶ nearest chunks ─▶ hybrid_merge ─▶ one order
 *
 *   score = (1 − w)·words + w·vectors        words: score / the best one's;  vectors: cosine, from 0 for the farthest
 *                                            candidate to 1 for the nearest; every candidate has both
 *
 * The weight w and the coverage under which vectors count are what `gilbot eval --choose` found best on the operator's own
 * questions; until then w is 0 and the words decide alone.  A convex combination needs no more than a few dozen questions to
 * be set, and keeps how clear a decision was, which ranks alone do not.
 *
 * Thread:  any.  Memory: results live in the arena given.  Errors: as search.h and dense.h say.
 * Source:  Bruch, Gai, Ingber: An analysis of fusion functions for hybrid retrieval, ACM TOIS 42 (2023).             */
#ifndef GILBOT_STORE_INDEX_HYBRID_SEARCH_H
#define GILBOT_STORE_INDEX_HYBRID_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "store/index/hybrid_weights.h"
#include "store/index/search.h"

struct arena;
struct db;
struct dense;

enum { HYBRID_CANDIDATES = 30 /* the vectors' best */ };

/* Is a vector worth asking for? */
bool hybrid_is_weak(const struct search_hits *words, const struct hybrid_weights *weights);

struct hybrid_query {
    const struct search_query *query; /* as search_run had it              */
    const struct search_hits *words;  /* what that found                   */
    const float *vector;              /* the question's                    */
    size_t dimension;
    double weight; /* w */
};

/* The best k of both.  A vector of another model or nothing to search: ERR_CONFLICT, ERR_NOT_FOUND; the words' hits are as
 * good as ever then. */
MUST_USE
enum err hybrid_merge(struct search *search, struct dense *dense, struct db *db, const struct hybrid_query *hybrid,
                      struct arena *arena, struct search_hits *ret_hits, struct error *error);

#endif
