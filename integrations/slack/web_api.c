#include "integrations/slack/web_api.h"

#include "bot/base/arena.h"
#include "bot/base/json.h"
#include "bot/base/settings.h"
#include "integrations/http/http_client.h"
#include "integrations/slack/tree.h"
#include "integrations/slack/workspace.h"

#include "bot/base/banned.h"

enum { RETRY_WITHOUT_HEADER_MS = 30000, MIGRATION_RETRY_MS = 10 * 60 * 1000 };

static bool is_one_of(struct str code, const struct str *codes, size_t n)
{
    return strs_contain((struct strs){codes, n}, code);
}

/* A workspace that is being moved; it takes minutes to hours. */
static bool is_migrating(struct str code)
{
    static const struct str codes[] = {STR_INIT("team_added_to_org"), STR_INIT("org_login_required"),
                                       STR_INIT("external_channel_migrating")};
    return is_one_of(code, codes, COUNT_OF(codes));
}

static bool is_rate_limit(struct str code)
{
    return str_eq(code, STR("ratelimited")) || str_eq(code, STR("rate_limited"));
}

enum delivery_result slack_result_of(struct str code)
{
    static const struct str later[] = {
        STR_INIT("internal_error"), STR_INIT("service_unavailable"),         STR_INIT("request_timeout"),
        STR_INIT("fatal_error"),    STR_INIT("messaging_processing_failed"), STR_INIT("streaming_state_conflict")};
    static const struct str done[] = {STR_INIT("already_reacted"), STR_INIT("no_reaction"),
                                      STR_INIT("already_in_channel")};
    if (is_one_of(code, done, COUNT_OF(done)))
        return DELIVERY_SENT;
    if (is_rate_limit(code) || is_migrating(code) || is_one_of(code, later, COUNT_OF(later)))
        return DELIVERY_LATER;
    return DELIVERY_NEVER;
}

bool slack_is_block_error(struct str code)
{
    static const struct str codes[] = {
        STR_INIT("invalid_blocks"),      STR_INIT("invalid_blocks_format"),   STR_INIT("invalid_attachments"),
        STR_INIT("msg_blocks_too_long"), STR_INIT("msg_blocks_too_many"),     STR_INIT("too_many_attachments"),
        STR_INIT("metadata_too_large"),  STR_INIT("invalid_metadata_format"), STR_INIT("invalid_metadata_schema"),
    };
    return is_one_of(code, codes, COUNT_OF(codes));
}

static int64_t wait_ms(const struct http_result *result, struct str code)
{
    if (result->retry_after_ms >= 0)
        return result->retry_after_ms;
    if (result->status == 429 || is_rate_limit(code))
        return RETRY_WITHOUT_HEADER_MS;
    return is_migrating(code) ? MIGRATION_RETRY_MS : 0;
}

/* "missing_scope: needs chat:write" — the code, and what an operator wants to know beside it. */
static struct str explain(struct arena *arena, const struct json_value *root, struct str code)
{
    struct str needed = slack_text_at(root, "needed");
    struct str detail = slack_text_at(root, "response_metadata.messages.0");
    if (needed.n > 0)
        return arena_format(arena, "%.*s: needs %.*s", STR_ARG(code), STR_ARG(needed));
    return detail.n > 0 ? arena_format(arena, "%.*s: %.*s", STR_ARG(code), STR_ARG(detail)) : arena_copy(arena, code);
}

static void read_answer(struct slack_answer *answer, const struct http_result *result, const struct json_value *root,
                        struct arena *arena)
{
    if (slack_is_true_at(root, "ok")) {
        answer->delivery = (struct delivery){.result = DELIVERY_SENT};
        answer->delivery.receipt = arena_copy(arena, slack_text_at(root, "ts"));
        answer->root = root;
        return;
    }
    answer->code = arena_copy(arena, slack_text_at(root, "error"));
    answer->delivery.result = answer->code.n > 0 ? slack_result_of(answer->code) : DELIVERY_LATER;
    if (http_outcome(result->status) == HTTP_LATER)
        answer->delivery.result = DELIVERY_LATER;
    answer->delivery.retry_after_ms = answer->delivery.result == DELIVERY_LATER ? wait_ms(result, answer->code) : 0;
    answer->delivery.reason = answer->code.n > 0 ? explain(arena, root, answer->code)
                                                 : arena_format(arena, "status %d without a reason", result->status);
}

static struct slack_answer no_answer(enum delivery_result result, struct str reason)
{
    return (struct slack_answer){.delivery = {.result = result, .reason = reason}};
}

struct slack_answer slack_web_api(const struct slack *slack, const char *method, struct str form, struct arena *arena)
{
    const struct settings_slack *settings = slack->settings;
    if (settings->bot_token.n == 0 || slack->http == NULL)
        return no_answer(DELIVERY_NEVER, STR("slack.bot_token is not set"));
    struct http_header headers[] = {
        {STR("Authorization"), arena_format(arena, "Bearer %.*s", STR_ARG(settings->bot_token))},
        {STR("Content-Type"), STR("application/x-www-form-urlencoded; charset=utf-8")},
    };
    struct http_request_out request = {
        .method = "POST",
        .url = arena_format(arena, "%.*s%s", STR_ARG(settings->api_url), method),
        .headers = headers,
        .n_headers = COUNT_OF(headers),
        .body = form,
    };
    struct http_result result;
    struct error error;
    enum err rc = http_call(slack->http, &request, arena, &result, &error);
    if (rc != OK)
        return no_answer(rc == ERR_INVALID ? DELIVERY_NEVER : DELIVERY_LATER, arena_copy(arena, str_of(error.text)));

    struct slack_answer answer = {.scopes = http_result_header(&result, STR("x-oauth-scopes"))};
    struct json_value *root;
    if (json_read(arena, result.body, &root, NULL) == OK && root->kind == JSON_OBJECT_) {
        read_answer(&answer, &result, root, arena);
        return answer;
    }
    /* a proxy's page, a gateway's error: Slack itself always answers JSON */
    answer.delivery.result = DELIVERY_LATER;
    answer.delivery.retry_after_ms = wait_ms(&result, STR(""));
    answer.delivery.reason = arena_format(arena, "status %d, no JSON", result.status);
    return answer;
}
