/* tests/fuzz/fuzz_flow_yaml.c — any bytes as a flow's file; a flow that is accepted is also talked to for some turns, and
 * its own tests are run.
 *
 * parts: survey flow rules model base                                                                                */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "flows/survey/definition.h"
#include "flows/survey/survey.h"
#include "flows/survey/trial.h"

#include "bot/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TURN_BYTES = 4 * 1024 * 1024, TEST_BYTES = 16 * 1024 * 1024, MOST_TESTS = 4 };

/* One turn in an arena of its own; gives the session's data as heap memory. */
static char *turn(const struct flow *flow, const struct event *event, struct session *session)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, TURN_BYTES);
    struct error error = {0};
    int64_t now_ms = 1770000000000;
    struct flow_ctx ctx = {.arena = &arena, .clock = clock_manual(&now_ms), .error = &error, .locale = STR("en")};
    struct turn said = {0};
    if (flow->step(flow, &ctx, event, session, &said) != OK) {
        session->state = SESSION_EXPIRED;
        return NULL;
    }
    char *data = malloc(session->data.n + 1);
    for (size_t i = 0; i < session->data.n; i++)
        data[i] = session->data.p[i];
    session->data.p = data;
    return data;
}

static void talk(const struct flow *flow)
{
    static const struct event events[] = {
        {.kind = EVENT_MESSAGE, .text = STR_INIT("1")},
        {.kind = EVENT_MESSAGE, .text = STR_INIT("네, 스물다섯 kg")},
        {.kind = EVENT_BUTTON, .value = STR_INIT("low")},
        {.kind = EVENT_MESSAGE, .text = STR_INIT("back")},
        {.kind = EVENT_MESSAGE, .text = STR_INIT("skip")},
        {.kind = EVENT_MESSAGE, .text = STR_INIT("2026-03-05")},
        {.kind = EVENT_MESSAGE, .text = STR_INIT("x")},
        {.kind = EVENT_MESSAGE, .text = STR_INIT("n 1 아니 65로 고칠게요")},
        {.kind = EVENT_MESSAGE, .text = STR_INIT("3")},
        {.kind = EVENT_BUTTON, .value = STR_INIT("low"), .step = STR_INIT("a")},
    };
    struct session session = {.profile = STR("{\"name\": \"*a*\", \"weight\": 60}"), .locale = STR("ko")};
    char *data = turn(flow, NULL, &session);
    for (size_t i = 0; i < COUNT_OF(events) && session.state == SESSION_WAITING; i++) {
        char *before = data;
        data = turn(flow, &events[i], &session);
        free(before);
    }
    free(data);
}

static void run_tests(const struct flow *flow)
{
    const struct definition *def = survey_definition(flow);
    const struct trial_world world = {.locale = STR("ko"), .utc_offset_min = 540};
    for (size_t i = 0; i < def->n_trials && i < MOST_TESTS; i++) {
        CLEANUP(arena_release) struct arena arena;
        arena_init(&arena, TEST_BYTES);
        struct trial_result result;
        if (trial_run(flow, &def->trials[i], &world, &arena, &result, NULL) != OK)
            return; /* too long: no result */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct flow *flow = NULL;
    struct error error = {0};
    if (survey_load_text(STR("fuzz.yaml"), (struct str){(const char *)data, size}, &flow, &error) != OK)
        return 0;
    talk(flow);
    run_tests(flow);
    flow->free(flow);
    return 0;
}
