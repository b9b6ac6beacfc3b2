#include "store/index/hybrid_search.h"

#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "store/index/dense.h"
#include "store/index/text_index.h"
#include "store/index/vector_index.h"

#include "bot/base/banned.h"

bool hybrid_is_weak(const struct search_hits *words, const struct hybrid_weights *weights)
{
    return weights->vectors > 0 && (words->n == 0 || words->items[0].features.covp < weights->coverage);
}

/* ── candidates ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct merging {
    struct search *search;
    struct dense *dense;
    struct db *db;
    const struct hybrid_query *hybrid;
    struct arena *arena;
    struct error *error;
    struct search_hits all; /* the words' hits first, then those that only the vectors found */
    double *similarities;   /* of `all` */
};

static int rising(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static enum err nearest(struct merging *m, const int64_t *only, size_t n_only, size_t k, struct vector_hits *ret_hits)
{
    struct vector_query query = {.vector = m->hybrid->vector, .k = k, .only = only, .n_only = n_only};
    return dense_search(m->dense, &query, m->hybrid->dimension, m->arena, ret_hits, m->error);
}

/* The vectors' best, as far as the filters leave them. */
static enum err find_near(struct merging *m, struct vector_hits *ret_near)
{
    struct text_ids allowed = {0};
    enum err rc = search_allowed(m->search, m->hybrid->query, m->arena, &allowed, m->error);
    if (rc != OK)
        return rc;
    static const int64_t none;
    const int64_t *only = allowed.items != NULL ? allowed.items : &none;
    return nearest(m, allowed.all ? NULL : only, allowed.n, HYBRID_CANDIDATES, ret_near);
}

static bool is_there(const struct search_hits *hits, int64_t id)
{
    for (size_t i = 0; i < hits->n; i++)
        if (hits->items[i].chunk.id == id)
            return true;
    return false;
}

/* The words' hits, and those that only the vectors found. */
static enum err unite(struct merging *m, const struct vector_hits *near)
{
    const struct search_hits *words = m->hybrid->words;
    struct search_look look = {.question = &words->question};
    int64_t *ids = arena_alloc_array(m->arena, near->n, sizeof *ids);
    if (ids == NULL)
        return fail(m->error, ERR_NO_MEMORY, "no memory for what was found");
    for (size_t i = 0; i < near->n; i++)
        if (!is_there(words, near->items[i].id))
            ids[look.n++] = near->items[i].id;
    look.ids = ids;
    struct search_hits others = {0};
    enum err rc = search_look_at(m->db, &look, m->arena, &others, m->error);
    if (rc != OK)
        return rc;
    m->all = *words;
    m->all.n = words->n + others.n;
    m->all.items = arena_alloc_array(m->arena, m->all.n, sizeof *m->all.items);
    if (m->all.items == NULL)
        return fail(m->error, ERR_NO_MEMORY, "no memory for what was found");
    if (words->n > 0)
        memcpy(m->all.items, words->items, words->n * sizeof *m->all.items);
    if (others.n > 0)
        memcpy(m->all.items + words->n, others.items, others.n * sizeof *m->all.items);
    return OK;
}

/* The cosine of every candidate; of one without a vector, that of the farthest. */
static enum err compare(struct merging *m)
{
    struct vector_hits exact = {0};
    int64_t *ids = arena_alloc_array(m->arena, m->all.n, sizeof *ids);
    m->similarities = arena_alloc_array(m->arena, m->all.n, sizeof *m->similarities);
    if (ids == NULL || m->similarities == NULL)
        return fail(m->error, ERR_NO_MEMORY, "no memory for what was found");
    for (size_t i = 0; i < m->all.n; i++)
        ids[i] = m->all.items[i].chunk.id;
    qsort(ids, m->all.n, sizeof *ids, rising);
    enum err rc = nearest(m, ids, m->all.n, m->all.n, &exact);
    if (rc != OK || exact.n == 0)
        return rc;
    double farthest = (double)exact.items[exact.n - 1].similarity;
    for (size_t i = 0; i < m->all.n; i++) {
        m->similarities[i] = farthest;
        for (size_t k = 0; k < exact.n; k++)
            if (exact.items[k].id == m->all.items[i].chunk.id)
                m->similarities[i] = (double)exact.items[k].similarity;
    }
    return OK;
}

/* ── one order ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static int best_first(const void *a, const void *b)
{
    const struct search_hit *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->chunk.id > y->chunk.id) - (x->chunk.id < y->chunk.id);
}

static double share(double value, double from, double to)
{
    return to > from ? (value - from) / (to - from) : 1;
}

static void order(struct merging *m)
{
    const struct search_hits *words = m->hybrid->words;
    double best = words->n > 0 && words->items[0].score > 0 ? words->items[0].score : 1;
    double nearest = m->similarities[0], farthest = m->similarities[0], w = m->hybrid->weight;
    for (size_t i = 1; i < m->all.n; i++) {
        nearest = m->similarities[i] > nearest ? m->similarities[i] : nearest;
        farthest = m->similarities[i] < farthest ? m->similarities[i] : farthest;
    }
    for (size_t i = 0; i < m->all.n; i++) {
        struct search_hit *hit = &m->all.items[i];
        double by_words = i < words->n && hit->score > 0 ? hit->score / best : 0;
        hit->score = (1 - w) * by_words + w * share(m->similarities[i], farthest, nearest);
    }
    qsort(m->all.items, m->all.n, sizeof *m->all.items, best_first);
}

enum err hybrid_merge(struct search *search, struct dense *dense, struct db *db, const struct hybrid_query *hybrid,
                      struct arena *arena, struct search_hits *ret_hits, struct error *error)
{
    struct merging m = {.search = search, .dense = dense, .db = db, .hybrid = hybrid, .arena = arena, .error = error};
    struct vector_hits near = {0};
    enum err rc = find_near(&m, &near);
    if (rc == OK)
        rc = unite(&m, &near);
    if (rc == OK && m.all.n > 0)
        rc = compare(&m);
    if (rc != OK)
        return during(error, "searching by vectors");
    if (m.all.n > 0)
        order(&m);
    if (m.all.n > hybrid->query->k)
        m.all.n = hybrid->query->k;
    *ret_hits = m.all;
    return OK;
}
