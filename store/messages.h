/* store/messages.h — what was said in a conversation, both ways, for the web chat's history and the dashboard.
 *
 * Thread:  message_add inside a write job; messages_of and messages_of_session with any connection.  outbox_sent marks a message sent.
 * Memory:  results live in the arena given; arguments are borrowed for the call.
 * Errors:  ERR_NO_MEMORY; ERR_INTERNAL — full or broken disk, a bug.                                                 */
#ifndef GILBOT_STORE_MESSAGES_H
#define GILBOT_STORE_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct db;

enum message_direction { MESSAGE_IN = 0, MESSAGE_OUT = 1 }; /* stored as these numbers */

struct message {
    int64_t id; /* message_add: ignored                                             */
    struct str conversation;
    int64_t session_id; /* 0: none                                                       */
    enum message_direction direction;
    struct str author;    /* the platform's user id; empty for the bot's own              */
    struct str text;      /* plain                                                        */
    struct str payload;   /* out: the platform's own JSON, for showing it again; in: bot/model/heard.h; may be empty */
    struct str event_key; /* in: the event's; out: of the event it answers; may be empty  */
    int64_t at_ms;
    int64_t sent_ms; /* out, where the platform shows its history: when it took it, 0: not yet; in: when its turn ran */
};

struct messages {
    struct message *items;
    size_t n;
};

MUST_USE
enum err message_add(struct db *db, const struct message *message, int64_t *ret_id, struct error *error);

struct messages_query {
    struct str conversation;
    size_t limit;   /* the newest so many                     */
    bool only_sent; /* leave out what is not sent yet         */
};

/* Oldest first. */
MUST_USE
enum err messages_of(struct db *db, const struct messages_query *query, struct arena *arena,
                     struct messages *ret_messages, struct error *error);

/* All that was said in a session, oldest first. */
MUST_USE
enum err messages_of_session(struct db *db, struct str conversation, int64_t session_id, struct arena *arena,
                             struct messages *ret_messages, struct error *error);

#endif
