#include "integrations/slack/web_api.h"

#include "integrations/slack/form.h"
#include "tests/unit/integrations/slack/stage.h"

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
                         "messaging_processing_failed streaming_state_conflict team_added_to_org org_login_required "
                         "external_channel_migrating"},
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
         "deprecated_endpoint something_new"},
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

#define OPEN "{\"method\":\"views.open\",\"args\":{\"trigger_id\":\"1.2.f\",\"view\":{}},\"otherwise\":" MESSAGE "}"

TEST(send, a_modal_that_opens_is_all_that_is_sent)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "{\"ok\":true,\"view\":{\"id\":\"V1\"}}");
    assert_int_equal(send_try(&s, OPEN, 1).result, DELIVERY_SENT);
    assert_int_equal(s.n_requests, 1);
    assert_string_equal(s.paths[0], "/api/views.open");
    stage_end(&s);
}

TEST(send, a_modal_that_comes_too_late_is_a_message_instead)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "{\"ok\":false,\"error\":\"expired_trigger_id\"}");
    respond(&s, 200, "", "{\"ok\":true,\"ts\":\"9.000001\"}");
    assert_str_equal(send_try(&s, OPEN, 1).receipt, STR("9.000001"));
    assert_string_equal(s.paths[1], "/api/chat.postMessage");
    respond_only(&s, 200, "", "{\"ok\":true,\"messages\":[],\"ts\":\"9.000002\"}");
    assert_int_equal(send_try(&s, OPEN, 2).result, DELIVERY_SENT);
    assert_string_equal(s.paths[0], "/api/conversations.replies"); /* the trigger is spent: only the message is left */
    assert_string_equal(s.paths[1], "/api/chat.postMessage");
    stage_end(&s);
}

TEST_MAIN
