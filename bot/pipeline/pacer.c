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

bool pacer_take(struct pacer *pacer, const struct pacer_request *request, int64_t *ret_wait_ms)
{
    *ret_wait_ms = 0;
    if (request->pace_ms <= 0 || request->key.n == 0)
        return true;
    uint64_t hash = str_hash(request->key) | 1;
    pthread_mutex_lock(&pacer->mutex);
    int at = find_place(pacer, hash, request->now_ms);
    if (at >= 0) {
        bool is_ours = pacer->places[at].hash == hash;
        int64_t free_ms = is_ours ? pacer->places[at].free_ms : 0;
        int64_t slot_ms = free_ms > request->now_ms ? free_ms : request->now_ms;
        pacer->places[at].hash = hash;
        pacer->places[at].free_ms = slot_ms + request->pace_ms;
        *ret_wait_ms = slot_ms - request->now_ms;
    } else {
        *ret_wait_ms = request->pace_ms;
    }
    pthread_mutex_unlock(&pacer->mutex);
    return at >= 0;
}
