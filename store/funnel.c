#include "store/funnel.h"

#include <stdbool.h>
#include <string.h>

#include "bot/base/arena.h"
#include "store/db.h"
#include "store/query.h"

#include "bot/base/banned.h"

static const int64_t MS_A_DAY = 86400000;

/* What each statement wants besides the flow. */
static const struct {
    enum sql_id sql;
    bool since, day, offset;
} parts[] = {
    [FUNNEL_SESSIONS] = {SQL_FUNNEL_SESSIONS, .since = true, .offset = true},
    [FUNNEL_STEPS] = {SQL_FUNNEL_STEPS, .day = true},
    [FUNNEL_LEFT] = {SQL_FUNNEL_LEFT, .since = true},
    [FUNNEL_SECONDS] = {SQL_FUNNEL_SECONDS, .since = true},
    [FUNNEL_RECOMMENDED] = {SQL_FUNNEL_RECOMMENDED, .since = true},
    [FUNNEL_ENDS] = {SQL_FUNNEL_ENDS, .since = true},
};

static enum err add(struct funnel_rows *rows, size_t *capacity, struct arena *arena, const struct funnel_row *row)
{
    if (rows->n == *capacity) {
        size_t more = *capacity == 0 ? 64 : 2 * *capacity;
        struct funnel_row *items = arena_alloc_array(arena, more, sizeof *items);
        if (items == NULL)
            return ERR_NO_MEMORY;
        if (rows->n > 0)
            memcpy(items, rows->items, rows->n * sizeof *items);
        rows->items = items;
        *capacity = more;
    }
    rows->items[rows->n++] = *row;
    return OK;
}

enum err funnel_read(struct db *db, enum funnel_part part, const struct funnel_filter *filter, struct arena *arena,
                     struct funnel_rows *ret_rows, struct error *error)
{
    struct funnel_rows rows = {0};
    size_t capacity = 0;
    CLEANUP(query_end) struct query q = query_begin(db, parts[part].sql);
    if (parts[part].offset)
        bind_i64(&q, ":offset_ms", filter->offset_ms);
    bind_str(&q, ":flow", filter->flow);
    if (parts[part].since)
        bind_i64(&q, ":since_ms", filter->since_ms);
    if (parts[part].day)
        bind_i64(&q, ":day", (filter->since_ms + filter->offset_ms) / MS_A_DAY);
    while (query_next(&q)) {
        struct funnel_row row = {column_str(&q, 0, arena), column_str(&q, 1, arena), column_i64(&q, 2)};
        if (add(&rows, &capacity, arena, &row) != OK)
            return fail(error, ERR_NO_MEMORY, "too many rows");
    }
    if (query_done(&q, error) != OK)
        return during(error, "reading the figures of flow %.*s", STR_ARG(filter->flow));
    *ret_rows = rows;
    return OK;
}
