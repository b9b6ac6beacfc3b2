/* integrations/web_chat/visitors.h — who sits behind which socket, and which of a socket's messages are not settled yet.
 *
 * Thread: any; a lock of its own.  Memory: on the heap, everything is copied.                                        */
#ifndef GILBOT_INTEGRATIONS_WEB_CHAT_VISITORS_H
#define GILBOT_INTEGRATIONS_WEB_CHAT_VISITORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/str.h"

struct visitors;

enum { VISITOR_MAX_BYTES = 64, VISITOR_MAX_ID_BYTES = 64, VISITOR_MAX_UNSETTLED = 256 };

struct visitor_name {
    char text[VISITOR_MAX_BYTES + 1];
};

struct visitors *visitors_new(void); /* NULL when out of memory */
void visitors_free(struct visitors *visitors);

/* From now on `visitor` (≤ VISITOR_MAX_BYTES) sits there.  False: out of memory. */
MUST_USE
bool visitors_seat(struct visitors *visitors, uint64_t connection, struct str visitor);

/* Who sits there?  False: nobody. */
bool visitors_name(struct visitors *visitors, uint64_t connection, struct visitor_name *ret_name);

void visitors_leave(struct visitors *visitors, uint64_t connection);

/* The visitor's connections into `ret_connections`; at most `max`, the newest first. */
size_t visitors_connections(struct visitors *visitors, struct str visitor, uint64_t *ret_connections, size_t max);

/* A message came: remembers its id (may be empty).  False: too many wait, or nobody sits there. */
bool visitors_add_unsettled(struct visitors *visitors, uint64_t connection, struct str id);

/* Takes out one id: the oldest, or the newest (`latest`).  False: none waits, *ret_id is empty. */
bool visitors_settle(struct visitors *visitors, uint64_t connection, bool latest, struct visitor_name *ret_id);

#endif
