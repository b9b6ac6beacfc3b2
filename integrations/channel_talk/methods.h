/* integrations/channel_talk/methods.h — the platform's methods, one file each, and the words they share.
 *
 * Contracts: bot/model/platform.h.                                                                                  */
#ifndef GILBOT_INTEGRATIONS_CHANNEL_TALK_METHODS_H
#define GILBOT_INTEGRATIONS_CHANNEL_TALK_METHODS_H

#include <stddef.h>

#include "integrations/channel_talk/channel_talk.h"

#define CHANNEL_TALK_NAME "channel_talk"
#define CHANNEL_TALK_CONVERSATION "channel_talk:" /* then the chat's id                                         */
#define CHANNEL_TALK_REQUEST_PREFIX "gilbot-"     /* of every requestId we send: how we know our own echoes      */
#define CHANNEL_TALK_FUNCTION_PATH "/channel-talk/function" /* …/v1 as well: the platform appends its system version */

enum { CHANNEL_TALK_MAX_ID_BYTES = 64 }; /* of any id: opaque text */

static inline const struct channel_talk *channel_talk_of(const struct platform *self)
{
    return CONTAINER_OF(self, const struct channel_talk, platform);
}

/* Is this request a function call (else a webhook)? */
bool channel_talk_is_function(const struct inbound *inbound);

/* What a webhook is about, by its `type` in any case. */
enum channel_talk_type { CHANNEL_TALK_MESSAGE, CHANNEL_TALK_USER_CHAT, CHANNEL_TALK_USER, CHANNEL_TALK_OTHER };
enum channel_talk_type channel_talk_type_of(struct str type);

/* Names an opening of a chat by the times that its UserChat gives, as text: the first one that is there, else "0". */
struct str channel_talk_opening(struct str opened, struct str first_opened, struct str created);

enum err channel_talk_verify(const struct platform *self, const struct inbound *inbound, int64_t now_ms,
                             struct error *error);
enum err channel_talk_answer(const struct platform *self, const struct inbound *inbound, struct arena *arena,
                             struct immediate *ret_immediate, struct error *error);
enum err channel_talk_identify(const struct platform *self, const struct inbound *inbound, struct arena *arena,
                               struct arrivals *ret_arrivals, struct error *error);
enum err channel_talk_decode(const struct platform *self, const struct stored *stored, struct arena *arena,
                             struct event *ret_event, struct error *error);
struct delivery channel_talk_fetch(const struct platform *self, const struct stored *stored, unsigned needs,
                                   struct arena *arena, struct str *ret_extra, struct str *ret_conversation);
enum err channel_talk_compose(const struct platform *self, const struct compose_input *input, struct arena *arena,
                              struct outgoings *ret_outgoings, struct error *error);
struct delivery channel_talk_send(const struct platform *self, const struct outgoing *outgoing, struct arena *arena);

#endif
