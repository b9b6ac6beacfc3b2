/* store/index/text_index.h — the terms of all chunks in one file, laid out so that the best chunks for a question are found
 * without looking at every chunk that has one of its words.
 *
 *   chunk_text (FTS5) ──text_index_make, seconds──▶ data_dir/index.bin ──text_index_open, mapped──▶ text_index_search
 *
 * The postings of a term stand in blocks of TEXT_BLOCK chunks; each block says how much it can add to a score at most, so
 * that most are passed over (block-max WAND).  The result is that of the plain formula over all chunks:
 *
 *   score(chunk) = Σ w·idf·tf·(k1 + 1) / (tf + k1·(1 − b + b·length / mean length))  +  TEXT_HEADING_BONUS·H·min(1, H / Q)
 *   idf = ln(1 + (N − df + ½) / (df + ½))     tf = TEXT_HEADING_TF·(in headings) + (in the body)
 *   H = Σ w·idf of the terms in its headings, Q = Σ idf of the question's own terms; w: the term's weight
 *
 * The file is of one generation of the documents and carries a checksum; a reader never sees one that is half written.
 *
 * Thread:  an open index is read-only and shared by all threads.  text_index_make: any one thread, its own connection.
 * Memory:  mapped: what is not used stays on the disk.
 * Errors:  as said with each function.
 * Source:  korean-rag.md 3.5; S. Ding, T. Suel, "Faster Top-k Document Retrieval Using Block-Max Indexes" (SIGIR 2011). */
#ifndef GILBOT_STORE_INDEX_TEXT_INDEX_H
#define GILBOT_STORE_INDEX_TEXT_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct db;
struct question;
struct text_index;

/* TEXT_FORMULA rises with every change of the numbers here. */
enum { TEXT_BLOCK = 128, TEXT_HEADING_TF = 3, TEXT_FORMULA = 3 };
#define TEXT_K1 1.2
#define TEXT_B 0.5
#define TEXT_HEADING_BONUS 2.0

/* ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Writes the file at `path` anew from what the database holds at one moment, and puts it in the old one's place.
 * ERR_INTERNAL: a full or broken disk, or more than the file can hold (4 GiB of postings).  The old file is untouched then. */
MUST_USE
enum err text_index_make(struct db *db, const char *path, struct error *error);

/* ERR_NOT_FOUND: no file.  ERR_CONFLICT: damaged, or of another version of this program: make it anew. */
MUST_USE
enum err text_index_open(const char *path, struct text_index **ret_index, struct error *error);
void text_index_close(struct text_index *index); /* NULL is fine */

int64_t text_index_generation(const struct text_index *index);
size_t text_index_chunks(const struct text_index *index);

/* ── terms ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The term's own number, or -1 when no chunk has it. */
int32_t text_index_find(const struct text_index *index, struct str term);

/* What the term is worth; -1: as much as the rarest there could be. */
double text_index_idf(const struct text_index *index, int32_t entry);

/* ── searching ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Whose chunks count.  Empty texts: any. */
struct text_filter {
    struct str collection, category, source;
    struct str channel; /* where it is asked; empty: only what all channels may see */
    bool sees_all;
};

struct text_found {
    int64_t chunk; /* its id in the database */
    double score;
    double bonus; /* the part of the headings */
};

struct text_lookup {
    const struct question *question;
    struct text_filter filter;
    size_t k;
};

/* The best k, best first, equal ones in the order of their ids; ret_found has room for k.  ERR_NO_MEMORY. */
MUST_USE
enum err text_index_search(const struct text_index *index, const struct text_lookup *lookup, struct arena *arena,
                           struct text_found *ret_found, size_t *ret_n);

/* The ids of the chunks that a filter leaves, rising.  all: it leaves every one, and they are not listed. */
struct text_ids {
    const int64_t *items;
    size_t n;
    bool all;
};

/* ERR_NO_MEMORY. */
MUST_USE
enum err text_index_allowed(const struct text_index *index, const struct text_filter *filter, struct arena *arena,
                            struct text_ids *ret_ids);

#endif
