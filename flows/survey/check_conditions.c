/* Conditions of steps that are always true or never, whatever people answer.
 *
 * Two proofs.  Where a condition depends on few answers with few values each (options, yes or no, whole numbers, numbers
 * that are only compared with fixed ones), all their combinations are tried.  Else the intervals of check_box.h are
 * compared.  Null, of a question that was skipped or not asked on some way, is no true.                              */
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "flows/survey/check_box.h"
#include "flows/survey/check_sure.h"
#include "flows/survey/scope.h"

#include "bot/base/banned.h"

enum {
    MOST_COMBINATIONS = 5000,
    MOST_VALUES = 200, /* of one variable */
    MOST_BORDERS = 60, /* numbers that one variable is compared with */
    SCRATCH_BYTES = 8 * 1024 * 1024,
};

/* What a condition may come out as; null is FALSE. */
enum { MAY_BE_TRUE = 1, MAY_BE_FALSE = 2, MAY_BE_BOTH = 3 };

struct conditions {
    struct checker *checker;
    struct boxes boxes;
    struct sure sure;
    struct needs needs;
    struct arena scratch; /* of one condition */
    size_t step;          /* whose condition it is                                        */
    bool is_done;         /* the step has been done: its question is surely answered      */
    bool has_clock;       /* something in the flow asks what time it is                   */
};

static bool may_be_null(struct conditions *c, size_t variable)
{
    const struct definition *def = c->checker->definition;
    const struct variable *v = &def->variables[variable];
    const struct step *step = &def->steps[c->step];
    bool just_asked = c->is_done && step->kind == STEP_ASK && step->ask.variable_index == variable;
    if (v->ask == NULL || v->is_set || v->ask->optional)
        return true;
    return !just_asked && !sure_is_set(&c->sure, c->step, variable);
}

/* ── by intervals ──────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_null(const struct feel_node *node)
{
    return node->op == FEEL_LITERAL && node->literal.kind == VALUE_NULL;
}

/* Whether the value of an expression may be null, as far as that can be told. */
static bool node_may_be_null(struct conditions *c, const struct feel_node *node)
{
    const struct definition *def = c->checker->definition;
    struct slot slot;
    switch ((enum feel_op)node->op) {
    case FEEL_LITERAL:
        return node->literal.kind == VALUE_NULL;
    case FEEL_VARIABLE:
        slot = def->slots[node->name.slot];
        if (slot.kind == SLOT_VARIABLE)
            return may_be_null(c, slot.index);
        return slot.kind != SLOT_LET || node_may_be_null(c, def->lets[slot.index].expr->root);
    case FEEL_NEGATE:
        return node_may_be_null(c, node->a);
    case FEEL_ADD:
    case FEEL_SUBTRACT:
    case FEEL_MULTIPLY:
        return node_may_be_null(c, node->a) || node_may_be_null(c, node->b);
    case FEEL_DIVIDE:
        return node_may_be_null(c, node->a) || node->b->op != FEEL_LITERAL;
    case FEEL_IF:
        return node_may_be_null(c, node->b) || node_may_be_null(c, node->c);
    default:
        return true;
    }
}

/* Whether `a < b`, or `a <= b`, can hold. */
static bool can_be_less(const struct box *a, const struct box *b, bool or_equal)
{
    if (!a->has_min || !b->has_max)
        return true;
    int order = decimal_cmp(a->min, b->max);
    return order < 0 || (or_equal && order == 0);
}

static unsigned of_order(struct conditions *c, const struct feel_node *less, const struct feel_node *more,
                         bool or_equal)
{
    struct box a = boxes_of(&c->boxes, less), b = boxes_of(&c->boxes, more);
    if (a.kind != FEEL_NUMBER || b.kind != FEEL_NUMBER)
        return MAY_BE_BOTH;
    bool not_true = can_be_less(&b, &a, !or_equal) || node_may_be_null(c, less) || node_may_be_null(c, more);
    return (can_be_less(&a, &b, or_equal) ? MAY_BE_TRUE : 0u) | (not_true ? MAY_BE_FALSE : 0u);
}

static bool have_common_string(const struct box *a, const struct box *b)
{
    for (size_t i = 0; i < a->n; i++)
        if (strs_contain((struct strs){b->items, b->n}, a->items[i]))
            return true;
    return false;
}

static unsigned of_equality(struct conditions *c, const struct feel_node *node)
{
    if (is_null(node->a) || is_null(node->b)) {
        const struct feel_node *other = is_null(node->a) ? node->b : node->a;
        return is_null(other) || node_may_be_null(c, other) ? MAY_BE_BOTH : MAY_BE_FALSE;
    }
    struct box a = boxes_of(&c->boxes, node->a), b = boxes_of(&c->boxes, node->b);
    bool apart = false;
    if (a.kind == FEEL_NUMBER && b.kind == FEEL_NUMBER)
        apart = !can_be_less(&a, &b, true) || !can_be_less(&b, &a, true);
    else if (a.kind == FEEL_STRING && b.kind == FEEL_STRING && a.is_listed && b.is_listed)
        apart = !have_common_string(&a, &b);
    return apart ? MAY_BE_FALSE : MAY_BE_BOTH;
}

/* `a != b` is true where `a = b` is not, null included. */
static unsigned opposite(unsigned outcome)
{
    return ((outcome & MAY_BE_TRUE) != 0 ? MAY_BE_FALSE : 0u) | ((outcome & MAY_BE_FALSE) != 0 ? MAY_BE_TRUE : 0u);
}

/* As deep as the tree and as lets need each other. */
static unsigned of_intervals(struct conditions *c, const struct feel_node *node)
{
    const struct definition *def = c->checker->definition;
    unsigned a, b;
    switch ((enum feel_op)node->op) {
    case FEEL_LITERAL:
        return node->literal.kind == VALUE_BOOLEAN && node->literal.boolean ? MAY_BE_TRUE : MAY_BE_FALSE;
    case FEEL_VARIABLE:
        if (def->slots[node->name.slot].kind == SLOT_LET)
            return of_intervals(c, def->lets[def->slots[node->name.slot].index].expr->root);
        return MAY_BE_BOTH;
    case FEEL_LESS:
        return of_order(c, node->a, node->b, false);
    case FEEL_LESS_OR_EQUAL:
        return of_order(c, node->a, node->b, true);
    case FEEL_GREATER:
        return of_order(c, node->b, node->a, false);
    case FEEL_GREATER_OR_EQUAL:
        return of_order(c, node->b, node->a, true);
    case FEEL_EQUAL:
        return of_equality(c, node);
    case FEEL_UNEQUAL:
        return opposite(of_equality(c, node));
    case FEEL_BETWEEN:
        a = of_order(c, node->b, node->a, true);
        b = of_order(c, node->a, node->c, true);
        return (a & b & MAY_BE_TRUE) | ((a | b) & MAY_BE_FALSE);
    case FEEL_AND:
        a = of_intervals(c, node->a);
        b = of_intervals(c, node->b);
        return (a & b & MAY_BE_TRUE) | ((a | b) & MAY_BE_FALSE);
    case FEEL_OR:
        a = of_intervals(c, node->a);
        b = of_intervals(c, node->b);
        return ((a | b) & MAY_BE_TRUE) | (a & b & MAY_BE_FALSE);
    case FEEL_IF:
        return of_intervals(c, node->b) | of_intervals(c, node->c);
    default:
        return MAY_BE_BOTH;
    }
}

/* ── the numbers that a variable is compared with ──────────────────────────────────────────────────────────────── */

struct borders {
    size_t slot;
    struct decimal items[2 * MOST_BORDERS + 2];
    size_t n;
    bool opaque; /* it is used in another way, too */
};

static bool is_slot(const struct borders *borders, const struct feel_node *node)
{
    return node->op == FEEL_VARIABLE && node->name.slot == borders->slot;
}

static void add_border(struct borders *borders, const struct feel_node *node)
{
    bool minus = node->op == FEEL_NEGATE;
    const struct feel_node *literal = minus ? node->a : node;
    if (literal->op != FEEL_LITERAL || (literal->literal.kind != VALUE_NUMBER && literal->literal.kind != VALUE_NULL) ||
        borders->n == MOST_BORDERS)
        borders->opaque = true;
    else if (literal->literal.kind == VALUE_NUMBER)
        borders->items[borders->n++] = minus ? decimal_negate(literal->literal.number) : literal->literal.number;
}

/* Whether the source of an expression names the variable at all. */
static bool mentions(const struct borders *borders, const struct feel_expr *expr)
{
    struct feel_use use;
    for (size_t i = 0; expr != NULL && feel_names_used(expr, i, &use); i++)
        if (use.slot == borders->slot)
            return true;
    return false;
}

static void gather(struct borders *borders, const struct feel_node *node)
{
    switch ((enum feel_op)node->op) {
    case FEEL_LITERAL:
        return;
    case FEEL_VARIABLE:
        borders->opaque = borders->opaque || is_slot(borders, node);
        return;
    case FEEL_EQUAL:
    case FEEL_UNEQUAL:
    case FEEL_LESS:
    case FEEL_LESS_OR_EQUAL:
    case FEEL_GREATER:
    case FEEL_GREATER_OR_EQUAL:
        if (is_slot(borders, node->a)) {
            add_border(borders, node->b);
            return;
        }
        if (is_slot(borders, node->b)) {
            add_border(borders, node->a);
            return;
        }
        break;
    case FEEL_BETWEEN:
        if (is_slot(borders, node->a)) {
            add_border(borders, node->b);
            add_border(borders, node->c);
            return;
        }
        borders->opaque = true;
        return;
    case FEEL_AND:
    case FEEL_OR:
        break;
    case FEEL_IF:
        gather(borders, node->c);
        break;
    default:
        borders->opaque = true;
        return;
    }
    gather(borders, node->a);
    gather(borders, node->b);
}

/* In the condition and in all that it needs. */
static void gather_all(struct conditions *c, struct borders *borders, const struct feel_expr *expr)
{
    const struct definition *def = c->checker->definition;
    if (mentions(borders, expr))
        gather(borders, expr->root);
    for (size_t s = 0; s < def->names.n && !borders->opaque; s++) {
        if (!c->needs.slots[s])
            continue;
        if (def->slots[s].kind == SLOT_LET && mentions(borders, def->lets[def->slots[s].index].expr))
            gather(borders, def->lets[def->slots[s].index].expr->root);
        else if (def->slots[s].kind == SLOT_TABLE || def->slots[s].kind == SLOT_DECISION)
            borders->opaque = true;
    }
}

/* ── by trying all ─────────────────────────────────────────────────────────────────────────────────────────────── */

struct domain {
    size_t variable;
    struct value *values;
    size_t n;
    bool with_unknown; /* not having an answer is one more possibility, after the values */
};

static int compare_decimals(const void *a, const void *b)
{
    return decimal_cmp(*(const struct decimal *)a, *(const struct decimal *)b);
}

static void add_number(struct domain *domain, const struct ask *ask, struct decimal number)
{
    bool inside = (!ask->has_min || decimal_cmp(number, ask->min) >= 0) &&
                  (!ask->has_max || decimal_cmp(number, ask->max) <= 0) &&
                  (!ask->integer || decimal_is_integer(number));
    if (inside)
        domain->values[domain->n++] = value_number(number);
}

/* The border, and one number between it and the next; of whole numbers all that are at most one away. */
static bool add_around(struct domain *domain, const struct ask *ask, struct decimal border, const struct decimal *next)
{
    struct decimal one = decimal_from_i64(1), two = decimal_from_i64(2), value;
    add_number(domain, ask, border);
    if (!ask->integer && next != NULL) {
        if (!decimal_add(border, *next, &value) || !decimal_div(value, two, &value))
            return false;
        add_number(domain, ask, value);
        return true;
    }
    if (!decimal_scale(border, 0, DECIMAL_FLOOR, &value) || !decimal_sub(value, one, &value))
        return false;
    for (size_t i = 0; i < 4; i++) {
        add_number(domain, ask, value);
        if (!decimal_add(value, one, &value))
            return false;
    }
    return true;
}

/* Between the numbers that it is compared with, and its own ends, nothing changes: one of each is enough. */
static bool numbers_of(struct conditions *c, const struct ask *ask, const struct feel_expr *expr, struct domain *domain)
{
    const struct definition *def = c->checker->definition;
    struct borders borders = {.slot = 0};
    while (def->slots[borders.slot].kind != SLOT_VARIABLE || def->slots[borders.slot].index != domain->variable)
        borders.slot++;
    gather_all(c, &borders, expr);
    if (borders.opaque)
        return false;
    if (ask->has_min)
        borders.items[borders.n++] = ask->min;
    if (ask->has_max)
        borders.items[borders.n++] = ask->max;
    if (borders.n == 0)
        borders.items[borders.n++] = decimal_from_i64(0);
    qsort(borders.items, borders.n, sizeof *borders.items, compare_decimals);
    struct decimal before, one = decimal_from_i64(1);
    if (!decimal_sub(borders.items[0], one, &before))
        return false;
    add_number(domain, ask, before);
    for (size_t i = 0; i < borders.n; i++)
        if (!add_around(domain, ask, borders.items[i], i + 1 < borders.n ? &borders.items[i + 1] : NULL))
            return false;
    return true;
}

/* What the variable can be; false: too much. */
static bool domain_of(struct conditions *c, size_t variable, const struct feel_expr *expr, struct domain *ret_domain)
{
    const struct variable *v = &c->checker->definition->variables[variable];
    const struct ask *ask = v->ask;
    if (ask == NULL || v->is_set || ask->n_options > MOST_VALUES)
        return false;
    *ret_domain = (struct domain){.variable = variable, .with_unknown = may_be_null(c, variable)};
    ret_domain->values = arena_alloc_array(&c->scratch, MOST_VALUES + 5 * (MOST_BORDERS + 2) + 1, sizeof(struct value));
    if (ret_domain->values == NULL)
        return false;
    switch (ask->type) {
    case ASK_CHOICE:
        for (size_t i = 0; i < ask->n_options; i++)
            ret_domain->values[ret_domain->n++] = value_string(ask->options[i].value);
        return true;
    case ASK_YES_NO:
        ret_domain->values[ret_domain->n++] = value_boolean(true);
        ret_domain->values[ret_domain->n++] = value_boolean(false);
        return true;
    case ASK_NUMBER:
    case ASK_SCALE:
        return numbers_of(c, ask, expr, ret_domain);
    case ASK_CHOICES:
    case ASK_TEXT:
    case ASK_DATE:
    case ASK_PHONE:
    case ASK_EMAIL:
    case ASK_FILE:
        return false;
    }
    return false;
}

static size_t size_of(const struct domain *domain)
{
    return domain->n + domain->with_unknown;
}

/* The domains of all that the condition needs; their combinations must be few enough. */
static bool domains_of(struct conditions *c, const struct feel_expr *expr, struct domain *domains, size_t *ret_n,
                       size_t *ret_combinations)
{
    const struct definition *def = c->checker->definition;
    size_t n = 0, combinations = 1;
    needs_clear(&c->needs);
    needs_add(&c->needs, expr);
    for (size_t v = 0; v < def->n_variables; v++) {
        if (!c->needs.variables[v])
            continue;
        if (!domain_of(c, v, expr, &domains[n]))
            return false;
        combinations *= size_of(&domains[n]);
        if (combinations == 0 || combinations > MOST_COMBINATIONS)
            return false;
        n++;
    }
    *ret_n = n;
    *ret_combinations = combinations;
    return true;
}

/* What comes out over all combinations; 0: they cannot be tried. */
static unsigned by_trying(struct conditions *c, const struct feel_expr *expr)
{
    const struct definition *def = c->checker->definition;
    size_t n, combinations;
    unsigned outcome = 0;
    arena_reset(&c->scratch);
    struct domain *domains = arena_alloc_array(&c->scratch, def->n_variables + 1, sizeof *domains);
    if (c->has_clock || domains == NULL || !domains_of(c, expr, domains, &n, &combinations))
        return 0;
    for (size_t i = 0; i < combinations && outcome != MAY_BE_BOTH; i++) {
        CLEANUP(arena_release) struct arena arena;
        struct state state;
        struct scope scope;
        struct value value;
        struct str reason;
        arena_init(&arena, SCRATCH_BYTES);
        if (state_init(&state, def, &arena) != OK || scope_init(&scope, &state) != OK)
            return 0;
        for (size_t d = 0, rest = i; d < n; rest /= size_of(&domains[d]), d++) {
            size_t at = rest % size_of(&domains[d]);
            if (at < domains[d].n)
                state.answers[domains[d].variable] = (struct known){true, domains[d].values[at]};
        }
        if (scope_eval(&scope, expr, &value, &reason) != OK)
            return 0;
        outcome |= value_is_true(&value) ? MAY_BE_TRUE : MAY_BE_FALSE;
    }
    return outcome;
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A type that cannot fit explains why a condition is never true. */
static bool is_explained(const struct conditions *c, const struct feel_expr *condition)
{
    static const char *const codes[] = {"type", "not_boolean", "unknown_option", "never_set"};
    const struct findings *findings = c->checker->findings;
    struct place from = check_place(condition, 0), to = check_place(condition, condition->source.text.n);
    for (size_t i = 0; i < findings->n; i++) {
        const struct finding *f = &findings->items[i];
        bool inside = f->at.line >= from.line && f->at.line <= to.line &&
                      (f->at.line != from.line || f->at.column >= from.column) &&
                      (f->at.line != to.line || f->at.column <= to.column) &&
                      str_eq(f->file, c->checker->definition->file);
        for (size_t k = 0; inside && k < COUNT_OF(codes); k++)
            if (str_eq(str_of(f->code), str_of(codes[k])))
                return true;
    }
    return false;
}

static void check_condition(struct conditions *c, const struct feel_expr *condition)
{
    unsigned outcome = by_trying(c, condition);
    if (outcome == 0)
        outcome = of_intervals(c, condition->root);
    struct str text = feel_expr_text(condition);
    if (outcome == MAY_BE_BOTH || is_explained(c, condition))
        return;
    if (outcome == MAY_BE_TRUE)
        check_error(c->checker, "always_true", check_place(condition, 0), STR(""),
                    "the condition `%.*s` is true whatever people answer; take it out, or change it", STR_ARG(text));
    else
        check_error(c->checker, "never_true", check_place(condition, 0), STR(""),
                    "the condition `%.*s` is never true, whatever people answer; change it, or take out what it is for",
                    STR_ARG(text));
}

static void note_clock(void *self, const struct feel_expr *expr, enum check_use use)
{
    struct conditions *c = self;
    (void)use;
    c->has_clock = c->has_clock || str_find(expr->source.text, STR("now(")) != SIZE_MAX ||
                   str_find(expr->source.text, STR("today(")) != SIZE_MAX;
}

static void check_step(struct conditions *c, size_t at)
{
    const struct step *step = &c->checker->definition->steps[at];
    c->step = at;
    c->is_done = false;
    if (step->when != NULL)
        check_condition(c, step->when);
    c->is_done = true;
    for (size_t i = 0; i < step->n_next; i++)
        if (step->next[i].when != NULL)
            check_condition(c, step->next[i].when);
}

void check_conditions(struct checker *checker)
{
    const struct definition *def = checker->definition;
    struct conditions c = {.checker = checker};
    boxes_init(&c.boxes, checker);
    if (checker->findings->failed || !sure_init(&c.sure, checker) || !needs_init(&c.needs, def, checker->arena)) {
        checker->findings->failed = true;
        return;
    }
    arena_init(&c.scratch, SCRATCH_BYTES);
    check_each_expr(def, note_clock, &c);
    for (size_t i = 0; i < def->n_steps; i++)
        if (checker->reached[i])
            check_step(&c, i);
    arena_release(&c.scratch);
}
