/* integrations/slack/compose.c — a turn's replies as requests to the Web API.
 *
 * A request is kept as {"method", "args", "after"?, "otherwise"?, "streams"?} or, to a command's response_url, {"url",
 * "json"}; send.c sends both.  "otherwise" is the request in place of a modal that cannot be opened any more; "streams":
 * the message is a stream that has to be stopped first.
 *
 * In order: the pressed message loses its buttons; then everything that is said, as few messages as Slack's limits and
 * the pauses allow; staff get their note in their own channel.                                                      */
#include <inttypes.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/settings.h"
#include "integrations/slack/blocks.h"
#include "integrations/slack/methods.h"
#include "integrations/slack/modal.h"
#include "integrations/slack/pressed.h"
#include "integrations/slack/shown.h"
#include "integrations/slack/workspace.h"

#include "bot/base/banned.h"

enum {
    MAX_PAYLOAD_BYTES = 512 * 1024,
    MAX_REQUESTS = 64,
    MAX_RESPONSE_URL_USES = 5, /* Slack's limit for one response_url */
};

struct composing {
    const struct slack *slack;
    const struct compose_input *input;
    struct arena *arena;
    struct json_value *address;
    struct str team, channel, thread_ts, response_url, trigger_id;
    struct slack_shown shown; /* the message that the first thing said takes the place of; empty: none */
    struct outgoings out;
    size_t capacity;  /* of out.items */
    size_t n_answers; /* uses of response_url */
    struct error *error;
    bool failed;
};

/* A message that grows until a limit, a pause or the end closes it. */
struct draft {
    struct buf blocks, text, plain;
    size_t n_blocks, units;
    int64_t pause_ms;
    struct str channel, thread_ts; /* empty channel: the answer to a command */
};

static struct str address_text(const struct composing *c, const char *key)
{
    return json_get_str(c->address, str_of(key), STR(""));
}

static struct buf new_buf(const struct composing *c)
{
    struct buf buf;
    buf_init(&buf, c->arena, MAX_PAYLOAD_BYTES);
    return buf;
}

/* ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool make_room(struct composing *c)
{
    if (c->out.n < c->capacity)
        return true;
    size_t capacity = c->capacity == 0 ? 2 : 2 * c->capacity;
    struct outgoing *items = capacity > MAX_REQUESTS ? NULL : arena_alloc_array(c->arena, capacity, sizeof *items);
    if (items == NULL)
        return false;
    for (size_t i = 0; i < c->out.n; i++)
        items[i] = c->out.items[i];
    c->out.items = items;
    c->capacity = capacity;
    return true;
}

/* The key is made of the event and the request's place in its turn: a turn that is run again makes the same keys.  Good
 * until the next is added. */
static struct outgoing *add_request(struct composing *c)
{
    if (!make_room(c)) {
        c->failed = true;
        return NULL;
    }
    struct outgoing *request = &c->out.items[c->out.n++];
    *request = (struct outgoing){
        .idempotency_key = arena_format(c->arena, "%.*s#%zu", STR_ARG(c->input->event->key), c->out.n),
        .pace_key = STR(""),
    };
    return request;
}

static void finish_request(struct composing *c, struct outgoing *request, const struct buf *payload)
{
    request->payload = buf_str(payload);
    c->failed |= buf_failed(payload) || request->idempotency_key.p == NULL || request->pace_key.p == NULL;
}

/* Slack takes no idempotency key.  Ours goes along as metadata, where send finds it again when it must know whether an
 * unanswered request arrived.  Metadata can be read by everyone in the channel, so it holds only a hash. */
static void add_metadata(struct buf *args, struct str idempotency_key)
{
    buf_addf(args, ",\"metadata\":{\"event_type\":\"gilbot_reply\",\"event_payload\":{\"key\":\"%016" PRIx64 "\"}}",
             str_hash(idempotency_key));
}

static void add_message_members(struct buf *out, const struct draft *draft)
{
    json_add_member(out, "text", draft->text.n > 0 ? buf_str(&draft->text) : STR("–"));
    json_add_key(out, "blocks");
    buf_add_char(out, '[');
    buf_add(out, buf_str(&draft->blocks));
    buf_add_char(out, ']');
}

static void add_no_previews(struct buf *out)
{
    json_add_member_bool(out, "unfurl_links", false);
    json_add_member_bool(out, "unfurl_media", false);
}

static void add_post(const struct composing *c, struct buf *payload, const struct draft *draft, struct str key)
{
    struct str after = address_text(c, "message_ts");
    buf_add(payload, STR("{\"method\":\"chat.postMessage\""));
    if (after.n > 0)
        json_add_member(payload, "after", after);
    buf_add(payload, STR(",\"args\":{"));
    json_add_member(payload, "channel", draft->channel);
    if (draft->thread_ts.n > 0)
        json_add_member(payload, "thread_ts", draft->thread_ts);
    add_message_members(payload, draft);
    add_no_previews(payload);
    add_metadata(payload, key);
    buf_add(payload, STR("}}"));
}

/* Instead of what is seen already of this answer (show.c). */
static void add_replacement(struct composing *c, struct buf *payload, const struct draft *draft)
{
    buf_add(payload, STR("{\"method\":\"chat.update\""));
    json_add_member_bool(payload, "streams", c->shown.streams);
    buf_add(payload, STR(",\"args\":{"));
    json_add_member(payload, "channel", c->shown.channel);
    json_add_member(payload, "ts", c->shown.ts);
    add_message_members(payload, draft);
    buf_add(payload, STR("}}"));
    c->shown = (struct slack_shown){.streams = false}; /* what follows is said after it */
}

static void post(struct composing *c, const struct draft *draft)
{
    struct outgoing *request = add_request(c);
    if (request == NULL)
        return;
    struct buf payload = new_buf(c);
    if (str_eq(draft->channel, c->shown.channel))
        add_replacement(c, &payload, draft);
    else
        add_post(c, &payload, draft, request->idempotency_key);
    request->pause_ms = draft->pause_ms;
    request->pace_key = arena_format(c->arena, "%.*s:%.*s", STR_ARG(c->team), STR_ARG(draft->channel));
    request->plain = buf_str(&draft->plain);
    finish_request(c, request, &payload);
}

/* What only the person who typed the command sees. */
static void answer_command(struct composing *c, const struct draft *draft)
{
    if (c->n_answers++ == MAX_RESPONSE_URL_USES) {
        c->failed = true;
        return;
    }
    struct outgoing *request = add_request(c);
    if (request == NULL)
        return;
    struct buf payload = new_buf(c);
    buf_add_char(&payload, '{');
    json_add_member(&payload, "url", c->response_url);
    buf_add(&payload, STR(",\"json\":{\"response_type\":\"ephemeral\",\"replace_original\":false"));
    add_message_members(&payload, draft);
    add_no_previews(&payload);
    buf_add(&payload, STR("}}"));
    request->plain = buf_str(&draft->plain);
    finish_request(c, request, &payload);
}

/* ── what is said ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* Empties the draft for what comes next in the same place. */
static void draft_begin(struct composing *c, struct draft *draft, int64_t pause_ms)
{
    *draft = (struct draft){.blocks = new_buf(c),
                            .text = new_buf(c),
                            .plain = new_buf(c),
                            .pause_ms = pause_ms,
                            .channel = draft->channel,
                            .thread_ts = draft->thread_ts};
}

static void draft_finish(struct composing *c, struct draft *draft)
{
    c->failed |= buf_failed(&draft->blocks) || buf_failed(&draft->text) || buf_failed(&draft->plain);
    if (draft->n_blocks > 0 && draft->channel.n > 0)
        post(c, draft);
    else if (draft->n_blocks > 0 && c->response_url.n > 0)
        answer_command(c, draft);
    draft_begin(c, draft, 0);
}

static void draft_add(struct composing *c, struct draft *draft, const struct slack_block *block)
{
    if (draft->n_blocks == SLACK_MAX_BLOCKS || draft->units + block->units > SLACK_MAX_TEXT_UNITS)
        draft_finish(c, draft);
    if (draft->n_blocks++ > 0)
        buf_add_char(&draft->blocks, ',');
    buf_add(&draft->blocks, block->json);
    if (block->text.n > 0 && draft->text.n > 0)
        buf_add_char(&draft->text, '\n');
    buf_add(&draft->text, block->text);
    draft->units += block->units + 1;
}

static void add_plain(struct composing *c, struct draft *draft, const struct reply *reply)
{
    struct str plain = reply_plain(c->arena, reply);
    if (plain.n > 0 && draft->plain.n > 0)
        buf_add_char(&draft->plain, '\n');
    buf_add(&draft->plain, plain);
}

static void say(struct composing *c, struct draft *draft, const struct reply *reply)
{
    /* a response_url may be used five times, so a command's answer does without pauses */
    if (reply->pause_ms > 0 && c->response_url.n == 0) {
        draft_finish(c, draft);
        draft->pause_ms = reply->pause_ms;
    }
    struct slack_blocks blocks = {.arena = c->arena, .locale = c->input->event->locale};
    blocks.n_links = draft->n_blocks; /* ids that differ within a message */
    slack_blocks_add(&blocks, reply);
    c->failed |= blocks.failed;
    for (size_t i = 0; i < blocks.n; i++) {
        draft_add(c, draft, &blocks.items[i]);
        if (i == 0) /* the log shows a reply with the message in which it begins */
            add_plain(c, draft, reply);
    }
}

/* ── modals ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A trigger is good for three seconds, so the modal waits for no message of its conversation; the message with its button
 * goes along, for when it comes too late. */
static void open_modal(struct composing *c, const struct draft *message, struct str view)
{
    struct outgoing *request = add_request(c);
    if (request == NULL)
        return;
    struct buf payload = new_buf(c);
    buf_add(&payload, STR("{\"method\":\"views.open\",\"args\":{"));
    json_add_member(&payload, "trigger_id", c->trigger_id);
    json_add_member_raw(&payload, "view", view);
    buf_add_char(&payload, '}');
    json_add_key(&payload, "otherwise");
    add_post(c, &payload, message, request->idempotency_key);
    buf_add_char(&payload, '}');
    request->conversation = arena_format(c->arena, "%.*s:modal", STR_ARG(c->input->event->conversation));
    c->failed |= request->conversation.p == NULL;
    request->plain = buf_str(&message->plain);
    finish_request(c, request, &payload);
    c->trigger_id = STR(""); /* good for one view */
}

static void show_sheet(struct composing *c, struct draft *draft, const struct reply *reply)
{
    if (c->trigger_id.n == 0 || draft->channel.n == 0) {
        say(c, draft, reply);
        return;
    }
    struct str view = slack_modal(c->arena, reply->sheet, c->input->event->conversation);
    struct slack_blocks blocks = {.arena = c->arena, .locale = c->input->event->locale};
    struct draft message = {.channel = draft->channel, .thread_ts = draft->thread_ts};
    draft_begin(c, &message, 0);
    slack_blocks_add(&blocks, reply);
    for (size_t i = 0; i < blocks.n; i++)
        draft_add(c, &message, &blocks.items[i]);
    add_plain(c, &message, reply);
    c->failed |= view.p == NULL || blocks.failed;
    open_modal(c, &message, view);
}

/* ── staff, pressed buttons ────────────────────────────────────────────────────────────────────────────────────── */

static struct str staff_channel(const struct composing *c, struct str to)
{
    const struct settings_slack *settings = c->slack->settings;
    for (size_t i = 0; i < settings->people.n; i++)
        if (str_eq(settings->people.items[i].name, to) && settings->people.items[i].channel.n > 0)
            return settings->people.items[i].channel;
    return settings->staff_channel;
}

static void hand_over(struct composing *c, const struct reply *reply)
{
    struct str channel = staff_channel(c, reply->to);
    if (channel.n == 0)
        return;
    struct slack_blocks blocks = {.arena = c->arena, .locale = c->input->event->locale};
    struct slack_hand_over message = {
        .user = c->input->user, .conversation = c->input->event->conversation, .note = reply->note};
    slack_blocks_add_hand_over(&blocks, &message);
    c->failed |= blocks.failed;
    struct draft draft = {.channel = channel};
    draft_begin(c, &draft, 0);
    for (size_t i = 0; i < blocks.n; i++)
        draft_add(c, &draft, &blocks.items[i]);
    draft_finish(c, &draft);
}

static void rewrite_pressed(struct composing *c)
{
    struct buf args = new_buf(c), payload = new_buf(c);
    if (!slack_pressed_args(&args, c->address))
        return;
    struct outgoing *request = add_request(c);
    if (request == NULL)
        return;
    buf_add(&payload, STR("{\"method\":\"chat.update\",\"args\":"));
    buf_add(&payload, buf_str(&args));
    buf_add_char(&payload, '}');
    c->failed |= buf_failed(&args);
    /* chat.update has a limit of its own, so the answer that follows need not wait for it */
    request->pace_key = arena_format(c->arena, "%.*s:%.*s:update", STR_ARG(c->team), STR_ARG(c->channel));
    finish_request(c, request, &payload);
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void compose_all(struct composing *c)
{
    enum event_kind kind = c->input->event->kind;
    if (kind == EVENT_BUTTON || kind == EVENT_RELEASED) /* not for a reminder that was given an old address */
        rewrite_pressed(c);
    struct draft draft = {.channel = c->response_url.n > 0 ? STR("") : c->channel, .thread_ts = c->thread_ts};
    draft_begin(c, &draft, 0);
    for (size_t i = 0; i < c->input->replies->n; i++) {
        const struct reply *reply = &c->input->replies->items[i];
        if (reply->kind == REPLY_HAND_OVER) {
            draft_finish(c, &draft);
            hand_over(c, reply);
        } else if (reply->kind == REPLY_SHEET) {
            show_sheet(c, &draft, reply);
        } else {
            say(c, &draft, reply);
        }
    }
    draft_finish(c, &draft);
}

enum err slack_compose(const struct platform *self, const struct compose_input *input, struct arena *arena,
                       struct outgoings *ret_outgoings, struct error *error)
{
    struct composing c = {.slack = slack_of(self), .input = input, .arena = arena, .error = error};
    if (input->event->address.n > 0) {
        enum err rc = json_read(arena, input->event->address, &c.address, error);
        if (rc != OK)
            return during(error, "reading where a reply goes");
    }
    if (!slack_shown_read(arena, input->shown, &c.shown))
        c.shown = (struct slack_shown){.streams = false};
    c.team = address_text(&c, "team");
    c.channel = address_text(&c, "channel");
    c.thread_ts = address_text(&c, "thread_ts");
    if (input->event->kind == EVENT_COMMAND)
        c.response_url = address_text(&c, "response_url");
    if (input->event->kind == EVENT_COMMAND || input->event->kind == EVENT_BUTTON)
        c.trigger_id = address_text(&c, "trigger_id");
    compose_all(&c);
    if (c.failed)
        return fail(error, ERR_NO_MEMORY, "a turn's requests are more or longer than can be sent");
    *ret_outgoings = c.out;
    return OK;
}
