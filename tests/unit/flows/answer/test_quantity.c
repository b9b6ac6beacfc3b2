#include "flows/answer/quantity.h"

#include "bot/base/arena.h"
#include "bot/base/terms.h"
#include "tests/support/test.h"

static struct quantities read_in(struct arena *arena, const char *text)
{
    struct str normal;
    struct quantities read = {NULL, 0};
    assert_int_equal(terms_normal(arena, str_of(text), &normal), OK);
    assert_int_equal(quantities_read(arena, normal, &read), OK);
    return read;
}

/* Whether everything that `claim` states in numbers stands in `quote`; it must state something. */
static bool is_supported(const char *claim, const char *quote)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 20);
    struct quantities claimed = read_in(&arena, claim), quoted = read_in(&arena, quote);
    if (claimed.n == 0)
        fail_msg("no quantity in \"%s\"", claim);
    bool all = true;
    for (size_t i = 0; i < claimed.n; i++)
        all = all && quantity_is_in(claimed.items + i, &quoted);
    return all;
}

static void expect_same(const char *claim, const char *quote)
{
    if (!is_supported(claim, quote) || !is_supported(quote, claim))
        fail_msg("\"%s\" is not the same as \"%s\"", claim, quote);
}

static void expect_refused(const char *claim, const char *quote)
{
    if (is_supported(claim, quote))
        fail_msg("\"%s\" passes for \"%s\"", claim, quote);
}

static void expect_none(const char *text)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 20);
    struct quantities read = read_in(&arena, text);
    if (read.n != 0)
        fail_msg("\"%.*s\" in \"%s\"", STR_ARG(read.items[0].text), text);
}

TEST(quantity, amounts_are_the_same_however_they_are_written)
{
    expect_same("1,000원", "1000원");
    expect_same("1천원", "1,000원");
    expect_same("천 원", "1,000 원을");
    expect_same("₩1,000", "1천 원");
    expect_same("1,000 won", "천원");
    expect_same("15만 5천원", "155,000원");
    expect_same("1억 2,000만 원", "120,000,000원");
    expect_same("1.5억원", "1억 5천만원");
    expect_same("삼천오백원", "3,500원");
    expect_same("3조원", "3,000,000,000,000원");
    expect_same("１，０００원", "1000원");
    expect_same("백만 원", "100만원");
}

TEST(quantity, percentages_and_durations_have_several_names)
{
    expect_same("15%", "15퍼센트");
    expect_same("15 percent", "15 %");
    expect_same("3.5%", "3.5프로");
    expect_same("석 달", "3개월");
    expect_same("이틀", "2일");
    expect_same("한 달", "1개월");
    expect_same("두 번", "2회");
    expect_same("15 days", "15일");
    expect_same("3 months", "3개월간");
    expect_same("세 명", "3인");
    expect_same("일주일", "1주");
}

TEST(quantity, dates_are_the_same_however_they_are_written)
{
    expect_same("2024년 3월 1일", "2024-03-01");
    expect_same("2024년 3월 1일", "2024. 3. 1.");
    expect_same("2024년 3월 1일", "'24.3.1.");
    expect_same("2024/3/1", "24년 3월 1일");
    expect_same("March 1, 2024", "2024년 3월 1일");
    expect_same("1 March 2024", "2024.03.01");
    expect_same("3월 1일", "3월1일");
    expect_same("2024년 3월", "2024-03");
}

TEST(quantity, a_date_supports_what_it_holds)
{
    assert_true(is_supported("3월 1일", "2024년 3월 1일"));
    assert_true(is_supported("2024년", "2024년 3월 1일"));
    assert_true(is_supported("2024년 3월 1일", "2024년의 시행일은 3월 1일"));
    expect_refused("2025년 3월 1일", "2024년 3월 1일");
    expect_refused("2024년 3월 2일", "2024년 3월 1일");
    expect_refused("2024년 4월 1일", "2024년 3월 1일");
    expect_refused("2024년 3월 1일", "3월 1일");
}

TEST(quantity, another_value_is_refused)
{
    expect_refused("16일", "15일");
    expect_refused("10,000원", "1,000원");
    expect_refused("1.5%", "15%");
    expect_refused("-5도", "5도");
    expect_refused("12345678901234", "12345678901235");
}

TEST(quantity, another_unit_is_refused)
{
    expect_refused("15개월", "15일");
    expect_refused("3월", "3개월");
    expect_refused("15%", "15원");
    expect_refused("15%p", "15%");
    expect_refused("3시간", "3시");
    expect_refused("3만원", "3만 달러");
    expect_refused("5단계", "5등급");
}

TEST(quantity, a_number_without_a_unit_is_compared_by_value)
{
    expect_same("3~5일", "3일에서 5일");
    expect_same("내선 1234", "내선번호: 1234번");
}

TEST(quantity, an_article_of_a_statute_is_no_trillion)
{
    expect_same("제5조", "제 5 조");
    expect_refused("제5조", "제6조");
}

TEST(quantity, words_that_merely_look_like_numerals_are_none)
{
    expect_none("만일 이 일이 사실이라면 오늘 한번 확인한다");
    expect_none("천안에서 만난 백 부장의 이사 일정");
    expect_none("you may do it in march");
    expect_none("네, 세금은 두고 갑니다");
}

TEST_MAIN
