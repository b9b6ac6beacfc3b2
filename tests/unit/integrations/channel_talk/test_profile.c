#include "talk_fixture.h"

static struct str profile_of(struct talk_fixture *f, const char *user, const char *chat, const char *extra)
{
    struct str body = arena_format(&f->arena,
                                   "{\"type\":\"userChat\",\"entity\":{\"id\":\"c\",\"profile\":%s},"
                                   "\"refers\":{\"user\":%s}}",
                                   chat, user);
    return talk_decode(f, body, str_of(extra)).profile;
}

TEST(profile, keys_of_the_chat_come_after_those_of_the_user)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    assert_str_equal(profile_of(&f, "{\"profile\":{\"a\":1,\"b\":2}}", "{\"b\":3,\"c\":4}", ""),
                     STR("{\"a\":1,\"b\":3,\"c\":4}"));
    talk_stop(&f);
}

TEST(profile, values_keep_every_digit_and_type)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    assert_str_equal(profile_of(&f,
                                "{\"profile\":{\"n\":78.50,\"big\":123456789012345678901234567890,\"l\":[1.0,\"x\"],"
                                "\"t\":true,\"s\":\"a\\\"b\"}}",
                                "null", ""),
                     STR("{\"n\":78.50,\"big\":123456789012345678901234567890,\"l\":[1.0,\"x\"],\"t\":true,"
                         "\"s\":\"a\\\"b\"}"));
    talk_stop(&f);
}

TEST(profile, a_null_replaces_nothing)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    assert_str_equal(profile_of(&f, "{\"profile\":{\"a\":1,\"z\":null}}", "{\"a\":null}", ""), STR("{\"a\":1}"));
    talk_stop(&f);
}

TEST(profile, what_was_fetched_is_newer)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    assert_str_equal(profile_of(&f, "{\"profile\":{\"a\":1}}", "{\"b\":1}",
                                "{\"userChat\":{\"profile\":{\"b\":2}},\"user\":{\"profile\":{\"a\":2}}}"),
                     STR("{\"a\":2,\"b\":2}"));
    talk_stop(&f);
}

TEST(profile, the_users_name_stands_in_for_a_missing_one)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    assert_str_equal(profile_of(&f, "{\"name\":\"은지\",\"profile\":{\"a\":1}}", "{}", ""),
                     STR("{\"a\":1,\"name\":\"은지\"}"));
    assert_str_equal(profile_of(&f, "{\"name\":\"은지\",\"profile\":{\"name\":\"하늘\"}}", "{}", ""),
                     STR("{\"name\":\"하늘\"}"));
    assert_str_equal(profile_of(&f, "[]", "\"x\"", ""), STR(""));
    talk_stop(&f);
}

TEST_MAIN
