/* `slack: modal`: can all the questions be shown at once? */
#include "flows/survey/check_parts.h"
#include "flows/survey/sheet.h"

#include "bot/base/banned.h"

enum { MOST_DEPTH = 64 };

/* ── questions that show what only the sheet itself will tell ──────────────────────────────────────────────────── */

static size_t first_question(const struct definition *def)
{
    size_t at = 0;
    while (at < def->n_steps && def->steps[at].kind != STEP_ASK)
        at++;
    return at;
}

static bool is_set_later(const struct definition *def, size_t variable)
{
    for (size_t i = first_question(def); i < def->n_steps; i++)
        for (size_t j = 0; def->steps[i].kind == STEP_SET && j < def->steps[i].set.n; j++)
            if (def->steps[i].set.items[j].variable == variable)
                return true;
    return false;
}

static bool leans_on_answers(const struct definition *def, const struct feel_expr *expr, size_t depth);

static bool any_leans(const struct definition *def, const struct feel_expr *const *exprs, size_t n, size_t depth)
{
    for (size_t i = 0; i < n; i++)
        if (leans_on_answers(def, exprs[i], depth))
            return true;
    return false;
}

static bool table_leans(const struct definition *def, const struct table *table, size_t depth)
{
    for (size_t i = 0; i < table->n_inputs; i++)
        if (leans_on_answers(def, table->inputs[i].expr, depth))
            return true;
    return false;
}

static bool slot_leans(const struct definition *def, struct slot slot, size_t depth)
{
    switch (slot.kind) {
    case SLOT_VARIABLE:
        return def->variables[slot.index].step != SIZE_MAX || is_set_later(def, slot.index);
    case SLOT_LET:
        return leans_on_answers(def, def->lets[slot.index].expr, depth + 1);
    case SLOT_TABLE:
        return table_leans(def, def->tables[slot.index].table, depth + 1);
    case SLOT_DECISION:
        return any_leans(def, def->decisions[slot.index].exprs, def->decisions[slot.index].n_inputs, depth + 1);
    case SLOT_CATALOG:
        return false;
    }
    return false;
}

/* Lets and tables know no circles; the depth guards the stack against very long chains. */
static bool leans_on_answers(const struct definition *def, const struct feel_expr *expr, size_t depth)
{
    struct feel_use name;
    if (depth > MOST_DEPTH)
        return true;
    for (size_t i = 0; expr != NULL && feel_names_used(expr, i, &name); i++)
        if (slot_leans(def, def->slots[name.slot], depth))
            return true;
    return false;
}

static void check_question(struct checker *checker, const struct step *step)
{
    const struct text *text = &step->ask.text;
    for (size_t i = 0; i < text->n; i++)
        for (size_t j = 0; j < text->variants[i].n_parts; j++) {
            const struct text_part *part = &text->variants[i].parts[j];
            if (!leans_on_answers(checker->definition, part->expr, 0))
                continue;
            check_error(checker, "modal", part->at, STR(""),
                        "this question shows an answer that a modal (`slack: modal`) asks for at the same time; say it "
                        "without `{%.*s}`, or take `slack: modal` out",
                        STR_ARG(part->expr->source.text));
            return;
        }
}

/* ── the way through the steps ─────────────────────────────────────────────────────────────────────────────────── */

static void check_jump(struct checker *checker, size_t from, size_t to, struct place at)
{
    if (to > from)
        return;
    const struct step *step = &checker->definition->steps[to];
    check_error(checker, "modal", at, STR(""),
                "this goes back to `%.*s`, and a modal (`slack: modal`) shows each question once; go forwards only, or "
                "take `slack: modal` out",
                STR_ARG(step->name));
}

static void check_jumps(struct checker *checker, size_t i)
{
    const struct step *step = &checker->definition->steps[i];
    if (step->kind == STEP_GO)
        check_jump(checker, i, step->go.to, step->go.at);
    if (step->kind == STEP_ASK && step->ask.tries > 0)
        check_jump(checker, i, step->ask.otherwise, step->ask.otherwise_at);
    for (size_t j = 0; j < step->n_next; j++)
        check_jump(checker, i, step->next[j].to, step->next[j].at);
}

void check_sheet(struct checker *checker)
{
    const struct definition *def = checker->definition;
    size_t n = 0;
    for (size_t i = 0; def->modal && i < def->n_steps; i++) {
        const struct step *step = &def->steps[i];
        check_jumps(checker, i);
        if (step->kind != STEP_ASK)
            continue;
        check_question(checker, step);
        if (step->ask.type == ASK_FILE)
            check_error(checker, "modal", step->ask.as_at, STR(""),
                        "a modal (`slack: modal`) takes no files; ask something else, or take `slack: modal` out");
        if (++n == SHEET_MAX_FIELDS + 1)
            check_error(checker, "modal", step->at, STR(""),
                        "a modal (`slack: modal`) shows %d questions, and this is one more; ask fewer, or take `slack: "
                        "modal` out",
                        (int)SHEET_MAX_FIELDS);
    }
    if (def->modal && n == 0)
        check_error(checker, "modal", def->modal_at, STR(""), "the flow asks nothing; take `slack: modal` out");
}
