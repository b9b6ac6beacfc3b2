/* What is known before the first question: variants, the platform's profile, and answers of other flows. */
#include "bot/base/arena.h"
#include "bot/base/json.h"
#include "flows/survey/memory.h"
#include "flows/survey/run.h"
#include "flows/survey/split.h"

#include "bot/base/banned.h"

/* As an answer would be; what does not fit, or is empty, is as if unknown. */
static MUST_USE enum err know(struct run *run, size_t variable, const struct json_value *json)
{
    struct known *known = &run->state.profile[variable];
    const struct ask *ask = run->definition->variables[variable].ask;
    struct value value;
    enum err rc = memory_read(run->ctx->arena, json, &value, NULL);
    if (rc == ERR_NO_MEMORY)
        return rc;
    bool empty = value.kind == VALUE_NULL || (value.kind == VALUE_STRING && value.string.n == 0);
    if (rc != OK || empty)
        return OK;
    if (ask == NULL) {
        *known = (struct known){true, value};
        return OK;
    }
    struct answer_input input = run_input(run, STR(""), ANSWER_DATA);
    struct answer answer;
    rc = answer_from_value(ask, &value, &input, run->ctx->arena, &answer);
    if (rc == OK && answer.kind == ANSWER_FITS)
        *known = (struct known){true, answer.value};
    return rc;
}

static MUST_USE enum err know_profile(struct run *run)
{
    const struct definition *def = run->definition;
    struct json_value *root = NULL;
    if (run->session->profile.n == 0)
        return OK;
    enum err rc = json_read(run->ctx->arena, run->session->profile, &root, NULL);
    if (rc != OK)
        return rc == ERR_NO_MEMORY ? rc : run_warn(run, &def->steps[0], STR("the profile is no JSON: it is left out"));
    for (size_t i = 0; i < def->n_variables && rc == OK; i++) {
        const struct json_value *field =
            def->variables[i].profile.n == 0 ? NULL : json_get(root, def->variables[i].profile);
        if (field != NULL)
            rc = know(run, i, field);
    }
    return rc;
}

/* The variables that are filled from one other flow: its answer, else what that flow knew itself. */
static MUST_USE enum err know_past(struct run *run, const struct flow_past *past)
{
    const struct definition *def = run->definition;
    struct json_value *root = NULL;
    enum err rc = json_read(run->ctx->arena, past->data, &root, NULL);
    if (rc != OK)
        return rc == ERR_NO_MEMORY ? rc : run_warn(run, &def->steps[0], STR("another flow's answers are no JSON"));
    const struct json_value *answers = json_get(root, STR("answers")), *profile = json_get(root, STR("profile"));
    for (size_t i = 0; i < def->n_variables && rc == OK; i++) {
        const struct recall *recall = &def->variables[i].recall;
        if (run->state.profile[i].known || !str_eq(recall->flow, past->flow))
            continue;
        const struct json_value *answer = json_get(answers, recall->variable);
        if (answer == NULL)
            answer = json_get(profile, recall->variable);
        if (answer != NULL)
            rc = know(run, i, answer);
    }
    return rc;
}

/* ── variants ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool has_arm(const struct split *split, const struct known *known)
{
    size_t at = 0;
    if (!known->known || known->value.kind != VALUE_STRING)
        return false;
    while (at < split->n_arms && !str_eq(split->arms[at].value, known->value.string))
        at++;
    return at < split->n_arms;
}

static struct str chosen_beforehand(const struct run *run, const struct split *split)
{
    for (size_t i = 0; i < run->ctx->n_variants; i++)
        if (str_eq(run->ctx->variants[i].name, split->name))
            return run->ctx->variants[i].value;
    return STR("");
}

void known_variants(struct run *run)
{
    const struct definition *def = run->definition;
    const struct session *session = run->session;
    struct str person = session->user.n > 0 ? session->user : session->conversation;
    for (size_t i = 0; i < def->n_splits; i++) {
        const struct split *split = &def->splits[i];
        struct known *known = &run->state.profile[split->variable];
        struct known wanted = {true, value_string(chosen_beforehand(run, split))};
        if (has_arm(split, known))
            continue;
        *known = has_arm(split, &wanted)
                     ? wanted
                     : (struct known){true, value_string(split->arms[split_arm_of(split, def->id, person)].value)};
    }
}

enum err known_begin(struct run *run)
{
    known_variants(run);
    enum err rc = know_profile(run);
    for (size_t i = 0; i < run->ctx->n_past && rc == OK; i++)
        rc = know_past(run, &run->ctx->past[i]);
    return rc;
}
