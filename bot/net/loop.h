/* bot/net/loop.h — the one thread that reads and writes connections, and the one way for others to reach it.
 *
 *   any thread ── loop_post(fn, arg) ──▶ list ──(doorbell, once per list)──▶ loop thread runs fn(arg) in order
 *
 * Everything below runs on the loop thread (the one that is in loop_run; before loop_run and after it the thread that
 * opened the loop) unless its line says "any thread".  Nothing on the loop thread may wait for disk, network or CPU.
 * One epoll for everything, so that 10,000 idle connections neither cost time nor more than a few hundred bytes each.
 *
 *   loop_open → http_server_open … → loop_run … loop_stop (any thread) → [join every thread that posts] → loop_close
 *
 * Memory: a loop owns its servers; loop_close frees them.                                                           */
#ifndef GILBOT_NET_LOOP_H
#define GILBOT_NET_LOOP_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct loop;
struct metrics;

enum {
    LOOP_MAX_CONNECTIONS = 12000,
    LOOP_MAX_HEADER_BYTES = 16384,
    LOOP_KEEPALIVE_MS = 75000,
    LOOP_TIMEOUT_MS = 10000,
    LOOP_PING_MS = 30000,
    LOOP_HANGUP_MS = 40000,
    LOOP_MIN_BODY_BYTES_PER_S = 4096,
    LOOP_MAX_HELD_BYTES = 64 * 1024 * 1024,
};

/* A zero member means its default. */
struct loop_settings {
    size_t max_connections;       /* open at once, all listeners together: one more is closed as it comes           */
    size_t max_header_bytes;      /* of one request's head; a longer one gets 431                                   */
    int64_t keepalive_ms;         /* idle time between two requests; above the proxy's own, else it meets closed ones */
    int64_t timeout_ms;           /* a head as a whole; a body that stalls                                          */
    int64_t min_body_bytes_per_s; /* a body that comes slower than that, timeout_ms apart, is not waited for    */
    /* What all connections' unfinished requests and unread answers may take together; then who needs more gets 503 (or,
     * in the middle of an answer, is closed): clients that trickle cannot use up the memory. */
    size_t max_held_bytes;
    int64_t ping_ms;         /* a socket that is silent so long is pinged                                      */
    int64_t hangup_ms;       /* a socket that is silent so long is closed; > ping_ms                           */
    struct metrics *metrics; /* NULL: nothing is counted                                                       */
};

/* ERR_INTERNAL: the machine refused (descriptors, memory). */
MUST_USE
enum err loop_open(const struct loop_settings *settings, struct loop **ret_loop, struct error *error);

/* Any thread.  fn(arg) will run once on the loop thread, after everything that this thread posted before.  What is
 * still in the list when the loop is closed runs in loop_close, so `fn` can always free `arg`.
 * Out of memory ends the process: the inbox is durable, a lost answer is not. */
void loop_post(struct loop *loop, void (*fn)(void *arg), void *arg);

/* Serves until stopped.  ERR_INTERNAL when the service itself fails. */
MUST_USE
enum err loop_run(struct loop *loop, struct error *error);

/* Any thread (not a signal handler).  From now on: listeners are closed, connections between two requests too, sockets get
 * "going away" (1001); requests under way may finish and are told `Connection: close`, those of clients that had connected
 * but said nothing yet included.  loop_run returns when no connection is left, at the latest after `grace_ms`.  A second
 * call can only shorten the grace. */
void loop_stop(struct loop *loop, int64_t grace_ms);

/* Any thread that is not in loop_run; after loop_run returned and every thread that posts has ended.  NULL is fine. */
void loop_close(struct loop *loop);

/* ── timers (loop thread) ──────────────────────────────────────────────────────────────────────────────────────── */

/* Zeroed is idle.  Embedded in what it belongs to; must be cancelled before that goes away.  Its members are private. */
struct loop_timer {
    int64_t due_us;
    size_t place;
    void (*fn)(void *arg);
    void *arg;
};

/* fn(arg) runs once, `delay_ms` (≥ 0) from now; a timer that was set already is moved. */
void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t delay_ms, void (*fn)(void *arg), void *arg);

/* Idle timers too. */
void loop_timer_cancel(struct loop *loop, struct loop_timer *timer);

#endif
