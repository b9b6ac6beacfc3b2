/* What a flow's graph looks like in Mermaid, DOT and SVG: above all that nothing of a flow gets out of its quotes. */
#include "bot/cli/graph_output.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/cli/graph_text.h"
#include "bot/cli/graphviz.h"
#include "flows/survey/survey.h"
#include "tests/support/test.h"

#include "bot/base/banned.h"

static const char nasty[] =
    "flow: t\ntitle: '<script>\"&#'\nsteps:\n"
    "  - say: 'quote \" back \\ tag </text><script>alert(1)</script> end --> ]] #quot; `x`'\n"
    "  - {ask: '키가 몇 cm인가요? 신발을 벗고 잰 키를 적어 주세요. 모르시면 대략 적어 주셔도 되고 나중에 고치셔도 "
    "됩니다.', id: n, as: number}\n"
    "  - {say: a, when: 'n < 5'}\n";

struct stand {
    struct arena arena;
    struct flow *flow;
    struct graph graph;
    struct graph_shown shown;
    struct buf out;
};

static void open_stand(struct stand *s)
{
    struct error error = {0};
    *s = (struct stand){0};
    arena_init(&s->arena, 16 * 1024 * 1024);
    assert_int_equal(survey_load_text(STR("t.yaml"), STR(nasty), &s->flow, &error), OK);
    assert_int_equal(graph_of(survey_definition(s->flow), &s->arena, &s->graph), OK);
    s->shown = (struct graph_shown){
        .definition = survey_definition(s->flow), .graph = &s->graph, .korean = true, .arena = &s->arena};
    buf_init(&s->out, &s->arena, 1024 * 1024);
}

static void close_stand(struct stand *s)
{
    s->flow->free(s->flow);
    arena_release(&s->arena);
}

#define OPEN(name)                                                                                                     \
    CLEANUP(close_stand) struct stand name;                                                                            \
    open_stand(&name)

static bool has(const struct stand *s, const char *text)
{
    return str_find(buf_str(&s->out), str_of(text)) != SIZE_MAX;
}

TEST(graph_output, what_a_flow_says_cannot_leave_its_quotes_in_mermaid)
{
    OPEN(s);
    assert_int_equal(graph_output_mermaid(&s.shown, &s.out), OK);
    assert_false(has(&s, "<script>"));
    assert_false(has(&s, "quote \""));
    assert_true(has(&s, "quote #34; back #92; tag"));
    assert_true(has(&s, "|\"예\"|"));
}

TEST(graph_output, what_a_flow_says_cannot_leave_its_quotes_in_dot)
{
    OPEN(s);
    assert_int_equal(graph_output_dot(&s.shown, &s.out), OK);
    assert_true(has(&s, "quote \\\" back \\\\ tag"));
}

TEST(graph_output, the_picture_has_a_role_a_title_and_a_description_in_which_tags_are_text)
{
    OPEN(s);
    assert_int_equal(graph_output_svg(&s.shown, STR("<?xml?><!-- x --><svg width=\"1pt\"><g/></svg>"), &s.out), OK);
    assert_true(
        has(&s, "<svg width=\"1pt\" role=\"img\" aria-labelledby=\"flow-title flow-description\" xml:lang=\"ko\">"));
    assert_true(has(&s, "<title id=\"flow-title\">&lt;script&gt;\"&amp;#</title>"));
    assert_true(has(&s, "<desc id=\"flow-description\">"));
    assert_false(has(&s, "<!-- x -->"));
}

TEST(graph_output, what_is_no_picture_is_refused)
{
    OPEN(s);
    assert_int_equal(graph_output_svg(&s.shown, STR("nothing"), &s.out), ERR_INVALID);
    assert_int_equal(graph_output_svg(&s.shown, STR("<svg "), &s.out), ERR_INVALID);
}

TEST(graph_output, long_texts_are_broken_into_lines_and_cut)
{
    OPEN(s);
    struct graph_lines lines;
    assert_int_equal(graph_text_node(&s.shown, s.graph.boxes[1], &lines), OK);
    assert_int_equal(lines.n, 3);
    assert_str_equal(lines.items[0], STR("키가 몇 cm인가요? 신발을 벗고 잰"));
    assert_true(str_ends(lines.items[2], STR("…")));
}

TEST(graph_output, dot_makes_a_picture_of_it_without_a_tag_that_a_flow_wrote)
{
    OPEN(s);
    struct str svg;
    struct error error = {0};
    assert_int_equal(graph_output_dot(&s.shown, &s.out), OK);
    enum err rc = graphviz_svg(buf_str(&s.out), &s.arena, &svg, &error);
    if (rc == ERR_NOT_FOUND) {
        assert_true(strstr(error.text, "apt install graphviz") != NULL);
        skip();
    }
    assert_int_equal(rc, OK);
    assert_true(str_find(svg, STR("<svg ")) != SIZE_MAX);
    assert_true(str_find(svg, STR("<script>")) == SIZE_MAX);
}

TEST_MAIN
