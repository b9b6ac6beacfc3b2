#include "bot/pipeline/doorbell.h"

#include <time.h>

#include "bot/base/banned.h"

void doorbell_init(struct doorbell *bell)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&bell->mutex, NULL);
    pthread_cond_init(&bell->rung, &monotonic);
    pthread_condattr_destroy(&monotonic);
    bell->rings = 0;
}

void doorbell_release(struct doorbell *bell)
{
    pthread_cond_destroy(&bell->rung);
    pthread_mutex_destroy(&bell->mutex);
}

void doorbell_ring(struct doorbell *bell)
{
    pthread_mutex_lock(&bell->mutex);
    bell->rings++;
    pthread_cond_broadcast(&bell->rung);
    pthread_mutex_unlock(&bell->mutex);
}

uint64_t doorbell_seen(struct doorbell *bell)
{
    pthread_mutex_lock(&bell->mutex);
    uint64_t rings = bell->rings;
    pthread_mutex_unlock(&bell->mutex);
    return rings;
}

static struct timespec after_ms(int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_nsec -= 1000000000;
        t.tv_sec++;
    }
    return t;
}

void doorbell_wait(struct doorbell *bell, uint64_t seen, int64_t wait_ms)
{
    struct timespec end = after_ms(wait_ms < 0 ? 0 : wait_ms);
    pthread_mutex_lock(&bell->mutex);
    int late = 0;
    while (bell->rings == seen && late == 0)
        late = wait_ms < 0 ? pthread_cond_wait(&bell->rung, &bell->mutex)
                           : pthread_cond_timedwait(&bell->rung, &bell->mutex, &end);
    pthread_mutex_unlock(&bell->mutex);
}
