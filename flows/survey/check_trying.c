/* What a condition can come out as, by trying: where it depends on few answers with few values each (options, yes or no,
 * whole numbers, numbers that are only compared with fixed ones), all their combinations. */
#include <stdlib.h>

#include "flows/survey/check_conditions.h"
#include "flows/survey/scope.h"

#include "bot/base/banned.h"

enum {
    MOST_COMBINATIONS = 5000,
    MOST_VALUES = 200, /* of one variable */
    MOST_BORDERS = 60, /* numbers that one variable is compared with */
};

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
    *ret_domain = (struct domain){.variable = variable, .with_unknown = conditions_may_be_null(c, variable)};
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
    if (c->needs.clock)
        return false;
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

/* One value of each domain; `number` counts through all combinations. */
struct combination {
    const struct domain *domains;
    size_t n, number;
};

/* False: the arena is full. */
static bool try_one(struct conditions *c, const struct feel_expr *expr, const struct combination *combination,
                    bool *ret_true)
{
    size_t number = combination->number;
    struct state state;
    struct scope scope;
    struct value value;
    struct str reason;
    if (state_init(&state, c->checker->definition, &c->tried) != OK || scope_init(&scope, &state) != OK)
        return false;
    for (size_t d = 0; d < combination->n; d++) {
        const struct domain *domain = &combination->domains[d];
        size_t at = number % size_of(domain);
        number /= size_of(domain);
        if (at < domain->n)
            state.answers[domain->variable] = (struct known){true, domain->values[at]};
    }
    if (scope_eval(&scope, expr, &value, &reason) != OK)
        return false;
    *ret_true = value_is_true(&value);
    return true;
}

unsigned conditions_by_trying(struct conditions *c, const struct feel_expr *expr)
{
    size_t n, combinations;
    unsigned outcome = 0;
    arena_reset(&c->scratch);
    struct domain *domains = arena_alloc_array(&c->scratch, c->checker->definition->n_variables + 1, sizeof *domains);
    if (domains == NULL || !domains_of(c, expr, domains, &n, &combinations))
        return 0;
    for (size_t i = 0; i < combinations && outcome != MAY_BE_BOTH; i++) {
        bool is_true;
        arena_reset(&c->tried);
        if (!try_one(c, expr, &(struct combination){domains, n, i}, &is_true))
            return 0;
        outcome |= is_true ? MAY_BE_TRUE : MAY_BE_FALSE;
    }
    return outcome;
}
