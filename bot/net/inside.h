/* bot/net/inside.h — what the files of bot/net share; no other folder may include it (libwebsockets' types are here).
 *
 *   listener ─accept─▶ struct connection ─┬─ struct http_exchange   one request, until its answer is written
 *                                         └─ struct ws_socket       after an upgrade
 *
 * HTTP is ours, on lws's raw sockets: lws 4.1's own server reads a body from the wrong place when its request was pipelined
 * (and may never end), takes "X-A" for the beginning of the next header's name, cannot read a chunked body, tells nobody
 * about doubled headers and goes on with a dangling pointer after an unknown `Upgrade`.  lws keeps the connections, polls,
 * buffers what a slow reader does not take, and does all of WebSocket.
 *
 * A connection is lws's opaque user data, so every callback finds it.  Thread: loop thread, unless a line says else.   */
#ifndef GILBOT_NET_INSIDE_H
#define GILBOT_NET_INSIDE_H

#include <libwebsockets.h>
#include <pthread.h>
#include <stdbool.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/metrics.h"
#include "bot/net/http_head.h"
#include "bot/net/http_server.h"
#include "bot/net/listener.h"
#include "bot/net/loop.h"
#include "bot/net/slots.h"
#include "bot/net/timers.h"
#include "bot/net/ws_server.h"

struct http_exchange;
struct ws_socket;

struct connection {
    struct lws *wsi;
    struct loop *loop;
    struct http_server *server;
    struct connection *before, *after; /* all of the loop's                                               */
    struct loop_timer timer;           /* HTTP: when it is closed for want of bytes; sockets: pings        */

    struct buf in;                  /* bytes of requests that are not dealt with yet                      */
    struct http_search search;      /* … how far the end of a head was looked for in them                 */
    size_t needs;                   /* … and how many must be there before it is worth looking again      */
    uint64_t discard;               /* bytes of a refused body that are still to come                     */
    struct http_exchange *exchange; /* NULL: no handler is asked                                          */
    bool taking;                    /* requests are being dealt with, further up the stack                */
    bool reading;                   /* false: bytes that come in stay in the kernel until the answer is out */
    bool closing;                   /* to be closed as soon as what was written is out                    */
    bool lingering;                 /* … or rather, when the client had a while to read it                */

    struct ws_socket *socket;           /* NULL: no socket                                                 */
    const struct ws_endpoint *endpoint; /* of an upgrade that was granted                                  */
};

struct posted {
    void (*fn)(void *arg);
    void *arg;
};

struct posts {
    struct posted *items;
    size_t n, capacity;
};

struct loop {
    struct loop_settings settings;
    struct lws_context *context;
    struct lws_vhost *vhost; /* NULL until loop_run */
    struct lws_protocols *protocols;
    lws_retry_bo_t no_pings; /* ours are cheaper, see ws_server.c */

    pthread_mutex_t lock; /* guards `posts` */
    struct posts posts;
    struct posts running; /* loop thread: what it swapped out */

    struct timers timers;
    lws_sorted_usec_list_t alarm; /* at `alarm_us` */
    int64_t alarm_us;

    struct http_server *servers;
    struct connection *connections;
    size_t n_connections;
    struct slots exchanges, sockets;
    struct http_exchange *spare;      /* for reuse                                              */
    struct connection *arriving;      /* a connection that is being handed to lws for an upgrade */
    const struct ws_upgrade *upgrade; /* … and what it asked for                                */
    struct arena head;                /* a request's head, for the time of a call                */
    struct buf out;                   /* an answer being written; LWS_PRE bytes come before it   */
    struct buf error;                 /* its body, when it is one of ours                        */
    int64_t date_s;                   /* the second that `date` shows                            */
    char date[30];                    /* IMF-fixdate and its NUL                                 */

    bool draining, expired;
    struct loop_timer grace;
    struct metric *open_connections, *open_sockets, *rejected;
};

struct http_server {
    struct loop *loop;
    struct http_server *next;
    struct http_server_settings settings;
    struct listener listener;
    struct lws *listening; /* NULL: not (any more) */
    struct loop_timer pause;
};

/* ── connection.c ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* The one callback of the one vhost. */
int connection_on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t n);
/* Hands the listening descriptor to lws. */
MUST_USE
enum err connection_listen(struct http_server *server, struct error *error);
/* Closes what listens. */
void connection_stop_listening(struct http_server *server);
/* A new one; NULL: out of memory. */
struct connection *connection_new(struct http_server *server);
void connection_free(struct connection *connection);
/* Closes as soon as everything written is out. */
void connection_close(struct connection *connection);
/* Closes at once. */
void connection_kill(struct connection *connection);
/* Lets the kernel keep what comes in, or not. */
void connection_read(struct connection *connection, bool reading);
/* Closes it at once after so long, unless its timer is set anew. */
void connection_expire(struct connection *connection, int64_t ms);
/* Starts the time between two requests. */
void connection_idle(struct connection *connection);

/* ── loop.c ────────────────────────────────────────────────────────────────────────────────────────────────────── */

void loop_run_posted(struct loop *loop);
int64_t loop_now_us(void);

/* ── http_server.c ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* Bytes have come; -1: close at once. */
int http_received(struct connection *connection, struct str bytes);
/* The request before was answered, and more bytes are there already. */
void http_go_on(struct connection *connection);
/* The connection is gone: its request, if any, will not be answered. */
void http_gone(struct connection *connection);
/* Refuses an upgrade: an error's JSON, then the end of the connection. */
void http_refuse_upgrade(struct connection *connection, const struct http_head *head, int status, const char *message);
void http_server_free(struct http_server *server);
void http_free_spare(struct loop *loop);

/* ── ws_server.c ───────────────────────────────────────────────────────────────────────────────────────────────── */

bool ws_is_upgrade(const struct http_head *head);
/* Refuses, or hands the connection over to lws as a WebSocket; `rest`: the bytes after the head. */
void ws_upgrade(struct connection *connection, const struct http_head *head, struct str rest);
/* They return what lws's callback returns: 0, or -1 to close. */
int ws_opened(struct connection *connection);
int ws_received(struct connection *connection, struct str piece);
int ws_writable(struct connection *connection);
void ws_heard(struct connection *connection);
void ws_gone(struct connection *connection);
/* Queues a close with "going away". */
void ws_say_goodbye(struct connection *connection);
/* Is there an endpoint with that path? */
bool ws_has_path(const struct http_server *server, struct str path);

#endif
