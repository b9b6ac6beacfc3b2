/* integrations/web_chat/web_chat.h — the chat page as a platform: "web".
 *
 *   page ══ /ws ══▶ identify ─(inbox)─ decode ─▶ flow ─▶ compose ─(outbox)─ send ══ /ws ══▶ every page of the visitor
 *
 * A visitor is a random name that the page keeps ([A-Za-z0-9_-]{16,64}); it is all that is needed to read the
 * conversation, so it must be hard to guess.  Conversation "web:VISITOR", keys "web:VISITOR:ID".
 *
 * From the page, one JSON object a message; `id` ([A-Za-z0-9_-]{1,64}) is the page's own and may be left out: a message
 * that is sent again with its id counts once.
 *   {"type": "hello", "visitor", "flow"?, "profile"?: {scalars}, "locale"?, "id"?}   first, on every connection
 *   {"type": "text", "text", "id"?}
 *   {"type": "choose", "value", "id"?}
 * To the page:
 *   {"type": "ack", "id"?} | {"type": "failed", "id"?}          one for each of the above: it is kept for good, or it is not
 *   {"type": "history", "messages": [...]}   after each hello: what was said so far, oldest first.  Its members are messages,
 *                                            choices and cards as below, with "at" (Unix ms); what the visitor said has
 *                                            "from": "user"
 *   {"type": "typing"}                       a reply with a pause follows
 *   {"type": "draft", "text", "html"}        an answer while it is being made, all of it so far; the next message replaces it
 *   {"type": "message", "id", "text", "html", "image"?, "buttons"?: [{"label", "url"}]}
 *   {"type": "choices", "id", "options": [{"value", "label"}], "several"}
 *   {"type": "card", "id", "item": {"id", "name", "price"?, "image"?, "url"?, "button"?}}
 * The same id may come more than once (a reply while the history is on its way): it is the same thing.
 *
 * Thread:  web_chat_recorded, web_chat_closed and the platform's identify on the loop; everything else any.
 * Memory:  on the heap; store and loop are borrowed and outlive it.                                                  */
#ifndef GILBOT_INTEGRATIONS_WEB_CHAT_WEB_CHAT_H
#define GILBOT_INTEGRATIONS_WEB_CHAT_WEB_CHAT_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/model/platform.h"

struct loop;
struct store;
struct web_chat;

struct web_chat_parts {
    struct store *store; /* for the history; NULL: it is always empty            */
    struct loop *loop;   /* where the sockets are; NULL (tests): nobody is there */
};

/* ERR_NO_MEMORY. */
MUST_USE
enum err web_chat_new(const struct web_chat_parts *parts, struct web_chat **ret_web_chat, struct error *error);

/* No send may be under way, and nothing that one posted may still run.  NULL is fine. */
void web_chat_free(struct web_chat *web_chat);

/* Lives as long as `web_chat`. */
const struct platform *web_chat_platform(const struct web_chat *web_chat);

/* The message that was identified last and is not told about yet is durable (`kept`), or will never be: tells the page.
 * Call it once for each message of a connection, whatever identify said. */
void web_chat_recorded(struct web_chat *web_chat, uint64_t connection, bool kept);

/* The connection is gone.  Unknown ones are fine. */
void web_chat_closed(struct web_chat *web_chat, uint64_t connection);

#endif
