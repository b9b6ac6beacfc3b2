/* Earlier answers put right: which sentences mean that, and what becomes of them. */
#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/survey/phrases.h"
#include "flows/survey/repair.h"
#include "flows/survey/run.h"

#include "bot/base/banned.h"

/* ── what is done ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* "고쳤어요: 몸무게 65kg", then all that follows from it. */
static MUST_USE enum err change(struct run *run, size_t at, const struct answer *answer, struct str typed)
{
    const struct step *step = &run->definition->steps[at];
    struct str label = ask_label(&step->ask, run->locale, run->definition->locale);
    struct str shown = arena_format(run->ctx->arena, "%.*s%.*s", STR_ARG(answer->label), STR_ARG(step->ask.unit));
    enum err rc = steps_say_plain(run, phrase_changed(run->ctx->arena, label, shown, run->locale));
    if (rc == OK)
        rc = run_record_answer(run, step, &answer->value, typed);
    if (rc == OK)
        rc = run_record(run, step, "changed");
    return rc == OK ? replay_change(run, &(struct change){at, {true, answer->value}}) : rc;
}

static MUST_USE enum err ask_again(struct run *run, size_t at)
{
    enum err rc = steps_say_plain(run, phrase(PHRASE_ASK_AGAIN, run->locale));
    return rc == OK ? replay_change(run, &(struct change){.step = at}) : rc;
}

/* ── what is meant ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* Questions with an answer, and the one that waits. */
static MUST_USE enum err find_meant(const struct run *run, size_t waiting, bool **ret_meant)
{
    const struct definition *def = run->definition;
    bool *meant = arena_alloc_array(run->ctx->arena, def->n_steps, sizeof *meant);
    if (meant == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < def->n_steps; i++) {
        struct value value;
        meant[i] = def->steps[i].kind == STEP_ASK &&
                   (i == waiting || state_get(&run->state, def->steps[i].ask.variable_index, &value));
    }
    for (size_t i = 0; i < run->state.n_kept; i++)
        meant[run->state.kept[i].step] = true;
    *ret_meant = meant;
    return OK;
}

static MUST_USE enum err parse_for(const struct run *run, size_t at, struct str typed, struct answer *ret_answer)
{
    struct answer_input input = run_input(run, typed, ANSWER_DATA);
    *ret_answer = (struct answer){.kind = ANSWER_MISFIT, .misfit = MISFIT_EMPTY};
    return typed.n == 0 ? OK : answer_parse(&run->definition->steps[at].ask, &input, run->ctx->arena, ret_answer);
}

static bool is_numeric(const struct ask *ask)
{
    return ask->type == ASK_NUMBER || ask->type == ASK_SCALE;
}

/* Another question is named.  Where the sentence also answers the one that waits, it must be plain that it is not meant to:
 * by a word that something was wrong, or because it begins with the other's name.  Free text answers nearly everything, so
 * there nothing but the name, the word and a value that fits will do. */
static bool means_other(const struct said *said, const struct repair *repair, const struct answer *there)
{
    const struct ask *ask = &said->step->ask;
    bool fits_there = there->kind == ANSWER_FITS;
    if (ask->type == ASK_TEXT)
        return repair->is_marked && (repair->value.n == 0 || fits_there);
    if (repair->is_marked)
        return true;
    bool fits_here = said->answer->kind == ANSWER_FITS;
    return fits_there && (!fits_here || (repair->names_first && is_numeric(ask)));
}

/* The question that waits, its answer taken back in the same breath: "63 아니 65". */
static MUST_USE enum err correct_here(struct run *run, const struct said *said, const struct repair *repair,
                                      bool *ret_done)
{
    struct answer answer;
    enum err rc = parse_for(run, run->state.step, repair->value, &answer);
    if (rc != OK)
        return rc;
    if (answer.kind == ANSWER_FITS) {
        *ret_done = true;
        rc = run_record_answer(run, said->step, &answer.value, said->typed);
        return rc == OK ? incoming_answered(run, said->step, answer.value, "answered") : rc;
    }
    if (repair->step != run->state.step || repair->value.n > 0)
        return OK;
    *ret_done = true; /* "몸무게 다시 말할게요" */
    return steps_ask(run, said->step, STR(""));
}

/* "아까 잘못 적었어요", with no question named: the last one. */
static MUST_USE enum err correct_last(struct run *run, const struct repair *repair, bool *ret_done)
{
    size_t last = run->state.n_history == 0 ? SIZE_MAX : run->state.history[run->state.n_history - 1].step;
    struct answer answer;
    if (last == SIZE_MAX)
        return OK;
    enum err rc = parse_for(run, last, repair->value, &answer);
    if (rc != OK || (repair->value.n > 0 && answer.kind != ANSWER_FITS))
        return rc;
    *ret_done = true;
    return repair->value.n > 0 ? change(run, last, &answer, repair->value) : ask_again(run, last);
}

static MUST_USE enum err correct_unnamed(struct run *run, const struct said *said, const struct repair *repair,
                                         bool *ret_done)
{
    if (said->answer->kind != ANSWER_MISFIT || !repair->is_marked)
        return OK;
    enum err rc = correct_here(run, said, repair, ret_done);
    if (rc != OK || *ret_done || repair->step != SIZE_MAX || repair->is_cut)
        return rc;
    return correct_last(run, repair, ret_done);
}

enum err correct_take(struct run *run, const struct said *said, bool *ret_done)
{
    struct str typed;
    struct repair repair;
    struct answer there;
    bool *meant = NULL;
    *ret_done = false;
    enum err rc = text_input(run->ctx->arena, said->typed, &typed);
    if (rc == ERR_INVALID)
        return OK;
    if (rc == OK)
        rc = find_meant(run, run->state.step, &meant);
    if (rc == OK)
        rc = repair_read(run->definition, meant, typed, run->ctx->arena, &repair);
    if (rc != OK)
        return rc;
    if (repair.step == SIZE_MAX || repair.step == run->state.step)
        return correct_unnamed(run, said, &repair, ret_done);
    rc = parse_for(run, repair.step, repair.value, &there);
    if (rc != OK || !means_other(said, &repair, &there))
        return rc;
    *ret_done = true;
    return there.kind == ANSWER_FITS ? change(run, repair.step, &there, repair.value) : ask_again(run, repair.step);
}

/* Pressed twice: that says nothing new. */
static bool is_known(const struct run *run, size_t step, const struct value *answer)
{
    struct value known;
    return state_get(&run->state, run->definition->steps[step].ask.variable_index, &known) &&
           value_equal(&known, answer) == TRUTH_TRUE;
}

enum err correct_button(struct run *run, size_t step, struct str value, bool *ret_done)
{
    struct answer_input input = run_input(run, value, ANSWER_BUTTON);
    struct answer answer;
    bool *meant = NULL;
    *ret_done = false;
    enum err rc = find_meant(run, run->state.step, &meant);
    if (rc != OK || !meant[step])
        return rc;
    rc = answer_parse(&run->definition->steps[step].ask, &input, run->ctx->arena, &answer);
    if (rc != OK || answer.kind != ANSWER_FITS)
        return rc;
    *ret_done = true;
    return is_known(run, step, &answer.value) ? OK : change(run, step, &answer, value);
}
