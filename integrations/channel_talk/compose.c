/* integrations/channel_talk/compose.c — a turn's replies as requests of the Open API.
 *
 *   text, choices, card  ─▶ message …            as many as its length needs; link buttons under the last
 *   hand-over            ─▶ private note, then invite (several managers) or assign (one)
 *   tag                  ─▶ tag                   read, add, write: one request, done in send
 *
 * Payloads: {"do": "message", "chat_id", "blocks", "plain", "buttons"?, "options"?, "counts"?},
 * {"do": "invite" | "assign", "chat_id", "managers"}, {"do": "tag", "user_id", "tags"}.                              */
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/secret.h"
#include "bot/base/settings.h"
#include "bot/base/text.h"
#include "integrations/channel_talk/methods.h"
#include "integrations/channel_talk/talk_pack.h"
#include "integrations/channel_talk/talk_text.h"

#include "bot/base/banned.h"

enum {
    MAX_BUTTONS = 2,
    MAX_TITLE_CHARACTERS = 30,
    MAX_PAYLOAD_BYTES = 256 * 1024,
    MAX_BUTTONS_BYTES = 16 * 1024,
};

struct composing {
    const struct channel_talk *ct;
    struct arena *arena;
    struct error *error;
    struct str chat, user;
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

static enum err add_request(struct composing *c, int64_t pause_ms, struct str plain, const struct buf *payload)
{
    char uuid[SECRET_ID_BYTES];
    secret_uuid(uuid);
    struct str key = arena_format(c->arena, CHANNEL_TALK_REQUEST_PREFIX "%s", uuid);
    if (buf_failed(payload) || key.n == 0 || (c->n == c->capacity && grow(c) != OK))
        return fail(c->error, ERR_NO_MEMORY, "no memory for a Channel Talk request");
    c->items[c->n++] =
        (struct outgoing){.idempotency_key = key, .pause_ms = pause_ms, .payload = buf_str(payload), .plain = plain};
    return OK;
}

static void begin_payload(struct composing *c, struct buf *out, const char *what)
{
    buf_init(out, c->arena, MAX_PAYLOAD_BYTES);
    buf_add_char(out, '{');
    json_add_member(out, "do", str_of(what));
}

static void add_list(struct buf *out, const char *key, struct strs list)
{
    json_add_key(out, key);
    buf_add_char(out, '[');
    for (size_t i = 0; i < list.n; i++) {
        json_add_comma(out);
        json_add_str(out, list.items[i]);
    }
    buf_add_char(out, ']');
}

/* What goes under the last part of a message, or beside all of it. */
struct extras {
    struct str buttons; /* members of a JSON array, may be empty                     */
    struct str links;   /* the same for the plain form: "label: address" lines       */
    struct str counts;  /* what its delivery counts as; empty: a message like any    */
    bool is_private;    /* only staff see it                                          */
};

static enum err add_message(struct composing *c, int64_t pause_ms, const struct talk_message *message,
                            const struct extras *extras)
{
    struct buf plain, payload;
    buf_init(&plain, c->arena, MAX_PAYLOAD_BYTES);
    buf_add(&plain, message->plain);
    buf_add(&plain, extras->links);
    begin_payload(c, &payload, "message");
    json_add_member(&payload, "chat_id", c->chat);
    json_add_member_raw(&payload, "blocks", message->blocks);
    json_add_member(&payload, "plain", buf_str(&plain));
    if (extras->buttons.n > 0) {
        json_add_key(&payload, "buttons");
        buf_addf(&payload, "[%.*s]", STR_ARG(extras->buttons));
    }
    if (extras->is_private)
        add_list(&payload, "options", (struct strs){&STR("private"), 1});
    if (extras->counts.n > 0)
        json_add_member(&payload, "counts", extras->counts);
    buf_add_char(&payload, '}');
    payload.failed |= buf_failed(&plain);
    return add_request(c, pause_ms, extras->is_private ? STR("") : buf_str(&plain), &payload);
}

/* The text as messages; buttons under the last one. */
static enum err add_messages(struct composing *c, int64_t pause_ms, const struct talk_text *text,
                             const struct extras *extras)
{
    struct talk_messages messages;
    enum err rc = talk_pack(text, &messages, c->error);
    for (size_t i = 0; rc == OK && i < messages.n; i++) {
        bool is_last = i + 1 == messages.n;
        struct extras none = {.is_private = extras->is_private};
        rc = add_message(c, i == 0 ? pause_ms : 0, &messages.items[i], is_last ? extras : &none);
    }
    return rc;
}

/* ── what the user sees ────────────────────────────────────────────────────────────────────────────────────────── */

struct buttons {
    struct buf json, links;
    size_t n;
};

static void buttons_init(struct buttons *buttons, struct arena *arena)
{
    *buttons = (struct buttons){.n = 0};
    buf_init(&buttons->json, arena, MAX_BUTTONS_BYTES);
    buf_init(&buttons->links, arena, MAX_BUTTONS_BYTES);
}

static struct str title_of(struct arena *arena, struct str label)
{
    if (text_length(label) <= MAX_TITLE_CHARACTERS)
        return label;
    return arena_format(arena, "%.*s…", STR_ARG(text_first(label, MAX_TITLE_CHARACTERS - 1)));
}

/* A link button; what Channel Talk cannot show as one becomes a line of the text. */
static void add_button(struct buttons *buttons, struct talk_text *text, struct str label, struct str url)
{
    if (buttons->n == MAX_BUTTONS || label.n == 0 || !talk_text_is_web_url(url)) {
        talk_text_add_link(text, label, url);
        return;
    }
    struct buf *out = &buttons->json;
    buf_add(out, buttons->n > 0 ? STR(",{") : STR("{"));
    json_add_member(out, "title", title_of(text->arena, label));
    json_add_member(out, "colorVariant", STR("cobalt"));
    buf_add(out, STR(",\"action\":{\"type\":\"web\",\"attributes\":{\"url\":"));
    json_add_str(out, url);
    buf_add(out, STR("}}}"));
    buf_addf(&buttons->links, "\n%.*s: %.*s", STR_ARG(label), STR_ARG(url));
    buttons->n++;
}

static enum err add_shown(struct composing *c, const struct reply *reply, struct talk_text *text,
                          const struct buttons *buttons)
{
    if (buf_failed(&buttons->json) || buf_failed(&buttons->links))
        return fail(c->error, ERR_NO_MEMORY, "too many or too long buttons");
    if (text->n == 0 && buttons->n > 0) /* a message needs some text */
        talk_text_add_plain(text, str_trim(buf_str(&buttons->links)), TALK_PLAIN);
    struct extras extras = {.buttons = buf_str(&buttons->json), .links = buf_str(&buttons->links)};
    if (reply->kind == REPLY_CARD)
        extras.counts = STR("recommendation");
    return add_messages(c, reply->pause_ms, text, &extras);
}

static enum err compose_text(struct composing *c, const struct reply *reply)
{
    struct talk_text text;
    struct buttons buttons;
    talk_text_init(&text, c->arena);
    buttons_init(&buttons, c->arena);
    talk_text_add_markup(&text, reply->text);
    if (reply->image.n > 0)
        talk_text_add_link(&text, STR(""), reply->image);
    for (size_t i = 0; i < reply->n_buttons; i++)
        add_button(&buttons, &text, reply->buttons[i].label, reply->buttons[i].url);
    return add_shown(c, reply, &text, &buttons);
}

static enum err compose_choices(struct composing *c, const struct reply *reply)
{
    struct talk_text text;
    talk_text_init(&text, c->arena);
    talk_text_add_markup(&text, reply->text);
    for (size_t i = 0; i < reply->n_options; i++)
        talk_text_add_plain(&text, arena_format(c->arena, "%zu. %.*s", i + 1, STR_ARG(reply->options[i].label)),
                            TALK_PLAIN);
    talk_text_add_plain(&text, reply->how_to_answer, TALK_PLAIN);
    return add_messages(c, reply->pause_ms, &text, &(struct extras){.is_private = false});
}

static enum err compose_card(struct composing *c, const struct reply *reply)
{
    const struct reply_card *card = &reply->card;
    struct talk_text text;
    struct buttons buttons;
    talk_text_init(&text, c->arena);
    buttons_init(&buttons, c->arena);
    talk_text_add_markup(&text, reply->text);
    talk_text_add_blank(&text);
    talk_text_add_plain(&text, card->name, TALK_BOLD);
    talk_text_add_plain(&text, card->price, TALK_PLAIN);
    if (card->image.n > 0)
        talk_text_add_link(&text, STR(""), card->image);
    if (card->url.n > 0)
        add_button(&buttons, &text, card->button, card->url);
    return add_shown(c, reply, &text, &buttons);
}

/* ── what staff see ────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct settings_person *find_person(const struct channel_talk *ct, struct str name)
{
    for (size_t i = 0; i < ct->settings->people.n; i++)
        if (str_eq(ct->settings->people.items[i].name, name))
            return &ct->settings->people.items[i];
    return NULL;
}

/* Whom the note alerts: everybody, or the managers by the name that `mention` gives them.  A customer who waits for
 * people that no longer exist is everybody's. */
static void add_mentions(struct talk_text *text, const struct settings_person *person)
{
    if (person == NULL || str_eq(person->mention, STR("all"))) {
        talk_text_add_mention(text, STR("all"), STR("all"));
        return;
    }
    struct str name = person->mention.n > 0 ? person->mention : person->name;
    for (size_t i = 0; i < person->managers.n; i++)
        talk_text_add_mention(text, person->managers.items[i], name);
}

static enum err add_managers(struct composing *c, struct strs managers)
{
    struct buf payload;
    begin_payload(c, &payload, managers.n == 1 ? "assign" : "invite");
    json_add_member(&payload, "chat_id", c->chat);
    add_list(&payload, "managers", managers);
    buf_add_char(&payload, '}');
    return add_request(c, 0, STR(""), &payload);
}

static enum err compose_hand_over(struct composing *c, const struct reply *reply)
{
    const struct settings_person *person = find_person(c->ct, reply->to);
    struct talk_text text;
    talk_text_init(&text, c->arena);
    add_mentions(&text, person);
    talk_text_add_plain(&text, reply->note.n > 0 ? reply->note : reply->to, TALK_PLAIN);
    struct extras extras = {.is_private = true, .counts = STR("hand_over")};
    enum err rc = add_messages(c, reply->pause_ms, &text, &extras);
    if (rc == OK && person != NULL && person->managers.n > 0)
        rc = add_managers(c, person->managers);
    return rc;
}

static enum err compose_tag(struct composing *c, const struct reply *reply)
{
    if (reply->tags.n == 0 || c->user.n == 0)
        return OK;
    struct buf payload;
    begin_payload(c, &payload, "tag");
    json_add_member(&payload, "user_id", c->user);
    add_list(&payload, "tags", reply->tags);
    buf_add_char(&payload, '}');
    return add_request(c, reply->pause_ms, STR(""), &payload);
}

/* ── the turn ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err compose_reply(struct composing *c, const struct reply *reply)
{
    switch (reply->kind) {
    case REPLY_TEXT:
    case REPLY_SHEET: /* asked for by platforms that can show one; this one says what it would */
        return compose_text(c, reply);
    case REPLY_CHOICES:
        return compose_choices(c, reply);
    case REPLY_CARD:
        return compose_card(c, reply);
    case REPLY_HAND_OVER:
        return compose_hand_over(c, reply);
    case REPLY_TAG:
        return compose_tag(c, reply);
    }
    return fail(c->error, ERR_INTERNAL, "a reply of unknown kind %d", (int)reply->kind);
}

/* Where the turn goes: the event's address; a timer may carry none, then its conversation says the chat. */
static enum err read_address(struct composing *c, const struct compose_input *input)
{
    struct json_value *address = NULL;
    if (input->event->address.n > 0 && json_read(c->arena, input->event->address, &address, c->error) != OK)
        return during(c->error, "reading the address of a Channel Talk chat");
    struct str conversation = input->event->conversation;
    struct str of_conversation = str_starts(conversation, STR(CHANNEL_TALK_CONVERSATION))
                                     ? str_skip(conversation, sizeof CHANNEL_TALK_CONVERSATION - 1)
                                     : STR("");
    c->chat = json_get_str(address, STR("chat_id"), STR(""));
    if (c->chat.n == 0)
        c->chat = of_conversation;
    c->user = json_get_str(address, STR("user_id"), STR(""));
    if (c->user.n == 0)
        c->user = input->user;
    return c->chat.n > 0 ? OK : fail(c->error, ERR_INVALID, "no chat to answer in");
}

enum err channel_talk_compose(const struct platform *self, const struct compose_input *input, struct arena *arena,
                              struct outgoings *ret_outgoings, struct error *error)
{
    struct composing c = {.ct = channel_talk_of(self), .arena = arena, .error = error};
    enum err rc = input->replies->n > 0 ? read_address(&c, input) : OK;
    for (size_t i = 0; rc == OK && i < input->replies->n; i++)
        rc = compose_reply(&c, &input->replies->items[i]);
    if (rc != OK)
        return rc;
    *ret_outgoings = (struct outgoings){c.items, c.n};
    return OK;
}
