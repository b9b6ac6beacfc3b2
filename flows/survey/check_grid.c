#include "flows/survey/check_grid.h"

#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"

#include "bot/base/banned.h"

enum { MOST_TEXT_BYTES = 400 };

/* ── what the cells name ───────────────────────────────────────────────────────────────────────────────────────── */

struct gathered {
    struct arena *arena;
    struct decimal *numbers;
    size_t n_numbers;
    struct str *strings;
    size_t n_strings;
    size_t capacity_numbers, capacity_strings;
    bool failed;
};

static void *grow(struct gathered *g, void *items, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity)
        return items;
    size_t more = *capacity == 0 ? 16 : *capacity * 2;
    void *grown = arena_alloc_array(g->arena, more, size);
    if (grown == NULL) {
        g->failed = true;
        return NULL;
    }
    if (n > 0)
        memcpy(grown, items, n * size);
    *capacity = more;
    return grown;
}

static void gather_number(struct gathered *g, struct decimal number)
{
    g->numbers = grow(g, g->numbers, g->n_numbers, &g->capacity_numbers, sizeof *g->numbers);
    if (!g->failed)
        g->numbers[g->n_numbers++] = number;
}

static void gather_string(struct gathered *g, struct str string)
{
    if (strs_contain((struct strs){g->strings, g->n_strings}, string))
        return;
    g->strings = grow(g, g->strings, g->n_strings, &g->capacity_strings, sizeof *g->strings);
    if (!g->failed)
        g->strings[g->n_strings++] = string;
}

static void gather_value(struct gathered *g, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NUMBER:
        gather_number(g, value->number);
        break;
    case VALUE_STRING:
        gather_string(g, value->string);
        break;
    case VALUE_LIST:
        for (size_t i = 0; i < value->list.n; i++)
            gather_value(g, &value->list.items[i]);
        break;
    case VALUE_RANGE:
        gather_value(g, &value->range->start);
        gather_value(g, &value->range->end);
        break;
    case VALUE_NULL:
    case VALUE_BOOLEAN:
    case VALUE_CONTEXT:
    case VALUE_FUNCTION:
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_DATE_TIME:
    case VALUE_DAYS_DURATION:
    case VALUE_MONTHS_DURATION:
    case VALUE_KINDS:
        break;
    }
}

/* The literals of a test.  True: it is made of nothing else, so they are all its borders. */
static bool gather(struct gathered *g, const struct feel_node *node)
{
    bool simple = true;
    if (node == NULL)
        return true;
    switch ((enum feel_op)node->op) {
    case FEEL_TEST_ANYTHING:
        return true;
    case FEEL_LITERAL:
        gather_value(g, &node->literal);
        return true;
    case FEEL_NEGATE:
        if (node->a->op != FEEL_LITERAL || node->a->literal.kind != VALUE_NUMBER)
            return false;
        gather_number(g, decimal_negate(node->a->literal.number));
        return true;
    case FEEL_TEST_COMPARE:
    case FEEL_TEST_VALUE:
    case FEEL_TEST_NOT:
        return gather(g, node->a);
    case FEEL_INTERVAL:
        simple = gather(g, node->a);
        return gather(g, node->b) && simple;
    case FEEL_TEST_ANY_OF:
    case FEEL_LIST_OF:
        for (size_t i = 0; i < node->many.n; i++)
            simple = gather(g, node->many.items[i]) && simple;
        return simple;
    default:
        return false;
    }
}

/* ── the values that stand for all ─────────────────────────────────────────────────────────────────────────────── */

struct points {
    struct value *items;
    size_t n;
};

static int compare_decimals(const void *a, const void *b)
{
    return decimal_cmp(*(const struct decimal *)a, *(const struct decimal *)b);
}

static bool is_in(const struct box *box, struct decimal number)
{
    return (!box->has_min || decimal_cmp(number, box->min) >= 0) &&
           (!box->has_max || decimal_cmp(number, box->max) <= 0) && (!box->integer || decimal_is_integer(number));
}

static void add_number(struct points *points, const struct box *box, struct decimal number)
{
    bool same = points->n > 0 && decimal_cmp(points->items[points->n - 1].number, number) == 0;
    if (is_in(box, number) && !same)
        points->items[points->n++] = value_number(number);
}

/* One strictly between a and b, whole where it must be: then just above a, else the middle. */
static void add_between(struct points *points, const struct box *box, struct decimal a, struct decimal b)
{
    struct decimal sum, middle, two = decimal_from_i64(2), one = decimal_from_i64(1);
    if (box->integer) {
        if (decimal_scale(a, 0, DECIMAL_FLOOR, &middle) && decimal_add(middle, one, &middle) &&
            decimal_cmp(middle, b) < 0)
            add_number(points, box, middle);
    } else if (decimal_add(a, b, &sum) && decimal_div(sum, two, &middle)) {
        add_number(points, box, decimal_trim(middle));
    }
}

/* Sorted borders, then all points. */
static struct points number_points(struct gathered *g, const struct box *box)
{
    if (box->has_min)
        gather_number(g, box->min);
    if (box->has_max)
        gather_number(g, box->max);
    if (g->n_numbers == 0)
        gather_number(g, decimal_from_i64(0));
    struct points points = {.items = arena_alloc_array(g->arena, 2 * g->n_numbers + 2, sizeof *points.items)};
    if (g->failed || points.items == NULL) {
        g->failed = true;
        return points;
    }
    qsort(g->numbers, g->n_numbers, sizeof *g->numbers, compare_decimals);
    struct decimal one = decimal_from_i64(1), beyond;
    if (decimal_scale(g->numbers[0], 0, DECIMAL_FLOOR, &beyond) && decimal_sub(beyond, one, &beyond))
        add_number(&points, box, beyond);
    for (size_t i = 0; i < g->n_numbers; i++) {
        add_number(&points, box, g->numbers[i]);
        if (i + 1 < g->n_numbers && decimal_cmp(g->numbers[i], g->numbers[i + 1]) < 0)
            add_between(&points, box, g->numbers[i], g->numbers[i + 1]);
    }
    if (decimal_scale(g->numbers[g->n_numbers - 1], 0, DECIMAL_CEILING, &beyond) && decimal_add(beyond, one, &beyond))
        add_number(&points, box, beyond);
    return points;
}

/* Options, or what the cells name and something else ("…"). */
static struct points string_points(struct gathered *g, const struct box *box)
{
    size_t n = box->is_listed ? box->n : g->n_strings;
    const struct str *strings = box->is_listed ? box->items : g->strings;
    struct points points = {.items = arena_alloc_array(g->arena, n + 1, sizeof *points.items)};
    if (points.items == NULL) {
        g->failed = true;
        return points;
    }
    for (size_t i = 0; i < n; i++)
        points.items[points.n++] = value_string(strings[i]);
    if (!box->is_listed)
        points.items[points.n++] = value_string(STR("…"));
    return points;
}

static struct points boolean_points(struct gathered *g)
{
    struct points points = {.items = arena_alloc_array(g->arena, 2, sizeof *points.items)};
    if (points.items == NULL) {
        g->failed = true;
        return points;
    }
    points.items[points.n++] = value_boolean(true);
    points.items[points.n++] = value_boolean(false);
    return points;
}

/* One point that stands for what nobody knows: null. */
static struct points unknown_point(struct gathered *g)
{
    struct points points = {.items = arena_alloc(g->arena, sizeof *points.items), .n = 1};
    g->failed = g->failed || points.items == NULL;
    return points;
}

/* Whether `value` passes the test, all by itself. */
static enum fit fit_of(const struct feel_expr *test, const struct value *value, struct arena *arena)
{
    struct feel_use use;
    if (test == NULL)
        return FIT_YES;
    if (value->kind == VALUE_NULL || feel_names_used(test, 0, &use))
        return FIT_MAYBE;
    struct feel_run run = {.arena = arena};
    enum truth truth;
    if (feel_eval_unary(test, &run, value, &truth) != OK)
        return FIT_MAYBE;
    return truth == TRUTH_TRUE ? FIT_YES : FIT_NO;
}

/* Only what the input's own list of values allows. */
static void keep_allowed(struct points *points, const struct feel_expr *values, struct arena *arena)
{
    size_t n = 0;
    for (size_t i = 0; i < points->n; i++)
        if (fit_of(values, &points->items[i], arena) != FIT_NO)
            points->items[n++] = points->items[i];
    points->n = n;
}

/* ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Where nothing is known of the input, what the cells name tells what it is. */
static void guess_kind(struct box *box, const struct gathered *g)
{
    if (box->kind == FEEL_ANY && g->n_numbers > 0 && g->n_strings == 0)
        box->kind = FEEL_NUMBER;
    else if (box->kind == FEEL_ANY && g->n_strings > 0 && g->n_numbers == 0)
        box->kind = FEEL_STRING;
}

/* Of one rule, while its column is filled in. */
struct cells {
    const struct feel_expr *test;
    struct gathered own; /* the numbers that the test names: only at these, and between them, does it change its mind */
    bool is_stepwise;
};

/* Whether the test says the same of this point as of the one before; the points are in order. */
static bool is_same_step(const struct cells *cells, const struct value *before, const struct value *point)
{
    if (!cells->is_stepwise)
        return false;
    for (size_t i = 0; i < cells->own.n_numbers; i++) {
        int a = decimal_cmp(before->number, cells->own.numbers[i]);
        int b = decimal_cmp(point->number, cells->own.numbers[i]);
        if ((a < 0) != (b < 0) || (a > 0) != (b > 0))
            return false;
    }
    return true;
}

/* What a test is asked for a column with so many points, at most. */
static size_t most_tests(const struct cells *cells, size_t n_points)
{
    size_t steps = 2 * cells->own.n_numbers + 1;
    return cells->test == NULL ? 0 : cells->is_stepwise && steps < n_points ? steps : n_points;
}

/* All rules' tests of one input; `numbers`: all points are. */
static struct cells *cells_of(const struct table *table, size_t input, bool numbers, struct arena *arena)
{
    struct cells *cells = arena_alloc_array(arena, table->n_rules, sizeof *cells);
    for (size_t r = 0; cells != NULL && r < table->n_rules; r++) {
        cells[r].test = table->rules[r].tests[input];
        cells[r].own.arena = arena;
        bool simple = cells[r].test != NULL && gather(&cells[r].own, cells[r].test->root);
        cells[r].is_stepwise = numbers && simple;
        if (cells[r].own.failed)
            return NULL;
    }
    return cells;
}

static bool is_too_large(const struct cells *cells, size_t n_rules, size_t n_points)
{
    size_t tests = 0;
    for (size_t r = 0; r < n_rules; r++)
        tests += most_tests(&cells[r], n_points);
    return n_points * n_rules > GRID_MOST_CELLS || tests > GRID_MOST_TESTS;
}

static void fill_row(struct column *column, size_t n_rules, size_t rule, const struct cells *cells, struct arena *arena)
{
    enum fit fit = FIT_MAYBE;
    for (size_t p = 0; p < column->n; p++) {
        if (p == 0 || !is_same_step(cells, &column->points[p - 1], &column->points[p]))
            fit = fit_of(cells->test, &column->points[p], arena);
        column->fits[p * n_rules + rule] = (unsigned char)fit;
        column->sure[rule * column->words + p / 64] |= (uint64_t)(fit == FIT_YES) << (p % 64);
    }
}

static bool fill_fits(struct column *column, const struct table *table, size_t input, struct boxes *boxes,
                      bool *ret_too_large)
{
    struct arena *arena = boxes->checker->arena;
    bool numbers = true;
    for (size_t p = 0; p < column->n; p++)
        numbers = numbers && column->points[p].kind == VALUE_NUMBER;
    struct cells *cells = cells_of(table, input, numbers, arena);
    if (cells == NULL)
        return false;
    *ret_too_large = is_too_large(cells, table->n_rules, column->n);
    if (*ret_too_large)
        return true;
    column->words = (column->n + 63) / 64;
    column->fits = arena_alloc_array(arena, column->n * table->n_rules + 1, 1);
    column->sure = arena_alloc_array(arena, column->words * table->n_rules + 1, sizeof *column->sure);
    if (column->fits == NULL || column->sure == NULL)
        return false;
    for (size_t r = 0; r < table->n_rules; r++)
        fill_row(column, table->n_rules, r, &cells[r], arena);
    return true;
}

static bool column_init(struct column *column, struct boxes *boxes, const struct table *table, size_t input,
                        bool *ret_too_large)
{
    struct arena *arena = boxes->checker->arena;
    struct box box = boxes_of(boxes, table->inputs[input].expr->root);
    struct gathered g = {.arena = arena};
    const struct feel_expr *values = table->inputs[input].values;
    bool simple = values == NULL || gather(&g, values->root);
    for (size_t r = 0; r < table->n_rules; r++)
        if (table->rules[r].tests[input] != NULL)
            simple = gather(&g, table->rules[r].tests[input]->root) && simple;
    guess_kind(&box, &g);
    struct points points = {0};
    switch (box.kind) {
    case FEEL_NUMBER:
        points = number_points(&g, &box);
        break;
    case FEEL_STRING:
        points = string_points(&g, &box);
        break;
    case FEEL_BOOLEAN:
        points = boolean_points(&g);
        break;
    case FEEL_ANY:
    case FEEL_NULL:
    case FEEL_LIST:
    case FEEL_CONTEXT:
    case FEEL_RANGE:
    case FEEL_FUNCTION:
    case FEEL_DATE:
    case FEEL_TIME:
    case FEEL_DATE_TIME:
    case FEEL_DAYS_DURATION:
    case FEEL_MONTHS_DURATION:
    case FEEL_KINDS:
        points = unknown_point(&g);
        simple = false;
        break;
    }
    if (g.failed)
        return false;
    if (values != NULL)
        keep_allowed(&points, values, arena);
    *column = (struct column){.points = points.items, .n = points.n, .is_complete = simple && points.n > 0};
    return fill_fits(column, table, input, boxes, ret_too_large);
}

bool grid_init(struct grid *grid, struct boxes *boxes, const struct table *table)
{
    *grid = (struct grid){
        .table = table,
        .columns = arena_alloc_array(boxes->checker->arena, table->n_inputs, sizeof *grid->columns),
    };
    bool fine = grid->columns != NULL;
    for (size_t i = 0; fine && i < table->n_inputs && !grid->is_too_large; i++)
        fine = column_init(&grid->columns[i], boxes, table, i, &grid->is_too_large);
    return fine;
}

enum fit grid_fit(const struct grid *grid, size_t column, size_t point, size_t rule)
{
    return (enum fit)grid->columns[column].fits[point * grid->table->n_rules + rule];
}

size_t grid_common_point(const struct grid *grid, size_t column, size_t a, size_t b)
{
    const struct column *c = &grid->columns[column];
    for (size_t w = 0; w < c->words; w++) {
        uint64_t both = c->sure[a * c->words + w] & c->sure[b * c->words + w];
        if (both != 0)
            return w * 64 + (size_t)__builtin_ctzll(both);
    }
    return SIZE_MAX;
}

/* ── holes ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Column by column; rules that still fit are a set.  Points that leave the same set need no second look. */
struct search {
    const struct grid *grid;
    const struct grid_question *question;
    struct arena *arena;
    size_t *at;
    size_t words; /* of a set */
};

static bool is_taken(const struct search *search, size_t column, size_t point, size_t rule)
{
    enum fit fit = grid_fit(search->grid, column, point, rule);
    return search->question->only_sure ? fit == FIT_YES : fit != FIT_NO;
}

/* The rules of `set` that fit this point, too; false: none. */
static bool narrow(const struct search *search, size_t column, size_t point, const uint64_t *set, uint64_t *ret_set)
{
    uint64_t any = 0;
    size_t looks = search->words, *budget = search->question->budget;
    for (size_t w = 0; w < search->words; w++) {
        ret_set[w] = 0;
        for (uint64_t bits = set[w]; bits != 0; bits &= bits - 1, looks++) {
            size_t rule = w * 64 + (size_t)__builtin_ctzll(bits);
            if (is_taken(search, column, point, rule))
                ret_set[w] |= bits & -bits;
        }
        any |= ret_set[w];
    }
    *budget -= looks < *budget ? looks : *budget;
    return any != 0;
}

/* A rule of the set that takes everything in the columns from `column` on: no hole below. */
static bool is_covered(const struct search *search, size_t column, const uint64_t *set)
{
    const struct table *table = search->grid->table;
    for (size_t w = 0; w < search->words; w++)
        for (uint64_t bits = set[w]; bits != 0; bits &= bits - 1) {
            const struct table_rule *rule = &table->rules[w * 64 + (size_t)__builtin_ctzll(bits)];
            size_t i = column;
            while (i < table->n_inputs && rule->tests[i] == NULL)
                i++;
            if (i == table->n_inputs)
                return true;
        }
    return false;
}

static bool is_within(const struct search *search, size_t column, size_t point)
{
    size_t within = search->question->within;
    return within == SIZE_MAX || grid_fit(search->grid, column, point, within) != FIT_NO;
}

/* The first point from `column` on, as far as it matters. */
static bool take_any(const struct search *search, size_t column)
{
    for (; column < search->grid->table->n_inputs; column++) {
        size_t point = 0, n = search->grid->columns[column].n;
        while (point < n && !is_within(search, column, point))
            point++;
        if (point == n)
            return false;
        search->at[column] = point;
    }
    return true;
}

static enum grid_result descend(struct search *search, size_t column, const uint64_t *set)
{
    const struct grid *grid = search->grid;
    if (column == grid->table->n_inputs || is_covered(search, column, set))
        return GRID_NONE;
    size_t n = grid->columns[column].n, n_seen = 0;
    uint64_t *seen = arena_alloc_array(search->arena, n * search->words, sizeof *seen);
    if (seen == NULL)
        return GRID_GAVE_UP;
    for (size_t p = 0; p < n; p++) {
        uint64_t *left = seen + n_seen * search->words;
        if (!is_within(search, column, p))
            continue;
        if (*search->question->budget == 0)
            return GRID_GAVE_UP;
        search->at[column] = p;
        if (!narrow(search, column, p, set, left)) {
            if (take_any(search, column + 1))
                return GRID_FOUND;
            continue;
        }
        if (column + 1 == grid->table->n_inputs)
            continue; /* some rule takes it */
        bool known = false;
        for (size_t i = 0; i < n_seen && !known; i++)
            known = memcmp(seen + i * search->words, left, search->words * sizeof *left) == 0;
        if (known)
            continue;
        n_seen++;
        enum grid_result below = descend(search, column + 1, left);
        if (below != GRID_NONE)
            return below;
        search->at[column] = p;
    }
    return GRID_NONE;
}

enum grid_result grid_hole(const struct grid *grid, const struct grid_question *question, struct arena *arena,
                           struct grid_point *ret_point)
{
    struct search search = {
        .grid = grid,
        .question = question,
        .arena = arena,
        .at = ret_point->at,
        .words = (grid->table->n_rules + 63) / 64,
    };
    uint64_t *all = arena_alloc_array(arena, search.words + 1, sizeof *all);
    if (all == NULL)
        return GRID_GAVE_UP;
    for (size_t r = 0; r < question->n_rules; r++)
        all[r / 64] |= UINT64_C(1) << (r % 64);
    if (question->n_rules == 0)
        return take_any(&search, 0) ? GRID_FOUND : GRID_NONE;
    return descend(&search, 0, all);
}

struct str grid_point_text(const struct grid *grid, const struct grid_point *point, struct arena *arena)
{
    struct buf text;
    buf_init(&text, arena, MOST_TEXT_BYTES);
    for (size_t i = 0; i < grid->table->n_inputs; i++) {
        buf_addf(&text, "%s%.*s = ", i == 0 ? "" : ", ", STR_ARG(feel_expr_text(grid->table->inputs[i].expr)));
        if (value_to_json(&text, &grid->columns[i].points[point->at[i]], NULL) != OK)
            buf_add(&text, STR("?"));
    }
    return buf_str(&text);
}
