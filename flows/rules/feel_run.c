/* A run's bookkeeping: memory, steps, reasons; lists that grow; ranges. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "flows/rules/feel_eval.h"

#include "bot/base/banned.h"

enum { FIRST_ITEMS = 8, MAX_REASON = 200 };

static void add_reason(struct feel_run *run, const char *format, va_list args)
{
    if (run->n_reasons == FEEL_MAX_REASONS) {
        run->n_dropped++;
        return;
    }
    char text[MAX_REASON];
    int n = vsnprintf(text, sizeof text, format, args);
    struct str reason = arena_copy(run->arena, str_first(str_of(text), n < 0 ? 0 : (size_t)n));
    if (reason.n > 0)
        run->reasons[run->n_reasons++] = reason;
}

void feel_reason(struct feel_run *run, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_reason(run, format, args);
    va_end(args);
}

struct value feel_run_null(struct feel_run *run, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_reason(run, format, args);
    va_end(args);
    return value_null();
}

struct value feel_run_fail(struct feel_run *run, enum err rc, const char *format, ...)
{
    if (run->rc != OK)
        return value_null();
    run->rc = rc;
    if (run->n_reasons == FEEL_MAX_REASONS)
        run->n_reasons--;
    va_list args;
    va_start(args, format);
    add_reason(run, format, args);
    va_end(args);
    return value_null();
}

struct value feel_run_too_deep(struct feel_run *run)
{
    return feel_run_fail(run, ERR_INVALID, "functions call each other more than %d levels deep", FEEL_MAX_DEPTH);
}

void *feel_run_alloc(struct feel_run *run, size_t count, size_t size)
{
    void *p = arena_alloc_array(run->arena, count, size);
    if (p == NULL)
        (void)feel_run_fail(run, ERR_NO_MEMORY, "the expression needs too much memory");
    return p;
}

void feel_run_overspent(struct feel_run *run)
{
    (void)feel_run_fail(run, ERR_INVALID, "the expression takes more than %d steps", FEEL_MAX_STEPS);
}

bool feel_list_add(struct feel_run *run, struct list_builder *list, struct value item)
{
    if (list->n == list->capacity) {
        size_t capacity = list->capacity == 0 ? FIRST_ITEMS : 2 * list->capacity;
        if (list->n >= FEEL_MAX_LIST) {
            (void)feel_run_fail(run, ERR_INVALID, "a list of more than %d elements", FEEL_MAX_LIST);
            return false;
        }
        struct value *items = feel_run_alloc(run, capacity, sizeof *items);
        if (items == NULL)
            return false;
        if (list->n > 0)
            memcpy(items, list->items, list->n * sizeof *items);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->n++] = item;
    return true;
}

struct value feel_list_value(const struct list_builder *list)
{
    return value_list(list->items, list->n);
}

bool feel_run_whole(struct decimal number, int64_t *ret)
{
    struct decimal whole;
    return decimal_scale(number, 0, DECIMAL_DOWN, &whole) && decimal_to_i64(whole, ret);
}

/* ── ranges and tests ──────────────────────────────────────────────────────────────────────────────────────────── */

static enum truth truth_of(bool yes)
{
    return yes ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth negated(enum truth truth)
{
    return truth == TRUTH_NULL ? TRUTH_NULL : truth_of(truth == TRUTH_FALSE);
}

static enum truth in_interval(const struct value *value, const struct value_range *range)
{
    int from_start, to_end;
    if (!value_compare(value, &range->start, &from_start) || !value_compare(value, &range->end, &to_end))
        return TRUTH_NULL;
    bool after_start = range->start_included ? from_start >= 0 : from_start > 0;
    bool before_end = range->end_included ? to_end <= 0 : to_end < 0;
    return truth_of(after_start && before_end);
}

enum truth feel_run_in_range(const struct value *value, const struct value_range *range)
{
    int order;
    switch (range->form) {
    case RANGE_INTERVAL:
        return in_interval(value, range);
    case RANGE_LESS:
    case RANGE_LESS_OR_EQUAL:
        if (!value_compare(value, &range->end, &order))
            return TRUTH_NULL;
        return truth_of(range->end_included ? order <= 0 : order < 0);
    case RANGE_GREATER:
    case RANGE_GREATER_OR_EQUAL:
        if (!value_compare(value, &range->start, &order))
            return TRUTH_NULL;
        return truth_of(range->start_included ? order >= 0 : order > 0);
    case RANGE_EQUAL:
        return value_equal(value, &range->start);
    case RANGE_UNEQUAL:
        break;
    }
    return negated(value_equal(value, &range->start));
}

enum truth feel_run_matches(const struct value *input, const struct value *test)
{
    if (test->kind == VALUE_RANGE && input->kind != VALUE_RANGE)
        return feel_run_in_range(input, test->range);
    if (test->kind != VALUE_LIST)
        return value_equal(input, test);
    if (input->kind == VALUE_LIST && value_equal(input, test) == TRUTH_TRUE)
        return TRUTH_TRUE;
    for (size_t i = 0; i < test->list.n; i++) {
        const struct value *item = &test->list.items[i];
        enum truth one = item->kind == VALUE_RANGE ? feel_run_in_range(input, item->range) : value_equal(input, item);
        if (one == TRUTH_TRUE)
            return TRUTH_TRUE;
    }
    return TRUTH_FALSE;
}
