/* A flow as boxes and arrows, and the ways that sessions went through it. */
#include "flows/survey/graph.h"

#include "flows/survey/definition.h"
#include "flows/survey/path.h"
#include "talk.h"

#include "bot/base/banned.h"

struct drawn {
    struct talk talk;
    struct graph graph;
};

static void draw(struct drawn *drawn, const char *yaml)
{
    talk_open(&drawn->talk, yaml);
    assert_int_equal(graph_of(survey_definition(drawn->talk.flow), &drawn->talk.kept, &drawn->graph), OK);
}

static void close_drawn(struct drawn *drawn)
{
    talk_close(&drawn->talk);
}

#define DRAW(name, yaml)                                                                                               \
    CLEANUP(close_drawn) struct drawn name;                                                                            \
    draw(&name, yaml)

static size_t count(const struct graph *graph, enum graph_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < graph->n_nodes; i++)
        n += graph->nodes[i].kind == kind;
    return n;
}

/* The n-th node of a kind. */
static size_t node(const struct graph *graph, enum graph_kind kind, size_t n)
{
    for (size_t i = 0; i < graph->n_nodes; i++)
        if (graph->nodes[i].kind == kind && n-- == 0)
            return i;
    fail_msg("no such node");
    return 0;
}

static bool has_edge(const struct graph *graph, size_t from, size_t to, enum graph_label label)
{
    for (size_t i = 0; i < graph->n_edges; i++)
        if (graph->edges[i].from == from && graph->edges[i].to == to && graph->edges[i].label == label)
            return true;
    return false;
}

#define ASK(id) "  - {ask: '" id "?', id: " id ", as: number}\n"

TEST(graph, what_is_said_in_a_row_is_one_box)
{
    DRAW(d, "flow: t\nsteps:\n  - say: a\n  - say: b\n  - {set: {x: '1'}}\n" ASK("n") "  - say: c\n");
    assert_int_equal(count(&d.graph, GRAPH_SAY), 2);
    assert_int_equal(d.graph.nodes[node(&d.graph, GRAPH_SAY, 0)].n_steps, 3);
    assert_true(has_edge(&d.graph, 0, node(&d.graph, GRAPH_SAY, 0), GRAPH_PLAIN));
    assert_true(has_edge(&d.graph, node(&d.graph, GRAPH_SAY, 1), node(&d.graph, GRAPH_END, 0), GRAPH_PLAIN));
}

TEST(graph, a_condition_is_a_box_with_yes_and_no)
{
    DRAW(d, "flow: t\nsteps:\n" ASK("n") "  - {say: a, when: n > 5}\n  - say: b\n");
    size_t gate = node(&d.graph, GRAPH_CONDITION, 0);
    assert_str_equal(d.graph.nodes[gate].text, STR("n > 5"));
    assert_true(has_edge(&d.graph, gate, node(&d.graph, GRAPH_SAY, 0), GRAPH_YES));
    assert_true(has_edge(&d.graph, gate, node(&d.graph, GRAPH_SAY, 1), GRAPH_NO));
}

TEST(graph, jumps_are_arrows_with_their_conditions_and_a_go_has_no_box)
{
    DRAW(d, "flow: t\nsteps:\n"
            "  - {ask: 'n?', id: n, as: number, next: [{when: n > 5, go: many}, {go: few}]}\n"
            "  - {say: a, id: few}\n"
            "  - {go: over}\n"
            "  - {say: b, id: many}\n"
            "  - {end: stopped, id: over}\n");
    size_t ask = node(&d.graph, GRAPH_ASK, 0), few = node(&d.graph, GRAPH_SAY, 0), many = node(&d.graph, GRAPH_SAY, 1);
    assert_true(has_edge(&d.graph, ask, many, GRAPH_WHEN));
    assert_true(has_edge(&d.graph, ask, few, GRAPH_OTHERWISE));
    assert_true(has_edge(&d.graph, few, node(&d.graph, GRAPH_END, 0), GRAPH_PLAIN));
    assert_int_equal(count(&d.graph, GRAPH_END), 1);
}

TEST(graph, too_many_misfits_are_an_arrow)
{
    DRAW(d, "flow: t\nsteps:\n  - {ask: 'n?', id: n, as: number, tries: 3, otherwise: help}\n  - end: done\n"
            "  - {hand_over: {to: cs}, id: help}\n");
    assert_true(has_edge(&d.graph, node(&d.graph, GRAPH_ASK, 0), node(&d.graph, GRAPH_HAND_OVER, 0), GRAPH_MISFITS));
}

TEST(graph, variants_are_a_box_with_an_arrow_for_each_that_meet_again)
{
    DRAW(d, "flow: t\nvariants: {v: [a, b, c]}\nsteps:\n"
            "  - {variants: v, a: {say: x}, b: [{say: y}, {ask: 'n?', id: n, as: number}], c: {say: z, when: 1 > 2}}\n"
            "  - say: end\n");
    size_t split = node(&d.graph, GRAPH_VARIANTS, 0), end = node(&d.graph, GRAPH_SAY, 3);
    assert_true(has_edge(&d.graph, split, node(&d.graph, GRAPH_SAY, 0), GRAPH_ARM));
    assert_true(has_edge(&d.graph, split, node(&d.graph, GRAPH_SAY, 1), GRAPH_ARM));
    assert_true(has_edge(&d.graph, split, node(&d.graph, GRAPH_CONDITION, 0), GRAPH_ARM));
    assert_true(has_edge(&d.graph, node(&d.graph, GRAPH_SAY, 0), end, GRAPH_PLAIN));
    assert_true(has_edge(&d.graph, node(&d.graph, GRAPH_ASK, 0), end, GRAPH_PLAIN));
    assert_true(has_edge(&d.graph, node(&d.graph, GRAPH_CONDITION, 0), end, GRAPH_NO));
    assert_str_equal(d.graph.nodes[node(&d.graph, GRAPH_CONDITION, 0)].text, STR("1 > 2"));
}

TEST(graph, a_table_leads_to_what_it_decides_through_lets_too)
{
    DRAW(d, "flow: t\nlet: {id: t.a}\n"
            "tables: {t: {inputs: [n], outputs: [a, b], rules: [['-', '\"x\"', '1']]}}\n"
            "catalog: {c: [{id: x}]}\nsteps:\n" ASK("n") "  - recommend: 'c[id = id][1]'\n");
    size_t table = node(&d.graph, GRAPH_TABLE, 0);
    assert_int_equal(d.graph.nodes[table].n_rules, 1);
    assert_true(has_edge(&d.graph, table, node(&d.graph, GRAPH_RECOMMEND, 0), GRAPH_DECIDES));
}

TEST(graph, a_circle_of_jumps_ends_the_drawing_not_the_program)
{
    DRAW(d, "flow: t\nsteps:\n  - {go: b, id: a}\n  - {go: a, id: b}\n");
    assert_true(d.graph.n_nodes >= 1);
}

/* ── ways ──────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct path path_now(struct drawn *d)
{
    struct path path = {0};
    struct flow_ctx ctx = {.arena = &d->talk.kept,
                           .clock = clock_manual(&d->talk.now_ms),
                           .error = &d->talk.error,
                           .locale = STR("ko"),
                           .utc_offset_min = 540};
    assert_int_equal(path_of(survey_definition(d->talk.flow), &ctx, &d->talk.session, &path), OK);
    return path;
}

static void assert_path(struct drawn *d, const size_t *steps, size_t n)
{
    struct path path = path_now(d);
    assert_int_equal(path.n, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(path.steps[i].step, steps[i]);
}

static const char cups[] =
    "flow: t\nprofile: {age: age}\nsteps:\n" ASK("n") "  - {say: a, when: n > 5}\n" ASK("age") ASK("m") "  - say: b\n";

TEST(path, it_is_the_way_as_the_answers_stand_without_what_was_left_out)
{
    DRAW(d, cups);
    talk_begin(&d.talk, NULL);
    talk_say(&d.talk, "7");
    assert_path(&d, (const size_t[]){0, 1, 2}, 3);
    talk_say(&d.talk, "30");
    talk_say(&d.talk, "이전");
    talk_say(&d.talk, "이전");
    talk_say(&d.talk, "3");
    assert_path(&d, (const size_t[]){0, 2}, 2);
}

TEST(path, a_question_whose_answer_was_known_is_passed_and_not_asked)
{
    DRAW(d, cups);
    talk_begin(&d.talk, "{\"age\": 30}");
    talk_say(&d.talk, "7");
    talk_say(&d.talk, "1");
    struct path path = path_now(&d);
    assert_path(&d, (const size_t[]){0, 1, 2, 3, 4}, 5);
    assert_true(path.steps[0].asked && path.steps[3].asked);
    assert_false(path.steps[2].asked || path.steps[1].asked);
}

TEST(graph, a_way_leads_over_conditions_and_over_nothing_else)
{
    DRAW(d, cups);
    size_t edges[16];
    struct graph_way way = {.edges = edges};
    assert_true(graph_find_way(&d.graph, d.graph.boxes[0], d.graph.boxes[2], &way));
    assert_int_equal(way.n, 2);
    assert_int_equal(d.graph.edges[edges[1]].label, GRAPH_NO);
    way.n = 0;
    assert_false(graph_find_way(&d.graph, d.graph.boxes[0], d.graph.boxes[3], &way));
}

TEST_MAIN
