#include "tests/unit/flows/rules/feel_fixture.h"

#include <stdlib.h>

TEST(feel, arithmetic_has_the_usual_order_and_34_digits)
{
    check("1 + 2 * 3 - 4 / 2", "5");
    check("(1 + 2) * 3", "9");
    check("2 ** 3 ** 2", "64");
    check("-2 ** 2", "4");
    check("10 - 3 - 2", "5");
    check("1 / 3", "0.3333333333333333333333333333333333");
    check("0.1 + 0.2", "0.3");
    check("655.1 + 9.56 * 60 + 1.85 * 165 - 4.68 * 30", "1393.55");
    check("1.5e3 + .5", "1500.5");
}

TEST(feel, what_does_not_fit_is_null_with_a_reason)
{
    check_reason("1 / 0", "division by zero");
    check_reason("1 + \"a\"", "`+` does not go with a number and a string");
    check_reason("\"a\" < 1", "`<`");
    check_reason("1 = \"1\"", "`=`");
    check_reason("null + 1", "null");
    check_reason("-\"a\"", "`-` does not go with a string");
    check_reason("{a: 1}.b", "no member `b`");
    check_reason("abs(\"x\")", "`n` of abs() must be a number, not a string");
    check_reason("abs(1, 2)", "abs() does not take these 2 arguments");
    check_reason("\"f\"(1)", "what is called is a string");
    check_reason("{a: 1, a: 2}", "`a` stands twice");
}

TEST(feel, null_equals_null_and_nothing_else)
{
    check("null = null", "true");
    check("1 = null", "false");
    check("null != 1", "true");
    check("[1, null] = [1, null]", "true");
}

TEST(feel, logic_has_three_values)
{
    check("true and null", "null");
    check("false and null", "false");
    check("null or true", "true");
    check("false or null", "null");
    check("not(null)", "null");
    check("true or 1/0 = 1", "true");
    check("if null then 1 else 2", "2");
}

TEST(feel, strings_are_counted_in_code_points)
{
    check("string length(\"안녕🐎\")", "3");
    check("substring(\"안녕하세요\", 2, 2)", "\"녕하\"");
    check("substring(\"foobar\", -2)", "\"ar\"");
    check("upper case(\"abc안\")", "\"ABC안\"");
    check("\"\\uD83D\\uDC0E\\U01F40E\"", "\"🐎🐎\"");
    check("string join([\"가\", null, \"나\"], \", \")", "\"가, 나\"");
    check("split(\"a;b;;c\", \";\")", "[\"a\", \"b\", \"\", \"c\"]");
    check("contains(\"가나다\", \"나\")", "true");
    check("string(1.50)", "\"1.50\"");
    check("string([1, \"a\", {b: null}])", "\"[1, \\\"a\\\", {b: null}]\"");
    check("number(\"1 000,50\", \" \", \",\")", "1000.50");
    check("number(\"1,000\", \",\", \",\")", "null");
    check("number(\"1.000.000\", \".\", null)", "1000000");
    check("number(\"1,5\", null, \",\")", "1.5");
    check("number(\"1.5\", null, null)", "1.5");
    check("number(\"15\", \"\", \".\")", "null");
}

TEST(feel, regular_expressions_are_those_of_xpath)
{
    check("matches(\"010-1234-5678\", \"^\\d{3}-\\d{4}-\\d{4}$\")", "true");
    check("matches(\"O\", \"[A-Z-[OI]]\")", "false");
    check("matches(\"가\", \"\\p{IsHangulSyllables}\")", "true");
    check("replace(\"abracadabra\", \"a(.)\", \"[$1]\")", "\"[b]r[c][d][b]ra\"");
    check("replace(\"a$b\", \"\\$\", \"\\$\\$\")", "\"a$$b\"");
    check_reason("matches(\"a\", \"(\")", "matches()");
    check_reason("replace(\"abc\", \"x*\", \"-\")", "empty string");
    check_reason("replace(\"abc\", \"b\", \"$\")", "digit");
    check("split(\"John Doe\", \"\\s\")", "[\"John\", \"Doe\"]");
}

/* Bytes that 100 evaluations of `text` take from the run's arena. */
static size_t bytes_of_a_hundred(const char *json, const char *text)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, json);
    struct feel_compiler compiler = fixture_compiler(&f);
    const struct feel_expr *expr = NULL;
    struct value value;
    assert_int_equal(feel_compile(&compiler, &(struct feel_source){.text = str_of(text)}, &expr), OK);
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, FIXTURE_BYTES);
    f.run.arena = &arena;
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(feel_eval(expr, &f.run, &value), OK);
    return arena.used;
}

TEST(feel, a_pattern_that_is_a_literal_is_compiled_with_its_expression)
{
    assert_int_equal(bytes_of_a_hundred("{}", "matches(\"010-1234\", \"^\\d{3}-\\d{4}$\", \"i\")"), 0);
    assert_int_equal(bytes_of_a_hundred("{\"s\": \"ab\"}", "matches(input: s, pattern: \"a(b)\")"), 0);
}

TEST(feel, other_patterns_are_compiled_once_in_an_evaluation)
{
    assert_in_range(bytes_of_a_hundred("{\"p\": \"^[0-9]+$\"}", "matches(\"010-1234\", p)"), 1, 32 * 1024);
    check_with("{\"p\": [\"a\", \"b\", \"(\"]}", "for x in p return matches(\"b\", x)", "[false, true, null]");
    check("count(for i in 1..100 return split(\"a1b\", string(i)))", "100");
    check("replace(\"aaa\", \"a\", \"b\", \"ii\")", "\"bbb\"");
    check_reason("matches(\"a\", \"a\", \"g\")", "flag 'g'");
}

TEST(feel, ranges_know_what_lies_in_them)
{
    check("5 in [1..5]", "true");
    check("5 in [1..5)", "false");
    check("5 in [1..5[", "false");
    check("1 in ]1..5]", "false");
    check("5 in (< 6)", "true");
    check("5 in (1, 2, > 4)", "true");
    check("\"b\" in [\"a\"..\"c\"]", "true");
    check("[1..5].start", "1");
    check("(>= 3).start included", "true");
    check("3 between 1 and 5 and true", "true");
    check("range(\"[1..3)\").end included", "false");
    check("range(\" [18 .. 21) \") = [18..21)", "true");
    check("range(\"[2..)\") = (>= 2)", "true");
    check("range(\"(..2)\") = (< 2)", "true");
    check("range(\"[\\\"a..b\\\"..\\\"c\\\"]\").start", "\"a..b\"");
    check_reason("range(\"[..]\")", "range() cannot read");
    check_reason("range(\"[2..]\")", "range() cannot read");
    check_reason("range(\"[5..1]\")", "range() cannot read");
    check_reason("range(\"[1..\\\"a\\\"]\")", "range() cannot read");
    check_reason("range(\"[a..b]\")", "range() cannot read");
    check_reason("range(\"\")", "range() cannot read");
    check_reason("range(\"[true..false]\")", "range() cannot read");
    check("before(1, [2..3])", "true");
    check("overlaps([1..5], [5..8])", "true");
    check("overlaps([1..5), [5..8])", "false");
    check("meets([1..5], [5..8])", "true");
    check("during(3, [1..5])", "true");
    check("includes([1..5], [2..5])", "true");
    check("coincides([1..5], [1..5))", "false");
}

TEST(feel, lists_are_filtered_and_indexed)
{
    check("[10, 20, 30][2]", "20");
    check("[10, 20, 30][-1]", "30");
    check("[10, 20, 30][4]", "null");
    check("[10, 20, 30][item > 10]", "[20, 30]");
    check("[{a: 1, b: 2}, {a: 3, b: 4}][a > 1].b", "[4]");
    check("[{a: 1}, {a: 2}].a", "[1, 2]");
    check("[{item: 5}, {item: 6}][item > 5]", "[{\"item\": 6}]");
    check("7[1]", "7");
    check("[][1]", "null");
    check("[[1, 2], [3]][1][2]", "2");
}

TEST(feel, a_filter_sees_members_before_names_outside)
{
    const char *names = "{\"products\": [{\"id\": \"a\", \"price\": 1}, {\"id\": \"b\", \"price\": 2}],"
                        " \"product\": {\"id\": \"b\"}, \"id\": \"a\", \"limit\": 2}";
    check_with(names, "products[id = product.id][1].price", "2");
    check_with(names, "products[price >= limit].id", "[\"b\"]");
    check_with(names, "products[list price = 1]", "[]");
}

TEST(feel, loops_run_over_lists_and_ranges)
{
    check("for i in 1..3 return i * i", "[1, 4, 9]");
    check("for i in 3..1 return i", "[3, 2, 1]");
    check("for i in [1..4) return i", "[1, 2, 3]");
    check("for x in [1, 2], y in [x, 10] return x * y", "[1, 10, 4, 20]");
    check("for i in 1..6 return if i <= 2 then 1 else partial[-1] + partial[-2]", "[1, 1, 2, 3, 5, 8]");
    check("some x in [1, 2] satisfies x > 1", "true");
    check("every x in [1, 2] satisfies x > 1", "false");
    check("every x in [] satisfies x > 1", "true");
    check("some x in [1, null] satisfies x > 1", "null");
}

TEST(feel, what_a_loop_runs_over_may_be_a_name_around_it)
{
    check("(function(q) for i in q return i + 1)([1, 2])", "[2, 3]");
    check("{a: [1, 2], r: for i in a return i}.r", "[1, 2]");
    check("{a: [1, 2], r: for i in a, j in a return i * j}.r", "[1, 2, 2, 4]");
    check("{a: 2, r: for i in 1..a return for j in i..a return j}.r", "[[1, 2], [2]]");
    check("{a: [1, 2], r: some i in a satisfies i > 1}.r", "true");
    check("{a: [1, 2], r: every i in a satisfies i > 1}.r", "false");
    check("[[1, 2], [3]][count(for i in item return i) = 1]", "[[3]]");
    check("for i in 1..3 return count(for j in partial return j)", "[0, 1, 2]");
    check("{a: 1, r: for f in [function(x) x + a] return f(1)}.r", "[2]");
}

TEST(feel, contexts_see_their_earlier_entries)
{
    check("{a: 1, b: a + 1, \"c d\": b * 2}", "{\"a\": 1, \"b\": 2, \"c d\": 4}");
    check("{net price: 100, total: net price * 1.1}.total", "110.0");
    check("get value({a: 1}, \"a\")", "1");
    check("context put({a: 1}, [\"b\", \"c\"], 2)", "{\"a\": 1, \"b\": {\"c\": 2}}");
    check("context([{key: \"a\", value: 1}])", "{\"a\": 1}");
    check("context merge([{a: 1, b: 1}, {b: 2}])", "{\"a\": 1, \"b\": 2}");
    check("get entries({a: 1})", "[{\"key\": \"a\", \"value\": 1}]");
}

TEST(feel, functions_are_values_with_what_they_saw)
{
    check("(function(x, y) x + y)(1, 2)", "3");
    check("(function(x, y) x - y)(y: 1, x: 5)", "4");
    check("{k: 10, f: function(x) x * k}.f(2)", "20");
    check("sort([3, 1, 2], function(a, b) a > b)", "[3, 2, 1]");
    check("sort([{n: 2}, {n: 1}], function(a, b) a.n < b.n)", "[{\"n\": 1}, {\"n\": 2}]");
    check("{f: abs}.f(-1)", "1");
    check("substring(string: \"foobar\", start position: 4)", "\"bar\"");
}

TEST(feel, statistics_are_those_of_the_standard)
{
    check("sum([1, 2, 3.5])", "6.5");
    check("sum([])", "null");
    check("mean(1, 2, 3)", "2");
    check("median([8, 2, 5, 3, 4])", "4");
    check("median([1, 2, 3, 4])", "2.5");
    check("stddev([2, 4, 7, 5]) > 2.08 and stddev([2, 4, 7, 5]) < 2.09", "true");
    check("mode([6, 3, 9, 6, 6, 3, 3])", "[3, 6]");
    check("min(\"b\", \"a\")", "\"a\"");
    check("max([1, 5, 2])", "5");
    check("product([2, 3, 4])", "24");
    check("count([1, [2, 3]])", "2");
    check("all([true, null])", "null");
    check("any([null, true])", "true");
}

TEST(feel, lists_are_cut_and_joined)
{
    check("sublist([4, 5, 6], -2)", "[5, 6]");
    check("append([1], [2], 3)", "[1, [2], 3]");
    check("concatenate([1], [2, 3])", "[1, 2, 3]");
    check("insert before([1, 3], 2, 2)", "[1, 2, 3]");
    check("remove([1, 2, 3], 2)", "[1, 3]");
    check("reverse([1, 2, 3])", "[3, 2, 1]");
    check("index of([1, 2, 1], 1)", "[1, 3]");
    check("union([1, 2], [2, 3])", "[1, 2, 3]");
    check("distinct values([1, 2, 1, null, null])", "[1, 2, null]");
    check("duplicate values([1, 2, 3, 2, 1])", "[1, 2]"); /* DMN 1.5 table 76 */
    check("duplicate values([null, 1, null, null])", "[null]");
    check("flatten([[1, [2]], 3])", "[1, 2, 3]");
    check("list contains([1, null], null)", "true");
    check("list replace([1, 2], 2, 9)", "[1, 9]");
}

TEST(feel, rounding_functions_take_a_scale)
{
    check("decimal(1/3, 2)", "0.33");
    check("round half up(2.5, 0)", "3");
    check("round half down(2.5, 0)", "2");
    check("round up(-1.121, 2)", "-1.13");
    check("floor(-1.5)", "-2");
    check("ceiling(1.56, 1)", "1.6");
    check("modulo(-12, 5)", "3");
    check("odd(5) and even(-2)", "true");
}

TEST(feel, instance_of_looks_at_the_value)
{
    check("1 instance of number", "true");
    check("[1, \"a\"] instance of list<number>", "false");
    check("{a: 1} instance of context<a: number>", "true");
    check("[1..2] instance of range<number>", "true");
    check("null instance of Any", "false");
    check("(function(x) x) instance of function<Any> -> Any", "true");
}

TEST(feel, names_may_hold_spaces_operators_and_hangul)
{
    check_with("{\"몸무게\": 60, \"목표 체중\": 55}", "몸무게 - 목표 체중", "5");
    check_with("{\"a-b\": 1, \"a\": 5, \"b\": 3}", "a-b", "1");
    check_with("{\"a-b\": 1, \"a\": 5, \"b\": 3}", "a - b", "2");
    check_with("{\"date and time\": 1, \"time\": 2}", "date and time + time", "3");
    check_with("{\"p\": {\"first name\": \"x\"}}", "p.first name", "\"x\"");
    check_with("{\"for sale\": 1}", "for sale + 1", "2");
    check_with("{\"count\": 3}", "count + count([1])", "4");
    assert_true(feel_is_name(STR("몸무게")));
    assert_true(feel_is_name(STR("net price")));
    assert_false(feel_is_name(STR("for")));
    assert_false(feel_is_name(STR("1a")));
    assert_false(feel_is_name(STR("a ")));
}

TEST(feel, comments_are_space)
{
    check("1 /* one */ + // two\n 2", "3");
}

TEST(feel, a_name_without_a_value_is_null_with_a_reason)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{\"weight\": 1}");
    f.run.scope.lookup = NULL;
    assert_str_equal(fixture_json(&f, "weight"), STR("null"));
    assert_str_equal(f.run.reasons[0], STR("`weight` has no value"));
}

TEST(feel, the_names_an_expression_uses_are_told_with_their_places)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{\"가\": 1, \"b\": [{\"x\": 1}], \"x\": 2}");
    struct feel_compiler compiler = fixture_compiler(&f);
    const struct feel_expr *expr = NULL;
    struct feel_use use;
    assert_int_equal(feel_compile(&compiler, &(struct feel_source){.text = STR("가 + count(b[x = 가])")}, &expr), OK);
    static const struct {
        const char *name;
        uint32_t column;
        bool maybe;
    } expected[] = {{"가", 1, false}, {"b", 11, false}, {"x", 13, true}, {"가", 17, true}};
    for (size_t i = 0; i < 4; i++) {
        assert_true(feel_names_used(expr, i, &use));
        assert_str_equal(use.name, str_of(expected[i].name));
        assert_int_equal(use.column, expected[i].column);
        assert_int_equal(use.maybe, expected[i].maybe);
    }
    assert_false(feel_names_used(expr, 4, &use));
}

/* ── unary tests ───────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(feel_tests, a_cell_compares_the_input)
{
    check_test_with("{}", "-", "null", "true");
    check_test_with("{}", "< 56", "55", "true");
    check_test_with("{}", "< 56", "56", "false");
    check_test_with("{}", "< 56", "null", "null");
    check_test_with("{}", "[56..69)", "56", "true");
    check_test_with("{}", "[56..69)", "69", "false");
    check_test_with("{}", "\"a\",\"b\"", "\"b\"", "true");
    check_test_with("{}", "\"a\",\"b\"", "\"c\"", "false");
    check_test_with("{}", "not(\"a\",\"b\")", "\"b\"", "false");
    check_test_with("{}", "not(\"a\",\"b\")", "\"c\"", "true");
    check_test_with("{}", "not(< 5)", "7", "true");
    check_test_with("{}", "null", "null", "true");
    check_test_with("{}", "true", "true", "true");
    check_test_with("{}", "[1, 2, 3]", "2", "true");
    check_test_with("{}", "!= 3", "2", "true");
    check_test_with("{\"limit\": 10}", "< limit", "7", "true");
    check_test_with("{\"limit\": 10}", "limit", "10", "true");
}

TEST(feel_tests, a_question_mark_is_the_input)
{
    check_test_with("{}", "? > 3 and ? < 5", "4", "true");
    check_test_with("{}", "contains(?, \"b\")", "\"abc\"", "true");
    check_test_with("{}", "starts with(?, \"b\"), \"x\"", "\"x\"", "true");
    check_test_with("{}", "not(contains(?, \"b\"))", "\"abc\"", "false");
    check_error_with("{}", "? + 1",
                     "column 1: `?` stands for the input of a table's cell, and there is none here; write the "
                     "variable's name");
}

/* ── errors ────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(feel_errors, a_near_name_is_proposed)
{
    check_error_with("{\"weight\": 1}", "wieght + 1", "column 1: `wieght` is no variable; did you mean `weight`?");
    check_error_with("{\"몸무게\": 1}", "1 + 목무게", "column 5: `목무게` is no variable; did you mean `몸무게`?");
    check_error_with("{}", "round half upp(1)",
                     "column 1: `round half upp` is no function; did you mean `round half up`?");
}

TEST(feel_errors, a_text_without_quotes_is_recognised)
{
    check_error_with("{\"activity\": \"low\"}", "if activity = low then 1 else 2",
                     "column 15: `low` is no variable; did you mean `\"low\"`?");
}

TEST(feel_errors, a_member_that_cannot_be_is_named)
{
    static const struct feel_member members[] = {{.name = STR_INIT("id")}, {.name = STR_INIT("reason")}};
    static const struct feel_type type = {.kind = FEEL_CONTEXT, .members = members, .n_members = 2, .closed = true};
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{\"product\": null}");
    f.items[0].type = &type;
    struct feel_compiler compiler = fixture_compiler(&f);
    const struct feel_expr *expr = NULL;
    assert_int_equal(feel_compile(&compiler, &(struct feel_source){.text = STR("product.reson")}, &expr), ERR_INVALID);
    assert_string_equal(f.error.text, "column 9: there is no member `reson`; did you mean `reason`?");
}

TEST(feel_errors, say_what_is_missing)
{
    check_error_with("{}", "1 +", "column 4: the expression ends here, but a value must follow");
    check_error_with("{}", "(1", "column 3: the expression ends here, but an operator or `)` must follow");
    check_error_with("{}", "if true 1", "column 9: `1` is not expected here; the `then` of `if` must stand here");
    check_error_with("{}", "\"abc", "column 1: the text is never closed; end it with \"");
    check_error_with("{}", "1 /* x", "column 3: a comment is never closed; end it with */");
    check_error_with("{}", " ", "column 1: there is no expression; write one, or null");
    check_error_with("{}", "1 2", "column 3: `2` is not expected here; an operator, or the end, must stand here");
    check_error_with("{}", "\"가\" +\n  )", "line 2, column 3: `)` is not expected here; a value must stand here");
}

TEST(feel_errors, in_a_file_name_file_line_and_column)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{}");
    struct feel_compiler compiler = fixture_compiler(&f);
    const struct feel_expr *expr = NULL;
    struct feel_source source = {.text = STR("1 + low"), .file = STR("health.yaml"), .line = 23, .column = 9};
    assert_int_equal(feel_compile(&compiler, &source, &expr), ERR_INVALID);
    assert_string_equal(f.error.text, "health.yaml:23:13: `low` is no variable; did you mean `\"low\"`?");
    assert_int_equal(compiler.fault, 4);
}

/* ── limits ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void assert_refused(struct str text)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{}");
    struct feel_compiler compiler = fixture_compiler(&f);
    const struct feel_expr *expr = NULL;
    assert_int_equal(feel_compile(&compiler, &(struct feel_source){.text = text}, &expr), ERR_INVALID);
}

static void assert_refused_repeated(const char *piece, size_t times)
{
    size_t n = strlen(piece);
    char *text = malloc(n * times);
    assert_non_null(text);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * n, piece, n);
    assert_refused((struct str){text, n * times});
    free(text);
}

TEST(feel_limits, deep_nesting_is_an_error_and_no_crash)
{
    static const char *const pieces[] = {"(",
                                         "[",
                                         "{a:",
                                         "-",
                                         "if ",
                                         "for x in ",
                                         "abs(",
                                         "not(",
                                         "1[",
                                         "1+(",
                                         "function(x) ",
                                         "some x in ",
                                         "x instance of list<",
                                         "x instance of context<a:",
                                         "x instance of function<",
                                         "function(x: range<",
                                         "@",
                                         "date(",
                                         "matches(",
                                         "1 in (",
                                         "{\"a\":["};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        assert_refused_repeated(pieces[i], 10000 / strlen(pieces[i]));
    assert_refused_repeated("1+", 10000);
    assert_refused_repeated("a.", 10000);
}

TEST(feel_limits, a_number_of_ten_thousand_digits_is_an_error)
{
    char *digits = malloc(10000);
    assert_non_null(digits);
    memset(digits, '9', 10000);
    assert_refused((struct str){digits, 10000});
    free(digits);
    assert_refused(STR("1e99999"));
}

/* The evaluation ends with a failure, and the last reason says why. */
static void assert_ends(const char *text, const char *why)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{}");
    struct feel_compiler compiler = fixture_compiler(&f);
    const struct feel_expr *expr = NULL;
    struct value value;
    assert_int_equal(feel_compile(&compiler, &(struct feel_source){.text = str_of(text)}, &expr), OK);
    assert_int_not_equal(feel_eval(expr, &f.run, &value), OK);
    if (str_find(f.run.reasons[f.run.n_reasons - 1], str_of(why)) == SIZE_MAX)
        fail_msg("%s ends with \"%.*s\"", text, STR_ARG(f.run.reasons[f.run.n_reasons - 1]));
}

TEST(feel_limits, long_loops_and_deep_calls_end)
{
    assert_ends("for i in 1..2000000000 return i", "a list of more than");
    assert_ends("count(for i in 1..90000, j in 1..90000 return 1)", "a list of more than");
    assert_ends("some i in 1..90000, j in 1..90000 satisfies i = 0", "steps");
    assert_ends("{f: function(g, n) g(g, n + 1)}.f(function(g, n) g(g, n + 1), 1)", "levels deep");
    assert_ends("(for i in 1..50 return if i = 1 then \"0123456789abcdef\" else partial[-1] + partial[-1])[-1]",
                "a string of more than");
}

TEST(feel_limits, values_nested_without_end_are_not_followed)
{
    check("(for i in 1..1000 return [partial]) = (for i in 1..1000 return [partial])", "null");
    assert_ends("flatten(for i in 1..1000 return [partial])", "steps");
}

TEST(feel_limits, a_full_arena_ends_the_evaluation)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{}");
    struct feel_compiler compiler = fixture_compiler(&f);
    const struct feel_expr *expr = NULL;
    CLEANUP(arena_release) struct arena small;
    arena_init(&small, 20000);
    struct feel_run run = {.arena = &small};
    struct value value;
    struct feel_source source = {.text = STR("for i in 1..10000 return i")};
    assert_int_equal(feel_compile(&compiler, &source, &expr), OK);
    assert_int_equal(feel_eval(expr, &run, &value), ERR_NO_MEMORY);
}

TEST_MAIN
