/* tests/fuzz/fuzz_channel_talk_body.c — webhooks and function calls of Channel Talk: any bytes.
 *
 * The first byte chooses the way: a function call, a webhook, or a webhook whose second half is what was fetched.
 * What identify accepts, decode takes without crashing, and what the event holds is well-formed.
 *
 * parts: channel_talk http model base                                                                               */
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"
#include "bot/base/settings.h"
#include "integrations/channel_talk/channel_talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right)
{
    if (!right)
        abort();
}

static void must_be_json(struct arena *arena, struct str text)
{
    struct json_value *root;
    must(json_read(arena, text, &root, NULL) == OK);
}

static void decode(const struct platform *p, struct arena *arena, const struct arrival *arrival, struct stored stored)
{
    stored.key = arrival->key;
    stored.conversation = arrival->conversation;
    must(stored.key.n > 0 && stored.key.n <= 256 && stored.conversation.n <= 256);
    struct event event;
    if (p->decode(p, &stored, arena, &event, NULL) != OK)
        return;
    must_be_json(arena, event.address);
    if (event.profile.n > 0)
        must_be_json(arena, event.profile);
    must(event.kind != EVENT_OPENED || event.opening.n > 0);
    must(event.bots_known || event.bots.n == 0);
}

static void receive(const struct platform *p, struct arena *arena, struct str body, struct str extra)
{
    struct inbound inbound = {.path = str_of("/channel-talk/webhook"), .body = body};
    struct arrivals arrivals;
    if (p->identify(p, &inbound, arena, &arrivals, NULL) != OK)
        return;
    must(arrivals.n == 1 || arrivals.ignored != NULL);
    for (size_t i = 0; i < arrivals.n; i++)
        decode(p, arena, &arrivals.items[i], (struct stored){.body = body, .extra = extra});
}

static void call(const struct platform *p, struct arena *arena, struct str body)
{
    struct inbound inbound = {.path = str_of("/channel-talk/function"), .body = body};
    struct immediate answer;
    if (p->answer(p, &inbound, arena, &answer, NULL) != OK)
        return;
    must(answer.final && answer.status == 200);
    must_be_json(arena, answer.body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 16 * 1024 * 1024);
    int64_t now_ms = 0;
    struct settings_channel_talk settings = {.webhook_token = str_of("t")};
    struct channel_talk_parts parts = {&settings, NULL, clock_manual(&now_ms)};
    struct channel_talk *talk;
    must(channel_talk_new(&parts, &arena, &talk, NULL) == OK);
    struct str body = {(const char *)data + 1, size - 1};
    if (data[0] == 'f')
        call(&talk->platform, &arena, body);
    else if (data[0] == 'x')
        receive(&talk->platform, &arena, str_first(body, body.n / 2), str_skip(body, body.n / 2));
    else
        receive(&talk->platform, &arena, body, STR(""));
    return 0;
}
