/* tests/unit/integrations/channel_talk/talk_fixture.h — a Channel Talk with the fixtures' configuration. */
#ifndef GILBOT_TESTS_TALK_FIXTURE_H
#define GILBOT_TESTS_TALK_FIXTURE_H

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"
#include "bot/base/secret.h"
#include "bot/base/settings.h"
#include "bot/model/platform.h"
#include "integrations/channel_talk/channel_talk.h"
#include "tests/support/test.h"

#define FIXTURES SHARED_DIR "/fixtures/channel-talk/"
#define TALK_TOKEN "00112233445566778899aabbccddeeff"
#define TALK_KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

struct talk_fixture {
    struct arena arena;
    int64_t now_ms;
    struct settings_channel_talk settings;
    struct str cs_managers[2], lead_managers[1];
    struct settings_person people[3];
    struct channel_talk *talk;
    const struct platform *platform;
    struct error error;
};

/* cs: two managers, everybody mentioned; lead: one manager, mentioned by name; desk: a note only. */
static inline void talk_start(struct talk_fixture *f, struct http_client *http, struct str api_url)
{
    *f = (struct talk_fixture){.now_ms = 1772409600000};
    arena_init(&f->arena, 16 * 1024 * 1024);
    assert_int_equal(secret_start(NULL), OK);
    f->cs_managers[0] = STR("90817");
    f->cs_managers[1] = STR("90822");
    f->lead_managers[0] = STR("90817");
    f->people[0] = (struct settings_person){.name = STR("cs"), .managers = {f->cs_managers, 2}, .mention = STR("all")};
    f->people[1] =
        (struct settings_person){.name = STR("lead"), .managers = {f->lead_managers, 1}, .mention = STR("이상담")};
    f->people[2] = (struct settings_person){.name = STR("desk")};
    f->settings = (struct settings_channel_talk){.webhook_token = STR(TALK_TOKEN),
                                                 .access_key = STR("TEST-KEY"),
                                                 .access_secret = STR("TEST-SECRET"),
                                                 .signing_key = STR(TALK_KEY),
                                                 .bot_name = STR("건강 큐레이션"),
                                                 .people = {f->people, 3},
                                                 .api_url = api_url};
    struct channel_talk_parts parts = {&f->settings, http, clock_manual(&f->now_ms)};
    assert_int_equal(channel_talk_new(&parts, &f->arena, &f->talk, &f->error), OK);
    f->platform = &f->talk->platform;
}

static inline void talk_stop(struct talk_fixture *f)
{
    arena_release(&f->arena);
}

/* The bytes of a fixture, in the arena. */
static inline struct str talk_file(struct talk_fixture *f, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, FIXTURES "%s", name);
    struct str read = test_read_file(path);
    struct str kept = arena_copy(&f->arena, read);
    free((char *)read.p);
    return kept;
}

/* The event that a webhook's body becomes, as the pipeline would make it. */
static inline struct event talk_decode(struct talk_fixture *f, struct str body, struct str extra)
{
    struct inbound inbound = {.path = STR("/channel-talk/webhook"), .body = body};
    struct arrivals arrivals = {.n = 0};
    assert_int_equal(f->platform->identify(f->platform, &inbound, &f->arena, &arrivals, &f->error), OK);
    assert_int_equal(arrivals.n, 1);
    struct stored stored = {.key = arrivals.items[0].key,
                            .conversation = arrivals.items[0].conversation,
                            .body = body,
                            .extra = extra,
                            .kind = inbound.path};
    struct event event;
    if (f->platform->decode(f->platform, &stored, &f->arena, &event, &f->error) != OK)
        fail_msg("decode: %s", f->error.text);
    return event;
}

#endif
