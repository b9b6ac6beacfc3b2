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

/* What came of one request; owned by the writer once handed over. */
struct result_job {
    struct write_job job;
    struct again_job again;
    struct pipeline *pipeline;
    struct arena arena;
    const struct platform *platform;
    struct outbox_claimed claimed; /* texts that are needed afterwards live in the arena */
    struct delivery delivery;
    struct outbox_delay delay;
    int64_t now_ms;
};

static enum err keep_result(struct db *db, void *arg, struct error *error)
{
    struct result_job *result = arg;
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

static void log_result(const struct result_job *result)
{
    struct str conversation = result->claimed.message.conversation;
    switch (result->delivery.result) {
    case DELIVERY_SENT:
        LOG_INFO("reply.sent", F_CSTR("platform", result->platform->name), F_STR("conversation", conversation),
                 F_I64("attempt", result->claimed.attempt));
        return;
    case DELIVERY_LATER:
        if (result->delay.tried == OUTBOX_TRY_COUNTS)
            LOG_WARNING("reply.put_off", F_CSTR("platform", result->platform->name),
                        F_STR("conversation", conversation), F_I64("attempt", result->claimed.attempt),
                        F_STR("why", result->delivery.reason));
        return;
    case DELIVERY_NEVER:
        LOG_ERROR("reply.died", F_I64("id", result->claimed.ticket.id), F_CSTR("platform", result->platform->name),
                  F_STR("conversation", conversation), F_STR("why", result->delivery.reason));
        return;
    }
}

static void free_result(void *arg)
{
    struct result_job *result = arg;
    arena_release(&result->arena);
    free(result);
}

/* What the platform said is kept at last, or tried again: were it lost, the conversation would wait for ever.  A
 * conflict says that the row is not ours any more. */
static void result_kept(void *arg, enum err rc, const struct error *error)
{
    struct result_job *result = arg;
    log_request_id(result->claimed.message.request_id);
    if (rc == OK)
        log_result(result);
    else if (result->again.job == NULL)
        LOG_ERROR("reply.result_not_kept", F_I64("id", result->claimed.ticket.id), F_CSTR("why", error->text));
    log_request_id(STR(""));
    if (rc == OK || rc == ERR_CONFLICT) {
        free_result(result);
        return;
    }
    result->again = (struct again_job){.job = &result->job, .release = free_result};
    again_add(&result->pipeline->again, &result->again);
}

/* Waiting its turn: ready again when its place in the pace comes. */
static void put_off_for_pace(struct result_job *result, int64_t wait_ms)
{
    result->delivery = (struct delivery){.result = DELIVERY_LATER, .reason = STR("pace")};
    result->delay = (struct outbox_delay){.due_ms = result->now_ms + wait_ms, .tried = OUTBOX_TRY_FREE, .why = STR("")};
}

static void judge(struct result_job *result)
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

static void count(const struct result_job *result)
{
    static const char *const names[] = {
        [DELIVERY_SENT] = "sent", [DELIVERY_LATER] = "later", [DELIVERY_NEVER] = "never"};
    const struct pipeline_metrics *metrics = &result->pipeline->metrics;
    metric_add(metrics->deliveries, 1, result->platform->name, names[result->delivery.result]);
    int64_t since_ms = result->now_ms - result->claimed.message.event_received_ms;
    if (result->delivery.result == DELIVERY_SENT && result->claimed.message.event_received_ms > 0)
        metric_observe(metrics->reply_seconds, (double)since_ms / 1e3, result->platform->name);
}

static void send_one(struct pipeline *pipeline, const struct platform *platform, const struct outbox_claimed *claimed)
{
    struct result_job *result = calloc(1, sizeof *result);
    if (result == NULL)
        return; /* found running at the next start; nothing is lost */
    arena_init(&result->arena, SEND_BYTES);
    result->pipeline = pipeline;
    result->platform = platform;
    result->claimed = *claimed;
    result->claimed.message.conversation = arena_copy(&result->arena, claimed->message.conversation);
    result->claimed.message.request_id = arena_copy(&result->arena, claimed->message.request_id);
    result->now_ms = clock_now_ms(pipeline->parts.clock);
    int64_t tick_ms = clock_tick_us(pipeline->parts.clock) / 1000;
    int64_t wait_ms = pacer_take(pipeline->pacer, claimed->message.pace_key, tick_ms, platform->pace_ms);
    if (wait_ms > 0) {
        put_off_for_pace(result, wait_ms);
    } else {
        struct outgoing outgoing = {
            .idempotency_key = claimed->message.idempotency_key,
            .pace_key = claimed->message.pace_key,
            .payload = claimed->message.payload,
            .attempt = claimed->attempt,
            .last_attempt = !retry_again(&retry_deliveries, claimed->attempt),
            .conversation = claimed->message.conversation,
        };
        log_request_id(claimed->message.request_id);
        result->delivery = platform->send(platform, &outgoing, &result->arena);
        log_request_id(STR(""));
        result->now_ms = clock_now_ms(pipeline->parts.clock);
        judge(result);
        count(result);
    }
    result->job = (struct write_job){.run = keep_result, .done = result_kept, .arg = result};
    store_write(pipeline->parts.store, &result->job);
}

/* ── a replier's life ─────────────────────────────────────────────────────────────────────────────────────────────── */

void *reply_main(void *arg)
{
    struct worker *worker = arg;
    struct pipeline *pipeline = worker->pipeline;
    const struct platform *platform = pipeline->parts.platforms[worker->platform];
    while (dispatch_wait(pipeline->dispatch, worker->desk)) {
        const struct outbox_claims *claims = &worker->desk->replies;
        for (size_t i = 0; i < claims->n && !atomic_load(&pipeline->stopping); i++)
            send_one(pipeline, platform, &claims->items[i]);
    }
    return NULL;
}
