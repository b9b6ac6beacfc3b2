#include "bot/net/ws_server.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "tests/unit/bot/net/harness.h"

enum { MAX_MESSAGE = 2000, MAX_QUEUE = 200 * 1000 };

struct world {
    struct harness harness;
    struct tally opened, heard, closed;
    uint64_t connection; /* the last that opened */
    struct buf query, text;
    enum ws_result result;
    int n_sent;
};

static int may_open(const struct ws_upgrade *upgrade, void *arg)
{
    (void)arg;
    return str_eq(upgrade->query, STR("deny"))                         ? 403
           : ws_same_origin(upgrade, STR("https://bot.example.com/x")) ? 0
                                                                       : 403;
}

static void on_open(uint64_t connection, const struct ws_upgrade *upgrade, void *arg)
{
    struct world *world = arg;
    world->connection = connection;
    buf_truncate(&world->query, 0);
    buf_addf(&world->query, "%.*s?%.*s|%.*s|%.*s", STR_ARG(upgrade->path), STR_ARG(upgrade->query),
             STR_ARG(upgrade->host), STR_ARG(upgrade->cookie));
    tally_add(&world->opened, 1);
}

static void on_text(uint64_t connection, struct str text, void *arg)
{
    struct world *world = arg;
    buf_truncate(&world->text, 0);
    buf_add(&world->text, text);
    if (str_starts(text, STR("echo ")))
        ws_send(world->harness.loop, connection, text);
    if (str_eq(text, STR("close")))
        ws_close(world->harness.loop, connection, 1000, STR("bye"));
    tally_add(&world->heard, 1);
}

static void on_close(uint64_t connection, void *arg)
{
    struct world *world = arg;
    (void)connection;
    tally_add(&world->closed, 1);
}

static void never(uint64_t connection, struct str text, void *arg)
{
    (void)connection;
    (void)text;
    (void)arg;
    abort();
}

static struct world *start_with(struct loop_settings loop)
{
    static struct ws_endpoint endpoints[3];
    struct world *world = calloc(1, sizeof *world);
    world->opened = world->heard = world->closed = (struct tally)TALLY;
    buf_init(&world->query, NULL, 65536);
    buf_init(&world->text, NULL, 65536);
    endpoints[0] = (struct ws_endpoint){.path = "/other", .protocol = "gilbot.other", .on_text = never};
    endpoints[1] = (struct ws_endpoint){.path = "/ws",
                                        .protocol = "gilbot.chat",
                                        .max_message_bytes = MAX_MESSAGE,
                                        .max_queue_bytes = MAX_QUEUE,
                                        .may_open = may_open,
                                        .on_open = on_open,
                                        .on_text = on_text,
                                        .on_close = on_close,
                                        .arg = world};
    endpoints[2] = (struct ws_endpoint){.path = "/ws", .protocol = "gilbot.live", .on_text = never};
    harness_start(&world->harness, loop, (struct http_server_settings){.sockets = endpoints, .n_sockets = 3});
    return world;
}

static struct world *start(void)
{
    return start_with((struct loop_settings){0});
}

static void free_world(struct world *world)
{
    assert_int_equal(tally_read(&world->opened), tally_read(&world->closed));
    buf_release(&world->query);
    buf_release(&world->text);
    free(world);
}

static void stop(struct world *world)
{
    harness_stop(&world->harness);
    free_world(world);
}

static int open_socket(struct world *world)
{
    int fd = net_connect(world->harness.port);
    assert_int_equal(net_ws_open(fd, "/ws", "gilbot.chat", ""), 101);
    return fd;
}

static void assert_frame(int fd, int opcode, const char *payload)
{
    struct buf got;
    buf_init(&got, NULL, 1024 * 1024);
    assert_int_equal(net_ws_read(fd, &got), opcode);
    if (payload != NULL)
        assert_str_equal(buf_str(&got), str_of(payload));
    buf_release(&got);
}

/* A close frame with this code, then the end. */
static void assert_closes(int fd, unsigned code)
{
    struct buf got;
    buf_init(&got, NULL, 1024 * 1024);
    assert_int_equal(net_ws_read(fd, &got), NET_WS_CLOSE);
    assert_true(got.n >= 2);
    assert_int_equal((unsigned)(unsigned char)got.p[0] << 8 | (unsigned char)got.p[1], code);
    net_ws_send(fd, NET_WS_CLOSE, true, str_first(buf_str(&got), 2));
    assert_true(net_is_closed(fd));
    buf_release(&got);
}

TEST(ws_server, texts_go_both_ways)
{
    struct world *world = start();
    int fd = open_socket(world);
    net_ws_send(fd, NET_WS_TEXT, true, STR("echo 안녕"));
    assert_frame(fd, NET_WS_TEXT, "echo 안녕");
    net_ws_send(fd, NET_WS_TEXT, true, STR("echo 2"));
    assert_frame(fd, NET_WS_TEXT, "echo 2");
    net_ws_send(fd, NET_WS_PING, true, STR("p"));
    assert_frame(fd, NET_WS_PONG, "p");
    net_close(fd);
    tally_wait(&world->closed, 1);
    stop(world);
}

TEST(ws_server, the_endpoint_learns_what_the_request_said)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    assert_int_equal(net_ws_open(fd, "/x/../ws?a=%20b&c", "gilbot.chat", "Cookie: k=v\r\n"), 101);
    tally_wait(&world->opened, 1);
    assert_str_equal(buf_str(&world->query), STR("/ws?a=%20b&c|localhost|k=v"));
    net_close(fd);
    stop(world);
}

TEST(ws_server, messages_sent_together_with_the_handshake_are_heard)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    struct buf answer;
    buf_init(&answer, NULL, 65536);
    net_send(fd, STR("GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: WebSocket\r\nConnection: upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     "Sec-WebSocket-Protocol: gilbot.chat\r\n\r\n\x81\x86\0\0\0\0echo 1\x81\x86\0\0\0\0echo 2"));
    assert_int_equal(net_read_answer(fd, &answer), 101);
    assert_str_equal(net_field(&answer, "sec-websocket-accept"), STR("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    assert_str_equal(net_field(&answer, "sec-websocket-protocol"), STR("gilbot.chat"));
    assert_frame(fd, NET_WS_TEXT, "echo 1");
    assert_frame(fd, NET_WS_TEXT, "echo 2");
    buf_release(&answer);
    net_close(fd);
    stop(world);
}

TEST(ws_server, an_upgrade_after_ordinary_requests_works)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port);
    struct buf answer;
    buf_init(&answer, NULL, 65536);
    net_send(fd, STR("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert_int_equal(net_read_answer(fd, &answer), 404);
    net_send(fd, STR("GET /ws HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert_int_equal(net_read_answer(fd, &answer), 426);
    assert_int_equal(net_ws_open(fd, "/ws", "gilbot.chat", ""), 101);
    net_ws_send(fd, NET_WS_TEXT, true, STR("echo x"));
    assert_frame(fd, NET_WS_TEXT, "echo x");
    buf_release(&answer);
    net_close(fd);
    stop(world);
}

TEST(ws_server, refused_upgrades_say_why_and_leave_nothing)
{
    struct world *world = start();
    static const struct {
        const char *path, *protocol, *more;
        int status;
    } refused[] = {
        {"/ws", NULL, "", 400},
        {"/ws", "unknown", "", 400},
        {"/ws", "gilbot.other", "", 400},
        {"/ws", "http", "", 400},
        {"/none", "gilbot.chat", "", 404},
        {"/ws?deny", "gilbot.chat", "", 403},
        {"/ws", "gilbot.chat", "Origin: https://evil.example\r\n", 403},
        {"/ws", "gilbot.chat", "Origin: null\r\n", 403},
        {"/ws", "gilbot.chat", "Content-Length: 3\r\n", 400},
        {"/ws", "gilbot.chat", "Sec-WebSocket-Version: 8\r\n", 400},
        {"/ws", "gilbot.chat", "Sec-WebSocket-Key: x\r\n", 400},
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        int fd = net_connect(world->harness.port);
        assert_int_equal(net_ws_open(fd, refused[i].path, refused[i].protocol, refused[i].more), refused[i].status);
        assert_true(net_is_closed(fd));
        net_close(fd);
    }
    assert_int_equal(tally_read(&world->opened), 0);
    int fd = open_socket(world);
    net_close(fd);
    tally_wait(&world->closed, 1);
    stop(world);
}

TEST(ws_server, our_own_page_and_the_public_address_may_open)
{
    struct world *world = start();
    static const char *const origins[] = {"Origin: http://localhost\r\n", "Origin: https://bot.example.com\r\n", ""};
    for (size_t i = 0; i < COUNT_OF(origins); i++) {
        int fd = net_connect(world->harness.port);
        assert_int_equal(net_ws_open(fd, "/ws", "foo, gilbot.chat", origins[i]), 101);
        net_close(fd);
    }
    tally_wait(&world->closed, COUNT_OF(origins));
    stop(world);
}

TEST(ws_server, a_message_in_fragments_comes_whole)
{
    struct world *world = start();
    int fd = open_socket(world);
    char text[MAX_MESSAGE + 1] = "echo ";
    memset(text + 5, 'x', MAX_MESSAGE - 5);
    net_ws_send(fd, NET_WS_TEXT, false, (struct str){text, 7});
    net_ws_send(fd, NET_WS_PING, true, STR("between"));
    net_ws_send(fd, NET_WS_CONTINUATION, false, STR(""));
    net_ws_send(fd, NET_WS_CONTINUATION, false, (struct str){text + 7, 1500});
    net_ws_send(fd, NET_WS_CONTINUATION, true, (struct str){text + 1507, MAX_MESSAGE - 1507});
    assert_frame(fd, NET_WS_PONG, "between");
    assert_frame(fd, NET_WS_TEXT, text);
    net_ws_send(fd, NET_WS_TEXT, true, STR("echo again"));
    assert_frame(fd, NET_WS_TEXT, "echo again");
    assert_int_equal(tally_read(&world->heard), 2);
    net_close(fd);
    stop(world);
}

TEST(ws_server, a_message_too_long_closes_with_1009)
{
    struct world *world = start();
    static const size_t lengths[] = {MAX_MESSAGE + 1, 100 * 1000};
    char *text = calloc(1, 100 * 1000);
    memset(text, 'x', 100 * 1000);
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        int fd = open_socket(world);
        net_ws_send(fd, NET_WS_TEXT, true, (struct str){text, lengths[i]});
        struct buf got;
        buf_init(&got, NULL, 1024);
        assert_int_equal(net_ws_read(fd, &got), NET_WS_CLOSE);
        assert_memory_equal(got.p, "\x03\xf1", 2);
        buf_release(&got);
        net_close(fd);
    }
    int fd = open_socket(world);
    net_ws_send(fd, NET_WS_TEXT, false, (struct str){text, 1500});
    net_ws_send(fd, NET_WS_CONTINUATION, true, (struct str){text, 501});
    assert_closes(fd, 1009);
    net_close(fd);
    free(text);
    assert_int_equal(tally_read(&world->heard), 0);
    stop(world);
}

TEST(ws_server, bytes_that_are_no_text_close_the_socket)
{
    struct world *world = start();
    int fd = open_socket(world);
    net_ws_send(fd, NET_WS_BINARY, true, STR("x"));
    assert_closes(fd, 1003);
    net_close(fd);
    fd = open_socket(world);
    net_ws_send(fd, NET_WS_TEXT, true, STR("\xff\xfe"));
    assert_closes(fd, 1007);
    net_close(fd);
    fd = open_socket(world); /* a character cut in two by the fragments is fine */
    net_ws_send(fd, NET_WS_TEXT, false, STR("echo \xea\xb8"));
    net_ws_send(fd, NET_WS_CONTINUATION, true, STR("\xb8"));
    assert_frame(fd, NET_WS_TEXT, "echo 길");
    net_close(fd);
    stop(world);
}

TEST(ws_server, closing_from_our_side_says_code_and_reason)
{
    struct world *world = start();
    int fd = open_socket(world);
    net_ws_send(fd, NET_WS_TEXT, true, STR("echo first"));
    net_ws_send(fd, NET_WS_TEXT, true, STR("close"));
    assert_frame(fd, NET_WS_TEXT, "echo first");
    assert_frame(fd, NET_WS_CLOSE,
                 "\x03\xe8"
                 "bye");
    net_close(fd);
    tally_wait(&world->closed, 1);
    stop(world);
}

static void flood(void *arg)
{
    struct world *world = arg;
    char *text = malloc(1000);
    memset(text, 'f', 1000);
    world->result = WS_SENT;
    while (world->result == WS_SENT && world->n_sent < 1000 * 1000) {
        world->result = ws_send(world->harness.loop, world->connection, (struct str){text, 1000});
        world->n_sent++;
    }
    free(text);
    tally_add(&world->heard, 1);
}

TEST(ws_server, a_reader_too_slow_is_closed_at_the_ceiling)
{
    struct world *world = start();
    int fd = open_socket(world);
    tally_wait(&world->opened, 1);
    loop_post(world->harness.loop, flood, world);
    tally_wait(&world->heard, 1);
    assert_int_equal(world->result, WS_OVERFULL);
    assert_int_equal(world->n_sent, MAX_QUEUE / 1000 + 1);
    tally_wait(&world->closed, 1);
    assert_true(net_is_closed(fd));
    loop_post(world->harness.loop, flood, world);
    tally_wait(&world->heard, 2);
    assert_int_equal(world->result, WS_GONE);
    net_close(fd);
    stop(world);
}

static void send_much(void *arg)
{
    struct world *world = arg;
    char text[1000];
    for (int i = 0; i < 150; i++) {
        snprintf(text, sizeof text, "%0*d", (int)sizeof text - 1, i);
        ws_send(world->harness.loop, world->connection, (struct str){text, sizeof text - 1});
    }
    tally_add(&world->heard, 1);
}

TEST(ws_server, what_a_slow_reader_reads_at_last_comes_whole_and_in_order)
{
    struct world *world = start();
    int fd = net_connect(world->harness.port), small = 32768;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    assert_int_equal(net_ws_open(fd, "/ws", "gilbot.chat", ""), 101);
    tally_wait(&world->opened, 1);
    struct buf got;
    buf_init(&got, NULL, 65536);
    int next = 0;
    for (int round = 1; round <= 4; round++) {
        loop_post(world->harness.loop, send_much, world);
        tally_wait(&world->heard, round);
        for (int i = 0; i < 150; i++) {
            assert_int_equal(net_ws_read(fd, &got), NET_WS_TEXT);
            assert_int_equal(got.n, 999);
            assert_int_equal(strtol(got.p, NULL, 10), next++ % 150);
        }
    }
    buf_release(&got);
    net_close(fd);
    stop(world);
}

TEST(ws_server, a_silent_peer_is_pinged_and_a_dead_one_closed)
{
    struct world *world = start_with((struct loop_settings){.ping_ms = 60, .hangup_ms = 600});
    int fd = open_socket(world);
    for (int i = 0; i < 12; i++) { /* longer than hangup_ms, alive by its pongs */
        assert_frame(fd, NET_WS_PING, "?");
        net_ws_send(fd, NET_WS_PONG, true, STR("?"));
    }
    assert_int_equal(tally_read(&world->closed), 0);
    assert_true(net_is_closed(fd));
    tally_wait(&world->closed, 1);
    net_close(fd);
    stop(world);
}

TEST(ws_server, stopping_tells_open_sockets_that_we_go_away)
{
    struct world *world = start();
    int fd = open_socket(world), gone = open_socket(world);
    tally_wait(&world->opened, 2);
    loop_stop(world->harness.loop, NET_DEADLINE_MS);
    assert_closes(fd, 1001);
    assert_closes(gone, 1001);
    harness_join(&world->harness);
    net_close(fd);
    net_close(gone);
    free_world(world);
}

TEST(ws_server, many_sockets_come_and_go)
{
    struct world *world = start();
    enum { N = 200 };
    int fds[N];
    for (int i = 0; i < N; i++)
        fds[i] = open_socket(world);
    for (int i = 0; i < N; i++)
        net_ws_send(fds[i], NET_WS_TEXT, true, STR("echo x"));
    for (int i = 0; i < N; i++)
        assert_frame(fds[i], NET_WS_TEXT, "echo x");
    for (int i = 0; i < N; i++)
        net_close(fds[i]);
    tally_wait(&world->closed, N);
    stop(world);
}

TEST_MAIN
