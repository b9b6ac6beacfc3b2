#include "bot/pipeline/pipeline.h"

#include <stdlib.h>
#include <time.h>

#include "bot/base/log.h"
#include "bot/base/metrics.h"
#include "bot/base/secret.h"
#include "bot/pipeline/dispatch.h"
#include "bot/pipeline/pacer.h"
#include "bot/pipeline/reply.h"
#include "bot/pipeline/run.h"
#include "bot/pipeline/schedule.h"
#include "store/inbox.h"
#include "store/outbox.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum {
    STACK_BYTES = 8 * 1024 * 1024
}; /* the deepest expression under a sanitizer; only what is touched takes memory */

static void declare_metrics(struct pipeline_metrics *m, struct metrics *registry)
{
    static const double quick[] = {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5};
    m->received = metrics_counter(registry, "gilbot_events_received_total", "Events received.", "platform,type");
    m->ignored = metrics_counter(registry, "gilbot_events_ignored_total", "Events that nothing came of.", "reason");
    m->rejected = metrics_counter(registry, "gilbot_requests_rejected_total", "Requests refused.", "reason");
    m->ack_seconds = metrics_histogram(registry, "gilbot_ack_duration_seconds", "From a platform's request to its 200.",
                                       "", quick, COUNT_OF(quick));
    m->turn_seconds = metrics_histogram(registry, "gilbot_turn_duration_seconds",
                                        "From an event's claim to its commit.", "flow", quick, COUNT_OF(quick));
    m->reply_seconds =
        metrics_histogram(registry, "gilbot_reply_latency_seconds",
                          "From an event's arrival to the platform's yes to a reply.", "platform", NULL, 0);
    m->deliveries = metrics_counter(registry, "gilbot_deliveries_total", "Requests to platforms.", "platform,result");
    m->steps = metrics_counter(registry, "gilbot_survey_steps_total", "Survey steps.", "flow,step,outcome");
    m->surveys = metrics_counter(registry, "gilbot_surveys_total", "Survey runs.", "flow,outcome");
    m->recommendations = metrics_counter(registry, "gilbot_recommendations_total", "Recommendations.", "flow,item");
    m->handovers = metrics_counter(registry, "gilbot_handovers_total", "Hand-overs to people.", "flow");
}

size_t pipeline_platform(const struct pipeline *pipeline, struct str name)
{
    for (size_t i = 0; i < pipeline->parts.n_platforms; i++)
        if (str_eq(str_of(pipeline->parts.platforms[i]->name), name))
            return i;
    return SIZE_MAX;
}

static struct desk desk_of(const struct worker *worker)
{
    if (worker->main == reply_main)
        return (struct desk){.kind = DISPATCH_OUTBOX + worker->platform, .limit = PIPELINE_CLAIM_REPLIES};
    if (worker->lane == LANE_QUICK)
        return (struct desk){.kind = DISPATCH_QUICK, .limit = PIPELINE_CLAIM};
    return (struct desk){.kind = DISPATCH_SLOW, .limit = 1};
}

void pipeline_set_flows(struct pipeline *pipeline, const struct flows *flows)
{
    atomic_store(&pipeline->flows, flows);
}

enum err pipeline_new(const struct pipeline_parts *parts, struct pipeline **ret_pipeline, struct error *error)
{
    if (parts->n_platforms > PIPELINE_MAX_PLATFORMS)
        return fail(error, ERR_INTERNAL, "more than %d platforms", PIPELINE_MAX_PLATFORMS);
    size_t n_workers = PIPELINE_QUICK_RUNNERS + PIPELINE_SLOW_RUNNERS + parts->n_platforms * PIPELINE_REPLIERS + 1;
    struct pipeline *pipeline = calloc(1, sizeof *pipeline);
    size_t n_desks = n_workers - 1; /* the scheduler needs none */
    struct worker *workers = calloc(n_workers, sizeof *workers);
    struct desk *desks = calloc(n_desks, sizeof *desks);
    struct pacer *pacer = pacer_new();
    if (pipeline == NULL || workers == NULL || desks == NULL || pacer == NULL) {
        pacer_free(pacer);
        free(desks);
        free(workers);
        free(pipeline);
        return fail(error, ERR_NO_MEMORY, "out of memory");
    }
    pipeline->parts = *parts;
    pipeline->pacer = pacer;
    secret_random(&pipeline->request_ids, sizeof pipeline->request_ids);
    pipeline->workers = workers;
    pipeline->n_workers = n_workers;
    pipeline->desks = desks;
    atomic_init(&pipeline->stopping, false);
    atomic_init(&pipeline->flows, parts->flows);
    declare_metrics(&pipeline->metrics, parts->metrics);
    doorbell_init(&pipeline->clockwork);
    again_init(&pipeline->again, parts->clock, &pipeline->clockwork);
    size_t at = 0;
    for (size_t i = 0; i < PIPELINE_QUICK_RUNNERS; i++)
        workers[at++] = (struct worker){.lane = LANE_QUICK, .main = run_main};
    for (size_t i = 0; i < PIPELINE_SLOW_RUNNERS; i++)
        workers[at++] = (struct worker){.lane = LANE_SLOW, .main = run_main};
    for (size_t i = 0; i < parts->n_platforms * PIPELINE_REPLIERS; i++)
        workers[at++] = (struct worker){.platform = i / PIPELINE_REPLIERS, .main = reply_main};
    workers[at] = (struct worker){.main = schedule_main};
    for (size_t i = 0; i < n_workers; i++) {
        workers[i].pipeline = pipeline;
        workers[i].desk = i < n_desks ? &desks[i] : NULL;
        if (i < n_desks)
            desks[i] = desk_of(&workers[i]);
    }
    *ret_pipeline = pipeline;
    return OK;
}

struct recovery {
    int64_t now_ms, events, replies;
};

static enum err recover(struct db *db, void *arg, struct error *error)
{
    struct recovery *recovery = arg;
    if (inbox_recover(db, recovery->now_ms, &recovery->events, error) != OK)
        return during(error, "putting back the events that were under way");
    if (outbox_recover(db, recovery->now_ms, &recovery->replies, error) != OK)
        return during(error, "putting back the replies that were under way");
    return OK;
}

/* What `top` shows; at most 15 bytes. */
static const char *name_of(const struct worker *worker)
{
    if (worker->main == reply_main)
        return worker->pipeline->parts.platforms[worker->platform]->name;
    if (worker->main == schedule_main)
        return "schedule";
    return worker->lane == LANE_QUICK ? "run-quick" : "run-slow";
}

enum err pipeline_start(struct pipeline *pipeline, struct error *error)
{
    struct recovery recovery = {.now_ms = clock_now_ms(pipeline->parts.clock)};
    if (store_write_wait(pipeline->parts.store, recover, &recovery, error) != OK)
        return error->code;
    if (recovery.events + recovery.replies > 0)
        LOG_INFO("pipeline.recovered", F_I64("events", recovery.events), F_I64("replies", recovery.replies));
    struct dispatch_settings dispatch = {
        .store = pipeline->parts.store,
        .clock = pipeline->parts.clock,
        .lease_ms = PIPELINE_LEASE_MS,
        .platforms = pipeline->parts.platforms,
        .n_platforms = pipeline->parts.n_platforms,
        .desks = pipeline->desks,
        .n_desks = pipeline->n_workers - 1,
    };
    pipeline->dispatch = dispatch_new(&dispatch);
    if (pipeline->dispatch == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    for (size_t i = 0; i < pipeline->n_workers; i++) {
        struct worker *worker = &pipeline->workers[i];
        worker->started = pthread_create(&worker->thread, &attributes, worker->main, worker) == 0;
        if (!worker->started) {
            pthread_attr_destroy(&attributes);
            pipeline_stop(pipeline, &(struct pipeline_stop){0});
            return fail(error, ERR_INTERNAL, "cannot start a thread");
        }
        pthread_setname_np(worker->thread, name_of(worker));
    }
    pthread_attr_destroy(&attributes);
    return OK;
}

/* False when the thread did not end by `end` (CLOCK_REALTIME, as pthread_timedjoin_np wants it). */
static bool join_until(struct worker *worker, const struct timespec *end)
{
    if (worker->started && pthread_timedjoin_np(worker->thread, NULL, end) == 0)
        worker->started = false;
    return !worker->started;
}

void pipeline_stop(struct pipeline *pipeline, const struct pipeline_stop *stop)
{
    atomic_store(&pipeline->stopping, true);
    doorbell_ring(&pipeline->clockwork);
    if (pipeline->dispatch != NULL)
        dispatch_stop(pipeline->dispatch);
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += stop->grace_ms / 1000;
    bool all = true;
    for (size_t i = 0; i < pipeline->n_workers; i++)
        all = join_until(&pipeline->workers[i], &end) && all;
    if (!all && stop->hurry != NULL)
        stop->hurry(stop->arg);
    for (size_t i = 0; i < pipeline->n_workers; i++)
        if (pipeline->workers[i].started) {
            pthread_join(pipeline->workers[i].thread, NULL);
            pipeline->workers[i].started = false;
        }
    dispatch_free(pipeline->dispatch);
    pipeline->dispatch = NULL;
}

void pipeline_free(struct pipeline *pipeline)
{
    if (pipeline == NULL)
        return;
    again_release(&pipeline->again);
    doorbell_release(&pipeline->clockwork);
    pacer_free(pipeline->pacer);
    free(pipeline->desks);
    free(pipeline->workers);
    free(pipeline);
}
