/* Relations of points and ranges (DMN 1.5 §10.3.4.8, table 78).  A point is a range from itself to itself. */
#include "flows/rules/feel_ast.h"
#include "flows/rules/feel_builtin.h"
#include "flows/rules/feel_eval.h"
#include "flows/rules/feel_temporal.h"

#include "bot/base/banned.h"

struct bounds {
    struct value start, end; /* null: open to infinity */
    bool start_in, end_in;
};

/* Two ranges and how their bounds compare. */
struct pair {
    struct bounds a, b;
    int starts, ends; /* a's start against b's start, ends likewise */
    int end_start;    /* a's end against b's start */
    int start_end;    /* a's start against b's end */
};

static struct bounds bounds_of(const struct value *value)
{
    if (value->kind != VALUE_RANGE)
        return (struct bounds){.start = *value, .end = *value, .start_in = true, .end_in = true};
    const struct value_range *range = value->range;
    return (struct bounds){range->start, range->end, range->start_included, range->end_included};
}

/* `open`: the order when the first is infinite; the second's infinity is the contrary. */
static bool compare_bounds(const struct value *a, int a_open, const struct value *b, int b_open, int *ret_order)
{
    if (a->kind == VALUE_NULL || b->kind == VALUE_NULL) {
        *ret_order = a->kind == VALUE_NULL ? (b->kind == VALUE_NULL && a_open == b_open ? 0 : a_open) : -b_open;
        return true;
    }
    return value_compare(a, b, ret_order);
}

static bool pair_of(struct feel_run *run, const struct feel_arguments *args, struct pair *ret)
{
    const struct value *first = &args->items[0], *second = &args->items[1];
    struct pair p = {.a = bounds_of(first), .b = bounds_of(second)};
    bool usable = first->kind != VALUE_NULL && second->kind != VALUE_NULL;
    if (first->kind == VALUE_RANGE && first->range->form == RANGE_UNEQUAL)
        usable = false;
    if (second->kind == VALUE_RANGE && second->range->form == RANGE_UNEQUAL)
        usable = false;
    if (!usable || !compare_bounds(&p.a.start, -1, &p.b.start, -1, &p.starts) ||
        !compare_bounds(&p.a.end, 1, &p.b.end, 1, &p.ends) ||
        !compare_bounds(&p.a.end, 1, &p.b.start, -1, &p.end_start) ||
        !compare_bounds(&p.a.start, -1, &p.b.end, 1, &p.start_end)) {
        feel_reason(run, "%.*s() cannot compare %s and %s", STR_ARG(args->function), value_kind_name(first->kind),
                    value_kind_name(second->kind));
        return false;
    }
    *ret = p;
    return true;
}

/* The same pair seen from the other side. */
static struct pair swapped(struct pair p)
{
    return (struct pair){
        .a = p.b, .b = p.a, .starts = -p.starts, .ends = -p.ends, .end_start = -p.start_end, .start_end = -p.end_start};
}

static bool is_before(struct pair p)
{
    return p.end_start < 0 || (p.end_start == 0 && !(p.a.end_in && p.b.start_in));
}

static bool is_meeting(struct pair p)
{
    return p.end_start == 0 && p.a.end_in && p.b.start_in;
}

static bool is_overlapping(struct pair p)
{
    return (p.end_start > 0 || is_meeting(p)) && (p.start_end < 0 || is_meeting(swapped(p)));
}

static bool is_overlapping_before(struct pair p)
{
    return (p.starts < 0 || (p.starts == 0 && p.a.start_in && !p.b.start_in)) && (p.end_start > 0 || is_meeting(p)) &&
           (p.ends < 0 || (p.ends == 0 && (!p.a.end_in || p.b.end_in)));
}

static bool is_finishing(struct pair p)
{
    return p.ends == 0 && p.a.end_in == p.b.end_in &&
           (p.starts > 0 || (p.starts == 0 && (!p.a.start_in || p.b.start_in)));
}

static bool is_starting(struct pair p)
{
    return p.starts == 0 && p.a.start_in == p.b.start_in &&
           (p.ends < 0 || (p.ends == 0 && (!p.a.end_in || p.b.end_in)));
}

static bool is_including(struct pair p)
{
    return (p.starts < 0 || (p.starts == 0 && (p.a.start_in || !p.b.start_in))) &&
           (p.ends > 0 || (p.ends == 0 && (p.a.end_in || !p.b.end_in)));
}

static bool is_coinciding(struct pair p)
{
    return p.starts == 0 && p.ends == 0 && p.a.start_in == p.b.start_in && p.a.end_in == p.b.end_in;
}

typedef bool relation(struct pair p);

static struct value relate(struct feel_run *run, const struct feel_arguments *args, relation *holds)
{
    struct pair p;
    return pair_of(run, args, &p) ? value_boolean(holds(p)) : value_null();
}

static struct value relate_swapped(struct feel_run *run, const struct feel_arguments *args, relation *holds)
{
    struct pair p;
    return pair_of(run, args, &p) ? value_boolean(holds(swapped(p))) : value_null();
}

struct value feel_range_before(struct feel_run *run, const struct feel_arguments *args)
{
    return relate(run, args, is_before);
}

struct value feel_range_after(struct feel_run *run, const struct feel_arguments *args)
{
    return relate_swapped(run, args, is_before);
}

struct value feel_range_meets(struct feel_run *run, const struct feel_arguments *args)
{
    return relate(run, args, is_meeting);
}

struct value feel_range_met_by(struct feel_run *run, const struct feel_arguments *args)
{
    return relate_swapped(run, args, is_meeting);
}

struct value feel_range_overlaps(struct feel_run *run, const struct feel_arguments *args)
{
    return relate(run, args, is_overlapping);
}

struct value feel_range_overlaps_before(struct feel_run *run, const struct feel_arguments *args)
{
    return relate(run, args, is_overlapping_before);
}

struct value feel_range_overlaps_after(struct feel_run *run, const struct feel_arguments *args)
{
    return relate_swapped(run, args, is_overlapping_before);
}

struct value feel_range_finishes(struct feel_run *run, const struct feel_arguments *args)
{
    return relate(run, args, is_finishing);
}

struct value feel_range_finished_by(struct feel_run *run, const struct feel_arguments *args)
{
    return relate_swapped(run, args, is_finishing);
}

struct value feel_range_includes(struct feel_run *run, const struct feel_arguments *args)
{
    return relate(run, args, is_including);
}

struct value feel_range_during(struct feel_run *run, const struct feel_arguments *args)
{
    return relate_swapped(run, args, is_including);
}

struct value feel_range_starts(struct feel_run *run, const struct feel_arguments *args)
{
    return relate(run, args, is_starting);
}

struct value feel_range_started_by(struct feel_run *run, const struct feel_arguments *args)
{
    return relate_swapped(run, args, is_starting);
}

struct value feel_range_coincides(struct feel_run *run, const struct feel_arguments *args)
{
    return relate(run, args, is_coinciding);
}

static bool is_literal_range(const struct feel_node *node)
{
    if (node->op == FEEL_LITERAL)
        return node->literal.kind == VALUE_RANGE;
    return node->op == FEEL_INTERVAL && node->a->op == FEEL_LITERAL && (node->b == NULL || node->b->op == FEEL_LITERAL);
}

/* The text of a range with literal bounds. */
struct value feel_range_range(struct feel_run *run, const struct feel_arguments *args)
{
    struct feel_compiler compiler = {.arena = run->arena, .zones = feel_temporal_zones(run)};
    const struct feel_expr *expr;
    enum err rc = feel_compile(&compiler, &(struct feel_source){.text = args->items[0].string}, &expr);
    if (rc == ERR_NO_MEMORY)
        return feel_run_fail(run, rc, "the expression needs too much memory");
    if (rc != OK || !is_literal_range(expr->root))
        return feel_run_null(run, "range() cannot read \"%.*s\"", STR_ARG(str_first(args->items[0].string, 40)));
    struct value value = value_null();
    rc = feel_eval(expr, run, &value);
    return rc == OK ? value : value_null();
}
