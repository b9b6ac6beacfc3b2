#include "integrations/web_chat/web_chat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/model/markup.h"
#include "bot/net/loop.h"
#include "bot/net/ws_server.h"
#include "integrations/web_chat/methods.h"

#include "bot/base/banned.h"

enum {
    MAX_PAGES = 16, /* of one visitor that are served */
    MAX_SETTLED_BYTES = 256,
    MAX_DRAFT_BYTES = 512 * 1024,
    DRAFT_MS = 80, /* a draft is shown no more often: each one is whole */
};

/* ── to the sockets ────────────────────────────────────────────────────────────────────────────────────────────── */

/* A message on its way to the loop thread. */
struct parcel {
    struct loop *loop;
    uint64_t connections[MAX_PAGES];
    size_t n;
    size_t n_text;
    char text[];
};

static void deliver(void *arg)
{
    struct parcel *parcel = arg;
    for (size_t i = 0; i < parcel->n; i++)
        ws_send(parcel->loop, parcel->connections[i], (struct str){parcel->text, parcel->n_text});
    free(parcel);
}

static enum err post(struct web_chat *web_chat, const uint64_t *connections, size_t n, struct str text)
{
    if (n == 0 || web_chat->parts.loop == NULL)
        return OK;
    struct parcel *parcel = malloc(sizeof *parcel + text.n);
    if (parcel == NULL)
        return ERR_NO_MEMORY;
    parcel->loop = web_chat->parts.loop;
    parcel->n = n;
    parcel->n_text = text.n;
    memcpy(parcel->connections, connections, n * sizeof *connections);
    memcpy(parcel->text, text.p, text.n);
    loop_post(parcel->loop, deliver, parcel);
    return OK;
}

/* ── send ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct delivery later(struct arena *arena, const struct error *error)
{
    return (struct delivery){.result = DELIVERY_LATER, .reason = arena_copy(arena, str_of(error->text))};
}

/* Only to the page that said hello, and only while the visitor still sits there: a connection's number may belong to
 * somebody else after a restart. */
static struct delivery send_history(struct web_chat *web_chat, const struct json_value *payload, struct str visitor,
                                    struct arena *arena)
{
    struct error error = {0};
    struct visitor_name name;
    struct str text;
    int64_t number = 0;
    bool there = str_to_i64(json_get_str(payload, STR("connection"), STR("")), &number) &&
                 visitors_name(web_chat->visitors, (uint64_t)number, &name) && str_eq(str_of(name.text), visitor);
    if (!there)
        return (struct delivery){.result = DELIVERY_SENT};
    struct str conversation = arena_format(arena, WEB_CHAT_PREFIX "%.*s", STR_ARG(visitor));
    struct history_query query = {.conversation = conversation,
                                  .except = json_get_str(payload, STR("except"), STR("")),
                                  .only_sent = json_get_bool(payload, STR("only_sent"), false)};
    uint64_t connection = (uint64_t)number;
    if (web_chat_history(web_chat, &query, arena, &text, &error) != OK || post(web_chat, &connection, 1, text) != OK)
        return later(arena, &error);
    return (struct delivery){.result = DELIVERY_SENT};
}

struct delivery web_chat_send(const struct platform *self, const struct outgoing *outgoing, struct arena *arena)
{
    struct web_chat *web_chat = web_chat_of(self);
    struct error error = {0};
    struct json_value *payload = NULL;
    struct str prefix = STR(WEB_CHAT_PREFIX);
    if (!str_starts(outgoing->conversation, prefix) || json_read(arena, outgoing->payload, &payload, &error) != OK)
        return (struct delivery){.result = DELIVERY_NEVER, .reason = STR("this is no message to a page")};
    struct str visitor = str_skip(outgoing->conversation, prefix.n);
    if (str_ends(visitor, STR(WEB_CHAT_HISTORY)))
        visitor.n -= sizeof WEB_CHAT_HISTORY - 1;
    if (str_eq(json_get_str(payload, STR("type"), STR("")), STR("history")))
        return send_history(web_chat, payload, visitor, arena);
    /* Nobody there: it is in the log, and the history shows it when the visitor comes back. */
    uint64_t connections[MAX_PAGES];
    size_t n = visitors_connections(web_chat->visitors, visitor, connections, MAX_PAGES);
    if (post(web_chat, connections, n, outgoing->payload) != OK)
        return (struct delivery){.result = DELIVERY_LATER, .reason = STR("out of memory")};
    return (struct delivery){.result = DELIVERY_SENT};
}

/* ── show ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Nothing is left of it that the answer would have to replace: the page forgets it with the next message. */
static struct delivery show(const struct platform *self, const struct showing *showing, struct arena *arena)
{
    struct web_chat *web_chat = web_chat_of(self);
    struct str prefix = STR(WEB_CHAT_PREFIX), conversation = showing->event->conversation, html;
    struct buf draft;
    buf_init(&draft, arena, MAX_DRAFT_BYTES);
    if (!str_starts(conversation, prefix) || markup_html(arena, showing->text, &html) != OK)
        return (struct delivery){.result = DELIVERY_NEVER, .reason = STR("this cannot be shown on a page")};
    buf_add(&draft, STR("{\"type\":\"draft\""));
    json_add_member(&draft, "text", showing->text);
    json_add_member(&draft, "html", html);
    buf_add_char(&draft, '}');
    uint64_t connections[MAX_PAGES];
    size_t n = visitors_connections(web_chat->visitors, str_skip(conversation, prefix.n), connections, MAX_PAGES);
    if (buf_failed(&draft) || post(web_chat, connections, n, buf_str(&draft)) != OK)
        return (struct delivery){.result = DELIVERY_NEVER, .reason = STR("out of memory")};
    return (struct delivery){.result = DELIVERY_SENT, .retry_after_ms = DRAFT_MS};
}

/* ── the other methods ─────────────────────────────────────────────────────────────────────────────────────────── */

/* Whoever opened a socket was checked by its origin. */
static enum err verify(const struct platform *self, const struct inbound *inbound, int64_t now_ms, struct error *error)
{
    (void)self;
    (void)inbound;
    (void)now_ms;
    (void)error;
    return OK;
}

static enum err answer(const struct platform *self, const struct inbound *inbound, struct arena *arena,
                       struct immediate *ret_immediate, struct error *error)
{
    (void)self;
    (void)inbound;
    (void)arena;
    (void)error;
    *ret_immediate = (struct immediate){.final = false};
    return OK;
}

static struct delivery fetch(const struct platform *self, const struct stored *stored, unsigned needs,
                             struct arena *arena, struct str *ret_extra, struct str *ret_conversation)
{
    (void)self;
    (void)stored;
    (void)needs;
    (void)arena;
    (void)ret_extra;
    (void)ret_conversation;
    return (struct delivery){.result = DELIVERY_NEVER, .reason = STR("a page tells all there is at once")};
}

/* ── life ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err web_chat_new(const struct web_chat_parts *parts, struct web_chat **ret_web_chat, struct error *error)
{
    struct web_chat *web_chat = calloc(1, sizeof *web_chat);
    struct visitors *visitors = visitors_new();
    if (web_chat == NULL || visitors == NULL) {
        free(web_chat);
        visitors_free(visitors);
        return fail(error, ERR_NO_MEMORY, "no memory for the web chat");
    }
    *web_chat = (struct web_chat){
        .platform = {.name = "web",
                     .has_buttons = true,
                     .shows_history = true,
                     .knows_keys = true,
                     .verify = verify,
                     .answer = answer,
                     .identify = web_chat_identify,
                     .decode = web_chat_decode,
                     .fetch = fetch,
                     .compose = web_chat_compose,
                     .show = show,
                     .send = web_chat_send},
        .parts = *parts,
        .visitors = visitors,
    };
    *ret_web_chat = web_chat;
    return OK;
}

void web_chat_free(struct web_chat *web_chat)
{
    if (web_chat == NULL)
        return;
    visitors_free(web_chat->visitors);
    free(web_chat);
}

const struct platform *web_chat_platform(const struct web_chat *web_chat)
{
    return &web_chat->platform;
}

void web_chat_recorded(struct web_chat *web_chat, uint64_t connection, bool kept)
{
    /* A refusal is told at once, before older messages are settled; what becomes durable is told in order. */
    struct visitor_name id;
    visitors_settle(web_chat->visitors, connection, !kept, &id);
    if (web_chat->parts.loop == NULL)
        return;
    char bytes[MAX_SETTLED_BYTES];
    int n = id.text[0] == '\0'
                ? snprintf(bytes, sizeof bytes, "{\"type\":\"%s\"}", kept ? "ack" : "failed")
                : snprintf(bytes, sizeof bytes, "{\"type\":\"%s\",\"id\":\"%s\"}", kept ? "ack" : "failed", id.text);
    ws_send(web_chat->parts.loop, connection, (struct str){bytes, (size_t)n});
}

void web_chat_closed(struct web_chat *web_chat, uint64_t connection)
{
    visitors_leave(web_chat->visitors, connection);
}
