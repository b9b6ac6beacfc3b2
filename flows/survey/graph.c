#include "flows/survey/graph.h"

#include <string.h>

#include "bot/base/arena.h"
#include "flows/survey/definition.h"

#include "bot/base/banned.h"

enum { FIRST_CAPACITY = 32 };

struct drawing {
    const struct definition *definition;
    struct arena *arena;
    struct graph_node *nodes;
    size_t n_nodes, nodes_capacity;
    struct graph_edge *edges;
    size_t n_edges, edges_capacity;
    size_t *boxes, *gates; /* by step: its box; the condition or the variants before it; SIZE_MAX: none */
    bool *targets;         /* by step: something jumps there */
    size_t end;            /* where the flow just ends; SIZE_MAX: not drawn yet */
    bool failed;
};

static void *grow(struct drawing *d, void *items, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity)
        return items;
    size_t more = *capacity == 0 ? FIRST_CAPACITY : 2 * *capacity;
    void *grown = arena_alloc_array(d->arena, more, size);
    if (grown != NULL && n > 0)
        memcpy(grown, items, n * size);
    d->failed = d->failed || grown == NULL;
    *capacity = more;
    return grown;
}

static size_t add_node(struct drawing *d, struct graph_node node)
{
    if (!d->failed)
        d->nodes = grow(d, d->nodes, d->n_nodes, &d->nodes_capacity, sizeof *d->nodes);
    if (d->failed)
        return 0;
    d->nodes[d->n_nodes] = node;
    return d->n_nodes++;
}

static void add_edge(struct drawing *d, struct graph_edge edge)
{
    if (!d->failed)
        d->edges = grow(d, d->edges, d->n_edges, &d->edges_capacity, sizeof *d->edges);
    if (!d->failed)
        d->edges[d->n_edges++] = edge;
}

/* ── boxes ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum graph_kind kind_of(const struct step *step)
{
    switch (step->kind) {
    case STEP_SAY:
        return GRAPH_SAY;
    case STEP_ASK:
        return GRAPH_ASK;
    case STEP_RECOMMEND:
        return GRAPH_RECOMMEND;
    case STEP_HAND_OVER:
        return GRAPH_HAND_OVER;
    case STEP_SET:
    case STEP_TAG:
        return GRAPH_SET;
    case STEP_GO:
    case STEP_END:
        return GRAPH_END;
    }
    return GRAPH_END;
}

static void note_targets(struct drawing *d)
{
    const struct definition *def = d->definition;
    for (size_t i = 0; i < def->n_steps; i++) {
        const struct step *step = &def->steps[i];
        for (size_t k = 0; k < step->n_next; k++)
            d->targets[step->next[k].to] = true;
        if (step->kind == STEP_GO)
            d->targets[step->go.to] = true;
        if (step->kind == STEP_ASK && step->ask.tries > 0)
            d->targets[step->ask.otherwise] = true;
    }
}

static bool is_talk(const struct step *step)
{
    return step->kind == STEP_SAY || step->kind == STEP_SET || step->kind == STEP_TAG;
}

/* Whether who has come through the step before always comes here, and only they. */
static bool joins(const struct drawing *d, size_t i)
{
    if (i == 0 || d->targets[i])
        return false;
    const struct step *step = &d->definition->steps[i], *before = step - 1;
    return is_talk(step) && is_talk(before) && step->own_when == NULL && before->own_when == NULL &&
           before->n_next == 0 && step->split == before->split && step->arm == before->arm;
}

static void add_box(struct drawing *d, size_t i)
{
    const struct step *step = &d->definition->steps[i];
    if (joins(d, i)) {
        struct graph_node *node = &d->nodes[d->boxes[i] = d->boxes[i - 1]];
        node->n_steps++;
        if (step->kind == STEP_SAY)
            node->kind = GRAPH_SAY;
    } else if (step->kind != STEP_GO) {
        d->boxes[i] = add_node(d, (struct graph_node){.kind = kind_of(step), .step = i, .n_steps = 1});
    }
}

static bool begins_run(const struct definition *def, size_t i)
{
    return def->steps[i].split != NULL && (i == 0 || def->steps[i - 1].split != def->steps[i].split);
}

static void add_boxes(struct drawing *d)
{
    const struct definition *def = d->definition;
    for (size_t i = 0; i < def->n_steps && !d->failed; i++) {
        const struct step *step = &def->steps[i];
        if (step->own_when != NULL)
            d->gates[i] = add_node(
                d, (struct graph_node){
                       .kind = GRAPH_CONDITION, .step = i, .n_steps = 1, .text = feel_expr_text(step->own_when)});
        add_box(d, i);
    }
}

/* ── arrows ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Where somebody stands: at a step, and, among variants, in which arm. */
struct stand {
    size_t step;
    const struct split *split;
    size_t arm;
};

static size_t end_node(struct drawing *d)
{
    if (d->end == SIZE_MAX)
        d->end = add_node(d, (struct graph_node){.kind = GRAPH_END, .step = SIZE_MAX});
    return d->end;
}

/* The variants that begin with this step, or that it is among. */
static size_t variants_node(struct drawing *d, size_t *variants, size_t i)
{
    while (!begins_run(d->definition, i))
        i--;
    if (variants[i] == SIZE_MAX) {
        const struct split *split = d->definition->steps[i].split;
        variants[i] =
            add_node(d, (struct graph_node){.kind = GRAPH_VARIANTS, .step = i, .text = split->name, .split = split});
    }
    return variants[i];
}

struct arrows {
    struct drawing *drawing;
    size_t *variants; /* by step that begins a run of them: their node; SIZE_MAX: not drawn yet */
};

/* The node that somebody comes to who goes on at a step. */
static size_t entry(const struct arrows *arrows, struct stand at)
{
    struct drawing *d = arrows->drawing;
    const struct definition *def = d->definition;
    for (size_t hops = 0; at.step < def->n_steps && hops <= 2 * def->n_steps; hops++) {
        const struct step *step = &def->steps[at.step];
        if (step->split != NULL && step->split != at.split)
            return variants_node(d, arrows->variants, at.step);
        if (step->split != NULL && step->arm != at.arm) {
            at.step++;
            continue;
        }
        if (step->split == NULL)
            at.split = NULL;
        if (d->gates[at.step] != SIZE_MAX)
            return d->gates[at.step];
        if (step->kind != STEP_GO)
            return d->boxes[at.step];
        at.step = step->go.to;
    }
    return end_node(d);
}

static struct stand stand_behind(const struct definition *def, size_t i)
{
    return (struct stand){i + 1, def->steps[i].split, def->steps[i].arm};
}

static struct stand stand_at(const struct definition *def, size_t to, size_t from)
{
    return (struct stand){to, def->steps[from].split, def->steps[from].arm};
}

static void add_gate(const struct arrows *arrows, size_t i)
{
    struct drawing *d = arrows->drawing;
    const struct definition *def = d->definition;
    const struct step *step = &def->steps[i];
    if (d->gates[i] == SIZE_MAX)
        return;
    size_t yes = step->kind == STEP_GO ? entry(arrows, stand_at(def, step->go.to, i)) : d->boxes[i];
    add_edge(d, (struct graph_edge){.from = d->gates[i], .to = yes, .label = GRAPH_YES});
    add_edge(d, (struct graph_edge){.from = d->gates[i], .to = entry(arrows, stand_behind(def, i)), .label = GRAPH_NO});
}

static void add_nexts(const struct arrows *arrows, size_t i)
{
    struct drawing *d = arrows->drawing;
    const struct step *step = &d->definition->steps[i];
    for (size_t k = 0; k < step->n_next; k++) {
        const struct jump *jump = &step->next[k];
        add_edge(d, (struct graph_edge){
                        .from = d->boxes[i],
                        .to = entry(arrows, stand_at(d->definition, jump->to, i)),
                        .label = jump->when != NULL ? GRAPH_WHEN
                                 : step->n_next > 1 ? GRAPH_OTHERWISE
                                                    : GRAPH_PLAIN,
                        .text = jump->when != NULL ? feel_expr_text(jump->when) : STR(""),
                    });
    }
}

/* From the box of a step, when nothing of the box comes behind it. */
static void add_exits(const struct arrows *arrows, size_t i)
{
    struct drawing *d = arrows->drawing;
    const struct definition *def = d->definition;
    const struct step *step = &def->steps[i];
    bool goes_on = step->kind != STEP_END && step->kind != STEP_HAND_OVER && step->kind != STEP_GO;
    if (!goes_on || (i + 1 < def->n_steps && joins(d, i + 1)))
        return;
    add_nexts(arrows, i);
    if (step->n_next == 0)
        add_edge(d, (struct graph_edge){.from = d->boxes[i], .to = entry(arrows, stand_behind(def, i))});
    if (step->kind == STEP_ASK && step->ask.tries > 0)
        add_edge(d, (struct graph_edge){.from = d->boxes[i],
                                        .to = entry(arrows, stand_at(def, step->ask.otherwise, i)),
                                        .label = GRAPH_MISFITS});
}

static void add_arms(const struct arrows *arrows, size_t i)
{
    struct drawing *d = arrows->drawing;
    if (arrows->variants[i] == SIZE_MAX)
        return;
    const struct split *split = d->definition->steps[i].split;
    for (size_t k = 0; k < split->n_arms; k++)
        add_edge(d, (struct graph_edge){.from = arrows->variants[i],
                                        .to = entry(arrows, (struct stand){i, split, k}),
                                        .label = GRAPH_ARM,
                                        .text = split->arms[k].value});
}

static void add_arrows(struct drawing *d)
{
    const struct definition *def = d->definition;
    struct arrows arrows = {d, arena_alloc_array(d->arena, def->n_steps, sizeof(size_t))};
    if (arrows.variants == NULL) {
        d->failed = true;
        return;
    }
    for (size_t i = 0; i < def->n_steps; i++)
        arrows.variants[i] = SIZE_MAX;
    add_edge(d, (struct graph_edge){.from = 0, .to = entry(&arrows, (struct stand){0})});
    for (size_t i = 0; i < def->n_steps && !d->failed; i++) {
        add_gate(&arrows, i);
        add_exits(&arrows, i);
    }
    for (size_t i = 0; i < def->n_steps && !d->failed; i++)
        add_arms(&arrows, i);
}

/* ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Those that an expression asks, itself or through lets; as deep as lets need each other. */
static void note_tables(const struct drawing *d, const struct feel_expr *expr, bool *slots)
{
    const struct definition *def = d->definition;
    struct feel_use use;
    for (size_t i = 0; expr != NULL && feel_names_used(expr, i, &use); i++) {
        if (slots[use.slot])
            continue;
        slots[use.slot] = true;
        if (def->slots[use.slot].kind == SLOT_LET)
            note_tables(d, def->lets[def->slots[use.slot].index].expr, slots);
    }
}

static size_t table_node(struct drawing *d, size_t *nodes, size_t slot)
{
    const struct definition *def = d->definition;
    if (nodes[slot] != SIZE_MAX)
        return nodes[slot];
    struct graph_node node = {.kind = GRAPH_TABLE, .step = SIZE_MAX, .text = def->names.items[slot].name};
    if (def->slots[slot].kind == SLOT_TABLE)
        node.n_rules = def->tables[def->slots[slot].index].table->n_rules;
    return nodes[slot] = add_node(d, node);
}

static void add_deciding(struct drawing *d, size_t *nodes, bool *slots, const struct feel_expr *expr, size_t to)
{
    const struct definition *def = d->definition;
    if (expr == NULL || d->failed)
        return;
    memset(slots, 0, def->names.n * sizeof *slots);
    note_tables(d, expr, slots);
    for (size_t slot = 0; slot < def->names.n && !d->failed; slot++)
        if (slots[slot] && (def->slots[slot].kind == SLOT_TABLE || def->slots[slot].kind == SLOT_DECISION))
            add_edge(d, (struct graph_edge){.from = table_node(d, nodes, slot), .to = to, .label = GRAPH_DECIDES});
}

static void add_tables(struct drawing *d)
{
    const struct definition *def = d->definition;
    size_t *nodes = arena_alloc_array(d->arena, def->names.n, sizeof *nodes);
    bool *slots = arena_alloc_array(d->arena, def->names.n, sizeof *slots);
    d->failed = d->failed || nodes == NULL || slots == NULL;
    for (size_t i = 0; i < def->names.n && !d->failed; i++)
        nodes[i] = SIZE_MAX;
    for (size_t i = 0; i < def->n_steps && !d->failed; i++) {
        const struct step *step = &def->steps[i];
        if (d->gates[i] != SIZE_MAX)
            add_deciding(d, nodes, slots, step->own_when, d->gates[i]);
        for (size_t k = 0; k < step->n_next; k++)
            add_deciding(d, nodes, slots, step->next[k].when, d->boxes[i]);
        if (step->kind == STEP_RECOMMEND)
            add_deciding(d, nodes, slots, step->recommend.item, d->boxes[i]);
    }
}

/* ── the whole ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err graph_of(const struct definition *definition, struct arena *arena, struct graph *ret_graph)
{
    size_t n = definition->n_steps;
    struct drawing d = {
        .definition = definition,
        .arena = arena,
        .boxes = arena_alloc_array(arena, n, sizeof *d.boxes),
        .gates = arena_alloc_array(arena, n, sizeof *d.gates),
        .targets = arena_alloc_array(arena, n, sizeof *d.targets),
        .end = SIZE_MAX,
    };
    if (d.boxes == NULL || d.gates == NULL || d.targets == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        d.boxes[i] = d.gates[i] = SIZE_MAX;
    note_targets(&d);
    add_node(&d, (struct graph_node){.kind = GRAPH_START, .step = SIZE_MAX});
    add_boxes(&d);
    add_arrows(&d);
    add_tables(&d);
    if (d.failed)
        return ERR_NO_MEMORY;
    *ret_graph = (struct graph){d.nodes, d.n_nodes, d.edges, d.n_edges, d.boxes};
    return OK;
}

/* ── ways ──────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool may_pass(const struct graph *graph, size_t node)
{
    return graph->nodes[node].kind == GRAPH_CONDITION || graph->nodes[node].kind == GRAPH_VARIANTS;
}

static bool is_on_way(const struct graph *graph, const struct graph_way *way, size_t node)
{
    for (size_t i = 0; i < way->n; i++)
        if (graph->edges[way->edges[i]].from == node)
            return true;
    return false;
}

/* Depth first.  A way never comes to a node twice, so it has at most n_nodes edges; and since a condition leads to one more
 * condition at most on each side, few are tried. */
bool graph_find_way(const struct graph *graph, size_t from, size_t to, struct graph_way *way)
{
    for (size_t i = 0; i < graph->n_edges; i++) {
        const struct graph_edge *edge = &graph->edges[i];
        if (edge->from != from || edge->label == GRAPH_DECIDES)
            continue;
        way->edges[way->n++] = i;
        if (edge->to == to ||
            (may_pass(graph, edge->to) && !is_on_way(graph, way, edge->to) && graph_find_way(graph, edge->to, to, way)))
            return true;
        way->n--;
    }
    return false;
}
