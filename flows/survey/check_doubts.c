/* What no made-up conversation has shown: conditions that came out one way only, rules that never fired, products that were
 * never recommended.
 *
 * The proofs of check_conditions.c, check_tables.c and check_products.c come first, and are errors.  What they leave open
 * is looked for in walks (check_answers.h); what these have not seen either is a warning: it may be so, or it takes answers
 * that are hard to come by.  Nothing is said of what depends on things that cannot be made up: texts, files, the time, and
 * what only the platform's profile or another flow knows.                                                          */
#include "bot/base/arena.h"
#include "flows/survey/check_answers.h"
#include "flows/survey/check_sure.h"

#include "bot/base/banned.h"

enum {
    MOST_WALKS = 600,
    MOST_STEPS = 12000, /* of all walks together                                   */
    LEAST_SEEN = 50,    /* with less nothing is said                               */
};

/* Something that is watched: it may be open, and has been seen so often. */
struct condition {
    const struct feel_expr *expr;
    size_t n_true, n_false;
    bool is_open; /* one of the two is still missing */
};

struct part {
    bool is_open;
    size_t n;   /* evaluations, or recommendations     */
    bool *seen; /* by rule, or by record               */
    size_t n_missing;
};

struct doubts {
    struct checker *checker;
    struct needs needs;
    bool *unknown;                /* by variable: its values cannot be made up                     */
    struct condition *conditions; /* step by step: `when`, then those of `next`                    */
    size_t *first;                /* by step: its first one                                        */
    struct part *tables, *catalogs;
    size_t n_open;
};

/* ── what is watched ───────────────────────────────────────────────────────────────────────────────────────────── */

/* What an expression comes to depends only on what can be made up. */
static bool can_be_told(struct doubts *doubts, const struct feel_expr *expr)
{
    needs_clear(&doubts->needs);
    needs_add(&doubts->needs, expr);
    for (size_t i = 0; i < doubts->checker->definition->n_variables; i++)
        if (doubts->needs.variables[i] && doubts->unknown[i])
            return false;
    return !doubts->needs.clock;
}

static bool is_made_up(const struct variable *variable)
{
    if (variable->ask == NULL)
        return variable->is_set && variable->profile.n == 0 && variable->recall.flow.n == 0;
    switch (variable->ask->type) {
    case ASK_CHOICE:
    case ASK_CHOICES:
    case ASK_NUMBER:
    case ASK_SCALE:
    case ASK_YES_NO:
    case ASK_DATE:
        return true;
    case ASK_TEXT:
    case ASK_PHONE:
    case ASK_EMAIL:
    case ASK_FILE:
        break;
    }
    return false;
}

/* What a step sets is as little known as what it is made of. */
static void note_unknown(struct doubts *doubts)
{
    const struct definition *def = doubts->checker->definition;
    for (size_t i = 0; i < def->n_variables; i++)
        doubts->unknown[i] = !is_made_up(&def->variables[i]);
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < def->n_steps; i++)
            for (size_t k = 0; def->steps[i].kind == STEP_SET && k < def->steps[i].set.n; k++) {
                bool *unknown = &doubts->unknown[def->steps[i].set.items[k].variable];
                if (*unknown || can_be_told(doubts, def->steps[i].set.items[k].expr))
                    continue;
                *unknown = changed = true;
            }
    }
}

static bool is_settled(const struct checker *checker, const struct feel_expr *expr)
{
    for (size_t i = 0; i < checker->n_settled; i++)
        if (checker->settled[i] == expr)
            return true;
    return check_is_explained(checker, expr);
}

static void watch_condition(struct doubts *doubts, struct condition *condition, const struct feel_expr *expr)
{
    condition->expr = expr;
    condition->is_open = expr != NULL && !is_settled(doubts->checker, expr) && can_be_told(doubts, expr);
    doubts->n_open += condition->is_open;
}

static void watch_conditions(struct doubts *doubts)
{
    const struct definition *def = doubts->checker->definition;
    for (size_t i = 0; i < def->n_steps; i++) {
        const struct step *step = &def->steps[i];
        if (!doubts->checker->reached[i])
            continue;
        watch_condition(doubts, &doubts->conditions[doubts->first[i]], step->when);
        for (size_t k = 0; k < step->n_next; k++)
            watch_condition(doubts, &doubts->conditions[doubts->first[i] + 1 + k], step->next[k].when);
    }
}

/* At the place of a rule or record, or within it. */
static bool found_at(const struct checker *checker, struct place at)
{
    for (size_t i = 0; i < checker->findings->n; i++)
        if (checker->findings->items[i].at.line == at.line && checker->findings->items[i].at.column >= at.column)
            return true;
    return false;
}

/* Proved ones count as seen: they are reported already. */
static bool watch_part(struct doubts *doubts, struct part *part, const struct place *places, size_t n)
{
    part->seen = arena_alloc_array(doubts->checker->arena, n + 1, sizeof *part->seen);
    if (part->seen == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        part->seen[i] = places[i].line == 0 || found_at(doubts->checker, places[i]);
        part->n_missing += !part->seen[i];
    }
    part->is_open = part->n_missing > 0;
    doubts->n_open += part->is_open;
    return true;
}

/* The variable that is an input of a table and nothing else; SIZE_MAX: it is something computed. */
static size_t plain_input(const struct definition *def, const struct table_input *input)
{
    const struct feel_node *root = input->expr->root;
    struct slot slot = root->op == FEEL_VARIABLE ? def->slots[root->name.slot] : (struct slot){.kind = SLOT_LET};
    bool is_answer = slot.kind == SLOT_VARIABLE && def->variables[slot.index].ask != NULL;
    return is_answer && !def->variables[slot.index].is_set ? slot.index : SIZE_MAX;
}

/* Of answers that have nothing to do with each other a proof knows all: what it has not found dead can fire. */
static bool is_proved(const struct definition *def, const struct table *table)
{
    for (size_t i = 0; i < table->n_inputs; i++) {
        size_t variable = plain_input(def, &table->inputs[i]);
        for (size_t k = 0; k < i && variable != SIZE_MAX; k++)
            if (plain_input(def, &table->inputs[k]) == variable)
                variable = SIZE_MAX;
        if (variable == SIZE_MAX)
            return false;
    }
    return true;
}

static bool watch_table(struct doubts *doubts, size_t at)
{
    const struct named_table *named = &doubts->checker->definition->tables[at];
    if (is_proved(doubts->checker->definition, named->table))
        return true;
    for (size_t i = 0; i < named->table->n_inputs; i++)
        if (!can_be_told(doubts, named->table->inputs[i].expr))
            return true;
    return watch_part(doubts, &doubts->tables[at], named->rules, named->table->n_rules);
}

/* Catalogs that a step recommends from. */
static bool watch_catalogs(struct doubts *doubts)
{
    const struct definition *def = doubts->checker->definition;
    struct feel_use use;
    bool fine = true;
    for (size_t i = 0; i < def->n_steps; i++) {
        const struct feel_expr *item = def->steps[i].kind == STEP_RECOMMEND ? def->steps[i].recommend.item : NULL;
        for (size_t k = 0; item != NULL && feel_names_used(item, k, &use); k++) {
            struct slot slot = def->slots[use.slot];
            struct part *part = slot.kind == SLOT_CATALOG ? &doubts->catalogs[slot.index] : NULL;
            if (part == NULL || part->seen != NULL || !can_be_told(doubts, item))
                continue;
            const struct catalog *catalog = &def->catalogs[slot.index];
            fine = fine && watch_part(doubts, part, catalog->records_at, catalog->records.list.n);
        }
    }
    return fine;
}

/* ── looking on ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void see_condition(struct doubts *doubts, struct walk *walk, struct condition *condition)
{
    if (!condition->is_open)
        return;
    struct value value = walk_value(walk, condition->expr);
    *(value_is_true(&value) ? &condition->n_true : &condition->n_false) += 1;
    condition->is_open = condition->n_true == 0 || condition->n_false == 0;
    doubts->n_open -= !condition->is_open;
}

static void see_part(struct doubts *doubts, struct part *part, size_t i)
{
    part->n_missing -= !part->seen[i];
    part->seen[i] = true;
    part->is_open = part->n_missing > 0;
    doubts->n_open -= !part->is_open;
}

static void see_tables(struct doubts *doubts, const struct walk *walk)
{
    for (size_t t = 0; t < doubts->checker->definition->n_tables; t++) {
        const struct table_trail *trail = walk_trail(walk, t);
        if (!doubts->tables[t].is_open || trail == NULL)
            continue;
        doubts->tables[t].n++;
        for (size_t i = 0; i < trail->n_rules && doubts->tables[t].is_open; i++)
            see_part(doubts, &doubts->tables[t], trail->rules[i]);
    }
}

static void see_recommended(struct doubts *doubts, struct walk *walk, const struct feel_expr *item)
{
    const struct definition *def = doubts->checker->definition;
    struct value record = walk_value(walk, item), id, other;
    if (record.kind == VALUE_LIST && record.list.n == 1)
        record = record.list.items[0];
    if (!value_get(&record, STR("id"), &id))
        return;
    for (size_t c = 0; c < def->n_catalogs; c++) {
        const struct value *records = &def->catalogs[c].records;
        doubts->catalogs[c].n += doubts->catalogs[c].is_open;
        for (size_t i = 0; i < records->list.n && doubts->catalogs[c].is_open; i++)
            if (value_get(&records->list.items[i], STR("id"), &other) && value_equal(&id, &other) == TRUTH_TRUE)
                see_part(doubts, &doubts->catalogs[c], i);
    }
}

static bool come_to(void *self, struct walk *walk, size_t step)
{
    struct doubts *doubts = self;
    see_condition(doubts, walk, &doubts->conditions[doubts->first[step]]);
    return doubts->n_open == 0;
}

static void evaluate(void *self, const struct feel_expr *expr, enum check_use use)
{
    (void)use;
    (void)walk_value(self, expr);
}

static void leave(void *self, struct walk *walk, size_t at)
{
    struct doubts *doubts = self;
    const struct step *step = &doubts->checker->definition->steps[at];
    for (size_t k = 0; k < step->n_next; k++)
        see_condition(doubts, walk, &doubts->conditions[doubts->first[at] + 1 + k]);
    check_step_exprs(step, evaluate, walk);
    see_tables(doubts, walk);
    if (step->kind == STEP_RECOMMEND)
        see_recommended(doubts, walk, step->recommend.item);
}

/* ── what was not seen ─────────────────────────────────────────────────────────────────────────────────────────── */

static void report_condition(struct doubts *doubts, const struct condition *condition)
{
    size_t n = condition->n_true + condition->n_false;
    if (!condition->is_open || n < LEAST_SEEN || check_is_explained(doubts->checker, condition->expr))
        return;
    struct str text = feel_expr_text(condition->expr);
    struct place at = check_place(condition->expr, 0);
    if (condition->n_false == 0)
        check_warning(doubts->checker, "always_true", at, STR(""),
                      "in made-up conversations the condition `%.*s` was looked at %zu times and always true; if "
                      "nobody's answers can make it false, take it out",
                      STR_ARG(text), n);
    else
        check_warning(doubts->checker, "never_true", at, STR(""),
                      "in made-up conversations the condition `%.*s` was looked at %zu times and never true; if "
                      "nobody's answers can make it true, change it, or take out what it is for",
                      STR_ARG(text), n);
}

/* The more there is to be seen, the longer one has to look. */
static bool was_looked_for(const struct part *part, size_t n)
{
    enum { FOR_EACH = 10 };
    return part->is_open && part->n >= LEAST_SEEN + FOR_EACH * n;
}

static void report_table(struct doubts *doubts, size_t at)
{
    const struct named_table *named = &doubts->checker->definition->tables[at];
    const struct part *part = &doubts->tables[at];
    bool looked = was_looked_for(part, named->table->n_rules);
    for (size_t i = 0; looked && i < named->table->n_rules; i++)
        if (!part->seen[i])
            check_warning(doubts->checker, "dead_rule", named->rules[i], STR(""),
                          "in made-up conversations the table `%.*s` was used %zu times and rule %zu never fired; if "
                          "nobody's answers lead to it, change it, or take it out",
                          STR_ARG(named->name), part->n, i + 1);
}

static void report_catalog(struct doubts *doubts, size_t at)
{
    const struct catalog *catalog = &doubts->checker->definition->catalogs[at];
    const struct part *part = &doubts->catalogs[at];
    struct value id;
    bool looked = was_looked_for(part, catalog->records.list.n);
    for (size_t i = 0; looked && i < catalog->records.list.n; i++)
        if (!part->seen[i] && value_get(&catalog->records.list.items[i], STR("id"), &id) && id.kind == VALUE_STRING)
            check_warning(doubts->checker, "never_recommended", catalog->records_at[i], STR(""),
                          "in made-up conversations something of `%.*s` was recommended %zu times and `%.*s` never; if "
                          "nobody's answers lead to it, write a rule for it, or take it out",
                          STR_ARG(catalog->name), part->n, STR_ARG(id.string));
}

static void report(struct doubts *doubts, size_t n_conditions)
{
    const struct definition *def = doubts->checker->definition;
    for (size_t i = 0; i < n_conditions; i++)
        report_condition(doubts, &doubts->conditions[i]);
    for (size_t i = 0; i < def->n_tables; i++)
        report_table(doubts, i);
    for (size_t i = 0; i < def->n_catalogs; i++)
        report_catalog(doubts, i);
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool watch_all(struct doubts *doubts)
{
    bool fine = true;
    note_unknown(doubts);
    watch_conditions(doubts);
    for (size_t i = 0; i < doubts->checker->definition->n_tables; i++)
        fine = fine && watch_table(doubts, i);
    return fine && watch_catalogs(doubts);
}

void check_doubts(struct checker *checker)
{
    const struct definition *def = checker->definition;
    struct arena *arena = checker->arena;
    size_t n = 0;
    struct doubts doubts = {
        .checker = checker,
        .unknown = arena_alloc_array(arena, def->n_variables + 1, sizeof *doubts.unknown),
        .first = arena_alloc_array(arena, def->n_steps, sizeof *doubts.first),
        .tables = arena_alloc_array(arena, def->n_tables, sizeof *doubts.tables),
        .catalogs = arena_alloc_array(arena, def->n_catalogs, sizeof *doubts.catalogs),
    };
    for (size_t i = 0; doubts.first != NULL && i < def->n_steps; i++) {
        doubts.first[i] = n;
        n += 1 + def->steps[i].n_next;
    }
    doubts.conditions = arena_alloc_array(arena, n, sizeof *doubts.conditions);
    if (doubts.unknown == NULL || doubts.first == NULL || doubts.tables == NULL || doubts.catalogs == NULL ||
        doubts.conditions == NULL || !needs_init(&doubts.needs, def, arena) || !watch_all(&doubts)) {
        checker->findings->failed = true;
        return;
    }
    if (doubts.n_open == 0)
        return;
    check_answers_watch(checker, &(struct answers_watch){.step = come_to,
                                                         .done = leave,
                                                         .self = &doubts,
                                                         .most_walks = MOST_WALKS,
                                                         .most_steps = MOST_STEPS,
                                                         .is_free = true});
    report(&doubts, n);
}
