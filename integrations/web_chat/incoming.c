/* integrations/web_chat/incoming.c — a page's message: named on the loop, kept as an object of our own, read again when
 * it runs.
 *
 * Kept: {"type", "visitor", "text"? | "value"? | "flow"?, "profile"?, "locale"?}                                      */
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/secret.h"
#include "bot/base/text.h"
#include "integrations/web_chat/methods.h"

#include "bot/base/banned.h"

enum {
    LEAST_VISITOR_BYTES = 16,
    MAX_TEXT_BYTES = 16 * 1024,
    MAX_FLOW_BYTES = 64,
    MAX_LOCALE_BYTES = 35, /* RFC 5646 §4.4.1 */
    MAX_PROFILE_MEMBERS = 32,
    MAX_PROFILE_BYTES = 4096,
    MAX_KEPT_BYTES = 64 * 1024,
    MAX_STEP_BYTES = 256,
};

/* What a page may say; `one` is what it says. */
static const struct saying {
    const char *type, *one;
    enum event_kind kind;
} sayings[] = {
    {"hello", "visitor", EVENT_OPENED},
    {"text", "text", EVENT_MESSAGE},
    {"choose", "value", EVENT_BUTTON},
};

static const struct saying *find_saying(struct str type)
{
    for (size_t i = 0; i < COUNT_OF(sayings); i++)
        if (str_eq(type, str_of(sayings[i].type)))
            return &sayings[i];
    return NULL;
}

bool web_chat_is_name(struct str s, size_t least, size_t most)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!fine)
            return false;
    }
    return s.n >= least && s.n <= most;
}

/* ── identify ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The scalars of what the page's link said about the visitor. */
static void add_profile(struct buf *out, const struct json_value *profile)
{
    struct buf members;
    buf_init(&members, out->arena, MAX_PROFILE_BYTES);
    buf_add_char(&members, '{');
    size_t n = 0;
    for (const struct json_value *v = profile->child; v != NULL && n < MAX_PROFILE_MEMBERS; v = v->next) {
        if (v->kind == JSON_OBJECT_ || v->kind == JSON_ARRAY_ || v->kind == JSON_NULL_)
            continue;
        json_add_comma(&members);
        json_add_str(&members, v->key);
        buf_add_char(&members, ':');
        json_add_value(&members, v);
        n++;
    }
    buf_add_char(&members, '}');
    if (n > 0 && !buf_failed(&members))
        json_add_member_raw(out, "profile", buf_str(&members));
}

static void add_hello(struct buf *out, const struct json_value *root)
{
    struct str flow = json_get_str(root, STR("flow"), STR(""));
    struct str locale = json_get_str(root, STR("locale"), STR(""));
    const struct json_value *profile = json_get(root, STR("profile"));
    if (flow.n > 0 && flow.n <= MAX_FLOW_BYTES)
        json_add_member(out, "flow", flow);
    if (web_chat_is_name(locale, 2, MAX_LOCALE_BYTES))
        json_add_member(out, "locale", locale);
    if (profile != NULL && profile->kind == JSON_OBJECT_)
        add_profile(out, profile);
}

static enum err keep(const struct saying *saying, const struct json_value *root, struct str visitor,
                     struct arena *arena, struct arrival *ret_arrival, struct error *error)
{
    struct buf kept;
    buf_init(&kept, arena, MAX_KEPT_BYTES);
    buf_add_char(&kept, '{');
    json_add_member(&kept, "type", str_of(saying->type));
    json_add_member(&kept, "visitor", visitor);
    if (saying->kind == EVENT_OPENED)
        add_hello(&kept, root);
    else
        json_add_member(&kept, saying->one, json_get_str(root, str_of(saying->one), STR("")));
    struct str step = json_get_str(root, STR("step"), STR(""));
    if (saying->kind == EVENT_BUTTON && step.n > 0 && step.n <= MAX_STEP_BYTES)
        json_add_member(&kept, "step", step);
    buf_add_char(&kept, '}');
    struct str id = json_get_str(root, STR("id"), STR(""));
    char fresh[SECRET_ID_BYTES];
    secret_uuid(fresh);
    if (!web_chat_is_name(id, 1, VISITOR_MAX_ID_BYTES))
        id = str_of(fresh);
    struct str conversation = arena_format(arena, WEB_CHAT_PREFIX "%.*s", STR_ARG(visitor));
    struct str key = arena_format(arena, "%.*s:%.*s", STR_ARG(conversation), STR_ARG(id));
    if (buf_failed(&kept) || conversation.n == 0 || key.n == 0)
        return fail(error, ERR_NO_MEMORY, "no memory for a page's message");
    *ret_arrival = (struct arrival){
        .key = key, .conversation = conversation, .body = buf_str(&kept), .type = event_kind_name(saying->kind)};
    return OK;
}

/* Reads the message; ret_id also when it is refused, so that the page can be told which one it was. */
static enum err name_it(struct web_chat *web_chat, const struct inbound *inbound, struct arena *arena,
                        struct arrival *ret_arrival, struct str *ret_id, struct error *error)
{
    struct json_value *root = NULL;
    if (json_read(arena, inbound->body, &root, error) != OK)
        return during(error, "reading a page's message");
    struct str id = json_get_str(root, STR("id"), STR(""));
    if (web_chat_is_name(id, 1, VISITOR_MAX_ID_BYTES))
        *ret_id = id;
    const struct saying *saying = find_saying(json_get_str(root, STR("type"), STR("")));
    if (saying == NULL)
        return fail(error, ERR_INVALID, "type must be hello, text or choose");
    struct str one = json_get_str(root, str_of(saying->one), STR(""));
    if (one.n == 0 || one.n > MAX_TEXT_BYTES)
        return fail(error, ERR_INVALID, "%s must be a text of 1 to %d bytes", saying->one, MAX_TEXT_BYTES);
    struct visitor_name name;
    if (saying->kind == EVENT_OPENED) {
        if (!web_chat_is_name(one, LEAST_VISITOR_BYTES, VISITOR_MAX_BYTES))
            return fail(error, ERR_INVALID, "visitor must be 16 to 64 of A-Z a-z 0-9 _ -");
        if (!visitors_seat(web_chat->visitors, inbound->connection, one))
            return fail(error, ERR_NO_MEMORY, "no memory for a visitor");
    }
    if (!visitors_name(web_chat->visitors, inbound->connection, &name))
        return fail(error, ERR_INVALID, "say hello first");
    return keep(saying, root, str_of(name.text), arena, ret_arrival, error);
}

/* A page's hello must reach decode with its connection, for the history goes there alone. */
static enum err add_connection(struct arrival *arrival, uint64_t connection, struct arena *arena, struct error *error)
{
    struct str open = str_first(arrival->body, arrival->body.n - 1);
    arrival->body = arena_format(arena, "%.*s,\"connection\":\"%llu\"}", STR_ARG(open), (unsigned long long)connection);
    return arrival->body.n > 0 ? OK : fail(error, ERR_NO_MEMORY, "no memory for a page's message");
}

enum err web_chat_identify(const struct platform *self, const struct inbound *inbound, struct arena *arena,
                           struct arrivals *ret_arrivals, struct error *error)
{
    struct web_chat *web_chat = web_chat_of(self);
    struct arrival arrival = {0}, *kept = arena_alloc(arena, sizeof *kept);
    struct str id = STR("");
    enum err rc = kept == NULL ? fail(error, ERR_NO_MEMORY, "no memory for a page's message")
                               : name_it(web_chat, inbound, arena, &arrival, &id, error);
    bool remembered = visitors_add_unsettled(web_chat->visitors, inbound->connection, id);
    if (rc == OK && !remembered)
        rc = fail(error, ERR_INVALID, "too many messages at once");
    if (rc == OK && str_eq(str_of(arrival.type), STR("opened")))
        rc = add_connection(&arrival, inbound->connection, arena, error);
    if (rc != OK || kept == NULL)
        return rc;
    *kept = arrival;
    *ret_arrivals = (struct arrivals){.items = kept, .n = 1};
    return OK;
}

/* ── decode ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err read_said(const struct json_value *root, struct arena *arena, struct event *event, struct error *error)
{
    const char *member = event->kind == EVENT_BUTTON ? "value" : "text";
    struct str *to = event->kind == EVENT_BUTTON ? &event->value : &event->text;
    struct str said = json_get_str(root, str_of(member), STR(""));
    enum err rc = event->kind == EVENT_BUTTON ? text_nfc(arena, said, to) : text_input(arena, said, to);
    if (rc != OK)
        return fail(error, rc, "a page's message is no text");
    if (event->kind == EVENT_BUTTON)
        event->step = json_get_str(root, STR("step"), STR(""));
    if (to->n == 0)
        event->ignored = "empty";
    return OK;
}

static enum err read_hello(const struct json_value *root, struct arena *arena, struct event *event, struct error *error)
{
    struct str connection = json_get_str(root, STR("connection"), STR(""));
    event->flow = json_get_str(root, STR("flow"), STR(""));
    event->opening = event->flow.n > 0 ? event->flow : STR("page");
    event->locale = json_get_str(root, STR("locale"), STR(""));
    event->address = arena_format(arena, "{\"connection\":\"%.*s\"}", STR_ARG(connection));
    const struct json_value *profile = json_get(root, STR("profile"));
    if (profile != NULL) {
        struct buf out;
        buf_init(&out, arena, (size_t)2 * MAX_PROFILE_BYTES);
        json_add_value(&out, profile);
        event->profile = buf_str(&out);
        if (buf_failed(&out))
            return fail(error, ERR_NO_MEMORY, "no memory for a profile");
    }
    return event->address.n > 0 ? OK : fail(error, ERR_NO_MEMORY, "no memory for a page's message");
}

enum err web_chat_decode(const struct platform *self, const struct stored *stored, struct arena *arena,
                         struct event *ret_event, struct error *error)
{
    struct json_value *root = NULL;
    struct str body = arena_copy(arena, stored->body);
    if (json_read(arena, body, &root, error) != OK)
        return during(error, "reading a page's message");
    const struct saying *saying = find_saying(json_get_str(root, STR("type"), STR("")));
    struct str visitor = json_get_str(root, STR("visitor"), STR(""));
    if (saying == NULL || !web_chat_is_name(visitor, LEAST_VISITOR_BYTES, VISITOR_MAX_BYTES))
        return fail(error, ERR_INVALID, "this is no message of a page");
    struct event event = {
        .key = arena_copy(arena, stored->key),
        .platform = str_of(self->name),
        .conversation = arena_copy(arena, stored->conversation),
        .user = visitor,
        .kind = saying->kind,
        .author = AUTHOR_USER,
        .happened_ms = stored->received_ms,
        .direct = true,
    };
    enum err rc =
        saying->kind == EVENT_OPENED ? read_hello(root, arena, &event, error) : read_said(root, arena, &event, error);
    if (rc == OK)
        *ret_event = event;
    return rc;
}
