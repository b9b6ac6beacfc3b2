#include "flows/text/similarity.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

enum { GRAM_MAX = 3, CODE_POINT_BITS = 21 };

/* Up to three code points side by side: no two n-grams have the same key. */
struct gram {
    uint64_t key;
    uint32_t row;
    uint32_t count;
};

struct posting {
    uint32_t row;
    float weight; /* of a row whose length is 1 */
};

struct term {
    uint64_t key;
    size_t first, n; /* postings */
    double idf;
};

struct similarity {
    size_t n_rows;
    const struct term *terms; /* by key */
    size_t n_terms;
    const struct posting *postings;
};

static int by_key_and_row(const void *a, const void *b)
{
    const struct gram *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* All n-grams of a key, each with count 1; at most GRAM_MAX for each of its characters. */
static size_t cut(struct str key, uint32_t row, struct gram *ret_grams)
{
    uint64_t last[GRAM_MAX] = {0};
    size_t n = 0, seen = 0;
    for (int32_t c = text_next(&key); c >= 0; c = text_next(&key)) {
        for (size_t length = GRAM_MAX; length > 1; length--)
            last[length - 1] = (last[length - 2] << CODE_POINT_BITS) | (uint64_t)c;
        last[0] = (uint64_t)c;
        seen++;
        for (size_t length = 1; length <= GRAM_MAX && length <= seen; length++)
            ret_grams[n++] = (struct gram){last[length - 1], row, 1};
    }
    return n;
}

/* Adds up what is the same; returns how many are left. */
static size_t merge(struct gram *grams, size_t n)
{
    if (n == 0)
        return 0;
    qsort(grams, n, sizeof *grams, by_key_and_row);
    size_t kept = 0;
    for (size_t i = 1; i < n; i++) {
        if (grams[i].key == grams[kept].key && grams[i].row == grams[kept].row)
            grams[kept].count += grams[i].count;
        else
            grams[++kept] = grams[i];
    }
    return kept + 1;
}

static double idf(size_t rows, size_t with_it)
{
    return 1 + log((1 + (double)rows) / (1 + (double)with_it));
}

/* ── building ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err cut_rows(struct arena *arena, struct strs rows, struct gram **ret_grams, size_t *ret_n)
{
    struct str *keys = arena_alloc_array(arena, rows.n, sizeof *keys);
    size_t bytes = 0, n = 0;
    if (keys == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < rows.n; i++) {
        enum err rc = text_match_key(arena, rows.items[i], &keys[i]);
        if (rc != OK)
            return rc;
        bytes += keys[i].n;
    }
    struct gram *grams = arena_alloc_array(arena, bytes * GRAM_MAX, sizeof *grams);
    if (grams == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < rows.n; i++)
        n += cut(keys[i], (uint32_t)i, grams + n);
    *ret_n = merge(grams, n);
    *ret_grams = grams;
    return OK;
}

static size_t same_key(const struct gram *grams, size_t from, size_t n)
{
    size_t end = from;
    while (end < n && grams[end].key == grams[from].key)
        end++;
    return end - from;
}

static MUST_USE enum err weigh(struct similarity *s, struct arena *arena, const struct gram *grams, size_t n)
{
    struct term *terms = arena_alloc_array(arena, n, sizeof *terms);
    struct posting *postings = arena_alloc_array(arena, n, sizeof *postings);
    double *squares = arena_alloc_array(arena, s->n_rows, sizeof *squares);
    if (terms == NULL || postings == NULL || squares == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i += terms[s->n_terms++].n) {
        struct term *term = &terms[s->n_terms];
        *term = (struct term){.key = grams[i].key, .first = i, .n = same_key(grams, i, n)};
        term->idf = idf(s->n_rows, term->n);
        for (size_t k = i; k < i + term->n; k++)
            squares[grams[k].row] += (grams[k].count * term->idf) * (grams[k].count * term->idf);
    }
    for (size_t t = 0; t < s->n_terms; t++)
        for (size_t k = terms[t].first; k < terms[t].first + terms[t].n; k++)
            postings[k] =
                (struct posting){grams[k].row, (float)(grams[k].count * terms[t].idf / sqrt(squares[grams[k].row]))};
    s->terms = terms;
    s->postings = postings;
    return OK;
}

enum err similarity_build(struct arena *arena, struct strs rows, struct similarity **ret_similarity)
{
    struct similarity *s = arena_alloc(arena, sizeof *s);
    struct gram *grams = NULL;
    size_t n = 0;
    if (s == NULL)
        return ERR_NO_MEMORY;
    s->n_rows = rows.n;
    enum err rc = cut_rows(arena, rows, &grams, &n);
    if (rc == OK)
        rc = weigh(s, arena, grams, n);
    if (rc == OK)
        *ret_similarity = s;
    return rc;
}

/* ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct term *find(const struct similarity *s, uint64_t key)
{
    size_t low = 0, high = s->n_terms;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->terms[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->n_terms && s->terms[low].key == key ? &s->terms[low] : NULL;
}

enum err similarity_scores(const struct similarity *s, struct arena *arena, struct str text, const double **ret_scores)
{
    struct str key = {0};
    enum err rc = text_match_key(arena, text, &key);
    if (rc != OK)
        return rc;
    struct gram *grams = arena_alloc_array(arena, key.n * GRAM_MAX, sizeof *grams);
    double *scores = arena_alloc_array(arena, s->n_rows, sizeof *scores), square = 0;
    if (grams == NULL || scores == NULL)
        return ERR_NO_MEMORY;
    size_t n = merge(grams, cut(key, 0, grams));
    for (size_t i = 0; i < n; i++) {
        const struct term *term = find(s, grams[i].key);
        double weight = grams[i].count * (term != NULL ? term->idf : idf(s->n_rows, 0));
        square += weight * weight;
        for (size_t k = 0; term != NULL && k < term->n; k++)
            scores[s->postings[term->first + k].row] += weight * (double)s->postings[term->first + k].weight;
    }
    for (size_t i = 0; i < s->n_rows && square > 0; i++)
        scores[i] /= sqrt(square);
    *ret_scores = scores;
    return OK;
}
