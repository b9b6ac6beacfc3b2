/* List functions that keep or move elements (DMN 1.5 §10.3.4.4), and not(), is(). */
#include <string.h>

#include "flows/rules/feel_builtin.h"
#include "flows/rules/feel_eval.h"

#include "bot/base/banned.h"

struct value feel_list_not(struct feel_run *run, const struct feel_arguments *args)
{
    const struct value *value = &args->items[0];
    if (value->kind == VALUE_BOOLEAN)
        return value_boolean(!value->boolean);
    if (value->kind == VALUE_LIST && value->list.n == 1 && value->list.items[0].kind == VALUE_BOOLEAN)
        return value_boolean(!value->list.items[0].boolean);
    return value->kind == VALUE_NULL ? value_null() : feel_run_null(run, "not() of %s", value_kind_name(value->kind));
}

struct value feel_list_is(struct feel_run *run, const struct feel_arguments *args)
{
    (void)run;
    return value_boolean(value_is(&args->items[0], &args->items[1]));
}

/* Whether the first `n` items hold one equal to `value`. */
static bool holds(struct feel_run *run, const struct value *items, size_t n, const struct value *value)
{
    if (!feel_run_spend(run, 1 + n / 4))
        return true;
    for (size_t i = 0; i < n; i++)
        if (value_equal(&items[i], value) == TRUTH_TRUE)
            return true;
    return false;
}

struct value feel_list_contains(struct feel_run *run, const struct feel_arguments *args)
{
    return value_boolean(holds(run, args->items[0].list.items, args->items[0].list.n, &args->items[1]));
}

struct value feel_list_count(struct feel_run *run, const struct feel_arguments *args)
{
    (void)run;
    return value_i64((int64_t)args->items[0].list.n);
}

/* Position from 1, or from -1 at the end, as an index from 0; false: outside. */
static bool index_of_position(const struct value *list, const struct value *position, size_t *ret_index)
{
    int64_t i, n = (int64_t)list->list.n;
    if (!feel_run_whole(position->number, &i) || i == 0 || i > n || i < -n)
        return false;
    *ret_index = (size_t)(i > 0 ? i - 1 : n + i);
    return true;
}

static struct value outside(struct feel_run *run, const struct feel_arguments *args)
{
    return feel_run_null(run, "%.*s(): the position is outside of the list", STR_ARG(args->function));
}

struct value feel_list_sublist(struct feel_run *run, const struct feel_arguments *args)
{
    const struct value *list = &args->items[0];
    size_t start;
    if (!index_of_position(list, &args->items[1], &start))
        return outside(run, args);
    int64_t count = (int64_t)(list->list.n - start), wanted = count;
    if (args->items[2].kind == VALUE_NUMBER &&
        (!feel_run_whole(args->items[2].number, &wanted) || wanted < 0 || wanted > count))
        return outside(run, args);
    return value_list(list->list.items + start, (size_t)wanted);
}

static bool add_all(struct feel_run *run, struct list_builder *out, const struct value *list)
{
    if (!feel_run_spend(run, list->list.n / 4))
        return false;
    for (size_t i = 0; i < list->list.n; i++)
        if (!feel_list_add(run, out, list->list.items[i]))
            return false;
    return true;
}

struct value feel_list_append(struct feel_run *run, const struct feel_arguments *args)
{
    struct list_builder out = {0};
    bool done = add_all(run, &out, &args->items[0]) && add_all(run, &out, &args->items[1]);
    return done ? feel_list_value(&out) : value_null();
}

struct value feel_list_concatenate(struct feel_run *run, const struct feel_arguments *args)
{
    struct list_builder out = {0};
    for (size_t i = 0; i < args->items[0].list.n; i++)
        if (!add_all(run, &out, &args->items[0].list.items[i]))
            return value_null();
    return feel_list_value(&out);
}

/* The list without the element at `index`, and with `item` (NULL: nothing) in its place. */
static struct value with_replaced(struct feel_run *run, const struct value *list, size_t index,
                                  const struct value *item)
{
    struct list_builder out = {0};
    struct value before = value_list(list->list.items, index);
    struct value after = value_list(list->list.items + index + 1, list->list.n - index - 1);
    bool done =
        add_all(run, &out, &before) && (item == NULL || feel_list_add(run, &out, *item)) && add_all(run, &out, &after);
    return done ? feel_list_value(&out) : value_null();
}

struct value feel_list_insert_before(struct feel_run *run, const struct feel_arguments *args)
{
    const struct value *list = &args->items[0];
    struct list_builder out = {0};
    size_t index;
    if (!index_of_position(list, &args->items[1], &index))
        return outside(run, args);
    struct value before = value_list(list->list.items, index);
    struct value after = value_list(list->list.items + index, list->list.n - index);
    bool done = add_all(run, &out, &before) && feel_list_add(run, &out, args->items[2]) && add_all(run, &out, &after);
    return done ? feel_list_value(&out) : value_null();
}

struct value feel_list_remove(struct feel_run *run, const struct feel_arguments *args)
{
    size_t index;
    if (!index_of_position(&args->items[0], &args->items[1], &index))
        return outside(run, args);
    return with_replaced(run, &args->items[0], index, NULL);
}

static struct value replace_matching(struct feel_run *run, const struct feel_arguments *args)
{
    const struct value *list = &args->items[0];
    struct list_builder out = {0};
    for (size_t i = 0; i < list->list.n; i++) {
        struct value arguments[] = {list->list.items[i], args->items[2]};
        struct value matches = feel_run_call(run, &args->items[1], arguments, NULL, 2);
        if (matches.kind != VALUE_BOOLEAN)
            return feel_run_null(run, "the function given to list replace() must tell true or false");
        if (!feel_list_add(run, &out, matches.boolean ? args->items[2] : list->list.items[i]))
            return value_null();
    }
    return feel_list_value(&out);
}

struct value feel_list_replace(struct feel_run *run, const struct feel_arguments *args)
{
    size_t index;
    if (args->alternative == 1)
        return replace_matching(run, args);
    if (!index_of_position(&args->items[0], &args->items[1], &index))
        return outside(run, args);
    return with_replaced(run, &args->items[0], index, &args->items[2]);
}

struct value feel_list_reverse(struct feel_run *run, const struct feel_arguments *args)
{
    const struct value *list = &args->items[0];
    struct list_builder out = {0};
    for (size_t i = list->list.n; i > 0 && feel_run_spend(run, 1); i--)
        if (!feel_list_add(run, &out, list->list.items[i - 1]))
            return value_null();
    return feel_list_value(&out);
}

struct value feel_list_index_of(struct feel_run *run, const struct feel_arguments *args)
{
    const struct value *list = &args->items[0];
    struct list_builder out = {0};
    for (size_t i = 0; i < list->list.n && feel_run_spend(run, 1); i++)
        if (value_equal(&list->list.items[i], &args->items[1]) == TRUTH_TRUE)
            (void)feel_list_add(run, &out, value_i64((int64_t)i + 1));
    return feel_list_value(&out);
}

static bool add_distinct(struct feel_run *run, struct list_builder *out, const struct value *list)
{
    for (size_t i = 0; i < list->list.n && run->rc == OK; i++)
        if (!holds(run, out->items, out->n, &list->list.items[i]))
            (void)feel_list_add(run, out, list->list.items[i]);
    return run->rc == OK;
}

struct value feel_list_distinct(struct feel_run *run, const struct feel_arguments *args)
{
    struct list_builder out = {0};
    return add_distinct(run, &out, &args->items[0]) ? feel_list_value(&out) : value_null();
}

struct value feel_list_union(struct feel_run *run, const struct feel_arguments *args)
{
    struct list_builder out = {0};
    for (size_t i = 0; i < args->items[0].list.n; i++)
        if (!add_distinct(run, &out, &args->items[0].list.items[i]))
            return value_null();
    return feel_list_value(&out);
}

/* In the order in which they first stand in the list. */
struct value feel_list_duplicates(struct feel_run *run, const struct feel_arguments *args)
{
    const struct value *items = args->items[0].list.items;
    size_t n = args->items[0].list.n;
    struct list_builder out = {0};
    for (size_t i = 0; i < n && run->rc == OK; i++)
        if (holds(run, items + i + 1, n - i - 1, &items[i]) && !holds(run, items, i, &items[i]))
            (void)feel_list_add(run, &out, items[i]);
    return feel_list_value(&out);
}

static bool flatten_into(struct feel_run *run, struct list_builder *out, const struct value *list, size_t depth)
{
    if (depth > VALUE_MAX_DEPTH) {
        feel_reason(run, "flatten() of lists nested deeper than %d", VALUE_MAX_DEPTH);
        return false;
    }
    for (size_t i = 0; i < list->list.n; i++) {
        const struct value *item = &list->list.items[i];
        if (!feel_run_spend(run, 1))
            return false;
        if (item->kind == VALUE_LIST ? !flatten_into(run, out, item, depth + 1) : !feel_list_add(run, out, *item))
            return false;
    }
    return true;
}

struct value feel_list_flatten(struct feel_run *run, const struct feel_arguments *args)
{
    struct list_builder out = {0};
    return flatten_into(run, &out, &args->items[0], 0) ? feel_list_value(&out) : value_null();
}

/* ── sorting ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct sorting {
    struct feel_run *run;
    const struct value *precedes; /* a function, or null: numbers, or strings, in their order */
    bool failed;
};

static bool goes_before(struct sorting *s, const struct value *a, const struct value *b)
{
    int order;
    if (!feel_run_spend(s->run, 1) || s->failed)
        return false;
    if (s->precedes->kind == VALUE_FUNCTION) {
        struct value arguments[] = {*a, *b};
        struct value answer = feel_run_call(s->run, s->precedes, arguments, NULL, 2);
        s->failed = s->failed || answer.kind != VALUE_BOOLEAN;
        return value_is_true(&answer);
    }
    s->failed = !value_compare(a, b, &order);
    return !s->failed && order < 0;
}

/* Stable: halves are sorted, then merged through `spare`. */
static void sort(struct sorting *s, struct value *items, struct value *spare, size_t n)
{
    if (n < 2)
        return;
    size_t half = n / 2, left = 0, right = half;
    sort(s, items, spare, half);
    sort(s, items + half, spare + half, n - half);
    for (size_t i = 0; i < n; i++) {
        bool take_right = left == half || (right < n && goes_before(s, &items[right], &items[left]));
        spare[i] = take_right ? items[right++] : items[left++];
    }
    memcpy(items, spare, n * sizeof *items);
}

struct value feel_list_sort(struct feel_run *run, const struct feel_arguments *args)
{
    const struct value *list = &args->items[0];
    size_t n = list->list.n;
    struct sorting sorting = {.run = run, .precedes = &args->items[1]};
    struct value *items = feel_run_alloc(run, n, sizeof *items), *spare = feel_run_alloc(run, n, sizeof *spare);
    if (items == NULL || spare == NULL)
        return value_null();
    if (n > 0)
        memcpy(items, list->list.items, n * sizeof *items);
    sort(&sorting, items, spare, n);
    if (sorting.failed)
        return feel_run_null(run, "sort() cannot compare the elements");
    return value_list(items, n);
}
