#include "flows/survey/rerun.h"

#include <string.h>

#include "bot/base/arena.h"
#include "flows/survey/run.h"

#include "bot/base/banned.h"

/* All that a run points to, in the arena. */
struct stage {
    struct run run;
    struct flow_ctx ctx;
    struct session session;
    struct turn turn;
    int64_t now_ms;
    size_t waited; /* where the session stands; SIZE_MAX: nowhere */
    bool *misfits; /* by step                                     */
};

/* ── answers that fit ──────────────────────────────────────────────────────────────────────────────────────────── */

/* What a question of today makes of an answer of then. */
static MUST_USE enum err fit(const struct run *run, const struct ask *ask, struct known *answer, bool *ret_fits)
{
    struct answer read = {.kind = ANSWER_MISFIT};
    struct answer_input input = run_input(run, STR(""), ANSWER_DATA);
    *ret_fits = answer->value.kind == VALUE_NULL && ask->optional;
    if (answer->value.kind == VALUE_NULL)
        return OK;
    enum err rc = answer_from_value(ask, &answer->value, &input, run->ctx->arena, &read);
    *ret_fits = rc == OK && read.kind == ANSWER_FITS;
    if (*ret_fits)
        answer->value = read.value;
    return rc;
}

/* Takes out what does not fit; `misfits`: by step. */
static MUST_USE enum err fit_all(struct run *run, bool *misfits)
{
    struct state *state = &run->state;
    size_t n = 0;
    for (size_t i = 0; i < state->n_kept; i++) {
        struct kept kept = state->kept[i];
        bool fits = true;
        enum err rc = kept.answer.known ? fit(run, &run->definition->steps[kept.step].ask, &kept.answer, &fits) : OK;
        if (rc != OK)
            return rc;
        if (fits)
            state->kept[n++] = kept;
        else
            misfits[kept.step] = true;
    }
    state->n_kept = n;
    return OK;
}

/* ── running ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err begin(const struct rerun *input, struct arena *arena, struct error *error,
                               struct stage **ret_stage)
{
    struct stage *stage = arena_alloc(arena, sizeof *stage);
    bool *misfits = arena_alloc_array(arena, input->definition->n_steps, sizeof *misfits);
    if (stage == NULL || misfits == NULL)
        return ERR_NO_MEMORY;
    stage->misfits = misfits;
    stage->session = *input->session;
    stage->now_ms = input->now_ms;
    stage->ctx = (struct flow_ctx){
        .arena = arena,
        .clock = clock_manual(&stage->now_ms),
        .error = error,
        .locale = input->definition->locale,
        .utc_offset_min = input->utc_offset_min,
        .past = input->past,
        .n_past = input->n_past,
    };
    stage->run = (struct run){
        .definition = input->definition,
        .ctx = &stage->ctx,
        .session = &stage->session,
        .turn = &stage->turn,
        .state_after = SESSION_WAITING,
    };
    *ret_stage = stage;
    return run_begin(&stage->run, NULL);
}

/* The session's answers become those that wait for their questions; the profile is read as at a beginning. */
static MUST_USE enum err take_answers(struct stage *stage, const struct rerun *input)
{
    struct run *run = &stage->run;
    bool other = !str_eq(input->definition->version, input->session->flow_version);
    enum err rc = state_read(&run->state, input->session->data, run->ctx->error);
    if (rc != OK)
        return rc;
    stage->waited = run->state.step;
    memset(run->state.profile, 0, run->definition->n_variables * sizeof *run->state.profile);
    rc = known_begin(run);
    if (rc == OK)
        rc = state_rewind(&run->state, 1);
    if (rc == OK && other)
        rc = fit_all(run, stage->misfits);
    if (rc == OK && input->change != NULL)
        state_change_kept(&run->state, input->change->step, &(struct known){true, input->change->value});
    scope_forget(&run->scope);
    return rc;
}

enum err rerun(const struct rerun *input, struct arena *arena, struct rerun_result *ret_result, struct error *error)
{
    struct stage *stage = NULL;
    struct error unheard = {0};
    if (error == NULL)
        error = &unheard;
    enum err rc = begin(input, arena, error, &stage);
    if (rc == OK)
        rc = take_answers(stage, input);
    if (rc == OK)
        rc = run_advance(&stage->run);
    if (rc != OK)
        return error->code == rc ? rc : fail(error, rc, "running the flow %.*s again", STR_ARG(input->definition->id));
    const struct run *run = &stage->run;
    size_t waits = run->state_after == SESSION_WAITING ? run->state.step : SIZE_MAX;
    *ret_result = (struct rerun_result){
        .turn = stage->turn,
        .state = run->state_after,
        .waits = waits,
        .waited = waits != SIZE_MAX && waits == stage->waited,
        .misfits = waits != SIZE_MAX && stage->misfits[waits],
        .run = run,
    };
    return OK;
}

/* ── what was recommended ──────────────────────────────────────────────────────────────────────────────────────── */

void recommendations_keep_last(struct recommendations *recommendations)
{
    size_t n = 0;
    for (size_t i = 0; i < recommendations->n; i++) {
        bool again = false;
        for (size_t k = i + 1; k < recommendations->n && !again; k++)
            again = str_eq(recommendations->items[i].step, recommendations->items[k].step);
        if (!again)
            recommendations->items[n++] = recommendations->items[i];
    }
    recommendations->n = n;
}

enum err recommendations_of(const struct turn *turn, struct arena *arena, struct recommendations *ret_recommendations)
{
    struct recommendations all = {.items = arena_alloc_array(arena, turn->n_records, sizeof *all.items)};
    if (all.items == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < turn->n_records; i++) {
        const struct record *record = &turn->records[i];
        if (record->kind == RECORD_RECOMMENDATION)
            all.items[all.n++] = (struct recommended){record->step, record->item, record->value, record->why};
    }
    recommendations_keep_last(&all);
    *ret_recommendations = all;
    return OK;
}

bool recommendations_same(const struct recommendations *a, const struct recommendations *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = str_eq(a->items[i].item, b->items[i].item);
    return same;
}
