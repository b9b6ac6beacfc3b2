#include "bot/model/event.h"
#include "tests/unit/flows/survey/asks.h"

TEST(answers, words_are_understood_in_every_question)
{
    struct ask number = ask_number("kg", NULL, NULL), text = {.type = ASK_TEXT}, yes_no = {.type = ASK_YES_NO};
    static const struct answer_row rows[] = {
        {"처음부터", "> restart"}, {"다시", "> restart"}, {"다시 시작", "> restart"}, {"다시시작!", "> restart"},
        {"이전", "> back"},        {"뒤로", "> back"},    {"그만", "> stop"},         {"취소", "> stop"},
        {"그만할래요", "> stop"},  {"그만.", "> stop"},   {"도움말", "> help"},       {"도움", "> help"},
        {"건너뛰기", "> skip"},    {"패스", "> skip"},    {"다시 보기", "> repeat"},  {"다시보기", "> repeat"},
    };
    CHECK(&number, rows);
    CHECK(&text, rows);
    CHECK(&yes_no, rows);
}

TEST(answers, an_option_goes_before_a_word)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = ask_options(&arena, ASK_CHOICE, "keep=계속|quit=그만|again=다시 (처음부터)");
    static const struct answer_row rows[] = {
        {"그만", "quit"}, {"취소", "> stop"}, {"다시", "> restart"}, {"계속", "keep"}};
    CHECK(&ask, rows);
}

TEST(answers, a_flow_may_have_its_own_words)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = ask_number("", NULL, NULL);
    struct words words = {0};
    struct str said[] = {STR("여기까지!"), STR("끝")};
    assert_int_equal(words_replace(&words, WORD_STOP, (struct strs){said, 2}, &arena), OK);
    struct answer_input input = {.typed = STR("여기 까지"), .locale = STR("ko"), .words = &words, .today = TODAY};
    struct answer answer;
    assert_int_equal(answer_parse(&ask, &input, &arena, &answer), OK);
    assert_str_equal(answer_said(&arena, &answer), STR("> stop"));
    input.typed = STR("그만"); /* replaced */
    assert_int_equal(answer_parse(&ask, &input, &arena, &answer), OK);
    assert_int_equal(answer.kind, ANSWER_MISFIT);
    input.typed = STR("처음부터"); /* the other words keep their defaults */
    assert_int_equal(answer_parse(&ask, &input, &arena, &answer), OK);
    assert_str_equal(answer_said(&arena, &answer), STR("> restart"));
    assert_str_equal(words_first(&words, STR("ko"), WORD_STOP), STR("여기까지!"));
    assert_str_equal(words_first(&words, STR("ko"), WORD_BACK), STR("이전"));
    struct str nothing[] = {STR("!!!")};
    assert_int_equal(words_replace(&words, WORD_HELP, (struct strs){nothing, 1}, &arena), ERR_INVALID);
}

TEST(answers, each_locale_has_its_words)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = ask_number("", NULL, NULL);
    struct answer_input input = {.typed = STR("Start over"), .locale = STR("en-US"), .today = TODAY};
    struct answer answer;
    assert_int_equal(answer_parse(&ask, &input, &arena, &answer), OK);
    assert_str_equal(answer_said(&arena, &answer), STR("> restart"));
    input.locale = STR("ko");
    assert_int_equal(answer_parse(&ask, &input, &arena, &answer), OK);
    assert_int_equal(answer.kind, ANSWER_MISFIT);
}

TEST(answers, data_and_buttons_are_never_words)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = {.type = ASK_TEXT};
    struct answer_input input = {.typed = STR("그만"), .source = ANSWER_DATA, .locale = STR("ko"), .today = TODAY};
    struct answer answer;
    assert_int_equal(answer_parse(&ask, &input, &arena, &answer), OK);
    assert_str_equal(answer_said(&arena, &answer), STR("그만"));
    input.source = ANSWER_BUTTON;
    assert_int_equal(answer_parse(&ask, &input, &arena, &answer), OK);
    assert_str_equal(answer_said(&arena, &answer), STR("그만"));
}

TEST(answers, bytes_that_are_no_text_are_a_misfit)
{
    for (int type = ASK_CHOICE; type <= ASK_FILE; type++) {
        CLEANUP(arena_release) struct arena arena;
        arena_init(&arena, 1024 * 1024);
        struct ask ask = ask_options(&arena, (enum ask_type)type, "a=가|b=나");
        assert_str_equal(answer_to(&ask, "\xff\xfe", &arena), STR("! empty"));
        assert_str_equal(answer_to(&ask, " \t\n", &arena), STR("! empty"));
    }
}

TEST(answers, a_full_arena_is_an_error_and_no_misfit)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 0);
    struct ask ask = {.type = ASK_DATE};
    struct answer_input input = {.typed = STR("２０２６-03-05"), .locale = STR("ko"), .today = TODAY};
    struct answer answer;
    assert_int_equal(answer_parse(&ask, &input, &arena, &answer), ERR_NO_MEMORY);
}

TEST(answers, a_file_is_what_comes_with_a_message)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = {.type = ASK_FILE};
    struct event_file file = {.id = STR("F1"), .name = STR("인바디.jpg"), .type = STR("image/jpeg"), .bytes = 482113};
    struct answer_input input = {.typed = STR(""), .locale = STR("ko"), .file = &file};
    struct answer answer;
    assert_int_equal(answer_parse(&ask, &input, &arena, &answer), OK);
    assert_str_equal(answer_said(&arena, &answer),
                     STR("{id: \"F1\", name: \"인바디.jpg\", type: \"image/jpeg\", size: 482113}"));
    assert_str_equal(answer.label, STR("인바디.jpg"));
    assert_str_equal(answer_to(&ask, "여기요", &arena), STR("! form"));
}

TEST_MAIN
