/* integrations/web_chat/methods.h — the platform's methods, and what they share; inside integrations/web_chat only. */
#ifndef GILBOT_INTEGRATIONS_WEB_CHAT_METHODS_H
#define GILBOT_INTEGRATIONS_WEB_CHAT_METHODS_H

#include "integrations/web_chat/visitors.h"
#include "integrations/web_chat/web_chat.h"

#define WEB_CHAT_PREFIX "web:"
#define WEB_CHAT_HISTORY ":history" /* the order of a returning page's history: no visitor's name has a colon */

struct web_chat {
    struct platform platform;
    struct web_chat_parts parts;
    struct visitors *visitors;
};

static inline struct web_chat *web_chat_of(const struct platform *self)
{
    return CONTAINER_OF(self, struct web_chat, platform);
}

/* [A-Za-z0-9_-], from least to most bytes: what visitors and ids look like. */
bool web_chat_is_name(struct str s, size_t least, size_t most);

enum err web_chat_identify(const struct platform *self, const struct inbound *inbound, struct arena *arena,
                           struct arrivals *ret_arrivals, struct error *error);
enum err web_chat_decode(const struct platform *self, const struct stored *stored, struct arena *arena,
                         struct event *ret_event, struct error *error);
enum err web_chat_compose(const struct platform *self, const struct compose_input *input, struct arena *arena,
                          struct outgoings *ret_outgoings, struct error *error);
struct delivery web_chat_send(const struct platform *self, const struct outgoing *outgoing, struct arena *arena);

struct history_query {
    struct str conversation;
    struct str except; /* the key of an event whose answers are left out                */
    bool only_sent;    /* what waits in the outbox is left out too: it comes by itself  */
};

/* The "history" message for a visitor. */
enum err web_chat_history(struct web_chat *web_chat, const struct history_query *wanted, struct arena *arena,
                          struct str *ret_text, struct error *error);

#endif
