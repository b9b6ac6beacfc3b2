#include "flows/answer/flow.h"

#include "bot/model/event.h"
#include "talk.h"

struct chat {
    struct world world;
    struct flow *flow;
    struct session session;
    struct turn turn;
    int64_t now_ms;
    bool has_buttons;
};

static void chat_open(struct chat *chat, const char *hand_over)
{
    *chat = (struct chat){.now_ms = 1000, .has_buttons = true};
    world_open(&chat->world);
    struct answer_flow_settings settings = {.workspace = chat->world.workspace, .hand_over = str_of(hand_over)};
    assert_int_equal(answer_flow_new(&settings, &chat->flow, &chat->world.error), OK);
    chat->world.workspace = NULL; /* the flow's now */
    answer_flow_connect(chat->flow, &(struct answer_means){.search = chat->world.search});
    chat->session = (struct session){.locale = STR("ko"), .user = STR("U1")};
}

static void chat_close(struct chat *chat)
{
    chat->flow->free(chat->flow);
    world_close(&chat->world);
}

static struct flow_ctx ctx_of(struct chat *chat)
{
    return (struct flow_ctx){.arena = &chat->world.arena,
                             .clock = clock_manual(&chat->now_ms),
                             .error = &chat->world.error,
                             .has_buttons = chat->has_buttons,
                             .locale = STR("ko"),
                             .db = chat->world.db};
}

static const struct reply *take(struct chat *chat, const struct event *event)
{
    struct flow_ctx ctx = ctx_of(chat);
    assert_int_equal(chat->flow->step(chat->flow, &ctx, event, &chat->session, &chat->turn), OK);
    return chat->turn.replies.n > 0 ? &chat->turn.replies.items[chat->turn.replies.n - 1] : NULL;
}

static const struct reply *say_to(struct chat *chat, const char *text)
{
    return take(chat, &(struct event){.kind = EVENT_MESSAGE, .text = str_of(text)});
}

static const struct reply *press(struct chat *chat, const char *step, const char *value)
{
    return take(chat, &(struct event){.kind = EVENT_BUTTON, .step = str_of(step), .value = str_of(value)});
}

static const struct record *record_of(const struct chat *chat, enum record_kind kind)
{
    for (size_t i = 0; i < chat->turn.n_records; i++)
        if (chat->turn.records[i].kind == kind)
            return &chat->turn.records[i];
    return NULL;
}

TEST(answer_flow, opening_greets_and_waits)
{
    struct chat chat;
    chat_open(&chat, "");
    const struct reply *reply = take(&chat, &(struct event){.kind = EVENT_OPENED});
    assert_int_equal(reply->kind, REPLY_TEXT);
    assert_int_equal(chat.session.state, SESSION_WAITING);
    assert_true(chat.session.expires_ms > chat.now_ms);
    chat_close(&chat);
}

TEST(answer_flow, the_message_that_begins_it_is_the_question)
{
    struct chat chat;
    chat_open(&chat, "");
    const struct reply *reply = say_to(&chat, "연차는 쓰기 며칠 전까지 인사 시스템에서 올리나요?");
    assert_int_equal(reply->kind, REPLY_CHOICES);
    assert_int_equal(reply->n_options, 2);
    assert_str_equal(reply->step, STR("vote-1"));
    const struct record *asked = record_of(&chat, RECORD_ASKED);
    assert_string_equal(asked->outcome, "extractive");
    assert_str_equal(asked->step, STR("1"));
    assert_int_not_equal(str_find(asked->why, STR("\"leave\"")), SIZE_MAX);
    assert_int_equal(chat.session.state, SESSION_WAITING);
    chat_close(&chat);
}

TEST(answer_flow, without_buttons_an_answer_is_plain_text)
{
    struct chat chat;
    chat_open(&chat, "cs");
    chat.has_buttons = false;
    assert_int_equal(say_to(&chat, "연차는 쓰기 며칠 전까지 인사 시스템에서 올리나요?")->kind, REPLY_TEXT);
    const struct reply *reply = say_to(&chat, "스톡옵션은 언제 행사할 수 있나요?");
    assert_int_equal(reply->kind, REPLY_TEXT);
    assert_int_not_equal(str_find(reply->text, STR("담당자")), SIZE_MAX);
    chat_close(&chat);
}

TEST(answer_flow, a_vote_is_kept_with_its_reason)
{
    struct chat chat;
    chat_open(&chat, "");
    say_to(&chat, "연차는 쓰기 며칠 전까지 인사 시스템에서 올리나요?");
    press(&chat, "vote-1", "up");
    assert_string_equal(record_of(&chat, RECORD_FEEDBACK)->outcome, "up");
    const struct reply *why = press(&chat, "vote-1", "down");
    assert_string_equal(record_of(&chat, RECORD_FEEDBACK)->outcome, "down");
    assert_str_equal(why->step, STR("why-1"));
    press(&chat, "why-1", "wrong");
    assert_str_equal(record_of(&chat, RECORD_FEEDBACK)->text, STR("wrong"));
    press(&chat, "why-1", "other");
    assert_null(record_of(&chat, RECORD_FEEDBACK));
    say_to(&chat, "2주가 맞아요"); /* the reason, no question */
    assert_str_equal(record_of(&chat, RECORD_FEEDBACK)->text, STR("2주가 맞아요"));
    assert_null(record_of(&chat, RECORD_ASKED));
    say_to(&chat, "연차는 쓰기 며칠 전까지 인사 시스템에서 올리나요?");
    assert_str_equal(record_of(&chat, RECORD_ASKED)->step, STR("2"));
    chat_close(&chat);
}

TEST(answer_flow, buttons_of_other_talks_do_nothing)
{
    struct chat chat;
    chat_open(&chat, "");
    say_to(&chat, "연차는 쓰기 며칠 전까지 인사 시스템에서 올리나요?");
    assert_null(press(&chat, "vote-7", "up"));
    assert_null(press(&chat, "mood", "good"));
    assert_null(press(&chat, "person-1", "person")); /* nobody is named */
    assert_int_equal(chat.session.state, SESSION_WAITING);
    chat_close(&chat);
}

TEST(answer_flow, a_person_is_offered_and_the_question_handed_over)
{
    struct chat chat;
    chat_open(&chat, "cs");
    const struct reply *reply = say_to(&chat, "스톡옵션은 언제 행사할 수 있나요?");
    assert_int_equal(reply->kind, REPLY_CHOICES);
    assert_str_equal(reply->step, STR("person-1"));
    reply = press(&chat, "person-1", "person");
    assert_int_equal(reply->kind, REPLY_HAND_OVER);
    assert_str_equal(reply->to, STR("cs"));
    assert_str_equal(reply->note, STR("스톡옵션은 언제 행사할 수 있나요?"));
    assert_int_equal(chat.session.state, SESSION_HANDED_OVER);
    assert_true(chat.turn.silent_ms > 0);
    chat_close(&chat);
}

TEST(answer_flow, a_person_can_be_asked_for_in_words)
{
    struct chat chat;
    chat_open(&chat, "cs");
    take(&chat, &(struct event){.kind = EVENT_OPENED});
    assert_int_equal(say_to(&chat, "상담원 연결")->kind, REPLY_HAND_OVER);
    assert_int_equal(chat.session.state, SESSION_HANDED_OVER);
    chat_close(&chat);
}

TEST(answer_flow, what_survives_is_the_session)
{
    struct chat chat;
    chat_open(&chat, "");
    for (int i = 0; i < 5; i++)
        say_to(&chat, "연차는 쓰기 며칠 전까지 인사 시스템에서 올리나요?");
    assert_int_not_equal(str_find(chat.session.data, STR("\"n\":5")), SIZE_MAX);
    chat.session.data = STR("{}"); /* of another day */
    assert_non_null(say_to(&chat, "연차는 쓰기 며칠 전까지 인사 시스템에서 올리나요?"));
    chat_close(&chat);
}

TEST(answer_flow, in_the_middle_of_a_survey_only_what_is_known_is_said)
{
    struct chat chat;
    chat_open(&chat, "");
    struct flow_ctx ctx = ctx_of(&chat);
    const struct flow_aside *aside = answer_flow_aside(chat.flow);
    struct replies replies = {.arena = &chat.world.arena};
    bool answered = true;
    assert_int_equal(aside->answer(aside->self, &ctx, STR("스톡옵션은 언제 행사하나요"), &replies, &answered), OK);
    assert_false(answered);
    assert_int_equal(aside->answer(aside->self, &ctx, STR("안녕하세요"), &replies, &answered), OK);
    assert_false(answered);
    assert_int_equal(replies.n, 0);
    assert_int_equal(
        aside->answer(aside->self, &ctx, STR("연차는 쓰기 며칠 전까지 인사 시스템에서 올리나요?"), &replies, &answered),
        OK);
    assert_true(answered);
    assert_int_equal(replies.n, 1);
    assert_null(answer_flow_aside(NULL));
    chat_close(&chat);
}

TEST_MAIN
