/* store/index/text_index_make.c — writes the index file, from FTS5's postings, term by term as they come. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/terms.h"
#include "store/documents.h"
#include "store/index/checksum.h"
#include "store/index/text_file.h"
#include "store/query.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum section { IDS, LENGTHS, FACET_OF, FACETS, TERMS, BLOCKS, TEXTS, POSTINGS, SECTIONS };

/* Sections grow in heap buffers, as a term comes after the other; 4 GiB is what offsets of 32 bits reach. */
struct maker {
    struct db *db;
    struct error *error;
    struct text_head head;
    struct buf sections[SECTIONS];
    struct str last_facet[4]; /* of the chunk before; in `arena` */
    struct arena arena;

    /* the term that is being read, and the chunk */
    struct text_term term;
    struct text_posting posting;
    bool in_term, in_chunk;
    uint32_t in_block, before, slot;
};

#define POSTINGS_MOST ((size_t)UINT32_MAX)

enum { FACET_BYTES = 1024 * 1024 };

static void maker_init(struct maker *maker)
{
    for (size_t i = 0; i < SECTIONS; i++)
        buf_init(&maker->sections[i], NULL, POSTINGS_MOST);
    arena_init(&maker->arena, FACET_BYTES);
}

static void maker_release(struct maker *maker)
{
    for (size_t i = 0; i < SECTIONS; i++)
        buf_release(&maker->sections[i]);
    arena_release(&maker->arena);
}

static bool is_full(const struct maker *maker)
{
    bool full = false;
    for (size_t i = 0; i < SECTIONS; i++)
        full = full || buf_failed(&maker->sections[i]);
    return full;
}

static void add(struct buf *buf, const void *bytes, size_t n)
{
    buf_add(buf, (struct str){bytes, n});
}

/* ── chunks ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct text_piece add_text(struct maker *maker, struct str text)
{
    struct text_piece piece = {(uint32_t)maker->sections[TEXTS].n, (uint32_t)text.n};
    buf_add(&maker->sections[TEXTS], text);
    return piece;
}

/* The facet of the row's texts: the one before when nothing changed, as the chunks of a document follow each other. */
static enum err take_facet(struct maker *maker, struct query *q)
{
    bool same = maker->head.n_facets > 0;
    for (int i = 0; i < 4; i++)
        same = same && str_eq(maker->last_facet[i], column_peek(q, i + 1));
    if (same)
        return OK;
    arena_reset(&maker->arena);
    for (int i = 0; i < 4; i++)
        maker->last_facet[i] = column_str(q, i + 1, &maker->arena);
    struct text_facet facet = {add_text(maker, maker->last_facet[0]), add_text(maker, maker->last_facet[1]),
                               add_text(maker, maker->last_facet[2]), add_text(maker, maker->last_facet[3])};
    add(&maker->sections[FACETS], &facet, sizeof facet);
    maker->head.n_facets++;
    return q->no_memory ? fail(maker->error, ERR_NO_MEMORY, "too many channels may see a document") : OK;
}

static enum err take_chunks(struct maker *maker)
{
    CLEANUP(query_end) struct query q = query_begin(maker->db, SQL_CHUNKS_INDEXED);
    while (query_next(&q)) {
        int64_t id = column_i64(&q, 0);
        if (take_facet(maker, &q) != OK)
            return during(maker->error, "reading the chunks");
        uint32_t facet = maker->head.n_facets - 1, no_length = 0;
        add(&maker->sections[IDS], &id, sizeof id);
        add(&maker->sections[FACET_OF], &facet, sizeof facet);
        add(&maker->sections[LENGTHS], &no_length, sizeof no_length);
        maker->head.n_chunks++;
    }
    return query_done(&q, maker->error);
}

/* ── postings ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void end_block(struct maker *maker)
{
    if (maker->in_block == 0 || buf_failed(&maker->sections[BLOCKS]))
        return;
    struct text_block *block = (struct text_block *)(void *)maker->sections[BLOCKS].p + maker->head.n_blocks - 1;
    block->last = maker->before;
    maker->in_block = 0;
}

static void begin_block(struct maker *maker)
{
    struct text_block block = {.at = (uint32_t)maker->sections[POSTINGS].n};
    add(&maker->sections[BLOCKS], &block, sizeof block);
    maker->head.n_blocks++;
}

static void end_chunk(struct maker *maker)
{
    if (!maker->in_chunk)
        return;
    uint8_t bytes[TEXT_POSTING_BYTES];
    if (maker->in_block == 0)
        begin_block(maker);
    add(&maker->sections[POSTINGS], bytes, text_posting_write(maker->posting, maker->before, bytes));
    maker->before = maker->posting.chunk;
    maker->term.df++;
    ((uint32_t *)(void *)maker->sections[LENGTHS].p)[maker->posting.chunk] +=
        TEXT_HEADING_TF * maker->posting.in_headings + maker->posting.in_body;
    maker->in_chunk = false;
    if (++maker->in_block == TEXT_BLOCK)
        end_block(maker);
}

static void end_term(struct maker *maker)
{
    end_chunk(maker);
    end_block(maker);
    if (maker->in_term)
        add(&maker->sections[TERMS], &maker->term, sizeof maker->term);
    maker->in_term = false;
}

static void begin_term(struct maker *maker, struct str text)
{
    end_term(maker);
    maker->term = (struct text_term){.text = add_text(maker, text), .first_block = maker->head.n_blocks};
    maker->head.n_terms++;
    maker->in_term = true;
    maker->before = UINT32_MAX;
    maker->slot = 0;
}

/* The chunk's number.  A term's postings come in the order of ids, so it is at or after the one before; and as ids only
 * grow, at most as many places on as its id is greater. */
static bool find_slot(struct maker *maker, int64_t id)
{
    const int64_t *ids = (const int64_t *)(const void *)maker->sections[IDS].p;
    uint32_t from = maker->slot, to = maker->head.n_chunks;
    if (from >= to || ids[from] > id)
        return false;
    if (id - ids[from] < to - from)
        to = from + (uint32_t)(id - ids[from]) + 1;
    if (ids[to - 1] == id)
        from = to - 1;
    while (to - from > 1) {
        uint32_t middle = from + (to - from) / 2;
        if (ids[middle] <= id)
            from = middle;
        else
            to = middle;
    }
    maker->slot = from;
    return ids[from] == id;
}

static enum err take_posting(struct maker *maker, struct query *q)
{
    struct str text = column_peek(q, 0);
    struct text_piece piece = maker->term.text;
    if (!maker->in_term || !str_eq(text, (struct str){maker->sections[TEXTS].p + piece.at, piece.n}))
        begin_term(maker, text);
    if (!find_slot(maker, column_i64(q, 1)))
        return fail(maker->error, ERR_INTERNAL, "the terms in the database belong to chunks that are not there");
    if (!maker->in_chunk || maker->posting.chunk != maker->slot) {
        end_chunk(maker);
        maker->posting = (struct text_posting){.chunk = maker->slot};
        maker->in_chunk = true;
    }
    if (str_starts(column_peek(q, 2), STR("h")))
        maker->posting.in_headings++;
    else
        maker->posting.in_body++;
    return OK;
}

static enum err take_postings(struct maker *maker)
{
    CLEANUP(query_end) struct query q = query_begin(maker->db, SQL_CHUNK_POSTINGS);
    enum err rc = OK;
    while (rc == OK && query_next(&q))
        rc = take_posting(maker, &q);
    end_term(maker);
    return rc != OK ? rc : query_done(&q, maker->error);
}

/* ── how much a block can give ─────────────────────────────────────────────────────────────────────────────────── */

static float at_least(double value)
{
    float near = (float)value;
    return near < value ? nextafterf(near, INFINITY) : near;
}

static void bound_block(struct maker *maker, struct text_block *block, uint32_t before, double idf)
{
    struct text_posting postings[TEXT_BLOCK];
    const uint32_t *lengths = (const uint32_t *)(const void *)maker->sections[LENGTHS].p;
    const uint8_t *at = (const uint8_t *)maker->sections[POSTINGS].p + block->at;
    size_t n = text_block_read(at, before, block->last, postings);
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double part = text_part(idf, postings[i], lengths[postings[i].chunk] / maker->head.mean_length);
        if (postings[i].in_headings > 0)
            part += TEXT_HEADING_BONUS * idf;
        most = part > most ? part : most;
    }
    block->most = at_least(most);
}

static enum err bound_terms(struct maker *maker)
{
    if (is_full(maker))
        return fail(maker->error, ERR_NO_MEMORY, "no memory for so large an index");
    const uint32_t *lengths = (const uint32_t *)(const void *)maker->sections[LENGTHS].p;
    double sum = 0;
    for (uint32_t i = 0; i < maker->head.n_chunks; i++)
        sum += lengths[i];
    maker->head.mean_length = maker->head.n_chunks == 0 || sum <= 0 ? 1 : sum / maker->head.n_chunks;
    struct text_term *terms = (struct text_term *)(void *)maker->sections[TERMS].p;
    struct text_block *blocks = (struct text_block *)(void *)maker->sections[BLOCKS].p;
    for (uint32_t i = 0; i < maker->head.n_terms; i++) {
        uint32_t end = i + 1 < maker->head.n_terms ? terms[i + 1].first_block : maker->head.n_blocks;
        uint32_t before = UINT32_MAX;
        for (uint32_t k = terms[i].first_block; k < end; k++) {
            bound_block(maker, &blocks[k], before, text_idf(maker->head.n_chunks, terms[i].df));
            before = blocks[k].last;
            terms[i].most = blocks[k].most > terms[i].most ? blocks[k].most : terms[i].most;
        }
    }
    return OK;
}

/* ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void place(struct maker *maker)
{
    struct text_head *head = &maker->head;
    uint64_t *const places[SECTIONS] = {&head->ids,   &head->lengths, &head->facet_of, &head->facets,
                                        &head->terms, &head->blocks,  &head->texts,    &head->postings};
    uint64_t at = sizeof *head;
    for (size_t i = 0; i < SECTIONS; i++) {
        while (maker->sections[i].n % 8 != 0 && !buf_failed(&maker->sections[i]))
            buf_add_char(&maker->sections[i], '\0');
        *places[i] = at;
        at += maker->sections[i].n;
    }
    head->magic = TEXT_FILE_MAGIC;
    head->bytes = at;
    head->terms_version = TERMS_VERSION;
    head->formula = TEXT_FORMULA;
}

static uint64_t checksum_of(const struct maker *maker)
{
    const size_t from = offsetof(struct text_head, generation);
    uint64_t sum = checksum(CHECKSUM_SEED, (const char *)&maker->head + from, sizeof maker->head - from);
    for (size_t i = 0; i < SECTIONS; i++)
        sum = checksum(sum, maker->sections[i].p, maker->sections[i].n);
    return sum;
}

static void closep(FILE **file)
{
    if (*file != NULL)
        (void)fclose(*file); /* it was flushed, or is thrown away */
}

static enum err write_file(struct maker *maker, const char *path)
{
    place(maker);
    if (is_full(maker))
        return fail(maker->error, ERR_NO_MEMORY, "no memory for so large an index");
    maker->head.checksum = checksum_of(maker);
    CLEANUP(closep) FILE *file = fopen(path, "we");
    bool fine = file != NULL && fwrite(&maker->head, sizeof maker->head, 1, file) == 1;
    for (size_t i = 0; fine && i < SECTIONS; i++)
        fine = maker->sections[i].n == 0 || fwrite(maker->sections[i].p, maker->sections[i].n, 1, file) == 1;
    fine = fine && fflush(file) == 0 && fdatasync(fileno(file)) == 0;
    return fine ? OK : fail(maker->error, ERR_INTERNAL, "writing %s: %s", path, strerror(errno));
}

static enum err read_all(struct maker *maker)
{
    enum err rc = store_snapshot_begin(maker->db, maker->error);
    if (rc == OK)
        rc = documents_generation(maker->db, &maker->head.generation, maker->error);
    if (rc == OK)
        rc = take_chunks(maker);
    if (rc == OK)
        rc = take_postings(maker);
    store_snapshot_end(maker->db);
    return rc;
}

enum err text_index_make(struct db *db, const char *path, struct error *error)
{
    CLEANUP(maker_release) struct maker maker = {.db = db, .error = error};
    maker_init(&maker);
    CLEANUP(buf_release) struct buf beside;
    buf_init(&beside, NULL, 4096);
    buf_addf(&beside, "%s.%d", path, (int)getpid()); /* a command may make it while the service does */
    if (buf_failed(&beside))
        return fail(error, ERR_INVALID, "the path of the index is too long");
    enum err rc = read_all(&maker);
    if (rc == OK)
        rc = bound_terms(&maker);
    if (rc == OK)
        rc = write_file(&maker, beside.p);
    if (rc == OK && rename(beside.p, path) != 0)
        rc = fail(error, ERR_INTERNAL, "renaming %s: %s", beside.p, strerror(errno));
    if (rc != OK)
        unlink(beside.p);
    return rc == OK ? OK : during(error, "making the index of the documents");
}
