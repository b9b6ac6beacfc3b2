/* integrations/slack/show.c — an answer that is seen while it is being made.
 *
 *   in a thread:   chat.startStream ─▶ chat.appendStream …          what is new is added; Markdown
 *   elsewhere, or where Slack refuses that: chat.postMessage ─▶ chat.update …     the whole text, seldom
 *
 * The receipt is {"channel", "ts", "streams"}; compose makes the answer itself a chat.update of that message, send ends the
 * stream before.  Source: Slack, chat.startStream, chat.appendStream, chat.stopStream (2025); "Rate limits".         */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "integrations/slack/form.h"
#include "integrations/slack/methods.h"
#include "integrations/slack/mrkdwn.h"
#include "integrations/slack/shown.h"
#include "integrations/slack/tree.h"
#include "integrations/slack/web_api.h"
#include "integrations/slack/workspace.h"

#include "bot/base/banned.h"

enum {
    APPEND_MS = 700,        /* chat.appendStream: about a hundred a minute                      */
    UPDATE_MS = 3000,       /* chat.update: no more often, says Slack                           */
    MOST_CHARACTERS = 3500, /* of what is shown: a chat.update takes 4,000 with what escapes add */
    MAX_FORM_BYTES = 128 * 1024,
};

struct shower {
    const struct slack *slack;
    const struct showing *showing;
    struct arena *arena;
    struct json_value *address;
    struct slack_shown place;
};

static struct delivery never(const char *why)
{
    return (struct delivery){.result = DELIVERY_NEVER, .reason = str_of(why)};
}

static struct str address_text(const struct shower *s, const char *key)
{
    return json_get_str(s->address, str_of(key), STR(""));
}

/* Markdown, in which no text can mention anybody. */
static struct str markdown(const struct shower *s, struct str markup)
{
    struct buf out;
    buf_init(&out, s->arena, MAX_FORM_BYTES);
    for (size_t i = 0; i < markup.n; i++) {
        char c = markup.p[i];
        if (c == '&')
            buf_add(&out, STR("&amp;"));
        else if (c == '<')
            buf_add(&out, STR("&lt;"));
        else if (c == '>')
            buf_add(&out, STR("&gt;"));
        else
            buf_add_char(&out, c);
    }
    return buf_str(&out);
}

/* The first message's worth of the text as mrkdwn; empty: nothing to see yet. */
static struct str mrkdwn(const struct shower *s)
{
    struct strs texts;
    struct error error;
    struct str text = text_first(s->showing->text, MOST_CHARACTERS);
    if (slack_mrkdwn(s->arena, text, MOST_CHARACTERS, &texts, &error) != OK || texts.n == 0)
        return STR("");
    return texts.items[0];
}

static struct delivery shown(const struct shower *s, struct slack_shown place, int64_t wait_ms)
{
    return (struct delivery){
        .result = DELIVERY_SENT, .receipt = slack_shown_write(s->arena, &place), .retry_after_ms = wait_ms};
}

static struct slack_answer call(const struct shower *s, const char *method, const struct buf *form)
{
    if (buf_failed(form))
        return (struct slack_answer){.delivery = never("the text is too long")};
    return slack_web_api(s->slack, method, buf_str(form), s->arena);
}

/* Where the message stands, for all but the first call. */
static struct buf form_of_place(const struct shower *s)
{
    struct buf form;
    buf_init(&form, s->arena, MAX_FORM_BYTES);
    form_add(&form, STR("channel"), s->place.channel);
    form_add(&form, STR("ts"), s->place.ts);
    return form;
}

/* ── post and update ───────────────────────────────────────────────────────────────────────────────────────────── */

static struct delivery post(const struct shower *s)
{
    struct str text = mrkdwn(s), thread = address_text(s, "thread_ts");
    if (text.n == 0)
        return (struct delivery){.result = DELIVERY_LATER, .retry_after_ms = APPEND_MS};
    struct buf form;
    buf_init(&form, s->arena, MAX_FORM_BYTES);
    form_add(&form, STR("channel"), address_text(s, "channel"));
    if (thread.n > 0)
        form_add(&form, STR("thread_ts"), thread);
    form_add(&form, STR("text"), text);
    form_add(&form, STR("unfurl_links"), STR("false"));
    form_add(&form, STR("unfurl_media"), STR("false"));
    struct slack_answer answer = call(s, "chat.postMessage", &form);
    if (answer.delivery.result != DELIVERY_SENT) /* whether it arrived is not known: the answer comes as one message */
        return (struct delivery){.result = DELIVERY_NEVER, .reason = answer.delivery.reason};
    struct slack_shown place = {.channel = slack_text_at(answer.root, "channel"), .ts = answer.delivery.receipt};
    return shown(s, place, UPDATE_MS);
}

static struct delivery update(const struct shower *s)
{
    struct str text = mrkdwn(s);
    if (text.n == 0)
        return shown(s, s->place, UPDATE_MS);
    struct buf form = form_of_place(s);
    form_add(&form, STR("text"), text);
    struct slack_answer answer = call(s, "chat.update", &form);
    if (answer.delivery.result == DELIVERY_SENT)
        return shown(s, s->place, UPDATE_MS);
    if (answer.delivery.result == DELIVERY_LATER && answer.delivery.retry_after_ms < UPDATE_MS)
        answer.delivery.retry_after_ms = UPDATE_MS;
    return answer.delivery;
}

/* ── streams ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct delivery start(const struct shower *s)
{
    struct buf form;
    buf_init(&form, s->arena, MAX_FORM_BYTES);
    form_add(&form, STR("channel"), address_text(s, "channel"));
    form_add(&form, STR("thread_ts"), address_text(s, "thread_ts"));
    form_add(&form, STR("recipient_user_id"), address_text(s, "user"));
    form_add(&form, STR("recipient_team_id"), address_text(s, "team"));
    form_add(&form, STR("markdown_text"), markdown(s, text_first(s->showing->text, MOST_CHARACTERS)));
    struct slack_answer answer = call(s, "chat.startStream", &form);
    if (answer.delivery.result == DELIVERY_SENT) {
        struct slack_shown place = {
            .channel = slack_text_at(answer.root, "channel"), .ts = answer.delivery.receipt, .streams = true};
        return shown(s, place, APPEND_MS);
    }
    if (answer.code.n == 0) /* no answer: it may have begun */
        return (struct delivery){.result = DELIVERY_NEVER, .reason = answer.delivery.reason};
    return post(s);
}

/* What was streamed cannot be taken back, and a stream dies after some minutes: from here on by update. */
static struct delivery change_over(const struct shower *s)
{
    struct shower updating = *s;
    struct buf form = form_of_place(s);
    (void)call(s, "chat.stopStream", &form);
    updating.place.streams = false;
    return update(&updating);
}

static struct delivery append(const struct shower *s)
{
    size_t before = text_length(str_first(s->showing->text, s->showing->text.n - s->showing->added.n));
    if (before >= MOST_CHARACTERS)
        return never("longer than is shown");
    struct buf form = form_of_place(s);
    form_add(&form, STR("markdown_text"), markdown(s, text_first(s->showing->added, MOST_CHARACTERS - before)));
    struct slack_answer answer = call(s, "chat.appendStream", &form);
    if (answer.delivery.result == DELIVERY_SENT)
        return shown(s, s->place, APPEND_MS);
    if (str_eq(answer.code, STR("message_not_in_streaming_state")))
        return change_over(s);
    if (answer.delivery.result == DELIVERY_LATER && answer.delivery.retry_after_ms < APPEND_MS)
        answer.delivery.retry_after_ms = APPEND_MS;
    return answer.delivery;
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct delivery slack_show(const struct platform *self, const struct showing *showing, struct arena *arena)
{
    struct shower s = {.slack = slack_of(self), .showing = showing, .arena = arena};
    struct error error;
    if (showing->event->kind == EVENT_COMMAND)
        return never("what only one person sees cannot be changed");
    if (showing->event->address.n == 0 || json_read(arena, showing->event->address, &s.address, &error) != OK)
        return never("there is no place for it");
    if (showing->handle.n == 0)
        return address_text(&s, "thread_ts").n > 0 ? start(&s) : post(&s);
    if (!slack_shown_read(arena, showing->handle, &s.place))
        return never("the place where it is seen cannot be read");
    if (!s.place.streams)
        return update(&s);
    return showing->anew ? change_over(&s) : append(&s);
}
