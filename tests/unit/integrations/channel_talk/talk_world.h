/* tests/unit/integrations/channel_talk/talk_world.h — a Channel Talk whose API is a server on loopback. */
#ifndef GILBOT_TESTS_TALK_WORLD_H
#define GILBOT_TESTS_TALK_WORLD_H

#include "integrations/http/http_client.h"
#include "talk_fixture.h"
#include "tests/support/stub_server.h"

enum { MAX_CALLS = 8 };

/* What the server is to answer, in order, and what it was asked. */
struct world {
    struct talk_fixture f;
    struct stub_server *server;
    struct http_client *http;
    struct str answers[MAX_CALLS]; /* raw; empty: the connection is closed */
    size_t n_answers, n_calls;
    struct stub_request calls[MAX_CALLS];
};

static inline void answer(void *self, const struct stub_request *request, struct buf *response)
{
    struct world *w = self;
    if (w->n_calls >= MAX_CALLS)
        return;
    struct stub_request *kept = &w->calls[w->n_calls];
    *kept = (struct stub_request){.method = arena_copy(&w->f.arena, request->method),
                                  .target = arena_copy(&w->f.arena, request->target),
                                  .head = arena_copy(&w->f.arena, request->head),
                                  .body = arena_copy(&w->f.arena, request->body)};
    buf_add(response, w->n_calls < w->n_answers ? w->answers[w->n_calls] : STR(""));
    w->n_calls++;
}

static inline void world_start(struct world *w)
{
    *w = (struct world){.n_calls = 0};
    w->server = stub_server_start(answer, w);
    struct str url = stub_server_url(w->server, "");
    talk_start(&w->f, NULL, STR(""));
    w->f.settings.api_url = arena_copy(&w->f.arena, url);
    struct http_client_settings settings = {.origins = {&url, 1}, .clock = clock_system()};
    assert_int_equal(http_client_new(&settings, &w->http, NULL), OK);
    w->f.talk->http = w->http;
}

static inline void world_stop(struct world *w)
{
    http_client_free(w->http);
    stub_server_stop(w->server);
    talk_stop(&w->f);
}

static inline void will_answer(struct world *w, int status, const char *headers, struct str body)
{
    w->answers[w->n_answers++] = arena_format(
        &w->f.arena, "HTTP/1.1 %d X\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n%.*s", status,
        headers, body.n, STR_ARG(body));
}

static inline void will_hang_up(struct world *w)
{
    w->answers[w->n_answers++] = STR("");
}

/* The response of an exchange of the fixtures, headers and all. */
static inline const struct json_value *will_answer_fixture(struct world *w, const char *name)
{
    struct json_value *root;
    assert_int_equal(json_read(&w->f.arena, talk_file(&w->f, name), &root, NULL), OK);
    const struct json_value *response = json_get(root, STR("response"));
    struct buf headers, body;
    buf_init(&headers, &w->f.arena, 4096);
    buf_init(&body, &w->f.arena, 64 * 1024);
    const struct json_value *all = json_get(response, STR("headers"));
    for (const struct json_value *h = all->child; h != NULL; h = h->next)
        if (!str_eq(h->key, STR("content-type")))
            buf_addf(&headers, "%.*s: %.*s\r\n", STR_ARG(h->key), STR_ARG(h->text));
    const struct json_value *content = json_get(response, STR("body"));
    if (content->kind == JSON_STRING_)
        buf_add(&body, content->text);
    else
        json_add_value(&body, content);
    will_answer(w, (int)json_get_i64(response, STR("status"), 0), headers.n > 0 ? headers.p : "", buf_str(&body));
    return json_get(root, STR("request"));
}

#endif
