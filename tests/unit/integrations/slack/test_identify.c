#include "bot/base/buf.h"
#include "integrations/slack/form.h"
#include "tests/unit/integrations/slack/slack_fixture.h"

static const struct {
    const char *fixture, *key, *conversation, *type; /* key NULL: ignored, `type` says why */
} cases[] = {
    {"event_app_mention.json", "slack:1755000000.000100:T0F1XTURE1:C0GENERAL1",
     "slack:T0F1XTURE1:C0GENERAL1:1755000000.000100", "app_mention"},
    {"event_app_mention_in_thread.json", "slack:1755000060.000200:T0F1XTURE1:C0GENERAL1",
     "slack:T0F1XTURE1:C0GENERAL1:1755000000.000100", "app_mention"},
    {"event_message_channel_same_as_app_mention.json", "slack:1755000000.000100:T0F1XTURE1:C0GENERAL1:message",
     "slack:T0F1XTURE1:C0GENERAL1:1755000000.000100", "message"},
    {"event_message_im.json", "slack:1755000120.000300:T0F1XTURE1:D0DMALICE1", "slack:T0F1XTURE1:D0DMALICE1",
     "message"},
    {"event_message_im_escaped.json", "slack:1755000121.000400:T0F1XTURE1:D0DMALICE1", "slack:T0F1XTURE1:D0DMALICE1",
     "message"},
    {"event_message_im_thread.json", "slack:1755000180.000500:T0F1XTURE1:D0DMALICE1", "slack:T0F1XTURE1:D0DMALICE1",
     "message"},
    {"event_message_im_assistant_thread.json", "slack:1755000190.000550:T0F1XTURE1:D0DMALICE1",
     "slack:T0F1XTURE1:D0DMALICE1", "message"},
    {"event_message_mpim.json", "slack:1755000202.000620:T0F1XTURE1:C0MPIMGRP1:message",
     "slack:T0F1XTURE1:C0MPIMGRP1:1755000202.000620", "message"},
    {"event_message_private_channel.json", "slack:1755000201.000610:T0F1XTURE1:C0PRIVATE1:message",
     "slack:T0F1XTURE1:C0PRIVATE1:1755000201.000610", "message"},
    {"event_message_thread_broadcast.json", "slack:1755000205.000630:T0F1XTURE1:C0GENERAL1:message",
     "slack:T0F1XTURE1:C0GENERAL1:1755000000.000100", "message"},
    {"event_message_slack_connect.json", "slack:1755000207.000650:T0F1XTURE1:C0GENERAL1:message",
     "slack:T0F1XTURE1:C0GENERAL1:1755000207.000650", "message"},
    {"event_message_self_bot.json", "slack:1755000010.000700:T0F1XTURE1:C0GENERAL1:message",
     "slack:T0F1XTURE1:C0GENERAL1:1755000000.000100", "message"},
    {"event_message_changed.json", "slack:Ev0FIXT00017", "slack:T0F1XTURE1:other", "other"},
    {"event_reaction_added.json", "slack:Ev0FIXT00025", "slack:T0F1XTURE1:other", "other"},
    {"event_app_uninstalled.json", "slack:Ev0FIXTUNINS", "slack:T0F1XTURE1:other", "other"},
    {"event_team_access_granted.json", "slack:Ev0FIXTTAGRA", "slack::other", "other"},
    {"event_link_shared_composer.json", "slack:Ev0FIXT00039", "slack:T0F1XTURE1:other", "other"},
    {"event_app_rate_limited.json", NULL, NULL, "app_rate_limited"},
    {"event_url_verification.json", NULL, NULL, "unknown_type"},
    {"slash_command.form.txt", "slack:command:1755000000001.1755000000002.f1f2f3f4f5f6f7f8f9f0fafbfcfdfeff",
     "slack:T0F1XTURE1:cmd:U0HUMAN001", "command"},
    {"slash_command_unicode_escaped.form.txt",
     "slack:command:1755000000001.1755000000002.f1f2f3f4f5f6f7f8f9f0fafbfcfdfeff", "slack:T0F1XTURE1:cmd:U0HUMAN001",
     "command"},
    {"interaction_block_actions_message.form.txt", NULL, NULL, "unknown_action"},
    {"interaction_block_actions_home.json", NULL, NULL, "unknown_interaction"},
    {"interaction_block_suggestion.json", NULL, NULL, "unknown_interaction"},
    {"interaction_shortcut_global.json", NULL, NULL, "unknown_interaction"},
    {"interaction_view_closed.json", NULL, NULL, "view_closed"},
    {"interaction_view_submission.json", NULL, NULL, "unknown_view"},
};

TEST(identify, every_fixture_gets_its_key_and_conversation)
{
    if (!test_has_shared())
        skip();
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct inbound inbound = request_of(&w, cases[i].fixture);
        struct arrivals arrivals = identify(&w, &inbound);
        if (cases[i].key == NULL) {
            if (arrivals.n != 0 || strcmp(arrivals.ignored, cases[i].type) != 0)
                fail_msg("%s: %zu arrivals, %s", cases[i].fixture, arrivals.n, arrivals.ignored);
            continue;
        }
        struct arrival first = arrivals.n == 1 ? arrivals.items[0] : (struct arrival){.type = "none"};
        if (!str_eq(first.key, str_of(cases[i].key)) || !str_eq(first.conversation, str_of(cases[i].conversation)) ||
            strcmp(first.type, cases[i].type) != 0)
            fail_msg("%s: key %.*s, conversation %.*s, type %s", cases[i].fixture, STR_ARG(first.key),
                     STR_ARG(first.conversation), first.type);
        assert_int_equal(arrivals.items[0].body.n, 0);
    }
    world_end(&w);
}

TEST(identify, a_retry_has_the_same_key)
{
    if (!test_has_shared())
        skip();
    struct slack_world w;
    world_start(&w, NULL, IDS_UNKNOWN);
    struct inbound inbound = request_of(&w, "event_app_mention.json");
    struct str first = identify(&w, &inbound).items[0].key;
    assert_str_equal(identify(&w, &inbound).items[0].key, first);
    world_end(&w);
}

static struct arrivals identify_json(struct slack_world *w, const char *json)
{
    struct inbound inbound = {.body = str_of(json), .content_type = STR("application/json; charset=utf-8")};
    return identify(w, &inbound);
}

TEST(identify, an_edited_mention_has_the_key_of_the_first)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    const char *edited = "{\"type\":\"event_callback\",\"team_id\":\"T0F1XTURE1\",\"event_id\":\"Ev2\",\"event\":{"
                         "\"type\":\"app_mention\",\"channel\":\"C1\",\"ts\":\"1.2\",\"edited\":{\"ts\":\"2.0\"}}}";
    assert_str_equal(identify_json(&w, edited).items[0].key, STR("slack:1.2:T0F1XTURE1:C1"));
    world_end(&w);
}

TEST(identify, valid_json_of_any_shape_is_ignored_with_a_reason)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    static const struct {
        const char *json, *reason;
    } shapes[] = {
        {"[]", "unknown_type"},
        {"[[[{}]]]", "unknown_type"},
        {"null", "unknown_type"},
        {"7", "unknown_type"},
        {"\"event_callback\"", "unknown_type"},
        {"{}", "unknown_type"},
        {"{\"type\":7}", "unknown_type"},
        {"{\"type\":\"event_callback\"}", "unknown_type"},
        {"{\"type\":\"event_callback\",\"event\":[]}", "unknown_type"},
        {"{\"type\":\"event_callback\",\"event\":{}}", "malformed"},
        {"{\"type\":\"event_callback\",\"event\":{\"type\":\"message\",\"channel\":\"C\"}}", "malformed"},
        {"{\"type\":\"event_callback\",\"event\":{\"type\":\"message\",\"channel\":5,\"ts\":1.5}}", "malformed"},
        {"{\"type\":\"event_callback\",\"team_id\":\"T0OTHER\",\"event_id\":\"Ev1\",\"event\":{}}", "unknown_team"},
        {"{\"type\":\"something_new\",\"event\":{}}", "unknown_type"},
    };
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        struct arrivals arrivals = identify_json(&w, shapes[i].json);
        assert_int_equal(arrivals.n, 0);
        assert_string_equal(arrivals.ignored, shapes[i].reason);
    }
    world_end(&w);
}

TEST(identify, ids_longer_than_any_real_one_are_malformed)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    struct str json = arena_format(&w.arena, "{\"type\":\"event_callback\",\"event_id\":\"%0300d\",\"event\":{}}", 1);
    assert_string_equal(identify_json(&w, json.p).ignored, "malformed");
    world_end(&w);
}

TEST(identify, what_is_neither_json_nor_a_form_is_invalid)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    static const struct {
        struct str body, type;
    } bad[] = {
        {STR_INIT("{"), STR_INIT("application/json")},
        {STR_INIT(""), STR_INIT("application/json")},
        {STR_INIT("{\"a\":1,\"a\":2}"), STR_INIT("application/json")},
        {STR_INIT("{\"a\":\"\xff\"}"), STR_INIT("application/json")},
        {STR_INIT("{\"a\":\"\\u0000\"}"), STR_INIT("application/json")},
        {STR_INIT("payload=x"), STR_INIT("application/json")},
        {STR_INIT("{}"), STR_INIT("application/x-www-form-urlencoded")},
        {STR_INIT("a=%zz"), STR_INIT("application/x-www-form-urlencoded")},
        {STR_INIT("payload=%7B"), STR_INIT("application/x-www-form-urlencoded")},
        {STR_INIT("payload=1&payload=2"), STR_INIT("application/x-www-form-urlencoded")},
        {STR_INIT("{"), STR_INIT("")},
        {STR_INIT("a b"), STR_INIT("text/plain")},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct inbound inbound = {.body = bad[i].body, .content_type = bad[i].type};
        struct arrivals arrivals;
        if (w.platform->identify(w.platform, &inbound, &w.arena, &arrivals, &w.error) != ERR_INVALID)
            fail_msg("accepted: %.*s", STR_ARG(bad[i].body));
    }
    world_end(&w);
}

TEST(identify, forms_that_are_for_nobody_are_ignored)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    static const struct {
        struct str body;
        const char *reason;
    } forms[] = {
        {STR_INIT(""), "unknown_form"},
        {STR_INIT("a=1"), "unknown_form"},
        {STR_INIT("command=%2Fask"), "malformed"},
        {STR_INIT("payload=%5B%5D"), "unknown_interaction"},
        {STR_INIT("payload=%7B%22type%22%3A%22block_actions%22%7D"), "unknown_interaction"},
    };
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        struct inbound inbound = {.body = forms[i].body,
                                  .content_type = STR("application/x-www-form-urlencoded; charset=UTF-8")};
        struct arrivals arrivals = identify(&w, &inbound);
        assert_int_equal(arrivals.n, 0);
        assert_string_equal(arrivals.ignored, forms[i].reason);
    }
    world_end(&w);
}

#define PRESSED(channel, action)                                                                                       \
    "{\"type\":\"block_actions\",\"team\":{\"id\":\"T1\"},\"user\":{\"id\":\"U1\"},"                                   \
    "\"container\":{\"type\":\"message\",\"message_ts\":\"5.1\",\"channel_id\":\"" channel "\"},"                      \
    "\"actions\":[" action "]}"

static struct arrivals identify_pressed(struct slack_world *w, const char *payload)
{
    struct buf form;
    buf_init(&form, &w->arena, 100000);
    form_add(&form, STR("payload"), str_of(payload));
    struct inbound inbound = {.body = buf_str(&form), .content_type = STR("application/x-www-form-urlencoded")};
    return identify(w, &inbound);
}

TEST(identify, every_press_of_a_button_has_its_own_key)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    struct arrival one =
        identify_pressed(&w, PRESSED("D1", "{\"action_id\":\"choice:1\",\"action_ts\":\"6.0\",\"value\":\"a\"}"))
            .items[0];
    struct arrival same =
        identify_pressed(&w, PRESSED("D1", "{\"action_id\":\"choice:1\",\"action_ts\":\"6.0\",\"value\":\"a\"}"))
            .items[0];
    struct arrival later =
        identify_pressed(&w, PRESSED("D1", "{\"action_id\":\"choice:1\",\"action_ts\":\"6.1\",\"value\":\"a\"}"))
            .items[0];
    struct arrival other =
        identify_pressed(&w, PRESSED("D1", "{\"action_id\":\"choice:2\",\"action_ts\":\"6.0\",\"value\":\"a\"}"))
            .items[0];
    assert_str_equal(one.key, same.key);
    assert_false(str_eq(one.key, later.key));
    assert_false(str_eq(one.key, other.key));
    assert_str_equal(one.conversation, STR("slack:T1:D1"));
    assert_string_equal(one.type, "button");
    world_end(&w);
}

TEST(identify, a_button_in_a_shared_channel_belongs_to_its_thread)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    const char *payload = PRESSED("C1", "{\"action_id\":\"choice:1\",\"action_ts\":\"6.0\",\"value\":\"a\"}");
    assert_str_equal(identify_pressed(&w, payload).items[0].conversation, STR("slack:T1:C1:5.1"));
    world_end(&w);
}

TEST(identify, a_done_button_belongs_to_the_conversation_that_it_names)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    const char *payload =
        PRESSED("C0STAFF001", "{\"action_id\":\"done\",\"action_ts\":\"6.0\",\"value\":\"slack:T1:C9:3.3\"}");
    struct arrivals arrivals = identify_pressed(&w, payload);
    assert_str_equal(arrivals.items[0].conversation, STR("slack:T1:C9:3.3"));
    assert_string_equal(arrivals.items[0].type, "released");
    payload = PRESSED("C0STAFF001", "{\"action_id\":\"done\",\"action_ts\":\"6.0\",\"value\":\"channel_talk:1\"}");
    assert_string_equal(identify_pressed(&w, payload).ignored, "malformed");
    world_end(&w);
}

TEST_MAIN
