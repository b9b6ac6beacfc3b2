#include "store/feedback.h"

#include "bot/base/arena.h"
#include "store/db.h"
#include "store/query.h"

#include "bot/base/banned.h"

enum err asked_add(struct db *db, const struct asked_row *row, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_ASKED_ADD);
    bind_i64(&q, ":session_id", row->session_id);
    bind_i64(&q, ":number", row->number);
    bind_i64(&q, ":at_ms", row->at_ms);
    bind_str(&q, ":question", row->question);
    bind_str(&q, ":kind", row->kind);
    bind_str(&q, ":class", row->class);
    bind_str(&q, ":answer", row->answer);
    bind_str(&q, ":why", row->why);
    return query_run(&q, error);
}

enum err asked_vote(struct db *db, const struct asked_row *row, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_ASKED_VOTE);
    bind_i64(&q, ":vote", row->vote);
    bind_str(&q, ":reason", row->reason);
    bind_i64(&q, ":voted_ms", row->voted_ms);
    bind_i64(&q, ":session_id", row->session_id);
    bind_i64(&q, ":number", row->number);
    return query_run(&q, error);
}

enum err asked_voted(struct db *db, const struct asked_period *period, struct arena *arena, struct asked_rows *ret_rows,
                     struct error *error)
{
    int64_t limit = period->limit < ASKED_MOST_LISTED ? period->limit : ASKED_MOST_LISTED;
    struct asked_rows rows = {.items = arena_alloc_array(arena, (size_t)limit, sizeof *rows.items)};
    if (rows.items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for %lld answers", (long long)limit);
    CLEANUP(query_end) struct query q = query_begin(db, SQL_ASKED_VOTED);
    bind_i64(&q, ":vote", period->vote);
    bind_i64(&q, ":since_ms", period->since_ms);
    bind_i64(&q, ":limit", limit);
    while (query_next(&q) && rows.n < (size_t)limit)
        rows.items[rows.n++] = (struct asked_row){
            .id = column_i64(&q, 0),
            .session_id = column_i64(&q, 1),
            .number = column_i64(&q, 2),
            .at_ms = column_i64(&q, 3),
            .question = column_str(&q, 4, arena),
            .kind = column_str(&q, 5, arena),
            .class = column_str(&q, 6, arena),
            .answer = column_str(&q, 7, arena),
            .why = column_str(&q, 8, arena),
            .vote = column_i64(&q, 9),
            .reason = column_str(&q, 10, arena),
            .voted_ms = column_i64(&q, 11),
        };
    if (query_done(&q, error) != OK)
        return during(error, "reading what people thought of answers");
    *ret_rows = rows;
    return OK;
}
