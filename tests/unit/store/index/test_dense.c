#include "store/index/dense.h"

#include "tests/unit/store/fixture.h"

#include "store/documents.h"
#include "store/index/vector_index.h"
#include "store/vectors.h"

#include "bot/base/banned.h"

enum { DIMENSION = 4, CHUNKS = 40 };

static float direction(int64_t id, size_t k)
{
    return (float)((id * 37 + (int64_t)k * 11) % 23) - 11.5f;
}

static void put_document(struct fixture *f, const char *key)
{
    struct chunk items[CHUNKS];
    for (size_t i = 0; i < CHUNKS; i++)
        items[i] = (struct chunk){.body = arena_format(&f->arena, "%s %zu", key, i)};
    struct document document = {.collection = STR("hr"), .key = str_of(key), .hash = str_of(key)};
    enum document_change change;
    assert_ok(document_put(f->db, &document, (struct chunks){items, CHUNKS}, f->now_ms, &change, &f->error), &f->error);
}

/* Vectors for all that have none. */
static void embed(struct fixture *f, const char *model)
{
    assert_ok(vectors_use_model(f->db, str_of(model), DIMENSION, &f->error), &f->error);
    struct vectors_wanted wanted;
    assert_ok(vectors_missing(f->db, 0, 1000, &f->arena, &wanted, &f->error), &f->error);
    float *values = arena_alloc_array(&f->arena, wanted.n * DIMENSION, sizeof *values);
    for (size_t i = 0; i < wanted.n * DIMENSION; i++)
        values[i] = direction(wanted.ids[i / DIMENSION], i % DIMENSION);
    struct vectors_batch batch = {str_of(model), DIMENSION, wanted.ids, values, wanted.n};
    assert_ok(vectors_put(f->db, &batch, &f->error), &f->error);
}

static struct dense *open_dense(struct fixture *f)
{
    struct dense *dense = NULL;
    assert_ok(dense_open(str_of(f->dir), &dense, &f->error), &f->error);
    return dense;
}

static bool refresh(struct fixture *f, struct dense *dense)
{
    bool changed = false;
    assert_ok(dense_refresh(dense, f->db, &changed, &f->error), &f->error);
    return changed;
}

/* The chunk whose direction is that of `id`. */
static int64_t nearest(struct fixture *f, struct dense *dense, int64_t id)
{
    float vector[DIMENSION];
    for (size_t k = 0; k < DIMENSION; k++)
        vector[k] = direction(id, k);
    struct vector_query query = {.vector = vector, .k = 1};
    struct vector_hits hits;
    assert_ok(dense_search(dense, &query, DIMENSION, &f->arena, &hits, &f->error), &f->error);
    return hits.n == 0 ? 0 : hits.items[0].id;
}

static void close_dense(struct fixture *f, struct dense *dense)
{
    dense_close(dense);
    struct str names[] = {STR("vectors"), STR("vectors.sum")};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        (void)unlink(arena_format(&f->arena, "%s/%.*s", f->dir, STR_ARG(names[i])).p);
}

TEST(dense, nothing_is_found_before_a_model_made_vectors)
{
    OPEN_DATABASE(f);
    struct dense *dense = open_dense(&f);
    put_document(&f, "a");
    assert_false(refresh(&f, dense));
    assert_int_equal(dense_dimension(dense), 0);
    struct vector_query query = {.vector = (const float[]){1, 0, 0, 0}, .k = 1};
    struct vector_hits hits;
    REFUSED(ERR_NOT_FOUND, dense_search(dense, &query, DIMENSION, &f.arena, &hits, &f.error));
    close_dense(&f, dense);
}

TEST(dense, a_refresh_takes_over_what_came_and_what_went)
{
    OPEN_DATABASE(f);
    struct dense *dense = open_dense(&f);
    put_document(&f, "a");
    embed(&f, "m");
    assert_true(refresh(&f, dense));
    assert_false(refresh(&f, dense));
    assert_int_equal(dense_count(dense), CHUNKS);
    assert_int_equal(nearest(&f, dense, 7), 7);
    put_document(&f, "b");
    embed(&f, "m");
    DO(document_remove(f.db, STR("hr"), STR("a"), &f.error));
    assert_true(refresh(&f, dense));
    assert_int_equal(dense_count(dense), CHUNKS);
    assert_true(nearest(&f, dense, 7) > CHUNKS);
    struct vector_query query = {.vector = (const float[]){1, 0, 0}, .k = 1};
    struct vector_hits hits;
    REFUSED(ERR_CONFLICT, dense_search(dense, &query, 3, &f.arena, &hits, &f.error));
    close_dense(&f, dense);
}

TEST(dense, the_file_is_used_when_it_is_of_the_database_s_generation)
{
    OPEN_DATABASE(f);
    struct dense *dense = open_dense(&f);
    put_document(&f, "a");
    embed(&f, "m");
    assert_true(refresh(&f, dense));
    dense_close(dense);
    dense = open_dense(&f);
    assert_true(refresh(&f, dense));
    assert_int_equal(dense_count(dense), CHUNKS);
    dense_close(dense);
    put_document(&f, "b"); /* the file is stale now */
    embed(&f, "m");
    dense = open_dense(&f);
    assert_true(refresh(&f, dense));
    assert_int_equal(dense_count(dense), 2 * CHUNKS);
    assert_int_equal(nearest(&f, dense, 7), 7);
    close_dense(&f, dense);
}

TEST(dense, another_model_means_a_new_graph)
{
    OPEN_DATABASE(f);
    struct dense *dense = open_dense(&f);
    put_document(&f, "a");
    embed(&f, "m");
    assert_true(refresh(&f, dense));
    embed(&f, "other");
    assert_true(refresh(&f, dense));
    assert_int_equal(dense_count(dense), CHUNKS);
    assert_int_equal(nearest(&f, dense, 7), 7);
    close_dense(&f, dense);
}

TEST(dense, a_refresh_that_is_stopped_leaves_what_was_there_and_the_next_mends_it)
{
    OPEN_DATABASE(f);
    struct dense *dense = open_dense(&f);
    put_document(&f, "a");
    embed(&f, "m");
    assert_true(refresh(&f, dense));
    put_document(&f, "b");
    embed(&f, "m");
    dense_stop(dense);
    bool changed = false;
    REFUSED(ERR_BUSY, dense_refresh(dense, f.db, &changed, &f.error));
    assert_int_equal(nearest(&f, dense, 7), 7);
    close_dense(&f, dense);
}

TEST_MAIN
