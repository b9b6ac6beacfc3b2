#include "flows/survey/span.h"

#include "flows/survey/rerun.h"
#include "flows/survey/run.h"

#include "bot/base/banned.h"

enum { KEPT_BYTES = 16 * 1024 * 1024, SCRATCH_BYTES = 16 * 1024 * 1024 };

enum { MEMO_CONSTANT = 1, MEMO_NOT_CONSTANT = 2, MEMO_PLAIN = 4, MEMO_NOT_PLAIN = 8 };

/* What a condition or a test may come out as over the interval; null is FALSE. */
enum { MAY_BE_TRUE = 1, MAY_BE_FALSE = 2, MAY_BE_BOTH = 3 };

static bool is_constant(struct span *span, const struct feel_node *node);
static bool is_constant_slot(struct span *span, size_t slot);
static bool is_plain(struct span *span, const struct feel_node *node);
static unsigned of_condition(struct span *span, const struct feel_node *node);

/* ── beginning and end ─────────────────────────────────────────────────────────────────────────────────────────── */

bool span_init(struct span *span, const struct rerun *input, const struct run *run, size_t step)
{
    *span = (struct span){.input = input, .step = step};
    arena_init(&span->kept, KEPT_BYTES);
    arena_init(&span->scratch, SCRATCH_BYTES);
    span->findings.arena = &span->kept;
    span->checker = (struct checker){.definition = run->definition, .arena = &span->kept, .findings = &span->findings};
    if (span_names_init(&span->names, &span->checker, run, step))
        return true;
    span_release(span);
    return false;
}

void span_release(struct span *span)
{
    arena_release(&span->kept);
    arena_release(&span->scratch);
}

/* ── true for all or for none ──────────────────────────────────────────────────────────────────────────────────── */

static bool can_be_less(const struct box *a, const struct box *b, bool or_equal)
{
    if (!a->has_min || !b->has_max)
        return true;
    int order = decimal_cmp(a->min, b->max);
    return order < 0 || (or_equal && order == 0);
}

static unsigned of_order(const struct box *less, const struct box *more, bool or_equal)
{
    if (less->kind != FEEL_NUMBER || more->kind != FEEL_NUMBER)
        return MAY_BE_BOTH;
    return (can_be_less(less, more, or_equal) ? MAY_BE_TRUE : 0u) |
           (can_be_less(more, less, !or_equal) ? MAY_BE_FALSE : 0u);
}

static unsigned both(unsigned a, unsigned b)
{
    return (a & b & MAY_BE_TRUE) | ((a | b) & MAY_BE_FALSE);
}

static unsigned either(unsigned a, unsigned b)
{
    return ((a | b) & MAY_BE_TRUE) | (a & b & MAY_BE_FALSE);
}

static bool share_a_string(const struct box *a, const struct box *b)
{
    for (size_t i = 0; i < a->n; i++)
        if (strs_contain((struct strs){b->items, b->n}, a->items[i]))
            return true;
    return false;
}

static unsigned of_equality(const struct box *a, const struct box *b)
{
    if (a->kind == FEEL_NUMBER && b->kind == FEEL_NUMBER)
        return both(of_order(a, b, true), of_order(b, a, true));
    if (a->kind != FEEL_STRING || b->kind != FEEL_STRING || !a->is_listed || !b->is_listed)
        return MAY_BE_BOTH;
    if (!share_a_string(a, b))
        return MAY_BE_FALSE;
    return a->n == 1 && b->n == 1 ? MAY_BE_TRUE : MAY_BE_BOTH;
}

/* The value of a name that is the same for all of the interval, and all the time; false: it is not. */
static bool value_of(struct span *span, size_t slot, struct value *ret_value)
{
    return !span->names.vague[slot] && is_constant_slot(span, slot) && scope_get(&span->scope, slot, ret_value) == OK;
}

static unsigned of_name(struct span *span, size_t slot)
{
    const struct definition *def = span->input->definition;
    struct value value = value_null();
    if (value_of(span, slot, &value))
        return value_is_true(&value) ? MAY_BE_TRUE : MAY_BE_FALSE;
    return def->slots[slot].kind == SLOT_LET ? of_condition(span, def->lets[def->slots[slot].index].expr->root)
                                             : (unsigned)MAY_BE_BOTH;
}

/* Both sides are numbers whenever they are known at all, or do not move. */
static bool are_plain(struct span *span, const struct feel_node *a, const struct feel_node *b)
{
    return is_plain(span, a) && is_plain(span, b);
}

static unsigned of_comparison(struct span *span, const struct feel_node *less, const struct feel_node *more,
                              bool or_equal)
{
    if (!are_plain(span, less, more))
        return MAY_BE_BOTH;
    struct box a = boxes_of(&span->boxes, less), b = boxes_of(&span->boxes, more);
    return of_order(&a, &b, or_equal);
}

static unsigned of_condition(struct span *span, const struct feel_node *node)
{
    struct box a, b;
    switch ((enum feel_op)node->op) {
    case FEEL_LITERAL:
        return value_is_true(&node->literal) ? MAY_BE_TRUE : MAY_BE_FALSE;
    case FEEL_VARIABLE:
        return of_name(span, node->name.slot);
    case FEEL_LESS:
        return of_comparison(span, node->a, node->b, false);
    case FEEL_LESS_OR_EQUAL:
        return of_comparison(span, node->a, node->b, true);
    case FEEL_GREATER:
        return of_comparison(span, node->b, node->a, false);
    case FEEL_GREATER_OR_EQUAL:
        return of_comparison(span, node->b, node->a, true);
    case FEEL_BETWEEN:
        return both(of_comparison(span, node->b, node->a, true), of_comparison(span, node->a, node->c, true));
    case FEEL_EQUAL:
        if (!are_plain(span, node->a, node->b))
            return MAY_BE_BOTH;
        a = boxes_of(&span->boxes, node->a);
        b = boxes_of(&span->boxes, node->b);
        return of_equality(&a, &b);
    case FEEL_AND:
        return both(of_condition(span, node->a), of_condition(span, node->b));
    case FEEL_OR:
        return either(of_condition(span, node->a), of_condition(span, node->b));
    default:
        return MAY_BE_BOTH;
    }
}

static enum truth decide(void *self, const struct feel_node *condition)
{
    unsigned outcome = of_condition(self, condition);
    return outcome == MAY_BE_TRUE ? TRUTH_TRUE : outcome == MAY_BE_FALSE ? TRUTH_FALSE : TRUTH_NULL;
}

/* Whether being true is the same for all of the interval. */
static bool is_steady(struct span *span, const struct feel_node *node)
{
    return of_condition(span, node) != MAY_BE_BOTH || is_constant(span, node) ||
           ((node->op == FEEL_AND || node->op == FEEL_OR) && is_steady(span, node->a) && is_steady(span, node->b));
}

/* The value as a box; kind ANY: nothing that boxes know. */
static struct box box_of(struct span *span, const struct value *value)
{
    struct box box = {.kind = FEEL_ANY};
    struct str *item;
    switch (value->kind) {
    case VALUE_NUMBER:
        return (struct box){.kind = FEEL_NUMBER,
                            .has_min = true,
                            .has_max = true,
                            .integer = decimal_is_integer(value->number),
                            .min = value->number,
                            .max = value->number};
    case VALUE_STRING:
        item = arena_alloc(&span->scratch, sizeof *item);
        if (item == NULL)
            return box;
        *item = value->string;
        return (struct box){.kind = FEEL_STRING, .is_listed = true, .items = item, .n = 1};
    case VALUE_NULL:
    case VALUE_BOOLEAN:
    case VALUE_LIST:
    case VALUE_CONTEXT:
    case VALUE_RANGE:
    case VALUE_FUNCTION:
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_DATE_TIME:
    case VALUE_DAYS_DURATION:
    case VALUE_MONTHS_DURATION:
    case VALUE_KINDS:
        break;
    }
    return box;
}

/* ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static unsigned of_bounds(struct span *span, const struct feel_node *range, const struct box *input)
{
    if (!are_plain(span, range->a, range->b))
        return MAY_BE_BOTH;
    struct box from = boxes_of(&span->boxes, range->a), to = boxes_of(&span->boxes, range->b);
    return both(of_order(&from, input, range->start_included), of_order(input, &to, range->end_included));
}

static unsigned of_test(struct span *span, const struct feel_node *test, const struct box *input);

static unsigned of_any(struct span *span, const struct feel_node *tests, const struct box *input)
{
    unsigned outcome = MAY_BE_FALSE;
    for (size_t i = 0; i < tests->many.n; i++)
        outcome = either(outcome, of_test(span, tests->many.items[i], input));
    return outcome;
}

static unsigned of_compare(struct span *span, const struct feel_node *test, const struct box *input)
{
    if (!is_plain(span, test->a))
        return MAY_BE_BOTH;
    struct box than = boxes_of(&span->boxes, test->a);
    switch ((enum value_range_form)test->compare) {
    case RANGE_LESS:
    case RANGE_LESS_OR_EQUAL:
        return of_order(input, &than, test->compare == RANGE_LESS_OR_EQUAL);
    case RANGE_GREATER:
    case RANGE_GREATER_OR_EQUAL:
        return of_order(&than, input, test->compare == RANGE_GREATER_OR_EQUAL);
    case RANGE_EQUAL:
        return of_equality(input, &than);
    case RANGE_INTERVAL:
    case RANGE_UNEQUAL:
        break;
    }
    return MAY_BE_BOTH;
}

/* One side of a range; null is open, but in an interval: there nobody knows what it is. */
static unsigned of_bound(struct span *span, const struct value *bound, const struct value_range *range,
                         const struct box *input)
{
    bool is_start = bound == &range->start;
    if (bound->kind == VALUE_NULL && range->form != RANGE_INTERVAL)
        return MAY_BE_TRUE;
    struct box box = box_of(span, bound);
    return is_start ? of_order(&box, input, range->start_included) : of_order(input, &box, range->end_included);
}

static unsigned of_literal(struct span *span, const struct value *value, const struct box *input)
{
    struct box box;
    unsigned outcome = MAY_BE_FALSE;
    if (value->kind == VALUE_RANGE && value->range->form == RANGE_UNEQUAL)
        return MAY_BE_BOTH;
    if (value->kind == VALUE_RANGE)
        return both(of_bound(span, &value->range->start, value->range, input),
                    of_bound(span, &value->range->end, value->range, input));
    for (size_t i = 0; value->kind == VALUE_LIST && i < value->list.n; i++)
        outcome = either(outcome, of_literal(span, &value->list.items[i], input));
    if (value->kind == VALUE_LIST)
        return outcome;
    box = box_of(span, value);
    return of_equality(input, &box);
}

/* Of an input that has a value; `input` is what it can be. */
static unsigned of_test(struct span *span, const struct feel_node *test, const struct box *input)
{
    unsigned outcome;
    switch ((enum feel_op)test->op) {
    case FEEL_TEST_ANYTHING:
        return MAY_BE_TRUE;
    case FEEL_TEST_COMPARE:
        return of_compare(span, test, input);
    case FEEL_INTERVAL:
        return of_bounds(span, test, input);
    case FEEL_TEST_VALUE:
        if (test->uses_input)
            return MAY_BE_BOTH;
        if (test->a->op == FEEL_INTERVAL)
            return of_bounds(span, test->a, input);
        return test->a->op == FEEL_LITERAL ? of_literal(span, &test->a->literal, input) : (unsigned)MAY_BE_BOTH;
    case FEEL_TEST_ANY_OF:
        return of_any(span, test, input);
    case FEEL_TEST_NOT:
        outcome = of_test(span, test->a, input);
        return ((outcome & MAY_BE_TRUE) != 0 ? MAY_BE_FALSE : 0u) | ((outcome & MAY_BE_FALSE) != 0 ? MAY_BE_TRUE : 0u);
    default:
        return MAY_BE_BOTH;
    }
}

/* What the test of a cell says over the interval; `still`: the input does not move. */
static bool cell_holds(struct span *span, const struct feel_expr *test, const struct feel_node *input, bool still)
{
    if (test == NULL)
        return true;
    if (still && is_constant(span, test->root))
        return true;
    if (!is_plain(span, input))
        return false;
    struct box box = boxes_of(&span->boxes, input);
    return of_test(span, test->root, &box) != MAY_BE_BOTH;
}

/* Every rule fits all the time or never, and what the rules give does not move. */
static bool is_constant_table(struct span *span, const struct table *table)
{
    for (size_t i = 0; i < table->n_inputs; i++) {
        const struct feel_node *input = table->inputs[i].expr->root;
        bool still = is_constant(span, input);
        if (!cell_holds(span, table->inputs[i].values, input, still))
            return false;
        for (size_t r = 0; r < table->n_rules; r++)
            if (!cell_holds(span, table->rules[r].tests[i], input, still))
                return false;
    }
    for (size_t k = 0; k < table->n_outputs; k++) {
        const struct table_output *output = &table->outputs[k];
        if ((output->otherwise != NULL && !is_constant(span, output->otherwise->root)) ||
            (output->values != NULL && !is_constant(span, output->values->root)))
            return false;
        for (size_t r = 0; r < table->n_rules; r++)
            if (!is_constant(span, table->rules[r].outputs[k]->root))
                return false;
    }
    return true;
}

/* ── what does not move ────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_constant_decision(struct span *span, const struct named_decision *decision)
{
    for (size_t i = 0; i < decision->n_inputs; i++)
        if (!is_constant(span, decision->exprs[i]->root))
            return false;
    return true;
}

static bool find_constant_slot(struct span *span, size_t slot)
{
    const struct definition *def = span->input->definition;
    size_t index = def->slots[slot].index;
    switch (def->slots[slot].kind) {
    case SLOT_VARIABLE:
        return slot == span->names.slot && decimal_cmp(span->interval.min, span->interval.max) == 0;
    case SLOT_LET:
        return is_constant(span, def->lets[index].expr->root);
    case SLOT_TABLE:
        return is_constant_table(span, def->tables[index].table);
    case SLOT_DECISION:
        return is_constant_decision(span, &def->decisions[index]);
    case SLOT_CATALOG:
        break;
    }
    return true;
}

static bool is_constant_slot(struct span *span, size_t slot)
{
    if (!span->names.moves[slot])
        return true;
    if ((span->memo[slot] & (MEMO_CONSTANT | MEMO_NOT_CONSTANT)) == 0)
        span->memo[slot] |= find_constant_slot(span, slot) ? MEMO_CONSTANT : MEMO_NOT_CONSTANT;
    return (span->memo[slot] & MEMO_CONSTANT) != 0;
}

static bool are_constant(struct span *span, const struct feel_node *node)
{
    if (node->many.callee != NULL && node->op == FEEL_CALL && !is_constant(span, node->many.callee))
        return false;
    for (size_t i = 0; i < node->many.n; i++)
        if (!is_constant(span, node->many.items[i]))
            return false;
    return true;
}

/* The value of the node's parts does not move.  What a local name stands for comes from a part beside it. */
static bool has_constant_parts(struct span *span, const struct feel_node *node)
{
    switch ((enum feel_op)node->op) {
    case FEEL_LITERAL:
    case FEEL_LOCAL:
    case FEEL_INPUT:
    case FEEL_BUILTIN:
    case FEEL_TEST_ANYTHING:
        return true;
    case FEEL_MEMBER:
        return node->name.otherwise == NULL || is_constant(span, node->name.otherwise);
    case FEEL_VARIABLE:
        return is_constant_slot(span, node->name.slot);
    case FEEL_NEGATE:
    case FEEL_TEST_COMPARE:
    case FEEL_TEST_VALUE:
    case FEEL_EXTERNAL:
        return is_constant(span, node->a);
    case FEEL_ADD:
    case FEEL_SUBTRACT:
    case FEEL_MULTIPLY:
    case FEEL_DIVIDE:
    case FEEL_POWER:
    case FEEL_EQUAL:
    case FEEL_UNEQUAL:
    case FEEL_LESS:
    case FEEL_LESS_OR_EQUAL:
    case FEEL_GREATER:
    case FEEL_GREATER_OR_EQUAL:
    case FEEL_AND:
    case FEEL_OR:
    case FEEL_IN:
    case FEEL_FILTER:
    case FEEL_INTERVAL:
        return is_constant(span, node->a) && is_constant(span, node->b);
    case FEEL_BETWEEN:
    case FEEL_IF:
        return is_constant(span, node->a) && is_constant(span, node->b) && is_constant(span, node->c);
    case FEEL_PATH:
        return is_constant(span, node->path.of);
    case FEEL_INSTANCE:
        return is_constant(span, node->instance.of);
    case FEEL_LIST_OF:
    case FEEL_CONTEXT_OF:
    case FEEL_CALL:
    case FEEL_FOR:
    case FEEL_SOME:
    case FEEL_EVERY:
    case FEEL_FUNCTION_OF:
    case FEEL_TEST_ANY_OF:
    case FEEL_TEST_NOT:
        return are_constant(span, node);
    }
    return false;
}

/* Comparisons of numbers that move, and `if` on them, may come to the same all the same. */
static bool is_constant(struct span *span, const struct feel_node *node)
{
    enum truth truth;
    struct box box;
    if (has_constant_parts(span, node))
        return true;
    switch ((enum feel_op)node->op) {
    case FEEL_LESS:
    case FEEL_LESS_OR_EQUAL:
    case FEEL_GREATER:
    case FEEL_GREATER_OR_EQUAL:
    case FEEL_BETWEEN:
        return of_condition(span, node) != MAY_BE_BOTH;
    case FEEL_IF:
        truth = decide(span, node->a);
        if (truth != TRUTH_NULL)
            return is_constant(span, truth == TRUTH_TRUE ? node->b : node->c);
        return is_steady(span, node->a) && is_constant(span, node->b) && is_constant(span, node->c);
    case FEEL_CALL: /* a rounding */
        if (!is_plain(span, node))
            return false;
        box = boxes_of(&span->boxes, node);
        return box.kind == FEEL_NUMBER && box.has_min && box.has_max && decimal_cmp(box.min, box.max) == 0;
    default:
        return false;
    }
}

/* ── plain numbers ─────────────────────────────────────────────────────────────────────────────────────────────── */

static bool are_plain_arguments(struct span *span, const struct feel_node *call)
{
    bool plain = call->many.callee != NULL && call->many.callee->op == FEEL_BUILTIN && call->many.names == NULL;
    for (size_t i = 0; plain && i < call->many.n; i++)
        plain = is_plain(span, call->many.items[i]);
    return plain;
}

static bool is_plain_slot(struct span *span, size_t slot)
{
    const struct definition *def = span->input->definition;
    if (slot == span->names.slot)
        return true;
    if (def->slots[slot].kind != SLOT_LET)
        return false;
    if ((span->memo[slot] & (MEMO_PLAIN | MEMO_NOT_PLAIN)) == 0)
        span->memo[slot] |= is_plain(span, def->lets[def->slots[slot].index].expr->root) ? MEMO_PLAIN : MEMO_NOT_PLAIN;
    return (span->memo[slot] & MEMO_PLAIN) != 0;
}

/* Where the answer moves it, it is arithmetic: for no number of the interval it is null when it has a box.  A table may have
 * a hole, and then its value is null, which no box says. */
static bool is_plain(struct span *span, const struct feel_node *node)
{
    enum truth truth;
    if (has_constant_parts(span, node))
        return true;
    switch ((enum feel_op)node->op) {
    case FEEL_VARIABLE:
        return is_plain_slot(span, node->name.slot);
    case FEEL_NEGATE:
        return is_plain(span, node->a);
    case FEEL_ADD:
    case FEEL_SUBTRACT:
    case FEEL_MULTIPLY:
    case FEEL_DIVIDE:
    case FEEL_POWER:
        return is_plain(span, node->a) && is_plain(span, node->b);
    case FEEL_IF:
        truth = decide(span, node->a);
        if (truth != TRUTH_NULL)
            return is_plain(span, truth == TRUTH_TRUE ? node->b : node->c);
        return is_plain(span, node->b) && is_plain(span, node->c);
    case FEEL_CALL:
        return are_plain_arguments(span, node);
    default:
        return false;
    }
}

/* ── boxes ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool know_member(struct span *span, const struct feel_node *path, struct box *ret_box)
{
    struct value value = value_null(), member = value_null();
    *ret_box = (struct box){.kind = FEEL_ANY};
    if (path->path.of->op == FEEL_VARIABLE && value_of(span, path->path.of->name.slot, &value) &&
        value_get(&value, path->path.member, &member))
        *ret_box = box_of(span, &member);
    return true;
}

/* What is not known has no box, but for lets that move: their boxes come from their expressions. */
static bool know(void *self, const struct feel_node *node, struct box *ret_box)
{
    struct span *span = self;
    struct value value = value_null();
    if (node->op == FEEL_PATH)
        return know_member(span, node, ret_box);
    size_t slot = node->name.slot;
    if (slot == span->names.slot) {
        *ret_box = span->interval;
        return true;
    }
    if (value_of(span, slot, &value)) {
        *ret_box = box_of(span, &value);
        return true;
    }
    *ret_box = (struct box){.kind = FEEL_ANY};
    return span->input->definition->slots[slot].kind != SLOT_LET || !span->names.moves[slot];
}

/* ── the flow ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool holds_step(struct span *span, size_t at)
{
    const struct step *step = &span->input->definition->steps[at];
    bool steady =
        step->when == NULL || !span_names_use(step->when, span->names.moves) || is_steady(span, step->when->root);
    bool moves = step->when != NULL && span_names_use(step->when, span->names.moves);
    for (size_t i = 0; steady && i < step->n_next; i++) {
        if (step->next[i].when == NULL || !span_names_use(step->next[i].when, span->names.moves))
            continue;
        moves = true;
        steady = is_steady(span, step->next[i].when->root);
    }
    if (steady && step->kind == STEP_RECOMMEND && span_names_use(step->recommend.item, span->names.moves)) {
        moves = true;
        steady = is_constant(span, step->recommend.item->root);
    }
    return steady && !(moves && span->names.early[at]);
}

/* Runs with the least number of the interval. */
static bool begin_interval(struct span *span)
{
    struct rerun_change change = {span->step, value_number(span->interval.min)};
    struct rerun input = *span->input;
    struct rerun_result result;
    input.change = &change;
    arena_reset(&span->scratch);
    span->checker.arena = &span->scratch;
    boxes_init(&span->boxes, &span->checker);
    span->boxes.more = &span->more;
    span->memo = arena_alloc_array(&span->scratch, input.definition->names.n + 1, sizeof *span->memo);
    if (span->findings.failed || span->memo == NULL || rerun(&input, &span->scratch, &result, NULL) != OK)
        return false;
    span->scope = result.run->scope;
    return true;
}

bool span_holds(struct span *span, struct decimal low, struct decimal high)
{
    span->interval = (struct box){.kind = FEEL_NUMBER, .has_min = true, .has_max = true, .min = low, .max = high};
    span->more = (struct boxes_more){know, decide, span};
    if (!begin_interval(span))
        return false;
    for (size_t i = 0; i < span->input->definition->n_steps; i++)
        if (!holds_step(span, i))
            return false;
    return !span->findings.failed;
}
