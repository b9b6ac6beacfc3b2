#include "bot/net/http_server.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bot/base/log.h"
#include "bot/net/http_response.h"
#include "bot/net/inside.h"

#include "bot/base/banned.h"

enum {
    KEPT_IN_BYTES = 4 * 1024,               /* what a connection keeps for its next request's bytes               */
    KEPT_OUT_BYTES = 256 * 1024,            /* what the loop keeps for the next answer                            */
    MAX_DISCARDED_BYTES = 16 * 1024 * 1024, /* a refused body up to this is read to its end: the connection lives on */
    LINGER_MS = 2000,
    SOCKET_MODE = 0600,
};

/* One request, from its handler's call to its answer. */
struct http_exchange {
    uint64_t number;
    struct connection *connection;
    enum http_keep keep;
    bool is_head;
    struct loop_timer timer;
    struct http_exchange *next; /* spare */
};

static const char *const usual_fields[] = {"content-type", "authorization", "cookie",       "origin",
                                           "user-agent",   "if-none-match", "x-request-id", NULL};

/* ── opening ───────────────────────────────────────────────────────────────────────────────────────────────────── */

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
    enum err rc = listener_open(own->listen, own->socket_mode, &server->listener, error);
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
    free(server);
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->listener.port;
}

/* ── requests come and go ──────────────────────────────────────────────────────────────────────────────────────── */

static struct http_exchange *new_exchange(struct connection *connection, const struct http_head *head)
{
    struct loop *loop = connection->loop;
    struct http_exchange *exchange = loop->spare;
    if (exchange != NULL)
        loop->spare = exchange->next;
    else
        exchange = malloc(sizeof *exchange);
    if (exchange == NULL)
        return NULL;
    *exchange = (struct http_exchange){.connection = connection, .keep = head->keep, .is_head = head->is_head};
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

static bool write_bytes(struct connection *connection, size_t n)
{
    struct loop *loop = connection->loop;
    return lws_write(connection->wsi, (unsigned char *)loop->out.p + LWS_PRE, n, LWS_WRITE_RAW) >= 0;
}

static void begin_out(struct loop *loop)
{
    static const char room[LWS_PRE];
    buf_truncate(&loop->out, 0);
    buf_add(&loop->out, (struct str){room, sizeof room});
}

static bool write_response(struct connection *connection, const struct http_response *response,
                           const struct http_wire *wire)
{
    struct loop *loop = connection->loop;
    begin_out(loop);
    http_response_write(&loop->out, response, wire);
    bool whole = !buf_failed(&loop->out) && write_bytes(connection, loop->out.n - LWS_PRE);
    if (loop->out.capacity > KEPT_OUT_BYTES || buf_failed(&loop->out)) {
        buf_release(&loop->out);
        buf_init(&loop->out, NULL, SIZE_MAX / 2);
    }
    return whole;
}

static void on_answered(void *arg)
{
    http_go_on(arg);
}

/* Writes the answer and gets the connection ready for what comes after it. */
static void answer(struct http_exchange *exchange, const struct http_response *response)
{
    struct connection *connection = exchange->connection;
    struct loop *loop = connection->loop;
    struct http_wire wire = {.keep = exchange->keep, .head = exchange->is_head, .date = date_now(loop)};
    if (loop->draining || connection->closing)
        wire.keep = HTTP_CLOSE;
    bool sent = write_response(connection, response, &wire);
    end_exchange(exchange);
    if (!sent || wire.keep == HTTP_CLOSE) {
        connection_close(connection);
        return;
    }
    connection_read(connection, true);
    if (connection->in.n > 0 && !connection->taking)
        loop_timer_set(loop, &connection->timer, 0, on_answered, connection);
    else
        connection_idle(connection);
}

static struct http_exchange *find_exchange(const struct http_server *server, uint64_t number)
{
    struct http_exchange *exchange = slots_get(&server->loop->exchanges, number);
    return exchange != NULL && exchange->connection->server == server ? exchange : NULL;
}

void http_reply(struct http_server *server, uint64_t number, const struct http_response *response)
{
    struct http_exchange *exchange = find_exchange(server, number);
    if (exchange != NULL)
        answer(exchange, response);
}

/* The same answer with an error's JSON as its body; valid until the next one. */
static struct http_response with_error(struct loop *loop, const struct http_response *response, const char *code,
                                       const char *message)
{
    buf_truncate(&loop->error, 0);
    http_response_error(&loop->error, code, message);
    struct http_response whole = *response;
    whole.content_type = STR("application/json");
    whole.body = buf_str(&loop->error);
    return whole;
}

void http_reply_error(struct http_server *server, uint64_t number, int status, const char *code, const char *message)
{
    struct http_exchange *exchange = find_exchange(server, number);
    if (exchange == NULL)
        return;
    struct http_response response = with_error(server->loop, &(struct http_response){.status = status}, code, message);
    answer(exchange, &response);
}

static void on_no_answer(void *arg)
{
    struct http_exchange *exchange = arg;
    struct loop *loop = exchange->connection->loop;
    struct http_field later = {STR("Retry-After"), STR("5")};
    struct http_response response =
        with_error(loop, &(struct http_response){.status = 503, .fields = &later, .n_fields = 1}, "busy",
                   "no answer in time; try again");
    if (loop->rejected != NULL)
        metric_add(loop->rejected, 1, "no_answer");
    answer(exchange, &response);
}

/* ── refusals ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What is wrong with a request that no handler sees. */
struct refusal {
    int status;
    const char *code, *message;
    struct http_field field; /* empty: none */
    bool ends;               /* the connection: what follows cannot be understood */
};

/* Answers, and throws the body away: to its end when it is not too long, else for a while (closing with unread bytes
 * makes the kernel send a reset, which may overtake the answer). */
static void refuse(struct connection *connection, const struct http_head *head, const struct refusal *refusal)
{
    struct loop *loop = connection->loop;
    struct http_response response = with_error(loop,
                                               &(struct http_response){.status = refusal->status,
                                                                       .fields = &refusal->field,
                                                                       .n_fields = refusal->field.name.n > 0 ? 1 : 0},
                                               refusal->code, refusal->message);
    bool keep = !refusal->ends && !loop->draining && head->keep != HTTP_CLOSE && head->length <= MAX_DISCARDED_BYTES;
    struct http_wire wire = {.keep = keep ? head->keep : HTTP_CLOSE, .head = head->is_head, .date = date_now(loop)};
    if (loop->rejected != NULL)
        metric_add(loop->rejected, 1, refusal->code);
    bool sent = write_response(connection, &response, &wire);
    if (sent && keep) {
        connection->discard = (uint64_t)head->length;
        connection_idle(connection); /* when there is nothing to discard, see wait_for_more */
        return;
    }
    connection->lingering = sent;
    connection_close(connection);
    if (sent)
        connection_expire(connection, LINGER_MS);
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

static struct str allowed_methods(struct loop *loop, unsigned methods)
{
    static const struct {
        unsigned method;
        const char *name;
    } names[] = {{HTTP_GET, "GET"}, {HTTP_GET, "HEAD"},    {HTTP_POST, "POST"},
                 {HTTP_PUT, "PUT"}, {HTTP_PATCH, "PATCH"}, {HTTP_DELETE, "DELETE"}};
    struct buf allowed;
    buf_init(&allowed, &loop->head, loop->head.limit);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if ((methods & names[i].method) != 0)
            buf_addf(&allowed, "%s%s", allowed.n > 0 ? ", " : "", names[i].name);
    return buf_str(&allowed);
}

static size_t max_body(const struct http_server *server, const struct http_route *route)
{
    return route->max_body_bytes > 0 ? route->max_body_bytes : server->settings.max_body_bytes;
}

/* What can be objected to before the body; status 0: nothing. */
static struct refusal object(const struct connection *connection, const struct http_head *head,
                             const struct http_route *route)
{
    const struct http_server *server = connection->server;
    bool wants_body = (head->method & (HTTP_POST | HTTP_PUT | HTTP_PATCH)) != 0;
    /* Framing first: without it nothing after this head can be understood. */
    if (head->chunked)
        return (struct refusal){.status = 411,
                                .code = "length_required",
                                .message = "send a Content-Length; chunked bodies are not taken",
                                .ends = true};
    if (head->bad_length)
        return (struct refusal){
            .status = 400, .code = "bad_length", .message = "Content-Length must be one number", .ends = true};
    if (route == NULL && ws_has_path(server, head->path))
        return (struct refusal){.status = 426,
                                .code = "upgrade_required",
                                .message = "this path speaks WebSocket only",
                                .field = {STR("Upgrade"), STR("websocket")}};
    if (route == NULL)
        return (struct refusal){.status = 404, .code = "not_found", .message = "there is nothing here"};
    if ((route->methods & head->method) == 0)
        return (struct refusal){.status = 405,
                                .code = "method_not_allowed",
                                .message = "this path has other methods, see Allow",
                                .field = {STR("Allow"), allowed_methods(connection->loop, route->methods)}};
    if (wants_body && !head->has_length)
        return (struct refusal){
            .status = 411, .code = "length_required", .message = "send a Content-Length", .ends = true};
    if ((uint64_t)head->length > max_body(server, route))
        return (struct refusal){.status = 413, .code = "too_large", .message = "the body is too large"};
    return (struct refusal){0};
}

/* ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static size_t wanted_fields(const struct http_server *server, const struct http_head *head, struct http_field *fields)
{
    size_t n = 0;
    for (size_t i = 0; server->settings.wanted[i] != NULL; i++) {
        struct str name = str_of(server->settings.wanted[i]);
        for (size_t k = 0; k < head->n_fields && n < HTTP_MAX_HEAD_FIELDS; k++)
            if (str_eq_nocase(head->fields[k].name, name))
                fields[n++] = (struct http_field){name, head->fields[k].value};
    }
    return n;
}

static void dispatch(struct connection *connection, const struct http_head *head, const struct http_route *route,
                     struct str body)
{
    struct http_server *server = connection->server;
    struct loop *loop = connection->loop;
    struct http_exchange *exchange = new_exchange(connection, head);
    if (exchange == NULL || exchange->number == 0) {
        connection_close(connection);
        return;
    }
    uint64_t number = exchange->number;
    struct http_field fields[HTTP_MAX_HEAD_FIELDS];
    struct http_request request = {
        .server = server,
        .number = number,
        .method = (enum http_method)head->method,
        .path = head->path,
        .query = head->query,
        .content_type = http_head_field(head, STR("content-type")),
        .body = body,
        .fields = fields,
        .n_fields = wanted_fields(server, head, fields),
    };
    loop_timer_cancel(loop, &connection->timer);
    route->handler(&request, route->arg);
    if (slots_get(&loop->exchanges, number) == NULL)
        return; /* answered */
    /* What follows waits in the kernel; so does the news that the client left, which the answer's write will tell. */
    connection_read(connection, false);
    loop_timer_set(loop, &exchange->timer, server->settings.answer_ms, on_no_answer, exchange);
}

/* A request's first `n_head` bytes are its head; true: its body is there too, and it was dealt with. */
static bool take_request(struct connection *connection, const struct http_head *head, size_t n_head, struct str bytes)
{
    const struct http_route *route = find_route(connection->server, head->path);
    struct refusal refusal = object(connection, head, route);
    if (refusal.status != 0) {
        refuse(connection, head, &refusal);
        return true;
    }
    struct str rest = str_skip(bytes, n_head);
    if (rest.n < (size_t)head->length) {
        connection->needs = n_head + (size_t)head->length;
        if (head->expects_continue && rest.n == 0) {
            begin_out(connection->loop);
            buf_add(&connection->loop->out, STR("HTTP/1.1 100 Continue\r\n\r\n"));
            write_bytes(connection, connection->loop->out.n - LWS_PRE);
        }
        return false;
    }
    dispatch(connection, head, route, str_first(rest, (size_t)head->length));
    return true;
}

static void refuse_bytes(struct connection *connection, enum http_parsed parsed)
{
    static const struct http_head nobodys;
    static const struct refusal
        malformed = {.status = 400, .code = "bad_request", .message = "this is no HTTP/1.1 request", .ends = true},
        too_long = {.status = 431, .code = "head_too_long", .message = "the headers are too long", .ends = true};
    refuse(connection, &nobodys, parsed == HTTP_TOO_LONG ? &too_long : &malformed);
}

/* Deals with one request at the start of `bytes`; how many of them are done with, 0: more must come first. */
static size_t take_one(struct connection *connection, struct str bytes)
{
    struct loop *loop = connection->loop;
    if (connection->discard > 0) {
        size_t n = bytes.n < connection->discard ? bytes.n : (size_t)connection->discard;
        connection->discard -= n;
        return n;
    }
    if (bytes.n < connection->needs)
        return 0;
    struct http_head head;
    size_t n_head = 0;
    arena_reset(&loop->head);
    enum http_parsed parsed =
        http_head_parse(bytes, loop->settings.max_header_bytes, &connection->search, &loop->head, &head, &n_head);
    if (parsed == HTTP_INCOMPLETE)
        return 0;
    connection->search = (struct http_search){0};
    connection->needs = 0;
    if (parsed != HTTP_PARSED) {
        refuse_bytes(connection, parsed);
        return bytes.n;
    }
    if (ws_is_upgrade(&head)) {
        ws_upgrade(connection, &head, str_skip(bytes, n_head));
        return bytes.n;
    }
    if (!take_request(connection, &head, n_head, bytes))
        return 0;
    return n_head + (connection->discard > 0 ? 0 : (size_t)head.length);
}

/* Deals with all that can be dealt with now; how many bytes that took. */
static size_t take_all(struct connection *connection, struct str bytes)
{
    size_t taken = 0, n;
    connection->taking = true;
    while (taken < bytes.n && connection->exchange == NULL && !connection->closing &&
           (n = take_one(connection, str_skip(bytes, taken))) > 0)
        taken += n;
    connection->taking = false;
    return connection->closing ? bytes.n : taken;
}

static int keep(struct connection *connection, struct str bytes)
{
    buf_add(&connection->in, bytes);
    return buf_failed(&connection->in) ? -1 : 0;
}

static void forget(struct connection *connection, size_t n)
{
    struct buf *in = &connection->in;
    if (n == 0)
        return;
    memmove(in->p, in->p + n, in->n - n);
    buf_truncate(in, in->n - n);
    if (in->n == 0 && in->capacity > KEPT_IN_BYTES)
        buf_release(in);
}

/* How long the next bytes may take: a head as a whole, a body from piece to piece. */
static void wait_for_more(struct connection *connection, bool begins)
{
    bool body = connection->needs > 0 || connection->discard > 0;
    if (connection->exchange != NULL || connection->closing)
        return;
    if (body || (begins && connection->in.n > 0))
        connection_expire(connection, connection->loop->settings.timeout_ms);
}

int http_received(struct connection *connection, struct str bytes)
{
    if (connection->closing)
        return 0; /* lingering */
    bool had_some = connection->in.n > 0;
    if (had_some && keep(connection, bytes) != 0)
        return -1;
    size_t taken = take_all(connection, had_some ? buf_str(&connection->in) : bytes);
    if (had_some)
        forget(connection, taken);
    else if (taken < bytes.n && keep(connection, str_skip(bytes, taken)) != 0)
        return -1;
    wait_for_more(connection, taken > 0 || !had_some);
    return 0;
}

void http_go_on(struct connection *connection)
{
    connection_idle(connection);
    forget(connection, take_all(connection, buf_str(&connection->in)));
    wait_for_more(connection, true);
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

void http_refuse_upgrade(struct connection *connection, const struct http_head *head, int status, const char *message)
{
    refuse(connection, head,
           &(struct refusal){.status = status, .code = "upgrade_refused", .message = message, .ends = true});
}
