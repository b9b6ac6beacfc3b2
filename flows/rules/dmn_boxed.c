/* Boxed expressions, evaluated (DMN 1.5 §7.2, §10.4.2). */
#include <string.h>

#include "flows/rules/dmn_model.h"
#include "flows/rules/feel_eval.h"
#include "flows/rules/table.h"

#include "bot/base/banned.h"

enum { FIRST_FIRED = 4 };

/* ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool look_up(void *self, size_t slot, struct value *ret_value)
{
    const struct dmn_frame *frame = self;
    while (slot >= frame->n) {
        slot -= frame->n;
        frame = frame->up;
    }
    size_t i = frame->n - 1 - slot;
    if (frame->missing != NULL && frame->missing[i])
        return false;
    *ret_value = frame->values[i];
    return true;
}

static struct feel_scope scope_of(const struct dmn_frame *frame)
{
    return (struct feel_scope){look_up, (void *)frame};
}

/* A frame within `up` for up to `n` values; NULL: the run has failed. */
static struct dmn_frame *open_frame(const struct dmn_frame *up, size_t n, struct value **ret_values)
{
    struct dmn_frame *frame = feel_run_alloc(up->world->run, 1, sizeof *frame);
    struct value *values = feel_run_alloc(up->world->run, n, sizeof *values);
    if (frame == NULL || values == NULL)
        return NULL;
    *frame = (struct dmn_frame){.values = values, .up = up, .world = up->world};
    *ret_values = values;
    return frame;
}

/* The same frame with one value more; functions may hold the one before. */
static struct dmn_frame *grow_frame(const struct dmn_frame *frame)
{
    struct dmn_frame *grown = feel_run_alloc(frame->world->run, 1, sizeof *grown);
    if (grown != NULL) {
        *grown = *frame;
        grown->n++;
    }
    return grown;
}

/* ── tables and literals ───────────────────────────────────────────────────────────────────────────────────────── */

static struct value eval_expr(const struct dmn_frame *frame, const struct feel_expr *expr)
{
    struct feel_scope scope = scope_of(frame);
    struct value value = value_null();
    return feel_eval_in(expr, frame->world->run, &scope, &value) == OK ? value : value_null();
}

static void keep_fired(struct dmn_world *world, const struct table *table, struct table_trail rules)
{
    struct dmn_trail *trail = world->trail;
    if (trail == NULL)
        return;
    if (trail->n == DMN_MAX_TRAIL) {
        trail->n_dropped++;
        return;
    }
    if (trail->n == trail->capacity) {
        size_t capacity = trail->capacity == 0 ? FIRST_FIRED : 2 * trail->capacity;
        struct dmn_fired *items = feel_run_alloc(world->run, capacity, sizeof *items);
        if (items == NULL)
            return;
        if (trail->n > 0)
            memcpy(items, trail->items, trail->n * sizeof *items);
        trail->items = items;
        trail->capacity = capacity;
    }
    trail->items[trail->n++] = (struct dmn_fired){table->name, table, rules};
}

static struct value eval_table(const struct dmn_frame *frame, const struct table *table)
{
    struct feel_run *run = frame->world->run;
    struct feel_scope outer = run->scope;
    const struct value *input = run->input;
    struct table_trail rules = {0};
    struct value value = value_null();
    run->scope = scope_of(frame);
    enum err rc = table_eval(table, run, &value, &rules);
    run->scope = outer;
    run->input = input;
    if (rc != OK)
        return value_null();
    if (table->n_rules == 0)
        feel_reason(run, "the table `%.*s` has no rules; add one", STR_ARG(table->name));
    keep_fired(frame->world, table, rules);
    return value;
}

/* ── contexts, lists, relations ────────────────────────────────────────────────────────────────────────────────── */

static struct value eval_part(const struct dmn_frame *frame, const struct dmn_part *part, struct str what)
{
    return dmn_convert(frame->world->run, dmn_eval_logic(frame, part->logic), part->type, what);
}

static struct value eval_context(const struct dmn_frame *frame, const struct dmn_logic *logic)
{
    struct value *values;
    struct value_entry *entries = feel_run_alloc(frame->world->run, logic->n, sizeof *entries);
    struct dmn_frame *inner = open_frame(frame, logic->n, &values);
    for (size_t i = 0; entries != NULL && inner != NULL && i < logic->n; i++) {
        const struct dmn_part *part = &logic->parts[i];
        struct value value = eval_part(inner, part, part->name);
        if (part->name.n == 0)
            return value;
        entries[inner->n] = (struct value_entry){part->name, value};
        values[inner->n] = value;
        inner = grow_frame(inner);
    }
    return inner == NULL || entries == NULL ? value_null() : value_context(entries, inner->n);
}

static struct value eval_list(const struct dmn_frame *frame, const struct dmn_logic *logic)
{
    struct value *items = feel_run_alloc(frame->world->run, logic->n, sizeof *items);
    for (size_t i = 0; items != NULL && i < logic->n; i++)
        items[i] = dmn_eval_logic(frame, logic->parts[i].logic);
    return items == NULL ? value_null() : value_list(items, logic->n);
}

static struct value eval_relation(const struct dmn_frame *frame, const struct dmn_logic *logic)
{
    struct feel_run *run = frame->world->run;
    size_t n_rows = logic->n_columns == 0 ? 0 : logic->n / logic->n_columns;
    struct value *rows = feel_run_alloc(run, n_rows, sizeof *rows);
    struct value_entry *cells = feel_run_alloc(run, logic->n, sizeof *cells);
    if (rows == NULL || cells == NULL)
        return value_null();
    size_t at = 0;
    for (size_t i = 0; i < n_rows; i++) {
        rows[i] = value_context(cells + at, logic->n_columns);
        for (size_t k = 0; k < logic->n_columns; k++, at++)
            cells[at] = (struct value_entry){logic->columns[k], eval_part(frame, &logic->parts[at], logic->columns[k])};
    }
    return value_list(rows, n_rows);
}

/* ── functions ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A function and what it saw when it was made. */
struct closure {
    struct feel_host host;
    const struct dmn_function *function;
    const struct dmn_frame *frame;
};

static enum err call_function(void *self, struct feel_run *run, const struct value *arguments, struct value *ret_value)
{
    const struct closure *closure = self;
    const struct dmn_function *function = closure->function;
    struct value *values;
    struct dmn_frame *frame = open_frame(closure->frame, function->n_parameters, &values);
    if (frame == NULL)
        return run->rc;
    frame->n = function->n_parameters;
    *ret_value = value_null();
    for (size_t i = 0; i < function->n_parameters; i++) {
        const struct dmn_part *parameter = &function->parameters[i];
        values[i] = dmn_convert(run, arguments[i], parameter->type, parameter->name);
        if (values[i].kind == VALUE_NULL && arguments[i].kind != VALUE_NULL)
            return run->rc;
    }
    *ret_value = dmn_convert(run, dmn_eval_logic(frame, function->body), function->result, function->name);
    return run->rc;
}

struct value dmn_host_value(struct feel_run *run, const struct feel_host *host)
{
    struct value value;
    if (feel_host_value(run->arena, host, &value) != OK)
        return feel_run_fail(run, ERR_NO_MEMORY, "the model needs too much memory");
    return value;
}

struct value dmn_function_value(const struct dmn_frame *frame, const struct dmn_function *function)
{
    struct feel_run *run = frame->world->run;
    struct closure *closure = feel_run_alloc(run, 1, sizeof *closure);
    if (closure == NULL)
        return value_null();
    *closure = (struct closure){.host = {.name = function->name,
                                         .parameters = function->signature,
                                         .n_parameters = function->n_parameters,
                                         .call = call_function,
                                         .self = closure},
                                .function = function,
                                .frame = frame};
    return dmn_host_value(run, &closure->host);
}

static struct value eval_invocation(const struct dmn_frame *frame, const struct dmn_logic *logic)
{
    struct feel_run *run = frame->world->run;
    struct value_entry *arguments = feel_run_alloc(run, logic->n, sizeof *arguments);
    struct value function = dmn_eval_logic(frame, logic->parts[0].logic), value = value_null();
    if (arguments == NULL)
        return value_null();
    for (size_t i = 1; i < logic->n; i++) {
        const struct dmn_part *part = &logic->parts[i];
        arguments[i - 1] = (struct value_entry){part->name, eval_part(frame, part, part->name)};
    }
    struct value named = value_context(arguments, logic->n - 1);
    if (run->rc != OK || feel_call_named(run, &function, &named, &value) != OK)
        return value_null();
    return value;
}

/* ── conditions and loops ──────────────────────────────────────────────────────────────────────────────────────── */

static struct value eval_if(const struct dmn_frame *frame, const struct dmn_logic *logic)
{
    struct value condition = dmn_eval_logic(frame, logic->parts[0].logic);
    if (condition.kind != VALUE_BOOLEAN && condition.kind != VALUE_NULL)
        feel_reason(frame->world->run, "the condition of `if` is %s, not a boolean", value_kind_name(condition.kind));
    return dmn_eval_logic(frame, logic->parts[value_is_true(&condition) ? 1 : 2].logic);
}

/* The first part's value as the only name of the second. */
static struct value eval_pipe(const struct dmn_frame *frame, const struct dmn_logic *logic)
{
    struct value *values;
    struct dmn_frame *inner = open_frame(frame, 1, &values);
    if (inner == NULL)
        return value_null();
    inner->n = 1;
    values[0] = dmn_eval_logic(frame, logic->parts[0].logic);
    return dmn_eval_logic(inner, logic->parts[1].logic);
}

/* One loop in boxes. */
struct loop {
    const struct dmn_frame *frame;
    const struct dmn_logic *logic;
    struct list_builder results; /* of `for` */
    enum truth answer;           /* of `some` and `every` */
};

static void run_body(struct loop *loop, struct value item)
{
    struct feel_run *run = loop->frame->world->run;
    struct value *values;
    struct dmn_frame *inner = open_frame(loop->frame, 2, &values);
    if (inner == NULL || !feel_run_spend(run, 1))
        return;
    inner->n = 2;
    values[0] = feel_list_value(&loop->results);
    values[1] = item;
    struct value value = dmn_eval_logic(inner, loop->logic->parts[2].logic);
    if (loop->logic->kind == DMN_FOR) {
        (void)feel_list_add(run, &loop->results, value);
        return;
    }
    enum truth decides = loop->logic->kind == DMN_SOME ? TRUTH_TRUE : TRUTH_FALSE;
    if (value.kind != VALUE_BOOLEAN)
        loop->answer = TRUTH_NULL;
    else if (value.boolean == (decides == TRUTH_TRUE))
        loop->answer = decides;
}

static bool goes_on(const struct loop *loop)
{
    if (loop->frame->world->run->rc != OK)
        return false;
    if (loop->logic->kind == DMN_SOME)
        return loop->answer != TRUTH_TRUE;
    return loop->logic->kind != DMN_EVERY || loop->answer != TRUTH_FALSE;
}

static struct value eval_loop(const struct dmn_frame *frame, const struct dmn_logic *logic)
{
    struct loop loop = {.frame = frame, .logic = logic, .answer = logic->kind == DMN_EVERY ? TRUTH_TRUE : TRUTH_FALSE};
    struct feel_run *run = frame->world->run;
    struct value items = eval_pipe(frame, logic);
    if (run->rc != OK || items.kind != VALUE_LIST)
        return value_null();
    for (size_t i = 0; i < items.list.n && goes_on(&loop); i++)
        run_body(&loop, items.list.items[i]);
    if (run->rc != OK)
        return value_null();
    return logic->kind == DMN_FOR ? feel_list_value(&loop.results) : value_truth(loop.answer);
}

/* ── filters ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct value match_one(const struct dmn_frame *frame, const struct dmn_logic *logic, struct value item)
{
    struct value *values;
    struct dmn_frame *inner = open_frame(frame, logic->n_columns + 1, &values);
    if (inner == NULL || !feel_run_spend(frame->world->run, 1))
        return value_null();
    for (size_t i = 0; i < logic->n_columns; i++)
        if (!value_get(&item, logic->columns[i], &values[i]))
            values[i] = value_null();
    values[logic->n_columns] = item;
    inner->n = logic->n_columns + 1;
    return dmn_eval_logic(inner, logic->parts[1].logic);
}

static struct value eval_boxed_filter(const struct dmn_frame *frame, const struct dmn_logic *logic)
{
    struct feel_run *run = frame->world->run;
    struct value in = dmn_eval_logic(frame, logic->parts[0].logic);
    struct list_builder kept = {0};
    if (run->rc != OK)
        return value_null();
    if (in.kind == VALUE_NULL)
        return feel_run_null(run, "what is filtered is null");
    const struct value *items = in.kind == VALUE_LIST ? in.list.items : &in;
    for (size_t i = 0; run->rc == OK && i < (in.kind == VALUE_LIST ? in.list.n : 1); i++) {
        struct value match = match_one(frame, logic, items[i]);
        if (value_is_true(&match))
            (void)feel_list_add(run, &kept, items[i]);
        else if (match.kind != VALUE_BOOLEAN && match.kind != VALUE_NULL)
            return feel_run_null(run, "a filter's match is %s, not a boolean", value_kind_name(match.kind));
    }
    return run->rc == OK ? feel_list_value(&kept) : value_null();
}

/* ── any ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct value eval_kind(const struct dmn_frame *frame, const struct dmn_logic *logic)
{
    switch (logic->kind) {
    case DMN_LITERAL:
        return eval_expr(frame, logic->expr);
    case DMN_TABLE:
        return eval_table(frame, logic->table);
    case DMN_CONTEXT:
        return eval_context(frame, logic);
    case DMN_LIST:
        return eval_list(frame, logic);
    case DMN_RELATION:
        return eval_relation(frame, logic);
    case DMN_FUNCTION:
        return dmn_function_value(frame, logic->function);
    case DMN_INVOCATION:
        return eval_invocation(frame, logic);
    case DMN_IF:
        return eval_if(frame, logic);
    case DMN_FOR:
    case DMN_SOME:
    case DMN_EVERY:
        return eval_loop(frame, logic);
    case DMN_FILTER:
        return eval_pipe(frame, logic);
    case DMN_FILTER_BOXED:
        return eval_boxed_filter(frame, logic);
    case DMN_FAULT:
        break;
    }
    return feel_run_null(frame->world->run, "%.*s", STR_ARG(logic->fault));
}

struct value dmn_eval_logic(const struct dmn_frame *frame, const struct dmn_logic *logic)
{
    struct feel_run *run = frame->world->run;
    if (run->rc != OK || !feel_run_spend(run, 1))
        return value_null();
    if (logic == NULL)
        return feel_run_null(run, "nothing is written where an expression is wanted");
    if (run->depth >= FEEL_MAX_DEPTH)
        return feel_run_fail(run, ERR_INVALID, "functions call each other more than %d levels deep", FEEL_MAX_DEPTH);
    run->depth++;
    struct value value = eval_kind(frame, logic);
    run->depth--;
    return value;
}
