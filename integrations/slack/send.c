/* integrations/slack/send.c — one composed request to Slack. */
#include <inttypes.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/log.h"
#include "integrations/http/http_client.h"
#include "integrations/slack/form.h"
#include "integrations/slack/methods.h"
#include "integrations/slack/tree.h"
#include "integrations/slack/web_api.h"
#include "integrations/slack/workspace.h"

#include "bot/base/banned.h"

enum { MAX_FORM_BYTES = 1024 * 1024, LOOK_BACK_MESSAGES = 100 };

struct sending {
    const struct slack *slack;
    const struct outgoing *outgoing;
    const struct json_value *payload;
    struct arena *arena;
};

static struct delivery never(const char *reason)
{
    return (struct delivery){.result = DELIVERY_NEVER, .reason = str_of(reason)};
}

/* ── a command's answer ────────────────────────────────────────────────────────────────────────────────────────── */

static struct delivery send_response(const struct sending *s)
{
    struct str url = json_get_str(s->payload, STR("url"), STR(""));
    if (s->slack->http == NULL || !slack_is_response_url(s->slack, url))
        return never("the response_url is not Slack's");
    struct buf body;
    buf_init(&body, s->arena, MAX_FORM_BYTES);
    json_add_value(&body, json_get(s->payload, STR("json")));
    if (buf_failed(&body))
        return never("the answer is too long");
    struct http_header headers[] = {{STR("Content-Type"), STR("application/json; charset=utf-8")}};
    struct http_request_out request = {
        .method = "POST", .url = url, .headers = headers, .n_headers = 1, .body = buf_str(&body)};
    struct http_result result;
    struct error error;
    enum err rc = http_call(s->slack->http, &request, s->arena, &result, &error);
    if (rc != OK)
        return (struct delivery){.result = rc == ERR_INVALID ? DELIVERY_NEVER : DELIVERY_LATER,
                                 .reason = arena_copy(s->arena, str_of(error.text))};
    static const enum delivery_result results[] = {
        [HTTP_DONE] = DELIVERY_SENT, [HTTP_LATER] = DELIVERY_LATER, [HTTP_NEVER] = DELIVERY_NEVER};
    return (struct delivery){.result = results[http_outcome(result.status)],
                             .retry_after_ms = result.retry_after_ms > 0 ? result.retry_after_ms : 0,
                             .reason = arena_format(s->arena, "response_url: status %d", result.status)};
}

/* ── the Web API ───────────────────────────────────────────────────────────────────────────────────────────────── */

enum with { WITH_BLOCKS, WITHOUT_BLOCKS };

/* Texts go as they are, everything else as its JSON. */
static struct str form_of(const struct sending *s, enum with with)
{
    struct buf form, json;
    buf_init(&form, s->arena, MAX_FORM_BYTES);
    const struct json_value *args = json_get(s->payload, STR("args"));
    for (const struct json_value *arg = args != NULL ? args->child : NULL; arg != NULL; arg = arg->next) {
        if (with == WITHOUT_BLOCKS && (str_eq(arg->key, STR("blocks")) || str_eq(arg->key, STR("metadata"))))
            continue;
        if (arg->kind == JSON_STRING_) {
            form_add(&form, arg->key, arg->text);
            continue;
        }
        buf_init(&json, s->arena, MAX_FORM_BYTES);
        json_add_value(&json, arg);
        form_add(&form, arg->key, buf_str(&json));
    }
    return buf_failed(&form) ? (struct str){NULL, 0} : buf_str(&form);
}

static struct str argument(const struct sending *s, struct str name)
{
    return json_get_str(json_get(s->payload, STR("args")), name, STR(""));
}

/* Did the earlier try arrive, though its answer did not?  Slack takes no idempotency key, so before posting again we
 * look for ours in the metadata of what was said since.  When that cannot be read (a scope, a limit), the message is
 * sent again: twice is better than never. */
static bool was_posted(const struct sending *s, struct str *ret_ts)
{
    struct str thread = argument(s, STR("thread_ts")), after = json_get_str(s->payload, STR("after"), STR(""));
    struct buf form;
    buf_init(&form, s->arena, 4096);
    form_add(&form, STR("channel"), argument(s, STR("channel")));
    if (thread.n > 0)
        form_add(&form, STR("ts"), thread);
    if (after.n > 0)
        form_add(&form, STR("oldest"), after);
    buf_addf(&form, "&include_all_metadata=true&limit=%d", LOOK_BACK_MESSAGES);
    struct slack_answer answer = slack_web_api(
        s->slack, thread.n > 0 ? "conversations.replies" : "conversations.history", buf_str(&form), s->arena);
    struct str key = arena_format(s->arena, "%016" PRIx64, str_hash(s->outgoing->idempotency_key));
    const struct json_value *message = slack_items_at(answer.root, "messages");
    for (; message != NULL; message = message->next)
        if (key.n > 0 && str_eq(slack_text_at(message, "metadata.event_payload.key"), key)) {
            *ret_ts = slack_text_at(message, "ts");
            return true;
        }
    return false;
}

/* In a public channel the bot may let itself in. */
static bool join(const struct sending *s)
{
    struct buf form;
    buf_init(&form, s->arena, 1024);
    form_add(&form, STR("channel"), argument(s, STR("channel")));
    struct slack_answer answer = slack_web_api(s->slack, "conversations.join", buf_str(&form), s->arena);
    return answer.delivery.result == DELIVERY_SENT;
}

static struct delivery call(const struct sending *s, const char *method, enum with with, struct str *ret_code)
{
    struct str form = form_of(s, with);
    if (form.p == NULL)
        return never("the message is too long");
    struct slack_answer answer = slack_web_api(s->slack, method, form, s->arena);
    *ret_code = answer.code;
    return answer.delivery;
}

static struct delivery send_message(const struct sending *s, const char *method)
{
    struct str code = {NULL, 0};
    struct delivery delivery = call(s, method, WITH_BLOCKS, &code);
    if (str_eq(code, STR("not_in_channel")) && join(s))
        delivery = call(s, method, WITH_BLOCKS, &code);
    if (!slack_is_block_error(code))
        return delivery;
    LOG_WARNING("slack.blocks_refused", F_CSTR("method", method), F_STR("reason", delivery.reason));
    return call(s, method, WITHOUT_BLOCKS, &code);
}

/* A stream that is over by itself, or was stopped by an earlier try, is fine. */
static struct delivery send_update(const struct sending *s)
{
    struct buf form;
    buf_init(&form, s->arena, 1024);
    form_add(&form, STR("channel"), argument(s, STR("channel")));
    form_add(&form, STR("ts"), argument(s, STR("ts")));
    if (json_get_bool(s->payload, STR("streams"), false)) {
        struct slack_answer stopped = slack_web_api(s->slack, "chat.stopStream", buf_str(&form), s->arena);
        if (stopped.delivery.result == DELIVERY_LATER)
            return stopped.delivery;
    }
    return send_message(s, "chat.update");
}

/* A trigger is good for one view and three seconds: there is no second try, but the message whose button makes a new
 * trigger. */
static bool open_view(struct sending *s, struct delivery *ret_delivery)
{
    struct str code = {NULL, 0};
    if (s->outgoing->attempt > 1)
        return false;
    *ret_delivery = call(s, "views.open", WITH_BLOCKS, &code);
    if (ret_delivery->result != DELIVERY_SENT)
        LOG_WARNING("slack.modal_not_opened", F_STR("reason", ret_delivery->reason));
    return ret_delivery->result == DELIVERY_SENT;
}

struct delivery slack_send(const struct platform *self, const struct outgoing *outgoing, struct arena *arena)
{
    struct json_value *payload;
    struct error error;
    if (json_read(arena, outgoing->payload, &payload, &error) != OK)
        return never("the request cannot be read");
    struct sending s = {.slack = slack_of(self), .outgoing = outgoing, .payload = payload, .arena = arena};
    struct str method = json_get_str(payload, STR("method"), STR(""));
    if (method.n == 0)
        return send_response(&s);
    struct delivery opened;
    if (str_eq(method, STR("views.open"))) {
        if (open_view(&s, &opened))
            return opened;
        s.payload = json_get(payload, STR("otherwise"));
        method = json_get_str(s.payload, STR("method"), STR(""));
    }
    if (str_eq(method, STR("chat.update")))
        return send_update(&s);
    if (!str_eq(method, STR("chat.postMessage")))
        return never("a method that is never composed");
    struct str ts;
    if (outgoing->attempt > 1 && was_posted(&s, &ts))
        return (struct delivery){.result = DELIVERY_SENT, .receipt = ts};
    return send_message(&s, "chat.postMessage");
}
