#include "bot/pipeline/pacer.h"

#include <stdlib.h>

#include "bot/base/banned.h"

struct pacer *pacer_new(void)
{
    struct pacer *pacer = calloc(1, sizeof *pacer);
    if (pacer != NULL)
        pthread_mutex_init(&pacer->mutex, NULL);
    return pacer;
}

void pacer_free(struct pacer *pacer)
{
    if (pacer == NULL)
        return;
    pthread_mutex_destroy(&pacer->mutex);
    free(pacer);
}

/* The key's place, else the first one that is free again, else none (-1). */
static int find_place(const struct pacer *pacer, uint64_t hash, int64_t now_ms)
{
    int vacant = -1;
    for (unsigned i = 0; i < PACER_PROBES; i++) {
        int at = (int)((hash + i) % PACER_KEYS);
        if (pacer->places[at].hash == hash)
            return at;
        if (vacant < 0 && (pacer->places[at].hash == 0 || pacer->places[at].free_ms <= now_ms))
            vacant = at;
    }
    return vacant;
}

int64_t pacer_take(struct pacer *pacer, struct str key, int64_t now_ms, int64_t pace_ms)
{
    if (pace_ms <= 0 || key.n == 0)
        return 0;
    uint64_t hash = str_hash(key) | 1;
    pthread_mutex_lock(&pacer->mutex);
    int at = find_place(pacer, hash, now_ms);
    int64_t wait_ms = at < 0 ? pace_ms : 0;
    if (at >= 0 && pacer->places[at].hash == hash && pacer->places[at].free_ms > now_ms)
        wait_ms = pacer->places[at].free_ms - now_ms;
    if (wait_ms == 0) {
        pacer->places[at].hash = hash;
        pacer->places[at].free_ms = now_ms + pace_ms;
    }
    pthread_mutex_unlock(&pacer->mutex);
    return wait_ms;
}
