#include "bot/model/language_model.h"

#include "bot/base/arena.h"
#include "tests/support/test.h"

#include "bot/base/banned.h"

TEST(language_model, none_at_all_is_one_that_is_never_there)
{
    struct arena arena;
    arena_init(&arena, 4096);
    struct error error = {0};
    struct model_said said;
    struct model_vectors vectors;
    struct model_order order;
    assert_int_equal(language_model_chat(NULL, &(struct model_chat){0}, &arena, &said, &error), ERR_BUSY);
    assert_int_equal(language_model_embed(NULL, &(struct model_embed){0}, &arena, &vectors, &error), ERR_BUSY);
    assert_int_equal(language_model_rerank(NULL, &(struct model_rerank){0}, &arena, &order, &error), ERR_BUSY);
    for (int skill = 0; skill < MODEL_SKILLS; skill++)
        assert_false(language_model_ready(NULL, (enum model_skill)skill));
    assert_int_equal(language_model_context(NULL), 0);
    assert_int_equal(language_model_tokens(NULL, STR("연차 휴가")), 5);
    arena_release(&arena);
}

TEST(language_model, tokens_are_counted_by_script_and_rounded_up)
{
    assert_int_equal(model_tokens(STR("")), 0);
    assert_int_equal(model_tokens(STR("a")), 1);
    assert_int_equal(model_tokens(STR("abcd")), 1);
    assert_int_equal(model_tokens(STR("abcde")), 2);
    assert_int_equal(model_tokens(STR("2024")), 2);
    assert_int_equal(model_tokens(STR("휴가")), 2);
    assert_int_equal(model_tokens(STR("휴가는 15일")), 5); /* 3 + 1/8 + 2/3 + 1 */
    assert_int_equal(model_tokens(STR("漢字。")), 3);
    assert_int_equal(model_tokens(STR("\xff\xff")), 2); /* whatever it is, it costs something */
}

static double twice(const struct language_model *self)
{
    (void)self;
    return 1.5;
}

TEST(language_model, what_a_model_has_shown_of_its_counting_is_taken_into_account)
{
    struct language_model model = {.tokens_factor = twice};
    assert_int_equal(language_model_tokens(&model, STR("휴가는")), 5); /* 4.5 */
}

TEST_MAIN
