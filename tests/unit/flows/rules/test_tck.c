/* The DMN test kit in ../shared/tck, read and evaluated as any other model.  Prints every case that fails, and how many of
 * each level pass. */
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"
#include "flows/rules/dmn.h"
#include "flows/rules/dmn_folder.h"

#include "tests/support/test.h"

enum { MODEL_BYTES = 256 * 1024 * 1024, CASE_BYTES = 32 * 1024 * 1024 };

/* How many cases there are, and how many of them have to pass. */
static struct level {
    struct str name;
    size_t n_least, percent; /* of cases, of those that pass */
    size_t n, n_passed;
} levels[] = {
    {STR_INIT("level-2"), 86, 100, 0, 0}, {STR_INIT("level-3"), 1220, 98, 0, 0}, /* all but functions in Java */
};

/* The model in use: cases of one come together. */
struct kit {
    struct arena arena;
    struct str path;
    const struct dmn_model *model;
    struct error error;
};

static void open_model(struct kit *kit, struct str path)
{
    if (kit->path.n > 0 && str_eq(kit->path, path))
        return;
    arena_release(&kit->arena);
    arena_init(&kit->arena, MODEL_BYTES);
    kit->path = arena_copy(&kit->arena, path);
    kit->model = NULL;
    kit->error = (struct error){0};
    struct dmn_folder folder = {dmn_folder_of(kit->path)};
    struct dmn_files files = dmn_folder_files(&folder);
    struct dmn_source source;
    if (dmn_folder_open(&kit->arena, kit->path, &source, &kit->error) == OK &&
        dmn_load(&kit->arena, &source, &files, &kit->model, &kit->error) != OK)
        kit->model = NULL;
}

static struct value value_of(struct arena *arena, struct str text)
{
    const struct feel_expr *expr;
    struct feel_compiler compiler = {.arena = arena};
    struct feel_run run = {.arena = arena};
    struct value value = value_null();
    if (feel_compile(&compiler, &(struct feel_source){.text = text}, &expr) == OK)
        (void)!feel_eval(expr, &run, &value);
    return value;
}

static struct value inputs_of(struct arena *arena, const struct json_value *line)
{
    const struct json_value *inputs = json_get(line, STR("inputs"));
    struct value_entry *entries = arena_alloc_array(arena, inputs->n, sizeof *entries);
    size_t n = 0;
    assert_non_null(entries);
    for (const struct json_value *input = inputs->child; input != NULL; input = input->next)
        entries[n++] = (struct value_entry){json_get_str(input, STR("name"), STR("")),
                                            value_of(arena, json_get_str(input, STR("text"), STR("null")))};
    return value_context(entries, n);
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

static void show_miss(struct arena *arena, const struct json_value *line, const struct value *got, struct str why)
{
    struct str text = STR("?");
    (void)!value_to_text(arena, got, &text, NULL);
    print_message("missed: %.*s, %.*s: got %.*s, expected %.*s; %.*s\n",
                  STR_ARG(json_get_str(line, STR("level"), STR(""))), STR_ARG(json_get_str(line, STR("id"), STR(""))),
                  STR_ARG(text), STR_ARG(json_get_str(line, STR("expected"), STR(""))), STR_ARG(why));
}

static bool passes(struct kit *kit, const struct json_value *line)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, CASE_BYTES);
    struct value inputs = inputs_of(&arena, line), got = value_null(), member;
    struct value expected = value_of(&arena, json_get_str(line, STR("expected"), STR("null")));
    struct clock clock = clock_system();
    struct feel_run run = {.arena = &arena, .clock = &clock};
    open_model(kit, json_get_str(line, STR("model"), STR("")));
    const struct dmn_element *asked =
        kit->model == NULL ? NULL : dmn_find(kit->model, json_get_str(line, STR("asked"), STR("")));
    bool done = asked != NULL && dmn_eval(asked, &run, &inputs, &got, NULL) == OK;
    struct str result = json_get_str(line, STR("result"), STR(""));
    if (done && dmn_kind(asked) == DMN_SERVICE && !str_eq(result, dmn_name(asked)) && value_get(&got, result, &member))
        got = member; /* one of several outputs */
    bool fine = done && is_near(&got, &expected);
    if (!fine)
        show_miss(&arena, line, &got,
                  kit->model == NULL  ? (struct str){kit->error.text, kit->error.n}
                  : asked == NULL     ? STR("there is no such decision")
                  : run.n_reasons > 0 ? run.reasons[0]
                                      : STR(""));
    return fine;
}

static struct level *level_of(struct str name)
{
    size_t i = 0;
    while (i < COUNT_OF(levels) && !str_eq(levels[i].name, name))
        i++;
    assert_true(i < COUNT_OF(levels));
    return &levels[i];
}

static void run_case(struct kit *kit, struct str json)
{
    CLEANUP(arena_release) struct arena arena;
    struct json_value *line;
    arena_init(&arena, CASE_BYTES);
    assert_int_equal(json_read(&arena, json, &line, NULL), OK);
    struct level *level = level_of(json_get_str(line, STR("level"), STR("")));
    level->n++;
    level->n_passed += passes(kit, line);
}

TEST(the_dmn_test_kit, passes)
{
    if (!test_has_shared())
        skip();
    FILE *cases = popen("python3 " SOURCE_DIR "/tests/support/tck_cases.py " SHARED_DIR "/tck", "r");
    assert_non_null(cases);
    struct kit kit = {0};
    size_t capacity = 0;
    char *text = NULL;
    for (ssize_t bytes; (bytes = getline(&text, &capacity, cases)) > 0;)
        run_case(&kit, (struct str){text, (size_t)bytes});
    free(text);
    arena_release(&kit.arena);
    assert_int_equal(pclose(cases), 0);
    for (size_t i = 0; i < COUNT_OF(levels); i++)
        print_message("DMN test kit, %.*s: %zu / %zu passed\n", STR_ARG(levels[i].name), levels[i].n_passed,
                      levels[i].n);
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        assert_true(levels[i].n >= levels[i].n_least);
        assert_true(levels[i].n_passed * 100 >= levels[i].n * levels[i].percent);
    }
}

TEST_MAIN
