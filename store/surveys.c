#include "store/surveys.h"

#include <string.h>

#include "bot/base/arena.h"
#include "store/db.h"
#include "store/query.h"

#include "bot/base/banned.h"

enum err survey_answer_put(struct db *db, const struct survey_answer *answer, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SURVEY_ANSWER_PUT);
    bind_i64(&q, ":session_id", answer->session_id);
    bind_str(&q, ":variable", answer->variable);
    bind_str(&q, ":flow", answer->flow);
    bind_str(&q, ":value", answer->value);
    bind_str(&q, ":text", answer->text);
    bind_i64(&q, ":at_ms", answer->at_ms);
    return query_run(&q, error);
}

enum err survey_recommendation_add(struct db *db, const struct survey_recommendation *recommendation,
                                   struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SURVEY_RECOMMENDATION_ADD);
    bind_i64(&q, ":session_id", recommendation->session_id);
    bind_str(&q, ":flow", recommendation->flow);
    bind_str(&q, ":step", recommendation->step);
    bind_str(&q, ":item", recommendation->item);
    bind_str(&q, ":value", recommendation->value);
    bind_str(&q, ":why", recommendation->why);
    bind_i64(&q, ":at_ms", recommendation->at_ms);
    return query_run(&q, error);
}

enum err survey_recommendations_of(struct db *db, int64_t first_id, int64_t last_id, struct arena *arena,
                                   struct survey_recommendations *ret_recommendations, struct error *error)
{
    struct survey_recommendations all = {0};
    size_t capacity = 0;
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SURVEY_RECOMMENDATIONS_OF);
    bind_i64(&q, ":first_id", first_id);
    bind_i64(&q, ":last_id", last_id);
    while (query_next(&q)) {
        if (all.n == capacity) {
            capacity = capacity == 0 ? 32 : 2 * capacity;
            struct survey_recommendation *items = arena_alloc_array(arena, capacity, sizeof *items);
            if (items == NULL)
                return fail(error, ERR_NO_MEMORY, "no memory for %zu recommendations", capacity);
            if (all.n > 0)
                memcpy(items, all.items, all.n * sizeof *items);
            all.items = items;
        }
        all.items[all.n++] = (struct survey_recommendation){
            .session_id = column_i64(&q, 0),
            .flow = column_str(&q, 1, arena),
            .step = column_str(&q, 2, arena),
            .item = column_str(&q, 3, arena),
            .value = column_str(&q, 4, arena),
            .why = column_str(&q, 5, arena),
            .at_ms = column_i64(&q, 6),
        };
    }
    if (query_done(&q, error) != OK)
        return during(error, "reading recommendations");
    *ret_recommendations = all;
    return OK;
}

enum err survey_handover_add(struct db *db, const struct survey_handover *handover, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_SURVEY_HANDOVER_ADD);
    bind_i64(&q, ":session_id", handover->session_id);
    bind_str(&q, ":flow", handover->flow);
    bind_str(&q, ":step", handover->step);
    bind_str(&q, ":recipient", handover->to);
    bind_i64(&q, ":at_ms", handover->at_ms);
    return query_run(&q, error);
}
