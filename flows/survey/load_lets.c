#include "flows/survey/load.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"

#include "bot/base/banned.h"

static void compile_let(struct loader *loader, struct let *let)
{
    let->expr = load_expr(loader, let->written);
    if (loader->rc == OK && let->expr == NULL)
        load_fault(loader, load_place(let->written), "`%.*s` is empty; write an expression", STR_ARG(let->name));
}

void load_lets(struct loader *loader)
{
    for (size_t i = 0; i < loader->definition->n_lets && loader->rc == OK; i++) {
        compile_let(loader, &loader->lets[i]);
        load_settle(loader);
    }
}

/* ── order ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum mark { MARK_NEW, MARK_OPEN, MARK_DONE };

/* A walk along "needs": what it has open is the path from the first name to here. */
struct walk {
    struct loader *loader;
    enum mark *marks; /* by slot */
    size_t *path;
    size_t depth;
};

static void visit(struct walk *walk, size_t slot);

static void visit_names(struct walk *walk, const struct feel_expr *expr)
{
    struct feel_use use;
    for (size_t i = 0; expr != NULL && walk->loader->rc == OK && feel_names_used(expr, i, &use); i++)
        visit(walk, use.slot);
}

static void visit_table(struct walk *walk, const struct table *table)
{
    for (size_t i = 0; i < table->n_inputs; i++) {
        visit_names(walk, table->inputs[i].expr);
        visit_names(walk, table->inputs[i].values);
    }
    for (size_t i = 0; i < table->n_outputs; i++) {
        visit_names(walk, table->outputs[i].values);
        visit_names(walk, table->outputs[i].otherwise);
    }
    for (size_t r = 0; r < table->n_rules; r++) {
        for (size_t i = 0; i < table->n_inputs; i++)
            visit_names(walk, table->rules[r].tests[i]);
        for (size_t i = 0; i < table->n_outputs; i++)
            visit_names(walk, table->rules[r].outputs[i]);
    }
}

static void circle_fault(struct walk *walk, size_t slot)
{
    struct loader *loader = walk->loader;
    const struct definition *def = loader->definition;
    struct buf way;
    buf_init(&way, loader->arena, 120);
    size_t from = walk->depth;
    while (from > 0 && walk->path[from - 1] != slot)
        from--;
    for (size_t i = from == 0 ? 0 : from - 1; i < walk->depth; i++)
        buf_addf(&way, "%.*s → ", STR_ARG(def->names.items[walk->path[i]].name));
    const struct slot *what = &def->slots[slot];
    struct str name = def->names.items[slot].name;
    struct place at = what->kind == SLOT_LET     ? def->lets[what->index].at
                      : what->kind == SLOT_TABLE ? def->tables[what->index].at
                                                 : def->decisions[what->index].at;
    load_fault(loader, at, "`%.*s` needs itself (%.*s%.*s); break the circle", STR_ARG(name), STR_ARG(buf_str(&way)),
               STR_ARG(name));
}

/* A let is compiled a second time once all that it needs is typed: so it gets its own type, and the rest of the flow
 * is checked against it. */
static void retype(struct walk *walk, size_t slot, size_t let)
{
    struct loader *loader = walk->loader;
    compile_let(loader, &loader->lets[let]);
    if (loader->rc == OK)
        loader->names[slot].type = feel_expr_type(loader->lets[let].expr);
}

/* Recursive, at most as deep as there are lets and tables (LOAD_MAX_NAMES). */
static void visit(struct walk *walk, size_t slot)
{
    const struct definition *def = walk->loader->definition;
    struct slot what = def->slots[slot];
    if (walk->loader->rc != OK || walk->marks[slot] == MARK_DONE || what.kind == SLOT_VARIABLE ||
        what.kind == SLOT_CATALOG)
        return;
    if (walk->marks[slot] == MARK_OPEN) {
        circle_fault(walk, slot);
        return;
    }
    walk->marks[slot] = MARK_OPEN;
    walk->path[walk->depth++] = slot;
    if (what.kind == SLOT_TABLE) {
        if (def->tables[what.index].table != NULL)
            visit_table(walk, def->tables[what.index].table);
    } else if (what.kind == SLOT_DECISION) {
        const struct named_decision *decision = &def->decisions[what.index];
        for (size_t i = 0; decision->exprs != NULL && i < decision->n_inputs; i++)
            visit_names(walk, decision->exprs[i]);
    } else if (def->lets[what.index].expr != NULL) {
        visit_names(walk, def->lets[what.index].expr);
        if (walk->loader->rc == OK)
            retype(walk, slot, what.index);
    }
    walk->depth--;
    walk->marks[slot] = MARK_DONE;
}

void load_order(struct loader *loader)
{
    size_t n = loader->definition->names.n;
    struct walk walk = {
        .loader = loader,
        .marks = load_alloc(loader, n, sizeof *walk.marks),
        .path = load_alloc(loader, n, sizeof *walk.path),
    };
    for (size_t slot = 0; slot < n && loader->rc == OK; slot++) {
        visit(&walk, slot);
        walk.depth = 0;
        load_settle(loader);
    }
}
