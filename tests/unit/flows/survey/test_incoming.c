#include "tests/unit/flows/survey/talk.h"

/* ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char three[] = "flow: t\nprofile: {name: name}\nwords: {stop: [끝낼래]}\nsteps:\n- say: '안녕 {name}'\n"
                            "- {ask: '하나?', id: one, as: number}\n"
                            "- {ask: '둘?', id: two, as: number, optional: true}\n"
                            "- {ask: '셋?', id: three, as: text}\n- say: '{one},{two},{three}'\n";

TEST(incoming, back_asks_the_question_before_and_forgets_its_answer)
{
    struct talk t;
    talk_open(&t, three);
    talk_begin(&t, NULL);
    talk_say(&t, "1");
    talk_say(&t, "2");
    talk_says(&t, "셋?");
    talk_say(&t, "이전");
    talk_says(&t, "둘?");
    talk_say(&t, "이전");
    talk_says(&t, "하나?");
    talk_say(&t, "이전");
    talk_says(&t, "첫 질문이라 더 돌아갈 곳이 없어요.");
    talk_says(&t, "하나?");
    talk_say(&t, "10");
    talk_says(&t, "둘?");
    talk_say(&t, "20");
    talk_say(&t, "a");
    talk_says(&t, "10,20,a");
    talk_close(&t);
}

TEST(incoming, back_takes_back_what_steps_set_meanwhile)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- set: {n: 0}\n- {ask: 'a?', id: a, as: text}\n- set: {n: n + 1}\n"
                  "- {ask: 'b?', id: b, as: text}\n- say: '{n}'\n");
    talk_begin(&t, NULL);
    talk_say(&t, "x");
    talk_say(&t, "이전");
    talk_says(&t, "a?");
    talk_say(&t, "y");
    talk_say(&t, "z");
    talk_says(&t, "1");
    talk_close(&t);
}

TEST(incoming, restart_forgets_answers_but_not_the_profile)
{
    struct talk t;
    talk_open(&t, three);
    talk_begin(&t, "{\"name\": \"은지\"}");
    talk_say(&t, "1");
    talk_say(&t, "처음부터");
    talk_says(&t, "안녕 은지");
    talk_says(&t, "하나?");
    assert_int_equal(t.session.state, SESSION_WAITING);
    talk_say(&t, "3");
    talk_says(&t, "둘?");
    talk_close(&t);
}

TEST(incoming, stop_ends_the_survey_in_the_flows_own_word)
{
    struct talk t;
    talk_open(&t, three);
    talk_begin(&t, NULL);
    talk_say(&t, "끝낼래");
    assert_true(talk_reply(&t)->text.n > 0);
    talk_is_silent(&t);
    assert_int_equal(t.session.state, SESSION_STOPPED);
    talk_close(&t);
}

TEST(incoming, skip_leaves_an_optional_question_out_and_no_other)
{
    struct talk t;
    talk_open(&t, three);
    talk_begin(&t, NULL);
    talk_say(&t, "건너뛰기");
    talk_says(&t, "이 질문은 건너뛸 수 없어요.");
    talk_say(&t, "1");
    talk_say(&t, "패스");
    assert_string_equal(talk_record(&t, RECORD_STEP, 0)->outcome, "skipped");
    talk_says(&t, "셋?");
    talk_say(&t, "a");
    talk_says(&t, "1,,a");
    talk_close(&t);
}

TEST(incoming, help_says_what_may_be_said_and_asks_again)
{
    struct talk t;
    talk_open(&t, three);
    talk_begin(&t, NULL);
    talk_say(&t, "도움말");
    assert_true(str_find(talk_reply(&t)->text, STR("끝낼래")) != SIZE_MAX);
    talk_says(&t, "하나?");
    talk_say(&t, "다시 보기");
    talk_says(&t, "하나?");
    talk_is_silent(&t);
    talk_close(&t);
}

TEST(incoming, a_button_of_an_earlier_question_is_answered_politely)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {ask: 'a?', id: a, as: choice, options: [x, y]}\n- {ask: 'b?', id: b, as: text}\n"
                  "- {ask: 'c?', id: c, as: choice, options: [p, q]}\n");
    talk_begin(&t, NULL);
    talk_choose(&t, "x");
    talk_says(&t, "b?");
    talk_choose(&t, "y");
    assert_true(str_find(talk_reply(&t)->text, STR("지난 질문")) != SIZE_MAX);
    talk_says(&t, "b?");
    talk_say(&t, "hm");
    talk_choose(&t, "x");
    assert_true(str_find(talk_reply(&t)->text, STR("지난 질문")) != SIZE_MAX);
    assert_int_equal(talk_says(&t, "c?")->n_options, 2);
    assert_null(talk_record(&t, RECORD_STEP, 0));
    talk_close(&t);
}

TEST(incoming, events_that_are_no_answer_change_nothing)
{
    struct talk t;
    talk_open(&t, three);
    talk_begin(&t, NULL);
    talk_step(&t, &(struct event){.kind = EVENT_OTHER});
    talk_is_silent(&t);
    assert_int_equal(t.session.state, SESSION_WAITING);
    talk_say(&t, "1");
    talk_says(&t, "둘?");
    talk_close(&t);
}

TEST_MAIN
