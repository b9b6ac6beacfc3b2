/* integrations/slack/workspace.h — what the parts of this folder share: settings, the way out, and who we are.
 *
 * Who we are is learned once, by any thread, and read by all: a set of ids is published whole and stays valid until
 * slack_free.                                                                                                        */
#ifndef GILBOT_INTEGRATIONS_SLACK_WORKSPACE_H
#define GILBOT_INTEGRATIONS_SLACK_WORKSPACE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/platform.h"

struct http_client;
struct secret_key;
struct settings_slack;
struct slack_body;

/* Ids are empty while unknown. */
struct slack_ids {
    struct str team, user, bot;
};

struct slack_ids_box; /* ids with their memory; older ones hang behind the newest */

struct slack {
    struct platform platform;
    const struct settings_slack *settings;
    struct http_client *http;          /* may be NULL */
    struct secret_key *signing_secret; /* the loop thread's */
    _Atomic(struct slack_ids_box *) known;
};

/* The slack that embeds `platform`. */
const struct slack *slack_of(const struct platform *platform);

/* Who we are, as far as auth.test has told. */
struct slack_ids slack_ids(const struct slack *slack);

/* Who we are for this body: what auth.test told, else what the event's authorizations say (borrowed from it). */
struct slack_ids slack_ids_for(const struct slack *slack, const struct slack_body *body);

/* Publishes copies of `ids`. */
MUST_USE
enum err slack_ids_learn(struct slack *slack, struct slack_ids ids, struct error *error);
void slack_ids_free(struct slack *slack);

/* Is this URL one that Slack gave for answers?  Everything else in a `response_url` is forged. */
bool slack_is_response_url(const struct slack *slack, struct str url);

#endif
