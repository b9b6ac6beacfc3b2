#include "integrations/slack/mrkdwn.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "tests/support/test.h"

#define Z "\xe2\x80\x8b" /* zero-width space */

static struct arena arena;

static struct strs texts_of(struct str markup, size_t limit)
{
    arena_release(&arena);
    arena_init(&arena, 32 * 1024 * 1024);
    struct strs texts;
    struct error error;
    if (slack_mrkdwn(&arena, markup, limit, &texts, &error) != OK)
        fail_msg("%s", error.text);
    return texts;
}

static void assert_writes(struct str markup, struct str expected)
{
    struct strs texts = texts_of(markup, 2900);
    assert_int_equal(texts.n, expected.n > 0 ? 1 : 0);
    if (texts.n == 1)
        assert_str_equal(texts.items[0], expected);
    arena_release(&arena);
}

TEST(mrkdwn, marks_are_written_slacks_way)
{
    assert_writes(STR("**bold** *italic* `code` [label](https://x.y/?a=1&b=2)"),
                  STR("*bold* _italic_ `code` <https://x.y/?a=1&amp;b=2|label>"));
    assert_writes(STR("- one\n- two"), STR("• one\n• two"));
    assert_writes(STR("hi :wave:"), STR("hi :wave:"));
    assert_writes(STR("a\n\nb"), STR("a\n\nb"));
    assert_writes(STR(""), STR(""));
    assert_writes(STR("  \n \n"), STR(""));
}

TEST(mrkdwn, marks_work_inside_korean_words)
{
    assert_writes(STR("**김하늘**님"), STR("*김하늘*" Z "님"));
    assert_writes(STR("가**나**다"), STR("가" Z "*나*" Z "다"));
    assert_writes(STR("(**나**)"), STR("(*나*)"));
}

TEST(mrkdwn, nothing_can_mention_anybody)
{
    assert_writes(STR("<!channel> <@U1> &lt;!here&gt;"), STR("&lt;!channel&gt; &lt;@U1&gt; &amp;lt;!here&amp;gt;"));
    assert_writes(STR("`<!channel>`"), STR("`&lt;!channel&gt;`"));
    assert_writes(STR("[<!channel>](https://x.y)"), STR("<https://x.y|&lt;!channel&gt;>"));
}

TEST(mrkdwn, plain_marks_stay_plain)
{
    assert_writes(STR("\\*not bold\\*"), STR(Z "*" Z "not bold" Z "*" Z));
    assert_writes(STR("\\_x\\_ \\~y\\~ \\`z\\`"),
                  STR(Z "_" Z "x" Z "_" Z " " Z "~" Z "y" Z "~" Z " " Z "`" Z "z" Z "`" Z));
    assert_writes(STR("snake\\_case 2 \\* 3"), STR("snake_case 2 * 3"));
    assert_writes(STR("\\:smile\\: 10:30"), STR(":" Z "smile: 10:30"));
    assert_writes(STR("> quoted"), STR(Z "&gt; quoted"));
}

TEST(mrkdwn, bare_addresses_become_links)
{
    assert_writes(STR("see https://x.y/a?b=1&c=2, ok"), STR("see <https://x.y/a?b=1&amp;c=2>, ok"));
    assert_writes(STR("https://"), STR("https://"));
    assert_writes(STR("xhttps://x.y"), STR("xhttps://x.y"));
    assert_writes(STR("http"), STR("http"));
}

static void assert_limits(struct strs texts, size_t limit)
{
    for (size_t i = 0; i < texts.n; i++) {
        assert_true(slack_units(texts.items[i]) <= limit);
        assert_true(str_trim(texts.items[i]).n > 0);
    }
}

TEST(mrkdwn, long_texts_are_split_at_paragraphs)
{
    CLEANUP(buf_release) struct buf markup;
    buf_init(&markup, NULL, 1000000);
    for (int i = 0; i < 10; i++)
        buf_addf(&markup, "%s%d%0999d", i > 0 ? "\n\n" : "", i, 0);
    struct strs texts = texts_of(buf_str(&markup), 2900);
    assert_int_equal(texts.n, 5); /* two paragraphs of 1000 each, a third would not fit */
    assert_limits(texts, 2900);
    for (size_t i = 0; i < texts.n; i++)
        assert_int_equal(texts.items[i].n, 2002);
    arena_release(&arena);
}

TEST(mrkdwn, long_paragraphs_are_split_at_lines_and_long_lines_at_words)
{
    CLEANUP(buf_release) struct buf markup;
    buf_init(&markup, NULL, 1000000);
    for (int i = 0; i < 100; i++)
        buf_addf(&markup, "line %d of one paragraph, which goes on and on\n", i);
    struct strs texts = texts_of(buf_str(&markup), 2500);
    assert_true(texts.n >= 2);
    assert_limits(texts, 2500);
    for (size_t i = 0; i < texts.n; i++)
        assert_true(str_starts(texts.items[i], STR("line ")));

    buf_truncate(&markup, 0);
    for (int i = 0; i < 2000; i++)
        buf_add(&markup, STR("**word** "));
    texts = texts_of(buf_str(&markup), 2500);
    assert_true(texts.n >= 2);
    assert_limits(texts, 2500);
    for (size_t i = 0; i < texts.n; i++) { /* marks are whole in every piece */
        size_t n_marks = 0;
        for (size_t k = 0; k < texts.items[i].n; k++)
            n_marks += texts.items[i].p[k] == '*';
        assert_int_equal(n_marks % 2, 0);
    }

    buf_truncate(&markup, 0);
    for (int i = 0; i < 4000; i++)
        buf_add(&markup, STR("&"));
    texts = texts_of(buf_str(&markup), 2500);
    assert_limits(texts, 2500);
    size_t n = 0;
    for (size_t i = 0; i < texts.n; i++)
        n += texts.items[i].n;
    assert_int_equal(n, 4000 * 5);
    arena_release(&arena);
}

TEST(mrkdwn, lengths_count_pairs_beyond_the_basic_plane)
{
    assert_int_equal(slack_units(STR("a한🎉")), 4);
    arena_init(&arena, 10000);
    assert_str_equal(slack_shorten(&arena, STR("한🎉a"), 4), STR("한🎉a"));
    assert_str_equal(slack_shorten(&arena, STR("한🎉ab"), 4), STR("한🎉…"));
    assert_str_equal(slack_shorten(&arena, STR("한🎉ab"), 3), STR("한…"));
    arena_release(&arena);
}

TEST_MAIN
