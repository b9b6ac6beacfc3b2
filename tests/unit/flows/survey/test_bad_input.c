/* What nobody would write on purpose, and editors, spreadsheets and generators do: each is answered with a place, soon, and
 * within the flow's memory. */
#include <stdlib.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "flows/survey/check.h"
#include "flows/survey/survey.h"
#include "tests/support/test.h"

enum { TEXT_BYTES = 8 * 1024 * 1024, MANY = 10000, MOST_US = 60 * 1000 * 1000 };

/* A flow's text, made piece by piece. */
static void add_times(struct buf *text, const char *piece, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buf_add(text, str_of(piece));
}

/* The first fault is "LINE:COLUMN: …" as in `expected`; none of them takes long. */
static void check_refused(const struct buf *text, const char *expected)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, TEXT_BYTES);
    struct findings findings = {.arena = &arena};
    struct flow *flow = NULL;
    struct clock clock = clock_system();
    int64_t began_us = clock_tick_us(clock);
    assert_false(buf_failed(text));
    assert_int_equal(survey_load_text_checked(STR("flow.yaml"), buf_str(text), &findings, &flow, NULL), ERR_INVALID);
    assert_true(clock_tick_us(clock) - began_us < MOST_US);
    const struct finding *first = &findings.items[0];
    struct str said = arena_format(&arena, "%u:%u: %.*s", first->at.line, first->at.column, STR_ARG(first->message));
    if (!str_starts(said, str_of(expected)))
        fail_msg("got:      %.*s\nexpected: %s", STR_ARG(said), expected);
}

static void check_text(const char *yaml, const char *expected)
{
    struct buf text;
    buf_init(&text, NULL, TEXT_BYTES);
    buf_add(&text, str_of(yaml));
    check_refused(&text, expected);
    buf_release(&text);
}

/* `before`, `open` and `close` 10,000 times around `core`, `after`. */
static void check_nested(const char *before, const char *const around[3], const char *after, const char *expected)
{
    struct buf text;
    buf_init(&text, NULL, TEXT_BYTES);
    buf_add(&text, str_of(before));
    add_times(&text, around[0], MANY);
    buf_add(&text, str_of(around[1]));
    add_times(&text, around[2], MANY);
    buf_add(&text, str_of(after));
    check_refused(&text, expected);
    buf_release(&text);
}

/* ── YAML ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(malformed_yaml, is_one_fault_with_its_place_and_what_to_do)
{
    check_text("flow: t\nsteps:\n\t- say: hi\n", "3:1: tabs are not allowed for indentation; use spaces");
    check_text("flow: t\nsteps: [{say: hi}\n", "2:8: this list is not closed");
    check_text("flow: t\nsteps: [{say: \"hi}]\n", "2:15: this text is never closed");
    check_text("flow: t\nflow: u\n", "2:1: the key 'flow' is already on line 1");
    check_text("flow: t\nsteps:\n- say: a: b\n", "3:9: a ':' is not expected here");
    check_text("flow: t\nsteps:\n  - say: a\n - say: b\n", "4:2: ");
    check_text("flow: \xFF\n", "1:7: ");
    check_text("", "1:1: ");
    check_text("- say: hi\n", "1:1: a flow is a map");
}

TEST(lists_nested_ten_thousand_deep, are_a_fault_with_its_place)
{
    check_nested("flow: t\ncatalog: {c: ", (const char *const[3]){"[", "", "]"}, "}\nsteps: [{say: hi}]\n",
                 "2:76: nested too deeply; make it flatter");
}

/* ── expressions ───────────────────────────────────────────────────────────────────────────────────────────────── */

static const char too_deep[] = "more than 120 levels inside each other; split the expression up";

static void check_deep(const char *before, const char *const around[3], const char *after, const char *place)
{
    char expected[200];
    snprintf(expected, sizeof expected, "%s: %s", place, too_deep);
    check_nested(before, around, after, expected);
}

TEST(an_expression_nested_ten_thousand_deep, is_a_fault_with_its_place_wherever_it_stands)
{
    const char *const groups[3] = {"(", "1", ")"}, *const nots[3] = {"not(", "true", ")"},
                      *const lists[3] = {"[", "1", "]"};
    check_deep("flow: t\nlet: {a: '", groups, "'}\nsteps: [{say: '{a}'}]\n", "2:131");
    check_deep("flow: t\nsteps: [{say: hi, when: '", nots, "'}]\n", "2:506");
    check_deep("flow: t\nsteps: [{say: '{", lists, "}'}]\n", "2:137");
    check_deep("flow: t\nsteps: [{set: {a: '", groups, "'}}, {say: '{a}'}]\n", "2:140");
    check_deep("flow: t\nsteps: [{recommend: '", lists, "'}]\n", "2:142");
    check_deep("flow: t\ntables: {p: {inputs: ['", groups,
               "'], outputs: [x], rules: [['-', '1']]}}\nsteps: [{say: '{p}'}]\n", "2:144");
    check_deep("flow: t\ntables: {p: {inputs: [n], outputs: [x], rules: [['", nots,
               "', '1']]}}\nsteps: [{ask: q, id: n, as: number}, {say: '{p}'}]\n", "2:531");
}

TEST(ten_thousand_braces, are_a_fault_with_its_place)
{
    check_nested("flow: t\nsteps: [{say: '", (const char *const[3]){"{{", "{", ""}, "'}]\n",
                 "2:20016: this brace is never closed");
}

TEST(an_expression_of_ten_thousand_conditions, is_a_fault_with_its_place)
{
    check_nested("flow: t\nsteps: [{ask: q, id: n, as: number}, {say: hi, when: '",
                 (const char *const[3]){"n > 1 and ", "n > 1", ""}, "'}]\n", "2:55: an expression of more than 65536");
}

TEST(a_pattern_nested_ten_thousand_deep, is_a_fault_with_its_place)
{
    check_nested("flow: t\nsteps: [{ask: q, id: n, as: text, pattern: '", (const char *const[3]){"(", "", ")"}, "'}]\n",
                 "2:44: this pattern cannot be used");
}

/* ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void check_digits(const char *before, const char *after, const char *expected)
{
    check_nested(before, (const char *const[3]){"9", "", ""}, after, expected);
}

TEST(a_number_of_ten_thousand_digits, is_a_fault_with_its_place_wherever_it_stands)
{
    check_digits("flow: t\nlet: {a: ", "}\nsteps: [{say: '{a}'}]\n", "2:10: a number of 10000 characters");
    check_digits("flow: t\nlet: {a: 1e", "}\nsteps: [{say: '{a}'}]\n", "2:10: a number of 10002 characters");
    check_digits("flow: t\nsteps: [{ask: q, id: n, as: number, min: ", "}]\n", "2:42: a number of 10000 characters");
    check_digits("flow: t\ncatalog: {c: [{id: a, price: 0.", "}]}\nsteps: [{say: hi}]\n",
                 "2:30: a number of 10002 characters");
    check_digits("flow: t\nsteps: [{ask: q, id: n, as: number, tries: ", ", otherwise: a}, {end: done, id: a}]\n",
                 "2:44: `tries` is a whole number from 1 to");
    check_digits("flow: t\nsteps: [{say: q, pause: ", "s}]\n", "2:25: `pause` is a duration");
    check_digits("flow: t\nprofile: {n: n}\nsteps: [{ask: q, id: n, as: number}]\ntests: [{name: a, with: {n: ",
                 "}, talk: [{expect: q}]}]\n", "4:29: a number of 10000 characters");
    check_digits("flow: t\ntables: {p: {inputs: [n], outputs: [x], rules: [['",
                 "', '1']]}}\nsteps: [{ask: q, id: n, as: number}, {say: '{p}'}]\n",
                 "2:51: a number of 10000 characters");
}

/* ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(a_table_without_rules, is_a_fault_with_its_place)
{
    check_text("flow: t\ntables: {p: {inputs: [n], outputs: [x], rules: []}}\n"
               "steps: [{ask: q, id: n, as: number}, {say: '{p}'}]\n",
               "2:48: a table needs at least one of its `rules`; add it");
    check_text(
        "flow: t\ntables: {p: {inputs: [n], outputs: [x]}}\nsteps: [{ask: q, id: n, as: number}, {say: '{p}'}]\n",
        "2:10: a table needs a list of `rules`; add it");
}

static void add_table(struct buf *text, const char *hit, size_t n_rules)
{
    buf_addf(text, "flow: t\ntables:\n  p:\n    hit: %s\n    inputs: [n]\n    outputs: [x]\n    rules:\n", hit);
    for (size_t i = 0; i < n_rules; i++)
        buf_addf(text, "    - ['[%zu..%zu)', '\"r%zu\"']\n", i, i + 1, i);
    buf_addf(text, "steps:\n- {ask: q, id: n, as: number, min: 0, max: %zu}\n- {say: '{p}'}\n", n_rules - 1);
}

TEST(a_table_of_more_than_ten_thousand_rules, is_a_fault_with_its_place)
{
    struct buf text;
    buf_init(&text, NULL, TEXT_BYTES);
    add_table(&text, "F", MANY + 1);
    check_refused(&text, "3:3: the table `p` has more than 10000 rules; split it up");
    buf_release(&text);
}

/* How a flow with a table of so many rules is judged, in time: the code of the first finding, "" when there is none. */
static void check_checked(const char *hit, size_t n_rules, const char *code)
{
    CLEANUP(arena_release) struct arena arena;
    struct buf text;
    struct flow *flow = NULL;
    struct error error = {0};
    struct check_figures figures;
    struct clock clock = clock_system();
    int64_t began_us = clock_tick_us(clock);
    arena_init(&arena, (size_t)256 * 1024 * 1024);
    struct findings findings = {.arena = &arena};
    buf_init(&text, NULL, TEXT_BYTES);
    add_table(&text, hit, n_rules);
    assert_int_equal(survey_load_text(STR("flow.yaml"), buf_str(&text), &flow, &error), OK);
    assert_int_equal(check_definition(survey_definition(flow), CHECK_EVERYWHERE, &findings, &figures), OK);
    assert_true(clock_tick_us(clock) - began_us < MOST_US);
    assert_string_equal(findings.n == 0 ? "" : findings.items[0].code, code);
    if (findings.n > 0)
        assert_int_equal(findings.items[0].at.line, 3);
    flow->free(flow);
    buf_release(&text);
}

TEST(a_table_of_ten_thousand_rules, is_said_to_be_too_large_to_be_proved)
{
    check_checked("U", MANY, "too_complex");
    check_checked("F", MANY, "too_complex");
}

TEST(a_table_of_a_thousand_rules, is_proved_to_be_complete)
{
    check_checked("U", 1000, "");
}

TEST(a_table_as_a_whole, that_is_wrong_is_refused_with_its_place)
{
    check_text("flow: t\ntables:\n  p: {hit: C+, inputs: [n], outputs: [x, y], rules: [['-', '1', '2']]}\n"
               "steps: [{ask: q, id: n, as: number}, {say: '{p}'}]\n",
               "3:3: the table `p`: hit policy C+ goes with one output only");
}

/* ── lists without end ─────────────────────────────────────────────────────────────────────────────────────────── */

TEST(ten_thousand_steps, are_a_fault_with_its_place)
{
    check_nested("flow: t\nsteps:\n", (const char *const[3]){"- say: hi\n", "", ""}, "",
                 "3:1: a flow has 1 to 5000 steps, not 10000");
}

TEST(ten_thousand_options, are_a_fault_with_its_place)
{
    check_nested("flow: t\nsteps: [{ask: q, id: n, as: choice, options: [",
                 (const char *const[3]){"{value: a, label: b},", "", ""}, "]}]\n",
                 "2:46: a question has 1 to 500 options, not 10000");
}

/* ── CSV ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void check_csv(const struct buf *csv, const char *expected)
{
    char folder[] = "/tmp/gilbot-csv-XXXXXX", path[64], file[64];
    struct error error = {0};
    struct flow *flow = NULL;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/t.csv", folder);
    snprintf(file, sizeof file, "%s/t.yaml", folder);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(csv->p, 1, csv->n, out), csv->n);
    fclose(out);
    enum err rc = survey_load_text(str_of(file), STR("flow: t\ncatalog: {c: {file: t.csv}}\nsteps: [{say: hi}]\n"),
                                   &flow, &error);
    remove(path);
    remove(folder);
    if (rc == OK)
        flow->free(flow);
    assert_int_equal(rc, ERR_INVALID);
    struct str said = str_skip((struct str){error.text, error.n}, strlen(path) + 1);
    if (!str_starts(said, str_of(expected)))
        fail_msg("got:      %.*s\nexpected: %s", STR_ARG(said), expected);
}

TEST(a_csv_file_with_ragged_rows, is_refused_where_it_is_ragged)
{
    struct buf csv;
    buf_init(&csv, NULL, TEXT_BYTES);
    buf_add(&csv, STR("id,name\n"));
    add_times(&csv, "a,b\n", MANY);
    buf_add(&csv, STR("c\n"));
    check_csv(&csv, "10002:1: 1 cells, but the first line names 2 columns");
    buf_truncate(&csv, 0);
    buf_add(&csv, STR("id,name\na,b,"));
    add_times(&csv, "c,", MANY);
    check_csv(&csv, "2:401: more than 200 columns; split the file");
    buf_release(&csv);
}

TEST(a_csv_file_of_too_many_columns_or_rows, is_refused_where_they_are_too_many)
{
    struct buf csv;
    buf_init(&csv, NULL, TEXT_BYTES);
    for (size_t i = 0; i < MANY; i++)
        buf_addf(&csv, "%sc%zu", i == 0 ? "" : ",", i);
    check_csv(&csv, "1:891: more than 200 columns; split the file");
    buf_truncate(&csv, 0);
    buf_add(&csv, STR("id,n\n"));
    add_times(&csv, "a,1\n", 20001);
    check_csv(&csv, "20002:1: more than 20000 records; split the file");
    buf_release(&csv);
}

TEST_MAIN
