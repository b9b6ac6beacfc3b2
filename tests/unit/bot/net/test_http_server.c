#include "bot/net/http_server.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/bot/net/harness.h"

enum { BIG_BODY_BYTES = 300 * 1000 };

/* Answers are made by a thread that stands for the writer: it is told a number and answers through loop_post. */
struct worker_answer {
    struct http_server *server;
    uint64_t number;
    char text[64];
};

struct world {
    struct harness harness;
    struct tally handled, answered_late;
    uint64_t held; /* the request that /hold keeps without an answer */
};

static void echo(const struct http_request *request, void *arg)
{
    struct world *world = arg;
    struct buf out;
    buf_init(&out, NULL, 4 * 1024 * 1024);
    buf_addf(&out, "%d %.*s?%.*s [%.*s] ", (int)request->method, STR_ARG(request->path), STR_ARG(request->query),
             STR_ARG(request->content_type));
    buf_add(&out, request->body);
    http_reply(request->server, request->number,
               &(struct http_response){.status = 200, .content_type = STR("text/plain"), .body = buf_str(&out)});
    buf_release(&out);
    tally_add(&world->handled, 1);
}

static void say_field(const struct http_request *request, void *arg)
{
    (void)arg;
    struct buf out;
    buf_init(&out, NULL, 65536);
    static const char *const names[] = {"x-slack-signature", "authorization", "cookie"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        buf_addf(&out, "<%.*s>", STR_ARG(http_request_field(request, str_of(names[i]))));
    http_reply(request->server, request->number, &(struct http_response){.status = 200, .body = buf_str(&out)});
    buf_release(&out);
}

static void hold(const struct http_request *request, void *arg)
{
    struct world *world = arg;
    world->held = request->number;
    tally_add(&world->handled, 1);
}

static void answer_late(void *arg)
{
    struct worker_answer *answer = arg;
    http_reply(answer->server, answer->number,
               &(struct http_response){.status = 200, .content_type = STR("text/plain"), .body = str_of(answer->text)});
    free(answer);
}

static void refuse_it(const struct http_request *request, void *arg)
{
    (void)arg;
    http_reply_error(request->server, request->number, 401, "unauthorized", "no");
}

/* One thread per request is plenty here. */
struct job {
    struct world *world;
    struct worker_answer *answer;
};

static void *do_job(void *arg)
{
    struct job *job = arg;
    loop_post(job->world->harness.loop, answer_late, job->answer);
    tally_add(&job->world->answered_late, 1);
    free(job);
    return NULL;
}

static void through_a_thread(const struct http_request *request, void *arg)
{
    struct world *world = arg;
    struct job *job = malloc(sizeof *job);
    *job = (struct job){world, malloc(sizeof *job->answer)};
    *job->answer = (struct worker_answer){.server = request->server, .number = request->number};
    snprintf(job->answer->text, sizeof job->answer->text, "late %.*s", STR_ARG(str_first(request->query, 40)));
    pthread_t thread;
    pthread_create(&thread, NULL, do_job, job);
    pthread_detach(thread);
}

static void big(const struct http_request *request, void *arg)
{
    (void)arg;
    size_t n = 4 * 1024 * 1024;
    char *text = malloc(n);
    memset(text, 'x', n);
    http_reply(request->server, request->number, &(struct http_response){.status = 200, .body = {text, n}});
    free(text);
}

static struct world *start_with(struct loop_settings loop, struct http_server_settings server)
{
    struct world *world = calloc(1, sizeof *world);
    static struct http_route routes[16];
    world->handled = (struct tally)TALLY;
    world->answered_late = (struct tally)TALLY;
    struct http_route all[] = {
        {.path = "/echo", .methods = HTTP_GET | HTTP_POST | HTTP_PUT, .handler = echo, .arg = world},
        {.path = "/small", .methods = HTTP_POST, .max_body_bytes = 10, .handler = echo, .arg = world},
        {.path = "/field", .methods = HTTP_GET, .handler = say_field, .arg = world},
        {.path = "/hold", .methods = HTTP_GET | HTTP_POST, .handler = hold, .arg = world},
        {.path = "/late", .methods = HTTP_GET | HTTP_POST, .handler = through_a_thread, .arg = world},
        {.path = "/big", .methods = HTTP_GET, .handler = big, .arg = world},
        {.path = "/refuse", .methods = HTTP_POST, .handler = refuse_it, .arg = world},
        {.path = "/api/*", .methods = HTTP_GET | HTTP_DELETE, .handler = echo, .arg = world},
        {.path = "/api/v1/*", .methods = HTTP_GET | HTTP_PATCH, .handler = echo, .arg = world},
        {.path = "/api/v1/exact", .methods = HTTP_GET, .handler = refuse_it, .arg = world},
    };
    memcpy(routes, all, sizeof all);
    server.routes = routes;
    server.n_routes = COUNT_OF(all);
    if (loop.timeout_ms == 0)
        loop.timeout_ms = 2000;
    harness_start(&world->harness, loop, server);
    return world;
}

static struct world *start(void)
{
    return start_with((struct loop_settings){0}, (struct http_server_settings){0});
}

static void stop(struct world *world)
{
    harness_stop(&world->harness);
    free(world);
}

/* Sends and compares status and body. */
static void assert_answer(int fd, const char *request, int status, const char *body)
{
    struct buf answer;
    buf_init(&answer, NULL, 8 * 1024 * 1024);
    assert_true(net_send(fd, str_of(request)));
    assert_int_equal(net_read_answer(fd, &answer), status);
    if (body != NULL)
        assert_str_equal(net_body(&answer), str_of(body));
    buf_release(&answer);
}

TEST(http_server, a_request_reaches_its_handler_and_its_answer_comes_back)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    assert_answer(fd, "GET /echo?a=1 HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo?a=1 [] ");
    assert_answer(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: text/x\r\nContent-Length: 3\r\n\r\nabc", 200,
                  "2 /echo? [text/x] abc");
    assert_answer(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 200, "2 /echo? [] ");
    assert_answer(fd, "PUT /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 200, "4 /echo? [] ");
    assert_answer(fd, "PUT /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi", 200, "4 /echo? [] hi");
    assert_int_equal(tally_read(&world->handled), 5);
    net_close(fd);
    stop(world);
}

TEST(http_server, answers_carry_the_security_headers_and_a_date)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    struct buf answer;
    buf_init(&answer, NULL, 65536);
    net_send(fd, STR("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert_int_equal(net_read_answer(fd, &answer), 200);
    assert_str_equal(net_field(&answer, "x-content-type-options"), STR("nosniff"));
    assert_str_equal(net_field(&answer, "content-security-policy"), STR("default-src 'none'; frame-ancestors 'none'"));
    assert_int_equal(net_field(&answer, "date").n, 29);
    buf_release(&answer);
    net_close(fd);
    stop(world);
}

TEST(http_server, paths_are_normalised_and_queries_stay_as_they_were_sent)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    assert_answer(fd, "GET /x/../echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo? [] ");
    assert_answer(fd, "GET //%65cho HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo? [] ");
    assert_answer(fd, "GET /a/%2e%2e/echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo? [] ");
    assert_answer(fd, "GET http://x/echo?a HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo?a [] ");
    assert_answer(fd, "GET /echo?token=a+b%26c&&x=%EA;y=1?/../&token=2 HTTP/1.1\r\nHost: x\r\n\r\n", 200,
                  "1 /echo?token=a+b%26c&&x=%EA;y=1?/../&token=2 [] ");
    net_close(fd);
    stop(world);
}

TEST(http_server, exact_routes_go_before_the_longest_prefix)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    assert_answer(fd, "GET /api/v1/exact HTTP/1.1\r\nHost: x\r\n\r\n", 401, NULL);
    assert_answer(fd, "GET /api/v1/else HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /api/v1/else? [] ");
    assert_answer(fd, "DELETE /api/else HTTP/1.1\r\nHost: x\r\n\r\n", 200, "16 /api/else? [] ");
    assert_answer(fd, "DELETE /api/v1/else HTTP/1.1\r\nHost: x\r\n\r\n", 405, NULL);
    net_close(fd);
    stop(world);
}

TEST(http_server, unknown_paths_get_404_as_json)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    assert_answer(fd, "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404,
                  "{\"error\":{\"code\":\"not_found\",\"message\":\"there is nothing here\"}}");
    assert_answer(fd, "POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 404, NULL);
    assert_answer(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo? [] ");
    net_close(fd);
    stop(world);
}

TEST(http_server, wrong_methods_get_405_with_allow)
{
    struct world *world = start();
    struct buf answer;
    buf_init(&answer, NULL, 65536);
    static const char *const methods[] = {"PATCH", "DELETE", "OPTIONS", "BREW"};
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        int fd = net_connect(world->harness.port);
        net_sendf(fd, "%s /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", methods[i]);
        assert_int_equal(net_read_answer(fd, &answer), 405);
        assert_str_equal(net_field(&answer, "allow"), STR("GET, HEAD, POST, PUT"));
        assert_answer(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo? [] ");
        net_close(fd);
    }
    buf_release(&answer);
    stop(world);
}

TEST(http_server, what_is_no_http_gets_400_and_the_end_of_the_connection)
{
    struct world *world = start();
    static const char *const requests[] = {"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\nhello",
                                           "\x16\x03\x01",
                                           "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                                           "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n",
                                           "GET /echo HTTP/2.0\r\n\r\n",
                                           "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                                           "GET /echo\r\n\r\n",
                                           "GET /echo HTTP/1.1\r\nHost x\r\n\r\n",
                                           "GET /echo HTTP/1.1\r\nHost : x\r\n\r\n",
                                           "GET /echo HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
                                           "GET /echo HTTP/1.1\r\n\r\n",
                                           "GET /echo HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"};
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        int fd = net_connect(world->harness.port);
        assert_answer(fd, requests[i], 400, NULL);
        assert_true(net_is_closed(fd));
        net_close(fd);
    }
    assert_int_equal(tally_read(&world->handled), 0);
    stop(world);
}

TEST(http_server, bodies_without_a_length_get_411_and_the_end_of_the_connection)
{
    struct world *world = start();
    static const char *const requests[] = {
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\n\r\n",
        "PUT /echo HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: "
        "chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        int fd = net_connect(world->harness.port);
        assert_answer(fd, requests[i], 411, NULL);
        assert_true(net_is_closed(fd));
        net_close(fd);
    }
    assert_int_equal(tally_read(&world->handled), 0);
    stop(world);
}

TEST(http_server, a_client_still_sending_chunks_sees_the_411)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    struct buf answer;
    buf_init(&answer, NULL, 65536);
    net_send(fd, STR("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
    char chunk[4096];
    memset(chunk, 'c', sizeof chunk);
    for (int i = 0; i < 200; i++)
        assert_true(net_sendf(fd, "1000\r\n%.4096s\r\n", chunk));
    net_send(fd, STR("0\r\n\r\n"));
    assert_int_equal(net_read_answer(fd, &answer), 411);
    assert_true(net_is_closed(fd));
    buf_release(&answer);
    net_close(fd);
    stop(world);
}

TEST(http_server, lengths_that_are_no_plain_number_get_400)
{
    struct world *world = start();
    static const char *const lengths[] = {"-1",
                                          "+3",
                                          "3 4",
                                          "0x3",
                                          "99999999999999999999999",
                                          "abc",
                                          "3, 3",
                                          "3\r\nContent-Length: 3",
                                          "3\r\nContent-Length: 4"};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        int fd = net_connect(world->harness.port);
        struct buf answer;
        buf_init(&answer, NULL, 65536);
        net_sendf(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %s\r\n\r\nabc", lengths[i]);
        assert_int_equal(net_read_answer(fd, &answer), 400);
        assert_true(net_is_closed(fd));
        buf_release(&answer);
        net_close(fd);
    }
    assert_int_equal(tally_read(&world->handled), 0);
    stop(world);
}

/* A proxy in front might read these framings in another way than we do: nothing after them is taken for a request. */
TEST(http_server, no_request_hides_behind_a_framing_that_can_be_read_in_two_ways)
{
    struct world *world = start();
    static const struct {
        const char *fields;
        size_t n;
        int status;
    } cases[] = {
#define FRAMED(fields_, status_) {(fields_), sizeof(fields_) - 1, (status_)}
        FRAMED("Content-Length: 4\r\nTransfer-Encoding: chunked", 411),
        FRAMED("Transfer-Encoding: chunked\r\nContent-Length: 4", 411),
        FRAMED("Content-Length: 4\r\nTransfer-Encoding: identity", 411),
        FRAMED("Content-Length: 4\r\nTransfer-Encoding: xchunked", 411),
        FRAMED("Content-Length: 4\r\nTransfer-Encoding:\tchunked", 411),
        FRAMED("Content-Length: 4\r\ntRANSFER-eNCODING:", 411),
        FRAMED("Content-Length: 4\r\nTransfer-Encoding : chunked", 400),
        FRAMED("Content-Length: 4\r\n Transfer-Encoding: chunked", 400),
        FRAMED("Content-Length: 4\r\nX: y\nTransfer-Encoding: chunked", 400),
        FRAMED("Content-Length: 4\r\nX: y\rTransfer-Encoding: chunked", 400),
        FRAMED("Content-Length: 4\r\nTransfer-Encoding\0: chunked", 400),
        FRAMED("Content-Length: 4\r\nTransfer-Encoding: chun\0ked", 400),
        FRAMED("Content-Length : 4", 400),
        FRAMED("Content-Length: 4\r\nContent-Length: 0", 400),
        FRAMED("Content-Length: 4\r\ncontent-length: 4", 400),
        FRAMED("Content-Length: 4, 4", 400),
        FRAMED("Content-Length: +4", 400),
        FRAMED("Content-Length: -4", 400),
        FRAMED("Content-Length: 0x4", 400),
        FRAMED("Content-Length: 4\v", 400),
        FRAMED("Content-Length: 4\0", 400),
        FRAMED("Content-Length:", 400),
        FRAMED("Content-Length: 0\n\n", 400),
#undef FRAMED
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int fd = net_connect(world->harness.port);
        struct buf request, answer;
        buf_init(&request, NULL, 65536);
        buf_init(&answer, NULL, 65536);
        buf_add(&request, STR("POST /echo HTTP/1.1\r\nHost: x\r\n"));
        buf_add(&request, (struct str){cases[i].fields, cases[i].n});
        buf_add(&request, STR("\r\n\r\n0\r\n\r\nGET /echo?hidden HTTP/1.1\r\nHost: x\r\n\r\n"));
        net_send(fd, buf_str(&request));
        if (net_read_answer(fd, &answer) != cases[i].status)
            fail_msg("%s", cases[i].fields);
        assert_str_equal(net_field(&answer, "connection"), STR("close"));
        assert_true(net_is_closed(fd));
        buf_release(&request);
        buf_release(&answer);
        net_close(fd);
    }
    assert_int_equal(tally_read(&world->handled), 0);
    stop(world);
}

TEST(http_server, a_body_too_large_gets_413_before_it_is_read)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    struct buf answer;
    buf_init(&answer, NULL, 65536);
    net_send(fd, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n"));
    assert_int_equal(net_read_answer(fd, &answer), 413);
    net_close(fd);
    fd = net_connect(world->harness.port);
    assert_answer(fd, "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nhello world", 413, NULL);
    assert_answer(fd, "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhelloworld", 200,
                  "2 /small? [] helloworld");
    net_close(fd);
    fd = net_connect(world->harness.port);
    net_send(fd, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nabc"));
    assert_int_equal(net_read_answer(fd, &answer), 413);
    assert_str_equal(net_field(&answer, "connection"), STR("close"));
    assert_true(net_is_closed(fd));
    net_close(fd);
    buf_release(&answer);
    stop(world);
}

TEST(http_server, a_refused_body_is_read_to_its_end_so_that_the_next_request_is_understood)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    struct buf answer;
    buf_init(&answer, NULL, 65536);
    char *body = malloc(2 * 1024 * 1024);
    memset(body, 'b', 2 * 1024 * 1024);
    net_send(fd, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2097152\r\n\r\n"));
    assert_true(net_send(fd, (struct str){body, 2 * 1024 * 1024}));
    assert_int_equal(net_read_answer(fd, &answer), 413);
    assert_answer(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo? [] ");
    free(body);
    buf_release(&answer);
    net_close(fd);
    stop(world);
}

TEST(http_server, bodies_come_whole_however_they_are_cut)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    struct buf answer;
    buf_init(&answer, NULL, 1024 * 1024);
    char *body = malloc(BIG_BODY_BYTES);
    for (size_t i = 0; i < BIG_BODY_BYTES; i++)
        body[i] = (char)('a' + i % 26);
    net_sendf(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", BIG_BODY_BYTES);
    net_send(fd, (struct str){body, 1});
    net_send(fd, (struct str){body + 1, 4095});
    net_send(fd, (struct str){body + 4096, BIG_BODY_BYTES - 4096});
    assert_int_equal(net_read_answer(fd, &answer), 200);
    struct str got = net_body(&answer);
    assert_int_equal(got.n, BIG_BODY_BYTES + 12);
    assert_memory_equal(got.p + 12, body, BIG_BODY_BYTES);
    free(body);
    buf_release(&answer);
    net_close(fd);
    stop(world);
}

TEST(http_server, a_head_sent_byte_by_byte_is_understood)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    const char *request = "POST /echo?q=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
    for (const char *p = request; *p != '\0'; p++)
        assert_true(net_send(fd, (struct str){p, 1}));
    assert_answer(fd, "", 200, "2 /echo?q=1 [] abc");
    net_close(fd);
    stop(world);
}

TEST(http_server, an_answer_larger_than_the_socket_takes_comes_whole)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    struct buf answer;
    buf_init(&answer, NULL, 8 * 1024 * 1024);
    net_send(fd, STR("GET /big HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert_int_equal(net_read_answer(fd, &answer), 200);
    assert_int_equal(net_body(&answer).n, 4 * 1024 * 1024);
    assert_answer(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo? [] ");
    net_send(fd, STR("GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    assert_int_equal(net_read_answer(fd, &answer), 200);
    assert_int_equal(net_body(&answer).n, 4 * 1024 * 1024);
    assert_true(net_is_closed(fd));
    buf_release(&answer);
    net_close(fd);
    stop(world);
}

TEST(http_server, head_is_answered_where_get_is)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    struct buf answer;
    buf_init(&answer, NULL, 65536);
    net_send(fd, STR("HEAD /echo?a HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert_int_equal(net_read_head(fd, &answer), 200);
    assert_str_equal(net_field(&answer, "content-length"), STR("13"));
    assert_answer(fd, "GET /echo?a HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo?a [] ");
    net_send(fd, STR("HEAD /small HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert_int_equal(net_read_head(fd, &answer), 405);
    buf_release(&answer);
    net_close(fd);
    stop(world);
}

TEST(http_server, answers_may_come_from_another_thread)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    assert_answer(fd, "GET /late?1 HTTP/1.1\r\nHost: x\r\n\r\n", 200, "late 1");
    assert_answer(fd, "POST /late?2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 200, "late 2");
    assert_answer(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo? [] ");
    tally_wait(&world->answered_late, 2);
    net_close(fd);
    stop(world);
}

TEST(http_server, pipelined_requests_are_answered_in_order)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    struct buf all;
    buf_init(&all, NULL, 1024 * 1024);
    enum { N = 30 };
    for (int i = 0; i < N; i++) {
        buf_addf(&all, "GET /late?%d HTTP/1.1\r\nHost: x\r\n\r\n", i);
        buf_addf(&all, "POST /late?p%d HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", i);
        buf_addf(&all, "POST /echo?%d HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi", i);
        buf_addf(&all, "GET /echo?%d HTTP/1.1\r\nHost: x\r\n\r\n", i);
    }
    net_send(fd, buf_str(&all));
    char expected[64];
    for (int i = 0; i < N; i++) {
        snprintf(expected, sizeof expected, "late %d", i);
        assert_answer(fd, "", 200, expected);
        snprintf(expected, sizeof expected, "late p%d", i);
        assert_answer(fd, "", 200, expected);
        snprintf(expected, sizeof expected, "2 /echo?%d [] hi", i);
        assert_answer(fd, "", 200, expected);
        snprintf(expected, sizeof expected, "1 /echo?%d [] ", i);
        assert_answer(fd, "", 200, expected);
    }
    assert_int_equal(tally_read(&world->handled), 2 * N);
    tally_wait(&world->answered_late, 2 * N);
    buf_release(&all);
    net_close(fd);
    stop(world);
}

TEST(http_server, a_request_behind_one_that_waits_is_not_taken_for_its_body)
{
    struct world *world = start_with((struct loop_settings){0}, (struct http_server_settings){.answer_ms = 300});
    int fd = net_connect(world->harness.port);
    net_send(fd, STR("POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"));
    tally_wait(&world->handled, 1);
    net_send(fd, STR("GET /echo?next HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert_answer(fd, "", 503, NULL);
    assert_answer(fd, "", 200, "1 /echo?next [] ");
    assert_int_equal(tally_read(&world->handled), 2);
    net_close(fd);
    stop(world);
}

TEST(http_server, a_silent_worker_makes_503_with_retry_after)
{
    struct world *world = start_with((struct loop_settings){0}, (struct http_server_settings){.answer_ms = 50});
    int fd = net_connect(world->harness.port);
    struct buf answer;
    buf_init(&answer, NULL, 65536);
    net_send(fd, STR("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert_int_equal(net_read_answer(fd, &answer), 503);
    assert_str_equal(net_field(&answer, "retry-after"), STR("5"));
    assert_answer(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo? [] ");
    buf_release(&answer);
    net_close(fd);
    stop(world);
}

static void answer_held(void *arg)
{
    struct world *world = arg;
    http_reply(world->harness.server, world->held, &(struct http_response){.status = 200, .body = STR("held")});
    tally_add(&world->answered_late, 1);
}

TEST(http_server, an_answer_to_a_request_that_is_over_is_dropped)
{
    struct world *world = start_with((struct loop_settings){0}, (struct http_server_settings){.answer_ms = 50});
    int fd = net_connect(world->harness.port);
    assert_answer(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n", 503, NULL);
    loop_post(world->harness.loop, answer_held, world);
    loop_post(world->harness.loop, answer_held, world);
    tally_wait(&world->answered_late, 2);
    assert_answer(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo? [] ");
    net_close(fd);
    stop(world);
}

TEST(http_server, a_client_that_leaves_before_the_answer_does_no_harm)
{
    struct world *world = start();
    for (int i = 0; i < 20; i++) {
        int fd = net_connect(world->harness.port);
        net_send(fd, i % 2 == 0 ? STR("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n")
                                : STR("POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"));
        tally_wait(&world->handled, i + 1);
        if (i % 4 < 2) {
            struct linger reset = {.l_onoff = 1, .l_linger = 0};
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        }
        net_close(fd);
        loop_post(world->harness.loop, answer_held, world);
        tally_wait(&world->answered_late, i + 1);
    }
    int fd = net_connect(world->harness.port);
    net_send(fd, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc"));
    net_close(fd);
    fd = net_connect(world->harness.port);
    assert_answer(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo? [] ");
    net_close(fd);
    stop(world);
}

TEST(http_server, a_client_that_has_said_all_and_closed_its_side_still_gets_its_answer)
{
    struct world *world = start();
    static const char *const requests[] = {"GET /late?x HTTP/1.1\r\nHost: x\r\n\r\n",
                                           "GET /big HTTP/1.1\r\nHost: x\r\n\r\n",
                                           "GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                                           "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                                           "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"};
    static const int statuses[] = {200, 200, 200, 411, 200};
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        int fd = net_connect(world->harness.port);
        net_send(fd, str_of(requests[i]));
        shutdown(fd, SHUT_WR);
        assert_answer(fd, "", statuses[i], NULL);
        assert_true(net_is_closed(fd));
        net_close(fd);
    }
    tally_wait(&world->answered_late, 1);
    stop(world);
}

TEST(http_server, a_client_that_closed_its_side_still_gets_every_answer_it_asked_for)
{
    struct world *world = start();
    enum { N = 20 };
    for (int i = 0; i < N; i++) {
        int fd = net_connect(world->harness.port);
        net_send(fd, STR("GET /late?1 HTTP/1.1\r\nHost: x\r\n\r\nGET /late?2 HTTP/1.1\r\nHost: x\r\n\r\n"
                         "GET /big HTTP/1.1\r\nHost: x\r\n\r\nGET /echo?3 HTTP/1.1\r\nHost: x\r\n\r\n"));
        shutdown(fd, SHUT_WR);
        assert_answer(fd, "", 200, "late 1");
        assert_answer(fd, "", 200, "late 2");
        assert_answer(fd, "", 200, NULL);
        assert_answer(fd, "", 200, "1 /echo?3 [] ");
        assert_true(net_is_closed(fd));
        net_close(fd);
        tally_wait(&world->answered_late, 2 * (i + 1));
    }
    stop(world);
}

TEST(http_server, an_answer_that_ends_the_connection_arrives_whatever_the_client_still_sends)
{
    struct world *world = start();
    char *more = malloc(BIG_BODY_BYTES);
    memset(more, 'm', BIG_BODY_BYTES);
    for (int i = 0; i < 20; i++) {
        int fd = net_connect(world->harness.port);
        net_send(fd, STR("GET /late HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        net_send(fd, (struct str){more, BIG_BODY_BYTES});
        assert_answer(fd, "", 200, "late ");
        assert_true(net_is_closed(fd));
        net_close(fd);
        tally_wait(&world->answered_late, i + 1);
    }
    free(more);
    stop(world);
}

TEST(http_server, what_a_client_sends_while_it_does_not_read_waits)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    enum { N = 20 };
    for (int i = 0; i < N; i++)
        net_send(fd, STR("GET /big HTTP/1.1\r\nHost: x\r\n\r\n"));
    for (int i = 0; i < N; i++)
        assert_answer(fd, "", 200, NULL);
    assert_answer(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo? [] ");
    net_close(fd);
    stop(world);
}

TEST(http_server, http_1_0_and_connection_close_end_the_connection)
{
    struct world *world = start();
    static const char *const requests[] = {
        "GET /echo HTTP/1.0\r\n\r\n", "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: foo, Close\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"};
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        int fd = net_connect(world->harness.port);
        struct buf answer;
        buf_init(&answer, NULL, 65536);
        net_send(fd, str_of(requests[i]));
        assert_int_equal(net_read_answer(fd, &answer), 200);
        assert_str_equal(net_field(&answer, "connection"), STR("close"));
        assert_true(net_is_closed(fd));
        buf_release(&answer);
        net_close(fd);
    }
    int fd = net_connect(world->harness.port);
    assert_answer(fd, "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, NULL);
    assert_answer(fd, "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, NULL);
    net_close(fd);
    stop(world);
}

TEST(http_server, headers_up_to_the_limit_pass_and_longer_ones_get_431)
{
    struct world *world = start();
    char cookie[40000];
    memset(cookie, 'c', sizeof cookie);
    struct buf answer;
    buf_init(&answer, NULL, 65536);
    int fd = net_connect(world->harness.port);
    net_sendf(fd, "GET /field HTTP/1.1\r\nHost: x\r\nCookie: %.12000s\r\n\r\n", cookie);
    assert_int_equal(net_read_answer(fd, &answer), 200);
    assert_int_equal(net_body(&answer).n, 12000 + 6);
    net_close(fd);
    fd = net_connect(world->harness.port);
    net_sendf(fd, "GET /field HTTP/1.1\r\nHost: x\r\nCookie: %.39000s\r\n\r\n", cookie);
    assert_int_equal(net_read_answer(fd, &answer), 431);
    assert_true(net_is_closed(fd));
    net_close(fd);
    fd = net_connect(world->harness.port);
    net_send(fd, STR("GET /field HTTP/1.1\r\nHost: x\r\n"));
    for (int i = 0; i < 101; i++)
        net_sendf(fd, "X-%d: 1\r\n", i);
    net_send(fd, STR("\r\n"));
    assert_int_equal(net_read_answer(fd, &answer), 431);
    net_close(fd);
    fd = net_connect(world->harness.port);
    assert_answer(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo? [] ");
    net_close(fd);
    buf_release(&answer);
    stop(world);
}

TEST(http_server, a_doubled_header_counts_as_absent)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    assert_answer(fd,
                  "GET /field HTTP/1.1\r\nHost: x\r\nX-Slack-Signature: v0=a\r\nAuthorization: Bearer b\r\n"
                  "X-Other: 1\r\n\r\n",
                  200, "<v0=a><Bearer b><>");
    assert_answer(fd,
                  "GET /field HTTP/1.1\r\nX-A: 1\r\nX-Slack-Signature: v0=a\r\nHost: x\r\nX-B: 2\r\n"
                  "x-slack-signature:v0=b\r\nX-C: 3\r\n\r\n",
                  200, "<><><>");
    assert_answer(fd,
                  "GET /field HTTP/1.1\r\nHost: x\r\nX-Slack-Signature: v0=a\r\nX-Slack-Signature: v0=a\r\n"
                  "Authorization: a\r\nAuthorization: b\r\n\r\n",
                  200, "<><><>");
    assert_answer(fd, "POST /late HTTP/1.1\r\nHost: x\r\nX-Slack-Signature:  v0=a \r\nContent-Length: 0\r\n\r\n", 200,
                  NULL);
    tally_wait(&world->answered_late, 1);
    assert_answer(fd, "GET /field?x=1 HTTP/1.1\r\nHost: x\r\nX-Slack-Signature:  v0=a \r\nCookie: a=b; c=d\r\n\r\n",
                  200, "<v0=a><><a=b; c=d>");
    assert_answer(fd, "GET /field HTTP/1.1\r\nHost: x\r\nX-Slack-Signature-2: v0=a\r\nX-Slack: b\r\n\r\n", 200,
                  "<><><>");
    net_close(fd);
    stop(world);
}

TEST(http_server, who_waits_for_100_continue_gets_it_unless_the_body_is_refused)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    struct buf answer;
    buf_init(&answer, NULL, 65536);
    net_send(fd, STR("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"));
    assert_int_equal(net_read_head(fd, &answer), 100);
    assert_answer(fd, "abc", 200, "2 /echo? [] abc");
    net_send(fd, STR("POST /small HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 30\r\n\r\n"));
    assert_int_equal(net_read_head(fd, &answer), 413);
    /* Whether its body comes now or was left out, nobody could tell. */
    assert_str_equal(net_field(&answer, "connection"), STR("close"));
    assert_true(net_is_closed(fd));
    buf_release(&answer);
    net_close(fd);
    stop(world);
}

TEST(http_server, other_upgrades_are_ignored)
{
    struct world *world = start();
    static const char *const requests[] = {
        "GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: foo\r\nConnection: Upgrade\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: "
        "AAMAAABk\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
        "GET /echo HTTP/1.0\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade, keep-alive\r\n\r\n"};
    int fd = net_connect(world->harness.port);
    for (size_t i = 0; i < COUNT_OF(requests); i++)
        assert_answer(fd, requests[i], 200, "1 /echo? [] ");
    net_close(fd);
    stop(world);
}

TEST(http_server, a_stalled_head_ends_after_the_time_limit_however_slowly_it_grows)
{
    struct world *world = start_with((struct loop_settings){.timeout_ms = 100}, (struct http_server_settings){0});
    int fd = net_connect(world->harness.port);
    int n = 0;
    while (!net_closes_within(fd, 5) && n++ < 1000)
        net_send(fd, STR("X"));
    assert_true(n < 1000);
    net_close(fd);
    assert_int_equal(tally_read(&world->handled), 0);
    stop(world);
}

TEST(http_server, a_stalled_body_ends_after_the_time_limit)
{
    struct world *world = start_with((struct loop_settings){.timeout_ms = 50}, (struct http_server_settings){0});
    int fd = net_connect(world->harness.port);
    net_send(fd, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"));
    assert_true(net_is_closed(fd));
    assert_int_equal(tally_read(&world->handled), 0);
    net_close(fd);
    stop(world);
}

TEST(http_server, a_body_that_trickles_ends_too)
{
    struct world *world = start_with((struct loop_settings){.timeout_ms = 100, .min_body_bytes_per_s = 20000},
                                     (struct http_server_settings){0});
    int fd = net_connect(world->harness.port);
    net_send(fd, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n"));
    int n = 0;
    while (!net_closes_within(fd, 5) && n++ < 1999)
        net_send(fd, STR("b"));
    assert_true(n < 1999);
    net_close(fd);
    fd = net_connect(world->harness.port); /* a refused one, too */
    net_send(fd, STR("POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n"));
    assert_answer(fd, "", 404, NULL);
    for (n = 0; !net_closes_within(fd, 5) && n < 1999; n++)
        net_send(fd, STR("b"));
    assert_true(n < 1999);
    net_close(fd);
    assert_int_equal(tally_read(&world->handled), 0);
    stop(world);
}

TEST(http_server, unfinished_requests_together_hold_no_more_than_a_ceiling)
{
    struct world *world =
        start_with((struct loop_settings){.max_held_bytes = 100000}, (struct http_server_settings){0});
    char *half = malloc(40000);
    memset(half, 'h', 40000);
    int first = net_connect(world->harness.port), second = net_connect(world->harness.port);
    struct buf answer;
    buf_init(&answer, NULL, 1024 * 1024);
    net_send(first, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 80000\r\n\r\n"));
    net_send(first, (struct str){half, 40000});
    /* Each answer is a turn of the loop, in which the first one is read, too. */
    for (int i = 0; i < 10; i++)
        assert_answer(second, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, NULL);
    net_send(second, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 80000\r\n\r\n"));
    net_send(second, (struct str){half, 40000});
    assert_int_equal(net_read_answer(second, &answer), 503);
    assert_str_equal(net_field(&answer, "retry-after"), STR("5"));
    assert_true(net_is_closed(second));
    net_close(second);
    /* What comes in one piece needs no room; what was begun can be finished, and then there is room again. */
    second = net_connect(world->harness.port);
    assert_answer(second, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 200, "2 /echo? [] abc");
    net_send(first, (struct str){half, 10000});
    net_close(first);
    do {
        net_close(second);
        second = net_connect(world->harness.port);
        net_send(second, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 40000\r\n\r\n"));
        net_send(second, (struct str){half, 40000});
    } while (net_read_answer(second, &answer) == 503); /* until the loop has seen that the first one left */
    assert_int_equal(net_body(&answer).n, 40000 + 12);
    free(half);
    buf_release(&answer);
    net_close(second);
    stop(world);
}

TEST(http_server, idle_connections_end_after_the_keep_alive_time)
{
    struct world *world = start_with((struct loop_settings){.keepalive_ms = 50}, (struct http_server_settings){0});
    int fd = net_connect(world->harness.port), silent = net_connect(world->harness.port);
    assert_answer(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, "1 /echo? [] ");
    assert_true(net_is_closed(fd));
    assert_true(net_is_closed(silent));
    net_close(fd);
    net_close(silent);
    stop(world);
}

TEST(http_server, one_connection_too_many_is_closed_as_it_comes)
{
    struct world *world = start_with((struct loop_settings){.max_connections = 3}, (struct http_server_settings){0});
    int fds[3];
    for (int i = 0; i < 3; i++) {
        fds[i] = net_connect(world->harness.port);
        assert_answer(fds[i], "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, NULL);
    }
    int fourth = net_connect(world->harness.port);
    assert_true(net_is_closed(fourth));
    net_close(fourth);
    assert_answer(fds[0], "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 200, NULL);
    assert_true(net_is_closed(fds[0]));
    net_close(fds[0]);
    assert_answer(fds[1], "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, NULL); /* by then that is noticed */
    fourth = net_connect(world->harness.port);
    assert_answer(fourth, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, NULL);
    net_close(fourth);
    for (int i = 1; i < 3; i++)
        net_close(fds[i]);
    stop(world);
}

TEST(http_server, a_unix_socket_serves_with_its_own_routes_and_a_narrow_mode)
{
    char folder[] = "/tmp/gilbot-net-XXXXXX", path[64], listen[80];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/admin.sock", folder);
    snprintf(listen, sizeof listen, "unix:%s", path);
    static struct http_route routes[2];
    struct world world = {.handled = TALLY, .answered_late = TALLY};
    routes[0] = (struct http_route){.path = "/public", .methods = HTTP_GET, .handler = echo, .arg = &world};
    routes[1] = (struct http_route){.path = "/admin", .methods = HTTP_GET, .handler = echo, .arg = &world};
    harness_open(&world.harness, (struct loop_settings){0},
                 (struct http_server_settings){.routes = &routes[0], .n_routes = 1});
    struct http_server *admin;
    struct http_server_settings settings = {.listen = str_of(listen), .routes = &routes[1], .n_routes = 1};
    assert_int_equal(http_server_open(world.harness.loop, &settings, &admin, NULL), OK);
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(http_server_port(admin), 0);
    struct http_server *second;
    assert_int_equal(http_server_open(world.harness.loop, &settings, &second, NULL), ERR_CONFLICT);
    harness_run_in_thread(&world.harness);
    int fd = net_connect_unix(path), tcp = net_connect(world.harness.port);
    /* The Host header must not decide which table is asked. */
    assert_answer(fd, "GET /admin HTTP/1.1\r\nHost: gilbot\r\n\r\n", 200, "1 /admin? [] ");
    assert_answer(fd, "GET /public HTTP/1.1\r\nHost: x\r\n\r\n", 404, NULL);
    assert_answer(tcp, "GET /public HTTP/1.1\r\nHost: gilbot\r\n\r\n", 200, "1 /public? [] ");
    assert_answer(tcp, "GET /admin HTTP/1.1\r\nHost: gilbot\r\n\r\n", 404, NULL);
    net_close(fd);
    net_close(tcp);
    harness_stop(&world.harness);
    assert_int_not_equal(stat(path, &about), 0);
    rmdir(folder);
}

TEST(http_server, stopping_lets_requests_under_way_finish)
{
    struct world *world = start();
    struct harness *harness = &world->harness;
    int waiting = net_connect(harness->port), idle = net_connect(harness->port), silent = net_connect(harness->port);
    struct buf answer;
    buf_init(&answer, NULL, 65536);
    assert_answer(idle, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, NULL);
    net_send(waiting, STR("POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"));
    tally_wait(&world->handled, 2);
    loop_stop(harness->loop, NET_DEADLINE_MS);
    assert_true(net_is_closed(idle));
    assert_true(net_is_closed(silent));
    loop_post(harness->loop, answer_held, world);
    assert_int_equal(net_read_answer(waiting, &answer), 200);
    assert_str_equal(net_body(&answer), STR("held"));
    assert_str_equal(net_field(&answer, "connection"), STR("close"));
    assert_true(net_is_closed(waiting));
    harness_join(harness);
    net_close(waiting);
    net_close(idle);
    net_close(silent);
    buf_release(&answer);
    free(world);
}

TEST(http_server, stopping_answers_who_had_connected_and_was_about_to_speak)
{
    struct world *world = start();
    struct harness *harness = &world->harness;
    int fresh = net_connect(harness->port), half = net_connect(harness->port), idle = net_connect(harness->port);
    net_send(half, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na"));
    assert_answer(idle, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, NULL);
    loop_stop(harness->loop, NET_DEADLINE_MS);
    assert_true(net_is_closed(idle));
    assert_answer(fresh, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, NULL);
    net_send(half, STR("bc"));
    struct buf answer;
    buf_init(&answer, NULL, 65536);
    assert_int_equal(net_read_answer(half, &answer), 200);
    assert_str_equal(net_field(&answer, "connection"), STR("close"));
    assert_true(net_is_closed(fresh));
    assert_true(net_is_closed(half));
    harness_join(harness);
    net_close(fresh);
    net_close(half);
    net_close(idle);
    buf_release(&answer);
    free(world);
}

TEST(http_server, stopping_does_not_wait_longer_than_its_grace)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    net_send(fd, STR("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"));
    tally_wait(&world->handled, 1);
    loop_stop(world->harness.loop, NET_DEADLINE_MS);
    loop_stop(world->harness.loop, 20);
    harness_join(&world->harness);
    assert_true(net_is_closed(fd));
    net_close(fd);
    free(world);
}

TEST_MAIN
