#include "store/queue.h"

#include "store/db.h"

#include "bot/base/banned.h"

const char *queue_state_name(enum queue_state state, const char *done)
{
    static const char *const names[] = {
        [QUEUE_WAITING] = "waiting", [QUEUE_READY] = "ready", [QUEUE_RUNNING] = "running",   [QUEUE_DEAD] = "dead",
        [QUEUE_DROPPED] = "dropped", [QUEUE_HELD] = "held",   [QUEUE_FOLLOWING] = "running",
    };
    return state == QUEUE_DONE ? done : names[state];
}

/* ── going on ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* An UPDATE that says all but the row. */
static enum err change(struct db *db, enum sql_id statement, int64_t id, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, statement);
    bind_i64(&q, ":id", id);
    return query_run(&q, error);
}

enum err queue_wait(struct db *db, const struct queue *queue, int64_t id, struct error *error)
{
    return change(db, queue->wait, id, error);
}

/* Looking first is cheap, and mostly there is nothing. */
enum err queue_next(struct db *db, const struct queue *queue, struct str conversation, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, queue->next);
    bind_str(&q, ":conversation", conversation);
    bool waits = query_next(&q);
    if (query_done(&q, error) != OK)
        return during(error, "going on with the conversation");
    if (!waits)
        return OK;
    db->effects.work |= queue->work;
    return change(db, queue->make_ready, column_i64(&q, 0), error);
}

enum err queue_recover_waiting(struct db *db, enum sql_id statement, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, statement);
    return query_run(&q, error);
}

/* ── counting ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void count(struct db *db, const struct queue *queue, int64_t pending, int64_t dead)
{
    *(int64_t *)(void *)((char *)&db->effects.figures + queue->pending) += pending;
    db->effects.figures.dead_letters += dead;
}

void queue_count_end(struct db *db, const struct queue *queue, enum queue_state state)
{
    count(db, queue, -1, state == QUEUE_DEAD);
}

/* ── mending ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct found {
    enum queue_state state;
    struct str conversation; /* valid until the query ends */
    bool has_body;
};

static enum err find(struct query *q, const struct queue *queue, int64_t id, struct found *ret_found,
                     struct error *error)
{
    bind_i64(q, ":id", id);
    bool found = query_next(q);
    if (query_done(q, error) != OK)
        return during(error, "looking at %s %lld", queue->row, (long long)id);
    if (!found)
        return fail(error, ERR_NOT_FOUND, "there is no %s %lld", queue->row, (long long)id);
    *ret_found = (struct found){(enum queue_state)column_i64(q, 0), column_peek(q, 1), column_i64(q, 2) != 0};
    return OK;
}

enum err queue_retry(struct db *db, const struct queue *queue, int64_t id, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, queue->state);
    struct found found = {0};
    if (find(&q, queue, id, &found, error) != OK)
        return error->code;
    if (found.state != QUEUE_DEAD)
        return fail(error, ERR_CONFLICT, "%s %lld is %s, not dead", queue->row, (long long)id,
                    queue_state_name(found.state, "done"));
    if (!found.has_body)
        return fail(error, ERR_CONFLICT, "the %s of %s %lld was deleted, as it is too old", queue->what_is_swept,
                    queue->row, (long long)id);
    if (change(db, queue->retry, id, error) != OK)
        return during(error, "trying %s %lld again", queue->row, (long long)id);
    count(db, queue, 1, -1);
    db->effects.work |= queue->work;
    return OK;
}

static enum err drop(struct db *db, const struct queue *queue, int64_t id, int64_t now_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, queue->drop);
    bind_i64(&q, ":now_ms", now_ms);
    bind_i64(&q, ":id", id);
    return query_run(&q, error);
}

enum err queue_drop(struct db *db, const struct queue *queue, int64_t id, int64_t now_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, queue->state);
    struct found found = {0};
    if (find(&q, queue, id, &found, error) != OK)
        return error->code;
    bool is_dead = found.state == QUEUE_DEAD;
    bool waits = found.state == QUEUE_WAITING || found.state == QUEUE_READY || found.state == QUEUE_HELD;
    if (!is_dead && !waits)
        return fail(error, ERR_CONFLICT, "%s %lld is %s", queue->row, (long long)id,
                    queue_state_name(found.state, "done"));
    if (drop(db, queue, id, now_ms, error) != OK)
        return during(error, "dropping %s %lld", queue->row, (long long)id);
    count(db, queue, is_dead ? 0 : -1, is_dead ? -1 : 0);
    return queue_next(db, queue, found.conversation, error);
}

/* ── sweeping ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err sweep(struct db *db, enum sql_id id, int64_t before_ms, int64_t limit, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, id);
    bind_i64(&q, ":before_ms", before_ms);
    bind_i64(&q, ":limit", limit);
    while (query_next(&q)) /* only deleted rows are returned */
        db->effects.figures.dead_letters -= column_i64(&q, 0) == QUEUE_DEAD;
    return query_done(&q, error);
}

enum err queue_sweep(struct db *db, const struct queue *queue, const struct queue_sweep *input, bool *ret_more,
                     struct error *error)
{
    if (sweep(db, queue->sweep_bodies, input->bodies_before_ms, input->limit, error) != OK)
        return during(error, "sweeping %ss: a %s", queue->row, queue->what_is_swept);
    bool more = db_changes(db) == input->limit;
    if (sweep(db, queue->sweep_rows, input->rows_before_ms, input->limit, error) != OK)
        return during(error, "sweeping %ss", queue->row);
    *ret_more = more || db_changes(db) == input->limit;
    return OK;
}
