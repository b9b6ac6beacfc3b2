#include "store/funnel.h"

#include <string.h>

#include "bot/base/arena.h"
#include "store/db.h"
#include "store/query.h"

#include "bot/base/banned.h"

enum { SESSION_BYTES = 8 * 1024 * 1024, FIRST_CAPACITY = 32 };

/* `items` with room for one more; NULL: the arena is full. */
static void *grow(struct arena *arena, void *items, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity)
        return items;
    size_t more = *capacity == 0 ? FIRST_CAPACITY : 2 * *capacity;
    void *grown = arena_alloc_array(arena, more, size);
    if (grown != NULL && n > 0)
        memcpy(grown, items, n * size);
    *capacity = more;
    return grown;
}

static enum err read_answers(struct db *db, struct arena *arena, struct funnel_session *session, struct error *error)
{
    struct funnel_answer *answers = NULL;
    size_t n = 0, capacity = 0;
    CLEANUP(query_end) struct query q = query_begin(db, SQL_FUNNEL_ANSWERS);
    bind_i64(&q, ":session_id", session->session.id);
    while (query_next(&q)) {
        answers = grow(arena, answers, n, &capacity, sizeof *answers);
        if (answers == NULL)
            return fail(error, ERR_NO_MEMORY, "too many answers in session %lld", (long long)session->session.id);
        answers[n++] = (struct funnel_answer){column_str(&q, 0, arena), column_i64(&q, 1)};
    }
    session->answers = answers;
    session->n_answers = n;
    return query_done(&q, error);
}

static struct funnel_session session_of(struct query *q, struct str flow, struct arena *arena)
{
    return (struct funnel_session){
        .session = {.id = column_i64(q, 0),
                    .platform = column_str(q, 1, arena),
                    .route = column_str(q, 2, arena),
                    .flow = flow,
                    .flow_version = column_str(q, 3, arena),
                    .state = (enum session_state)column_i64(q, 4),
                    .started_ms = column_i64(q, 5),
                    .updated_ms = column_i64(q, 6),
                    .locale = column_str(q, 7, arena),
                    .user = column_str(q, 8, arena),
                    .conversation = column_str(q, 9, arena),
                    .data = column_str(q, 10, arena)},
        .recommended = column_i64(q, 11) != 0,
        .consulted = column_i64(q, 12) != 0,
        .first = column_i64(q, 13) != 0,
    };
}

enum err funnel_each(struct db *db, const struct funnel_filter *filter, const struct funnel_visitor *visitor,
                     struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, SESSION_BYTES);
    CLEANUP(query_end) struct query q = query_begin(db, SQL_FUNNEL_SESSIONS);
    bind_str(&q, ":flow", filter->flow);
    bind_i64(&q, ":since_ms", filter->since_ms);
    enum err rc = OK;
    while (rc == OK && query_next(&q)) {
        arena_reset(&arena);
        struct funnel_session session = session_of(&q, filter->flow, &arena);
        rc = read_answers(db, &arena, &session, error);
        if (rc == OK)
            rc = visitor->visit(visitor->self, &session, error);
    }
    if (rc == OK)
        rc = query_done(&q, error);
    return rc == OK ? OK : during(error, "reading the sessions of flow %.*s", STR_ARG(filter->flow));
}

enum err funnel_items(struct db *db, const struct funnel_filter *filter, struct arena *arena,
                      struct funnel_items *ret_items, struct error *error)
{
    struct funnel_items items = {0};
    size_t capacity = 0;
    CLEANUP(query_end) struct query q = query_begin(db, SQL_FUNNEL_RECOMMENDED);
    bind_str(&q, ":flow", filter->flow);
    bind_i64(&q, ":since_ms", filter->since_ms);
    while (query_next(&q)) {
        items.items = grow(arena, items.items, items.n, &capacity, sizeof *items.items);
        if (items.items == NULL)
            return fail(error, ERR_NO_MEMORY, "too many items");
        items.items[items.n++] = (struct funnel_item){column_str(&q, 0, arena), column_i64(&q, 1)};
    }
    if (query_done(&q, error) != OK)
        return during(error, "reading what flow %.*s recommended", STR_ARG(filter->flow));
    *ret_items = items;
    return OK;
}
