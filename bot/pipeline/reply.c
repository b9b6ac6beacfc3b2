#include "bot/pipeline/reply.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/log.h"
#include "bot/base/metrics.h"
#include "bot/base/secret.h"
#include "bot/pipeline/dispatch.h"
#include "bot/pipeline/pacer.h"
#include "bot/pipeline/pipeline.h"
#include "bot/pipeline/retry.h"
#include "store/outbox.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { SEND_BYTES = 4 * 1024 * 1024 };

/* What came of one request. */
struct result {
    struct outbox_claimed claimed; /* texts that are needed afterwards live in the job's arena */
    struct delivery delivery;
    struct outbox_delay delay;
    int64_t now_ms;
};

/* What came of a run: rows of one conversation, one behind the other.  Owned by the writer once handed over. */
struct result_job {
    struct write_job job;
    struct again_job again;
    struct pipeline *pipeline;
    struct arena arena;
    const struct platform *platform;
    size_t n_rows, n_tried; /* the rows after those that were tried are given back */
    struct result results[];
};

static enum err keep_result(struct db *db, const struct result *result, struct error *error)
{
    struct outbox_ticket ticket = result->claimed.ticket;
    switch (result->delivery.result) {
    case DELIVERY_SENT:
        return outbox_sent(db, ticket, result->now_ms, result->delivery.receipt, error);
    case DELIVERY_LATER:
        return outbox_later(db, ticket, &result->delay, error);
    case DELIVERY_NEVER:
        return outbox_die(db, ticket, result->now_ms, result->delivery.reason, error);
    }
    return OK;
}

static enum err keep_results(struct db *db, void *arg, struct error *error)
{
    struct result_job *job = arg;
    for (size_t i = 0; i < job->n_tried; i++)
        if (keep_result(db, &job->results[i], error) != OK)
            return error->code;
    for (size_t i = job->n_tried; i < job->n_rows; i++)
        if (outbox_give_back(db, job->results[i].claimed.ticket, error) != OK)
            return error->code;
    return OK;
}

static void log_result(const struct result_job *job, const struct result *result)
{
    struct str conversation = result->claimed.message.conversation;
    const char *platform = job->platform->name;
    log_request_id(result->claimed.message.request_id);
    switch (result->delivery.result) {
    case DELIVERY_SENT:
        LOG_INFO("reply.sent", F_CSTR("platform", platform), F_STR("conversation", conversation),
                 F_I64("attempt", result->claimed.attempt));
        break;
    case DELIVERY_LATER:
        if (result->delay.tried == OUTBOX_TRY_COUNTS)
            LOG_WARNING("reply.put_off", F_CSTR("platform", platform), F_STR("conversation", conversation),
                        F_I64("attempt", result->claimed.attempt), F_STR("why", result->delivery.reason));
        break;
    case DELIVERY_NEVER:
        LOG_ERROR("reply.died", F_I64("id", result->claimed.ticket.id), F_CSTR("platform", platform),
                  F_STR("conversation", conversation), F_STR("why", result->delivery.reason));
        break;
    }
    log_request_id(STR(""));
}

static void free_results(void *arg)
{
    struct result_job *job = arg;
    arena_release(&job->arena);
    free(job);
}

/* What the platform said is kept at last, or tried again: were it lost, the conversation would wait for ever.  A
 * conflict says that the rows are not ours any more. */
static void results_kept(void *arg, enum err rc, const struct error *error)
{
    struct result_job *job = arg;
    for (size_t i = 0; rc == OK && i < job->n_tried; i++)
        log_result(job, &job->results[i]);
    if (rc == OK || rc == ERR_CONFLICT) {
        free_results(job);
        return;
    }
    if (job->again.job == NULL)
        LOG_ERROR("reply.result_not_kept", F_I64("id", job->results[0].claimed.ticket.id), F_CSTR("why", error->text));
    job->again = (struct again_job){.job = &job->job, .release = free_results};
    again_add(&job->pipeline->again, &job->again);
}

/* False: its place in the pace comes later; it is due then. */
static bool may_go(const struct result_job *job, struct result *result)
{
    int64_t wait_ms = 0;
    struct pacer_request request = {
        .key = result->claimed.message.pace_key,
        .now_ms = clock_tick_us(job->pipeline->parts.clock) / 1000,
        .pace_ms = job->platform->pace_ms,
    };
    if (result->claimed.has_slot)
        return true;
    bool kept = pacer_take(job->pipeline->pacer, &request, &wait_ms);
    if (kept && wait_ms == 0)
        return true;
    result->delivery = (struct delivery){.result = DELIVERY_LATER, .reason = STR("pace")};
    result->delay = (struct outbox_delay){
        .due_ms = result->now_ms + wait_ms, .tried = kept ? OUTBOX_TRY_SLOT : OUTBOX_TRY_FREE, .why = STR("")};
    return false;
}

static void judge(struct result *result)
{
    struct delivery *delivery = &result->delivery;
    if (delivery->result != DELIVERY_LATER)
        return;
    int attempt = result->claimed.attempt;
    if (!retry_again(&retry_deliveries, attempt)) {
        delivery->result = DELIVERY_NEVER;
        return;
    }
    uint32_t random = 0;
    secret_random(&random, sizeof random);
    result->delay = (struct outbox_delay){
        .due_ms = result->now_ms + retry_delay_ms(&retry_deliveries, attempt, delivery->retry_after_ms, random),
        .tried = OUTBOX_TRY_COUNTS,
        .why = delivery->reason,
    };
}

static void count(const struct result_job *job, const struct result *result)
{
    static const char *const names[] = {
        [DELIVERY_SENT] = "sent", [DELIVERY_LATER] = "later", [DELIVERY_NEVER] = "never"};
    const struct pipeline_metrics *metrics = &job->pipeline->metrics;
    metric_add(metrics->deliveries, 1, job->platform->name, names[result->delivery.result]);
    int64_t since_ms = result->now_ms - result->claimed.message.event_received_ms;
    if (result->delivery.result == DELIVERY_SENT && result->claimed.message.event_received_ms > 0)
        metric_observe(metrics->reply_seconds, (double)since_ms / 1e3, job->platform->name);
}

static void send_one(struct result_job *job, struct result *result)
{
    struct pipeline *pipeline = job->pipeline;
    const struct outbox_claimed *claimed = &result->claimed;
    result->now_ms = clock_now_ms(pipeline->parts.clock);
    if (!may_go(job, result))
        return;
    struct outgoing outgoing = {
        .idempotency_key = claimed->message.idempotency_key,
        .pace_key = claimed->message.pace_key,
        .payload = claimed->message.payload,
        .attempt = claimed->attempt,
        .last_attempt = !retry_again(&retry_deliveries, claimed->attempt),
        .conversation = claimed->message.conversation,
    };
    log_request_id(claimed->message.request_id);
    result->delivery = job->platform->send(job->platform, &outgoing, &job->arena);
    log_request_id(STR(""));
    result->now_ms = clock_now_ms(pipeline->parts.clock);
    judge(result);
    count(job, result);
}

/* One that must be tried later holds up those behind it. */
static void send_run(struct worker *worker, const struct outbox_claimed *rows, size_t n)
{
    struct result_job *job = calloc(1, sizeof *job + n * sizeof job->results[0]);
    if (job == NULL)
        return; /* found running at the next start; nothing is lost */
    arena_init(&job->arena, SEND_BYTES);
    job->pipeline = worker->pipeline;
    job->platform = worker->pipeline->parts.platforms[worker->platform];
    job->n_rows = n;
    for (size_t i = 0; i < n; i++)
        job->results[i].claimed = rows[i];
    bool goes_on = true;
    while (goes_on && job->n_tried < n && !atomic_load(&worker->pipeline->stopping)) {
        struct result *result = &job->results[job->n_tried++];
        send_one(job, result);
        goes_on = result->delivery.result != DELIVERY_LATER;
    }
    for (size_t i = 0; i < n; i++) { /* the claims' own texts end with the next wait */
        struct outbox_message *message = &job->results[i].claimed.message;
        message->conversation = arena_copy(&job->arena, message->conversation);
        job->results[i].claimed.ticket.conversation = message->conversation;
        message->request_id = arena_copy(&job->arena, message->request_id);
    }
    if (job->n_tried == 0) { /* it is time to stop: found running at the next start */
        free_results(job);
        return;
    }
    job->job = (struct write_job){.run = keep_results, .done = results_kept, .arg = job};
    store_write(worker->pipeline->parts.store, &job->job);
}

/* ── a replier's life ─────────────────────────────────────────────────────────────────────────────────────────────── */

void *reply_main(void *arg)
{
    struct worker *worker = arg;
    while (dispatch_wait(worker->pipeline->dispatch, worker->desk)) {
        const struct outbox_claims *claims = &worker->desk->replies;
        for (size_t i = 0, n; i < claims->n && !atomic_load(&worker->pipeline->stopping); i += n) {
            for (n = 1; i + n < claims->n && claims->items[i + n].follows;)
                n++;
            send_run(worker, &claims->items[i], n);
        }
    }
    return NULL;
}
