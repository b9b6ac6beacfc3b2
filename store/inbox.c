#include "store/inbox.h"

#include <stddef.h>

#include "bot/base/arena.h"
#include "store/db.h"
#include "store/query.h"
#include "store/queue.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { EITHER_LANE = STORE_WORK_QUICK | STORE_WORK_SLOW };

static const struct queue inbox = {
    .row = "event",
    .what_is_swept = "body",
    .next = SQL_INBOX_NEXT,
    .make_ready = SQL_INBOX_MAKE_READY,
    .wait = SQL_INBOX_WAIT,
    .state = SQL_INBOX_STATE,
    .retry = SQL_INBOX_RETRY,
    .drop = SQL_INBOX_DROP,
    .sweep_bodies = SQL_INBOX_SWEEP_BODIES,
    .sweep_rows = SQL_INBOX_SWEEP_ROWS,
    .pending = offsetof(struct figures, inbox_pending),
    .work = STORE_WORK_QUICK, /* what waits or is ready is in the quick lane */
};

const char *inbox_state_name(enum inbox_state state)
{
    return queue_state_name((enum queue_state)state, "done");
}

/* ── recording ─────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err inbox_record(struct db *db, const struct inbox_event *event, int64_t now_ms, bool *ret_is_new,
                      struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_RECORD);
    bind_str(&q, ":event_key", event->key);
    bind_str(&q, ":platform", event->platform);
    bind_str(&q, ":conversation", event->conversation);
    bind_str(&q, ":kind", event->kind);
    bind_str(&q, ":type", event->type);
    bind_str(&q, ":request_id", event->request_id);
    bind_i64(&q, ":received_ms", now_ms);
    bind_blob(&q, ":body", event->body);
    if (query_run(&q, error) != OK)
        return during(error, "recording %.*s", STR_ARG(event->key));
    bool is_new = db_changes(db) == 1;
    if (is_new) {
        db->effects.figures.inbox_pending++;
        db->effects.work |= STORE_WORK_QUICK;
    }
    *ret_is_new = is_new;
    return OK;
}

/* ── claiming ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct inbox_claimed claimed_of(struct query *q, struct arena *arena)
{
    struct str conversation = column_str(q, 5, arena);
    return (struct inbox_claimed){
        .ticket = {.id = column_i64(q, 0), .claim = column_i64(q, 1) + 1, .conversation = conversation},
        .attempt = (int)column_i64(q, 2) + 1,
        .fetched = (unsigned)column_i64(q, 3),
        .stored =
            {
                .key = column_str(q, 4, arena),
                .conversation = conversation,
                .kind = column_str(q, 6, arena),
                .received_ms = column_i64(q, 7),
                .body = column_str(q, 11, arena),
                .extra = column_str(q, 12, arena),
            },
        .platform = column_str(q, 8, arena),
        .type = column_str(q, 9, arena),
        .request_id = column_str(q, 10, arena),
    };
}

/* Keeps `claims` in the order of their ids. */
static void put_in_order(struct inbox_claims *claims, const struct inbox_claimed *claimed)
{
    size_t at = claims->n++;
    for (; at > 0 && claims->items[at - 1].ticket.id > claimed->ticket.id; at--)
        claims->items[at] = claims->items[at - 1];
    claims->items[at] = *claimed;
}

/* Reads until `claims` has `limit` rows.  When the arena is full the rest is for the next claim. */
static enum err read_rows(struct query *q, size_t limit, struct arena *arena, struct inbox_claims *claims,
                          struct error *error)
{
    bind_i64(q, ":limit", (int64_t)(limit - claims->n));
    while (query_next(q)) {
        struct inbox_claimed claimed = claimed_of(q, arena);
        if (q->no_memory && claims->n > 0) {
            claims->more = true;
            return OK;
        }
        if (!q->no_memory)
            put_in_order(claims, &claimed);
    }
    return query_done(q, error);
}

static enum err read_held(struct db *db, const struct inbox_claim_input *input, struct arena *arena,
                          struct inbox_claims *claims, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_HELD);
    bind_i64(&q, ":lane", input->lane);
    bind_i64(&q, ":now_ms", input->now_ms);
    return read_rows(&q, input->limit, arena, claims, error);
}

static enum err read_ready(struct db *db, const struct inbox_claim_input *input, struct arena *arena,
                           struct inbox_claims *claims, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_READY);
    return read_rows(&q, input->limit, arena, claims, error);
}

/* ret_ours false: another row holds its conversation. */
static enum err mark_claimed(struct db *db, int64_t id, int64_t lease_until_ms, bool *ret_ours, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_CLAIM);
    bind_i64(&q, ":lease_until_ms", lease_until_ms);
    bind_i64(&q, ":id", id);
    if (query_run(&q, error) != OK)
        return error->code;
    *ret_ours = db_changes(db) == 1;
    return OK;
}

/* Keeps those of `claims` whose conversation is free; the others wait. */
static enum err claim_rows(struct db *db, const struct inbox_claim_input *input, struct inbox_claims *claims,
                           struct error *error)
{
    size_t n = claims->n;
    claims->n = 0;
    for (size_t i = 0; i < n; i++) {
        bool ours = false;
        int64_t id = claims->items[i].ticket.id;
        if (mark_claimed(db, id, input->now_ms + input->lease_ms, &ours, error) != OK)
            return error->code;
        if (ours)
            claims->items[claims->n++] = claims->items[i];
        else if (queue_wait(db, &inbox, id, error) != OK)
            return error->code;
    }
    return OK;
}

static enum err claim_once(struct db *db, const struct inbox_claim_input *input, struct arena *arena,
                           struct inbox_claims *claims, struct error *error)
{
    if (read_held(db, input, arena, claims, error) != OK)
        return error->code;
    bool reads_ready = input->lane == INBOX_QUICK && claims->n < input->limit && !claims->more;
    if (reads_ready && read_ready(db, input, arena, claims, error) != OK)
        return error->code;
    claims->more = claims->more || claims->n == input->limit;
    return claim_rows(db, input, claims, error);
}

enum err inbox_claim(struct db *db, const struct inbox_claim_input *input, struct arena *arena,
                     struct inbox_claims *ret_claims, struct error *error)
{
    struct inbox_claims claims = {.items = arena_alloc_array(arena, input->limit, sizeof *claims.items), .more = true};
    if (claims.items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for %zu claims", input->limit);
    for (int round = 0; claims.n == 0 && claims.more && round < QUEUE_CLAIM_ROUNDS; round++) {
        claims.more = false;
        if (claim_once(db, input, arena, &claims, error) != OK)
            return during(error, "claiming events");
    }
    *ret_claims = claims;
    return OK;
}

/* ── ending ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err stale(struct inbox_ticket ticket, struct error *error)
{
    return fail(error, ERR_CONFLICT, "event %lld is no longer ours: its lease ran out", (long long)ticket.id);
}

static enum err check_ticket(struct db *db, struct inbox_ticket ticket, struct error *error)
{
    return db_changes(db) == 1 ? OK : stale(ticket, error);
}

struct inbox_end {
    struct inbox_ticket ticket;
    enum inbox_state state;
    int64_t now_ms;
    struct str why;
};

static enum err end(struct db *db, const struct inbox_end *end, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_END);
    bind_i64(&q, ":state", end->state);
    bind_i64(&q, ":now_ms", end->now_ms);
    bind_str(&q, ":error", end->why);
    bind_i64(&q, ":id", end->ticket.id);
    bind_i64(&q, ":claim", end->ticket.claim);
    if (query_run(&q, error) != OK)
        return during(error, "ending event %lld", (long long)end->ticket.id);
    if (db_changes(db) != 1)
        return stale(end->ticket, error);
    queue_count_end(db, &inbox, (enum queue_state)end->state);
    return queue_next(db, &inbox, end->ticket.conversation, error);
}

enum err inbox_finish(struct db *db, struct inbox_ticket ticket, int64_t now_ms, struct error *error)
{
    return end(db, &(struct inbox_end){.ticket = ticket, .state = INBOX_DONE, .now_ms = now_ms}, error);
}

enum err inbox_die(struct db *db, struct inbox_ticket ticket, int64_t now_ms, struct str why, struct error *error)
{
    return end(db, &(struct inbox_end){.ticket = ticket, .state = INBOX_DEAD, .now_ms = now_ms, .why = why}, error);
}

/* ── trying again, changing lanes ──────────────────────────────────────────────────────────────────────────────── */

enum err inbox_later(struct db *db, struct inbox_ticket ticket, int64_t due_ms, struct str why, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_LATER);
    bind_i64(&q, ":due_ms", due_ms);
    bind_str(&q, ":error", why);
    bind_i64(&q, ":id", ticket.id);
    bind_i64(&q, ":claim", ticket.claim);
    if (query_run(&q, error) != OK)
        return during(error, "putting off event %lld", (long long)ticket.id);
    db->effects.work |= EITHER_LANE;
    return check_ticket(db, ticket, error);
}

enum err inbox_park(struct db *db, struct inbox_ticket ticket, int64_t now_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_PARK);
    bind_i64(&q, ":now_ms", now_ms);
    bind_i64(&q, ":id", ticket.id);
    bind_i64(&q, ":claim", ticket.claim);
    if (query_run(&q, error) != OK)
        return during(error, "parking event %lld", (long long)ticket.id);
    db->effects.work |= STORE_WORK_SLOW;
    return check_ticket(db, ticket, error);
}

static enum err unpark(struct db *db, struct inbox_ticket ticket, int64_t now_ms, const struct inbox_fetched *fetched,
                       struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_UNPARK);
    bind_i64(&q, ":now_ms", now_ms);
    bind_i64(&q, ":asked", fetched->asked);
    bind_str(&q, ":extra", fetched->extra);
    bind_str(&q, ":conversation", fetched->conversation);
    bind_i64(&q, ":id", ticket.id);
    bind_i64(&q, ":claim", ticket.claim);
    if (query_run(&q, error) != OK)
        return during(error, "handing back event %lld", (long long)ticket.id);
    db->effects.work |= STORE_WORK_QUICK;
    return check_ticket(db, ticket, error);
}

enum err inbox_unpark(struct db *db, struct inbox_ticket ticket, int64_t now_ms, const struct inbox_fetched *fetched,
                      struct error *error)
{
    enum err rc = unpark(db, ticket, now_ms, fetched, error);
    if (rc == OK && fetched->conversation.n > 0)
        rc = queue_next(db, &inbox, ticket.conversation, error);
    return rc;
}

/* ── coming back ───────────────────────────────────────────────────────────────────────────────────────────────── */

enum err inbox_recover(struct db *db, int64_t now_ms, int64_t *ret_n, struct error *error)
{
    if (queue_recover_waiting(db, SQL_INBOX_RECOVER_WAITING, error) != OK)
        return during(error, "recovering events");
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_RECOVER);
    bind_i64(&q, ":now_ms", now_ms);
    if (query_run(&q, error) != OK)
        return during(error, "recovering events");
    db->effects.work |= EITHER_LANE;
    *ret_n = db_changes(db);
    return OK;
}

enum err inbox_set_back(struct db *db, int64_t by_ms, int64_t now_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_SET_BACK);
    bind_i64(&q, ":by_ms", by_ms);
    bind_i64(&q, ":now_ms", now_ms);
    if (query_run(&q, error) != OK)
        return during(error, "setting back the times of events");
    db->effects.work |= EITHER_LANE;
    return OK;
}

enum err inbox_requeue_expired(struct db *db, int64_t now_ms, int64_t limit, int64_t *ret_n, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_REQUEUE_EXPIRED);
    bind_i64(&q, ":now_ms", now_ms);
    bind_i64(&q, ":limit", limit);
    if (query_run(&q, error) != OK)
        return during(error, "taking back events whose lease ran out");
    *ret_n = db_changes(db);
    if (*ret_n > 0)
        db->effects.work |= EITHER_LANE;
    return OK;
}

enum err inbox_next_due(struct db *db, enum inbox_lane lane, int64_t *ret_due_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_NEXT_DUE);
    bind_i64(&q, ":lane", lane);
    int64_t due_ms = query_next(&q) ? column_i64(&q, 0) : INT64_MAX;
    if (query_done(&q, error) != OK)
        return during(error, "looking for the next event");
    *ret_due_ms = due_ms;
    return OK;
}

enum err inbox_next_expiry(struct db *db, int64_t *ret_expiry_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_NEXT_EXPIRY);
    int64_t expiry_ms = query_next(&q) ? column_i64(&q, 0) : INT64_MAX;
    if (query_done(&q, error) != OK)
        return during(error, "looking for the next lease to run out");
    *ret_expiry_ms = expiry_ms;
    return OK;
}

/* ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct inbox_row row_of(struct query *q, struct arena *arena)
{
    return (struct inbox_row){
        .id = column_i64(q, 0),
        .key = column_str(q, 1, arena),
        .platform = column_str(q, 2, arena),
        .conversation = column_str(q, 3, arena),
        .kind = column_str(q, 4, arena),
        .type = column_str(q, 5, arena),
        .request_id = column_str(q, 6, arena),
        .error = column_str(q, 7, arena),
        .state = (enum inbox_state)column_i64(q, 8),
        .lane = (enum inbox_lane)column_i64(q, 9),
        .attempts = (int)column_i64(q, 10),
        .received_ms = column_i64(q, 11),
        .due_ms = column_i64(q, 12),
        .finished_ms = column_i64(q, 13),
    };
}

enum err inbox_list(struct db *db, const struct inbox_filter *filter, struct arena *arena, struct inbox_rows *ret_rows,
                    struct error *error)
{
    struct inbox_rows rows = {.items = arena_alloc_array(arena, filter->limit, sizeof *rows.items)};
    if (rows.items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for %zu rows", filter->limit);
    bool is_done = filter->state == INBOX_DONE;
    CLEANUP(query_end) struct query q = query_begin(db, is_done ? SQL_INBOX_LIST_DONE : SQL_INBOX_LIST);
    if (!is_done)
        bind_i64(&q, ":state", filter->state);
    bind_i64(&q, ":after_id", filter->after_id);
    bind_i64(&q, ":limit", (int64_t)filter->limit);
    while (query_next(&q))
        rows.items[rows.n++] = row_of(&q, arena);
    if (query_done(&q, error) != OK)
        return during(error, "listing events");
    *ret_rows = rows;
    return OK;
}

enum err inbox_show(struct db *db, int64_t id, struct arena *arena, struct inbox_shown *ret_shown, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_SHOW);
    bind_i64(&q, ":id", id);
    bool found = query_next(&q);
    struct inbox_shown shown = {0};
    if (found) {
        shown.row = row_of(&q, arena);
        shown.stored = (struct stored){
            .key = shown.row.key,
            .conversation = shown.row.conversation,
            .kind = shown.row.kind,
            .received_ms = shown.row.received_ms,
            .body = column_str(&q, 14, arena),
            .extra = column_str(&q, 15, arena),
        };
    }
    if (query_done(&q, error) != OK)
        return during(error, "showing event %lld", (long long)id);
    if (!found)
        return fail(error, ERR_NOT_FOUND, "there is no event %lld", (long long)id);
    *ret_shown = shown;
    return OK;
}

/* ── mending, sweeping ─────────────────────────────────────────────────────────────────────────────────────────── */

enum err inbox_retry(struct db *db, int64_t id, int64_t now_ms, struct error *error)
{
    (void)now_ms; /* all that a person can do to a row has one shape */
    return queue_retry(db, &inbox, id, error);
}

enum err inbox_drop(struct db *db, int64_t id, int64_t now_ms, struct error *error)
{
    return queue_drop(db, &inbox, id, now_ms, error);
}

enum err inbox_sweep(struct db *db, const struct inbox_sweep *input, bool *ret_more, struct error *error)
{
    struct queue_sweep queue_input = {input->bodies_before_ms, input->keys_before_ms, input->limit};
    return queue_sweep(db, &inbox, &queue_input, ret_more, error);
}
