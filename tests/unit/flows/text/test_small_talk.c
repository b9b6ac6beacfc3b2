#include "flows/text/small_talk.h"

#include "bot/base/arena.h"
#include "tests/support/test.h"

static enum small_talk said(const char *text)
{
    struct arena arena;
    enum small_talk found = SMALL_TALK_NONE;
    arena_init(&arena, 1 << 20);
    assert_int_equal(small_talk_find(&arena, str_of(text), &found), OK);
    arena_release(&arena);
    return found;
}

TEST(small_talk, greetings_thanks_and_the_like_are_known)
{
    assert_int_equal(said("안녕하세요!"), SMALL_TALK_GREETING);
    assert_int_equal(said("안녕하세요~ 길봇님 반갑습니다 ㅎㅎ"), SMALL_TALK_GREETING);
    assert_int_equal(said("Hello there"), SMALL_TALK_GREETING);
    assert_int_equal(said("정말 감사합니다 ㅠㅠ"), SMALL_TALK_THANKS);
    assert_int_equal(said("네 감사합니다"), SMALL_TALK_THANKS);
    assert_int_equal(said("Thank you so much!"), SMALL_TALK_THANKS);
    assert_int_equal(said("안녕하세요 누구세요?"), SMALL_TALK_WHO);
    assert_int_equal(said("뭐 할 수 있어?"), SMALL_TALK_ABILITY);
    assert_int_equal(said("수고하세요"), SMALL_TALK_BYE);
}

TEST(small_talk, a_question_behind_a_greeting_is_no_small_talk)
{
    assert_int_equal(said("안녕하세요, 연차는 며칠인가요?"), SMALL_TALK_NONE);
    assert_int_equal(said("감사합니다. 그럼 반차는요?"), SMALL_TALK_NONE);
    assert_int_equal(said("수고하세요 라는 말은 언제 쓰나요"), SMALL_TALK_NONE);
    assert_int_equal(said("hi, how many vacation days do I have"), SMALL_TALK_NONE);
}

TEST(small_talk, fillers_and_nothing_are_none)
{
    assert_int_equal(said("ㅋㅋㅋ"), SMALL_TALK_NONE);
    assert_int_equal(said(""), SMALL_TALK_NONE);
    assert_int_equal(said("?!"), SMALL_TALK_NONE);
}

TEST(small_talk, every_kind_has_a_line_in_both_languages)
{
    for (int i = SMALL_TALK_NONE + 1; i < SMALL_TALKS; i++) {
        assert_true(small_talk_line((enum small_talk)i, STR("ko")).n > 0);
        assert_true(small_talk_line((enum small_talk)i, STR("en")).n > 0);
        assert_non_null(small_talk_name((enum small_talk)i));
    }
}

TEST_MAIN
