/* integrations/channel_talk/channel_talk.h — Channel Talk (channel.io) as a chat platform.
 *
 *   webhook ─ verify ─ identify ─(inbox)─ decode ─ [fetch: GET user-chats/ID] ─ compose ─(outbox)─ send ─▶ Open API v5
 *   app function ─ verify ─ answer
 *
 * One conversation is one user chat: "channel_talk:" and the chat's id.
 *
 * Thread:  once made, any; the counters in `state` are atomic.
 * Memory:  lives in the arena handed in; settings and http client are borrowed and outlive it.
 * Source:  developers.channel.io (webhooks, Open API v5, app functions).                                            */
#ifndef GILBOT_INTEGRATIONS_CHANNEL_TALK_CHANNEL_TALK_H
#define GILBOT_INTEGRATIONS_CHANNEL_TALK_CHANNEL_TALK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/platform.h"

struct arena;
struct http_client;
struct settings_channel_talk;

/* What changes while it runs. */
struct channel_talk_state {
    atomic_llong messages, recommendations, hand_overs; /* accepted by Channel Talk since `started_ms`      */
    atomic_bool keys_refused;                           /* the last answer was 401 or 403, and it was logged */
    int64_t started_ms;                                 /* Unix ms                                            */
};

struct channel_talk {
    struct platform platform; /* hand this to whoever wants a platform */
    const struct settings_channel_talk *settings;
    struct http_client *http;
    struct clock clock;
    struct str signing_key; /* bytes; empty: app functions are off */
    struct channel_talk_state *state;
};

struct channel_talk_parts {
    const struct settings_channel_talk *settings;
    struct http_client *http; /* may call settings->api_url */
    struct clock clock;
};

/* ERR_INVALID: the signing key is not hexadecimal, or Channel Talk would refuse the bot's name.  ERR_NO_MEMORY. */
MUST_USE
enum err channel_talk_new(const struct channel_talk_parts *parts, struct arena *arena,
                          struct channel_talk **ret_channel_talk, struct error *error);

#endif
