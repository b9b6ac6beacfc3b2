#include "integrations/slack/message.h"

#include "integrations/slack/body.h"
#include "integrations/slack/tree.h"

#include "bot/base/banned.h"

bool slack_message_of(const struct slack_body *body, struct slack_message *ret_message)
{
    const struct json_value *event = slack_at(body->root, "event");
    struct str type = slack_text_at(event, "type");
    struct slack_message message = {
        .channel = slack_text_at(event, "channel"),
        .ts = slack_text_at(event, "ts"),
        .thread_ts = slack_text_at(event, "thread_ts"),
        .user = slack_text_at(event, "user"),
        .bot_id = slack_text_at(event, "bot_id"),
        .subtype = slack_text_at(event, "subtype"),
        .text = slack_text_at(event, "text"),
        .is_mention = str_eq(type, STR("app_mention")),
    };
    if (!message.is_mention && !str_eq(type, STR("message")))
        return false;
    if (message.channel.n == 0 || message.ts.n == 0)
        return false;
    message.is_direct =
        str_eq(slack_text_at(event, "channel_type"), STR("im")) || str_starts(message.channel, STR("D"));
    message.is_change = str_eq(message.subtype, STR("message_changed")) ||
                        str_eq(message.subtype, STR("message_deleted")) || slack_is_true_at(event, "hidden");
    *ret_message = message;
    return true;
}

bool slack_mentions(struct str text, struct str user)
{
    if (user.n == 0)
        return false;
    for (size_t at; (at = str_find(text, STR("<@"))) != SIZE_MAX;) {
        text = str_skip(text, at + 2);
        struct str after = str_skip(text, user.n);
        if (str_starts(text, user) && after.n > 0 && (after.p[0] == '>' || after.p[0] == '|'))
            return true;
    }
    return false;
}
