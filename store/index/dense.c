#include "store/index/dense.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/log.h"
#include "store/index/vector_index.h"
#include "store/vectors.h"

#include "bot/base/banned.h"

enum { SCRATCH_BYTES = 64 * 1024 * 1024, PATH_BYTES = 4096 };

struct dense {
    char path[PATH_BYTES];
    atomic_bool stopping;

    pthread_rwlock_t lock; /* guards the pointer; what it points at has its own lock */
    struct vector_index *index;

    /* of the refreshing thread */
    int64_t generation;   /* the database's that the graph is of                             */
    struct str model;     /* whose vectors they are; .p is ours                              */
    struct vector_ids in; /* what the graph holds, rising                                    */
    bool unsure;          /* a refresh ended half way: the graph may hold more than that     */
};

/* What a refresh works on: the database's side and a graph that may be a new one. */
struct refresh {
    struct dense *dense;
    struct db *db;
    struct arena *arena;
    struct vector_model model;
    struct vector_ids wanted;
    struct vector_index *index; /* the one in use, or a new one */
    struct vector_ids in;       /* what it holds                */
};

enum err dense_open(struct str data_dir, struct dense **ret_dense, struct error *error)
{
    struct dense *dense = calloc(1, sizeof *dense);
    if (dense == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the vectors");
    int n = snprintf(dense->path, sizeof dense->path, "%.*s/vectors", STR_ARG(data_dir));
    if (n < 0 || (size_t)n >= sizeof dense->path) {
        free(dense);
        return fail(error, ERR_INVALID, "data_dir is too long");
    }
    pthread_rwlock_init(&dense->lock, NULL);
    *ret_dense = dense;
    return OK;
}

void dense_stop(struct dense *dense)
{
    atomic_store(&dense->stopping, true);
}

void dense_close(struct dense *dense)
{
    if (dense == NULL)
        return;
    vector_index_free(dense->index);
    pthread_rwlock_destroy(&dense->lock);
    free(dense->in.items);
    free((char *)dense->model.p);
    free(dense);
}

/* ── refreshing ────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err add(struct refresh *r, int64_t id, struct error *error)
{
    float vector[VECTOR_MAX_DIMENSION];
    if (atomic_load(&r->dense->stopping))
        return fail(error, ERR_BUSY, "shutting down");
    enum err rc = vectors_read(r->db, id, r->model.dimension, vector, error);
    if (rc == ERR_NOT_FOUND)
        return OK; /* gone meanwhile; the next refresh sees it */
    if (rc == OK)
        rc = vector_index_put(r->index, id, vector, error);
    if (rc != ERR_INVALID)
        return rc;
    LOG_WARNING("vectors.refused", F_I64("chunk", id), F_CSTR("why", error->text)); /* no direction: never found */
    return OK;
}

/* Walks the two rising lists side by side: what the graph lacks comes in, what it has too much goes. */
static enum err bring_up(struct refresh *r, size_t *ret_changes, struct error *error)
{
    size_t changes = 0;
    for (size_t i = 0, k = 0; i < r->wanted.n || k < r->in.n;) {
        bool lacks = k == r->in.n || (i < r->wanted.n && r->wanted.items[i] < r->in.items[k]);
        bool extra = !lacks && (i == r->wanted.n || r->wanted.items[i] > r->in.items[k]);
        if (lacks && add(r, r->wanted.items[i], error) != OK)
            return error->code;
        if (extra)
            (void)vector_index_remove(r->index, r->in.items[k]);
        changes += lacks || extra;
        i += !extra;
        k += !lacks;
    }
    *ret_changes = changes;
    return OK;
}

/* The graph to begin with: the one in use, the file's, or an empty one. */
static enum err begin(struct refresh *r, struct error *error)
{
    struct dense *dense = r->dense;
    size_t dimension = (size_t)r->model.dimension;
    bool same = dense->index != NULL && str_eq(dense->model, r->model.name) &&
                vector_index_dimension(dense->index) == dimension && !dense->unsure &&
                !vector_index_wants_rebuild(dense->index);
    if (same) {
        r->index = dense->index;
        r->in = dense->in;
        return OK;
    }
    if (dense->index == NULL) {
        enum err rc = vector_index_load(dense->path, dimension, r->model.generation, &r->index, error);
        if (rc == OK)
            r->in = r->wanted;
        if (rc == OK || rc == ERR_NO_MEMORY)
            return rc;
        if (rc != ERR_NOT_FOUND)
            LOG_INFO("vectors.built_anew", F_CSTR("why", error->text), F_I64("vectors", (int64_t)r->wanted.n));
    }
    return vector_index_new(dimension, &r->index, error);
}

static void use(struct dense *dense, struct vector_index *index)
{
    pthread_rwlock_wrlock(&dense->lock);
    struct vector_index *before = dense->index;
    dense->index = index;
    pthread_rwlock_unlock(&dense->lock);
    vector_index_free(before);
}

/* Takes the graph into use. */
static enum err take(struct refresh *r, struct error *error)
{
    struct dense *dense = r->dense;
    int64_t *in = malloc(r->wanted.n * sizeof *in + 1);
    char *name = malloc(r->model.name.n + 1);
    if (in == NULL || name == NULL) {
        free(in);
        free(name);
        return fail(error, ERR_NO_MEMORY, "no memory for the ids of the vectors");
    }
    if (r->wanted.n > 0)
        memcpy(in, r->wanted.items, r->wanted.n * sizeof *in);
    if (r->model.name.n > 0)
        memcpy(name, r->model.name.p, r->model.name.n);
    free(dense->in.items);
    free((char *)dense->model.p);
    dense->in.items = in;
    dense->in.n = r->wanted.n;
    dense->model.p = name;
    dense->model.n = r->model.name.n;
    dense->generation = r->model.generation;
    if (r->index == dense->index)
        return OK;
    dense->unsure = false;
    use(dense, r->index);
    return OK;
}

static enum err bring_up_and_take(struct refresh *r, bool *ret_changed, struct error *error)
{
    size_t changes = 0;
    enum err rc = begin(r, error);
    if (rc == OK)
        rc = bring_up(r, &changes, error);
    bool is_new = r->index != r->dense->index;
    if (rc == OK)
        rc = take(r, error);
    if (rc != OK) {
        if (is_new)
            vector_index_free(r->index);
        else
            r->dense->unsure = true;
        return rc;
    }
    *ret_changed = changes > 0 || is_new;
    if (changes == 0)
        return OK;
    return vector_index_save(r->index, r->dense->path, r->model.generation, error);
}

enum err dense_refresh(struct dense *dense, struct db *db, bool *ret_changed, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, SCRATCH_BYTES);
    struct refresh r = {.dense = dense, .db = db, .arena = &arena};
    enum err rc = vectors_model(db, &arena, &r.model, error);
    if (rc == OK && r.model.dimension == 0) { /* none was made yet, or none by the model of today */
        *ret_changed = dense->index != NULL;
        use(dense, NULL);
        return OK;
    }
    if (rc == OK && dense->index != NULL && !dense->unsure && r.model.generation == dense->generation) {
        *ret_changed = false;
        return OK;
    }
    if (rc == OK)
        rc = vectors_ids(db, &arena, &r.wanted, error);
    if (rc == OK)
        rc = bring_up_and_take(&r, ret_changed, error);
    return rc == OK ? OK : during(error, "bringing the vectors up to date");
}

/* ── searching ─────────────────────────────────────────────────────────────────────────────────────────────────── */

size_t dense_dimension(struct dense *dense)
{
    pthread_rwlock_rdlock(&dense->lock);
    size_t dimension = dense->index == NULL ? 0 : vector_index_dimension(dense->index);
    pthread_rwlock_unlock(&dense->lock);
    return dimension;
}

size_t dense_count(struct dense *dense)
{
    pthread_rwlock_rdlock(&dense->lock);
    size_t count = dense->index == NULL ? 0 : vector_index_count(dense->index);
    pthread_rwlock_unlock(&dense->lock);
    return count;
}

enum err dense_search(struct dense *dense, const struct vector_query *query, size_t dimension, struct arena *arena,
                      struct vector_hits *ret_hits, struct error *error)
{
    pthread_rwlock_rdlock(&dense->lock);
    enum err rc = OK;
    if (dense->index == NULL)
        rc = fail(error, ERR_NOT_FOUND, "there are no vectors");
    else if (vector_index_dimension(dense->index) != dimension)
        rc = fail(error, ERR_CONFLICT, "the question's vector has %zu numbers, those of the documents %zu", dimension,
                  vector_index_dimension(dense->index));
    else if (query->only == NULL && vector_index_count(dense->index) <= VECTOR_EXACT_ALL) /* as quick, and exact */
        rc = vector_index_search_exactly(dense->index, query, arena, ret_hits, error);
    else
        rc = vector_index_search(dense->index, query, arena, ret_hits, error);
    pthread_rwlock_unlock(&dense->lock);
    return rc;
}
