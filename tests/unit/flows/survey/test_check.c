#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "flows/survey/check.h"
#include "flows/survey/survey.h"
#include "tests/support/test.h"

struct checked {
    struct flow *flow;
    struct arena arena;
    struct findings findings;
    struct check_figures figures;
};

static void check_text_of(struct checked *checked, struct str file, struct str yaml, unsigned platforms)
{
    struct error error = {0};
    *checked = (struct checked){0};
    arena_init(&checked->arena, 256 * 1024 * 1024);
    checked->findings.arena = &checked->arena;
    if (survey_load_text(file, yaml, &checked->flow, &error) != OK)
        fail_msg("%s", error.text);
    assert_int_equal(
        check_definition(survey_definition(checked->flow), platforms, &checked->findings, &checked->figures), OK);
}

static void check_flow(struct checked *checked, const char *yaml)
{
    check_text_of(checked, STR("flow.yaml"), str_of(yaml), CHECK_EVERYWHERE);
}

static void release(struct checked *checked)
{
    checked->flow->free(checked->flow);
    arena_release(&checked->arena);
}

static void print_findings(const struct checked *checked)
{
    for (size_t i = 0; i < checked->findings.n; i++) {
        const struct finding *f = &checked->findings.items[i];
        print_error("%u:%u %s %s: %.*s [%.*s]\n", f->at.line, f->at.column, severity_name(f->severity), f->code,
                    STR_ARG(f->message), STR_ARG(f->example));
    }
}

/* The one finding of a flow. */
static const struct finding *only(const struct checked *checked, const char *code, uint32_t line)
{
    const struct finding *first = checked->findings.items;
    if (checked->findings.n != 1 || strcmp(first->code, code) != 0 || first->at.line != line) {
        print_findings(checked);
        fail_msg("expected one finding: %s in line %u", code, line);
    }
    return first;
}

static void assert_only(const char *yaml, enum severity severity, const char *code, uint32_t line)
{
    struct checked checked;
    check_flow(&checked, yaml);
    assert_int_equal(only(&checked, code, line)->severity, severity);
    release(&checked);
}

static void assert_clean(const char *yaml)
{
    struct checked checked;
    check_flow(&checked, yaml);
    print_findings(&checked);
    assert_int_equal(checked.findings.n, 0);
    release(&checked);
}

/* ── steps ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(check, a_step_that_no_way_leads_to_is_an_error)
{
    assert_only("flow: t\n"
                "steps:\n"
                "  - {say: a, next: c}\n"
                "  - {say: b}\n"
                "  - {say: b2}\n"
                "  - {say: c, id: c}\n",
                SEVERITY_ERROR, "unreachable_step", 4);
    assert_only("flow: t\nsteps:\n  - {end: done}\n  - {say: never}\n", SEVERITY_ERROR, "unreachable_step", 4);
}

TEST(check, a_skipped_step_leads_to_the_one_behind_it)
{
    assert_clean("flow: t\nsteps:\n  - {ask: a?, id: a, as: yes_no}\n  - {end: done, when: a}\n  - {say: b}\n");
}

TEST(check, too_many_misfits_are_a_way)
{
    assert_clean("flow: t\n"
                 "steps:\n"
                 "  - {ask: a?, id: a, as: number, tries: 2, otherwise: help}\n"
                 "  - {end: done}\n"
                 "  - {say: help, id: help}\n");
}

TEST(check, a_circle_without_a_question_is_an_error_and_is_shown)
{
    struct checked checked;
    check_flow(&checked, "flow: t\n"
                         "profile: {x: x}\n"
                         "steps:\n"
                         "  - {say: a, id: a}\n"
                         "  - {say: b, when: x > 2}\n"
                         "  - {go: a}\n");
    const struct finding *finding = only(&checked, "circle", 6);
    assert_str_equal(finding->example, STR("a → say_2 → go_3 → a"));
    release(&checked);
}

TEST(check, a_circle_through_a_question_needs_always)
{
    assert_clean("flow: t\n"
                 "steps:\n"
                 "  - {ask: again?, id: again, as: yes_no, always: true}\n"
                 "  - {go: again, when: again}\n"
                 "  - {say: bye}\n");
    assert_only("flow: t\n"
                "steps:\n"
                "  - {ask: again?, id: again, as: yes_no}\n"
                "  - {go: again, when: again}\n"
                "  - {say: bye}\n",
                SEVERITY_WARNING, "circle_known", 4);
}

TEST(check, thousands_of_steps_are_no_problem)
{
    struct buf yaml;
    buf_init(&yaml, NULL, 4 * 1024 * 1024);
    buf_add(&yaml, STR("flow: t\nmax_time: 366d\nprofile: {x: x}\nsteps:\n"));
    for (int i = 0; i < 1900; i++)
        buf_addf(&yaml, "  - {ask: \"%d?\", id: q%d, as: yes_no, when: x = 1}\n", i, i);
    struct checked checked;
    check_text_of(&checked, STR("flow.yaml"), buf_str(&yaml), CHECK_EVERYWHERE);
    assert_int_equal(checked.findings.n, 0);
    assert_int_equal(checked.figures.longest_questions, 1900);
    assert_true(decimal_cmp(checked.figures.paths, decimal_from_i64(INT64_MAX)) > 0); /* 2^1900 */
    release(&checked);
    buf_release(&yaml);
}

/* ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(check, paths_are_counted_and_the_longest_is_timed)
{
    struct checked checked;
    check_flow(&checked, "flow: t\n"
                         "steps:\n"
                         "  - ask: a?\n"
                         "    id: a\n"
                         "    as: choice\n"
                         "    options: [{value: x, label: X}, {value: y, label: Y}]\n"
                         "    next: [{when: 'a = \"x\"', go: long}, {go: short}]\n"
                         "  - {ask: b?, id: long, as: text}\n"
                         "  - {ask: c?, id: c, as: number, when: 'long = \"z\"'}\n"
                         "  - {end: done}\n"
                         "  - {ask: d?, id: short, as: scale, min: 1, max: 5}\n");
    int64_t paths;
    print_findings(&checked);
    assert_int_equal(checked.findings.n, 0);
    assert_true(decimal_to_i64(checked.figures.paths, &paths));
    assert_int_equal(paths, 3);
    assert_int_equal(checked.figures.longest_questions, 3);
    assert_int_equal(checked.figures.longest_ms, (5 + 15 + 8) * 1000);
    assert_int_equal(checked.figures.longest_last, 2);
    release(&checked);
}

TEST(check, a_survey_that_takes_too_long_is_a_warning)
{
    static const char *const yaml = "flow: t\n"
                                    "max_time: 20s\n"
                                    "steps:\n"
                                    "  - {ask: a?, id: a, as: text}\n"
                                    "  - {ask: b?, id: b, as: number}\n";
    assert_only(yaml, SEVERITY_WARNING, "max_time", 5);
}

/* ── names and types ───────────────────────────────────────────────────────────────────────────────────────────── */

TEST(check, a_variable_that_only_an_unreached_step_sets_is_an_error)
{
    struct checked checked;
    check_flow(&checked, "flow: t\n"
                         "steps:\n"
                         "  - {say: \"{x}\"}\n"
                         "  - {end: done}\n"
                         "  - {set: {x: 1}}\n");
    assert_int_equal(checked.findings.n, 2);
    assert_string_equal(checked.findings.items[0].code, "never_set");
    assert_int_equal(checked.findings.items[0].at.line, 3);
    assert_string_equal(checked.findings.items[1].code, "unreachable_step");
    release(&checked);
}

#define CHOICE                                                                                                         \
    "flow: t\n"                                                                                                        \
    "steps:\n"                                                                                                         \
    "  - {ask: a?, id: a, as: choice, options: [{value: low, label: Low}, {value: high, label: High}]}\n"              \
    "  - {ask: n?, id: n, as: number, min: 0, max: 10}\n"

TEST(check, a_choice_is_compared_only_with_its_options)
{
    assert_only(CHOICE "  - {say: x, when: 'a = \"hgih\"'}\n", SEVERITY_ERROR, "unknown_option", 5);
    assert_only(CHOICE "  - {say: x, when: 'a in (\"low\", \"mid\")'}\n", SEVERITY_ERROR, "unknown_option", 5);
    assert_clean(CHOICE "  - {say: x, when: 'a = \"high\" or a != \"low\"'}\n");
}

TEST(check, types_that_cannot_fit_are_errors)
{
    assert_only(CHOICE "  - {say: x, when: 'a = 1'}\n", SEVERITY_ERROR, "type", 5);
    assert_only(CHOICE "  - {say: x, when: 'n < \"5\"'}\n", SEVERITY_ERROR, "type", 5);
    assert_only(CHOICE "  - {say: '{a + 1}'}\n", SEVERITY_ERROR, "type", 5);
    assert_only(CHOICE "  - {say: '{n * a}'}\n", SEVERITY_ERROR, "type", 5);
    assert_only(CHOICE "  - {say: x, when: 'n = 1 and a'}\n", SEVERITY_ERROR, "type", 5);
    assert_only(CHOICE "  - {say: x, when: n}\n", SEVERITY_ERROR, "not_boolean", 5);
    assert_only(CHOICE "  - {say: '{{x: n}}'}\n  - {say: '{ {x: n} }'}\n", SEVERITY_ERROR, "not_text", 6);
    assert_only(CHOICE "  - {recommend: a}\n", SEVERITY_ERROR, "not_record", 5);
    assert_clean(CHOICE "  - {say: '{a = null or n = null}'}\n");
}

/* ── texts ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(check, options_that_people_cannot_tell_apart_are_an_error)
{
    assert_only("flow: t\n"
                "steps:\n"
                "  - ask: a?\n"
                "    id: a\n"
                "    as: choice\n"
                "    options:\n"
                "      - {value: x, label: 거의 없다}\n"
                "      - {value: y, label: 거의없다!}\n",
                SEVERITY_ERROR, "equal_labels", 8);
}

static const char *const long_button =
    "flow: t\n"
    "steps:\n"
    "  - say: x\n"
    "    buttons:\n"
    "      - {label: 서른한 글자가 넘는 아주아주 긴 단추 이름은 쓸 수 없어요, url: \"https://a.example\"}\n";

TEST(check, limits_hold_where_the_flow_runs)
{
    struct checked checked;
    check_text_of(&checked, STR("flow.yaml"), str_of(long_button), CHECK_CHANNEL_TALK);
    only(&checked, "too_long", 5);
    release(&checked);
    check_text_of(&checked, STR("flow.yaml"), str_of(long_button), CHECK_SLACK | CHECK_WEB);
    assert_int_equal(checked.findings.n, 0);
    release(&checked);
}

TEST(check, of_several_limits_the_narrowest_is_told)
{
    char yaml[1000], label[81];
    struct checked checked;
    memset(label, 'x', sizeof label);
    label[80] = '\0';
    snprintf(yaml, sizeof yaml, "flow: t\nsteps:\n  - {say: a, buttons: [{label: %s, url: \"https://x.example\"}]}\n",
             label);
    check_flow(&checked, yaml);
    assert_true(str_ends(only(&checked, "too_long", 3)->message, STR("Channel Talk takes 30; make it shorter")));
    release(&checked);
}

TEST(check, more_tags_than_a_user_can_have_are_an_error)
{
    static const char *const yaml = "flow: t\n"
                                    "steps:\n"
                                    "  - tag: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u]\n";
    struct checked checked;
    check_text_of(&checked, STR("flow.yaml"), str_of(yaml), CHECK_CHANNEL_TALK);
    only(&checked, "too_many", 3);
    release(&checked);
    check_text_of(&checked, STR("flow.yaml"), str_of(yaml), CHECK_SLACK);
    assert_int_equal(checked.findings.n, 0);
    release(&checked);
}

TEST(check, a_label_over_75_characters_is_an_error)
{
    char yaml[1000], label[80];
    memset(label, 'x', sizeof label);
    label[76] = '\0';
    snprintf(
        yaml, sizeof yaml,
        "flow: t\nsteps:\n  - {ask: a?, id: a, as: choice, options: [{value: v, label: %s}, {value: w, label: b}]}\n",
        label);
    assert_only(yaml, SEVERITY_ERROR, "too_long", 3);
}

/* ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────── */

#define TABLE(hit, rules)                                                                                              \
    "flow: t\n"                                                                                                        \
    "tables:\n"                                                                                                        \
    "  t:\n"                                                                                                           \
    "    hit: " hit "\n"                                                                                               \
    "    inputs: [n, a]\n"                                                                                             \
    "    outputs: [x]\n"                                                                                               \
    "    rules:\n" rules "steps:\n"                                                                                    \
    "  - {ask: n?, id: n, as: number, min: 0, max: 10}\n"                                                              \
    "  - {ask: a?, id: a, as: choice, options: [{value: lo, label: Lo}, {value: hi, label: Hi}]}\n"                    \
    "  - {say: '{t}'}\n"

TEST(check, a_table_without_holes_and_overlaps_is_clean)
{
    assert_clean(TABLE("U", "      - ['< 5', '\"lo\"', '1']\n"
                            "      - ['>= 5', '\"lo\"', '2']\n"
                            "      - ['[0..3]', '\"hi\"', '3']\n"
                            "      - ['(3..10]', '\"hi\"', '4']\n"));
    assert_clean(TABLE("F", "      - ['< 5', '\"lo\"', '1']\n"
                            "      - ['-', '-', '2']\n"));
    assert_clean(TABLE("C", "      - ['< 5', '\"lo\"', '1']\n"));
}

TEST(check, overlapping_rules_of_a_unique_table_are_an_error_with_an_example)
{
    struct checked checked;
    check_flow(&checked, TABLE("U", "      - ['<= 5', '\"lo\"', '1']\n"
                                    "      - ['>= 5', '-', '2']\n"
                                    "      - ['< 5', '\"hi\"', '3']\n"));
    assert_str_equal(only(&checked, "overlap", 9)->example, STR("n = 5, a = \"lo\""));
    release(&checked);
}

TEST(check, a_hole_is_shown_as_the_answers_that_lead_there)
{
    struct checked checked;
    check_flow(&checked, TABLE("U", "      - ['< 5', '-', '1']\n"
                                    "      - ['>= 5', '\"lo\"', '2']\n"));
    const struct finding *finding = only(&checked, "hole", 3);
    assert_int_equal(finding->severity, SEVERITY_ERROR);
    assert_true(str_find(finding->example, STR("a: \"hi\"")) != SIZE_MAX);
    assert_true(str_starts(finding->example, STR("n: ")));
    release(&checked);
}

TEST(check, a_hole_of_one_point_is_found_and_proved)
{
    struct checked checked;
    check_flow(&checked, TABLE("U", "      - ['not(7.25)', '-', '1']\n"
                                    "      - ['7.25', '\"lo\"', '2']\n"));
    assert_str_equal(only(&checked, "hole", 3)->example, STR("n: 7.25, a: \"hi\""));
    release(&checked);
}

TEST(check, a_hole_that_only_a_negation_names_is_found)
{
    struct checked checked;
    check_flow(&checked, TABLE("U", "      - ['not(7.25)', '-', '1']\n"));
    assert_true(str_starts(only(&checked, "hole", 3)->example, STR("n: 7.25, a: ")));
    release(&checked);
}

TEST(check, only_what_people_can_answer_counts_as_a_hole)
{
    assert_clean(TABLE("U", "      - ['[0..10]', '\"lo\",\"hi\"', '1']\n"));
    assert_only(TABLE("U", "      - ['[0..10)', '-', '1']\n"), SEVERITY_ERROR, "hole", 3);
}

TEST(check, a_hole_that_no_answer_was_found_for_is_a_warning)
{
    assert_only("flow: t\n"
                "let:\n"
                "  twice: n - n\n" /* always 0, but not to intervals */
                "tables:\n"
                "  t: {inputs: [twice], outputs: [x], rules: [['< 5', '1']]}\n"
                "steps:\n"
                "  - {ask: n?, id: n, as: number, min: 0, max: 10}\n"
                "  - {say: '{t}'}\n",
                SEVERITY_WARNING, "hole", 5);
}

TEST(check, intervals_are_carried_through_lets)
{
    static const char *const flow = "flow: t\n"
                                    "let:\n"
                                    "  half: round half up(n / 2, 0) + (if n > 3 then 1 else 0)\n"
                                    "tables:\n"
                                    "  t: {inputs: [half], outputs: [x], rules: [['[0..3)', '1'], ['[3..6]', '2']]}\n"
                                    "steps:\n"
                                    "  - {ask: n?, id: n, as: number, min: 0, max: 10}\n"
                                    "  - {say: '{t}'}\n";
    assert_clean(flow);
}

TEST(check, a_default_closes_every_hole)
{
    assert_clean("flow: t\n"
                 "tables:\n"
                 "  t: {inputs: [n], outputs: [x], default: ['0'], rules: [['< 5', '1']]}\n"
                 "steps:\n"
                 "  - {ask: n?, id: n, as: number, min: 0, max: 10}\n"
                 "  - {say: '{t}'}\n");
}

TEST(check, a_rule_that_can_never_fire_is_an_error)
{
    assert_only(TABLE("F", "      - ['<= 5', '-', '1']\n"
                           "      - ['< 3', '\"lo\"', '2']\n"
                           "      - ['-', '-', '3']\n"),
                SEVERITY_ERROR, "dead_rule", 9);
    assert_only(TABLE("F", "      - ['> 10', '-', '1']\n"
                           "      - ['-', '-', '3']\n"),
                SEVERITY_ERROR, "dead_rule", 8);
}

TEST(check, a_cell_that_names_no_option_is_an_error)
{
    struct checked checked;
    check_flow(&checked, TABLE("F", "      - ['-', '\"high\"', '1']\n"
                                    "      - ['-', '-', '3']\n"));
    assert_string_equal(checked.findings.items[0].code, "unknown_option");
    assert_int_equal(checked.findings.items[0].at.line, 8);
    release(&checked);
}

/* ── the example, and mistakes in it ───────────────────────────────────────────────────────────────────────────── */

static struct str health_with(const char *before, const char *after, uint32_t *ret_line)
{
    struct str text = test_read_file(SOURCE_DIR "/flows/examples/health.yaml");
    size_t at = str_find(text, str_of(before));
    if (at == SIZE_MAX)
        fail_msg("the health flow has no `%s`", before);
    struct buf changed;
    buf_init(&changed, NULL, 1024 * 1024);
    buf_add(&changed, str_first(text, at));
    buf_add(&changed, str_of(after));
    buf_add(&changed, str_skip(text, at + strlen(before)));
    *ret_line = 1;
    for (size_t i = 0; i < at; i++)
        *ret_line += text.p[i] == '\n';
    free((char *)text.p);
    return buf_str(&changed);
}

TEST(check, the_health_flow_has_no_faults_and_is_done_in_two_minutes)
{
    uint32_t line;
    struct str yaml = health_with("flow: health", "flow: health", &line);
    struct checked checked;
    check_text_of(&checked, STR("health.yaml"), yaml, CHECK_EVERYWHERE);
    print_findings(&checked);
    assert_int_equal(checked.findings.n, 0);
    assert_int_equal(checked.figures.longest_questions, 8);
    assert_true(checked.figures.longest_ms <= 120 * 1000);
    release(&checked);
    free((char *)yaml.p);
}

TEST(check, mistakes_in_the_health_flow_are_found_at_their_lines)
{
    static const struct {
        const char *before, *after, *code;
        uint32_t below; /* lines below the change */
    } rows[] = {
        {"'[69..81)', '< 36'", "'[69..80)', '< 36'", "hole", 0},
        {"'[69..81)', '< 36'", "'[69..82)', '< 36'", "overlap", 3},
        {"'[69..81)', '< 36'", "'[69..50)', '< 36'", "dead_rule", 0},
        {"['\"5\"', '1.9']", "['\"6\"', '1.9']", "unknown_option", 0},
        {"value: gain_much, label: \"많이 증량 (5kg 이상)\"", "value: gain_much, label: \"증량(5kg 미만)\"",
         "equal_labels", 0},
        {"is_underweight: bmi < 18.5", "is_underweight: bmi < \"18.5\"", "type", 0},
        {"sex_asked = \"male\"'", "sex_asked = \"mael\"'", "unknown_option", 0},
        {"  - say: \"**운동**이에요.", "  - end: done\n  - say: \"**운동**이에요.", "unreachable_step", 1},
        {"{state.advice}", "{state}", "not_text", 0},
        {"button: 자세히 보기", "button: 자세히 보기 자세히 보기 자세히 보기 자세히 보기 자세히 보기", "too_long", 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint32_t line;
        struct str yaml = health_with(rows[i].before, rows[i].after, &line);
        struct checked checked;
        check_text_of(&checked, STR("health.yaml"), yaml, CHECK_EVERYWHERE);
        bool found = false, is_table = strcmp(rows[i].code, "hole") == 0; /* a hole is reported at its table */
        for (size_t j = 0; j < checked.findings.n; j++) {
            const struct finding *f = &checked.findings.items[j];
            found = found || (strcmp(f->code, rows[i].code) == 0 && (is_table || f->at.line == line + rows[i].below));
        }
        if (!found) {
            print_findings(&checked);
            fail_msg("%s: no finding %s in line %u", rows[i].after, rows[i].code, line + rows[i].below);
        }
        assert_true(findings_have_error(&checked.findings));
        release(&checked);
        free((char *)yaml.p);
    }
}

/* ── conditions ────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(check, a_condition_that_answers_do_not_change_is_an_error)
{
    assert_only(CHOICE "  - {say: x, when: 'a = \"low\" or a = \"high\"'}\n", SEVERITY_ERROR, "always_true", 5);
    assert_only(CHOICE "  - {say: x, when: 'a = \"low\" and a = \"high\"'}\n", SEVERITY_ERROR, "never_true", 5);
    assert_only(CHOICE "  - {say: x, when: n > 10}\n", SEVERITY_ERROR, "never_true", 5);
    assert_only(CHOICE "  - {say: x, when: n >= 0}\n", SEVERITY_ERROR, "always_true", 5);
    assert_only(CHOICE "  - {say: x, when: n > 5 and n < 3}\n", SEVERITY_ERROR, "never_true", 5);
    assert_only(CHOICE "  - {say: x, when: n * 2 + 1 < 0.5}\n", SEVERITY_ERROR, "never_true", 5);
    assert_only(CHOICE "  - {say: x, when: n != null}\n", SEVERITY_ERROR, "always_true", 5);
    assert_only(CHOICE "  - {say: x, when: 1 = 1}\n", SEVERITY_ERROR, "always_true", 5);
    assert_only(CHOICE "  - {say: x, next: [{when: n < 0, go: y}, {go: z}]}\n"
                       "  - {say: y, id: y}\n"
                       "  - {say: z, id: z}\n",
                SEVERITY_ERROR, "never_true", 5);
}

TEST(check, a_condition_that_some_answer_changes_is_clean)
{
    assert_clean(CHOICE "  - {say: x, when: n >= 10}\n");
    assert_clean(CHOICE "  - {say: x, when: n > 3 and n < 3.1}\n");
    assert_clean(CHOICE "  - {say: x, when: n = 7.25}\n");
    assert_clean(CHOICE "  - {say: x, when: n * n > 99}\n");
    assert_clean(CHOICE "  - {say: x, when: 'a = \"low\" or n < 1'}\n");
    assert_clean(CHOICE "  - {say: x, when: 'today() > date(\"2026-01-01\")'}\n");
}

/* ── what no conversation has shown ────────────────────────────────────────────────────────────────────────────── */

#define HALF                                                                                                           \
    "flow: t\nlet:\n  half: n / 2\n  more: half + 1\nsteps:\n  - {ask: n?, id: n, as: number, min: 0, max: 10}\n"

TEST(check, a_condition_that_no_conversation_changed_is_a_warning)
{
    assert_only(HALF "  - {say: x, when: half < 3 and more > 5}\n", SEVERITY_WARNING, "never_true", 7);
    assert_only(HALF "  - {say: x, when: half < 3 or more > 3}\n", SEVERITY_WARNING, "always_true", 7);
    assert_only(HALF "  - {say: x, next: [{when: more < half, go: y}, {go: z}]}\n"
                     "  - {say: y, id: y}\n"
                     "  - {say: z, id: z}\n",
                SEVERITY_WARNING, "never_true", 7);
    assert_clean(HALF "  - {say: x, when: half < 3 and more > 3}\n");
    assert_clean(HALF "  - {say: x, when: half < 0.1 and more > 0.9}\n");
}

TEST(check, a_condition_on_what_cannot_be_made_up_is_left_alone)
{
    assert_clean(HALF "  - {ask: t?, id: t, as: text, optional: true}\n"
                      "  - {say: x, when: 'contains(string(t), \"급해\")'}\n");
    assert_clean("flow: t\nprofile: {plan: plan}\nsteps:\n  - {ask: n?, id: n, as: number}\n"
                 "  - {say: x, when: 'plan = \"gold\" and n > 0'}\n");
    assert_clean("flow: t\nprofile: {n: n}\nsteps:\n"
                 "  - {say: x, when: n = null}\n  - {ask: n?, id: n, as: number}\n");
}

TEST(check, a_rule_that_no_conversation_came_to_is_a_warning)
{
    struct checked checked;
    check_flow(&checked, HALF "  - {say: 'x {t}'}\n"
                              "tables:\n"
                              "  t:\n"
                              "    hit: F\n"
                              "    inputs: [half, more]\n"
                              "    outputs: [v]\n"
                              "    rules:\n"
                              "      - ['< 2', '> 4', '1']\n"
                              "      - ['-', '-', '2']\n");
    const struct finding *finding = only(&checked, "dead_rule", 14);
    assert_int_equal(finding->severity, SEVERITY_WARNING);
    assert_true(str_find(finding->message, STR("times and rule 1 never fired")) != SIZE_MAX);
    release(&checked);
}

TEST(check, a_product_that_no_conversation_came_to_is_a_warning)
{
    assert_only("flow: t\n"
                "catalog:\n"
                "  products:\n"
                "    - {id: a, from: 0}\n"
                "    - {id: b, from: 3}\n"
                "    - {id: c, from: 20}\n"
                "steps:\n"
                "  - {ask: n?, id: n, as: number, min: 1, max: 10}\n"
                "  - {recommend: '{products[from <= n][-1]}'}\n",
                SEVERITY_WARNING, "never_recommended", 6);
}

/* Ten answers lean to one side together, or the ends of their sum would never be seen. */
TEST(check, sums_of_points_come_to_their_ends)
{
    struct buf yaml;
    buf_init(&yaml, NULL, 64 * 1024);
    buf_add(&yaml, STR("flow: t\nmax_time: 5m\nlet:\n  sum: q0"));
    for (int i = 1; i < 10; i++)
        buf_addf(&yaml, " + q%d", i);
    buf_add(&yaml, STR("\nsteps:\n"));
    for (int i = 0; i < 10; i++)
        buf_addf(&yaml, "  - {ask: q%d?, id: q%d, as: scale, min: 0, max: 4}\n", i, i);
    buf_add(&yaml, STR("  - {say: low, when: sum < 3}\n  - {say: high, when: sum > 37}\n"));
    assert_clean(yaml.p);
    buf_release(&yaml);
}

TEST(check, what_may_be_unknown_is_neither_always_nor_never)
{
    assert_clean("flow: t\n"
                 "steps:\n"
                 "  - {ask: n?, id: n, as: number, min: 0, max: 10, optional: true}\n"
                 "  - {say: x, when: n >= 0}\n"
                 "  - {say: y, when: n != null}\n");
    assert_clean("flow: t\n"
                 "profile: {vip: vip}\n"
                 "steps:\n"
                 "  - {say: x, when: vip != null}\n");
}

/* ── what is read before it is set ─────────────────────────────────────────────────────────────────────────────── */

#define EARLY(reader)                                                                                                  \
    "flow: t\n"                                                                                                        \
    "steps:\n"                                                                                                         \
    "  - {ask: Smoke?, id: smokes, as: yes_no}\n"                                                                      \
    "  - {ask: How many?, id: many, as: number, min: 1, max: 90, when: smokes}\n" reader

TEST(check, a_variable_read_before_it_is_set_is_shown_as_a_conversation)
{
    struct checked checked;
    check_flow(&checked, EARLY("  - {say: 'You smoke {many * 7} a week.'}\n"));
    const struct finding *finding = only(&checked, "read_early", 5);
    assert_int_equal(finding->severity, SEVERITY_WARNING);
    assert_str_equal(finding->example, STR("\"Smoke?\" false"));
    release(&checked);
}

TEST(check, a_way_around_a_question_through_too_many_misfits_counts)
{
    struct checked checked;
    check_flow(&checked, "flow: t\n"
                         "steps:\n"
                         "  - {ask: Weight?, id: kg, as: number, min: 30, max: 90, tries: 2, otherwise: end}\n"
                         "  - {say: thanks}\n"
                         "  - {say: 'Noted: {kg} kg', id: end}\n");
    assert_str_equal(only(&checked, "read_early", 5)->example, STR("\"Weight?\" (no answer)"));
    release(&checked);
}

TEST(check, what_is_read_only_where_it_is_set_is_clean)
{
    assert_clean(EARLY("  - {say: 'You smoke {many * 7} a week.', when: smokes}\n"));
    assert_clean(EARLY("  - {say: '{if smokes then many else 0}'}\n"));
    assert_clean(EARLY("  - {say: '{if many = null then 0 else many}'}\n"));
    assert_clean(EARLY("  - {say: x, when: smokes and many > 20}\n"));
}

/* ── products ──────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(check, a_product_that_no_rule_names_is_never_recommended)
{
    static const char *const start = "flow: t\n"
                                     "catalog:\n"
                                     "  products:\n"
                                     "    - {id: one, name: One}\n"
                                     "    - {id: two, name: Two}\n"
                                     "tables:\n"
                                     "  best: {inputs: [n], outputs: [id, why], rules: [['< 5', '\"one\"', '1'], "
                                     "['>= 5', '\"%s\"', '2']]}\n"
                                     "steps:\n"
                                     "  - {ask: n?, id: n, as: number, min: 0, max: 10}\n"
                                     "  - recommend: '{products[id = best.id][1]}'\n";
    char yaml[600];
    snprintf(yaml, sizeof yaml, start, "one");
    assert_only(yaml, SEVERITY_ERROR, "never_recommended", 5);
    snprintf(yaml, sizeof yaml, start, "two");
    assert_clean(yaml);
}

TEST(check, an_id_that_no_product_has_is_an_error)
{
    assert_only("flow: t\n"
                "catalog:\n"
                "  products:\n"
                "    - {id: one, name: One}\n"
                "tables:\n"
                "  best: {inputs: [n], outputs: [id], rules: [['< 5', '\"one\"'], ['>= 5', '\"two\"']]}\n"
                "steps:\n"
                "  - {ask: n?, id: n, as: number, min: 0, max: 10}\n"
                "  - recommend: '{products[id = best][1]}'\n",
                SEVERITY_ERROR, "unknown_record", 9);
}

/* ── languages ─────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(check, a_text_without_a_language_that_others_have_is_a_warning)
{
    assert_only("flow: t\n"
                "steps:\n"
                "  - say: {ko: 안녕하세요, en: Hello}\n"
                "  - say: 반갑습니다\n",
                SEVERITY_WARNING, "untranslated", 4);
    assert_only("flow: t\n"
                "steps:\n"
                "  - ask: {ko: 어느 쪽?, en: Which?}\n"
                "    id: a\n"
                "    as: choice\n"
                "    options:\n"
                "      - {value: x, label: {ko: 가, en: A}}\n"
                "      - {value: y, label: {ko: 나}}\n",
                SEVERITY_WARNING, "untranslated", 8);
    assert_clean("flow: t\n"
                 "steps:\n"
                 "  - say: {ko: 안녕하세요, en: Hello}\n"
                 "  - say: '{1 + 1} 😀'\n"
                 "  - say: {ko: 반갑습니다, en-US: Nice to meet you}\n");
}

TEST(check, the_failure_of_a_loader_becomes_a_finding)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct findings findings = {.arena = &arena};
    findings_add_failure(&findings, STR("flows/a.yaml:12:7: no step has the id `x`; give one this `id`"));
    findings_add_failure(&findings, STR("cannot open flows: no such file"));
    assert_int_equal(findings.n, 2);
    assert_str_equal(findings.items[0].file, STR("flows/a.yaml"));
    assert_int_equal(findings.items[0].at.line, 12);
    assert_int_equal(findings.items[0].at.column, 7);
    assert_str_equal(findings.items[0].message, STR("no step has the id `x`; give one this `id`"));
    assert_str_equal(findings.items[1].message, STR("cannot open flows: no such file"));
    assert_int_equal(findings.items[1].at.line, 0);
    assert_true(findings_have_error(&findings));
}

TEST_MAIN
