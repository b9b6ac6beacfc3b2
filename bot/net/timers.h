/* bot/net/timers.h — the loop's timers, the next one first (a binary heap): thousands of idle connections cost nothing.
 *
 * Times are microseconds of one monotonic clock.  Thread: loop thread.  Inside bot/net only.                         */
#ifndef GILBOT_NET_TIMERS_H
#define GILBOT_NET_TIMERS_H

#include <stddef.h>
#include <stdint.h>

struct loop_timer;

struct timers {
    struct loop_timer **heap;
    size_t n, capacity;
};

/* Zeroed is empty. */
void timers_release(struct timers *timers);

/* Adds `timer`, or moves it when it is set already; its fn and arg are the caller's work.  Out of memory ends the
 * process, as in loop_post. */
void timers_set(struct timers *timers, struct loop_timer *timer, int64_t due_us);

/* Idle timers too. */
void timers_cancel(struct timers *timers, struct loop_timer *timer);

/* When the next one is due; INT64_MAX: there is none. */
int64_t timers_next(const struct timers *timers);

/* Takes out the next one if it is due; NULL: none is. */
struct loop_timer *timers_take_due(struct timers *timers, int64_t now_us);

#endif
