#include "flows/text/similarity.h"

#include <math.h>

#include "bot/base/arena.h"
#include "tests/support/test.h"

static const struct str rows[] = {STR_INIT("연차는 며칠 전에 신청하나요?"),
                                  STR_INIT("법인카드 영수증은 어디에 내나요?"),
                                  STR_INIT("재택근무는 주 몇 회까지 되나요?")};

static const double *ask(struct arena *arena, struct strs among, const char *text)
{
    struct similarity *similarity = NULL;
    const double *scores = NULL;
    assert_int_equal(similarity_build(arena, among, &similarity), OK);
    assert_int_equal(similarity_scores(similarity, arena, str_of(text), &scores), OK);
    return scores;
}

TEST(similarity, the_same_text_in_other_spacing_and_case_is_one)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    const double *scores = ask(&arena, (struct strs){rows, 3}, "연차는며칠전에 신청 하나요");
    assert_true(fabs(scores[0] - 1) < 1e-6);
    assert_true(scores[1] < 0.3 && scores[2] < 0.3);
    arena_release(&arena);
}

TEST(similarity, a_paraphrase_is_nearest_to_its_own)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    const double *scores = ask(&arena, (struct strs){rows, 3}, "영수증 어디에 제출하죠");
    assert_true(scores[1] > scores[0] && scores[1] > scores[2]);
    arena_release(&arena);
}

TEST(similarity, weights_are_the_formula_of_the_header)
{
    static const struct str two[] = {STR_INIT("ab"), STR_INIT("b")};
    struct arena arena;
    arena_init(&arena, 1 << 20);
    const double *scores = ask(&arena, (struct strs){two, 2}, "b");
    double rare = 1 + log(3.0 / 2.0), common = 1;
    /* "ab" holds a, b and ab; b is in both rows */
    assert_true(fabs(scores[0] - common / sqrt(2 * rare * rare + common * common)) < 1e-6);
    assert_true(fabs(scores[1] - 1) < 1e-6);
    arena_release(&arena);
}

TEST(similarity, a_text_about_something_else_or_nothing_is_far_from_all)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    const double *scores = ask(&arena, (struct strs){rows, 3}, "xyz");
    assert_true(scores[0] == 0 && scores[1] == 0 && scores[2] == 0);
    scores = ask(&arena, (struct strs){rows, 3}, " ?! ");
    assert_true(scores[0] == 0);
    scores = ask(&arena, (struct strs){NULL, 0}, "무엇");
    assert_non_null(scores);
    arena_release(&arena);
}

TEST(similarity, what_is_not_utf8_is_refused)
{
    struct arena arena;
    struct similarity *similarity = NULL;
    const double *scores = NULL;
    arena_init(&arena, 1 << 20);
    assert_int_equal(similarity_build(&arena, (struct strs){rows, 3}, &similarity), OK);
    assert_int_equal(similarity_scores(similarity, &arena, STR("\xff"), &scores), ERR_INVALID);
    arena_release(&arena);
}

TEST_MAIN
