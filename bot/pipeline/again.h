/* bot/pipeline/again.h — write jobs that failed because the disk did: handed to the writer anew until they succeed.
 *
 *   writer: done(failed) ─▶ again_add ─(a second later)─▶ scheduler: again_submit ─▶ writer
 *
 * What a platform answered is known only in memory until it is committed: forgetting it would send the reply again.
 * Thread: again_add on the writer; again_submit on the scheduler; the others when both have ended.                   */
#ifndef GILBOT_PIPELINE_AGAIN_H
#define GILBOT_PIPELINE_AGAIN_H

#include <pthread.h>
#include <stdint.h>

#include "bot/base/clock.h"

struct doorbell;
struct store;
struct write_job;

enum { AGAIN_AFTER_MS = 1000 };

/* Part of what the job's `arg` points to. */
struct again_job {
    struct write_job *job;
    void (*release)(void *arg); /* frees the job and all that is its */
    struct again_job *next;     /* its own */
};

struct again {
    pthread_mutex_t mutex;
    struct clock clock;
    struct doorbell *bell; /* the scheduler's */
    struct again_job *first;
    int64_t due_ms; /* by the monotonic clock; INT64_MAX: nothing waits */
};

void again_init(struct again *again, struct clock clock, struct doorbell *bell);

/* From the job's `done`: it belongs to `again` until it is handed to the writer once more. */
void again_add(struct again *again, struct again_job *job);

/* Hands over what is due; returns in how many ms to call again, INT64_MAX: not before the bell rings. */
int64_t again_submit(struct again *again, struct store *store);

/* Releases what still waits. */
void again_release(struct again *again);

#endif
