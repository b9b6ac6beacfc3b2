#include "tests/unit/integrations/slack/stage.h"

static struct stored stored_fixture(struct stage *s, const char *name, struct str extra)
{
    return (struct stored){
        .key = STR("slack:x"), .conversation = STR("slack:T:cmd:U"), .body = fixture(&s->world, name), .extra = extra};
}

static struct delivery fetch(struct stage *s, const struct stored *stored, unsigned needs, struct str *ret_extra,
                             struct str *ret_conversation)
{
    return s->world.platform->fetch(s->world.platform, stored, needs, &s->world.arena, ret_extra, ret_conversation);
}

TEST(fetch, a_profile_tells_who_the_user_is)
{
    if (!test_has_shared())
        skip();
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", fixture(&s.world, "webapi_users.info_ok.json").p);
    struct stored stored = stored_fixture(&s, "event_message_im.json", STR(""));
    struct str extra, conversation;
    assert_int_equal(fetch(&s, &stored, EVENT_NEEDS_PROFILE, &extra, &conversation).result, DELIVERY_SENT);
    assert_string_equal(s.paths[0], "/api/users.info");
    assert_string_equal(s.bodies[0], "user=U0HUMAN001&include_locale=true");
    assert_str_equal(extra, STR("{\"profile\":{\"name\":\"alice\",\"email\":\"alice@example.com\",\"locale\":\"ko-KR\","
                                "\"tz\":\"Asia/Seoul\"}}"));
    assert_int_equal(conversation.n, 0);
    stage_end(&s);
}

TEST(fetch, a_command_moves_into_a_direct_conversation)
{
    if (!test_has_shared())
        skip();
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", fixture(&s.world, "webapi_conversations.open_ok.json").p);
    struct stored stored = stored_fixture(&s, "slash_command.form.txt", STR("{\"profile\":{\"name\":\"alice\"}}"));
    struct str extra, conversation;
    unsigned needs = EVENT_NEEDS_DIRECT | EVENT_NEEDS_PROFILE;
    assert_int_equal(fetch(&s, &stored, needs, &extra, &conversation).result, DELIVERY_SENT);
    assert_int_equal(s.n_requests, 1); /* the profile is there already */
    assert_string_equal(s.paths[0], "/api/conversations.open");
    assert_string_equal(s.bodies[0], "users=U0HUMAN001");
    assert_str_equal(extra, STR("{\"profile\":{\"name\":\"alice\"},\"direct\":\"D0DMALICE1\"}"));
    assert_str_equal(conversation, STR("slack:T0F1XTURE1:D0DMALICE1"));
    stage_end(&s);
}

TEST(fetch, what_cannot_be_had_is_done_without)
{
    if (!test_has_shared())
        skip();
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "{\"ok\":false,\"error\":\"missing_scope\"}");
    respond(&s, 200, "", "{\"ok\":true,\"channel\":{\"id\":\"D9\"}}");
    struct stored stored = stored_fixture(&s, "slash_command.form.txt", STR(""));
    struct str extra, conversation;
    unsigned needs = EVENT_NEEDS_DIRECT | EVENT_NEEDS_PROFILE;
    assert_int_equal(fetch(&s, &stored, needs, &extra, &conversation).result, DELIVERY_SENT);
    assert_str_equal(extra, STR("{\"profile\":{},\"direct\":\"D9\"}"));

    respond_only(&s, 200, "", "{\"ok\":false,\"error\":\"user_not_found\"}");
    assert_int_equal(fetch(&s, &stored, EVENT_NEEDS_PROFILE, &extra, &conversation).result, DELIVERY_NEVER);
    respond_only(&s, 200, "", "{\"ok\":true,\"channel\":{}}");
    assert_int_equal(fetch(&s, &stored, EVENT_NEEDS_DIRECT, &extra, &conversation).result, DELIVERY_NEVER);
    respond_only(&s, 429, "Retry-After: 7\r\n", "");
    struct delivery delivery = fetch(&s, &stored, needs, &extra, &conversation);
    assert_int_equal(delivery.result, DELIVERY_LATER);
    assert_int_equal(delivery.retry_after_ms, 7000);
    stage_end(&s);
}

TEST_MAIN
