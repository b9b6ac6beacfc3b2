#include "tests/unit/flows/survey/talk.h"

#include <unistd.h>

#include "bot/base/attributes.h"
#include "flows/survey/check.h"
#include "flows/survey/definition.h"
#include "flows/survey/files.h"
#include "flows/survey/trial.h"

static const char flow_yaml[] =
    "flow: t\n"
    "profile: {name: name, kg: weight, city: old.city}\n"
    "catalog: {shop: [{id: x, name: 엑스}, {id: y, name: 와이}]}\n"
    "remind: {after: 1h, text: '마저 해 주세요', times: 2}\n"
    "expire: 1d\n"
    "steps:\n"
    "- {say: {ko: '**안녕** {name}', en: 'Hello {name}'}}\n"
    "- {ask: '몸무게?', id: weight, as: number, min: 20, max: 300, unit: kg, retry: '숫자로요'}\n"
    "- {ask: '어느 것?', id: c, as: choice, options: [{value: low, label: 적게}, {value: mid, label: 보통}]}\n"
    "- {ask: '무엇 무엇?', id: cs, as: choices, options: [{value: a, label: 가}, {value: b, label: 나}]}\n"
    "- {ask: '언제?', id: day, as: date}\n"
    "- {ask: '사진?', id: photo, as: file}\n"
    "- {say: '{day} {city} {photo.name} {count(cs)}'}\n"
    "- tag: [새손님]\n"
    "- {recommend: 'shop[id = if c = \"low\" then \"x\" else \"y\"][1]', text: 골랐어요}\n"
    "- {hand_over: {to: cs, note: '{c} {weight}'}}\n"
    "tests:\n- name: n\n";

struct tried {
    struct arena arena;
    struct flow *flow;
    struct trial_result result;
};

/* Runs one test, written from `with` or `talk` on. */
static void try_open(struct tried *tried, const char *test)
{
    const struct trial_world world = {.locale = STR("ko"), .utc_offset_min = 540};
    struct error error = {0};
    *tried = (struct tried){0};
    arena_init(&tried->arena, TALK_ARENA_BYTES);
    struct str yaml = arena_format(&tried->arena, "%s%s", flow_yaml, test);
    if (survey_load_text(STR("t.yaml"), yaml, &tried->flow, &error) != OK)
        fail_msg("the flow is refused: %s", error.text);
    const struct trial *trial = &survey_definition(tried->flow)->trials[0];
    assert_int_equal(trial_run(tried->flow, trial, &world, &tried->arena, &tried->result, &error), OK);
}

static void try_close(struct tried *tried)
{
    tried->flow->free(tried->flow);
    arena_release(&tried->arena);
}

/* Where and why it fails: "LINE: reason"; empty: it passes. */
static void check(const char *test, const char *outcome)
{
    struct tried tried;
    try_open(&tried, test);
    const struct trial_result *result = &tried.result;
    struct str got = STR("");
    if (!result->passed)
        got = arena_format(&tried.arena, "%u: %.*s", result->at.line, STR_ARG(result->reason));
    assert_str_equal(got, str_of(outcome));
    try_close(&tried);
}

static void check_passes(const char *test)
{
    check(test, "");
}

/* ── expecting ─────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(a_test, passes_when_the_talk_goes_as_written)
{
    check_passes("  with: {name: 은지, city: 서울}\n"
                 "  at: 2026-03-05\n"
                 "  talk:\n"
                 "  - expect: 안녕 은지\n"
                 "  - expect: 몸무게?\n"
                 "  - say: 글쎄요\n"
                 "  - expect: 숫자로요\n"
                 "  - say: 60\n"
                 "  - choose: low\n"
                 "  - choose: [a, b]\n"
                 "  - say: 내일\n"
                 "  - file: 사진.jpg\n"
                 "  - expect: 2026년 3월 6일 서울 사진.jpg 2\n"
                 "  - expect: {tag: 새손님}\n"
                 "  - expect: {recommend: x}\n"
                 "  - expect: {hand_over: cs, contains: 적게 60}\n"
                 "  - expect: {end: handed_over}\n");
}

TEST(a_test, expects_a_text_as_it_is_written_or_as_it_is_read)
{
    check_passes("  with: {name: 은지}\n  talk: [{expect: '**안녕** 은지'}]\n");
    check_passes("  with: {name: 은지}\n  talk: [{expect: '안녕 은지'}]\n");
}

TEST(a_test, expects_a_text_whatever_the_normal_form_of_its_letters)
{
    check_passes("  with: {name: 은지}\n  talk: [{expect: '\u110B\u1161\u11AB\u1102\u1167\u11BC 은지'}]\n");
}

TEST(a_test, expects_a_list_of_replies_one_after_the_other)
{
    check_passes("  with: {name: 은지}\n  talk: [{expect: [안녕 은지, {contains: 몸무게}]}]\n");
    check("  with: {name: 은지}\n  talk:\n  - expect:\n    - 안녕 은지\n    - 키?\n",
          "23: something else is said next");
}

TEST(a_text_that_is_expected, must_be_the_very_next_reply)
{
    check("  with: {name: 은지}\n  talk:\n  - expect: 몸무게?\n",
          "21: this is said, but not next; write what comes before it, too, or use `contains`");
    check("  with: {name: 은지}\n  talk:\n  - expect: 안녕\n", "21: something else is said next");
    check("  talk:\n  - expect: {contains: 몸무게}\n  - expect: 더\n", "21: nothing more is said here");
}

TEST(a_text_that_is_expected, may_stand_behind_a_tag_which_nobody_reads)
{
    check_passes("  with: {weight: 60}\n  talk:\n  - choose: low\n  - choose: a\n  - say: 오늘\n  - file: f\n"
                 "  - expect: {contains: f 1}\n  - expect: 골랐어요\n");
}

TEST(an_expectation_with_keys, skips_replies_up_to_the_first_that_has_all_of_them)
{
    const char *before = "  with: {weight: 60}\n  talk:\n  - choose: mid\n  - choose: a\n  - say: 오늘\n  - file: f\n";
    char test[600];
    snprintf(test, sizeof test, "%s  - expect: {recommend: y, contains: 골랐}\n", before);
    check_passes(test);
    snprintf(test, sizeof test, "%s  - expect: {recommend: x}\n", before);
    check(test, "25: `y` is recommended here");
    snprintf(test, sizeof test, "%s  - expect: {recommend: y, contains: 안녕}\n", before);
    check(test, "25: no reply here contains this");
    snprintf(test, sizeof test, "%s  - expect: {hand_over: sales}\n", before);
    check(test, "25: `cs` takes over here");
    snprintf(test, sizeof test, "%s  - expect: {tag: 단골}\n", before);
    check(test, "25: the person does not get this tag here");
    snprintf(test, sizeof test, "%s  - expect: {recommend: y}\n  - expect: {contains: f}\n", before);
    check(test, "26: no reply here contains this");
}

TEST(an_expectation_with_keys, does_not_find_in_a_note_what_the_person_should_read)
{
    check("  with: {weight: 60}\n  talk:\n  - choose: mid\n  - choose: a\n  - say: 오늘\n  - file: f\n"
          "  - expect: {contains: 보통}\n",
          "25: no reply here contains this");
}

TEST(an_expectation_with_keys, says_when_nothing_is_recommended_or_handed_over)
{
    check("  talk:\n  - expect: {recommend: x}\n", "20: nothing is recommended here");
    check("  talk:\n  - expect: {hand_over: cs}\n", "20: nobody takes over here");
}

TEST(the_end, is_expected_by_its_name)
{
    check_passes("  talk: [{expect: {end: waiting}}, {say: 그만}, {expect: {end: stopped}}]\n");
    check("  talk:\n  - expect: {end: done}\n", "20: the conversation goes on: a question waits for its answer");
    check("  talk:\n  - say: 그만\n  - expect: {end: done}\n", "21: the conversation ended otherwise: stopped");
    check("  talk:\n  - say: 그만\n  - expect: {end: waiting}\n", "21: the conversation is over: stopped");
}

TEST(what_nobody_looked_at, is_forgotten_when_the_person_speaks_again)
{
    check("  talk:\n  - say: 60\n  - expect: {contains: 몸무게}\n", "21: no reply here contains this");
}

/* ── speaking ──────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(an_option_that_is_not_there, is_shown_with_those_that_are)
{
    check("  with: {weight: 60}\n  talk:\n  - choose: lo\n",
          "21: the question has no option `lo`; it has low (적게), mid (보통)");
}

TEST(an_option, is_chosen_by_its_value_or_by_its_label)
{
    check_passes("  with: {weight: 60}\n  talk: [{choose: 보통}, {expect: {contains: 무엇}}]\n");
}

TEST(an_option, is_chosen_only_where_a_question_shows_some)
{
    check("  talk:\n  - choose: low\n", "20: no question with options was asked here; answer with `say`");
    check("  with: {weight: 60}\n  talk:\n  - choose: [low, mid]\n", "21: only one of the options may be chosen here");
}

TEST(after_the_end, nobody_listens_any_more)
{
    check("  talk:\n  - say: 그만\n  - say: 60\n", "21: the conversation is over (stopped): nobody listens any more");
    check("  talk:\n  - say: 그만\n  - choose: low\n",
          "21: the conversation is over (stopped): nobody listens any more");
}

/* ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(waiting, brings_the_reminders_that_are_due)
{
    check_passes("  talk: [{wait: 59m}, {say: 60}, {expect: 어느 것?}]\n");
    check_passes("  talk: [{wait: 1h}, {expect: 마저 해 주세요}]\n");
    check("  talk:\n  - wait: 5h\n  - expect: 마저 해 주세요\n  - expect: 마저 해 주세요\n  - expect: 마저 해 주세요\n",
          "23: nothing more is said here");
}

TEST(waiting, lets_the_conversation_expire)
{
    check_passes("  talk: [{wait: 23h59m}, {expect: {end: waiting}}]\n");
    check_passes("  talk: [{wait: 1d}, {expect: {end: expired}}]\n");
}

TEST(waiting, leaves_the_buttons_of_the_question_where_they_are)
{
    check_passes("  with: {weight: 60}\n  talk: [{wait: 2h}, {choose: low}, {expect: {contains: 무엇}}]\n");
}

TEST(time, is_the_same_every_day_without_at)
{
    check_passes("  with: {weight: 60}\n  talk: [{choose: low}, {choose: a}, {say: 오늘}, {file: f}, "
                 "{expect: {contains: 2026년 1월 5일}}]\n");
}

TEST(time, is_that_of_at_in_the_time_zone_of_the_service)
{
    check_passes("  with: {weight: 60}\n  at: 2028-02-29 23:59\n  talk: [{choose: low}, {choose: a}, {say: 내일}, "
                 "{file: f}, {expect: {contains: 2028년 3월 1일}}]\n");
}

/* ── what is known ─────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(with, fills_variables_from_the_profile_and_from_other_flows)
{
    check_passes("  with: {weight: 60, name: 은지}\n  talk: [{expect: 안녕 은지}, {expect: 어느 것?}]\n");
}

TEST(with, is_as_if_unknown_when_a_value_does_not_fit)
{
    check_passes("  with: {weight: 500}\n  talk: [{expect: {contains: 안녕}}, {expect: 몸무게?}]\n");
}

TEST(locale, is_the_language_of_the_person)
{
    check_passes("  locale: en\n  with: {name: Eunji}\n  talk: [{expect: Hello Eunji}]\n");
}

TEST(variants, of_a_test_are_those_that_it_names)
{
    static const char yaml[] = "flow: t\n"
                               "variants: {greeting: {long: 1, short: 0}}\n"
                               "steps: [{say: {variants: greeting, long: 길게, short: 짧게}}]\n"
                               "tests:\n"
                               "- {name: a, variants: {greeting: long}, talk: [{expect: 길게}]}\n"
                               "- {name: b, variants: {greeting: short}, talk: [{expect: 짧게}]}\n"
                               "- {name: c, talk: [{expect: 길게}]}\n";
    const struct trial_world world = {.locale = STR("ko"), .utc_offset_min = 540};
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, TALK_ARENA_BYTES);
    struct error error = {0};
    struct flow *flow = NULL;
    if (survey_load_text(STR("t.yaml"), STR(yaml), &flow, &error) != OK)
        fail_msg("the flow is refused: %s", error.text);
    for (size_t i = 0; i < 3; i++) {
        struct trial_result result = {0};
        assert_int_equal(trial_run(flow, &survey_definition(flow)->trials[i], &world, &arena, &result, &error), OK);
        assert_true(result.passed);
    }
    flow->free(flow);
}

/* ── the diff ──────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(a_failure, shows_what_was_expected_and_what_came_instead)
{
    struct tried tried;
    try_open(&tried, "  talk:\n  - expect: {contains: 안녕}\n  - expect: 키?\n");
    assert_int_equal(tried.result.n_talk, 3);
    assert_int_equal(tried.result.talk[0].mark, TRIAL_SAME);
    assert_int_equal(tried.result.talk[1].mark, TRIAL_MISSING);
    assert_str_equal(tried.result.talk[1].text, STR("키?"));
    assert_int_equal(tried.result.talk[2].mark, TRIAL_INSTEAD);
    assert_str_equal(tried.result.talk[2].reply->text, STR("몸무게?"));
    try_close(&tried);
}

TEST(a_failure, of_a_recommendation_marks_only_the_other_card)
{
    struct tried tried;
    try_open(&tried, "  with: {weight: 60}\n  talk:\n  - choose: mid\n  - choose: a\n  - say: 오늘\n  - file: f\n"
                     "  - expect: {recommend: x}\n");
    size_t instead = 0;
    for (size_t i = 0; i < tried.result.n_talk; i++)
        instead += tried.result.talk[i].mark == TRIAL_INSTEAD;
    assert_int_equal(instead, 1);
    try_close(&tried);
}

/* ── faults ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void check_fault(const char *test, const char *fault)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    assert_refused(arena_format(&arena, "%s%s", flow_yaml, test).p, fault);
}

TEST(a_fault_in_a_test, is_refused_with_its_place)
{
    check_fault("  talk: [{expect: {contain: x}}]\n",
                "flow.yaml:19:20: unknown key `contain` in `expect`; did you mean");
    check_fault("  talk: [{expect: {}}]\n", "19:19: nothing is expected");
    check_fault("  talk: [{expect: []}]\n", "19:19: nothing is expected");
    check_fault("  talk: [{expect: ''}]\n", "19:19: `expect` is no text");
    check_fault("  talk: [{say: a, expect: b}]\n", "19:10: a line of a talk is one of");
    check_fault("  talk: [{say: }]\n", "19:10: a line of a talk is one of");
    check_fault("  talk: [{tell: a}]\n", "19:11: unknown key `tell` in a line of a talk");
    check_fault("  talk: [hi]\n", "19:10: a line of a talk is a map");
    check_fault("  talk: hi\n", "19:9: `talk` is a list");
    check_fault("  talk: []\n", "19:9: nobody says anything here");
    check_fault("  talk: [{wait: soon}]\n", "19:17: `wait` is a duration");
    check_fault("  talk: [{choose: []}]\n", "19:19: nothing is chosen");
    check_fault("  talk: [{expect: {end: over}}]\n", "19:25: `over` is no end; write done, stopped");
    check_fault("  at: 2026-02-30\n  talk: [{say: a}]\n", "19:7: `2026-02-30` is no time");
    check_fault("  at: 2026-02-28 24:00\n  talk: [{say: a}]\n", "19:7: `2026-02-28 24:00` is no time");
    check_fault("  locale: koreanisch\n  talk: [{say: a}]\n", "19:11: `koreanisch` is no language");
    check_fault("", "18:3: a test has a `name` and a `talk`");
    check_fault("  talk: [{say: a}]\n- {name: n, talk: [{say: b}]}\n", "20:10: the test in line 18 has this name, too");
    check_fault("  talk: [{say: a}]\n- 5\n", "20:3: a test is a map");
    assert_refused("flow: t\nsteps: [{say: hi}]\ntests: 5\n", "3:8: `tests` is a list");
    check_fault("  variants: {greeting: long}\n  talk: [{say: a}]\n", "19:14: the flow has no `variants`");
    check_fault("  variants: greeting\n  talk: [{say: a}]\n", "19:13: `variants` is a map");
    assert_refused("flow: t\nvariants: {g: [a, b]}\nsteps: [{say: {variants: g, a: x, b: y}}]\n"
                   "tests: [{name: n, variants: {g: c}, talk: [{say: a}]}]\n",
                   "4:30: the flow has no such variant; it has g: a, g: b");
}

TEST(a_name_in_with, must_be_known_from_the_profile)
{
    check_fault("  with: {kg: 60}\n  talk: [{say: a}]\n",
                "19:10: `kg` is the platform's field; write the variable that "
                "it fills: `weight`");
    check_fault("  with: {day: 60}\n  talk: [{say: a}]\n", "19:10: `day` is not in the flow's `profile`");
    check_fault("  with: {nam: 60}\n  talk: [{say: a}]\n", "19:10: the profile fills no `nam`; did you mean `name`?");
    check_fault("  with: {zzzz: 60}\n  talk: [{say: a}]\n", "19:10: the profile fills no `zzzz`; it fills ");
    check_fault("  with: 5\n  talk: [{say: a}]\n", "19:9: `with` is a map");
    assert_refused("flow: t\nsteps: [{say: hi}]\ntests: [{name: n, with: {a: 1}, talk: [{say: a}]}]\n",
                   "3:26: the flow has no `profile`");
}

/* ── files of tests ────────────────────────────────────────────────────────────────────────────────────────────── */

struct folder {
    char path[32], flow[64], tests[64];
};

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void folder_make(struct folder *folder, const char *tests)
{
    *folder = (struct folder){.path = "/tmp/gilbot-test-XXXXXX"};
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->flow, sizeof folder->flow, "%s/t.yaml", folder->path);
    snprintf(folder->tests, sizeof folder->tests, "%s/t.test.yaml", folder->path);
    write_file(folder->flow, "flow: t\nsteps: [{say: hi}]\n");
    write_file(folder->tests, tests);
}

static void folder_remove(struct folder *folder)
{
    remove(folder->flow);
    remove(folder->tests);
    remove(folder->path);
}

/* The first fault of the file of tests beside a flow; empty: none. */
static void check_file(const char *tests, const char *fault)
{
    CLEANUP(arena_release) struct arena arena;
    struct folder folder;
    struct flows flows = {0};
    struct error error = {0};
    arena_init(&arena, TALK_ARENA_BYTES);
    struct findings findings = {.arena = &arena};
    folder_make(&folder, tests);
    struct str path = str_of(folder.path);
    assert_int_equal(survey_load_all((struct strs){&path, 1}, &flows, &error), OK); /* the tests are no flow */
    assert_int_equal(flows.n, 1);
    assert_int_equal(trials_check((struct strs){&path, 1}, &flows, &findings, &error), OK);
    folder_remove(&folder);
    if (fault[0] == '\0') {
        assert_int_equal(findings.n, 0);
    } else {
        assert_true(findings.n > 0);
        const struct finding *first = &findings.items[0];
        struct str said =
            arena_format(&arena, "%u:%u: %.*s", first->at.line, first->at.column, STR_ARG(first->message));
        assert_str_equal(first->file, str_of(folder.tests));
        if (!str_starts(said, str_of(fault)))
            fail_msg("got:      %s\nexpected: %s", said.p, fault);
    }
    survey_release_all(&flows);
}

TEST(a_file_of_tests, is_no_flow_and_is_checked_with_its_flow)
{
    check_file("flow: t\ntests: [{name: n, talk: [{expect: hi}]}]\n", "");
    check_file("flow: t\ntests: [{name: n, talk: [{expct: hi}]}]\n", "2:27: unknown key `expct`");
    check_file("flow: t\ntests: [{name: n, with: {a: 1}, talk: [{expect: hi}]}]\n", "2:26: the flow has no `profile`");
    check_file("flow: u\ntests: [{name: n, talk: [{expect: hi}]}]\n",
               "1:7: no flow `u` is here to be tried; there is t");
    check_file("tests: [{name: n, talk: [{expect: hi}]}]\n", "1:1: a file of tests begins with the flow");
    check_file("flow: t\n", "1:1: here are no `tests`");
    check_file("flow: t\nsteps: []\ntests: []\n", "2:1: unknown key `steps` in a file of tests");
    check_file("flow: [\n", "2:1: ");
    check_file("", "1:1: a file of tests is a map");
}

TEST(a_file_of_tests, is_known_by_its_name)
{
    assert_true(files_is_test(STR("flows/health.test.yaml")));
    assert_true(files_is_test(STR("health.test.yml")));
    assert_false(files_is_test(STR("test.yaml")));
    assert_false(files_is_test(STR("health.yaml")));
}

TEST_MAIN
