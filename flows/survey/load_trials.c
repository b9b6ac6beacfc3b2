/* Tests as they are written: what each line says and expects. */
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "bot/base/text.h"
#include "bot/model/session.h"
#include "flows/survey/check.h"
#include "flows/survey/files.h"
#include "flows/survey/load.h"
#include "flows/survey/survey.h"
#include "flows/survey/trial.h"

#include "bot/base/banned.h"

enum { MAX_TRIALS = 2000, MAX_LIST_BYTES = 200 };

/* A Monday morning: tests without `at` say the same every day. */
static const struct clock_date begins_on = {2026, 1, 5};
static const int64_t begins_at_ms = INT64_C(9) * 3600 * 1000, ms_a_day = INT64_C(24) * 3600 * 1000,
                     ms_a_minute = INT64_C(60) * 1000;

/* ── when ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool read_digits(struct str text, size_t at, size_t n, int64_t *ret_number)
{
    return text.n >= at + n && text.p[at] != '-' && str_to_i64((struct str){text.p + at, n}, ret_number);
}

/* "2026-03-05", "2026-03-05 14:00" */
static bool read_time(struct str text, int64_t *ret_local_ms)
{
    int64_t year, month, day, hour = begins_at_ms / ms_a_minute / 60, minute = 0;
    bool has_time = text.n == STR("2026-03-05 14:00").n;
    if ((!has_time && text.n != STR("2026-03-05").n) || text.p[4] != '-' || text.p[7] != '-' ||
        !read_digits(text, 0, 4, &year) || !read_digits(text, 5, 2, &month) || !read_digits(text, 8, 2, &day))
        return false;
    if (has_time && ((text.p[10] != ' ' && text.p[10] != 'T') || text.p[13] != ':' ||
                     !read_digits(text, 11, 2, &hour) || !read_digits(text, 14, 2, &minute)))
        return false;
    if (month < 1 || month > 12 || hour > 23 || minute > 59)
        return false;
    int64_t days = clock_days_of_date((struct clock_date){year, (int)month, (int)day});
    if (clock_date_of_days(days).day != day || clock_date_of_days(days).month != month)
        return false;
    *ret_local_ms = days * ms_a_day + (hour * 60 + minute) * ms_a_minute;
    return true;
}

static int64_t load_time(struct loader *loader, const struct yaml_node *node)
{
    int64_t local_ms = clock_days_of_date(begins_on) * ms_a_day + begins_at_ms;
    if (node == NULL)
        return local_ms;
    struct str text = load_str(loader, node);
    if (loader->rc == OK && !read_time(text, &local_ms))
        load_fault(loader, load_place(node), "`%.*s` is no time; write a day or a day and a time, as 2026-03-05 14:00",
                   STR_ARG(text));
    return local_ms;
}

/* ── the talk ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Trimmed, and in the form in which it is compared; empty when absent. */
static struct str load_said(struct loader *loader, const struct yaml_node *node)
{
    struct str text = str_trim(load_str(loader, node)), composed = STR("");
    if (loader->rc == OK && node != NULL && text_nfc(loader->arena, text, &composed) != OK)
        load_no_memory(loader);
    return composed;
}

static bool is_end(struct str name)
{
    static const enum session_state ends[] = {SESSION_WAITING, SESSION_DONE, SESSION_STOPPED, SESSION_HANDED_OVER,
                                              SESSION_EXPIRED};
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (str_eq(name, str_of(session_state_name(ends[i]))))
            return true;
    return false;
}

static struct trial_expect load_expect(struct loader *loader, const struct yaml_node *node)
{
    if (node->kind != YAML_MAP)
        return (struct trial_expect){.text = load_said(loader, node)};
    size_t faults = loader->faults.n;
    LOAD_KEYS(loader, node, "`expect`", "contains", "recommend", "hand_over", "tag", "end");
    const struct yaml_node *end = load_get(loader, node, "end");
    struct trial_expect expect = {
        .contains = load_said(loader, load_get(loader, node, "contains")),
        .recommend = load_said(loader, load_get(loader, node, "recommend")),
        .hand_over = load_said(loader, load_get(loader, node, "hand_over")),
        .tag = load_said(loader, load_get(loader, node, "tag")),
        .end = load_said(loader, end),
    };
    bool nothing = expect.contains.n + expect.recommend.n + expect.hand_over.n + expect.tag.n + expect.end.n == 0;
    if (nothing && loader->rc == OK && loader->faults.n == faults)
        load_fault(loader, load_place(node),
                   "nothing is expected; write a text, or contains, recommend, hand_over, tag or "
                   "end with what is wanted");
    if (end != NULL && loader->rc == OK && !is_end(expect.end))
        load_fault(loader, load_place(end), "`%.*s` is no end; write done, stopped, handed_over, expired, or waiting",
                   STR_ARG(expect.end));
    return expect;
}

static struct trial_line load_line(struct loader *loader, const struct yaml_node *act)
{
    struct trial_line line = {.at = load_key_place(act)};
    if (str_eq(act->key, STR("say"))) {
        line.act = TRIAL_SAY;
        line.text = load_said(loader, act);
    } else if (str_eq(act->key, STR("file"))) {
        line.act = TRIAL_FILE;
        line.text = load_said(loader, act);
    } else if (str_eq(act->key, STR("wait"))) {
        line.act = TRIAL_WAIT;
        line.wait_ms = load_duration(loader, act);
        line.text = act->text;
    } else {
        line.act = TRIAL_CHOOSE;
        line.values = load_strs(loader, act);
        if (loader->rc == OK && line.values.n == 0)
            load_fault(loader, load_place(act), "nothing is chosen; write the value of an option");
    }
    return line;
}

/* The one thing that a line does; NULL after a fault. */
static const struct yaml_node *act_of(struct loader *loader, const struct yaml_node *node)
{
    size_t faults = loader->faults.n;
    LOAD_KEYS(loader, node, "a line of a talk", "expect", "say", "choose", "file", "wait");
    if (loader->rc != OK || loader->faults.n > faults)
        return NULL;
    bool one = node->n == 1 && (node->child->kind != YAML_NULL || !node->child->plain);
    if (!one)
        load_fault(loader, load_place(node),
                   "a line of a talk is one of expect, say, choose, file, wait, with its value; "
                   "write each in a line of its own");
    return one ? node->child : NULL;
}

static size_t count_lines(const struct yaml_node *talk)
{
    size_t n = 0;
    for (const struct yaml_node *node = talk->child; node != NULL; node = node->next) {
        const struct yaml_node *expect = node->kind == YAML_MAP ? yaml_get(node, STR("expect")) : NULL;
        n += expect != NULL && expect->kind == YAML_LIST ? expect->n : 1;
    }
    return n;
}

/* One expectation, or a list of them, one after the other. */
static void load_expects(struct loader *loader, const struct yaml_node *act, struct trial_line *lines, size_t *n)
{
    bool list = act->kind == YAML_LIST;
    if (list && act->n == 0)
        load_fault(loader, load_place(act), "nothing is expected; write the replies, or take it out");
    for (const struct yaml_node *node = list ? act->child : act; node != NULL; node = list ? node->next : NULL) {
        struct place at = list ? load_place(node) : load_key_place(node);
        lines[(*n)++] = (struct trial_line){.act = TRIAL_EXPECT, .expect = load_expect(loader, node), .at = at};
        load_settle(loader);
    }
}

static void load_talk(struct loader *loader, const struct yaml_node *talk, struct trial *trial)
{
    load_list(loader, talk, "`talk` is a list");
    if (loader->rc == OK && talk->n == 0)
        load_fault(loader, load_place(talk), "nobody says anything here; add `- expect: …` and `- say: …`");
    struct trial_line *lines = load_alloc(loader, loader->rc == OK ? count_lines(talk) : 0, sizeof *lines);
    size_t n = 0;
    for (const struct yaml_node *node = lines == NULL ? NULL : talk->child; node != NULL; node = node->next) {
        const struct yaml_node *act = act_of(loader, node);
        if (act != NULL && str_eq(act->key, STR("expect")))
            load_expects(loader, act, lines, &n);
        else if (act != NULL)
            lines[n++] = load_line(loader, act);
        load_settle(loader);
    }
    trial->lines = lines;
    trial->n_lines = n;
}

/* ── tests ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void refuse_same_name(struct loader *loader, const struct yaml_node *name, const struct trials *before)
{
    for (size_t i = 0; i < before->n; i++)
        if (str_eq(before->items[i].name, str_trim(name->text))) {
            load_fault(loader, load_place(name), "the test in line %u has this name, too; give one of them another",
                       before->items[i].at.line);
            return;
        }
}

static struct trial load_trial(struct loader *loader, const struct definition *definition, const struct yaml_node *node,
                               const struct trials *before)
{
    struct trial trial = {.file = loader->file, .at = load_place(node)};
    LOAD_KEYS(loader, node, "a test", "name", "with", "variants", "at", "locale", "talk");
    const struct yaml_node *name = load_get(loader, node, "name"), *talk = load_get(loader, node, "talk");
    const struct yaml_node *locale = load_get(loader, node, "locale");
    if (loader->rc == OK && (name == NULL || talk == NULL))
        load_fault(loader, load_place(node), "a test has a `name` and a `talk`; add what is missing");
    if (loader->rc != OK)
        return trial;
    trial.name = load_said(loader, name);
    refuse_same_name(loader, name, before);
    load_settle(loader);
    load_with(loader, definition, load_get(loader, node, "with"), &trial);
    load_settle(loader);
    load_chosen(loader, definition, load_get(loader, node, "variants"), &trial);
    load_settle(loader);
    trial.local_ms = load_time(loader, load_get(loader, node, "at"));
    load_settle(loader);
    trial.locale = load_str(loader, locale);
    if (loader->rc == OK && locale != NULL && !locale_is_one(trial.locale))
        load_fault(loader, load_place(locale), "`%.*s` is no language; write one as ko, en or en-US",
                   STR_ARG(trial.locale));
    load_settle(loader);
    load_talk(loader, talk, &trial);
    return trial;
}

void load_trials(struct loader *loader, const struct yaml_node *list, const struct definition *definition,
                 struct trials *ret_trials)
{
    struct trials trials = {0};
    if (list == NULL)
        return;
    load_list(loader, list, "`tests` is a list");
    if (loader->rc == OK && list->n > MAX_TRIALS)
        load_fault(loader, load_place(list), "more than %d tests; put some into a file of their own", MAX_TRIALS);
    struct trial *items = load_alloc(loader, loader->rc == OK ? list->n : 0, sizeof *items);
    trials.items = items;
    for (const struct yaml_node *node = items == NULL ? NULL : list->child; node != NULL; node = node->next) {
        struct trial trial = load_trial(loader, definition, node, &trials);
        items[trials.n++] = trial;
        load_settle(loader);
    }
    *ret_trials = trials;
}

/* ── a file of tests ───────────────────────────────────────────────────────────────────────────────────────────── */

static const struct flow *find_flow(struct loader *loader, const struct yaml_node *root, const struct flows *flows)
{
    const struct yaml_node *node = load_get(loader, root, "flow");
    if (node == NULL) {
        load_fault(loader, load_place(root), "a file of tests begins with the flow that it is for; write `flow: ID`");
        return NULL;
    }
    struct str id = load_str(loader, node);
    const struct flow *flow = flows_find(flows, id);
    struct buf list;
    buf_init(&list, loader->arena, MAX_LIST_BYTES);
    for (size_t i = 0; i < flows->n && !buf_failed(&list); i++)
        buf_addf(&list, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(flows->items[i]->name));
    if (flow == NULL || survey_definition(flow) == NULL)
        load_fault(loader, load_place(node), "no flow `%.*s` is here to be tried; there %s %.*s", STR_ARG(id),
                   flows->n == 1 ? "is" : "are", STR_ARG(flows->n == 0 ? STR("none") : buf_str(&list)));
    return flow;
}

static void read_trials(struct loader *loader, const struct flows *flows, const struct flow **ret_flow,
                        struct trials *ret_trials)
{
    struct yaml_node *root = NULL;
    loader->rc = yaml_read(loader->arena, loader->file, loader->text, &root, loader->error);
    LOAD_KEYS(loader, root, "a file of tests", "flow", "tests");
    const struct flow *flow = loader->rc == OK ? find_flow(loader, root, flows) : NULL;
    const struct yaml_node *tests = load_get(loader, root, "tests");
    if (loader->rc == OK && tests == NULL)
        load_fault(loader, load_place(root), "here are no `tests`; add them");
    if (loader->rc != OK)
        return;
    load_trials(loader, tests, survey_definition(flow), ret_trials);
    *ret_flow = flow;
}

enum err trials_read(const char *path, const struct flows *flows, struct findings *findings,
                     const struct flow **ret_flow, struct trials *ret_trials, struct error *error)
{
    struct error unheard = {0};
    struct loader loader = {.arena = findings->arena, .error = error == NULL ? &unheard : error};
    size_t from = findings->n;
    const struct flow *flow = NULL;
    struct trials trials = {0};
    loader.file = arena_copy(loader.arena, str_of(path));
    loader.rc = loader.file.p == NULL ? fail(loader.error, ERR_NO_MEMORY, "%s: no memory", path)
                                      : files_read(loader.arena, path, &loader.text, loader.error);
    if (loader.rc == OK)
        read_trials(&loader, flows, &flow, &trials);
    load_settle(&loader);
    if (loader.rc != OK && loader.rc != ERR_INVALID && loader.rc != ERR_NOT_FOUND)
        return loader.rc;
    if (loader.rc != OK)
        findings_add_failure(findings, (struct str){loader.error->text, loader.error->n});
    for (size_t i = 0; i < loader.faults.n; i++)
        findings_add_failure(findings, loader.faults.items[i]);
    findings_sort(findings, from);
    bool sound = findings->n == from;
    *ret_flow = sound ? flow : NULL;
    *ret_trials = sound ? trials : (struct trials){0};
    return OK;
}

enum err trials_check(struct strs paths, const struct flows *flows, struct findings *findings, struct error *error)
{
    struct strs files = {0};
    enum err rc = files_list_tests(findings->arena, paths, &files, error);
    for (size_t i = 0; i < files.n && rc == OK; i++) {
        const struct flow *flow;
        struct trials trials;
        rc = trials_read(files.items[i].p, flows, findings, &flow, &trials, error);
    }
    return rc;
}
