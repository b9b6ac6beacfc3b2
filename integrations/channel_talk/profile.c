#include "integrations/channel_talk/profile.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "integrations/channel_talk/methods.h"

#include "bot/base/banned.h"

enum { MAX_SOURCES = 4 };

struct profiles {
    const struct json_value *objects[MAX_SOURCES]; /* a later one wins; any may be NULL */
    const struct json_value *people[MAX_SOURCES];  /* who may say the user's name        */
};

static bool is_known(const struct json_value *value)
{
    return value != NULL && value->kind != JSON_NULL_;
}

/* Does one of the profiles after `from` hold the key? */
static bool is_replaced(const struct profiles *profiles, size_t from, struct str key)
{
    for (size_t i = from + 1; i < MAX_SOURCES; i++)
        if (is_known(json_get(profiles->objects[i], key)))
            return true;
    return false;
}

static void add_name(struct buf *out, const struct profiles *profiles)
{
    for (size_t i = 0; i < MAX_SOURCES; i++)
        if (is_known(json_get(profiles->objects[i], STR("name"))))
            return;
    for (size_t i = 0; i < MAX_SOURCES; i++) {
        struct str name = json_get_str(profiles->people[i], STR("name"), STR(""));
        if (name.n == 0)
            continue;
        json_add_member(out, "name", name);
        return;
    }
}

static void add_profile(struct buf *out, const struct profiles *profiles, size_t i)
{
    const struct json_value *object = profiles->objects[i];
    if (object == NULL || object->kind != JSON_OBJECT_)
        return;
    for (const struct json_value *v = object->child; v != NULL; v = v->next) {
        if (!is_known(v) || is_replaced(profiles, i, v->key))
            continue;
        json_add_comma(out);
        json_add_str(out, v->key);
        buf_add_char(out, ':');
        json_add_value(out, v);
    }
}

static struct profiles find_profiles(const struct json_value *webhook, const struct json_value *fetched)
{
    const struct json_value *refers = json_get(webhook, STR("refers"));
    bool is_chat = channel_talk_type_of(json_get_str(webhook, STR("type"), STR(""))) == CHANNEL_TALK_USER_CHAT;
    const struct json_value *user = json_get(refers, STR("user"));
    const struct json_value *chat = is_chat ? json_get(webhook, STR("entity")) : json_get(refers, STR("userChat"));
    const struct json_value *fetched_user = json_get(fetched, STR("user"));
    const struct json_value *fetched_chat = json_get(fetched, STR("userChat"));
    return (struct profiles){
        .objects = {json_get(user, STR("profile")), json_get(fetched_user, STR("profile")),
                    json_get(chat, STR("profile")), json_get(fetched_chat, STR("profile"))},
        .people = {fetched_user, user, fetched_chat, chat},
    };
}

enum err channel_talk_profile(struct arena *arena, const struct stored *stored, struct str *ret_profile,
                              struct error *error)
{
    struct json_value *webhook = NULL, *fetched = NULL;
    enum err rc = json_read(arena, stored->body, &webhook, error);
    if (rc == OK && stored->extra.n > 0)
        rc = json_read(arena, stored->extra, &fetched, error);
    if (rc != OK)
        return during(error, "reading a profile");
    struct profiles profiles = find_profiles(webhook, fetched);
    struct buf out;
    buf_init(&out, arena, (stored->body.n + stored->extra.n) * 2 + 16);
    buf_add_char(&out, '{');
    for (size_t i = 0; i < MAX_SOURCES; i++)
        add_profile(&out, &profiles, i);
    add_name(&out, &profiles);
    buf_add_char(&out, '}');
    if (buf_failed(&out))
        return fail(error, ERR_NO_MEMORY, "the profile does not fit into memory");
    *ret_profile = out.n > 2 ? buf_str(&out) : STR("");
    return OK;
}
