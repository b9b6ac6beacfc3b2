/* store/sessions.h — the runs of flows (bot/model/session.h).
 *
 * One session per (conversation, opening that is not empty); at most one of a conversation waits.  The schema enforces both.
 *
 * Thread:  session_save, sessions_expire_due and sessions_remind_due inside a write job; the others with any connection.
 * Memory:  results live in the arena given; arguments are borrowed for the call.
 * Errors:  ERR_NOT_FOUND — none such; ERR_CONFLICT — see session_save; ERR_NO_MEMORY; ERR_INTERNAL — full or broken
 *          disk, a bug.                                                                                              */
#ifndef GILBOT_STORE_SESSIONS_H
#define GILBOT_STORE_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/session.h"

struct arena;
struct db;

/* The session that waits in the conversation. */
MUST_USE
enum err session_waiting(struct db *db, struct str conversation, struct arena *arena, struct session *ret_session,
                         struct error *error);

/* The session that this opening began, whatever became of it. */
MUST_USE
enum err session_by_opening(struct db *db, struct str conversation, struct str opening, struct arena *arena,
                            struct session *ret_session, struct error *error);

MUST_USE
enum err session_by_id(struct db *db, int64_t id, struct arena *arena, struct session *ret_session,
                       struct error *error);

/* The user's last completed session of a flow: one that was done, or ended in a hand-over. */
struct session_whose {
    struct str platform, user, flow;
};
MUST_USE
enum err session_last_completed(struct db *db, const struct session_whose *whose, struct arena *arena,
                                struct session *ret_session, struct error *error);

/* id 0: a new one (in any state but SESSION_NEW); whichever waits in the conversation is replaced.  Else: the session,
 * which must still be waiting, is overwritten.
 * ERR_CONFLICT: the opening has a session already; or the session does not wait any more (it expired or was replaced
 * meanwhile): let the job fail, look again and decide anew. */
MUST_USE
enum err session_save(struct db *db, const struct session *session, int64_t *ret_id, struct error *error);

struct sessions {
    struct session *items;
    size_t n;
};

/* Sessions that began in a time, of a flow (empty: of all), in the order of their ids, from the one behind `after_id` on. */
struct sessions_period {
    int64_t since_ms, until_ms; /* until_ms does not belong to it */
    struct str flow;
    int64_t after_id;
    size_t limit;
};
MUST_USE
enum err sessions_between(struct db *db, const struct sessions_period *period, struct arena *arena,
                          struct sessions *ret_sessions, struct error *error);
/* All of them, whatever after_id and limit are. */
MUST_USE
enum err sessions_count_between(struct db *db, const struct sessions_period *period, int64_t *ret_n,
                                struct error *error);

/* The newest sessions, newest first; of that conversation, or of that user, unless `name` is empty. */
MUST_USE
enum err sessions_newest(struct db *db, struct str name, size_t limit, struct arena *arena,
                         struct sessions *ret_sessions, struct error *error);

/* The user's last session of `flow` that was completed before `session` began, and is not itself that session. */
MUST_USE
enum err session_completed_before(struct db *db, const struct session *session, struct str flow, struct arena *arena,
                                  struct session *ret_session, struct error *error);

/* Every session of a flow that waits. */
MUST_USE
enum err sessions_waiting_of(struct db *db, struct str flow, struct arena *arena, struct sessions *ret_sessions,
                             struct error *error);

/* A session goes on with another version of its flow, and without a digest.  *ret_moved false: it does not wait any more, or was answered since
 * `updated_ms`, or has another version than `from`. */
struct session_move {
    int64_t id, updated_ms;
    struct str from, to;
};
MUST_USE
enum err session_move(struct db *db, const struct session_move *move, bool *ret_moved, struct error *error);

/* Sessions that waited past expires_ms are expired, at most `limit` of them; the result says which (every field but
 * profile and data). */
MUST_USE
enum err sessions_expire_due(struct db *db, int64_t now_ms, size_t limit, struct arena *arena,
                             struct sessions *ret_expired, struct error *error);

/* Sessions that wait and whose remind_ms has come, at most `limit` of them, the longest due first.  Each is found once:
 * its remind_ms is 0 afterwards; the result has it as it was (every field but profile and data). */
MUST_USE
enum err sessions_remind_due(struct db *db, int64_t now_ms, size_t limit, struct arena *arena, struct sessions *ret_due,
                             struct error *error);

/* When the first of them is due; INT64_MAX when none is. */
MUST_USE
enum err sessions_next_reminder(struct db *db, int64_t *ret_remind_ms, struct error *error);

/* When the first waiting session expires; INT64_MAX when none does. */
MUST_USE
enum err sessions_next_expiry(struct db *db, int64_t *ret_expires_ms, struct error *error);

#endif
