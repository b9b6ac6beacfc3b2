/* integrations/channel_talk/api.h — one call of the Open API v5, and what its outcome obliges to.
 *
 *   2xx            done
 *   400, 422       refused: the body is at fault                 never (a message may be tried once more as plain text)
 *   401, 403       the keys are at fault; logged once            never
 *   404, other 4xx what is named does not exist                  never
 *   429            too fast; says when to come back              later
 *   5xx, no answer perhaps it was done all the same              later
 *
 * Thread: any; blocks.  Memory: results in the arena.                                                                */
#ifndef GILBOT_INTEGRATIONS_CHANNEL_TALK_API_H
#define GILBOT_INTEGRATIONS_CHANNEL_TALK_API_H

#include <stdbool.h>

#include "bot/base/str.h"
#include "bot/model/platform.h"

struct arena;
struct buf;
struct channel_talk;

struct channel_talk_request {
    const char *method; /* a constant                                                                   */
    struct str path;    /* below /open/v5, with its query, encoded                                      */
    struct str body;    /* JSON, or empty                                                               */
};

struct channel_talk_result {
    struct delivery delivery; /* SENT, LATER with a pause, NEVER; its receipt is empty                        */
    bool refused;             /* NEVER because of the body: 400 or 422                                        */
    struct str body;          /* SENT: the answer, not yet checked                                            */
};

struct channel_talk_result channel_talk_call(const struct channel_talk *ct, const struct channel_talk_request *request,
                                             struct arena *arena);

/* Appends `s` percent-encoded (RFC 3986: all but unreserved characters; the dot too, so that no id reads as "..").  */
void channel_talk_add_encoded(struct buf *out, struct str s);

#endif
