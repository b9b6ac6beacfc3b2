/* store/vectors.h — what an embedding model made of the chunks, kept so that no text is sent twice.
 *
 *   vectors_missing ─▶ texts ─▶ model ─▶ vectors_put            a batch at a time, until nothing is missing
 *   chunk is removed ──────────▶ its vector goes with it
 *   another model ─▶ vectors_use_model: all vectors go, as those of two models cannot be compared
 *
 * The graph that is searched (index/vector_index.h) is made from these and is of one generation.
 *
 * Thread:  vectors_use_model and vectors_put inside a write job; the others with any connection.
 * Memory:  results live in the arena given; arguments are borrowed for the call.
 * Errors:  ERR_INVALID, ERR_CONFLICT as said; ERR_NO_MEMORY; ERR_INTERNAL — full or broken disk, a bug.              */
#ifndef GILBOT_STORE_VECTORS_H
#define GILBOT_STORE_VECTORS_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct db;

struct vector_model {
    struct str name;    /* as its provider calls it; empty: there are no vectors yet */
    int64_t dimension;  /* numbers a vector                                          */
    int64_t generation; /* rises with every change                                   */
};

MUST_USE
enum err vectors_model(struct db *db, struct arena *arena, struct vector_model *ret_model, struct error *error);

/* From now on vectors are of this model.  The same name and dimension: nothing happens. */
MUST_USE
enum err vectors_use_model(struct db *db, struct str name, int64_t dimension, struct error *error);

/* Vector i is of chunk ids[i]; chunks that are gone meanwhile are passed over.  model: whose they are.
 * ERR_CONFLICT: another model is in use now. */
struct vectors_batch {
    struct str model;
    int64_t dimension;
    const int64_t *ids;
    const float *values; /* n × dimension */
    size_t n;
};
MUST_USE
enum err vectors_put(struct db *db, const struct vectors_batch *batch, struct error *error);

struct vectors_wanted {
    int64_t *ids;
    struct str *texts; /* title, headings and body, a line each */
    size_t n;          /* 0: nothing is missing                 */
};

/* Up to `limit` chunks without a vector, in the order of their ids, after the id `after`. */
MUST_USE
enum err vectors_missing(struct db *db, int64_t after, int64_t limit, struct arena *arena,
                         struct vectors_wanted *ret_wanted, struct error *error);

/* The ids of all chunks that have one, rising. */
struct vector_ids {
    int64_t *items;
    size_t n;
};
MUST_USE
enum err vectors_ids(struct db *db, struct arena *arena, struct vector_ids *ret_ids, struct error *error);

/* ret_vector: `dimension` floats.  ERR_NOT_FOUND: it has none. */
MUST_USE
enum err vectors_read(struct db *db, int64_t chunk_id, int64_t dimension, float *ret_vector, struct error *error);

#endif
