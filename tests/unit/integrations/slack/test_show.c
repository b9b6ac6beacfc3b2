#include "integrations/slack/form.h"
#include "integrations/slack/shown.h"
#include "tests/unit/integrations/slack/stage.h"

#define IN_A_THREAD                                                                                                    \
    "{\"team\":\"T1\",\"channel\":\"C1\",\"thread_ts\":\"1.000001\",\"message_ts\":\"1.000001\",\"user\":\"U1\"}"
#define IN_A_DM "{\"team\":\"T1\",\"channel\":\"D1\",\"message_ts\":\"1.000001\",\"user\":\"U1\"}"
#define STREAM "{\"channel\":\"C1\",\"ts\":\"9.000001\",\"streams\":true}"
#define MESSAGE "{\"channel\":\"D1\",\"ts\":\"9.000001\",\"streams\":false}"

static struct delivery show(struct stage *s, const char *address, const char *handle, struct showing showing)
{
    struct event event = {.kind = EVENT_MESSAGE, .address = str_of(address)};
    showing.event = &event;
    showing.handle = str_of(handle);
    return s->world.platform->show(s->world.platform, &showing, &s->world.arena);
}

static struct str field(struct stage *s, size_t request, const char *name)
{
    struct form form;
    assert_int_equal(form_parse(&s->world.arena, str_of(s->bodies[request]), &form, &s->world.error), OK);
    return form_get(&form, str_of(name));
}

TEST(show, in_a_thread_an_answer_is_streamed)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "{\"ok\":true,\"channel\":\"C1\",\"ts\":\"9.000001\"}");
    struct delivery delivery =
        show(&s, IN_A_THREAD, "", (struct showing){.text = STR("연차는 <b> & **15일**"), .added = STR("x")});
    assert_int_equal(delivery.result, DELIVERY_SENT);
    assert_str_equal(delivery.receipt, STR(STREAM));
    assert_true(delivery.retry_after_ms > 0);
    assert_string_equal(s.paths[0], "/api/chat.startStream");
    assert_str_equal(field(&s, 0, "thread_ts"), STR("1.000001"));
    assert_str_equal(field(&s, 0, "recipient_user_id"), STR("U1"));
    assert_str_equal(field(&s, 0, "recipient_team_id"), STR("T1"));
    assert_str_equal(field(&s, 0, "markdown_text"), STR("연차는 &lt;b&gt; &amp; **15일**"));
    delivery = show(&s, IN_A_THREAD, STREAM, (struct showing){.text = STR("연차는 15일"), .added = STR("15일")});
    assert_int_equal(delivery.result, DELIVERY_SENT);
    assert_str_equal(delivery.receipt, STR(STREAM));
    assert_string_equal(s.paths[1], "/api/chat.appendStream");
    assert_str_equal(field(&s, 1, "markdown_text"), STR("15일"));
    assert_str_equal(field(&s, 1, "ts"), STR("9.000001"));
    stage_end(&s);
}

TEST(show, elsewhere_a_message_is_posted_and_changed_seldom)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "{\"ok\":true,\"channel\":\"D1\",\"ts\":\"9.000001\"}");
    struct delivery delivery = show(&s, IN_A_DM, "", (struct showing){.text = STR("**하나**"), .added = STR("하나")});
    assert_int_equal(delivery.result, DELIVERY_SENT);
    assert_str_equal(delivery.receipt, STR(MESSAGE));
    assert_true(delivery.retry_after_ms >= 3000);
    assert_string_equal(s.paths[0], "/api/chat.postMessage");
    assert_str_equal(field(&s, 0, "text"), STR("*하나*"));
    delivery = show(&s, IN_A_DM, MESSAGE, (struct showing){.text = STR("하나 둘"), .added = STR(" 둘")});
    assert_int_equal(delivery.result, DELIVERY_SENT);
    assert_string_equal(s.paths[1], "/api/chat.update");
    assert_str_equal(field(&s, 1, "text"), STR("하나 둘"));
    stage_end(&s);
}

TEST(show, where_streams_are_refused_a_message_is_posted)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "{\"ok\":false,\"error\":\"unknown_method\"}");
    respond(&s, 200, "", "{\"ok\":true,\"channel\":\"C1\",\"ts\":\"9.000001\"}");
    struct delivery delivery = show(&s, IN_A_THREAD, "", (struct showing){.text = STR("하나"), .added = STR("하나")});
    assert_int_equal(delivery.result, DELIVERY_SENT);
    assert_string_equal(s.paths[1], "/api/chat.postMessage");
    assert_str_equal(field(&s, 1, "thread_ts"), STR("1.000001"));
    assert_str_equal(delivery.receipt, STR("{\"channel\":\"C1\",\"ts\":\"9.000001\",\"streams\":false}"));
    stage_end(&s);
}

TEST(show, when_it_is_not_known_whether_it_began_nothing_more_is_shown)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "<html>");
    struct delivery delivery = show(&s, IN_A_THREAD, "", (struct showing){.text = STR("하나"), .added = STR("하나")});
    assert_int_equal(delivery.result, DELIVERY_NEVER);
    assert_int_equal(delivery.receipt.n, 0);
    assert_int_equal(s.n_requests, 1);
    stage_end(&s);
}

TEST(show, a_stream_that_died_or_must_begin_anew_goes_on_as_a_message)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "{\"ok\":false,\"error\":\"message_not_in_streaming_state\"}");
    respond(&s, 200, "", "{\"ok\":false,\"error\":\"message_not_in_streaming_state\"}");
    respond(&s, 200, "", "{\"ok\":true,\"channel\":\"C1\",\"ts\":\"9.000001\"}");
    struct delivery delivery =
        show(&s, IN_A_THREAD, STREAM, (struct showing){.text = STR("하나 둘"), .added = STR("둘")});
    assert_int_equal(delivery.result, DELIVERY_SENT);
    assert_string_equal(s.paths[1], "/api/chat.stopStream");
    assert_string_equal(s.paths[2], "/api/chat.update");
    assert_str_equal(field(&s, 2, "text"), STR("하나 둘"));
    assert_str_equal(delivery.receipt, STR("{\"channel\":\"C1\",\"ts\":\"9.000001\",\"streams\":false}"));
    respond_only(&s, 200, "", "{\"ok\":true,\"channel\":\"C1\",\"ts\":\"9.000001\"}");
    delivery = show(&s, IN_A_THREAD, STREAM, (struct showing){.text = STR("셋"), .added = STR("셋"), .anew = true});
    assert_int_equal(delivery.result, DELIVERY_SENT);
    assert_string_equal(s.paths[0], "/api/chat.stopStream");
    assert_string_equal(s.paths[1], "/api/chat.update");
    stage_end(&s);
}

TEST(show, a_limit_is_kept_to_and_nothing_is_lost_by_it)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 429, "Retry-After: 7\r\n", "{\"ok\":false,\"error\":\"ratelimited\"}");
    struct delivery delivery =
        show(&s, IN_A_THREAD, STREAM, (struct showing){.text = STR("하나 둘"), .added = STR("둘")});
    assert_int_equal(delivery.result, DELIVERY_LATER);
    assert_int_equal(delivery.retry_after_ms, 7000);
    stage_end(&s);
}

TEST(show, what_has_no_place_is_not_shown)
{
    struct stage s;
    stage_start(&s);
    respond(&s, 200, "", "{\"ok\":true}");
    assert_int_equal(show(&s, "", "", (struct showing){.text = STR("하나")}).result, DELIVERY_NEVER);
    assert_int_equal(show(&s, IN_A_DM, "{\"channel\":\"\"}", (struct showing){.text = STR("하나")}).result,
                     DELIVERY_NEVER);
    assert_int_equal(s.n_requests, 0);
    stage_end(&s);
}

/* ── the answer itself ─────────────────────────────────────────────────────────────────────────────────────────── */

TEST(show, the_answer_takes_the_place_of_what_was_shown)
{
    struct stage s;
    stage_start(&s);
    struct event event = {.kind = EVENT_MESSAGE, .key = STR("k"), .address = STR(IN_A_THREAD)};
    struct replies replies = {.arena = &s.world.arena};
    replies_add(&replies, REPLY_TEXT)->text = STR("연차는 **15일**입니다.");
    struct compose_input input = {.event = &event, .replies = &replies, .shown = STR(STREAM)};
    struct outgoings out;
    assert_int_equal(s.world.platform->compose(s.world.platform, &input, &s.world.arena, &out, &s.world.error), OK);
    assert_int_equal(out.n, 1);
    assert_str_equal(out.items[0].plain, STR("연차는 15일입니다."));
    respond(&s, 200, "", "{\"ok\":true,\"channel\":\"C1\",\"ts\":\"9.000001\"}");
    struct delivery delivery = s.world.platform->send(s.world.platform, &out.items[0], &s.world.arena);
    assert_int_equal(delivery.result, DELIVERY_SENT);
    assert_string_equal(s.paths[0], "/api/chat.stopStream");
    assert_string_equal(s.paths[1], "/api/chat.update");
    assert_str_equal(field(&s, 1, "ts"), STR("9.000001"));
    assert_str_equal(field(&s, 1, "text"), STR("연차는 *15일*\xE2\x80\x8B"
                                               "입니다."));
    stage_end(&s);
}

TEST_MAIN
