#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/model/markup.h"
#include "flows/survey/phrases.h"
#include "flows/survey/run.h"
#include "flows/survey/sheet.h"

#include "bot/base/banned.h"

enum { MAX_SCALE_BUTTONS = 11, MAX_ITEM_BYTES = 64 * 1024 };

/* ── replies ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct reply *steps_add_reply(struct run *run, enum reply_kind kind)
{
    struct reply *reply = replies_add(&run->turn->replies, kind);
    if (reply == NULL)
        return NULL;
    reply->pause_ms = run->pause_ms;
    run->pause_ms = 0;
    return reply;
}

static MUST_USE enum err text_of(struct run *run, const struct text *text, enum render_as as, struct str *ret_text)
{
    struct renderer renderer = {.scope = &run->scope, .locale = run->locale, .as = as};
    return render(&renderer, text, ret_text);
}

enum err steps_say_plain(struct run *run, struct str text)
{
    struct reply *reply = steps_add_reply(run, REPLY_TEXT);
    return reply == NULL || text.p == NULL ? ERR_NO_MEMORY : markup_escape(run->ctx->arena, text, &reply->text);
}

/* ── say ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err add_buttons(struct run *run, const struct say *say, struct reply *reply)
{
    reply->buttons = arena_alloc_array(run->ctx->arena, say->n_buttons, sizeof *reply->buttons);
    if (reply->buttons == NULL)
        return ERR_NO_MEMORY;
    enum err rc = OK;
    for (size_t i = 0; i < say->n_buttons && rc == OK; i++) {
        rc = text_of(run, &say->buttons[i].label, RENDER_PLAIN, &reply->buttons[i].label);
        if (rc == OK)
            rc = text_of(run, &say->buttons[i].url, RENDER_PLAIN, &reply->buttons[i].url);
    }
    reply->n_buttons = say->n_buttons;
    return rc;
}

static MUST_USE enum err do_say(struct run *run, const struct step *step)
{
    struct reply *reply = steps_add_reply(run, REPLY_TEXT);
    if (reply == NULL)
        return ERR_NO_MEMORY;
    enum err rc = text_of(run, &step->say.text, RENDER_MARKUP, &reply->text);
    if (rc == OK)
        rc = text_of(run, &step->say.image, RENDER_PLAIN, &reply->image);
    if (rc == OK)
        rc = add_buttons(run, &step->say, reply);
    if (rc == OK)
        rc = run_record(run, step, "said");
    return rc == OK ? run_follow(run, step) : rc;
}

/* ── ask ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err add_options(struct run *run, const struct ask *ask, struct reply *reply)
{
    reply->options = arena_alloc_array(run->ctx->arena, ask->n_options, sizeof *reply->options);
    if (reply->options == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < ask->n_options; i++) {
        const struct option *option = &ask->options[i];
        reply->options[i].value = arena_copy(run->ctx->arena, option->value);
        reply->options[i].label =
            arena_copy(run->ctx->arena, option_label(option, run->locale, run->definition->locale));
        if (reply->options[i].value.n != option->value.n || reply->options[i].label.n == 0)
            return ERR_NO_MEMORY;
    }
    reply->n_options = ask->n_options;
    reply->several = ask->type == ASK_CHOICES;
    return OK;
}

static MUST_USE enum err add_yes_no(struct run *run, struct reply *reply)
{
    reply->options = arena_alloc_array(run->ctx->arena, 2, sizeof *reply->options);
    if (reply->options == NULL)
        return ERR_NO_MEMORY;
    reply->options[0] = (struct reply_option){STR("yes"), phrase(PHRASE_YES, run->locale)};
    reply->options[1] = (struct reply_option){STR("no"), phrase(PHRASE_NO, run->locale)};
    reply->n_options = 2;
    return OK;
}

static bool is_short_scale(const struct ask *ask, size_t most, int64_t *ret_min, size_t *ret_n)
{
    int64_t min = 0, max = 0;
    if (ask->type != ASK_SCALE || !decimal_to_i64(ask->min, &min) || !decimal_to_i64(ask->max, &max) ||
        max - min + 1 > (int64_t)most)
        return false;
    *ret_min = min;
    *ret_n = (size_t)(max - min + 1);
    return true;
}

static MUST_USE enum err add_scale(struct run *run, int64_t min, size_t n, struct reply *reply)
{
    reply->options = arena_alloc_array(run->ctx->arena, n, sizeof *reply->options);
    for (size_t i = 0; i < n && reply->options != NULL; i++) {
        struct str value = arena_format(run->ctx->arena, "%lld", (long long)min + (long long)i);
        if (value.p == NULL)
            return ERR_NO_MEMORY;
        reply->options[i] = (struct reply_option){value, value};
    }
    reply->n_options = n;
    return reply->options == NULL ? ERR_NO_MEMORY : OK;
}

enum err steps_add_options(struct run *run, const struct ask *ask, size_t most_of_scale, struct reply *reply)
{
    int64_t min = 0;
    size_t n = 0;
    if (ask->n_options > 0)
        return add_options(run, ask, reply);
    if (ask->type == ASK_YES_NO)
        return add_yes_no(run, reply);
    return is_short_scale(ask, most_of_scale, &min, &n) ? add_scale(run, min, n, reply) : OK;
}

static MUST_USE enum err add_choices(struct run *run, const struct ask *ask, struct reply *reply)
{
    enum err rc = steps_add_options(run, ask, MAX_SCALE_BUTTONS, reply);
    if (rc != OK || reply->n_options == 0)
        return rc;
    reply->kind = REPLY_CHOICES;
    reply->step = run->definition->steps[run->state.step].id;
    reply->how_to_answer = phrase_how_to_answer(run->ctx->arena, ask, &run->definition->words, run->locale);
    return reply->how_to_answer.p == NULL ? ERR_NO_MEMORY : OK;
}

enum err steps_ask(struct run *run, const struct step *step, struct str instead)
{
    struct reply *reply = steps_add_reply(run, REPLY_TEXT);
    if (reply == NULL)
        return ERR_NO_MEMORY;
    reply->text = instead;
    run->state.step = (size_t)(step - run->definition->steps);
    enum err rc = instead.n > 0 ? OK : text_of(run, &step->ask.text, RENDER_MARKUP, &reply->text);
    if (rc == OK)
        rc = add_choices(run, &step->ask, reply);
    run->state_after = SESSION_WAITING;
    run->stays = true;
    return rc;
}

enum err steps_ask_to_go_on(struct run *run, const struct step *step)
{
    struct arena *arena = run->ctx->arena;
    struct reply *reply = steps_add_reply(run, REPLY_CHOICES);
    struct reply_option *options = arena_alloc_array(arena, 2, sizeof *options);
    struct str question, lead;
    if (reply == NULL || options == NULL)
        return ERR_NO_MEMORY;
    enum err rc = markup_escape(arena, phrase(PHRASE_RESUME, run->locale), &lead);
    if (rc == OK)
        rc = text_of(run, &step->ask.text, RENDER_MARKUP, &question);
    if (rc != OK)
        return rc;
    options[0] = (struct reply_option){STR("yes"), phrase(PHRASE_RESUME_YES, run->locale)};
    options[1] = (struct reply_option){STR("no"), phrase(PHRASE_RESUME_NO, run->locale)};
    reply->text = arena_format(arena, "%.*s\n\n%.*s", STR_ARG(lead), STR_ARG(question));
    reply->options = options;
    reply->n_options = 2;
    reply->step = STR(RUN_RESUME_STEP);
    reply->how_to_answer = phrase_how_to_answer(arena, &(struct ask){.type = ASK_CHOICE}, NULL, run->locale);
    run->state.resuming = true;
    run->state_after = SESSION_WAITING;
    run->stays = true;
    return reply->text.p == NULL || reply->how_to_answer.p == NULL ? ERR_NO_MEMORY : OK;
}

/* Why a question need not be asked. */
enum answered { ANSWERED_NOT, ANSWERED_KNOWN, ANSWERED_KEPT };

/* A kept answer goes before the profile: it was given instead. */
static enum answered is_answered(struct run *run, const struct step *step, struct kept *ret_kept)
{
    const struct ask *ask = &step->ask;
    struct value value;
    if (!ask->always && run->state.answers[ask->variable_index].known)
        return ANSWERED_KNOWN;
    if (state_take_kept(&run->state, (size_t)(step - run->definition->steps), ret_kept))
        return ret_kept->asks ? ANSWERED_NOT : ANSWERED_KEPT;
    return !ask->always && state_get(&run->state, ask->variable_index, &value) ? ANSWERED_KNOWN : ANSWERED_NOT;
}

static MUST_USE enum err do_ask(struct run *run, const struct step *step)
{
    struct kept kept;
    switch (is_answered(run, step, &kept)) {
    case ANSWERED_KNOWN:
        run->pause_ms -= step->pause_ms; /* nothing is sent */
        return run_follow(run, step);
    case ANSWERED_KEPT:
        run->pause_ms -= step->pause_ms;
        return run_leave(run, step, &kept.answer);
    case ANSWERED_NOT:
        break;
    }
    run->state.misfits = 0;
    bool done = false;
    enum err rc = sheet_answer(run, step, &done);
    if (rc != OK || done) {
        run->pause_ms -= step->pause_ms;
        return rc;
    }
    rc = sheet_is_due(run) ? sheet_show(run, step) : steps_ask(run, step, STR(""));
    return rc == OK ? run_record(run, step, "asked") : rc;
}

/* ── recommend ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err member(struct run *run, const struct value *item, struct str key, struct str *ret_text)
{
    struct renderer renderer = {.scope = &run->scope, .locale = run->locale, .as = RENDER_PLAIN};
    struct value value = value_null();
    *ret_text = STR("");
    if (!value_get(item, key, &value))
        return OK;
    return render_value(&renderer, &value, ret_text);
}

static MUST_USE enum err card_of(struct run *run, const struct value *item, struct reply_card *card)
{
    enum err rc = member(run, item, STR("id"), &card->id);
    if (rc == OK)
        rc = member(run, item, STR("name"), &card->name);
    if (rc == OK)
        rc = member(run, item, STR("price"), &card->price);
    if (rc == OK)
        rc = member(run, item, STR("image"), &card->image);
    if (rc == OK)
        rc = member(run, item, STR("url"), &card->url);
    return rc;
}

static MUST_USE enum err record_recommendation(struct run *run, const struct step *step, const struct value *item,
                                               struct str id)
{
    struct record *record = turn_record(run->turn, RECORD_RECOMMENDATION, step->name);
    struct buf json;
    if (record == NULL)
        return ERR_NO_MEMORY;
    buf_init(&json, run->ctx->arena, MAX_ITEM_BYTES);
    enum err rc = value_to_json(&json, item, NULL);
    if (rc == ERR_NO_MEMORY)
        return rc;
    record->item = id;
    record->value = rc == OK && !buf_failed(&json) ? buf_str(&json) : STR("");
    return scope_why(&run->scope, step->recommend.item, &record->why);
}

static MUST_USE enum err send_card(struct run *run, const struct step *step, const struct value *item,
                                   const struct reply_card *card)
{
    struct reply *reply = steps_add_reply(run, REPLY_CARD);
    if (reply == NULL)
        return ERR_NO_MEMORY;
    reply->card = *card;
    enum err rc = text_of(run, &step->recommend.text, RENDER_MARKUP, &reply->text);
    if (rc == OK)
        rc = text_of(run, &step->recommend.button, RENDER_PLAIN, &reply->card.button);
    if (rc == OK && reply->card.button.n == 0 && card->url.n > 0)
        reply->card.button = phrase(PHRASE_SEE_MORE, run->locale);
    return rc == OK ? record_recommendation(run, step, item, card->id) : rc;
}

static MUST_USE enum err nothing_to_recommend(struct run *run, const struct step *step, struct str reason)
{
    struct str text = arena_format(run->ctx->arena, "nothing to recommend: %.*s",
                                   STR_ARG(reason.n > 0 ? reason : STR("the value is null, or no record with an id")));
    return text.p == NULL ? ERR_NO_MEMORY : run_warn(run, step, text);
}

static MUST_USE enum err do_recommend(struct run *run, const struct step *step)
{
    struct value item = value_null();
    struct reply_card card = {0};
    struct str reason;
    enum err rc = scope_eval(&run->scope, step->recommend.item, &item, &reason);
    if (rc == OK && item.kind == VALUE_LIST && item.list.n == 1) /* as FEEL takes a list of one for its element */
        item = item.list.items[0];
    if (rc == OK)
        rc = card_of(run, &item, &card);
    if (rc == OK)
        rc = card.id.n > 0 ? send_card(run, step, &item, &card) : nothing_to_recommend(run, step, reason);
    return rc == OK ? run_follow(run, step) : rc;
}

/* ── the others ────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err do_hand_over(struct run *run, const struct step *step)
{
    struct reply *reply = steps_add_reply(run, REPLY_HAND_OVER);
    struct record *record = turn_record(run->turn, RECORD_HANDOVER, step->name);
    if (reply == NULL || record == NULL)
        return ERR_NO_MEMORY;
    reply->to = arena_copy(run->ctx->arena, step->hand_over.to);
    record->item = reply->to;
    if (reply->to.p == NULL)
        return ERR_NO_MEMORY;
    run->turn->silent_ms = run->definition->expire_ms;
    run->state_after = SESSION_HANDED_OVER;
    run->stays = true;
    return text_of(run, &step->hand_over.note, RENDER_PLAIN, &reply->note);
}

static MUST_USE enum err do_set(struct run *run, const struct step *step)
{
    for (size_t i = 0; i < step->set.n; i++) {
        struct value value = value_null();
        struct str reason;
        enum err rc = scope_eval(&run->scope, step->set.items[i].expr, &value, &reason);
        if (rc != OK)
            return rc;
        run_know(run, step->set.items[i].variable, value);
    }
    return run_follow(run, step);
}

static MUST_USE enum err do_tag(struct run *run, const struct step *step)
{
    struct reply *reply = replies_add(&run->turn->replies, REPLY_TAG);
    struct str *tags = arena_alloc_array(run->ctx->arena, step->tag.n, sizeof *tags);
    if (reply == NULL || tags == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < step->tag.n; i++) {
        enum err rc = text_of(run, &step->tag.items[i], RENDER_PLAIN, &tags[i]);
        if (rc != OK)
            return rc;
    }
    reply->tags = (struct strs){tags, step->tag.n};
    return run_follow(run, step);
}

static MUST_USE enum err do_go(struct run *run, const struct step *step)
{
    run->at = step->go.to;
    return OK;
}

static MUST_USE enum err do_end(struct run *run, const struct step *step)
{
    run->state_after = step->stopped ? SESSION_STOPPED : SESSION_DONE;
    run->stays = true;
    return OK;
}

static enum err (*const kinds[])(struct run *run, const struct step *step) = {
    [STEP_SAY] = do_say,
    [STEP_ASK] = do_ask,
    [STEP_RECOMMEND] = do_recommend,
    [STEP_HAND_OVER] = do_hand_over,
    [STEP_SET] = do_set,
    [STEP_TAG] = do_tag,
    [STEP_GO] = do_go,
    [STEP_END] = do_end,
};

static MUST_USE enum err trace(struct run *run, const struct trace *trace)
{
    struct traces *traces = run->traces;
    if (traces->n == traces->capacity) {
        size_t capacity = traces->capacity == 0 ? 16 : traces->capacity * 2;
        struct trace *items = arena_alloc_array(run->ctx->arena, capacity, sizeof *items);
        if (items == NULL)
            return ERR_NO_MEMORY;
        if (traces->n > 0)
            memcpy(items, traces->items, traces->n * sizeof *items);
        traces->items = items;
        traces->capacity = capacity;
    }
    traces->items[traces->n++] = *trace;
    return OK;
}

enum err steps_do(struct run *run, const struct step *step)
{
    struct trace done = {
        .step = (size_t)(step - run->definition->steps),
        .replies_from = run->turn->replies.n,
        .records_from = run->turn->n_records,
    };
    run->pause_ms += step->pause_ms;
    enum err rc = kinds[step->kind](run, step);
    if (rc != OK || run->traces == NULL || step->kind == STEP_ASK)
        return rc;
    done.replies_to = run->turn->replies.n;
    done.records_to = run->turn->n_records;
    return trace(run, &done);
}
