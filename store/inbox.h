/* store/inbox.h — every verified platform event, kept until its replies are safe (the key longer than the body).
 *
 *   record ─┬────────▶ ready ──claim──▶ running ─┬─ finish ─▶ done ───sweep──▶ gone
 *           │            ▲      ▲                ├─ die ────▶ dead ──retry──▶ ready
 *           └▶ waiting ──┘      └── due ── held ◀┴─ later, park (slow lane), unpark (quick lane), recover, expired lease
 *                │                                           └──drop──▶ dropped
 *                └──drop──▶ dropped
 *
 * One row per event_key: a second delivery changes nothing.  At most one row of a conversation is running or held (the
 * schema enforces it); the others wait and follow in the order of their ids (queue.h says how).  What is held comes before
 * what is ready.
 *
 * A claim hands out a ticket.  Who finishes must show it: a worker whose lease ran out, and whose event was claimed
 * again, gets ERR_CONFLICT and its whole job is rolled back.
 *
 * Cost: every operation touches a handful of index entries, however many rows there are.
 * Thread:  functions that change something run inside a write job (store.h); those that only read take any connection.
 * Memory:  results live in the arena given; arguments are borrowed for the call.
 * Errors:  ERR_CONFLICT — the ticket or the state does not fit; ERR_NOT_FOUND — no such id; ERR_NO_MEMORY — the arena is
 *          full; ERR_INTERNAL — full or broken disk, a bug.                                                          */
#ifndef GILBOT_STORE_INBOX_H
#define GILBOT_STORE_INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/platform.h"

struct arena;
struct db;

/* Stored as these numbers; never renumber. */
enum inbox_state {
    INBOX_WAITING = 0,
    INBOX_READY = 1,
    INBOX_RUNNING = 2,
    INBOX_DONE = 3,
    INBOX_DEAD = 4,
    INBOX_DROPPED = 5,
    INBOX_HELD = 6, /* put off; its conversation waits for it */
};
const char *inbox_state_name(enum inbox_state state); /* "waiting" … */

/* The numbers of flows/flow.h's enum lane. */
enum inbox_lane { INBOX_QUICK = 0, INBOX_SLOW = 1 };

/* ── recording ─────────────────────────────────────────────────────────────────────────────────────────────────── */

struct inbox_event {
    struct str key;          /* event_key, not empty                                             */
    struct str platform;     /* "slack" …                                                        */
    struct str conversation; /* not empty                                                        */
    struct str kind;         /* struct stored's kind: the inbound's path; may be empty           */
    struct str type;         /* event_kind_name or a raw type, for people and metrics            */
    struct str body;         /* raw bytes                                                        */
    struct str request_id;   /* of the request that brought it; may be empty                     */
};

/* Keeps the event.  Once the job's `done` reports OK the platform may be told 200.
 * ret_is_new is false when the same key was recorded before: nothing changed. */
MUST_USE
enum err inbox_record(struct db *db, const struct inbox_event *event, int64_t now_ms, bool *ret_is_new,
                      struct error *error);

/* ── working ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct inbox_ticket {
    int64_t id;
    int64_t claim;           /* how often the row had been claimed when this ticket was given */
    struct str conversation; /* the row's; lives as long as the claim's texts                 */
};

struct inbox_claimed {
    struct inbox_ticket ticket;
    int attempt;      /* 1 for the first try in this lane; park and unpark begin anew     */
    unsigned fetched; /* enum event_need bits that were asked for already             */
    struct stored stored;
    struct str platform, type, request_id;
};

struct inbox_claims {
    struct inbox_claimed *items; /* in the order of their ids */
    size_t n;
    bool more; /* there may be more, even when there is none here: those looked at had to wait */
};

struct inbox_claim_input {
    enum inbox_lane lane;
    int64_t now_ms;
    int64_t lease_ms; /* the rows come back when they are not finished within this time (inbox_requeue_expired) */
    size_t limit;
};

/* Takes up to `limit` due rows, the longest due first: running, attempt + 1, leased.  When the arena cannot hold all of
 * them, fewer; ERR_NO_MEMORY only when it cannot hold one. */
MUST_USE
enum err inbox_claim(struct db *db, const struct inbox_claim_input *input, struct arena *arena,
                     struct inbox_claims *ret_claims, struct error *error);

/* Done: in the same job as everything the event brought about. */
MUST_USE
enum err inbox_finish(struct db *db, struct inbox_ticket ticket, int64_t now_ms, struct error *error);

/* Later: held until due_ms; keeps its place in the conversation.  `why`: short, for people. */
MUST_USE
enum err inbox_later(struct db *db, struct inbox_ticket ticket, int64_t due_ms, struct str why, struct error *error);

/* Never: a dead letter; the conversation goes on without it. */
MUST_USE
enum err inbox_die(struct db *db, struct inbox_ticket ticket, int64_t now_ms, struct str why, struct error *error);

/* Hands the event to the slow lane, due at once; keeps its place in the conversation. */
MUST_USE
enum err inbox_park(struct db *db, struct inbox_ticket ticket, int64_t now_ms, struct error *error);

struct inbox_fetched {
    struct str extra;        /* JSON object that replaces what was fetched before; empty: leaves it              */
    struct str conversation; /* where the event belongs now; empty: leaves it                                     */
    unsigned asked;          /* enum event_need bits to add to `fetched`, whether the fetch gave anything or not  */
};

/* Hands the event back to the quick lane with what was fetched.  In a new conversation it takes the place of its id; the
 * old one goes on. */
MUST_USE
enum err inbox_unpark(struct db *db, struct inbox_ticket ticket, int64_t now_ms, const struct inbox_fetched *fetched,
                      struct error *error);

/* At start: whatever ran when the process died is due again. */
MUST_USE
enum err inbox_recover(struct db *db, int64_t now_ms, int64_t *ret_n, struct error *error);

/* The wall clock was set back by `by_ms` and is now_ms now: what is due after that is due as much earlier, so that
 * nobody waits for times that were meant by the old clock. */
MUST_USE
enum err inbox_set_back(struct db *db, int64_t by_ms, int64_t now_ms, struct error *error);

/* Rows whose lease ran out are due again, at most `limit` of them; their old tickets are worth nothing. */
MUST_USE
enum err inbox_requeue_expired(struct db *db, int64_t now_ms, int64_t limit, int64_t *ret_n, struct error *error);

/* When the first held row of the lane is due; INT64_MAX when there is none.  Any connection. */
MUST_USE
enum err inbox_next_due(struct db *db, enum inbox_lane lane, int64_t *ret_due_ms, struct error *error);

/* When the first lease runs out; INT64_MAX when nothing runs.  Any connection. */
MUST_USE
enum err inbox_next_expiry(struct db *db, int64_t *ret_expiry_ms, struct error *error);

/* ── looking and mending ───────────────────────────────────────────────────────────────────────────────────────── */

struct inbox_row {
    int64_t id;
    struct str key, platform, conversation, kind, type, request_id, error;
    enum inbox_state state;
    enum inbox_lane lane;
    int attempts;
    int64_t received_ms, due_ms, finished_ms; /* finished_ms: 0 until it ended */
};

struct inbox_rows {
    struct inbox_row *items;
    size_t n;
};

struct inbox_filter {
    enum inbox_state state;
    int64_t after_id; /* 0: from the beginning */
    size_t limit;
};

/* Rows in one state, in the order of their ids.  Any connection. */
MUST_USE
enum err inbox_list(struct db *db, const struct inbox_filter *filter, struct arena *arena, struct inbox_rows *ret_rows,
                    struct error *error);

struct inbox_shown {
    struct inbox_row row;
    struct stored stored; /* body and extra are empty when they were swept */
};

/* ERR_NOT_FOUND.  Any connection. */
MUST_USE
enum err inbox_show(struct db *db, int64_t id, struct arena *arena, struct inbox_shown *ret_shown, struct error *error);

/* A dead row is ready again, as if never tried.
 * ERR_CONFLICT: it is not dead, or its body was swept. */
MUST_USE
enum err inbox_retry(struct db *db, int64_t id, int64_t now_ms, struct error *error);

/* A row that is dead, or waits in one way or another, will never run; the conversation goes on.  ERR_CONFLICT: it runs or has ended. */
MUST_USE
enum err inbox_drop(struct db *db, int64_t id, int64_t now_ms, struct error *error);

struct inbox_sweep {
    int64_t bodies_before_ms; /* rows that ended before this lose body and extra                      */
    int64_t keys_before_ms;   /* rows that ended before this, and have no body any more, are deleted  */
    int64_t limit;            /* so many of the oldest are looked at in one call                      */
};

/* ret_more: call again, there is more to do. */
MUST_USE
enum err inbox_sweep(struct db *db, const struct inbox_sweep *sweep, bool *ret_more, struct error *error);

#endif
