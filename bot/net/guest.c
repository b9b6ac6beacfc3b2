/* bot/net/guest.c — libwebsockets as a guest of our loop.
 *
 * lws polls all its descriptors at every call.  So they are watched by our epoll as well, edge-triggered, and lws is only
 * called (never waiting) when one of them has something, when a socket has something to send, and once a second for lws's
 * own time limits.  Only WebSockets live here; their handshakes are read and checked by us before.
 *
 * Thread: loop thread.                                                                                               */
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/log.h"
#include "bot/net/inside.h"

#include "bot/base/banned.h"

enum {
    SERVICE_BYTES = 16 * 1024, /* what lws reads at once          */
    READ_BYTES = 1024,         /* lws keeps that much per socket  */
    SEND_BYTES = 64 * 1024,
    HEADER_BYTES = 1024, /* our own handshakes are short    */
    TIMEOUT_S = 10,
    TICK_MS = 1000,
    MAX_TURNS = 64, /* of lws within one turn of the loop */
};

struct guest {
    struct loop *loop;
    struct lws_context *context;
    struct lws_vhost *vhost;
    struct lws_protocols *protocols;
    lws_retry_bo_t no_pings;     /* ours are cheaper, see ws_server.c                            */
    struct connection *arriving; /* is being adopted                                             */
    size_t n;                    /* connections                                                  */
    bool wanted;                 /* something happened that lws must look at                     */
    uint64_t events;             /* that lws told us: while there are more, there may be more    */
    int64_t last_us;
};

/* ── callback ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static int on_connection(struct connection *connection, enum lws_callback_reasons reason, struct str piece)
{
    switch ((int)reason) {
    case LWS_CALLBACK_HTTP: /* it did not take our handshake for one */
        return -1;
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return strcmp(connection->endpoint->protocol, lws_get_protocol(connection->wsi)->name) == 0 ? 0 : -1;
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
    case LWS_CALLBACK_WSI_DESTROY: /* the descriptor is closed already */
        lws_set_opaque_user_data(connection->wsi, NULL);
        connection->loop->guest->n--;
        connection_gone(connection);
        return 0;
    default:
        return 0;
    }
}

static int on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t n)
{
    (void)user;
    struct guest *guest = lws_context_user(lws_get_context(wsi));
    switch ((int)reason) {
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
        lws_set_opaque_user_data(wsi, guest->arriving);
        guest->arriving->wsi = wsi;
        return 0;
    case LWS_CALLBACK_HTTP: /* these have a connection */
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
    case LWS_CALLBACK_ESTABLISHED:
    case LWS_CALLBACK_RECEIVE:
    case LWS_CALLBACK_RECEIVE_PONG:
    case LWS_CALLBACK_SERVER_WRITEABLE:
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_WSI_DESTROY: {
        struct connection *connection = lws_get_opaque_user_data(wsi);
        guest->events++;
        return connection == NULL ? 0 : on_connection(connection, reason, (struct str){in, n});
    }
    default: /* EVENT_WAIT_CANCELLED must return 0 */
        return 0;
    }
}

/* ── life ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void log_lws(int level, const char *line)
{
    (void)level;
    /* 4.1 says so, as an error, for every connection that guest_adopt hands to it. */
    if (strstr(line, "calling service") != NULL)
        return;
    LOG_WARNING("lws.complained", F_STR("text", str_trim(str_of(line))));
}

enum err guest_open(struct loop *loop, struct guest **ret_guest, struct error *error)
{
    struct guest *guest = calloc(1, sizeof *guest);
    if (guest == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for libwebsockets");
    guest->loop = loop;
    lws_set_log_level(LLL_ERR | LLL_WARN, log_lws);
    struct lws_context_creation_info info = {
        .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .max_http_header_data = HEADER_BYTES,
        .pt_serv_buf_size = SERVICE_BYTES,
        .timeout_secs = TIMEOUT_S,
        .user = guest,
    };
    guest->context = lws_create_context(&info);
    if (guest->context == NULL) {
        free(guest);
        return fail(error, ERR_INTERNAL, "libwebsockets does not start");
    }
    *ret_guest = guest;
    return OK;
}

void guest_close(struct guest *guest)
{
    if (guest == NULL)
        return;
    lws_context_destroy(guest->context);
    free(guest->protocols);
    free(guest);
}

static bool is_known(const struct guest *guest, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(guest->protocols[i].name, name) == 0)
            return true;
    return false;
}

/* All servers share one vhost: between several, lws would choose by the Host header. */
enum err guest_start(struct guest *guest, struct error *error)
{
    size_t n_sockets = 0, n = 0;
    if (guest->vhost != NULL)
        return OK;
    for (const struct http_server *server = guest->loop->servers; server != NULL; server = server->next)
        n_sockets += server->settings.n_sockets;
    guest->protocols = calloc(n_sockets + 2, sizeof *guest->protocols);
    if (guest->protocols == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the protocols");
    /* The first one gets who names none: nobody. */
    guest->protocols[n++] = (struct lws_protocols){.name = "", .callback = on_lws};
    for (const struct http_server *server = guest->loop->servers; server != NULL; server = server->next)
        for (size_t i = 0; i < server->settings.n_sockets; i++)
            if (!is_known(guest, n, server->settings.sockets[i].protocol))
                guest->protocols[n++] = (struct lws_protocols){.name = server->settings.sockets[i].protocol,
                                                               .callback = on_lws,
                                                               .rx_buffer_size = READ_BYTES,
                                                               .tx_packet_size = SEND_BYTES};
    struct lws_context_creation_info info = {
        .vhost_name = "gilbot",
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .protocols = guest->protocols,
        .retry_and_idle_policy = &guest->no_pings,
    };
    guest->vhost = lws_create_vhost(guest->context, &info);
    return guest->vhost == NULL ? fail(error, ERR_INTERNAL, "libwebsockets refuses its host") : OK;
}

/* ── work ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void on_ready(struct source *source, uint32_t events)
{
    (void)events;
    struct connection *connection = CONTAINER_OF(source, struct connection, source);
    connection->loop->guest->wanted = true;
}

int64_t guest_wait_ms(const struct guest *guest)
{
    if (guest->wanted)
        return 0;
    return guest->n > 0 ? TICK_MS : -1;
}

/* Edges are seen once: lws is called until it has nothing more to tell. */
void guest_work(struct guest *guest)
{
    bool tick = guest->n > 0 && loop_now_us() - guest->last_us >= INT64_C(1000) * TICK_MS;
    if (!guest->wanted && !tick)
        return;
    uint64_t before;
    int turns = 0;
    do {
        guest->wanted = false;
        before = guest->events;
        lws_service(guest->context, -1);
    } while ((guest->events != before || guest->wanted) && ++turns < MAX_TURNS);
    guest->wanted = guest->wanted || turns == MAX_TURNS;
    guest->last_us = loop_now_us();
}

void guest_adopt(struct guest *guest, struct connection *connection, struct str handshake)
{
    uint32_t events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | (uint32_t)EPOLLET;
    loop_timer_cancel(guest->loop, &connection->timer);
    connection->state = CONNECTION_SOCKET;
    connection->source.ready = on_ready;
    loop_watch(guest->loop, EPOLL_CTL_MOD, connection->fd, events, &connection->source);
    guest->arriving = connection;
    guest->n++;
    /* lws reads the handshake within this call; when it does not like it, the connection is gone afterwards. */
    lws_adopt_socket_vhost_readbuf(guest->vhost, connection->fd, handshake.p, handshake.n);
    guest->arriving = NULL;
    guest->wanted = true;
    if (connection->wsi == NULL &&
        connection->state != CONNECTION_GONE) { /* never adopted: lws closed the descriptor */
        guest->n--;
        connection_gone(connection);
    }
}

void guest_want_write(struct connection *connection)
{
    lws_callback_on_writable(connection->wsi);
    connection->loop->guest->wanted = true;
}

void guest_kill(struct connection *connection)
{
    lws_set_timeout(connection->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
    connection->loop->guest->wanted = true;
}
