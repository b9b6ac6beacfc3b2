/* tests/bench/bench_survey_step.c — how long a survey takes for one event, and whether it asks the system for memory.
 *
 * The health example, answered from the first question to the recommendation, again and again; each event as in the
 * service: an arena of its own (kept between events), the session as JSON.  Prints microseconds per event: mean, and of the
 * slowest kind (the last answer, which computes and recommends), and the blocks taken from malloc per event.
 *
 *   bench_survey_step [FLOW.yaml [ROUNDS]]                                                                            */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "flows/survey/survey.h"

#include "bot/base/banned.h"

static const char *const answers[] = {"여성", "서른네 살", "172", "78.5킬로", "2번", "많이 감량", "3", "1.2L"};

enum { TURNS = COUNT_OF(answers) + 1, ARENA_BYTES = 4 * 1024 * 1024, DATA_BYTES = 64 * 1024 };

struct bench {
    const struct flow *flow;
    struct arena arena;
    struct arena kept;
    int64_t us[TURNS];
};

static void turn(struct bench *bench, struct session *session, size_t n)
{
    struct error error = {0};
    struct event event = {.kind = EVENT_MESSAGE, .text = n == 0 ? STR("") : str_of(answers[n - 1])};
    struct flow_ctx ctx = {.arena = &bench->arena, .clock = clock_system(), .error = &error, .locale = STR("ko")};
    struct turn said = {0};
    int64_t begin = clock_tick_us(ctx.clock);
    if (bench->flow->step(bench->flow, &ctx, n == 0 ? NULL : &event, session, &said) != OK) {
        fprintf(stderr, "%s\n", error.text);
        exit(1);
    }
    bench->us[n] += clock_tick_us(ctx.clock) - begin;
    session->data = arena_copy(&bench->kept, session->data);
    arena_reset(&bench->arena);
}

static void round_trip(struct bench *bench)
{
    struct session session = {.locale = STR("ko"), .profile = STR("{\"name\": \"은지\"}")};
    for (size_t n = 0; n < TURNS; n++)
        turn(bench, &session, n);
    if (session.state != SESSION_HANDED_OVER) {
        fprintf(stderr, "the survey did not come to its end\n");
        exit(1);
    }
    arena_reset(&bench->kept);
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "flows/examples/health.yaml";
    long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : 2000;
    struct error error = {0};
    struct flow *flow = NULL;
    if (survey_load(path, &flow, &error) != OK) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    struct bench bench = {.flow = flow};
    arena_init(&bench.arena, ARENA_BYTES);
    arena_init(&bench.kept, DATA_BYTES);
    round_trip(&bench); /* blocks of the arenas are taken now */
    round_trip(&bench);
    size_t before = mallinfo2().uordblks;
    int64_t total = 0;
    for (size_t n = 0; n < TURNS; n++)
        bench.us[n] = 0;
    for (long i = 0; i < rounds; i++)
        round_trip(&bench);
    for (size_t n = 0; n < TURNS; n++)
        total += bench.us[n];
    printf("events %ld, mean %.1f us, question to question %.1f us, first %.1f us, last answer %.1f us, heap grew by "
           "%zu bytes\n",
           rounds * TURNS, (double)total / (double)(rounds * TURNS),
           (double)(total - bench.us[0] - bench.us[TURNS - 1]) / (double)(rounds * (TURNS - 2)),
           (double)bench.us[0] / (double)rounds, (double)bench.us[TURNS - 1] / (double)rounds,
           mallinfo2().uordblks - before);
    arena_release(&bench.arena);
    arena_release(&bench.kept);
    flow->free(flow);
    return 0;
}
