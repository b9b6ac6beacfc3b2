/* bot/pipeline/pacer.h — the least time between two requests to the same place (a Slack channel: one message a second).
 *
 * A small table of keys and the time from which each is free again; a key that is free is forgotten when its place is
 * needed.  Who comes while a key is busy gets the next free time for himself: a hundred who wait do not ask again every
 * second.  When the table is full of busy keys, the request waits a little: the limit holds, memory does not grow.
 * Thread: any.                                                                                                     */
#ifndef GILBOT_PIPELINE_PACER_H
#define GILBOT_PIPELINE_PACER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "bot/base/str.h"

enum { PACER_KEYS = 65536, PACER_PROBES = 8 };

struct pacer {
    pthread_mutex_t mutex;
    struct {
        uint64_t hash; /* 0: free */
        int64_t free_ms;
    } places[PACER_KEYS];
};

/* NULL when out of memory. */
struct pacer *pacer_new(void);
void pacer_free(struct pacer *pacer);

struct pacer_request {
    struct str key;  /* empty: no pace */
    int64_t now_ms;  /* monotonic      */
    int64_t pace_ms; /* 0: no pace     */
};

/* Takes the next place in the key's line: the request may go in *ret_wait_ms (0: now), and nobody else then.  False: no
 * place could be kept; ask again in *ret_wait_ms. */
bool pacer_take(struct pacer *pacer, const struct pacer_request *request, int64_t *ret_wait_ms);

#endif
