#include "talk_fixture.h"

static enum err identify(struct talk_fixture *f, struct str body, struct arrivals *ret_arrivals)
{
    struct inbound inbound = {.path = STR("/channel-talk/webhook"), .body = body};
    return f->platform->identify(f->platform, &inbound, &f->arena, ret_arrivals, &f->error);
}

static struct arrival identify_one(struct talk_fixture *f, struct str body)
{
    struct arrivals arrivals = {.n = 0};
    assert_int_equal(identify(f, body, &arrivals), OK);
    assert_int_equal(arrivals.n, 1);
    return arrivals.items[0];
}

TEST(identify, a_message_is_known_by_its_id)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct arrival a = identify_one(
        &f,
        STR("{\"event\":\"push\",\"type\":\"message\",\"entity\":{\"id\":\"m1\",\"chatId\":\"c1\"},\"refers\":{}}"));
    assert_str_equal(a.key, STR("channel_talk:msg:m1"));
    assert_str_equal(a.conversation, STR("channel_talk:c1"));
    assert_string_equal(a.type, "message");
    assert_int_equal(a.body.n, 0);
    talk_stop(&f);
}

TEST(identify, the_type_is_compared_in_any_case_and_event_words_do_not_matter)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct arrival a = identify_one(
        &f, STR("{\"event\":\"upsert\",\"type\":\"Message\",\"entity\":{\"id\":\"m1\",\"chatId\":\"c1\"}}"));
    assert_str_equal(a.key, STR("channel_talk:msg:m1"));
    a = identify_one(&f, STR("{\"type\":\"USERCHAT\",\"entity\":{\"id\":\"c1\",\"openedAt\":7,\"version\":2}}"));
    assert_str_equal(a.key, STR("channel_talk:chat:c1:7:2"));
    talk_stop(&f);
}

TEST(identify, ids_are_the_same_as_number_or_string)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct arrival number = identify_one(&f, STR("{\"type\":\"message\",\"entity\":{\"id\":12345,\"chatId\":9}}"));
    struct arrival text =
        identify_one(&f, STR("{\"type\":\"message\",\"entity\":{\"id\":\"12345\",\"chatId\":\"9\"}}"));
    assert_str_equal(number.key, text.key);
    assert_str_equal(number.conversation, STR("channel_talk:9"));
    talk_stop(&f);
}

TEST(identify, each_version_of_a_chat_is_seen_once)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    static const struct {
        const char *body, *key;
    } cases[] = {
        {"{\"type\":\"userChat\",\"entity\":{\"id\":\"c\",\"openedAt\":3,\"firstOpenedAt\":2,\"createdAt\":1,"
         "\"version\":7}}",
         "channel_talk:chat:c:3:7"},
        {"{\"type\":\"userChat\",\"entity\":{\"id\":\"c\",\"firstOpenedAt\":2,\"createdAt\":1,\"version\":8}}",
         "channel_talk:chat:c:2:8"},
        {"{\"type\":\"userChat\",\"entity\":{\"id\":\"c\",\"createdAt\":1,\"updatedAt\":5}}",
         "channel_talk:chat:c:1:5"},
        {"{\"type\":\"userChat\",\"entity\":{\"id\":\"c\",\"openedAt\":null}}", "channel_talk:chat:c:0:0"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_str_equal(identify_one(&f, str_of(cases[i].body)).key, str_of(cases[i].key));
    talk_stop(&f);
}

TEST(identify, the_metric_says_opened_or_closed)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    assert_string_equal(
        identify_one(&f, STR("{\"type\":\"userChat\",\"entity\":{\"id\":\"c\",\"state\":\"opened\"}}")).type, "opened");
    assert_string_equal(
        identify_one(&f, STR("{\"type\":\"userChat\",\"entity\":{\"id\":\"c\",\"state\":\"closed\"}}")).type, "closed");
    talk_stop(&f);
}

TEST(identify, a_message_without_an_id_is_known_by_its_bytes)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct str body = STR("{\"type\":\"message\",\"entity\":{\"chatId\":\"c\",\"plainText\":\"a\"}}");
    struct str other = STR("{\"type\":\"message\",\"entity\":{\"chatId\":\"c\",\"plainText\":\"b\"}}");
    struct str key = identify_one(&f, body).key;
    assert_true(str_starts(key, STR("channel_talk:body:")));
    assert_str_equal(identify_one(&f, body).key, key);
    assert_false(str_eq(identify_one(&f, other).key, key));
    talk_stop(&f);
}

TEST(identify, valid_json_of_any_shape_is_genuine_and_nothing_for_us)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    static const struct {
        const char *body, *why;
    } cases[] = {
        {"[1,2,3]", "unknown_type"},
        {"[]", "unknown_type"},
        {"{}", "unknown_type"},
        {"null", "unknown_type"},
        {"\"message\"", "unknown_type"},
        {"{\"type\":7,\"entity\":{}}", "unknown_type"},
        {"{\"type\":\"meet\",\"entity\":{\"id\":\"1\"},\"refers\":{}}", "unknown_type"},
        {"{\"type\":\"user\",\"event\":\"upsert\",\"entity\":{\"id\":\"1\"}}", "user_event"},
        {"{\"type\":\"User\"}", "user_event"},
        {"{\"type\":\"message\"}", "no_entity"},
        {"{\"type\":\"message\",\"entity\":null}", "no_entity"},
        {"{\"type\":\"message\",\"entity\":[]}", "no_entity"},
        {"{\"type\":\"message\",\"entity\":{\"id\":\"m\"}}", "no_chat"},
        {"{\"type\":\"message\",\"entity\":{\"id\":\"m\",\"chatId\":\"\"}}", "no_chat"},
        {"{\"type\":\"message\",\"entity\":{\"id\":\"m\",\"chatId\":{}}}", "no_chat"},
        {"{\"type\":\"userChat\",\"entity\":{\"openedAt\":1}}", "no_chat"},
        {"{\"type\":\"message\",\"event\":\"Delete\",\"entity\":{\"id\":\"m\",\"chatId\":\"c\"}}", "deleted"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arrivals arrivals = {.n = 9};
        assert_int_equal(identify(&f, str_of(cases[i].body), &arrivals), OK);
        assert_int_equal(arrivals.n, 0);
        assert_string_equal(arrivals.ignored, cases[i].why);
    }
    talk_stop(&f);
}

TEST(identify, an_id_that_is_too_long_is_no_id)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    char longest[66];
    memset(longest, 'a', sizeof longest);
    for (int n = 64; n <= 65; n++) {
        struct arrivals arrivals = {.n = 0};
        struct str body =
            arena_format(&f.arena, "{\"type\":\"message\",\"entity\":{\"id\":\"%.*s\",\"chatId\":\"%.*s\"}}", n,
                         longest, n, longest);
        assert_int_equal(identify(&f, body, &arrivals), OK);
        assert_int_equal(arrivals.n, n == 64 ? 1 : 0);
        if (arrivals.n == 1)
            assert_true(arrivals.items[0].key.n <= 256 && arrivals.items[0].conversation.n <= 256);
    }
    talk_stop(&f);
}

TEST(identify, what_is_no_json_is_refused)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct arrivals arrivals;
    assert_int_equal(identify(&f, STR(""), &arrivals), ERR_INVALID);
    assert_int_equal(identify(&f, STR("{"), &arrivals), ERR_INVALID);
    assert_int_equal(identify(&f, STR("{\"type\":\"message\",\"type\":\"user\"}"), &arrivals), ERR_INVALID);
    talk_stop(&f);
}

TEST(identify, every_raw_fixture_is_refused)
{
    if (!test_has_shared())
        skip();
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    static const char *const names[] = {"duplicate-keys", "empty",      "invalid-utf8",
                                        "lone-surrogate", "nul-escape", "truncated"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct arrivals arrivals;
        char path[64];
        snprintf(path, sizeof path, "raw/%s.txt", names[i]);
        if (identify(&f, talk_file(&f, path), &arrivals) != ERR_INVALID)
            fail_msg("%s", path);
    }
    talk_stop(&f);
}

TEST_MAIN
