/* store/queue.h — the rules that inbox and outbox share; only they include it.
 *
 *   add ─┬────────▶ ready ──claim──▶ running ─┬─end──▶ done │ dead │ dropped
 *        │            ▲    ◀─┐          │ ▲    └─later──▶ held ──claim, when due──▶ running
 *        └─▶ waiting ─┘      └ claim ───┘
 *
 * ready:    nobody has looked at it yet; rows are looked at in the order of their ids
 * running, held: their conversation is busy with them; the schema allows one such row a conversation (…_busy)
 * waiting:  its conversation was busy when it came or was looked at; the one whose turn comes is made ready again
 *
 * So a conversation's rows go in the order of their ids: a ready one has not been passed by a later one, as they are
 * looked at in that order, and those that wait are older than any that is still ready, or are made ready before it.
 *
 * Threads, memory, errors: as in inbox.h.                                                                             */
#ifndef GILBOT_STORE_QUEUE_H
#define GILBOT_STORE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "store/query.h"

/* Stored as these numbers; never renumber. */
enum queue_state {
    QUEUE_WAITING = 0,
    QUEUE_READY = 1,
    QUEUE_RUNNING = 2,
    QUEUE_DONE = 3,
    QUEUE_DEAD = 4,
    QUEUE_DROPPED = 5,
    QUEUE_HELD = 6,
    QUEUE_FOLLOWING = 7, /* outbox: running behind the row before it */
};

/* A claim looks at so many groups of rows whose conversations are all busy before it leaves the rest to the next one. */
enum { QUEUE_CLAIM_ROUNDS = 16 };

/* A table and its statements; parameters have the same names in both. */
struct queue {
    const char *row; /* what a row is called: "event" */
    const char *what_is_swept;
    enum sql_id next, make_ready, wait, state, retry, drop, sweep_bodies, sweep_rows;
    size_t pending; /* the offset of its counter in struct figures   */
    unsigned work;  /* enum store_work bits that say its rows may be claimable */
};

/* Its conversation is busy: it waits until it is made ready again. */
MUST_USE
enum err queue_wait(struct db *db, const struct queue *queue, int64_t id, struct error *error);

/* The first that waits in the conversation is ready, if there is one (and the conversation is free). */
MUST_USE
enum err queue_next(struct db *db, const struct queue *queue, struct str conversation, struct error *error);

/* At start: whatever waits or followed is ready; the next claims find out what must wait again. */
MUST_USE
enum err queue_recover_waiting(struct db *db, enum sql_id statement, struct error *error);

/* Counts the end of a row. */
void queue_count_end(struct db *db, const struct queue *queue, enum queue_state state);

/* A dead row is ready, as if never tried.  ERR_NOT_FOUND, ERR_CONFLICT. */
MUST_USE
enum err queue_retry(struct db *db, const struct queue *queue, int64_t id, struct error *error);

/* A row that is not under way and has not ended will never be tried.  ERR_NOT_FOUND, ERR_CONFLICT. */
MUST_USE
enum err queue_drop(struct db *db, const struct queue *queue, int64_t id, int64_t now_ms, struct error *error);

/* Looks at the oldest `limit`: bodies of rows that ended before bodies_before_ms go, then rows without a body that ended
 * before rows_before_ms. */
struct queue_sweep {
    int64_t bodies_before_ms, rows_before_ms, limit;
};
MUST_USE
enum err queue_sweep(struct db *db, const struct queue *queue, const struct queue_sweep *sweep, bool *ret_more,
                     struct error *error);

/* "waiting" … ; `done` is what the end of a row is called that went well */
const char *queue_state_name(enum queue_state state, const char *done);

#endif
