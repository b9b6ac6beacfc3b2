/* integrations/slack/slack.h — Slack as a chat platform.
 *
 *   request ─ verify ─ answer ─ identify ─(inbox)─ decode ─ [fetch: users.info, conversations.open]
 *           ─ compose ─(outbox)─ send ─▶ Web API, or a command's response_url
 *
 *   conversations   slack:TEAM:D…            a direct message channel
 *                   slack:TEAM:C…:THREAD     a thread of a shared channel; a mention begins one
 *                   slack:TEAM:cmd:USER      a slash command, until a flow that waits moves it into a DM
 *   keys            slack:TS:TEAM:CHANNEL    a mention, a direct message: once, whatever events carry it
 *                   slack:TS:TEAM:CHANNEL:message   a message of a shared channel: it must not take the mention's key
 *                   slack:command:…, slack:TEAM:CHANNEL:TS:…  a command, a pressed button;  slack:Ev…  anything else
 *                   slack:view:TEAM:VIEW     a modal that was sent
 *
 * One workspace with one bot token.  Our own ids (to know our echoes and mentions) come from auth.test; until it has
 * answered, the events' `authorizations` tell.
 *
 * Thread:  once made, any.
 * Memory:  on the heap; settings and http client are borrowed and outlive it.
 * Source:  Slack's documentation: Events API, slash commands, interactivity, Web API, Block Kit.                    */
#ifndef GILBOT_INTEGRATIONS_SLACK_SLACK_H
#define GILBOT_INTEGRATIONS_SLACK_SLACK_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/platform.h"

struct http_client;
struct settings_slack;
struct slack;

/* Where a command's response_url points; the http client must be allowed to call it and settings->api_url. */
#define SLACK_HOOKS_ORIGIN STR("https://hooks.slack.com")

/* `http` may be NULL for a Slack that only reads (tests, checks): then nothing can be sent.
 * ERR_INVALID: no signing secret.  ERR_NO_MEMORY. */
MUST_USE
enum err slack_new(const struct settings_slack *settings, struct http_client *http, struct slack **ret_slack,
                   struct error *error);
void slack_free(struct slack *slack); /* NULL is fine */

/* Hand this to whoever wants a platform; lives as long as `slack`. */
const struct platform *slack_platform(const struct slack *slack);

/* Asks Slack who we are and remembers it; blocks, so not for the loop thread.  Call it at start, and again after
 * ERR_REMOTE.  ERR_INVALID: the token is no good; the sentence says what to do.  Log the sentence once. */
MUST_USE
enum err slack_auth_test(struct slack *slack, struct error *error);

#endif
