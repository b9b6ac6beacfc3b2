#include "bot/net/http_head.h"

#include "bot/base/arena.h"
#include "tests/support/test.h"

enum { MAX_BYTES = 1000, ARENA_BYTES = 65536 };

struct parsed {
    enum http_parsed how;
    struct http_head head;
    size_t n;
    struct arena arena;
};

static struct parsed *parse(struct parsed *parsed, struct str bytes)
{
    struct http_search search = {0};
    arena_init(&parsed->arena, ARENA_BYTES);
    parsed->how = http_head_parse(bytes, MAX_BYTES, &search, &parsed->arena, &parsed->head, &parsed->n);
    return parsed;
}

static void assert_path(const char *target, const char *path, const char *query)
{
    char text[300];
    struct parsed parsed;
    snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", target);
    assert_int_equal(parse(&parsed, str_of(text))->how, HTTP_PARSED);
    assert_str_equal(parsed.head.path, str_of(path));
    assert_str_equal(parsed.head.query, str_of(query));
    arena_release(&parsed.arena);
}

static void assert_how(const char *bytes, enum http_parsed how)
{
    struct parsed parsed;
    if (parse(&parsed, str_of(bytes))->how != how)
        fail_msg("%s gives %d", bytes, parsed.how);
    arena_release(&parsed.arena);
}

TEST(http_head, a_head_ends_with_its_empty_line)
{
    struct parsed parsed;
    parse(&parsed, STR("POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length:3\r\n\r\nabcGET"));
    assert_int_equal(parsed.how, HTTP_PARSED);
    assert_int_equal(parsed.n, 49);
    assert_int_equal(parsed.head.method, HTTP_POST);
    assert_int_equal(parsed.head.keep, HTTP_KEEP);
    assert_true(parsed.head.has_length && !parsed.head.bad_length);
    assert_int_equal(parsed.head.length, 3);
    assert_int_equal(parsed.head.n_fields, 2);
    assert_str_equal(http_head_field(&parsed.head, STR("HOST")), STR("x"));
    arena_release(&parsed.arena);
}

TEST(http_head, every_beginning_of_a_head_is_incomplete)
{
    struct str whole = STR("\r\nPOST /a/../b%20c?d HTTP/1.1\r\nHost: x\r\nA:\r\n\r\n");
    struct http_search search = {0};
    struct parsed parsed;
    arena_init(&parsed.arena, ARENA_BYTES);
    for (size_t n = 0; n < whole.n; n++)
        assert_int_equal(
            http_head_parse(str_first(whole, n), MAX_BYTES, &search, &parsed.arena, &parsed.head, &parsed.n),
            HTTP_INCOMPLETE);
    assert_int_equal(http_head_parse(whole, MAX_BYTES, &search, &parsed.arena, &parsed.head, &parsed.n), HTTP_PARSED);
    assert_int_equal(parsed.n, whole.n);
    assert_str_equal(parsed.head.path, STR("/b c"));
    arena_release(&parsed.arena);
}

TEST(http_head, paths_are_decoded_and_then_normalised)
{
    assert_path("/", "/", "");
    assert_path("/?", "/", "");
    assert_path("//", "/", "");
    assert_path("/a/b?c=d?e", "/a/b", "c=d?e");
    assert_path("/a//b/", "/a/b/", "");
    assert_path("/a/./b/.", "/a/b/", "");
    assert_path("/a/b/..", "/a/", "");
    assert_path("/a/../../..", "/", "");
    assert_path("/../../etc/passwd", "/etc/passwd", "");
    assert_path("/a/%2e%2e/%2E/b", "/b", "");
    assert_path("/a%2f..%2fb", "/b", "");
    assert_path("/.hidden/..x", "/.hidden/..x", "");
    assert_path("/%EA%B8%B8", "/길", "");
    assert_path("/a%3Fb", "/a?b", "");
    assert_path("http://host", "/", "");
    assert_path("HTTP://host:80/a?b", "/a", "b");
    assert_path("https://host?u=http://x/ws", "/", "u=http://x/ws");
    assert_path("/a?u=http://x/../y", "/a", "u=http://x/../y");
}

TEST(http_head, what_is_not_plainly_http_is_malformed)
{
    static const char *const wrong[] = {
        "GET / HTTP/1.1\n\n",
        "\n",
        "\x80",
        "{\"a\":1}\r\n\r\n",
        "GET /\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1 \r\n\r\n",
        "GET / x HTTP/1.1\r\nHost: x\r\n\r\n",
        " GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "G@T / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET x HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /#a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%g0 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /\t HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n",
        "GET / HTTP/1.10\r\n\r\n",
        "GET / http/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n A: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\nc: d\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET x/y://z/w HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http:///a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://?a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a@b\r\n\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_how(wrong[i], HTTP_MALFORMED);
    struct parsed parsed;
    assert_int_equal(parse(&parsed, STR("GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n"))->how, HTTP_MALFORMED);
    arena_release(&parsed.arena);
}

TEST(http_head, http_1_1_needs_a_host_and_1_0_does_not)
{
    assert_how("GET / HTTP/1.0\r\n\r\n", HTTP_PARSED);
    assert_how("GET / HTTP/1.1\r\nHost:\r\n\r\n", HTTP_PARSED);
    assert_how("GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", HTTP_PARSED);
    assert_how("GET / HTTP/1.1\r\nHost: bot.example.com:443\r\n\r\n", HTTP_PARSED);
}

TEST(http_head, the_limit_counts_the_whole_head)
{
    char text[MAX_BYTES + 2];
    int n = snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: x\r\nA: ");
    memset(text + n, 'a', sizeof text - (size_t)n);
    memcpy(text + MAX_BYTES - 4, "\r\n\r\n", 4);
    struct parsed parsed;
    assert_int_equal(parse(&parsed, (struct str){text, MAX_BYTES})->how, HTTP_PARSED);
    arena_release(&parsed.arena);
    assert_int_equal(parse(&parsed, (struct str){text, MAX_BYTES - 1})->how, HTTP_INCOMPLETE);
    arena_release(&parsed.arena);
    memcpy(text + MAX_BYTES - 4, "aaaa\r", 5);
    assert_int_equal(parse(&parsed, (struct str){text, MAX_BYTES + 1})->how, HTTP_TOO_LONG);
    arena_release(&parsed.arena);
}

TEST(http_head, lengths_are_one_plain_number)
{
    static const char *const bad[] = {"", "-1", "+1", "1 1", "1,1", "0x1", "1.0", "9223372036854775808", "1e3", "-0"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        char text[200];
        struct parsed parsed;
        snprintf(text, sizeof text, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %s\r\n\r\n", bad[i]);
        assert_int_equal(parse(&parsed, str_of(text))->how, HTTP_PARSED);
        assert_true(parsed.head.bad_length);
        arena_release(&parsed.arena);
    }
    struct parsed parsed;
    parse(&parsed, STR("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\ncontent-length: 3\r\n\r\n"));
    assert_true(parsed.head.bad_length);
    arena_release(&parsed.arena);
    parse(&parsed, STR("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n"));
    assert_true(parsed.head.chunked && !parsed.head.has_length);
    arena_release(&parsed.arena);
}

TEST(http_head, connections_live_on_as_version_and_header_say)
{
    static const struct {
        const char *version, *connection;
        enum http_keep keep;
    } cases[] = {{"1.1", "x", HTTP_KEEP},
                 {"1.1", "close", HTTP_CLOSE},
                 {"1.1", "te , CLOSE", HTTP_CLOSE},
                 {"1.0", "x", HTTP_CLOSE},
                 {"1.0", "Keep-Alive", HTTP_KEEP_AND_SAY},
                 {"1.0", "keep-alive, close", HTTP_CLOSE},
                 {"1.9", "", HTTP_KEEP}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[200];
        struct parsed parsed;
        snprintf(text, sizeof text, "GET / HTTP/%s\r\nHost: x\r\nConnection: %s\r\n\r\n", cases[i].version,
                 cases[i].connection);
        assert_int_equal(parse(&parsed, str_of(text))->how, HTTP_PARSED);
        assert_int_equal(parsed.head.keep, cases[i].keep);
        arena_release(&parsed.arena);
    }
}

TEST(http_head, a_doubled_field_counts_as_absent)
{
    struct parsed parsed;
    parse(&parsed, STR("GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nx-a: 2\r\nX-B:\t b \t\r\n\r\n"));
    assert_int_equal(http_head_field(&parsed.head, STR("x-a")).n, 0);
    assert_str_equal(http_head_field(&parsed.head, STR("x-b")), STR("b"));
    assert_int_equal(http_head_field(&parsed.head, STR("x-c")).n, 0);
    arena_release(&parsed.arena);
}

TEST(http_head, a_full_arena_is_told)
{
    struct parsed parsed;
    struct http_search search = {0};
    arena_init(&parsed.arena, 0);
    assert_int_equal(http_head_parse(STR("GET /%41 HTTP/1.1\r\nHost: x\r\n\r\n"), MAX_BYTES, &search, &parsed.arena,
                                     &parsed.head, &parsed.n),
                     HTTP_NO_MEMORY);
}

TEST_MAIN
