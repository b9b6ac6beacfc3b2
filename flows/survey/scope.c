#include "flows/survey/scope.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"

#include "bot/base/banned.h"

enum { MAX_WHY_BYTES = 64 * 1024 };

enum err scope_init(struct scope *scope, const struct state *state)
{
    *scope = (struct scope){
        .definition = state->definition,
        .state = state,
        .arena = state->arena,
        .memos = arena_alloc_array(state->arena, state->definition->names.n, sizeof *scope->memos),
    };
    return scope->memos == NULL ? ERR_NO_MEMORY : OK;
}

void scope_forget(struct scope *scope)
{
    memset(scope->memos, 0, scope->definition->names.n * sizeof *scope->memos);
}

static bool lookup(void *self, size_t slot, struct value *ret_value);

/* ── evaluating ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The inputs go by their names; one that is not known yet is left out. */
static enum err decide(struct scope *scope, const struct named_decision *decision, struct memo *memo)
{
    struct value_entry *entries = arena_alloc_array(scope->arena, decision->n_inputs, sizeof *entries);
    size_t n = 0;
    enum err rc = entries == NULL ? ERR_NO_MEMORY : OK;
    for (size_t i = 0; rc == OK && i < decision->n_inputs; i++) {
        struct feel_use use;
        entries[n].key = decision->inputs[i].name;
        if (feel_names_used(decision->exprs[i], 0, &use) && lookup(scope, use.slot, &entries[n].value))
            n++;
        rc = scope->run->rc;
    }
    if (rc != OK)
        return rc;
    struct value inputs = value_context(entries, n);
    return dmn_eval(decision->element, scope->run, &inputs, &memo->value, &memo->fired);
}

static void compute(struct scope *scope, struct slot slot, struct memo *memo)
{
    struct feel_run *run = scope->run;
    const struct value *input = run->input; /* of a test that this name stands in */
    enum err rc = OK;
    if (slot.kind == SLOT_LET)
        rc = feel_eval(scope->definition->lets[slot.index].expr, run, &memo->value);
    else if (slot.kind == SLOT_DECISION)
        rc = decide(scope, &scope->definition->decisions[slot.index], memo);
    else
        rc = table_eval(scope->definition->tables[slot.index].table, run, &memo->value, &memo->trail);
    run->input = input;
    memo->done = true;
    memo->known = rc == OK;
}

static bool lookup(void *self, size_t slot, struct value *ret_value)
{
    struct scope *scope = self;
    const struct definition *def = scope->definition;
    struct memo *memo = &scope->memos[slot];
    switch (def->slots[slot].kind) {
    case SLOT_VARIABLE:
        return state_get(scope->state, def->slots[slot].index, ret_value);
    case SLOT_CATALOG:
        *ret_value = def->catalogs[def->slots[slot].index].records;
        return true;
    case SLOT_LET:
    case SLOT_TABLE:
    case SLOT_DECISION:
        if (!memo->done)
            compute(scope, def->slots[slot], memo);
        if (memo->known)
            *ret_value = memo->value;
        return memo->known;
    }
    return false;
}

static struct feel_run run_of(struct scope *scope)
{
    return (struct feel_run){
        .arena = scope->arena, .scope = {lookup, scope}, .clock = scope->clock, .timezone = scope->timezone};
}

enum err scope_get(struct scope *scope, size_t slot, struct value *ret_value)
{
    struct feel_run run = run_of(scope);
    struct value value = value_null();
    scope->run = &run;
    bool known = lookup(scope, slot, &value);
    scope->run = NULL;
    if (run.rc == ERR_NO_MEMORY)
        return run.rc;
    *ret_value = known && run.rc == OK ? value : value_null();
    if (run.rc != OK)
        scope_forget(scope); /* what was cut short must not be kept */
    return OK;
}

enum err scope_eval(struct scope *scope, const struct feel_expr *expr, struct value *ret_value, struct str *ret_reason)
{
    struct feel_run run = run_of(scope);
    struct value value = value_null();
    scope->run = &run;
    enum err rc = feel_eval(expr, &run, &value);
    scope->run = NULL;
    if (rc == OK)
        rc = run.rc; /* of a let or a table that the expression needed */
    if (rc == ERR_NO_MEMORY)
        return rc;
    *ret_value = rc == OK ? value : value_null();
    *ret_reason = ret_value->kind == VALUE_NULL && run.n_reasons > 0 ? run.reasons[0] : STR("");
    if (rc != OK)
        scope_forget(scope); /* what was cut short must not be kept */
    return OK;
}

/* ── why ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct trail {
    const struct scope *scope;
    bool *seen; /* by slot */
    struct buf *out;
};

static void add_names(struct trail *trail, const struct feel_expr *expr);

static void add_inputs(struct trail *trail, const struct table *table, const struct table_trail *fired)
{
    json_add_key(trail->out, "inputs");
    buf_add_char(trail->out, '[');
    for (size_t i = 0; i < fired->n_inputs; i++) {
        json_add_comma(trail->out);
        buf_add_char(trail->out, '{');
        json_add_member(trail->out, "expr", feel_expr_text(table->inputs[i].expr));
        json_add_key(trail->out, "value");
        size_t before = trail->out->n;
        if (value_to_json(trail->out, &fired->inputs[i], NULL) != OK) {
            buf_truncate(trail->out, before);
            buf_add(trail->out, STR("null"));
        }
        buf_add_char(trail->out, '}');
    }
    buf_add_char(trail->out, ']');
}

static void add_fired(struct trail *trail, const struct table *table, const struct table_trail *fired)
{
    struct buf *out = trail->out;
    json_add_comma(out);
    buf_add_char(out, '{');
    json_add_member(out, "name", table->name);
    json_add_member(out, "hit", str_of(table_hit_name(table->hit)));
    json_add_key(out, "rules");
    buf_add_char(out, '[');
    for (size_t i = 0; i < fired->n_rules; i++)
        buf_addf(out, "%s%zu", i == 0 ? "" : ",", fired->rules[i] + 1);
    buf_add_char(out, ']');
    add_inputs(trail, table, fired);
    buf_add_char(out, '}');
}

/* The tables that a model's decision looked at: their names are the model's. */
static void add_decision(struct trail *trail, const struct named_decision *decision, const struct memo *memo)
{
    for (size_t i = 0; i < memo->fired.n; i++)
        add_fired(trail, memo->fired.items[i].table, &memo->fired.items[i].rules);
    for (size_t i = 0; i < decision->n_inputs; i++)
        add_names(trail, decision->exprs[i]);
}

static void add_table(struct trail *trail, const struct table *table, const struct memo *memo)
{
    add_fired(trail, table, &memo->trail);
    for (size_t i = 0; i < table->n_inputs; i++)
        add_names(trail, table->inputs[i].expr);
    for (size_t i = 0; i < memo->trail.n_rules; i++)
        for (size_t k = 0; k < table->n_outputs; k++)
            add_names(trail, table->rules[memo->trail.rules[i]].outputs[k]);
}

/* Follows the names down to the tables.  As deep as lets and tables need each other, each once. */
static void add_names(struct trail *trail, const struct feel_expr *expr)
{
    const struct definition *def = trail->scope->definition;
    struct feel_use use;
    for (size_t i = 0; feel_names_used(expr, i, &use); i++) {
        struct slot slot = def->slots[use.slot];
        const struct memo *memo = &trail->scope->memos[use.slot];
        if (trail->seen[use.slot] || !memo->done || !memo->known)
            continue;
        trail->seen[use.slot] = true;
        if (slot.kind == SLOT_TABLE)
            add_table(trail, def->tables[slot.index].table, memo);
        else if (slot.kind == SLOT_DECISION)
            add_decision(trail, &def->decisions[slot.index], memo);
        else if (slot.kind == SLOT_LET)
            add_names(trail, def->lets[slot.index].expr);
    }
}

enum err scope_why(const struct scope *scope, const struct feel_expr *expr, struct str *ret_json)
{
    struct buf out;
    buf_init(&out, scope->arena, MAX_WHY_BYTES);
    struct trail trail = {
        .scope = scope,
        .seen = arena_alloc_array(scope->arena, scope->definition->names.n, sizeof *trail.seen),
        .out = &out,
    };
    if (trail.seen == NULL)
        return ERR_NO_MEMORY;
    buf_add_char(&out, '{');
    json_add_member(&out, "expr", feel_expr_text(expr));
    json_add_key(&out, "tables");
    buf_add_char(&out, '[');
    add_names(&trail, expr);
    buf_add(&out, STR("]}"));
    /* a trail that is too long for the log is left out, not cut */
    *ret_json = buf_failed(&out) ? STR("") : buf_str(&out);
    return OK;
}
