#include "bot/base/buf.h"
#include "integrations/slack/mrkdwn.h"
#include "tests/unit/integrations/slack/slack_fixture.h"

#define ADDRESS                                                                                                        \
    "{\"team\":\"T1\",\"channel\":\"C1\",\"thread_ts\":\"1.000001\",\"message_ts\":\"1.000002\",\"user\":\"U1\"}"

struct turn {
    struct slack_world world;
    struct event event;
    struct replies replies;
    struct outgoings out;
};

static void turn_start(struct turn *t, enum event_kind kind, const char *address)
{
    world_start(&t->world, NULL, IDS_KNOWN);
    t->event = (struct event){.key = STR("slack:T1:C1:1.000002"),
                              .conversation = STR("slack:T1:C1:1.000001"),
                              .kind = kind,
                              .address = str_of(address)};
    t->replies = (struct replies){.arena = &t->world.arena};
}

static void compose(struct turn *t)
{
    struct compose_input input = {.event = &t->event, .replies = &t->replies, .user = STR("U1")};
    const struct platform *platform = t->world.platform;
    if (platform->compose(platform, &input, &t->world.arena, &t->out, &t->world.error) != OK)
        fail_msg("compose: %s", t->world.error.text);
}

static void turn_end(struct turn *t)
{
    world_end(&t->world);
}

static struct reply *say(struct turn *t, const char *text)
{
    struct reply *reply = replies_add(&t->replies, REPLY_TEXT);
    reply->text = str_of(text);
    return reply;
}

static struct reply *ask(struct turn *t, const char *text, size_t n_options)
{
    struct reply *reply = replies_add(&t->replies, REPLY_CHOICES);
    reply->text = str_of(text);
    reply->how_to_answer = STR("번호로 답해 주세요.");
    reply->options = arena_alloc_array(&t->world.arena, n_options + 1, sizeof *reply->options);
    reply->n_options = n_options;
    for (size_t i = 0; i < n_options; i++)
        reply->options[i] = (struct reply_option){arena_format(&t->world.arena, "v%zu", i + 1),
                                                  arena_format(&t->world.arena, "선택 %zu", i + 1)};
    return reply;
}

static const struct json_value *payload(struct turn *t, size_t i)
{
    struct json_value *root;
    assert_true(i < t->out.n);
    assert_int_equal(json_read(&t->world.arena, t->out.items[i].payload, &root, &t->world.error), OK);
    return root;
}

static const struct json_value *args(struct turn *t, size_t i)
{
    return json_get(payload(t, i), STR("args"));
}

static struct str text_of(const struct json_value *object, const char *key)
{
    return json_get_str(object, str_of(key), STR(""));
}

/* The nth block of a request's message. */
static const struct json_value *block(const struct json_value *message, size_t n)
{
    const struct json_value *b = json_get(message, STR("blocks"))->child;
    while (n-- > 0 && b != NULL)
        b = b->next;
    return b;
}

static const struct json_value *element(const struct json_value *b, size_t n)
{
    const struct json_value *e = json_get(b, STR("elements"))->child;
    while (n-- > 0 && e != NULL)
        e = e->next;
    return e;
}

TEST(compose, the_texts_of_a_turn_are_one_message_with_a_block_each)
{
    struct turn t;
    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    say(&t, "**하나**");
    say(&t, "둘 <!channel>");
    compose(&t);
    assert_int_equal(t.out.n, 1);
    assert_str_equal(t.out.items[0].payload,
                     STR("{\"method\":\"chat.postMessage\",\"after\":\"1.000002\",\"args\":{\"channel\":\"C1\","
                         "\"thread_ts\":\"1.000001\",\"text\":\"*하나*\\n둘 &lt;!channel&gt;\",\"blocks\":["
                         "{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"verbatim\":true,\"text\":\"*하나*\"}},"
                         "{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"verbatim\":true,"
                         "\"text\":\"둘 &lt;!channel&gt;\"}}],\"unfurl_links\":false,\"unfurl_media\":false,"
                         "\"metadata\":{\"event_type\":\"gilbot_reply\",\"event_payload\":{\"key\":"
                         "\"b46ab3961bba4879\"}}}}"));
    assert_str_equal(t.out.items[0].pace_key, STR("T1:C1"));
    assert_str_equal(t.out.items[0].idempotency_key, STR("slack:T1:C1:1.000002#1"));
    assert_str_equal(t.out.items[0].plain, STR("하나\n둘 <!channel>"));
    turn_end(&t);
}

TEST(compose, a_pause_begins_a_new_message)
{
    struct turn t;
    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    say(&t, "하나");
    say(&t, "둘")->pause_ms = 1500;
    say(&t, "셋");
    compose(&t);
    assert_int_equal(t.out.n, 2);
    assert_int_equal(t.out.items[0].pause_ms, 0);
    assert_int_equal(t.out.items[1].pause_ms, 1500);
    assert_str_equal(text_of(args(&t, 1), "text"), STR("둘\n셋"));
    assert_false(str_eq(t.out.items[0].idempotency_key, t.out.items[1].idempotency_key));
    turn_end(&t);
}

TEST(compose, the_same_turn_gives_the_same_keys)
{
    struct turn t;
    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    say(&t, "하나");
    compose(&t);
    struct str first = t.out.items[0].payload;
    compose(&t);
    assert_str_equal(t.out.items[0].payload, first);
    turn_end(&t);
}

TEST(compose, long_answers_become_several_messages_within_slacks_limits)
{
    struct turn t;
    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    struct buf text;
    buf_init(&text, &t.world.arena, 1000000);
    for (int i = 0; i < 30; i++)
        buf_addf(&text, "%s문단 %d: %0500d", i > 0 ? "\n\n" : "", i, 0);
    say(&t, buf_str(&text).p);
    compose(&t);
    assert_true(t.out.n >= 4);
    for (size_t i = 0; i < t.out.n; i++) {
        assert_true(slack_units(text_of(args(&t, i), "text")) <= 4000);
        for (const struct json_value *b = block(args(&t, i), 0); b != NULL; b = b->next)
            assert_true(slack_units(text_of(json_get(b, STR("text")), "text")) <= 3000);
    }
    turn_end(&t);
}

TEST(compose, no_message_has_more_than_fifty_blocks)
{
    struct turn t;
    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    for (int i = 0; i < 120; i++)
        say(&t, "짧다");
    compose(&t);
    assert_int_equal(t.out.n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(json_get(args(&t, i), STR("blocks"))->n <= 50);
    turn_end(&t);
}

TEST(compose, five_options_are_buttons)
{
    struct turn t;
    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    ask(&t, "몇 번?", 5);
    compose(&t);
    assert_str_equal(text_of(args(&t, 0), "text"),
                     STR("몇 번?\n1. 선택 1\n2. 선택 2\n3. 선택 3\n4. 선택 4\n5. 선택 5"));
    const struct json_value *actions = block(args(&t, 0), 1);
    assert_str_equal(text_of(actions, "type"), STR("actions"));
    assert_int_equal(json_get(actions, STR("elements"))->n, 5);
    const struct json_value *second = element(actions, 1);
    assert_str_equal(text_of(second, "type"), STR("button"));
    assert_str_equal(text_of(second, "action_id"), STR("choice:2"));
    assert_str_equal(text_of(second, "value"), STR("v2"));
    assert_str_equal(text_of(json_get(second, STR("text")), "text"), STR("선택 2"));
    turn_end(&t);
}

TEST(compose, buttons_carry_the_question_they_belong_to)
{
    struct turn t;
    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    ask(&t, "몇 번?", 5);
    t.replies.items[0].step = STR("활동량");
    compose(&t);
    assert_str_equal(text_of(block(args(&t, 0), 1), "block_id"), STR("ask:활동량"));
    turn_end(&t);
}

TEST(compose, more_options_are_a_menu)
{
    struct turn t;
    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    ask(&t, "몇 번?", 100);
    compose(&t);
    const struct json_value *menu = element(block(args(&t, 0), 1), 0);
    assert_str_equal(text_of(menu, "type"), STR("static_select"));
    assert_true(str_starts(text_of(menu, "action_id"), STR("choice:")));
    assert_int_equal(json_get(menu, STR("options"))->n, 100);
    assert_str_equal(text_of(json_get(menu, STR("placeholder")), "text"), STR("선택하세요"));
    assert_true(slack_units(text_of(args(&t, 0), "text")) <= 4000);
    turn_end(&t);
}

TEST(compose, what_no_menu_holds_is_a_numbered_list)
{
    struct turn t;
    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    ask(&t, "몇 번?", 101);
    struct reply *empty_value = ask(&t, "빈 값?", 2);
    empty_value->options[0].value = STR("");
    compose(&t);
    for (size_t i = 0; i < t.out.n; i++)
        for (const struct json_value *b = block(args(&t, i), 0); b != NULL; b = b->next)
            assert_str_equal(text_of(b, "type"), STR("section"));
    assert_true(str_find(t.out.items[0].payload, STR("101. 선택 101")) != SIZE_MAX);
    assert_true(str_find(t.out.items[0].payload, STR("번호로 답해 주세요.")) != SIZE_MAX);
    turn_end(&t);
}

TEST(compose, several_answers_are_ticked_and_confirmed)
{
    struct turn t;
    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    t.event.locale = STR("en-US");
    ask(&t, "Which?", 10)->several = true;
    compose(&t);
    const struct json_value *actions = block(args(&t, 0), 1);
    assert_str_equal(text_of(element(actions, 0), "type"), STR("checkboxes"));
    assert_str_equal(text_of(element(actions, 0), "action_id"), STR("pick"));
    assert_str_equal(text_of(element(actions, 1), "action_id"), STR("confirm"));
    assert_str_equal(text_of(json_get(element(actions, 1), STR("text")), "text"), STR("OK"));
    turn_end(&t);

    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    ask(&t, "", 11)->several = true;
    compose(&t);
    const struct json_value *section = block(args(&t, 0), 0);
    assert_str_equal(text_of(section, "type"), STR("section"));
    assert_str_equal(text_of(json_get(section, STR("accessory")), "type"), STR("multi_static_select"));
    assert_str_equal(text_of(element(block(args(&t, 0), 1), 0), "action_id"), STR("confirm"));
    turn_end(&t);
}

TEST(compose, labels_are_cut_to_what_slack_takes)
{
    struct turn t;
    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    struct reply *reply = ask(&t, "?", 2);
    reply->options[0].label = arena_format(&t.world.arena, "%0100d", 0);
    reply->options[1].label = STR("");
    compose(&t);
    const struct json_value *actions = block(args(&t, 0), 1);
    struct str label = text_of(json_get(element(actions, 0), STR("text")), "text");
    assert_int_equal(slack_units(label), 75);
    assert_true(str_ends(label, STR("…")));
    assert_true(text_of(json_get(element(actions, 1), STR("text")), "text").n > 0);
    turn_end(&t);
}

TEST(compose, a_card_shows_its_image_and_link)
{
    struct turn t;
    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    struct reply *reply = replies_add(&t.replies, REPLY_CARD);
    reply->text = STR("추천 이유");
    reply->card = (struct reply_card){.id = STR("P1"),
                                      .name = STR("오메가*3*"),
                                      .price = STR("12,000원"),
                                      .image = STR("https://x.y/p.png"),
                                      .url = STR("https://x.y/p"),
                                      .button = STR("보기")};
    compose(&t);
    const struct json_value *section = block(args(&t, 0), 0);
    struct str text = text_of(json_get(section, STR("text")), "text");
    assert_true(str_ends(text, STR("\n12,000원\n추천 이유")));
    assert_str_equal(text_of(json_get(section, STR("accessory")), "image_url"), STR("https://x.y/p.png"));
    const struct json_value *button = element(block(args(&t, 0), 1), 0);
    assert_str_equal(text_of(button, "url"), STR("https://x.y/p"));
    assert_true(str_starts(text_of(button, "action_id"), STR("link:")));
    turn_end(&t);
}

TEST(compose, links_of_other_schemes_make_no_button)
{
    struct turn t;
    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    struct reply *reply = say(&t, "x");
    struct reply_button buttons[] = {{STR("a"), STR("javascript:alert(1)")}, {STR("b"), STR("https://x.y")}};
    reply->buttons = buttons;
    reply->n_buttons = 2;
    reply->image = STR("file:///etc/passwd");
    compose(&t);
    assert_int_equal(json_get(args(&t, 0), STR("blocks"))->n, 2);
    assert_int_equal(json_get(block(args(&t, 0), 1), STR("elements"))->n, 1);
    turn_end(&t);
}

TEST(compose, staff_get_the_note_and_a_done_button)
{
    struct turn t;
    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    say(&t, "담당자를 부를게요.");
    struct reply *reply = replies_add(&t.replies, REPLY_HAND_OVER);
    reply->to = STR("cs");
    reply->note = STR("<!channel> 환불 문의");
    compose(&t);
    assert_int_equal(t.out.n, 2);
    assert_str_equal(text_of(args(&t, 0), "channel"), STR("C1"));
    assert_str_equal(text_of(args(&t, 1), "channel"), STR("C0CSTEAM01"));
    assert_str_equal(text_of(args(&t, 1), "thread_ts"), STR(""));
    assert_str_equal(text_of(args(&t, 1), "text"), STR(":raised_hand: <@U1> <#C1>\n&lt;!channel&gt; 환불 문의"));
    assert_str_equal(t.out.items[1].pace_key, STR("T1:C0CSTEAM01"));
    const struct json_value *done = element(block(args(&t, 1), 2), 0);
    assert_str_equal(text_of(done, "action_id"), STR("done"));
    assert_str_equal(text_of(done, "value"), STR("slack:T1:C1:1.000001"));
    assert_str_equal(text_of(json_get(done, STR("text")), "text"), STR("완료"));
    turn_end(&t);

    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    replies_add(&t.replies, REPLY_HAND_OVER)->to = STR("nobody");
    replies_add(&t.replies, REPLY_TAG);
    compose(&t);
    assert_int_equal(t.out.n, 1);
    assert_str_equal(text_of(args(&t, 0), "channel"), STR("C0STAFF001"));
    turn_end(&t);
}

#define PRESSED_ADDRESS                                                                                                \
    "{\"team\":\"T1\",\"channel\":\"D1\",\"user\":\"U1\",\"pressed\":{\"channel\":\"D1\",\"ts\":\"5.000001\","         \
    "\"text\":\"Q &amp; A\\n1. 네\",\"label\":\"네 <!here>\",\"by\":\"\",\"blocks\":[{\"type\":\"divider\"}]}}"

TEST(compose, a_pressed_message_shows_what_was_chosen_first_of_all)
{
    struct turn t;
    turn_start(&t, EVENT_BUTTON, PRESSED_ADDRESS);
    say(&t, "다음");
    compose(&t);
    assert_int_equal(t.out.n, 2);
    assert_str_equal(t.out.items[0].payload,
                     STR("{\"method\":\"chat.update\",\"args\":{\"channel\":\"D1\",\"ts\":\"5.000001\","
                         "\"text\":\"Q &amp; A\\n1. 네\\n✓ *네 &lt;!here&gt;*\",\"blocks\":[{\"type\":\"divider\"},"
                         "{\"type\":\"context\",\"elements\":[{\"type\":\"mrkdwn\","
                         "\"text\":\"✓ *네 &lt;!here&gt;*\"}]}]}}"));
    assert_false(str_eq(t.out.items[0].pace_key, t.out.items[1].pace_key));
    assert_str_equal(text_of(payload(&t, 1), "method"), STR("chat.postMessage"));
    turn_end(&t);

    turn_start(&t, EVENT_MESSAGE, PRESSED_ADDRESS); /* a reminder with the address of an old press */
    say(&t, "다음");
    compose(&t);
    assert_int_equal(t.out.n, 1);
    turn_end(&t);
}

TEST(compose, a_done_button_says_who_pressed_it)
{
    struct turn t;
    turn_start(&t, EVENT_RELEASED,
               "{\"team\":\"T1\",\"channel\":\"C1\",\"pressed\":{\"channel\":\"C9\",\"ts\":\"5.000001\",\"text\":\"\","
               "\"label\":\"완료\",\"by\":\"U7\",\"blocks\":[]}}");
    compose(&t);
    assert_int_equal(t.out.n, 1);
    assert_str_equal(text_of(args(&t, 0), "channel"), STR("C9"));
    assert_str_equal(text_of(args(&t, 0), "text"), STR("✓ *완료* <@U7>"));
    turn_end(&t);
}

TEST(compose, a_command_is_answered_once_where_it_was_typed)
{
    struct turn t;
    turn_start(&t, EVENT_COMMAND,
               "{\"team\":\"T1\",\"channel\":\"C1\",\"user\":\"U1\",\"response_url\":\"https://hooks.slack.com/x\"}");
    say(&t, "하나");
    say(&t, "둘")->pause_ms = 2000;
    compose(&t);
    assert_int_equal(t.out.n, 1);
    assert_str_equal(text_of(payload(&t, 0), "url"), STR("https://hooks.slack.com/x"));
    const struct json_value *json = json_get(payload(&t, 0), STR("json"));
    assert_str_equal(text_of(json, "response_type"), STR("ephemeral"));
    assert_str_equal(text_of(json, "text"), STR("하나\n둘"));
    assert_int_equal(t.out.items[0].pace_key.n, 0);
    turn_end(&t);
}

TEST(compose, a_command_that_moved_into_a_direct_conversation_is_answered_there)
{
    struct turn t;
    turn_start(&t, EVENT_COMMAND, "{\"team\":\"T1\",\"channel\":\"D1\",\"user\":\"U1\"}");
    say(&t, "하나");
    compose(&t);
    assert_str_equal(text_of(args(&t, 0), "channel"), STR("D1"));
    turn_end(&t);
}

TEST(compose, nothing_said_is_nothing_sent)
{
    struct turn t;
    turn_start(&t, EVENT_MESSAGE, ADDRESS);
    compose(&t);
    assert_int_equal(t.out.n, 0);
    say(&t, "");
    compose(&t);
    assert_int_equal(t.out.n, 0);
    turn_end(&t);
}

TEST_MAIN
