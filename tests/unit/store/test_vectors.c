#include "store/vectors.h"

#include "fixture.h"

#include "store/documents.h"

#include "bot/base/banned.h"

enum { DIMENSION = 3 };

/* A document of n chunks, "0", "1" …; its chunks' ids begin at 1 in a fresh database. */
static void put_document(struct fixture *f, const char *key, size_t n)
{
    struct chunk items[8];
    for (size_t i = 0; i < n; i++)
        items[i] = (struct chunk){.heading = STR("휴가 > 연차"), .body = arena_format(&f->arena, "본문 %zu", i)};
    struct document document = {
        .collection = STR("hr"), .key = str_of(key), .title = STR("취업규칙"), .hash = str_of(key)};
    enum document_change change;
    assert_ok(document_put(f->db, &document, (struct chunks){items, n}, f->now_ms, &change, &f->error), &f->error);
}

static enum err put_vectors(struct fixture *f, const char *model, int64_t first, size_t n)
{
    int64_t ids[8];
    float values[8 * DIMENSION];
    for (size_t i = 0; i < n; i++) {
        ids[i] = first + (int64_t)i;
        for (size_t k = 0; k < DIMENSION; k++)
            values[i * DIMENSION + k] = (float)(10 * ids[i]) + (float)k;
    }
    struct vectors_batch batch = {.model = str_of(model), .dimension = DIMENSION, .ids = ids, .values = values, .n = n};
    return vectors_put(f->db, &batch, &f->error);
}

static struct vectors_wanted missing(struct fixture *f, int64_t after, int64_t limit)
{
    struct vectors_wanted wanted = {0};
    assert_ok(vectors_missing(f->db, after, limit, &f->arena, &wanted, &f->error), &f->error);
    return wanted;
}

static int64_t generation(struct fixture *f)
{
    struct vector_model model = {0};
    assert_ok(vectors_model(f->db, &f->arena, &model, &f->error), &f->error);
    return model.generation;
}

TEST(vectors, chunks_without_one_are_wanted_with_their_headings)
{
    OPEN_DATABASE(f);
    put_document(&f, "a", 3);
    DO(vectors_use_model(f.db, STR("bge-m3"), DIMENSION, &f.error));
    struct vectors_wanted wanted = missing(&f, 0, 2);
    assert_int_equal(wanted.n, 2);
    assert_int_equal(wanted.ids[1], 2);
    assert_str_equal(wanted.texts[1], STR("취업규칙\n휴가 > 연차\n본문 1"));
    assert_int_equal(missing(&f, 2, 8).n, 1);
    assert_ok(put_vectors(&f, "bge-m3", 1, 2), &f.error);
    wanted = missing(&f, 0, 8);
    assert_int_equal(wanted.n, 1);
    assert_int_equal(wanted.ids[0], 3);
    assert_ok(put_vectors(&f, "bge-m3", 3, 1), &f.error);
    assert_int_equal(missing(&f, 0, 8).n, 0);
}

TEST(vectors, what_was_put_is_read)
{
    OPEN_DATABASE(f);
    put_document(&f, "a", 2);
    DO(vectors_use_model(f.db, STR("bge-m3"), DIMENSION, &f.error));
    assert_ok(put_vectors(&f, "bge-m3", 1, 2), &f.error);
    float vector[DIMENSION];
    DO(vectors_read(f.db, 2, DIMENSION, vector, &f.error));
    assert_true(vector[0] == 20 && vector[2] == 22);
    REFUSED(ERR_NOT_FOUND, vectors_read(f.db, 3, DIMENSION, vector, &f.error));
    struct vector_ids ids;
    DO(vectors_ids(f.db, &f.arena, &ids, &f.error));
    assert_int_equal(ids.n, 2);
    assert_int_equal(ids.items[1], 2);
}

TEST(vectors, one_goes_with_its_chunk_and_none_comes_for_a_chunk_that_is_gone)
{
    OPEN_DATABASE(f);
    put_document(&f, "a", 2);
    put_document(&f, "b", 2);
    DO(vectors_use_model(f.db, STR("bge-m3"), DIMENSION, &f.error));
    assert_ok(put_vectors(&f, "bge-m3", 1, 4), &f.error);
    int64_t before = generation(&f);
    DO(document_remove(f.db, STR("hr"), STR("a"), &f.error));
    assert_true(generation(&f) > before);
    struct vector_ids ids;
    DO(vectors_ids(f.db, &f.arena, &ids, &f.error));
    assert_int_equal(ids.n, 2);
    assert_int_equal(ids.items[0], 3);
    assert_ok(put_vectors(&f, "bge-m3", 1, 4), &f.error);
    DO(vectors_ids(f.db, &f.arena, &ids, &f.error));
    assert_int_equal(ids.n, 2);
}

TEST(vectors, another_model_begins_anew_and_the_one_before_may_not_add)
{
    OPEN_DATABASE(f);
    put_document(&f, "a", 2);
    DO(vectors_use_model(f.db, STR("bge-m3"), DIMENSION, &f.error));
    assert_ok(put_vectors(&f, "bge-m3", 1, 2), &f.error);
    int64_t before = generation(&f);
    DO(vectors_use_model(f.db, STR("bge-m3"), DIMENSION, &f.error));
    assert_int_equal(generation(&f), before);
    assert_int_equal(missing(&f, 0, 8).n, 0);
    DO(vectors_use_model(f.db, STR("kure"), DIMENSION, &f.error));
    assert_true(generation(&f) > before);
    assert_int_equal(missing(&f, 0, 8).n, 2);
    assert_int_equal(put_vectors(&f, "bge-m3", 1, 2), ERR_CONFLICT);
    assert_int_equal(missing(&f, 0, 8).n, 2);
}

TEST_MAIN
