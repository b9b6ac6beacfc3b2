#include "bot/base/buf.h"
#include "integrations/slack/form.h"
#include "tests/unit/integrations/slack/slack_fixture.h"

static const struct {
    const char *fixture;
    enum event_kind kind;
    enum event_author author;
    const char *ignored, *text;
} cases[] = {
    {"event_app_mention.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "what is our refund policy?"},
    {"event_app_mention_in_thread.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "and for digital goods?"},
    {"event_message_channel_same_as_app_mention.json", EVENT_MESSAGE, AUTHOR_USER, "mention_comes_too",
     "what is our refund policy?"},
    {"event_message_im.json", EVENT_MESSAGE, AUTHOR_USER, NULL,
     "Hello bot, how do I reset my password? 안녕하세요 & link"},
    {"event_message_im_escaped.json", EVENT_MESSAGE, AUTHOR_USER, NULL,
     "a <b> & c @U0HUMAN002 #general @here a link x@example.com"},
    {"event_message_im_thread.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "And on mobile?"},
    {"event_message_im_assistant_thread.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "When was Slack released?"},
    {"event_message_mpim.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "group dm text"},
    {"event_message_private_channel.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "private channel text"},
    {"event_message_thread_broadcast.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "also sent to the channel"},
    {"event_message_slack_connect.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "hello from another company"},
    {"event_message_self_bot.json", EVENT_MESSAGE, AUTHOR_SELF, NULL, "Refunds are possible within 14 days."},
    {"event_message_self_response_url.json", EVENT_MESSAGE, AUTHOR_SELF, NULL,
     "Reply posted through our own response_url"},
    {"event_message_changed_self.json", EVENT_MESSAGE, AUTHOR_SELF, NULL, ""},
    {"event_message_changed_assistant_title.json", EVENT_MESSAGE, AUTHOR_SELF, NULL, ""},
    {"event_message_changed.json", EVENT_MESSAGE, AUTHOR_SYSTEM, "edited", ""},
    {"event_message_deleted.json", EVENT_MESSAGE, AUTHOR_SYSTEM, "deleted", ""},
    {"event_message_channel_join.json", EVENT_MESSAGE, AUTHOR_SELF, NULL, "has joined the channel"},
    {"event_message_other_bot.json", EVENT_MESSAGE, AUTHOR_BOT, NULL, "Build #42 passed"},
    {"event_message_bot_message_subtype.json", EVENT_MESSAGE, AUTHOR_BOT, NULL, "Hi from a classic bot"},
    {"event_agent_session_stopped.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_agent_session_title_changed.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_app_context_changed.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_app_home_opened_home.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_app_home_opened_messages.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_app_home_opened_org_install.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_app_uninstalled.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_assistant_thread_context_changed.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_assistant_thread_started.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_file_shared.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_function_executed.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_link_shared.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_link_shared_composer.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_member_joined_channel.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_member_left_channel.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_reaction_added.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_reaction_removed.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_team_access_granted.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_team_access_revoked.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"event_tokens_revoked.json", EVENT_OTHER, AUTHOR_USER, "unknown_type", ""},
    {"slash_command.form.txt", EVENT_COMMAND, AUTHOR_USER, NULL, "what is our refund policy & how long?"},
    {"slash_command_org_empty_text.form.txt", EVENT_COMMAND, AUTHOR_USER, NULL, ""},
    {"slash_command_unicode_escaped.form.txt", EVENT_COMMAND, AUTHOR_USER, NULL, "환불 정책 알려줘 @bob #general"},
};

TEST(decode, every_fixture_is_what_it_says)
{
    if (!test_has_shared())
        skip();
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct event event = decode_fixture(&w, cases[i].fixture);
        if (event.kind != cases[i].kind || event.author != cases[i].author)
            fail_msg("%s: kind %d, author %d", cases[i].fixture, event.kind, event.author);
        if (!str_eq(str_of(event.ignored), str_of(cases[i].ignored)) || !str_eq(event.text, str_of(cases[i].text)))
            fail_msg("%s: ignored %s, text %.*s", cases[i].fixture, event.ignored, STR_ARG(event.text));
        assert_str_equal(event.platform, STR("slack"));
    }
    world_end(&w);
}

TEST(decode, a_mention_is_answered_in_a_thread_under_it)
{
    if (!test_has_shared())
        skip();
    struct slack_world w;
    world_start(&w, NULL, IDS_UNKNOWN); /* authorizations tell who we are */
    struct event event = decode_fixture(&w, "event_app_mention.json");
    assert_true(event.mention);
    assert_false(event.direct);
    assert_false(event.in_thread);
    assert_str_equal(event.text, STR("what is our refund policy?"));
    assert_str_equal(event.workspace, STR("T0F1XTURE1"));
    assert_str_equal(event.channel, STR("C0GENERAL1"));
    assert_str_equal(event.user, STR("U0HUMAN001"));
    assert_int_equal(event.happened_ms, 1755000000000);
    assert_str_equal(event.address,
                     STR("{\"team\":\"T0F1XTURE1\",\"channel\":\"C0GENERAL1\",\"thread_ts\":\"1755000000.000100\","
                         "\"message_ts\":\"1755000000.000100\",\"user\":\"U0HUMAN001\"}"));
    assert_int_equal(event.missing, EVENT_NEEDS_PROFILE);

    event = decode_fixture(&w, "event_app_mention_in_thread.json");
    assert_true(event.in_thread);
    assert_str_equal(member(&w, event.address, "thread_ts"), STR("1755000000.000100"));
    assert_str_equal(member(&w, event.address, "message_ts"), STR("1755000060.000200"));
    world_end(&w);
}

TEST(decode, a_direct_message_is_answered_where_it_stands)
{
    if (!test_has_shared())
        skip();
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    struct event event = decode_fixture(&w, "event_message_im.json");
    assert_true(event.direct);
    assert_false(event.mention);
    assert_str_equal(member(&w, event.address, "thread_ts"), STR(""));
    event = decode_fixture(&w, "event_message_im_thread.json");
    assert_false(event.in_thread);
    assert_str_equal(member(&w, event.address, "thread_ts"), STR("1755000120.000300"));
    world_end(&w);
}

TEST(decode, our_own_messages_are_known_before_we_know_our_ids)
{
    if (!test_has_shared())
        skip();
    struct slack_world w;
    world_start(&w, NULL, IDS_UNKNOWN);
    assert_int_equal(decode_fixture(&w, "event_message_self_bot.json").author, AUTHOR_SELF);
    assert_int_equal(decode_fixture(&w, "event_message_changed_self.json").author, AUTHOR_SELF);
    assert_int_equal(decode_fixture(&w, "event_message_self_response_url.json").author, AUTHOR_BOT);
    assert_string_equal(decode_fixture(&w, "event_message_channel_same_as_app_mention.json").ignored,
                        "mention_comes_too");
    world_end(&w);
}

static struct event decode_event(struct slack_world *w, const char *event_members)
{
    struct str json = arena_format(&w->arena,
                                   "{\"type\":\"event_callback\",\"team_id\":\"T0F1XTURE1\",\"event_id\":\"Ev1\","
                                   "\"event\":{\"channel\":\"C1\",\"ts\":\"5.000001\",%s}}",
                                   event_members);
    struct inbound inbound = {.body = json, .content_type = STR("application/json")};
    return decode(w, &inbound, STR(""));
}

TEST(decode, only_what_people_say_is_heard)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    assert_null(decode_event(&w, "\"type\":\"message\",\"user\":\"U1\",\"subtype\":\"me_message\"").ignored);
    struct event files =
        decode_event(&w, "\"type\":\"message\",\"user\":\"U1\",\"subtype\":\"file_share\",\"files\":[{\"id\":\"F1\","
                         "\"name\":\"a.png\",\"mimetype\":\"image/png\",\"size\":12}, {}]");
    assert_null(files.ignored);
    assert_true(files.has_files);
    assert_int_equal(files.n_files, 2);
    assert_str_equal(files.files[0].id, STR("F1"));
    assert_str_equal(files.files[0].name, STR("a.png"));
    assert_str_equal(files.files[0].type, STR("image/png"));
    assert_int_equal(files.files[0].bytes, 12);
    assert_string_equal(decode_event(&w, "\"type\":\"message\",\"user\":\"U1\",\"subtype\":\"channel_topic\"").ignored,
                        "subtype");
    assert_string_equal(decode_event(&w, "\"type\":\"message\",\"user\":\"U1\",\"hidden\":true").ignored, "hidden");
    assert_string_equal(decode_event(&w, "\"type\":\"message\",\"user\":\"U1\",\"edited\":{\"ts\":\"6\"}").ignored,
                        "edited");
    assert_null(decode_event(&w, "\"type\":\"app_mention\",\"user\":\"U1\",\"edited\":{\"ts\":\"6\"}").ignored);
    assert_string_equal(decode_event(&w, "\"type\":\"message\"").ignored, "no_user");
    assert_int_equal(decode_event(&w, "\"type\":\"message\",\"user\":\"USLACKBOT\"").author, AUTHOR_BOT);
    assert_int_equal(decode_event(&w, "\"type\":\"app_mention\",\"user\":\"U1\",\"bot_id\":\"B9\"").author, AUTHOR_BOT);
    world_end(&w);
}

TEST(decode, odd_timestamps_are_no_time)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    assert_int_equal(decode_event(&w, "\"type\":\"message\",\"user\":\"U1\"").happened_ms, 5000);
    struct inbound inbound = {.body = STR("{\"type\":\"event_callback\",\"event\":{\"type\":\"message\","
                                          "\"channel\":\"C1\",\"ts\":\"9223372036854775807.5\",\"user\":\"U1\"}}"),
                              .content_type = STR("application/json")};
    assert_int_equal(decode(&w, &inbound, STR("")).happened_ms, 0);
    world_end(&w);
}

TEST(decode, a_command_needs_a_direct_conversation_and_answers_there_once_it_has_one)
{
    if (!test_has_shared())
        skip();
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    struct inbound inbound = request_of(&w, "slash_command.form.txt");
    struct event event = decode(&w, &inbound, STR(""));
    assert_str_equal(event.command, STR("/ask"));
    assert_str_equal(event.user, STR("U0HUMAN001"));
    assert_str_equal(event.channel, STR("C0GENERAL1"));
    assert_int_equal(event.missing, EVENT_NEEDS_DIRECT | EVENT_NEEDS_PROFILE);
    assert_str_equal(member(&w, event.address, "response_url"),
                     STR("https://hooks.slack.com/commands/T0F1XTURE1/1755000000005/fixtureresponseurl00000005"));

    event =
        decode(&w, &inbound, STR("{\"direct\":\"D0DMALICE1\",\"profile\":{\"name\":\"alice\",\"locale\":\"ko-KR\"}}"));
    assert_int_equal(event.missing, 0);
    assert_str_equal(event.locale, STR("ko-KR"));
    assert_str_equal(event.profile, STR("{\"name\":\"alice\",\"locale\":\"ko-KR\"}"));
    assert_str_equal(member(&w, event.address, "channel"), STR("D0DMALICE1"));
    assert_str_equal(member(&w, event.address, "response_url"), STR(""));
    assert_str_equal(event.channel, STR("C0GENERAL1"));
    world_end(&w);
}

TEST(decode, a_response_url_that_is_not_slacks_is_dropped)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    static const struct {
        const char *url;
        bool kept;
    } urls[] = {
        {"https://hooks.slack.com/commands/T/1/x", true},
        {"https://slack.com/other", true}, /* the origin of api_url */
        {"https://hooks.slack.com.evil.example/", false},
        {"http://hooks.slack.com/commands/T/1/x", false},
        {"https://hooks.slack.com:8443/", false},
        {"https://x@hooks.slack.com/", false},
        {"http://169.254.169.254/latest/meta-data", false},
        {"file:///etc/passwd", false},
    };
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct buf form;
        buf_init(&form, &w.arena, 4096);
        form_add(&form, STR("command"), STR("/ask"));
        form_add(&form, STR("user_id"), STR("U1"));
        form_add(&form, STR("trigger_id"), STR("1.2"));
        form_add(&form, STR("response_url"), str_of(urls[i].url));
        struct inbound inbound = {.body = buf_str(&form), .content_type = STR("application/x-www-form-urlencoded")};
        struct event event = decode(&w, &inbound, STR(""));
        assert_str_equal(member(&w, event.address, "response_url"), urls[i].kept ? str_of(urls[i].url) : STR(""));
    }
    world_end(&w);
}

/* A block_actions payload in the message of a DM. */
static struct event press(struct slack_world *w, const char *action, const char *state)
{
    struct str json =
        arena_format(&w->arena,
                     "{\"type\":\"block_actions\",\"team\":{\"id\":\"T0F1XTURE1\"},\"user\":{\"id\":\"U0HUMAN001\"},"
                     "\"container\":{\"type\":\"message\",\"message_ts\":\"5.1\",\"channel_id\":\"D0DMALICE1\"},"
                     "\"message\":{\"ts\":\"5.1\",\"team\":\"T0F1XTURE1\",\"text\":\"Q\\n1. a\",\"blocks\":["
                     "{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"Q\"},\"accessory\":{\"type\":"
                     "\"multi_static_select\"}},"
                     "{\"type\":\"actions\",\"elements\":[]}]},"
                     "\"state\":{\"values\":%s},\"actions\":[%s]}",
                     state, action);
    struct buf form;
    buf_init(&form, &w->arena, 100000);
    form_add(&form, STR("payload"), json);
    struct inbound inbound = {.body = buf_str(&form), .content_type = STR("application/x-www-form-urlencoded")};
    return decode(w, &inbound, STR(""));
}

TEST(decode, a_pressed_button_gives_its_value)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    struct event event =
        press(&w,
              "{\"type\":\"button\",\"action_id\":\"choice:2\",\"block_id\":\"ask:smokes\",\"value\":\"yes\","
              "\"action_ts\":\"6.5\",\"text\":{\"type\":\"plain_text\",\"text\":\"네\"}}",
              "{}");
    assert_int_equal(event.kind, EVENT_BUTTON);
    assert_str_equal(event.value, STR("yes"));
    assert_str_equal(event.step, STR("smokes"));
    assert_str_equal(event.text, STR("네"));
    assert_true(event.direct);
    assert_str_equal(event.conversation, STR("slack:T0F1XTURE1:D0DMALICE1"));
    assert_str_equal(event.address,
                     STR("{\"team\":\"T0F1XTURE1\",\"channel\":\"D0DMALICE1\",\"user\":\"U0HUMAN001\",\"pressed\":{"
                         "\"channel\":\"D0DMALICE1\",\"ts\":\"5.1\",\"text\":\"Q\\n1. a\",\"label\":\"네\",\"by\":\"\","
                         "\"blocks\":[{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"Q\"}}]}}"));
    world_end(&w);
}

TEST(decode, menus_and_check_boxes_give_what_was_chosen)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    const char *option_a = "{\"text\":{\"type\":\"plain_text\",\"text\":\"A\"},\"value\":\"a\"}";
    const char *option_b = "{\"text\":{\"type\":\"plain_text\",\"text\":\"B\"},\"value\":\"b\"}";
    struct str menu = arena_format(
        &w.arena, "{\"action_id\":\"choice:menu\",\"action_ts\":\"6.5\",\"selected_option\":%s}", option_b);
    assert_str_equal(press(&w, menu.p, "{}").value, STR("b"));
    struct str several =
        arena_format(&w.arena, "{\"action_id\":\"choice:all\",\"action_ts\":\"6.5\",\"selected_options\":[%s,%s]}",
                     option_a, option_b);
    assert_str_equal(press(&w, several.p, "{}").value, STR("a,b"));
    struct str ticked = arena_format(
        &w.arena, "{\"block\":{\"pick\":{\"type\":\"checkboxes\",\"selected_options\":[%s,%s]}}}", option_b, option_a);
    struct event confirmed = press(&w, "{\"action_id\":\"confirm\",\"action_ts\":\"6.5\"}", ticked.p);
    assert_str_equal(confirmed.value, STR("b,a"));
    assert_str_equal(confirmed.text, STR("B, A"));
    assert_str_equal(press(&w, "{\"action_id\":\"confirm\",\"action_ts\":\"6.5\"}", "{}").value, STR(""));
    world_end(&w);
}

TEST(decode, a_done_button_releases_the_conversation_that_it_names)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    struct event event = press(&w,
                               "{\"action_id\":\"done\",\"value\":\"slack:T0F1XTURE1:C9:3.3\",\"action_ts\":\"6.5\","
                               "\"text\":{\"type\":\"plain_text\",\"text\":\"완료\"}}",
                               "{}");
    assert_int_equal(event.kind, EVENT_RELEASED);
    assert_str_equal(event.value, STR("slack:T0F1XTURE1:C9:3.3"));
    assert_str_equal(event.conversation, STR("slack:T0F1XTURE1:C9:3.3"));
    assert_str_equal(member(&w, event.address, "channel"), STR("C9"));
    assert_str_equal(member(&w, event.address, "thread_ts"), STR("3.3"));
    world_end(&w);
}

TEST(decode, a_body_that_cannot_be_read_is_invalid)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    struct stored stored = {.key = STR("slack:x"), .conversation = STR("slack:x"), .body = STR("{")};
    struct event event;
    assert_int_equal(w.platform->decode(w.platform, &stored, &w.arena, &event, &w.error), ERR_INVALID);
    struct arena small;
    arena_init(&small, 200);
    stored.body =
        STR("{\"type\":\"event_callback\",\"event\":{\"type\":\"message\",\"channel\":\"C\",\"ts\":\"1.1\","
            "\"user\":\"U\",\"text\":\"long enough a text that two hundred bytes of memory do not hold it\"}}");
    assert_int_equal(w.platform->decode(w.platform, &stored, &small, &event, &w.error), ERR_NO_MEMORY);
    arena_release(&small);
    world_end(&w);
}

TEST_MAIN
