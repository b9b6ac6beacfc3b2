/* bot/net/inside.h — what the files of bot/net share; no other folder may include it.
 *
 *   epoll ─┬─ bell: loop_post rang
 *          ├─ struct http_server     a listener: accepts
 *          └─ struct connection ─┬─ struct http_exchange   one request, until its answer is written
 *                                └─ struct ws_socket       after an upgrade: libwebsockets reads and writes
 *
 * HTTP is ours.  lws 4.1's own server reads a body from the wrong place when its request was pipelined (and may never end),
 * takes "X-A" for the beginning of the next header's name, cannot read a chunked body, tells nobody about doubled headers
 * and goes on with a dangling pointer after an unknown `Upgrade`; and it polls every connection, so that each turn of the
 * loop costs a millisecond with 10,000 idle ones.  lws does all of WebSocket, as a guest: it is called, without waiting,
 * when one of its descriptors has something (see guest.c).
 *
 * Thread: loop thread, unless a line says otherwise.                                                                  */
#ifndef GILBOT_NET_INSIDE_H
#define GILBOT_NET_INSIDE_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/epoll.h>

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

struct guest;
struct http_exchange;
struct lws;
struct ws_socket;

/* What epoll watches.  `ready` gets bits of EPOLL…; it is not called any more once `ready` is NULL. */
struct source {
    void (*ready)(struct source *source, uint32_t events);
};

enum connection_state {
    CONNECTION_HTTP,
    CONNECTION_FLUSHING,  /* closed as soon as what was written is out                                       */
    CONNECTION_LINGERING, /* the same, but the client gets a while to read it: closing with unread bytes makes
                             the kernel send a reset, which may overtake the answer                            */
    CONNECTION_SOCKET,    /* belongs to lws                                                                   */
    CONNECTION_GONE,      /* closed; freed at the end of the loop's turn                                      */
};

struct connection {
    struct source source;
    int fd;
    enum connection_state state;
    uint32_t watched; /* EPOLL… bits */
    struct loop *loop;
    struct http_server *server;
    struct connection *before, *after; /* all that are open; `after` also links those that are gone        */
    struct loop_timer timer;           /* HTTP: when it is closed for want of bytes; sockets: pings        */

    struct buf in;                  /* bytes of requests that are not dealt with yet                       */
    struct http_search search;      /* … how far the end of a head was looked for in them                  */
    size_t needs;                   /* … and how many must be there before it is worth looking again       */
    uint64_t discard;               /* bytes of a refused body that are still to come                      */
    int64_t body_until_us;          /* when the body that is awaited must be there, however it trickles     */
    struct buf out;                 /* bytes that the kernel did not take yet                              */
    size_t sent;                    /* … how many of them it took since                                    */
    size_t held;                    /* what `in` and `out` count for in the loop's `held`                  */
    struct http_exchange *exchange; /* NULL: no handler is asked                                           */
    bool taking;                    /* requests are being dealt with, further up the stack                 */
    bool answered;                  /* once at least: when nothing is in `in`, it is between two requests  */

    struct lws *wsi;
    const struct ws_upgrade *upgrade;   /* while it is being granted                                       */
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
    int epoll;
    struct source bell;
    int bell_fd;
    struct guest *guest;

    pthread_mutex_t lock; /* guards the next two */
    struct posts posts;
    int64_t grace_ms;     /* the shortest that loop_stop was given */
    struct posts running; /* loop thread: what it swapped out */

    struct timers timers;
    struct http_server *servers;
    struct connection *connections, *gone;
    size_t n_connections;
    size_t held; /* bytes of memory in all connections' `in` and `out`   */
    struct slots exchanges, sockets;
    struct http_exchange *spare; /* for reuse                                   */
    struct arena head;           /* a request's head, for the time of a call    */
    struct buf out;              /* an answer being written                     */
    struct buf error;            /* its body, when it is one of ours            */
    int64_t date_s;              /* the second that `date` shows                */
    char date[30];               /* IMF-fixdate and its NUL                     */

    bool draining, expired;
    struct loop_timer grace;
    struct metric *open_connections, *open_sockets, *rejected;
};

struct http_server {
    struct source source;
    struct loop *loop;
    struct http_server *next;
    struct http_server_settings settings;
    struct listener listener; /* fd -1: does not listen any more */
    struct loop_timer pause;
};

/* ── loop.c ────────────────────────────────────────────────────────────────────────────────────────────────────── */

int64_t loop_now_us(void);
/* EPOLL_CTL_ADD or _MOD; false: the machine refused. */
bool loop_watch(struct loop *loop, int how, int fd, uint32_t events, struct source *source);

/* ── connection.c ──────────────────────────────────────────────────────────────────────────────────────────────── */

MUST_USE enum err connection_listen(struct http_server *server, struct error *error);
void connection_stop_listening(struct http_server *server);
/* Writes all of it, now or when the kernel takes it; false: the client is gone. */
bool connection_write(struct connection *connection, struct str bytes);
/* No more requests: closes when everything written is out. */
void connection_finish(struct connection *connection);
/* The loop is to end and no handler is asked: whose request is on its way gets its answer, others are finished. */
void connection_drain(struct connection *connection);
/* The same, giving the client a while to read it, whatever it still sends (RFC 9112 §9.6). */
void connection_linger(struct connection *connection);
/* Closes at once. */
void connection_close(struct connection *connection);
/* Reads again after a pause that an exchange made necessary. */
void connection_resume(struct connection *connection);
/* Closes it after so long, unless its timer is set anew. */
void connection_expire(struct connection *connection, int64_t ms);
/* Counts what its buffers hold; false: all connections together hold too much. */
bool connection_account(struct connection *connection);
/* Starts the time between two requests. */
void connection_idle(struct connection *connection);
/* It is over, whoever closed the descriptor; memory is freed at the end of the loop's turn. */
void connection_gone(struct connection *connection);
void connection_free_gone(struct loop *loop);

/* ── http_server.c, http_take.c ────────────────────────────────────────────────────────────────────────────────── */

/* Bytes have come. */
void http_received(struct connection *connection, struct str bytes);
/* The request before was answered, and more bytes are there already. */
void http_go_on(struct connection *connection);
/* Asks the route's handler. */
void http_dispatch(struct connection *connection, const struct http_head *head, const struct http_route *route,
                   struct str body);
/* Writes an answer as it is. */
bool http_write(struct connection *connection, const struct http_response *response, enum http_keep keep, bool is_head);
/* The answer with an error's JSON as its body; valid until the next one. */
struct http_response http_with_error(struct loop *loop, const struct http_response *response, const char *code,
                                     const char *message);
void http_count_refusal(struct loop *loop, const char *reason);
/* Refuses an upgrade: an error's JSON, then the end of the connection. */
void http_refuse_upgrade(struct connection *connection, const struct http_head *head, int status, const char *message);
/* The connection is gone: its request, if any, will not be answered. */
void http_gone(struct connection *connection);
void http_server_free(struct http_server *server);
void http_free_spare(struct loop *loop);

/* ── guest.c: libwebsockets ────────────────────────────────────────────────────────────────────────────────────── */

MUST_USE enum err guest_open(struct loop *loop, struct guest **ret_guest, struct error *error);
/* Once all servers are open. */
MUST_USE enum err guest_start(struct guest *guest, struct error *error);
/* Closes its sockets. */
void guest_close(struct guest *guest);
/* Lets it work if it has something to do. */
void guest_work(struct guest *guest);
/* The longest time until guest_work must be called; -1: no limit. */
int64_t guest_wait_ms(const struct guest *guest);
/* Makes the connection a WebSocket, with a handshake followed by what else came; the connection is its own from then on
 * (perhaps gone already). */
void guest_adopt(struct guest *guest, struct connection *connection, struct str handshake);
/* ws_writable will be called. */
void guest_want_write(struct connection *connection);
/* Closes at once, not within this call. */
void guest_kill(struct connection *connection);

/* ── ws_server.c ───────────────────────────────────────────────────────────────────────────────────────────────── */

bool ws_is_upgrade(const struct http_head *head);
/* Refuses, or hands the connection over; `rest`: the bytes after the head. */
void ws_upgrade(struct connection *connection, const struct http_head *head, struct str rest);
/* For lws's callback; they return what it returns: 0, or -1 to close. */
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
