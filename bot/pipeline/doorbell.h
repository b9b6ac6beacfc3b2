/* bot/pipeline/doorbell.h — how a thread without work sleeps until there is some.
 *
 * A ring is never lost: whoever rings between a look at the store and the wait makes the wait return at once.
 *   uint64_t seen = doorbell_seen(&bell);
 *   … nothing to do …
 *   doorbell_wait(&bell, seen, until_ms);
 * Thread: any.                                                                                                     */
#ifndef GILBOT_PIPELINE_DOORBELL_H
#define GILBOT_PIPELINE_DOORBELL_H

#include <pthread.h>
#include <stdint.h>

struct doorbell {
    pthread_mutex_t mutex;
    pthread_cond_t rung;
    uint64_t rings;
};

void doorbell_init(struct doorbell *bell);
void doorbell_release(struct doorbell *bell);

/* Wakes every waiter. */
void doorbell_ring(struct doorbell *bell);

/* The number of rings so far. */
uint64_t doorbell_seen(struct doorbell *bell);

/* Returns when there were more rings than `seen`, or after `wait_ms` (monotonic; < 0: without limit). */
void doorbell_wait(struct doorbell *bell, uint64_t seen, int64_t wait_ms);

#endif
