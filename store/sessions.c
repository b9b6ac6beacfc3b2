#include "store/sessions.h"

#include <assert.h>
#include <stdbool.h>

#include "bot/base/arena.h"
#include "store/db.h"
#include "store/query.h"

#include "bot/base/banned.h"

/* The states are stored as numbers and stand as literals in sessions.sql and in the conditions of the indexes. */
static_assert(SESSION_WAITING == 1 && SESSION_DONE == 2 && SESSION_STOPPED == 3 && SESSION_HANDED_OVER == 4 &&
                  SESSION_EXPIRED == 5 && SESSION_REPLACED == 6,
              "the numbers of stored states never change");

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct session session_of(struct query *q, struct arena *arena)
{
    return (struct session){
        .id = column_i64(q, 0),
        .conversation = column_str(q, 1, arena),
        .opening = column_str(q, 2, arena),
        .platform = column_str(q, 3, arena),
        .user = column_str(q, 4, arena),
        .flow = column_str(q, 5, arena),
        .flow_version = column_str(q, 6, arena),
        .locale = column_str(q, 7, arena),
        .profile = column_str(q, 8, arena),
        .data = column_str(q, 9, arena),
        .state = (enum session_state)column_i64(q, 10),
        .started_ms = column_i64(q, 11),
        .updated_ms = column_i64(q, 12),
        .expires_ms = column_i64(q, 13),
        .remind_ms = column_i64(q, 14),
        .digest = column_i64(q, 15),
        .route = column_str(q, 16, arena),
    };
}

/* The one row of a query whose values are bound. */
static enum err read_one(struct query *q, struct arena *arena, struct session *ret_session, struct error *error)
{
    bool found = query_next(q);
    struct session session = found ? session_of(q, arena) : (struct session){0};
    if (query_done(q, error) != OK)
        return during(error, "reading a session");
    if (!found)
        return fail(error, ERR_NOT_FOUND, "there is no such session");
    *ret_session = session;
    return OK;
}

enum err session_waiting(struct db *db, struct str conversation, struct arena *arena, struct session *ret_session,
                         struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSION_WAITING);
    bind_str(&q, ":conversation", conversation);
    return read_one(&q, arena, ret_session, error);
}

enum err session_by_opening(struct db *db, struct str conversation, struct str opening, struct arena *arena,
                            struct session *ret_session, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSION_BY_OPENING);
    bind_str(&q, ":conversation", conversation);
    bind_str(&q, ":opening", opening);
    return read_one(&q, arena, ret_session, error);
}

enum err session_by_id(struct db *db, int64_t id, struct arena *arena, struct session *ret_session, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSION_BY_ID);
    bind_i64(&q, ":id", id);
    return read_one(&q, arena, ret_session, error);
}

enum err session_last_completed(struct db *db, const struct session_whose *whose, struct arena *arena,
                                struct session *ret_session, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSION_LAST_COMPLETED);
    bind_str(&q, ":user", whose->user);
    bind_str(&q, ":platform", whose->platform);
    bind_str(&q, ":flow", whose->flow);
    return read_one(&q, arena, ret_session, error);
}

/* ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err replace(struct db *db, int64_t id, int64_t now_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSION_REPLACE);
    bind_i64(&q, ":now_ms", now_ms);
    bind_i64(&q, ":id", id);
    return query_run(&q, error);
}

/* Looking first is cheap, and mostly there is none. */
static enum err replace_waiting(struct db *db, const struct session *session, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSION_WAITING_ID);
    bind_str(&q, ":conversation", session->conversation);
    bool waits = query_next(&q);
    if (query_done(&q, error) != OK)
        return during(error, "looking for the session that waits");
    return waits ? replace(db, column_i64(&q, 0), session->updated_ms, error) : OK;
}

static enum err insert(struct db *db, const struct session *session, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSION_INSERT);
    bind_str(&q, ":conversation", session->conversation);
    bind_str(&q, ":opening", session->opening);
    bind_str(&q, ":platform", session->platform);
    bind_str(&q, ":user", session->user);
    bind_str(&q, ":flow", session->flow);
    bind_str(&q, ":flow_version", session->flow_version);
    bind_str(&q, ":locale", session->locale);
    bind_str(&q, ":profile", session->profile);
    bind_str(&q, ":data", session->data);
    bind_i64(&q, ":state", session->state);
    bind_i64(&q, ":started_ms", session->started_ms);
    bind_i64(&q, ":updated_ms", session->updated_ms);
    bind_i64(&q, ":expires_ms", session->expires_ms);
    bind_i64(&q, ":remind_ms", session->remind_ms);
    bind_i64(&q, ":digest", session->digest);
    bind_str(&q, ":route", session->route);
    return query_run(&q, error);
}

static enum err update(struct db *db, const struct session *session, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSION_UPDATE);
    bind_str(&q, ":user", session->user);
    bind_str(&q, ":flow_version", session->flow_version);
    bind_str(&q, ":locale", session->locale);
    bind_str(&q, ":profile", session->profile);
    bind_str(&q, ":data", session->data);
    bind_i64(&q, ":state", session->state);
    bind_i64(&q, ":updated_ms", session->updated_ms);
    bind_i64(&q, ":expires_ms", session->expires_ms);
    bind_i64(&q, ":remind_ms", session->remind_ms);
    bind_i64(&q, ":digest", session->digest);
    bind_i64(&q, ":id", session->id);
    if (query_run(&q, error) != OK)
        return during(error, "saving session %lld", (long long)session->id);
    if (db_changes(db) != 1)
        return fail(error, ERR_CONFLICT, "session %lld does not wait any more", (long long)session->id);
    return OK;
}

enum err session_save(struct db *db, const struct session *session, int64_t *ret_id, struct error *error)
{
    assert(session->state != SESSION_NEW);
    if (session->id != 0) {
        enum err rc = update(db, session, error);
        if (rc == OK)
            *ret_id = session->id;
        return rc;
    }
    if (replace_waiting(db, session, error) != OK || insert(db, session, error) != OK)
        return during(error, "saving a session of %.*s", STR_ARG(session->conversation));
    *ret_id = db_last_id(db);
    return OK;
}

/* ── what is due ───────────────────────────────────────────────────────────────────────────────────────────────── */

/* The rows of a statement with :now_ms and :limit. */
static enum err read_due(struct query *q, int64_t now_ms, size_t limit, struct arena *arena, struct sessions *ret_due,
                         struct error *error)
{
    struct sessions due = {.items = arena_alloc_array(arena, limit, sizeof *due.items)};
    if (due.items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for %zu sessions", limit);
    bind_i64(q, ":now_ms", now_ms);
    bind_i64(q, ":limit", (int64_t)limit);
    while (query_next(q))
        due.items[due.n++] = session_of(q, arena);
    *ret_due = due;
    return query_done(q, error);
}

static enum err expire(struct db *db, int64_t id, int64_t now_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSION_EXPIRE);
    bind_i64(&q, ":now_ms", now_ms);
    bind_i64(&q, ":id", id);
    return query_run(&q, error);
}

enum err sessions_expire_due(struct db *db, int64_t now_ms, size_t limit, struct arena *arena,
                             struct sessions *ret_expired, struct error *error)
{
    struct sessions due = {0};
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSIONS_DUE);
    if (read_due(&q, now_ms, limit, arena, &due, error) != OK)
        return during(error, "looking for sessions that expire");
    for (size_t i = 0; i < due.n; i++)
        if (expire(db, due.items[i].id, now_ms, error) != OK)
            return during(error, "expiring session %lld", (long long)due.items[i].id);
    *ret_expired = due;
    return OK;
}

static enum err forget_reminder(struct db *db, int64_t id, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSION_REMINDED);
    bind_i64(&q, ":id", id);
    return query_run(&q, error);
}

enum err sessions_remind_due(struct db *db, int64_t now_ms, size_t limit, struct arena *arena, struct sessions *ret_due,
                             struct error *error)
{
    struct sessions due = {0};
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSIONS_TO_REMIND);
    if (read_due(&q, now_ms, limit, arena, &due, error) != OK)
        return during(error, "looking for sessions to be reminded of");
    for (size_t i = 0; i < due.n; i++)
        if (forget_reminder(db, due.items[i].id, error) != OK)
            return during(error, "reminding of session %lld", (long long)due.items[i].id);
    *ret_due = due;
    return OK;
}

/* The one number of a statement; INT64_MAX when it finds no row. */
static enum err read_next(struct db *db, enum sql_id statement, int64_t *ret_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, statement);
    int64_t ms = query_next(&q) ? column_i64(&q, 0) : INT64_MAX;
    if (query_done(&q, error) != OK)
        return during(error, "looking for the next session that is due");
    *ret_ms = ms;
    return OK;
}

enum err sessions_next_expiry(struct db *db, int64_t *ret_expires_ms, struct error *error)
{
    return read_next(db, SQL_SESSIONS_NEXT_EXPIRY, ret_expires_ms, error);
}

enum err sessions_next_reminder(struct db *db, int64_t *ret_remind_ms, struct error *error)
{
    return read_next(db, SQL_SESSIONS_NEXT_REMINDER, ret_remind_ms, error);
}

/* ── other versions ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* All rows of a query whose values are bound. */
static enum err read_all(struct query *q, struct arena *arena, struct sessions *ret_sessions, struct error *error)
{
    struct sessions all = {0};
    size_t capacity = 0;
    while (query_next(q)) {
        if (all.n == capacity) {
            capacity = capacity == 0 ? 32 : 2 * capacity;
            struct session *items = arena_alloc_array(arena, capacity, sizeof *items);
            if (items == NULL)
                return fail(error, ERR_NO_MEMORY, "no memory for %zu sessions", capacity);
            for (size_t i = 0; i < all.n; i++)
                items[i] = all.items[i];
            all.items = items;
        }
        all.items[all.n++] = session_of(q, arena);
    }
    if (query_done(q, error) != OK)
        return during(error, "looking for sessions");
    *ret_sessions = all;
    return OK;
}

enum err sessions_waiting_of(struct db *db, struct str flow, struct arena *arena, struct sessions *ret_sessions,
                             struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSIONS_WAITING_OF);
    bind_str(&q, ":flow", flow);
    return read_all(&q, arena, ret_sessions, error);
}

enum err session_move(struct db *db, const struct session_move *move, bool *ret_moved, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSION_MOVE);
    bind_str(&q, ":to", move->to);
    bind_i64(&q, ":id", move->id);
    bind_str(&q, ":from", move->from);
    bind_i64(&q, ":updated_ms", move->updated_ms);
    if (query_run(&q, error) != OK)
        return during(error, "moving session %lld", (long long)move->id);
    *ret_moved = db_changes(db) == 1;
    return OK;
}

/* ── the past ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void bind_period(struct query *q, const struct sessions_period *period)
{
    bind_i64(q, ":since_ms", period->since_ms);
    bind_i64(q, ":until_ms", period->until_ms);
    bind_str(q, ":flow", period->flow);
}

enum err sessions_between(struct db *db, const struct sessions_period *period, struct arena *arena,
                          struct sessions *ret_sessions, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSIONS_BETWEEN);
    bind_period(&q, period);
    bind_i64(&q, ":after_id", period->after_id);
    bind_i64(&q, ":limit", (int64_t)period->limit);
    return read_all(&q, arena, ret_sessions, error);
}

enum err sessions_count_between(struct db *db, const struct sessions_period *period, int64_t *ret_n,
                                struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSIONS_COUNT_BETWEEN);
    bind_period(&q, period);
    int64_t n = query_next(&q) ? column_i64(&q, 0) : 0;
    if (query_done(&q, error) != OK)
        return during(error, "counting sessions");
    *ret_n = n;
    return OK;
}

enum err sessions_newest(struct db *db, struct str name, size_t limit, struct arena *arena,
                         struct sessions *ret_sessions, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSIONS_NEWEST);
    bind_str(&q, ":name", name);
    bind_i64(&q, ":limit", (int64_t)limit);
    return read_all(&q, arena, ret_sessions, error);
}

enum err session_completed_before(struct db *db, const struct session *session, struct str flow, struct arena *arena,
                                  struct session *ret_session, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SESSION_COMPLETED_BEFORE);
    bind_str(&q, ":user", session->user);
    bind_str(&q, ":platform", session->platform);
    bind_str(&q, ":flow", flow);
    bind_i64(&q, ":before_ms", session->started_ms);
    bind_i64(&q, ":id", session->id);
    return read_one(&q, arena, ret_session, error);
}
