/* bot/pipeline/dispatch.h — hands rows that became ready to threads that are free, in the very commit that made them so.
 *
 *   worker: desk free ──▶ waits                    writer, before COMMIT: claim ready rows for free desks
 *   worker: desk served ◀── wakes it ──            writer, after COMMIT:  serve them (or take all back)
 *
 * So a row costs no transaction of its own to be claimed, nobody wakes in vain, and a thread holds at most one claim's
 * worth of rows: the rest waits in the tables.  `left` remembers which kinds of work may still be ready although no desk
 * was free: a desk that becomes free asks the writer to look again only then, or when a due time has come.
 *
 * Thread: dispatch_wait on the desk's own thread; the rest inside, on the writer.                                    */
#ifndef GILBOT_PIPELINE_DISPATCH_H
#define GILBOT_PIPELINE_DISPATCH_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/arena.h"
#include "bot/base/clock.h"
#include "bot/base/str.h"
#include "store/inbox.h"
#include "store/outbox.h"

struct dispatch;
struct platform;
struct store;

enum { DISPATCH_MAX_KINDS = 10 };

/* Where a thread gets its rows. */
struct desk {
    size_t kind; /* DISPATCH_QUICK, DISPATCH_SLOW, or DISPATCH_OUTBOX + the platform's index */
    size_t limit;
    enum desk_state { DESK_BUSY, DESK_FREE, DESK_OFFERED, DESK_SERVED } state;
    pthread_cond_t served;
    struct arena arena; /* holds the claims until the next wait */
    struct inbox_claims events;
    struct outbox_claims replies;
};

enum { DISPATCH_QUICK, DISPATCH_SLOW, DISPATCH_OUTBOX };

struct dispatch_settings {
    struct store *store;
    struct clock clock;
    int64_t lease_ms;
    const struct platform *const *platforms; /* n_platforms ≤ DISPATCH_MAX_KINDS - DISPATCH_OUTBOX */
    size_t n_platforms;
    struct desk *desks; /* kind and limit filled in; borrowed for as long as it lives */
    size_t n_desks;
};

/* NULL when out of memory.  Begins to listen to the store. */
struct dispatch *dispatch_new(const struct dispatch_settings *settings);

/* Frees the desk and waits for rows.  False: it is time to stop.  The desk's claims are valid until the next call. */
bool dispatch_wait(struct dispatch *dispatch, struct desk *desk);

/* Wakes everybody for good; any thread. */
void dispatch_stop(struct dispatch *dispatch);

/* After every thread has ended; stops listening.  NULL is fine. */
void dispatch_free(struct dispatch *dispatch);

#endif
