#include "integrations/slack/slack.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/json.h"
#include "bot/base/secret.h"
#include "bot/base/settings.h"
#include "integrations/slack/body.h"
#include "integrations/slack/methods.h"
#include "integrations/slack/submission.h"
#include "integrations/slack/tree.h"
#include "integrations/slack/verify.h"
#include "integrations/slack/web_api.h"
#include "integrations/slack/workspace.h"

#include "bot/base/banned.h"

enum { PACE_MS = 1000, AUTH_ARENA_BYTES = 256 * 1024 };

static enum err verify(const struct platform *self, const struct inbound *inbound, int64_t now_ms, struct error *error)
{
    if (slack_is_ssl_check(inbound))
        return OK; /* `answer` ends it */
    return slack_verify(slack_of(self)->signing_secret, inbound, now_ms, error);
}

static enum err answer_challenge(struct str body, struct arena *arena, struct immediate *ret_immediate,
                                 struct error *error)
{
    struct json_value *root;
    enum err rc = json_read(arena, body, &root, error);
    if (rc != OK)
        return rc;
    const struct json_value *challenge = slack_at(root, "challenge");
    if (!str_eq(slack_text_at(root, "type"), STR("url_verification")) || challenge == NULL ||
        challenge->kind != JSON_STRING_)
        return OK;
    struct str text = arena_copy(arena, challenge->text);
    if (text.p == NULL)
        return fail(error, ERR_NO_MEMORY, "the challenge does not fit into memory");
    *ret_immediate = (struct immediate){.final = true, .status = 200, .content_type = STR("text/plain"), .body = text};
    return OK;
}

static enum err answer(const struct platform *self, const struct inbound *inbound, struct arena *arena,
                       struct immediate *ret_immediate, struct error *error)
{
    (void)self;
    *ret_immediate = (struct immediate){.final = false};
    if (slack_is_ssl_check(inbound)) {
        *ret_immediate = (struct immediate){.final = true, .status = 200};
        return OK;
    }
    /* a search before parsing: nearly every request is an event, which identify parses again */
    bool may_be_challenge =
        slack_format_of(inbound) == SLACK_JSON && str_find(inbound->body, STR("url_verification")) != SIZE_MAX;
    return may_be_challenge ? answer_challenge(inbound->body, arena, ret_immediate, error) : OK;
}

enum err slack_new(const struct settings_slack *settings, struct http_client *http, struct slack **ret_slack,
                   struct error *error)
{
    if (settings->signing_secret.n == 0)
        return fail(error, ERR_INVALID, "slack.signing_secret is empty; copy it from the app's Basic Information page");
    struct slack *slack = calloc(1, sizeof *slack);
    struct secret_key *secret = secret_key_new(settings->signing_secret);
    if (slack == NULL || secret == NULL) {
        free(slack);
        secret_key_free(secret);
        return fail(error, ERR_NO_MEMORY, "no memory for Slack");
    }
    slack->signing_secret = secret;
    slack->settings = settings;
    slack->http = http;
    slack->platform = (struct platform){
        .name = "slack",
        .pace_ms = PACE_MS, /* chat.postMessage: one a second for each channel */
        .has_buttons = true,
        .verify = verify,
        .answer = answer,
        .read_sheet = slack_read_sheet,
        .refuse_sheet = slack_refuse_sheet,
        .identify = slack_identify,
        .decode = slack_decode,
        .fetch = slack_fetch,
        .compose = slack_compose,
        .show = slack_show,
        .send = slack_send,
    };
    *ret_slack = slack;
    return OK;
}

void slack_free(struct slack *slack)
{
    if (slack == NULL)
        return;
    slack_ids_free(slack);
    secret_key_free(slack->signing_secret);
    free(slack);
}

const struct platform *slack_platform(const struct slack *slack)
{
    return &slack->platform;
}

/* What somebody has to do about a refusal. */
static const char *remedy(struct str code)
{
    static const struct {
        struct str code;
        const char *remedy;
    } remedies[] = {
        {STR_INIT("invalid_auth"),
         "copy the Bot User OAuth Token (xoxb-…) again, and look at the app's allowed IP addresses"},
        {STR_INIT("not_authed"), "set slack.bot_token to the Bot User OAuth Token (xoxb-…)"},
        {STR_INIT("account_inactive"), "install the app in the workspace again and copy its new token"},
        {STR_INIT("token_revoked"), "install the app in the workspace again and copy its new token"},
        {STR_INIT("token_expired"), "switch token rotation off for the app, or copy a fresh token"},
        {STR_INIT("not_allowed_token_type"), "use the bot token (xoxb-…), not a user or app token"},
        {STR_INIT("org_login_required"), "wait until the workspace has been moved into its organisation"},
        {STR_INIT("team_access_not_granted"),
         "let an administrator of the organisation allow the app in this workspace"},
    };
    for (size_t i = 0; i < COUNT_OF(remedies); i++)
        if (str_eq(remedies[i].code, code))
            return remedies[i].remedy;
    return "look the reason up in Slack's documentation of auth.test";
}

enum err slack_auth_test(struct slack *slack, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, AUTH_ARENA_BYTES);
    if (slack->settings->bot_token.n == 0)
        return fail(error, ERR_INVALID, "slack.bot_token is not set; without it the bot can answer commands only");
    struct slack_answer answer = slack_web_api(slack, "auth.test", STR(""), &arena);
    struct str reason = answer.delivery.reason;
    if (answer.delivery.result == DELIVERY_LATER)
        return fail(error, ERR_REMOTE, "Slack does not answer (%.*s); trying again later", STR_ARG(reason));
    if (answer.delivery.result == DELIVERY_NEVER)
        return fail(error, ERR_INVALID, "Slack refuses the bot token (%.*s); %s", STR_ARG(reason), remedy(answer.code));
    struct slack_ids ids = {
        .team = slack_text_at(answer.root, "team_id"),
        .user = slack_text_at(answer.root, "user_id"),
        .bot = slack_text_at(answer.root, "bot_id"),
    };
    if (answer.scopes.n > 0 && str_find(answer.scopes, STR("chat:write")) == SIZE_MAX)
        return fail(error, ERR_INVALID, "the bot token lacks the scope chat:write; add it and install the app again");
    return slack_ids_learn(slack, ids, error);
}
