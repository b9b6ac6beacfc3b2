#include "integrations/channel_talk/channel_talk.h"

#include "bot/base/arena.h"
#include "bot/base/secret.h"
#include "bot/base/settings.h"
#include "bot/base/text.h"
#include "integrations/channel_talk/methods.h"

#include "bot/base/banned.h"

enum { MAX_BOT_NAME_CHARACTERS = 30 };

/* Better found at start than as a 422 for every message. */
static enum err check_bot_name(struct str name, struct error *error)
{
    static const char forbidden[] = "@#$%:/\\";
    if (text_length(name) > MAX_BOT_NAME_CHARACTERS)
        return fail(error, ERR_INVALID, "channel_talk.bot_name is longer than %d characters", MAX_BOT_NAME_CHARACTERS);
    for (const char *c = forbidden; *c != '\0'; c++)
        if (str_find_char(name, *c) != SIZE_MAX)
            return fail(error, ERR_INVALID, "channel_talk.bot_name holds '%c', which Channel Talk refuses", *c);
    return OK;
}

static enum err decode_signing_key(struct str hex, struct arena *arena, struct str *ret_key, struct error *error)
{
    if (hex.n == 0)
        return OK;
    enum err rc = secret_unhex(arena, hex, ret_key);
    if (rc != OK)
        return fail(error, rc, "channel_talk.signing_key must be an even number of hexadecimal digits");
    return OK;
}

enum err channel_talk_new(const struct channel_talk_parts *parts, struct arena *arena,
                          struct channel_talk **ret_channel_talk, struct error *error)
{
    struct str signing_key = {NULL, 0};
    enum err rc = check_bot_name(parts->settings->bot_name, error);
    if (rc == OK)
        rc = decode_signing_key(parts->settings->signing_key, arena, &signing_key, error);
    if (rc != OK)
        return rc;
    struct channel_talk *made = arena_alloc(arena, sizeof *made);
    struct channel_talk_state *state = arena_alloc(arena, sizeof *state);
    if (made == NULL || state == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for Channel Talk");
    state->started_ms = clock_now_ms(parts->clock);
    *made = (struct channel_talk){
        .platform = {.name = CHANNEL_TALK_NAME,
                     .knows_keys = true, /* requestId; assigning and inviting twice is as once */
                     .verify = channel_talk_verify,
                     .answer = channel_talk_answer,
                     .identify = channel_talk_identify,
                     .decode = channel_talk_decode,
                     .fetch = channel_talk_fetch,
                     .compose = channel_talk_compose,
                     .send = channel_talk_send},
        .settings = parts->settings,
        .http = parts->http,
        .clock = parts->clock,
        .signing_key = signing_key,
        .state = state,
    };
    *ret_channel_talk = made;
    return OK;
}
