/* bot/pipeline/pipeline.h — receive, record, route, run, reply, schedule: the five verbs and their threads.
 *
 *   loop ── receive ──▶ writer: inbox ──▶ runners (quick, slow) ──▶ writer: session + outbox + done ──▶ repliers
 *
 * The tables are the truth; what threads hold in memory is a claim with a lease, found again after a crash.
 *
 * Order of life: pipeline_new → pipeline_start → … → pipeline_stop (joins every thread) → [store_close] → pipeline_free.
 * Everything handed in is borrowed and outlives the pipeline.                                                        */
#ifndef GILBOT_PIPELINE_PIPELINE_H
#define GILBOT_PIPELINE_PIPELINE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/error.h"
#include "bot/base/log.h"
#include "bot/base/settings.h"
#include "bot/base/str.h"
#include "bot/model/platform.h"
#include "bot/pipeline/again.h"
#include "bot/pipeline/doorbell.h"
#include "flows/flow.h"

struct desk;
struct dispatch;
struct loop;
struct metric;
struct metrics;
struct pacer;
struct store;

enum {
    PIPELINE_MAX_PLATFORMS = 8,
    PIPELINE_QUICK_RUNNERS = 2,
    PIPELINE_SLOW_RUNNERS = 2,
    PIPELINE_REPLIERS = 2, /* per platform                                                */
    PIPELINE_CLAIM = 32,   /* rows that one thread takes at a time                        */
    PIPELINE_CLAIM_REPLIES = 32,
    PIPELINE_LEASE_MS = 120 * 1000,         /* longer than any step or delivery may take                   */
    PIPELINE_EVENT_BYTES = 4 * 1024 * 1024, /* the arena of one event                                */
};

/* Something to do once in the background at start, again a minute later when it did not work. */
struct pipeline_chore {
    bool (*run)(void *arg); /* false: try again later; may block */
    void *arg;
};

struct pipeline_parts {
    struct store *store;
    struct loop *loop;
    struct clock clock;
    const struct settings *settings;
    const struct flows *flows;               /* the first ones; pipeline_set_flows gives others */
    const struct platform *const *platforms; /* n_platforms of them */
    size_t n_platforms;
    struct pipeline_chore chores[PIPELINE_MAX_PLATFORMS];
    size_t n_chores;
    struct metrics *metrics;
};

/* The metrics that the pipeline feeds (names in surface.md). */
struct pipeline_metrics {
    struct metric *received, *ignored, *rejected, *ack_seconds, *turn_seconds, *reply_seconds, *deliveries, *steps,
        *surveys, *recommendations, *handovers;
};

struct pipeline {
    struct pipeline_parts parts;
    struct pipeline_metrics metrics;
    struct doorbell clockwork;    /* wakes the scheduler                 */
    struct again again;           /* what the disk refused               */
    uint64_t request_ids;         /* loop thread: makes the next one     */
    struct log_pace refused;      /* loop thread                      */
    struct log_pace not_recorded; /* writer                           */
    struct dispatch *dispatch;    /* hands rows to runners and repliers  */
    struct desk *desks;           /* one for each of those               */
    struct pacer *pacer;
    atomic_bool stopping;
    _Atomic(const struct flows *) flows;
    struct worker *workers;
    size_t n_workers;
};

/* A thread of the pipeline. */
struct worker {
    struct pipeline *pipeline;
    pthread_t thread;
    bool started;
    enum lane lane;  /* runners                       */
    size_t platform; /* repliers: index into platforms */
    struct desk *desk;
    void *(*main)(void *worker);
};

MUST_USE
enum err pipeline_new(const struct pipeline_parts *parts, struct pipeline **ret_pipeline, struct error *error);

/* Puts back to work what a crash interrupted, then starts the threads. */
MUST_USE
enum err pipeline_start(struct pipeline *pipeline, struct error *error);

/* Lets every thread finish the row it has in hand and joins them; what they had claimed beyond it is found at the next
 * start (pipeline_start).  Calls hurry(arg), which should make blocking calls fail, when that takes longer than grace_ms. */
struct pipeline_stop {
    int64_t grace_ms;
    void (*hurry)(void *arg);
    void *arg;
};
void pipeline_stop(struct pipeline *pipeline, const struct pipeline_stop *stop);

void pipeline_free(struct pipeline *pipeline);

/* Any thread: steps that begin from now on see these flows; the old ones must live until the pipeline is stopped. */
void pipeline_set_flows(struct pipeline *pipeline, const struct flows *flows);

/* Index of the platform called `name`, or SIZE_MAX. */
size_t pipeline_platform(const struct pipeline *pipeline, struct str name);

#endif
