#include "flows/answer/summary.h"

#include <math.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/sentence.h"
#include "bot/base/terms.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

static const double damping = 0.85, too_alike = 0.6;

enum { ROUNDS = 40, LEAST_LENGTH = 10 /* code points: less is a heading or a page number */ };

/* ── sentences as vectors of terms ─────────────────────────────────────────────────────────────────────────────── */

struct vector_term {
    uint64_t hash;
    double weight;
};

struct candidate {
    struct summary_sentence sentence;
    struct vector_term *terms; /* sorted by hash, each once */
    size_t n;
    double length; /* Euclid's */
};

static int by_hash(const void *a, const void *b)
{
    uint64_t x = ((const struct vector_term *)a)->hash, y = ((const struct vector_term *)b)->hash;
    return (x > y) - (x < y);
}

static enum err read_terms(struct arena *arena, struct candidate *c)
{
    struct str normal;
    enum err rc = terms_normal(arena, c->sentence.text, &normal);
    if (rc != OK)
        return rc;
    size_t most = normal.n, n = 0; /* a term is at least a byte of its own */
    c->terms = arena_alloc_array(arena, most, sizeof *c->terms);
    if (c->terms == NULL)
        return ERR_NO_MEMORY;
    for (struct word word; word_next(&normal, &word);)
        for (struct str stem = word.stem, term; n < most && term_next(word.kind, &stem, &term);)
            c->terms[n++] = (struct vector_term){str_hash(term), 1};
    qsort(c->terms, n, sizeof *c->terms, by_hash);
    for (size_t i = 0; i < n; i++) {
        if (c->n > 0 && c->terms[c->n - 1].hash == c->terms[i].hash)
            c->terms[c->n - 1].weight += 1;
        else
            c->terms[c->n++] = c->terms[i];
    }
    return OK;
}

/* All terms of all sentences, to count in how many each stands. */
static enum err weigh(struct arena *arena, struct candidate *all, size_t n)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += all[i].n;
    struct vector_term *seen = arena_alloc_array(arena, total, sizeof *seen);
    if (seen == NULL)
        return ERR_NO_MEMORY;
    size_t at = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < all[i].n; k++)
            seen[at++] = (struct vector_term){all[i].terms[k].hash, 0};
    qsort(seen, total, sizeof *seen, by_hash);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < all[i].n; k++) {
            struct vector_term *term = all[i].terms + k, *hit = bsearch(term, seen, total, sizeof *seen, by_hash);
            size_t in = 0;
            while (hit > seen && hit[-1].hash == term->hash)
                hit--;
            for (; hit < seen + total && hit->hash == term->hash; hit++)
                in++;
            term->weight = (1 + log(term->weight)) * log(1 + (double)n / (double)in);
            all[i].length += term->weight * term->weight;
        }
        all[i].length = sqrt(all[i].length);
    }
    return OK;
}

static double likeness(const struct candidate *a, const struct candidate *b)
{
    double sum = 0;
    for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
        if (a->terms[i].hash == b->terms[k].hash)
            sum += a->terms[i++].weight * b->terms[k++].weight;
        else if (a->terms[i].hash < b->terms[k].hash)
            i++;
        else
            k++;
    }
    return a->length > 0 && b->length > 0 ? sum / (a->length * b->length) : 0;
}

/* ── ranking ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err rank_all(struct arena *arena, struct candidate *all, size_t n)
{
    float *alike = arena_alloc_array(arena, n * n, sizeof *alike);
    double *out = arena_alloc_array(arena, n, sizeof *out), *next = arena_alloc_array(arena, n, sizeof *next);
    if (alike == NULL || out == NULL || next == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        all[i].sentence.rank = 1 / (double)n;
        for (size_t k = 0; k < i; k++) {
            double value = likeness(all + i, all + k);
            alike[i * n + k] = alike[k * n + i] = (float)value;
            out[i] += value;
            out[k] += value;
        }
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (size_t k = 0; k < n; k++)
                sum += out[k] > 0 ? (double)alike[i * n + k] / out[k] * all[k].sentence.rank : 0;
            next[i] = (1 - damping) / (double)n + damping * sum;
        }
        for (size_t i = 0; i < n; i++)
            all[i].sentence.rank = next[i];
    }
    return OK;
}

/* The best that says something else than those chosen; NULL: there is none. */
static const struct candidate *next_best(const struct candidate *all, size_t n, const struct candidate *const *chosen,
                                         size_t n_chosen)
{
    const struct candidate *best = NULL;
    for (size_t i = 0; i < n; i++) {
        bool is_new = true;
        for (size_t k = 0; k < n_chosen && is_new; k++)
            is_new = chosen[k] != all + i && likeness(chosen[k], all + i) < too_alike;
        if (is_new && (best == NULL || all[i].sentence.rank > best->sentence.rank))
            best = all + i;
    }
    return best;
}

static void choose(const struct candidate *all, size_t n, size_t most, struct summary *summary)
{
    const struct candidate *chosen[SUMMARY_MOST];
    size_t n_chosen = 0;
    for (const struct candidate *best; n_chosen < most && (best = next_best(all, n, chosen, n_chosen)) != NULL;)
        chosen[n_chosen++] = best;
    for (size_t i = 0; i < n; i++) /* the document's order is that of the candidates */
        for (size_t k = 0; k < n_chosen; k++)
            if (chosen[k] == all + i)
                summary->sentences[summary->n++] = all[i].sentence;
}

/* ── the document's sentences ──────────────────────────────────────────────────────────────────────────────────── */

/* Rows of tables and headings say little by themselves. */
static bool is_telling(struct str sentence)
{
    return text_length(sentence) >= LEAST_LENGTH && !sentence_is_table_row(sentence) && !str_starts(sentence, STR("#"));
}

/* Writes every `step`th telling sentence, or with `all` NULL counts. */
static size_t collect(const struct summary_page *pages, size_t n_pages, size_t step, struct candidate *all)
{
    size_t n = 0, seen = 0;
    for (size_t i = 0; i < n_pages; i++) {
        struct str rest = pages[i].text, sentence;
        while (sentence_next(&rest, &sentence)) {
            if (!is_telling(sentence) || seen++ % step != 0)
                continue;
            if (all != NULL)
                all[n].sentence = (struct summary_sentence){.page = pages[i].page, .text = sentence};
            n++;
        }
    }
    return n;
}

enum err summary_rank(struct arena *arena, const struct summary_page *pages, size_t n_pages, size_t most,
                      struct summary *ret_summary)
{
    size_t total = collect(pages, n_pages, 1, NULL), step = 1 + total / SUMMARY_MOST_SENTENCES;
    struct candidate *all = arena_alloc_array(arena, total, sizeof *all);
    if (all == NULL)
        return ERR_NO_MEMORY;
    size_t n = collect(pages, n_pages, step, all);
    struct summary summary = {.n = 0};
    enum err rc = OK;
    for (size_t i = 0; i < n && rc == OK; i++)
        rc = read_terms(arena, all + i);
    if (rc == OK)
        rc = weigh(arena, all, n);
    if (rc == OK)
        rc = rank_all(arena, all, n);
    if (rc != OK)
        return rc;
    choose(all, n, most < SUMMARY_MOST ? most : SUMMARY_MOST, &summary);
    *ret_summary = summary;
    return OK;
}
