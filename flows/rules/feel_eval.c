/* The walk over the tree: every node gives a value, null where FEEL knows none (DMN 1.5 §10.3.2.4–10.3.2.15). */
#include "flows/rules/feel_eval.h"

#include <assert.h>

#include "bot/base/arena.h"
#include "flows/rules/feel_builtin.h"
#include "flows/rules/feel_loop.h"
#include "flows/rules/feel_operators.h"

#include "bot/base/banned.h"

enum { FEW_ARGUMENTS = 6 };

static struct value eval_variable(struct feel_run *run, const struct feel_node *node)
{
    struct value value;
    if (run->scope.lookup == NULL || !run->scope.lookup(run->scope.self, node->name.slot, &value))
        return feel_run_null(run, "`%.*s` has no value", STR_ARG(node->name.text));
    return value;
}

static const struct value *local(const struct feel_environment *environment, size_t hops)
{
    while (environment != NULL && hops-- > 0)
        environment = environment->up;
    assert(environment != NULL); /* the compiler counted the hops */
    return &environment->value;
}

static struct value eval_member(struct feel_run *run, const struct feel_node *node,
                                const struct feel_environment *environment)
{
    struct value value;
    if (value_get(local(environment, node->name.slot), node->name.text, &value))
        return value;
    if (node->name.otherwise == NULL)
        return feel_run_null(run, "there is no `%.*s` here", STR_ARG(node->name.text));
    return feel_eval_node(run, node->name.otherwise, environment);
}

/* ── logic ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum truth truth_of_value(const struct value *value)
{
    if (value->kind != VALUE_BOOLEAN)
        return TRUTH_NULL;
    return value->boolean ? TRUTH_TRUE : TRUTH_FALSE;
}

static struct value eval_logic(struct feel_run *run, const struct feel_node *node,
                               const struct feel_environment *environment)
{
    enum truth decides = node->op == FEEL_OR ? TRUTH_TRUE : TRUTH_FALSE;
    struct value a = feel_eval_node(run, node->a, environment);
    enum truth ta = truth_of_value(&a);
    if (ta == decides)
        return a;
    struct value b = feel_eval_node(run, node->b, environment);
    enum truth tb = truth_of_value(&b);
    if (tb == decides)
        return b;
    return ta == TRUTH_NULL || tb == TRUTH_NULL ? value_null() : a;
}

static struct value eval_if(struct feel_run *run, const struct feel_node *node,
                            const struct feel_environment *environment)
{
    struct value condition = feel_eval_node(run, node->a, environment);
    if (condition.kind != VALUE_BOOLEAN && condition.kind != VALUE_NULL)
        feel_reason(run, "the condition of `if` is %s, not a boolean", value_kind_name(condition.kind));
    return feel_eval_node(run, value_is_true(&condition) ? node->b : node->c, environment);
}

/* ── tests ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum truth negated(enum truth truth)
{
    if (truth == TRUTH_NULL)
        return truth;
    return truth == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
}

/* FEEL_TEST_VALUE: what its expression's value says of the input. */
static enum truth tell_value(const struct feel_node *test, const struct value *input, const struct value *value)
{
    if (test->a->uses_input && value->kind == VALUE_BOOLEAN)
        return value->boolean ? TRUTH_TRUE : TRUTH_FALSE;
    if (value->kind == VALUE_NULL && test->a->op == FEEL_INTERVAL) /* no range after all */
        return TRUTH_NULL;
    if (test->lenient && value_is_true(value) && input->kind != VALUE_BOOLEAN)
        return TRUTH_TRUE;
    return feel_run_matches(input, value);
}

static enum truth tell_order(enum value_range_form form, int order)
{
    bool fits = form == RANGE_LESS            ? order < 0
                : form == RANGE_LESS_OR_EQUAL ? order <= 0
                : form == RANGE_GREATER       ? order > 0
                                              : order >= 0;
    return fits ? TRUTH_TRUE : TRUTH_FALSE;
}

/* FEEL_TEST_COMPARE: the input against the bound. */
static enum truth tell_comparison(const struct feel_node *test, const struct value *input, const struct value *bound)
{
    int order;
    if (test->compare == RANGE_EQUAL || test->compare == RANGE_UNEQUAL) {
        enum truth truth = value_equal(input, bound);
        return test->compare == RANGE_EQUAL ? truth : negated(truth);
    }
    if (!value_compare(input, bound, &order))
        return TRUTH_NULL;
    return tell_order((enum value_range_form)test->compare, order);
}

static enum truth eval_test(struct feel_run *run, const struct feel_node *node,
                            const struct feel_environment *environment);

/* True when one holds; null when nothing is known of any. */
static enum truth any_of(struct feel_run *run, const struct feel_node *node, const struct feel_environment *environment)
{
    enum truth any = TRUTH_NULL;
    for (size_t i = 0; i < node->many.n; i++) {
        enum truth one = eval_test(run, node->many.items[i], environment);
        if (one == TRUTH_TRUE)
            return one;
        if (one == TRUTH_FALSE)
            any = one;
    }
    return any;
}

/* One of the FEEL_TEST_.  Tests stand in each other at most three deep: `not` of alternatives. */
static enum truth eval_test(struct feel_run *run, const struct feel_node *node,
                            const struct feel_environment *environment)
{
    if (run->rc != OK || !feel_run_spend(run, 1))
        return TRUTH_NULL;
    if (node->op == FEEL_TEST_ANYTHING)
        return TRUTH_TRUE;
    if (node->op == FEEL_TEST_ANY_OF)
        return any_of(run, node, environment);
    if (node->op == FEEL_TEST_NOT)
        return negated(eval_test(run, node->a, environment));
    struct value value = feel_eval_node(run, node->a, environment);
    return node->op == FEEL_TEST_COMPARE ? tell_comparison(node, run->input, &value)
                                         : tell_value(node, run->input, &value);
}

static struct value eval_in(struct feel_run *run, const struct feel_node *node,
                            const struct feel_environment *environment)
{
    struct value left = feel_eval_node(run, node->a, environment);
    const struct value *outer = run->input;
    run->input = &left;
    struct value answer = feel_eval_node(run, node->b, environment);
    run->input = outer;
    if (answer.kind == VALUE_NULL && run->rc == OK)
        feel_reason(run, "%s cannot be compared with what follows `in`", value_kind_name(left.kind));
    return answer;
}

/* ── building ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct value eval_list(struct feel_run *run, const struct feel_node *node,
                              const struct feel_environment *environment)
{
    struct value *items = feel_run_alloc(run, node->many.n, sizeof *items);
    if (items == NULL)
        return value_null();
    for (size_t i = 0; i < node->many.n; i++)
        items[i] = feel_eval_node(run, node->many.items[i], environment);
    return value_list(items, node->many.n);
}

/* Each entry sees those before it. */
static struct value eval_context(struct feel_run *run, const struct feel_node *node,
                                 const struct feel_environment *environment)
{
    size_t n = node->many.n;
    struct value_entry *entries = feel_run_alloc(run, n, sizeof *entries);
    struct feel_environment *seen = feel_run_alloc(run, n, sizeof *seen);
    if (entries == NULL || seen == NULL)
        return value_null();
    for (size_t i = 0; i < n; i++) {
        struct value value = feel_eval_node(run, node->many.items[i], environment), before;
        struct value so_far = value_context(entries, i);
        if (value_get(&so_far, node->many.names[i], &before))
            return feel_run_null(run, "the key `%.*s` stands twice in a context", STR_ARG(node->many.names[i]));
        entries[i] = (struct value_entry){.key = node->many.names[i], .value = value};
        seen[i] = (struct feel_environment){.value = value, .up = environment};
        environment = &seen[i];
    }
    return value_context(entries, n);
}

static struct value eval_interval(struct feel_run *run, const struct feel_node *node,
                                  const struct feel_environment *environment)
{
    struct value_range range = {.form = (enum value_range_form)node->compare,
                                .start_included = node->start_included,
                                .end_included = node->end_included};
    struct value a = feel_eval_node(run, node->a, environment);
    switch (range.form) {
    case RANGE_INTERVAL:
        range.start = a;
        range.end = feel_eval_node(run, node->b, environment);
        return feel_operators_range(run, range);
    case RANGE_LESS:
    case RANGE_LESS_OR_EQUAL:
        range.end = a;
        range.end_included = range.form == RANGE_LESS_OR_EQUAL;
        break;
    case RANGE_GREATER:
    case RANGE_GREATER_OR_EQUAL:
        range.start = a;
        range.start_included = range.form == RANGE_GREATER_OR_EQUAL;
        break;
    case RANGE_EQUAL:
        range.start = range.end = a;
        range.start_included = range.end_included = true;
        break;
    case RANGE_UNEQUAL:
        range.start = range.end = a;
        break;
    }
    return feel_operators_range(run, range);
}

/* ── calling ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct value eval_call(struct feel_run *run, const struct feel_node *node,
                              const struct feel_environment *environment)
{
    struct value few[FEW_ARGUMENTS], *arguments = few;
    size_t n = node->many.n;
    const struct feel_node *callee = node->many.callee;
    if (n > FEW_ARGUMENTS && (arguments = feel_run_alloc(run, n, sizeof *arguments)) == NULL)
        return value_null();
    for (size_t i = 0; i < n; i++)
        arguments[i] = feel_eval_node(run, node->many.items[i], environment);
    if (callee->op == FEEL_BUILTIN)
        return feel_builtin_invoke(run, callee->builtin,
                                   &(struct feel_given){arguments, node->many.names, node->many.n, callee->pattern});
    struct value function = feel_eval_node(run, callee, environment);
    return run->rc == OK ? feel_run_call(run, &function, arguments, node->many.names, n) : value_null();
}

static struct value eval_instance(struct feel_run *run, const struct feel_node *node,
                                  const struct feel_environment *environment)
{
    struct value of = feel_eval_node(run, node->instance.of, environment);
    if (node->instance.type->bare)
        return feel_run_null(run, "`instance of` wants the whole type, as in list<number> or context<name: string>");
    return value_boolean(feel_conforms(&of, node->instance.type));
}

/* ── the walk ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct value eval_op(struct feel_run *run, const struct feel_node *node,
                            const struct feel_environment *environment)
{
    switch ((enum feel_op)node->op) {
    case FEEL_LITERAL:
        return node->literal;
    case FEEL_VARIABLE:
        return eval_variable(run, node);
    case FEEL_LOCAL:
        return *local(environment, node->name.slot);
    case FEEL_MEMBER:
        return eval_member(run, node, environment);
    case FEEL_INPUT:
        return run->input == NULL ? value_null() : *run->input;
    case FEEL_BUILTIN:
        return feel_function_make(run, (struct feel_function){.builtin = node->builtin});
    case FEEL_FUNCTION_OF:
        return feel_function_make(
            run,
            (struct feel_function){.node = node, .environment = environment, .scope = run->scope, .input = run->input});
    case FEEL_EXTERNAL:
        return feel_run_null(run, "functions of other languages are not run here; write the function in FEEL");
    case FEEL_NEGATE:
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
    case FEEL_GREATER_OR_EQUAL: {
        struct value a = feel_eval_node(run, node->a, environment);
        struct value b = node->b == NULL ? value_null() : feel_eval_node(run, node->b, environment);
        return run->rc == OK ? feel_operators_apply(run, (enum feel_op)node->op, &a, &b) : value_null();
    }
    case FEEL_BETWEEN: {
        struct value a = feel_eval_node(run, node->a, environment), low = feel_eval_node(run, node->b, environment);
        struct value high = feel_eval_node(run, node->c, environment);
        return run->rc == OK ? feel_operators_between(run, &a, &low, &high) : value_null();
    }
    case FEEL_AND:
    case FEEL_OR:
        return eval_logic(run, node, environment);
    case FEEL_IN:
        return eval_in(run, node, environment);
    case FEEL_IF:
        return eval_if(run, node, environment);
    case FEEL_PATH: {
        struct value of = feel_eval_node(run, node->path.of, environment);
        return run->rc == OK ? feel_operators_path(run, &of, node->path.member) : value_null();
    }
    case FEEL_FILTER:
        return feel_loop_filter(run, node, environment);
    case FEEL_INSTANCE:
        return eval_instance(run, node, environment);
    case FEEL_INTERVAL:
        return eval_interval(run, node, environment);
    case FEEL_LIST_OF:
        return eval_list(run, node, environment);
    case FEEL_CONTEXT_OF:
        return eval_context(run, node, environment);
    case FEEL_CALL:
        return eval_call(run, node, environment);
    case FEEL_FOR:
    case FEEL_SOME:
    case FEEL_EVERY:
        return feel_loop_run(run, node, environment);
    case FEEL_TEST_ANYTHING:
    case FEEL_TEST_COMPARE:
    case FEEL_TEST_VALUE:
    case FEEL_TEST_ANY_OF:
    case FEEL_TEST_NOT:
        return value_truth(eval_test(run, node, environment));
    }
    return value_null();
}

struct value feel_eval_node(struct feel_run *run, const struct feel_node *node,
                            const struct feel_environment *environment)
{
    if (node->op == FEEL_LITERAL)
        return node->literal;
    if (run->rc != OK || !feel_run_spend(run, 1))
        return value_null();
    if (run->depth >= FEEL_MAX_DEPTH)
        return feel_run_too_deep(run);
    run->depth++;
    struct value value = eval_op(run, node, environment);
    run->depth--;
    return value;
}

enum err feel_eval(const struct feel_expr *expr, struct feel_run *run, struct value *ret_value)
{
    struct value value = feel_eval_node(run, expr->root, NULL);
    if (run->rc == OK)
        *ret_value = value;
    return run->rc;
}

enum err feel_eval_in(const struct feel_expr *expr, struct feel_run *run, const struct feel_scope *scope,
                      struct value *ret_value)
{
    struct feel_scope outer = run->scope;
    const struct value *input = run->input;
    run->scope = *scope;
    run->input = NULL;
    enum err rc = feel_eval(expr, run, ret_value);
    run->scope = outer;
    run->input = input;
    return rc;
}

enum err feel_eval_unary(const struct feel_expr *test, struct feel_run *run, const struct value *input,
                         enum truth *ret_truth)
{
    assert(test->root->op >= FEEL_TEST_ANYTHING); /* it was compiled as a test */
    const struct value *outer = run->input;
    run->input = input;
    enum truth truth = eval_test(run, test->root, NULL);
    run->input = outer;
    if (run->rc == OK)
        *ret_truth = truth;
    return run->rc;
}
