#include "bot/base/yaml.h"
#include "flows/survey/definition.h"
#include "tests/unit/flows/survey/talk.h"

#define HEAD "flow: t\nsteps:\n"

/* ── what is kept ──────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(load, a_flow_has_its_id_and_a_hash_of_its_content_as_version)
{
    struct flow *one = NULL, *same = NULL, *other = NULL;
    assert_int_equal(survey_load_text(STR("a.yaml"), STR(HEAD "- say: hi\n"), &one, NULL), OK);
    assert_int_equal(survey_load_text(STR("b.yaml"), STR(HEAD "- say: hi\n"), &same, NULL), OK);
    assert_int_equal(survey_load_text(STR("a.yaml"), STR(HEAD "- say: ho\n"), &other, NULL), OK);
    assert_str_equal(one->name, STR("t"));
    assert_int_equal(one->version.n, 64);
    assert_true(str_eq(one->version, same->version));
    assert_false(str_eq(one->version, other->version));
    assert_false(one->waits);
    one->free(one);
    same->free(same);
    other->free(other);
}

TEST(load, a_flow_that_asks_waits_and_one_that_maps_fields_wants_the_profile)
{
    struct talk talk;
    talk_open(&talk, "flow: t\nprofile: {name: who}\nsteps:\n- {ask: 'who?', id: who, as: text}\n");
    assert_true(talk.flow->waits);
    assert_true(talk.flow->wants_profile);
    talk_close(&talk);
}

TEST(load, places_of_steps_and_expressions_are_lines_and_columns_of_the_file)
{
    struct talk talk;
    talk_open(&talk, "flow: t\n"
                     "let:\n"
                     "  a: 1\n"
                     "steps:\n"
                     "  - say: \"값은 {a}\"\n"
                     "    id: first\n");
    const struct definition *def = survey_definition(talk.flow);
    assert_int_equal(def->steps[0].at.line, 5);
    assert_int_equal(def->steps[0].at.column, 5);
    assert_int_equal(def->steps[0].id_at.line, 6);
    const struct text_part *part = &def->steps[0].say.text.variants[0].parts[1];
    assert_non_null(part->expr);
    assert_int_equal(part->at.line, 5);
    assert_int_equal(part->at.column, 15);
    assert_int_equal(def->lets[0].at.line, 3);
    talk_close(&talk);
}

TEST(load, tests_and_reminders_are_kept)
{
    struct talk talk;
    talk_open(&talk, "flow: t\nremind: {after: 1h30m, text: 아직이세요?, times: 2}\nexpire: 2d\nmax_time: 90s\n"
                     "tests:\n- {name: a, talk: [{expect: hi}]}\nsteps:\n- say: hi\n");
    const struct definition *def = survey_definition(talk.flow);
    assert_int_equal(def->remind.after_ms, 90 * 60 * 1000);
    assert_int_equal(def->remind.times, 2);
    assert_int_equal(def->expire_ms, 2 * 24 * 3600 * 1000);
    assert_int_equal(def->max_time_ms, 90 * 1000);
    assert_int_equal(def->n_trials, 1);
    talk_close(&talk);
}

/* ── unknown keys, wrong types ─────────────────────────────────────────────────────────────────────────────────── */

TEST(load, an_unknown_key_is_refused_with_its_place_and_the_key_that_was_meant)
{
    assert_refused("flow: t\nstepps: []\n", "flow.yaml:2:1: unknown key `stepps` in a flow; did you mean `steps`?");
    assert_refused(HEAD "- say: hi\n  puase: 2s\n", "flow.yaml:4:3: unknown key `puase` in a `say` step; did you mean");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: text, zzzz: 1}\n", "unknown key `zzzz` in a question; the keys are");
}

TEST(load, what_is_no_flow_is_refused)
{
    assert_refused("", "a flow is a map");
    assert_refused("- 1\n", "a flow is a map");
    assert_refused("steps: [{say: hi}]\n", "a flow begins with its id");
    assert_refused("flow: Health\nsteps: [{say: hi}]\n", "flow.yaml:1:7: `Health` cannot be a flow's id");
    assert_refused("flow: t\n", "a flow needs `steps`");
    assert_refused("flow: t\nsteps: []\n", "1 to 5000 steps");
    assert_refused("flow: t\nsteps: {say: hi}\n", "flow.yaml:2:8: `steps` is a list");
    assert_refused("flow: t\nsteps: [\n", "flow.yaml:");
}

TEST(load, a_step_has_exactly_one_kind)
{
    assert_refused(HEAD "- {id: x}\n", "flow.yaml:3:3: this is no step");
    assert_refused(HEAD "- {sayy: hi}\n", "`sayy` is no kind of step; did you mean `say`?");
    assert_refused(HEAD "- {say: hi, go: x}\n", "`say` and `go` in one step; make it two steps");
    assert_refused(HEAD "- hello\n", "this is no step");
    assert_refused(HEAD "- say:\n", "flow.yaml:3:3: `say` is empty");
}

TEST(load, wrong_types_are_refused)
{
    assert_refused(HEAD "- say: [a]\n", "this is no text");
    assert_refused(HEAD "- {say: hi, pause: soon}\n", "`pause` is a duration");
    assert_refused(HEAD "- {say: hi, pause: 2}\n", "`pause` is a duration");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: number, min: '3'}\n", "`min` is a number");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: number, integer: yes}\n", "`integer` is true or false");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: number, min: 5, max: 3}\n", "`max` is less than `min`");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: text, min: 1.5}\n", "`min` is a whole number from 0 to 5000");
    assert_refused("flow: t\nlocale: Korean\nsteps: [{say: hi}]\n", "`Korean` is no language");
}

TEST(load, a_question_needs_an_id_and_a_type)
{
    assert_refused(HEAD "- {ask: 'x?', as: text}\n", "flow.yaml:3:3: a question needs an `id`");
    assert_refused(HEAD "- {ask: 'x?', id: x}\n", "a question needs `as`; add one of choice");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: chioce}\n", "`as: chioce` is unknown; did you mean `choice`?");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: choice}\n", "flow.yaml:3:3: a question `as: choice` needs `options`");
    assert_refused(HEAD "- {ask: 'x?', id: if, as: text}\n", "`if` cannot be a name in expressions");
}

TEST(load, keys_that_mean_nothing_to_a_type_are_refused)
{
    assert_refused(HEAD "- {ask: 'x?', id: x, as: text, unit: kg}\n", "`unit` is for numbers, not for `as: text`");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: yes_no, options: [a]}\n", "`options` is for choice and choices");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: scale, min: 1}\n", "a scale needs `min` and `max`");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: choice}\n", "a question `as: choice` needs `options`");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: choice, options: []}\n", "1 to 500 options, not 0");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: choice, options: [a, a]}\n", "another option has the value `a`");
}

TEST(load, dates_are_bounded_by_days_or_by_their_distance_from_today)
{
    assert_loads(HEAD "- {ask: 'x?', id: x, as: date, min: 1900-01-01, max: today}\n");
    assert_loads(HEAD "- {ask: 'x?', id: x, as: date, min: today-2w, max: today+30d}\n");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: date, min: 2026-02-30}\n", "`2026-02-30` is no date; write it as");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: date, min: today+}\n", "`today+` is no date");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: date, min: today+3m}\n", "`today+3m` is no date");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: date, min: today, max: today-1d}\n", "`max` is less than `min`");
}

TEST(load, a_pattern_that_is_no_regular_expression_is_refused)
{
    assert_refused(HEAD "- {ask: 'x?', id: x, as: text, pattern: '(a'}\n", "flow.yaml:3:41: this pattern cannot be");
}

TEST(load, tries_and_otherwise_go_together)
{
    assert_refused(HEAD "- {ask: 'x?', id: x, as: text, tries: 3}\n", "`tries` and `otherwise` go together");
    assert_refused(HEAD "- {ask: 'x?', id: x, as: text, otherwise: y}\n", "`tries` and `otherwise` go together");
}

/* ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(load, a_jump_to_nowhere_is_refused_with_the_step_that_was_meant)
{
    assert_refused(HEAD "- {say: hi, id: hello}\n- {go: helo}\n",
                   "flow.yaml:4:8: no step has the id `helo`; did you mean `hello`?");
    assert_refused(HEAD "- {say: hi, next: zzzzzz}\n", "no step has the id `zzzzzz`");
}

TEST(load, an_answer_of_another_flow_is_named_by_flow_and_id)
{
    assert_loads("flow: t\nprofile: {weight: health.weight}\nsteps: [{say: '{weight}'}]\n");
    assert_refused("flow: t\nprofile: {weight: health.}\nsteps: [{say: hi}]\n",
                   "flow.yaml:2:19: `health.` names no answer of another flow");
    assert_refused("flow: t\nprofile: {weight: t.weight}\nsteps: [{say: hi}]\n", "names no answer of another flow");
}

TEST(load, two_things_with_one_name_are_refused)
{
    assert_refused(HEAD "- {say: a, id: x}\n- {say: b, id: x}\n", "flow.yaml:4:16: another step has the id `x`");
    assert_refused("flow: t\nlet: {x: 1}\nsteps:\n- {ask: 'x?', id: x, as: text}\n", "the name `x` is taken");
    assert_refused("flow: t\nlet: {x: 1}\ncatalog: {x: []}\nsteps: [{say: hi}]\n", "the name `x` is taken");
}

TEST(load, an_unknown_name_in_an_expression_is_refused_where_it_stands)
{
    assert_refused(HEAD "- say: hi\n  when: wieght > 1\n", "flow.yaml:4:9:");
    assert_refused(HEAD "- say: \"안녕 {who}\"\n", "flow.yaml:3:13:");
    assert_refused("flow: t\nlet:\n  a: |\n    1 +\n    bb\nsteps: [{say: hi}]\n", "flow.yaml:5:5:");
}

TEST(load, an_options_value_without_quotes_is_explained)
{
    assert_refused(HEAD "- {ask: 'x?', id: x, as: choice, options: [low, high]}\n- say: hi\n  when: x = low\n",
                   "flow.yaml:5:13: `low` is no variable; did you mean the text '\"low\"'?");
}

TEST(load, lets_and_tables_that_need_each_other_in_a_circle_are_refused)
{
    assert_refused("flow: t\nlet: {a: b + 1, b: a + 1}\nsteps: [{say: hi}]\n", "`a` needs itself (a → b → a)");
    assert_refused("flow: t\nlet: {a: p}\ntables:\n  p: {inputs: [a], outputs: [x], rules: [['-', '1']]}\n"
                   "steps: [{say: hi}]\n",
                   "needs itself");
}

TEST(load, lets_may_come_before_what_they_need)
{
    assert_loads("flow: t\nlet: {a: b + 1, b: 2}\nsteps: [{say: '{a}'}]\n");
}

TEST(load, a_member_that_no_record_has_is_refused)
{
    assert_refused("flow: t\ncatalog: {shop: [{id: a, price: 1}]}\nsteps: [{say: '{shop[1].prize}'}]\n", "prize");
}

/* ── texts ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(load, a_brace_that_is_not_closed_is_refused_where_it_stands)
{
    assert_refused(HEAD "- say: \"a {b\"\n", "flow.yaml:3:11: this brace is never closed");
}

TEST(load, a_text_may_be_a_map_of_languages_and_of_nothing_else)
{
    assert_loads(HEAD "- say: {ko: 안녕, en-US: hi, ja: やあ}\n");
    assert_refused(HEAD "- say: {korean: hi}\n", "flow.yaml:3:9: `korean` is no language");
}

TEST(load, a_brace_within_a_string_does_not_close_the_expression)
{
    assert_loads(HEAD "- say: '{\"}\"} and { {a: 1}.a }'\n");
}

/* ── tables and catalogs ───────────────────────────────────────────────────────────────────────────────────────── */

TEST(load, a_table_says_which_of_its_cells_is_wrong)
{
    const char *table = "flow: t\n"
                        "tables:\n"
                        "  p:\n"
                        "    inputs: ['1']\n"
                        "    outputs: [id]\n"
                        "    rules:\n"
                        "      - ['< <', '1']\n"
                        "steps: [{say: hi}]\n";
    assert_refused(table, "flow.yaml:7:");
    assert_refused("flow: t\ntables: {p: {inputs: ['1'], outputs: [id], rules: [['-']]}}\nsteps: [{say: hi}]\n",
                   "flow.yaml:2:");
    assert_refused("flow: t\ntables: {p: {hit: X, inputs: ['1'], outputs: [a], rules: [['-', '1']]}}\n"
                   "steps: [{say: hi}]\n",
                   "`X` is no hit policy");
    assert_refused("flow: t\ntables: {p: {inputs: ['1'], outputs: [a]}}\nsteps: [{say: hi}]\n",
                   "a table needs a list of `rules`");
}

/* ── folders ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void remove_file(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    remove(path);
}

TEST(survey, a_folder_means_every_yaml_file_with_a_flow_in_it)
{
    char folder[] = "/tmp/gilbot-flows-XXXXXX";
    assert_non_null(mkdtemp(folder));
    write_file(folder, "b.yaml", "flow: b\nsteps: [{say: hi}]\n");
    write_file(folder, "a.yml", "flow: a\nsteps: [{say: hi}]\n");
    write_file(folder, "products.yaml", "- {id: x}\n");
    write_file(folder, ".hidden.yaml", "flow: hidden\nsteps: [{say: hi}]\n");
    write_file(folder, "notes.txt", "flow: notes\n");
    struct flows flows = {0};
    struct str path = str_of(folder);
    struct error error = {0};
    if (survey_load_all((struct strs){&path, 1}, &flows, &error) != OK)
        fail_msg("%s", error.text);
    assert_int_equal(flows.n, 2);
    assert_str_equal(flows.items[0]->name, STR("a"));
    assert_str_equal(flows.items[1]->name, STR("b"));
    survey_release_all(&flows);

    write_file(folder, "c.yaml", "flow: b\nsteps: [{say: hi}]\n");
    assert_int_equal(survey_load_all((struct strs){&path, 1}, &flows, &error), ERR_INVALID);
    assert_non_null(strstr(error.text, "c.yaml:1:1: the flow `b` is in "));
    remove_file(folder, "a.yml");
    remove_file(folder, "b.yaml");
    remove_file(folder, "c.yaml");
    remove_file(folder, "products.yaml");
    remove_file(folder, ".hidden.yaml");
    remove_file(folder, "notes.txt");
    remove(folder);
}

TEST(survey, a_path_that_is_not_there_is_not_found)
{
    struct flows flows = {0};
    struct str path = STR("/nowhere/flows");
    assert_int_equal(survey_load_all((struct strs){&path, 1}, &flows, NULL), ERR_NOT_FOUND);
}

TEST_MAIN
