#include "bot/model/markup.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/clock.h"
#include "tests/support/test.h"

enum { ARENA_BYTES = 16 * 1024 * 1024 };

static void assert_html(const char *markup, const char *expected)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct str html;
    assert_int_equal(markup_html(&arena, str_of(markup), &html), OK);
    assert_str_equal(html, str_of(expected));
}

static void assert_plain(const char *markup, const char *expected)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct str plain;
    assert_int_equal(markup_plain(&arena, str_of(markup), &plain), OK);
    assert_str_equal(plain, str_of(expected));
}

TEST(markup, bold_italic_and_code_become_spans)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct markup markup;
    assert_int_equal(markup_parse(&arena, STR("a **b** *c* `d*`"), &markup), OK);
    assert_int_equal(markup.n, 6);
    assert_str_equal(markup.spans[0].text, STR("a "));
    assert_str_equal(markup.spans[1].text, STR("b"));
    assert_true(markup.spans[1].bold && !markup.spans[1].italic);
    assert_str_equal(markup.spans[3].text, STR("c"));
    assert_true(markup.spans[3].italic && !markup.spans[3].bold);
    assert_int_equal(markup.spans[5].kind, SPAN_CODE);
    assert_str_equal(markup.spans[5].text, STR("d*"));
}

TEST(markup, nothing_gives_no_spans)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct markup markup;
    assert_int_equal(markup_parse(&arena, STR(""), &markup), OK);
    assert_int_equal(markup.n, 0);
}

TEST(markup, bold_works_next_to_korean_particles_and_quotes)
{
    assert_html("**길봇**은 **\"건강\"**을 **돕습니다.**네",
                "<b>길봇</b>은 <b>&quot;건강&quot;</b>을 <b>돕습니다.</b>네");
}

TEST(markup, bold_and_italic_nest)
{
    assert_html("***both***", "<b><i>both</i></b>");
    assert_html("**a *b* c**", "<b>a </b><b><i>b</i></b><b> c</b>");
    assert_html("*a **b***", "<i>a </i><b><i>b</i></b>");
}

TEST(markup, a_mark_without_its_partner_is_plain)
{
    assert_html("a ** b", "a ** b");
    assert_html("**a", "**a");
    assert_html("a*", "a*");
    assert_html("* a *", "* a *");
    assert_html("`a", "`a");
    assert_html("****", "****");
    assert_html("[a", "[a");
    assert_html("[a](", "[a](");
    assert_html("\\", "\\");
}

TEST(markup, multiplication_is_no_emphasis)
{
    assert_html("5*3=15, 2*4=8", "5*3=15, 2*4=8");
    assert_html("3 * 4 * 5", "3 * 4 * 5");
}

TEST(markup, emphasis_ends_with_its_line)
{
    assert_html("**a\nb**", "**a<br>b**");
}

TEST(markup, a_backslash_makes_punctuation_plain_and_stays_before_other_characters)
{
    assert_html("\\*a\\* \\`b\\` \\[c\\](d) \\:wave\\: \\\\ \\n", "*a* `b` [c](d) :wave: \\ \\n");
    assert_html("**a \\** b**", "<b>a ** b</b>");
}

TEST(markup, links_carry_their_address)
{
    assert_html(
        "[누르기](https://example.com/a?b=1&c=2)",
        "<a href=\"https://example.com/a?b=1&amp;c=2\" rel=\"noopener noreferrer\" target=\"_blank\">누르기</a>");
    assert_html("**[a](tel:02-1234)**",
                "<a href=\"tel:02-1234\" rel=\"noopener noreferrer\" target=\"_blank\"><b>a</b></a>");
    assert_html("[**a**](mailto:a@b.kr)",
                "<a href=\"mailto:a@b.kr\" rel=\"noopener noreferrer\" target=\"_blank\"><b>a</b></a>");
    assert_plain("[a\\]b](http://x/\\(1\\))", "a]b (http://x/(1))");
    assert_plain("[https://x/](https://x/)", "https://x/");
}

TEST(markup, a_link_to_another_scheme_stays_plain_text)
{
    assert_html("[a](javascript:alert(1))", "[a](javascript:alert(1))");
    assert_html("[a](javascript:alert)", "[a](javascript:alert)");
    assert_html("[a](data:text/html,x)", "[a](data:text/html,x)");
    assert_html("[a](/path)", "[a](/path)");
    assert_html("[a](https://)", "[a](https://)");
}

TEST(markup, an_address_cannot_leave_its_attribute)
{
    assert_html("[a](https://x/\\\"onclick=1)",
                "<a href=\"https://x/&quot;onclick=1\" rel=\"noopener noreferrer\" target=\"_blank\">a</a>");
}

TEST(markup, emoji_names_become_emoji)
{
    assert_html("안녕:wave: :+1: :no_such_one:", "안녕👋 👍 :no_such_one:");
    assert_plain(":wave: hi", ":wave: hi");
}

TEST(markup, the_middle_of_a_time_is_no_emoji)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct markup markup;
    assert_int_equal(markup_parse(&arena, STR("10:30:45 https://x/:8080:a"), &markup), OK);
    assert_int_equal(markup.n, 1);
}

TEST(markup, lines_with_a_dash_become_a_list)
{
    assert_html("머리\n- a\n- **b**\n꼬리", "머리<ul><li>a</li><li><b>b</b></li></ul>꼬리");
    assert_html("- a\n\nb", "<ul><li>a</li></ul><br>b");
    assert_html("- a", "<ul><li>a</li></ul>");
    assert_html("-a - b", "-a - b");
    assert_plain("- a\r\n- b\n", "- a\n- b\n");
}

TEST(markup, html_of_a_text_is_escaped)
{
    assert_html("<script>'\"&</script>", "&lt;script&gt;&#39;&quot;&amp;&lt;/script&gt;");
    assert_html("`<b>`", "<code>&lt;b&gt;</code>");
}

/* Whatever people type, once escaped it comes out as it went in, also between other markup. */
TEST(markup, an_escaped_text_is_never_read_as_markup)
{
    static const char *const typed[] = {
        "**굵게** *기울임* `코드` [a](https://x) :wave: \\* \\",
        "- 목록\n- 둘\n-",
        "a\\",
        ":",
        "]( https://evil)",
        "***`[[(:-",
        "<b>&amp;</b>",
        "\r\n-x",
    };
    static const struct str around[][2] = {{STR_INIT(""), STR_INIT("")},
                                           {STR_INIT("x "), STR_INIT(" y")},
                                           {STR_INIT(":wave"), STR_INIT(":")},
                                           {STR_INIT("a:"), STR_INIT(":")},
                                           {STR_INIT("[l](/x"), STR_INIT(")")}};
    for (size_t i = 0; i < COUNT_OF(typed); i++)
        for (size_t k = 0; k < COUNT_OF(around); k++) {
            CLEANUP(arena_release) struct arena arena;
            arena_init(&arena, ARENA_BYTES);
            struct str escaped, plain;
            assert_int_equal(markup_escape(&arena, str_of(typed[i]), &escaped), OK);
            struct str whole =
                arena_format(&arena, "%.*s%.*s%.*s", STR_ARG(around[k][0]), STR_ARG(escaped), STR_ARG(around[k][1]));
            assert_int_equal(markup_plain(&arena, whole, &plain), OK);
            /* A carriage return before a line feed is part of the line's end. */
            const char *text = typed[i][0] == '\r' ? typed[i] + 1 : typed[i];
            assert_str_equal(plain,
                             arena_format(&arena, "%.*s%s%.*s", STR_ARG(around[k][0]), text, STR_ARG(around[k][1])));
        }
}

/* 64 KiB of unclosed marks would take minutes if each were searched for to the end of the line. */
TEST(markup, a_hostile_line_takes_linear_time)
{
    static const char *const marks[] = {"*a ", "**a ", "`a ", "[a", ":a", "[a](", "***", "`*a ", "`` ` ", "*a `", "[*"};
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        CLEANUP(arena_release) struct arena arena;
        arena_init(&arena, 4 * ARENA_BYTES);
        struct str mark = str_of(marks[i]);
        size_t n = 64 * 1024 / mark.n * mark.n;
        char *text = malloc(n);
        for (size_t k = 0; k < n; k++)
            text[k] = mark.p[k % mark.n];
        int64_t start_us = clock_tick_us(clock_system());
        struct str html;
        assert_int_equal(markup_html(&arena, (struct str){text, n}, &html), OK);
        assert_true(clock_tick_us(clock_system()) - start_us < 2000000);
        free(text);
    }
}

TEST(markup, a_full_arena_is_reported)
{
    char text[3000];
    memset(text, '*', sizeof text);
    for (size_t limit = 0; limit < 20000; limit += 500) {
        CLEANUP(arena_release) struct arena arena;
        arena_init(&arena, limit);
        struct str html;
        enum err rc = markup_html(&arena, (struct str){text, sizeof text}, &html);
        assert_true(rc == OK || rc == ERR_NO_MEMORY);
        rc = markup_escape(&arena, (struct str){text, sizeof text}, &html);
        assert_true(rc == OK || rc == ERR_NO_MEMORY);
    }
}

TEST_MAIN
