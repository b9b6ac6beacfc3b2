#include "bot/net/http_server.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bot/base/log.h"
#include "bot/net/http_head.h"
#include "bot/net/http_response.h"
#include "bot/net/inside.h"

#include "bot/base/banned.h"

enum {
    KEPT_BODY_BYTES = 16 * 1024, /* a request's buffer is kept for the next one up to this size     */
    KEPT_OUT_BYTES = 256 * 1024, /* the same for answers                                            */
    MAX_DISCARDED_BYTES =
        16 * 1024 * 1024, /* a refused body up to this is read to its end, so that the connection lives on */
    SOCKET_MODE = 0600,
};

/* One request, from its head to its answer. */
struct http_exchange {
    uint64_t number;
    struct connection *connection;
    const struct http_route *route; /* NULL: refused */
    struct http_start start;
    bool awaits_body, dispatched;
    size_t max_body_bytes;
    struct buf body;
    struct loop_timer timer;
    struct http_exchange *next; /* spare */
};

static const char *const usual_fields[] = {"content-type", "authorization", "cookie",       "origin",
                                           "user-agent",   "if-none-match", "x-request-id", NULL};

/* ── opening ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool find_tokens(struct http_server *server)
{
    size_t n = 0;
    while (server->settings.wanted[n] != NULL)
        n++;
    server->tokens = calloc(n + 1, sizeof *server->tokens);
    for (size_t i = 0; server->tokens != NULL && i < n; i++)
        server->tokens[i] = http_head_token(server->settings.wanted[i]);
    return server->tokens != NULL && n <= HTTP_MAX_FIELDS;
}

enum err http_server_open(struct loop *loop, const struct http_server_settings *settings,
                          struct http_server **ret_server, struct error *error)
{
    struct http_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for a server");
    *server = (struct http_server){.loop = loop, .settings = *settings, .listener.fd = -1};
    struct http_server_settings *own = &server->settings;
    own->wanted = own->wanted != NULL ? own->wanted : usual_fields;
    own->max_body_bytes = own->max_body_bytes > 0 ? own->max_body_bytes : HTTP_MAX_BODY_BYTES;
    own->answer_ms = own->answer_ms > 0 ? own->answer_ms : HTTP_ANSWER_MS;
    own->socket_mode = own->socket_mode > 0 ? own->socket_mode : SOCKET_MODE;
    enum err rc = find_tokens(server) ? OK : fail(error, ERR_INTERNAL, "too many wanted headers");
    if (rc == OK)
        rc = listener_open(own->listen, own->socket_mode, &server->listener, error);
    if (rc != OK) {
        http_server_free(server);
        return rc;
    }
    own->listen = STR("");
    server->next = loop->servers;
    loop->servers = server;
    *ret_server = server;
    return OK;
}

void http_server_free(struct http_server *server)
{
    if (server->listener.fd >= 0) { /* lws never had it */
        close(server->listener.fd);
        listener_unlink(&server->listener);
    }
    free(server->tokens);
    free(server);
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->listener.port;
}

/* ── requests come and go ──────────────────────────────────────────────────────────────────────────────────────── */

static struct http_exchange *new_exchange(struct connection *connection)
{
    struct loop *loop = connection->loop;
    struct http_exchange *exchange = loop->spare;
    if (exchange != NULL) {
        loop->spare = exchange->next;
        struct buf body = exchange->body;
        *exchange = (struct http_exchange){.body = body};
        buf_truncate(&exchange->body, 0);
    } else {
        exchange = calloc(1, sizeof *exchange);
        if (exchange == NULL)
            return NULL;
        buf_init(&exchange->body, NULL, SIZE_MAX / 2);
    }
    exchange->connection = connection;
    exchange->number = slots_add(&loop->exchanges, exchange);
    connection->exchange = exchange;
    return exchange;
}

static void end_exchange(struct http_exchange *exchange)
{
    struct loop *loop = exchange->connection->loop;
    slots_remove(&loop->exchanges, exchange->number);
    loop_timer_cancel(loop, &exchange->timer);
    exchange->connection->exchange = NULL;
    if (exchange->body.capacity > KEPT_BODY_BYTES || exchange->body.failed) {
        buf_release(&exchange->body);
        buf_init(&exchange->body, NULL, SIZE_MAX / 2);
    }
    exchange->next = loop->spare;
    loop->spare = exchange;
}

void http_gone(struct connection *connection)
{
    if (connection->exchange != NULL)
        end_exchange(connection->exchange);
}

void http_free_spare(struct loop *loop)
{
    for (struct http_exchange *exchange = loop->spare, *next; exchange != NULL; exchange = next) {
        next = exchange->next;
        buf_release(&exchange->body);
        free(exchange);
    }
    loop->spare = NULL;
}

/* ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *date_now(struct loop *loop)
{
    int64_t now_s = (int64_t)time(NULL);
    if (now_s != loop->date_s) {
        loop->date_s = now_s;
        http_response_date(now_s, loop->date);
    }
    return loop->date;
}

static bool write_response(struct connection *connection, const struct http_response *response,
                           const struct http_start *start, enum http_keep keep)
{
    static const char room[LWS_PRE];
    struct loop *loop = connection->loop;
    buf_truncate(&loop->out, 0);
    buf_add(&loop->out, (struct str){room, sizeof room});
    struct http_wire wire = {.keep = keep, .head = start->head, .date = date_now(loop)};
    http_response_write(&loop->out, response, &wire);
    bool whole = !buf_failed(&loop->out) && lws_write(connection->wsi, (unsigned char *)loop->out.p + LWS_PRE,
                                                      loop->out.n - LWS_PRE, LWS_WRITE_HTTP_FINAL) >= 0;
    if (loop->out.capacity > KEPT_OUT_BYTES || buf_failed(&loop->out)) {
        buf_release(&loop->out);
        buf_init(&loop->out, NULL, SIZE_MAX / 2);
    }
    return whole;
}

/* The rest of a body that nobody wants: `false`: too much or of unknown length. */
static bool may_discard(const struct http_start *start)
{
    return !start->chunked && !start->bad_length && start->has_length && start->length <= MAX_DISCARDED_BYTES;
}

static bool expects_body(const struct http_start *start)
{
    return start->chunked || start->bad_length || start->length > 0 ||
           (!start->has_length && (start->method & (HTTP_POST | HTTP_PUT | HTTP_PATCH)) != 0);
}

/* Writes the answer and gets the connection ready for the next request, or for its end. */
static void answer(struct http_exchange *exchange, const struct http_response *response)
{
    struct connection *connection = exchange->connection;
    struct http_start start = exchange->start;
    bool unread = !exchange->dispatched && expects_body(&start);
    bool keep = start.keep != HTTP_CLOSE && !connection->loop->draining && (!unread || may_discard(&start));
    bool sent = write_response(connection, response, &start, keep ? start.keep : HTTP_CLOSE);
    end_exchange(exchange);
    connection->lingering = unread && sent;
    connection_read(connection, true); /* lws does not write either to a connection that is not read */
    if (!sent || !keep) {
        connection_close(connection);
        return;
    }
    if (lws_http_transaction_completed(connection->wsi) != 0) {
        connection_close(connection);
        return;
    }
    connection->lingering = false;
    if (!unread) {
        /* Ours takes over: lws would search its list of timers from the front for every request. */
        lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0);
        connection_idle(connection);
    }
}

void http_reply(struct http_server *server, uint64_t number, const struct http_response *response)
{
    struct http_exchange *exchange = slots_get(&server->loop->exchanges, number);
    if (exchange != NULL && exchange->connection->server == server)
        answer(exchange, response);
}

static void refuse(struct http_exchange *exchange, const struct http_response *response, const char *code,
                   const char *message)
{
    struct loop *loop = exchange->connection->loop;
    buf_truncate(&loop->error, 0);
    http_response_error(&loop->error, code, message);
    struct http_response whole = *response;
    whole.content_type = STR("application/json");
    whole.body = buf_str(&loop->error);
    answer(exchange, &whole);
}

void http_reply_error(struct http_server *server, uint64_t number, int status, const char *code, const char *message)
{
    struct http_exchange *exchange = slots_get(&server->loop->exchanges, number);
    if (exchange != NULL && exchange->connection->server == server)
        refuse(exchange, &(struct http_response){.status = status}, code, message);
}

/* ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool fits(const struct http_route *route, struct str path)
{
    struct str pattern = str_of(route->path);
    if (str_ends(pattern, STR("*")))
        return str_starts(path, str_first(pattern, pattern.n - 1));
    return str_eq(pattern, path);
}

/* Exact ones first, then the longest; NULL: none. */
static const struct http_route *find_route(const struct http_server *server, struct str path)
{
    const struct http_route *best = NULL;
    size_t longest = 0;
    for (size_t i = 0; i < server->settings.n_routes; i++) {
        const struct http_route *route = &server->settings.routes[i];
        if (!fits(route, path))
            continue;
        struct str pattern = str_of(route->path);
        if (!str_ends(pattern, STR("*")))
            return route;
        if (best == NULL || pattern.n > longest) {
            best = route;
            longest = pattern.n;
        }
    }
    return best;
}

static void count_refusal(struct loop *loop, const char *reason)
{
    if (loop->rejected != NULL)
        metric_add(loop->rejected, 1, reason);
}

static void refuse_method(struct http_exchange *exchange, const struct http_route *route)
{
    static const struct {
        unsigned method;
        const char *name;
    } names[] = {{HTTP_GET, "GET"}, {HTTP_GET, "HEAD"},    {HTTP_POST, "POST"},
                 {HTTP_PUT, "PUT"}, {HTTP_PATCH, "PATCH"}, {HTTP_DELETE, "DELETE"}};
    struct loop *loop = exchange->connection->loop;
    struct buf allowed;
    buf_init(&allowed, &loop->head, loop->head.limit);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if ((route->methods & names[i].method) != 0)
            buf_addf(&allowed, "%s%s", allowed.n > 0 ? ", " : "", names[i].name);
    struct http_field allow = {STR("Allow"), buf_str(&allowed)};
    refuse(exchange, &(struct http_response){.status = 405, .fields = &allow, .n_fields = 1}, "method_not_allowed",
           "this path has other methods, see Allow");
}

static void refuse_unknown(struct http_exchange *exchange, struct str path)
{
    struct http_field upgrade = {STR("Upgrade"), STR("websocket")};
    if (ws_has_path(exchange->connection->server, path))
        refuse(exchange, &(struct http_response){.status = 426, .fields = &upgrade, .n_fields = 1}, "upgrade_required",
               "this path speaks WebSocket only");
    else
        refuse(exchange, &(struct http_response){.status = 404}, "not_found", "there is nothing here");
}

/* What can be refused before the body; NULL: nothing to object. */
static const char *refuse_early(struct http_exchange *exchange, const struct http_route *route)
{
    const struct http_start *start = &exchange->start;
    if (route == NULL) {
        refuse_unknown(exchange, start->path);
        return "not_found";
    }
    if ((route->methods & start->method) == 0) {
        refuse_method(exchange, route);
        return "method_not_allowed";
    }
    if (start->chunked || (!start->has_length && expects_body(start))) {
        refuse(exchange, &(struct http_response){.status = 411}, "length_required",
               "send a Content-Length; chunked bodies are not taken");
        return "length_required";
    }
    if (start->bad_length) {
        refuse(exchange, &(struct http_response){.status = 400}, "bad_length", "Content-Length must be one number");
        return "bad_length";
    }
    if ((uint64_t)start->length > exchange->max_body_bytes) {
        refuse(exchange, &(struct http_response){.status = 413}, "too_large", "the body is too large");
        return "too_large";
    }
    return NULL;
}

static void on_no_answer(void *arg)
{
    struct http_exchange *exchange = arg;
    struct loop *loop = exchange->connection->loop;
    count_refusal(loop, "no_answer");
    struct http_field later = {STR("Retry-After"), STR("5")};
    refuse(exchange, &(struct http_response){.status = 503, .fields = &later, .n_fields = 1}, "busy",
           "no answer in time; try again");
}

static size_t read_fields(const struct http_server *server, struct lws *wsi, struct http_field *fields)
{
    size_t n = 0;
    for (size_t i = 0; server->settings.wanted[i] != NULL; i++) {
        struct str name = str_of(server->settings.wanted[i]);
        int times = 0;
        struct str value = http_head_field(wsi, &server->loop->head, server->tokens[i], name, &times);
        for (int k = 0; k < times && n < 2 * HTTP_MAX_FIELDS; k++)
            fields[n++] = (struct http_field){name, value}; /* a doubled one is there twice */
    }
    return n;
}

static void dispatch(struct http_exchange *exchange)
{
    struct connection *connection = exchange->connection;
    struct http_server *server = connection->server;
    struct loop *loop = connection->loop;
    struct http_field fields[2 * HTTP_MAX_FIELDS];
    uint64_t number = exchange->number;
    arena_reset(&loop->head);
    struct http_request request = {
        .server = server,
        .number = number,
        .method = (enum http_method)exchange->start.method,
        .path = exchange->start.path,
        .query = http_head_query(connection->wsi, &loop->head),
        .body = buf_str(&exchange->body),
        .fields = fields,
        .n_fields = read_fields(server, connection->wsi, fields),
    };
    request.content_type = http_request_field(&request, STR("content-type"));
    exchange->dispatched = true;
    exchange->route->handler(&request, exchange->route->arg);
    if (slots_get(&loop->exchanges, number) == NULL)
        return; /* answered */
    /* Until the answer: no lws timer runs, but ours; and bytes of a next request must not reach lws, which would take
     * them for more of this one's body. */
    connection_read(connection, false);
    lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0);
    loop_timer_set(loop, &exchange->timer, server->settings.answer_ms, on_no_answer, exchange);
}

int http_started(struct connection *connection)
{
    struct loop *loop = connection->loop;
    loop_timer_cancel(loop, &connection->timer);
    arena_reset(&loop->head);
    struct http_start start;
    if (connection->exchange != NULL || connection->closing || !http_head_start(connection->wsi, &start))
        return -1;
    struct http_exchange *exchange = new_exchange(connection);
    if (exchange == NULL || exchange->number == 0)
        return -1;
    exchange->start = start;
    const struct http_route *route = find_route(connection->server, start.path);
    exchange->max_body_bytes = route != NULL && route->max_body_bytes > 0 ? route->max_body_bytes
                                                                          : connection->server->settings.max_body_bytes;
    const char *refused = refuse_early(exchange, route);
    if (refused != NULL) {
        count_refusal(loop, refused);
        return 0;
    }
    exchange->route = route;
    /* lws announces the end of a POST's body even when it is empty, of no other's. */
    exchange->awaits_body = start.length > 0 || start.method == HTTP_POST;
    if (!exchange->awaits_body)
        dispatch(exchange);
    return 0;
}

int http_body_came(struct connection *connection, struct str piece)
{
    struct http_exchange *exchange = connection->exchange;
    if (exchange == NULL || exchange->dispatched)
        return 0; /* of a request that was refused */
    if (piece.n > exchange->max_body_bytes - exchange->body.n)
        return -1;
    buf_add(&exchange->body, piece);
    return buf_failed(&exchange->body) ? -1 : 0;
}

int http_body_ended(struct connection *connection)
{
    struct http_exchange *exchange = connection->exchange;
    if (exchange != NULL && exchange->awaits_body && !exchange->dispatched)
        dispatch(exchange);
    return 0;
}

struct str http_request_field(const struct http_request *request, struct str name)
{
    struct str found = {NULL, 0};
    size_t n = 0;
    for (size_t i = 0; i < request->n_fields; i++)
        if (str_eq(request->fields[i].name, name)) {
            found = request->fields[i].value;
            n++;
        }
    return n == 1 ? found : (struct str){NULL, 0};
}

void http_refuse_upgrade(struct connection *connection, int status, const char *message)
{
    struct loop *loop = connection->loop;
    buf_truncate(&loop->error, 0);
    http_response_error(&loop->error, "upgrade_refused", message);
    struct http_response response = {
        .status = status, .content_type = STR("application/json"), .body = buf_str(&loop->error)};
    count_refusal(loop, "upgrade");
    write_response(connection, &response, &(struct http_start){0}, HTTP_CLOSE);
}
