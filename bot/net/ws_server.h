/* bot/net/ws_server.h — WebSockets for pages: upgrades by a table of endpoints, text in, text out.
 *
 *   upgrade ─▶ endpoint with this path and sub-protocol? may_open? ─▶ on_open ─▶ on_text … ─▶ on_close
 *                400 / 404             403                             ws_send at any time, by the connection's number
 *
 * Messages are whole, valid UTF-8 texts (fragments are put together here).  A message above max_message_bytes closes the
 * socket (1009), other kinds too (1003).  What a page does not read waits in a queue of its own; above max_queue_bytes
 * the socket is closed: the page comes back and asks for what it missed.  A dead peer is noticed after 40 s.
 *
 * Thread: loop thread only.  Memory: endpoint tables are borrowed and outlive the loop; texts are valid for the call.  */
#ifndef GILBOT_NET_WS_SERVER_H
#define GILBOT_NET_WS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/str.h"

struct loop;

enum { WS_MAX_MESSAGE_BYTES = 64 * 1024, WS_MAX_QUEUE_BYTES = 1024 * 1024 };

/* The request that wants to become a socket. */
struct ws_upgrade {
    struct str path, query;
    struct str origin; /* empty: not sent (no browser)    */
    struct str host;   /* what the client calls us        */
    struct str cookie, authorization;
};

struct ws_endpoint {
    const char *path;         /* exact                                      */
    const char *protocol;     /* the sub-protocol a client must ask for     */
    size_t max_message_bytes; /* 0: WS_MAX_MESSAGE_BYTES                */
    size_t max_queue_bytes;   /* 0: WS_MAX_QUEUE_BYTES                  */

    /* Returns 0 to let it in, else the status of the refusal (401, 403 …).  NULL: everybody. */
    int (*may_open)(const struct ws_upgrade *upgrade, void *arg);
    /* `connection`: never 0, never used again.  Any of the three may be NULL. */
    void (*on_open)(uint64_t connection, const struct ws_upgrade *upgrade, void *arg);
    void (*on_text)(uint64_t connection, struct str text, void *arg);
    void (*on_close)(uint64_t connection, void *arg); /* exactly once after on_open */
    void *arg;
};

enum ws_result { WS_SENT, WS_GONE, WS_OVERFULL };

/* Queues one text message (copied).  WS_GONE: no such connection any more.  WS_OVERFULL: the reader is too slow and is
 * being closed. */
enum ws_result ws_send(struct loop *loop, uint64_t connection, struct str text);

/* Closes with a code of RFC 6455 §7.4 (1000, 1008 …) after what is queued.  An unknown connection is fine. */
void ws_close(struct loop *loop, uint64_t connection, uint16_t code, struct str reason);

/* True when `origin` is empty or names the same host (and port) as `host`: what a may_open hook checks for pages that
 * this server itself gave out.  `public_url` (may be empty): an origin that is fine as well, behind a proxy. */
bool ws_same_origin(const struct ws_upgrade *upgrade, struct str public_url);

#endif
