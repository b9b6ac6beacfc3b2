/* integrations/channel_talk/send.c — one request of the outbox, sent.
 *
 * A message carries its idempotency key as requestId, the same on every try: Channel Talk may drop the second one by
 * it, and we know our own echo by it.  Earlier tries may have come through although nobody said so: before the last
 * one, and when a later one is refused, the requestId is looked for in the chat.  Blocks that are refused go out once
 * more as plain text with their links written out.                                                                  */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/log.h"
#include "bot/base/settings.h"
#include "integrations/channel_talk/api.h"
#include "integrations/channel_talk/methods.h"

#include "bot/base/banned.h"

enum {
    MAX_PATH_BYTES = 16 * 1024,
    MAX_BODY_BYTES = 256 * 1024,
    MAX_USER_TAGS = 20,
    RECENT_MESSAGES = 100, /* how far back a message of unknown fate is looked for */
};

struct sending {
    const struct channel_talk *ct;
    const struct outgoing *outgoing;
    struct arena *arena;
    const struct json_value *payload;
};

typedef struct delivery sender(struct sending *s);
static sender send_message, send_invite, send_assign, send_tag;

static const struct {
    struct str what;
    sender *send;
} senders[] = {
    {STR_INIT("message"), send_message},
    {STR_INIT("invite"), send_invite},
    {STR_INIT("assign"), send_assign},
    {STR_INIT("tag"), send_tag},
};

static struct delivery never(const char *reason)
{
    return (struct delivery){.result = DELIVERY_NEVER, .reason = str_of(reason)};
}

static struct delivery later(const char *reason)
{
    return (struct delivery){.result = DELIVERY_LATER, .reason = str_of(reason)};
}

static struct str field(const struct sending *s, const char *name)
{
    return json_get_str(s->payload, str_of(name), STR(""));
}

static struct channel_talk_result call(struct sending *s, const char *method, const struct buf *path, struct str body)
{
    if (buf_failed(path))
        return (struct channel_talk_result){.delivery = never("an id is too long")};
    struct channel_talk_request request = {.method = method, .path = buf_str(path), .body = body};
    return channel_talk_call(s->ct, &request, s->arena);
}

/* "/user-chats/ID" and what follows. */
static void begin_chat_path(struct sending *s, struct buf *path, const char *rest)
{
    buf_init(path, s->arena, MAX_PATH_BYTES);
    buf_add(path, STR("/user-chats/"));
    channel_talk_add_encoded(path, field(s, "chat_id"));
    buf_add(path, str_of(rest));
}

static void add_bot_name(struct sending *s, struct buf *path)
{
    buf_add(path, STR("?botName="));
    channel_talk_add_encoded(path, s->ct->settings->bot_name);
}

/* ── messages ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct json_value *read_answer(struct sending *s, struct str body)
{
    struct json_value *root = NULL;
    return json_read(s->arena, body, &root, NULL) == OK ? root : NULL;
}

static void copy_member(struct buf *out, const struct json_value *from, const char *name)
{
    const struct json_value *value = json_get(from, str_of(name));
    if (value == NULL)
        return;
    json_add_key(out, name);
    json_add_value(out, value);
}

enum form { FORM_BLOCKS, FORM_PLAIN };

static struct channel_talk_result post_message(struct sending *s, enum form form)
{
    struct buf path, body;
    begin_chat_path(s, &path, "/messages");
    if (s->ct->settings->bot_name.n > 0)
        add_bot_name(s, &path);
    buf_init(&body, s->arena, MAX_BODY_BYTES);
    buf_add_char(&body, '{');
    if (form == FORM_BLOCKS) {
        copy_member(&body, s->payload, "blocks");
        copy_member(&body, s->payload, "buttons");
    } else {
        json_add_member(&body, "plainText", field(s, "plain"));
    }
    copy_member(&body, s->payload, "options");
    json_add_member(&body, "requestId", s->outgoing->idempotency_key);
    buf_add_char(&body, '}');
    if (buf_failed(&body))
        return (struct channel_talk_result){.delivery = never("the message is too long")};
    return call(s, "POST", &path, buf_str(&body));
}

/* The id of our message in the chat, empty when it is not there or nobody can say. */
static struct str find_sent(struct sending *s)
{
    struct buf path;
    begin_chat_path(s, &path, "/messages?sortOrder=desc");
    buf_addf(&path, "&limit=%d", RECENT_MESSAGES);
    struct channel_talk_result found = call(s, "GET", &path, STR(""));
    if (found.delivery.result != DELIVERY_SENT)
        return STR("");
    const struct json_value *messages = json_get(read_answer(s, found.body), STR("messages"));
    if (messages == NULL || messages->kind != JSON_ARRAY_)
        return STR("");
    for (const struct json_value *m = messages->child; m != NULL; m = m->next)
        if (str_eq(json_get_str(m, STR("requestId"), STR("")), s->outgoing->idempotency_key))
            return json_get_str(m, STR("id"), s->outgoing->idempotency_key);
    return STR("");
}

static void count(struct sending *s)
{
    struct channel_talk_state *state = s->ct->state;
    struct str what = field(s, "counts");
    if (str_eq(what, STR("hand_over")))
        atomic_fetch_add(&state->hand_overs, 1);
    else
        atomic_fetch_add(&state->messages, 1);
    if (str_eq(what, STR("recommendation")))
        atomic_fetch_add(&state->recommendations, 1);
}

static struct delivery sent(struct sending *s, struct str id)
{
    count(s);
    return (struct delivery){.result = DELIVERY_SENT, .receipt = id};
}

static struct delivery send_message(struct sending *s)
{
    bool tried_before = s->outgoing->attempt > 1;
    struct str id = tried_before && s->outgoing->last_attempt ? find_sent(s) : STR("");
    if (id.n > 0)
        return sent(s, id);
    struct channel_talk_result result = post_message(s, FORM_BLOCKS);
    if (result.refused)
        result = post_message(s, FORM_PLAIN);
    if (result.delivery.result == DELIVERY_SENT) {
        const struct json_value *message = json_get(read_answer(s, result.body), STR("message"));
        return sent(s, json_get_str(message, STR("id"), STR("")));
    }
    /* refused now, perhaps because an earlier try of unknown fate came through */
    if (result.delivery.result == DELIVERY_NEVER && tried_before)
        id = find_sent(s);
    return id.n > 0 ? sent(s, id) : result.delivery;
}

/* ── people ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct json_value *list_of(const struct sending *s, const char *name)
{
    const struct json_value *list = json_get(s->payload, str_of(name));
    return list != NULL && list->kind == JSON_ARRAY_ ? list->child : NULL;
}

static struct delivery send_invite(struct sending *s)
{
    struct buf path;
    begin_chat_path(s, &path, "/invite");
    add_bot_name(s, &path);
    for (const struct json_value *manager = list_of(s, "managers"); manager != NULL; manager = manager->next) {
        buf_add(&path, STR("&managerIds="));
        channel_talk_add_encoded(&path, manager->text);
    }
    return call(s, "PATCH", &path, STR("")).delivery;
}

static struct delivery send_assign(struct sending *s)
{
    const struct json_value *manager = list_of(s, "managers");
    if (manager == NULL)
        return never("no manager is named");
    struct buf path;
    begin_chat_path(s, &path, "/assign-to/managers/");
    channel_talk_add_encoded(&path, manager->text);
    add_bot_name(s, &path);
    return call(s, "PATCH", &path, STR("")).delivery;
}

/* ── tags ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct tags {
    struct str items[MAX_USER_TAGS];
    size_t n;
    bool full;  /* one did not fit */
    bool added; /* there is something to write */
};

static void add_tag(struct tags *tags, struct str tag)
{
    if (tag.n == 0 || strs_contain((struct strs){tags->items, tags->n}, tag))
        return;
    if (tags->n == MAX_USER_TAGS) {
        tags->full = true;
        return;
    }
    tags->items[tags->n++] = tag;
    tags->added = true;
}

/* Channel Talk replaces the whole list, so nothing may be written before the present one was read. */
static struct delivery read_tags(struct sending *s, const struct buf *path, struct tags *ret_tags)
{
    struct channel_talk_result got = call(s, "GET", path, STR(""));
    if (got.delivery.result != DELIVERY_SENT)
        return got.delivery;
    const struct json_value *user = json_get(read_answer(s, got.body), STR("user"));
    if (user == NULL || user->kind != JSON_OBJECT_)
        return later("the answer holds no user");
    const struct json_value *list = json_get(user, STR("tags"));
    struct tags tags = {.n = 0};
    for (const struct json_value *tag = list == NULL ? NULL : list->child; tag != NULL; tag = tag->next)
        if (tag->kind == JSON_STRING_)
            add_tag(&tags, tag->text);
    tags.added = false;
    *ret_tags = tags;
    return got.delivery;
}

static struct delivery write_tags(struct sending *s, const struct buf *path, const struct tags *tags)
{
    struct buf body;
    buf_init(&body, s->arena, MAX_BODY_BYTES);
    buf_add(&body, STR("{\"tags\":["));
    for (size_t i = 0; i < tags->n; i++) {
        json_add_comma(&body);
        json_add_str(&body, tags->items[i]);
    }
    buf_add(&body, STR("]}"));
    return buf_failed(&body) ? never("the tags are too long") : call(s, "PATCH", path, buf_str(&body)).delivery;
}

static struct delivery send_tag(struct sending *s)
{
    struct buf path;
    buf_init(&path, s->arena, MAX_PATH_BYTES);
    buf_add(&path, STR("/users/"));
    channel_talk_add_encoded(&path, field(s, "user_id"));
    struct tags tags;
    struct delivery read = read_tags(s, &path, &tags);
    if (read.result != DELIVERY_SENT)
        return read;
    for (const struct json_value *tag = list_of(s, "tags"); tag != NULL; tag = tag->next)
        add_tag(&tags, tag->text);
    if (tags.full)
        LOG_WARNING("channel_talk.tags_left_out", F_STR("user", field(s, "user_id")), F_I64("most", MAX_USER_TAGS));
    if (tags.added)
        return write_tags(s, &path, &tags);
    return tags.full ? never("the user has as many tags as there may be") : read;
}

/* ── dispatch ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static sender *find_sender(struct str what)
{
    for (size_t i = 0; i < COUNT_OF(senders); i++)
        if (str_eq(what, senders[i].what))
            return senders[i].send;
    return NULL;
}

struct delivery channel_talk_send(const struct platform *self, const struct outgoing *outgoing, struct arena *arena)
{
    struct json_value *payload = NULL;
    if (json_read(arena, outgoing->payload, &payload, NULL) != OK)
        return never("the stored request cannot be read");
    struct sending s = {.ct = channel_talk_of(self), .outgoing = outgoing, .arena = arena, .payload = payload};
    sender *do_send = find_sender(field(&s, "do"));
    struct delivery delivery = do_send == NULL ? never("the stored request is of an unknown kind") : do_send(&s);
    return delivery;
}
