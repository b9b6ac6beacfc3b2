#include "flows/rules/feel_loop.h"

#include "bot/base/arena.h"

#include "bot/base/banned.h"

/* ── for, some, every ──────────────────────────────────────────────────────────────────────────────────────────── */

struct loop {
    struct feel_run *run;
    const struct feel_node *node;
    struct feel_environment *partial; /* the list so far; unused unless the body looks at it */
    struct list_builder results;      /* of `for` */
    enum truth answer;                /* of `some` and `every` */
    bool failed;                      /* something to run over was no list */
};

/* What is run over: the elements of a list, whole numbers, or days. */
struct domain {
    const struct value *items; /* NULL: numbers or days */
    size_t n;
    int64_t first, step;
    bool days;
};

/* A bound as a number that can be counted from; false: it is none. */
static bool position_of(const struct value *bound, int64_t *ret_position)
{
    if (bound->kind == VALUE_DATE) {
        *ret_position = temporal_date_days(bound->date);
        return true;
    }
    return bound->kind == VALUE_NUMBER && decimal_to_i64(bound->number, ret_position) && *ret_position >= -INT32_MAX &&
           *ret_position <= INT32_MAX;
}

static bool range_domain(struct loop *loop, const struct value_range *range, struct domain *ret_domain)
{
    int64_t first, last;
    bool days = range->start.kind == VALUE_DATE;
    if (range->form != RANGE_INTERVAL || range->start.kind != range->end.kind || !position_of(&range->start, &first) ||
        !position_of(&range->end, &last)) {
        feel_reason(loop->run, "only a range of whole numbers or of dates can be run over");
        return false;
    }
    int64_t step = first <= last ? 1 : -1;
    first += range->start_included ? 0 : step;
    last -= range->end_included ? 0 : step;
    int64_t n = (last - first) * step + 1;
    *ret_domain = (struct domain){.n = n < 0 ? 0 : (size_t)n, .first = first, .step = step, .days = days};
    return true;
}

static bool domain_of(struct loop *loop, const struct value *value, struct domain *ret_domain)
{
    if (value->kind == VALUE_RANGE)
        return range_domain(loop, value->range, ret_domain);
    if (value->kind == VALUE_LIST) {
        *ret_domain = (struct domain){.items = value->list.items, .n = value->list.n};
        return true;
    }
    if (value->kind == VALUE_NULL) {
        feel_reason(loop->run, "what is to be run over is null");
        return false;
    }
    *ret_domain = (struct domain){.items = value, .n = 1};
    return true;
}

static struct value domain_item(const struct domain *domain, size_t i)
{
    if (domain->items != NULL)
        return domain->items[i];
    int64_t position = domain->first + (int64_t)i * domain->step;
    struct temporal_date date = {0};
    if (!domain->days)
        return value_i64(position);
    (void)!temporal_date_of_days(position, &date); /* between two dates there are only dates */
    return value_date(date);
}

static bool goes_on(const struct loop *loop)
{
    if (loop->run->rc != OK || loop->failed)
        return false;
    if (loop->node->op == FEEL_SOME)
        return loop->answer != TRUTH_TRUE;
    return loop->node->op != FEEL_EVERY || loop->answer != TRUTH_FALSE;
}

static void run_body(struct loop *loop, const struct feel_environment *environment)
{
    if (loop->node->many.uses_partial)
        loop->partial->value = feel_list_value(&loop->results);
    struct value value = feel_eval_node(loop->run, loop->node->many.items[loop->node->many.n - 1], environment);
    if (loop->node->op == FEEL_FOR) {
        (void)feel_list_add(loop->run, &loop->results, value);
        return;
    }
    enum truth decides = loop->node->op == FEEL_SOME ? TRUTH_TRUE : TRUTH_FALSE;
    if (value.kind != VALUE_BOOLEAN)
        loop->answer = TRUTH_NULL;
    else if (value.boolean == (decides == TRUTH_TRUE))
        loop->answer = decides;
}

/* Variable by variable; the last runs the body. */
static void run_variable(struct loop *loop, size_t variable, const struct feel_environment *environment)
{
    struct value over =
        feel_eval_node(loop->run, loop->node->many.items[variable], variable == 0 ? environment->up : environment);
    struct domain domain;
    if (loop->run->rc != OK)
        return;
    if (!domain_of(loop, &over, &domain)) {
        loop->failed = true;
        return;
    }
    for (size_t i = 0; i < domain.n && goes_on(loop) && feel_run_spend(loop->run, 1); i++) {
        struct feel_environment *bound = feel_run_alloc(loop->run, 1, sizeof *bound);
        if (bound == NULL)
            return;
        *bound = (struct feel_environment){.value = domain_item(&domain, i), .up = environment};
        if (variable + 2 == loop->node->many.n)
            run_body(loop, bound);
        else
            run_variable(loop, variable + 1, bound);
    }
}

struct value feel_loop_run(struct feel_run *run, const struct feel_node *node,
                           const struct feel_environment *environment)
{
    struct loop loop = {.run = run, .node = node, .answer = node->op == FEEL_EVERY ? TRUTH_TRUE : TRUTH_FALSE};
    loop.partial = feel_run_alloc(run, 1, sizeof *loop.partial);
    if (loop.partial == NULL)
        return value_null();
    loop.partial->up = environment;
    run_variable(&loop, 0, loop.partial);
    if (run->rc != OK || loop.failed)
        return value_null();
    return node->op == FEEL_FOR ? feel_list_value(&loop.results) : value_truth(loop.answer);
}

/* ── filters ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct value element_at(struct feel_run *run, const struct value *list, struct decimal index)
{
    int64_t i;
    if (!decimal_to_i64(index, &i) || i == 0)
        return feel_run_null(run, "the index of a list counts from 1, or from -1 at its end");
    int64_t n = (int64_t)list->list.n;
    if (i < 0)
        i += n + 1;
    return i >= 1 && i <= n ? list->list.items[i - 1] : value_null();
}

static struct value condition_of(struct feel_run *run, const struct feel_node *node,
                                 const struct feel_environment *environment, struct value element)
{
    struct feel_environment *bound = feel_run_alloc(run, 1, sizeof *bound);
    if (bound == NULL)
        return value_null();
    *bound = (struct feel_environment){.value = element, .up = environment};
    return feel_eval_node(run, node->b, bound);
}

static struct value filter(struct feel_run *run, const struct feel_node *node,
                           const struct feel_environment *environment, const struct value *list)
{
    struct list_builder kept = {0};
    for (size_t i = 0; i < list->list.n && run->rc == OK; i++) {
        struct value condition = condition_of(run, node, environment, list->list.items[i]);
        if (condition.kind == VALUE_NUMBER)
            return element_at(run, list, condition.number);
        if (value_is_true(&condition))
            (void)feel_list_add(run, &kept, list->list.items[i]);
        else if (condition.kind != VALUE_BOOLEAN && condition.kind != VALUE_NULL)
            return feel_run_null(run, "a filter's condition is %s", value_kind_name(condition.kind));
    }
    return run->rc == OK ? feel_list_value(&kept) : value_null();
}

struct value feel_loop_filter(struct feel_run *run, const struct feel_node *node,
                              const struct feel_environment *environment)
{
    struct value of = feel_eval_node(run, node->a, environment), *single;
    if (run->rc != OK)
        return value_null();
    if (of.kind == VALUE_NULL)
        return feel_run_null(run, "what is filtered is null");
    if (of.kind != VALUE_LIST) {
        if ((single = feel_run_alloc(run, 1, sizeof *single)) == NULL)
            return value_null();
        *single = of;
        of = value_list(single, 1);
    }
    if (of.list.n == 0 && node->b->type != NULL && node->b->type->kind == FEEL_NUMBER)
        return value_null();
    if (node->b->op == FEEL_LITERAL && node->b->literal.kind == VALUE_NUMBER)
        return element_at(run, &of, node->b->literal.number);
    return filter(run, node, environment, &of);
}
