/* List functions that calculate: min … product, all, any (DMN 1.5 §10.3.4.4). */
#include <string.h>

#include "flows/rules/feel_builtin.h"
#include "flows/rules/feel_eval.h"
#include "flows/rules/feel_operators.h"

#include "bot/base/banned.h"

static struct value extreme(struct feel_run *run, const struct feel_arguments *args, int wanted)
{
    const struct value *list = &args->items[0];
    if (list->list.n == 0)
        return value_null();
    if (!feel_run_spend(run, list->list.n / 4))
        return value_null();
    struct value best = list->list.items[0];
    int order;
    for (size_t i = 0; i < list->list.n; i++) {
        if (!value_compare(&list->list.items[i], &best, &order))
            return feel_run_null(run, "%.*s() cannot compare the elements", STR_ARG(args->function));
        if (order == wanted)
            best = list->list.items[i];
    }
    return best;
}

struct value feel_list_min(struct feel_run *run, const struct feel_arguments *args)
{
    return extreme(run, args, -1);
}

struct value feel_list_max(struct feel_run *run, const struct feel_arguments *args)
{
    return extreme(run, args, 1);
}

/* False, with a reason, when an element is no number. */
static bool all_numbers(struct feel_run *run, const struct feel_arguments *args)
{
    const struct value *list = &args->items[0];
    for (size_t i = 0; i < list->list.n; i++) {
        if (list->list.items[i].kind != VALUE_NUMBER) {
            feel_reason(run, "%.*s() wants numbers, not %s", STR_ARG(args->function),
                        value_kind_name(list->list.items[i].kind));
            return false;
        }
    }
    return feel_run_spend(run, list->list.n / 2);
}

static struct value overflow(struct feel_run *run, const struct feel_arguments *args)
{
    return feel_run_null(run, "%.*s() has no result for these numbers", STR_ARG(args->function));
}

static bool total(const struct value *list, struct decimal *ret)
{
    struct decimal sum = decimal_from_i64(0);
    for (size_t i = 0; i < list->list.n; i++)
        if (!decimal_add(sum, list->list.items[i].number, &sum))
            return false;
    *ret = sum;
    return true;
}

struct value feel_list_sum(struct feel_run *run, const struct feel_arguments *args)
{
    struct decimal sum;
    if (args->items[0].list.n == 0 || !all_numbers(run, args))
        return value_null();
    return total(&args->items[0], &sum) ? value_number(sum) : overflow(run, args);
}

struct value feel_list_product(struct feel_run *run, const struct feel_arguments *args)
{
    const struct value *list = &args->items[0];
    struct decimal product = decimal_from_i64(1);
    if (list->list.n == 0 || !all_numbers(run, args))
        return value_null();
    for (size_t i = 0; i < list->list.n; i++)
        if (!decimal_mul(product, list->list.items[i].number, &product))
            return overflow(run, args);
    return value_number(product);
}

static bool average(const struct value *list, struct decimal *ret)
{
    struct decimal sum;
    return total(list, &sum) && decimal_div(sum, decimal_from_i64((int64_t)list->list.n), ret);
}

struct value feel_list_mean(struct feel_run *run, const struct feel_arguments *args)
{
    struct decimal mean;
    if (args->items[0].list.n == 0 || !all_numbers(run, args))
        return value_null();
    return average(&args->items[0], &mean) ? value_number(mean) : overflow(run, args);
}

/* Of a sample: the squares' sum is divided by n - 1. */
static bool deviation(const struct value *list, struct decimal *ret)
{
    struct decimal mean, squares = decimal_from_i64(0);
    if (!average(list, &mean))
        return false;
    for (size_t i = 0; i < list->list.n; i++) {
        struct decimal off, square;
        if (!decimal_sub(list->list.items[i].number, mean, &off) || !decimal_mul(off, off, &square) ||
            !decimal_add(squares, square, &squares))
            return false;
    }
    return decimal_div(squares, decimal_from_i64((int64_t)list->list.n - 1), &squares) && decimal_sqrt(squares, ret);
}

struct value feel_list_stddev(struct feel_run *run, const struct feel_arguments *args)
{
    struct decimal result;
    if (args->items[0].list.n == 0 || !all_numbers(run, args))
        return value_null();
    if (args->items[0].list.n == 1)
        return feel_run_null(run, "stddev() needs two numbers or more");
    return deviation(&args->items[0], &result) ? value_number(result) : overflow(run, args);
}

static struct value sorted(struct feel_run *run, const struct value *list)
{
    struct value items[] = {*list, value_null()};
    return feel_list_sort(run, &(struct feel_arguments){.items = items, .n = 1, .function = STR("sort")});
}

/* Half way between two values of one kind, where there is such a thing. */
static struct value half_way(struct feel_run *run, const struct feel_arguments *args, const struct value *a,
                             const struct value *b)
{
    struct value two = value_i64(2);
    if (a->kind != VALUE_NUMBER && a->kind != VALUE_DAYS_DURATION && a->kind != VALUE_MONTHS_DURATION)
        return feel_run_null(run, "%.*s(): there is nothing half way between %s and %s", STR_ARG(args->function),
                             value_kind_name(a->kind), value_kind_name(b->kind));
    struct value sum = feel_operators_apply(run, FEEL_ADD, a, b);
    return sum.kind == VALUE_NULL ? sum : feel_operators_apply(run, FEEL_DIVIDE, &sum, &two);
}

/* The one in the middle of anything that has an order. */
struct value feel_list_median(struct feel_run *run, const struct feel_arguments *args)
{
    const struct value *given = &args->items[0];
    int order;
    if (given->list.n == 0)
        return value_null();
    if (!value_compare(&given->list.items[0], &given->list.items[0], &order))
        return feel_run_null(run, "%.*s() cannot order %s", STR_ARG(args->function),
                             value_kind_name(given->list.items[0].kind));
    struct value list = sorted(run, given);
    if (list.kind != VALUE_LIST)
        return value_null();
    const struct value *middle = &list.list.items[list.list.n / 2];
    return list.list.n % 2 == 1 ? *middle : half_way(run, args, middle - 1, middle);
}

/* How many from `at` on are equal to the one there. */
static size_t run_length(const struct value *list, size_t at)
{
    size_t n = 1;
    while (at + n < list->list.n && decimal_cmp(list->list.items[at].number, list->list.items[at + n].number) == 0)
        n++;
    return n;
}

struct value feel_list_mode(struct feel_run *run, const struct feel_arguments *args)
{
    struct list_builder out = {0};
    if (!all_numbers(run, args))
        return value_null();
    struct value list = sorted(run, &args->items[0]);
    if (list.kind != VALUE_LIST)
        return value_null();
    size_t most = 0, n;
    for (size_t i = 0; i < list.list.n; i += n) {
        n = run_length(&list, i);
        most = n > most ? n : most;
    }
    for (size_t i = 0; i < list.list.n; i += n) {
        n = run_length(&list, i);
        if (n == most && !feel_list_add(run, &out, list.list.items[i]))
            return value_null();
    }
    return feel_list_value(&out);
}

/* One `decisive` decides; what is no boolean leaves it open. */
static struct value conjunction(struct feel_run *run, const struct feel_arguments *args, bool decisive)
{
    const struct value *list = &args->items[0];
    bool open = false;
    if (!feel_run_spend(run, list->list.n / 4))
        return value_null();
    for (size_t i = 0; i < list->list.n; i++) {
        const struct value *item = &list->list.items[i];
        if (item->kind == VALUE_BOOLEAN && item->boolean == decisive)
            return value_boolean(decisive);
        if (item->kind != VALUE_BOOLEAN && item->kind != VALUE_NULL)
            feel_reason(run, "%.*s() wants booleans, not %s", STR_ARG(args->function), value_kind_name(item->kind));
        open = open || item->kind != VALUE_BOOLEAN;
    }
    return open ? value_null() : value_boolean(!decisive);
}

struct value feel_list_all(struct feel_run *run, const struct feel_arguments *args)
{
    return conjunction(run, args, false);
}

struct value feel_list_any(struct feel_run *run, const struct feel_arguments *args)
{
    return conjunction(run, args, true);
}
