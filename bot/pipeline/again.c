#include "bot/pipeline/again.h"

#include <stddef.h>

#include "bot/pipeline/doorbell.h"
#include "store/store.h"

#include "bot/base/banned.h"

static int64_t tick_ms(const struct again *again)
{
    return clock_tick_us(again->clock) / 1000;
}

void again_init(struct again *again, struct clock clock, struct doorbell *bell)
{
    *again = (struct again){.clock = clock, .bell = bell, .due_ms = INT64_MAX};
    pthread_mutex_init(&again->mutex, NULL);
}

void again_add(struct again *again, struct again_job *job)
{
    pthread_mutex_lock(&again->mutex);
    bool first = again->first == NULL;
    job->next = again->first; /* jobs know nothing of each other: any order will do */
    again->first = job;
    if (first)
        again->due_ms = tick_ms(again) + AGAIN_AFTER_MS;
    pthread_mutex_unlock(&again->mutex);
    if (first)
        doorbell_ring(again->bell);
}

int64_t again_submit(struct again *again, struct store *store)
{
    struct again_job *jobs = NULL;
    pthread_mutex_lock(&again->mutex);
    int64_t now_ms = tick_ms(again);
    if (again->due_ms <= now_ms) {
        jobs = again->first;
        again->first = NULL;
        again->due_ms = INT64_MAX;
    }
    int64_t due_ms = again->due_ms;
    pthread_mutex_unlock(&again->mutex);
    for (struct again_job *job = jobs, *next; job != NULL; job = next) {
        next = job->next; /* the writer may free it at once */
        store_write(store, job->job);
    }
    return due_ms == INT64_MAX ? INT64_MAX : due_ms - now_ms;
}

void again_release(struct again *again)
{
    for (struct again_job *job = again->first, *next; job != NULL; job = next) {
        next = job->next;
        job->release(job->job->arg);
    }
    again->first = NULL;
    pthread_mutex_destroy(&again->mutex);
}
