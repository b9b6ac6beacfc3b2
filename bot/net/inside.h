/* bot/net/inside.h — what the files of bot/net share; no other folder may include it (libwebsockets' types are here).
 *
 *   listener ─accept─▶ struct connection ─┬─ struct http_exchange   one request, until its answer is written
 *                                         └─ struct ws_socket       after an upgrade
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
    struct connection *before, *after;  /* all of the loop's                                            */
    struct loop_timer timer;            /* idle between requests, lingering at the end, pings of sockets */
    struct http_exchange *exchange;     /* NULL: no request under way                                    */
    struct ws_socket *socket;           /* NULL: no socket                                               */
    const struct ws_endpoint *endpoint; /* of an upgrade that was granted                               */
    bool closing;   /* to be closed as soon as what was written is out                                  */
    bool lingering; /* … and its unread body was thrown away for a while, so that the answer survives   */
    bool reading;   /* false: bytes that come in stay in the kernel until the answer is out             */
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
    struct http_exchange *spare; /* for reuse */
    struct arena head;           /* a request's head, for the time of a call */
    struct buf out;              /* an answer being written; LWS_PRE bytes come before it */
    struct buf error;            /* its body, when it is one of ours                      */
    int64_t date_s;              /* the second that `date` shows */
    char date[30];               /* IMF-fixdate and its NUL */

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
    int *tokens; /* of `wanted`: lws's token or -1 */
};

/* ── connection.c ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* The one callback of the one vhost. */
int connection_on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t n);
/* Hands the listening descriptor to lws. */
MUST_USE
enum err connection_listen(struct http_server *server, struct error *error);
/* Closes what listens. */
void connection_stop_listening(struct http_server *server);
/* Closes as soon as everything written is out. */
void connection_close(struct connection *connection);
/* Closes at once. */
void connection_kill(struct connection *connection);
/* Lets the kernel keep what comes in, or not. */
void connection_read(struct connection *connection, bool reading);
/* Starts the idle time. */
void connection_idle(struct connection *connection);

/* ── loop.c ────────────────────────────────────────────────────────────────────────────────────────────────────── */

void loop_run_posted(struct loop *loop);
int64_t loop_now_us(void);

/* ── http_server.c ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* They return what lws's callback returns: 0, or -1 to close. */
int http_started(struct connection *connection);
int http_body_came(struct connection *connection, struct str piece);
int http_body_ended(struct connection *connection);
/* The connection is gone: its request, if any, will not be answered. */
void http_gone(struct connection *connection);
/* Refuses an upgrade: an error's JSON, then the end of the connection. */
void http_refuse_upgrade(struct connection *connection, int status, const char *message);
void http_server_free(struct http_server *server);
void http_free_spare(struct loop *loop);

/* ── ws_server.c ───────────────────────────────────────────────────────────────────────────────────────────────── */

int ws_wants_upgrade(struct connection *connection);
int ws_opened(struct connection *connection);
int ws_received(struct connection *connection, struct str piece);
void ws_heard(struct connection *connection);
int ws_writable(struct connection *connection);
void ws_gone(struct connection *connection);
/* Queues a close with "going away". */
void ws_say_goodbye(struct connection *connection);
/* Is there an endpoint with that path? */
bool ws_has_path(const struct http_server *server, struct str path);

#endif
