/* integrations/slack/incoming_text.h — what somebody typed, out of Slack's mrkdwn.
 *
 *   <@U1|bob> → @bob   <#C1|general> → #general   <!here> → @here   <https://x|label> → label   &amp; &lt; &gt; → & < >
 *
 * Thread: any (pure).  Memory: the result lives in the arena.
 * Source: Slack, "Formatting text for app surfaces".                                                                */
#ifndef GILBOT_INTEGRATIONS_SLACK_INCOMING_TEXT_H
#define GILBOT_INTEGRATIONS_SLACK_INCOMING_TEXT_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

/* Plain NFC text, trimmed.  Mentions of `own_user` (may be empty) at either end are not part of what was said. */
MUST_USE
enum err slack_incoming_text(struct arena *arena, struct str mrkdwn, struct str own_user, struct str *ret_text,
                             struct error *error);

#endif
