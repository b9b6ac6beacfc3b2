#include "flows/answer/quote.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "tests/support/test.h"

static const char *const manual =
    "제3장 휴가\n"
    "1. 연차 유급휴가는 1년에 15일이며, 2년마다 1일을 더한다. 사용하지 않은 연차는\n다음 해로 이월되지 않는다.\n"
    "2. 출장비는 1일 50,000원이고 숙박비는 실비로 지급한다. 이율은 연 3.5%이다.\n"
    "3. 해외 출장은 승인이 없으면 불가능하다. 기간은 3~5일이고 기온은 -5도 이하이다.\n"
    "4. 계약 기간은 3개월이다. 제출한 서류는 반환하지 아니한다. 문의: HR-Team, R&D센터.\n";

static enum quote_outcome outcome_in(const char *page, const char *quote, struct quote_found *found)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 20);
    struct quote_page read;
    enum quote_outcome outcome = QUOTE_EMPTY;
    assert_int_equal(quote_page_read(&arena, str_of(page), &read), OK);
    assert_int_equal(quote_locate(&arena, &read, str_of(quote), &outcome, found), OK);
    return outcome;
}

static void expect(const char *quote, enum quote_outcome expected)
{
    struct quote_found found;
    enum quote_outcome outcome = outcome_in(manual, quote, &found);
    if (outcome != expected)
        fail_msg("\"%s\": %d, not %d", quote, outcome, expected);
}

static void expect_found(const char *quote)
{
    expect(quote, QUOTE_FOUND);
}

static void expect_absent(const char *quote)
{
    expect(quote, QUOTE_ABSENT);
}

TEST(quote, the_page_s_own_words_are_found_with_their_bytes)
{
    struct quote_found found;
    assert_int_equal(outcome_in(manual, "출장비는 1일 50,000원이고", &found), QUOTE_FOUND);
    assert_int_equal(found.n, 1);
    struct str span = {manual + found.parts[0].from, found.parts[0].to - found.parts[0].from};
    assert_str_equal(span, STR("출장비는 1일 50,000원이고"));
}

TEST(quote, spaces_punctuation_width_case_and_quotation_marks_do_not_matter)
{
    expect_found("“연차유급휴가는 1년에 15일이며 2년마다 1일을 더한다”");
    expect_found("사용하지 않은 연차는 다음 해로 이월되지 않는다");
    expect_found("연차 유급휴가는 １년에 １５일이며");
    expect_found("「숙박비는 실비로 지급한다」");
    expect_found("문의 hr team r&d 센터");
    expect_found("**기간은 3∼5일이고** 기온은 −5도 이하이다");
}

TEST(quote, the_comma_of_thousands_may_be_absent)
{
    expect_found("출장비는 1일 50000원이고");
    struct quote_found found;
    assert_int_equal(outcome_in("총액은 1500000원이다.", "총액은 1,500,000원이다", &found), QUOTE_FOUND);
}

TEST(quote, a_changed_digit_is_refused)
{
    expect_absent("연차 유급휴가는 1년에 16일이며");
    expect_absent("연차 유급휴가는 1년에 5일이며");
    expect_absent("출장비는 1일 5,000원이고");
    expect_absent("출장비는 1일 500,000원이고");
}

TEST(quote, what_stands_between_digits_counts)
{
    expect_absent("이율은 연 35%이다");
    expect_absent("이율은 연 3,5%이다");
    expect_absent("기간은 35일이고");
    expect_absent("기간은 3.5일이고");
    expect_found("이율은 연 3.5 %이다");
    struct quote_found found;
    assert_int_equal(outcome_in("시행일은 2024. 3. 1.부터다.", "시행일은 2024.3.1 부터다", &found), QUOTE_FOUND);
    assert_int_equal(outcome_in("시행일은 2024. 3. 1.부터다.", "시행일은 2024.31 부터다", &found), QUOTE_ABSENT);
}

TEST(quote, a_sign_and_a_percent_count)
{
    expect_absent("기온은 5도 이하이다");
    expect_absent("이율은 연 3.5이다");
    expect_absent("이율은 연 3.5");
}

TEST(quote, a_swapped_or_changed_word_is_refused)
{
    expect_absent("숙박비는 정액으로 지급한다");
    expect_absent("유급 연차휴가는 1년에 15일이며");
    expect_absent("다음 해로 이월되는 연차");
}

TEST(quote, a_flipped_negation_is_refused)
{
    expect_absent("다음 해로 이월된다");
    expect_absent("승인이 있으면 불가능하다");
    expect_absent("제출한 서류는 반환한다");
}

TEST(quote, it_may_not_begin_behind_a_negating_prefix_or_within_a_number)
{
    expect("가능하다. 기간은 3~5일이고", QUOTE_ABSENT);
    expect("0,000원이고 숙박비는", QUOTE_ABSENT);
    expect("5일이고 기온은 -5도 이하이다", QUOTE_ABSENT);
}

TEST(quote, it_may_not_end_within_a_unit)
{
    expect("계약 기간은 3개", QUOTE_ABSENT);
    expect_found("계약 기간은 3개월");
    struct quote_found found;
    assert_int_equal(outcome_in("한도는 15만원이다.", "한도는 15", &found), QUOTE_ABSENT);
}

TEST(quote, two_sentences_that_are_not_neighbours_are_no_quote)
{
    expect_absent("숙박비는 실비로 지급한다. 계약 기간은 3개월이다.");
    expect_found("이율은 연 3.5%이다. 3. 해외 출장은 승인이 없으면");
}

TEST(quote, an_ellipsis_joins_parts_in_their_order)
{
    struct quote_found found;
    assert_int_equal(outcome_in(manual, "연차 유급휴가는 1년에 15일이며 … 다음 해로 이월되지 않는다", &found),
                     QUOTE_FOUND);
    assert_int_equal(found.n, 2);
    assert_true(found.parts[0].to < found.parts[1].from);
    expect_found("출장비는 1일 50,000원이고 (중략) 이율은 연 3.5%이다");
    expect_absent("다음 해로 이월되지 않는다 … 연차 유급휴가는 1년에 15일이며");
    expect("연차 유급휴가는 1년에 … 3개월", QUOTE_VAGUE);
}

TEST(quote, an_ellipsis_that_stands_in_the_page_is_text)
{
    struct quote_found found;
    assert_int_equal(outcome_in("그는 말했다… 이제 끝이라고.", "그는 말했다… 이제 끝이라고.", &found), QUOTE_FOUND);
    assert_int_equal(found.n, 1);
}

TEST(quote, a_short_one_is_there_exactly_or_not_at_all)
{
    expect_found("3개월");
    expect_found("15일");
    expect("5일", QUOTE_ABSENT);
    expect("1 년", QUOTE_ABSENT);
    expect("비", QUOTE_VAGUE);
    expect("가능", QUOTE_ABSENT);
}

TEST(quote, nothing_is_no_quote)
{
    expect("", QUOTE_EMPTY);
    expect("\"…\"", QUOTE_EMPTY);
}

TEST(quote, decomposed_text_matches_composed_text)
{
    struct quote_found found;
    /* "각서를 쓴다 오늘" in conjoining jamo */
    static const char page[] = "\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8\xE1\x84\x89\xE1\x85\xA5\xE1\x84\x85\xE1\x85\xB3"
                               "\xE1\x86\xAF 쓴다 오늘 여기서";
    assert_int_equal(outcome_in(page, "각서를 쓴다 오늘", &found), QUOTE_FOUND);
    assert_int_equal(found.parts[0].from, 0);
    assert_int_equal(outcome_in("각서를 쓴다 오늘", "가서를 쓴다 오늘", &found), QUOTE_ABSENT);
}

TEST(quote, list_marks_do_not_join_numbers)
{
    struct quote_found found;
    assert_int_equal(outcome_in("①3일 이내에 낸다.", "3일 이내에 낸다", &found), QUOTE_FOUND);
    assert_int_equal(outcome_in("①3일 이내에 낸다.", "13일 이내에 낸다", &found), QUOTE_ABSENT);
}

TEST(quote, a_number_beside_another_is_its_own)
{
    struct quote_found found;
    assert_int_equal(outcome_in("1. 15일 이내에 신청한다.", "15일 이내에 신청한다", &found), QUOTE_FOUND);
    assert_int_equal(outcome_in("시행은 2014. 8. 4.\n3 다음 항목", "시행은 2014. 8. 4.", &found), QUOTE_FOUND);
    assert_int_equal(outcome_in("기간은 3 ~ 5일 이내이다.", "5일 이내이다", &found), QUOTE_ABSENT);
    assert_int_equal(outcome_in("이율은 연간 3.5이다.", "이율은 연간 3", &found), QUOTE_ABSENT);
}

TEST(quote, its_context_is_the_whole_sentences)
{
    struct quote_found found;
    assert_int_equal(outcome_in(manual, "숙박비는 실비로 지급한다", &found), QUOTE_FOUND);
    assert_str_equal(quote_context(str_of(manual), found.parts[0]),
                     STR("2. 출장비는 1일 50,000원이고 숙박비는 실비로 지급한다."));
}

TEST_MAIN
