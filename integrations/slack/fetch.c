/* integrations/slack/fetch.c — what an event lacks: who the user is, and a direct conversation with them. */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "integrations/slack/body.h"
#include "integrations/slack/form.h"
#include "integrations/slack/methods.h"
#include "integrations/slack/tree.h"
#include "integrations/slack/web_api.h"
#include "integrations/slack/workspace.h"

#include "bot/base/banned.h"

enum { MAX_EXTRA_BYTES = 64 * 1024, MAX_FORM_BYTES = 4096 };

struct fetching {
    const struct slack *slack;
    struct arena *arena;
    struct str user, team;
    struct buf profile; /* JSON object */
    struct str direct;
};

static struct delivery never(const char *reason)
{
    return (struct delivery){.result = DELIVERY_NEVER, .reason = str_of(reason)};
}

static void add_if_any(struct buf *out, const char *key, struct str value)
{
    if (value.n > 0)
        json_add_member(out, key, value);
}

/* People know each other by display name; not everybody has one. */
static struct str name_of(const struct json_value *user)
{
    static const char *const paths[] = {"profile.display_name", "profile.real_name", "real_name", "name"};
    struct str name = {NULL, 0};
    for (size_t i = 0; name.n == 0 && i < COUNT_OF(paths); i++)
        name = slack_text_at(user, paths[i]);
    return name;
}

static void write_profile(struct buf *out, const struct json_value *user)
{
    buf_add_char(out, '{');
    add_if_any(out, "name", name_of(user));
    add_if_any(out, "email", slack_text_at(user, "profile.email"));
    add_if_any(out, "title", slack_text_at(user, "profile.title"));
    add_if_any(out, "locale", slack_text_at(user, "locale"));
    add_if_any(out, "tz", slack_text_at(user, "tz"));
    buf_add_char(out, '}');
}

/* A profile that cannot be had is an empty one: the event goes on without, and nobody asks again. */
static struct delivery fetch_profile(struct fetching *f)
{
    struct buf form;
    buf_init(&form, f->arena, MAX_FORM_BYTES);
    form_add(&form, STR("user"), f->user);
    form_add(&form, STR("include_locale"), STR("true"));
    struct slack_answer answer = slack_web_api(f->slack, "users.info", buf_str(&form), f->arena);
    if (answer.delivery.result != DELIVERY_LATER)
        write_profile(&f->profile, slack_at(answer.root, "user"));
    return answer.delivery;
}

static struct delivery fetch_direct(struct fetching *f)
{
    struct buf form;
    buf_init(&form, f->arena, MAX_FORM_BYTES);
    form_add(&form, STR("users"), f->user);
    struct slack_answer answer = slack_web_api(f->slack, "conversations.open", buf_str(&form), f->arena);
    f->direct = arena_copy(f->arena, slack_text_at(answer.root, "channel.id"));
    if (answer.delivery.result == DELIVERY_SENT && f->direct.n == 0)
        return never("conversations.open gave no channel");
    return answer.delivery;
}

/* Whose event it is. */
static struct str user_of(const struct slack_body *body, struct arena *arena)
{
    switch (body->kind) {
    case SLACK_EVENT:
        return arena_copy(arena, slack_text_at(body->root, "event.user"));
    case SLACK_COMMAND:
        return form_get(&body->form, STR("user_id"));
    case SLACK_ACTIONS:
    case SLACK_SUBMISSION:
        return arena_copy(arena, slack_text_at(body->root, "user.id"));
    case SLACK_OTHER:
        break;
    }
    return (struct str){NULL, 0};
}

/* What an earlier fetch found stays. */
static void keep_earlier(struct fetching *f, const struct stored *stored)
{
    struct json_value *extra;
    if (stored->extra.n == 0 || json_read(f->arena, stored->extra, &extra, NULL) != OK)
        return;
    const struct json_value *profile = json_get(extra, STR("profile"));
    if (profile != NULL)
        json_add_value(&f->profile, profile);
    f->direct = json_get_str(extra, STR("direct"), STR(""));
}

static struct delivery finish(const struct fetching *f, bool moves, struct str *ret_extra, struct str *ret_conversation)
{
    struct buf extra;
    buf_init(&extra, f->arena, MAX_EXTRA_BYTES);
    buf_add_char(&extra, '{');
    if (f->profile.n > 0)
        json_add_member_raw(&extra, "profile", buf_str(&f->profile));
    add_if_any(&extra, "direct", f->direct);
    buf_add_char(&extra, '}');
    struct str conversation = {NULL, 0};
    if (moves)
        conversation = arena_format(f->arena, "slack:%.*s:%.*s", STR_ARG(f->team), STR_ARG(f->direct));
    if (buf_failed(&extra) || (moves && conversation.p == NULL))
        return never("what was fetched does not fit into memory");
    *ret_extra = buf_str(&extra);
    *ret_conversation = conversation;
    return (struct delivery){.result = DELIVERY_SENT};
}

struct delivery slack_fetch(const struct platform *self, const struct stored *stored, unsigned needs,
                            struct arena *arena, struct str *ret_extra, struct str *ret_conversation)
{
    struct slack_body body;
    if (slack_body_read(arena, slack_format_of_bytes(stored->body), stored->body, &body, NULL) != OK)
        return never("the event cannot be read");
    struct fetching f = {.slack = slack_of(self), .arena = arena, .user = user_of(&body, arena)};
    f.team = arena_copy(arena, slack_body_team(&body));
    buf_init(&f.profile, arena, MAX_EXTRA_BYTES);
    if (f.user.n == 0)
        return never("the event names no user");
    keep_earlier(&f, stored);

    bool wants_direct = (needs & EVENT_NEEDS_DIRECT) != 0 && f.direct.n == 0;
    if ((needs & EVENT_NEEDS_PROFILE) != 0 && f.profile.n == 0) {
        struct delivery delivery = fetch_profile(&f);
        bool is_all = !wants_direct && delivery.result == DELIVERY_NEVER;
        if (delivery.result == DELIVERY_LATER || is_all)
            return delivery;
    }
    if (wants_direct) {
        struct delivery delivery = fetch_direct(&f);
        if (delivery.result != DELIVERY_SENT)
            return delivery;
    }
    return finish(&f, wants_direct, ret_extra, ret_conversation);
}
