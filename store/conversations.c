#include "store/conversations.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "store/db.h"
#include "store/query.h"

#include "bot/base/banned.h"

enum { BOTS_CEILING = 64 * 1024 };

static enum err bots_of_json(struct str json, struct arena *arena, struct strs *ret_bots, struct error *error)
{
    struct json_value *root = NULL;
    if (json_read(arena, json, &root, error) != OK)
        return during(error, "reading the bots of a conversation");
    struct str *items = arena_alloc_array(arena, root->n, sizeof *items);
    if (items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the bots of a conversation");
    struct strs bots = {.items = items};
    for (const struct json_value *bot = root->child; bot != NULL; bot = bot->next)
        items[bots.n++] = bot->text;
    *ret_bots = bots;
    return OK;
}

enum err conversation_get(struct db *db, struct str id, struct arena *arena, struct conversation *ret_conversation,
                          struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_CONVERSATION_GET);
    bind_str(&q, ":id", id);
    bool found = query_next(&q);
    struct conversation conversation = {0};
    struct str bots = {0};
    if (found) {
        bots = column_str(&q, 4, arena);
        conversation = (struct conversation){
            .id = column_str(&q, 0, arena),
            .platform = column_str(&q, 1, arena),
            .workspace = column_str(&q, 2, arena),
            .user = column_str(&q, 3, arena),
            .bots_known = column_i64(&q, 5) != 0,
            .address = column_str(&q, 6, arena),
            .opening = column_str(&q, 7, arena),
            .taken_over = column_i64(&q, 8) != 0,
            .silent_until_ms = column_i64(&q, 9),
            .updated_ms = column_i64(&q, 10),
        };
    }
    if (query_done(&q, error) != OK)
        return during(error, "reading conversation %.*s", STR_ARG(id));
    if (!found)
        return fail(error, ERR_NOT_FOUND, "nothing is known of conversation %.*s", STR_ARG(id));
    if (bots_of_json(bots, arena, &conversation.bots, error) != OK)
        return during(error, "reading conversation %.*s", STR_ARG(id));
    *ret_conversation = conversation;
    return OK;
}

static void json_of_bots(struct strs bots, struct buf *json)
{
    buf_add_char(json, '[');
    for (size_t i = 0; i < bots.n; i++) {
        json_add_comma(json);
        json_add_str(json, bots.items[i]);
    }
    buf_add_char(json, ']');
}

enum err conversation_put(struct db *db, const struct conversation *conversation, struct error *error)
{
    CLEANUP(buf_release) struct buf bots;
    buf_init(&bots, NULL, BOTS_CEILING);
    json_of_bots(conversation->bots, &bots);
    if (buf_failed(&bots))
        return fail(error, ERR_NO_MEMORY, "too many bots in conversation %.*s", STR_ARG(conversation->id));

    CLEANUP(query_end) struct query q = query_begin(db, SQL_CONVERSATION_PUT);
    bind_str(&q, ":id", conversation->id);
    bind_str(&q, ":platform", conversation->platform);
    bind_str(&q, ":workspace", conversation->workspace);
    bind_str(&q, ":user", conversation->user);
    bind_str(&q, ":bots", buf_str(&bots));
    bind_i64(&q, ":bots_known", conversation->bots_known);
    bind_str(&q, ":address", conversation->address);
    bind_str(&q, ":opening", conversation->opening);
    bind_i64(&q, ":taken_over", conversation->taken_over);
    bind_i64(&q, ":silent_until_ms", conversation->silent_until_ms);
    bind_i64(&q, ":updated_ms", conversation->updated_ms);
    if (query_run(&q, error) != OK)
        return during(error, "keeping conversation %.*s", STR_ARG(conversation->id));
    return OK;
}
