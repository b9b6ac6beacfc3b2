/* tests/unit/flows/rules/feel_fixture.h — evaluates FEEL text for tests: values in and out as FEEL or JSON text. */
#ifndef GILBOT_TESTS_FEEL_FIXTURE_H
#define GILBOT_TESTS_FEEL_FIXTURE_H

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "flows/rules/feel.h"

#include "tests/support/test.h"

enum { FIXTURE_BYTES = 64 * 1024 * 1024, FIXTURE_NAMES = 16 };

struct fixture {
    struct arena arena;
    struct value input; /* a context: the names */
    struct feel_name items[FIXTURE_NAMES];
    struct feel_names names;
    const struct feel_names *types; /* of a model, or NULL */
    struct feel_run run;
    struct error error;
    size_t fault;
};

static inline bool fixture_lookup(void *self, size_t slot, struct value *ret_value)
{
    struct value *input = self;
    *ret_value = input->context.entries[slot].value;
    return true;
}

static inline void fixture_init(struct fixture *f, const char *json)
{
    *f = (struct fixture){0};
    arena_init(&f->arena, FIXTURE_BYTES);
    assert_int_equal(value_from_json(&f->arena, str_of(json), &f->input, NULL), OK);
    f->names = (struct feel_names){f->items, f->input.context.n};
    for (size_t i = 0; i < f->input.context.n; i++)
        f->items[i] = (struct feel_name){.name = f->input.context.entries[i].key,
                                         .type = feel_type_of(&f->arena, &f->input.context.entries[i].value)};
    f->run = (struct feel_run){.arena = &f->arena, .scope = {fixture_lookup, &f->input}};
}

static inline void fixture_release(struct fixture *f)
{
    arena_release(&f->arena);
}

static inline struct feel_compiler fixture_compiler(struct fixture *f)
{
    return (struct feel_compiler){.arena = &f->arena, .names = &f->names, .types = f->types, .error = &f->error};
}

/* The value as JSON; a syntax error fails the test. */
static inline struct str fixture_json(struct fixture *f, const char *text)
{
    struct feel_compiler compiler = fixture_compiler(f);
    const struct feel_expr *expr = NULL;
    struct value value = value_null();
    struct buf out;
    if (feel_compile(&compiler, &(struct feel_source){.text = str_of(text)}, &expr) != OK)
        fail_msg("%s: %s", text, f->error.text);
    (void)!feel_eval(expr, &f->run, &value);
    buf_init(&out, &f->arena, 1024 * 1024);
    assert_int_equal(value_to_json(&out, &value, NULL), OK);
    return buf_str(&out);
}

/* One evaluation with `json` as names. */
static inline void check_with(const char *json, const char *text, const char *expected)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, json);
    struct str got = fixture_json(&f, text);
    if (!str_eq(got, str_of(expected)))
        fail_msg("%s gives %.*s, not %s", text, STR_ARG(got), expected);
}

static inline void check(const char *text, const char *expected)
{
    check_with("{}", text, expected);
}

/* Null with a reason that contains `why`. */
static inline void check_reason(const char *text, const char *why)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{}");
    assert_str_equal(fixture_json(&f, text), STR("null"));
    if (f.run.n_reasons == 0 || str_find(f.run.reasons[0], str_of(why)) == SIZE_MAX)
        fail_msg("%s gives the reason \"%.*s\", not one with \"%s\"", text, STR_ARG(f.run.reasons[0]), why);
}

/* A syntax error whose whole sentence is `expected`. */
static inline void check_error_with(const char *json, const char *text, const char *expected)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, json);
    struct feel_compiler compiler = fixture_compiler(&f);
    const struct feel_expr *expr = NULL;
    assert_int_equal(feel_compile(&compiler, &(struct feel_source){.text = str_of(text)}, &expr), ERR_INVALID);
    assert_string_equal(f.error.text, expected);
}

/* "true", "false" or "null": whether `input` (JSON) passes the test; names from `json`. */
static inline void check_test_with(const char *json, const char *test, const char *input, const char *expected)
{
    static const char *const truths[] = {[TRUTH_FALSE] = "false", [TRUTH_TRUE] = "true", [TRUTH_NULL] = "null"};
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, json);
    struct feel_compiler compiler = fixture_compiler(&f);
    const struct feel_expr *expr = NULL;
    struct value value;
    enum truth truth = TRUTH_NULL;
    assert_int_equal(value_from_json(&f.arena, str_of(input), &value, NULL), OK);
    if (feel_compile_unary(&compiler, &(struct feel_source){.text = str_of(test)}, NULL, &expr) != OK)
        fail_msg("%s: %s", test, f.error.text);
    assert_int_equal(feel_eval_unary(expr, &f.run, &value, &truth), OK);
    if (strcmp(truths[truth], expected) != 0)
        fail_msg("%s tested with %s is %s, not %s", input, test, truths[truth], expected);
}

#endif
