/* store/writer.h — the only thread that writes; the inside of store_write (store.h says what jobs may expect).
 *
 *   take what is queued (at most WRITER_GROUP jobs) → BEGIN, run each, offer what became ready, COMMIT
 *   → apply the effects → settle the offer → tell everybody
 *
 * A commit costs nearly the same whatever is in it, so under load they are spaced: what comes meanwhile goes along.  How
 * long depends on how much the last one held; what somebody outside waits for never waits long.
 *
 * Jobs run without savepoints, as nearly none fails.  When one does, all are rolled back and run again, each in its own
 * savepoint, so that only the one that fails is undone.
 *
 * Checkpoints: only here, after everybody was told.  PASSIVE when the log has grown by some frames, or when nothing was
 * to be done for a moment, so that commits rarely wait behind one; RESTART when readers kept the log from starting over
 * for too long, which bounds its size.
 *
 * Thread: writer_start and writer_stop: one thread; the others: any.                                                  */
#ifndef GILBOT_STORE_WRITER_H
#define GILBOT_STORE_WRITER_H

#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/error.h"
#include "store/figures.h"

struct db;
struct metric;
struct store_dispatcher;
struct write_job;
struct writer;

enum {
    WRITER_GROUP = 512,              /* most jobs in one transaction                                     */
    WRITER_CROWD = 16,               /* so many jobs of the first queue: the second gets little           */
    WRITER_CROWD_TURN = 8,           /* … so many jobs in every so manieth group                          */
    WRITER_CROWD_RATE = 6000,        /* the same when so many come in a second                           */
    WRITER_SHARE = 32,               /* fewer, or none only just now: so many of the second              */
    WRITER_CALM_US = 20000,          /* no job in the first queue for so long: as many as there are      */
    WRITER_BEHIND = 64,              /* so many jobs left in the second queue: nothing more is offered   */
    WRITER_SPACING_US = 1000,        /* from one BEGIN to the next, for each job of the last group …      */
    WRITER_PATIENCE_US = 1500,       /* … at most so long while the first queue has a job                 */
    WRITER_REST_US = 8000,           /* … and so long while it has none                                   */
    WRITER_CHECKPOINT_FRAMES = 4000, /* PASSIVE at every so many frames: about 16 MB                      */
    WRITER_CROWDED_FRAMES = 12000,   /* … at the earliest, while somebody outside waits for every commit  */
    WRITER_RESTART_FRAMES = 24000,   /* RESTART from here on: about 96 MB                                 */
    WRITER_IDLE_MS = 1000,           /* nothing to do for so long: checkpoint, give the page cache back   */
};

/* `db` stays the caller's but is the thread's to use until writer_stop.  `figures`: as counted now.
 * `commit_seconds` may be NULL. */
struct writer_settings {
    struct db *db;
    struct clock clock;
    struct metric *commit_seconds;
    struct figures figures;
};
MUST_USE
enum err writer_start(const struct writer_settings *settings, struct writer **ret_writer, struct error *error);

/* Runs what is queued, then ends the thread.  NULL is fine. */
void writer_stop(struct writer *writer);

enum writer_queue { WRITER_FIRST, WRITER_THEN, WRITER_QUEUES };
void writer_add(struct writer *writer, enum writer_queue queue, struct write_job *job);
void writer_dispatch(struct writer *writer, const struct store_dispatcher *dispatcher);
void writer_poke(struct writer *writer);
struct figures writer_figures(const struct writer *writer);

#endif
