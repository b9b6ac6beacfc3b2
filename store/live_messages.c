#include "store/live_messages.h"

#include "store/query.h"

#include "bot/base/banned.h"

enum err live_message_put(struct db *db, int64_t inbox_id, struct str handle, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_LIVE_MESSAGE_PUT);
    bind_i64(&q, ":inbox_id", inbox_id);
    bind_str(&q, ":handle", handle);
    return query_run(&q, error);
}

enum err live_message_get(struct db *db, int64_t inbox_id, struct arena *arena, struct str *ret_handle,
                          struct error *error)
{
    struct str handle = {NULL, 0};
    CLEANUP(query_end) struct query q = query_begin(db, SQL_LIVE_MESSAGE_GET);
    bind_i64(&q, ":inbox_id", inbox_id);
    if (query_next(&q))
        handle = column_str(&q, 0, arena);
    enum err rc = query_done(&q, error);
    if (rc == OK)
        *ret_handle = handle;
    return rc;
}

enum err live_message_remove(struct db *db, int64_t inbox_id, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_LIVE_MESSAGE_REMOVE);
    bind_i64(&q, ":inbox_id", inbox_id);
    return query_run(&q, error);
}
