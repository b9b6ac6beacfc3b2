#include "flows/answer/polarity.h"

#include "tests/support/test.h"

static void expect_same(const char *claim, const char *quoted)
{
    if (!polarity_agrees(str_of(claim), str_of(quoted)))
        fail_msg("\"%s\" is refused for \"%s\"", claim, quoted);
}

static void expect_flipped(const char *claim, const char *quoted)
{
    if (polarity_agrees(str_of(claim), str_of(quoted)))
        fail_msg("\"%s\" passes for \"%s\"", claim, quoted);
}

TEST(polarity, a_claim_that_says_the_same_may_stand)
{
    expect_same("연차는 이월되지 않습니다", "사용하지 않은 연차는 다음 해로 이월되지 않는다");
    expect_same("수당을 받을 수 없습니다", "수당을 지급하지 아니한다");
    expect_same("주차는 할 수 없습니다", "주차는 불가하다");
    expect_same("신청은 사흘 전까지 합니다", "신청은 사흘 전까지 하여야 한다");
    expect_same("제한 없이 쓸 수 있습니다", "횟수에 제한이 없다");
    expect_same("직급과 관계없이 지급합니다", "직급과 관계없이 지급한다");
    expect_same("it cannot be carried over", "unused days cannot be carried over");
}

TEST(polarity, a_negation_that_the_quotes_do_not_hold_is_refused)
{
    expect_flipped("연차는 이월되지 않습니다", "연차는 다음 해로 이월된다");
    expect_flipped("수당을 받을 수 없습니다", "수당을 받을 수 있다");
    expect_flipped("교통비는 지급하지 않는다", "교통비는 지급한다");
    expect_flipped("주차는 안 됩니다", "주차는 됩니다");
    expect_flipped("재택근무는 금지된다", "재택근무는 주 2회 허용된다");
    expect_flipped("it is not paid", "it is paid");
}

TEST(polarity, a_negation_that_the_claim_lost_is_refused)
{
    expect_flipped("연차는 다음 해로 이월됩니다", "연차는 다음 해로 이월되지 않는다");
    expect_flipped("수당을 받을 수 있습니다", "수당을 받을 수 없다");
    expect_flipped("서류를 돌려줍니다", "제출한 서류는 반환하지 아니한다");
    expect_flipped("야간 주차가 가능합니다", "야간 주차는 불가하다");
    expect_flipped("days may be carried over", "days may not be carried over");
}

TEST(polarity, two_negations_make_a_statement)
{
    expect_same("사흘 전에 신청하면 지급된다", "사흘 전에 신청하지 않으면 지급하지 않는다");
}

TEST(polarity, opposites_are_told_apart)
{
    expect_flipped("5명 이하가 모여야 합니다", "5명 이상이 모여야 한다");
    expect_flipped("5명 초과가 모여야 합니다", "5명 이상이 모여야 한다");
    expect_flipped("무급 휴가입니다", "유급 휴가이다");
    expect_flipped("과세 대상입니다", "비과세 대상이다");
    expect_flipped("오후 9시까지입니다", "오전 9시까지다");
    expect_same("5명 이상이며 10명 이하입니다", "5명 이상 10명 이하");
    expect_same("비과세 소득입니다", "비과세 소득으로 본다");
}

TEST(polarity, a_quote_reaches_through_the_negation_behind_it)
{
    struct str page = STR("야근 수당을 지급하지 않는다. 다만 휴일에는 지급한다.");
    assert_str_equal(polarity_reach(page, 0, STR("야근 수당을 지급").n), STR("야근 수당을 지급하지 않는다."));
    page = STR("주차는 할 수 없다. 그렇다.");
    assert_str_equal(polarity_reach(page, 0, STR("주차는 할").n), STR("주차는 할 수 없다."));
    page = STR("수당을 지급한다. 없다면 묻는다.");
    assert_str_equal(polarity_reach(page, 0, STR("수당을 지급한다.").n), STR("수당을 지급한다."));
}

TEST_MAIN
