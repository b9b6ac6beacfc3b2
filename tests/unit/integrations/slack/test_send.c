#include "integrations/slack/web_api.h"

#include "bot/base/buf.h"
#include "integrations/slack/form.h"
#include "tests/unit/integrations/slack/slack_fixture.h"

/* A Slack behind a stub: answers are taken off a list, the last one stays. */
struct stage {
    struct slack_world world;
    struct stub_server *server;
    struct str responses[4];
    size_t n_responses, n_requests;
    char paths[8][64], bodies[8][4096], authorization[64], content_type[80];
    bool hang;
};

static void answer(void *self, const struct stub_request *request, struct buf *response)
{
    struct stage *s = self;
    size_t i = s->n_requests++;
    *request->hang = s->hang;
    if (i < COUNT_OF(s->paths)) {
        snprintf(s->paths[i], sizeof s->paths[i], "%.*s", STR_ARG(request->target));
        snprintf(s->bodies[i], sizeof s->bodies[i], "%.*s", STR_ARG(request->body));
    }
    snprintf(s->authorization, sizeof s->authorization, "%.*s", STR_ARG(stub_header(request, STR("authorization"))));
    snprintf(s->content_type, sizeof s->content_type, "%.*s", STR_ARG(stub_header(request, STR("content-type"))));
    buf_add(response, s->responses[i < s->n_responses ? i : s->n_responses - 1]);
}

static void stage_start(struct stage *s)
{
    *s = (struct stage){.n_requests = 0};
    s->server = stub_server_start(answer, s);
    world_start(&s->world, s->server, IDS_KNOWN);
}

static void stage_end(struct stage *s)
{
    world_end(&s->world);
    stub_server_stop(s->server);
}

static void respond(struct stage *s, int status, const char *headers, const char *body)
{
    s->responses[s->n_responses++] = arena_format(&s->world.arena, "HTTP/1.1 %d X\r\n%sContent-Length: %zu\r\n\r\n%s",
                                                  status, headers, strlen(body), body);
}

/* Forgets what was asked and answers this from now on. */
static void respond_only(struct stage *s, int status, const char *headers, const char *body)
{
    s->n_responses = s->n_requests = 0;
    respond(s, status, headers, body);
}

#define MESSAGE                                                                                                        \
    "{\"method\":\"chat.postMessage\",\"after\":\"1.000002\",\"args\":{\"channel\":\"C1\",\"thread_ts\":\"1.000001\"," \
    "\"text\":\"환불 & *x*\",\"blocks\":[{\"type\":\"divider\"}],\"unfurl_links\":false,\"metadata\":{\"a\":1}}}"

static struct delivery send_try(struct stage *s, const char *payload, int attempt)
{
    struct outgoing outgoing = {
        .payload = str_of(payload), .idempotency_key = STR("slack:T1:C1:1.000002#1"), .attempt = attempt};
    return s->world.platform->send(s->world.platform, &outgoing, &s->world.arena);
}

TEST(send, a_message_goes_out_as_a_form_with_the_bots_token)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "{\"ok\":true,\"channel\":\"C1\",\"ts\":\"9.000001\"}");
    struct delivery delivery = send_try(&s, MESSAGE, 1);
    assert_int_equal(delivery.result, DELIVERY_SENT);
    assert_str_equal(delivery.receipt, STR("9.000001"));
    assert_int_equal(s.n_requests, 1);
    assert_string_equal(s.paths[0], "/api/chat.postMessage");
    assert_string_equal(s.authorization, "Bearer xoxb-fixture");
    assert_true(str_starts(str_of(s.content_type), STR("application/x-www-form-urlencoded")));
    struct form form;
    assert_int_equal(form_parse(&s.world.arena, str_of(s.bodies[0]), &form, &s.world.error), OK);
    assert_str_equal(form_get(&form, STR("channel")), STR("C1"));
    assert_str_equal(form_get(&form, STR("text")), STR("환불 & *x*"));
    assert_str_equal(form_get(&form, STR("blocks")), STR("[{\"type\":\"divider\"}]"));
    assert_str_equal(form_get(&form, STR("unfurl_links")), STR("false"));
    assert_str_equal(form_get(&form, STR("metadata")), STR("{\"a\":1}"));
    stage_end(&s);
}

TEST(send, every_error_code_obliges_to_something)
{
    static const struct {
        enum delivery_result result;
        const char *codes;
    } table[] = {
        {DELIVERY_LATER, "ratelimited rate_limited internal_error service_unavailable request_timeout fatal_error "
                         "messaging_processing_failed team_added_to_org org_login_required external_channel_migrating"},
        {DELIVERY_NEVER,
         "token_expired invalid_auth not_authed account_inactive token_revoked user_removed_from_team team_disabled "
         "missing_scope not_allowed_token_type no_permission access_denied accesslimited ekm_access_denied "
         "enterprise_is_restricted two_factor_setup_required messages_tab_disabled team_access_not_granted "
         "app_access_restricted not_enabled feature_disabled not_agent_app channel_not_found not_in_channel "
         "is_archived "
         "is_inactive user_not_found user_not_in_channel thread_not_found invalid_thread_ts message_not_found "
         "cannot_reply_to_message restricted_action restricted_action_read_only_channel "
         "restricted_action_thread_only_channel restricted_action_non_threadable_channel "
         "restricted_action_thread_locked edit_window_closed cant_update_message cant_delete_message invalid_arguments "
         "invalid_blocks invalid_blocks_format invalid_attachments msg_too_long msg_blocks_too_long "
         "msg_blocks_too_many "
         "no_text too_many_attachments markdown_text_conflict metadata_too_large invalid_metadata_format "
         "invalid_metadata_schema invalid_arg_name invalid_array_arg invalid_charset invalid_form_data "
         "invalid_post_type missing_post_type invalid_json json_not_object unknown_method method_deprecated "
         "deprecated_endpoint streaming_state_conflict something_new"},
        {DELIVERY_SENT, "already_reacted no_reaction already_in_channel"},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct str rest = str_of(table[i].codes), code;
        while (str_split(&rest, ' ', &code))
            if (slack_result_of(code) != table[i].result)
                fail_msg("%.*s", STR_ARG(code));
    }
}

TEST(send, the_fixtures_answers_are_read_right)
{
    if (!test_has_shared())
        skip();
    static const struct {
        const char *fixture;
        enum delivery_result result;
    } answers[] = {
        {"webapi_chat.postMessage_ok.json", DELIVERY_SENT},
        {"webapi_chat.update_ok.json", DELIVERY_SENT},
        {"webapi_account_inactive.json", DELIVERY_NEVER},
        {"webapi_chat.postMessage_channel_not_found.json", DELIVERY_NEVER},
        {"webapi_chat.postMessage_is_archived.json", DELIVERY_NEVER},
        {"webapi_chat.update_msg_too_long.json", DELIVERY_NEVER},
        {"webapi_fatal_error.json", DELIVERY_LATER},
        {"webapi_internal_error.json", DELIVERY_LATER},
        {"webapi_invalid_arguments.json", DELIVERY_NEVER},
        {"webapi_invalid_auth.json", DELIVERY_NEVER},
        {"webapi_missing_scope.json", DELIVERY_NEVER},
        {"webapi_not_allowed_token_type.json", DELIVERY_NEVER},
        {"webapi_not_authed.json", DELIVERY_NEVER},
        {"webapi_ratelimited.json", DELIVERY_LATER},
        {"webapi_request_timeout.json", DELIVERY_LATER},
        {"webapi_service_unavailable.json", DELIVERY_LATER},
        {"webapi_team_access_not_granted.json", DELIVERY_NEVER},
        {"webapi_token_expired.json", DELIVERY_NEVER},
        {"webapi_token_revoked.json", DELIVERY_NEVER},
    };
    struct stage s;
    stage_start(&s);
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        respond_only(&s, 200, "Content-Type: application/json; charset=utf-8\r\n",
                     fixture(&s.world, answers[i].fixture).p);
        struct delivery delivery = send_try(&s, MESSAGE, 1);
        if (delivery.result != answers[i].result)
            fail_msg("%s: %d %.*s", answers[i].fixture, delivery.result, STR_ARG(delivery.reason));
        assert_true(delivery.result == DELIVERY_SENT || delivery.reason.n > 0);
    }
    stage_end(&s);
}

TEST(send, reasons_tell_what_is_missing_and_no_secret)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "",
            "{\"ok\":false,\"error\":\"missing_scope\",\"needed\":\"chat:write\",\"provided\":\"commands\"}");
    struct delivery delivery = send_try(&s, MESSAGE, 1);
    assert_str_equal(delivery.reason, STR("missing_scope: needs chat:write"));
    stage_end(&s);
}

TEST(send, waits_as_long_as_slack_asks)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 429, "Retry-After: 30\r\n", "{\"ok\":false,\"error\":\"ratelimited\"}");
    struct delivery delivery = send_try(&s, MESSAGE, 1);
    assert_int_equal(delivery.result, DELIVERY_LATER);
    assert_int_equal(delivery.retry_after_ms, 30000);
    respond_only(&s, 429, "Retry-After: 1\r\n", "");
    assert_int_equal(send_try(&s, MESSAGE, 1).retry_after_ms, 1000);
    respond_only(&s, 429, "", "");
    assert_int_equal(send_try(&s, MESSAGE, 1).retry_after_ms, 30000);
    respond_only(&s, 503, "Retry-After: 5\r\n", "{\"ok\":false,\"error\":\"service_unavailable\"}");
    assert_int_equal(send_try(&s, MESSAGE, 1).retry_after_ms, 5000);
    stage_end(&s);
}

TEST(send, answers_that_are_no_json_come_from_something_in_between)
{
    struct stage s;
    stage_start(&s);
    static const struct {
        int status;
        const char *body;
    } odd[] = {{500, "<html><body>Server Error</body></html>"},
               {200, "<html>login</html>"},
               {200, ""},
               {302, ""},
               {200, "[]"},
               {200, "{}"},
               {403, "blocked by proxy"},
               {200, "{\"ok\":false}"}};
    for (size_t i = 0; i < COUNT_OF(odd); i++) {
        respond_only(&s, odd[i].status, "", odd[i].body);
        assert_int_equal(send_try(&s, MESSAGE, 1).result, DELIVERY_LATER);
    }
    stage_end(&s);
}

TEST(send, a_silent_or_closing_slack_is_tried_later)
{
    struct stage s;
    stage_start(&s);
    s.responses[s.n_responses++] = STR("");
    assert_int_equal(send_try(&s, MESSAGE, 1).result, DELIVERY_LATER);
    s.hang = true;
    assert_int_equal(send_try(&s, MESSAGE, 1).result, DELIVERY_LATER);
    stage_end(&s);
}

TEST(send, refused_blocks_are_sent_once_more_as_plain_text)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "{\"ok\":false,\"error\":\"invalid_blocks\"}");
    respond(&s, 200, "", "{\"ok\":true,\"ts\":\"9.000001\"}");
    assert_int_equal(send_try(&s, MESSAGE, 1).result, DELIVERY_SENT);
    assert_int_equal(s.n_requests, 2);
    assert_non_null(strstr(s.bodies[0], "blocks="));
    assert_null(strstr(s.bodies[1], "blocks="));
    assert_null(strstr(s.bodies[1], "metadata="));
    assert_non_null(strstr(s.bodies[1], "text="));

    respond_only(&s, 200, "", "{\"ok\":false,\"error\":\"invalid_blocks\"}");
    assert_int_equal(send_try(&s, MESSAGE, 1).result, DELIVERY_NEVER);
    assert_int_equal(s.n_requests, 2);
    stage_end(&s);
}

TEST(send, a_public_channel_is_joined_when_it_must_be)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "{\"ok\":false,\"error\":\"not_in_channel\"}");
    respond(&s, 200, "", "{\"ok\":true}");
    respond(&s, 200, "", "{\"ok\":true,\"ts\":\"9.000001\"}");
    assert_int_equal(send_try(&s, MESSAGE, 1).result, DELIVERY_SENT);
    assert_string_equal(s.paths[1], "/api/conversations.join");
    assert_string_equal(s.bodies[1], "channel=C1");
    assert_int_equal(s.n_requests, 3);
    stage_end(&s);
}

TEST(send, a_second_try_looks_whether_the_first_arrived)
{
    struct stage s;
    stage_start(&s);
    struct str key =
        arena_format(&s.world.arena, "%016llx", (unsigned long long)str_hash(STR("slack:T1:C1:1.000002#1")));
    struct str found =
        arena_format(&s.world.arena,
                     "{\"ok\":true,\"messages\":[{\"ts\":\"8.000001\"},{\"ts\":\"9.000007\",\"metadata\":{"
                     "\"event_type\":\"gilbot_reply\",\"event_payload\":{\"key\":\"%.*s\"}}}]}",
                     STR_ARG(key));
    respond(&s, 200, "", found.p);
    struct delivery delivery = send_try(&s, MESSAGE, 2);
    assert_int_equal(delivery.result, DELIVERY_SENT);
    assert_str_equal(delivery.receipt, STR("9.000007"));
    assert_int_equal(s.n_requests, 1);
    assert_string_equal(s.paths[0], "/api/conversations.replies");
    assert_string_equal(s.bodies[0], "channel=C1&ts=1.000001&oldest=1.000002&include_all_metadata=true&limit=100");

    respond_only(&s, 200, "", "{\"ok\":true,\"messages\":[],\"ts\":\"9.000008\"}");
    assert_str_equal(send_try(&s, MESSAGE, 2).receipt, STR("9.000008")); /* not there: posted */
    assert_int_equal(s.n_requests, 2);

    respond_only(&s, 200, "", "{\"ok\":false,\"error\":\"missing_scope\"}");
    respond(&s, 200, "", "{\"ok\":true,\"ts\":\"9.000009\"}");
    assert_int_equal(send_try(&s, MESSAGE, 2).result, DELIVERY_SENT); /* cannot look: posted */

    respond_only(&s, 200, "", "{\"ok\":true,\"messages\":[],\"ts\":\"1.1\"}");
    assert_int_equal(
        send_try(&s, "{\"method\":\"chat.postMessage\",\"args\":{\"channel\":\"D1\",\"text\":\"x\"}}", 2).result,
        DELIVERY_SENT);
    assert_string_equal(s.paths[0], "/api/conversations.history");
    stage_end(&s);
}

TEST(send, a_commands_answer_goes_to_its_response_url_without_the_token)
{
    struct stage s;
    stage_start(&s);
    struct str payload = arena_format(&s.world.arena, "{\"url\":\"%.*s\",\"json\":{\"text\":\"안녕\"}}",
                                      STR_ARG(stub_server_url(s.server, "/commands/1")));
    respond(&s, 200, "", "ok");
    assert_int_equal(send_try(&s, payload.p, 1).result, DELIVERY_SENT);
    assert_string_equal(s.paths[0], "/commands/1");
    assert_string_equal(s.bodies[0], "{\"text\":\"안녕\"}");
    assert_string_equal(s.authorization, "");
    assert_true(str_starts(str_of(s.content_type), STR("application/json")));
    respond_only(&s, 404, "", "used_url");
    assert_int_equal(send_try(&s, payload.p, 1).result, DELIVERY_NEVER);
    respond_only(&s, 500, "", "");
    assert_int_equal(send_try(&s, payload.p, 1).result, DELIVERY_LATER);
    respond_only(&s, 200, "", "ok");
    assert_int_equal(send_try(&s, "{\"url\":\"http://169.254.169.254/\",\"json\":{}}", 1).result, DELIVERY_NEVER);
    assert_int_equal(s.n_requests, 0);
    stage_end(&s);
}

TEST(send, payloads_that_were_never_composed_are_refused)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "{\"ok\":true}");
    assert_int_equal(send_try(&s, "{", 1).result, DELIVERY_NEVER);
    assert_int_equal(send_try(&s, "{}", 1).result, DELIVERY_NEVER);
    assert_int_equal(send_try(&s, "{\"method\":\"admin.users.remove\",\"args\":{}}", 1).result, DELIVERY_NEVER);
    assert_int_equal(s.n_requests, 0);
    stage_end(&s);
}

TEST(send, without_a_token_nothing_can_be_sent)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "{\"ok\":true}");
    s.world.settings.bot_token = STR("");
    assert_int_equal(send_try(&s, MESSAGE, 1).result, DELIVERY_NEVER);
    assert_int_equal(s.n_requests, 0);
    stage_end(&s);
}

/* ── fetch ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct stored stored_fixture(struct stage *s, const char *name, struct str extra)
{
    return (struct stored){
        .key = STR("slack:x"), .conversation = STR("slack:T:cmd:U"), .body = fixture(&s->world, name), .extra = extra};
}

static struct delivery fetch(struct stage *s, const struct stored *stored, unsigned needs, struct str *ret_extra,
                             struct str *ret_conversation)
{
    return s->world.platform->fetch(s->world.platform, stored, needs, &s->world.arena, ret_extra, ret_conversation);
}

TEST(fetch, a_profile_tells_who_the_user_is)
{
    if (!test_has_shared())
        skip();
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", fixture(&s.world, "webapi_users.info_ok.json").p);
    struct stored stored = stored_fixture(&s, "event_message_im.json", STR(""));
    struct str extra, conversation;
    assert_int_equal(fetch(&s, &stored, EVENT_NEEDS_PROFILE, &extra, &conversation).result, DELIVERY_SENT);
    assert_string_equal(s.paths[0], "/api/users.info");
    assert_string_equal(s.bodies[0], "user=U0HUMAN001&include_locale=true");
    assert_str_equal(extra, STR("{\"profile\":{\"name\":\"alice\",\"email\":\"alice@example.com\",\"locale\":\"ko-KR\","
                                "\"tz\":\"Asia/Seoul\"}}"));
    assert_int_equal(conversation.n, 0);
    stage_end(&s);
}

TEST(fetch, a_command_moves_into_a_direct_conversation)
{
    if (!test_has_shared())
        skip();
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", fixture(&s.world, "webapi_conversations.open_ok.json").p);
    struct stored stored = stored_fixture(&s, "slash_command.form.txt", STR("{\"profile\":{\"name\":\"alice\"}}"));
    struct str extra, conversation;
    unsigned needs = EVENT_NEEDS_DIRECT | EVENT_NEEDS_PROFILE;
    assert_int_equal(fetch(&s, &stored, needs, &extra, &conversation).result, DELIVERY_SENT);
    assert_int_equal(s.n_requests, 1); /* the profile is there already */
    assert_string_equal(s.paths[0], "/api/conversations.open");
    assert_string_equal(s.bodies[0], "users=U0HUMAN001");
    assert_str_equal(extra, STR("{\"profile\":{\"name\":\"alice\"},\"direct\":\"D0DMALICE1\"}"));
    assert_str_equal(conversation, STR("slack:T0F1XTURE1:D0DMALICE1"));
    stage_end(&s);
}

TEST(fetch, what_cannot_be_had_is_done_without)
{
    if (!test_has_shared())
        skip();
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "{\"ok\":false,\"error\":\"missing_scope\"}");
    respond(&s, 200, "", "{\"ok\":true,\"channel\":{\"id\":\"D9\"}}");
    struct stored stored = stored_fixture(&s, "slash_command.form.txt", STR(""));
    struct str extra, conversation;
    unsigned needs = EVENT_NEEDS_DIRECT | EVENT_NEEDS_PROFILE;
    assert_int_equal(fetch(&s, &stored, needs, &extra, &conversation).result, DELIVERY_SENT);
    assert_str_equal(extra, STR("{\"profile\":{},\"direct\":\"D9\"}"));

    respond_only(&s, 200, "", "{\"ok\":false,\"error\":\"user_not_found\"}");
    assert_int_equal(fetch(&s, &stored, EVENT_NEEDS_PROFILE, &extra, &conversation).result, DELIVERY_NEVER);
    respond_only(&s, 200, "", "{\"ok\":true,\"channel\":{}}");
    assert_int_equal(fetch(&s, &stored, EVENT_NEEDS_DIRECT, &extra, &conversation).result, DELIVERY_NEVER);
    respond_only(&s, 429, "Retry-After: 7\r\n", "");
    struct delivery delivery = fetch(&s, &stored, needs, &extra, &conversation);
    assert_int_equal(delivery.result, DELIVERY_LATER);
    assert_int_equal(delivery.retry_after_ms, 7000);
    stage_end(&s);
}

/* ── auth.test ─────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(auth_test, tells_who_we_are)
{
    if (!test_has_shared())
        skip();
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "x-oauth-scopes: chat:write,commands\r\n", fixture(&s.world, "webapi_auth.test_ok.json").p);
    assert_int_equal(slack_auth_test(s.world.slack, &s.world.error), OK);
    assert_int_equal(slack_auth_test(s.world.slack, &s.world.error), OK);
    struct slack_ids ids = slack_ids(s.world.slack);
    assert_str_equal(ids.team, STR("T0F1XTURE1"));
    assert_str_equal(ids.user, STR("U0BOTUSER1"));
    assert_str_equal(ids.bot, STR("B0BOTPROF1"));
    stage_end(&s);
}

TEST(auth_test, a_refusal_says_what_to_do)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "{\"ok\":false,\"error\":\"invalid_auth\"}");
    assert_int_equal(slack_auth_test(s.world.slack, &s.world.error), ERR_INVALID);
    assert_non_null(strstr(s.world.error.text, "invalid_auth"));
    assert_non_null(strstr(s.world.error.text, "Bot User OAuth Token"));
    assert_null(strstr(s.world.error.text, "xoxb-fixture"));
    respond_only(&s, 200, "x-oauth-scopes: commands\r\n", "{\"ok\":true}");
    assert_int_equal(slack_auth_test(s.world.slack, &s.world.error), ERR_INVALID);
    assert_non_null(strstr(s.world.error.text, "chat:write"));
    respond_only(&s, 500, "", "");
    assert_int_equal(slack_auth_test(s.world.slack, &s.world.error), ERR_REMOTE);
    s.world.settings.bot_token = STR("");
    assert_int_equal(slack_auth_test(s.world.slack, &s.world.error), ERR_INVALID);
    stage_end(&s);
}

TEST_MAIN
