/* bot/dashboard/health.h — /healthz, /readyz and /metrics.
 *
 * Alive: the loop answers.  Ready: flows are loaded, the queue is not overfull, nobody asked us to stop, and the database
 * can be written, which is tried with a small write of its own each time.  Metrics: Prometheus text format 0.0.4.
 *
 * Thread: the handlers run on the loop; the flags may be set on any thread.                                                  */
#ifndef GILBOT_DASHBOARD_HEALTH_H
#define GILBOT_DASHBOARD_HEALTH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bot/base/clock.h"

struct http_request;
struct loop;
struct metrics;
struct store;

struct health {
    struct metrics *metrics;
    struct store *store;
    struct loop *loop;
    struct clock clock;
    int64_t queue_limit;  /* inbox rows                                */
    atomic_bool started;  /* flows loaded, threads running             */
    atomic_bool stopping; /* SIGTERM came                              */
};

/* Route handlers; `arg` is the struct health. */
void health_alive(const struct http_request *request, void *arg);
void health_ready(const struct http_request *request, void *arg);
void health_metrics(const struct http_request *request, void *arg);

#endif
