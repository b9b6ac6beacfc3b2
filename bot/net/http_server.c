#include "bot/net/http_server.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bot/net/http_response.h"
#include "bot/net/inside.h"

#include "bot/base/banned.h"

enum {
    KEPT_OUT_BYTES = 256 * 1024, /* what the loop keeps for the next answer */
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

/* ── opening ───────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err http_server_open(struct loop *loop, const struct http_server_settings *settings,
                          struct http_server **ret_server, struct error *error)
{
    struct http_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for a server");
    *server = (struct http_server){.loop = loop, .settings = *settings, .listener.fd = -1};
    struct http_server_settings *own = &server->settings;
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
    connection_stop_listening(server);
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
    while (loop->spare != NULL) {
        struct http_exchange *exchange = loop->spare;
        loop->spare = exchange->next;
        free(exchange);
    }
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

bool http_write(struct connection *connection, const struct http_response *response, enum http_keep keep, bool is_head)
{
    struct loop *loop = connection->loop;
    struct http_wire wire = {.keep = keep, .head = is_head, .date = date_now(loop)};
    buf_truncate(&loop->out, 0);
    http_response_write(&loop->out, response, &wire);
    bool failed = buf_failed(&loop->out), written = !failed && connection_write(connection, buf_str(&loop->out));
    if (failed || loop->out.capacity > KEPT_OUT_BYTES) {
        buf_release(&loop->out);
        buf_init(&loop->out, NULL, SIZE_MAX / 2);
    }
    return written;
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
    enum http_keep keep = loop->draining ? HTTP_CLOSE : exchange->keep;
    connection->answered = true;
    bool written = http_write(connection, response, keep, exchange->is_head);
    end_exchange(exchange);
    if (!written) {
        connection_close(connection);
    } else if (loop->draining) {
        connection_finish(connection);
    } else if (keep == HTTP_CLOSE) {
        connection_linger(connection);
    } else {
        connection_resume(connection);
        connection_idle(connection);
        if (connection->in.n > 0 && !connection->taking && connection->state == CONNECTION_HTTP)
            loop_timer_set(loop, &connection->timer, 0, on_answered, connection);
    }
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

struct http_response http_with_error(struct loop *loop, const struct http_response *response, const char *code,
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
    struct http_response response =
        http_with_error(server->loop, &(struct http_response){.status = status}, code, message);
    answer(exchange, &response);
}

void http_count_refusal(struct loop *loop, const char *reason)
{
    if (loop->rejected != NULL)
        metric_add(loop->rejected, 1, reason);
}

static void on_no_answer(void *arg)
{
    struct http_exchange *exchange = arg;
    struct loop *loop = exchange->connection->loop;
    struct http_field later = {STR("Retry-After"), STR("5")};
    struct http_response response =
        http_with_error(loop, &(struct http_response){.status = 503, .fields = &later, .n_fields = 1}, "busy",
                        "no answer in time; try again");
    http_count_refusal(loop, "no_answer");
    answer(exchange, &response);
}

/* ── handlers ──────────────────────────────────────────────────────────────────────────────────────────────────── */

void http_dispatch(struct connection *connection, const struct http_head *head, const struct http_route *route,
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
    struct http_request request = {
        .server = server,
        .number = number,
        .method = (enum http_method)head->method,
        .path = head->path,
        .query = head->query,
        .content_type = http_head_field(head, STR("content-type")),
        .body = body,
        .fields = head->fields,
        .n_fields = head->n_fields,
    };
    loop_timer_cancel(loop, &connection->timer);
    route->handler(&request, route->arg);
    if (slots_get(&loop->exchanges, number) != NULL) /* not answered yet */
        loop_timer_set(loop, &exchange->timer, server->settings.answer_ms, on_no_answer, exchange);
}

struct str http_request_field(const struct http_request *request, struct str name)
{
    struct str found = {NULL, 0};
    size_t n = 0;
    for (size_t i = 0; i < request->n_fields; i++)
        if (str_eq_nocase(request->fields[i].name, name)) {
            found = request->fields[i].value;
            n++;
        }
    return n == 1 ? found : (struct str){NULL, 0};
}
