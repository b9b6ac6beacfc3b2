/* integrations/slack/message.h — the parts of an app_mention or message event that naming and decoding both look at.
 *
 * Thread: any (pure).  Memory: texts borrow from the JSON tree.  Source: Slack, "message event", "app_mention event". */
#ifndef GILBOT_INTEGRATIONS_SLACK_MESSAGE_H
#define GILBOT_INTEGRATIONS_SLACK_MESSAGE_H

#include <stdbool.h>

#include "bot/base/str.h"

struct slack_body;
struct slack_ids;

struct slack_message {
    struct str channel, ts, thread_ts, user, bot_id, subtype, text; /* empty when absent */
    bool is_mention; /* app_mention                                                          */
    bool is_direct;  /* in a direct conversation with the bot                                */
    bool is_change;  /* message_changed, message_deleted, hidden: nothing was said            */
};

/* False: the event is neither, or it lacks channel or ts. */
bool slack_message_of(const struct slack_body *body, struct slack_message *ret_message);

/* Does the text mention this user id? */
bool slack_mentions(struct str text, struct str user);

#endif
