#include "flows/survey/span_names.h"

#include <string.h>

#include "bot/base/arena.h"
#include "flows/survey/check_edges.h"
#include "flows/survey/check_sure.h"
#include "flows/survey/run.h"

#include "bot/base/banned.h"

/* ── what depends on what ──────────────────────────────────────────────────────────────────────────────────────── */

bool span_names_use(const struct feel_expr *expr, const bool *marked)
{
    struct feel_use use;
    for (size_t i = 0; expr != NULL && feel_names_used(expr, i, &use); i++)
        if (marked[use.slot])
            return true;
    return false;
}

static bool table_uses(const struct table *table, const bool *marked)
{
    bool found = false;
    for (size_t i = 0; i < table->n_inputs && !found; i++)
        found = span_names_use(table->inputs[i].expr, marked) || span_names_use(table->inputs[i].values, marked);
    for (size_t r = 0; r < table->n_rules && !found; r++) {
        for (size_t i = 0; i < table->n_inputs && !found; i++)
            found = span_names_use(table->rules[r].tests[i], marked);
        for (size_t i = 0; i < table->n_outputs && !found; i++)
            found = span_names_use(table->rules[r].outputs[i], marked);
    }
    for (size_t i = 0; i < table->n_outputs && !found; i++)
        found = span_names_use(table->outputs[i].otherwise, marked) || span_names_use(table->outputs[i].values, marked);
    return found;
}

static bool is_set_from(const struct definition *def, size_t variable, const bool *marked)
{
    for (size_t i = 0; i < def->n_steps; i++)
        for (size_t k = 0; def->steps[i].kind == STEP_SET && k < def->steps[i].set.n; k++)
            if (def->steps[i].set.items[k].variable == variable &&
                span_names_use(def->steps[i].set.items[k].expr, marked))
                return true;
    return false;
}

static bool slot_uses(const struct definition *def, struct slot slot, const bool *marked)
{
    const struct named_decision *decision;
    switch (slot.kind) {
    case SLOT_VARIABLE:
        return def->variables[slot.index].is_set && is_set_from(def, slot.index, marked);
    case SLOT_LET:
        return span_names_use(def->lets[slot.index].expr, marked);
    case SLOT_TABLE:
        return table_uses(def->tables[slot.index].table, marked);
    case SLOT_DECISION:
        decision = &def->decisions[slot.index];
        for (size_t i = 0; i < decision->n_inputs; i++)
            if (span_names_use(decision->exprs[i], marked))
                return true;
        return false;
    case SLOT_CATALOG:
        return false;
    }
    return false;
}

/* Marks all that depends on what is marked. */
static void spread(const struct definition *def, bool *marked)
{
    for (bool more = true; more;) {
        more = false;
        for (size_t s = 0; s < def->names.n; s++)
            if (!marked[s] && slot_uses(def, def->slots[s], marked))
                marked[s] = more = true;
    }
}

/* ── what is known of the others ───────────────────────────────────────────────────────────────────────────────── */

static bool is_changing(const struct definition *def, size_t variable)
{
    for (size_t i = 0; i < def->n_changing; i++)
        if (def->changing[i] == variable)
            return true;
    return def->variables[variable].is_set;
}

/* Looks for steps that may need an answer that is not given yet. */
struct watch {
    const struct run *run;
    struct needs needs;
    struct sure sure;
    bool forward; /* the flow never goes back: what is asked further up was asked, or is left out */
};

static bool goes_forward(const struct definition *def)
{
    for (size_t i = 0; i < def->n_steps; i++) {
        struct edges edges = {.definition = def, .step = i};
        struct edge edge;
        while (edges_next(&edges, &edge))
            if (edge.to <= i)
                return false;
    }
    return true;
}

static bool is_given_at(const struct watch *watch, size_t at, size_t variable)
{
    const struct definition *def = watch->run->definition;
    const struct state *state = &watch->run->state;
    size_t asked = def->variables[variable].step;
    bool from_start = asked == SIZE_MAX || (state->profile[variable].known && !state->answers[variable].known);
    return from_start || (watch->forward && asked < at) || sure_is_set(&watch->sure, at, variable);
}

/* Its own answer is given to what follows, unless it is asked under a condition of it. */
static bool is_early(struct watch *watch, size_t at)
{
    const struct definition *def = watch->run->definition;
    const struct step *step = &def->steps[at];
    needs_clear(&watch->needs);
    if (step->when != NULL)
        needs_add(&watch->needs, step->when);
    bool own = step->kind == STEP_ASK && watch->needs.variables[step->ask.variable_index];
    for (size_t i = 0; i < step->n_next; i++)
        needs_add(&watch->needs, step->next[i].when);
    if (step->kind == STEP_RECOMMEND)
        needs_add(&watch->needs, step->recommend.item);
    for (size_t v = 0; v < def->n_variables; v++) {
        bool just_asked = step->kind == STEP_ASK && step->ask.variable_index == v && !own;
        if (watch->needs.variables[v] && !just_asked && !is_given_at(watch, at, v))
            return true;
    }
    return false;
}

static bool find_early(struct span_names *names, struct checker *checker, const struct run *run)
{
    const struct definition *def = run->definition;
    struct watch watch = {.run = run, .forward = goes_forward(def)};
    bool *reached = arena_alloc_array(checker->arena, def->n_steps, sizeof *reached);
    if (reached == NULL)
        return false;
    memset(reached, true, def->n_steps * sizeof *reached);
    checker->reached = reached;
    if (!sure_init(&watch.sure, checker) || !needs_init(&watch.needs, def, checker->arena))
        return false;
    for (size_t i = 0; i < def->n_steps; i++)
        names->early[i] = is_early(&watch, i);
    return true;
}

bool span_names_init(struct span_names *names, struct checker *checker, const struct run *run, size_t step)
{
    const struct definition *def = run->definition;
    size_t n = def->names.n, variable = def->steps[step].ask.variable_index;
    *names = (struct span_names){
        .vague = arena_alloc_array(checker->arena, n + 1, sizeof *names->vague),
        .moves = arena_alloc_array(checker->arena, n + 1, sizeof *names->moves),
        .early = arena_alloc_array(checker->arena, def->n_steps, sizeof *names->early),
    };
    if (names->vague == NULL || names->moves == NULL || names->early == NULL || is_changing(def, variable))
        return false;
    for (size_t s = 0; s < n; s++) {
        bool is_variable = def->slots[s].kind == SLOT_VARIABLE;
        names->moves[s] = is_variable && def->slots[s].index == variable;
        names->vague[s] = is_variable && is_changing(def, def->slots[s].index);
        if (names->moves[s])
            names->slot = s;
    }
    spread(def, names->moves);
    spread(def, names->vague);
    return find_early(names, checker, run);
}
