/* Decision tables: rules that overlap, holes between them, rules that never fire. */
#include "bot/base/arena.h"
#include "flows/survey/check_answers.h"
#include "flows/survey/check_grid.h"

#include "bot/base/banned.h"

enum {
    MOST_OVERLAPS = 5,                   /* reported of one table */
    OVERLAP_BUDGET = 1000 * 1000 * 1000, /* words compared, for all pairs of rules */
    SCRATCH_BYTES = 64 * 1024 * 1024,
};

struct tables {
    struct checker *checker;
    struct boxes boxes;
    struct arena scratch;          /* of one search */
    struct grid *grids;            /* by table */
    struct str *holes;             /* by table: the inputs of a hole */
    struct answers_wanted *wanted; /* by table: it has a hole */
    size_t budget;                 /* of the searches in the present table */
};

static void too_complex(struct tables *tables, size_t i, const char *what)
{
    const struct named_table *named = &tables->checker->definition->tables[i];
    check_warning(tables->checker, "too_complex", named->at, STR(""),
                  "the table `%.*s` is too large to be looked through for %s; split it up", STR_ARG(named->name), what);
}

/* ── overlaps ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A point that both rules take for sure. */
static bool overlap_of(const struct grid *grid, size_t a, size_t b, struct grid_point *ret_point)
{
    for (size_t c = 0; c < grid->table->n_inputs; c++) {
        ret_point->at[c] = grid_common_point(grid, c, a, b);
        if (ret_point->at[c] == SIZE_MAX)
            return false;
    }
    return true;
}

/* Words compared when every pair differs in the last column only. */
static bool is_too_large(const struct grid *grid)
{
    size_t words = 0, n = grid->table->n_rules;
    for (size_t c = 0; c < grid->table->n_inputs; c++)
        words += grid->columns[c].words;
    return n * n / 2 > OVERLAP_BUDGET / (words + 1);
}

static void find_overlaps(struct tables *tables, size_t i, struct grid_point *point)
{
    const struct named_table *named = &tables->checker->definition->tables[i];
    const struct grid *grid = &tables->grids[i];
    size_t n = named->table->n_rules, found = 0;
    if (is_too_large(grid)) {
        too_complex(tables, i, "rules that overlap");
        return;
    }
    for (size_t b = 1; b < n && found < MOST_OVERLAPS; b++)
        for (size_t a = 0; a < b && found < MOST_OVERLAPS; a++) {
            if (!overlap_of(grid, a, b, point))
                continue;
            found++;
            check_error(
                tables->checker, "overlap", named->rules[b], grid_point_text(grid, point, tables->checker->arena),
                "rule %zu of the table `%.*s` overlaps with rule %zu, in line %u, and its hit policy is U; make "
                "their conditions differ, or choose another `hit`",
                b + 1, STR_ARG(named->name), a + 1, named->rules[a].line);
        }
}

/* ── dead rules ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A column whose test of the rule no value passes; n_inputs: none. */
static size_t impossible_column(const struct grid *grid, size_t rule)
{
    for (size_t c = 0; c < grid->table->n_inputs; c++) {
        size_t p = 0, n = grid->columns[c].n;
        if (grid_common_point(grid, c, rule, rule) != SIZE_MAX)
            continue;
        while (p < n && grid_fit(grid, c, p, rule) == FIT_NO)
            p++;
        if (p == n && grid->columns[c].is_complete)
            return c;
    }
    return grid->table->n_inputs;
}

static bool is_complete(const struct grid *grid)
{
    for (size_t c = 0; c < grid->table->n_inputs; c++)
        if (!grid->columns[c].is_complete)
            return false;
    return true;
}

static void find_dead_rules(struct tables *tables, size_t i, struct grid_point *point)
{
    const struct named_table *named = &tables->checker->definition->tables[i];
    const struct grid *grid = &tables->grids[i];
    bool first = named->table->hit == TABLE_FIRST && is_complete(grid);
    for (size_t r = 0; r < named->table->n_rules; r++) {
        size_t c = impossible_column(grid, r);
        if (c < named->table->n_inputs) {
            const struct feel_expr *test = named->table->rules[r].tests[c];
            check_error(
                tables->checker, "dead_rule", check_place(test, 0), STR(""),
                "rule %zu of the table `%.*s` can never fire: `%.*s` is never `%.*s`; change the test, or take the "
                "rule out",
                r + 1, STR_ARG(named->name), STR_ARG(feel_expr_text(named->table->inputs[c].expr)),
                STR_ARG(feel_expr_text(test)));
            continue;
        }
        struct grid_question question = {.n_rules = r, .within = r, .only_sure = true, .budget = &tables->budget};
        arena_reset(&tables->scratch);
        if (first && r > 0 && tables->budget == 0) {
            too_complex(tables, i, "rules that never fire");
            break;
        }
        if (first && r > 0 && grid_hole(grid, &question, &tables->scratch, point) == GRID_NONE)
            check_error(
                tables->checker, "dead_rule", named->rules[r], STR(""),
                "rule %zu of the table `%.*s` can never fire: the rules before it take all that it would; move it "
                "up, or take it out",
                r + 1, STR_ARG(named->name));
    }
}

/* ── holes ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool needs_completeness(const struct table *table)
{
    switch (table->hit) {
    case TABLE_UNIQUE:
    case TABLE_ANY:
    case TABLE_PRIORITY:
    case TABLE_FIRST:
        return table->outputs[0].otherwise == NULL;
    case TABLE_RULE_ORDER:
    case TABLE_OUTPUT_ORDER:
    case TABLE_COLLECT:
    case TABLE_SUM:
    case TABLE_MIN:
    case TABLE_MAX:
    case TABLE_COUNT:
        return false;
    }
    return false;
}

/* Inputs that are nothing but an answer say which answer leads to the hole. */
static const struct value *hints_of(struct tables *tables, const struct grid *grid, const struct grid_point *point)
{
    const struct definition *def = tables->checker->definition;
    struct value *hints = arena_alloc_array(tables->checker->arena, def->n_variables, sizeof *hints);
    for (size_t c = 0; hints != NULL && c < grid->table->n_inputs; c++) {
        const struct feel_node *root = grid->table->inputs[c].expr->root;
        if (root->op == FEEL_VARIABLE && def->slots[root->name.slot].kind == SLOT_VARIABLE)
            hints[def->slots[root->name.slot].index] = grid->columns[c].points[point->at[c]];
    }
    return hints;
}

static void find_hole(struct tables *tables, size_t i, struct grid_point *point)
{
    const struct table *table = tables->checker->definition->tables[i].table;
    size_t budget = GRID_BUDGET;
    struct grid_question question = {.n_rules = table->n_rules, .within = SIZE_MAX, .budget = &budget};
    if (!needs_completeness(table))
        return;
    arena_reset(&tables->scratch);
    switch (grid_hole(&tables->grids[i], &question, &tables->scratch, point)) {
    case GRID_NONE:
        break;
    case GRID_FOUND:
        tables->wanted[i] = (struct answers_wanted){true, hints_of(tables, &tables->grids[i], point)};
        tables->holes[i] = grid_point_text(&tables->grids[i], point, tables->checker->arena);
        break;
    case GRID_GAVE_UP:
        too_complex(tables, i, "holes");
        break;
    }
}

/* Holes that answers lead to are errors; others may lie where no answer leads. */
static void report_holes(struct tables *tables)
{
    const struct definition *def = tables->checker->definition;
    struct answers_found *found = arena_alloc_array(tables->checker->arena, def->n_tables, sizeof *found);
    bool any = false;
    for (size_t i = 0; i < def->n_tables; i++)
        any = any || tables->wanted[i].wanted;
    if (found == NULL || !any)
        return;
    check_answers(tables->checker, tables->wanted, found);
    for (size_t i = 0; i < def->n_tables; i++) {
        const struct named_table *named = &def->tables[i];
        if (!tables->wanted[i].wanted)
            continue;
        if (found[i].answers.n > 0)
            check_error(tables->checker, "hole", named->at, found[i].answers,
                        "the table `%.*s` has a hole: no rule is for %.*s; add a rule, or a `default`",
                        STR_ARG(named->name), STR_ARG(found[i].inputs));
        else
            check_warning(
                tables->checker, "hole", named->at, tables->holes[i],
                "the table `%.*s` may have a hole: no rule is for %.*s, though no answers were found that lead "
                "there; add a rule, or a `default`",
                STR_ARG(named->name), STR_ARG(tables->holes[i]));
    }
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool tables_init(struct tables *tables, struct checker *checker)
{
    size_t n = checker->definition->n_tables;
    *tables = (struct tables){
        .checker = checker,
        .grids = arena_alloc_array(checker->arena, n, sizeof *tables->grids),
        .holes = arena_alloc_array(checker->arena, n, sizeof *tables->holes),
        .wanted = arena_alloc_array(checker->arena, n, sizeof *tables->wanted),
    };
    arena_init(&tables->scratch, SCRATCH_BYTES);
    boxes_init(&tables->boxes, checker);
    return tables->grids != NULL && tables->holes != NULL && tables->wanted != NULL && !checker->findings->failed;
}

static bool check_table(struct tables *tables, size_t i)
{
    const struct table *table = tables->checker->definition->tables[i].table;
    struct grid_point point = {arena_alloc_array(tables->checker->arena, table->n_inputs + 1, sizeof *point.at)};
    if (point.at == NULL || !grid_init(&tables->grids[i], &tables->boxes, table))
        return false;
    if (tables->grids[i].is_too_large) {
        too_complex(tables, i, "holes and overlaps");
        return true;
    }
    tables->budget = GRID_BUDGET;
    if (table->hit == TABLE_UNIQUE)
        find_overlaps(tables, i, &point);
    find_dead_rules(tables, i, &point);
    find_hole(tables, i, &point);
    return true;
}

void check_tables(struct checker *checker)
{
    struct tables tables;
    bool fine = tables_init(&tables, checker);
    for (size_t i = 0; fine && i < checker->definition->n_tables; i++)
        fine = check_table(&tables, i);
    if (fine)
        report_holes(&tables);
    else
        checker->findings->failed = true;
    arena_release(&tables.scratch);
}
