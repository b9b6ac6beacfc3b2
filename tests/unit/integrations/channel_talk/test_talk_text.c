#include "integrations/channel_talk/talk_text.h"

#include "bot/base/arena.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "bot/model/markup.h"
#include "integrations/channel_talk/talk_pack.h"
#include "tests/support/test.h"

#define ZWSP "\xE2\x80\x8B"

struct made {
    struct arena arena;
    struct talk_text text;
    struct talk_messages messages;
};

static void start(struct made *m)
{
    arena_init(&m->arena, 64 * 1024 * 1024);
    talk_text_init(&m->text, &m->arena);
}

static void pack(struct made *m)
{
    assert_int_equal(talk_pack(&m->text, &m->messages, NULL), OK);
}

/* The blocks' JSON of gilbot's markup that fits one message. */
static void check_blocks(const char *markup, const char *expected)
{
    struct made m;
    start(&m);
    talk_text_add_markup(&m.text, str_of(markup));
    pack(&m);
    assert_int_equal(m.messages.n, 1);
    assert_str_equal(m.messages.items[0].blocks, str_of(expected));
    arena_release(&m.arena);
}

static void check_value(const char *markup, const char *value)
{
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    struct buf out;
    buf_init(&out, &arena, 16 * 1024);
    buf_add(&out, STR("[{\"type\":\"text\",\"value\":"));
    json_add_str(&out, str_of(value));
    buf_add(&out, STR("}]"));
    check_blocks(markup, out.p);
    arena_release(&arena);
}

TEST(talk_text, the_four_characters_are_escaped)
{
    check_value("BMI < 23 & \"x\" > 1", "BMI &lt; 23 &amp; &quot;x&quot; &gt; 1");
    check_value("&lt;b&gt;", "&amp;lt;b&amp;gt;");
}

TEST(talk_text, bold_italic_and_links_are_written_in_the_platforms_marks)
{
    check_value("**굵게** *기울임*", "<b>굵게</b> <i>기울임</i>");
    check_value("[보기](https://a.example/?a=1&b=2)",
                "<link type=\"url\" value=\"https://a.example/?a=1&amp;b=2\">보기</link>");
    check_value("`x < y`", "x &lt; y");
    check_value("좋아요 :droplet:", "좋아요 :droplet:");
}

TEST(talk_text, links_that_are_no_web_address_are_written_out)
{
    check_value("[전화](tel:0212345678)", "전화 (tel:0212345678)");
}

TEST(talk_text, what_a_user_typed_is_never_read_as_markup)
{
    static const struct {
        const char *typed, *value;
    } cases[] = {
        {"**x** <b>y</b>", "**x** &lt;b&gt;y&lt;/b&gt;"},
        {":smile:", ":" ZWSP "smile:"},
        {"a:b:c", "a:" ZWSP "b:c"},
        {"${name} $5", "$" ZWSP "{name} $5"},
        {"${name|x}", "$" ZWSP "{name|x}"},
        {"<link type=\"manager\" value=\"all\">", "&lt;link type=&quot;manager&quot; value=&quot;all&quot;&gt;"},
        {"12:30에 봐요: 네", "12:30에 봐요: 네"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena;
        arena_init(&arena, 64 * 1024);
        struct str escaped;
        assert_int_equal(markup_escape(&arena, str_of(cases[i].typed), &escaped), OK);
        check_value(arena_copy(&arena, escaped).p, cases[i].value);
        arena_release(&arena);
    }
}

TEST(talk_text, an_emoji_after_a_colon_does_not_close_another_one)
{
    check_value("\\:+:droplet:", ":" ZWSP "+:droplet:");
}

TEST(talk_text, plain_text_is_escaped_too)
{
    struct made m;
    start(&m);
    talk_text_add_plain(&m.text, STR("**a** :x: ${y}\n<2>"), TALK_PLAIN);
    pack(&m);
    assert_str_equal(m.messages.items[0].blocks,
                     STR("[{\"type\":\"text\",\"value\":\"**a** :" ZWSP "x: $" ZWSP "{y}\\n&lt;2&gt;\"}]"));
    assert_str_equal(m.messages.items[0].plain, STR("**a** :x: ${y}\n<2>"));
    arena_release(&m.arena);
}

TEST(talk_text, control_characters_are_dropped)
{
    struct made m;
    start(&m);
    talk_text_add_plain(&m.text, STR("a\x01\0b\r\n\x1b[1m\tc\n\x02\n"), TALK_PLAIN);
    pack(&m);
    assert_str_equal(m.messages.items[0].blocks, STR("[{\"type\":\"text\",\"value\":\"ab\\n[1m\\tc\"}]"));
    arena_release(&m.arena);
}

TEST(talk_text, a_variable_in_an_address_is_broken)
{
    struct made m;
    start(&m);
    talk_text_add_link(&m.text, STR("x"), STR("https://a.example/${k}?q=$1"));
    pack(&m);
    assert_str_equal(m.messages.items[0].blocks, STR("[{\"type\":\"text\",\"value\":\"<link type=\\\"url\\\" "
                                                     "value=\\\"https://a.example/%24{k}?q=$1\\\">x</link>\"}]"));
    arena_release(&m.arena);
}

TEST(talk_text, paragraphs_and_lists_become_blocks)
{
    check_blocks("하나\n둘\n\n셋", "[{\"type\":\"text\",\"value\":\"하나\\n둘\\n\\n셋\"}]");
    check_blocks("준비물:\n- **물**\n- 수건\n끝",
                 "[{\"type\":\"text\",\"value\":\"준비물:\"},"
                 "{\"type\":\"bullets\",\"blocks\":[{\"type\":\"text\",\"value\":\"<b>물</b>\"},"
                 "{\"type\":\"text\",\"value\":\"수건\"}]},"
                 "{\"type\":\"text\",\"value\":\"끝\"}]");
}

TEST(talk_text, plain_text_reads_as_people_do)
{
    struct made m;
    start(&m);
    talk_text_add_markup(&m.text, STR("**안녕** [보기](https://a.example)\n- 하나\n- 둘"));
    pack(&m);
    assert_str_equal(m.messages.items[0].plain, STR("안녕 보기 (https://a.example)\n- 하나\n- 둘"));
    arena_release(&m.arena);
}

TEST(talk_text, nothing_to_say_makes_no_message)
{
    static const char *const empty[] = {"", "\n\n", "   ", "\n \n", "- "};
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        struct made m;
        start(&m);
        talk_text_add_markup(&m.text, str_of(empty[i]));
        pack(&m);
        assert_int_equal(m.messages.n, 0);
        arena_release(&m.arena);
    }
}

/* ── sizes ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static size_t value_characters(const struct json_value *block)
{
    const struct json_value *list = json_get(block, STR("blocks"));
    size_t n = text_length(json_get_str(block, STR("value"), STR("")));
    for (const struct json_value *item = list == NULL ? NULL : list->child; item != NULL; item = item->next)
        n += text_length(json_get_str(item, STR("value"), STR("")));
    return n;
}

/* Checks every limit; returns the number of blocks. */
static size_t check_sizes(struct made *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->messages.n; i++) {
        struct json_value *blocks;
        assert_int_equal(json_read(&m->arena, m->messages.items[i].blocks, &blocks, NULL), OK);
        assert_true(blocks->n > 0);
        size_t total = 0;
        for (const struct json_value *b = blocks->child; b != NULL; b = b->next, n++) {
            assert_in_range(value_characters(b), 1, TALK_BLOCK_CHARACTERS);
            total += value_characters(b);
        }
        assert_true(total <= TALK_MESSAGE_CHARACTERS);
    }
    return n;
}

static struct str repeat(struct arena *arena, const char *what, size_t times)
{
    struct buf out;
    buf_init(&out, arena, 4 * 1024 * 1024);
    for (size_t i = 0; i < times; i++)
        buf_add(&out, str_of(what));
    return buf_str(&out);
}

TEST(talk_text, long_texts_keep_every_limit_and_lose_nothing)
{
    static const char *const pieces[] = {
        "가",
        "가나다 ",
        "& < > ",
        "**굵게** ",
        "문장입니다. 그리고 또 하나.\n",
        "단락\n\n",
        "- 항목 하나\n",
        "[보기](https://shop.example.com/p?a=1&b=2) ",
        ":droplet:",
        "\\:x\\:y ",
        "*기울임*\n- ",
    };
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct made m;
        start(&m);
        struct str source = repeat(&m.arena, pieces[i], 6000);
        talk_text_add_markup(&m.text, source);
        pack(&m);
        assert_true(m.messages.n > 1);
        check_sizes(&m);
        arena_release(&m.arena);
    }
}

TEST(talk_text, a_word_longer_than_a_block_is_cut_and_whole_again_when_joined)
{
    struct made m;
    start(&m);
    struct str source = repeat(&m.arena, "가", 2500);
    talk_text_add_markup(&m.text, source);
    pack(&m);
    assert_int_equal(check_sizes(&m), 3);
    struct json_value *blocks;
    assert_int_equal(json_read(&m.arena, m.messages.items[0].blocks, &blocks, NULL), OK);
    struct buf joined;
    buf_init(&joined, &m.arena, 64 * 1024);
    for (const struct json_value *b = blocks->child; b != NULL; b = b->next)
        buf_add(&joined, json_get_str(b, STR("value"), STR("")));
    assert_str_equal(buf_str(&joined), source);
    arena_release(&m.arena);
}

TEST(talk_text, a_long_line_is_cut_at_a_space_and_its_marks_are_closed)
{
    struct made m;
    start(&m);
    struct buf source;
    buf_init(&source, &m.arena, 64 * 1024);
    buf_add(&source, STR("**"));
    buf_add(&source, repeat(&m.arena, "다섯글자 ", 300));
    buf_add(&source, STR("끝**"));
    talk_text_add_markup(&m.text, buf_str(&source));
    pack(&m);
    struct json_value *blocks;
    assert_int_equal(json_read(&m.arena, m.messages.items[0].blocks, &blocks, NULL), OK);
    assert_int_equal(blocks->n, 2);
    for (const struct json_value *b = blocks->child; b != NULL; b = b->next) {
        struct str value = json_get_str(b, STR("value"), STR(""));
        assert_true(str_starts(value, STR("<b>다섯글자")));
        assert_true(str_ends(value, STR("</b>")));
    }
    arena_release(&m.arena);
}

TEST(talk_text, a_paragraph_that_fits_is_not_torn)
{
    struct made m;
    start(&m);
    struct buf source;
    buf_init(&source, &m.arena, 64 * 1024);
    buf_add(&source, repeat(&m.arena, "가", 700));
    buf_add(&source, STR("\n\n"));
    buf_add(&source, repeat(&m.arena, "나", 300));
    buf_add(&source, STR("\n"));
    buf_add(&source, repeat(&m.arena, "다", 300));
    talk_text_add_markup(&m.text, buf_str(&source));
    pack(&m);
    struct json_value *blocks;
    assert_int_equal(json_read(&m.arena, m.messages.items[0].blocks, &blocks, NULL), OK);
    assert_int_equal(blocks->n, 2);
    assert_int_equal(text_length(json_get_str(blocks->child, STR("value"), STR(""))), 700);
    assert_int_equal(text_length(json_get_str(blocks->child->next, STR("value"), STR(""))), 601);
    arena_release(&m.arena);
}

TEST(talk_text, an_address_longer_than_a_block_is_written_out)
{
    struct made m;
    start(&m);
    struct buf url;
    buf_init(&url, &m.arena, 64 * 1024);
    buf_add(&url, STR("https://a.example/"));
    buf_add(&url, repeat(&m.arena, "a", 1500));
    talk_text_add_link(&m.text, STR("보기"), buf_str(&url));
    pack(&m);
    check_sizes(&m);
    assert_true(str_find(m.messages.items[0].blocks, STR("<link")) == SIZE_MAX);
    arena_release(&m.arena);
}

TEST(talk_text, a_full_arena_is_told)
{
    struct arena small;
    arena_init(&small, 8 * 1024);
    struct talk_text text;
    talk_text_init(&text, &small);
    struct made m;
    start(&m);
    talk_text_add_markup(&text, repeat(&m.arena, "가나다 ", 5000));
    struct talk_messages messages;
    struct error error = {.code = OK};
    assert_int_equal(talk_pack(&text, &messages, &error), ERR_NO_MEMORY);
    arena_release(&small);
    arena_release(&m.arena);
}

TEST_MAIN
