#include "store/outbox.h"

#include <stddef.h>

#include "bot/base/arena.h"
#include "store/db.h"
#include "store/query.h"
#include "store/queue.h"
#include "store/store.h"

#include "bot/base/banned.h"

static const struct queue outbox = {
    .row = "reply",
    .what_is_swept = "payload",
    .next = SQL_OUTBOX_NEXT,
    .make_ready = SQL_OUTBOX_MAKE_READY,
    .wait = SQL_OUTBOX_WAIT,
    .state = SQL_OUTBOX_STATE,
    .retry = SQL_OUTBOX_RETRY,
    .drop = SQL_OUTBOX_DROP,
    .sweep_bodies = SQL_OUTBOX_SWEEP_BODIES,
    .sweep_rows = SQL_OUTBOX_SWEEP_ROWS,
    .pending = offsetof(struct figures, outbox_pending),
    .work = STORE_WORK_OUTBOX,
};

const char *outbox_state_name(enum outbox_state state)
{
    return queue_state_name((enum queue_state)state, "sent");
}

/* ── adding ────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err outbox_add(struct db *db, const struct outbox_message *message, int64_t now_ms, int64_t *ret_id,
                    struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_OUTBOX_ADD);
    bind_str(&q, ":idempotency_key", message->idempotency_key);
    bind_str(&q, ":conversation", message->conversation);
    bind_str(&q, ":platform", message->platform);
    bind_str(&q, ":pace_key", message->pace_key);
    bind_str(&q, ":request_id", message->request_id);
    bind_i64(&q, ":session_id", message->session_id);
    bind_i64(&q, ":inbox_id", message->inbox_id);
    bind_i64(&q, ":message_id", message->message_id);
    bind_i64(&q, ":pause_ms", message->pause_ms);
    bind_i64(&q, ":event_received_ms", message->event_received_ms);
    bind_i64(&q, ":now_ms", now_ms);
    bind_str(&q, ":payload", message->payload);
    if (query_run(&q, error) != OK)
        return during(error, "adding a reply to %.*s", STR_ARG(message->conversation));
    db->effects.figures.outbox_pending++;
    db->effects.work |= store_work_of(message->platform);
    *ret_id = db_last_id(db);
    return OK;
}

/* ── claiming ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The columns that every SELECT of whole rows gives, from `first` on. */
static struct outbox_message message_of(struct query *q, int first, struct arena *arena)
{
    return (struct outbox_message){
        .conversation = column_str(q, first, arena),
        .platform = column_str(q, first + 1, arena),
        .idempotency_key = column_str(q, first + 2, arena),
        .pace_key = column_str(q, first + 3, arena),
        .request_id = column_str(q, first + 4, arena),
        .pause_ms = column_i64(q, first + 5),
        .session_id = column_i64(q, first + 6),
        .inbox_id = column_i64(q, first + 7),
        .message_id = column_i64(q, first + 8),
        .event_received_ms = column_i64(q, first + 9),
    };
}

static struct outbox_claimed claimed_of(struct query *q, struct arena *arena)
{
    struct outbox_claimed claimed = {.attempt = (int)column_i64(q, 2) + 1, .message = message_of(q, 3, arena)};
    claimed.message.payload = column_str(q, 13, arena);
    claimed.has_slot = column_i64(q, 14) != 0;
    claimed.ticket = (struct outbox_ticket){.id = column_i64(q, 0),
                                            .claim = column_i64(q, 1) + 1,
                                            .conversation = claimed.message.conversation,
                                            .message_id = claimed.message.message_id};
    return claimed;
}

/* Keeps `claims` in the order of their ids. */
static void put_in_order(struct outbox_claims *claims, const struct outbox_claimed *claimed)
{
    size_t at = claims->n++;
    for (; at > 0 && claims->items[at - 1].ticket.id > claimed->ticket.id; at--)
        claims->items[at] = claims->items[at - 1];
    claims->items[at] = *claimed;
}

/* When the arena is full the rest is for the next claim. */
static enum err read_rows(struct query *q, struct arena *arena, struct outbox_claims *claims, struct error *error)
{
    while (query_next(q)) {
        struct outbox_claimed claimed = claimed_of(q, arena);
        if (q->no_memory && claims->n > 0) {
            claims->more = true;
            return OK;
        }
        if (!q->no_memory)
            put_in_order(claims, &claimed);
    }
    return query_done(q, error);
}

static enum err read_held(struct db *db, const struct outbox_claim_input *input, struct arena *arena,
                          struct outbox_claims *claims, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_OUTBOX_HELD);
    bind_str(&q, ":platform", input->platform);
    bind_i64(&q, ":now_ms", input->now_ms);
    bind_i64(&q, ":limit", (int64_t)input->limit);
    return read_rows(&q, arena, claims, error);
}

static enum err read_ready(struct db *db, const struct outbox_claim_input *input, struct arena *arena,
                           struct outbox_claims *claims, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_OUTBOX_READY);
    bind_str(&q, ":platform", input->platform);
    bind_i64(&q, ":limit", (int64_t)(input->limit - claims->n));
    return read_rows(&q, arena, claims, error);
}

/* Runs an UPDATE of one row; ret_changed false: another row holds its conversation. */
static enum err mark(struct db *db, enum sql_id statement, int64_t id, bool *ret_changed, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, statement);
    bind_i64(&q, ":id", id);
    if (query_run(&q, error) != OK)
        return error->code;
    *ret_changed = db_changes(db) == 1;
    return OK;
}

static enum err begin_pause(struct db *db, int64_t id, int64_t now_ms, bool *ret_holds, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_OUTBOX_PAUSE);
    bind_i64(&q, ":now_ms", now_ms);
    bind_i64(&q, ":id", id);
    if (query_run(&q, error) != OK)
        return error->code;
    *ret_holds = db_changes(db) == 1;
    return OK;
}

/* Does a row go right behind the one that was claimed last? */
static bool is_follower(const struct outbox_claims *claims, const struct outbox_claimed *next)
{
    if (claims->n == 0 || next->message.pause_ms > 0)
        return false;
    const struct outbox_claimed *last = &claims->items[claims->n - 1];
    return next->ticket.id == last->ticket.id + 1 && str_eq(next->message.conversation, last->message.conversation);
}

/* Claims a row, or begins its pause, or lets it wait for its conversation. */
static enum err claim_row(struct db *db, const struct outbox_claim_input *input, struct outbox_claims *claims,
                          struct outbox_claimed *row, struct error *error)
{
    bool ours = false;
    int64_t id = row->ticket.id;
    if (row->held || row->message.pause_ms == 0) {
        row->follows = !row->held && input->runs && is_follower(claims, row);
        if (mark(db, row->follows ? SQL_OUTBOX_FOLLOW : SQL_OUTBOX_CLAIM, id, &ours, error) != OK)
            return error->code;
        if (ours) {
            claims->items[claims->n++] = *row;
            return OK;
        }
    } else if (begin_pause(db, id, input->now_ms, &ours, error) != OK || ours) {
        return error->code;
    }
    return queue_wait(db, &outbox, id, error);
}

/* Those that waited behind the last claimed one, as far as there is room. */
static enum err claim_followers(struct db *db, const struct outbox_claim_input *input, struct arena *arena,
                                struct outbox_claims *claims, struct error *error)
{
    const struct outbox_claimed *head = &claims->items[claims->n - 1];
    struct outbox_claims found = {.items = arena_alloc_array(arena, input->limit - claims->n, sizeof *found.items)};
    if (found.items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for %zu claims", input->limit);
    CLEANUP(query_end) struct query q = query_begin(db, SQL_OUTBOX_FOLLOWERS);
    bind_i64(&q, ":id", head->ticket.id);
    bind_i64(&q, ":limit", (int64_t)(input->limit - claims->n));
    bind_str(&q, ":conversation", head->message.conversation);
    if (read_rows(&q, arena, &found, error) != OK)
        return error->code;
    for (size_t i = 0; i < found.n && is_follower(claims, &found.items[i]); i++)
        if (claim_row(db, input, claims, &found.items[i], error) != OK)
            return error->code;
    return OK;
}

static enum err claim_rows(struct db *db, const struct outbox_claim_input *input, struct arena *arena,
                           struct outbox_claims *claims, struct error *error)
{
    size_t n = claims->n, before = 0;
    claims->n = 0;
    for (size_t i = 0; i < n; i++) {
        before = claims->n;
        if (claim_row(db, input, claims, &claims->items[i], error) != OK)
            return error->code;
    }
    bool last_is_new = claims->n > before && claims->n < input->limit;
    return input->runs && last_is_new ? claim_followers(db, input, arena, claims, error) : OK;
}

static enum err claim_once(struct db *db, const struct outbox_claim_input *input, struct arena *arena,
                           struct outbox_claims *claims, struct error *error)
{
    if (read_held(db, input, arena, claims, error) != OK)
        return error->code;
    for (size_t i = 0; i < claims->n; i++)
        claims->items[i].held = true;
    if (claims->n < input->limit && !claims->more && read_ready(db, input, arena, claims, error) != OK)
        return error->code;
    claims->more = claims->more || claims->n == input->limit;
    return claim_rows(db, input, arena, claims, error);
}

enum err outbox_claim(struct db *db, const struct outbox_claim_input *input, struct arena *arena,
                      struct outbox_claims *ret_claims, struct error *error)
{
    struct outbox_claims claims = {.items = arena_alloc_array(arena, input->limit, sizeof *claims.items), .more = true};
    if (claims.items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for %zu claims", input->limit);
    for (int round = 0; claims.n == 0 && claims.more && round < QUEUE_CLAIM_ROUNDS; round++) {
        claims.more = false;
        if (claim_once(db, input, arena, &claims, error) != OK)
            return during(error, "claiming replies");
    }
    *ret_claims = claims;
    return OK;
}

/* ── ending ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err stale(struct outbox_ticket ticket, struct error *error)
{
    return fail(error, ERR_CONFLICT, "reply %lld is no longer ours", (long long)ticket.id);
}

static enum err mark_message_sent(struct db *db, int64_t message_id, int64_t now_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_MESSAGE_SENT);
    bind_i64(&q, ":now_ms", now_ms);
    bind_i64(&q, ":id", message_id);
    return query_run(&q, error);
}

struct outbox_end {
    struct outbox_ticket ticket;
    enum outbox_state state;
    int64_t now_ms;
    struct str receipt, why;
};

static enum err end(struct db *db, const struct outbox_end *end, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_OUTBOX_END);
    bind_i64(&q, ":state", end->state);
    bind_i64(&q, ":now_ms", end->now_ms);
    bind_str(&q, ":receipt", end->receipt);
    bind_str(&q, ":error", end->why);
    bind_i64(&q, ":id", end->ticket.id);
    bind_i64(&q, ":claim", end->ticket.claim);
    if (query_run(&q, error) != OK)
        return during(error, "ending reply %lld", (long long)end->ticket.id);
    if (db_changes(db) != 1)
        return stale(end->ticket, error);
    queue_count_end(db, &outbox, (enum queue_state)end->state);
    int64_t message_id = end->ticket.message_id;
    if (end->state == OUTBOX_SENT && message_id != 0 && mark_message_sent(db, message_id, end->now_ms, error) != OK)
        return during(error, "marking message %lld sent", (long long)message_id);
    return queue_next(db, &outbox, end->ticket.conversation, error);
}

enum err outbox_sent(struct db *db, struct outbox_ticket ticket, int64_t now_ms, struct str receipt,
                     struct error *error)
{
    return end(db, &(struct outbox_end){.ticket = ticket, .state = OUTBOX_SENT, .now_ms = now_ms, .receipt = receipt},
               error);
}

enum err outbox_die(struct db *db, struct outbox_ticket ticket, int64_t now_ms, struct str why, struct error *error)
{
    return end(db, &(struct outbox_end){.ticket = ticket, .state = OUTBOX_DEAD, .now_ms = now_ms, .why = why}, error);
}

/* ── coming back ───────────────────────────────────────────────────────────────────────────────────────────────── */

enum err outbox_later(struct db *db, struct outbox_ticket ticket, const struct outbox_delay *delay, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_OUTBOX_LATER);
    bind_i64(&q, ":due_ms", delay->due_ms);
    bind_str(&q, ":error", delay->why);
    bind_i64(&q, ":slot_ms", delay->tried == OUTBOX_TRY_SLOT ? delay->due_ms : 0);
    bind_i64(&q, ":free", delay->tried != OUTBOX_TRY_COUNTS);
    bind_i64(&q, ":id", ticket.id);
    bind_i64(&q, ":claim", ticket.claim);
    if (query_run(&q, error) != OK)
        return during(error, "putting off reply %lld", (long long)ticket.id);
    if (db_changes(db) != 1)
        return stale(ticket, error);
    db->effects.work |= STORE_WORK_OUTBOX;
    return OK;
}

enum err outbox_give_back(struct db *db, struct outbox_ticket ticket, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_OUTBOX_GIVE_BACK);
    bind_i64(&q, ":id", ticket.id);
    bind_i64(&q, ":claim", ticket.claim);
    if (query_run(&q, error) != OK)
        return during(error, "giving back reply %lld", (long long)ticket.id);
    if (db_changes(db) != 1)
        return stale(ticket, error);
    return queue_next(db, &outbox, ticket.conversation, error);
}

enum err outbox_recover(struct db *db, int64_t now_ms, int64_t *ret_n, struct error *error)
{
    if (queue_recover_waiting(db, SQL_OUTBOX_RECOVER_WAITING, error) != OK)
        return during(error, "recovering replies");
    CLEANUP(query_end) struct query q = query_begin(db, SQL_OUTBOX_RECOVER);
    bind_i64(&q, ":now_ms", now_ms);
    if (query_run(&q, error) != OK)
        return during(error, "recovering replies");
    db->effects.work |= STORE_WORK_OUTBOX;
    *ret_n = db_changes(db);
    return OK;
}

enum err outbox_set_back(struct db *db, int64_t by_ms, int64_t now_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_OUTBOX_SET_BACK);
    bind_i64(&q, ":by_ms", by_ms);
    bind_i64(&q, ":now_ms", now_ms);
    if (query_run(&q, error) != OK)
        return during(error, "setting back the times of replies");
    db->effects.work |= STORE_WORK_OUTBOX;
    return OK;
}

enum err outbox_next_due(struct db *db, struct str platform, int64_t *ret_due_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_OUTBOX_NEXT_DUE);
    bind_str(&q, ":platform", platform);
    int64_t due_ms = query_next(&q) ? column_i64(&q, 0) : INT64_MAX;
    if (query_done(&q, error) != OK)
        return during(error, "looking for the next reply");
    *ret_due_ms = due_ms;
    return OK;
}

/* ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct outbox_row row_of(struct query *q, struct arena *arena)
{
    return (struct outbox_row){
        .id = column_i64(q, 0),
        .message = message_of(q, 1, arena),
        .state = (enum outbox_state)column_i64(q, 11),
        .attempts = (int)column_i64(q, 12),
        .created_ms = column_i64(q, 13),
        .due_ms = column_i64(q, 14),
        .finished_ms = column_i64(q, 15),
        .receipt = column_str(q, 16, arena),
        .error = column_str(q, 17, arena),
    };
}

enum err outbox_list(struct db *db, const struct outbox_filter *filter, struct arena *arena,
                     struct outbox_rows *ret_rows, struct error *error)
{
    struct outbox_rows rows = {.items = arena_alloc_array(arena, filter->limit, sizeof *rows.items)};
    if (rows.items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for %zu rows", filter->limit);
    bool is_sent = filter->state == OUTBOX_SENT;
    CLEANUP(query_end) struct query q = query_begin(db, is_sent ? SQL_OUTBOX_LIST_SENT : SQL_OUTBOX_LIST);
    if (!is_sent)
        bind_i64(&q, ":state", filter->state);
    bind_i64(&q, ":after_id", filter->after_id);
    bind_i64(&q, ":limit", (int64_t)filter->limit);
    while (query_next(&q))
        rows.items[rows.n++] = row_of(&q, arena);
    if (query_done(&q, error) != OK)
        return during(error, "listing replies");
    *ret_rows = rows;
    return OK;
}

enum err outbox_show(struct db *db, int64_t id, struct arena *arena, struct outbox_row *ret_row, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_OUTBOX_SHOW);
    bind_i64(&q, ":id", id);
    bool found = query_next(&q);
    struct outbox_row row = {0};
    if (found) {
        row = row_of(&q, arena);
        row.message.payload = column_str(&q, 18, arena);
    }
    if (query_done(&q, error) != OK)
        return during(error, "showing reply %lld", (long long)id);
    if (!found)
        return fail(error, ERR_NOT_FOUND, "there is no reply %lld", (long long)id);
    *ret_row = row;
    return OK;
}

/* ── mending, sweeping ─────────────────────────────────────────────────────────────────────────────────────────── */

enum err outbox_retry(struct db *db, int64_t id, int64_t now_ms, struct error *error)
{
    (void)now_ms; /* all that a person can do to a row has one shape */
    return queue_retry(db, &outbox, id, error);
}

enum err outbox_drop(struct db *db, int64_t id, int64_t now_ms, struct error *error)
{
    return queue_drop(db, &outbox, id, now_ms, error);
}

enum err outbox_sweep(struct db *db, const struct outbox_sweep *input, bool *ret_more, struct error *error)
{
    struct queue_sweep queue_input = {input->payloads_before_ms, input->rows_before_ms, input->limit};
    return queue_sweep(db, &outbox, &queue_input, ret_more, error);
}
