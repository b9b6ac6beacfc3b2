#include "integrations/channel_talk/api.h"

#include <ctype.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/log.h"
#include "bot/base/settings.h"
#include "integrations/channel_talk/channel_talk.h"
#include "integrations/http/http_client.h"

#include "bot/base/banned.h"

void channel_talk_add_encoded(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x80 && (isalnum(c) || c == '-' || c == '_' || c == '~'))
            buf_add_char(out, (char)c);
        else
            buf_addf(out, "%%%02X", c);
    }
}

static struct channel_talk_result later(int64_t retry_after_ms, struct str reason)
{
    return (struct channel_talk_result){
        .delivery = {.result = DELIVERY_LATER, .retry_after_ms = retry_after_ms, .reason = reason}};
}

static struct channel_talk_result never(struct str reason)
{
    return (struct channel_talk_result){.delivery = {.result = DELIVERY_NEVER, .reason = reason}};
}

/* Retry-After, else x-ratelimit-reset (Unix seconds); 0 when neither helps. */
static int64_t pause_of(const struct channel_talk *ct, const struct http_result *answer)
{
    if (answer->retry_after_ms >= 0)
        return answer->retry_after_ms;
    int64_t reset_s;
    if (!str_to_i64(http_result_header(answer, STR("x-ratelimit-reset")), &reset_s) || reset_s > INT64_MAX / 1000)
        return 0;
    int64_t pause_ms = reset_s * 1000 - clock_now_ms(ct->clock);
    return pause_ms < 0 ? 0 : pause_ms > HTTP_MAX_RETRY_AFTER_MS ? HTTP_MAX_RETRY_AFTER_MS : pause_ms;
}

/* One line for an outage, not one per message. */
static void note_keys(const struct channel_talk *ct, int status)
{
    bool refused = status == 401 || status == 403;
    bool before = atomic_exchange(&ct->state->keys_refused, refused);
    if (refused && !before)
        LOG_ERROR("channel_talk.keys_refused", F_I64("status", status),
                  F_CSTR("hint", "check channel_talk.access_key and access_secret, and their permissions"));
}

static struct channel_talk_result judge(const struct channel_talk *ct, const struct http_result *answer,
                                        struct arena *arena)
{
    struct str reason = arena_format(arena, "HTTP %d", answer->status);
    struct channel_talk_result result = never(reason);
    switch (http_outcome(answer->status)) {
    case HTTP_DONE:
        return (struct channel_talk_result){.delivery = {.result = DELIVERY_SENT}, .body = answer->body};
    case HTTP_LATER:
        return later(pause_of(ct, answer), reason);
    case HTTP_NEVER:
        break;
    }
    result.refused = answer->status == 400 || answer->status == 422;
    return result;
}

static struct channel_talk_result judge_failure(enum err rc, const struct error *error, struct arena *arena)
{
    struct str reason = arena_copy(arena, (struct str){error->text, error->n});
    return rc == ERR_INVALID ? never(reason) : later(0, reason);
}

struct channel_talk_result channel_talk_call(const struct channel_talk *ct, const struct channel_talk_request *request,
                                             struct arena *arena)
{
    const struct http_header headers[] = {
        {STR_INIT("x-access-key"), ct->settings->access_key},
        {STR_INIT("x-access-secret"), ct->settings->access_secret},
        {STR_INIT("accept"), STR_INIT("application/json")},
        {STR_INIT("content-type"), STR_INIT("application/json")},
    };
    struct http_request_out out = {
        .method = request->method,
        .url = arena_format(arena, "%.*s/open/v5%.*s", STR_ARG(ct->settings->api_url), STR_ARG(request->path)),
        .headers = headers,
        .n_headers = COUNT_OF(headers) - (request->body.n == 0 ? 1 : 0),
        .body = request->body,
    };
    struct error error = {.code = OK};
    struct http_result answer;
    enum err rc = http_call(ct->http, &out, arena, &answer, &error);
    if (rc != OK)
        return judge_failure(rc, &error, arena);
    note_keys(ct, answer.status);
    return judge(ct, &answer, arena);
}
