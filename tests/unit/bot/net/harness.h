/* tests/unit/bot/net/harness.h — a loop with one server on a free port of loopback, running in a thread of its own. */
#ifndef GILBOT_TESTS_UNIT_BOT_NET_HARNESS_H
#define GILBOT_TESTS_UNIT_BOT_NET_HARNESS_H

#include <pthread.h>

#include "bot/base/buf.h"
#include "bot/base/metrics.h"
#include "bot/net/http_server.h"
#include "bot/net/loop.h"
#include "bot/net/ws_server.h"
#include "tests/support/net_client.h"
#include "tests/support/test.h"

struct harness {
    struct metrics *metrics;
    struct loop *loop;
    struct http_server *server;
    uint16_t port;
    pthread_t thread;
    enum err rc; /* of loop_run, after harness_stop */
};

static inline void *harness_run(void *arg)
{
    struct harness *harness = arg;
    harness->rc = loop_run(harness->loop, NULL);
    return NULL;
}

static inline void harness_open(struct harness *harness, struct loop_settings loop, struct http_server_settings server)
{
    struct error error = {0};
    *harness = (struct harness){.metrics = metrics_new()};
    loop.metrics = harness->metrics;
    if (loop_open(&loop, &harness->loop, &error) != OK)
        fail_msg("%s", error.text);
    if (server.listen.n == 0)
        server.listen = STR("127.0.0.1:0");
    if (http_server_open(harness->loop, &server, &harness->server, &error) != OK)
        fail_msg("%s", error.text);
    harness->port = http_server_port(harness->server);
}

static inline void harness_run_in_thread(struct harness *harness)
{
    assert_int_equal(pthread_create(&harness->thread, NULL, harness_run, harness), 0);
}

static inline void harness_start(struct harness *harness, struct loop_settings loop, struct http_server_settings server)
{
    harness_open(harness, loop, server);
    harness_run_in_thread(harness);
}

static inline void harness_join(struct harness *harness)
{
    pthread_join(harness->thread, NULL);
    assert_int_equal(harness->rc, OK);
    loop_close(harness->loop);
    metrics_free(harness->metrics);
}

static inline void harness_stop(struct harness *harness)
{
    loop_stop(harness->loop, 0);
    harness_join(harness);
}

/* A counter that threads wait for. */
struct tally {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int n;
};

#define TALLY                                                                                                          \
    {                                                                                                                  \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0                                                         \
    }

static inline void tally_add(struct tally *tally, int by)
{
    pthread_mutex_lock(&tally->lock);
    tally->n += by;
    pthread_cond_broadcast(&tally->changed);
    pthread_mutex_unlock(&tally->lock);
}

static inline int tally_read(struct tally *tally)
{
    pthread_mutex_lock(&tally->lock);
    int n = tally->n;
    pthread_mutex_unlock(&tally->lock);
    return n;
}

/* Waits until it is n; fails the test after the deadline. */
static inline void tally_wait(struct tally *tally, int n)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += NET_DEADLINE_MS / 1000;
    pthread_mutex_lock(&tally->lock);
    int rc = 0;
    while (tally->n != n && rc == 0)
        rc = pthread_cond_timedwait(&tally->changed, &tally->lock, &until);
    int got = tally->n;
    pthread_mutex_unlock(&tally->lock);
    assert_int_equal(got, n);
}

#endif
