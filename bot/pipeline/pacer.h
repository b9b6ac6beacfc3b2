/* bot/pipeline/pacer.h — the least time between two requests to the same place (a Slack channel: one message a second).
 *
 * A small table of keys and the time from which each is free again; a key that is free is forgotten when its place is
 * needed.  When the table is full of busy keys, the request waits a little: the limit holds, memory does not grow.
 * Thread: any.                                                                                                     */
#ifndef GILBOT_PIPELINE_PACER_H
#define GILBOT_PIPELINE_PACER_H

#include <pthread.h>
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

/* May a request with `key` go now (tick in ms)?  0: yes, and the next may go pace_ms later.  Else: wait this long. */
int64_t pacer_take(struct pacer *pacer, struct str key, int64_t now_ms, int64_t pace_ms);

#endif
