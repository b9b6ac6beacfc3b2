#include "talk_fixture.h"

static enum err make(struct settings_channel_talk settings, struct error *error)
{
    int64_t now_ms = 0;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 64 * 1024);
    struct channel_talk *made;
    struct channel_talk_parts parts = {&settings, NULL, clock_manual(&now_ms)};
    return channel_talk_new(&parts, &arena, &made, error);
}

TEST(channel_talk, a_bot_name_that_the_platform_refuses_is_found_at_start)
{
    struct error error = {.code = OK};
    static const char *const refused[] = {
        "a@b", "#1",  "$",    "100%",
        "a:b", "a/b", "a\\b", "가나다라마바사아자차가나다라마바사아자차가나다라마바사아자차가"};
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_int_equal(make((struct settings_channel_talk){.bot_name = str_of(refused[i])}, &error), ERR_INVALID);
    struct str longest = STR("가나다라마바사아자차가나다라마바사아자차가나다라마바사아자차");
    assert_int_equal(make((struct settings_channel_talk){.bot_name = longest}, &error), OK);
}

TEST(channel_talk, a_signing_key_must_be_hexadecimal)
{
    struct error error = {.code = OK};
    assert_int_equal(make((struct settings_channel_talk){.signing_key = STR("zz")}, &error), ERR_INVALID);
    assert_null(strstr(error.text, "zz"));
    assert_int_equal(make((struct settings_channel_talk){.signing_key = STR("abc")}, &error), ERR_INVALID);
    assert_int_equal(make((struct settings_channel_talk){.signing_key = STR("00ff")}, &error), OK);
}

TEST(channel_talk, every_method_of_the_port_is_there)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    const struct platform *p = f.platform;
    assert_true(p->verify != NULL && p->answer != NULL && p->identify != NULL && p->decode != NULL);
    assert_true(p->fetch != NULL && p->compose != NULL && p->send != NULL);
    assert_false(p->has_buttons);
    assert_string_equal(p->name, "channel_talk");
    talk_stop(&f);
}

TEST_MAIN
