#include "flows/survey/check_sure.h"

#include <string.h>

#include "bot/base/arena.h"
#include "flows/survey/check_edges.h"

#include "bot/base/banned.h"

enum { BITS = 64 };

static void add_bit(uint64_t *set, size_t i)
{
    set[i / BITS] |= UINT64_C(1) << (i % BITS);
}

/* What the step itself fills on this way. */
static void add_filled(uint64_t *set, const struct step *step, const struct edge *edge)
{
    if (edge->skips)
        return;
    if (step->kind == STEP_ASK && !edge->misfits)
        add_bit(set, step->ask.variable_index);
    for (size_t i = 0; step->kind == STEP_SET && i < step->set.n; i++)
        add_bit(set, step->set.items[i].variable);
}

/* Carries the state of a step over to those behind it; true: something became less sure. */
static bool carry(struct sure *sure, size_t at, uint64_t *out)
{
    struct edges edges = {.definition = sure->definition, .step = at};
    struct edge edge;
    bool changed = false;
    while (edges_next(&edges, &edge)) {
        if (edge.to == sure->definition->n_steps)
            continue;
        memcpy(out, sure->in + at * sure->words, sure->words * sizeof *out);
        add_filled(out, &sure->definition->steps[at], &edge);
        uint64_t *to = sure->in + edge.to * sure->words;
        for (size_t w = 0; w < sure->words; w++) {
            changed = changed || (to[w] & ~out[w]) != 0;
            to[w] &= out[w];
        }
    }
    return changed;
}

bool sure_init(struct sure *sure, const struct checker *checker)
{
    const struct definition *def = checker->definition;
    size_t words = def->n_variables / BITS + 1;
    *sure = (struct sure){
        .definition = def,
        .arena = checker->arena,
        .in = arena_alloc_array(checker->arena, def->n_steps * words, sizeof *sure->in),
        .words = words,
    };
    uint64_t *out = arena_alloc_array(checker->arena, words, sizeof *out);
    if (sure->in == NULL || out == NULL)
        return false;
    for (size_t i = 0; i < def->n_splits; i++) /* known before the first step */
        add_bit(sure->in, def->splits[i].variable);
    memset(sure->in + words, 0xff, (def->n_steps - 1) * words * sizeof *sure->in);
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < def->n_steps; i++)
            changed = (checker->reached[i] && carry(sure, i, out)) || changed;
    }
    return true;
}

bool sure_is_set(const struct sure *sure, size_t step, size_t variable)
{
    return (sure->in[step * sure->words + variable / BITS] >> (variable % BITS) & 1) != 0;
}

/* ── what an expression needs ──────────────────────────────────────────────────────────────────────────────────── */

bool needs_init(struct needs *needs, const struct definition *definition, struct arena *arena)
{
    *needs = (struct needs){
        .definition = definition,
        .slots = arena_alloc_array(arena, definition->names.n + 1, sizeof(bool)),
        .variables = arena_alloc_array(arena, definition->n_variables + 1, sizeof(bool)),
    };
    return needs->slots != NULL && needs->variables != NULL;
}

void needs_clear(struct needs *needs)
{
    memset(needs->slots, 0, needs->definition->names.n * sizeof(bool));
    memset(needs->variables, 0, needs->definition->n_variables * sizeof(bool));
    needs->clock = false;
}

static void add_table(struct needs *needs, const struct table *table)
{
    for (size_t i = 0; i < table->n_inputs; i++)
        needs_add(needs, table->inputs[i].expr);
    for (size_t r = 0; r < table->n_rules; r++) {
        for (size_t i = 0; i < table->n_inputs; i++)
            needs_add(needs, table->rules[r].tests[i]);
        for (size_t i = 0; i < table->n_outputs; i++)
            needs_add(needs, table->rules[r].outputs[i]);
    }
    for (size_t i = 0; i < table->n_outputs; i++)
        needs_add(needs, table->outputs[i].otherwise);
}

static void add_decision(struct needs *needs, const struct named_decision *decision)
{
    for (size_t i = 0; i < decision->n_inputs; i++)
        needs_add(needs, decision->exprs[i]);
}

/* As deep as lets and tables need each other, each once. */
void needs_add(struct needs *needs, const struct feel_expr *expr)
{
    const struct definition *def = needs->definition;
    struct feel_use use;
    if (expr != NULL && (str_find(expr->source.text, STR("now(")) != SIZE_MAX ||
                         str_find(expr->source.text, STR("today(")) != SIZE_MAX))
        needs->clock = true;
    for (size_t i = 0; expr != NULL && feel_names_used(expr, i, &use); i++) {
        struct slot slot = def->slots[use.slot];
        if (needs->slots[use.slot])
            continue;
        needs->slots[use.slot] = true;
        switch (slot.kind) {
        case SLOT_VARIABLE:
            needs->variables[slot.index] = true;
            break;
        case SLOT_LET:
            needs_add(needs, def->lets[slot.index].expr);
            break;
        case SLOT_TABLE:
            add_table(needs, def->tables[slot.index].table);
            break;
        case SLOT_DECISION:
            add_decision(needs, &def->decisions[slot.index]);
            break;
        case SLOT_CATALOG:
            break;
        }
    }
}
