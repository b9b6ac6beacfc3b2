/* Sending against a server on loopback that answers with the fixtures' exchanges. */
#include "talk_world.h"

#define CHAT "69a4d300c0de00000001"
#define MESSAGE                                                                                                        \
    "{\"do\":\"message\",\"chat_id\":\"" CHAT "\",\"blocks\":[{\"type\":\"text\",\"value\":\"<b>가</b>\"}],"          \
    "\"plain\":\"가\\n보기: https://a.example\",\"buttons\":[{\"title\":\"보기\"}],\"counts\":\"recommendation\"}"

static struct delivery send_as(struct world *w, const char *payload, int attempt, bool last)
{
    struct outgoing outgoing = {
        .idempotency_key = STR("gilbot-1"), .payload = str_of(payload), .attempt = attempt, .last_attempt = last};
    return w->f.platform->send(w->f.platform, &outgoing, &w->f.arena);
}

static struct delivery send_first(struct world *w, const char *payload)
{
    return send_as(w, payload, 1, false);
}

/* ── messages ──────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(send, a_message_is_posted_as_the_api_wants_it)
{
    if (!test_has_shared())
        skip();
    struct world w;
    world_start(&w);
    will_answer_fixture(&w, "api-message-create-200.json");
    struct delivery d = send_first(&w, MESSAGE);
    assert_int_equal(d.result, DELIVERY_SENT);
    assert_str_equal(d.receipt, STR("69a4d365a1b2c304ff7d"));
    assert_int_equal(w.n_calls, 1);
    assert_str_equal(w.calls[0].method, STR("POST"));
    assert_str_equal(w.calls[0].target, STR("/open/v5/user-chats/" CHAT
                                            "/messages?botName=%EA%B1%B4%EA%B0%95%20%ED%81%90%EB%A0%88%EC%9D%B4%EC%"
                                            "85%98"));
    assert_str_equal(stub_header(&w.calls[0], STR("x-access-key")), STR("TEST-KEY"));
    assert_str_equal(stub_header(&w.calls[0], STR("x-access-secret")), STR("TEST-SECRET"));
    assert_str_equal(stub_header(&w.calls[0], STR("content-type")), STR("application/json"));
    assert_str_equal(stub_header(&w.calls[0], STR("accept")), STR("application/json"));
    assert_str_equal(w.calls[0].body, STR("{\"blocks\":[{\"type\":\"text\",\"value\":\"<b>가</b>\"}],\"buttons\":"
                                          "[{\"title\":\"보기\"}],\"requestId\":\"gilbot-1\"}"));
    assert_int_equal(atomic_load(&w.f.talk->state->messages), 1);
    assert_int_equal(atomic_load(&w.f.talk->state->recommendations), 1);
    world_stop(&w);
}

TEST(send, without_a_bot_name_the_channel_speaks)
{
    struct world w;
    world_start(&w);
    w.f.settings.bot_name = STR("");
    will_answer(&w, 200, "", STR("{}"));
    assert_int_equal(send_first(&w, MESSAGE).result, DELIVERY_SENT);
    assert_str_equal(w.calls[0].target, STR("/open/v5/user-chats/" CHAT "/messages"));
    world_stop(&w);
}

TEST(send, blocks_that_are_refused_go_out_once_more_as_plain_text)
{
    if (!test_has_shared())
        skip();
    struct world w;
    world_start(&w);
    will_answer_fixture(&w, "api-error-422-markup.json");
    will_answer_fixture(&w, "api-message-create-200.json");
    assert_int_equal(send_first(&w, MESSAGE).result, DELIVERY_SENT);
    assert_int_equal(w.n_calls, 2);
    assert_str_equal(w.calls[1].body,
                     STR("{\"plainText\":\"가\\n보기: https://a.example\",\"requestId\":\"gilbot-1\"}"));
    world_stop(&w);
}

TEST(send, a_note_that_is_refused_stays_private_as_plain_text)
{
    struct world w;
    world_start(&w);
    will_answer(&w, 422, "", STR("{}"));
    will_answer(&w, 200, "", STR("{}"));
    assert_int_equal(send_first(&w, "{\"do\":\"message\",\"chat_id\":\"c\",\"blocks\":[],\"plain\":\"x\","
                                    "\"options\":[\"private\"],\"counts\":\"hand_over\"}")
                         .result,
                     DELIVERY_SENT);
    assert_str_equal(w.calls[1].body,
                     STR("{\"plainText\":\"x\",\"options\":[\"private\"],\"requestId\":\"gilbot-1\"}"));
    assert_int_equal(atomic_load(&w.f.talk->state->hand_overs), 1);
    assert_int_equal(atomic_load(&w.f.talk->state->messages), 0);
    world_stop(&w);
}

TEST(send, a_message_that_is_refused_twice_is_given_up)
{
    if (!test_has_shared())
        skip();
    struct world w;
    world_start(&w);
    will_answer_fixture(&w, "api-error-422-core.json");
    will_answer_fixture(&w, "api-error-422-core.json");
    struct delivery d = send_first(&w, MESSAGE);
    assert_int_equal(d.result, DELIVERY_NEVER);
    assert_str_equal(d.reason, STR("HTTP 422"));
    assert_int_equal(w.n_calls, 2);
    world_stop(&w);
}

TEST(send, each_status_obliges_to_what_the_documents_say)
{
    if (!test_has_shared())
        skip();
    static const struct {
        const char *file;
        enum delivery_result result;
    } cases[] = {
        {"api-error-401-core.json", DELIVERY_NEVER},
        {"api-error-401-legacy.json", DELIVERY_NEVER},
        {"api-error-404.json", DELIVERY_NEVER},
        {"api-error-429.json", DELIVERY_LATER},
        {"api-error-500-html.json", DELIVERY_LATER},
        {"api-ratelimit-grace-200.json", DELIVERY_SENT},
        {"api-message-create-private-note-200.json", DELIVERY_SENT},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct world w;
        world_start(&w);
        will_answer_fixture(&w, cases[i].file);
        if (send_first(&w, MESSAGE).result != cases[i].result || w.n_calls != 1)
            fail_msg("%s", cases[i].file);
        world_stop(&w);
    }
}

TEST(send, too_many_requests_wait_as_long_as_they_are_told)
{
    static const struct {
        const char *headers;
        int64_t wait_ms;
    } cases[] = {
        {"Retry-After: 12\r\nx-ratelimit-reset: 1772409700\r\n", 12000},
        {"x-ratelimit-reset: 1772409605\r\n", 5000}, /* the clock stands at 1772409600 */
        {"x-ratelimit-reset: 1772409000\r\n", 0},
        {"x-ratelimit-reset: soon\r\n", 0},
        {"x-ratelimit-reset: 9223372036854775807\r\n", 0},
        {"", 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct world w;
        world_start(&w);
        will_answer(&w, 429, cases[i].headers, STR("{}"));
        struct delivery d = send_first(&w, MESSAGE);
        assert_int_equal(d.result, DELIVERY_LATER);
        assert_int_equal(d.retry_after_ms, cases[i].wait_ms);
        world_stop(&w);
    }
}

TEST(send, no_answer_is_tried_again)
{
    struct world w;
    world_start(&w);
    will_hang_up(&w);
    struct delivery d = send_first(&w, MESSAGE);
    assert_int_equal(d.result, DELIVERY_LATER);
    assert_true(d.reason.n > 0);
    assert_true(str_find(d.reason, STR("TEST-")) == SIZE_MAX);
    world_stop(&w);
}

TEST(send, the_last_try_looks_for_the_message_first)
{
    struct world w;
    world_start(&w);
    will_answer(&w, 200, "",
                STR("{\"messages\":[{\"id\":\"m1\",\"requestId\":\"x\"},{\"id\":\"m2\",\"requestId\":\"gilbot-1\"}]}"));
    struct delivery d = send_as(&w, MESSAGE, 5, true);
    assert_int_equal(d.result, DELIVERY_SENT);
    assert_str_equal(d.receipt, STR("m2"));
    assert_int_equal(w.n_calls, 1);
    assert_str_equal(w.calls[0].method, STR("GET"));
    assert_str_equal(w.calls[0].target, STR("/open/v5/user-chats/" CHAT "/messages?sortOrder=desc&limit=100"));
    world_stop(&w);
}

TEST(send, the_last_try_sends_what_it_did_not_find)
{
    if (!test_has_shared())
        skip();
    struct world w;
    world_start(&w);
    will_answer_fixture(&w, "api-messages-list-last-200.json");
    will_answer(&w, 200, "", STR("{}"));
    assert_int_equal(send_as(&w, MESSAGE, 5, true).result, DELIVERY_SENT);
    assert_int_equal(w.n_calls, 2);
    assert_str_equal(w.calls[1].method, STR("POST"));
    world_stop(&w);
}

TEST(send, the_last_try_sends_when_nobody_can_look)
{
    struct world w;
    world_start(&w);
    will_answer(&w, 500, "", STR(""));
    will_answer(&w, 200, "", STR("{}"));
    assert_int_equal(send_as(&w, MESSAGE, 5, true).result, DELIVERY_SENT);
    assert_int_equal(w.n_calls, 2);
    world_stop(&w);
}

TEST(send, a_single_try_does_not_look)
{
    struct world w;
    world_start(&w);
    will_answer(&w, 200, "", STR("{}"));
    assert_int_equal(send_as(&w, MESSAGE, 1, true).result, DELIVERY_SENT);
    assert_int_equal(w.n_calls, 1);
    world_stop(&w);
}

TEST(send, a_repeated_request_id_that_is_refused_was_sent_before)
{
    struct world w;
    world_start(&w);
    will_answer(&w, 409, "", STR("{}"));
    will_answer(&w, 200, "", STR("{\"messages\":[{\"id\":\"m2\",\"requestId\":\"gilbot-1\"}]}"));
    struct delivery d = send_as(&w, MESSAGE, 2, false);
    assert_int_equal(d.result, DELIVERY_SENT);
    assert_str_equal(d.receipt, STR("m2"));
    world_stop(&w);
}

TEST(send, refused_keys_are_remembered_so_that_one_line_is_logged)
{
    struct world w;
    world_start(&w);
    will_answer(&w, 401, "", STR("{}"));
    will_answer(&w, 403, "", STR("{}"));
    will_answer(&w, 200, "", STR("{}"));
    assert_int_equal(send_first(&w, MESSAGE).result, DELIVERY_NEVER);
    assert_true(atomic_load(&w.f.talk->state->keys_refused));
    assert_int_equal(send_first(&w, MESSAGE).result, DELIVERY_NEVER);
    assert_int_equal(send_first(&w, MESSAGE).result, DELIVERY_SENT);
    assert_false(atomic_load(&w.f.talk->state->keys_refused));
    world_stop(&w);
}

/* ── people ────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(send, one_manager_is_assigned)
{
    if (!test_has_shared())
        skip();
    struct world w;
    world_start(&w);
    will_answer_fixture(&w, "api-assign-manager-200.json");
    struct delivery d = send_first(&w, "{\"do\":\"assign\",\"chat_id\":\"" CHAT "\",\"managers\":[\"90817\"]}");
    assert_int_equal(d.result, DELIVERY_SENT);
    assert_str_equal(w.calls[0].method, STR("PATCH"));
    assert_true(
        str_starts(w.calls[0].target, STR("/open/v5/user-chats/" CHAT "/assign-to/managers/90817?botName=%EA%B1%B4")));
    assert_str_equal(stub_header(&w.calls[0], STR("content-length")), STR("0"));
    world_stop(&w);
}

TEST(send, several_managers_are_invited)
{
    if (!test_has_shared())
        skip();
    struct world w;
    world_start(&w);
    will_answer_fixture(&w, "api-invite-managers-200.json");
    struct delivery d =
        send_first(&w, "{\"do\":\"invite\",\"chat_id\":\"" CHAT "\",\"managers\":[\"90817\",\"90822\"]}");
    assert_int_equal(d.result, DELIVERY_SENT);
    assert_str_equal(w.calls[0].method, STR("PATCH"));
    assert_true(str_starts(w.calls[0].target, STR("/open/v5/user-chats/" CHAT "/invite?botName=")));
    assert_true(str_ends(w.calls[0].target, STR("&managerIds=90817&managerIds=90822")));
    world_stop(&w);
}

/* ── tags ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

#define TAG "{\"do\":\"tag\",\"user_id\":\"u1\",\"tags\":[\"a\",\"새 태그\"]}"

TEST(send, tags_are_added_to_those_that_are_there)
{
    struct world w;
    world_start(&w);
    will_answer(&w, 200, "", STR("{\"user\":{\"id\":\"u1\",\"tags\":[\"건강관심\",\"a\"]}}"));
    will_answer(&w, 200, "", STR("{\"user\":{}}"));
    assert_int_equal(send_first(&w, TAG).result, DELIVERY_SENT);
    assert_int_equal(w.n_calls, 2);
    assert_str_equal(w.calls[0].method, STR("GET"));
    assert_str_equal(w.calls[0].target, STR("/open/v5/users/u1"));
    assert_str_equal(w.calls[1].method, STR("PATCH"));
    assert_str_equal(w.calls[1].body, STR("{\"tags\":[\"건강관심\",\"a\",\"새 태그\"]}"));
    world_stop(&w);
}

TEST(send, tags_that_are_there_already_are_not_written_again)
{
    struct world w;
    world_start(&w);
    will_answer(&w, 200, "", STR("{\"user\":{\"tags\":[\"새 태그\",\"a\"]}}"));
    assert_int_equal(send_first(&w, TAG).result, DELIVERY_SENT);
    assert_int_equal(w.n_calls, 1);
    world_stop(&w);
}

TEST(send, nothing_is_written_over_tags_that_could_not_be_read)
{
    static const char *const answers[] = {"", "[]", "{}", "{\"user\":null}", "<html>"};
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct world w;
        world_start(&w);
        will_answer(&w, 200, "", str_of(answers[i]));
        assert_int_equal(send_first(&w, TAG).result, DELIVERY_LATER);
        assert_int_equal(w.n_calls, 1);
        world_stop(&w);
    }
}

TEST(send, a_user_has_twenty_tags_at_most)
{
    struct world w;
    world_start(&w);
    will_answer(&w, 200, "",
                STR("{\"user\":{\"tags\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\","
                    "\"13\",\"14\",\"15\",\"16\",\"17\",\"18\",\"19\",\"20\"]}}"));
    assert_int_equal(send_first(&w, TAG).result, DELIVERY_NEVER);
    assert_int_equal(w.n_calls, 1);
    world_stop(&w);
}

/* ── the outbox ────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(send, a_payload_that_is_not_ours_is_never_sent)
{
    static const char *const payloads[] = {"", "[]", "{}", "{\"do\":\"fly\"}", "{\"do\":\"assign\",\"chat_id\":\"c\"}"};
    for (size_t i = 0; i < COUNT_OF(payloads); i++) {
        struct world w;
        world_start(&w);
        assert_int_equal(send_first(&w, payloads[i]).result, DELIVERY_NEVER);
        assert_int_equal(w.n_calls, 0);
        world_stop(&w);
    }
}

TEST(send, an_id_cannot_lead_out_of_its_place_in_the_path)
{
    struct world w;
    world_start(&w);
    will_answer(&w, 404, "", STR("{}"));
    assert_int_equal(send_first(&w, "{\"do\":\"tag\",\"user_id\":\"../channel?x=1#\",\"tags\":[\"a\"]}").result,
                     DELIVERY_NEVER);
    assert_str_equal(w.calls[0].target, STR("/open/v5/users/%2E%2E%2Fchannel%3Fx%3D1%23"));
    world_stop(&w);
}

TEST_MAIN
