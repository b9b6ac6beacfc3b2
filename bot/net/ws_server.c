#include "bot/net/ws_server.h"

#include <stdlib.h>
#include <string.h>

#include "bot/base/text.h"
#include "bot/net/http_head.h"
#include "bot/net/inside.h"

#include "bot/base/banned.h"

enum { US_PER_MS = 1000, MAX_REASON_BYTES = 123 }; /* RFC 6455 §5.5: 125 with the code */

/* One message that waits to be sent; lws wants LWS_PRE bytes of room before it. */
struct message {
    struct message *next;
    size_t n;
    unsigned char bytes[];
};

struct ws_socket {
    uint64_t number;
    struct message *first, **last;
    size_t queued_bytes;
    struct buf text; /* of a message in several pieces */
    int64_t heard_us;
    bool ping;           /* a ping is to be sent */
    uint16_t close_code; /* 0: stays open */
    char close_reason[MAX_REASON_BYTES];
    size_t n_close_reason;
};

static size_t max_message(const struct ws_endpoint *endpoint)
{
    return endpoint->max_message_bytes > 0 ? endpoint->max_message_bytes : WS_MAX_MESSAGE_BYTES;
}

static size_t max_queue(const struct ws_endpoint *endpoint)
{
    return endpoint->max_queue_bytes > 0 ? endpoint->max_queue_bytes : WS_MAX_QUEUE_BYTES;
}

/* ── upgrades ──────────────────────────────────────────────────────────────────────────────────────────────────── */

bool ws_has_path(const struct http_server *server, struct str path)
{
    for (size_t i = 0; i < server->settings.n_sockets; i++)
        if (str_eq(str_of(server->settings.sockets[i].path), path))
            return true;
    return false;
}

static struct str field(struct connection *connection, enum lws_token_indexes token)
{
    int times = 0;
    struct str value = http_head_field(connection->wsi, &connection->loop->head, (int)token, STR(""), &times);
    return times == 1 ? value : STR("");
}

static bool offers(struct str offered, const char *protocol)
{
    struct str rest = offered, name;
    while (str_split(&rest, ',', &name))
        if (str_eq(str_trim(name), str_of(protocol)))
            return true;
    return false;
}

/* The endpoint on that path for the first sub-protocol that the client offers and that we have there. */
static const struct ws_endpoint *find_endpoint(const struct http_server *server, struct str path, struct str offered)
{
    struct str rest = offered, name;
    while (str_split(&rest, ',', &name))
        for (size_t i = 0; i < server->settings.n_sockets; i++) {
            const struct ws_endpoint *endpoint = &server->settings.sockets[i];
            if (str_eq(str_of(endpoint->path), path) && offers(name, endpoint->protocol))
                return endpoint;
        }
    return NULL;
}

static struct ws_upgrade read_upgrade(struct connection *connection, struct str path)
{
    return (struct ws_upgrade){
        .path = path,
        .query = http_head_query(connection->wsi, &connection->loop->head),
        .origin = field(connection, WSI_TOKEN_ORIGIN),
        .host = field(connection, WSI_TOKEN_HOST),
        .cookie = field(connection, WSI_TOKEN_HTTP_COOKIE),
        .authorization = field(connection, WSI_TOKEN_HTTP_AUTHORIZATION),
    };
}

static int refuse(struct connection *connection, int status, const char *message)
{
    http_refuse_upgrade(connection, status, message);
    return -1;
}

/* Called for any `Upgrade`, for an unknown one after lws has answered and dropped the head: then there is nothing to
 * read, and the connection must end here (lws would go on with a dangling pointer). */
int ws_wants_upgrade(struct connection *connection)
{
    struct loop *loop = connection->loop;
    struct http_start start;
    arena_reset(&loop->head);
    loop_timer_cancel(loop, &connection->timer);
    if (!http_head_start(connection->wsi, &start) || connection->exchange != NULL || loop->draining)
        return -1;
    if (!str_eq_nocase(field(connection, WSI_TOKEN_UPGRADE), STR("websocket")))
        return refuse(connection, 400, "only websocket can be upgraded to");
    if (start.method != HTTP_GET || start.head || start.length > 0 || start.chunked || start.bad_length)
        return refuse(connection, 400, "an upgrade is a GET without a body");
    if (!ws_has_path(connection->server, start.path))
        return refuse(connection, 404, "there is no socket here");
    if (!str_eq(field(connection, WSI_TOKEN_VERSION), STR("13")) || field(connection, WSI_TOKEN_KEY).n == 0)
        return refuse(connection, 400, "this is no handshake of RFC 6455");
    const struct ws_endpoint *endpoint =
        find_endpoint(connection->server, start.path, field(connection, WSI_TOKEN_PROTOCOL));
    if (endpoint == NULL)
        return refuse(connection, 400, "name one of our sub-protocols");
    struct ws_upgrade upgrade = read_upgrade(connection, start.path);
    int status = endpoint->may_open != NULL ? endpoint->may_open(&upgrade, endpoint->arg) : 0;
    if (status != 0)
        return refuse(connection, status, "you may not open this socket");
    connection->endpoint = endpoint;
    return 0;
}

/* ── pings ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Looks when the silence could have become too long; what is heard only notes the time. */
static void on_silence(void *arg)
{
    struct connection *connection = arg;
    struct loop *loop = connection->loop;
    int64_t silent_ms = (loop_now_us() - connection->socket->heard_us) / US_PER_MS;
    if (silent_ms >= loop->settings.hangup_ms) {
        connection_kill(connection);
        return;
    }
    int64_t next_ms = loop->settings.ping_ms;
    if (silent_ms >= loop->settings.ping_ms) {
        connection->socket->ping = true;
        lws_callback_on_writable(connection->wsi);
        next_ms = loop->settings.hangup_ms;
    }
    loop_timer_set(loop, &connection->timer, next_ms - silent_ms, on_silence, connection);
}

void ws_heard(struct connection *connection)
{
    if (connection->socket != NULL)
        connection->socket->heard_us = loop_now_us();
}

/* ── open and gone ─────────────────────────────────────────────────────────────────────────────────────────────── */

static void count_sockets(struct loop *loop, double by)
{
    if (loop->open_sockets != NULL)
        metric_add(loop->open_sockets, by);
}

int ws_opened(struct connection *connection)
{
    struct loop *loop = connection->loop;
    const struct ws_endpoint *endpoint = connection->endpoint;
    struct ws_socket *socket = calloc(1, sizeof *socket);
    if (socket == NULL)
        return -1;
    socket->last = &socket->first;
    socket->heard_us = loop_now_us();
    buf_init(&socket->text, NULL, max_message(endpoint));
    connection->socket = socket;
    socket->number = slots_add(&loop->sockets, connection);
    count_sockets(loop, 1);
    loop_timer_set(loop, &connection->timer, loop->settings.ping_ms, on_silence, connection);
    arena_reset(&loop->head);
    struct http_start start;
    if (socket->number == 0 || !http_head_start(connection->wsi, &start))
        return -1;
    struct ws_upgrade upgrade = read_upgrade(connection, start.path);
    if (endpoint->on_open != NULL)
        endpoint->on_open(socket->number, &upgrade, endpoint->arg);
    return 0;
}

static void free_message(struct ws_socket *socket)
{
    struct message *message = socket->first;
    socket->first = message->next;
    if (socket->first == NULL)
        socket->last = &socket->first;
    socket->queued_bytes -= message->n;
    free(message);
}

void ws_gone(struct connection *connection)
{
    struct ws_socket *socket = connection->socket;
    if (socket == NULL)
        return;
    struct loop *loop = connection->loop;
    const struct ws_endpoint *endpoint = connection->endpoint;
    loop_timer_cancel(loop, &connection->timer);
    connection->socket = NULL;
    slots_remove(&loop->sockets, socket->number);
    count_sockets(loop, -1);
    if (socket->number != 0 && endpoint->on_close != NULL)
        endpoint->on_close(socket->number, endpoint->arg);
    while (socket->first != NULL)
        free_message(socket);
    buf_release(&socket->text);
    free(socket);
}

/* ── in ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void close_with(struct connection *connection, uint16_t code, struct str reason)
{
    struct ws_socket *socket = connection->socket;
    if (socket->close_code != 0)
        return;
    socket->close_code = code;
    struct str cut = str_first(reason, MAX_REASON_BYTES);
    if (cut.n > 0)
        memcpy(socket->close_reason, cut.p, cut.n);
    socket->n_close_reason = cut.n;
    lws_callback_on_writable(connection->wsi);
}

static int refuse_message(struct connection *connection, uint16_t code)
{
    lws_close_reason(connection->wsi, (enum lws_close_status)code, NULL, 0);
    return -1;
}

static void deliver(struct connection *connection, struct str text)
{
    const struct ws_endpoint *endpoint = connection->endpoint;
    if (connection->socket->close_code == 0 && endpoint->on_text != NULL)
        endpoint->on_text(connection->socket->number, text, endpoint->arg);
}

int ws_received(struct connection *connection, struct str piece)
{
    struct ws_socket *socket = connection->socket;
    struct lws *wsi = connection->wsi;
    if (socket == NULL)
        return -1;
    ws_heard(connection);
    if (lws_frame_is_binary(wsi))
        return refuse_message(connection, LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE);
    bool first = lws_is_first_fragment(wsi) != 0;
    bool last = lws_is_final_fragment(wsi) != 0 && lws_remaining_packet_payload(wsi) == 0;
    if (first)
        buf_truncate(&socket->text, 0);
    if (piece.n > max_message(connection->endpoint) - socket->text.n)
        return refuse_message(connection, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE);
    struct str text = piece;
    if (!first || !last) {
        buf_add(&socket->text, piece);
        if (buf_failed(&socket->text))
            return -1;
        text = buf_str(&socket->text);
    }
    if (!last)
        return 0;
    if (!text_is_utf8(text))
        return refuse_message(connection, LWS_CLOSE_STATUS_INVALID_PAYLOAD);
    deliver(connection, text);
    buf_release(&socket->text);
    return 0;
}

/* ── out ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum ws_result ws_send(struct loop *loop, uint64_t number, struct str text)
{
    struct connection *connection = slots_get(&loop->sockets, number);
    if (connection == NULL || connection->socket->close_code != 0)
        return WS_GONE;
    struct ws_socket *socket = connection->socket;
    struct message *message = text.n > max_queue(connection->endpoint) - socket->queued_bytes
                                  ? NULL
                                  : malloc(sizeof *message + LWS_PRE + text.n);
    if (message == NULL) {
        socket->close_code = LWS_CLOSE_STATUS_POLICY_VIOLATION; /* nothing more is sent or delivered */
        connection_kill(connection);
        return WS_OVERFULL;
    }
    message->next = NULL;
    message->n = text.n;
    if (text.n > 0)
        memcpy(message->bytes + LWS_PRE, text.p, text.n);
    *socket->last = message;
    socket->last = &message->next;
    socket->queued_bytes += text.n;
    lws_callback_on_writable(connection->wsi);
    return WS_SENT;
}

void ws_close(struct loop *loop, uint64_t number, uint16_t code, struct str reason)
{
    struct connection *connection = slots_get(&loop->sockets, number);
    if (connection != NULL)
        close_with(connection, code, reason);
}

void ws_say_goodbye(struct connection *connection)
{
    close_with(connection, LWS_CLOSE_STATUS_GOINGAWAY, STR(""));
}

/* One write a call: lws calls only when what it buffered before is out, so the rest stays in our own, bounded queue. */
int ws_writable(struct connection *connection)
{
    struct ws_socket *socket = connection->socket;
    struct lws *wsi = connection->wsi;
    if (socket == NULL)
        return -1;
    if (socket->ping) {
        unsigned char ping[LWS_PRE + 1];
        socket->ping = false;
        if (lws_write(wsi, ping + LWS_PRE, 0, LWS_WRITE_PING) < 0)
            return -1;
    } else if (socket->first != NULL) {
        int sent = lws_write(wsi, socket->first->bytes + LWS_PRE, socket->first->n, LWS_WRITE_TEXT);
        free_message(socket);
        if (sent < 0)
            return -1;
    } else if (socket->close_code != 0) {
        lws_close_reason(wsi, (enum lws_close_status)socket->close_code, (unsigned char *)socket->close_reason,
                         socket->n_close_reason);
        return -1;
    }
    if (socket->first != NULL || socket->close_code != 0)
        lws_callback_on_writable(wsi);
    return 0;
}

/* ── origins ───────────────────────────────────────────────────────────────────────────────────────────────────── */

bool ws_same_origin(const struct ws_upgrade *upgrade, struct str public_url)
{
    if (upgrade->origin.n == 0)
        return true;
    size_t slashes = str_find(upgrade->origin, STR("://"));
    if (slashes == SIZE_MAX)
        return false; /* "null": a sandboxed page */
    if (str_eq_nocase(str_skip(upgrade->origin, slashes + 3), upgrade->host))
        return true;
    struct str url = public_url;
    size_t scheme = str_find(url, STR("://"));
    if (scheme == SIZE_MAX)
        return false;
    size_t path = str_find_char(str_skip(url, scheme + 3), '/');
    return str_eq_nocase(upgrade->origin, path == SIZE_MAX ? url : str_first(url, scheme + 3 + path));
}
