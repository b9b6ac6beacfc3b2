#include "bot/pipeline/turn_commit.h"

#include <stdlib.h>

#include "bot/base/buf.h"
#include "bot/base/log.h"
#include "bot/base/metrics.h"
#include "bot/base/secret.h"
#include "bot/pipeline/pipeline.h"
#include "bot/pipeline/retry.h"
#include "store/feedback.h"
#include "store/live_messages.h"
#include "store/messages.h"
#include "store/outbox.h"
#include "store/sessions.h"
#include "store/surveys.h"

#include "bot/base/banned.h"

/* A metric label from borrowed text: cut, NUL-terminated. */
enum { LABEL_BYTES = 96 };
struct label {
    char text[LABEL_BYTES];
};

static struct label label_of(struct str s)
{
    struct label label = {0};
    for (size_t i = 0; i < s.n && i + 1 < LABEL_BYTES; i++)
        label.text[i] = s.p[i];
    return label;
}

struct turn_commit *turn_new(struct pipeline *pipeline, const struct inbox_claimed *claimed)
{
    struct turn_commit *turn = calloc(1, sizeof *turn);
    if (turn == NULL)
        return NULL;
    arena_init(&turn->arena, PIPELINE_EVENT_BYTES);
    struct arena *arena = &turn->arena;
    turn->pipeline = pipeline;
    turn->now_ms = clock_now_ms(pipeline->parts.clock);
    turn->utc_offset_min = clock_utc_offset_min(turn->now_ms);
    turn->begun_us = clock_tick_us(pipeline->parts.clock);
    turn->turn.replies.arena = arena;
    turn->claimed = *claimed;
    struct stored *stored = &turn->claimed.stored;
    stored->key = arena_copy(arena, stored->key);
    stored->conversation = arena_copy(arena, stored->conversation);
    turn->claimed.ticket.conversation = stored->conversation;
    stored->body = arena_copy(arena, stored->body);
    stored->kind = arena_copy(arena, stored->kind);
    stored->extra = arena_copy(arena, stored->extra);
    turn->claimed.platform = arena_copy(arena, claimed->platform);
    turn->claimed.type = arena_copy(arena, claimed->type);
    turn->claimed.request_id = arena_copy(arena, claimed->request_id);
    if (turn->claimed.platform.p == NULL || stored->body.p == NULL || stored->key.p == NULL) {
        arena_release(arena);
        free(turn);
        return NULL;
    }
    return turn;
}

void turn_put_off(struct turn_commit *turn, const char *why)
{
    uint32_t random = 0;
    secret_random(&random, sizeof random);
    turn->why = arena_copy(&turn->arena, str_of(why));
    turn->end = retry_again(&retry_events, turn->claimed.attempt) ? TURN_LATER : TURN_DIE;
    turn->due_ms = turn->now_ms + retry_delay_ms(&retry_events, turn->claimed.attempt, 0, random);
}

/* ── the parts of the commit (writer thread) ──────────────────────────────────────────────────────────────────────── */

static enum err add_incoming(struct db *db, const struct turn_commit *turn, struct error *error)
{
    const struct event *event = &turn->event;
    bool said = event->kind == EVENT_MESSAGE || event->kind == EVENT_BUTTON || event->kind == EVENT_COMMAND ||
                event->kind == EVENT_SHEET;
    if (!said || turn->flow == NULL)
        return OK;
    int64_t id = 0;
    struct message message = {
        .conversation = event->conversation,
        .session_id = turn->session.id,
        .direction = MESSAGE_IN,
        .author = event->user,
        .text = event->kind == EVENT_BUTTON ? event->value : event->text,
        .event_key = event->key,
        .at_ms = turn->claimed.stored.received_ms,
        .sent_ms = turn->now_ms,
        .payload = turn->heard,
    };
    return message_add(db, &message, &id, error);
}

static enum err add_outgoing(struct db *db, const struct turn_commit *turn, const struct outgoing *outgoing,
                             struct error *error)
{
    int64_t message_id = 0, outbox_id = 0;
    bool shows_history = turn->platform->shows_history;
    if (outgoing->plain.n > 0) {
        struct message message = {
            .conversation = turn->event.conversation,
            .session_id = turn->session.id,
            .direction = MESSAGE_OUT,
            .text = outgoing->plain,
            .payload = shows_history ? outgoing->payload : STR(""),
            .event_key = turn->event.key,
            .at_ms = turn->now_ms,
        };
        if (message_add(db, &message, &message_id, error) != OK)
            return during(error, "logging a reply");
    }
    struct outbox_message row = {
        .conversation = outgoing->conversation.n > 0 ? outgoing->conversation : turn->event.conversation,
        .platform = turn->event.platform,
        .idempotency_key = outgoing->idempotency_key,
        .pace_key = outgoing->pace_key,
        .payload = outgoing->payload,
        .request_id = turn->claimed.request_id,
        .pause_ms = outgoing->pause_ms,
        .session_id = turn->session.id,
        .inbox_id = turn->claimed.ticket.id,
        .message_id = shows_history ? message_id : 0,
        .event_received_ms = turn->claimed.stored.received_ms,
    };
    if (outbox_add(db, &row, turn->now_ms, &outbox_id, error) != OK)
        return during(error, "queueing a reply");
    return OK;
}

/* An answer, or what somebody thought of one. */
static enum err add_asked(struct db *db, const struct turn_commit *turn, const struct record *record,
                          struct error *error)
{
    struct asked_row row = {.session_id = turn->session.id, .at_ms = turn->now_ms, .voted_ms = turn->now_ms};
    struct str outcome = str_of(record->outcome);
    if (!str_to_i64(record->step, &row.number))
        return fail(error, ERR_INTERNAL, "an answer without a number");
    if (record->kind == RECORD_FEEDBACK) {
        row.vote = str_eq(outcome, STR("up")) ? ASKED_HELPFUL : ASKED_NOT_HELPFUL;
        row.reason = record->text;
        return asked_vote(db, &row, error);
    }
    row.question = record->text;
    row.kind = outcome;
    row.class = record->item;
    row.answer = record->value;
    row.why = record->why;
    return asked_add(db, &row, error);
}

static enum err add_record(struct db *db, const struct turn_commit *turn, const struct record *record,
                           struct error *error)
{
    struct str flow = turn->session.flow;
    int64_t session_id = turn->session.id, now_ms = turn->now_ms;
    switch (record->kind) {
    case RECORD_ANSWER:
        return survey_answer_put(db,
                                 &(struct survey_answer){.session_id = session_id,
                                                         .flow = flow,
                                                         .variable = record->step,
                                                         .value = record->value,
                                                         .text = record->text,
                                                         .at_ms = now_ms},
                                 error);
    case RECORD_RECOMMENDATION:
        return survey_recommendation_add(db,
                                         &(struct survey_recommendation){.session_id = session_id,
                                                                         .flow = flow,
                                                                         .step = record->step,
                                                                         .item = record->item,
                                                                         .value = record->value,
                                                                         .why = record->why,
                                                                         .at_ms = now_ms},
                                         error);
    case RECORD_HANDOVER:
        return survey_handover_add(
            db,
            &(struct survey_handover){
                .session_id = session_id, .flow = flow, .step = record->step, .to = record->item, .at_ms = now_ms},
            error);
    case RECORD_ASKED:
    case RECORD_FEEDBACK:
        return add_asked(db, turn, record, error);
    case RECORD_STEP: /* for the metrics; the session says it too */
    case RECORD_WARNING:
        return OK;
    }
    return OK;
}

static enum err end_event(struct db *db, const struct turn_commit *turn, struct error *error)
{
    struct inbox_ticket ticket = turn->claimed.ticket;
    switch (turn->end) {
    case TURN_FINISH:
        return inbox_finish(db, ticket, turn->now_ms, error);
    case TURN_LATER:
        return inbox_later(db, ticket, turn->due_ms, turn->why, error);
    case TURN_DIE:
        return inbox_die(db, ticket, turn->now_ms, turn->why, error);
    case TURN_PARK:
        return inbox_park(db, ticket, turn->now_ms, error);
    case TURN_UNPARK:
        return inbox_unpark(db, ticket, turn->now_ms, &turn->fetched, error);
    }
    return OK;
}

static enum err write_turn(struct db *db, struct turn_commit *turn, struct error *error)
{
    if (turn->saves_session && session_save(db, &turn->session, &turn->session.id, error) != OK)
        return during(error, "saving the session");
    if (turn->puts_conversation && conversation_put(db, &turn->conversation, error) != OK)
        return during(error, "saving the conversation");
    if (turn->puts_released && conversation_put(db, &turn->released, error) != OK)
        return during(error, "releasing the conversation");
    if (add_incoming(db, turn, error) != OK)
        return during(error, "logging a message");
    for (size_t i = 0; i < turn->outgoings.n; i++)
        if (add_outgoing(db, turn, &turn->outgoings.items[i], error) != OK)
            return error->code;
    for (size_t i = 0; i < turn->turn.n_records; i++)
        if (add_record(db, turn, &turn->turn.records[i], error) != OK)
            return during(error, "keeping what the turn recorded");
    return OK;
}

/* May run twice: the session's id is what the first run gave, so it is put back first. */
static enum err run(struct db *db, void *arg, struct error *error)
{
    struct turn_commit *turn = arg;
    if (turn->starts)
        turn->session.id = 0;
    if (turn->end == TURN_FINISH && write_turn(db, turn, error) != OK)
        return error->code;
    if (turn->shown.n > 0 && (turn->end == TURN_FINISH || turn->end == TURN_DIE) &&
        live_message_remove(db, turn->claimed.ticket.id, error) != OK)
        return error->code;
    return end_event(db, turn, error);
}

/* ── afterwards ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void count_turn(const struct turn_commit *turn)
{
    const struct pipeline_metrics *metrics = &turn->pipeline->metrics;
    struct label flow = label_of(turn->session.flow);
    if (turn->flow != NULL) {
        double seconds = (double)(clock_tick_us(turn->pipeline->parts.clock) - turn->begun_us) / 1e6;
        metric_observe(metrics->turn_seconds, seconds, flow.text);
        if (turn->starts)
            metric_add(metrics->surveys, 1, flow.text, "started");
        if (turn->session.state != SESSION_WAITING)
            metric_add(metrics->surveys, 1, flow.text, session_state_name(turn->session.state));
    }
    for (size_t i = 0; i < turn->turn.n_records; i++) {
        const struct record *record = &turn->turn.records[i];
        struct label step = label_of(record->step), item = label_of(record->item);
        if (record->kind == RECORD_STEP)
            metric_add(metrics->steps, 1, flow.text, step.text, record->outcome);
        else if (record->kind == RECORD_RECOMMENDATION)
            metric_add(metrics->recommendations, 1, flow.text, item.text);
        else if (record->kind == RECORD_HANDOVER)
            metric_add(metrics->handovers, 1, flow.text);
        else if (record->kind == RECORD_WARNING)
            LOG_WARNING("flow.warned", F_STR("flow", turn->session.flow), F_STR("step", record->step),
                        F_STR("what", record->text));
    }
}

static void log_turn(const struct turn_commit *turn)
{
    int64_t us = clock_tick_us(turn->pipeline->parts.clock) - turn->begun_us;
    struct str conversation = turn->claimed.stored.conversation;
    switch (turn->end) {
    case TURN_FINISH:
        if (turn->ignored != NULL)
            LOG_DEBUG("event.ignored", F_STR("conversation", conversation), F_CSTR("why", turn->ignored));
        else
            LOG_INFO("event.handled", F_STR("conversation", conversation), F_STR("flow", turn->session.flow),
                     F_I64("session", turn->session.id), F_I64("replies", (int64_t)turn->outgoings.n), F_I64("us", us));
        return;
    case TURN_LATER:
        LOG_WARNING("event.put_off", F_STR("conversation", conversation), F_I64("attempt", turn->claimed.attempt),
                    F_STR("why", turn->why));
        return;
    case TURN_DIE:
        LOG_ERROR("event.died", F_I64("id", turn->claimed.ticket.id), F_STR("conversation", conversation),
                  F_STR("why", turn->why));
        return;
    case TURN_PARK:
    case TURN_UNPARK:
        LOG_DEBUG("event.moved", F_STR("conversation", conversation));
        return;
    }
}

static void free_turn(void *arg)
{
    struct turn_commit *turn = arg;
    arena_release(&turn->arena);
    free(turn);
}

/* The second job, after the first one failed: only the event's end. */
static void put_off_failed(void *arg, enum err rc, const struct error *error)
{
    struct turn_commit *turn = arg;
    if (rc == OK || rc == ERR_CONFLICT) { /* a conflict: its lease ran out, somebody else has it */
        free_turn(turn);
        return;
    }
    if (turn->again.job == NULL)
        LOG_ERROR("event.left_running", F_I64("id", turn->claimed.ticket.id), F_CSTR("why", error->text));
    turn->again = (struct again_job){.job = &turn->job, .release = free_turn};
    again_add(&turn->pipeline->again, &turn->again);
}

static void done(void *arg, enum err rc, const struct error *error)
{
    struct turn_commit *turn = arg;
    log_request_id(turn->claimed.request_id);
    if (rc == OK) {
        if (turn->ignored != NULL)
            metric_add(turn->pipeline->metrics.ignored, 1, turn->ignored);
        if (turn->end == TURN_FINISH)
            count_turn(turn);
        log_turn(turn);
        free_turn(turn);
    } else {
        LOG_WARNING("event.not_committed", F_I64("id", turn->claimed.ticket.id), F_CSTR("why", error->text));
        turn_put_off(turn, error->text);
        turn->job = (struct write_job){.run = run, .done = put_off_failed, .arg = turn};
        store_write(turn->pipeline->parts.store, &turn->job);
    }
    log_request_id(STR(""));
}

void turn_commit(struct turn_commit *turn)
{
    turn->job = (struct write_job){.run = run, .done = done, .arg = turn};
    store_write(turn->pipeline->parts.store, &turn->job);
}
