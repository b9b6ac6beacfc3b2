/* store/outbox.h — every request to a platform, kept until the platform took it.
 *
 *   add ─┬────────▶ ready ──claim──▶ running, following ─┬─ sent ──▶ sent ──sweep──▶ gone
 *        │            ▲  │    ▲            │              └─ die ───▶ dead ──retry──▶ ready
 *        └▶ waiting ──┘  │    └── due ── held ◀── later ──┘                     └──drop──▶ dropped
 *                        └── has a pause ──▲
 *
 * At most one row of a conversation is running or held (the schema enforces it); the others wait and follow in the order of
 * their ids (queue.h says how).  Pauses: a row whose turn comes is held for its pause first, counted from the end of the one
 * before.
 *
 * Runs: where the platform takes an idempotency key, the rows right behind a claimed one that have no pause are claimed with
 * it and sent after it by the same thread; whatever is sent twice after a crash is known there by its key.  A run needs two
 * transactions, not two for each row.
 *
 * At least once: a process that dies between the platform's yes and outbox_sent sends again, with the same
 * idempotency_key.
 *
 * Cost, threads, memory, errors: as in store/inbox.h.  Tickets too, though rows here have no lease: a replier's
 * time-outs bound how long it holds one.                                                                            */
#ifndef GILBOT_STORE_OUTBOX_H
#define GILBOT_STORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct db;

/* Stored as these numbers; never renumber. */
enum outbox_state {
    OUTBOX_WAITING = 0,
    OUTBOX_READY = 1,
    OUTBOX_RUNNING = 2,
    OUTBOX_SENT = 3,
    OUTBOX_DEAD = 4,
    OUTBOX_DROPPED = 5,
    OUTBOX_HELD = 6,      /* in its pause, or put off; its conversation waits for it */
    OUTBOX_FOLLOWING = 7, /* claimed together with the row before it                 */
};
const char *outbox_state_name(enum outbox_state state); /* "waiting" … */

struct outbox_message {
    struct str conversation, platform; /* not empty                                                     */
    struct str idempotency_key;        /* not empty; its maker sees to it that it is unique              */
    struct str pace_key;               /* may be empty                                                   */
    struct str payload;                /* the platform's own JSON                                        */
    struct str request_id;             /* may be empty                                                   */
    int64_t pause_ms;                  /* wait this long after the one before                            */
    int64_t session_id, inbox_id;      /* what it came from; 0: none                                     */
    int64_t message_id;                /* its row in the log of the conversation, to be marked sent; 0: none */
    int64_t event_received_ms;         /* when the event came that it answers, for the latency; 0: none  */
};

MUST_USE
enum err outbox_add(struct db *db, const struct outbox_message *message, int64_t now_ms, int64_t *ret_id,
                    struct error *error);

struct outbox_ticket {
    int64_t id;
    int64_t claim;
    struct str conversation; /* the row's; lives as long as the claim's texts */
    int64_t message_id;      /* the row's                                      */
};

struct outbox_claimed {
    struct outbox_ticket ticket;
    int attempt;   /* 1 for the first try; tries that did not count are left out       */
    bool has_slot; /* it was put off with OUTBOX_TRY_SLOT: its place in the pace has come */
    bool held;     /* it was put off, or had a pause                                    */
    bool follows;  /* belongs right behind the one before it in the claims: send it only after that one was sent */
    struct outbox_message message;
};

struct outbox_claims {
    struct outbox_claimed *items; /* in the order of their ids */
    size_t n;
    bool more; /* there may be more, even when there is none here: those looked at had to wait */
};

/* Takes up to `limit` due rows of the platform, the longest due first.  When the arena cannot hold all of them, fewer;
 * ERR_NO_MEMORY only when it cannot hold one. */
struct outbox_claim_input {
    struct str platform;
    int64_t now_ms;
    size_t limit;
    bool runs; /* the platform takes an idempotency key */
};
MUST_USE
enum err outbox_claim(struct db *db, const struct outbox_claim_input *input, struct arena *arena,
                      struct outbox_claims *ret_claims, struct error *error);

/* The platform took it; `receipt`: its id of the message, may be empty.  The log's row is marked sent too. */
MUST_USE
enum err outbox_sent(struct db *db, struct outbox_ticket ticket, int64_t now_ms, struct str receipt,
                     struct error *error);

enum outbox_try {
    OUTBOX_TRY_COUNTS,
    OUTBOX_TRY_FREE, /* it was not the request's fault: a rate limit                      */
    OUTBOX_TRY_SLOT, /* it was not tried: due_ms is its place in the pace, kept for it     */
};

/* Held until due_ms; keeps its place in the conversation. */
struct outbox_delay {
    int64_t due_ms;
    enum outbox_try tried;
    struct str why;
};
MUST_USE
enum err outbox_later(struct db *db, struct outbox_ticket ticket, const struct outbox_delay *delay,
                      struct error *error);

/* A dead letter; the rows after it in the conversation go on. */
MUST_USE
enum err outbox_die(struct db *db, struct outbox_ticket ticket, int64_t now_ms, struct str why, struct error *error);

/* A row that follows was not tried: it waits again.  After the end or the delay of the one before, in the same job. */
MUST_USE
enum err outbox_give_back(struct db *db, struct outbox_ticket ticket, struct error *error);

/* At start: what was being sent when the process died is due again. */
MUST_USE
enum err outbox_recover(struct db *db, int64_t now_ms, int64_t *ret_n, struct error *error);

/* The wall clock was set back by `by_ms` and is now_ms now: what is due after that is due as much earlier, so that
 * nobody waits for times that were meant by the old clock. */
MUST_USE
enum err outbox_set_back(struct db *db, int64_t by_ms, int64_t now_ms, struct error *error);

/* When the platform's first held row is due; INT64_MAX when there is none.  Any connection. */
MUST_USE
enum err outbox_next_due(struct db *db, struct str platform, int64_t *ret_due_ms, struct error *error);

/* ── looking and mending ───────────────────────────────────────────────────────────────────────────────────────── */

struct outbox_row {
    int64_t id;
    struct outbox_message message; /* list: without the payload; show: with it, empty when swept */
    enum outbox_state state;
    int attempts;
    int64_t created_ms, due_ms, finished_ms; /* finished_ms: when it was sent or given up; 0: not yet */
    struct str receipt, error;
};

struct outbox_rows {
    struct outbox_row *items;
    size_t n;
};

struct outbox_filter {
    enum outbox_state state;
    int64_t after_id; /* 0: from the beginning */
    size_t limit;
};

/* Rows in one state, in the order of their ids.  Any connection. */
MUST_USE
enum err outbox_list(struct db *db, const struct outbox_filter *filter, struct arena *arena,
                     struct outbox_rows *ret_rows, struct error *error);

/* ERR_NOT_FOUND.  Any connection. */
MUST_USE
enum err outbox_show(struct db *db, int64_t id, struct arena *arena, struct outbox_row *ret_row, struct error *error);

/* A dead row is sent again, at once, as if never tried.
 * ERR_CONFLICT: it is not dead, or its payload was swept. */
MUST_USE
enum err outbox_retry(struct db *db, int64_t id, int64_t now_ms, struct error *error);

/* A row that is dead, or waits in one way or another, will never be sent; the conversation goes on.  ERR_CONFLICT: it is under way or ended. */
MUST_USE
enum err outbox_drop(struct db *db, int64_t id, int64_t now_ms, struct error *error);

struct outbox_sweep {
    int64_t payloads_before_ms; /* rows that ended before this lose their payload                             */
    int64_t rows_before_ms;     /* rows that ended before this, and have no payload any more, are deleted     */
    int64_t limit;              /* so many of the oldest are looked at in one call                             */
};

/* ret_more: call again, there is more to do. */
MUST_USE
enum err outbox_sweep(struct db *db, const struct outbox_sweep *sweep, bool *ret_more, struct error *error);

#endif
