#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "store/index/vector_index.h"
#include "tests/support/test.h"

enum { DIMENSION = 64, VECTORS = 1500, TOPICS = 40, QUERIES = 60, K = 10 };

static struct error error;

/* Numbers of a linear congruential generator (Numerical Recipes), −1 … 1: the same in every run. */
static float next_number(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (float)(*seed >> 8) / (float)(1u << 23) - 1;
}

/* Vectors around some topics, as those of texts are. */
static void make_vector(uint32_t number, float ret_vector[DIMENSION])
{
    uint32_t topic = number % TOPICS + 1, own = number + 77777;
    for (int i = 0; i < DIMENSION; i++)
        ret_vector[i] = next_number(&topic) + 0.7f * next_number(&own);
}

static struct vector_index *new_index(size_t dimension)
{
    struct vector_index *index = NULL;
    assert_int_equal(vector_index_new(dimension, &index, &error), OK);
    return index;
}

static void put(struct vector_index *index, uint32_t number)
{
    float vector[DIMENSION];
    make_vector(number, vector);
    assert_int_equal(vector_index_put(index, number, vector, &error), OK);
}

static struct vector_index *filled(void)
{
    struct vector_index *index = new_index(DIMENSION);
    for (uint32_t i = 0; i < VECTORS; i++)
        put(index, i);
    return index;
}

static size_t common(const struct vector_hits *a, const struct vector_hits *b)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++)
            n += a->items[i].id == b->items[k].id;
    return n;
}

/* The share of the true nearest that searches find. */
static double recall(struct vector_index *index, const int64_t *only, size_t n_only)
{
    size_t found = 0, there = 0;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (uint32_t q = 0; q < QUERIES; q++) {
        float vector[DIMENSION];
        make_vector(VECTORS + 7 * q, vector);
        struct vector_query query = {.vector = vector, .k = K, .only = only, .n_only = n_only};
        struct vector_hits hits, exact;
        assert_int_equal(vector_index_search(index, &query, &arena, &hits, &error), OK);
        assert_int_equal(vector_index_search_exactly(index, &query, &arena, &exact, &error), OK);
        found += common(&hits, &exact);
        there += exact.n;
        arena_reset(&arena);
    }
    arena_release(&arena);
    return (double)found / (double)there;
}

TEST(vector_index, finds_what_comparing_with_every_vector_finds)
{
    struct vector_index *index = filled();
    assert_int_equal(vector_index_count(index), VECTORS);
    assert_true(recall(index, NULL, 0) >= 0.98);
    vector_index_free(index);
}

TEST(vector_index, finds_as_well_when_a_fifth_was_removed_and_never_what_was_removed)
{
    struct vector_index *index = filled();
    for (int64_t id = 0; id < VECTORS; id += 5)
        assert_true(vector_index_remove(index, id));
    assert_false(vector_index_remove(index, 0));
    assert_int_equal(vector_index_count(index), VECTORS - VECTORS / 5);
    assert_false(vector_index_wants_rebuild(index));
    assert_true(recall(index, NULL, 0) >= 0.98);

    float vector[DIMENSION];
    make_vector(10, vector);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct vector_query query = {.vector = vector, .k = 50};
    struct vector_hits hits;
    assert_int_equal(vector_index_search(index, &query, &arena, &hits, &error), OK);
    assert_int_equal(hits.n, 50);
    for (size_t i = 0; i < hits.n; i++)
        assert_int_not_equal(hits.items[i].id % 5, 0);
    arena_release(&arena);
    for (int64_t id = 1; id < VECTORS; id += 3)
        (void)vector_index_remove(index, id);
    assert_true(vector_index_wants_rebuild(index));
    vector_index_free(index);
}

TEST(vector_index, best_come_first_with_their_cosine)
{
    struct vector_index *index = new_index(2);
    const float vectors[][2] = {{1, 0}, {3, 3}, {0, 5}, {-2, 0}};
    for (int64_t i = 0; i < 4; i++)
        assert_int_equal(vector_index_put(index, 10 + i, vectors[i], &error), OK);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct vector_query query = {.vector = (const float[]){8, 0}, .k = 10};
    struct vector_hits hits;
    assert_int_equal(vector_index_search(index, &query, &arena, &hits, &error), OK);
    static const double cosines[] = {1, 0.70710678, 0, -1};
    assert_int_equal(hits.n, 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(hits.items[i].id, 10 + i);
        assert_true(fabs((double)hits.items[i].similarity - cosines[i]) < 1e-6);
    }
    arena_release(&arena);
    vector_index_free(index);
}

TEST(vector_index, only_those_that_a_filter_left_are_found)
{
    struct vector_index *index = filled();
    static int64_t few[VECTORS];
    size_t n = 0;
    for (int64_t id = 3; id < VECTORS; id += 9)
        few[n++] = id;
    assert_true(recall(index, few, n) >= 1.0);
    float vector[DIMENSION];
    make_vector(4, vector);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct vector_query query = {.vector = vector, .k = 20, .only = few, .n_only = n};
    struct vector_hits hits;
    assert_int_equal(vector_index_search(index, &query, &arena, &hits, &error), OK);
    assert_int_equal(hits.n, 20);
    for (size_t i = 0; i < hits.n; i++)
        assert_int_equal(hits.items[i].id % 9, 3);
    query.n_only = 0;
    assert_int_equal(vector_index_search(index, &query, &arena, &hits, &error), OK);
    assert_int_equal(hits.n, 0);
    arena_release(&arena);
    vector_index_free(index);
}

/* Above VECTOR_EXACT_IDS the graph is asked for more and more; whether there is a vector of every id is nothing to it. */
TEST(vector_index, a_wide_filter_is_asked_of_the_graph)
{
    struct vector_index *index = filled();
    int64_t *only = calloc(3 * VECTOR_EXACT_IDS, sizeof *only);
    size_t n = 0;
    for (int64_t id = 0; n < VECTOR_EXACT_IDS + 1000; id++)
        if (id % 4 != 0)
            only[n++] = id;
    assert_true(recall(index, only, n) >= 0.98);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (uint32_t q = 0; q < VECTORS; q += 100) { /* nearest to one that may not be found */
        float vector[DIMENSION];
        make_vector(q, vector);
        struct vector_query query = {.vector = vector, .k = K, .only = only, .n_only = n};
        struct vector_hits hits;
        assert_int_equal(vector_index_search(index, &query, &arena, &hits, &error), OK);
        assert_int_equal(hits.n, K);
        for (size_t i = 0; i < hits.n; i++)
            assert_int_not_equal(hits.items[i].id % 4, 0);
        arena_reset(&arena);
    }
    arena_release(&arena);
    free(only);
    vector_index_free(index);
}

TEST(vector_index, a_vector_without_a_direction_is_refused)
{
    struct vector_index *index = new_index(2);
    assert_int_equal(vector_index_put(index, 1, (const float[]){0, 0}, &error), ERR_INVALID);
    assert_int_equal(vector_index_put(index, 1, (const float[]){NAN, 1}, &error), ERR_INVALID);
    assert_int_equal(vector_index_put(index, 1, (const float[]){INFINITY, 1}, &error), ERR_INVALID);
    assert_int_equal(vector_index_put(index, -1, (const float[]){1, 1}, &error), ERR_INVALID);
    assert_int_equal(vector_index_count(index), 0);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct vector_query query = {.vector = (const float[]){0, 0}, .k = 1};
    struct vector_hits hits;
    assert_int_equal(vector_index_search(index, &query, &arena, &hits, &error), ERR_INVALID);
    query.vector = (const float[]){1, 0};
    assert_int_equal(vector_index_search(index, &query, &arena, &hits, &error), OK);
    assert_int_equal(hits.n, 0);
    arena_release(&arena);
    vector_index_free(index);
    assert_int_equal(vector_index_new(0, &index, &error), ERR_INVALID);
    assert_int_equal(vector_index_new(VECTOR_MAX_DIMENSION + 1, &index, &error), ERR_INVALID);
}

TEST(vector_index, an_id_has_one_vector_the_last)
{
    struct vector_index *index = new_index(2);
    assert_int_equal(vector_index_put(index, 1, (const float[]){1, 0}, &error), OK);
    assert_int_equal(vector_index_put(index, 2, (const float[]){1, 1}, &error), OK);
    assert_int_equal(vector_index_put(index, 1, (const float[]){0, 1}, &error), OK);
    assert_int_equal(vector_index_count(index), 2);
    assert_true(vector_index_remove(index, 2));
    assert_int_equal(vector_index_put(index, 2, (const float[]){-1, 0}, &error), OK); /* comes back */
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct vector_query query = {.vector = (const float[]){0, 1}, .k = 1};
    struct vector_hits hits;
    assert_int_equal(vector_index_search(index, &query, &arena, &hits, &error), OK);
    assert_int_equal(hits.items[0].id, 1);
    assert_true(hits.items[0].similarity > 0.999f);
    arena_release(&arena);
    vector_index_free(index);
}

/* ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static char folder[] = "/tmp/gilbot-vectors-XXXXXX";

static const char *file_in_new_folder(void)
{
    static char path[sizeof folder + 16];
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/vectors", folder);
    return path;
}

static void remove_folder(const char *path)
{
    char sum[sizeof folder + 24];
    snprintf(sum, sizeof sum, "%s.sum", path);
    (void)unlink(path);
    (void)unlink(sum);
    assert_int_equal(rmdir(folder), 0); /* nothing else was left there */
}

TEST(vector_index, what_was_saved_is_loaded_as_it_was)
{
    const char *path = file_in_new_folder();
    struct vector_index *index = filled(), *again = NULL;
    for (int64_t id = 0; id < VECTORS; id += 5)
        assert_true(vector_index_remove(index, id));
    assert_int_equal(vector_index_save(index, path, 42, &error), OK);
    assert_int_equal(vector_index_load(path, DIMENSION, 42, &again, &error), OK);
    assert_int_equal(vector_index_count(again), vector_index_count(index));
    float vector[DIMENSION];
    make_vector(VECTORS + 1, vector);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct vector_query query = {.vector = vector, .k = K};
    struct vector_hits a, b;
    assert_int_equal(vector_index_search(index, &query, &arena, &a, &error), OK);
    assert_int_equal(vector_index_search(again, &query, &arena, &b, &error), OK);
    assert_int_equal(common(&a, &b), K);
    for (uint32_t i = 0; i < 200; i++) /* and it goes on growing */
        put(again, VECTORS + i);
    assert_true(recall(again, NULL, 0) >= 0.98);
    arena_release(&arena);
    vector_index_free(again);
    vector_index_free(index);
    remove_folder(path);
}

TEST(vector_index, a_file_that_is_stale_or_damaged_is_not_used)
{
    const char *path = file_in_new_folder();
    struct vector_index *index = filled(), *again = NULL;
    assert_int_equal(vector_index_load(path, DIMENSION, 42, &again, &error), ERR_NOT_FOUND);
    assert_int_equal(vector_index_save(index, path, 42, &error), OK);
    vector_index_free(index);
    assert_int_equal(vector_index_load(path, DIMENSION, 43, &again, &error), ERR_CONFLICT);
    assert_int_equal(vector_index_load(path, DIMENSION - 1, 42, &again, &error), ERR_CONFLICT);

    FILE *file = fopen(path, "r+b"); /* one bit of a neighbour's number */
    assert_non_null(file);
    assert_int_equal(fseek(file, 5000, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, 5000, SEEK_SET), 0);
    fputc(byte ^ 0x40, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(vector_index_load(path, DIMENSION, 42, &again, &error), ERR_INVALID);
    assert_int_equal(truncate(path, 100000), 0);
    assert_int_equal(vector_index_load(path, DIMENSION, 42, &again, &error), ERR_INVALID);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(vector_index_load(path, DIMENSION, 42, &again, &error), ERR_INVALID);

    char sum[sizeof folder + 24];
    snprintf(sum, sizeof sum, "%s.sum", path);
    assert_int_equal(truncate(sum, 5), 0);
    assert_int_equal(vector_index_load(path, DIMENSION, 42, &again, &error), ERR_CONFLICT);
    remove_folder(path);
}

TEST(vector_index, a_full_disk_is_said_and_leaves_the_old_file)
{
    struct vector_index *index = filled();
    assert_int_equal(vector_index_save(index, "/dev/full/vectors", 1, &error), ERR_INTERNAL);
    assert_int_equal(vector_index_save(index, "/nowhere/vectors", 1, &error), ERR_INTERNAL);
    vector_index_free(index);
}

TEST_MAIN
