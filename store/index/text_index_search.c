/* store/index/text_index_search.c — block-max WAND: the best k chunks of all that have a term of the question.
 *
 * A cursor a term, in the order of the chunk each stands at.  The pivot is the first chunk that could still be among the
 * best k if it had all terms that stand before it or at it; when the blocks that hold it cannot give that much either,
 * everything up to the end of the shortest of these blocks is passed over.                                            */
#include <math.h>
#include <string.h>

#include "bot/base/arena.h"
#include "store/index/question.h"
#include "store/index/text_file.h"

#include "bot/base/banned.h"

enum { NO_CHUNK = UINT32_MAX };

/* Bounds are summed up in another order than scores. */
#define SLACK (1 + 1e-9)

struct cursor {
    const struct question_term *term;
    bool is_own;
    double most;                      /* of the whole term */
    uint32_t block, end, first_block; /* its blocks; `block` may be ahead of the one that was read */
    uint32_t read;                    /* the block that `postings` hold; NO_CHUNK: none            */
    uint32_t chunk;                   /* where it stands; NO_CHUNK: at the end                     */
    size_t at, n;
    struct text_posting postings[TEXT_BLOCK];
};

struct search_state {
    const struct text_index *index;
    const bool *facet_allowed;
    struct cursor *cursors; /* in the order of the question's terms */
    struct cursor **order;  /* in the order of where they stand     */
    size_t n;
    double own_mass;
    struct text_found *best; /* a heap, the worst first; `chunk` is a number, not yet an id */
    size_t n_best, k;
};

/* ── whose chunks count ────────────────────────────────────────────────────────────────────────────────────────── */

static struct str text_of(const struct text_index *index, struct text_piece piece)
{
    return (struct str){index->texts + piece.at, piece.n};
}

static bool may_see(struct str channels, struct str channel)
{
    if (channels.n == 0)
        return true;
    for (struct str one; channel.n > 0 && str_split(&channels, '\n', &one);)
        if (str_eq(one, channel))
            return true;
    return false;
}

static bool fits(struct str wanted, struct str has)
{
    return wanted.n == 0 || str_eq(wanted, has);
}

static const bool *allow_facets(const struct text_index *index, const struct text_filter *filter, struct arena *arena)
{
    bool *allowed = arena_alloc_array(arena, index->head->n_facets + (size_t)1, sizeof *allowed);
    for (uint32_t i = 0; allowed != NULL && i < index->head->n_facets; i++) {
        const struct text_facet *facet = &index->facets[i];
        allowed[i] = fits(filter->collection, text_of(index, facet->collection)) &&
                     fits(filter->category, text_of(index, facet->category)) &&
                     fits(filter->source, text_of(index, facet->source)) &&
                     (filter->sees_all || may_see(text_of(index, facet->access), filter->channel));
    }
    return allowed;
}

/* ── cursors ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* To the block that holds `chunk` or what follows it, without reading it. */
static void skip_blocks(const struct text_index *index, struct cursor *cursor, uint32_t chunk)
{
    uint32_t step = 1, from = cursor->block;
    if (from >= cursor->end || index->blocks[from].last >= chunk)
        return;
    while (from + step < cursor->end && index->blocks[from + step].last < chunk) {
        from += step;
        step *= 2;
    }
    uint32_t to = from + step < cursor->end ? from + step : cursor->end;
    while (to - from > 1) { /* `from` ends before the chunk, `to` does not (or is the end) */
        uint32_t middle = from + (to - from) / 2;
        if (index->blocks[middle].last < chunk)
            from = middle;
        else
            to = middle;
    }
    cursor->block = to;
}

static void read_block(const struct text_index *index, struct cursor *cursor)
{
    const struct text_block *block = &index->blocks[cursor->block];
    uint32_t before = cursor->block == cursor->first_block ? UINT32_MAX : block[-1].last;
    cursor->n = text_block_read(index->postings + block->at, before, block->last, cursor->postings);
    cursor->read = cursor->block;
    cursor->at = 0;
}

/* To the first posting at or after `chunk`. */
static void move_to(const struct text_index *index, struct cursor *cursor, uint32_t chunk)
{
    if (cursor->chunk != NO_CHUNK && cursor->chunk >= chunk && cursor->read != NO_CHUNK)
        return;
    skip_blocks(index, cursor, chunk);
    if (cursor->block >= cursor->end) {
        cursor->chunk = NO_CHUNK;
        return;
    }
    if (cursor->read != cursor->block)
        read_block(index, cursor);
    while (cursor->postings[cursor->at].chunk < chunk) /* the block's last is not before it */
        cursor->at++;
    cursor->chunk = cursor->postings[cursor->at].chunk;
}

/* The cursors before place `moved` stand further on now, or may: the order is made good. */
static void sort_first(struct search_state *state, size_t moved)
{
    for (size_t i = moved; i-- > 0;) {
        struct cursor *cursor = state->order[i];
        size_t to = i;
        for (; to + 1 < state->n && state->order[to + 1]->chunk < cursor->chunk; to++)
            state->order[to] = state->order[to + 1];
        state->order[to] = cursor;
    }
}

/* ── the best so far ───────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_worse(const struct text_found *a, const struct text_found *b)
{
    return a->score < b->score || (a->score == b->score && a->chunk > b->chunk);
}

static void swap(struct text_found *a, struct text_found *b)
{
    struct text_found c = *a;
    *a = *b;
    *b = c;
}

static void sink(struct text_found *heap, size_t n, size_t i)
{
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && is_worse(&heap[child + 1], &heap[child]))
            child++;
        if (!is_worse(&heap[child], &heap[i]))
            return;
        swap(&heap[i], &heap[child]);
    }
}

static void keep(struct search_state *state, struct text_found found)
{
    struct text_found *heap = state->best;
    if (state->n_best == state->k) {
        if (!is_worse(&heap[0], &found))
            return;
        heap[0] = found;
        sink(heap, state->n_best, 0);
        return;
    }
    size_t i = state->n_best++;
    heap[i] = found;
    for (size_t parent; i > 0 && is_worse(&heap[i], &heap[parent = (i - 1) / 2]); i = parent)
        swap(&heap[i], &heap[parent]);
}

/* What a chunk must exceed. */
static double threshold(const struct search_state *state)
{
    return state->n_best < state->k ? -1 : state->best[0].score;
}

/* ── the search ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void score(struct search_state *state, uint32_t chunk)
{
    const struct text_index *index = state->index;
    if (!state->facet_allowed[index->facet_of[chunk]])
        return;
    double sum = 0, in_headings = 0, length = index->lengths[chunk] / index->head->mean_length;
    for (size_t i = 0; i < state->n; i++) {
        const struct cursor *cursor = &state->cursors[i];
        if (cursor->chunk != chunk)
            continue;
        struct text_posting posting = cursor->postings[cursor->at];
        sum += cursor->term->weight * text_part(cursor->term->idf, posting, length);
        if (posting.in_headings > 0)
            in_headings += cursor->term->weight * cursor->term->idf;
    }
    double bonus = TEXT_HEADING_BONUS * in_headings * fmin(1, in_headings / state->own_mass);
    keep(state, (struct text_found){.chunk = chunk, .score = sum + bonus, .bonus = bonus});
}

/* The place in the order of the last cursor at the pivot chunk; state->n: nothing can be better any more. */
static size_t find_pivot(const struct search_state *state, double needed)
{
    double most = 0;
    for (size_t i = 0; i < state->n && state->order[i]->chunk != NO_CHUNK; i++) {
        most += state->order[i]->most;
        if (most * SLACK <= needed)
            continue;
        while (i + 1 < state->n && state->order[i + 1]->chunk == state->order[i]->chunk)
            i++;
        return i;
    }
    return state->n;
}

/* What the blocks that hold the pivot chunk give at most; ret_end: the first chunk after the shortest of them. */
static double block_most(struct search_state *state, size_t pivot, uint32_t *ret_end)
{
    uint32_t chunk = state->order[pivot]->chunk, end = NO_CHUNK;
    double most = 0;
    for (size_t i = 0; i <= pivot; i++) {
        struct cursor *cursor = state->order[i];
        skip_blocks(state->index, cursor, chunk);
        if (cursor->block >= cursor->end)
            continue;
        const struct text_block *block = &state->index->blocks[cursor->block];
        most += cursor->term->weight * (double)block->most;
        if (block->last + 1 < end)
            end = block->last + 1;
    }
    *ret_end = end;
    return most;
}

static void move_first(struct search_state *state, size_t n, uint32_t chunk)
{
    for (size_t i = 0; i < n; i++)
        move_to(state->index, state->order[i], chunk);
    sort_first(state, n);
}

static void walk(struct search_state *state)
{
    for (size_t pivot; (pivot = find_pivot(state, threshold(state))) < state->n;) {
        uint32_t chunk = state->order[pivot]->chunk, end;
        if (block_most(state, pivot, &end) * SLACK > threshold(state)) {
            if (state->order[0]->chunk == chunk) {
                score(state, chunk);
                move_first(state, pivot + 1, chunk + 1);
            } else {
                move_first(state, pivot, chunk);
            }
            continue;
        }
        if (pivot + 1 < state->n && state->order[pivot + 1]->chunk < end)
            end = state->order[pivot + 1]->chunk;
        move_first(state, pivot + 1, end > chunk ? end : chunk + 1);
    }
}

static void begin(struct search_state *state, const struct question *question)
{
    for (size_t i = 0; i < question->n_terms; i++) {
        const struct question_term *term = &question->terms[i];
        if (i < question->n_own_terms)
            state->own_mass += term->idf;
        if (term->entry < 0)
            continue;
        const struct text_term *entry = &state->index->terms[term->entry];
        bool is_last = (uint32_t)term->entry + 1 == state->index->head->n_terms;
        struct cursor *cursor = &state->cursors[state->n];
        cursor->term = term;
        cursor->most = term->weight * (double)entry->most;
        cursor->first_block = cursor->block = entry->first_block;
        cursor->end = is_last ? state->index->head->n_blocks : entry[1].first_block;
        cursor->read = NO_CHUNK;
        move_to(state->index, cursor, 0);
        state->order[state->n++] = cursor;
    }
    sort_first(state, state->n);
}

/* The heap becomes a list, best first; numbers become ids. */
static void hand_out(struct search_state *state)
{
    for (size_t n = state->n_best; n > 1;) {
        swap(&state->best[0], &state->best[--n]);
        sink(state->best, n, 0);
    }
    for (size_t i = 0; i < state->n_best; i++)
        state->best[i].chunk = state->index->ids[state->best[i].chunk];
}

enum err text_index_search(const struct text_index *index, const struct text_lookup *lookup, struct arena *arena,
                           struct text_found *ret_found, size_t *ret_n)
{
    size_t n = lookup->question->n_terms;
    struct search_state state = {.index = index,
                                 .facet_allowed = allow_facets(index, &lookup->filter, arena),
                                 .cursors = arena_alloc_array(arena, n, sizeof *state.cursors),
                                 .order = arena_alloc_array(arena, n, sizeof(void *)),
                                 .best = ret_found,
                                 .k = lookup->k};
    if (state.facet_allowed == NULL || state.cursors == NULL || state.order == NULL)
        return ERR_NO_MEMORY;
    begin(&state, lookup->question);
    if (state.k > 0)
        walk(&state);
    hand_out(&state);
    *ret_n = state.n_best;
    return OK;
}

enum err text_index_allowed(const struct text_index *index, const struct text_filter *filter, struct arena *arena,
                            struct text_ids *ret_ids)
{
    const bool *allowed = allow_facets(index, filter, arena);
    struct text_ids ids = {.all = true};
    if (allowed == NULL && index->head->n_facets > 0)
        return ERR_NO_MEMORY;
    for (uint32_t i = 0; i < index->head->n_facets; i++)
        ids.all = ids.all && allowed[i];
    int64_t *items = ids.all ? NULL : arena_alloc_array(arena, index->head->n_chunks, sizeof *items);
    if (!ids.all && items == NULL)
        return ERR_NO_MEMORY;
    for (uint32_t i = 0; !ids.all && i < index->head->n_chunks; i++)
        if (allowed[index->facet_of[i]])
            items[ids.n++] = index->ids[i];
    ids.items = items;
    *ret_ids = ids;
    return OK;
}
