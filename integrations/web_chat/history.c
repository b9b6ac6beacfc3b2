#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "integrations/web_chat/methods.h"
#include "store/messages.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { MAX_MESSAGES = 200, MAX_HISTORY_BYTES = 512 * 1024 };

static void close_reader(struct db **db)
{
    store_reader_close(*db);
}

/* What the bot said is shown as it was sent, with its time. */
static void add_bots(struct buf *out, const struct message *message)
{
    json_add_comma(out);
    buf_addf(out, "{\"at\":%lld,%.*s", (long long)message->at_ms, STR_ARG(str_skip(message->payload, 1)));
}

/* The id that the page gave it: the end of the event's key "web:VISITOR:ID". */
static struct str own_id(struct str key)
{
    size_t colon = key.n;
    while (colon > 0 && key.p[colon - 1] != ':')
        colon--;
    return str_skip(key, colon);
}

static const struct json_value *option_with(const struct json_value *options, struct str value)
{
    for (const struct json_value *option = options != NULL ? options->child : NULL; option != NULL;
         option = option->next)
        if (str_eq(json_get_str(option, STR("value"), STR("")), value))
            return option;
    return NULL;
}

/* A chosen value reads as its label. */
static void add_visitors(struct buf *out, const struct message *message, const struct json_value *options)
{
    const struct json_value *option = option_with(options, message->text);
    json_add_comma(out);
    buf_addf(out, "{\"at\":%lld", (long long)message->at_ms);
    json_add_member(out, "type", STR("message"));
    json_add_member(out, "from", STR("user"));
    json_add_member(out, "id", own_id(message->event_key));
    json_add_member(out, "text", option != NULL ? json_get_str(option, STR("label"), message->text) : message->text);
    buf_add_char(out, '}');
}

static void add_messages(struct buf *out, const struct messages *messages, struct str except, struct arena *arena)
{
    const struct json_value *options = NULL; /* of the choices that were shown last */
    for (size_t i = 0; i < messages->n; i++) {
        const struct message *message = &messages->items[i];
        struct json_value *payload = NULL;
        if (message->direction == MESSAGE_IN) {
            add_visitors(out, message, options);
        } else if (!str_eq(message->event_key, except) && message->payload.n > 2 &&
                   json_read(arena, message->payload, &payload, NULL) == OK) {
            add_bots(out, message);
            options = json_get(payload, STR("options"));
        }
    }
}

enum err web_chat_history(struct web_chat *web_chat, const struct history_query *wanted, struct arena *arena,
                          struct str *ret_text, struct error *error)
{
    struct messages messages = {0};
    if (web_chat->parts.store != NULL) {
        CLEANUP(close_reader) struct db *db = NULL;
        struct messages_query query = {
            .conversation = wanted->conversation, .limit = MAX_MESSAGES, .only_sent = wanted->only_sent};
        if (store_reader_open(web_chat->parts.store, &db, error) != OK ||
            messages_of(db, &query, arena, &messages, error) != OK)
            return during(error, "reading what was said");
    }
    struct buf out;
    buf_init(&out, arena, MAX_HISTORY_BYTES);
    buf_add(&out, STR("{\"type\":\"history\",\"messages\":["));
    add_messages(&out, &messages, wanted->except, arena);
    buf_add(&out, STR("]}"));
    if (buf_failed(&out))
        return fail(error, ERR_NO_MEMORY, "the history is too long");
    *ret_text = buf_str(&out);
    return OK;
}
