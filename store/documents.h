/* store/documents.h — the documents that answers come from, cut into chunks, and the chunks' terms (FTS5).
 *
 *   document_put ─┬─ unknown key ──▶ added
 *                 ├─ other hash ───▶ replaced: old chunks and terms go, new ones come, in the same job
 *                 └─ same hash ────▶ nothing is touched
 *
 * Whatever changes what can be found raises the generation (documents_generation); the index file (index/text_index.h)
 * is made anew when it is of another one.  Chunk ids are never used again: a hit of an older index is either still there
 * or gone, never something else.
 *
 * Cost:    document_put and …_remove: the document's own chunks, however many documents there are.
 * Thread:  document_put, document_remove, documents_index_again inside a write job; the others with any connection.
 * Memory:  results live in the arena given; arguments are borrowed for the call.
 * Errors:  ERR_INVALID — a text is not UTF-8, a key is empty; ERR_NOT_FOUND; ERR_NO_MEMORY; ERR_INTERNAL — full or broken
 *          disk, a bug.                                                                                              */
#ifndef GILBOT_STORE_DOCUMENTS_H
#define GILBOT_STORE_DOCUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct db;

/* All texts are UTF-8 and may be empty, but for the key. */
struct document {
    int64_t id;            /* read only                                                                   */
    struct str collection; /* documents_collection when the operator named none                           */
    struct str key;        /* unique in its collection, stable over versions: a path, an id of the source */
    struct str title;
    struct str source, category; /* for filters: "인사규정.pdf", "hr"                                     */
    struct str url, date;        /* as shown with the answer                                              */
    struct strs access;          /* the channels that may see it ("C0123…"); none: all                    */
    struct str hash;             /* of everything it was made of, settings of the cutting and metadata included */
    int64_t pages;               /* 0: it has none                                                              */
    int64_t n_chunks;            /* read only                                                                   */
    int64_t updated_ms;          /* read only                                                                   */
};

struct chunk {
    int64_t id, document_id; /* read only                                                    */
    int64_t ordinal;         /* read only: from 0 within the document                        */
    int64_t page;            /* from 1; 0: unknown                                           */
    struct str heading; /* path of the headings above it ("제3장 휴가 > 연차"), without the document's title */
    struct str body;
};

struct chunks {
    struct chunk *items;
    size_t n;
};

/* ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

enum document_change { DOCUMENT_SAME, DOCUMENT_ADDED, DOCUMENT_REPLACED };

/* Keeps the document with these chunks, in their order (page, heading and body of each are read).  All or nothing. */
MUST_USE
enum err document_put(struct db *db, const struct document *document, struct chunks chunks, int64_t now_ms,
                      enum document_change *ret_change, struct error *error);

/* ERR_NOT_FOUND: there is no such document. */
MUST_USE
enum err document_remove(struct db *db, struct str collection, struct str key, struct error *error);

/* Makes the terms of all chunks anew when they were made by another TERMS_VERSION.  Minutes for many chunks: at start,
 * before anything else is written. */
MUST_USE
enum err documents_index_again(struct db *db, bool *ret_was_needed, struct error *error);

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Where a document goes whose collection nobody named: "default". */
struct str documents_collection(void);

/* The hash that the document has now, to skip the work when it is the same.  ERR_NOT_FOUND. */
MUST_USE
enum err document_hash(struct db *db, struct str collection, struct str key, struct arena *arena, struct str *ret_hash,
                       struct error *error);

MUST_USE
enum err document_read(struct db *db, int64_t id, struct arena *arena, struct document *ret_document,
                       struct error *error);

struct documents {
    struct document *items;
    size_t n;
};

/* Up to `limit` documents of a collection in the order of their keys, after the key `after` (empty: from the first). */
struct documents_page {
    struct str collection, after;
    int64_t limit;
};
MUST_USE
enum err documents_list(struct db *db, const struct documents_page *page, struct arena *arena,
                        struct documents *ret_documents, struct error *error);

struct collections {
    struct collection {
        struct str name;
        int64_t documents, chunks;
    } * items;
    size_t n;
};
MUST_USE
enum err document_collections(struct db *db, struct arena *arena, struct collections *ret_collections,
                              struct error *error);

/* ERR_NOT_FOUND: its document was replaced or removed. */
MUST_USE
enum err chunk_read(struct db *db, int64_t id, struct arena *arena, struct chunk *ret_chunk, struct error *error);

/* The chunks of a document with ordinals first…last, as far as there are any. */
struct chunk_span {
    int64_t document_id, first, last;
};
MUST_USE
enum err chunks_read(struct db *db, struct chunk_span span, struct arena *arena, struct chunks *ret_chunks,
                     struct error *error);

/* Rises with every change. */
MUST_USE
enum err documents_generation(struct db *db, int64_t *ret_generation, struct error *error);

#endif
