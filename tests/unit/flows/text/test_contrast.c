#include "flows/text/contrast.h"

#include "bot/base/arena.h"
#include "tests/support/test.h"

static enum contrast between(const char *a, const char *b)
{
    struct arena arena;
    enum contrast found = CONTRAST_NONE, back = CONTRAST_NONE;
    arena_init(&arena, 1 << 20);
    assert_int_equal(contrast_find(&arena, str_of(a), str_of(b), &found), OK);
    assert_int_equal(contrast_find(&arena, str_of(b), str_of(a), &back), OK);
    assert_int_equal(found, back);
    arena_release(&arena);
    return found;
}

TEST(contrast, denying_and_not_denying_differ)
{
    assert_int_equal(between("반차를 쓸 수 있나요?", "반차를 쓸 수 없나요?"), CONTRAST_NEGATION);
    assert_int_equal(between("회식비를 카드로 내도 되나요", "회식비를 카드로 내면 안 되나요"), CONTRAST_NEGATION);
    assert_int_equal(between("교육비를 신청했어요", "교육비를 신청하지 않았어요"), CONTRAST_NEGATION);
    assert_int_equal(between("can I bring my laptop home", "can't I bring my laptop home"), CONTRAST_NEGATION);
    assert_int_equal(between("연차 못 쓰나요?", "연차 안 쓰면요?"), CONTRAST_NONE); /* both deny */
}

TEST(contrast, words_that_only_look_like_a_denial_are_none)
{
    assert_int_equal(between("안내 메일은 언제 오나요", "안내 메일 언제 와요"), CONTRAST_NONE);
    assert_int_equal(between("보안 교육은 언제인가요", "교육은 언제 하나요"), CONTRAST_NONE);
    assert_int_equal(between("동안 쉬어도 되나요", "쉬어도 되나요"), CONTRAST_NONE);
}

TEST(contrast, other_numbers_differ_and_the_same_in_words_do_not)
{
    assert_int_equal(between("병가 3일 쓰려면", "병가 5일 쓰려면"), CONTRAST_NUMBER);
    assert_int_equal(between("병가 3일 쓰려면", "병가 3주 쓰려면"), CONTRAST_NUMBER);
    assert_int_equal(between("병가 사흘 쓰려면", "병가 3일 쓰려면"), CONTRAST_NONE);
    assert_int_equal(between("일주일 쉬려면", "1주 쉬려면"), CONTRAST_NONE);
    assert_int_equal(between("50,000원 이상이면", "50000원 이상이면"), CONTRAST_NONE);
    assert_int_equal(between("두 명이서 가면", "세 명이서 가면"), CONTRAST_NUMBER);
    assert_int_equal(between("연차 신청", "연차 3일 신청"), CONTRAST_NUMBER);
}

TEST(contrast, asking_for_different_things_differs)
{
    assert_int_equal(between("영수증은 언제 내나요", "영수증은 어디에 내나요"), CONTRAST_ASKED);
    assert_int_equal(between("누가 승인하나요", "왜 승인하나요"), CONTRAST_ASKED);
    assert_int_equal(between("영수증은 어디에 내나요", "영수증 제출은요"), CONTRAST_NONE);
}

TEST(contrast, opposites_differ)
{
    assert_int_equal(between("국내 출장 일비는", "해외 출장 일비는"), CONTRAST_OPPOSITE);
    assert_int_equal(between("휴가 신청하려면", "휴가 취소하려면"), CONTRAST_OPPOSITE);
    assert_int_equal(between("국내 출장과 해외 출장", "해외 출장과 국내 출장"), CONTRAST_NONE);
}

TEST(contrast, bytes_that_are_no_text_are_refused)
{
    struct arena arena;
    enum contrast found = CONTRAST_NONE;
    bool denies = false;
    arena_init(&arena, 1 << 20);
    assert_int_equal(contrast_find(&arena, STR("\xff"), STR("a"), &found), ERR_INVALID);
    assert_int_equal(contrast_denies(&arena, STR(""), &denies), OK);
    assert_false(denies);
    assert_true(str_eq(str_of(contrast_name(CONTRAST_OPPOSITE)), STR("opposite")));
    arena_release(&arena);
}

TEST_MAIN
