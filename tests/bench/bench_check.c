/* tests/bench/bench_check.c — how long it takes to load and check a flow.
 *
 * Two made-up flows: a survey of 12 questions with four ways on from each, so 4^12 = 16,777,216 paths, with a decision table
 * over all answers' points; and an ordinary flow of 30 steps.  Prints milliseconds of CPU time, the best of ten.    */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "flows/survey/check.h"
#include "flows/survey/survey.h"

#include "bot/base/banned.h"

enum { ROUNDS = 10, MOST_BYTES = 1024 * 1024, ARENA_BYTES = 256 * 1024 * 1024, QUESTIONS = 12, PLAIN = 10 };

static const char *const options =
    "[{value: a, label: A}, {value: b, label: B}, {value: c, label: C}, {value: d, label: D}]";

/* Points of an answer, their sum, and a table that reads it. */
static void add_rules(struct buf *yaml, int n)
{
    buf_add(yaml, STR("let:\n"));
    for (int i = 1; i <= n; i++)
        buf_addf(yaml, "  p%d: 'if q%d = \"a\" then 0 else if q%d = \"b\" then 1 else if q%d = \"c\" then 2 else 3'\n",
                 i, i, i, i);
    buf_add(yaml, STR("  sum: p1"));
    for (int i = 2; i <= n; i++)
        buf_addf(yaml, " + p%d", i);
    buf_addf(yaml, "\ntables:\n  kind:\n    inputs: [sum, q1]\n    outputs: [id]\n    rules:\n");
    for (int i = 0; i < n; i++)
        buf_addf(yaml, "      - ['[%d..%d%c', '-', '\"k%d\"']\n", i * 3, i * 3 + 3, i == n - 1 ? ']' : ')', i);
}

/* Every question leads to one of four sentences, and these to the next question. */
static struct str branching(struct buf *yaml)
{
    buf_add(yaml, STR("flow: branching\nmax_time: 10m\n"));
    add_rules(yaml, QUESTIONS);
    buf_add(yaml, STR("steps:\n"));
    for (int i = 1; i <= QUESTIONS; i++) {
        buf_addf(yaml, "  - {ask: Question %d?, id: q%d, as: choice, options: %s, next: [", i, i, options);
        for (int k = 0; k < 3; k++)
            buf_addf(yaml, "{when: 'q%d = \"%c\"', go: s%d%c}, ", i, 'a' + k, i, 'a' + k);
        buf_addf(yaml, "{go: s%dd}]}\n", i);
        for (int k = 0; k < 4; k++)
            buf_addf(yaml, "  - {say: Answer %d %c, id: s%d%c, next: q%d}\n", i, 'a' + k, i, 'a' + k, i + 1);
    }
    buf_add(yaml, STR("  - {say: 'You are {kind}.', id: q13}\n"));
    return buf_str(yaml);
}

/* Ten questions, each with a sentence that some get and one that all do. */
static struct str ordinary(struct buf *yaml)
{
    buf_add(yaml, STR("flow: ordinary\nmax_time: 10m\n"));
    add_rules(yaml, PLAIN);
    buf_add(yaml, STR("steps:\n"));
    for (int i = 1; i <= PLAIN; i++)
        buf_addf(yaml,
                 "  - {ask: Question %d?, id: q%d, as: choice, options: %s}\n"
                 "  - {say: Well, when: 'q%d = \"a\"'}\n"
                 "  - {say: '{p%d} points%s'}\n",
                 i, i, options, i, i, i == PLAIN ? ", {kind}" : "");
    return buf_str(yaml);
}

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double check_once(const char *name, struct str yaml, bool say)
{
    CLEANUP(arena_release) struct arena arena;
    struct error error = {0};
    struct flow *flow = NULL;
    struct check_figures figures;
    double begin = cpu_ms();
    arena_init(&arena, ARENA_BYTES);
    struct findings findings = {.arena = &arena};
    if (survey_load_text(STR("bench.yaml"), yaml, &flow, &error) != OK ||
        check_definition(survey_definition(flow), CHECK_EVERYWHERE, &findings, &figures) != OK || findings.n > 0) {
        fprintf(stderr, "%s: %s %.*s\n", name, error.text, findings.n > 0 ? (int)findings.items[0].message.n : 0,
                findings.n > 0 ? findings.items[0].message.p : "");
        exit(1);
    }
    double ms = cpu_ms() - begin;
    struct buf paths;
    buf_init(&paths, &arena, 128);
    decimal_add_to(&paths, figures.paths);
    if (say)
        printf("%s: %zu steps, %.*s paths, ", name, survey_definition(flow)->n_steps, STR_ARG(buf_str(&paths)));
    flow->free(flow);
    return ms;
}

static void check_often(const char *name, struct str yaml)
{
    double best = check_once(name, yaml, true);
    for (int i = 1; i < ROUNDS; i++) {
        double ms = check_once(name, yaml, false);
        best = ms < best ? ms : best;
    }
    printf("loaded and checked in %.2f ms\n", best);
}

int main(void)
{
    struct buf one, other;
    buf_init(&one, NULL, MOST_BYTES);
    buf_init(&other, NULL, MOST_BYTES);
    check_often("branching", branching(&one));
    check_often("ordinary", ordinary(&other));
    buf_release(&one);
    buf_release(&other);
    return 0;
}
