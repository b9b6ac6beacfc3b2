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
