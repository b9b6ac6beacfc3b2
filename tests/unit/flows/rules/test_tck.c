/* The DMN test kit in ../shared/tck, as far as flows/rules goes.  TCK_SHOW=1 prints every case that fails. */
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/json.h"
#include "flows/rules/feel.h"
#include "flows/rules/table.h"

#include "tests/support/test.h"

enum { MAX_STEPS = 64, ARENA_BYTES = 32 * 1024 * 1024 };

enum { CASES_WITHOUT_DATES = 770 };

struct scope {
    struct feel_name names[MAX_STEPS];
    struct value values[MAX_STEPS];
    size_t n;
};

static bool look_up(void *self, size_t slot, struct value *ret_value)
{
    struct scope *scope = self;
    *ret_value = scope->values[slot];
    return true;
}

struct kit_run {
    struct arena *arena;
    struct scope scope;
    struct error error; /* of the last step that did not compile */
    struct feel_run run;
};

static struct feel_source source_of(const struct json_value *object, struct str key)
{
    return (struct feel_source){.text = json_get_str(object, key, STR(""))};
}

static struct value expression_step(struct kit_run *k, struct feel_compiler *compiler, struct str text)
{
    const struct feel_expr *expr;
    struct value value = value_null();
    if (feel_compile(compiler, &(struct feel_source){.text = text}, &expr) == OK)
        (void)!feel_eval(expr, &k->run, &value);
    return value;
}

static void *array(struct kit_run *k, const struct json_value *list, size_t size)
{
    void *items = arena_alloc_array(k->arena, list->n, size);
    assert_non_null(items);
    return items;
}

static struct table_source table_of(struct kit_run *k, const struct json_value *step)
{
    const struct json_value *inputs = json_get(step, STR("inputs")), *outputs = json_get(step, STR("outputs"));
    const struct json_value *rules = json_get(step, STR("rules"));
    struct table_input_source *in = array(k, inputs, sizeof *in);
    struct table_output_source *out = array(k, outputs, sizeof *out);
    struct table_rule_source *rule = array(k, rules, sizeof *rule);
    struct table_source table = {.name = json_get_str(step, STR("name"), STR("")),
                                 .inputs = in,
                                 .n_inputs = inputs->n,
                                 .outputs = out,
                                 .n_outputs = outputs->n,
                                 .rules = rule,
                                 .n_rules = rules->n};
    assert_true(table_hit_from_str(json_get_str(step, STR("hit"), STR("")), &table.hit));
    for (const struct json_value *i = inputs->child; i != NULL; i = i->next)
        *in++ = (struct table_input_source){.expr = source_of(i, STR("text")), .values = source_of(i, STR("values"))};
    for (const struct json_value *o = outputs->child; o != NULL; o = o->next)
        *out++ = (struct table_output_source){.name = json_get_str(o, STR("name"), STR("")),
                                              .values = source_of(o, STR("values")),
                                              .otherwise = source_of(o, STR("default"))};
    for (const struct json_value *r = rules->child; r != NULL; r = r->next, rule++) {
        struct feel_source *cells = array(k, r, sizeof *cells);
        *rule = (struct table_rule_source){.cells = cells, .n_cells = r->n};
        for (const struct json_value *c = r->child; c != NULL; c = c->next)
            (cells++)->text = c->text;
    }
    return table;
}

static struct value table_step(struct kit_run *k, struct feel_compiler *compiler, const struct json_value *step)
{
    struct table_source source = table_of(k, step);
    const struct table *table;
    struct value value = value_null();
    if (table_compile(compiler, &source, &table) == OK)
        (void)!table_eval(table, &k->run, &value, NULL);
    return value;
}

static void run_step(struct kit_run *k, const struct json_value *step)
{
    assert_true(k->scope.n < MAX_STEPS);
    const struct feel_names names = {k->scope.names, k->scope.n};
    struct feel_compiler compiler = {.arena = k->arena, .names = &names, .error = &k->error};
    struct value value = json_get(step, STR("rules")) != NULL
                             ? table_step(k, &compiler, step)
                             : expression_step(k, &compiler, json_get_str(step, STR("text"), STR("")));
    k->scope.names[k->scope.n] =
        (struct feel_name){.name = json_get_str(step, STR("name"), STR("")), .type = feel_type_of(k->arena, &value)};
    k->scope.values[k->scope.n++] = value;
}

/* Results of exp() and the like are given with fewer digits. */
static bool is_near(const struct value *got, const struct value *expected)
{
    if (got->kind == VALUE_LIST && expected->kind == VALUE_LIST && got->list.n == expected->list.n) {
        for (size_t i = 0; i < got->list.n; i++)
            if (!is_near(&got->list.items[i], &expected->list.items[i]))
                return false;
        return true;
    }
    if (got->kind == VALUE_CONTEXT && expected->kind == VALUE_CONTEXT && got->context.n == expected->context.n) {
        struct value other;
        for (size_t i = 0; i < got->context.n; i++)
            if (!value_get(expected, got->context.entries[i].key, &other) ||
                !is_near(&got->context.entries[i].value, &other))
                return false;
        return true;
    }
    if (got->kind != VALUE_NUMBER || expected->kind != VALUE_NUMBER)
        return value_equal(got, expected) == TRUTH_TRUE;
    double a = decimal_to_double(got->number), b = decimal_to_double(expected->number), off = a > b ? a - b : b - a;
    return off <= 1e-8 * (b < 0 ? -b : b);
}

static bool case_passes(const struct json_value *line, bool show)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct kit_run *k = arena_alloc(&arena, sizeof *k);
    k->arena = &arena;
    k->run = (struct feel_run){.arena = &arena, .scope = {look_up, &k->scope}};
    for (const struct json_value *step = json_get(line, STR("steps"))->child; step != NULL; step = step->next)
        run_step(k, step);
    struct feel_compiler compiler = {.arena = &arena};
    struct value expected = expression_step(k, &compiler, json_get_str(line, STR("expected"), STR("null")));
    struct value got = k->scope.values[k->scope.n - 1];
    bool passes = k->run.rc == OK && is_near(&got, &expected);
    if (passes || !show)
        return passes;
    struct str text = STR("?"), wanted = json_get_str(line, STR("expected"), STR("null"));
    (void)!value_to_text(&arena, &got, &text, NULL);
    print_message("%.*s\n    got %.*s, expected %.*s; %s; %.*s\n", STR_ARG(json_get_str(line, STR("id"), STR(""))),
                  STR_ARG(text), STR_ARG(wanted), k->error.text, STR_ARG(k->run.reasons[0]));
    return false;
}

/* Whether the case needs dates, times or durations. */
static bool is_temporal(struct str line)
{
    static const struct str words[] = {STR_INIT("date("),    STR_INIT("time("),    STR_INIT("duration("),
                                       STR_INIT("@\\\""),    STR_INIT("today()"),  STR_INIT("now()"),
                                       STR_INIT("of year("), STR_INIT("of week("), STR_INIT("date and time")};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_find(line, words[i]) != SIZE_MAX)
            return true;
    return false;
}

TEST(the_dmn_test_kit, passes_as_far_as_it_goes_without_dates)
{
    if (!test_has_shared())
        skip();
    FILE *cases = popen("python3 " SOURCE_DIR "/tests/support/tck_cases.py " SHARED_DIR "/tck", "r");
    assert_non_null(cases);
    bool show = getenv("TCK_SHOW") != NULL;
    size_t n = 0, n_passed = 0, n_temporal = 0, n_temporal_passed = 0, n_skipped = 0, capacity = 0;
    char *text = NULL;
    for (ssize_t bytes; (bytes = getline(&text, &capacity, cases)) > 0;) {
        CLEANUP(arena_release) struct arena arena;
        arena_init(&arena, ARENA_BYTES);
        struct json_value *line;
        struct str json = {text, (size_t)bytes};
        assert_int_equal(json_read(&arena, json, &line, NULL), OK);
        if (json_get(line, STR("skip")) != NULL) {
            n_skipped++;
            continue;
        }
        bool temporal = is_temporal(json), passes = case_passes(line, show && !temporal);
        n += !temporal;
        n_passed += !temporal && passes;
        n_temporal += temporal;
        n_temporal_passed += temporal && passes;
    }
    free(text);
    assert_int_equal(pclose(cases), 0);
    print_message("%zu of %zu cases pass; with dates and times %zu of %zu; %zu have no converted form\n", n_passed, n,
                  n_temporal_passed, n_temporal, n_skipped);
    assert_true(n >= CASES_WITHOUT_DATES);
    assert_int_equal(n_passed, n);
}

TEST_MAIN
