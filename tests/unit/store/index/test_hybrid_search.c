#include "store/index/hybrid_search.h"

#include "index_fixture.h"

#include "store/index/dense.h"
#include "store/vectors.h"

#include "bot/base/banned.h"

enum { DIMENSION = 3 };

/* Three documents of a chunk each, whose ids are 1, 2 and 3; what a model would make of them. */
static const float leave[] = {1, 0, 0}, trip[] = {0, 1, 0}, pay[] = {0, 0, 1};

struct both {
    struct indexed i;
    struct dense *dense;
};

static void begin(struct both *b)
{
    indexed_open(&b->i);
    add(&b->i, "leave", "연차휴가", "연차휴가는 입사 1년이 지나면 15일이 주어집니다.");
    add(&b->i, "trip", "출장비", "출장비는 실비로 지급합니다. 숙박비는 하루 10만 원까지입니다.");
    struct str channels[] = {STR_INIT("C1")};
    add_document(&b->i, (struct document){.key = STR("pay"), .access = {channels, 1}}, "임원 급여표입니다.");
    refresh(&b->i);
    assert_ok(vectors_use_model(b->i.f.db, STR("m"), DIMENSION, &b->i.f.error), &b->i.f.error);
    const float *vectors[] = {leave, trip, pay};
    for (int64_t k = 0; k < 3; k++) {
        struct vectors_batch batch = {STR("m"), DIMENSION, (const int64_t[]){k + 1}, vectors[k], 1};
        assert_ok(vectors_put(b->i.f.db, &batch, &b->i.f.error), &b->i.f.error);
    }
    bool changed;
    assert_ok(dense_open(str_of(b->i.f.dir), &b->dense, &b->i.f.error), &b->i.f.error);
    assert_ok(dense_refresh(b->dense, b->i.f.db, &changed, &b->i.f.error), &b->i.f.error);
}

static void end(struct both *b)
{
    static const char *const names[] = {"vectors", "vectors.sum", "hybrid"};
    dense_close(b->dense);
    for (size_t k = 0; k < COUNT_OF(names); k++)
        (void)unlink(arena_format(&b->i.f.arena, "%s/%s", b->i.f.dir, names[k]).p);
    indexed_close(&b->i);
}

static struct search_hits merge(struct both *b, struct search_query query, const float *vector, double weight)
{
    struct search_hits words = {0}, merged = {0};
    query.k = query.k == 0 ? 10 : query.k;
    assert_ok(search_run(b->i.search, b->i.f.db, &query, &b->i.f.arena, &words, &b->i.f.error), &b->i.f.error);
    struct hybrid_query hybrid = {
        .query = &query, .words = &words, .vector = vector, .dimension = DIMENSION, .weight = weight};
    assert_ok(hybrid_merge(b->i.search, b->dense, b->i.f.db, &hybrid, &b->i.f.arena, &merged, &b->i.f.error),
              &b->i.f.error);
    return merged;
}

TEST(hybrid_search, vectors_find_what_no_word_of_the_question_says)
{
    struct both b;
    begin(&b);
    struct search_hits hits = merge(&b, (struct search_query){.text = STR("쉬는 날")}, leave, 0.5);
    assert_true(hits.n >= 1);
    assert_str_equal(hits.items[0].document.key, STR("leave"));
    assert_true(hits.items[0].chunk.body.n > 0);
    end(&b);
}

TEST(hybrid_search, the_weight_says_who_decides)
{
    struct both b;
    begin(&b);
    struct search_query query = {.text = STR("숙박비")};
    assert_str_equal(merge(&b, query, leave, 0.1).items[0].document.key, STR("trip"));
    assert_str_equal(merge(&b, query, leave, 0.9).items[0].document.key, STR("leave"));
    assert_str_equal(merge(&b, query, leave, 0).items[0].document.key, STR("trip"));
    query.k = 1;
    assert_int_equal(merge(&b, query, leave, 0.5).n, 1);
    end(&b);
}

TEST(hybrid_search, what_a_channel_may_not_see_is_not_found_by_vectors_either)
{
    struct both b;
    begin(&b);
    struct search_query query = {.text = STR("월급")};
    struct search_hits hits = merge(&b, query, pay, 0.5);
    for (size_t k = 0; k < hits.n; k++)
        assert_false(str_eq(hits.items[k].document.key, STR("pay")));
    query.channel = STR("C1");
    assert_str_equal(merge(&b, query, pay, 0.5).items[0].document.key, STR("pay"));
    query.collection = STR("elsewhere");
    assert_int_equal(merge(&b, query, pay, 0.5).n, 0);
    end(&b);
}

TEST(hybrid_search, vectors_are_asked_only_where_words_are_missing)
{
    struct both b;
    begin(&b);
    struct hybrid_weights weights = {.coverage = 0.5, .vectors = 0.3}, off = {.coverage = 0.5};
    struct search_hits sure = ask(&b.i, "출장비 숙박비"), weak = ask(&b.i, "쉬는 날");
    assert_false(hybrid_is_weak(&sure, &weights));
    assert_true(hybrid_is_weak(&weak, &weights));
    assert_false(hybrid_is_weak(&weak, &off));
    end(&b);
}

TEST(hybrid_search, a_vector_of_another_model_is_refused)
{
    struct both b;
    begin(&b);
    struct search_query query = {.text = STR("연차"), .k = 3};
    struct search_hits words = ask(&b.i, "연차"), merged;
    struct hybrid_query hybrid = {.query = &query, .words = &words, .vector = leave, .dimension = 2, .weight = 0.5};
    assert_int_equal(hybrid_merge(b.i.search, b.dense, b.i.f.db, &hybrid, &b.i.f.arena, &merged, &b.i.f.error),
                     ERR_CONFLICT);
    end(&b);
}

TEST(hybrid_search, what_was_chosen_is_kept)
{
    struct both b;
    begin(&b);
    struct str dir = str_of(b.i.f.dir);
    assert_true(hybrid_weights_read(dir).vectors == 0);
    struct hybrid_weights weights = {.coverage = 0.55, .vectors = 0.25};
    assert_ok(hybrid_weights_write(dir, &weights, &b.i.f.error), &b.i.f.error);
    struct hybrid_weights read = hybrid_weights_read(dir);
    assert_true(read.coverage == 0.55 && read.vectors == 0.25);
    weights.vectors = 7;
    assert_ok(hybrid_weights_write(dir, &weights, &b.i.f.error), &b.i.f.error);
    assert_true(hybrid_weights_read(dir).vectors == 0);
    end(&b);
}

TEST_MAIN
