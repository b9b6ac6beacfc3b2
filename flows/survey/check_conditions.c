/* Conditions of steps that are always true or never, whatever people answer: first by trying, else by intervals. */
#include "flows/survey/check_conditions.h"

#include "bot/base/banned.h"

enum { SCRATCH_BYTES = 8 * 1024 * 1024 };

bool conditions_may_be_null(struct conditions *c, size_t variable)
{
    const struct definition *def = c->checker->definition;
    const struct variable *v = &def->variables[variable];
    const struct step *step = &def->steps[c->step];
    bool just_asked = c->is_done && step->kind == STEP_ASK && step->ask.variable_index == variable;
    if (v->ask == NULL || v->is_set || v->ask->optional)
        return true;
    return !just_asked && !sure_is_set(&c->sure, c->step, variable);
}

static void check_condition(struct conditions *c, const struct feel_expr *condition)
{
    unsigned outcome = conditions_by_trying(c, condition);
    if (outcome == MAY_BE_BOTH)
        c->checker->settled[c->checker->n_settled++] = condition;
    if (outcome == 0)
        outcome = conditions_by_intervals(c, condition->root);
    struct str text = feel_expr_text(condition);
    if (outcome == MAY_BE_BOTH || check_is_explained(c->checker, condition))
        return;
    if (outcome == MAY_BE_TRUE)
        check_error(c->checker, "always_true", check_place(condition, 0), STR(""),
                    "the condition `%.*s` is true whatever people answer; take it out, or change it", STR_ARG(text));
    else
        check_error(c->checker, "never_true", check_place(condition, 0), STR(""),
                    "the condition `%.*s` is never true, whatever people answer; change it, or take out what it is for",
                    STR_ARG(text));
}

static void check_step(struct conditions *c, size_t at)
{
    const struct step *step = &c->checker->definition->steps[at];
    c->step = at;
    c->is_done = false;
    if (step->when != NULL)
        check_condition(c, step->when);
    c->is_done = true;
    for (size_t i = 0; i < step->n_next; i++)
        if (step->next[i].when != NULL)
            check_condition(c, step->next[i].when);
}

void check_conditions(struct checker *checker)
{
    const struct definition *def = checker->definition;
    struct conditions c = {.checker = checker};
    size_t n = 0;
    for (size_t i = 0; i < def->n_steps; i++)
        n += 1 + def->steps[i].n_next;
    checker->settled = arena_alloc_array(checker->arena, n, sizeof(struct feel_expr *));
    boxes_init(&c.boxes, checker);
    if (checker->settled == NULL || checker->findings->failed || !sure_init(&c.sure, checker) ||
        !needs_init(&c.needs, def, checker->arena)) {
        checker->findings->failed = true;
        return;
    }
    arena_init(&c.scratch, SCRATCH_BYTES);
    arena_init(&c.tried, SCRATCH_BYTES);
    for (size_t i = 0; i < def->n_steps; i++)
        if (checker->reached[i])
            check_step(&c, i);
    arena_release(&c.scratch);
    arena_release(&c.tried);
}
