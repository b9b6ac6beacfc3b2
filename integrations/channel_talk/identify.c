/* integrations/channel_talk/identify.c — names the event of a webhook: its key and its conversation.
 *
 *   message   channel_talk:msg:<id>                       one message, whatever event words deliver it
 *   userChat  channel_talk:chat:<id>:<opening>:<version>  each version of each opening: a tag added later is seen
 *
 * Everything else that is genuine is nothing for us.                                                                 */
#include "bot/base/arena.h"
#include "bot/base/json.h"
#include "bot/base/secret.h"
#include "integrations/channel_talk/methods.h"

#include "bot/base/banned.h"

enum channel_talk_type channel_talk_type_of(struct str type)
{
    static const struct {
        struct str name;
        enum channel_talk_type type;
    } types[] = {
        {STR_INIT("message"), CHANNEL_TALK_MESSAGE},
        {STR_INIT("userChat"), CHANNEL_TALK_USER_CHAT},
        {STR_INIT("user"), CHANNEL_TALK_USER},
    };
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_eq_nocase(type, types[i].name))
            return types[i].type;
    return CHANNEL_TALK_OTHER;
}

static bool is_id(struct str id)
{
    return id.n > 0 && id.n <= CHANNEL_TALK_MAX_ID_BYTES;
}

struct str channel_talk_opening(struct str opened, struct str first_opened, struct str created)
{
    const struct str times[] = {opened, first_opened, created};
    for (size_t i = 0; i < COUNT_OF(times); i++)
        if (is_id(times[i]) && !str_eq(times[i], STR("0")))
            return times[i];
    return STR("0");
}

/* A message without an id is told apart by its bytes. */
static struct str message_key(struct reader *r, const json_t *entity, struct str body)
{
    struct str id = json_may_id(r, entity, "id", STR(""));
    if (is_id(id))
        return arena_format(r->arena, CHANNEL_TALK_NAME ":msg:%.*s", STR_ARG(id));
    unsigned char hash[SECRET_HMAC_BYTES];
    secret_sha256(body, hash);
    struct str hex = secret_hex(r->arena, (struct str){(const char *)hash, sizeof hash});
    return arena_format(r->arena, CHANNEL_TALK_NAME ":body:%.*s", STR_ARG(hex));
}

static struct str chat_key(struct reader *r, const json_t *entity, struct str chat)
{
    struct str opening = channel_talk_opening(json_may_id(r, entity, "openedAt", STR("")),
                                              json_may_id(r, entity, "firstOpenedAt", STR("")),
                                              json_may_id(r, entity, "createdAt", STR("")));
    struct str version = json_may_id(r, entity, "version", json_may_id(r, entity, "updatedAt", STR("0")));
    if (!is_id(version))
        version = STR("0");
    return arena_format(r->arena, CHANNEL_TALK_NAME ":chat:%.*s:%.*s:%.*s", STR_ARG(chat), STR_ARG(opening),
                        STR_ARG(version));
}

/* The event's type and key, or why there is nothing to record. */
static const char *name_event(struct reader *r, const json_t *root, struct str body, struct arrival *ret_arrival)
{
    if (str_eq_nocase(json_may_str(r, root, "event", STR("")), STR("delete")))
        return "deleted";
    enum channel_talk_type type = channel_talk_type_of(json_may_str(r, root, "type", STR("")));
    if (type == CHANNEL_TALK_USER)
        return "user_event";
    if (type == CHANNEL_TALK_OTHER)
        return "unknown_type";
    const json_t *entity = json_at(root, "entity");
    if (!json_is_object(entity))
        return "no_entity";
    bool is_message = type == CHANNEL_TALK_MESSAGE;
    struct str chat = json_may_id(r, entity, is_message ? "chatId" : "id", STR(""));
    if (!is_id(chat))
        return "no_chat";
    bool closed = str_eq_nocase(json_may_str(r, entity, "state", STR("")), STR("closed"));
    enum event_kind kind = is_message ? EVENT_MESSAGE : closed ? EVENT_CLOSED : EVENT_OPENED;
    *ret_arrival = (struct arrival){
        .key = is_message ? message_key(r, entity, body) : chat_key(r, entity, chat),
        .conversation = arena_format(r->arena, CHANNEL_TALK_CONVERSATION "%.*s", STR_ARG(chat)),
        .type = event_kind_name(kind),
    };
    return NULL;
}

enum err channel_talk_identify(const struct platform *self, const struct inbound *inbound, struct arena *arena,
                               struct arrivals *ret_arrivals, struct error *error)
{
    (void)self;
    CLEANUP(json_releasep) json_t *root = NULL;
    if (json_parse_body(inbound->body, &root, error) != OK)
        return during(error, "reading a Channel Talk webhook");
    struct reader r = {.arena = arena, .error = error};
    struct arrival *arrival = arena_alloc(arena, sizeof *arrival);
    if (arrival == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for a Channel Talk event");
    const char *ignored = name_event(&r, root, inbound->body, arrival);
    if (r.rc != OK)
        return during(error, "naming a Channel Talk event");
    if (ignored == NULL && (arrival->key.n == 0 || arrival->conversation.n == 0))
        return fail(error, ERR_NO_MEMORY, "no memory for a Channel Talk event's key");
    *ret_arrivals = (struct arrivals){.items = arrival, .n = ignored == NULL ? 1 : 0, .ignored = ignored};
    return OK;
}
