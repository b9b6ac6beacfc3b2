/* bot/net/http_take.c — from bytes to requests: routes, refusals, bodies, and what comes after them. */
#include <string.h>

#include "bot/net/inside.h"

#include "bot/base/banned.h"

enum {
    KEPT_IN_BYTES = 4 * 1024,               /* what a connection keeps for its next request's bytes                */
    MAX_DISCARDED_BYTES = 16 * 1024 * 1024, /* a refused body up to this is read to its end: the connection lives on */
    US_PER_S = 1000000,
    US_PER_MS = 1000,
};

/* ── routes ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool fits(const struct http_route *route, struct str path)
{
    struct str pattern = str_of(route->path);
    if (str_ends(pattern, STR("*")))
        return str_starts(path, str_first(pattern, pattern.n - 1));
    return str_eq(pattern, path);
}

/* An exact one, else the longest; NULL: none. */
static const struct http_route *find_route(const struct http_server *server, struct str path)
{
    const struct http_route *best = NULL;
    size_t longest = 0;
    for (size_t i = 0; i < server->settings.n_routes; i++) {
        const struct http_route *route = &server->settings.routes[i];
        struct str pattern = str_of(route->path);
        if (!fits(route, path))
            continue;
        if (!str_ends(pattern, STR("*")))
            return route;
        if (best == NULL || pattern.n > longest) {
            best = route;
            longest = pattern.n;
        }
    }
    return best;
}

/* ── refusals ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What is wrong with a request that no handler sees. */
struct refusal {
    int status; /* 0: nothing */
    const char *code, *message;
    struct http_field field; /* empty: none                                             */
    bool ends;               /* the connection: what follows cannot be understood        */
};

static void await_body(struct connection *connection, int64_t n_bytes)
{
    const struct loop_settings *settings = &connection->loop->settings;
    connection->body_until_us =
        loop_now_us() + settings->timeout_ms * US_PER_MS + n_bytes * US_PER_S / settings->min_body_bytes_per_s;
}

/* May another request follow a refused one?  Who asked for 100 and gets a refusal may leave its body out: then nobody can
 * say where the next request begins. */
static bool may_live(const struct connection *connection, const struct http_head *head)
{
    return !connection->loop->draining && head->keep != HTTP_CLOSE && !head->expects_continue &&
           head->length <= MAX_DISCARDED_BYTES;
}

/* Answers, and throws the body away: to its end when that is not too far, else for a while. */
static void refuse(struct connection *connection, const struct http_head *head, const struct refusal *refusal)
{
    struct loop *loop = connection->loop;
    struct http_response plain = {
        .status = refusal->status, .fields = &refusal->field, .n_fields = refusal->field.name.n > 0 ? 1 : 0};
    struct http_response response = http_with_error(loop, &plain, refusal->code, refusal->message);
    bool lives = !refusal->ends && may_live(connection, head);
    http_count_refusal(loop, refusal->code);
    connection->answered = true;
    if (!http_write(connection, &response, lives ? head->keep : HTTP_CLOSE, head->is_head)) {
        connection_close(connection);
    } else if (!lives) {
        connection_linger(connection);
    } else {
        connection->discard = (uint64_t)head->length;
        await_body(connection, head->length);
        connection_idle(connection);
    }
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

static struct refusal refusal_of(int status, const char *code, const char *message)
{
    return (struct refusal){.status = status, .code = code, .message = message};
}

/* Framing that cannot be trusted: nothing after this head can be understood. */
static struct refusal object_to_framing(const struct http_head *head)
{
    struct refusal refusal = {0};
    if (head->chunked)
        refusal = refusal_of(411, "length_required", "send a Content-Length; chunked bodies are not taken");
    else if (head->bad_length)
        refusal = refusal_of(400, "bad_length", "Content-Length must be one number");
    refusal.ends = true;
    return refusal;
}

static size_t max_body(const struct http_server *server, const struct http_route *route)
{
    return route->max_body_bytes > 0 ? route->max_body_bytes : server->settings.max_body_bytes;
}

static struct refusal object(const struct connection *connection, const struct http_head *head,
                             const struct http_route *route)
{
    const struct http_server *server = connection->server;
    bool wants_body = (head->method & (HTTP_POST | HTTP_PUT | HTTP_PATCH)) != 0;
    struct refusal refusal = object_to_framing(head);
    if (refusal.status != 0)
        return refusal;
    if (route == NULL && ws_has_path(server, head->path)) {
        refusal = refusal_of(426, "upgrade_required", "this path speaks WebSocket only");
        refusal.field = (struct http_field){STR("Upgrade"), STR("websocket")};
    } else if (route == NULL) {
        refusal = refusal_of(404, "not_found", "there is nothing here");
    } else if ((route->methods & head->method) == 0) {
        refusal = refusal_of(405, "method_not_allowed", "this path has other methods, see Allow");
        refusal.field = (struct http_field){STR("Allow"), allowed_methods(connection->loop, route->methods)};
    } else if (wants_body && !head->has_length) {
        refusal = refusal_of(411, "length_required", "send a Content-Length");
        refusal.ends = true;
    } else if ((uint64_t)head->length > max_body(server, route)) {
        refusal = refusal_of(413, "too_large", "the body is too large");
    } else {
        refusal = (struct refusal){0};
    }
    return refusal;
}

void http_refuse_upgrade(struct connection *connection, const struct http_head *head, int status, const char *message)
{
    struct refusal refusal = refusal_of(status, "upgrade_refused", message);
    refusal.ends = true;
    refuse(connection, head, &refusal);
}

static void refuse_bytes(struct connection *connection, enum http_parsed parsed)
{
    static const struct http_head nobodys;
    struct refusal refusal = parsed == HTTP_TOO_LONG ? refusal_of(431, "head_too_long", "the headers are too long")
                                                     : refusal_of(400, "bad_request", "this is no HTTP/1.1 request");
    refusal.ends = true;
    refuse(connection, &nobodys, &refusal);
}

/* ── taking ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The request whose head are the first `n_head` bytes.  False: its body is not there yet. */
static bool take_request(struct connection *connection, const struct http_head *head, size_t n_head, struct str bytes)
{
    const struct http_route *route = find_route(connection->server, head->path);
    struct refusal refusal = object(connection, head, route);
    struct str rest = str_skip(bytes, n_head);
    if (refusal.status != 0) {
        refuse(connection, head, &refusal);
        return true;
    }
    if (rest.n < (size_t)head->length) {
        connection->needs = n_head + (size_t)head->length;
        await_body(connection, head->length);
        if (head->expects_continue && rest.n == 0)
            connection_write(connection, STR("HTTP/1.1 100 Continue\r\n\r\n"));
        return false;
    }
    http_dispatch(connection, head, route, str_first(rest, (size_t)head->length));
    return true;
}

/* Deals with what stands at the start of `bytes`; how many are done with, 0: more must come first. */
static size_t take_one(struct connection *connection, struct str bytes)
{
    struct loop *loop = connection->loop;
    struct http_head head;
    size_t n_head = 0;
    if (connection->discard > 0) {
        size_t n = bytes.n < connection->discard ? bytes.n : (size_t)connection->discard;
        connection->discard -= n;
        return n;
    }
    if (bytes.n < connection->needs)
        return 0;
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
    /* The next request waits until the answer before it is out, so that nobody makes us buffer many. */
    while (taken < bytes.n && connection->exchange == NULL && connection->out.n == 0 &&
           connection->state == CONNECTION_HTTP && (n = take_one(connection, str_skip(bytes, taken))) > 0)
        taken += n;
    connection->taking = false;
    return connection->state == CONNECTION_HTTP ? taken : bytes.n;
}

/* ── what is left ──────────────────────────────────────────────────────────────────────────────────────────────── */

static void forget(struct connection *connection, size_t n)
{
    struct buf *in = &connection->in;
    if (n == 0)
        return;
    memmove(in->p, in->p + n, in->n - n);
    buf_truncate(in, in->n - n);
    if (in->n == 0 && in->capacity > KEPT_IN_BYTES)
        buf_release(in);
    (void)connection_account(connection);
}

/* How long the next bytes may take: a head as a whole, a body from piece to piece and not too long as a whole. */
static void wait_for_more(struct connection *connection, bool begins)
{
    bool body = connection->needs > 0 || connection->discard > 0;
    if (connection->exchange != NULL || connection->state != CONNECTION_HTTP)
        return;
    int64_t wait_ms = connection->loop->settings.timeout_ms;
    if (body) {
        int64_t left_ms = (connection->body_until_us - loop_now_us()) / US_PER_MS;
        connection_expire(connection, left_ms < wait_ms ? (left_ms > 0 ? left_ms : 0) : wait_ms);
    } else if (begins && connection->in.n > 0) {
        connection_expire(connection, wait_ms);
    }
}

/* Too much is held: who waits to say more is refused, who waits for an answer is not. */
static void refuse_to_hold(struct connection *connection)
{
    static const struct http_head nobodys;
    struct refusal refusal = refusal_of(503, "busy", "too many requests are half here; try again");
    if (connection->state != CONNECTION_HTTP || connection->exchange != NULL || connection->out.n > 0)
        return;
    refusal.field = (struct http_field){STR("Retry-After"), STR("5")};
    refusal.ends = true;
    buf_release(&connection->in);
    (void)connection_account(connection);
    refuse(connection, &nobodys, &refusal);
}

void http_received(struct connection *connection, struct str bytes)
{
    bool had_some = connection->in.n > 0;
    if (had_some)
        buf_add(&connection->in, bytes);
    size_t taken = take_all(connection, had_some ? buf_str(&connection->in) : bytes);
    if (had_some)
        forget(connection, taken);
    else
        buf_add(&connection->in, str_skip(bytes, taken));
    if (buf_failed(&connection->in))
        connection_close(connection);
    else if (!connection_account(connection) && connection->in.n > 0)
        refuse_to_hold(connection);
    wait_for_more(connection, taken > 0 || !had_some);
}

void http_go_on(struct connection *connection)
{
    connection_idle(connection);
    forget(connection, take_all(connection, buf_str(&connection->in)));
    wait_for_more(connection, true);
}
