#include "flows/survey/sheet.h"

#include "flows/survey/definition.h"
#include "tests/unit/flows/survey/talk.h"

#define MODAL                                                                                                          \
    "flow: t\ntitle: 설문\nabout: 몇 가지만요.\nslack: modal\nprofile: {name: name}\nsteps:\n"                  \
    "- say: 안녕하세요\n"                                                                                         \
    "- {ask: 이름은요?, id: name, as: text}\n"                                                                     \
    "- {ask: 몸무게는요?, id: weight, as: number, min: 20, max: 300, unit: kg, pause: 2s}\n"                      \
    "- {ask: 커피 드세요?, id: coffee, as: yes_no}\n"                                                             \
    "- {ask: 몇 잔이요?, id: cups, as: number, integer: true, when: coffee}\n"                                     \
    "- {ask: 더 하실 말씀은요?, id: more, as: text, optional: true}\n"                                          \
    "- say: '{name} {weight} {coffee} {cups} {more}'\n"

static void open_modal(struct talk *t, const char *yaml, const char *profile)
{
    talk_open(t, yaml);
    t->shows_sheets = true;
    talk_begin(t, profile);
}

static const struct sheet *shown(struct talk *t)
{
    const struct reply *reply = talk_reply(t);
    assert_int_equal(reply->kind, REPLY_SHEET);
    assert_str_equal(reply->step, STR(SHEET_STEP));
    return reply->sheet;
}

/* "weight=65" … NULL; a value behind ":=" was chosen. */
static void fill(struct talk *t, const struct sheet_origin *origin, const char *const *answers)
{
    struct sheet_answer items[SHEET_MAX_FIELDS];
    struct sheet_filled filled = {.origin = *origin, .answers = items};
    for (; *answers != NULL; answers++) {
        struct str text = str_of(*answers);
        size_t at = str_find_char(text, '=');
        bool chosen = text.p[at - 1] == ':';
        items[filled.n++] = (struct sheet_answer){str_first(text, at - chosen), str_skip(text, at + 1), chosen};
    }
    talk_step(t, &(struct event){.kind = EVENT_SHEET, .sheet = &filled});
}

#define FILL(t_, ...) fill((t_), &(struct sheet_origin){.flow = STR("t")}, (const char *const[]){__VA_ARGS__, NULL})

/* ── showing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(sheet, all_questions_that_are_open_are_shown_at_once)
{
    struct talk t;
    open_modal(&t, MODAL, "{\"name\": \"은지\"}");
    talk_says(&t, "안녕하세요");
    const struct sheet *sheet = shown(&t);
    talk_is_silent(&t);
    assert_int_equal(t.session.state, SESSION_WAITING);
    assert_str_equal(sheet->title, STR("설문"));
    assert_str_equal(sheet->open, STR("설문 시작"));
    assert_str_equal(sheet->origin.flow, STR("t"));
    assert_str_equal(sheet->origin.version, t.flow->version);
    assert_int_equal(sheet->n_fields, 4);
    assert_str_equal(sheet->fields[0].step, STR("weight"));
    assert_str_equal(sheet->fields[0].label, STR("몸무게는요?"));
    assert_str_equal(sheet->fields[0].hint, STR("20에서 300 사이의 숫자로 적어 주세요. (단위: kg)"));
    assert_int_equal(sheet->fields[0].kind, SHEET_NUMBER);
    assert_str_equal(sheet->fields[0].max, STR("300"));
    assert_int_equal(sheet->fields[1].kind, SHEET_ONE);
    assert_str_equal(sheet->fields[1].options[0].label, STR("예"));
    talk_close(&t);
}

TEST(sheet, only_a_question_that_is_surely_asked_must_be_answered)
{
    static const bool optional[] = {false, false, false, true, true};
    struct talk t;
    open_modal(&t, MODAL, NULL);
    talk_reply(&t);
    const struct sheet *sheet = shown(&t);
    assert_int_equal(sheet->n_fields, COUNT_OF(optional));
    for (size_t i = 0; i < COUNT_OF(optional); i++)
        assert_int_equal(sheet->fields[i].optional, optional[i]);
    talk_close(&t);
}

TEST(sheet, where_none_can_be_shown_the_questions_come_one_by_one)
{
    struct talk t;
    talk_open(&t, MODAL);
    talk_begin(&t, NULL);
    talk_says(&t, "안녕하세요");
    talk_says(&t, "이름은요?");
    talk_is_silent(&t);
    talk_close(&t);
}

/* ── filled in ─────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(sheet, its_answers_are_one_turn_and_what_when_leaves_out_is_left_out)
{
    struct talk t;
    open_modal(&t, MODAL, NULL);
    FILL(&t, "name=은지", "weight=65", "coffee:=no", "cups=3", "more=");
    assert_int_equal(talk_reply(&t)->pause_ms, 0);
    t.heard = 0;
    talk_says(&t, "은지 65 아니요  ");
    talk_is_silent(&t);
    assert_int_equal(t.session.state, SESSION_DONE);
    assert_str_equal(talk_record(&t, RECORD_ANSWER, 1)->step, STR("weight"));
    assert_str_equal(talk_record(&t, RECORD_ANSWER, 2)->value, STR("false"));
    assert_null(talk_record(&t, RECORD_ANSWER, 3));
    assert_string_equal(talk_record(&t, RECORD_STEP, 0)->outcome, "answered");
    assert_string_equal(talk_record(&t, RECORD_STEP, 3)->outcome, "skipped");
    talk_close(&t);
}

TEST(sheet, a_question_it_left_open_is_asked_and_the_answers_behind_it_are_kept)
{
    struct talk t;
    open_modal(&t, MODAL, NULL);
    FILL(&t, "name=은지", "weight=65", "coffee:=yes", "cups=", "more=맛있어요");
    talk_says(&t, "몇 잔이요?");
    talk_is_silent(&t);
    talk_say(&t, "세 잔");
    talk_says(&t, "은지 65 예 3 맛있어요");
    assert_int_equal(t.session.state, SESSION_DONE);
    talk_close(&t);
}

TEST(sheet, an_answer_that_does_not_fit_any_more_is_asked_for_in_words)
{
    struct talk t;
    open_modal(&t, MODAL, NULL);
    FILL(&t, "name=은지", "weight=7", "coffee:=no", "gone=1");
    talk_says(&t, "몸무게는요?");
    talk_say(&t, "70");
    talk_says(&t, "더 하실 말씀은요?");
    talk_close(&t);
}

/* ── beside it ─────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(sheet, its_button_shows_it_again_and_a_message_ends_it)
{
    struct talk t;
    open_modal(&t, MODAL, NULL);
    talk_press(&t, SHEET_STEP, "open");
    assert_int_equal(shown(&t)->n_fields, 5);
    talk_is_silent(&t);
    talk_say(&t, "그냥 물어보세요");
    talk_says(&t, "이름은요?");
    talk_say(&t, "은지");
    talk_says(&t, "몸무게는요?");
    talk_press(&t, SHEET_STEP, "open"); /* and back again: what is left */
    assert_int_equal(shown(&t)->n_fields, 4);
    talk_close(&t);
}

TEST(sheet, words_count_while_it_is_open)
{
    struct talk t;
    open_modal(&t, MODAL, NULL);
    talk_say(&t, "처음부터");
    talk_says(&t, "안녕하세요");
    shown(&t);
    talk_say(&t, "그만");
    assert_int_equal(t.session.state, SESSION_STOPPED);
    talk_close(&t);
}

/* ── faults ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct sheet_faults faults_of(struct talk *t, const struct sheet_filled *filled)
{
    struct flow_ctx ctx = {.arena = &t->arena, .clock = clock_manual(&t->now_ms), .error = &t->error};
    struct sheet_faults faults;
    assert_int_equal(t->flow->check_sheet(t->flow, &ctx, filled, &faults), OK);
    return faults;
}

TEST(sheet, faults_are_said_at_their_questions)
{
    static const struct sheet_answer answers[] = {
        {STR_INIT("name"), STR_INIT(""), false},    {STR_INIT("weight"), STR_INIT("7"), false},
        {STR_INIT("coffee"), STR_INIT("no"), true}, {STR_INIT("cups"), STR_INIT(""), false},
        {STR_INIT("more"), STR_INIT(""), false},
    };
    struct talk t;
    talk_open(&t, MODAL);
    struct sheet_filled filled = {.origin = {.version = t.flow->version, .locale = STR("ko")}, .answers = answers};
    filled.n = COUNT_OF(answers);
    struct sheet_faults faults = faults_of(&t, &filled);
    assert_int_equal(faults.n, 2);
    assert_str_equal(faults.items[0].step, STR("name"));
    assert_str_equal(faults.items[0].text, STR("이 질문에 답해 주세요."));
    assert_str_equal(faults.items[1].step, STR("weight"));
    assert_str_equal(faults.items[1].text, STR("20에서 300 사이의 숫자로 적어 주세요. (단위: kg)"));
    filled.origin.version = STR("an older one");
    assert_int_equal(faults_of(&t, &filled).n, 0);
    talk_close(&t);
}

TEST(sheet, a_question_behind_a_way_around_it_is_not_sure)
{
    static const bool sure[] = {true, false, true};
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n"
                  "- {ask: a, id: a, as: yes_no, next: [{when: a, go: c}, {go: b}]}\n"
                  "- {ask: b, id: b, as: yes_no}\n"
                  "- {ask: c, id: c, as: yes_no}\n");
    for (size_t i = 0; i < COUNT_OF(sure); i++)
        assert_int_equal(sheet_is_sure(survey_definition(t.flow), i), sure[i]);
    talk_close(&t);
}

TEST_MAIN
