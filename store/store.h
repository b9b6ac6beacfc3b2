/* store/store.h — the one database: opened once, written by one thread, read by many.
 *
 *   any thread ──store_write(job)──▶ queue ──▶ writer thread: BEGIN … every waiting job … COMMIT (durable) ──▶ done(job)
 *   runner, page ──own read-only struct db──▶ snapshot of what is committed
 *
 * Files in data_dir: gilbot.db (with -wal and -shm beside it), gilbot.lock.  WAL, synchronous=FULL: what `done` reports
 * as OK survives a power cut.  Only this process writes, and in it only the writer thread; the lock file guards it.
 *
 * Thread:  store_open, store_close: one thread.  store_write…, figures: any.  A struct db: its own thread only.
 * Errors:  ERR_BUSY — the lock is held; ERR_CONFLICT — see the functions; ERR_INTERNAL — "the disk is full", a broken
 *          database, a bug.                                                                                         */
#ifndef GILBOT_STORE_STORE_H
#define GILBOT_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct db; /* a connection: the writer's inside a job, or a reader's */
struct metrics;
struct store;

struct store_settings {
    struct str data_dir; /* made (0700) when absent; its parent must exist                                  */
    struct clock clock;
    struct metrics *metrics; /* for gilbot_db_commit_duration_seconds; may be NULL; must outlive the store  */
};

/* Locks, opens, migrates, counts, starts the writer.
 * ERR_BUSY: another gilbot works on this folder.  ERR_CONFLICT: a newer gilbot made the database, or a migration that
 * was applied reads differently now. */
MUST_USE
enum err store_open(const struct store_settings *settings, struct store **ret_store, struct error *error);

/* Runs the jobs that are queued, joins the writer, unlocks.  Readers must be closed before.  NULL is fine. */
void store_close(struct store *store);

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A read-only connection for one thread; each function that reads sees what was committed before it began. */
MUST_USE
enum err store_reader_open(struct store *store, struct db **ret_db, struct error *error);

/* The same without the store, for commands that only look while another process serves.
 * ERR_NOT_FOUND: no database there.  ERR_CONFLICT: its schema is not this program's. */
MUST_USE
enum err store_reader_open_dir(struct str data_dir, struct db **ret_db, struct error *error);

/* What is read until the end is of one moment, and cheaper than as many moments.  Not for long: the log of what is written
 * cannot begin anew meanwhile.  The end after a begin that failed is fine. */
MUST_USE
enum err store_snapshot_begin(struct db *db, struct error *error);
void store_snapshot_end(struct db *db);

/* NULL is fine. */
void store_reader_close(struct db *db);

/* ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* One unit of work, all or nothing.  Owned by the caller, untouched by him from store_write until `done` begins.
 *
 * run:  calls the functions of inbox.h, outbox.h … with `db`.  Never waits for anything.  When a job of the same group
 *       fails, all are rolled back and run again one by one: so it may be called twice, must begin by forgetting what it
 *       gave the first time (arena_reset), and has no effect outside `arg` and the database.
 * done: called exactly once, on the writer thread; quick; may free the job.  OK: durable.  Else: nothing of this job
 *       happened, `error` says why (run's own code and sentence, or the commit's).  Other jobs are not concerned.      */
struct write_job {
    enum err (*run)(struct db *db, void *arg, struct error *error);
    void (*done)(void *arg, enum err rc, const struct error *error);
    void *arg;

    /* the writer's own */
    struct write_job *next;
    enum err rc;
    struct error error;
};

/* Queues the job and returns at once; jobs run in the order of the calls.  Never fails. */
void store_write(struct store *store, struct write_job *job);

/* The same in a queue of its own that goes first: for what an outside caller waits for (an event to be acknowledged).
 * While it is not empty the other queue gets a small share of each transaction. */
void store_write_first(struct store *store, struct write_job *job);

/* Queues `run` and waits until it is durable or failed.  Not on the loop thread, not inside a job. */
MUST_USE
enum err store_write_wait(struct store *store, enum err (*run)(struct db *db, void *arg, struct error *error),
                          void *arg, struct error *error);

/* What became claimable with a commit (or may have: a claim that finds nothing is harmless). */
enum store_work {
    STORE_WORK_QUICK = 1u << 0,  /* inbox, quick lane                                    */
    STORE_WORK_SLOW = 1u << 1,   /* inbox, slow lane                                     */
    STORE_WORK_OUTBOX = 0xFFFCu, /* outbox, of any platform: a bit for each store_work_of */
};

/* The bit of a platform's outbox; two platforms may share one. */
unsigned store_work_of(struct str platform);

/* Who hands out what became ready.  offer: inside the transaction, after its jobs, just before COMMIT, whenever something
 * became claimable or somebody poked; `work` has the bits of enum store_work (0: a poke); it may claim (inbox_claim,
 * outbox_claim) and nothing else; when it fails, only what it did is undone.  settle: after that COMMIT, before the
 * jobs' `done`; committed false: nothing of what was offered holds.  Both on the writer thread. */
struct store_dispatcher {
    enum err (*offer)(struct db *db, void *arg, unsigned work, struct error *error);
    void (*settle)(void *arg, bool committed);
    void *arg;
};

/* One dispatcher; NULL takes it away (afterwards the old one is not running any more). */
void store_dispatch(struct store *store, const struct store_dispatcher *dispatcher);

/* Any thread: have `offer` called soon, even when there is nothing to write. */
void store_poke(struct store *store);

#endif
