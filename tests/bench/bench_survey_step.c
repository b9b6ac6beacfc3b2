/* tests/bench/bench_survey_step.c — how long a survey takes for a turn and for a step, and whether it asks the system for
 * memory.
 *
 * The health example, answered from the first question to the recommendation by many people, again and again; each event
 * as in the service: an arena of its own (kept between events), the session as JSON from and to the store's copy.  A turn
 * reads an answer and goes through the steps behind its question, up to and with the question that waits then (those that
 * `when` leaves out are steps, too: the condition is looked at).  Three kinds of turns: the first, those from question to
 * question, and the last, which computes everything, says what follows, recommends and hands over.
 * Prints microseconds of CPU time, medians of the batches, and by how many bytes the heap grew.                     */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"
#include "flows/survey/definition.h"
#include "flows/survey/survey.h"

#include "bot/base/banned.h"

static const char *const answers[] = {"여성", "서른네 살", "172", "78.5킬로", "2번", "많이 감량", "3", "1.2L"};

static const struct session new_session = {.locale = STR_INIT("ko"), .profile = STR_INIT("{\"name\": \"은지\"}")};

enum { TURNS = COUNT_OF(answers) + 1, PEOPLE = 200, BATCHES = 21 };
enum { ARENA_BYTES = 4 * 1024 * 1024, KEPT_BYTES = 64 * 1024 * 1024 };

struct bench {
    const struct flow *flow;
    struct arena arena; /* of an event */
    struct arena kept;  /* of sessions */
    struct session sessions[PEOPLE];
    double us[TURNS][BATCHES]; /* a turn */
};

static double cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void take_turn(struct bench *bench, struct session *session, size_t n)
{
    struct error error = {0};
    struct event event = {.kind = EVENT_MESSAGE, .text = n == 0 ? STR("") : str_of(answers[n - 1])};
    struct flow_ctx ctx = {.arena = &bench->arena, .clock = clock_system(), .error = &error, .locale = STR("ko")};
    struct turn said = {0};
    if (bench->flow->step(bench->flow, &ctx, n == 0 ? NULL : &event, session, &said) != OK) {
        fprintf(stderr, "%s\n", error.text);
        exit(1);
    }
    session->data = arena_copy(&bench->kept, session->data);
    arena_reset(&bench->arena);
}

/* The index of the question that waits; the last step when none does. */
static size_t place_of(struct bench *bench, const struct session *session)
{
    const struct definition *def = survey_definition(bench->flow);
    struct json_value *data = NULL;
    size_t at = def->n_steps - 1;
    if (session->state != SESSION_WAITING)
        return at;
    if (json_read(&bench->arena, session->data, &data, NULL) != OK)
        exit(1);
    for (at = 0; at < def->n_steps; at++)
        if (str_eq(def->steps[at].id, json_get_str(data, STR("step"), STR(""))))
            break;
    arena_reset(&bench->arena);
    return at;
}

/* The example goes from step to step without a leap. */
static void count_steps(struct bench *bench, size_t *steps)
{
    size_t before = 0;
    bench->sessions[0] = new_session;
    for (size_t n = 0; n < TURNS; n++) {
        take_turn(bench, &bench->sessions[0], n);
        size_t place = place_of(bench, &bench->sessions[0]) + 1;
        steps[n] = place - before;
        before = place;
    }
    if (bench->sessions[0].state != SESSION_HANDED_OVER) {
        fprintf(stderr, "the survey did not come to its end\n");
        exit(1);
    }
}

static void run_batch(struct bench *bench, size_t batch)
{
    for (size_t i = 0; i < PEOPLE; i++)
        bench->sessions[i] = new_session;
    for (size_t n = 0; n < TURNS; n++) {
        double begin = cpu_us();
        for (size_t i = 0; i < PEOPLE; i++)
            take_turn(bench, &bench->sessions[i], n);
        bench->us[n][batch] = (cpu_us() - begin) / PEOPLE;
    }
    arena_reset(&bench->kept);
}

static int by_size(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return first < second ? -1 : first > second;
}

/* Turns `from` to before `to`. */
static void print(struct bench *bench, const char *what, const size_t *steps, size_t from, size_t to)
{
    double us = 0, n_steps = 0, n_turns = (double)(to - from);
    for (size_t n = from; n < to; n++) {
        qsort(bench->us[n], BATCHES, sizeof **bench->us, by_size);
        us += bench->us[n][BATCHES / 2];
        n_steps += (double)steps[n];
    }
    printf("%s: %.1f us a turn, %.1f steps in it, %.1f us a step\n", what, us / n_turns, n_steps / n_turns,
           us / n_steps);
}

int main(void)
{
    static struct bench bench;
    struct error error = {0};
    struct flow *flow = NULL;
    size_t steps[TURNS];
    if (survey_load("flows/examples/health.yaml", &flow, &error) != OK) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    bench.flow = flow;
    arena_init(&bench.arena, ARENA_BYTES);
    arena_init(&bench.kept, KEPT_BYTES);
    count_steps(&bench, steps);
    run_batch(&bench, 0); /* blocks of the arenas are taken now */
    size_t before = mallinfo2().uordblks;
    for (size_t batch = 0; batch < BATCHES; batch++)
        run_batch(&bench, batch);
    size_t grown = mallinfo2().uordblks - before;
    print(&bench, "the first turn", steps, 0, 1);
    print(&bench, "a turn from question to question", steps, 1, TURNS - 1);
    print(&bench, "the last turn", steps, TURNS - 1, TURNS);
    printf("heap grew by %zu bytes\n", grown);
    arena_release(&bench.arena);
    arena_release(&bench.kept);
    flow->free(flow);
    return 0;
}
