/* Variables read before they are set, on some way through the flow.
 *
 * Where check_sure.h cannot promise that a variable has a value, walks look for answers with which an expression really
 * takes it while it has none: only what was seen is reported, with the conversation that led there.  Comparing it with
 * null is no such use: whoever writes that knows that it may be missing.  Nor is a variable that the platform's profile
 * fills and no step: what the profile knows is nobody's mistake.                                                     */
#include "bot/base/arena.h"
#include "flows/survey/check_answers.h"
#include "flows/survey/check_sure.h"

#include "bot/base/banned.h"

enum { MOST_WALKS = 200 };

struct early {
    struct checker *checker;
    struct sure sure;
    struct needs needs;
    bool *ours;     /* by variable: a step fills it, and neither the profile nor another flow */
    bool *suspects; /* by step: it may read one of ours that is not set                         */
    bool *reported; /* by variable */
    size_t n_open;  /* steps that are suspected and not convicted */
    struct walk *walk;
    size_t step;
    const struct feel_expr *expr; /* of the step, being looked at */
};

/* ── what an expression reads, now ─────────────────────────────────────────────────────────────────────────────── */

/* The first unset variable that the value depends on; SIZE_MAX: none. */
static size_t read_by(struct early *early, const struct feel_expr *expr, const struct feel_node *node);

static bool is_null(const struct feel_node *node)
{
    return node->op == FEEL_LITERAL && node->literal.kind == VALUE_NULL;
}

static struct value value_of(struct early *early, const struct feel_expr *expr, const struct feel_node *node)
{
    struct feel_expr part = {.root = node, .source = expr->source};
    return walk_value(early->walk, &part);
}

static size_t read_by_items(struct early *early, const struct feel_expr *expr, const struct feel_node *node)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < node->many.n && found == SIZE_MAX; i++)
        found = read_by(early, expr, node->many.items[i]);
    return found;
}

static size_t read_by_table(struct early *early, size_t index)
{
    const struct table *table = early->checker->definition->tables[index].table;
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < table->n_inputs && found == SIZE_MAX; i++)
        found = read_by(early, table->inputs[i].expr, table->inputs[i].expr->root);
    return found;
}

static size_t read_by_name(struct early *early, const struct feel_node *node)
{
    const struct definition *def = early->checker->definition;
    struct slot slot = def->slots[node->name.slot];
    struct value value;
    switch (slot.kind) {
    case SLOT_VARIABLE:
        return early->ours[slot.index] && !state_get(walk_state(early->walk), slot.index, &value) ? slot.index
                                                                                                  : SIZE_MAX;
    case SLOT_LET:
        return read_by(early, def->lets[slot.index].expr, def->lets[slot.index].expr->root);
    case SLOT_TABLE:
        return read_by_table(early, slot.index);
    case SLOT_DECISION:
    case SLOT_CATALOG:
        break;
    }
    return SIZE_MAX;
}

/* `false and …`, `true or …`: one side decides, whatever the other is. */
static size_t read_by_logic(struct early *early, const struct feel_expr *expr, const struct feel_node *node)
{
    bool decides = node->op == FEEL_OR;
    struct value a = value_of(early, expr, node->a), b = value_of(early, expr, node->b);
    bool by_a = a.kind == VALUE_BOOLEAN && a.boolean == decides, by_b = b.kind == VALUE_BOOLEAN && b.boolean == decides;
    size_t found = by_b && !by_a ? SIZE_MAX : read_by(early, expr, node->a);
    return found != SIZE_MAX || by_a ? found : read_by(early, expr, node->b);
}

static size_t read_by_if(struct early *early, const struct feel_expr *expr, const struct feel_node *node)
{
    size_t found = read_by(early, expr, node->a);
    if (found != SIZE_MAX)
        return found;
    struct value condition = value_of(early, expr, node->a);
    return read_by(early, expr, value_is_true(&condition) ? node->b : node->c);
}

static size_t read_by_both(struct early *early, const struct feel_expr *expr, const struct feel_node *node)
{
    if ((node->op == FEEL_EQUAL || node->op == FEEL_UNEQUAL) && (is_null(node->a) || is_null(node->b)))
        return SIZE_MAX;
    size_t found = read_by(early, expr, node->a);
    return found != SIZE_MAX || node->b == NULL ? found : read_by(early, expr, node->b);
}

/* As deep as the tree, which FEEL_MAX_HEIGHT bounds, and as lets and tables need each other. */
static size_t read_by(struct early *early, const struct feel_expr *expr, const struct feel_node *node)
{
    switch ((enum feel_op)node->op) {
    case FEEL_VARIABLE:
        return read_by_name(early, node);
    case FEEL_NEGATE:
        return read_by(early, expr, node->a);
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
        return read_by_both(early, expr, node);
    case FEEL_AND:
    case FEEL_OR:
        return read_by_logic(early, expr, node);
    case FEEL_IN:
    case FEEL_BETWEEN:
        return read_by(early, expr, node->a);
    case FEEL_IF:
        return read_by_if(early, expr, node);
    case FEEL_PATH:
        return read_by(early, expr, node->path.of);
    case FEEL_LIST_OF:
    case FEEL_CALL:
        return read_by_items(early, expr, node);
    default: /* locals, tests and what is rarely written about answers: nothing is said about it */
        return SIZE_MAX;
    }
}

/* ── the walks ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What the step's own question or `set` fills is there only for its `next`, and there it is sure. */
static bool fills(const struct step *step, size_t variable)
{
    bool found = step->kind == STEP_ASK && step->ask.variable_index == variable && step->ask.tries == 0;
    for (size_t i = 0; step->kind == STEP_SET && i < step->set.n; i++)
        found = found || step->set.items[i].variable == variable;
    return found;
}

static void look(void *self, const struct feel_expr *expr, enum check_use use)
{
    struct early *early = self;
    const struct definition *def = early->checker->definition;
    (void)use;
    size_t variable = read_by(early, expr, expr->root);
    if (variable == SIZE_MAX || fills(&def->steps[early->step], variable))
        return;
    if (early->suspects[early->step]) {
        early->suspects[early->step] = false;
        early->n_open--;
    }
    if (early->reported[variable])
        return;
    early->reported[variable] = true;
    struct str name = def->variables[variable].name;
    struct place at = check_place(expr, 0);
    if (str_eq(feel_expr_text(expr), name)) {
        check_warning(early->checker, "read_early", at, walk_talk(early->walk),
                      "`%.*s` is not set yet on some way here; ask it before, or say nothing of it then, with `when`",
                      STR_ARG(name));
        return;
    }
    check_warning(early->checker, "read_early", at, walk_talk(early->walk),
                  "`%.*s` needs `%.*s`, which is not set yet on some way here; ask it before, or write what holds "
                  "without it: `if %.*s = null then …`",
                  STR_ARG(feel_expr_text(expr)), STR_ARG(name), STR_ARG(name));
}

static bool watch(void *self, struct walk *walk, size_t at)
{
    struct early *early = self;
    const struct step *step = &early->checker->definition->steps[at];
    struct value known;
    bool passes =
        step->kind == STEP_ASK && !step->ask.always && state_get(walk_state(walk), step->ask.variable_index, &known);
    if (!early->suspects[at] || passes)
        return early->n_open == 0;
    early->walk = walk;
    early->step = at;
    if (step->when != NULL) {
        struct value value = walk_value(walk, step->when);
        if (!value_is_true(&value)) {
            look(early, step->when, CHECK_CONDITION);
            return early->n_open == 0;
        }
    }
    check_step_exprs(step, look, early);
    return early->n_open == 0;
}

/* ── who is suspected ──────────────────────────────────────────────────────────────────────────────────────────── */

static void note_needs(void *self, const struct feel_expr *expr, enum check_use use)
{
    struct early *early = self;
    (void)use;
    needs_add(&early->needs, expr);
}

static void suspect(struct early *early, size_t at)
{
    const struct definition *def = early->checker->definition;
    needs_clear(&early->needs);
    check_step_exprs(&def->steps[at], note_needs, early);
    for (size_t v = 0; v < def->n_variables; v++)
        if (early->needs.variables[v] && early->ours[v] && !sure_is_set(&early->sure, at, v) &&
            !fills(&def->steps[at], v))
            early->suspects[at] = true;
    early->n_open += early->suspects[at];
}

/* Filled by a step that is reached, and by nothing else. */
static void note_ours(struct early *early)
{
    const struct definition *def = early->checker->definition;
    for (size_t i = 0; i < def->n_steps; i++) {
        const struct step *step = &def->steps[i];
        if (!early->checker->reached[i])
            continue;
        if (step->kind == STEP_ASK)
            early->ours[step->ask.variable_index] = true;
        for (size_t k = 0; step->kind == STEP_SET && k < step->set.n; k++)
            early->ours[step->set.items[k].variable] = true;
    }
    for (size_t i = 0; i < def->n_variables; i++)
        if (def->variables[i].profile.n > 0 || def->variables[i].recall.flow.n > 0)
            early->ours[i] = false;
}

void check_early(struct checker *checker)
{
    const struct definition *def = checker->definition;
    struct early early = {
        .checker = checker,
        .ours = arena_alloc_array(checker->arena, def->n_variables + 1, sizeof(bool)),
        .suspects = arena_alloc_array(checker->arena, def->n_steps, sizeof(bool)),
        .reported = arena_alloc_array(checker->arena, def->n_variables + 1, sizeof(bool)),
    };
    if (early.ours == NULL || early.suspects == NULL || early.reported == NULL || !sure_init(&early.sure, checker) ||
        !needs_init(&early.needs, def, checker->arena)) {
        checker->findings->failed = true;
        return;
    }
    note_ours(&early);
    for (size_t i = 0; i < def->n_steps; i++)
        if (checker->reached[i])
            suspect(&early, i);
    if (early.n_open > 0)
        check_answers_watch(
            checker,
            &(struct answers_watch){.step = watch, .self = &early, .most_walks = MOST_WALKS, .most_steps = SIZE_MAX});
}
