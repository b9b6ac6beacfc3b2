/* integrations/slack/web_api.h — one call of Slack's Web API and what its answer obliges to.
 *
 *   ok: true                                              SENT, with the answer's tree
 *   429, 5xx, no answer, no JSON, ratelimited, …          LATER, with Retry-After where Slack names it
 *   everything else: the token, a scope, the target, us   NEVER
 *
 * Thread: any; calls block.  Source: Slack, "Using the Slack Web API", the methods' error lists.                    */
#ifndef GILBOT_INTEGRATIONS_SLACK_WEB_API_H
#define GILBOT_INTEGRATIONS_SLACK_WEB_API_H

#include "bot/base/str.h"
#include "bot/model/platform.h"

struct arena;
struct json_value;
struct slack;

struct slack_answer {
    struct delivery delivery;      /* receipt: the answer's `ts`; texts live in the arena    */
    struct str code;               /* Slack's error code; empty: none was given              */
    struct str scopes;             /* x-oauth-scopes                                          */
    const struct json_value *root; /* SENT: the answer, in the arena; else NULL */
};

/* Calls `method` ("chat.postMessage") with a form body as the bot. */
struct slack_answer slack_web_api(const struct slack *slack, const char *method, struct str form, struct arena *arena);

/* What an error code obliges to. */
enum delivery_result slack_result_of(struct str code);

/* Slack did not like the blocks (or the metadata): the same as plain text may still go through. */
bool slack_is_block_error(struct str code);

#endif
