/* integrations/llm/wire_chat.c — wire.h's chat half. */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "integrations/llm/wire.h"

#include "bot/base/banned.h"

enum { SCHEMA_BYTES = 1024 * 1024 };

/* ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_message(struct buf *out, enum model_role role, struct str text)
{
    static const char *const roles[] = {
        [MODEL_SYSTEM] = "system", [MODEL_USER] = "user", [MODEL_ASSISTANT] = "assistant"};
    json_add_comma(out);
    buf_add_char(out, '{');
    json_add_member(out, "role", str_of(roles[role]));
    json_add_member(out, "content", text);
    buf_add_char(out, '}');
}

/* For endpoints that do not take a schema in their own field. */
static void add_schema_message(struct buf *out, struct str schema)
{
    json_add_comma(out);
    buf_add(out, STR("{\"role\":\"system\",\"content\":"));
    struct buf text;
    buf_init(&text, NULL, SCHEMA_BYTES);
    buf_add(&text, STR("Answer with one JSON object and nothing else. It keeps to this JSON Schema:\n"));
    buf_add(&text, schema);
    json_add_str(out, buf_str(&text));
    buf_release(&text);
    buf_add_char(out, '}');
}

static void add_messages(struct buf *out, const struct wire_chat *chat)
{
    const struct model_chat *request = chat->request;
    bool schema_waits = request->schema.n > 0 && chat->traits.schema != WIRE_BY_SCHEMA;
    json_add_key(out, "messages");
    buf_add_char(out, '[');
    for (size_t i = 0; i < request->n_messages; i++) {
        const struct model_message *message = &request->messages[i];
        if (schema_waits && message->role != MODEL_SYSTEM) { /* behind the flow's own rules, before what is asked */
            add_schema_message(out, request->schema);
            schema_waits = false;
        }
        add_message(out, message->role, message->text);
    }
    buf_add_char(out, ']');
}

static void add_format(struct buf *out, const struct wire_chat *chat)
{
    if (chat->request->schema.n == 0 || chat->traits.schema == WIRE_BY_WORDS)
        return;
    json_add_key(out, "response_format");
    if (chat->traits.schema == WIRE_BY_OBJECT) {
        buf_add(out, STR("{\"type\":\"json_object\"}"));
        return;
    }
    buf_add(out, STR("{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"answer\",\"strict\":true,\"schema\":"));
    buf_add(out, chat->request->schema);
    buf_add(out, STR("}}"));
}

void wire_chat_request(struct buf *out, const struct wire_chat *chat)
{
    const struct model_chat *request = chat->request;
    int64_t max_tokens = request->max_tokens > 0 ? request->max_tokens : MODEL_MAX_TOKENS;
    buf_add_char(out, '{');
    json_add_member(out, "model", chat->model);
    add_messages(out, chat);
    json_add_member_i64(out, chat->traits.completion_tokens ? "max_completion_tokens" : "max_tokens", max_tokens);
    if (!chat->traits.no_temperature)
        buf_addf(out, ",\"temperature\":%.2f", request->temperature);
    add_format(out, chat);
    if (chat->stream) {
        json_add_member_bool(out, "stream", true);
        if (!chat->traits.no_stream_options)
            json_add_member_raw(out, "stream_options", STR("{\"include_usage\":true}"));
    }
    buf_add_char(out, '}');
}

static bool mentions(struct str body, const char *word)
{
    return str_find(body, str_of(word)) != SIZE_MAX;
}

bool wire_learn(struct wire_traits *traits, struct str body, const struct model_chat *asked)
{
    struct wire_traits before = *traits;
    bool schema = asked->schema.n > 0 && traits->schema != WIRE_BY_WORDS;
    if (!traits->completion_tokens && mentions(body, "max_completion_tokens"))
        traits->completion_tokens = true;
    else if (!traits->no_temperature && mentions(body, "temperature"))
        traits->no_temperature = true;
    else if (!traits->no_stream_options && mentions(body, "stream_options"))
        traits->no_stream_options = true;
    else if (schema) /* many name it, some say only "bad request" */
        traits->schema = traits->schema == WIRE_BY_SCHEMA ? WIRE_BY_OBJECT : WIRE_BY_WORDS;
    return traits->completion_tokens != before.completion_tokens || traits->no_temperature != before.no_temperature ||
           traits->no_stream_options != before.no_stream_options || traits->schema != before.schema;
}

/* ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct wire_usage usage_in(const struct json_value *root)
{
    const struct json_value *usage = json_get(root, STR("usage"));
    return (struct wire_usage){json_get_i64(usage, STR("prompt_tokens"), -1),
                               json_get_i64(usage, STR("completion_tokens"), -1)};
}

static void read_finish(const struct json_value *choice, struct wire_said *said)
{
    static const struct {
        struct str word;
        enum model_finish finish;
    } words[] = {{STR_INIT("length"), MODEL_CUT}, {STR_INIT("content_filter"), MODEL_FILTERED}};
    struct str word = json_get_str(choice, STR("finish_reason"), STR(""));
    said->finished = word.n > 0;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_eq(word, words[i].word))
            said->finish = words[i].finish;
}

/* `part`: "message" of a whole answer, "delta" of a piece. */
static enum err read_said(struct arena *arena, struct str text, struct str part, struct wire_said *ret_said,
                          struct error *error)
{
    struct json_value *root = NULL;
    struct error why = {0};
    enum err rc = json_read(arena, text, &root, &why);
    if (rc == ERR_NO_MEMORY)
        return fail(error, rc, "the answer is too large");
    if (rc != OK || root->kind != JSON_OBJECT_)
        return fail(error, ERR_REMOTE, "the answer is no JSON object");
    const struct json_value *fault = json_get(root, STR("error"));
    if (fault != NULL && fault->kind != JSON_NULL_)
        return fail(error, ERR_REMOTE, "the endpoint reports an error of its own");
    const struct json_value *choices = json_get(root, STR("choices"));
    if (choices == NULL || choices->kind != JSON_ARRAY_)
        return fail(error, ERR_REMOTE, "the answer has no choices");
    struct wire_said said = {.usage = usage_in(root)};
    read_finish(choices->child, &said);
    said.text = json_get_str(json_get(choices->child, part), STR("content"), STR(""));
    *ret_said = said;
    return OK;
}

enum err wire_chat_answer(struct arena *arena, struct str body, struct wire_said *ret_said, struct error *error)
{
    return read_said(arena, body, STR("message"), ret_said, error);
}

enum err wire_chat_piece(struct arena *arena, struct str data, struct wire_said *ret_said, struct error *error)
{
    return read_said(arena, data, STR("delta"), ret_said, error);
}
