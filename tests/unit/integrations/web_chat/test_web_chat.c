#include "integrations/web_chat/web_chat.h"

#include <stdlib.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"
#include "store/messages.h"
#include "store/store.h"
#include "tests/unit/bot/net/harness.h"

enum { ARENA_BYTES = 4 * 1024 * 1024 };

#define VISITOR "visitor-0123456789"
#define HELLO "{\"type\":\"hello\",\"visitor\":\"" VISITOR "\"}"

/* A chat without sockets: what identify, decode and compose make of things. */
struct desk {
    struct web_chat *chat;
    const struct platform *web;
    struct arena arena;
    struct error error;
};

static struct desk desk_open(void)
{
    struct desk desk = {0};
    assert_int_equal(web_chat_new(&(struct web_chat_parts){0}, &desk.chat, NULL), OK);
    desk.web = web_chat_platform(desk.chat);
    arena_init(&desk.arena, ARENA_BYTES);
    return desk;
}

static void desk_close(struct desk *desk)
{
    arena_release(&desk->arena);
    web_chat_free(desk->chat);
}

static enum err come(struct desk *desk, uint64_t connection, const char *text, struct arrivals *ret_arrivals)
{
    struct inbound inbound = {.path = STR("/ws"), .body = str_of(text), .connection = connection};
    return desk->web->identify(desk->web, &inbound, &desk->arena, ret_arrivals, &desk->error);
}

/* The message as the event that runs. */
static struct event event_of(struct desk *desk, uint64_t connection, const char *text)
{
    struct arrivals arrivals = {0};
    struct event event = {0};
    if (come(desk, connection, text, &arrivals) != OK)
        fail_msg("%s", desk->error.text);
    assert_int_equal(arrivals.n, 1);
    struct stored stored = {.key = arrivals.items[0].key,
                            .conversation = arrivals.items[0].conversation,
                            .body = arrivals.items[0].body,
                            .kind = STR("/ws"),
                            .received_ms = 1234};
    if (desk->web->decode(desk->web, &stored, &desk->arena, &event, &desk->error) != OK)
        fail_msg("%s", desk->error.text);
    return event;
}

static struct outgoings compose(struct desk *desk, const struct event *event, const struct replies *replies)
{
    struct outgoings outgoings = {0};
    struct compose_input input = {.event = event, .replies = replies};
    if (desk->web->compose(desk->web, &input, &desk->arena, &outgoings, &desk->error) != OK)
        fail_msg("%s", desk->error.text);
    return outgoings;
}

static struct str member(struct desk *desk, struct str json, const char *name)
{
    struct json_value *root = NULL;
    assert_int_equal(json_read(&desk->arena, json, &root, &desk->error), OK);
    return json_get_str(root, str_of(name), STR(""));
}

TEST(web_chat, a_hello_opens_the_conversation_of_its_visitor)
{
    struct desk desk = desk_open();
    struct event event =
        event_of(&desk, 7,
                 "{\"type\":\"hello\",\"visitor\":\"" VISITOR
                 "\",\"locale\":\"ko-KR\",\"profile\":{\"name\":\"김철수\",\"age\":30,\"x\":{\"y\":1}}}");
    assert_int_equal(event.kind, EVENT_OPENED);
    assert_int_equal(event.author, AUTHOR_USER);
    assert_str_equal(event.platform, STR("web"));
    assert_str_equal(event.conversation, STR("web:" VISITOR));
    assert_str_equal(event.user, STR(VISITOR));
    assert_str_equal(event.opening, STR("page"));
    assert_str_equal(event.locale, STR("ko-KR"));
    assert_str_equal(event.profile, STR("{\"name\":\"김철수\",\"age\":30}"));
    assert_int_equal(event.flow.n, 0);
    desk_close(&desk);
}

TEST(web_chat, a_reload_names_the_same_opening_and_another_flow_another_one)
{
    struct desk desk = desk_open();
    struct event first = event_of(&desk, 7, HELLO), again = event_of(&desk, 8, HELLO);
    assert_str_equal(first.opening, again.opening);
    assert_false(str_eq(first.key, again.key));
    struct event other = event_of(&desk, 9, "{\"type\":\"hello\",\"visitor\":\"" VISITOR "\",\"flow\":\"health\"}");
    assert_str_equal(other.opening, STR("health"));
    assert_str_equal(other.flow, STR("health"));
    desk_close(&desk);
}

TEST(web_chat, a_text_is_a_direct_message_in_its_normal_form)
{
    struct desk desk = desk_open();
    event_of(&desk, 7, HELLO);
    struct event event = event_of(&desk, 7, "{\"type\":\"text\",\"text\":\" \\u1112\\u1161\\u11ab １２　\"}");
    assert_int_equal(event.kind, EVENT_MESSAGE);
    assert_true(event.direct);
    assert_str_equal(event.text, STR("한 12"));
    assert_str_equal(event.conversation, STR("web:" VISITOR));
    assert_null(event.ignored);
    event = event_of(&desk, 7, "{\"type\":\"text\",\"text\":\"  \\n \"}");
    assert_string_equal(event.ignored, "empty");
    desk_close(&desk);
}

TEST(web_chat, a_choice_is_a_pressed_button)
{
    struct desk desk = desk_open();
    event_of(&desk, 7, HELLO);
    struct event event = event_of(&desk, 7, "{\"type\":\"choose\",\"value\":\"yes\"}");
    assert_int_equal(event.kind, EVENT_BUTTON);
    assert_str_equal(event.value, STR("yes"));
    assert_int_equal(event.step.n, 0);
    event = event_of(&desk, 7, "{\"type\":\"choose\",\"value\":\"yes\",\"step\":\"smokes\"}");
    assert_str_equal(event.step, STR("smokes"));
    desk_close(&desk);
}

TEST(web_chat, a_message_sent_again_with_its_id_has_the_same_key)
{
    struct desk desk = desk_open();
    struct arrivals a = {0}, b = {0}, c = {0}, d = {0};
    event_of(&desk, 7, HELLO);
    assert_int_equal(come(&desk, 7, "{\"type\":\"text\",\"text\":\"hi\",\"id\":\"m-1\"}", &a), OK);
    assert_int_equal(come(&desk, 7, "{\"type\":\"text\",\"text\":\"hi\",\"id\":\"m-1\"}", &b), OK);
    assert_int_equal(come(&desk, 7, "{\"type\":\"text\",\"text\":\"hi\"}", &c), OK);
    assert_int_equal(come(&desk, 7, "{\"type\":\"text\",\"text\":\"hi\",\"id\":\"a:b\"}", &d), OK);
    assert_str_equal(a.items[0].key, STR("web:" VISITOR ":m-1"));
    assert_str_equal(b.items[0].key, a.items[0].key);
    assert_false(str_eq(c.items[0].key, a.items[0].key));
    assert_false(str_eq(c.items[0].key, d.items[0].key));
    assert_string_equal(a.items[0].type, "message");
    desk_close(&desk);
}

TEST(web_chat, what_is_no_message_of_ours_is_invalid)
{
    struct desk desk = desk_open();
    struct arrivals arrivals = {0};
    static const char *const before_hello[] = {"{\"type\":\"text\",\"text\":\"hi\"}",
                                               "{\"type\":\"choose\",\"value\":\"hi\"}"};
    for (size_t i = 0; i < COUNT_OF(before_hello); i++)
        assert_int_equal(come(&desk, 7, before_hello[i], &arrivals), ERR_INVALID);
    event_of(&desk, 7, HELLO);
    static const char *const wrong[] = {
        "",
        "[]",
        "null",
        "{}",
        "{\"type\":\"bye\"}",
        "{\"type\":1}",
        "{\"type\":\"text\"}",
        "{\"type\":\"text\",\"text\":\"\"}",
        "{\"type\":\"text\",\"text\":5}",
        "{\"type\":\"choose\",\"text\":\"hi\"}",
        "{\"type\":\"hello\"}",
        "{\"type\":\"hello\",\"visitor\":\"short\"}",
        "{\"type\":\"hello\",\"visitor\":\"visitor:0123456789\"}",
        "{\"type\":\"hello\",\"visitor\":\"한글한글한글한글\"}",
        "{\"type\":\"text\",\"text\":\"hi\",\"text\":\"ho\"}",
        "{\"type\":\"text\",\"text\":\"a\\u0000b\"}",
        "{\"type\":\"text\",\"text\":\"hi\"",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_int_equal(come(&desk, 7, wrong[i], &arrivals), ERR_INVALID);
    desk_close(&desk);
}

TEST(web_chat, messages_that_are_not_settled_are_limited)
{
    struct desk desk = desk_open();
    struct arrivals arrivals = {0};
    event_of(&desk, 7, HELLO);
    web_chat_recorded(desk.chat, 7, true);
    enum err rc = OK;
    int n = 0;
    while (rc == OK && n < 1000) {
        rc = come(&desk, 7, "{\"type\":\"text\",\"text\":\"hi\"}", &arrivals);
        n += rc == OK;
    }
    assert_int_equal(n, 256);
    web_chat_recorded(desk.chat, 7, true);
    assert_int_equal(come(&desk, 7, "{\"type\":\"text\",\"text\":\"hi\"}", &arrivals), OK);
    desk_close(&desk);
}

TEST(web_chat, replies_become_messages_choices_and_cards)
{
    struct desk desk = desk_open();
    event_of(&desk, 7, HELLO);
    struct event event = event_of(&desk, 7, "{\"type\":\"text\",\"text\":\"hi\"}");
    struct replies replies = {.arena = &desk.arena};
    struct reply_button button = {STR("보기"), STR("https://example.com/")};
    struct reply_option options[] = {{STR("yes"), STR("네")}, {STR("no"), STR("아니요")}};
    struct reply *text = replies_add(&replies, REPLY_TEXT);
    text->text = STR("**안녕** <b>");
    text->buttons = &button;
    text->n_buttons = 1;
    struct reply *choices = replies_add(&replies, REPLY_CHOICES);
    choices->pause_ms = 800;
    choices->text = STR("고르세요");
    choices->options = options;
    choices->n_options = 2;
    choices->step = STR("smokes");
    struct reply *card = replies_add(&replies, REPLY_CARD);
    card->card = (struct reply_card){.id = STR("p1"), .name = STR("오메가3"), .price = STR("12,000원")};
    replies_add(&replies, REPLY_HAND_OVER)->to = STR("cs");
    replies_add(&replies, REPLY_TAG);
    struct outgoings out = compose(&desk, &event, &replies);
    static const struct {
        const char *type;
        int64_t pause_ms;
        const char *plain;
    } expected[] = {{"message", 0, "안녕 <b>\n보기: https://example.com/"},
                    {"typing", 0, ""},
                    {"message", 800, "고르세요"},
                    {"choices", 0, "1. 네\n2. 아니요"},
                    {"card", 0, "오메가3\n12,000원"}};
    assert_int_equal(out.n, COUNT_OF(expected));
    for (size_t i = 0; i < out.n; i++) {
        assert_str_equal(member(&desk, out.items[i].payload, "type"), str_of(expected[i].type));
        assert_str_equal(member(&desk, out.items[i].payload, "id"), out.items[i].idempotency_key);
        assert_int_equal(out.items[i].pause_ms, expected[i].pause_ms);
        assert_str_equal(out.items[i].plain, str_of(expected[i].plain));
    }
    assert_str_equal(member(&desk, out.items[0].payload, "html"), STR("<b>안녕</b> &lt;b&gt;"));
    assert_true(str_find(out.items[3].payload, STR("\"options\":[{\"value\":\"yes\",\"label\":\"네\"},")) != SIZE_MAX);
    assert_str_equal(member(&desk, out.items[3].payload, "step"), STR("smokes"));
    assert_true(str_find(out.items[4].payload, STR("\"item\":{\"id\":\"p1\",\"name\":\"오메가3\"")) != SIZE_MAX);
    desk_close(&desk);
}

TEST(web_chat, the_history_goes_before_everything_after_a_hello)
{
    struct desk desk = desk_open();
    struct event event = event_of(&desk, 7, HELLO);
    struct replies replies = {.arena = &desk.arena};
    replies_add(&replies, REPLY_TEXT)->text = STR("hi");
    struct outgoings out = compose(&desk, &event, &replies);
    assert_int_equal(out.n, 2);
    assert_str_equal(member(&desk, out.items[0].payload, "type"), STR("history"));
    assert_str_equal(member(&desk, out.items[0].payload, "connection"), STR("7"));
    assert_str_equal(member(&desk, out.items[0].payload, "except"), event.key);
    assert_int_equal(out.items[0].plain.n, 0);
    desk_close(&desk);
}

TEST(web_chat, nobody_there_is_no_failure)
{
    struct desk desk = desk_open();
    struct outgoing outgoing = {.conversation = STR("web:" VISITOR), .payload = STR("{\"type\":\"typing\"}")};
    assert_int_equal(desk.web->send(desk.web, &outgoing, &desk.arena).result, DELIVERY_SENT);
    outgoing.payload = STR("{\"type\":\"history\",\"connection\":\"99\",\"except\":\"\"}");
    assert_int_equal(desk.web->send(desk.web, &outgoing, &desk.arena).result, DELIVERY_SENT);
    outgoing.payload = STR("nonsense");
    assert_int_equal(desk.web->send(desk.web, &outgoing, &desk.arena).result, DELIVERY_NEVER);
    desk_close(&desk);
}

/* ── with sockets and a store ──────────────────────────────────────────────────────────────────────────────────── */

struct room {
    struct harness harness;
    struct web_chat *chat;
    struct store *store;
    char folder[32];
    struct tally heard, left;
    struct arena arena;
    uint64_t connection; /* of the last message */
};

static void room_text(uint64_t connection, struct str text, void *arg)
{
    struct room *room = arg;
    const struct platform *web = web_chat_platform(room->chat);
    struct inbound inbound = {.path = STR("/ws"), .body = text, .connection = connection};
    struct arrivals arrivals = {0};
    arena_reset(&room->arena);
    bool kept = web->identify(web, &inbound, &room->arena, &arrivals, NULL) == OK;
    room->connection = connection;
    web_chat_recorded(room->chat, connection, kept);
    tally_add(&room->heard, 1);
}

static void room_close(uint64_t connection, void *arg)
{
    struct room *room = arg;
    web_chat_closed(room->chat, connection);
    tally_add(&room->left, 1);
}

static struct room *room_start(void)
{
    static struct ws_endpoint endpoint;
    struct room *room = calloc(1, sizeof *room);
    room->heard = room->left = (struct tally)TALLY;
    arena_init(&room->arena, ARENA_BYTES);
    snprintf(room->folder, sizeof room->folder, "/tmp/gilbot-web-XXXXXX");
    assert_non_null(mkdtemp(room->folder));
    struct store_settings settings = {.data_dir = str_of(room->folder), .clock = clock_system()};
    assert_int_equal(store_open(&settings, &room->store, NULL), OK);
    endpoint = (struct ws_endpoint){
        .path = "/ws", .protocol = "gilbot.chat", .on_text = room_text, .on_close = room_close, .arg = room};
    harness_open(&room->harness, (struct loop_settings){0},
                 (struct http_server_settings){.sockets = &endpoint, .n_sockets = 1});
    struct web_chat_parts parts = {.store = room->store, .loop = room->harness.loop};
    assert_int_equal(web_chat_new(&parts, &room->chat, NULL), OK);
    harness_run_in_thread(&room->harness);
    return room;
}

static void room_stop(struct room *room)
{
    harness_stop(&room->harness);
    web_chat_free(room->chat);
    store_close(room->store);
    arena_release(&room->arena);
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", room->folder);
    assert_int_equal(system(command), 0);
    free(room);
}

static int page_open(struct room *room, const char *hello)
{
    int fd = net_connect(room->harness.port);
    assert_int_equal(net_ws_open(fd, "/ws", "gilbot.chat", ""), 101);
    net_ws_send(fd, NET_WS_TEXT, true, str_of(hello));
    return fd;
}

static void assert_frame(int fd, const char *expected)
{
    struct buf frame;
    buf_init(&frame, NULL, 1024 * 1024);
    assert_int_equal(net_ws_read(fd, &frame), NET_WS_TEXT);
    assert_str_equal(buf_str(&frame), str_of(expected));
    buf_release(&frame);
}

static void deliver(struct room *room, const char *conversation, const char *payload)
{
    const struct platform *web = web_chat_platform(room->chat);
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct outgoing outgoing = {.conversation = str_of(conversation), .payload = str_of(payload)};
    assert_int_equal(web->send(web, &outgoing, &arena).result, DELIVERY_SENT);
}

TEST(web_chat, every_page_of_a_visitor_gets_a_reply_and_nobody_elses_does)
{
    struct room *room = room_start();
    int a = page_open(room, HELLO), b = page_open(room, "{\"type\":\"hello\",\"visitor\":\"somebody-else-1234\"}");
    assert_frame(a, "{\"type\":\"ack\"}");
    assert_frame(b, "{\"type\":\"ack\"}");
    int c = page_open(room, HELLO);
    assert_frame(c, "{\"type\":\"ack\"}");
    deliver(room, "web:" VISITOR, "{\"type\":\"message\",\"id\":\"1\"}");
    deliver(room, "web:somebody-else-1234", "{\"type\":\"message\",\"id\":\"2\"}");
    assert_frame(a, "{\"type\":\"message\",\"id\":\"1\"}");
    assert_frame(b, "{\"type\":\"message\",\"id\":\"2\"}");
    assert_frame(c, "{\"type\":\"message\",\"id\":\"1\"}");
    net_close(a);
    tally_wait(&room->left, 1);
    deliver(room, "web:" VISITOR, "{\"type\":\"message\",\"id\":\"3\"}");
    assert_frame(c, "{\"type\":\"message\",\"id\":\"3\"}");
    net_close(b);
    net_close(c);
    room_stop(room);
}

TEST(web_chat, pages_are_told_what_was_kept_and_what_was_not)
{
    struct room *room = room_start();
    int fd = page_open(room, "{\"type\":\"text\",\"text\":\"too early\",\"id\":\"t0\"}");
    assert_frame(fd, "{\"type\":\"failed\"}");
    net_ws_send(fd, NET_WS_TEXT, true, STR(HELLO));
    assert_frame(fd, "{\"type\":\"ack\"}");
    net_ws_send(fd, NET_WS_TEXT, true, STR("{\"type\":\"text\",\"text\":\"hi\",\"id\":\"t1\"}"));
    assert_frame(fd, "{\"type\":\"ack\",\"id\":\"t1\"}");
    net_ws_send(fd, NET_WS_TEXT, true, STR("{\"type\":\"text\",\"id\":\"t2\"}"));
    assert_frame(fd, "{\"type\":\"failed\",\"id\":\"t2\"}");
    net_close(fd);
    room_stop(room);
}

static enum err add_conversation(struct db *db, void *arg, struct error *error)
{
    (void)arg;
    int64_t id;
    const struct message messages[] = {
        {.direction = MESSAGE_OUT,
         .text = STR("1. 네"),
         .payload = STR("{\"type\":\"choices\",\"id\":\"c1\",\"options\":[{\"value\":\"yes\",\"label\":\"네\"}]}"),
         .event_key = STR("web:" VISITOR ":e0"),
         .at_ms = 1000},
        {.direction = MESSAGE_IN, .text = STR("yes"), .event_key = STR("web:" VISITOR ":m1"), .at_ms = 2000},
        {.direction = MESSAGE_OUT,
         .text = STR("좋아요"),
         .payload = STR("{\"type\":\"message\",\"id\":\"b2\",\"text\":\"좋아요\",\"html\":\"좋아요\"}"),
         .event_key = STR("web:" VISITOR ":m1"),
         .at_ms = 3000},
        {.direction = MESSAGE_OUT,
         .text = STR("지금"),
         .payload = STR("{\"type\":\"message\",\"id\":\"b3\"}"),
         .event_key = STR("web:" VISITOR ":hello2"),
         .at_ms = 4000},
    };
    for (size_t i = 0; i < COUNT_OF(messages); i++) {
        struct message message = messages[i];
        message.conversation = STR("web:" VISITOR);
        if (message_add(db, &message, &id, error) != OK)
            return error->code;
    }
    return OK;
}

TEST(web_chat, the_history_shows_what_was_said_but_not_what_is_being_said)
{
    struct room *room = room_start();
    struct error error = {0};
    if (store_write_wait(room->store, add_conversation, NULL, &error) != OK)
        fail_msg("%s", error.text);
    int fd = page_open(room, HELLO);
    assert_frame(fd, "{\"type\":\"ack\"}");
    char payload[200];
    snprintf(payload, sizeof payload,
             "{\"type\":\"history\",\"connection\":\"%llu\",\"except\":\"web:" VISITOR ":hello2\"}",
             (unsigned long long)room->connection);
    deliver(room, "web:somebody-else-1234", payload);
    deliver(room, "web:" VISITOR, payload);
    assert_frame(fd,
                 "{\"type\":\"history\",\"messages\":["
                 "{\"at\":1000,\"type\":\"choices\",\"id\":\"c1\",\"options\":[{\"value\":\"yes\",\"label\":\"네\"}]},"
                 "{\"at\":2000,\"type\":\"message\",\"from\":\"user\",\"id\":\"m1\",\"text\":\"네\"},"
                 "{\"at\":3000,\"type\":\"message\",\"id\":\"b2\",\"text\":\"좋아요\",\"html\":\"좋아요\"}]}");
    net_close(fd);
    room_stop(room);
}

TEST_MAIN
