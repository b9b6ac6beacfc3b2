#include "bot/net/loop.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "bot/base/log.h"
#include "bot/net/inside.h"

#include "bot/base/banned.h"

enum {
    MAX_FIRST_BYTES = 64 * 1024,
    SERVICE_BYTES = 16 * 1024,    /* what lws reads at once                                             */
    HTTP_SEND_BYTES = 256 * 1024, /* what lws tries to send at once                                  */
    WS_READ_BYTES = 1024,         /* lws keeps that much per socket                                     */
    WS_SEND_BYTES = 64 * 1024,
    OTHER_DESCRIPTORS = 512, /* database, model, report, outgoing connections                        */
    US_PER_MS = 1000,
};

int64_t loop_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ── opening ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void log_lws(int level, const char *line)
{
    (void)level;
    /* 4.1 says so, as an error, for every connection that ws_upgrade hands to it. */
    if (strstr(line, "calling service") != NULL)
        return;
    LOG_WARNING("lws.complained", F_STR("text", str_trim(str_of(line))));
}

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
        limit.rlim_cur > 2 * OTHER_DESCRIPTORS ? limit.rlim_cur - OTHER_DESCRIPTORS : limit.rlim_cur / 2;
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

/* Whole seconds, at least one: lws counts no finer. */
static unsigned seconds_of(int64_t ms)
{
    return ms < 1000 ? 1 : (unsigned)(ms / 1000);
}

enum err loop_open(const struct loop_settings *settings, struct loop **ret_loop, struct error *error)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the loop");
    loop->settings = with_defaults(settings);
    loop->alarm_us = INT64_MAX;
    fit_descriptors(&loop->settings);
    pthread_mutex_init(&loop->lock, NULL);
    arena_init(&loop->head, 4 * loop->settings.max_header_bytes + MAX_FIRST_BYTES);
    buf_init(&loop->out, NULL, SIZE_MAX / 2);
    buf_init(&loop->error, NULL, SIZE_MAX / 2);
    declare_metrics(loop, settings->metrics);
    lws_set_log_level(LLL_ERR | LLL_WARN, log_lws);
    struct lws_context_creation_info info = {
        .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .max_http_header_data = (unsigned short)loop->settings.max_header_bytes,
        .pt_serv_buf_size = SERVICE_BYTES,
        .timeout_secs = seconds_of(loop->settings.timeout_ms),
        .user = loop,
    };
    loop->context = lws_create_context(&info);
    if (loop->context == NULL) {
        loop_close(loop);
        return fail(error, ERR_INTERNAL, "libwebsockets does not start");
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
    /* lws merges rings: one is enough for everything that is in the list when it is heard. */
    if (was_empty)
        lws_cancel_service(loop->context);
}

/* What is posted while this runs rings again and waits for the next turn, so connections are not starved. */
void loop_run_posted(struct loop *loop)
{
    if (loop->running.n > 0)
        return;
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

static void on_alarm(lws_sorted_usec_list_t *alarm);

/* One timer of lws stands for all of ours: its own list is searched from the front at every change. */
static void set_alarm(struct loop *loop)
{
    int64_t due_us = timers_next(&loop->timers);
    if (due_us >= loop->alarm_us)
        return;
    loop->alarm_us = due_us;
    int64_t wait_us = due_us - loop_now_us();
    lws_sul_schedule(loop->context, 0, &loop->alarm, on_alarm, wait_us > 0 ? wait_us : 1);
}

static void on_alarm(lws_sorted_usec_list_t *alarm)
{
    struct loop *loop = CONTAINER_OF(alarm, struct loop, alarm);
    int64_t now_us = loop_now_us();
    struct loop_timer *timer;
    while ((timer = timers_take_due(&loop->timers, now_us)) != NULL)
        timer->fn(timer->arg);
    loop->alarm_us = INT64_MAX;
    set_alarm(loop);
}

void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t delay_ms, void (*fn)(void *arg), void *arg)
{
    timer->fn = fn;
    timer->arg = arg;
    timers_set(&loop->timers, timer, loop_now_us() + delay_ms * US_PER_MS);
    set_alarm(loop);
}

void loop_timer_cancel(struct loop *loop, struct loop_timer *timer)
{
    timers_cancel(&loop->timers, timer);
}

/* ── running ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_known(const struct loop *loop, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(loop->protocols[i].name, name) == 0)
            return true;
    return false;
}

/* All servers share one vhost: with several, lws would choose between them by the client's Host header. */
static enum err open_vhost(struct loop *loop, struct error *error)
{
    size_t n_sockets = 0, n = 0;
    for (const struct http_server *server = loop->servers; server != NULL; server = server->next)
        n_sockets += server->settings.n_sockets;
    loop->protocols = calloc(n_sockets + 2, sizeof *loop->protocols);
    if (loop->protocols == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the protocols");
    loop->protocols[n++] =
        (struct lws_protocols){.name = "http", .callback = connection_on_lws, .tx_packet_size = HTTP_SEND_BYTES};
    for (const struct http_server *server = loop->servers; server != NULL; server = server->next)
        for (size_t i = 0; i < server->settings.n_sockets; i++)
            if (!is_known(loop, n, server->settings.sockets[i].protocol))
                loop->protocols[n++] = (struct lws_protocols){.name = server->settings.sockets[i].protocol,
                                                              .callback = connection_on_lws,
                                                              .rx_buffer_size = WS_READ_BYTES,
                                                              .tx_packet_size = WS_SEND_BYTES};
    struct lws_context_creation_info info = {
        .vhost_name = "gilbot",
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .protocols = loop->protocols,
        .retry_and_idle_policy = &loop->no_pings,
    };
    loop->vhost = lws_create_vhost(loop->context, &info);
    return loop->vhost == NULL ? fail(error, ERR_INTERNAL, "libwebsockets refuses its host") : OK;
}

enum err loop_run(struct loop *loop, struct error *error)
{
    enum err rc = loop->vhost == NULL ? open_vhost(loop, error) : OK;
    for (struct http_server *server = loop->servers; rc == OK && server != NULL; server = server->next)
        rc = connection_listen(server, error);
    loop_run_posted(loop); /* rung before there was anybody to hear it */
    while (rc == OK && !loop->expired && !(loop->draining && loop->connections == NULL))
        if (lws_service(loop->context, 0) < 0)
            rc = fail(error, ERR_INTERNAL, "libwebsockets stopped");
    return rc;
}

/* ── stopping ──────────────────────────────────────────────────────────────────────────────────────────────────── */

struct stop {
    struct loop *loop;
    int64_t grace_ms;
};

static void on_grace_ended(void *arg)
{
    struct loop *loop = arg;
    loop->expired = true;
    lws_cancel_service(loop->context);
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
            connection_close(connection);
    }
}

static void stop(void *arg)
{
    struct stop *order = arg;
    struct loop *loop = order->loop;
    int64_t due_us = loop_now_us() + order->grace_ms * US_PER_MS;
    if (!loop->draining)
        begin_draining(loop);
    if (loop->grace.place == 0 || due_us < loop->grace.due_us)
        loop_timer_set(loop, &loop->grace, order->grace_ms, on_grace_ended, loop);
    free(order);
}

void loop_stop(struct loop *loop, int64_t grace_ms)
{
    struct stop *order = malloc(sizeof *order);
    if (order == NULL) {
        LOG_ERROR("loop.out_of_memory", F_CSTR("what", "stop"));
        abort();
    }
    *order = (struct stop){loop, grace_ms};
    loop_post(loop, stop, order);
}

void loop_close(struct loop *loop)
{
    if (loop == NULL)
        return;
    bool more = loop->context != NULL;
    while (more) {
        loop_run_posted(loop);
        pthread_mutex_lock(&loop->lock);
        more = loop->posts.n > 0;
        pthread_mutex_unlock(&loop->lock);
    }
    if (loop->context != NULL)
        lws_context_destroy(loop->context);
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
    free(loop->protocols);
    free(loop);
}
