#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "bot/model/markup.h"
#include "flows/survey/phrases.h"
#include "flows/survey/run.h"
#include "flows/survey/sheet.h"

#include "bot/base/banned.h"

enum { MAX_VALUE_BYTES = 64 * 1024 };

/* ── leaving the question ──────────────────────────────────────────────────────────────────────────────────────── */

enum err run_record_answer(struct run *run, const struct step *step, const struct value *value, struct str typed)
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

/* `value` null: it was skipped. */
enum err incoming_answered(struct run *run, const struct step *step, struct value value, const char *outcome)
{
    enum err rc = run_leave(run, step, &(struct known){true, value});
    if (rc == OK)
        rc = run_record(run, step, outcome);
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
    run->state.missed[ask->variable_index]++;
    if (rc == OK && ask->tries > 0 && run->state.misfits >= ask->tries) {
        rc = run_leave(run, step, &(struct known){0});
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
    run->state.sheet = STATE_SHEET_NONE;
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
        return incoming_answered(run, step, value_null(), "skipped");
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
        enum err rc = run_record_answer(run, step, &answer->value, typed);
        return rc == OK ? incoming_answered(run, step, answer->value, "answered") : rc;
    }
    case ANSWER_MISFIT:
        return misfit(run, step, STR(""));
    case ANSWER_WORD:
        return said_word(run, step, answer->word);
    }
    return OK;
}

/* Somebody else may know what was meant; then the survey takes up its question again. */
static MUST_USE enum err ask_aside(struct run *run, const struct step *step, const struct answer *answer,
                                   struct str typed, bool *ret_done)
{
    const struct flow_aside *aside = run->ctx->aside;
    bool far_off =
        answer->kind == ANSWER_MISFIT && (answer->misfit == MISFIT_NO_OPTION || answer->misfit == MISFIT_NOT_A_NUMBER ||
                                          answer->misfit == MISFIT_FORM || answer->misfit == MISFIT_PATTERN);
    if (aside == NULL || !far_off)
        return OK;
    enum err rc = aside->answer(aside->self, run->ctx, typed, &run->turn->replies, ret_done);
    if (rc == OK && *ret_done)
        rc = run_record(run, step, "aside");
    return rc == OK && *ret_done ? steps_ask(run, step, STR("")) : rc;
}

/* ── coming back ───────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_break(const struct run *run)
{
    int64_t resume_ms = run->definition->resume_ms, last_ms = run->session->updated_ms;
    return resume_ms > 0 && last_ms > 0 && clock_now_ms(run->ctx->clock) - last_ms >= resume_ms;
}

/* What can only be meant for the question needs no asking back. */
static bool is_plain_answer(const struct ask *ask, const struct answer *answer)
{
    return answer->kind == ANSWER_WORD ||
           (answer->kind == ANSWER_FITS && ask->type != ASK_TEXT && ask->type != ASK_YES_NO);
}

/* Whether to go on: by button, by its label or number, by yes or no. */
static MUST_USE enum err read_resume(struct run *run, struct str said, struct answer *ret_answer)
{
    static const struct option_label go_on[] = {{.text = STR_INIT("계속하기"), .key = STR_INIT("계속하기")},
                                                {.text = STR_INIT("계속"), .key = STR_INIT("계속")},
                                                {.text = STR_INIT("이어서"), .key = STR_INIT("이어서")},
                                                {.text = STR_INIT("Go on"), .key = STR_INIT("goon")},
                                                {.text = STR_INIT("Continue"), .key = STR_INIT("continue")}};
    static const struct option_label start_over[] = {{.text = STR_INIT("처음부터"), .key = STR_INIT("처음부터")},
                                                     {.text = STR_INIT("Start over"), .key = STR_INIT("startover")}};
    static const struct option options[] = {
        {.value = STR_INIT("yes"), .value_key = STR_INIT("yes"), .labels = go_on, .n_labels = COUNT_OF(go_on)},
        {.value = STR_INIT("no"), .value_key = STR_INIT("no"), .labels = start_over, .n_labels = COUNT_OF(start_over)}};
    static const struct ask choice = {.type = ASK_CHOICE, .options = options, .n_options = COUNT_OF(options)};
    static const struct ask yes_no = {.type = ASK_YES_NO};
    struct answer_input input = run_input(run, said, ANSWER_DATA);
    enum err rc = answer_parse(&choice, &input, run->ctx->arena, ret_answer);
    if (rc != OK || ret_answer->kind == ANSWER_FITS)
        return rc;
    return answer_parse(&yes_no, &input, run->ctx->arena, ret_answer);
}

static bool is_yes(const struct answer *answer)
{
    if (answer->kind != ANSWER_FITS)
        return false;
    return answer->value.kind == VALUE_BOOLEAN ? answer->value.boolean : str_eq(answer->value.string, STR("yes"));
}

/* *ret_done false: it was neither yes nor no, so it is for the question. */
static MUST_USE enum err take_resume(struct run *run, const struct step *step, struct str said, bool *ret_done)
{
    struct answer answer;
    run->state.resuming = false;
    enum err rc = read_resume(run, said, &answer);
    if (rc != OK || answer.kind != ANSWER_FITS)
        return rc;
    *ret_done = true;
    return is_yes(&answer) ? steps_ask(run, step, STR("")) : restart(run);
}

/* After a reminder: a yes to it needs no asking back. */
static MUST_USE enum err take_nudge(struct run *run, const struct step *step, struct str said, bool *ret_done)
{
    struct answer answer;
    enum err rc = read_resume(run, said, &answer);
    if (rc != OK || !is_yes(&answer))
        return rc;
    *ret_done = true;
    return steps_ask(run, step, STR(""));
}

static MUST_USE enum err remind(struct run *run, const struct step *step)
{
    struct renderer renderer = {.scope = &run->scope, .locale = run->locale, .as = RENDER_MARKUP};
    const struct remind *asked = &run->definition->remind;
    if (asked->after_ms == 0 || run->state.reminded >= (size_t)asked->times)
        return OK;
    struct reply *reply = replies_add(&run->turn->replies, REPLY_TEXT);
    if (reply == NULL)
        return ERR_NO_MEMORY;
    run->state.reminded++;
    run->state.nudged = true;
    enum err rc = render(&renderer, &asked->text, &reply->text);
    return rc == OK ? run_record(run, step, "reminded") : rc;
}

/* ── events, one by one ────────────────────────────────────────────────────────────────────────────────────────── */

/* What was typed, unless it is about going on. */
static MUST_USE enum err take_typed(struct run *run, const struct step *step, const struct event *event)
{
    struct answer_input input = run_input(run, event->text, ANSWER_TYPED);
    struct answer answer;
    bool done = false, nudged = run->state.nudged;
    run->state.nudged = false;
    input.file = event->n_files > 0 ? &event->files[0] : NULL;
    enum err rc = answer_parse(&step->ask, &input, run->ctx->arena, &answer);
    if (rc == OK && answer.kind != ANSWER_WORD)
        rc = correct_take(run, &(struct said){step, event->text, &answer}, &done);
    if (rc != OK || done)
        return rc;
    bool plain = is_plain_answer(&step->ask, &answer);
    if (nudged && !plain)
        rc = take_nudge(run, step, event->text, &done);
    if (rc == OK && !done && !plain && is_break(run))
        return steps_ask_to_go_on(run, step);
    if (rc == OK && !done)
        rc = ask_aside(run, step, &answer, event->text, &done);
    return rc != OK || done ? rc : take_answer(run, step, &answer, event->text);
}

/* Who writes while the sheet is out has not seen its questions, so this is no answer; from here on they come one by one. */
static MUST_USE enum err take_beside_sheet(struct run *run, const struct step *step, const struct event *event)
{
    struct answer_input input = run_input(run, event->text, ANSWER_TYPED);
    struct answer answer;
    run->state.sheet = STATE_SHEET_OVER;
    enum err rc = answer_parse(&step->ask, &input, run->ctx->arena, &answer);
    if (rc == OK && answer.kind == ANSWER_WORD && answer.word != WORD_SKIP)
        return said_word(run, step, answer.word);
    return rc == OK ? steps_ask(run, step, STR("")) : rc;
}

static MUST_USE enum err take_message(struct run *run, const struct step *step, const struct event *event)
{
    bool done = false;
    if (run->state.sheet == STATE_SHEET_OUT)
        return take_beside_sheet(run, step, event);
    if (!run->state.resuming)
        return take_typed(run, step, event);
    enum err rc = take_resume(run, step, event->text, &done);
    return rc == OK && !done ? take_typed(run, step, event) : rc;
}

/* Questions that show buttons. */
static bool has_buttons(enum ask_type type)
{
    return type == ASK_CHOICE || type == ASK_CHOICES || type == ASK_YES_NO || type == ASK_SCALE;
}

/* A button of the question that waits, or of nobody knows which: then it may be one further up in the conversation. */
static MUST_USE enum err take_own_button(struct run *run, const struct step *step, const struct event *event)
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

static MUST_USE enum err take_button(struct run *run, const struct step *step, const struct event *event)
{
    size_t asked = state_question(run->definition, event->step);
    bool done = false, waits = run->state.resuming;
    enum err rc = OK;
    run->state.resuming = run->state.nudged = false;
    if (str_eq(event->step, STR(SHEET_STEP)) && run->ctx->shows_sheets)
        return sheet_show(run, step);
    if (str_eq(event->step, STR(RUN_RESUME_STEP)))
        rc = waits ? take_resume(run, step, event->value, &done) : OK;
    else if (event->step.n == 0 || asked == run->state.step)
        return take_own_button(run, step, event);
    else if (asked != SIZE_MAX)
        rc = correct_button(run, asked, event->value, &done);
    return rc != OK || done ? rc : say_and_ask(run, step, phrase(PHRASE_OLD_BUTTON, run->locale));
}

enum err incoming_take(struct run *run, const struct event *event)
{
    const struct step *step = &run->definition->steps[run->state.step];
    switch (event->kind) {
    case EVENT_MESSAGE:
        return take_message(run, step, event);
    case EVENT_BUTTON:
        return take_button(run, step, event);
    case EVENT_TIMER:
        return remind(run, step);
    case EVENT_OPENED:
    case EVENT_COMMAND:
    case EVENT_SHEET: /* the engine gives it to sheet_take */
    case EVENT_RELEASED:
    case EVENT_CLOSED:
    case EVENT_OTHER:
        break;
    }
    return OK; /* nothing for a question: it goes on waiting */
}
