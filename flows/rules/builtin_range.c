/* Relations of points and ranges (DMN 1.5 §10.3.4.8, table 78).  A point is a range from itself to itself. */
#include "bot/base/text.h"
#include "flows/rules/feel_ast.h"
#include "flows/rules/feel_builtin.h"
#include "flows/rules/feel_eval.h"
#include "flows/rules/feel_temporal.h"

#include "bot/base/banned.h"

enum { MAX_SHOWN = 40 };

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

/* ── range() ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_bracket(char c)
{
    return c == '[' || c == ']' || c == '(' || c == ')';
}

/* `..` outside of quotes; SIZE_MAX: none. */
static size_t find_dots(struct str text)
{
    bool quoted = false;
    for (size_t i = 0; i + 1 < text.n; i++) {
        if (text.p[i] == '"')
            quoted = !quoted;
        if (!quoted && text.p[i] == '.' && text.p[i + 1] == '.')
            return i;
    }
    return SIZE_MAX;
}

/* A bound as written: a literal, or nothing (null).  False: anything else, or the run has failed. */
static bool read_bound(struct feel_run *run, struct str text, struct value *ret_bound)
{
    struct feel_compiler compiler = {.arena = run->arena, .zones = feel_temporal_zones(run)};
    const struct feel_expr *expr;
    *ret_bound = value_null();
    if (str_trim(text).n == 0)
        return true;
    enum err rc = feel_compile(&compiler, &(struct feel_source){.text = text}, &expr);
    if (rc == ERR_NO_MEMORY)
        (void)feel_run_fail(run, rc, "the expression needs too much memory");
    if (rc != OK || expr->root->op != FEEL_LITERAL)
        return false;
    *ret_bound = expr->root->literal;
    return true;
}

/* What is left out is open to infinity: [1..) is (>= 1). */
static enum value_range_form form_of(const struct value_range *range)
{
    if (range->end.kind == VALUE_NULL)
        return range->start_included ? RANGE_GREATER_OR_EQUAL : RANGE_GREATER;
    if (range->start.kind == VALUE_NULL)
        return range->end_included ? RANGE_LESS_OR_EQUAL : RANGE_LESS;
    return RANGE_INTERVAL;
}

static bool is_range(const struct value_range *range)
{
    int order;
    bool has_start = range->start.kind != VALUE_NULL, has_end = range->end.kind != VALUE_NULL;
    if (has_start && has_end)
        return value_compare(&range->start, &range->end, &order) && order <= 0;
    const struct value *only = has_start ? &range->start : &range->end;
    return value_compare(only, only, &order) && !(has_start ? range->end_included : range->start_included);
}

/* The text of a range with literal bounds, of which one may be left out on an open side. */
struct value feel_range_range(struct feel_run *run, const struct feel_arguments *args)
{
    struct str text = str_trim(args->items[0].string);
    struct value_range range = {.form = RANGE_INTERVAL}, *made;
    size_t dots = find_dots(text);
    bool fits = dots != SIZE_MAX && text.n >= 4 && is_bracket(text.p[0]) && is_bracket(text.p[text.n - 1]) &&
                text.p[0] != ')' && text.p[text.n - 1] != '(';
    if (fits) {
        struct str before = str_skip(str_first(text, dots), 1), after = str_skip(str_first(text, text.n - 1), dots + 2);
        range.start_included = text.p[0] == '[';
        range.end_included = text.p[text.n - 1] == ']';
        fits = read_bound(run, before, &range.start) && read_bound(run, after, &range.end) && is_range(&range);
        range.form = form_of(&range);
    }
    if (!fits)
        return feel_run_null(run, "range() cannot read \"%.*s\"", STR_ARG(text_first(text, MAX_SHOWN)));
    if ((made = feel_run_alloc(run, 1, sizeof *made)) == NULL)
        return value_null();
    *made = range;
    return (struct value){.kind = VALUE_RANGE, .range = made};
}
