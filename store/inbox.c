#include "store/inbox.h"

#include "bot/base/arena.h"
#include "store/db.h"
#include "store/query.h"
#include "store/store.h"

#include "bot/base/banned.h"

static const char *const state_names[] = {
    [INBOX_WAITING] = "waiting", [INBOX_READY] = "ready", [INBOX_RUNNING] = "running",
    [INBOX_DONE] = "done",       [INBOX_DEAD] = "dead",   [INBOX_DROPPED] = "dropped",
};

const char *inbox_state_name(enum inbox_state state)
{
    return state_names[state];
}

enum { EITHER_LANE = STORE_WORK_QUICK | STORE_WORK_SLOW };

/* ── recording ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err record_body(struct db *db, int64_t id, struct str body, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_RECORD_BODY);
    bind_i64(&q, ":id", id);
    bind_blob(&q, ":body", body);
    return query_run(&q, error);
}

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
    if (query_run(&q, error) != OK)
        return during(error, "recording %.*s", STR_ARG(event->key));
    bool is_new = db_changes(db) == 1;
    if (is_new && record_body(db, db_last_id(db), event->body, error) != OK)
        return during(error, "recording %.*s", STR_ARG(event->key));
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
    return (struct inbox_claimed){
        .ticket = {.id = column_i64(q, 0), .claim = column_i64(q, 1) + 1},
        .attempt = (int)column_i64(q, 2) + 1,
        .fetched = (unsigned)column_i64(q, 3),
        .stored =
            {
                .key = column_str(q, 4, arena),
                .conversation = column_str(q, 5, arena),
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

static enum err read_claimable(struct db *db, const struct inbox_claim_input *input, struct arena *arena,
                               struct inbox_claims *claims, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_CLAIMABLE);
    bind_i64(&q, ":lane", input->lane);
    bind_i64(&q, ":now_ms", input->now_ms);
    bind_i64(&q, ":limit", (int64_t)input->limit);
    while (query_next(&q)) {
        struct inbox_claimed claimed = claimed_of(&q, arena);
        if (q.no_memory && claims->n > 0)
            return OK; /* the rest is for the next claim */
        if (!q.no_memory)
            put_in_order(claims, &claimed);
    }
    return query_done(&q, error);
}

static enum err mark_claimed(struct db *db, int64_t id, int64_t lease_until_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_CLAIM);
    bind_i64(&q, ":lease_until_ms", lease_until_ms);
    bind_i64(&q, ":id", id);
    return query_run(&q, error);
}

enum err inbox_claim(struct db *db, const struct inbox_claim_input *input, struct arena *arena,
                     struct inbox_claims *ret_claims, struct error *error)
{
    struct inbox_claims claims = {.items = arena_alloc_array(arena, input->limit, sizeof *claims.items)};
    if (claims.items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for %zu claims", input->limit);
    if (read_claimable(db, input, arena, &claims, error) != OK)
        return during(error, "claiming events");
    for (size_t i = 0; i < claims.n; i++)
        if (mark_claimed(db, claims.items[i].ticket.id, input->now_ms + input->lease_ms, error) != OK)
            return during(error, "claiming events");
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

/* The first that waits in the conversation is ready, unless one is under way there. */
static enum err start_next(struct db *db, struct str conversation, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_NEXT);
    bind_str(&q, ":conversation", conversation);
    if (query_run(&q, error) != OK)
        return during(error, "going on with the conversation");
    if (db_changes(db) == 1)
        db->effects.work |= STORE_WORK_QUICK; /* what waits is in the quick lane */
    return OK;
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
    bool ours = query_next(&q);
    if (query_done(&q, error) != OK)
        return during(error, "ending event %lld", (long long)end->ticket.id);
    if (!ours)
        return stale(end->ticket, error);
    db->effects.figures.inbox_pending--;
    db->effects.figures.dead_letters += end->state == INBOX_DEAD;
    return start_next(db, column_peek(&q, 0), error);
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

static enum err set_extra(struct db *db, int64_t id, struct str extra, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_SET_EXTRA);
    bind_str(&q, ":extra", extra);
    bind_i64(&q, ":id", id);
    return query_run(&q, error);
}

static enum err unpark(struct db *db, struct inbox_ticket ticket, int64_t now_ms, const struct inbox_fetched *fetched,
                       struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_UNPARK);
    bind_i64(&q, ":now_ms", now_ms);
    bind_i64(&q, ":asked", fetched->asked);
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
    CLEANUP(query_end) struct query before = query_begin(db, SQL_INBOX_STATE);
    bind_i64(&before, ":id", ticket.id);
    struct str old_conversation = query_next(&before) ? column_peek(&before, 1) : (struct str){0};
    enum err rc = query_done(&before, error);
    if (rc == OK)
        rc = unpark(db, ticket, now_ms, fetched, error);
    if (rc == OK && fetched->extra.n > 0)
        rc = set_extra(db, ticket.id, fetched->extra, error);
    if (rc == OK && fetched->conversation.n > 0)
        rc = start_next(db, old_conversation, error);
    return rc;
}

/* ── coming back ───────────────────────────────────────────────────────────────────────────────────────────────── */

enum err inbox_recover(struct db *db, int64_t now_ms, int64_t *ret_n, struct error *error)
{
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

/* ── mending ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err revive(struct db *db, int64_t id, int64_t now_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_RETRY);
    bind_i64(&q, ":now_ms", now_ms);
    bind_i64(&q, ":id", id);
    if (query_run(&q, error) != OK)
        return during(error, "trying event %lld again", (long long)id);
    db->effects.figures.inbox_pending++;
    db->effects.figures.dead_letters--;
    db->effects.work |= STORE_WORK_QUICK;
    return OK;
}

enum err inbox_retry(struct db *db, int64_t id, int64_t now_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_STATE);
    bind_i64(&q, ":id", id);
    bool found = query_next(&q);
    if (query_done(&q, error) != OK)
        return during(error, "looking at event %lld", (long long)id);
    if (!found)
        return fail(error, ERR_NOT_FOUND, "there is no event %lld", (long long)id);
    if (column_i64(&q, 0) != INBOX_DEAD)
        return fail(error, ERR_CONFLICT, "event %lld is %s, not dead", (long long)id, state_names[column_i64(&q, 0)]);
    if (column_i64(&q, 2) == 0)
        return fail(error, ERR_CONFLICT, "the body of event %lld was deleted, as it is too old", (long long)id);
    return revive(db, id, now_ms, error);
}

static enum err set_dropped(struct db *db, int64_t id, int64_t now_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_DROP);
    bind_i64(&q, ":now_ms", now_ms);
    bind_i64(&q, ":id", id);
    return query_run(&q, error);
}

enum err inbox_drop(struct db *db, int64_t id, int64_t now_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_STATE);
    bind_i64(&q, ":id", id);
    bool found = query_next(&q);
    if (query_done(&q, error) != OK)
        return during(error, "looking at event %lld", (long long)id);
    if (!found)
        return fail(error, ERR_NOT_FOUND, "there is no event %lld", (long long)id);
    int64_t state = column_i64(&q, 0);
    if (state != INBOX_DEAD && state != INBOX_WAITING && state != INBOX_READY)
        return fail(error, ERR_CONFLICT, "event %lld is %s", (long long)id, state_names[state]);
    if (set_dropped(db, id, now_ms, error) != OK)
        return during(error, "dropping event %lld", (long long)id);
    if (state == INBOX_DEAD)
        db->effects.figures.dead_letters--;
    else
        db->effects.figures.inbox_pending--;
    return start_next(db, column_peek(&q, 1), error);
}

/* ── sweeping ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err sweep(struct db *db, enum sql_id id, int64_t before_ms, int64_t limit, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, id);
    bind_i64(&q, ":before_ms", before_ms);
    bind_i64(&q, ":limit", limit);
    while (query_next(&q)) /* only deleted rows are returned */
        db->effects.figures.dead_letters -= column_i64(&q, 0) == INBOX_DEAD;
    return query_done(&q, error);
}

enum err inbox_sweep(struct db *db, const struct inbox_sweep *input, bool *ret_more, struct error *error)
{
    if (sweep(db, SQL_INBOX_SWEEP_BODIES, input->bodies_before_ms, input->limit, error) != OK ||
        sweep(db, SQL_INBOX_SWEEP_MARKS, input->bodies_before_ms, input->limit, error) != OK)
        return during(error, "deleting the bodies of old events");
    bool more = db_changes(db) == input->limit;
    if (sweep(db, SQL_INBOX_SWEEP_KEYS, input->keys_before_ms, input->limit, error) != OK)
        return during(error, "deleting old events");
    *ret_more = more || db_changes(db) == input->limit;
    return OK;
}
