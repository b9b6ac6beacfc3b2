/* integrations/web_chat/compose.c — a turn's replies as messages to the page, and the history that goes before them.
 *
 * A payload is the page's message itself; only {"type": "history", "connection", "except"} is filled in by send.
 * Hand-overs and tags have no receiver on a page.                                                                    */
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/secret.h"
#include "bot/model/markup.h"
#include "integrations/web_chat/methods.h"

#include "bot/base/banned.h"

enum { MAX_PAYLOAD_BYTES = 256 * 1024 };

struct composing {
    struct arena *arena;
    struct error *error;
    struct outgoing *items;
    size_t n, capacity;
};

/* ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err grow(struct composing *c)
{
    size_t capacity = c->capacity == 0 ? 8 : c->capacity * 2;
    struct outgoing *items = arena_alloc_array(c->arena, capacity, sizeof *items);
    if (items == NULL)
        return ERR_NO_MEMORY;
    if (c->n > 0)
        memcpy(items, c->items, c->n * sizeof *items);
    c->items = items;
    c->capacity = capacity;
    return OK;
}

/* A payload under way: its id is the request's idempotency key, so the page sees a second delivery as the first. */
struct draft {
    struct buf payload;
    struct str id, conversation; /* conversation: empty for the event's own */
};

static void begin(struct composing *c, struct draft *draft, const char *type)
{
    char uuid[SECRET_ID_BYTES];
    secret_uuid(uuid);
    draft->id = arena_copy(c->arena, str_of(uuid));
    draft->conversation = STR("");
    buf_init(&draft->payload, c->arena, MAX_PAYLOAD_BYTES);
    buf_add_char(&draft->payload, '{');
    json_add_member(&draft->payload, "type", str_of(type));
    json_add_member(&draft->payload, "id", draft->id);
}

static enum err finish(struct composing *c, struct draft *draft, struct str plain, int64_t pause_ms)
{
    buf_add_char(&draft->payload, '}');
    if (buf_failed(&draft->payload) || draft->id.n == 0 || (c->n == c->capacity && grow(c) != OK))
        return fail(c->error, ERR_NO_MEMORY, "no memory for a message to the page");
    c->items[c->n++] = (struct outgoing){.idempotency_key = draft->id,
                                         .conversation = draft->conversation,
                                         .pause_ms = pause_ms,
                                         .payload = buf_str(&draft->payload),
                                         .plain = plain};
    return OK;
}

/* ── replies ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_unless_empty(struct buf *out, const char *key, struct str value)
{
    if (value.n > 0)
        json_add_member(out, key, value);
}

static void add_buttons(struct buf *out, const struct reply *reply)
{
    if (reply->n_buttons == 0)
        return;
    json_add_key(out, "buttons");
    buf_add_char(out, '[');
    for (size_t i = 0; i < reply->n_buttons; i++) {
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "label", reply->buttons[i].label);
        json_add_member(out, "url", reply->buttons[i].url);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static enum err add_message(struct composing *c, const struct reply *reply, int64_t pause_ms)
{
    struct str text, html;
    if (markup_plain(c->arena, reply->text, &text) != OK || markup_html(c->arena, reply->text, &html) != OK)
        return fail(c->error, ERR_NO_MEMORY, "no memory for a message to the page");
    struct reply without_options = *reply;
    without_options.n_options = 0;
    without_options.card = (struct reply_card){0};
    struct draft draft;
    begin(c, &draft, "message");
    json_add_member(&draft.payload, "text", text);
    json_add_member(&draft.payload, "html", html);
    add_unless_empty(&draft.payload, "image", reply->image);
    add_buttons(&draft.payload, reply);
    return finish(c, &draft, reply_plain(c->arena, &without_options), pause_ms);
}

static enum err add_choices(struct composing *c, const struct reply *reply, int64_t pause_ms)
{
    struct reply only_options = {.kind = REPLY_CHOICES, .options = reply->options, .n_options = reply->n_options};
    struct draft draft;
    begin(c, &draft, "choices");
    json_add_key(&draft.payload, "options");
    buf_add_char(&draft.payload, '[');
    for (size_t i = 0; i < reply->n_options; i++) {
        json_add_comma(&draft.payload);
        buf_add_char(&draft.payload, '{');
        json_add_member(&draft.payload, "value", reply->options[i].value);
        json_add_member(&draft.payload, "label", reply->options[i].label);
        buf_add_char(&draft.payload, '}');
    }
    buf_add_char(&draft.payload, ']');
    json_add_member_bool(&draft.payload, "several", reply->several);
    add_unless_empty(&draft.payload, "step", reply->step);
    return finish(c, &draft, reply_plain(c->arena, &only_options), pause_ms);
}

static enum err add_card(struct composing *c, const struct reply *reply, int64_t pause_ms)
{
    const struct reply_card *card = &reply->card;
    struct reply only_card = {.kind = REPLY_CARD, .card = *card};
    struct draft draft;
    begin(c, &draft, "card");
    json_add_key(&draft.payload, "item");
    buf_add_char(&draft.payload, '{');
    json_add_member(&draft.payload, "id", card->id);
    json_add_member(&draft.payload, "name", card->name);
    add_unless_empty(&draft.payload, "price", card->price);
    add_unless_empty(&draft.payload, "image", card->image);
    add_unless_empty(&draft.payload, "url", card->url);
    add_unless_empty(&draft.payload, "button", card->button);
    buf_add_char(&draft.payload, '}');
    return finish(c, &draft, reply_plain(c->arena, &only_card), pause_ms);
}

static enum err add_typing(struct composing *c)
{
    struct draft draft;
    begin(c, &draft, "typing");
    return finish(c, &draft, STR(""), 0);
}

static enum err add_reply(struct composing *c, const struct reply *reply)
{
    bool speaks = reply->kind == REPLY_TEXT || reply->kind == REPLY_CHOICES || reply->kind == REPLY_CARD;
    enum err rc = speaks && reply->pause_ms > 0 ? add_typing(c) : OK;
    int64_t pause_ms = reply->pause_ms;
    bool has_words = reply->text.n > 0 || reply->image.n > 0 || reply->n_buttons > 0;
    if (rc == OK && speaks && has_words) {
        rc = add_message(c, reply, pause_ms);
        pause_ms = 0;
    }
    if (rc != OK)
        return rc;
    switch (reply->kind) {
    case REPLY_CHOICES:
        return reply->n_options > 0 ? add_choices(c, reply, pause_ms) : OK;
    case REPLY_CARD:
        return add_card(c, reply, pause_ms);
    case REPLY_TEXT:
    case REPLY_HAND_OVER:
    case REPLY_TAG:
    case REPLY_SHEET:
        return OK;
    }
    return OK;
}

/* A page that comes back must not wait behind replies with pauses: its history has an order of its own, and leaves to
 * the replies under way what is not said yet. */
static enum err add_history(struct composing *c, const struct compose_input *input)
{
    const struct event *event = input->event;
    struct json_value *address = NULL;
    if (json_read(c->arena, event->address, &address, c->error) != OK)
        return during(c->error, "reading a page's address");
    struct draft draft;
    begin(c, &draft, "history");
    json_add_member(&draft.payload, "connection", json_get_str(address, STR("connection"), STR("")));
    json_add_member(&draft.payload, "except", event->key);
    json_add_member_bool(&draft.payload, "only_sent", input->duplicate);
    if (input->duplicate)
        draft.conversation = arena_format(c->arena, "%.*s" WEB_CHAT_HISTORY, STR_ARG(event->conversation));
    if (input->duplicate && draft.conversation.n == 0)
        return fail(c->error, ERR_NO_MEMORY, "no memory for the history");
    return finish(c, &draft, STR(""), 0);
}

enum err web_chat_compose(const struct platform *self, const struct compose_input *input, struct arena *arena,
                          struct outgoings *ret_outgoings, struct error *error)
{
    (void)self;
    struct composing c = {.arena = arena, .error = error};
    enum err rc = input->event->kind == EVENT_OPENED ? add_history(&c, input) : OK;
    for (size_t i = 0; rc == OK && i < input->replies->n; i++)
        rc = add_reply(&c, &input->replies->items[i]);
    if (rc == OK)
        *ret_outgoings = (struct outgoings){.items = c.items, .n = c.n};
    return rc;
}
