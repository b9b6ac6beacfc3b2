#include "tests/unit/flows/survey/asks.h"

#include "bot/base/regex.h"

TEST(yes_no, people_say_yes_and_no_in_many_ways)
{
    struct ask ask = {.type = ASK_YES_NO};
    static const struct answer_row rows[] = {
        {"네", "true"},
        {"예", "true"},
        {"응", "true"},
        {"어", "true"},
        {"ㅇㅇ", "true"},
        {"맞아요", "true"},
        {"yes", "true"},
        {"Y", "true"},
        {"네!", "true"},
        {"네~ 맞습니다", "true"},
        {"넵", "true"},
        {"네 있어요", "true"},
        {"그럼요", "true"},
        {"YES!!", "true"},
        {"네네", "true"},
        {"아니요", "false"},
        {"아니오", "false"},
        {"아뇨", "false"},
        {"아니", "false"},
        {"ㄴㄴ", "false"},
        {"no", "false"},
        {"N", "false"},
        {"아니에요", "false"},
        {"아뇨 없어요", "false"},
        {"아니요, 괜찮아요", "false"},
        {"없어요", "false"},
        {"true", "true"},
        {"false", "false"},
        {"아니요 안 먹어요", "false"},
        {"글쎄요", "! ambiguous"},
        {"네 아니요", "! ambiguous"},
        {"모르겠어요", "! ambiguous"},
        {"65", "! no_option"},
        {"nobody", "! no_option"},
        {"yesterday", "! no_option"},
        {"어제", "! no_option"},
        {"예전에는요", "! no_option"},
        {"음 네", "true"},
        {"저는 네", "true"},
    };
    CHECK(&ask, rows);
}

TEST(yes_no, the_label_follows_the_locale)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = {.type = ASK_YES_NO};
    struct answer_input input = {.typed = STR("네"), .locale = STR("ko"), .today = TODAY};
    struct answer answer;
    assert_int_equal(answer_parse(&ask, &input, &arena, &answer), OK);
    assert_str_equal(answer.label, STR("예"));
    input.locale = STR("en");
    input.typed = STR("nope");
    assert_int_equal(answer_parse(&ask, &input, &arena, &answer), OK);
    assert_str_equal(answer.label, STR("No"));
}

TEST(date, the_usual_forms_are_read)
{
    struct ask ask = {.type = ASK_DATE};
    static const struct answer_row rows[] = {
        {"2026-03-05", "2026-03-05"},
        {"2026.3.5", "2026-03-05"},
        {"2026. 3. 5.", "2026-03-05"},
        {"2026/3/5", "2026-03-05"},
        {"2026년 3월 5일", "2026-03-05"},
        {"2026년3월5일이요", "2026-03-05"},
        {"3월 5일", "2026-03-05"},
        {"3월5일(목)", "2026-03-05"},
        {"3/5", "2026-03-05"},
        {"12월 31일", "2026-12-31"},
        {"20260305", "2026-03-05"},
        {"850305", "1985-03-05"},
        {"85.3.5", "1985-03-05"},
        {"26.3.5", "2026-03-05"},
        {"오늘", "2026-03-05"},
        {"오늘이요", "2026-03-05"},
        {"어제", "2026-03-04"},
        {"내일", "2026-03-06"},
        {"그저께", "2026-03-03"},
        {"모레요", "2026-03-07"},
        {"today", "2026-03-05"},
        {"Yesterday", "2026-03-04"},
        {"tomorrow", "2026-03-06"},
        {"2024-02-29", "2024-02-29"},
        {"2023-02-29", "! form"},
        {"2026-13-01", "! form"},
        {"13월 5일", "! form"},
        {"언젠가", "! form"},
        {"5일", "! form"},
        {"2026-03-05-07", "! form"},
        {"0000-01-01", "! form"},
        {"3월 5일 오전 10시", "! form"},
        {"２０２６．３．５", "2026-03-05"},
    };
    CHECK(&ask, rows);
}

TEST(date, bounds_are_checked_and_help_to_find_the_year)
{
    struct ask ask = {.type = ASK_DATE, .has_min = true, .has_max = true};
    ask.min = decimal_from_i64(TODAY);
    ask.max = decimal_from_i64(TODAY + 365);
    static const struct answer_row rows[] = {
        {"1월 2일", "2027-01-02"}, {"3월 5일", "2026-03-05"}, {"어제", "! too_small"}, {"2030-01-01", "! too_large"}};
    CHECK(&ask, rows);
}

TEST(phone, numbers_are_kept_as_dialled)
{
    struct ask ask = {.type = ASK_PHONE};
    static const struct answer_row rows[] = {
        {"010-1234-5678", "01012345678"},
        {"01012345678", "01012345678"},
        {"010 1234 5678", "01012345678"},
        {"010.1234.5678", "01012345678"},
        {"+82 10-1234-5678", "01012345678"},
        {"+821012345678", "01012345678"},
        {"+82 (0)10-1234-5678", "01012345678"},
        {"1012345678", "01012345678"},
        {"02-123-4567", "021234567"},
        {"1588-1234", "15881234"},
        {"+1 415 555 2671", "+14155552671"},
        {"010-1234-5678이요", "01012345678"},
        {"０１０－１２３４－５６７８", "01012345678"},
        {"1234", "! form"},
        {"전화 안 받아요", "! form"},
        {"010-1234-567890123", "! form"},
        {"+", "! form"},
        {"+82", "! form"},
    };
    CHECK(&ask, rows);
}

TEST(email, addresses_are_found_and_checked)
{
    struct ask ask = {.type = ASK_EMAIL};
    static const struct answer_row rows[] = {
        {"haneul@example.com", "haneul@example.com"},
        {"Haneul.Kim+a@Example.CO.KR", "Haneul.Kim+a@example.co.kr"},
        {"제 메일은 a@b.kr 입니다.", "a@b.kr"},
        {"a@b.kr입니다", "a@b.kr"},
        {"a@b.kr.", "a@b.kr"},
        {"a@b", "! form"},
        {"@b.kr", "! form"},
        {"a@@b.kr", "! form"},
        {"a@-b.kr", "! form"},
        {".a@b.kr", "! form"},
        {"a..b@b.kr", "! form"},
        {"없어요", "! form"},
    };
    CHECK(&ask, rows);
}

TEST(text, is_kept_in_nfc_and_measured_in_code_points)
{
    struct ask ask = {.type = ASK_TEXT, .has_min = true, .has_max = true};
    ask.min = decimal_of("2");
    ask.max = decimal_of("4");
    static const struct answer_row rows[] = {
        {"가나", "가나"},
        {" 가나 ", "가나"},
        {"가", "! too_short"},
        {"가나다라마", "! too_long"},
        {"ＡＢ", "ＡＢ"},
        {"a　b", "a　b"},
        {"\u1100\u1161\u1102\u1161", "가나"},
        {"👍👍", "👍👍"},
    };
    CHECK(&ask, rows);
}

TEST(text, a_pattern_must_match_the_whole)
{
    struct regex *regex;
    assert_int_equal(regex_new(STR("[0-9]{5}"), "", &regex, NULL), OK);
    struct ask ask = {.type = ASK_TEXT, .pattern = regex};
    static const struct answer_row rows[] = {
        {"06236", "06236"}, {"0623", "! pattern"}, {"062366", "! pattern"}, {"우편번호 06236", "! pattern"}};
    CHECK(&ask, rows);
    regex_free(regex);
}

TEST(text, without_a_maximum_there_is_still_one)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = {.type = ASK_TEXT};
    char *longest = arena_alloc(&arena, ANSWER_MAX_TEXT + 2);
    memset(longest, 'a', ANSWER_MAX_TEXT);
    assert_int_equal(answer_to(&ask, longest, &arena).n, ANSWER_MAX_TEXT);
    longest[ANSWER_MAX_TEXT] = 'a';
    assert_str_equal(answer_to(&ask, longest, &arena), STR("! too_long"));
}

TEST_MAIN
