#include "integrations/llm/thinking.h"

#include "bot/base/buf.h"
#include "tests/support/test.h"

#include "bot/base/banned.h"

static void assert_said(const char *text, const char *expected)
{
    struct str whole = str_of(text);
    for (size_t piece = 1; piece <= whole.n; piece++) {
        struct thinking thinking = {0};
        CLEANUP(buf_release) struct buf said;
        buf_init(&said, NULL, 1024);
        for (struct str rest = whole; rest.n > 0; rest = str_skip(rest, piece)) {
            struct thinking_said part = thinking_pass(&thinking, str_first(rest, piece));
            buf_add(&said, part.held);
            buf_add(&said, part.rest);
        }
        buf_add(&said, thinking_end(&thinking));
        assert_str_equal(buf_str(&said), str_of(expected));
    }
}

TEST(thinking, what_is_thought_aloud_at_the_beginning_is_not_said)
{
    assert_said("<think>Hm. <b> </thin></think>\n\n연차는 15일", "연차는 15일");
    assert_said("\n<think></think>a", "a");
    assert_said("<think>never ends", "");
    assert_said("<think><</think>a", "a");
}

TEST(thinking, any_other_text_is_said_whole)
{
    assert_said("연차는 <think>15일</think>", "연차는 <think>15일</think>");
    assert_said("<thin>", "<thin>");
    assert_said("<thi", "<thi");
    assert_said("<<think>", "<<think>");
    assert_said("a </think>", "a </think>");
}

TEST(thinking, an_ordinary_text_passes_at_once)
{
    struct thinking thinking = {0};
    assert_str_equal(thinking_pass(&thinking, STR("연")).rest, STR("연"));
    assert_str_equal(thinking_pass(&thinking, STR(" <")).rest, STR(" <"));
}

TEST_MAIN
