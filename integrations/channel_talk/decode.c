/* integrations/channel_talk/decode.c — the stored webhook, with what was fetched, as an event.
 *
 *   message    entity: Message    refers.userChat, refers.user, refers.bot, refers.manager
 *   userChat   entity: UserChat   refers.user
 *   fetched    {"userChat", "user", "workflow"} of GET user-chats/ID
 *
 * Any of them may be missing or cut down to a few keys; a field that is absent never disqualifies.                  */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "integrations/channel_talk/methods.h"
#include "integrations/channel_talk/profile.h"

#include "bot/base/banned.h"

enum { MAX_ADDRESS_BYTES = 1024 };

/* The trees that an event is read from; any may be NULL. */
struct sources {
    struct reader r;
    const json_t *root, *entity;
    const json_t *chat, *user;                 /* as the webhook has them */
    const json_t *fetched;                     /* the whole answer        */
    const json_t *fetched_chat, *fetched_user; /* its parts               */
};

/* The webhook tells how things were when it happened; what it leaves out is filled from what was fetched. */
static const json_t *chat_at(const struct sources *in, const char *path)
{
    const json_t *node = json_at(in->chat, path);
    return node != NULL ? node : json_at(in->fetched_chat, path);
}

static struct str chat_id_at(struct sources *in, const char *path)
{
    return json_may_id(&in->r, in->chat, path, json_may_id(&in->r, in->fetched_chat, path, STR("")));
}

static struct str user_id_at(struct sources *in, const char *path)
{
    return json_may_id(&in->r, in->user, path, json_may_id(&in->r, in->fetched_user, path, STR("")));
}

static const json_t *object_at(const json_t *root, const char *path)
{
    const json_t *node = json_at(root, path);
    return json_is_object(node) ? node : NULL;
}

/* ── how the chat began ────────────────────────────────────────────────────────────────────────────────────────── */

static bool tells_origin(const json_t *chat)
{
    /* v5: `source`, even when no bot is in it; v4: the bot beside words that only a whole v4 chat has */
    return object_at(chat, "source") != NULL || object_at(chat, "supportBot") != NULL ||
           json_is_string(json_at(chat, "handling")) || json_is_string(json_at(chat, "sourcePage"));
}

static void add_bot(struct strs *bots, struct str *items, struct str id)
{
    if (id.n > 0 && !strs_contain(*bots, id))
        items[bots->n++] = id;
}

static void read_origin(struct sources *in, struct event *event)
{
    static const char *const paths[] = {"source.supportBot.id", "source.workflow.id", "supportBot.id", "workflow.id"};
    struct str *items = arena_alloc_array(in->r.arena, COUNT_OF(paths) * 2 + 1, sizeof *items);
    if (items == NULL)
        return;
    event->bots = (struct strs){items, 0};
    const json_t *chats[] = {in->chat, in->fetched_chat};
    for (size_t c = 0; c < COUNT_OF(chats); c++)
        for (size_t p = 0; p < COUNT_OF(paths); p++)
            add_bot(&event->bots, items, json_may_id(&in->r, chats[c], paths[p], STR("")));
    /* a support bot that became a workflow keeps its old id here; a workflow that merely ran later does not count */
    struct str workflow = json_may_id(&in->r, in->fetched, "workflow.id", STR(""));
    if (workflow.n > 0 && strs_contain(event->bots, workflow))
        add_bot(&event->bots, items, json_may_id(&in->r, in->fetched, "workflow.migrationInfo.fromId", STR("")));
    event->bots_known = event->bots.n > 0 || tells_origin(in->chat) || in->fetched_chat != NULL;
}

/* ── who and where ─────────────────────────────────────────────────────────────────────────────────────────────── */

static void read_chat(struct sources *in, struct event *event)
{
    event->workspace = json_may_id(&in->r, in->entity, "channelId", chat_id_at(in, "channelId"));
    event->user = user_id_at(in, "id");
    if (event->user.n == 0)
        event->user = chat_id_at(in, "userId");
    event->locale = user_id_at(in, "language");
    event->tags = json_may_strs(&in->r, json_at(in->chat, "tags") != NULL ? in->chat : in->fetched_chat, "tags");
    event->taken_over = chat_id_at(in, "assigneeId").n > 0;
    read_origin(in, event);
}

static enum err write_address(struct sources *in, struct event *event)
{
    struct str chat = str_skip(event->conversation, sizeof CHANNEL_TALK_CONVERSATION - 1);
    struct buf out;
    buf_init(&out, in->r.arena, MAX_ADDRESS_BYTES);
    buf_add_char(&out, '{');
    json_add_member(&out, "chat_id", chat);
    json_add_member(&out, "user_id", event->user);
    json_add_member(&out, "channel_id", event->workspace);
    buf_add_char(&out, '}');
    if (buf_failed(&out))
        return fail(in->r.error, ERR_INVALID, "the ids of a Channel Talk chat are too long");
    event->address = buf_str(&out);
    return OK;
}

/* ── messages ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_private(struct sources *in)
{
    return strs_contain(json_may_strs(&in->r, in->entity, "options"), STR("private"));
}

/* Our own requestId first: a message sent with `actAsManager` carries who knows which personType. */
static enum event_author author_of(struct sources *in)
{
    const json_t *entity = in->entity;
    if (str_starts(json_may_str(&in->r, entity, "requestId", STR("")), STR(CHANNEL_TALK_REQUEST_PREFIX)))
        return AUTHOR_SELF;
    if (json_at(entity, "log") != NULL || is_private(in))
        return AUTHOR_SYSTEM;
    struct str person = json_may_str(&in->r, entity, "personType", STR(""));
    if (str_eq_nocase(person, STR("bot")) || object_at(entity, "alf") != NULL)
        return AUTHOR_BOT;
    if (str_eq_nocase(person, STR("manager")))
        return AUTHOR_MANAGER;
    if (str_eq_nocase(person, STR("user")))
        return AUTHOR_USER;
    if (person.n > 0) /* a kind of person that did not exist when this was written */
        return AUTHOR_SYSTEM;
    return object_at(in->root, "refers.bot") != NULL       ? AUTHOR_BOT
           : object_at(in->root, "refers.manager") != NULL ? AUTHOR_MANAGER
                                                           : AUTHOR_USER;
}

static bool is_thread(struct sources *in)
{
    struct str chat = json_may_str(&in->r, in->entity, "chatKey", STR(""));
    struct str thread = json_may_str(&in->r, in->entity, "threadKey", chat);
    return json_may_bool(&in->r, in->entity, "threadMsg", false) || (chat.n > 0 && !str_eq(chat, thread));
}

static bool is_unmanaged(const struct sources *in)
{
    return json_is_false(chat_at(in, "managed")); /* still inside the platform's own automation */
}

static const char *why_ignore_message(struct sources *in, enum event_author author)
{
    if (!str_eq_nocase(json_may_str(&in->r, in->entity, "chatType", STR("userChat")), STR("userChat")))
        return "not_a_user_chat";
    if (is_thread(in))
        return "thread";
    return author == AUTHOR_USER && is_unmanaged(in) ? "not_managed" : NULL;
}

/* `contentType` is the MIME type; old messages have only `type`: "image", "file". */
static enum err read_files(struct sources *in, struct event *event)
{
    const json_t *list = json_at(in->entity, "files");
    size_t n = json_array_size(list);
    n = n < EVENT_MAX_FILES ? n : EVENT_MAX_FILES;
    struct event_file *files = arena_alloc_array(in->r.arena, n, sizeof *files);
    if (files == NULL)
        return fail(in->r.error, ERR_NO_MEMORY, "the message's files do not fit into memory");
    for (size_t i = 0; i < n; i++) {
        const json_t *file = json_array_get(list, i);
        struct str type = json_may_str(&in->r, file, "type", STR(""));
        files[i] = (struct event_file){
            .id = json_may_id(&in->r, file, "key", json_may_id(&in->r, file, "id", STR(""))),
            .name = json_may_str(&in->r, file, "name", STR("")),
            .type = json_may_str(&in->r, file, "contentType", type),
            .bytes = json_may_i64(&in->r, file, "size", 0),
        };
    }
    event->has_files = n > 0;
    event->files = files;
    event->n_files = n;
    return OK;
}

static enum err read_message(struct sources *in, struct event *event)
{
    const json_t *entity = in->entity;
    event->kind = EVENT_MESSAGE;
    event->author = author_of(in);
    event->ignored = why_ignore_message(in, event->author);
    event->happened_ms = json_may_i64(&in->r, entity, "createdAt", 0);
    if (event->user.n == 0 && event->author == AUTHOR_USER)
        event->user = json_may_id(&in->r, entity, "personId", STR(""));
    if (event->locale.n == 0 && event->author == AUTHOR_USER)
        event->locale = json_may_str(&in->r, entity, "language", STR(""));
    if (read_files(in, event) != OK)
        return during(in->r.error, "reading a message");
    enum err rc = text_nfc(in->r.arena, json_may_str(&in->r, entity, "plainText", STR("")), &event->text);
    return rc == OK ? OK : fail(in->r.error, rc, "the message's text cannot be normalised");
}

/* ── chats ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void read_user_chat(struct sources *in, struct event *event)
{
    const json_t *chat = in->entity;
    struct str state = json_may_str(&in->r, chat, "state", STR("opened"));
    event->author = AUTHOR_USER;
    event->happened_ms = json_may_i64(&in->r, chat, "updatedAt", json_may_i64(&in->r, chat, "openedAt", 0));
    if (str_eq_nocase(state, STR("closed"))) {
        event->kind = EVENT_CLOSED;
        return;
    }
    event->kind = str_eq_nocase(state, STR("opened")) ? EVENT_OPENED : EVENT_OTHER;
    if (event->kind == EVENT_OTHER)
        event->ignored = "chat_not_opened";
    else if (is_unmanaged(in))
        event->ignored = "not_managed";
    event->opening = channel_talk_opening(json_may_id(&in->r, chat, "openedAt", STR("")),
                                          json_may_id(&in->r, chat, "firstOpenedAt", STR("")),
                                          json_may_id(&in->r, chat, "createdAt", STR("")));
}

/* ── the whole ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A user without any profile has no such key; one that was cut down to its id has no type either. */
static bool tells_profile(const json_t *user)
{
    return object_at(user, "profile") != NULL || json_is_string(json_at(user, "type"));
}

static unsigned what_is_missing(const struct sources *in, const struct event *event)
{
    bool matters = event->ignored == NULL && event->author == AUTHOR_USER &&
                   (event->kind == EVENT_OPENED || event->kind == EVENT_MESSAGE);
    if (!matters || in->fetched_chat != NULL)
        return 0;
    return (event->bots_known ? 0u : EVENT_NEEDS_ORIGIN) | (tells_profile(in->user) ? 0u : EVENT_NEEDS_PROFILE);
}

static enum err read_event(struct sources *in, struct event *event)
{
    switch (channel_talk_type_of(json_may_str(&in->r, in->root, "type", STR("")))) {
    case CHANNEL_TALK_MESSAGE:
        in->chat = object_at(in->root, "refers.userChat");
        read_chat(in, event);
        return read_message(in, event);
    case CHANNEL_TALK_USER_CHAT:
        in->chat = in->entity;
        read_chat(in, event);
        read_user_chat(in, event);
        return OK;
    case CHANNEL_TALK_USER:
    case CHANNEL_TALK_OTHER:
        break;
    }
    return fail(in->r.error, ERR_INVALID, "neither a message nor a user chat");
}

static enum err decode(struct sources *in, const struct stored *stored, struct event *event)
{
    in->entity = object_at(in->root, "entity");
    in->user = object_at(in->root, "refers.user");
    in->fetched_chat = object_at(in->fetched, "userChat");
    in->fetched_user = object_at(in->fetched, "user");
    if (in->entity == NULL)
        return fail(in->r.error, ERR_INVALID, "no entity");
    enum err rc = read_event(in, event);
    if (rc == OK)
        rc = write_address(in, event);
    if (rc == OK)
        rc = channel_talk_profile(in->r.arena, stored, &event->profile, in->r.error);
    if (rc == OK)
        rc = in->r.rc;
    if (rc != OK)
        return rc;
    event->missing = what_is_missing(in, event);
    return OK;
}

enum err channel_talk_decode(const struct platform *self, const struct stored *stored, struct arena *arena,
                             struct event *ret_event, struct error *error)
{
    (void)self;
    CLEANUP(json_releasep) json_t *root = NULL;
    CLEANUP(json_releasep) json_t *fetched = NULL;
    if (json_parse_body(stored->body, &root, error) != OK)
        return during(error, "reading a stored Channel Talk webhook");
    if (stored->extra.n > 0 && json_parse_body(stored->extra, &fetched, error) != OK)
        return during(error, "reading what was fetched for a Channel Talk chat");
    struct sources in = {.r = {.arena = arena, .error = error}, .root = root, .fetched = fetched};
    struct event event = {.key = stored->key, .platform = STR(CHANNEL_TALK_NAME), .conversation = stored->conversation};
    if (decode(&in, stored, &event) != OK)
        return during(error, "decoding a Channel Talk event");
    *ret_event = event;
    return OK;
}
