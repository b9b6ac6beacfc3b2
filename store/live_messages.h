/* store/live_messages.h — where the answer to an event is seen while it is being made.
 *
 * Kept before more of it is shown: should the process die, the event is run again, and its answer takes the place of what
 * was seen, instead of standing beside half of it.
 *
 * Thread:  live_message_put and …_remove inside a write job; live_message_get with any connection.
 * Errors:  ERR_NO_MEMORY, ERR_INTERNAL.                                                                              */
#ifndef GILBOT_STORE_LIVE_MESSAGES_H
#define GILBOT_STORE_LIVE_MESSAGES_H

#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct db;

/* `handle`: the platform's own words for the place; the last one counts. */
MUST_USE
enum err live_message_put(struct db *db, int64_t inbox_id, struct str handle, struct error *error);

/* Empty: the answer to this event is not seen anywhere. */
MUST_USE
enum err live_message_get(struct db *db, int64_t inbox_id, struct arena *arena, struct str *ret_handle,
                          struct error *error);

MUST_USE
enum err live_message_remove(struct db *db, int64_t inbox_id, struct error *error);

#endif
