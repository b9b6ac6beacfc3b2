#include "bot/base/text.h"
#include "bot/model/reply.h"
#include "talk_fixture.h"

#define CHAT "69a4d300c0de00000001"

struct turn {
    struct talk_fixture f;
    struct event event;
    struct replies replies;
    struct outgoings out;
};

static void turn_start(struct turn *t)
{
    talk_start(&t->f, NULL, STR("http://127.0.0.1"));
    t->event =
        (struct event){.conversation = STR("channel_talk:" CHAT),
                       .address = STR("{\"chat_id\":\"" CHAT "\",\"user_id\":\"u1\",\"channel_id\":\"210077\"}")};
    t->replies = (struct replies){.arena = &t->f.arena};
}

static enum err compose(struct turn *t)
{
    struct compose_input input = {.event = &t->event, .replies = &t->replies, .user = STR("u2")};
    return t->f.platform->compose(t->f.platform, &input, &t->f.arena, &t->out, &t->f.error);
}

static void compose_ok(struct turn *t)
{
    if (compose(t) != OK)
        fail_msg("compose: %s", t->f.error.text);
}

/* The payload of the n-th request. */
static const struct json_value *payload(struct turn *t, size_t n)
{
    assert_true(n < t->out.n);
    struct json_value *root;
    assert_int_equal(json_read(&t->f.arena, t->out.items[n].payload, &root, &t->f.error), OK);
    return root;
}

static struct str text_of(const struct json_value *payload)
{
    const struct json_value *blocks = json_get(payload, STR("blocks"));
    return blocks == NULL ? STR("") : json_get_str(blocks->child, STR("value"), STR(""));
}

static struct str element(const struct json_value *payload, const char *list, size_t i)
{
    const struct json_value *array = json_get(payload, str_of(list));
    const struct json_value *item = array == NULL ? NULL : array->child;
    while (item != NULL && i-- > 0)
        item = item->next;
    return item == NULL ? STR("") : item->text;
}

TEST(compose, no_replies_make_no_requests)
{
    struct turn t;
    turn_start(&t);
    compose_ok(&t);
    assert_int_equal(t.out.n, 0);
    talk_stop(&t.f);
}

TEST(compose, a_text_is_one_message_to_the_chat)
{
    struct turn t;
    turn_start(&t);
    struct reply *r = replies_add(&t.replies, REPLY_TEXT);
    r->text = STR("안녕하세요, **은지**님! 1 < 2");
    r->pause_ms = 2000;
    compose_ok(&t);
    assert_int_equal(t.out.n, 1);
    const struct json_value *p = payload(&t, 0);
    assert_str_equal(json_get_str(p, STR("do"), STR("")), STR("message"));
    assert_str_equal(json_get_str(p, STR("chat_id"), STR("")), STR(CHAT));
    assert_str_equal(text_of(p), STR("안녕하세요, <b>은지</b>님! 1 &lt; 2"));
    assert_str_equal(t.out.items[0].plain, STR("안녕하세요, 은지님! 1 < 2"));
    assert_int_equal(t.out.items[0].pause_ms, 2000);
    assert_null(json_get(p, STR("buttons")));
    assert_null(json_get(p, STR("options")));
    talk_stop(&t.f);
}

TEST(compose, every_request_has_its_own_key_with_our_prefix)
{
    struct turn t;
    turn_start(&t);
    for (int i = 0; i < 3; i++)
        replies_add(&t.replies, REPLY_TEXT)->text = STR("같은 말");
    compose_ok(&t);
    assert_int_equal(t.out.n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(str_starts(t.out.items[i].idempotency_key, STR("gilbot-")));
        assert_false(str_eq(t.out.items[i].idempotency_key, t.out.items[(i + 1) % 3].idempotency_key));
    }
    talk_stop(&t.f);
}

TEST(compose, a_long_text_is_several_messages_and_only_the_first_waits)
{
    struct turn t;
    turn_start(&t);
    struct buf text;
    buf_init(&text, &t.f.arena, 1024 * 1024);
    for (int i = 0; i < 20; i++)
        buf_addf(&text, "%0600d\n\n", i);
    struct reply *r = replies_add(&t.replies, REPLY_TEXT);
    r->text = buf_str(&text);
    r->pause_ms = 1000;
    struct reply_button button = {STR("보기"), STR("https://a.example")};
    r->buttons = &button;
    r->n_buttons = 1;
    compose_ok(&t);
    assert_int_equal(t.out.n, 3);
    assert_int_equal(t.out.items[0].pause_ms, 1000);
    assert_int_equal(t.out.items[1].pause_ms, 0);
    assert_null(json_get(payload(&t, 0), STR("buttons")));
    assert_non_null(json_get(payload(&t, 2), STR("buttons")));
    talk_stop(&t.f);
}

TEST(compose, two_buttons_at_most_the_rest_are_links)
{
    struct turn t;
    turn_start(&t);
    struct reply *r = replies_add(&t.replies, REPLY_TEXT);
    r->text = STR("골라 보세요");
    struct reply_button buttons[] = {
        {STR("하나"), STR("https://a.example/1?a=1&b=2")},
        {STR("열두글자 열두글자 열두글자 열두글자 열두글자 열두글자 열두글자"), STR("https://a.example/2")},
        {STR("셋"), STR("https://a.example/3")},
        {STR("넷"), STR("javascript:alert(1)")}};
    r->buttons = buttons;
    r->n_buttons = 4;
    compose_ok(&t);
    assert_int_equal(t.out.n, 1);
    const struct json_value *p = payload(&t, 0);
    const struct json_value *list = json_get(p, STR("buttons"));
    assert_int_equal(list->n, 2);
    const struct json_value *action = json_get(list->child, STR("action"));
    assert_str_equal(json_get_str(action, STR("type"), STR("")), STR("web"));
    assert_str_equal(json_get_str(json_get(action, STR("attributes")), STR("url"), STR("")),
                     STR("https://a.example/1?a=1&b=2"));
    assert_int_equal(text_length(json_get_str(list->child->next, STR("title"), STR(""))), 30);
    assert_str_equal(text_of(p), STR("골라 보세요\n<link type=\"url\" value=\"https://a.example/3\">셋</link>\n"
                                     "넷: javascript:alert(1)"));
    talk_stop(&t.f);
}

TEST(compose, the_plain_form_writes_the_buttons_out)
{
    struct turn t;
    turn_start(&t);
    struct reply *r = replies_add(&t.replies, REPLY_TEXT);
    r->text = STR("**보세요**");
    struct reply_button button = {STR("자세히"), STR("https://a.example/1")};
    r->buttons = &button;
    r->n_buttons = 1;
    compose_ok(&t);
    assert_str_equal(json_get_str(payload(&t, 0), STR("plain"), STR("")), STR("보세요\n자세히: https://a.example/1"));
    talk_stop(&t.f);
}

TEST(compose, choices_are_a_numbered_list_that_says_how_to_answer)
{
    struct turn t;
    turn_start(&t);
    struct reply *r = replies_add(&t.replies, REPLY_CHOICES);
    r->text = STR("활동량은요?");
    struct reply_option options[] = {{STR("low"), STR("거의 없다 (주 1회 이하)")}, {STR("mid"), STR("**보통** <2>")}};
    r->options = options;
    r->n_options = 2;
    r->how_to_answer = STR("번호로 답해 주세요.");
    compose_ok(&t);
    assert_int_equal(t.out.n, 1);
    assert_str_equal(text_of(payload(&t, 0)),
                     STR("활동량은요?\n1. 거의 없다 (주 1회 이하)\n2. **보통** &lt;2&gt;\n번호로 답해 주세요."));
    talk_stop(&t.f);
}

TEST(compose, a_card_is_text_an_image_link_and_a_button)
{
    struct turn t;
    turn_start(&t);
    struct reply *r = replies_add(&t.replies, REPLY_CARD);
    r->text = STR("가볍게 시작해 보세요");
    r->card = (struct reply_card){.id = STR("salad_a"),
                                  .name = STR("가벼운 샐러드"),
                                  .price = STR("8900"),
                                  .image = STR("https://a.example/a.png"),
                                  .url = STR("https://a.example/salad"),
                                  .button = STR("자세히 보기")};
    compose_ok(&t);
    assert_int_equal(t.out.n, 1);
    const struct json_value *p = payload(&t, 0);
    assert_str_equal(text_of(p),
                     STR("가볍게 시작해 보세요\n\n<b>가벼운 샐러드</b>\n8900\n"
                         "<link type=\"url\" value=\"https://a.example/a.png\">https://a.example/a.png</link>"));
    assert_str_equal(json_get_str(json_get(p, STR("buttons"))->child, STR("title"), STR("")), STR("자세히 보기"));
    assert_str_equal(json_get_str(p, STR("counts"), STR("")), STR("recommendation"));
    talk_stop(&t.f);
}

TEST(compose, a_card_without_a_button_links_to_its_address)
{
    struct turn t;
    turn_start(&t);
    struct reply *r = replies_add(&t.replies, REPLY_CARD);
    r->card = (struct reply_card){.id = STR("a"), .name = STR("A"), .url = STR("https://a.example/a")};
    compose_ok(&t);
    assert_null(json_get(payload(&t, 0), STR("buttons")));
    assert_true(str_find(text_of(payload(&t, 0)), STR("value=\"https://a.example/a\"")) != SIZE_MAX);
    talk_stop(&t.f);
}

TEST(compose, a_hand_over_to_several_is_a_note_and_then_an_invitation)
{
    struct turn t;
    turn_start(&t);
    struct reply *r = replies_add(&t.replies, REPLY_HAND_OVER);
    r->to = STR("cs");
    r->note = STR("추천: salad_a, 목표: <lose>\n메모 :x:");
    compose_ok(&t);
    assert_int_equal(t.out.n, 2);
    const struct json_value *note = payload(&t, 0);
    assert_str_equal(element(note, "options", 0), STR("private"));
    assert_str_equal(text_of(note), STR("<link type=\"manager\" value=\"all\">@all</link> 추천: salad_a, 목표: "
                                        "&lt;lose&gt;\n메모 :\xE2\x80\x8Bx:"));
    assert_int_equal(t.out.items[0].plain.n, 0);
    const struct json_value *invite = payload(&t, 1);
    assert_str_equal(json_get_str(invite, STR("do"), STR("")), STR("invite"));
    assert_str_equal(element(invite, "managers", 0), STR("90817"));
    assert_str_equal(element(invite, "managers", 1), STR("90822"));
    talk_stop(&t.f);
}

TEST(compose, a_hand_over_to_one_mentions_and_assigns_that_one)
{
    struct turn t;
    turn_start(&t);
    struct reply *r = replies_add(&t.replies, REPLY_HAND_OVER);
    r->to = STR("lead");
    r->note = STR("확인 부탁");
    compose_ok(&t);
    assert_int_equal(t.out.n, 2);
    assert_str_equal(text_of(payload(&t, 0)), STR("<link type=\"manager\" value=\"90817\">@이상담</link> 확인 부탁"));
    assert_str_equal(json_get_str(payload(&t, 1), STR("do"), STR("")), STR("assign"));
    talk_stop(&t.f);
}

TEST(compose, a_hand_over_without_managers_is_a_note_only)
{
    struct turn t;
    turn_start(&t);
    struct reply *r = replies_add(&t.replies, REPLY_HAND_OVER);
    r->to = STR("desk");
    r->note = STR("확인 부탁");
    compose_ok(&t);
    assert_int_equal(t.out.n, 1);
    assert_str_equal(text_of(payload(&t, 0)), STR("확인 부탁"));
    talk_stop(&t.f);
}

TEST(compose, people_that_are_not_configured_are_everybody)
{
    struct turn t;
    turn_start(&t);
    replies_add(&t.replies, REPLY_HAND_OVER)->to = STR("gone");
    compose_ok(&t);
    assert_int_equal(t.out.n, 1);
    assert_str_equal(text_of(payload(&t, 0)), STR("<link type=\"manager\" value=\"all\">@all</link> gone"));
    talk_stop(&t.f);
}

TEST(compose, tags_are_one_request_for_the_user)
{
    struct turn t;
    turn_start(&t);
    struct reply *r = replies_add(&t.replies, REPLY_TAG);
    struct str tags[] = {STR("추천 완료"), STR("b")};
    r->tags = (struct strs){tags, 2};
    compose_ok(&t);
    assert_int_equal(t.out.n, 1);
    assert_str_equal(t.out.items[0].payload, STR("{\"do\":\"tag\",\"user_id\":\"u1\",\"tags\":[\"추천 완료\",\"b\"]}"));
    talk_stop(&t.f);
}

TEST(compose, a_timer_answers_in_its_conversation)
{
    struct turn t;
    turn_start(&t);
    t.event.address = STR("");
    replies_add(&t.replies, REPLY_TEXT)->text = STR("마저 하시겠어요?");
    compose_ok(&t);
    assert_str_equal(json_get_str(payload(&t, 0), STR("chat_id"), STR("")), STR(CHAT));
    talk_stop(&t.f);
}

TEST(compose, without_a_chat_there_is_nowhere_to_answer)
{
    struct turn t;
    turn_start(&t);
    t.event = (struct event){.conversation = STR("slack:T:C")};
    replies_add(&t.replies, REPLY_TEXT)->text = STR("x");
    assert_int_equal(compose(&t), ERR_INVALID);
    talk_stop(&t.f);
}

TEST_MAIN
