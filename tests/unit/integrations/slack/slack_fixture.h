/* tests/unit/integrations/slack/slack_fixture.h — a Slack of the fixtures' world, with or without a server behind it. */
#ifndef GILBOT_TESTS_UNIT_INTEGRATIONS_SLACK_SLACK_FIXTURE_H
#define GILBOT_TESTS_UNIT_INTEGRATIONS_SLACK_SLACK_FIXTURE_H

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/json.h"
#include "bot/base/settings.h"
#include "integrations/http/http_client.h"
#include "integrations/slack/slack.h"
#include "integrations/slack/workspace.h"
#include "tests/support/stub_server.h"
#include "tests/support/test.h"

#define FIXTURES SHARED_DIR "/fixtures/slack/"
#define SIGNING_SECRET "fixture-signing-secret-0123456789abcdef"

enum ids { IDS_UNKNOWN, IDS_KNOWN };

struct slack_world {
    struct settings_slack settings;
    struct settings_person people[1];
    struct slack *slack;
    const struct platform *platform;
    struct http_client *http;
    struct arena arena;
    struct error error;
};

static inline void world_start(struct slack_world *w, struct stub_server *server, enum ids ids)
{
    *w = (struct slack_world){.settings = {.signing_secret = STR(SIGNING_SECRET),
                                           .bot_token = STR("xoxb-fixture"),
                                           .staff_channel = STR("C0STAFF001"),
                                           .api_url = STR("https://slack.com/api/")}};
    w->people[0] = (struct settings_person){.name = STR("cs"), .channel = STR("C0CSTEAM01")};
    w->settings.people = (struct settings_people){w->people, 1};
    arena_init(&w->arena, 16 * 1024 * 1024);
    if (server != NULL) {
        w->settings.api_url = arena_copy(&w->arena, stub_server_url(server, "/api/"));
        struct http_client_settings http = {
            .origins = {&w->settings.api_url, 1}, .clock = clock_system(), .timeout_ms = 500};
        assert_int_equal(http_client_new(&http, &w->http, &w->error), OK);
    }
    assert_int_equal(slack_new(&w->settings, w->http, &w->slack, &w->error), OK);
    if (ids == IDS_KNOWN) {
        struct slack_ids known = {STR("T0F1XTURE1"), STR("U0BOTUSER1"), STR("B0BOTPROF1")};
        assert_int_equal(slack_ids_learn(w->slack, known, &w->error), OK);
    }
    w->platform = slack_platform(w->slack);
}

static inline void world_end(struct slack_world *w)
{
    slack_free(w->slack);
    http_client_free(w->http);
    arena_release(&w->arena);
}

/* A fixture's bytes in the world's arena. */
static inline struct str fixture(struct slack_world *w, const char *name)
{
    struct str path = arena_format(&w->arena, FIXTURES "%s", name);
    struct str bytes = test_read_file(path.p);
    struct str copy = arena_copy(&w->arena, bytes);
    free((char *)bytes.p);
    return copy;
}

/* A fixture as Slack sends it: interactions' JSON becomes the `payload` of a form. */
static inline struct inbound request_of(struct slack_world *w, const char *name)
{
    struct str bytes = fixture(w, name);
    struct inbound inbound = {.path = STR("/slack/events"), .body = bytes, .content_type = STR("application/json")};
    if (str_ends(str_of(name), STR(".form.txt")) || str_starts(str_of(name), STR("interaction_"))) {
        inbound.content_type = STR("application/x-www-form-urlencoded");
        inbound.path = STR("/slack/interactions");
    }
    if (str_starts(str_of(name), STR("interaction_")) && str_ends(str_of(name), STR(".json"))) {
        char *form = arena_alloc(&w->arena, bytes.n * 3 + 16);
        size_t n = (size_t)snprintf(form, 16, "payload=");
        for (size_t i = 0; i < bytes.n; i++)
            n += (size_t)snprintf(form + n, 4, "%%%02X", (unsigned char)bytes.p[i]);
        inbound.body = (struct str){form, n};
    }
    return inbound;
}

static inline struct arrivals identify(struct slack_world *w, const struct inbound *inbound)
{
    struct arrivals arrivals = {.n = 0};
    if (w->platform->identify(w->platform, inbound, &w->arena, &arrivals, &w->error) != OK)
        fail_msg("identify: %s", w->error.text);
    return arrivals;
}

/* Identified, stored and decoded; `extra` as fetch would have given it. */
static inline struct event decode(struct slack_world *w, const struct inbound *inbound, struct str extra)
{
    struct arrivals arrivals = identify(w, inbound);
    if (arrivals.n != 1)
        fail_msg("not one arrival but %zu (%s)", arrivals.n, arrivals.ignored);
    struct stored stored = {.key = arrivals.items[0].key,
                            .conversation = arrivals.items[0].conversation,
                            .body = inbound->body,
                            .kind = inbound->path,
                            .extra = extra};
    struct event event;
    if (w->platform->decode(w->platform, &stored, &w->arena, &event, &w->error) != OK)
        fail_msg("decode: %s", w->error.text);
    return event;
}

static inline struct event decode_fixture(struct slack_world *w, const char *name)
{
    struct inbound inbound = request_of(w, name);
    return decode(w, &inbound, STR(""));
}

static inline struct str member(struct slack_world *w, struct str json, const char *key)
{
    struct json_value *root;
    assert_int_equal(json_read(&w->arena, json, &root, &w->error), OK);
    return json_get_str(root, str_of(key), STR(""));
}

#endif
