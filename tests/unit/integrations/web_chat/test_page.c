#include "integrations/web_chat/page.h"

#include "bot/base/arena.h"
#include "integrations/web_chat/assets.h"
#include "tests/unit/bot/net/harness.h"

static const struct http_route routes[] = {
    {.path = "/chat", .methods = HTTP_GET, .handler = page_serve},
    {.path = "/chat/*", .methods = HTTP_GET, .handler = page_serve},
};

/* A server with the page, one connection to it and its last answer. */
struct visit {
    struct harness harness;
    int fd;
    struct buf answer;
};

static void begin(struct visit *visit)
{
    harness_start(&visit->harness, (struct loop_settings){0},
                  (struct http_server_settings){.routes = routes, .n_routes = COUNT_OF(routes)});
    visit->fd = net_connect(visit->harness.port);
    buf_init(&visit->answer, NULL, 1024 * 1024);
}

static void end(struct visit *visit)
{
    net_close(visit->fd);
    buf_release(&visit->answer);
    harness_stop(&visit->harness);
}

/* `fields`: further header lines, each with its line break. */
static int get(struct visit *visit, const char *path, const char *fields)
{
    buf_truncate(&visit->answer, 0);
    assert_true(net_sendf(visit->fd, "GET %s HTTP/1.1\r\nHost: bot.example\r\n%s\r\n", path, fields));
    return net_read_answer(visit->fd, &visit->answer);
}

static struct str asset(const char *name)
{
    for (size_t i = 0; integrations_web_chat_assets[i].name != NULL; i++)
        if (str_eq(str_of(integrations_web_chat_assets[i].name), str_of(name)))
            return (struct str){integrations_web_chat_assets[i].bytes, integrations_web_chat_assets[i].n};
    fail_msg("no asset %s", name);
    return (struct str){NULL, 0};
}

static void assert_serves(struct visit *visit, const char *path, const char *name, const char *content_type)
{
    assert_int_equal(get(visit, path, ""), 200);
    assert_str_equal(net_field(&visit->answer, "Content-Type"), str_of(content_type));
    assert_str_equal(net_body(&visit->answer), asset(name));
}

TEST(page, each_file_is_served_whole_with_its_type_and_charset)
{
    struct visit visit;
    begin(&visit);
    assert_serves(&visit, "/chat", "chat.html", "text/html; charset=utf-8");
    assert_serves(&visit, "/chat?flow=health&name=%EA%B8%B8", "chat.html", "text/html; charset=utf-8");
    assert_serves(&visit, "/chat/chat.css", "chat.css", "text/css; charset=utf-8");
    assert_serves(&visit, "/chat/chat.js", "chat.js", "text/javascript; charset=utf-8");
    assert_serves(&visit, "/chat/icon.svg", "icon.svg", "image/svg+xml; charset=utf-8");
    end(&visit);
}

TEST(page, other_paths_below_it_are_not_found)
{
    static const char *const paths[] = {"/chat/", "/chat/chat.html", "/chat/chat.js/", "/chat/Chat.js"};
    struct visit visit;
    begin(&visit);
    for (size_t i = 0; i < COUNT_OF(paths); i++)
        assert_int_equal(get(&visit, paths[i], ""), 404);
    end(&visit);
}

TEST(page, nothing_inline_and_no_other_host_is_allowed_but_images)
{
    static const struct str policy =
        STR_INIT("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: "
                 "https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    struct visit visit;
    begin(&visit);
    assert_int_equal(get(&visit, "/chat", ""), 200);
    assert_str_equal(net_field(&visit.answer, "Content-Security-Policy"), policy);
    assert_str_equal(net_field(&visit.answer, "X-Content-Type-Options"), STR("nosniff"));
    end(&visit);
}

TEST(page, the_files_hold_nothing_that_the_policy_forbids)
{
    static const struct str forbidden[] = {
        STR_INIT("<style"),         STR_INIT(" style="),      STR_INIT(" onclick="), STR_INIT(" onload="),
        STR_INIT("javascript:"),    STR_INIT("eval("),        STR_INIT("innerHTML"), STR_INIT("outerHTML"),
        STR_INIT("document.write"), STR_INIT("new Function"), STR_INIT("@import"),   STR_INIT("//cdn")};
    size_t bytes = 0;
    for (size_t i = 0; integrations_web_chat_assets[i].name != NULL; i++) {
        struct str text = {integrations_web_chat_assets[i].bytes, integrations_web_chat_assets[i].n};
        bytes += text.n;
        for (size_t k = 0; k < COUNT_OF(forbidden); k++)
            if (str_find(text, forbidden[k]) != SIZE_MAX)
                fail_msg("%s holds %.*s", integrations_web_chat_assets[i].name, STR_ARG(forbidden[k]));
    }
    assert_in_range(bytes, 1, 60 * 1024);
}

TEST(page, a_copy_that_is_still_good_is_not_sent_again)
{
    struct visit visit;
    begin(&visit);
    assert_int_equal(get(&visit, "/chat/chat.js", ""), 200);
    struct arena arena;
    arena_init(&arena, 4096);
    struct str tag = arena_copy(&arena, net_field(&visit.answer, "ETag"));
    assert_true(str_starts(tag, STR("\"")) && str_ends(tag, STR("\"")) && tag.n > 2);

    const struct str good[] = {
        arena_format(&arena, "If-None-Match: %.*s\r\n", STR_ARG(tag)),
        arena_format(&arena, "If-None-Match: W/%.*s\r\n", STR_ARG(tag)),
        arena_format(&arena, "If-None-Match: \"old\", %.*s\r\n", STR_ARG(tag)),
        STR("If-None-Match: *\r\n"),
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_int_equal(get(&visit, "/chat/chat.js", good[i].p), 304);
        assert_str_equal(net_field(&visit.answer, "ETag"), tag);
        assert_str_equal(net_field(&visit.answer, "Cache-Control"), STR("no-cache"));
        assert_int_equal(net_body(&visit.answer).n, 0);
    }
    arena_release(&arena);
    end(&visit);
}

TEST(page, a_copy_renewed_by_304_keeps_its_policy)
{
    struct visit visit;
    begin(&visit);
    assert_int_equal(get(&visit, "/chat", "If-None-Match: *\r\n"), 304);
    assert_true(str_find(net_field(&visit.answer, "Content-Security-Policy"), STR("script-src 'self'")) != SIZE_MAX);
    end(&visit);
}

TEST(page, another_files_copy_is_no_copy)
{
    struct visit visit;
    begin(&visit);
    assert_int_equal(get(&visit, "/chat/chat.css", "If-None-Match: \"00000000000000000000000000000000\", x\r\n"), 200);
    assert_str_equal(net_body(&visit.answer), asset("chat.css"));
    end(&visit);
}

TEST_MAIN
