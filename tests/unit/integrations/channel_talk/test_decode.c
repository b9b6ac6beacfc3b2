#include "bot/base/text.h"
#include "talk_fixture.h"

/* ── the fixtures ──────────────────────────────────────────────────────────────────────────────────────────────── */

enum { NOTHING = -1 }; /* identify records no event */

static const struct fixture {
    const char *file;
    int kind; /* enum event_kind, or NOTHING */
    enum event_author author;
    const char *ignored;
    const char *bots; /* joined by ',' ; NULL: not known */
    unsigned missing;
    const char *text;
} fixtures[] = {
    {"webhook-message-user-supportbot-curation.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "48213", 0, NULL},
    {"webhook-message-user-supportbot-other.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "*", 0, NULL},
    {"webhook-message-user-workflow-curation.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "771204", 0,
     "물은 하루에 1리터쯤 마셔요"},
    {"webhook-message-user-no-source.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "", 0, "안녕하세요"},
    {"webhook-message-user-v4-supportbot.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "48213", 0, "시작할게요"},
    {"webhook-message-user-minimal-refers.json", EVENT_MESSAGE, AUTHOR_USER, NULL, NULL,
     EVENT_NEEDS_ORIGIN | EVENT_NEEDS_PROFILE, "추천 결과 다시 보여주세요"},
    {"webhook-message-user-capitalised.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "48213", 0, "대문자 형식"},
    {"webhook-message-manager.json", EVENT_MESSAGE, AUTHOR_MANAGER, NULL, "48213", 0, NULL},
    {"webhook-message-bot-self.json", EVENT_MESSAGE, AUTHOR_BOT, NULL, "48213", 0, NULL},
    {"webhook-message-alf.json", EVENT_MESSAGE, AUTHOR_BOT, NULL, "48213", 0, NULL},
    {"webhook-message-supportbot-step.json", EVENT_MESSAGE, AUTHOR_BOT, NULL, "48213", 0, NULL},
    {"webhook-message-form-submitted.json", EVENT_MESSAGE, AUTHOR_BOT, NULL, "771204", 0, NULL},
    {"webhook-message-group.json", EVENT_MESSAGE, AUTHOR_MANAGER, "not_a_user_chat", NULL, 0, NULL},
    {"webhook-message-group-thread.json", EVENT_MESSAGE, AUTHOR_MANAGER, "not_a_user_chat", NULL, 0, NULL},
    {"webhook-message-direct-chat.json", EVENT_MESSAGE, AUTHOR_MANAGER, "not_a_user_chat", NULL, 0, NULL},
    {"webhook-message-file.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "48213", 0, ""},
    {"webhook-message-empty-text.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "48213", 0, ""},
    {"webhook-message-unicode-emoji.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "48213", 0, NULL},
    {"webhook-userchat-opened-supportbot.json", EVENT_OPENED, AUTHOR_USER, NULL, "48213", 0, ""},
    {"webhook-userchat-opened-other.json", EVENT_OPENED, AUTHOR_USER, NULL, "*", 0, ""},
    {"webhook-userchat-reopened.json", EVENT_OPENED, AUTHOR_USER, NULL, "48213", 0, ""},
    {"webhook-userchat-closed.json", EVENT_CLOSED, AUTHOR_USER, NULL, "48213", 0, ""},
    {"webhook-user-upsert-member-contact.json", NOTHING, AUTHOR_USER, NULL, NULL, 0, NULL},
    {"edge-unknown-type.json", NOTHING, AUTHOR_USER, NULL, NULL, 0, NULL},
    {"edge-missing-entity.json", NOTHING, AUTHOR_USER, NULL, NULL, 0, NULL},
    {"edge-array-root.json", NOTHING, AUTHOR_USER, NULL, NULL, 0, NULL},
    {"edge-null-refers.json", EVENT_MESSAGE, AUTHOR_USER, NULL, NULL, EVENT_NEEDS_ORIGIN | EVENT_NEEDS_PROFILE,
     "null refers"},
    {"edge-wrong-types.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "48213", EVENT_NEEDS_PROFILE, ""},
    {"edge-extra-fields.json", EVENT_MESSAGE, AUTHOR_USER, NULL, "48213", 0, "추가 필드"},
};

/* "*": one that is not the curation bot */
static bool bots_are(const struct event *event, const char *expected)
{
    if (expected == NULL)
        return !event->bots_known && event->bots.n == 0;
    if (!event->bots_known)
        return false;
    if (strcmp(expected, "*") == 0)
        return event->bots.n == 1 && !str_eq(event->bots.items[0], STR("48213"));
    struct str rest = str_of(expected), bot;
    size_t n = 0;
    while (rest.n > 0 && str_split(&rest, ',', &bot))
        if (n >= event->bots.n || !str_eq(event->bots.items[n++], bot))
            return false;
    return n == event->bots.n;
}

static void check_fixture(struct talk_fixture *f, const struct fixture *c)
{
    struct str body = talk_file(f, c->file);
    struct inbound inbound = {.path = STR("/channel-talk/webhook"), .body = body};
    struct arrivals arrivals = {.n = 0};
    assert_int_equal(f->platform->identify(f->platform, &inbound, &f->arena, &arrivals, &f->error), OK);
    if (c->kind == NOTHING) {
        if (arrivals.n != 0 || arrivals.ignored == NULL)
            fail_msg("%s: expected nothing", c->file);
        return;
    }
    struct event event = talk_decode(f, body, STR(""));
    if ((int)event.kind != c->kind || event.author != c->author || event.missing != c->missing)
        fail_msg("%s: kind %d author %d missing %u", c->file, (int)event.kind, (int)event.author, event.missing);
    if ((event.ignored == NULL) != (c->ignored == NULL) ||
        (c->ignored != NULL && strcmp(event.ignored, c->ignored) != 0))
        fail_msg("%s: ignored %s", c->file, event.ignored == NULL ? "no" : event.ignored);
    if (!bots_are(&event, c->bots))
        fail_msg("%s: %zu bots, known %d", c->file, event.bots.n, event.bots_known);
    if (c->text != NULL && !str_eq(event.text, str_of(c->text)))
        fail_msg("%s: text %.*s", c->file, STR_ARG(event.text));
    assert_str_equal(event.platform, STR("channel_talk"));
    assert_true(str_starts(event.conversation, STR("channel_talk:")));
    assert_true(event.address.n > 0 && event.key.n > 0);
}

TEST(decode, every_webhook_of_the_manifest_becomes_what_it_should)
{
    if (!test_has_shared())
        skip();
    for (size_t i = 0; i < COUNT_OF(fixtures); i++) {
        struct talk_fixture f;
        talk_start(&f, NULL, STR("http://127.0.0.1"));
        check_fixture(&f, &fixtures[i]);
        talk_stop(&f);
    }
}

TEST(decode, no_webhook_of_the_manifest_is_left_out_here)
{
    if (!test_has_shared())
        skip();
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct json_value *manifest;
    assert_int_equal(json_read(&f.arena, talk_file(&f, "MANIFEST.json"), &manifest, NULL), OK);
    for (const struct json_value *c = json_get(manifest, STR("fixtures"))->child; c != NULL; c = c->next) {
        struct str file = json_get_str(c, STR("file"), STR(""));
        bool is_webhook = json_get(c, STR("expect")) != NULL && !str_starts(file, STR("function-"));
        bool is_here = false;
        for (size_t i = 0; i < COUNT_OF(fixtures); i++)
            is_here |= str_eq(file, str_of(fixtures[i].file));
        if (is_webhook && !is_here)
            fail_msg("%.*s", STR_ARG(file));
    }
    talk_stop(&f);
}

TEST(decode, an_opened_chat_carries_all_that_a_flow_wants)
{
    if (!test_has_shared())
        skip();
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct event e = talk_decode(&f, talk_file(&f, "webhook-userchat-opened-supportbot.json"), STR(""));
    assert_str_equal(e.key, STR("channel_talk:chat:69a4d300c0de00000001:1772409695000:7"));
    assert_str_equal(e.opening, STR("1772409695000"));
    assert_str_equal(e.workspace, STR("210077"));
    assert_str_equal(e.user, STR("697017007c1d02aa91f0"));
    assert_str_equal(e.locale, STR("ko"));
    assert_str_equal(e.address, STR("{\"chat_id\":\"69a4d300c0de00000001\",\"user_id\":\"697017007c1d02aa91f0\","
                                    "\"channel_id\":\"210077\"}"));
    assert_int_equal(e.tags.n, 1);
    assert_str_equal(e.tags.items[0], STR("큐레이션"));
    assert_false(e.taken_over);
    assert_str_equal(e.profile,
                     STR("{\"name\":\"김하늘\",\"mobileNumber\":\"+821000000000\",\"email\":"
                         "\"haneul@example.com\",\"goal\":\"감량\",\"weight\":78.5,\"height\":172,\"age\":34,"
                         "\"activation\":2,\"hydrate\":\"1.2\",\"number_dining\":3}"));
    talk_stop(&f);
}

TEST(decode, a_reopened_chat_is_a_new_opening_of_the_same_conversation)
{
    if (!test_has_shared())
        skip();
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct event first = talk_decode(&f, talk_file(&f, "webhook-userchat-opened-supportbot.json"), STR(""));
    struct event again = talk_decode(&f, talk_file(&f, "webhook-userchat-reopened.json"), STR(""));
    assert_str_equal(again.conversation, first.conversation);
    assert_false(str_eq(again.opening, first.opening));
    talk_stop(&f);
}

TEST(decode, text_is_normalised_and_otherwise_as_written)
{
    if (!test_has_shared())
        skip();
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct event e = talk_decode(&f, talk_file(&f, "webhook-message-unicode-emoji.json"), STR(""));
    struct str nfc;
    assert_int_equal(text_nfc(&f.arena, e.text, &nfc), OK);
    assert_str_equal(e.text, nfc);
    assert_true(str_find(e.text, STR("한글 vs 한글\t\"따옴표\" \\ & < > ")) != SIZE_MAX);
    talk_stop(&f);
}

TEST(decode, files_come_with_their_name_type_and_size)
{
    if (!test_has_shared())
        skip();
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct event event = talk_decode(&f, talk_file(&f, "webhook-message-file.json"), STR(""));
    assert_true(event.has_files);
    assert_int_equal(event.n_files, 1);
    assert_true(str_starts(event.files[0].id, STR("pri-file/210077/")));
    assert_str_equal(event.files[0].name, STR("인바디 결과 (3월).jpg"));
    assert_str_equal(event.files[0].type, STR("image/jpeg"));
    assert_int_equal(event.files[0].bytes, 482113);
    assert_false(talk_decode(&f, talk_file(&f, "webhook-message-empty-text.json"), STR("")).has_files);
    talk_stop(&f);
}

TEST(decode, an_assigned_chat_is_taken_over)
{
    if (!test_has_shared())
        skip();
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    assert_true(talk_decode(&f, talk_file(&f, "webhook-message-manager.json"), STR("")).taken_over);
    assert_false(talk_decode(&f, talk_file(&f, "webhook-message-file.json"), STR("")).taken_over);
    talk_stop(&f);
}

/* The answer that fetch keeps is the body's parts as they are. */
static struct str fetched(struct talk_fixture *f, const char *name)
{
    struct json_value *root;
    assert_int_equal(json_read(&f->arena, talk_file(f, name), &root, NULL), OK);
    struct buf out;
    buf_init(&out, &f->arena, 64 * 1024);
    json_add_value(&out, json_get(json_get(root, STR("response")), STR("body")));
    return buf_str(&out);
}

TEST(decode, what_was_fetched_completes_a_message_that_was_cut_down)
{
    if (!test_has_shared())
        skip();
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct event e = talk_decode(&f, talk_file(&f, "webhook-message-user-minimal-refers.json"),
                                 fetched(&f, "api-user-chat-get-200.json"));
    assert_true(e.bots_known);
    assert_int_equal(e.bots.n, 1);
    assert_str_equal(e.bots.items[0], STR("48213"));
    assert_int_equal(e.missing, 0);
    assert_str_equal(e.locale, STR("ko"));
    assert_str_equal(e.tags.items[0], STR("큐레이션"));
    assert_true(str_find(e.profile, STR("\"weight\":78.5")) != SIZE_MAX);
    talk_stop(&f);
}

TEST(decode, a_migrated_workflow_still_answers_to_its_old_support_bot)
{
    if (!test_has_shared())
        skip();
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct event e = talk_decode(&f, talk_file(&f, "webhook-message-user-minimal-refers.json"),
                                 fetched(&f, "api-user-chat-get-workflow-200.json"));
    assert_int_equal(e.bots.n, 2);
    assert_str_equal(e.bots.items[0], STR("771204"));
    assert_str_equal(e.bots.items[1], STR("48213"));
    talk_stop(&f);
}

/* ── rules ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A message with these members in the entity and in the chat. */
static struct event message(struct talk_fixture *f, const char *entity, const char *chat)
{
    return talk_decode(
        f,
        arena_format(&f->arena,
                     "{\"type\":\"message\",\"entity\":{\"id\":\"m\",\"chatId\":\"c\"%s%s},\"refers\":"
                     "{\"user\":{\"id\":\"u\",\"profile\":{}},\"userChat\":{\"id\":\"c\",\"source\":{}%s%s}}}",
                     *entity == '\0' ? "" : ",", entity, *chat == '\0' ? "" : ",", chat),
        STR(""));
}

TEST(decode, the_author_is_told_apart)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    static const struct {
        const char *entity;
        enum event_author author;
    } cases[] = {
        {"\"personType\":\"user\"", AUTHOR_USER},
        {"\"personType\":\"User\"", AUTHOR_USER},
        {"\"personType\":\"bot\"", AUTHOR_BOT},
        {"\"personType\":\"manager\"", AUTHOR_MANAGER},
        {"\"personType\":\"account\"", AUTHOR_SYSTEM},
        {"", AUTHOR_USER},
        {"\"personType\":\"bot\",\"requestId\":\"gilbot-1\"", AUTHOR_SELF},
        {"\"personType\":\"manager\",\"requestId\":\"gilbot-1\"", AUTHOR_SELF},
        {"\"personType\":\"manager\",\"options\":[\"private\",\"gilbot-1\"],\"requestId\":\"gilbot-1\"", AUTHOR_SELF},
        {"\"personType\":\"user\",\"requestId\":\"desk-web-gilbot-1\"", AUTHOR_USER},
        {"\"personType\":\"manager\",\"options\":[\"silent\",\"private\"]", AUTHOR_SYSTEM},
        {"\"personType\":\"manager\",\"options\":[\"silent\"]", AUTHOR_MANAGER},
        {"\"personType\":\"manager\",\"log\":{\"action\":\"assign\"}", AUTHOR_SYSTEM},
        {"\"personType\":\"user\",\"log\":{\"action\":\"open\"}", AUTHOR_SYSTEM},
        {"\"personType\":\"user\",\"log\":null,\"options\":null", AUTHOR_USER},
        {"\"personType\":\"user\",\"alf\":{\"type\":\"answer\"}", AUTHOR_BOT},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (message(&f, cases[i].entity, "").author != cases[i].author)
            fail_msg("%s", cases[i].entity);
    talk_stop(&f);
}

TEST(decode, only_what_is_said_to_be_unmanaged_is_ignored)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    assert_string_equal(message(&f, "\"personType\":\"user\"", "\"managed\":false").ignored, "not_managed");
    assert_null(message(&f, "\"personType\":\"user\"", "\"managed\":true").ignored);
    assert_null(message(&f, "\"personType\":\"user\"", "\"managed\":null").ignored);
    assert_null(message(&f, "\"personType\":\"user\"", "").ignored);
    talk_stop(&f);
}

TEST(decode, staff_take_over_an_unmanaged_chat_too)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct event e = message(&f, "\"personType\":\"manager\"", "\"managed\":false");
    assert_null(e.ignored);
    assert_int_equal(e.author, AUTHOR_MANAGER);
    talk_stop(&f);
}

TEST(decode, threads_and_other_kinds_of_chat_are_ignored)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    assert_string_equal(message(&f, "\"threadMsg\":true", "").ignored, "thread");
    assert_string_equal(message(&f, "\"chatKey\":\"userChat-c\",\"threadKey\":\"userChat-c-r\"", "").ignored, "thread");
    assert_null(message(&f, "\"chatKey\":\"userChat-c\",\"threadKey\":\"userChat-c\",\"threadMsg\":false", "").ignored);
    assert_string_equal(message(&f, "\"chatType\":\"group\"", "").ignored, "not_a_user_chat");
    assert_null(message(&f, "\"chatType\":\"UserChat\"", "").ignored);
    talk_stop(&f);
}

TEST(decode, a_chat_that_is_neither_open_nor_closed_is_ignored)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    static const struct {
        const char *entity;
        enum event_kind kind;
        const char *ignored;
    } cases[] = {
        {"\"state\":\"opened\"", EVENT_OPENED, NULL},
        {"\"version\":1", EVENT_OPENED, NULL},
        {"\"state\":\"snoozed\"", EVENT_OTHER, "chat_not_opened"},
        {"\"state\":\"queued\"", EVENT_OTHER, "chat_not_opened"},
        {"\"state\":\"opened\",\"managed\":false", EVENT_OPENED, "not_managed"},
        {"\"state\":\"closed\",\"managed\":false", EVENT_CLOSED, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct event e = talk_decode(
            &f, arena_format(&f.arena, "{\"type\":\"userChat\",\"entity\":{\"id\":\"c\",%s}}", cases[i].entity),
            STR(""));
        assert_int_equal(e.kind, cases[i].kind);
        assert_true((e.ignored == NULL) == (cases[i].ignored == NULL));
        if (e.ignored != NULL)
            assert_string_equal(e.ignored, cases[i].ignored);
    }
    talk_stop(&f);
}

TEST(decode, an_opening_is_named_by_the_first_time_that_is_there)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    static const struct {
        const char *times, *opening;
    } cases[] = {
        {"\"openedAt\":3,\"firstOpenedAt\":2,\"createdAt\":1", "3"},
        {"\"openedAt\":null,\"firstOpenedAt\":2,\"createdAt\":1", "2"},
        {"\"createdAt\":\"1\"", "1"},
        {"\"openedAt\":0,\"createdAt\":1", "1"},
        {"\"name\":\"x\"", "0"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_str_equal(
            talk_decode(&f,
                        arena_format(&f.arena, "{\"type\":\"userChat\",\"entity\":{\"id\":\"c\",%s}}", cases[i].times),
                        STR(""))
                .opening,
            str_of(cases[i].opening));
    talk_stop(&f);
}

TEST(decode, an_origin_that_was_looked_up_is_known_even_when_there_is_none)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct str body = STR("{\"type\":\"message\",\"entity\":{\"id\":\"m\",\"chatId\":\"c\",\"personType\":\"user\"}}");
    struct event before = talk_decode(&f, body, STR(""));
    assert_false(before.bots_known);
    assert_int_equal(before.missing, EVENT_NEEDS_ORIGIN | EVENT_NEEDS_PROFILE);
    struct event after = talk_decode(&f, body, STR("{\"userChat\":{\"id\":\"c\"}}"));
    assert_true(after.bots_known);
    assert_int_equal(after.bots.n, 0);
    assert_int_equal(after.missing, 0);
    talk_stop(&f);
}

TEST(decode, a_user_without_a_profile_is_not_asked_for_again_and_again)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    static const struct {
        const char *user;
        unsigned missing;
    } cases[] = {
        {"{\"id\":\"u\",\"type\":\"lead\"}", 0},
        {"{\"id\":\"u\",\"profile\":{}}", 0},
        {"{\"id\":\"u\",\"channelId\":\"1\"}", EVENT_NEEDS_PROFILE},
        {"null", EVENT_NEEDS_PROFILE},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct event e = talk_decode(&f,
                                     arena_format(&f.arena,
                                                  "{\"type\":\"userChat\",\"entity\":{\"id\":\"c\",\"source\":{}},"
                                                  "\"refers\":{\"user\":%s}}",
                                                  cases[i].user),
                                     STR(""));
        assert_int_equal(e.missing, cases[i].missing);
    }
    talk_stop(&f);
}

TEST(decode, a_workflow_that_only_ran_later_did_not_begin_the_chat)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct event e = talk_decode(
        &f, STR("{\"type\":\"message\",\"entity\":{\"id\":\"m\",\"chatId\":\"c\",\"workflow\":{\"id\":\"5\"}}}"),
        STR("{\"userChat\":{\"source\":{\"workflow\":{\"id\":4}}},"
            "\"workflow\":{\"id\":\"5\",\"migrationInfo\":{\"fromId\":\"3\"}}}"));
    assert_int_equal(e.bots.n, 1);
    assert_str_equal(e.bots.items[0], STR("4"));
    talk_stop(&f);
}

TEST_MAIN
