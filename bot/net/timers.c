#include "bot/net/timers.h"

#include <stdlib.h>

#include "bot/base/log.h"
#include "bot/net/loop.h"

#include "bot/base/banned.h"

/* A timer's `place` is its index in the heap plus one, 0 when it is idle. */
static void put(struct timers *timers, size_t i, struct loop_timer *timer)
{
    timers->heap[i] = timer;
    timer->place = i + 1;
}

static void sift_up(struct timers *timers, size_t i, struct loop_timer *timer)
{
    while (i > 0) {
        size_t parent = (i - 1) / 2;
        if (timers->heap[parent]->due_us <= timer->due_us)
            break;
        put(timers, i, timers->heap[parent]);
        i = parent;
    }
    put(timers, i, timer);
}

static void sift_down(struct timers *timers, size_t i, struct loop_timer *timer)
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= timers->n)
            break;
        if (child + 1 < timers->n && timers->heap[child + 1]->due_us < timers->heap[child]->due_us)
            child++;
        if (timer->due_us <= timers->heap[child]->due_us)
            break;
        put(timers, i, timers->heap[child]);
        i = child;
    }
    put(timers, i, timer);
}

static void grow(struct timers *timers)
{
    size_t capacity = timers->capacity == 0 ? 64 : timers->capacity * 2;
    struct loop_timer **heap = realloc(timers->heap, capacity * sizeof(struct loop_timer *));
    if (heap == NULL) {
        LOG_ERROR("loop.out_of_memory", F_I64("timers", (int64_t)timers->n));
        abort();
    }
    timers->heap = heap;
    timers->capacity = capacity;
}

void timers_release(struct timers *timers)
{
    free(timers->heap);
    *timers = (struct timers){0};
}

void timers_set(struct timers *timers, struct loop_timer *timer, int64_t due_us)
{
    timers_cancel(timers, timer);
    if (timers->n == timers->capacity)
        grow(timers);
    timer->due_us = due_us;
    sift_up(timers, timers->n++, timer);
}

void timers_cancel(struct timers *timers, struct loop_timer *timer)
{
    if (timer->place == 0)
        return;
    size_t i = timer->place - 1;
    timer->place = 0;
    struct loop_timer *last = timers->heap[--timers->n];
    if (last == timer)
        return;
    if (i > 0 && last->due_us < timers->heap[(i - 1) / 2]->due_us)
        sift_up(timers, i, last);
    else
        sift_down(timers, i, last);
}

int64_t timers_next(const struct timers *timers)
{
    return timers->n == 0 ? INT64_MAX : timers->heap[0]->due_us;
}

struct loop_timer *timers_take_due(struct timers *timers, int64_t now_us)
{
    if (timers->n == 0 || timers->heap[0]->due_us > now_us)
        return NULL;
    struct loop_timer *timer = timers->heap[0];
    timers_cancel(timers, timer);
    return timer;
}
