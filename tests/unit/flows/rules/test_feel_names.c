/* A name means the same wherever it comes from: a parameter, an entry of a context, a loop's variable, the scope outside. */
#include "bot/base/arena.h"

#include "tests/unit/flows/rules/feel_fixture.h"

/* With l = [1, 2, 3], n = 2, c = {x: 5}. */
static const struct {
    const char *expr, *value;
} rows[] = {
    {"for i in l return i + n", "[3, 4, 5]"},
    {"for i in l, j in l[item > i] return i * n + j", "[4, 5, 7]"},
    {"for i in 1..n return i + n", "[3, 4]"},
    {"for i in [n..3] return i", "[2, 3]"},
    {"some i in l satisfies i = n", "true"},
    {"every i in l, j in 1..i satisfies j <= i and n = 2", "true"},
    {"l[item > n]", "[3]"},
    {"l[item > c.x]", "[]"},
    {"l[n]", "2"},
    {"l[n + 1]", "3"},
    {"[{a: n}][a = n]", "[{\"a\": 2}]"},
    {"[{a: 1}, {a: 2}][a = n].a", "[2]"},
    {"{y: n, z: y + n}.z", "4"},
    {"{f: function(k) k + n, g: f(n)}.g", "4"},
    {"(function(k) k + n)(n)", "4"},
    {"(function(k) function(m) k + m + n)(1)(n)", "5"},
    {"{f: function(k) for i in l return i + k + n, g: f(n)}.g", "[5, 6, 7]"},
    {"if n = 2 then l[1] else l[2]", "1"},
    {"n between l[1] and l[3]", "true"},
    {"n in l", "true"},
    {"n in [l[1]..l[3]]", "true"},
    {"n in (> l[1])", "true"},
    {"n in (l, 5)", "true"},
    {"count(l) + n", "5"},
    {"sort(l, function(a, b) a > b + n - n)", "[3, 2, 1]"},
    {"sum(for i in l return if i > n then i else n)", "7"},
    {"for i in l return {v: i, w: n}.v + n", "[3, 4, 5]"},
    {"for i in l return for j in l return i + j + n", "[[4, 5, 6], [5, 6, 7], [6, 7, 8]]"},
    {"for i in l return [i, n][item = n]", "[[2], [2, 2], [2]]"},
    {"l[some i in l satisfies i > n and item = i]", "[3]"},
    {"l[item = (for i in l return i)[n]]", "[2]"},
    {"{a: l, b: a[item > n], c: for i in b return i + n}.c", "[5]"},
    {"list replace(l, function(item, newItem) item = n, 9)", "[1, 9, 3]"},
    {"substring(string: \"abc\", start position: n)", "\"bc\""},
    {"c.x + n", "7"},
    {"[n..c.x] = [2..5]", "true"},
    {"string join(for i in l return string(i + n), \",\")", "\"3,4,5\""},
    {"{p: for i in l return if count(partial) = 0 then n else partial[-1] + i}.p", "[2, 4, 7]"},
    {"for i in l return (for j in partial return n)", "[[], [2], [2, 2]]"},
    {"every i in l satisfies some j in l satisfies j = i", "true"},
    {"for i in (for k in l return k + n) return i", "[3, 4, 5]"},
    {"[l, l][item[n] = n][1]", "[1, 2, 3]"},
    {"{k: function(x: number, y: number) x * n + y}.k(y: 1, x: 3)", "7"},
    {"n instance of number and l instance of list<number>", "true"},
    {"-n + n ** n", "2"},
};

/* `before` and `after` make the names of a row known. */
static void check_rows(const char *before, const char *after)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(arena_release) struct arena arena;
        arena_init(&arena, 64 * 1024);
        struct str text = arena_format(&arena, "%s%s%s", before, rows[i].expr, after);
        check_with("{\"l\": [1, 2, 3], \"n\": 2, \"c\": {\"x\": 5}}", text.p, rows[i].value);
    }
}

TEST(feel_names, may_be_those_of_the_host)
{
    check_rows("", "");
}

TEST(feel_names, may_be_parameters)
{
    check_rows("(function(l, n, c) ", ")([1, 2, 3], 2, {x: 5})");
}

TEST(feel_names, may_be_entries_of_a_context)
{
    check_rows("{u: 0, l: [1, 2, 3], v: 9, n: 2, c: {x: 5}, zz: ", "}.zz");
}

TEST(feel_names, may_be_variables_of_a_loop)
{
    check_rows("(for l in [[1, 2, 3]], n in [2], c in [{x: 5}] return ", ")[1]");
}

TEST_MAIN
