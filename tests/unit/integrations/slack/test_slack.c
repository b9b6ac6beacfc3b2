#include "tests/unit/integrations/slack/stage.h"

TEST(slack, an_empty_signing_secret_is_refused_at_start)
{
    struct settings_slack settings = {.bot_token = STR("xoxb")};
    struct slack *slack;
    struct error error;
    assert_int_equal(slack_new(&settings, NULL, &slack, &error), ERR_INVALID);
    slack_free(NULL);
}

static struct immediate answer(struct slack_world *w, struct str body, struct str type)
{
    struct inbound inbound = {.body = body, .content_type = type};
    struct immediate immediate;
    assert_int_equal(w->platform->answer(w->platform, &inbound, &w->arena, &immediate, &w->error), OK);
    return immediate;
}

TEST(slack, the_challenge_is_answered_as_plain_text)
{
    if (!test_has_shared())
        skip();
    struct slack_world w;
    world_start(&w, NULL, IDS_UNKNOWN);
    struct immediate immediate = answer(&w, fixture(&w, "event_url_verification.json"), STR("application/json"));
    assert_true(immediate.final);
    assert_int_equal(immediate.status, 200);
    assert_str_equal(immediate.content_type, STR("text/plain"));
    assert_str_equal(immediate.body, STR("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"));
    world_end(&w);
}

TEST(slack, a_certificate_test_is_answered_empty)
{
    if (!test_has_shared())
        skip();
    struct slack_world w;
    world_start(&w, NULL, IDS_UNKNOWN);
    static const char *const fixtures[] = {"slash_command_ssl_check.form.txt",
                                           "interaction_smuggled_ssl_check.form.txt"};
    for (size_t i = 0; i < COUNT_OF(fixtures); i++) {
        struct immediate immediate = answer(&w, fixture(&w, fixtures[i]), STR("application/x-www-form-urlencoded"));
        assert_true(immediate.final);
        assert_int_equal(immediate.status, 200);
        assert_int_equal(immediate.body.n, 0);
    }
    world_end(&w);
}

TEST(slack, everything_else_waits_until_it_is_durable)
{
    if (!test_has_shared())
        skip();
    struct slack_world w;
    world_start(&w, NULL, IDS_UNKNOWN);
    assert_false(answer(&w, fixture(&w, "event_app_mention.json"), STR("application/json")).final);
    assert_false(answer(&w, fixture(&w, "slash_command.form.txt"), STR("application/x-www-form-urlencoded")).final);
    assert_false(answer(&w, STR("{\"type\":\"event_callback\",\"x\":\"url_verification\"}"), STR("")).final);
    assert_false(answer(&w, STR("{\"type\":\"url_verification\",\"challenge\":7}"), STR("")).final);
    struct inbound broken = {.body = STR("{\"url_verification\""), .content_type = STR("application/json")};
    struct immediate immediate;
    assert_int_equal(w.platform->answer(w.platform, &broken, &w.arena, &immediate, &w.error), ERR_INVALID);
    world_end(&w);
}

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
