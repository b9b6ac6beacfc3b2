#include "tests/unit/flows/survey/asks.h"

static const char *const activity = "low=거의 없다 (주 1회 이하)|mid=보통 (주 2회 이상)|high=많다 (주 4회 이상)";
static const char *const drinks = "water=물|coffee=커피|milk=우유|latte=커피와 우유|apple=사과|tea=녹차(티백)";

TEST(choice, an_option_is_meant_in_every_way_the_contract_names)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = ask_options(&arena, ASK_CHOICE, activity);
    static const struct answer_row rows[] = {
        {"low", "low"},
        {"LOW", "low"},
        {"거의 없다 (주 1회 이하)", "low"},
        {"거의없다(주1회이하)", "low"},
        {"거의 없다. 주 1회 이하!", "low"},
        {"1", "low"},
        {"１", "low"},
        {"1번", "low"},
        {"1번이요", "low"},
        {"1번 선택할게요", "low"},
        {"2", "mid"},
        {" 2. ", "mid"},
        {"(3)", "high"},
        {"③", "high"},
        {"3번째", "high"},
        {"세 번째", "high"},
        {"첫번째요", "low"},
        {"첫 번째", "low"},
        {"이번", "mid"},
        {"삼번", "high"},
    };
    CHECK(&ask, rows);
}

TEST(choice, parts_of_a_label_do_when_they_are_clear)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = ask_options(&arena, ASK_CHOICE, activity);
    static const struct answer_row rows[] = {
        {"거의 없다", "low"},
        {"보통", "mid"},
        {"보통이요", "mid"},
        {"보통이에요 ㅎㅎ", "mid"},
        {"저는 보통이요", "mid"},
        {"많다", "high"},
        {"거의", "low"},
        {"주 2회 이상", "mid"},
        {"4회 이상", "high"},
        {"회 이상", "! ambiguous"},
        {"보통 정도인 것 같아요", "mid"},
    };
    CHECK(&ask, rows);
}

TEST(choice, what_is_no_option_is_a_misfit)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = ask_options(&arena, ASK_CHOICE, activity);
    static const struct answer_row rows[] = {
        {"4", "! no_option"},
        {"0", "! no_option"},
        {"99번", "! no_option"},
        {"글쎄요", "! no_option"},
        {"아무거나", "! no_option"},
        {"12", "! no_option"},
        {"두 번", "! no_option"},
        {"?", "! no_option"},
        {"", "! empty"},
        {"1.5", "! no_option"},
        {"99999999999999999999", "! no_option"},
    };
    CHECK(&ask, rows);
}

TEST(choice, a_value_goes_before_a_number_in_the_list)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = ask_options(&arena, ASK_CHOICE, "3=세 끼|2=두 끼|1=한 끼");
    static const struct answer_row rows[] = {
        {"3", "3"}, {"1", "1"}, {"두 끼", "2"}, {"한 끼요", "1"}, {"두끼 먹어요", "2"}};
    CHECK(&ask, rows);
}

TEST(choice, the_label_is_in_the_language_of_the_user)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = ask_options(&arena, ASK_CHOICE, "y=예|n=아니요");
    struct option_label labels[2] = {{STR("ko"), STR("예"), STR("예")}, {STR("en"), STR("Yes"), STR("yes")}};
    struct option options[2] = {ask.options[0], ask.options[1]};
    options[0].labels = labels;
    options[0].n_labels = 2;
    ask.options = options;
    struct answer answer;
    struct answer_input input = {.typed = STR("예"), .locale = STR("en"), .flow_locale = STR("ko"), .today = TODAY};
    assert_int_equal(answer_parse(&ask, &input, &arena, &answer), OK);
    assert_int_equal(answer.kind, ANSWER_FITS);
    assert_str_equal(answer.label, STR("Yes"));
    input.typed = STR("2");
    assert_int_equal(answer_parse(&ask, &input, &arena, &answer), OK);
    assert_str_equal(answer.label, STR("아니요"));
}

TEST(choices, several_are_separated_as_people_do)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = ask_options(&arena, ASK_CHOICES, drinks);
    static const struct answer_row rows[] = {
        {"물, 우유", "[\"water\", \"milk\"]"},
        {"우유,물", "[\"water\", \"milk\"]"},
        {"물 우유", "[\"water\", \"milk\"]"},
        {"물과 우유", "[\"water\", \"milk\"]"},
        {"우유와 물", "[\"water\", \"milk\"]"},
        {"물하고 우유요", "[\"water\", \"milk\"]"},
        {"물이랑 커피", "[\"water\", \"coffee\"]"},
        {"커피랑 물이요", "[\"water\", \"coffee\"]"},
        {"물 그리고 사과", "[\"water\", \"apple\"]"},
        {"1, 3", "[\"water\", \"milk\"]"},
        {"1 3", "[\"water\", \"milk\"]"},
        {"1번 3번", "[\"water\", \"milk\"]"},
        {"1번이랑 3번이요", "[\"water\", \"milk\"]"},
        {"1번과 우유", "[\"water\", \"milk\"]"},
        {"①③", "[\"water\", \"milk\"]"},
        {"1,1,1", "[\"water\"]"},
        {"１，２", "[\"water\", \"coffee\"]"},
        {"물/우유/사과", "[\"water\", \"milk\", \"apple\"]"},
        {"물\n우유", "[\"water\", \"milk\"]"},
        {"- 물\n- 우유", "[\"water\", \"milk\"]"},
        {"WATER, milk", "[\"water\", \"milk\"]"},
        {"물 및 사과", "[\"water\", \"apple\"]"},
        {"물", "[\"water\"]"},
        {"저는 물이요", "[\"water\"]"},
        {"1,234", "! no_option"},
        {"물, 콜라", "! no_option"},
        {"글쎄요", "! no_option"},
        {"7", "! no_option"},
    };
    CHECK(&ask, rows);
}

TEST(choices, labels_that_hold_a_separator_still_match)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = ask_options(&arena, ASK_CHOICES, drinks);
    static const struct answer_row rows[] = {
        {"커피와 우유", "[\"latte\"]"},
        {"커피와우유, 물", "[\"water\", \"latte\"]"},
        {"물과 커피와 우유", "[\"water\", \"latte\"]"},
        {"사과와 물", "[\"water\", \"apple\"]"},
        {"사과하고 커피와 우유하고 물이요", "[\"water\", \"latte\", \"apple\"]"},
        {"커피, 우유", "[\"coffee\", \"milk\"]"},
    };
    CHECK(&ask, rows);
    struct ask snacks = ask_options(&arena, ASK_CHOICES, "a=과자|b=사|c=사과|d=와플과 과자");
    static const struct answer_row snack_rows[] = {
        {"사과자", "! no_option"},
        {"사과 과자", "[\"a\", \"c\"]"},
        {"사과과자", "[\"a\", \"b\"]"}, /* 사와 과자 */
        {"사과와 와플과 과자", "[\"c\", \"d\"]"},
        {"와플과 과자와 과자", "[\"a\", \"d\"]"},
    };
    CHECK(&snacks, snack_rows);
}

TEST(choices, the_count_is_checked)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = ask_options(&arena, ASK_CHOICES, "a=하나|b=둘|c=셋");
    ask.has_min = ask.has_max = true;
    ask.min = decimal_of("2");
    ask.max = decimal_of("2");
    static const struct answer_row rows[] = {{"1", "! too_few"},
                                             {"1,2", "[\"a\", \"b\"]"},
                                             {"1,2,3", "! too_many"},
                                             {"모두", "! too_many"},
                                             {"하나 둘", "[\"a\", \"b\"]"}};
    CHECK(&ask, rows);
    ask.has_max = false;
    static const struct answer_row all[] = {{"모두", "[\"a\", \"b\", \"c\"]"}, {"전부요", "[\"a\", \"b\", \"c\"]"}};
    CHECK(&ask, all);
}

TEST(choices, a_list_from_data_is_taken_element_by_element)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = ask_options(&arena, ASK_CHOICES, drinks);
    struct answer_input input = {.locale = STR("ko"), .flow_locale = STR("ko"), .today = TODAY};
    struct answer answer;
    struct value items[2] = {value_string(STR("커피와 우유")), value_string(STR("물"))};
    struct value list = value_list(items, 2);
    assert_int_equal(answer_from_value(&ask, &list, &input, &arena, &answer), OK);
    assert_str_equal(answer_said(&arena, &answer), STR("[\"water\", \"latte\"]"));
    items[1] = value_string(STR("콜라"));
    assert_int_equal(answer_from_value(&ask, &list, &input, &arena, &answer), OK);
    assert_int_equal(answer.kind, ANSWER_MISFIT);
}

TEST_MAIN
