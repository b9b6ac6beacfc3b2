#include "flows/survey/engine.h"

#include <string.h>

#include "bot/base/arena.h"
#include "flows/survey/path.h"
#include "flows/survey/phrases.h"
#include "flows/survey/run.h"
#include "flows/survey/sheet.h"

#include "bot/base/banned.h"

enum { MS_A_MINUTE = 60 * 1000, MS_A_DAY = 24 * 3600 * 1000 };

/* ── what the parts share ──────────────────────────────────────────────────────────────────────────────────────── */

void run_know(struct run *run, size_t variable, struct value value)
{
    run->state.answers[variable] = (struct known){true, value};
    scope_forget(&run->scope);
}

int64_t run_today(const struct run *run)
{
    int64_t local_ms = clock_now_ms(run->ctx->clock) + run->ctx->utc_offset_min * MS_A_MINUTE;
    int64_t days = local_ms / MS_A_DAY;
    return local_ms % MS_A_DAY < 0 ? days - 1 : days;
}

struct answer_input run_input(const struct run *run, struct str typed, enum answer_source source)
{
    return (struct answer_input){
        .typed = typed,
        .source = source,
        .locale = run->locale,
        .flow_locale = run->definition->locale,
        .today = run_today(run),
        .words = &run->definition->words,
    };
}

enum err run_record(struct run *run, const struct step *step, const char *outcome)
{
    struct record *record = turn_record(run->turn, RECORD_STEP, step->name);
    if (record == NULL)
        return ERR_NO_MEMORY;
    record->outcome = outcome;
    return OK;
}

enum err run_warn(struct run *run, const struct step *step, struct str text)
{
    struct record *record = turn_record(run->turn, RECORD_WARNING, step->name);
    if (record == NULL)
        return ERR_NO_MEMORY;
    record->text = text;
    return OK;
}

/* ── running ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Whether an expression is true; null and anything else is not. */
static MUST_USE enum err is_true(struct run *run, const struct feel_expr *expr, bool *ret_true)
{
    struct value value = value_null();
    struct str reason;
    enum err rc = scope_eval(&run->scope, expr, &value, &reason);
    *ret_true = rc == OK && value_is_true(&value);
    return rc;
}

enum err run_follow(struct run *run, const struct step *step)
{
    for (size_t i = 0; i < step->n_next; i++) {
        bool fits = true;
        enum err rc = step->next[i].when == NULL ? OK : is_true(run, step->next[i].when, &fits);
        if (rc != OK)
            return rc;
        if (fits) {
            run->at = step->next[i].to;
            return OK;
        }
    }
    run->at = (size_t)(step - run->definition->steps) + 1;
    return OK;
}

static MUST_USE enum err note_step(struct run *run)
{
    struct path *path = run->path;
    if (path->n == path->capacity) {
        size_t capacity = path->capacity == 0 ? 32 : path->capacity * 2;
        struct path_step *steps = arena_alloc_array(run->ctx->arena, capacity, sizeof *steps);
        if (steps == NULL)
            return ERR_NO_MEMORY;
        if (path->n > 0)
            memcpy(steps, path->steps, path->n * sizeof *steps);
        path->steps = steps;
        path->capacity = capacity;
    }
    path->steps[path->n++].step = run->at;
    return OK;
}

/* One step; the pause of one that is skipped does not count. */
static MUST_USE enum err run_step(struct run *run)
{
    const struct step *step = &run->definition->steps[run->at];
    bool wanted = true;
    enum err rc = step->when == NULL ? OK : is_true(run, step->when, &wanted);
    if (rc != OK)
        return rc;
    if (!wanted) {
        run->at++;
        return OK;
    }
    rc = run->path == NULL ? OK : note_step(run);
    return rc == OK ? steps_do(run, step) : rc;
}

/* The flow went in a circle: nothing of what it said in this turn is sent. */
static MUST_USE enum err run_out_of_order(struct run *run)
{
    run->turn->replies.n = 0;
    run->pause_ms = 0;
    run->state_after = SESSION_STOPPED;
    run->stays = true;
    enum err rc = run_warn(run, &run->definition->steps[run->at],
                           STR("the flow went in a circle without a question: it was stopped"));
    return rc == OK ? steps_say_plain(run, phrase(PHRASE_OUT_OF_ORDER, run->locale)) : rc;
}

enum err run_leave(struct run *run, const struct step *step, const struct known *answer)
{
    run->state.step = (size_t)(step - run->definition->steps);
    enum err rc = state_leave(&run->state, answer);
    if (rc != OK)
        return rc;
    run->steps = 0;
    if (!answer->known) {
        run->at = step->ask.otherwise;
        return OK;
    }
    run_know(run, step->ask.variable_index, answer->value);
    return run_follow(run, step);
}

enum err run_advance(struct run *run)
{
    for (run->steps = 0; !run->stays; run->steps++) {
        if (run->at >= run->definition->n_steps) {
            run->state_after = SESSION_DONE;
            run->stays = true;
            return OK;
        }
        enum err rc = run->steps < ENGINE_MAX_STEPS ? run_step(run) : run_out_of_order(run);
        if (rc != OK)
            return rc;
    }
    return OK;
}

/* ── the turn ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The person's language where the flow has it, else the flow's. */
static struct str pick_locale(const struct run *run, const struct event *event)
{
    const struct definition *def = run->definition;
    struct str wanted = run->session->locale;
    if (wanted.n == 0 && event != NULL)
        wanted = event->locale;
    if (wanted.n == 0)
        wanted = run->ctx->locale;
    for (size_t i = 0; i < def->locales.n; i++)
        if (str_eq_nocase(locale_language(def->locales.items[i]), locale_language(wanted)))
            return wanted;
    return def->locale;
}

enum err run_begin(struct run *run, const struct event *event)
{
    run->turn->replies.arena = run->ctx->arena;
    run->locale = pick_locale(run, event);
    enum err rc = state_init(&run->state, run->definition, run->ctx->arena);
    if (rc == OK)
        rc = scope_init(&run->scope, &run->state);
    if (rc != OK)
        return rc;
    int64_t east = run->ctx->utc_offset_min, size = east < 0 ? -east : east;
    run->scope.clock = &run->ctx->clock;
    run->scope.timezone =
        arena_format(run->ctx->arena, "%c%02d:%02d", east < 0 ? '-' : '+', (int)(size / 60), (int)(size % 60));
    return run->scope.timezone.p == NULL ? ERR_NO_MEMORY : OK;
}

static MUST_USE enum err take(struct run *run, const struct event *event)
{
    if (event == NULL || run->session->state == SESSION_NEW) {
        enum err rc = known_begin(run);
        return rc == OK ? run_advance(run) : rc;
    }
    enum err rc = state_read(&run->state, run->session->data, run->ctx->error);
    if (rc != OK)
        return rc;
    known_variants(run); /* of a flow that has got new ones since */
    if (event->kind == EVENT_SHEET)
        return sheet_take(run, event->sheet);
    if (run->state.step == SIZE_MAX) /* the flow was changed, and this question is gone */
        return event->kind == EVENT_TIMER ? OK : run_advance(run);
    return incoming_take(run, event);
}

/* Answers whose question was not asked any more, after an earlier one was changed, are none. */
static MUST_USE enum err forget_kept(struct run *run)
{
    struct value none = value_null();
    enum err rc = OK;
    for (size_t i = 0; i < run->state.n_kept && rc == OK; i++)
        rc = run_record_answer(run, &run->definition->steps[run->state.kept[i].step], &none, STR(""));
    run->state.n_kept = 0;
    return rc;
}

/* When the session expires, unless nobody did anything, and when it is to be reminded of. */
static void set_times(struct run *run, bool is_timer)
{
    const struct definition *def = run->definition;
    struct session *session = run->session;
    int64_t now_ms = clock_now_ms(run->ctx->clock);
    bool waits = session->state == SESSION_WAITING;
    bool reminds = waits && def->remind.after_ms > 0 && run->state.reminded < (size_t)def->remind.times;
    if (!waits || !is_timer)
        session->expires_ms = waits ? now_ms + def->expire_ms : 0;
    session->remind_ms = reminds ? now_ms + def->remind.after_ms : 0;
}

static MUST_USE enum err finish(struct run *run, bool is_timer)
{
    struct session *session = run->session;
    struct str data;
    enum err rc = run->state_after == SESSION_WAITING ? OK : forget_kept(run);
    if (rc == OK)
        rc = state_write(&run->state, &data, run->ctx->error);
    if (rc != OK)
        return rc;
    session->data = data;
    session->state = run->state_after;
    set_times(run, is_timer);
    return OK;
}

enum err engine_step(const struct definition *definition, struct flow_ctx *ctx, const struct event *event,
                     struct session *session, struct turn *ret_turn)
{
    struct turn turn = {0};
    struct session after = *session;
    struct run run = {
        .definition = definition,
        .ctx = ctx,
        .session = &after,
        .turn = &turn,
        .state_after = SESSION_WAITING,
    };
    if (ctx->error != NULL)
        *ctx->error = (struct error){0};
    enum err rc = run_begin(&run, event);
    if (rc == OK)
        rc = take(&run, event);
    if (rc == OK)
        rc = finish(&run, event != NULL && event->kind == EVENT_TIMER);
    if (rc != OK && ctx->error != NULL && ctx->error->code == OK)
        rc = fail(ctx->error, rc, "the event's memory is full");
    if (rc != OK)
        return during(ctx->error, "running the flow %.*s", STR_ARG(definition->id));
    *session = after;
    *ret_turn = turn;
    return OK;
}
