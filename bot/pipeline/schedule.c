#include "bot/pipeline/schedule.h"

#include "bot/base/arena.h"
#include "bot/base/log.h"
#include "bot/base/metrics.h"
#include "bot/pipeline/pipeline.h"
#include "bot/pipeline/reminder.h"
#include "store/flow_versions.h"
#include "store/inbox.h"
#include "store/model_calls.h"
#include "store/outbox.h"
#include "store/sessions.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum {
    ROUND_ROWS = 500,
    ROUND_BYTES = 4 * 1024 * 1024,
    SWEEP_EVERY_MS = 60 * 60 * 1000,
    REST_MS = 60 * 1000,
    STEADY_MS = 2 * 1000, /* a wall clock that goes back by less is only being adjusted */
};

struct round {
    struct pipeline *pipeline;
    struct arena arena;
    struct sessions expired;
    size_t reminded;
    int64_t requeued;
    int64_t lead_ms;     /* of the wall clock over the monotonic one, as of the last round */
    int64_t set_back_ms; /* by so much less it leads now                                  */
    bool sweeps, more;
};

/* What serves now is the present version; the others are kept for sessions that wait, and as long as raw bodies. */
static enum err sweep_versions(struct db *db, const struct round *round, int64_t now_ms, struct error *error)
{
    const struct flows *flows = atomic_load(&round->pipeline->flows);
    for (size_t i = 0; i < flows->n; i++) {
        struct flow_version version = {.flow = flows->items[i]->name, .version = flows->items[i]->version};
        if (version.version.n > 0 && flow_version_touch(db, &version, now_ms, error) != OK)
            return error->code;
    }
    return flow_versions_sweep(db, now_ms - round->pipeline->parts.settings->retention.raw_ms, error);
}

static enum err sweep(struct db *db, struct round *round, int64_t now_ms, struct error *error)
{
    const struct settings_retention *retention = &round->pipeline->parts.settings->retention;
    bool more_events = false, more_replies = false;
    struct inbox_sweep events = {.bodies_before_ms = now_ms - retention->raw_ms,
                                 .keys_before_ms = now_ms - retention->keys_ms,
                                 .limit = ROUND_ROWS};
    struct outbox_sweep replies = {.payloads_before_ms = now_ms - retention->raw_ms,
                                   .rows_before_ms = now_ms - retention->keys_ms,
                                   .limit = ROUND_ROWS};
    if (inbox_sweep(db, &events, &more_events, error) != OK || outbox_sweep(db, &replies, &more_replies, error) != OK)
        return during(error, "sweeping");
    round->more = more_events || more_replies;
    if (model_calls_sweep(db, now_ms - retention->keys_ms, error) != OK)
        return during(error, "sweeping models' calls");
    return sweep_versions(db, round, now_ms, error);
}

static enum err run_round(struct db *db, void *arg, struct error *error)
{
    struct round *round = arg;
    int64_t now_ms = clock_now_ms(round->pipeline->parts.clock);
    arena_reset(&round->arena);
    round->expired = (struct sessions){0};
    round->reminded = 0;
    round->more = false;
    if (round->set_back_ms > 0 && (inbox_set_back(db, round->set_back_ms, now_ms, error) != OK ||
                                   outbox_set_back(db, round->set_back_ms, now_ms, error) != OK))
        return error->code;
    if (sessions_expire_due(db, now_ms, ROUND_ROWS, &round->arena, &round->expired, error) != OK)
        return during(error, "expiring sessions");
    if (reminder_record_due(db, now_ms, ROUND_ROWS, &round->arena, &round->reminded, error) != OK)
        return during(error, "reminding of sessions");
    if (inbox_requeue_expired(db, now_ms, ROUND_ROWS, &round->requeued, error) != OK)
        return during(error, "requeueing events");
    return round->sweeps ? sweep(db, round, now_ms, error) : OK;
}

/* Has the wall clock been set back?  Waits that were meant to be short would last as long as the jump. */
static void look_at_clock(struct round *round)
{
    struct clock clock = round->pipeline->parts.clock;
    int64_t lead_ms = clock_now_ms(clock) - clock_tick_us(clock) / 1000;
    int64_t less_ms = round->lead_ms - lead_ms;
    round->set_back_ms = less_ms > STEADY_MS ? less_ms : 0;
    if (round->set_back_ms == 0)
        round->lead_ms = lead_ms;
}

static void report(struct round *round)
{
    if (round->set_back_ms > 0)
        LOG_WARNING("clock.set_back", F_I64("ms", round->set_back_ms));
    round->lead_ms -= round->set_back_ms;
    for (size_t i = 0; i < round->expired.n; i++) {
        struct str flow = round->expired.items[i].flow;
        struct str named = arena_copy(&round->arena, flow);
        metric_add(round->pipeline->metrics.surveys, 1, named.p == NULL ? "" : named.p, "expired");
        LOG_INFO("session.expired", F_I64("session", round->expired.items[i].id), F_STR("flow", flow));
    }
    if (round->requeued > 0)
        LOG_WARNING("event.lease_expired", F_I64("n", round->requeued));
}

static int64_t rest_ms(struct round *round, struct db *reader)
{
    int64_t expiry_ms = INT64_MAX, remind_ms = INT64_MAX, lease_ms = INT64_MAX;
    struct error error = {0};
    if (round->more || round->expired.n == ROUND_ROWS || round->reminded == ROUND_ROWS)
        return 0;
    if (sessions_next_expiry(reader, &expiry_ms, &error) != OK ||
        sessions_next_reminder(reader, &remind_ms, &error) != OK || inbox_next_expiry(reader, &lease_ms, &error) != OK)
        return REST_MS;
    int64_t next_ms = expiry_ms < lease_ms ? expiry_ms : lease_ms;
    next_ms = next_ms < remind_ms ? next_ms : remind_ms;
    if (next_ms == INT64_MAX)
        return REST_MS;
    int64_t wait_ms = next_ms - clock_now_ms(round->pipeline->parts.clock);
    return wait_ms < 0 ? 0 : wait_ms > REST_MS ? REST_MS : wait_ms;
}

/* Which chores are done, as bits. */
static unsigned do_chores(struct pipeline *pipeline, unsigned finished)
{
    for (size_t i = 0; i < pipeline->parts.n_chores; i++) {
        const struct pipeline_chore *chore = &pipeline->parts.chores[i];
        if ((finished & 1u << i) == 0 && !atomic_load(&pipeline->stopping) && chore->run(chore->arg))
            finished |= 1u << i;
    }
    return finished;
}

void *schedule_main(void *arg)
{
    struct worker *worker = arg;
    struct pipeline *pipeline = worker->pipeline;
    struct round round = {.pipeline = pipeline};
    arena_init(&round.arena, ROUND_BYTES);
    round.lead_ms = clock_now_ms(pipeline->parts.clock) - clock_tick_us(pipeline->parts.clock) / 1000;
    struct db *reader = NULL;
    struct error error = {0};
    if (store_reader_open(pipeline->parts.store, &reader, &error) != OK)
        LOG_ERROR("scheduler.failed", F_CSTR("why", error.text));
    int64_t swept_ms = 0;
    unsigned finished = 0;
    while (reader != NULL && !atomic_load(&pipeline->stopping)) {
        uint64_t seen = doorbell_seen(&pipeline->clockwork);
        finished = do_chores(pipeline, finished);
        int64_t again_ms = again_submit(&pipeline->again, pipeline->parts.store);
        look_at_clock(&round);
        int64_t tick_ms = clock_tick_us(pipeline->parts.clock) / 1000;
        round.sweeps = swept_ms == 0 || round.more || tick_ms - swept_ms >= SWEEP_EVERY_MS;
        enum err rc = store_write_wait(pipeline->parts.store, run_round, &round, &error);
        if (rc != OK)
            LOG_ERROR("schedule.failed", F_CSTR("why", error.text));
        else
            report(&round);
        if (round.sweeps)
            swept_ms = tick_ms;
        int64_t wait_ms = rc != OK ? REST_MS : rest_ms(&round, reader);
        doorbell_wait(&pipeline->clockwork, seen, wait_ms < again_ms ? wait_ms : again_ms);
    }
    store_reader_close(reader);
    arena_release(&round.arena);
    return NULL;
}
