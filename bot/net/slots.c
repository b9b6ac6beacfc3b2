#include "bot/net/slots.h"

#include <stdlib.h>

#include "bot/base/banned.h"

struct slot {
    void *what;         /* NULL: free                      */
    uint32_t owners;    /* how many there were             */
    uint32_t next_free; /* place plus one; 0: the last one */
};

static const struct slot *find(const struct slots *slots, uint64_t number)
{
    size_t place = (size_t)(uint32_t)number;
    if (place == 0 || place > slots->n)
        return NULL;
    const struct slot *slot = &slots->items[place - 1];
    return slot->what != NULL && slot->owners == (uint32_t)(number >> 32) ? slot : NULL;
}

void slots_release(struct slots *slots)
{
    free(slots->items);
    *slots = (struct slots){0};
}

uint64_t slots_add(struct slots *slots, void *what)
{
    if (slots->free == 0) {
        if (slots->n == slots->capacity) {
            size_t capacity = slots->capacity == 0 ? 64 : slots->capacity * 2;
            struct slot *items = realloc(slots->items, capacity * sizeof *items);
            if (items == NULL)
                return 0;
            slots->items = items;
            slots->capacity = capacity;
        }
        slots->items[slots->n++] = (struct slot){0};
        slots->free = (uint32_t)slots->n;
    }
    uint32_t place = slots->free;
    struct slot *slot = &slots->items[place - 1];
    slots->free = slot->next_free;
    slot->what = what;
    slot->owners++;
    return (uint64_t)slot->owners << 32 | place;
}

void *slots_get(const struct slots *slots, uint64_t number)
{
    const struct slot *slot = find(slots, number);
    return slot == NULL ? NULL : slot->what;
}

void slots_remove(struct slots *slots, uint64_t number)
{
    if (find(slots, number) == NULL)
        return;
    struct slot *slot = &slots->items[(uint32_t)number - 1];
    slot->what = NULL;
    slot->next_free = slots->free;
    slots->free = (uint32_t)number;
}
