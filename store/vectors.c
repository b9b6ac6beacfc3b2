#include "store/vectors.h"

#include <string.h>

#include "bot/base/arena.h"
#include "store/query.h"

#include "bot/base/banned.h"

enum { FIRST_IDS = 1024 };

/* ── the model ─────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err vectors_model(struct db *db, struct arena *arena, struct vector_model *ret_model, struct error *error)
{
    struct vector_model model = {0};
    CLEANUP(query_end) struct query q = query_begin(db, SQL_VECTOR_INFO);
    if (query_next(&q))
        model = (struct vector_model){column_str(&q, 0, arena), column_i64(&q, 1), column_i64(&q, 2)};
    if (query_done(&q, error) != OK)
        return during(error, "asking of which model the vectors are");
    *ret_model = model;
    return OK;
}

static enum err is_in_use(struct db *db, struct str name, int64_t dimension, bool *ret_in_use, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_VECTOR_INFO);
    bool in_use = query_next(&q) && str_eq(column_peek(&q, 0), name) && column_i64(&q, 1) == dimension;
    enum err rc = query_done(&q, error);
    if (rc == OK)
        *ret_in_use = in_use;
    return rc;
}

static enum err delete_all(struct db *db, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_VECTORS_DELETE_ALL);
    return query_run(&q, error);
}

enum err vectors_use_model(struct db *db, struct str name, int64_t dimension, struct error *error)
{
    bool in_use = false;
    enum err rc = is_in_use(db, name, dimension, &in_use, error);
    if (rc == OK && in_use)
        return OK;
    if (rc == OK)
        rc = delete_all(db, error);
    if (rc == OK) {
        CLEANUP(query_end) struct query q = query_begin(db, SQL_VECTOR_INFO_SET);
        bind_str(&q, ":model", name);
        bind_i64(&q, ":dimension", dimension);
        rc = query_run(&q, error);
    }
    return rc == OK ? OK : during(error, "taking another embedding model");
}

/* ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err put(struct db *db, int64_t id, struct str vector, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_VECTOR_PUT);
    bind_blob(&q, ":vector", vector);
    bind_i64(&q, ":chunk_id", id);
    return query_run(&q, error);
}

enum err vectors_put(struct db *db, const struct vectors_batch *batch, struct error *error)
{
    bool in_use = false;
    enum err rc = is_in_use(db, batch->model, batch->dimension, &in_use, error);
    if (rc == OK && !in_use)
        return fail(error, ERR_CONFLICT, "the vectors are of another model now");
    size_t bytes = (size_t)batch->dimension * sizeof(float);
    for (size_t i = 0; rc == OK && i < batch->n; i++)
        rc = put(db, batch->ids[i], (struct str){(const char *)batch->values + i * bytes, bytes}, error);
    if (rc == OK) {
        CLEANUP(query_end) struct query q = query_begin(db, SQL_VECTOR_GENERATION_RISE);
        rc = query_run(&q, error);
    }
    return rc == OK ? OK : during(error, "keeping vectors");
}

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What the model is shown of a chunk: without its headings a piece of a manual says little. */
static struct str text_of(struct query *q, struct arena *arena)
{
    struct str parts[5];
    size_t n = 0;
    for (int column = 1; column <= 3; column++) {
        struct str part = column_peek(q, column);
        if (part.n == 0)
            continue;
        if (n > 0)
            parts[n++] = STR("\n");
        parts[n++] = part;
    }
    return arena_join(arena, parts, n);
}

enum err vectors_missing(struct db *db, int64_t after, int64_t limit, struct arena *arena,
                         struct vectors_wanted *ret_wanted, struct error *error)
{
    struct vectors_wanted wanted = {.ids = arena_alloc_array(arena, (size_t)limit, sizeof *wanted.ids),
                                    .texts = arena_alloc_array(arena, (size_t)limit, sizeof *wanted.texts)};
    if (wanted.ids == NULL || wanted.texts == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for %lld chunks", (long long)limit);
    CLEANUP(query_end) struct query q = query_begin(db, SQL_VECTORS_MISSING);
    bind_i64(&q, ":after", after);
    bind_i64(&q, ":limit", limit);
    while (query_next(&q)) {
        wanted.ids[wanted.n] = column_i64(&q, 0);
        wanted.texts[wanted.n] = text_of(&q, arena);
        if (wanted.texts[wanted.n].p == NULL)
            return fail(error, ERR_NO_MEMORY, "no memory for the texts of chunks");
        wanted.n++;
    }
    if (query_done(&q, error) != OK)
        return during(error, "looking for chunks without a vector");
    *ret_wanted = wanted;
    return OK;
}

enum err vectors_ids(struct db *db, struct arena *arena, struct vector_ids *ret_ids, struct error *error)
{
    struct vector_ids ids = {0};
    size_t room = 0;
    CLEANUP(query_end) struct query q = query_begin(db, SQL_VECTOR_IDS);
    while (query_next(&q)) {
        if (ids.n == room) {
            room = room == 0 ? FIRST_IDS : 2 * room;
            int64_t *more = arena_alloc_array(arena, room, sizeof *more);
            if (more == NULL)
                return fail(error, ERR_NO_MEMORY, "no memory for the ids of %zu vectors", room);
            if (ids.n > 0)
                memcpy(more, ids.items, ids.n * sizeof *more);
            ids.items = more;
        }
        ids.items[ids.n++] = column_i64(&q, 0);
    }
    if (query_done(&q, error) != OK)
        return during(error, "listing the vectors");
    *ret_ids = ids;
    return OK;
}

enum err vectors_read(struct db *db, int64_t chunk_id, int64_t dimension, float *ret_vector, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_VECTOR_READ);
    bind_i64(&q, ":chunk_id", chunk_id);
    bool found = query_next(&q);
    struct str bytes = found ? column_peek(&q, 0) : STR("");
    bool fits = bytes.n == (size_t)dimension * sizeof(float);
    if (found && fits)
        memcpy(ret_vector, bytes.p, bytes.n);
    if (query_done(&q, error) != OK)
        return during(error, "reading a vector");
    if (!found)
        return fail(error, ERR_NOT_FOUND, "the chunk has no vector");
    return fits ? OK : fail(error, ERR_INTERNAL, "the vector of chunk %lld has another dimension", (long long)chunk_id);
}
