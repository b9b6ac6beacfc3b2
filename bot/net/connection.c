#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bot/base/log.h"
#include "bot/net/inside.h"

#include "bot/base/banned.h"

enum {
    ACCEPT_AT_ONCE = 64,
    ACCEPT_PAUSE_MS = 100,
    LINGER_MS = 2000,
    FIRST_WORD_MS = 500, /* for a client that connected just before we stop */
    READ_BYTES = 16 * 1024,
    KEPT_OUT_BYTES = 16 * 1024,
};

/* ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void on_expired(void *arg)
{
    connection_close(arg);
}

void connection_expire(struct connection *connection, int64_t ms)
{
    if (connection->state != CONNECTION_GONE)
        loop_timer_set(connection->loop, &connection->timer, ms, on_expired, connection);
}

void connection_idle(struct connection *connection)
{
    connection_expire(connection, connection->loop->settings.keepalive_ms);
}

/* ── going ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void count(struct loop *loop, int by)
{
    loop->n_connections = (size_t)((int64_t)loop->n_connections + by);
    if (loop->open_connections != NULL)
        metric_set(loop->open_connections, (double)loop->n_connections);
}

void connection_gone(struct connection *connection)
{
    struct loop *loop = connection->loop;
    if (connection->state == CONNECTION_GONE)
        return;
    connection->state = CONNECTION_GONE;
    connection->source.ready = NULL;
    connection->fd = -1;
    http_gone(connection);
    ws_gone(connection);
    loop_timer_cancel(loop, &connection->timer);
    if (connection->before != NULL)
        connection->before->after = connection->after;
    else
        loop->connections = connection->after;
    if (connection->after != NULL)
        connection->after->before = connection->before;
    count(loop, -1);
    connection->before = NULL;
    connection->after = loop->gone;
    loop->gone = connection;
}

void connection_free_gone(struct loop *loop)
{
    while (loop->gone != NULL) {
        struct connection *connection = loop->gone;
        loop->gone = connection->after;
        buf_release(&connection->in);
        buf_release(&connection->out);
        (void)connection_account(connection);
        free(connection);
    }
}

void connection_close(struct connection *connection)
{
    if (connection->state == CONNECTION_SOCKET) {
        guest_kill(connection);
    } else if (connection->state != CONNECTION_GONE) {
        close(connection->fd);
        connection_gone(connection);
    }
}

bool connection_account(struct connection *connection)
{
    struct loop *loop = connection->loop;
    loop->held -= connection->held;
    connection->held = connection->in.capacity + connection->out.capacity;
    loop->held += connection->held;
    return loop->held <= loop->settings.max_held_bytes;
}

/* ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void watch(struct connection *connection, uint32_t events)
{
    if (connection->watched == events || connection->state == CONNECTION_GONE)
        return;
    connection->watched = events;
    if (!loop_watch(connection->loop, EPOLL_CTL_MOD, connection->fd, events, &connection->source))
        connection_close(connection);
}

/* What the kernel takes; -1: the client is gone. */
static ssize_t send_some(struct connection *connection, struct str bytes)
{
    ssize_t n;
    do
        n = send(connection->fd, bytes.p, bytes.n, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n < 0 && errno == EAGAIN ? 0 : n;
}

bool connection_write(struct connection *connection, struct str bytes)
{
    if (connection->state == CONNECTION_GONE)
        return false;
    ssize_t n = connection->out.n > 0 ? 0 : send_some(connection, bytes);
    if (n < 0)
        return false;
    if ((size_t)n == bytes.n)
        return true;
    buf_add(&connection->out, str_skip(bytes, (size_t)n));
    watch(connection, connection->watched | EPOLLOUT);
    return connection_account(connection) && !buf_failed(&connection->out);
}

/* All was said: the client gets a while to close its side. */
static void await_end(struct connection *connection)
{
    shutdown(connection->fd, SHUT_WR);
    connection_expire(connection, LINGER_MS);
}

/* Everything that was to be written is out. */
static void flushed(struct connection *connection)
{
    buf_truncate(&connection->out, 0);
    connection->sent = 0;
    if (connection->out.capacity > KEPT_OUT_BYTES) {
        buf_release(&connection->out);
        (void)connection_account(connection);
    }
    if (connection->state == CONNECTION_FLUSHING) {
        connection_close(connection);
        return;
    }
    watch(connection, connection->watched & ~(uint32_t)EPOLLOUT);
    if (connection->state == CONNECTION_LINGERING)
        await_end(connection);
    if (connection->state == CONNECTION_HTTP && connection->exchange == NULL && connection->in.n > 0)
        http_go_on(connection);
}

static void write_more(struct connection *connection)
{
    ssize_t n = send_some(connection, str_skip(buf_str(&connection->out), connection->sent));
    if (n < 0) {
        connection_close(connection);
        return;
    }
    connection->sent += (size_t)n;
    if (connection->sent == connection->out.n)
        flushed(connection);
    else if (n > 0 && connection->exchange == NULL)
        connection_idle(connection); /* a slow reader, but a reader */
}

void connection_finish(struct connection *connection)
{
    if (connection->state != CONNECTION_HTTP && connection->state != CONNECTION_LINGERING)
        return;
    connection->state = CONNECTION_FLUSHING;
    if (connection->out.n == 0) {
        connection_close(connection);
        return;
    }
    watch(connection, EPOLLOUT); /* that the client says no more must not cut the answer */
    connection_idle(connection);
}

void connection_drain(struct connection *connection)
{
    bool awaited = connection->state == CONNECTION_HTTP && (!connection->answered || connection->in.n > 0);
    if (!awaited)
        connection_finish(connection);
    else if (connection->in.n == 0)
        connection_expire(connection, FIRST_WORD_MS);
}

void connection_linger(struct connection *connection)
{
    if (connection->state != CONNECTION_HTTP)
        return;
    connection->state = CONNECTION_LINGERING;
    watch(connection, connection->watched | EPOLLIN);
    if (connection->out.n == 0)
        await_end(connection);
    else
        connection_idle(connection);
}

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void read_some(struct connection *connection)
{
    char bytes[READ_BYTES];
    /* While a handler is asked, or an answer is not read, what comes stays in the kernel. */
    if (connection->state == CONNECTION_HTTP && (connection->exchange != NULL || connection->out.n > 0)) {
        watch(connection, connection->watched & ~(uint32_t)EPOLLIN);
        return;
    }
    ssize_t n = recv(connection->fd, bytes, sizeof bytes, 0);
    if (n == 0 && connection->out.n > 0) {
        connection->state = CONNECTION_FLUSHING;
        watch(connection, EPOLLOUT);
    } else if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        connection_close(connection);
    else if (n > 0 && connection->state == CONNECTION_HTTP)
        http_received(connection, (struct str){bytes, (size_t)n});
}

void connection_resume(struct connection *connection)
{
    watch(connection, connection->watched | EPOLLIN);
}

static void on_ready(struct source *source, uint32_t events)
{
    struct connection *connection = CONTAINER_OF(source, struct connection, source);
    if ((events & EPOLLERR) != 0 || (events & (EPOLLHUP | EPOLLIN)) == EPOLLHUP) {
        connection_close(connection);
        return;
    }
    if ((events & EPOLLOUT) != 0)
        write_more(connection);
    if (connection->out.n == 0 && connection->state == CONNECTION_HTTP && connection->exchange == NULL)
        connection_resume(connection);
    if ((events & EPOLLIN) != 0 && connection->state != CONNECTION_GONE)
        read_some(connection);
}

/* ── coming ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void take(struct http_server *server, int fd)
{
    struct loop *loop = server->loop;
    struct connection *connection =
        loop->n_connections < loop->settings.max_connections ? calloc(1, sizeof *connection) : NULL;
    if (connection == NULL || !loop_watch(loop, EPOLL_CTL_ADD, fd, EPOLLIN, &connection->source)) {
        close(fd);
        free(connection);
        http_count_refusal(loop, "connections");
        return;
    }
    *connection = (struct connection){.source.ready = on_ready,
                                      .fd = fd,
                                      .watched = EPOLLIN,
                                      .loop = loop,
                                      .server = server,
                                      .after = loop->connections};
    buf_init(&connection->in, NULL, SIZE_MAX / 2);
    buf_init(&connection->out, NULL, SIZE_MAX / 2);
    loop->connections = connection;
    if (connection->after != NULL)
        connection->after->before = connection;
    count(loop, 1);
    connection_idle(connection);
}

static void on_pause_ended(void *arg)
{
    struct http_server *server = arg;
    loop_watch(server->loop, EPOLL_CTL_MOD, server->listener.fd, EPOLLIN, &server->source);
}

static void on_waiting(struct source *source, uint32_t events)
{
    (void)events;
    struct http_server *server = CONTAINER_OF(source, struct http_server, source);
    for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
        int fd = listener_accept(&server->listener);
        if (fd >= 0) {
            take(server, fd);
        } else if (errno == EAGAIN) {
            return;
        } else if (errno != EINTR && errno != ECONNABORTED) {
            /* Out of descriptors: who waits stays waiting, but the loop must not spin. */
            LOG_WARNING("loop.accept_failed", F_CSTR("reason", strerror(errno)));
            loop_watch(server->loop, EPOLL_CTL_MOD, server->listener.fd, 0, source);
            loop_timer_set(server->loop, &server->pause, ACCEPT_PAUSE_MS, on_pause_ended, server);
            return;
        }
    }
}

enum err connection_listen(struct http_server *server, struct error *error)
{
    if (server->source.ready != NULL || server->loop->draining)
        return OK;
    if (!loop_watch(server->loop, EPOLL_CTL_ADD, server->listener.fd, EPOLLIN, &server->source))
        return fail(error, ERR_INTERNAL, "epoll: %s", strerror(errno));
    server->source.ready = on_waiting;
    return OK;
}

void connection_stop_listening(struct http_server *server)
{
    loop_timer_cancel(server->loop, &server->pause);
    server->source.ready = NULL;
    if (server->listener.fd < 0)
        return;
    /* Closing alone does not end the watch when somebody else holds the socket too, as systemd does. */
    (void)loop_watch(server->loop, EPOLL_CTL_DEL, server->listener.fd, 0, &server->source);
    close(server->listener.fd);
    server->listener.fd = -1;
    listener_unlink(&server->listener);
}
