#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bot/base/log.h"
#include "bot/net/inside.h"

#include "bot/base/banned.h"

enum { ACCEPT_AT_ONCE = 64, ACCEPT_PAUSE_MS = 100, LINGER_MS = 2000 };

/* ── coming ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void on_idle(void *arg)
{
    connection_kill(arg);
}

void connection_idle(struct connection *connection)
{
    struct loop *loop = connection->loop;
    loop_timer_set(loop, &connection->timer, loop->settings.keepalive_ms, on_idle, connection);
}

static void count(struct loop *loop, int by)
{
    loop->n_connections = (size_t)((int64_t)loop->n_connections + by);
    if (loop->open_connections != NULL)
        metric_set(loop->open_connections, (double)loop->n_connections);
}

static void link_connection(struct loop *loop, struct connection *connection)
{
    connection->after = loop->connections;
    if (loop->connections != NULL)
        loop->connections->before = connection;
    loop->connections = connection;
    count(loop, 1);
}

static void free_connection(struct connection *connection)
{
    struct loop *loop = connection->loop;
    if (connection->before != NULL)
        connection->before->after = connection->after;
    else
        loop->connections = connection->after;
    if (connection->after != NULL)
        connection->after->before = connection->before;
    count(loop, -1);
    loop_timer_cancel(loop, &connection->timer);
    free(connection);
}

static void take(struct http_server *server, int fd)
{
    struct loop *loop = server->loop;
    struct connection *connection =
        loop->n_connections < loop->settings.max_connections ? calloc(1, sizeof *connection) : NULL;
    if (connection == NULL) {
        close(fd);
        if (loop->rejected != NULL)
            metric_add(loop->rejected, 1, "connections");
        return;
    }
    *connection = (struct connection){.loop = loop, .server = server, .reading = true};
    link_connection(loop, connection);
    lws_adopt_desc_t about = {
        .vh = loop->vhost, .type = LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP, .fd.sockfd = fd, .opaque = connection};
    /* It closes the descriptor itself when it fails, and tells WSI_DESTROY only from a certain point on. */
    struct lws *wsi = lws_adopt_descriptor_vhost_via_info(&about);
    if (wsi == NULL) {
        if (loop->connections == connection)
            free_connection(connection);
        return;
    }
    lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
    connection_idle(connection);
}

static void on_pause_ended(void *arg)
{
    struct http_server *server = arg;
    if (server->listening != NULL)
        lws_rx_flow_control(server->listening, 1);
}

static void take_waiting(struct http_server *server)
{
    for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
        int fd = listener_accept(&server->listener);
        if (fd >= 0) {
            take(server, fd);
        } else if (errno != EINTR && errno != ECONNABORTED) {
            if (errno != EAGAIN) { /* out of descriptors: who waits stays waiting, but the loop must not spin */
                LOG_WARNING("loop.accept_failed", F_CSTR("reason", strerror(errno)));
                lws_rx_flow_control(server->listening, 0);
                loop_timer_set(server->loop, &server->pause, ACCEPT_PAUSE_MS, on_pause_ended, server);
            }
            return;
        }
    }
}

enum err connection_listen(struct http_server *server, struct error *error)
{
    if (server->listening != NULL || server->loop->draining)
        return OK;
    lws_adopt_desc_t about = {.vh = server->loop->vhost,
                              .type = LWS_ADOPT_RAW_FILE_DESC,
                              .fd.filefd = server->listener.fd,
                              .vh_prot_name = "http",
                              .opaque = server};
    server->listening = lws_adopt_descriptor_vhost_via_info(&about);
    return server->listening == NULL ? fail(error, ERR_INTERNAL, "libwebsockets does not listen") : OK;
}

void connection_stop_listening(struct http_server *server)
{
    loop_timer_cancel(server->loop, &server->pause);
    if (server->listening != NULL)
        lws_set_timeout(server->listening, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

/* ── going ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

void connection_read(struct connection *connection, bool reading)
{
    if (connection->reading == reading)
        return;
    connection->reading = reading;
    lws_rx_flow_control(connection->wsi, reading ? 1 : 0);
}

void connection_close(struct connection *connection)
{
    connection->closing = true;
    lws_callback_on_writable(connection->wsi);
}

void connection_kill(struct connection *connection)
{
    lws_set_timeout(connection->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

/* Closing with unread bytes makes the kernel send a reset, which may overtake the answer: so we say that we are done,
 * and read on for a while. */
static int finish(struct connection *connection)
{
    if (!connection->closing)
        return 0;
    if (!connection->lingering)
        return -1;
    shutdown(lws_get_socket_fd(connection->wsi), SHUT_WR);
    loop_timer_set(connection->loop, &connection->timer, LINGER_MS, on_idle, connection);
    return 0;
}

static void on_destroyed(struct connection *connection)
{
    http_gone(connection);
    ws_gone(connection);
    free_connection(connection);
}

/* ── lws's callback ────────────────────────────────────────────────────────────────────────────────────────────── */

static int on_http(struct connection *connection, enum lws_callback_reasons reason, struct str piece)
{
    switch ((int)reason) {
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
        return 0;
    case LWS_CALLBACK_HTTP:
        return http_started(connection);
    case LWS_CALLBACK_HTTP_BODY:
        return http_body_came(connection, piece);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return http_body_ended(connection);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return finish(connection);
    case LWS_CALLBACK_HTTP_BIND_PROTOCOL: /* also when an answer that lws had to buffer is out */
        return connection->closing ? -1 : 0;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return ws_wants_upgrade(connection);
    case LWS_CALLBACK_WSI_DESTROY:
        lws_set_opaque_user_data(connection->wsi, NULL);
        on_destroyed(connection);
        return 0;
    case LWS_CALLBACK_RAW_ADOPT: /* CONNECT turns a connection into a raw one */
    case LWS_CALLBACK_RAW_RX:
        return -1;
    default:
        return 0;
    }
}

static int on_socket(struct connection *connection, enum lws_callback_reasons reason, struct str piece)
{
    switch ((int)reason) {
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        /* lws takes the first protocol that it knows, whatever the path. */
        return connection->endpoint == NULL ||
                       strcmp(connection->endpoint->protocol, lws_get_protocol(connection->wsi)->name) != 0
                   ? -1
                   : 0;
    case LWS_CALLBACK_ESTABLISHED:
        return ws_opened(connection);
    case LWS_CALLBACK_RECEIVE:
        return ws_received(connection, piece);
    case LWS_CALLBACK_RECEIVE_PONG:
        ws_heard(connection);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return ws_writable(connection);
    case LWS_CALLBACK_CLOSED: /* also after a refusal, without ESTABLISHED */
        ws_gone(connection);
        return 0;
    default:
        return on_http(connection, reason, piece);
    }
}

static int on_listener(struct lws *wsi, enum lws_callback_reasons reason)
{
    struct http_server *server = lws_get_opaque_user_data(wsi);
    if (reason == LWS_CALLBACK_RAW_RX_FILE && server != NULL) {
        take_waiting(server);
    } else if (reason == LWS_CALLBACK_RAW_CLOSE_FILE && server != NULL) {
        server->listening = NULL;
        server->listener.fd = -1;
        listener_unlink(&server->listener);
        lws_set_opaque_user_data(wsi, NULL); /* WSI_DESTROY looks for connections there */
    }
    return 0;
}

int connection_on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t n)
{
    (void)user;
    switch ((int)reason) {
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED: /* for every protocol, with no real connection; must return 0 */
        loop_run_posted(lws_context_user(lws_get_context(wsi)));
        return 0;
    case LWS_CALLBACK_RAW_ADOPT_FILE:
    case LWS_CALLBACK_RAW_RX_FILE:
    case LWS_CALLBACK_RAW_CLOSE_FILE:
        return on_listener(wsi, reason);
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED: /* the first with a connection */
    case LWS_CALLBACK_HTTP:
    case LWS_CALLBACK_HTTP_BODY:
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
    case LWS_CALLBACK_HTTP_WRITEABLE:
    case LWS_CALLBACK_HTTP_BIND_PROTOCOL:
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
    case LWS_CALLBACK_ESTABLISHED:
    case LWS_CALLBACK_RECEIVE:
    case LWS_CALLBACK_RECEIVE_PONG:
    case LWS_CALLBACK_SERVER_WRITEABLE:
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_WSI_DESTROY:
    case LWS_CALLBACK_RAW_ADOPT:
    case LWS_CALLBACK_RAW_RX: {
        struct connection *connection = lws_get_opaque_user_data(wsi);
        if (connection == NULL)
            return 0;
        connection->wsi = wsi;
        return on_socket(connection, reason, (struct str){in, n});
    }
    default:
        return 0;
    }
}
