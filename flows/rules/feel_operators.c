#include "flows/rules/feel_operators.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "flows/rules/feel_temporal.h"

#include "bot/base/banned.h"

static const char *sign(enum feel_op op)
{
    switch ((int)op) {
    case FEEL_ADD:
        return "+";
    case FEEL_SUBTRACT:
    case FEEL_NEGATE:
        return "-";
    case FEEL_MULTIPLY:
        return "*";
    case FEEL_DIVIDE:
        return "/";
    case FEEL_POWER:
        return "**";
    case FEEL_EQUAL:
        return "=";
    case FEEL_UNEQUAL:
        return "!=";
    case FEEL_LESS:
        return "<";
    case FEEL_LESS_OR_EQUAL:
        return "<=";
    case FEEL_GREATER:
        return ">";
    default:
        return ">=";
    }
}

static struct value misfit(struct feel_run *run, enum feel_op op, const struct value *a, const struct value *b)
{
    return feel_run_null(run, "`%s` does not go with %s and %s", sign(op), value_kind_name(a->kind),
                         value_kind_name(b->kind));
}

static struct value calculate(struct feel_run *run, enum feel_op op, struct decimal a, struct decimal b)
{
    struct decimal result;
    bool done = false;
    switch ((int)op) {
    case FEEL_ADD:
        done = decimal_add(a, b, &result);
        break;
    case FEEL_SUBTRACT:
        done = decimal_sub(a, b, &result);
        break;
    case FEEL_MULTIPLY:
        done = decimal_mul(a, b, &result);
        break;
    case FEEL_DIVIDE:
        if (decimal_is_zero(b))
            return feel_run_null(run, "division by zero");
        done = decimal_div(a, b, &result);
        break;
    case FEEL_POWER:
        done = decimal_pow(a, b, &result);
        break;
    default:
        break;
    }
    return done ? value_number(result) : feel_run_null(run, "`%s` has no result that is a number", sign(op));
}

static struct value join_strings(struct feel_run *run, struct str a, struct str b)
{
    if (a.n > FEEL_MAX_STRING || b.n > FEEL_MAX_STRING - a.n)
        return feel_run_fail(run, ERR_INVALID, "a string of more than %d bytes", FEEL_MAX_STRING);
    char *joined = feel_run_alloc(run, a.n + b.n, 1);
    if (joined == NULL || !feel_run_spend(run, (a.n + b.n) / 64))
        return value_null();
    if (a.n > 0)
        memcpy(joined, a.p, a.n);
    if (b.n > 0)
        memcpy(joined + a.n, b.p, b.n);
    return value_string((struct str){joined, a.n + b.n});
}

static struct value compare(struct feel_run *run, enum feel_op op, const struct value *a, const struct value *b)
{
    int order;
    if (!value_compare(a, b, &order))
        return misfit(run, op, a, b);
    switch ((int)op) {
    case FEEL_LESS:
        return value_boolean(order < 0);
    case FEEL_LESS_OR_EQUAL:
        return value_boolean(order <= 0);
    case FEEL_GREATER:
        return value_boolean(order > 0);
    default:
        return value_boolean(order >= 0);
    }
}

static struct value equality(struct feel_run *run, enum feel_op op, const struct value *a, const struct value *b)
{
    enum truth truth = value_equal(a, b);
    if (truth == TRUTH_NULL)
        return misfit(run, op, a, b);
    return value_boolean((truth == TRUTH_TRUE) == (op == FEEL_EQUAL));
}

struct value feel_operators_apply(struct feel_run *run, enum feel_op op, const struct value *a, const struct value *b)
{
    struct value result;
    if (op == FEEL_EQUAL || op == FEEL_UNEQUAL)
        return equality(run, op, a, b);
    if (op >= FEEL_LESS && op <= FEEL_GREATER_OR_EQUAL)
        return compare(run, op, a, b);
    if (op == FEEL_NEGATE) {
        if (a->kind == VALUE_NUMBER)
            return value_number(decimal_negate(a->number));
        if (feel_temporal_calculate(run, op, a, a, &result))
            return result;
        return feel_run_null(run, "`-` does not go with %s", value_kind_name(a->kind));
    }
    if (a->kind == VALUE_NUMBER && b->kind == VALUE_NUMBER)
        return calculate(run, op, a->number, b->number);
    if (op == FEEL_ADD && a->kind == VALUE_STRING && b->kind == VALUE_STRING)
        return join_strings(run, a->string, b->string);
    return feel_temporal_calculate(run, op, a, b, &result) ? result : misfit(run, op, a, b);
}

struct value feel_operators_between(struct feel_run *run, const struct value *a, const struct value *low,
                                    const struct value *high)
{
    int from_low, to_high;
    if (!value_compare(a, low, &from_low) || !value_compare(a, high, &to_high))
        return feel_run_null(run, "`between` does not go with %s, %s and %s", value_kind_name(a->kind),
                             value_kind_name(low->kind), value_kind_name(high->kind));
    return value_boolean(from_low >= 0 && to_high <= 0);
}

/* ── paths ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct value range_property(struct feel_run *run, const struct value_range *range, struct str member)
{
    if (str_eq(member, STR("start")))
        return range->start;
    if (str_eq(member, STR("end")))
        return range->end;
    if (str_eq(member, STR("start included")))
        return value_boolean(range->start_included);
    if (str_eq(member, STR("end included")))
        return value_boolean(range->end_included);
    return feel_run_null(run, "a range has no `%.*s`", STR_ARG(member));
}

static struct value list_path(struct feel_run *run, const struct value *of, struct str member)
{
    struct value *items = feel_run_alloc(run, of->list.n, sizeof *items);
    if (items == NULL || !feel_run_spend(run, of->list.n))
        return value_null();
    for (size_t i = 0; i < of->list.n; i++)
        if (!value_get(&of->list.items[i], member, &items[i]) &&
            !feel_temporal_property(&of->list.items[i], member, &items[i]))
            items[i] = value_null();
    return value_list(items, of->list.n);
}

struct value feel_operators_path(struct feel_run *run, const struct value *of, struct str member)
{
    struct value value;
    switch (of->kind) {
    case VALUE_CONTEXT:
        if (value_get(of, member, &value))
            return value;
        return feel_run_null(run, "there is no member `%.*s`", STR_ARG(member));
    case VALUE_LIST:
        return list_path(run, of, member);
    case VALUE_RANGE:
        return range_property(run, of->range, member);
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_DATE_TIME:
    case VALUE_DAYS_DURATION:
    case VALUE_MONTHS_DURATION:
        if (feel_temporal_property(of, member, &value))
            return value;
        break;
    case VALUE_NULL:
    case VALUE_BOOLEAN:
    case VALUE_NUMBER:
    case VALUE_STRING:
    case VALUE_FUNCTION:
    case VALUE_KINDS:
        break;
    }
    return feel_run_null(run, "%s has no member `%.*s`", of->kind == VALUE_NULL ? "null" : value_kind_name(of->kind),
                         STR_ARG(member));
}

/* ── ranges ────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct value feel_operators_range(struct feel_run *run, struct value_range range)
{
    int order;
    bool start_is_null = range.start.kind == VALUE_NULL, end_is_null = range.end.kind == VALUE_NULL;
    if (range.form == RANGE_INTERVAL) {
        if ((start_is_null && range.start_included) || (end_is_null && range.end_included))
            return feel_run_null(run, "the bound of a range is null");
        if (!start_is_null && !end_is_null && !value_compare(&range.start, &range.end, &order))
            return feel_run_null(run, "a range from %s to %s", value_kind_name(range.start.kind),
                                 value_kind_name(range.end.kind));
    }
    struct value_range *made = feel_run_alloc(run, 1, sizeof *made);
    if (made == NULL)
        return value_null();
    *made = range;
    return (struct value){.kind = VALUE_RANGE, .range = made};
}
