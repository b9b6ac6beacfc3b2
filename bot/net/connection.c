#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bot/base/log.h"
#include "bot/net/inside.h"

#include "bot/base/banned.h"

enum { ACCEPT_AT_ONCE = 64, ACCEPT_PAUSE_MS = 100 };

/* ── coming ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void on_expired(void *arg)
{
    connection_kill(arg);
}

void connection_expire(struct connection *connection, int64_t ms)
{
    loop_timer_set(connection->loop, &connection->timer, ms, on_expired, connection);
}

void connection_idle(struct connection *connection)
{
    connection_expire(connection, connection->loop->settings.keepalive_ms);
}

static void count(struct loop *loop, int by)
{
    loop->n_connections = (size_t)((int64_t)loop->n_connections + by);
    if (loop->open_connections != NULL)
        metric_set(loop->open_connections, (double)loop->n_connections);
}

struct connection *connection_new(struct http_server *server)
{
    struct loop *loop = server->loop;
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        return NULL;
    *connection = (struct connection){.loop = loop, .server = server, .reading = true, .after = loop->connections};
    buf_init(&connection->in, NULL, SIZE_MAX / 2);
    if (loop->connections != NULL)
        loop->connections->before = connection;
    loop->connections = connection;
    count(loop, 1);
    return connection;
}

void connection_free(struct connection *connection)
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
    buf_release(&connection->in);
    free(connection);
}

static void take(struct http_server *server, int fd)
{
    struct loop *loop = server->loop;
    struct connection *connection =
        loop->n_connections < loop->settings.max_connections ? connection_new(server) : NULL;
    if (connection == NULL) {
        close(fd);
        if (loop->rejected != NULL)
            metric_add(loop->rejected, 1, "connections");
        return;
    }
    lws_adopt_desc_t about = {.vh = loop->vhost, .type = LWS_ADOPT_SOCKET, .fd.sockfd = fd, .opaque = connection};
    /* It closes the descriptor itself when it fails, and tells WSI_DESTROY only from a certain point on. */
    if (lws_adopt_descriptor_vhost_via_info(&about) != NULL)
        connection_idle(connection);
    else if (loop->connections == connection)
        connection_free(connection);
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

static int finish(struct connection *connection)
{
    if (!connection->closing)
        return 0;
    if (!connection->lingering)
        return -1;
    shutdown(lws_get_socket_fd(connection->wsi), SHUT_WR);
    return 0;
}

static void on_destroyed(struct connection *connection)
{
    lws_set_opaque_user_data(connection->wsi, NULL);
    http_gone(connection);
    ws_gone(connection);
    connection_free(connection);
}

/* ── lws's callback ────────────────────────────────────────────────────────────────────────────────────────────── */

static int on_connection(struct connection *connection, enum lws_callback_reasons reason, struct str piece)
{
    switch ((int)reason) {
    case LWS_CALLBACK_RAW_RX:
        return http_received(connection, piece);
    case LWS_CALLBACK_RAW_WRITEABLE:
        return finish(connection);
    case LWS_CALLBACK_HTTP: /* it did not take our handshake for one */
        return -1;
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return connection->endpoint != NULL &&
                       strcmp(connection->endpoint->protocol, lws_get_protocol(connection->wsi)->name) == 0
                   ? 0
                   : -1;
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
    case LWS_CALLBACK_WSI_DESTROY:
        on_destroyed(connection);
        return 0;
    default:
        return 0;
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
    struct loop *loop = lws_context_user(lws_get_context(wsi));
    switch ((int)reason) {
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED: /* for every protocol, with no real connection; must return 0 */
        loop_run_posted(loop);
        return 0;
    case LWS_CALLBACK_RAW_RX_FILE:
    case LWS_CALLBACK_RAW_CLOSE_FILE:
        return on_listener(wsi, reason);
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED: /* an upgrade's, see ws_upgrade */
        lws_set_opaque_user_data(wsi, loop->arriving);
        return 0;
    case LWS_CALLBACK_RAW_ADOPT: /* these have a connection */
    case LWS_CALLBACK_RAW_RX:
    case LWS_CALLBACK_RAW_WRITEABLE:
    case LWS_CALLBACK_HTTP:
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
    case LWS_CALLBACK_ESTABLISHED:
    case LWS_CALLBACK_RECEIVE:
    case LWS_CALLBACK_RECEIVE_PONG:
    case LWS_CALLBACK_SERVER_WRITEABLE:
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_WSI_DESTROY: {
        struct connection *connection = lws_get_opaque_user_data(wsi);
        if (connection == NULL)
            return 0;
        connection->wsi = wsi;
        return on_connection(connection, reason, (struct str){in, n});
    }
    default:
        return 0;
    }
}
