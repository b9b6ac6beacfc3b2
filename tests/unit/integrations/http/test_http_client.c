#include "integrations/http/http_client.h"

#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "tests/support/stub_server.h"
#include "tests/support/test.h"

/* A server that answers `response` and keeps the last request. */
struct world {
    struct stub_server *server;
    struct http_client *client;
    struct arena arena;
    struct error error;
    struct str response;
    size_t n_requests, last_connection;
    bool hang, then_hang;
    char method[16], target[128], head[2048], body[2048];
    int64_t now_ms;
};

static void keep(char *to, size_t size, struct str s)
{
    snprintf(to, size, "%.*s", STR_ARG(s));
}

static void answer(void *self, const struct stub_request *request, struct buf *response)
{
    struct world *w = self;
    w->n_requests++;
    w->last_connection = request->connection;
    keep(w->method, sizeof w->method, request->method);
    keep(w->target, sizeof w->target, request->target);
    keep(w->head, sizeof w->head, request->head);
    keep(w->body, sizeof w->body, request->body);
    *request->hang = w->hang;
    *request->then_hang = w->then_hang;
    buf_add(response, w->response);
}

static const struct str ok_response = STR_INIT("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                               "X-Slack-Req-Id:  abc \r\nContent-Length: 11\r\n\r\n{\"ok\":true}");

static void world_start(struct world *w, struct http_client_settings settings)
{
    *w = (struct world){.response = ok_response, .now_ms = 1755000000000};
    w->server = stub_server_start(answer, w);
    arena_init(&w->arena, 4 * 1024 * 1024);
    struct str origins[] = {stub_server_url(w->server, "")};
    if (settings.origins.n == 0)
        settings.origins = (struct strs){origins, 1};
    if (settings.clock.now_ms == NULL)
        settings.clock = clock_manual(&w->now_ms);
    assert_int_equal(http_client_new(&settings, &w->client, &w->error), OK);
}

static void world_end(struct world *w)
{
    http_client_free(w->client);
    stub_server_stop(w->server);
    arena_release(&w->arena);
}

static enum err get(struct world *w, const char *path, struct http_result *ret_result)
{
    struct http_request_out request = {.method = "GET", .url = stub_server_url(w->server, path)};
    return http_call(w->client, &request, &w->arena, ret_result, &w->error);
}

TEST(http_client, an_answer_comes_back_whole)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    struct http_result result;
    assert_int_equal(get(&w, "/api/auth.test?a=1", &result), OK);
    assert_int_equal(result.status, 200);
    assert_str_equal(result.content_type, STR("application/json"));
    assert_str_equal(result.body, STR("{\"ok\":true}"));
    assert_int_equal(result.body.p[result.body.n], 0);
    assert_int_equal(result.retry_after_ms, -1);
    assert_str_equal(http_result_header(&result, STR("x-slack-req-id")), STR("abc"));
    assert_str_equal(http_result_header(&result, STR("x-slack")), STR(""));
    assert_string_equal(w.method, "GET");
    assert_string_equal(w.target, "/api/auth.test?a=1");
    assert_non_null(strstr(w.head, "User-Agent: gilbot/"));
    assert_null(strstr(w.head, "Content-Type"));
    assert_null(strstr(w.head, "Accept-Encoding"));
    world_end(&w);
}

TEST(http_client, method_headers_and_body_go_out_as_given)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    struct http_header headers[] = {
        {STR("Authorization"), STR("Bearer xoxb-1")}, {STR("Content-Type"), STR("text/x")}, {STR("X-Empty"), STR("")}};
    struct http_request_out request = {.method = "PATCH",
                                       .url = stub_server_url(w.server, "/p"),
                                       .headers = headers,
                                       .n_headers = 3,
                                       .body = STR("a=1\0b")};
    struct http_result result;
    assert_int_equal(http_call(w.client, &request, &w.arena, &result, &w.error), OK);
    assert_string_equal(w.method, "PATCH");
    assert_string_equal(w.body, "a=1"); /* up to the NUL */
    assert_non_null(strstr(w.head, "Authorization: Bearer xoxb-1\r\n"));
    assert_non_null(strstr(w.head, "Content-Type: text/x\r\n"));
    assert_non_null(strstr(w.head, "Content-Length: 5\r\n"));
    assert_non_null(strstr(w.head, "X-Empty:\r\n"));
    assert_null(strstr(w.head, "Expect"));

    request = (struct http_request_out){.method = "DELETE", .url = request.url};
    assert_int_equal(http_call(w.client, &request, &w.arena, &result, &w.error), OK);
    assert_string_equal(w.method, "DELETE");
    assert_null(strstr(w.head, "Content-Type"));
    assert_null(strstr(w.head, "Authorization"));
    assert_int_equal(get(&w, "/after", &result), OK); /* a pooled handle forgets the method before */
    assert_string_equal(w.method, "GET");
    assert_string_equal(w.body, "");
    world_end(&w);
}

TEST(http_client, one_connection_serves_call_after_call)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    struct http_result result;
    for (int i = 0; i < 20; i++)
        assert_int_equal(get(&w, "/", &result), OK);
    assert_int_equal(w.n_requests, 20);
    assert_int_equal(w.last_connection, 1);
    world_end(&w);
}

TEST(http_client, a_kept_connection_that_the_server_closed_is_replaced)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    struct http_result result;
    w.response = STR("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    assert_int_equal(get(&w, "/", &result), OK);
    assert_int_equal(result.status, 204);
    assert_int_equal(result.body.n, 0);
    w.response = ok_response;
    assert_int_equal(get(&w, "/", &result), OK);
    assert_int_equal(w.last_connection, 2);
    world_end(&w);
}

TEST(http_client, other_origins_are_refused_before_anything_is_sent)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    struct http_result result;
    struct str bad[] = {STR("http://127.0.0.1:1/"), STR("http://localhost/"),   STR("https://127.0.0.1/"),
                        STR("file:///etc/passwd"),  STR("gopher://127.0.0.1/"), STR("http://user@127.0.0.1/")};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct http_request_out request = {.method = "GET", .url = bad[i]};
        assert_int_equal(http_call(w.client, &request, &w.arena, &result, &w.error), ERR_INVALID);
        assert_false(http_allowed(w.client, bad[i]));
    }
    assert_true(http_allowed(w.client, stub_server_url(w.server, "/any?thing")));
    assert_int_equal(w.n_requests, 0);
    world_end(&w);
}

TEST(http_client, an_origin_that_is_no_url_is_refused_at_birth)
{
    struct http_client *client = NULL;
    struct str origins[] = {STR("slack.com")};
    struct error error;
    struct http_client_settings settings = {.origins = {origins, 1}, .clock = clock_system()};
    assert_int_equal(http_client_new(&settings, &client, &error), ERR_INVALID);
    assert_null(client);
    http_client_free(NULL);
}

TEST(http_client, a_header_with_a_line_break_is_refused)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    struct http_header headers[] = {{STR("X-A"), STR("1\r\nX-B: 2")}};
    struct http_request_out request = {
        .method = "GET", .url = stub_server_url(w.server, "/"), .headers = headers, .n_headers = 1};
    struct http_result result;
    assert_int_equal(http_call(w.client, &request, &w.arena, &result, &w.error), ERR_INVALID);
    assert_int_equal(w.n_requests, 0);
    world_end(&w);
}

TEST(http_client, redirects_are_not_followed)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    w.response = STR("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
    struct http_result result;
    assert_int_equal(get(&w, "/", &result), OK);
    assert_int_equal(result.status, 302);
    assert_int_equal(w.n_requests, 1);
    world_end(&w);
}

TEST(http_client, only_the_last_answers_headers_count)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    w.response = STR("HTTP/1.1 100 Continue\r\nRetry-After: 9\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    struct http_result result;
    assert_int_equal(get(&w, "/", &result), OK);
    assert_int_equal(result.status, 200);
    assert_int_equal(result.retry_after_ms, -1);
    world_end(&w);
}

TEST(http_client, retry_after_comes_in_milliseconds)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    w.response = STR("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n");
    struct http_result result;
    assert_int_equal(get(&w, "/", &result), OK);
    assert_int_equal(result.status, 429);
    assert_int_equal(result.retry_after_ms, 30000);
    world_end(&w);
}

TEST(http_client, retry_after_is_seconds_or_a_date)
{
    int64_t now_ms = 1755000000000; /* Tue, 12 Aug 2025 12:00:00 GMT */
    assert_int_equal(http_retry_after(STR("0"), now_ms), 0);
    assert_int_equal(http_retry_after(STR("120"), now_ms), 120000);
    assert_int_equal(http_retry_after(STR("99999999999999"), now_ms), HTTP_MAX_RETRY_AFTER_MS);
    assert_int_equal(http_retry_after(STR("Tue, 12 Aug 2025 12:00:42 GMT"), now_ms), 42000);
    assert_int_equal(http_retry_after(STR("Tue, 12 Aug 2025 11:00:00 GMT"), now_ms), 0);
    assert_int_equal(http_retry_after(STR("Tue, 12 Aug 2031 11:00:00 GMT"), now_ms), HTTP_MAX_RETRY_AFTER_MS);
    assert_int_equal(http_retry_after(STR(""), now_ms), -1);
    assert_int_equal(http_retry_after(STR("-5"), now_ms), -1);
    assert_int_equal(http_retry_after(STR("soon"), now_ms), -1);
    assert_int_equal(http_retry_after(STR("soon GMT"), now_ms), -1);
}

TEST(http_client, a_silent_server_is_given_up_after_the_time_limit)
{
    struct world w;
    world_start(&w, (struct http_client_settings){.timeout_ms = 50});
    w.hang = true;
    struct http_result result;
    assert_int_equal(get(&w, "/secret/path?token=1", &result), ERR_REMOTE);
    assert_true(str_starts(str_of(w.error.text), STR("127.0.0.1: ")));
    assert_null(strstr(w.error.text, "secret"));
    assert_null(strstr(w.error.text, "token"));
    world_end(&w);
}

TEST(http_client, a_connection_closed_without_an_answer_is_a_remote_error)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    w.response = STR("");
    struct http_result result;
    assert_int_equal(get(&w, "/", &result), ERR_REMOTE);
    world_end(&w);
}

TEST(http_client, a_body_whose_answer_is_lost_is_not_sent_again)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    struct http_result result;
    assert_int_equal(get(&w, "/", &result), OK); /* so that the connection is a kept one */
    w.response = STR("");
    struct http_request_out request = {
        .method = "POST", .url = stub_server_url(w.server, "/"), .body = STR("said once")};
    assert_int_equal(http_call(w.client, &request, &w.arena, &result, &w.error), ERR_REMOTE);
    assert_int_equal(w.n_requests, 2);
    assert_string_equal(w.body, "said once");
    w.response = ok_response;
    assert_int_equal(http_call(w.client, &request, &w.arena, &result, &w.error), OK);
    assert_int_equal(w.n_requests, 3);
    world_end(&w);
}

TEST(http_client, nobody_listening_is_a_remote_error)
{
    struct str origins[] = {STR("http://127.0.0.1:1")};
    struct http_client_settings settings = {.origins = {origins, 1}, .clock = clock_system()};
    struct http_client *client;
    struct error error;
    assert_int_equal(http_client_new(&settings, &client, &error), OK);
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 65536);
    struct http_request_out request = {.method = "GET", .url = origins[0]};
    struct http_result result;
    assert_int_equal(http_call(client, &request, &arena, &result, &error), ERR_REMOTE);
    http_client_free(client);
}

TEST(http_client, an_answer_beyond_the_ceiling_is_refused)
{
    struct world w;
    world_start(&w, (struct http_client_settings){.max_response_bytes = 10});
    struct http_result result;
    assert_int_equal(get(&w, "/", &result), ERR_REMOTE);
    assert_non_null(strstr(w.error.text, "too long"));
    struct http_request_out request = {
        .method = "GET", .url = stub_server_url(w.server, "/"), .max_response_bytes = 11};
    assert_int_equal(http_call(w.client, &request, &w.arena, &result, &w.error), OK);
    world_end(&w);
}

TEST(http_client, an_answer_that_does_not_fit_into_the_arena_is_no_memory)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    CLEANUP(buf_release) struct buf big;
    buf_init(&big, NULL, 200000);
    buf_addf(&big, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n%0100000d", 1);
    w.response = buf_str(&big);
    CLEANUP(arena_release) struct arena small;
    arena_init(&small, 50000);
    struct http_request_out request = {.method = "GET", .url = stub_server_url(w.server, "/")};
    struct http_result result;
    assert_int_equal(http_call(w.client, &request, &small, &result, &w.error), ERR_NO_MEMORY);
    world_end(&w);
}

TEST(http_client, a_stopped_client_calls_nobody)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    http_client_stop(w.client);
    struct http_result result;
    assert_int_equal(get(&w, "/", &result), ERR_BUSY);
    assert_int_equal(w.n_requests, 0);
    world_end(&w);
}

static void *call_many(void *self)
{
    struct world *w = self;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct str url = arena_copy(&arena, str_of(w->target));
    for (int i = 0; i < 50; i++) {
        struct http_request_out request = {.method = "POST", .url = url, .body = STR("x")};
        struct http_result result;
        struct error error;
        if (http_call(w->client, &request, &arena, &result, &error) != OK || result.status != 200)
            return "failed";
    }
    return NULL;
}

TEST(http_client, threads_share_a_client_and_its_connections)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    struct world shared = {.client = w.client};
    keep(shared.target, sizeof shared.target, stub_server_url(w.server, "/"));
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_many, &shared), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_int_equal(w.n_requests, 200);
    assert_true(w.last_connection <= 4);
    world_end(&w);
}

static void *answer_once(void *listener)
{
    int fd = accept(*(int *)listener, NULL, NULL);
    char bytes[4096];
    ssize_t got = read(fd, bytes, sizeof bytes);
    ssize_t sent = got > 0 ? write(fd, ok_response.p, ok_response.n) : 0;
    close(fd);
    return sent == (ssize_t)ok_response.n ? NULL : "failed";
}

TEST(http_client, a_unix_socket_stands_in_for_the_network)
{
    char folder[] = "/tmp/gilbot-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/s", folder);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 1), 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, answer_once, &listener), 0);

    struct str origins[] = {STR("http://localhost")};
    struct http_client_settings settings = {
        .origins = {origins, 1}, .unix_socket = str_of(address.sun_path), .clock = clock_system()};
    struct http_client *client;
    struct error error;
    assert_int_equal(http_client_new(&settings, &client, &error), OK);
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 65536);
    struct http_request_out request = {.method = "GET", .url = STR("http://localhost/admin")};
    struct http_result result;
    assert_int_equal(http_call(client, &request, &arena, &result, &error), OK);
    assert_str_equal(result.body, STR("{\"ok\":true}"));
    http_client_free(client);
    void *failed;
    pthread_join(thread, &failed);
    assert_null(failed);
    close(listener);
    unlink(address.sun_path);
    rmdir(folder);
}

/* ── bodies as they come ───────────────────────────────────────────────────────────────────────────────────────── */

/* What a listener heard; it says no once there are `enough` bytes. */
struct ear {
    char heard[256];
    size_t n, enough, pieces;
};

static bool hear(void *self, struct str bytes)
{
    struct ear *ear = self;
    assert_true(bytes.n > 0 && ear->n + bytes.n < sizeof ear->heard);
    memcpy(ear->heard + ear->n, bytes.p, bytes.n);
    ear->n += bytes.n;
    ear->pieces++;
    return ear->n < ear->enough;
}

static enum err stream(struct world *w, struct http_request_out more, struct ear *ear, struct http_result *ret_result)
{
    more.method = "POST";
    more.url = stub_server_url(w->server, "/stream");
    struct http_listener listener = {hear, ear};
    return http_stream(w->client, &more, &listener, &w->arena, ret_result, &w->error);
}

TEST(http_stream, pieces_are_heard_while_the_answer_is_still_being_made)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    w.response = STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n3\r\none\r\n3\r\ntwo\r\n");
    w.then_hang = true; /* it never ends by itself */
    struct ear ear = {.enough = 6};
    struct http_result result;
    assert_int_equal(stream(&w, (struct http_request_out){0}, &ear, &result), OK);
    assert_str_equal((struct str){ear.heard, ear.n}, STR("onetwo"));
    assert_int_equal(result.status, 200);
    assert_int_equal(result.body.n, 0);
    assert_str_equal(http_result_header(&result, STR("x-a")), STR("b"));
    world_end(&w);
}

TEST(http_stream, an_answer_that_ends_by_itself_leaves_the_connection_for_the_next)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    struct http_result result;
    for (int i = 0; i < 3; i++) {
        struct ear ear = {.enough = 100};
        assert_int_equal(stream(&w, (struct http_request_out){0}, &ear, &result), OK);
        assert_str_equal((struct str){ear.heard, ear.n}, STR("{\"ok\":true}"));
    }
    assert_int_equal(w.last_connection, 1);
    world_end(&w);
}

TEST(http_stream, an_errors_body_is_not_for_the_listener)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    w.response = STR("HTTP/1.1 429 Too Many\r\nRetry-After: 3600\r\nContent-Length: 4\r\n\r\nslow");
    struct ear ear = {.enough = 100};
    struct http_result result;
    assert_int_equal(stream(&w, (struct http_request_out){0}, &ear, &result), OK);
    assert_int_equal(ear.pieces, 0);
    assert_int_equal(result.status, 429);
    assert_str_equal(result.body, STR("slow"));
    assert_int_equal(result.retry_after_ms, 3600000);
    world_end(&w);
}

TEST(http_stream, an_answer_that_breaks_off_is_a_remote_error_after_its_pieces)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    w.response = STR("HTTP/1.1 200 OK\r\nContent-Length: 400\r\nConnection: close\r\n\r\nhalf");
    struct ear ear = {.enough = 100};
    struct http_result result;
    assert_int_equal(stream(&w, (struct http_request_out){0}, &ear, &result), ERR_REMOTE);
    assert_str_equal((struct str){ear.heard, ear.n}, STR("half"));
    world_end(&w);
}

TEST(http_stream, silence_in_the_midst_is_a_remote_error_too)
{
    struct world w;
    world_start(&w, (struct http_client_settings){.clock = clock_system()});
    w.response = STR("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nhalf");
    w.then_hang = true;
    struct ear ear = {.enough = 100};
    struct http_result result;
    assert_int_equal(stream(&w, (struct http_request_out){.idle_ms = 50}, &ear, &result), ERR_REMOTE);
    assert_int_equal(ear.n, 4);
    assert_non_null(strstr(w.error.text, "silence"));
    world_end(&w);
}

TEST(http_stream, the_time_limit_counts_for_all_of_it)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    w.response = STR("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nhalf");
    w.then_hang = true;
    struct ear ear = {.enough = 100};
    struct http_result result;
    assert_int_equal(stream(&w, (struct http_request_out){.timeout_ms = 100}, &ear, &result), ERR_REMOTE);
    assert_int_equal(ear.n, 4);
    world_end(&w);
}

TEST(http_stream, the_ceiling_counts_for_all_of_it)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    struct ear ear = {.enough = 100};
    struct http_result result;
    assert_int_equal(stream(&w, (struct http_request_out){.max_response_bytes = 10}, &ear, &result), ERR_REMOTE);
    assert_non_null(strstr(w.error.text, "too long"));
    world_end(&w);
}

TEST(http_stream, a_stopped_client_calls_nobody)
{
    struct world w;
    world_start(&w, (struct http_client_settings){0});
    http_client_stop(w.client);
    struct ear ear = {.enough = 100};
    struct http_result result;
    assert_int_equal(stream(&w, (struct http_request_out){0}, &ear, &result), ERR_BUSY);
    world_end(&w);
}

/* ── nobody else is called ─────────────────────────────────────────────────────────────────────────────────────── */

static size_t names_looked_up;

/* In this program libcurl's own look-ups come here instead of to the C library. */
int getaddrinfo(const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints,
                struct addrinfo **restrict result)
{
    (void)node, (void)service, (void)hints, (void)result;
    __atomic_add_fetch(&names_looked_up, 1, __ATOMIC_RELAXED);
    return EAI_NONAME;
}

TEST(http_client, names_of_other_hosts_are_not_even_looked_up)
{
    struct str origins[] = {STR("http://models.example")};
    struct http_client_settings settings = {.origins = {origins, 1}, .clock = clock_system(), .direct = true};
    struct http_client *client;
    struct error error;
    assert_int_equal(http_client_new(&settings, &client, &error), OK);
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct http_result result;
    struct http_request_out request = {.method = "GET", .url = STR("http://elsewhere.example/v1/models")};
    assert_int_equal(http_call(client, &request, &arena, &result, &error), ERR_INVALID);
    assert_int_equal(names_looked_up, 0);
    request.url = STR("http://models.example/v1/models"); /* so the count above would have shown it */
    assert_int_equal(http_call(client, &request, &arena, &result, &error), ERR_REMOTE);
    assert_int_equal(names_looked_up, 1);
    http_client_free(client);
}

TEST(http_client, a_direct_client_goes_to_no_proxy_of_the_environment)
{
    struct world w;
    world_start(&w, (struct http_client_settings){.direct = true});
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    struct http_result result;
    assert_int_equal(get(&w, "/", &result), OK);
    unsetenv("http_proxy");
    world_end(&w);
}

TEST(http_outcome, statuses_are_done_later_or_never)
{
    for (int status = 200; status < 300; status++)
        assert_int_equal(http_outcome(status), HTTP_DONE);
    static const int later[] = {0, 408, 425, 429, 500, 502, 503, 504, 599};
    for (size_t i = 0; i < COUNT_OF(later); i++)
        assert_int_equal(http_outcome(later[i]), HTTP_LATER);
    static const int never[] = {100, 199, 300, 302, 400, 401, 403, 404, 409, 411, 413, 422, 499};
    for (size_t i = 0; i < COUNT_OF(never); i++)
        assert_int_equal(http_outcome(never[i]), HTTP_NEVER);
}

TEST(http_same_origin, compares_scheme_host_and_port)
{
    assert_true(http_same_origin(STR("https://hooks.slack.com/commands/x"), STR("https://hooks.slack.com")));
    assert_false(http_same_origin(STR("https://hooks.slack.com.evil.example/"), STR("https://hooks.slack.com")));
    assert_false(http_same_origin(STR("x"), STR("x")));
}

TEST_MAIN
