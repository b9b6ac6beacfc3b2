#include "bot/net/ws_server.h"

#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/text.h"
#include "bot/net/inside.h"

#include "bot/base/banned.h"

enum {
    US_PER_MS = 1000,
    KEY_BYTES = 24,
    MAX_REASON_BYTES = 123, /* RFC 6455 §5.5: 125 with the code */
};

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
    bool ping, pinged;   /* a ping is to be sent; was, and nothing heard since */
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

bool ws_is_upgrade(const struct http_head *head)
{
    return head->is_1_1 && http_head_lists(http_head_field(head, STR("upgrade")), STR("websocket")) &&
           http_head_lists(http_head_field(head, STR("connection")), STR("upgrade"));
}

/* The endpoint on that path for the first sub-protocol that the client offers and that we have there. */
static const struct ws_endpoint *find_endpoint(const struct http_server *server, struct str path, struct str offered)
{
    struct str rest = offered, name;
    while (str_split(&rest, ',', &name))
        for (size_t i = 0; i < server->settings.n_sockets; i++) {
            const struct ws_endpoint *endpoint = &server->settings.sockets[i];
            if (str_eq(str_of(endpoint->path), path) && str_eq(str_of(endpoint->protocol), str_trim(name)))
                return endpoint;
        }
    return NULL;
}

/* Base64 of 16 bytes (RFC 6455 §4.1). */
static bool is_key(struct str key)
{
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];
        bool ends = c == '=' && i >= KEY_BYTES - 2;
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '+' && c != '/' &&
            !ends)
            return false;
    }
    return key.n == KEY_BYTES;
}

static struct str copy_field(struct arena *arena, const struct http_head *head, struct str name)
{
    return arena_copy(arena, http_head_field(head, name));
}

/* Copies: lws reads the handshake into the buffer that the head lies in. */
static struct ws_upgrade read_upgrade(struct arena *arena, const struct http_head *head)
{
    return (struct ws_upgrade){
        .path = arena_copy(arena, head->path),
        .query = arena_copy(arena, head->query),
        .origin = copy_field(arena, head, STR("origin")),
        .host = copy_field(arena, head, STR("host")),
        .cookie = copy_field(arena, head, STR("cookie")),
        .authorization = copy_field(arena, head, STR("authorization")),
    };
}

/* lws gets a plain handshake of our own making, so that its reading of heads cannot matter. */
static void add_handshake(struct buf *out, const struct ws_endpoint *endpoint, struct str key, struct str rest)
{
    buf_addf(out,
             "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %.*s\r\nSec-WebSocket-Protocol: %s\r\n\r\n",
             STR_ARG(key), endpoint->protocol);
    buf_add(out, rest);
}

/* What speaks against the handshake itself; 0: nothing. */
static int object(const struct connection *connection, const struct http_head *head, const char **ret_why)
{
    bool plain = head->method == HTTP_GET && !head->is_head && head->length == 0 && !head->chunked && !head->bad_length;
    if (!plain) {
        *ret_why = "an upgrade is a GET without a body";
        return 400;
    }
    if (!ws_has_path(connection->server, head->path)) {
        *ret_why = "there is no socket here";
        return 404;
    }
    if (!str_eq(http_head_field(head, STR("sec-websocket-version")), STR("13")) ||
        !is_key(http_head_field(head, STR("sec-websocket-key")))) {
        *ret_why = "this is no handshake of RFC 6455";
        return 400;
    }
    return 0;
}

void ws_upgrade(struct connection *connection, const struct http_head *head, struct str rest)
{
    const char *why = "you may not open this socket";
    struct ws_upgrade upgrade = read_upgrade(&connection->loop->head, head);
    const struct ws_endpoint *endpoint =
        find_endpoint(connection->server, head->path, http_head_field(head, STR("sec-websocket-protocol")));
    int status = object(connection, head, &why);
    if (status == 0 && endpoint == NULL) {
        status = 400;
        why = "name one of our sub-protocols";
    }
    if (status == 0 && endpoint->may_open != NULL)
        status = endpoint->may_open(&upgrade, endpoint->arg);
    if (status != 0) {
        http_refuse_upgrade(connection, head, status, why);
        return;
    }
    struct buf handshake;
    buf_init(&handshake, NULL, SIZE_MAX / 2);
    add_handshake(&handshake, endpoint, http_head_field(head, STR("sec-websocket-key")), rest);
    if (buf_failed(&handshake) || connection->loop->draining || connection->out.n > 0) {
        connection_close(connection);
    } else {
        connection->endpoint = endpoint;
        connection->upgrade = &upgrade;
        guest_adopt(connection->loop->guest, connection, buf_str(&handshake));
        connection->upgrade = NULL;
    }
    buf_release(&handshake);
}

/* ── pings ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Looks when the silence could have become too long; what is heard mostly only notes the time. */
static void on_silence(void *arg)
{
    struct connection *connection = arg;
    struct loop *loop = connection->loop;
    struct ws_socket *socket = connection->socket;
    int64_t silent_ms = (loop_now_us() - socket->heard_us) / US_PER_MS, next_ms = loop->settings.ping_ms;
    if (silent_ms >= loop->settings.hangup_ms) {
        guest_kill(connection);
        return;
    }
    if (silent_ms >= loop->settings.ping_ms) {
        socket->ping = socket->pinged = true;
        guest_want_write(connection);
        next_ms = loop->settings.hangup_ms;
    }
    loop_timer_set(loop, &connection->timer, next_ms - silent_ms, on_silence, connection);
}

void ws_heard(struct connection *connection)
{
    struct ws_socket *socket = connection->socket;
    if (socket == NULL)
        return;
    socket->heard_us = loop_now_us();
    if (socket->pinged)
        loop_timer_set(connection->loop, &connection->timer, connection->loop->settings.ping_ms, on_silence,
                       connection);
    socket->pinged = false;
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
    struct ws_socket *socket = connection->upgrade != NULL ? calloc(1, sizeof *socket) : NULL;
    if (socket == NULL)
        return -1;
    socket->last = &socket->first;
    socket->heard_us = loop_now_us();
    buf_init(&socket->text, NULL, max_message(endpoint));
    connection->socket = socket;
    socket->number = slots_add(&loop->sockets, connection);
    count_sockets(loop, 1);
    loop_timer_set(loop, &connection->timer, loop->settings.ping_ms, on_silence, connection);
    if (socket->number == 0)
        return -1;
    if (endpoint->on_open != NULL)
        endpoint->on_open(socket->number, connection->upgrade, endpoint->arg);
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
    guest_want_write(connection);
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
        guest_kill(connection);
        return WS_OVERFULL;
    }
    message->next = NULL;
    message->n = text.n;
    if (text.n > 0)
        memcpy(message->bytes + LWS_PRE, text.p, text.n);
    *socket->last = message;
    socket->last = &message->next;
    socket->queued_bytes += text.n;
    guest_want_write(connection);
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
        unsigned char ping[LWS_PRE + 1] = {[LWS_PRE] = '?'}; /* lws keeps an empty pong to itself */
        socket->ping = false;
        if (lws_write(wsi, ping + LWS_PRE, 1, LWS_WRITE_PING) < 0)
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
        guest_want_write(connection);
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
