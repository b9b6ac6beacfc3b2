#include "tests/unit/flows/rules/feel_fixture.h"

TEST(feel_functions, are_called_by_position_with_all_their_arguments)
{
    check("(function(a, b) a - b)(5, 2)", "3");
    check("(function() 7)()", "7");
    check_reason("(function(a, b) a)(1)", "takes 2 arguments, not 1");
    check_reason("(function(a) a)(1, 2)", "takes 1 arguments, not 2");
    check("(function(a, b) b)(1, null)", "null");
}

TEST(feel_functions, called_by_name_get_null_for_what_is_not_named)
{
    check("(function(a, b) a - b)(b: 2, a: 5)", "3");
    check("(function(a, b) b = null)(a: 1)", "true");
    check_reason("(function(a) a)(c: 1)", "no parameter `c`");
    check_reason("(function(a, b) a)(a: 1, a: 2)", "`a` is given twice");
    check("(function(first name) first name + \"!\")(first name: \"은지\")", "\"은지!\"");
}

TEST(feel_functions, hold_on_to_the_names_around_them)
{
    check("{k: 10, f: function(x) x * k, g: function(k) f(k + 1), r: g(1)}.r", "20");
    check("((function(x) function(y) x + y)(1))(2)", "3");
    check("(for i in 1..3 return function(x) x * i)[2](5)", "10");
    check("{compose: function(f, g) function(x) g(f(x)), h: compose(abs, function(n) n + 1)}.h(-4)", "5");
    check_with("{\"k\": 3}", "(function(x) x + k)(1)", "4");
}

TEST(feel_functions, convert_arguments_to_the_types_of_their_parameters)
{
    check("(function(a: number) a + 1)([1])", "2");
    check("(function(a: list<number>) count(a))(5)", "1");
    check_reason("(function(a: number) a)(\"1\")", "the argument for `a` is a string");
    check_reason("(function(a: list<number>) a)([\"x\"])", "the argument for `a` is a list");
    check_reason("(function(a: number) a)([1, 2])", "the argument for `a` is a list");
    check("(function(a: number) a = null)(null)", "true");
    check("(function(a: date and time) a)(@\"2026-03-05\")", "\"2026-03-05T00:00:00Z\"");
    check("(function(f: function<number> -> number) f(2))(function(x: number) x * x)", "4");
}

TEST(feel_functions, of_other_languages_give_null_with_a_reason)
{
    check_reason("(function(a) external {java: {class: \"java.lang.Math\", method signature: \"cos(double)\"}})(1)",
                 "functions of other languages are not run here");
    check("{cos: function(a) external {java: {class: \"M\", method signature: \"cos(double)\"}}, x: 1}.x", "1");
    check_with("{\"external\": 3}", "(function(x) external + x)(1)", "4");
}

TEST(feel_functions, win_over_built_in_functions_of_their_name)
{
    check("{abs: function(n) 42, r: abs(-1)}.r", "42");
    check("{abs: 5, r: abs(-1)}.r", "1");
    check("{abs: -7, r: abs(abs)}.r", "7");
    check("(function(max) max(1, 2))(function(a, b) \"mine\")", "\"mine\"");
}

TEST(feel_functions, are_equal_when_they_are_the_same)
{
    check("abs = abs", "true");
    check("abs = sqrt", "false");
    check("{f: function(x) x, r: f = f}.r", "true");
    check("(function(x) x) = (function(x) x)", "false");
    check("abs = null", "false");
}

TEST(feel_functions, instance_of_compares_whole_types)
{
    check("(function(x: number, y: number) x + y) instance of function<number, number> -> number", "true");
    check("(function(x: number) x = 1) instance of function<number> -> boolean", "true");
    check("(function(x: number) \"a\" + \"b\") instance of function<number> -> string", "true");
    check("(function(x: number) x) instance of function<string> -> number", "false");
    check("(function(x: number) x) instance of function<number, number> -> number", "false");
    check("(function(x) 1) instance of function<string> -> number", "true");
    check("(function(x: number) 1) instance of function<Any> -> Any", "false");
    check("sqrt instance of function<number> -> number", "true");
    check("sqrt instance of function<string> -> number", "false");
    check("substring instance of function<string, number> -> string", "true");
    check("abs instance of function<number> -> number", "true");
    check("abs instance of function<days and time duration> -> days and time duration", "true");
    check("abs instance of function<number> -> days and time duration", "false");
    check("1 instance of function<> -> Any", "false");
    check("(function() 1) instance of function<> -> number", "true");
}

TEST(feel_functions, instance_of_without_the_whole_type_has_no_answer)
{
    check_reason("[1] instance of list", "the whole type");
    check_reason("{} instance of context", "the whole type");
    check_reason("[1..2] instance of range", "the whole type");
    check_reason("abs instance of function", "the whole type");
    check_reason("[[1]] instance of list<list>", "the whole type");
    check("(function(a: list) count(a))([1, 2])", "2");
}

TEST(feel_functions, instance_of_knows_contexts_lists_and_ranges)
{
    check("{a: 1, b: \"x\"} instance of context<a: number>", "true");
    check("{a: 1} instance of context<a: number, b: string>", "false");
    check("{a: null} instance of context<a: number>", "true");
    check("[[1], [2]] instance of list<list<number>>", "true");
    check("[] instance of list<string>", "true");
    check("[1, \"a\"] instance of list<Any>", "true");
    check("(< 5) instance of range<number>", "true");
    check("[\"a\"..\"b\"] instance of range<number>", "false");
    check("null instance of Null", "true");
    check("null instance of number", "false");
}

/* ── types of a model ──────────────────────────────────────────────────────────────────────────────────────────── */

TEST(feel_functions, types_of_a_model_have_names)
{
    static const struct feel_type number = {.kind = FEEL_NUMBER};
    static const struct feel_member members[] = {{.name = STR_INIT("amount"), .type = &number}};
    static const struct feel_type loan = {.kind = FEEL_CONTEXT, .members = members, .n_members = 1};
    static const struct feel_name items[] = {{.name = STR_INIT("tLoan"), .type = &loan},
                                             {.name = STR_INIT("loans.t Amount"), .type = &number}};
    static const struct feel_names types = {items, 2};
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"{amount: 1} instance of tLoan", "true"},           {"{amount: \"1\"} instance of tLoan", "false"},
        {"[{amount: 1}] instance of list<tLoan>", "true"},   {"1 instance of loans.t Amount and true", "true"},
        {"(function(l: tLoan) l.amount)({amount: 3})", "3"}, {"(function(l: tLoan) l.amount)(3)", "null"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CLEANUP(fixture_release) struct fixture f;
        fixture_init(&f, "{}");
        f.types = &types;
        assert_str_equal(fixture_json(&f, cases[i].text), str_of(cases[i].expected));
    }
    check_error_with("{}", "1 instance of tLoan",
                     "column 15: `tLoan` is not expected here; a type (number, string, date, list<…>, context<…>, "
                     "range<…>, function<…> -> …, Any) must stand here");
}

/* ── functions of the host ─────────────────────────────────────────────────────────────────────────────────────── */

struct counting {
    size_t n_calls;
    struct value self; /* the function, for calling itself */
};

static enum err multiply(void *self, struct feel_run *run, const struct value *arguments, struct value *ret_value)
{
    struct counting *counting = self;
    counting->n_calls++;
    struct decimal product;
    if (!decimal_mul(arguments[0].number, arguments[1].number, &product))
        return feel_reason(run, "too large"), OK;
    *ret_value = value_number(product);
    return OK;
}

static enum err call_itself(void *self, struct feel_run *run, const struct value *arguments, struct value *ret_value)
{
    struct counting *counting = self;
    counting->n_calls++;
    return feel_call(run, &counting->self, arguments, 2, ret_value);
}

static enum err give_a_string(void *self, struct feel_run *run, const struct value *arguments, struct value *ret_value)
{
    (void)self, (void)run, (void)arguments;
    *ret_value = value_string(STR("text"));
    return OK;
}

static const struct feel_type number_type = {.kind = FEEL_NUMBER};
static const struct feel_member two_numbers[] = {{.name = STR_INIT("first factor"), .type = &number_type},
                                                 {.name = STR_INIT("b"), .type = &number_type}};

static struct feel_host host_of(enum err (*call)(void *, struct feel_run *, const struct value *, struct value *),
                                struct counting *counting)
{
    return (struct feel_host){.name = STR("product"),
                              .parameters = two_numbers,
                              .n_parameters = 2,
                              .result = &number_type,
                              .call = call,
                              .self = counting};
}

/* What `text` gives where `f` is the host's function. */
static struct str with_host(struct fixture *f, const struct feel_host *host, const char *text)
{
    static struct feel_name name = {.name = STR_INIT("f")};
    struct value_entry *entry = arena_alloc(&f->arena, sizeof *entry);
    assert_non_null(entry);
    entry->key = STR("f");
    assert_int_equal(feel_host_value(&f->arena, host, &entry->value), OK);
    ((struct counting *)host->self)->self = entry->value;
    f->input = value_context(entry, 1);
    name.type = feel_type_of(&f->arena, &entry->value);
    f->names = (struct feel_names){&name, 1};
    return fixture_json(f, text);
}

TEST(host_functions, are_called_like_any_other)
{
    struct counting counting = {0};
    struct feel_host host = host_of(multiply, &counting);
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"f(2, 3)", "6"},
        {"f(b: 2, first factor: 5)", "10"},
        {"f([2], 3)", "6"},
        {"(for i in 1..3 return f(i, i))", "[1, 4, 9]"},
        {"{g: f}.g(1, 2)", "2"},
        {"f instance of function<number, number> -> number", "true"},
        {"f instance of function<number> -> number", "false"},
        {"f = f", "true"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CLEANUP(fixture_release) struct fixture f;
        fixture_init(&f, "{}");
        assert_str_equal(with_host(&f, &host, cases[i].text), str_of(cases[i].expected));
    }
}

TEST(host_functions, are_not_reached_by_arguments_of_another_type)
{
    struct counting counting = {0};
    struct feel_host host = host_of(multiply, &counting);
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{}");
    assert_str_equal(with_host(&f, &host, "f(\"2\", 3)"), STR("null"));
    assert_int_equal(counting.n_calls, 0);
    assert_str_equal(f.run.reasons[0],
                     STR("the argument for `first factor` is a string, which is not of the parameter's type"));
}

TEST(host_functions, give_null_when_their_result_is_of_another_type)
{
    struct counting counting = {0};
    struct feel_host host = host_of(give_a_string, &counting);
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{}");
    assert_str_equal(with_host(&f, &host, "f(2, 3)"), STR("null"));
    assert_str_equal(f.run.reasons[0], STR("product gives a string, which is not of its type"));
}

TEST(host_functions, that_call_themselves_without_end_are_stopped)
{
    struct counting counting = {0};
    struct feel_host host = host_of(call_itself, &counting);
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{}");
    assert_str_equal(with_host(&f, &host, "f(2, 3)"), STR("null"));
    assert_int_equal(f.run.rc, ERR_INVALID);
    assert_in_range(counting.n_calls, 10, FEEL_MAX_DEPTH);
}

TEST(host_functions, take_the_entries_of_a_context_as_named_arguments)
{
    struct counting counting = {0};
    struct feel_host host = host_of(multiply, &counting);
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{\"b\": 4, \"first factor\": 5}");
    struct value function, product;
    assert_int_equal(feel_host_value(&f.arena, &host, &function), OK);
    assert_int_equal(feel_call_named(&f.run, &function, &f.input, &product), OK);
    assert_int_equal(decimal_cmp(product.number, decimal_from_i64(20)), 0);
}

TEST(host_functions, evaluate_with_names_of_their_own)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{\"x\": 1}");
    struct feel_compiler compiler = fixture_compiler(&f);
    const struct feel_expr *expr = NULL;
    assert_int_equal(feel_compile(&compiler, &(struct feel_source){.text = STR("x + 1")}, &expr), OK);
    struct value_entry entry = {.key = STR("x"), .value = value_i64(10)};
    struct value other = value_context(&entry, 1), value = value_null();
    struct feel_scope scope = {fixture_lookup, &other};
    assert_int_equal(feel_eval_in(expr, &f.run, &scope, &value), OK);
    assert_int_equal(decimal_cmp(value.number, decimal_from_i64(11)), 0);
    assert_int_equal(feel_eval(expr, &f.run, &value), OK);
    assert_int_equal(decimal_cmp(value.number, decimal_from_i64(2)), 0);
}

TEST_MAIN
