#include "bot/base/text.h"
#include "flows/survey/words.h"
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

TEST(incoming, words_are_understood_in_the_persons_language_as_people_say_them)
{
    static const struct {
        const char *locale, *said;
        enum word word;
    } rows[] = {
        {"ko", "뒤로 가기", WORD_BACK},
        {"ko", "그만할게요.", WORD_STOP},
        {"ko", "건너뛸게요!", WORD_SKIP},
        {"ko", "다시 보여 주세요", WORD_REPEAT},
        {"ko", "처음부터 할게요", WORD_RESTART},
        {"ko", "도와주세요", WORD_HELP},
        {"en", "Start over!", WORD_RESTART},
        {"en-US", "previous", WORD_BACK},
        {"en", "Say that again?", WORD_REPEAT},
        {"en", "skip it", WORD_SKIP},
        {"fr", "exit", WORD_STOP},
    };
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str key;
        enum word word = WORDS;
        assert_int_equal(text_match_key(&arena, str_of(rows[i].said), &key), OK);
        if (!words_find(NULL, str_of(rows[i].locale), key, &word) || word != rows[i].word)
            fail_msg("%s", rows[i].said);
    }
}

/* ── after a break ─────────────────────────────────────────────────────────────────────────────────────────────── */

static const char breakable[] = "flow: t\nsteps:\n- {ask: '몇 살이세요?', id: age, as: number, max: 120}\n"
                                "- {ask: '이름은요?', id: name, as: text}\n- say: '{age} {name}'\n";

static void come_back(struct talk *t, int64_t minutes)
{
    t->now_ms += minutes * 60 * 1000;
}

TEST(incoming, whoever_comes_back_after_a_break_is_asked_whether_to_go_on)
{
    static const char *const yes[] = {"네", "계속하기", "1", "계속할게요", "응 계속"};
    struct talk t;
    talk_open(&t, breakable);
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        talk_begin(&t, NULL);
        come_back(&t, 31);
        talk_say(&t, "안녕하세요");
        const struct reply *reply = talk_reads(&t, "다시 오셨네요! 이어서 계속할까요?\n\n몇 살이세요?");
        assert_int_equal(reply->n_options, 2);
        talk_is_silent(&t);
        assert_int_equal(t.session.state, SESSION_WAITING);
        talk_say(&t, yes[i]);
        if (!str_eq(talk_reply(&t)->text, STR("몇 살이세요?")))
            fail_msg("%s", yes[i]);
    }
    talk_close(&t);
}

TEST(incoming, no_to_going_on_begins_anew)
{
    static const char *const no[] = {"아니요", "처음부터", "2번"};
    struct talk t;
    talk_open(&t, breakable);
    for (size_t i = 0; i < 3; i++) {
        talk_begin(&t, NULL);
        talk_say(&t, "30");
        come_back(&t, 60);
        talk_say(&t, "저기요");
        talk_reads(&t, "다시 오셨네요! 이어서 계속할까요?\n\n이름은요?");
        talk_say(&t, no[i]);
        talk_says(&t, "몇 살이세요?");
    }
    talk_begin(&t, NULL);
    come_back(&t, 60);
    talk_say(&t, "저기요");
    talk_press(&t, talk_reply(&t)->step.p, "no");
    talk_says(&t, "몇 살이세요?");
    talk_close(&t);
}

TEST(incoming, an_answer_that_can_only_be_meant_for_the_question_is_taken_after_any_break)
{
    struct talk t;
    talk_open(&t, breakable);
    talk_begin(&t, NULL);
    come_back(&t, 600);
    talk_say(&t, "서른이요");
    talk_says(&t, "이름은요?");
    come_back(&t, 600);
    talk_say(&t, "은지");
    talk_reads(&t, "다시 오셨네요! 이어서 계속할까요?\n\n이름은요?");
    talk_say(&t, "은지");
    talk_says(&t, "30 은지");
    talk_close(&t);
}

TEST(incoming, how_long_a_break_is_is_the_flows_to_say)
{
    struct talk t;
    talk_open(&t, "flow: t\nresume: 2h\nsteps:\n- {ask: 'n?', id: n, as: number}\n");
    talk_begin(&t, NULL);
    come_back(&t, 119);
    talk_say(&t, "음");
    talk_says(&t, "숫자로 적어 주세요.");
    come_back(&t, 120);
    talk_say(&t, "음");
    talk_reads(&t, "다시 오셨네요! 이어서 계속할까요?\n\nn?");
    talk_close(&t);
    talk_open(&t, "flow: t\nresume: 0\nsteps:\n- {ask: 'n?', id: n, as: number}\n");
    talk_begin(&t, NULL);
    come_back(&t, 10000);
    talk_say(&t, "음");
    talk_says(&t, "숫자로 적어 주세요.");
    talk_close(&t);
}

/* ── reminders ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char reminding[] =
    "flow: t\nremind: {after: 1h, text: {ko: '{name}님, 마저 하실래요?', en: 'Still there?'}, times: 2}\n"
    "profile: {name: name}\nsteps:\n- {ask: '몇 살이세요?', id: age, as: number}\n"
    "- {ask: '이름은요?', id: nick, as: text}\n- say: '{age} {nick}'\n";

/* The time has come that the session asked for; nobody did anything meanwhile. */
static void remind(struct talk *t)
{
    int64_t updated_ms = t->session.updated_ms;
    t->now_ms = t->session.remind_ms;
    talk_step(t, &(struct event){.kind = EVENT_TIMER});
    t->session.updated_ms = updated_ms;
}

TEST(incoming, a_session_asks_to_be_reminded_of_so_often_and_no_more)
{
    struct talk t;
    talk_open(&t, reminding);
    talk_begin(&t, "{\"name\": \"은지\"}");
    assert_int_equal(t.session.remind_ms, t.now_ms + 3600 * 1000);
    int64_t expires_ms = t.session.expires_ms;
    remind(&t);
    talk_says(&t, "은지님, 마저 하실래요?");
    talk_is_silent(&t);
    assert_string_equal(talk_record(&t, RECORD_STEP, 0)->outcome, "reminded");
    assert_int_equal(t.session.remind_ms, t.now_ms + 3600 * 1000);
    assert_int_equal(t.session.expires_ms, expires_ms);
    remind(&t);
    talk_says(&t, "은지님, 마저 하실래요?");
    assert_int_equal(t.session.remind_ms, 0);
    assert_int_equal(t.session.state, SESSION_WAITING);
    talk_close(&t);
}

TEST(incoming, a_yes_to_a_reminder_brings_the_question_and_an_answer_is_one)
{
    struct talk t;
    talk_open(&t, reminding);
    talk_begin(&t, "{\"name\": \"은지\"}");
    remind(&t);
    talk_say(&t, "네!");
    talk_says(&t, "몇 살이세요?");
    talk_is_silent(&t);
    remind(&t);
    talk_say(&t, "서른");
    talk_says(&t, "이름은요?");
    assert_int_equal(t.session.remind_ms, 0);
    talk_say(&t, "하늘");
    talk_says(&t, "30 하늘");
    assert_int_equal(t.session.remind_ms, 0);
    talk_close(&t);
}

TEST(incoming, every_answer_puts_the_reminder_off)
{
    struct talk t;
    talk_open(&t, reminding);
    talk_begin(&t, NULL);
    come_back(&t, 20);
    talk_say(&t, "30");
    assert_int_equal(t.session.remind_ms, t.now_ms + 3600 * 1000);
    talk_say(&t, "은지");
    assert_int_equal(t.session.state, SESSION_DONE);
    assert_int_equal(t.session.remind_ms, 0);
    talk_close(&t);
}

/* ── off the topic ─────────────────────────────────────────────────────────────────────────────────────────────── */

struct knows {
    struct flow_aside aside;
    const char *about, *answer;
    enum err rc;
};

static enum err answer_aside(void *self, struct flow_ctx *ctx, struct str asked, struct replies *replies,
                             bool *ret_answered)
{
    const struct knows *knows = self;
    (void)ctx;
    if (knows->rc != OK || str_find(asked, str_of(knows->about)) == SIZE_MAX)
        return knows->rc;
    replies_add(replies, REPLY_TEXT)->text = str_of(knows->answer);
    *ret_answered = true;
    return OK;
}

TEST(incoming, somebody_else_may_answer_what_is_no_answer_and_the_question_comes_again)
{
    struct knows knows = {{answer_aside, NULL}, "배송", "이틀 걸려요.", OK};
    struct talk t;
    knows.aside.self = &knows;
    talk_open(
        &t, "flow: t\nsteps:\n- {ask: 'n?', id: n, as: number, max: 9, tries: 2, otherwise: e}\n- {say: end, id: e}\n");
    t.aside = &knows.aside;
    talk_begin(&t, NULL);
    for (int i = 0; i < 3; i++) {
        talk_say(&t, "배송은 얼마나 걸려요?");
        talk_says(&t, "이틀 걸려요.");
        talk_says(&t, "n?");
        talk_is_silent(&t);
        assert_string_equal(talk_record(&t, RECORD_STEP, 0)->outcome, "aside");
    }
    talk_say(&t, "글쎄요");
    talk_says(&t, "9 이하의 숫자로 적어 주세요.");
    talk_say(&t, "3");
    talk_says(&t, "end");
    talk_close(&t);
}

TEST(incoming, an_answer_that_nearly_fits_is_nobody_elses_to_answer)
{
    struct knows knows = {{answer_aside, NULL}, "1", "?", OK};
    struct talk t;
    knows.aside.self = &knows;
    talk_open(&t, "flow: t\nsteps:\n- {ask: 'n?', id: n, as: number, max: 9}\n");
    t.aside = &knows.aside;
    talk_begin(&t, NULL);
    talk_say(&t, "10");
    talk_says(&t, "9 이하의 숫자로 적어 주세요.");
    talk_close(&t);
}

TEST(incoming, somebody_else_may_be_busy_and_then_the_event_comes_again)
{
    struct knows knows = {{answer_aside, NULL}, "", "?", ERR_BUSY};
    struct talk t;
    knows.aside.self = &knows;
    talk_open(&t, "flow: t\nsteps:\n- {ask: 'n?', id: n, as: number}\n");
    talk_begin(&t, NULL);
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct error error = {0};
    struct flow_ctx ctx = {.arena = &arena, .clock = clock_manual(&t.now_ms), .error = &error, .aside = &knows.aside};
    struct event event = {.kind = EVENT_MESSAGE, .text = STR("배송은요?")};
    struct turn turn = {0};
    assert_int_equal(t.flow->step(t.flow, &ctx, &event, &t.session, &turn), ERR_BUSY);
    assert_int_equal(t.session.state, SESSION_WAITING);
    talk_close(&t);
}

TEST_MAIN
