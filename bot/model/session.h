/* bot/model/session.h — one run of a flow in one conversation.
 *
 *   (new) ──step──▶ waiting ──step──▶ … ──▶ done | stopped | handed_over | expired
 *                      └──── another flow starts in the conversation ───▶ replaced
 *
 * A session is unique per (conversation, opening).  `data` is the flow's own and opaque to everybody else.          */
#ifndef GILBOT_MODEL_SESSION_H
#define GILBOT_MODEL_SESSION_H

#include <stdint.h>

#include "bot/base/str.h"

enum session_state {
    SESSION_NEW, /* never stored */
    SESSION_WAITING,
    SESSION_DONE,
    SESSION_STOPPED,
    SESSION_HANDED_OVER,
    SESSION_EXPIRED,
    SESSION_REPLACED,
};

struct session {
    int64_t id; /* 0: not stored yet */
    struct str conversation, platform, user;
    struct str flow;         /* the flow's name                                                      */
    struct str flow_version; /* content hash of the definition it began with; may be empty           */
    struct str opening;      /* see struct event; empty for sessions begun by a message           */
    struct str route;        /* by which it came, as figures call it; empty: not known                  */
    struct str locale;       /* "ko"                                                                 */
    struct str profile;      /* JSON object of what the platform knew at the start; may be empty     */
    struct str data;         /* JSON, the flow's own; empty at the start                              */
    enum session_state state;
    int64_t started_ms, updated_ms;
    int64_t expires_ms; /* 0: never; a session that waits past this time is expired                   */
    int64_t remind_ms;  /* 0: never; a session that waits at this time gets an event of kind timer      */
    int64_t digest;     /* of all its turns (flows/digest.h); 0: not kept                               */
};

const char *session_state_name(enum session_state state);

#endif
