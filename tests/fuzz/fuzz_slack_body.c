/* Whatever arrives under a good signature is named and decoded without a fault, and what is named can be decoded; a modal
 * that was sent can be refused at each of its questions.
 * parts: slack http model base */
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/settings.h"
#include "bot/model/sheet.h"
#include "integrations/slack/slack.h"
#include "integrations/slack/workspace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct slack *new_slack(void)
{
    static struct settings_slack settings = {.signing_secret = STR_INIT("s"),
                                             .api_url = STR_INIT("https://slack.com/api/")};
    struct slack *slack;
    struct slack_ids ids = {STR("T0F1XTURE1"), STR("U0BOTUSER1"), STR("B0BOTPROF1")};
    if (slack_new(&settings, NULL, &slack, NULL) != OK || slack_ids_learn(slack, ids, NULL) != OK)
        abort();
    return slack;
}

static void refuse(const struct platform *platform, const struct inbound *inbound, struct arena *arena)
{
    struct sheet_filled filled;
    struct sheet_fault items[SHEET_MAX_FIELDS];
    struct sheet_faults faults = {.items = items};
    struct immediate immediate;
    struct error error;
    if (platform->read_sheet(platform, inbound, arena, &filled, &error) != OK)
        return;
    for (; faults.n < filled.n; faults.n++)
        items[faults.n] = (struct sheet_fault){filled.answers[faults.n].step, filled.answers[faults.n].text};
    if (platform->refuse_sheet(platform, &faults, arena, &immediate, &error) == OK && !immediate.final)
        abort();
}

static void decode(const struct platform *platform, struct str body, struct arrival arrival, struct arena *arena)
{
    struct stored stored = {.key = arrival.key, .conversation = arrival.conversation, .body = body};
    struct event event;
    struct error error;
    if (platform->decode(platform, &stored, arena, &event, &error) != OK)
        abort();
    if (event.kind == EVENT_SHEET && (event.sheet == NULL || event.sheet->n == 0))
        abort();
    if (event.kind != EVENT_BUTTON && event.kind != EVENT_SHEET)
        return;
    struct replies replies = {.arena = arena};
    struct compose_input input = {.event = &event, .replies = &replies, .user = event.user};
    struct outgoings outgoings;
    if (platform->compose(platform, &input, arena, &outgoings, &error) != OK)
        abort();
}

/* The first byte chooses the content type. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct slack *slack;
    static const struct str types[] = {STR_INIT("application/json"), STR_INIT("application/x-www-form-urlencoded"),
                                       STR_INIT("")};
    if (slack == NULL)
        slack = new_slack();
    if (size == 0)
        return 0;
    const struct platform *platform = slack_platform(slack);
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 64 * 1024 * 1024);
    struct inbound inbound = {.body = {(const char *)data + 1, size - 1}, .content_type = types[data[0] % 3]};
    struct immediate immediate;
    struct arrivals arrivals;
    struct error error;
    if (platform->answer(platform, &inbound, &arena, &immediate, &error) != OK || immediate.final)
        return 0;
    refuse(platform, &inbound, &arena);
    if (platform->identify(platform, &inbound, &arena, &arrivals, &error) != OK)
        return 0;
    if (arrivals.n == 0 && arrivals.ignored == NULL)
        abort();
    for (size_t i = 0; i < arrivals.n; i++)
        decode(platform, inbound.body, arrivals.items[i], &arena);
    return 0;
}
