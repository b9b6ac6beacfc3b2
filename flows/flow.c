#include "flows/flow.h"

#include <string.h>

#include "bot/base/arena.h"

#include "bot/base/banned.h"

struct record *turn_record(struct turn *turn, enum record_kind kind, struct str step)
{
    if (turn->n_records == turn->capacity) {
        size_t capacity = turn->capacity == 0 ? 8 : turn->capacity * 2;
        struct record *records = arena_alloc_array(turn->replies.arena, capacity, sizeof *records);
        if (records == NULL)
            return NULL;
        if (turn->n_records > 0)
            memcpy(records, turn->records, turn->n_records * sizeof *records);
        turn->records = records;
        turn->capacity = capacity;
    }
    struct record *record = &turn->records[turn->n_records++];
    *record = (struct record){.kind = kind, .step = step};
    return record;
}

const struct flow *flows_find(const struct flows *flows, struct str name)
{
    for (size_t i = 0; i < flows->n; i++)
        if (str_eq(flows->items[i]->name, name))
            return flows->items[i];
    return NULL;
}

const struct flow *flows_find_version(const struct flows *flows, struct str name, struct str version)
{
    const struct flow *present = flows_find(flows, name);
    if (present != NULL && str_eq(present->version, version))
        return present;
    for (size_t i = 0; i < flows->n_older; i++)
        if (str_eq(flows->older[i]->name, name) && str_eq(flows->older[i]->version, version))
            return flows->older[i];
    return NULL;
}
