/* store/index/vector_index.h — the nearest vectors by cosine: hnswlib behind a C face.
 *
 *   vector_index_put ─▶ graph of neighbours ─▶ vector_index_search ─▶ ids, best first
 *                          │  ▲
 *      vector_index_save ──┘  └── vector_index_load: the same generation, whole, undamaged; else build it from the store
 *
 * An index holds one vector for an id.  Vectors are scaled to length 1 when they come in, so that what is compared is their
 * direction.  What is removed stays in the graph as a way to others; an index of which much was removed is built anew
 * by its owner (vector_index_wants_rebuild).
 *
 * The graph finds nearly always what a comparison with every vector finds.  Where only some ids may be found, the library
 * (0.6.2) has no filter: up to VECTOR_EXACT_IDS of them are compared one by one; with more, the graph is asked for more and
 * more until enough of them are among what it finds.
 *
 * Thread:  any; searches run side by side, put and remove wait for them.
 * Memory:  about 4·dimension + 4·2·VECTOR_LINKS + 100 bytes a vector; vectors handed in are copied.
 * Source:  Malkov, Yashunin: Efficient and robust approximate nearest neighbor search using hierarchical navigable small
 *          world graphs, IEEE TPAMI 42 (2020); https://github.com/nmslib/hnswlib                                       */
#ifndef GILBOT_STORE_INDEX_VECTOR_INDEX_H
#define GILBOT_STORE_INDEX_VECTOR_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"

struct arena;
struct vector_index;

enum {
    VECTOR_MAX_DIMENSION = 4096,
    VECTOR_LINKS = 32,             /* neighbours of a vector in the graph, twice as many in its lowest layer (M)    */
    VECTOR_BREADTH_BUILDING = 200, /* how many candidates are kept while a place is looked for (efConstruction) …   */
    VECTOR_BREADTH = 800,          /* … and while searching, at least (ef)                                          */
    VECTOR_EXACT_IDS = 20000, /* so few ids that a filter left are compared one by one …                        */
    VECTOR_EXACT_ALL = 50000, /* … and so many without a filter, by those who have the choice (dense.h)        */
};

/* ERR_INVALID: the dimension is 0 or above VECTOR_MAX_DIMENSION.  ERR_NO_MEMORY. */
MUST_USE
enum err vector_index_new(size_t dimension, struct vector_index **ret_index, struct error *error);

/* NULL is fine. */
void vector_index_free(struct vector_index *index);

size_t vector_index_dimension(const struct vector_index *index);
size_t vector_index_count(struct vector_index *index); /* without those that were removed */

/* Adds the vector of `id` (`dimension` floats), or takes the place of the one it had.
 * ERR_INVALID: a value is not finite, or all are 0: it has no direction.  ERR_NO_MEMORY. */
MUST_USE
enum err vector_index_put(struct vector_index *index, int64_t id, const float *vector, struct error *error);

/* False: there is none of that id. */
bool vector_index_remove(struct vector_index *index, int64_t id);

/* More than a third of the graph was removed: searches cost more than they should. */
bool vector_index_wants_rebuild(struct vector_index *index);

struct vector_query {
    const float *vector; /* `dimension` floats                                                                */
    size_t k;            /* how many at most                                                                  */
    const int64_t *only; /* NULL: all may be found; else these, rising, without doubles, as filters left them */
    size_t n_only;
};

struct vector_hit {
    int64_t id;
    float similarity; /* cosine: −1 … 1 */
};

struct vector_hits {
    struct vector_hit *items; /* best first; of equals the lower id first */
    size_t n;
};

/* ERR_INVALID: the vector has no direction.  ERR_NO_MEMORY: the arena is full. */
MUST_USE
enum err vector_index_search(struct vector_index *index, const struct vector_query *query, struct arena *arena,
                             struct vector_hits *ret_hits, struct error *error);

/* The same by comparing with every vector: what a search is measured against. */
MUST_USE
enum err vector_index_search_exactly(struct vector_index *index, const struct vector_query *query, struct arena *arena,
                                     struct vector_hits *ret_hits, struct error *error);

/* Writes `path` and `path`.sum, each as a whole.  `generation`: what it was built from, as the store counts changes.
 * ERR_INTERNAL: the disk. */
MUST_USE
enum err vector_index_save(struct vector_index *index, const char *path, int64_t generation, struct error *error);

/* ERR_NOT_FOUND: there is no such file.  ERR_CONFLICT: it is of another generation, dimension or program.  ERR_INVALID:
 * it is damaged.  In all three cases it is to be built again.  ERR_NO_MEMORY. */
MUST_USE
enum err vector_index_load(const char *path, size_t dimension, int64_t generation, struct vector_index **ret_index,
                           struct error *error);

#endif
