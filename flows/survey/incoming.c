#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/model/markup.h"
#include "flows/survey/phrases.h"
#include "flows/survey/run.h"

#include "bot/base/banned.h"

enum { MAX_VALUE_BYTES = 64 * 1024 };

/* ── leaving the question ──────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err record_answer(struct run *run, const struct step *step, const struct value *value,
                                       struct str typed)
{
    struct record *record = turn_record(run->turn, RECORD_ANSWER, step->name);
    struct buf json;
    if (record == NULL)
        return ERR_NO_MEMORY;
    buf_init(&json, run->ctx->arena, MAX_VALUE_BYTES);
    enum err rc = value_to_json(&json, value, NULL);
    if (rc == ERR_NO_MEMORY || buf_failed(&json))
        return ERR_NO_MEMORY;
    record->value = buf_str(&json);
    record->text = arena_copy(run->ctx->arena, typed);
    return OK;
}

/* Goes on behind the question with `value` for an answer; null: it was skipped. */
static MUST_USE enum err answered(struct run *run, const struct step *step, struct value value, const char *outcome)
{
    enum err rc = state_leave(&run->state);
    if (rc != OK)
        return rc;
    run_know(run, step->ask.variable_index, value);
    rc = run_record(run, step, outcome);
    if (rc == OK)
        rc = run_follow(run, step);
    return rc == OK ? run_advance(run) : rc;
}

/* What the flow says on an answer that does not fit, else what gilbot does. */
static MUST_USE enum err retry_text(struct run *run, const struct ask *ask, struct str *ret_text)
{
    struct renderer renderer = {.scope = &run->scope, .locale = run->locale, .as = RENDER_MARKUP};
    if (ask->retry.n > 0)
        return render(&renderer, &ask->retry, ret_text);
    struct str sentence = phrase_retry(run->ctx->arena, ask, run_today(run), run->locale);
    return sentence.p == NULL ? ERR_NO_MEMORY : markup_escape(run->ctx->arena, sentence, ret_text);
}

/* One misfit more; `say`: what about it, empty: the retry. */
static MUST_USE enum err misfit(struct run *run, const struct step *step, struct str say)
{
    const struct ask *ask = &step->ask;
    enum err rc = run_record(run, step, "misfit");
    run->state.misfits++;
    if (rc == OK && ask->tries > 0 && run->state.misfits >= ask->tries) {
        rc = state_leave(&run->state);
        run->at = ask->otherwise;
        return rc == OK ? run_advance(run) : rc;
    }
    if (rc == OK && say.n == 0)
        rc = retry_text(run, ask, &say);
    return rc == OK ? steps_ask(run, step, say) : rc;
}

/* ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A sentence of our own, then the question that waits. */
static MUST_USE enum err say_and_ask(struct run *run, const struct step *step, struct str sentence)
{
    enum err rc = steps_say_plain(run, sentence);
    return rc == OK ? steps_ask(run, step, STR("")) : rc;
}

static MUST_USE enum err restart(struct run *run)
{
    state_restart(&run->state);
    scope_forget(&run->scope);
    run->at = 0;
    return run_advance(run);
}

static MUST_USE enum err back(struct run *run, const struct step *step)
{
    if (!state_back(&run->state))
        return say_and_ask(run, step, phrase(PHRASE_NO_WAY_BACK, run->locale));
    scope_forget(&run->scope);
    const struct step *before = &run->definition->steps[run->state.step];
    enum err rc = steps_ask(run, before, STR(""));
    return rc == OK ? run_record(run, before, "asked") : rc;
}

static MUST_USE enum err stop(struct run *run)
{
    run->state_after = SESSION_STOPPED;
    run->stays = true;
    return steps_say_plain(run, phrase(PHRASE_STOPPED, run->locale));
}

static MUST_USE enum err skip(struct run *run, const struct step *step)
{
    if (step->ask.optional)
        return answered(run, step, value_null(), "skipped");
    return misfit(run, step, phrase(PHRASE_NO_SKIP, run->locale));
}

static MUST_USE enum err said_word(struct run *run, const struct step *step, enum word word)
{
    switch (word) {
    case WORD_RESTART:
        return restart(run);
    case WORD_BACK:
        return back(run, step);
    case WORD_STOP:
        return stop(run);
    case WORD_HELP: {
        struct reply *help = replies_add(&run->turn->replies, REPLY_TEXT);
        struct str text = phrase_help(run->ctx->arena, &run->definition->words, run->locale);
        if (help == NULL || text.p == NULL)
            return ERR_NO_MEMORY;
        help->text = text;
        return steps_ask(run, step, STR(""));
    }
    case WORD_SKIP:
        return skip(run, step);
    case WORD_REPEAT:
        return steps_ask(run, step, STR(""));
    case WORDS:
        break;
    }
    return OK;
}

/* ── events ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err take_answer(struct run *run, const struct step *step, const struct answer *answer,
                                     struct str typed)
{
    switch (answer->kind) {
    case ANSWER_FITS: {
        enum err rc = record_answer(run, step, &answer->value, typed);
        return rc == OK ? answered(run, step, answer->value, "answered") : rc;
    }
    case ANSWER_MISFIT:
        return misfit(run, step, STR(""));
    case ANSWER_WORD:
        return said_word(run, step, answer->word);
    }
    return OK;
}

static MUST_USE enum err take_message(struct run *run, const struct step *step, const struct event *event)
{
    struct answer_input input = run_input(run, event->text, ANSWER_TYPED);
    struct answer answer;
    input.file = event->n_files > 0 ? &event->files[0] : NULL;
    enum err rc = answer_parse(&step->ask, &input, run->ctx->arena, &answer);
    return rc == OK ? take_answer(run, step, &answer, event->text) : rc;
}

/* Questions that show buttons. */
static bool has_buttons(enum ask_type type)
{
    return type == ASK_CHOICE || type == ASK_CHOICES || type == ASK_YES_NO || type == ASK_SCALE;
}

/* A button that means nothing to this question belongs to another one, further up in the conversation. */
static MUST_USE enum err take_button(struct run *run, const struct step *step, const struct event *event)
{
    struct answer_input input = run_input(run, event->value, ANSWER_BUTTON);
    struct answer answer = {.kind = ANSWER_MISFIT};
    enum err rc = has_buttons(step->ask.type) ? answer_parse(&step->ask, &input, run->ctx->arena, &answer) : OK;
    if (rc != OK)
        return rc;
    if (answer.kind == ANSWER_MISFIT)
        return say_and_ask(run, step, phrase(PHRASE_OLD_BUTTON, run->locale));
    return take_answer(run, step, &answer, event->value);
}

enum err incoming_take(struct run *run, const struct event *event)
{
    const struct step *step = &run->definition->steps[run->state.step];
    switch (event->kind) {
    case EVENT_MESSAGE:
        return take_message(run, step, event);
    case EVENT_BUTTON:
        return take_button(run, step, event);
    case EVENT_OPENED:
    case EVENT_COMMAND:
    case EVENT_RELEASED:
    case EVENT_CLOSED:
    case EVENT_OTHER:
        break;
    }
    return OK; /* nothing for a question: it goes on waiting */
}
