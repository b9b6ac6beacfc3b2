/* bot/net/slots.h — numbers for things that come and go, so that nobody needs to hold a pointer to them.
 *
 * A number is never 0 and never given twice: its lower half is a place in a table, its upper half counts the place's
 * owners.  Thread: loop thread.  Inside bot/net only.                                                                */
#ifndef GILBOT_NET_SLOTS_H
#define GILBOT_NET_SLOTS_H

#include <stddef.h>
#include <stdint.h>

struct slots {
    struct slot *items;
    size_t n, capacity;
    uint32_t free; /* first free place plus one; 0: none */
};

/* Zeroed is empty. */
void slots_release(struct slots *slots);

/* The number of `what` (not NULL) from now on; 0: out of memory. */
uint64_t slots_add(struct slots *slots, void *what);

/* NULL when the number names nothing (any more). */
void *slots_get(const struct slots *slots, uint64_t number);

void slots_remove(struct slots *slots, uint64_t number);

#endif
