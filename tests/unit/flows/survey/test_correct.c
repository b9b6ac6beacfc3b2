#include "tests/unit/flows/survey/talk.h"

/* Weight and height are answered, the activity is asked. */
static const char body[] =
    "flow: t\n"
    "let: {bmi: 'decimal(weight / (height / 100) ** 2, 1)'}\n"
    "steps:\n"
    "- {ask: '몸무게는 몇 kg인가요?', id: weight, as: number, min: 20, max: 300, unit: kg, label: '몸무게, 체중'}\n"
    "- {ask: '키는 몇 cm인가요?', id: height, as: number, min: 100, max: 230, unit: cm, label: 키}\n"
    "- {ask: '평소 활동량은 어떤가요?', id: act, as: choice, label: 활동량,\n"
    "   options: [{value: low, label: 거의 없다}, {value: mid, label: 보통}, {value: high, label: 많다}]}\n"
    "- {ask: '나이는 몇 살인가요?', id: age, as: number, integer: true, min: 10, max: 110}\n"
    "- say: '{weight} {height} {act} {age} {bmi}'\n";

static void answer_body(struct talk *t)
{
    talk_begin(t, NULL);
    talk_say(t, "63");
    talk_say(t, "170");
    talk_reads(t, "평소 활동량은 어떤가요?");
}

/* Sentences at the question for the activity, and what comes of them. */
TEST(correct, an_earlier_answer_is_changed_by_the_words_of_its_question_and_the_new_value)
{
    static const struct {
        const char *said, *changed, *end;
    } rows[] = {
        {"아까 몸무게 잘못 적었어요 65예요", "고쳤어요: 몸무게 65kg", "65 170 보통 30 22.5"},
        {"몸무게 63이에요 아니 65", "고쳤어요: 몸무게 65kg", "65 170 보통 30 22.5"},
        {"몸무게 63이 아니라 65예요", "고쳤어요: 몸무게 65kg", "65 170 보통 30 22.5"},
        {"체중 63 말고 65요", "고쳤어요: 몸무게 65kg", "65 170 보통 30 22.5"},
        {"몸무게를 65로 바꿔 주세요", "고쳤어요: 몸무게 65kg", "65 170 보통 30 22.5"},
        {"몸무게를 63에서 65로 수정할게요", "고쳤어요: 몸무게 65kg", "65 170 보통 30 22.5"},
        {"몸무게 63이라고 했는데 65예요", "고쳤어요: 몸무게 65kg", "65 170 보통 30 22.5"},
        {"죄송해요, 몸무게가 틀렸어요. 육십오 킬로예요", "고쳤어요: 몸무게 65kg", "65 170 보통 30 22.5"},
        {"몸무게 65예요", "고쳤어요: 몸무게 65kg", "65 170 보통 30 22.5"},
        {"몸무게63이아니라65", "고쳤어요: 몸무게 65kg", "65 170 보통 30 22.5"},
        {"키가 잘못됐어요 1미터 65예요", "고쳤어요: 키 165cm", "63 165 보통 30 23.1"},
        {"change my weight to 65", "고쳤어요: 몸무게 65kg", "65 170 보통 30 22.5"},
        {"my weight is wrong, it's 65", "고쳤어요: 몸무게 65kg", "65 170 보통 30 22.5"},
        {"height is not 170 but 165", "고쳤어요: 키 165cm", "63 165 보통 30 23.1"},
        {"아까 65라고 했어야 했는데 160이에요", NULL, NULL},
    };
    struct talk t;
    talk_open(&t, body);
    for (size_t i = 0; rows[i].changed != NULL; i++) {
        answer_body(&t);
        talk_say(&t, rows[i].said);
        struct str got = reply_plain(&t.arena, talk_reply(&t));
        if (!str_eq(got, str_of(rows[i].changed)))
            fail_msg("%s: %.*s", rows[i].said, STR_ARG(got));
        talk_reads(&t, "평소 활동량은 어떤가요?");
        talk_is_silent(&t);
        talk_say(&t, "2번");
        talk_say(&t, "30");
        talk_says(&t, rows[i].end);
    }
    talk_close(&t);
}

TEST(correct, without_a_new_value_the_question_comes_again_and_later_answers_are_kept)
{
    static const char *const said[] = {
        "아까 몸무게 잘못 적었어요",  "몸무게를 다시 말할게요",
        "체중 다시 입력할게요",       "몸무게 고칠게요!",
        "몸무게잘못적었어요",         "몸무게 수정하고 싶어요",
        "i want to change my weight", "잠깐만요, 몸무게를 바꿔도 될까요?",
    };
    struct talk t;
    talk_open(&t, body);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        answer_body(&t);
        talk_say(&t, said[i]);
        struct str got = reply_plain(&t.arena, talk_reply(&t));
        if (!str_eq(got, STR("네, 다시 여쭤볼게요.")))
            fail_msg("%s: %.*s", said[i], STR_ARG(got));
        talk_reads(&t, "몸무게는 몇 kg인가요?");
        talk_is_silent(&t);
        talk_say(&t, "65");
        talk_reads(&t, "평소 활동량은 어떤가요?");
        talk_say(&t, "보통");
        talk_say(&t, "30");
        talk_says(&t, "65 170 보통 30 22.5");
    }
    talk_close(&t);
}

TEST(correct, a_new_value_that_does_not_fit_is_asked_for_again)
{
    struct talk t;
    talk_open(&t, body);
    answer_body(&t);
    talk_say(&t, "몸무게를 6으로 고칠게요");
    talk_says(&t, "네, 다시 여쭤볼게요.");
    talk_reads(&t, "몸무게는 몇 kg인가요?");
    talk_close(&t);
}

TEST(correct, a_slip_of_the_present_answer_is_taken_back_in_the_same_sentence)
{
    struct talk t;
    talk_open(&t, body);
    talk_begin(&t, NULL);
    talk_say(&t, "63이에요 아니 65");
    talk_reads(&t, "키는 몇 cm인가요?");
    talk_say(&t, "키를 다시 말할게요");
    talk_reads(&t, "키는 몇 cm인가요?");
    assert_null(talk_record(&t, RECORD_STEP, 0));
    talk_say(&t, "160 말고 170이요");
    talk_say(&t, "보통");
    talk_say(&t, "30");
    talk_says(&t, "65 170 보통 30 22.5");
    talk_close(&t);
}

TEST(correct, without_a_name_the_last_answer_is_meant)
{
    struct talk t;
    talk_open(&t, body);
    answer_body(&t);
    talk_say(&t, "아까 잘못 적었어요");
    talk_says(&t, "네, 다시 여쭤볼게요.");
    talk_reads(&t, "키는 몇 cm인가요?");
    talk_say(&t, "165");
    talk_reads(&t, "평소 활동량은 어떤가요?");
    talk_say(&t, "아까 165라고 했는데 175예요");
    talk_reads(&t, "고쳤어요: 키 175cm");
    talk_reads(&t, "평소 활동량은 어떤가요?");
    talk_close(&t);
}

TEST(correct, an_answer_that_fits_is_an_answer)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {ask: '몸무게는요?', id: weight, as: number}\n"
                  "- {ask: '하고 싶은 말씀은요?', id: note, as: text}\n- say: '{weight} {note}'\n");
    static const char *const notes[] = {"몸무게를 다시 재 보고 싶어요", "몸무게가 늘어서 고민이에요",
                                        "아까 몸무게를 재다가 저울이 고장 났어요"};
    for (size_t i = 0; i < 3; i++) {
        talk_begin(&t, NULL);
        talk_say(&t, "63");
        talk_say(&t, notes[i]);
        struct str got = reply_plain(&t.arena, talk_reply(&t));
        if (!str_ends(got, str_of(notes[i])))
            fail_msg("%s: %.*s", notes[i], STR_ARG(got));
    }
    talk_begin(&t, NULL);
    talk_say(&t, "63");
    talk_say(&t, "몸무게 65로 고칠게요");
    talk_reads(&t, "고쳤어요: 65");
    talk_reads(&t, "하고 싶은 말씀은요?");
    talk_close(&t);
}

TEST(correct, a_number_for_another_question_goes_to_that_question)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {ask: '몸무게는요?', id: weight, as: number, unit: kg}\n"
                  "- {ask: '나이는요?', id: age, as: number}\n- say: '{weight} {age}'\n");
    talk_begin(&t, NULL);
    talk_say(&t, "63");
    talk_say(&t, "몸무게는 65");
    talk_reads(&t, "고쳤어요: 65kg");
    talk_reads(&t, "나이는요?");
    talk_say(&t, "나이는 30이에요");
    talk_says(&t, "65 30");
    talk_close(&t);
}

/* ── what follows from a change ────────────────────────────────────────────────────────────────────────────────── */

static const char branching[] = "flow: t\n"
                                "let: {tier: 'if n > 10 then \"big\" else \"small\"'}\n"
                                "steps:\n"
                                "- say: 안녕하세요\n"
                                "- {ask: '개수는요?', id: n, as: number}\n"
                                "- say: '{tier}군요'\n"
                                "- {ask: '색깔은요?', id: colour, as: text}\n"
                                "- {ask: '창고는요?', id: store, as: text, when: n > 10}\n"
                                "- set: {total: n * 2}\n"
                                "- {ask: '이름은요?', id: name, as: text}\n"
                                "- say: '{n} {colour} {store} {total} {name}'\n";

TEST(correct, what_was_said_before_and_is_the_same_is_not_said_again)
{
    struct talk t;
    talk_open(&t, branching);
    talk_begin(&t, NULL);
    talk_say(&t, "3");
    talk_says(&t, "small군요");
    talk_say(&t, "빨강");
    talk_says(&t, "이름은요?");
    talk_say(&t, "개수를 5로 고칠게요");
    talk_reads(&t, "고쳤어요: 5");
    talk_says(&t, "이름은요?");
    talk_is_silent(&t);
    talk_say(&t, "은지");
    talk_says(&t, "5 빨강  10 은지");
    talk_close(&t);
}

TEST(correct, what_changes_is_said_and_asked_anew_and_what_is_not_asked_any_more_is_forgotten)
{
    struct talk t;
    talk_open(&t, branching);
    talk_begin(&t, NULL);
    talk_say(&t, "3");
    talk_say(&t, "빨강");
    talk_say(&t, "개수 30으로 바꿀게요");
    talk_reads(&t, "고쳤어요: 30");
    talk_says(&t, "big군요");
    talk_says(&t, "창고는요?");
    talk_is_silent(&t);
    talk_say(&t, "서울");
    talk_says(&t, "이름은요?");
    talk_say(&t, "개수 4로 바꿀게요");
    talk_reads(&t, "고쳤어요: 4");
    talk_says(&t, "small군요");
    talk_says(&t, "이름은요?");
    talk_say(&t, "은지");
    talk_says(&t, "4 빨강  8 은지");
    assert_str_equal(talk_record(&t, RECORD_ANSWER, 1)->step, STR("store"));
    assert_str_equal(talk_record(&t, RECORD_ANSWER, 1)->value, STR("null"));
    talk_close(&t);
}

TEST(correct, a_later_answer_is_kept_while_a_new_question_comes_between)
{
    struct talk t;
    talk_open(&t,
              "flow: t\nsteps:\n- {ask: '개수는요?', id: n, as: number}\n"
              "- {ask: '창고는요?', id: store, as: text, when: n > 10}\n- {ask: '색깔은요?', id: colour, as: text}\n"
              "- {ask: '이름은요?', id: name, as: number}\n- say: '{n} {store} {colour} {name}'\n");
    talk_begin(&t, NULL);
    talk_say(&t, "3");
    talk_say(&t, "빨강");
    talk_say(&t, "개수 30으로 바꿀게요");
    talk_reads(&t, "고쳤어요: 30");
    talk_says(&t, "창고는요?");
    talk_say(&t, "서울");
    talk_says(&t, "이름은요?");
    talk_say(&t, "7");
    talk_says(&t, "30 서울 빨강 7");
    talk_close(&t);
}

TEST(correct, what_steps_set_is_set_as_on_the_first_way)
{
    struct talk t;
    talk_open(
        &t, "flow: t\nsteps:\n- set: {sum: 0}\n- {ask: '사과는요?', id: a, as: number}\n- set: {sum: sum + a}\n"
            "- {ask: '포도는요?', id: b, as: number}\n- set: {sum: sum + b}\n- {ask: '수박은요?', id: c, as: number}\n"
            "- say: '{sum}'\n");
    talk_begin(&t, NULL);
    talk_say(&t, "1");
    talk_say(&t, "2");
    talk_say(&t, "사과를 10으로 고칠게요");
    talk_reads(&t, "고쳤어요: 10");
    talk_says(&t, "수박은요?");
    talk_say(&t, "3");
    talk_says(&t, "12");
    talk_close(&t);
}

TEST(correct, every_round_of_a_question_that_is_always_asked_keeps_its_answer)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {set: {list: '[]'}}\n- {ask: '이름은요?', id: name, as: text}\n"
                  "- {ask: '무엇을요?', id: item, as: text, always: true}\n- set: {list: 'append(list, item)'}\n"
                  "- {ask: '또요?', id: more, as: yes_no, always: true, next: [{when: more, go: item}, {go: end}]}\n"
                  "- {say: '{name}: {list}', id: end}\n");
    talk_begin(&t, NULL);
    talk_say(&t, "은지");
    talk_say(&t, "사과");
    talk_say(&t, "네");
    talk_say(&t, "배");
    talk_say(&t, "네");
    talk_says(&t, "무엇을요?");
    talk_press(&t, "name", "하늘");
    talk_reads(&t, "고쳤어요: 하늘");
    talk_says(&t, "무엇을요?");
    talk_say(&t, "감");
    talk_say(&t, "아니요");
    talk_says(&t, "하늘: 사과, 배, 감");
    talk_close(&t);
}

TEST(correct, what_the_profile_knew_may_be_changed_too)
{
    struct talk t;
    talk_open(&t, "flow: t\nprofile: {kg: weight}\nsteps:\n- {ask: '몸무게는요?', id: weight, as: number, unit: kg}\n"
                  "- {ask: '나이는요?', id: age, as: number}\n- say: '{weight} {age}'\n");
    talk_begin(&t, "{\"kg\": 63}");
    talk_says(&t, "나이는요?");
    talk_say(&t, "몸무게가 바뀌었어요, 몸무게 수정할게요");
    talk_says(&t, "네, 다시 여쭤볼게요.");
    talk_says(&t, "몸무게는요?");
    talk_say(&t, "65");
    talk_says(&t, "나이는요?");
    talk_say(&t, "30");
    talk_says(&t, "65 30");
    talk_close(&t);
}

TEST(correct, back_works_after_a_change)
{
    struct talk t;
    talk_open(&t, body);
    answer_body(&t);
    talk_say(&t, "몸무게를 65로 고칠게요");
    talk_reply(&t);
    talk_say(&t, "이전");
    talk_reads(&t, "키는 몇 cm인가요?");
    talk_say(&t, "이전");
    talk_reads(&t, "몸무게는 몇 kg인가요?");
    talk_close(&t);
}

TEST(correct, records_say_what_was_changed_once)
{
    struct talk t;
    talk_open(&t, body);
    answer_body(&t);
    talk_say(&t, "몸무게를 65로 고칠게요");
    assert_str_equal(talk_record(&t, RECORD_ANSWER, 0)->step, STR("weight"));
    assert_str_equal(talk_record(&t, RECORD_ANSWER, 0)->value, STR("65"));
    assert_null(talk_record(&t, RECORD_ANSWER, 1));
    assert_string_equal(talk_record(&t, RECORD_STEP, 0)->outcome, "changed");
    talk_close(&t);
}

/* ── buttons of earlier questions ──────────────────────────────────────────────────────────────────────────────── */

static const char buttons[] = "flow: t\nsteps:\n- {ask: 'a?', id: a, as: choice, options: [x, y]}\n"
                              "- {ask: 'b?', id: b, as: choice, options: [x, y]}\n- {ask: 'c?', id: c, as: text}\n"
                              "- say: '{a}{b}{c}'\n";

TEST(correct, a_button_counts_for_its_own_question_and_pressed_again_for_nothing)
{
    struct talk t;
    talk_open(&t, buttons);
    talk_begin(&t, NULL);
    assert_str_equal(talk_says(&t, "a?")->step, STR("a"));
    talk_press(&t, "a", "x");
    assert_str_equal(talk_says(&t, "b?")->step, STR("b"));
    talk_press(&t, "a", "y");
    talk_reads(&t, "고쳤어요: y");
    talk_says(&t, "b?");
    talk_press(&t, "a", "y");
    talk_is_silent(&t);
    assert_int_equal(t.session.state, SESSION_WAITING);
    talk_press(&t, "b", "x");
    talk_says(&t, "c?");
    talk_press(&t, "b", "y");
    talk_reads(&t, "고쳤어요: y");
    talk_says(&t, "c?");
    talk_say(&t, "!");
    talk_says(&t, "yy!");
    talk_close(&t);
}

TEST(correct, a_button_that_does_not_say_its_question_is_for_the_present_one)
{
    struct talk t;
    talk_open(&t, buttons);
    talk_begin(&t, NULL);
    talk_choose(&t, "x");
    talk_choose(&t, "y");
    talk_says(&t, "c?");
    talk_say(&t, "!");
    talk_says(&t, "xy!");
    talk_close(&t);
}

TEST(correct, a_button_of_a_question_that_nobody_knows_or_that_was_not_reached_changes_nothing)
{
    struct talk t;
    talk_open(&t, buttons);
    talk_begin(&t, NULL);
    talk_press(&t, "gone", "x");
    assert_true(str_find(talk_reply(&t)->text, STR("지난 질문")) != SIZE_MAX);
    talk_says(&t, "a?");
    talk_press(&t, "b", "x");
    assert_true(str_find(talk_reply(&t)->text, STR("지난 질문")) != SIZE_MAX);
    talk_says(&t, "a?");
    talk_close(&t);
}

TEST_MAIN
