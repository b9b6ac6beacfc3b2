/* integrations/slack/identify.c — names the event of a request: key and conversation (see slack.h). */
#include <inttypes.h>

#include "bot/base/arena.h"
#include "bot/base/log.h"
#include "integrations/slack/action.h"
#include "integrations/slack/body.h"
#include "integrations/slack/message.h"
#include "integrations/slack/methods.h"
#include "integrations/slack/submission.h"
#include "integrations/slack/tree.h"
#include "integrations/slack/workspace.h"

#include "bot/base/banned.h"

enum { MAX_NAME_BYTES = 256 };

struct naming {
    const struct slack *slack;
    struct arena *arena;
    const struct slack_body *body;
    struct str team;
    struct error *error;
};

static struct arrivals nothing(const char *why)
{
    return (struct arrivals){.ignored = why};
}

/* One arrival; names that are too long come of no real id. */
static enum err name_one(const struct naming *naming, struct arrival arrival, struct arrivals *ret_arrivals)
{
    struct arrival *item = arena_alloc(naming->arena, sizeof *item);
    if (item == NULL || arrival.key.p == NULL || arrival.conversation.p == NULL)
        return fail(naming->error, ERR_NO_MEMORY, "an event's name does not fit into memory");
    *item = arrival;
    *ret_arrivals = arrival.key.n > MAX_NAME_BYTES || arrival.conversation.n > MAX_NAME_BYTES
                        ? nothing("malformed")
                        : (struct arrivals){.items = item, .n = 1};
    return OK;
}

static enum err name_message(const struct naming *naming, const struct slack_message *message,
                             struct arrivals *ret_arrivals)
{
    bool is_plain = !message->is_mention && !message->is_direct;
    struct str thread = message->thread_ts.n > 0 ? message->thread_ts : message->ts;
    struct arrival arrival = {.type = message->is_mention ? "app_mention" : "message"};
    /* the time first: new keys go to the end of their index */
    const struct str key[] = {STR("slack:"),
                              message->ts,
                              STR(":"),
                              naming->team,
                              STR(":"),
                              message->channel,
                              is_plain ? STR(":message") : STR("")};
    const struct str conversation[] = {STR("slack:"), naming->team, STR(":"), message->channel, STR(":"), thread};
    arrival.key = arena_join(naming->arena, key, COUNT_OF(key));
    arrival.conversation = arena_join(naming->arena, conversation, message->is_direct ? 4 : COUNT_OF(conversation));
    return name_one(naming, arrival, ret_arrivals);
}

/* What an operator must hear of, though the bot has nothing to do with it. */
static void tell_operator(const struct slack_body *body)
{
    struct str type = slack_text_at(body->root, "event.type");
    if (str_eq(type, STR("app_uninstalled")) || str_eq(type, STR("tokens_revoked")))
        LOG_WARNING("slack.access_withdrawn", F_STR("type", type), F_STR("team", slack_body_team(body)));
}

static enum err name_event(const struct naming *naming, struct arrivals *ret_arrivals)
{
    struct slack_message message;
    if (slack_message_of(naming->body, &message) && !message.is_change)
        return name_message(naming, &message, ret_arrivals);
    tell_operator(naming->body);
    struct str event_id = slack_text_at(naming->body->root, "event_id");
    if (event_id.n == 0) {
        *ret_arrivals = nothing("malformed");
        return OK;
    }
    struct arrival arrival = {
        .key = arena_format(naming->arena, "slack:%.*s", STR_ARG(event_id)),
        .conversation = arena_format(naming->arena, "slack:%.*s:other", STR_ARG(naming->team)),
        .type = "other",
    };
    return name_one(naming, arrival, ret_arrivals);
}

static enum err name_command(const struct naming *naming, struct arrivals *ret_arrivals)
{
    const struct form *form = &naming->body->form;
    struct str user = form_get(form, STR("user_id")), trigger = form_get(form, STR("trigger_id"));
    if (user.n == 0 || trigger.n == 0) {
        *ret_arrivals = nothing("malformed");
        return OK;
    }
    struct arrival arrival = {
        .key = arena_format(naming->arena, "slack:command:%.*s", STR_ARG(trigger)),
        .conversation = arena_format(naming->arena, "slack:%.*s:cmd:%.*s", STR_ARG(naming->team), STR_ARG(user)),
        .type = "command",
    };
    return name_one(naming, arrival, ret_arrivals);
}

/* The action_id may be long and is the app's own, so the key holds its hash. */
static enum err name_actions(const struct naming *naming, struct arrivals *ret_arrivals)
{
    struct slack_action action;
    enum err rc = slack_action_of(naming->body, naming->arena, &action, naming->error);
    if (rc != OK)
        return rc;
    if (action.kind == SLACK_NO_ACTION) {
        *ret_arrivals = nothing(action.ignored);
        return OK;
    }
    struct arrival arrival = {.type = action.kind == SLACK_DONE ? "released" : "button"};
    arrival.key = arena_format(naming->arena, "slack:%.*s:%.*s:%.*s:%.*s:%.*s:%016" PRIx64, STR_ARG(naming->team),
                               STR_ARG(action.channel), STR_ARG(action.message_ts), STR_ARG(action.action_ts),
                               STR_ARG(action.user), str_hash(action.id));
    if (action.kind == SLACK_DONE) /* in the order of the conversation that is released */
        arrival.conversation = action.value;
    else if (str_starts(action.channel, STR("D")))
        arrival.conversation =
            arena_format(naming->arena, "slack:%.*s:%.*s", STR_ARG(naming->team), STR_ARG(action.channel));
    else
        arrival.conversation =
            arena_format(naming->arena, "slack:%.*s:%.*s:%.*s", STR_ARG(naming->team), STR_ARG(action.channel),
                         STR_ARG(action.thread_ts.n > 0 ? action.thread_ts : action.message_ts));
    if (!str_starts(arrival.conversation, STR("slack:"))) {
        *ret_arrivals = nothing("malformed");
        return OK;
    }
    return name_one(naming, arrival, ret_arrivals);
}

/* A view is sent once: a second delivery has the same key. */
static enum err name_submission(const struct naming *naming, struct arrivals *ret_arrivals)
{
    struct slack_submission submission;
    enum err rc = slack_submission_of(naming->body, naming->arena, &submission, naming->error);
    if (rc != OK)
        return rc;
    if (submission.ignored != NULL) {
        *ret_arrivals = nothing(submission.ignored);
        return OK;
    }
    struct arrival arrival = {
        .key = arena_format(naming->arena, "slack:view:%.*s:%.*s", STR_ARG(naming->team), STR_ARG(submission.view)),
        .conversation = submission.conversation,
        .type = "sheet",
    };
    return name_one(naming, arrival, ret_arrivals);
}

static enum err name_body(const struct naming *naming, struct arrivals *ret_arrivals)
{
    switch (naming->body->kind) {
    case SLACK_EVENT:
        return name_event(naming, ret_arrivals);
    case SLACK_COMMAND:
        return name_command(naming, ret_arrivals);
    case SLACK_ACTIONS:
        return name_actions(naming, ret_arrivals);
    case SLACK_SUBMISSION:
        return name_submission(naming, ret_arrivals);
    case SLACK_OTHER:
        break;
    }
    if (str_eq(str_of(naming->body->ignored), STR("app_rate_limited")))
        LOG_WARNING("slack.events_dropped", F_CSTR("reason", "app_rate_limited: Slack delivers no more this minute"));
    *ret_arrivals = nothing(naming->body->ignored);
    return OK;
}

enum err slack_identify(const struct platform *self, const struct inbound *inbound, struct arena *arena,
                        struct arrivals *ret_arrivals, struct error *error)
{
    struct slack_body body;
    enum err rc = slack_body_read(arena, slack_format_of(inbound), inbound->body, &body, error);
    if (rc != OK)
        return rc;
    struct naming naming = {
        .slack = slack_of(self), .arena = arena, .body = &body, .team = slack_body_team(&body), .error = error};
    struct str own = slack_ids(naming.slack).team;
    if (body.kind == SLACK_EVENT && own.n > 0 && naming.team.n > 0 && !str_eq(own, naming.team) &&
        !slack_is_true_at(body.root, "authorizations.0.is_enterprise_install")) {
        *ret_arrivals = nothing("unknown_team");
        return OK;
    }
    return name_body(&naming, ret_arrivals);
}
