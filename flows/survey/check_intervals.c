/* What a condition can come out as, by the intervals and sets of its parts (check_box.h), each taken for itself. */
#include "flows/survey/check_conditions.h"

#include "bot/base/banned.h"

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
            return conditions_may_be_null(c, slot.index);
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
unsigned conditions_by_intervals(struct conditions *c, const struct feel_node *node)
{
    const struct definition *def = c->checker->definition;
    unsigned a, b;
    switch ((enum feel_op)node->op) {
    case FEEL_LITERAL:
        return node->literal.kind == VALUE_BOOLEAN && node->literal.boolean ? MAY_BE_TRUE : MAY_BE_FALSE;
    case FEEL_VARIABLE:
        if (def->slots[node->name.slot].kind == SLOT_LET)
            return conditions_by_intervals(c, def->lets[def->slots[node->name.slot].index].expr->root);
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
        a = conditions_by_intervals(c, node->a);
        b = conditions_by_intervals(c, node->b);
        return (a & b & MAY_BE_TRUE) | ((a | b) & MAY_BE_FALSE);
    case FEEL_OR:
        a = conditions_by_intervals(c, node->a);
        b = conditions_by_intervals(c, node->b);
        return ((a | b) & MAY_BE_TRUE) | (a & b & MAY_BE_FALSE);
    case FEEL_IF:
        return conditions_by_intervals(c, node->b) | conditions_by_intervals(c, node->c);
    default:
        return MAY_BE_BOTH;
    }
}
