/* store/index/dense.h — the vectors of all chunks, ready to be searched.
 *
 *   database (vectors.h) ──dense_refresh──▶ graph (vector_index.h) ──▶ dense_search
 *                             │    ▲
 *                             ▼    │ of the same generation
 *                       data_dir/vectors
 *
 * A refresh takes over what changed since the last one; only another model, a missing or damaged file, or a graph of which
 * much was removed means to build everything: about a millisecond a vector.  Searches go on meanwhile, over what is there.
 *
 * Thread:  a struct dense is shared by all threads; dense_refresh by one at a time, with a connection of its own.
 * Memory:  the graph, and eight bytes for each id; results live in the arena given.                                  */
#ifndef GILBOT_STORE_INDEX_DENSE_H
#define GILBOT_STORE_INDEX_DENSE_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct db;
struct dense;
struct vector_hits;
struct vector_query;

/* Holds nothing until the first refresh. */
MUST_USE
enum err dense_open(struct str data_dir, struct dense **ret_dense, struct error *error);

/* A refresh that is under way ends soon, with ERR_BUSY. */
void dense_stop(struct dense *dense);

/* NULL is fine.  No call may be under way. */
void dense_close(struct dense *dense);

/* Brings it up to the database, and the file too.  ret_changed: there was something to do.
 * ERR_BUSY: dense_stop.  ERR_NO_MEMORY, ERR_INTERNAL: what was there serves on. */
MUST_USE
enum err dense_refresh(struct dense *dense, struct db *db, bool *ret_changed, struct error *error);

size_t dense_dimension(struct dense *dense); /* 0: there is nothing to search */
size_t dense_count(struct dense *dense);     /* vectors                       */

/* ERR_NOT_FOUND: there is nothing to search.  ERR_CONFLICT: the vector is of another dimension, so of another model.
 * Else as vector_index_search; the ids are the chunks'. */
MUST_USE
enum err dense_search(struct dense *dense, const struct vector_query *query, size_t dimension, struct arena *arena,
                      struct vector_hits *ret_hits, struct error *error);

#endif
