/* Names that exist but never get a value.  Names that do not exist at all are refused when the flow is loaded. */
#include "bot/base/arena.h"
#include "flows/survey/check_parts.h"

#include "bot/base/banned.h"

struct names {
    struct checker *checker;
    bool *settable; /* by variable: a step that is reached, or the profile, can give it a value */
    bool *reported;
};

static void note_settable(const struct checker *checker, bool *settable)
{
    const struct definition *def = checker->definition;
    for (size_t i = 0; i < def->n_variables; i++)
        settable[i] =
            def->variables[i].profile.n > 0 || def->variables[i].recall.flow.n > 0 || def->variables[i].split != NULL;
    for (size_t i = 0; i < def->n_steps; i++) {
        const struct step *step = &def->steps[i];
        if (!checker->reached[i])
            continue;
        if (step->kind == STEP_ASK)
            settable[step->ask.variable_index] = true;
        for (size_t j = 0; step->kind == STEP_SET && j < step->set.n; j++)
            settable[step->set.items[j].variable] = true;
    }
}

static void look(void *self, const struct feel_expr *expr, enum check_use use)
{
    struct names *names = self;
    const struct definition *def = names->checker->definition;
    struct feel_use name;
    (void)use;
    for (size_t i = 0; feel_names_used(expr, i, &name); i++) {
        struct slot slot = def->slots[name.slot];
        if (name.maybe || slot.kind != SLOT_VARIABLE || names->settable[slot.index] || names->reported[slot.index])
            continue;
        names->reported[slot.index] = true;
        check_error(names->checker, "never_set", check_place(expr, name.offset), STR(""),
                    "nothing sets `%.*s`: the step that would is never reached; lead there, or take the name out",
                    STR_ARG(name.name));
    }
}

void check_names(struct checker *checker)
{
    size_t n = checker->definition->n_variables;
    struct names names = {
        .checker = checker,
        .settable = arena_alloc_array(checker->arena, n, sizeof(bool)),
        .reported = arena_alloc_array(checker->arena, n, sizeof(bool)),
    };
    if (names.settable == NULL || names.reported == NULL) {
        checker->findings->failed = true;
        return;
    }
    note_settable(checker, names.settable);
    check_each_expr(checker->definition, look, &names);
}
