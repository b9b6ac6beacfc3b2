/* tests/bench/bench_survey_step.c — how long a survey takes for one event, and whether it asks the system for memory.
 *
 * The health example, answered from the first question to the recommendation, again and again; each event as in the
 * service: an arena of its own (kept between events), the session as JSON.  Prints microseconds of CPU time per event,
 * the best of ten batches: from a question to the next, the first turn, and the last answer, which computes everything,
 * says eight things and recommends; and by how many bytes the heap grew.
 *
 *   bench_survey_step [FLOW.yaml [ROUNDS]]                                                                            */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "flows/survey/survey.h"

#include "bot/base/banned.h"

static const char *const answers[] = {"여성", "서른네 살", "172", "78.5킬로", "2번", "많이 감량", "3", "1.2L"};

enum { TURNS = COUNT_OF(answers) + 1, BATCHES = 10, ARENA_BYTES = 4 * 1024 * 1024, DATA_BYTES = 64 * 1024 };

struct bench {
    const struct flow *flow;
    struct arena arena;
    struct arena kept;
    int64_t ns[TURNS];
};

static int64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void turn(struct bench *bench, struct session *session, size_t n)
{
    struct error error = {0};
    struct event event = {.kind = EVENT_MESSAGE, .text = n == 0 ? STR("") : str_of(answers[n - 1])};
    struct flow_ctx ctx = {.arena = &bench->arena, .clock = clock_system(), .error = &error, .locale = STR("ko")};
    struct turn said = {0};
    int64_t begin = cpu_ns();
    if (bench->flow->step(bench->flow, &ctx, n == 0 ? NULL : &event, session, &said) != OK) {
        fprintf(stderr, "%s\n", error.text);
        exit(1);
    }
    bench->ns[n] += cpu_ns() - begin;
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

/* Microseconds per event. */
struct figures {
    double between, first, last;
};

static struct figures run_batch(struct bench *bench, long rounds)
{
    for (size_t n = 0; n < TURNS; n++)
        bench->ns[n] = 0;
    for (long i = 0; i < rounds; i++)
        round_trip(bench);
    double between = 0, per = 1000.0 * (double)rounds;
    for (size_t n = 1; n < TURNS - 1; n++)
        between += (double)bench->ns[n];
    return (struct figures){between / (TURNS - 2) / per, (double)bench->ns[0] / per,
                            (double)bench->ns[TURNS - 1] / per};
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "flows/examples/health.yaml";
    long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : 500;
    struct error error = {0};
    struct flow *flow = NULL;
    if (survey_load(path, &flow, &error) != OK) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    struct bench bench = {.flow = flow};
    arena_init(&bench.arena, ARENA_BYTES);
    arena_init(&bench.kept, DATA_BYTES);
    struct figures best = run_batch(&bench, rounds); /* blocks of the arenas are taken now */
    size_t before = mallinfo2().uordblks;
    for (int i = 1; i < BATCHES; i++) {
        struct figures batch = run_batch(&bench, rounds);
        best = batch.between < best.between ? batch : best;
    }
    printf("question to question %.1f us, first turn %.1f us, last answer %.1f us, heap grew by %zu bytes\n",
           best.between, best.first, best.last, mallinfo2().uordblks - before);
    arena_release(&bench.arena);
    arena_release(&bench.kept);
    flow->free(flow);
    return 0;
}
