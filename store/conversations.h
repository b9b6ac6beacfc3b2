/* store/conversations.h — what is known of a conversation beyond its sessions: who began it, where replies go, whether
 * people have taken over.
 *
 * Thread:  conversation_put inside a write job; conversation_get with any connection.
 * Memory:  results live in the arena given; arguments are borrowed for the call.
 * Errors:  ERR_NOT_FOUND — nothing is known; ERR_NO_MEMORY; ERR_INTERNAL — full or broken disk, a bug.             */
#ifndef GILBOT_STORE_CONVERSATIONS_H
#define GILBOT_STORE_CONVERSATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct db;

struct conversation {
    struct str id; /* struct event's conversation: unique over platforms                  */
    struct str platform, workspace, user;
    struct strs bots; /* who began it                                                       */
    bool bots_known;
    struct str address;      /* JSON object, the platform's own: where replies go                */
    struct str opening;      /* the last opening seen; empty: none                               */
    bool taken_over;         /* staff answer here until it is opened anew                        */
    int64_t silent_until_ms; /* after a hand-over; 0: not silent                            */
    int64_t updated_ms;
};

MUST_USE
enum err conversation_get(struct db *db, struct str id, struct arena *arena, struct conversation *ret_conversation,
                          struct error *error);

/* Replaces all that is known. */
MUST_USE
enum err conversation_put(struct db *db, const struct conversation *conversation, struct error *error);

#endif
