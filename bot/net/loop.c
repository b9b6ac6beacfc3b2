#include "bot/net/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bot/base/log.h"
#include "bot/net/inside.h"

#include "bot/base/banned.h"

enum {
    OTHER_BYTES_PER_HEAD = 4,
    OTHER_DESCRIPTORS = 512, /* database, model, report, outgoing connections */
    EVENTS_AT_ONCE = 256,
    US_PER_MS = 1000,
};

int64_t loop_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

bool loop_watch(struct loop *loop, int how, int fd, uint32_t events, struct source *source)
{
    struct epoll_event event = {.events = events, .data.ptr = source};
    return epoll_ctl(loop->epoll, how, fd, &event) == 0;
}

/* ── opening ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* lws sizes its tables by the limit of descriptors, and takes 2560 for one that is absurdly high (containers). */
static void fit_descriptors(struct loop_settings *settings)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    rlim_t wanted = settings->max_connections + OTHER_DESCRIPTORS;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    settings->max_connections =
        limit.rlim_cur > (rlim_t)2 * OTHER_DESCRIPTORS ? limit.rlim_cur - OTHER_DESCRIPTORS : limit.rlim_cur / 2;
    LOG_WARNING("loop.connections_limited", F_I64("connections", (int64_t)settings->max_connections),
                F_I64("descriptors", (int64_t)limit.rlim_cur));
}

static struct loop_settings with_defaults(const struct loop_settings *settings)
{
    struct loop_settings all = *settings;
    all.max_connections = all.max_connections > 0 ? all.max_connections : LOOP_MAX_CONNECTIONS;
    all.max_header_bytes = all.max_header_bytes > 0 ? all.max_header_bytes : LOOP_MAX_HEADER_BYTES;
    all.keepalive_ms = all.keepalive_ms > 0 ? all.keepalive_ms : LOOP_KEEPALIVE_MS;
    all.timeout_ms = all.timeout_ms > 0 ? all.timeout_ms : LOOP_TIMEOUT_MS;
    all.ping_ms = all.ping_ms > 0 ? all.ping_ms : LOOP_PING_MS;
    all.hangup_ms = all.hangup_ms > 0 ? all.hangup_ms : LOOP_HANGUP_MS;
    all.max_held_bytes = all.max_held_bytes > 0 ? all.max_held_bytes : LOOP_MAX_HELD_BYTES;
    all.min_body_bytes_per_s = all.min_body_bytes_per_s > 0 ? all.min_body_bytes_per_s : LOOP_MIN_BODY_BYTES_PER_S;
    return all;
}

static void declare_metrics(struct loop *loop, struct metrics *metrics)
{
    if (metrics == NULL)
        return;
    loop->open_connections = metrics_gauge(metrics, "gilbot_connections_open", "Open connections.", "");
    loop->open_sockets = metrics_gauge(metrics, "gilbot_sockets_open", "Open WebSockets.", "");
    loop->rejected = metrics_counter(metrics, "gilbot_requests_rejected_total", "Requests refused.", "reason");
}

static void on_bell(struct source *source, uint32_t events)
{
    (void)events;
    struct loop *loop = CONTAINER_OF(source, struct loop, bell);
    uint64_t rings;
    if (read(loop->bell_fd, &rings, sizeof rings) < 0 && errno != EAGAIN)
        LOG_ERROR("loop.bell_broken", F_CSTR("reason", strerror(errno)));
}

enum err loop_open(const struct loop_settings *settings, struct loop **ret_loop, struct error *error)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the loop");
    loop->settings = with_defaults(settings);
    loop->grace_ms = INT64_MAX;
    fit_descriptors(&loop->settings);
    pthread_mutex_init(&loop->lock, NULL);
    arena_init(&loop->head, OTHER_BYTES_PER_HEAD * loop->settings.max_header_bytes);
    buf_init(&loop->out, NULL, SIZE_MAX / 2);
    buf_init(&loop->error, NULL, SIZE_MAX / 2);
    declare_metrics(loop, settings->metrics);
    loop->bell.ready = on_bell;
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->bell_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    enum err rc = OK;
    if (loop->epoll < 0 || loop->bell_fd < 0 || !loop_watch(loop, EPOLL_CTL_ADD, loop->bell_fd, EPOLLIN, &loop->bell))
        rc = fail(error, ERR_INTERNAL, "epoll: %s", strerror(errno));
    if (rc == OK)
        rc = guest_open(loop, &loop->guest, error);
    if (rc != OK) {
        loop_close(loop);
        return rc;
    }
    *ret_loop = loop;
    return OK;
}

/* ── crossing ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_post(struct posts *posts, struct posted posted)
{
    if (posts->n == posts->capacity) {
        size_t capacity = posts->capacity == 0 ? 64 : posts->capacity * 2;
        struct posted *items = realloc(posts->items, capacity * sizeof *items);
        if (items == NULL) {
            LOG_ERROR("loop.out_of_memory", F_I64("posts", (int64_t)posts->n));
            abort();
        }
        posts->items = items;
        posts->capacity = capacity;
    }
    posts->items[posts->n++] = posted;
}

void loop_post(struct loop *loop, void (*fn)(void *arg), void *arg)
{
    pthread_mutex_lock(&loop->lock);
    bool was_empty = loop->posts.n == 0;
    add_post(&loop->posts, (struct posted){fn, arg});
    pthread_mutex_unlock(&loop->lock);
    uint64_t one = 1;
    if (was_empty && write(loop->bell_fd, &one, sizeof one) < 0)
        LOG_ERROR("loop.bell_broken", F_CSTR("reason", strerror(errno)));
}

/* What is posted while this runs rings again and waits for the next turn, so connections are not starved. */
static void run_posted(struct loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    struct posts posts = loop->posts;
    loop->posts = loop->running;
    loop->running = posts;
    pthread_mutex_unlock(&loop->lock);
    for (size_t i = 0; i < loop->running.n; i++)
        loop->running.items[i].fn(loop->running.items[i].arg);
    loop->running.n = 0;
}

/* ── timers ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void ring_timers(struct loop *loop)
{
    int64_t now_us = loop_now_us();
    struct loop_timer *timer;
    while ((timer = timers_take_due(&loop->timers, now_us)) != NULL)
        timer->fn(timer->arg);
}

void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t delay_ms, void (*fn)(void *arg), void *arg)
{
    timer->fn = fn;
    timer->arg = arg;
    timers_set(&loop->timers, timer, loop_now_us() + delay_ms * US_PER_MS);
}

void loop_timer_cancel(struct loop *loop, struct loop_timer *timer)
{
    timers_cancel(&loop->timers, timer);
}

/* ── running ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Until the next timer or until lws must be called, rounded up: a timer never rings too early. */
static int wait_ms(const struct loop *loop)
{
    int64_t due_us = timers_next(&loop->timers), wait = guest_wait_ms(loop->guest);
    if (due_us == INT64_MAX)
        return (int)wait;
    int64_t left_us = due_us - loop_now_us();
    int64_t left_ms = left_us <= 0 ? 0 : (left_us + US_PER_MS - 1) / US_PER_MS;
    if (left_ms > INT32_MAX)
        left_ms = INT32_MAX;
    return (int)(wait >= 0 && wait < left_ms ? wait : left_ms);
}

static enum err turn(struct loop *loop, struct error *error)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int n = epoll_wait(loop->epoll, events, EVENTS_AT_ONCE, wait_ms(loop));
    if (n < 0 && errno != EINTR)
        return fail(error, ERR_INTERNAL, "epoll_wait: %s", strerror(errno));
    for (int i = 0; i < n; i++) {
        struct source *source = events[i].data.ptr;
        if (source->ready != NULL) /* an event before may have ended it */
            source->ready(source, events[i].events);
    }
    run_posted(loop);
    ring_timers(loop);
    guest_work(loop->guest);
    connection_free_gone(loop);
    return OK;
}

enum err loop_run(struct loop *loop, struct error *error)
{
    enum err rc = guest_start(loop->guest, error);
    for (struct http_server *server = loop->servers; rc == OK && server != NULL; server = server->next)
        rc = connection_listen(server, error);
    while (rc == OK && !loop->expired && !(loop->draining && loop->connections == NULL))
        rc = turn(loop, error);
    return rc;
}

/* ── stopping ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void on_grace_ended(void *arg)
{
    struct loop *loop = arg;
    loop->expired = true;
}

static void begin_draining(struct loop *loop)
{
    loop->draining = true;
    for (struct http_server *server = loop->servers; server != NULL; server = server->next)
        connection_stop_listening(server);
    for (struct connection *connection = loop->connections, *after; connection != NULL; connection = after) {
        after = connection->after;
        if (connection->socket != NULL)
            ws_say_goodbye(connection);
        else if (connection->exchange == NULL)
            connection_drain(connection);
    }
}

static void stop(void *arg)
{
    struct loop *loop = arg;
    pthread_mutex_lock(&loop->lock);
    int64_t grace_ms = loop->grace_ms;
    pthread_mutex_unlock(&loop->lock);
    int64_t due_us = loop_now_us() + grace_ms * US_PER_MS;
    if (!loop->draining)
        begin_draining(loop);
    if (loop->grace.place == 0 || due_us < loop->grace.due_us)
        loop_timer_set(loop, &loop->grace, grace_ms, on_grace_ended, loop);
}

void loop_stop(struct loop *loop, int64_t grace_ms)
{
    pthread_mutex_lock(&loop->lock);
    loop->grace_ms = grace_ms < loop->grace_ms ? grace_ms : loop->grace_ms;
    pthread_mutex_unlock(&loop->lock);
    loop_post(loop, stop, loop);
}

void loop_close(struct loop *loop)
{
    if (loop == NULL)
        return;
    bool more = loop->guest != NULL;
    while (more) {
        run_posted(loop);
        pthread_mutex_lock(&loop->lock);
        more = loop->posts.n > 0;
        pthread_mutex_unlock(&loop->lock);
    }
    for (struct http_server *server = loop->servers; server != NULL; server = server->next)
        connection_stop_listening(server);
    for (struct connection *connection = loop->connections, *after; connection != NULL; connection = after) {
        after = connection->after;
        if (connection->state != CONNECTION_SOCKET)
            connection_close(connection);
    }
    guest_close(loop->guest);
    connection_free_gone(loop);
    for (struct http_server *server = loop->servers, *next; server != NULL; server = next) {
        next = server->next;
        http_server_free(server);
    }
    http_free_spare(loop);
    slots_release(&loop->exchanges);
    slots_release(&loop->sockets);
    timers_release(&loop->timers);
    arena_release(&loop->head);
    buf_release(&loop->out);
    buf_release(&loop->error);
    pthread_mutex_destroy(&loop->lock);
    free(loop->posts.items);
    free(loop->running.items);
    if (loop->epoll >= 0)
        close(loop->epoll);
    if (loop->bell_fd >= 0)
        close(loop->bell_fd);
    free(loop);
}
