/* Reading chats back from a server on loopback that answers with the fixtures' exchanges. */
#include "talk_world.h"

#define CHAT "69a4d300c0de00000001"

static struct delivery fetch(struct world *w, const char *conversation, unsigned needs, struct str *ret_extra)
{
    struct stored stored = {.conversation = str_of(conversation), .body = STR("{}")};
    struct str moved = STR("?");
    struct delivery d = w->f.platform->fetch(w->f.platform, &stored, needs, &w->f.arena, ret_extra, &moved);
    assert_int_equal(moved.n, d.result == DELIVERY_SENT ? 0 : 1);
    return d;
}

TEST(fetch, a_chat_is_read_back_for_its_origin_and_profile)
{
    if (!test_has_shared())
        skip();
    struct world w;
    world_start(&w);
    will_answer_fixture(&w, "api-user-chat-get-200.json");
    struct str extra = STR("");
    assert_int_equal(fetch(&w, "channel_talk:" CHAT, EVENT_NEEDS_ORIGIN, &extra).result, DELIVERY_SENT);
    assert_str_equal(w.calls[0].method, STR("GET"));
    assert_str_equal(w.calls[0].target, STR("/open/v5/user-chats/" CHAT));
    struct event e = talk_decode(&w.f, talk_file(&w.f, "webhook-message-user-minimal-refers.json"), extra);
    assert_str_equal(e.bots.items[0], STR("48213"));
    assert_true(str_find(e.profile, STR("\"weight\":78.5")) != SIZE_MAX);
    assert_true(str_find(extra, STR("chatTags")) == SIZE_MAX);
    world_stop(&w);
}

TEST(fetch, a_migrated_workflow_is_kept_with_its_ancestor)
{
    if (!test_has_shared())
        skip();
    struct world w;
    world_start(&w);
    will_answer_fixture(&w, "api-user-chat-get-workflow-200.json");
    struct str extra = STR("");
    assert_int_equal(fetch(&w, "channel_talk:69a4d33cc0de00000003", EVENT_NEEDS_PROFILE, &extra).result, DELIVERY_SENT);
    struct event e = talk_decode(&w.f, talk_file(&w.f, "edge-null-refers.json"), extra);
    assert_int_equal(e.bots.n, 2);
    world_stop(&w);
}

TEST(fetch, each_status_obliges_to_what_the_documents_say)
{
    static const struct {
        int status;
        const char *body;
        enum delivery_result result;
    } cases[] = {
        {404, "{}", DELIVERY_NEVER},
        {401, "{}", DELIVERY_NEVER},
        {429, "{}", DELIVERY_LATER},
        {502, "<html>", DELIVERY_LATER},
        {200, "<html>", DELIVERY_LATER},
        {200, "{\"userChat\":7}", DELIVERY_LATER},
        {200, "{\"userChat\":{}}", DELIVERY_SENT},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct world w;
        world_start(&w);
        will_answer(&w, cases[i].status, "", str_of(cases[i].body));
        struct str extra = STR("");
        if (fetch(&w, "channel_talk:c", EVENT_NEEDS_ORIGIN, &extra).result != cases[i].result)
            fail_msg("%d %s", cases[i].status, cases[i].body);
        world_stop(&w);
    }
}

TEST(fetch, what_channel_talk_does_not_have_is_not_asked_for)
{
    struct world w;
    world_start(&w);
    struct str extra = STR("");
    assert_int_equal(fetch(&w, "channel_talk:c", EVENT_NEEDS_DIRECT, &extra).result, DELIVERY_NEVER);
    assert_int_equal(fetch(&w, "slack:T:C", EVENT_NEEDS_ORIGIN, &extra).result, DELIVERY_NEVER);
    assert_int_equal(w.n_calls, 0);
    world_stop(&w);
}

TEST_MAIN
