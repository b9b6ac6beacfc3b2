#include "store/messages.h"

#include <string.h>

#include "bot/base/arena.h"
#include "store/db.h"
#include "store/query.h"

#include "bot/base/banned.h"

enum err message_add(struct db *db, const struct message *message, int64_t *ret_id, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_MESSAGE_ADD);
    bind_str(&q, ":conversation", message->conversation);
    bind_i64(&q, ":session_id", message->session_id);
    bind_i64(&q, ":direction", message->direction);
    bind_str(&q, ":author", message->author);
    bind_str(&q, ":text", message->text);
    bind_str(&q, ":payload", message->payload);
    bind_str(&q, ":event_key", message->event_key);
    bind_i64(&q, ":at_ms", message->at_ms);
    bind_i64(&q, ":sent_ms", message->sent_ms);
    if (query_run(&q, error) != OK)
        return during(error, "logging a message of %.*s", STR_ARG(message->conversation));
    *ret_id = db_last_id(db);
    return OK;
}

static struct message message_of(struct query *q, struct arena *arena)
{
    return (struct message){
        .id = column_i64(q, 0),
        .conversation = column_str(q, 1, arena),
        .session_id = column_i64(q, 2),
        .direction = (enum message_direction)column_i64(q, 3),
        .author = column_str(q, 4, arena),
        .text = column_str(q, 5, arena),
        .payload = column_str(q, 6, arena),
        .event_key = column_str(q, 7, arena),
        .at_ms = column_i64(q, 8),
        .sent_ms = column_i64(q, 9),
    };
}

static void reverse(struct messages *messages)
{
    for (size_t i = 0, j = messages->n; i + 1 < j; i++) {
        struct message kept = messages->items[i];
        messages->items[i] = messages->items[--j];
        messages->items[j] = kept;
    }
}

enum err messages_of(struct db *db, const struct messages_query *query, struct arena *arena,
                     struct messages *ret_messages, struct error *error)
{
    struct messages messages = {.items = arena_alloc_array(arena, query->limit, sizeof *messages.items)};
    if (messages.items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for %zu messages", query->limit);
    CLEANUP(query_end) struct query q = query_begin(db, SQL_MESSAGES_OF);
    bind_str(&q, ":conversation", query->conversation);
    bind_i64(&q, ":sent_from_ms", query->only_sent ? 1 : 0);
    bind_i64(&q, ":limit", (int64_t)query->limit);
    while (query_next(&q))
        messages.items[messages.n++] = message_of(&q, arena);
    if (query_done(&q, error) != OK)
        return during(error, "reading the messages of %.*s", STR_ARG(query->conversation));
    reverse(&messages);
    *ret_messages = messages;
    return OK;
}

enum err messages_of_session(struct db *db, struct str conversation, int64_t session_id, struct arena *arena,
                             struct messages *ret_messages, struct error *error)
{
    struct messages messages = {0};
    size_t capacity = 0;
    CLEANUP(query_end) struct query q = query_begin(db, SQL_MESSAGES_OF_SESSION);
    bind_str(&q, ":conversation", conversation);
    bind_i64(&q, ":session_id", session_id);
    while (query_next(&q)) {
        if (messages.n == capacity) {
            capacity = capacity == 0 ? 32 : 2 * capacity;
            struct message *items = arena_alloc_array(arena, capacity, sizeof *items);
            if (items == NULL)
                return fail(error, ERR_NO_MEMORY, "no memory for %zu messages", capacity);
            if (messages.n > 0)
                memcpy(items, messages.items, messages.n * sizeof *items);
            messages.items = items;
        }
        messages.items[messages.n++] = message_of(&q, arena);
    }
    if (query_done(&q, error) != OK)
        return during(error, "reading the messages of session %lld", (long long)session_id);
    *ret_messages = messages;
    return OK;
}
