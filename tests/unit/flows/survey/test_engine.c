#include "tests/unit/flows/survey/talk.h"

/* ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(engine, a_flow_says_asks_and_waits_then_goes_on_and_is_done)
{
    struct talk t;
    talk_open(&t, "flow: t\n"
                  "steps:\n"
                  "- say: 안녕하세요\n"
                  "- {ask: 몸무게는요?, id: weight, as: number}\n"
                  "- say: '{weight}kg이군요'\n");
    talk_begin(&t, NULL);
    talk_says(&t, "안녕하세요");
    talk_says(&t, "몸무게는요?");
    talk_is_silent(&t);
    assert_int_equal(t.session.state, SESSION_WAITING);
    assert_int_equal(t.session.expires_ms, t.now_ms + 7LL * 24 * 3600 * 1000);
    talk_say(&t, "육십오");
    talk_says(&t, "65kg이군요");
    talk_is_silent(&t);
    assert_int_equal(t.session.state, SESSION_DONE);
    assert_int_equal(t.session.expires_ms, 0);
    talk_close(&t);
}

TEST(engine, steps_leave_records_of_what_happened)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- say: hi\n- {ask: 'n?', id: n, as: number}\n");
    talk_begin(&t, NULL);
    assert_string_equal(talk_record(&t, RECORD_STEP, 0)->outcome, "said");
    assert_str_equal(talk_record(&t, RECORD_STEP, 0)->step, STR("say_1"));
    assert_string_equal(talk_record(&t, RECORD_STEP, 1)->outcome, "asked");
    talk_say(&t, "몰라요");
    assert_string_equal(talk_record(&t, RECORD_STEP, 0)->outcome, "misfit");
    assert_null(talk_record(&t, RECORD_ANSWER, 0));
    talk_say(&t, "6.50");
    assert_string_equal(talk_record(&t, RECORD_STEP, 0)->outcome, "answered");
    assert_str_equal(talk_record(&t, RECORD_ANSWER, 0)->step, STR("n"));
    assert_str_equal(talk_record(&t, RECORD_ANSWER, 0)->text, STR("6.50"));
    assert_str_equal(talk_record(&t, RECORD_ANSWER, 0)->value, STR("6.5"));
    talk_close(&t);
}

TEST(engine, a_choice_shows_its_options_and_takes_button_number_and_label)
{
    static const char *const answers[] = {"2", "2번", "많다", "많 다!"};
    struct talk t;
    talk_open(
        &t,
        "flow: t\nsteps:\n"
        "- {ask: 활동량은요?, id: a, as: choice, options: [{value: low, label: 적다}, {value: high, label: 많다}]}\n"
        "- say: '{a} {a = \"high\"}'\n");
    talk_begin(&t, NULL);
    const struct reply *reply = talk_says(&t, "활동량은요?");
    assert_int_equal(reply->kind, REPLY_CHOICES);
    assert_int_equal(reply->n_options, 2);
    assert_str_equal(reply->options[1].value, STR("high"));
    assert_str_equal(reply->options[1].label, STR("많다"));
    assert_true(reply->how_to_answer.n > 0);
    talk_choose(&t, "high");
    talk_says(&t, "많다 예");
    for (size_t i = 0; i < 4; i++) {
        talk_begin(&t, NULL);
        talk_say(&t, answers[i]);
        talk_says(&t, "많다 예");
    }
    talk_close(&t);
}

TEST(engine, several_choices_are_a_list_and_written_with_commas)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n"
                  "- {ask: 무엇을요?, id: a, as: choices, options: [{value: w, label: 물}, {value: c, label: 커피}]}\n"
                  "- say: '{a} {count(a)}'\n");
    talk_begin(&t, NULL);
    assert_true(talk_says(&t, "무엇을요?")->several);
    talk_say(&t, "커피, 물");
    talk_says(&t, "물, 커피 2");
    talk_close(&t);
}

TEST(engine, yes_no_is_a_boolean_with_two_buttons)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {ask: '피우세요?', id: s, as: yes_no}\n- say: '{s} {if s then 1 else 2}'\n");
    talk_begin(&t, NULL);
    const struct reply *reply = talk_says(&t, "피우세요?");
    assert_int_equal(reply->n_options, 2);
    assert_str_equal(reply->options[1].label, STR("아니요"));
    talk_choose(&t, "no");
    talk_says(&t, "아니요 2");
    talk_begin(&t, NULL);
    talk_say(&t, "ㅇㅇ");
    talk_says(&t, "예 1");
    talk_close(&t);
}

TEST(engine, a_small_scale_has_buttons)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {ask: '얼마나요?', id: s, as: scale, min: 1, max: 5}\n- say: '{s + 1}'\n");
    talk_begin(&t, NULL);
    assert_int_equal(talk_says(&t, "얼마나요?")->n_options, 5);
    talk_choose(&t, "4");
    talk_says(&t, "5");
    talk_close(&t);
}

TEST(engine, a_file_that_comes_with_a_message_is_an_answer_with_its_name_and_size)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {ask: '사진이요?', id: f, as: file, optional: true}\n"
                  "- {ask: '또요?', id: more, as: yes_no}\n- say: '{f.name} {f.size}'\n");
    struct event_file file = {.id = STR("F1"), .name = STR("a.png"), .type = STR("image/png"), .bytes = 12};
    talk_begin(&t, NULL);
    talk_say(&t, "여기요");
    talk_says(&t, "파일을 올려 주세요.");
    talk_step(&t, &(struct event){.kind = EVENT_MESSAGE, .has_files = true, .files = &file, .n_files = 1});
    assert_str_equal(talk_record(&t, RECORD_ANSWER, 0)->value,
                     STR("{\"id\": \"F1\", \"name\": \"a.png\", \"type\": \"image/png\", \"size\": 12}"));
    talk_says(&t, "또요?");
    talk_say(&t, "아니요");
    talk_says(&t, "a.png 12");
    talk_close(&t);
}

TEST(engine, phone_email_and_date_are_kept_in_one_form)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {ask: 'tel?', id: tel, as: phone}\n- {ask: 'mail?', id: mail, as: email}\n"
                  "- {ask: '언제요?', id: day, as: date, min: today, max: today+30d}\n- say: '{tel} {mail} {day}'\n");
    talk_begin(&t, NULL);
    talk_say(&t, "공일공 일이삼사 오육칠팔이요");
    talk_says(&t, "mail?");
    talk_say(&t, "A@Example.COM 이에요");
    talk_says(&t, "언제요?");
    talk_say(&t, "어제요");
    assert_str_equal(reply_plain(&t.arena, talk_reply(&t)),
                     STR("2026-02-02에서 2026-03-04 사이의 날짜로 적어 주세요. (예: 2026-03-05)"));
    talk_say(&t, "다음 주 월요일이요");
    talk_says(&t, "+821012345678 A@example.com 2026년 2월 9일");
    talk_close(&t);
}

/* ── misfits ───────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(engine, an_answer_that_does_not_fit_is_asked_again_with_the_flows_words)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {ask: 'n?', id: n, as: number, max: 9, retry: '9까지예요'}\n- say: '{n}'\n");
    talk_begin(&t, NULL);
    talk_say(&t, "10");
    talk_says(&t, "9까지예요");
    talk_is_silent(&t);
    assert_int_equal(t.session.state, SESSION_WAITING);
    talk_say(&t, "9");
    talk_says(&t, "9");
    talk_close(&t);
}

TEST(engine, without_the_flows_words_gilbot_says_what_fits)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {ask: 'n?', id: n, as: number, min: 20, max: 300}\n"
                  "- {ask: 'c?', id: c, as: choice, options: [a, b]}\n");
    talk_begin(&t, NULL);
    talk_say(&t, "글쎄요");
    talk_says(&t, "20에서 300 사이의 숫자로 적어 주세요.");
    talk_say(&t, "30");
    talk_says(&t, "c?");
    talk_say(&t, "zzz");
    assert_int_equal(talk_says(&t, "아래에서 하나를 골라 주세요.")->n_options, 2);
    talk_close(&t);
}

TEST(engine, after_so_many_misfits_the_flow_goes_elsewhere)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n"
                  "- {ask: 'n?', id: n, as: number, tries: 2, otherwise: people}\n"
                  "- end: done\n"
                  "- {say: '도와드릴게요 {n}', id: people}\n");
    talk_begin(&t, NULL);
    talk_say(&t, "음");
    talk_say(&t, "글쎄");
    talk_says(&t, "도와드릴게요 ");
    assert_int_equal(t.session.state, SESSION_DONE);
    talk_close(&t);
}

/* ── what is known ─────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(engine, what_the_profile_knows_is_not_asked)
{
    struct talk t;
    talk_open(&t, "flow: t\nprofile: {name: name, kg: weight, act: a}\nsteps:\n"
                  "- {ask: 'kg?', id: weight, as: number, min: 20}\n"
                  "- {ask: 'a?', id: a, as: choice, options: [{value: low, label: 적다}]}\n"
                  "- say: '{name} {weight} {a}'\n");
    talk_begin(&t, "{\"name\": \"은지\", \"kg\": \"65킬로\", \"act\": \"적다\", \"other\": [1]}");
    talk_says(&t, "은지 65 적다");
    talk_is_silent(&t);
    talk_close(&t);
}

TEST(engine, a_profile_value_that_does_not_fit_is_as_if_unknown)
{
    static const char *const profiles[] = {
        "{\"kg\": 5}", "{\"kg\": \"많이\"}", "{\"kg\": null}", "{\"kg\": \"\"}", "{\"kg\": {}}", "{}", "[1]",
        "not json"};
    struct talk t;
    talk_open(&t, "flow: t\nprofile: {kg: weight}\nsteps:\n- {ask: 'kg?', id: weight, as: number, min: 20}\n");
    for (size_t i = 0; i < 8; i++) {
        talk_begin(&t, profiles[i]);
        talk_says(&t, "kg?");
    }
    talk_close(&t);
}

TEST(engine, a_question_that_is_asked_always_is_asked_though_it_is_known)
{
    struct talk t;
    talk_open(&t, "flow: t\nprofile: {kg: weight}\nsteps:\n- {ask: 'kg?', id: weight, as: number, always: true}\n"
                  "- say: '{weight}'\n");
    talk_begin(&t, "{\"kg\": 60}");
    talk_says(&t, "kg?");
    talk_say(&t, "61");
    talk_says(&t, "61");
    talk_close(&t);
}

TEST(engine, a_variable_that_a_step_sets_is_not_asked)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- set: {n: 1 + 1}\n- {ask: 'n?', id: n, as: number}\n- say: '{n}'\n");
    talk_begin(&t, NULL);
    talk_says(&t, "2");
    talk_close(&t);
}

TEST(engine, numbers_keep_their_digits_between_turns)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {ask: 'n?', id: n, as: number}\n- {ask: 'm?', id: m, as: text}\n"
                  "- say: '{n + 1} {string(n)}'\n");
    talk_begin(&t, NULL);
    talk_say(&t, "12345678901234567890.10");
    talk_say(&t, "a");
    talk_says(&t, "12345678901234567891.1 12345678901234567890.1");
    talk_close(&t);
}

/* The first turn, with what the person answered in another flow. */
static void begin_after(struct talk *t, struct str flow, const char *data, const char *profile)
{
    struct flow_past past = {flow, str_of(data)};
    t->past = &past;
    talk_begin(t, profile);
    t->past = NULL;
}

static const char recalling[] =
    "flow: t\nprofile: {weight: health.weight, kg: weight, name: health.name, act: health.a}\n"
    "steps:\n- {ask: 'kg?', id: weight, as: number, max: 100}\n"
    "- {ask: 'a?', id: act, as: choice, options: [{value: low, label: 적다}]}\n"
    "- say: '{name} {weight} {act}'\n";

TEST(engine, answers_of_another_flows_last_session_are_not_asked_again)
{
    struct talk t;
    talk_open(&t, recalling);
    assert_int_equal(t.flow->recalls.n, 1);
    assert_str_equal(t.flow->recalls.items[0], STR("health"));
    begin_after(&t, STR("health"), "{\"answers\": {\"weight\": 65, \"a\": \"low\"}, \"profile\": {\"name\": \"은지\"}}",
                NULL);
    talk_says(&t, "은지 65 적다");
    talk_close(&t);
}

TEST(engine, the_platforms_profile_goes_before_another_flows_answer_and_what_does_not_fit_is_asked)
{
    struct talk t;
    talk_open(&t, recalling);
    begin_after(&t, STR("health"), "{\"answers\": {\"weight\": 65, \"a\": \"high\"}}", "{\"kg\": 70}");
    talk_says(&t, "a?");
    talk_say(&t, "적다");
    talk_says(&t, " 70 적다");
    begin_after(&t, STR("health"), "{\"answers\": {\"weight\": 200}}", "{\"kg\": \"?\"}");
    talk_says(&t, "kg?");
    begin_after(&t, STR("health"), "no json", NULL);
    talk_says(&t, "kg?");
    talk_close(&t);
}

/* ── the way through ───────────────────────────────────────────────────────────────────────────────────────────── */

TEST(engine, a_step_is_skipped_unless_its_condition_is_true)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {ask: 'n?', id: n, as: number, optional: true}\n- {say: big, when: n > 5}\n"
                  "- {say: small, when: n < 5, next: last}\n- say: never after small\n- {say: end, id: last}\n");
    talk_begin(&t, NULL);
    talk_say(&t, "6");
    talk_says(&t, "big");
    talk_says(&t, "never after small");
    talk_says(&t, "end");
    talk_begin(&t, NULL);
    talk_say(&t, "4");
    talk_says(&t, "small");
    talk_says(&t, "end");
    talk_begin(&t, NULL);
    talk_say(&t, "건너뛰기");
    talk_says(&t, "never after small");
    talk_close(&t);
}

TEST(engine, the_first_way_that_fits_is_taken_also_when_the_answer_was_known)
{
    struct talk t;
    talk_open(&t, "flow: t\nprofile: {n: n}\nsteps:\n"
                  "- ask: 'n?'\n  id: n\n  as: number\n"
                  "  next: [{when: n > 100, go: huge}, {when: n > 10, go: big}, {go: small}]\n"
                  "- {say: huge, id: huge, next: last}\n- {say: big, id: big, next: last}\n- {say: small, id: small}\n"
                  "- {say: last, id: last}\n");
    talk_begin(&t, NULL);
    talk_say(&t, "50");
    talk_says(&t, "big");
    talk_says(&t, "last");
    talk_begin(&t, "{\"n\": 3}");
    talk_says(&t, "small");
    talk_says(&t, "last");
    talk_close(&t);
}

TEST(engine, go_jumps_and_end_ends_with_its_outcome)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- go: a\n- say: never\n- {say: a, id: a}\n- end: stopped\n- say: never\n");
    talk_begin(&t, NULL);
    talk_says(&t, "a");
    talk_is_silent(&t);
    assert_int_equal(t.session.state, SESSION_STOPPED);
    talk_close(&t);
}

TEST(engine, pauses_belong_to_the_next_reply_and_add_up)
{
    struct talk t;
    talk_open(&t, "flow: t\nprofile: {known: known}\nsteps:\n- say: a\n- {set: {x: 1}, pause: 1s}\n"
                  "- {say: never, when: 'false', pause: 5s}\n- {ask: 'k?', id: known, as: text, pause: 7s}\n"
                  "- {say: b, pause: 2s}\n- say: c\n");
    talk_begin(&t, "{\"known\": \"x\"}");
    assert_int_equal(talk_says(&t, "a")->pause_ms, 0);
    assert_int_equal(talk_says(&t, "b")->pause_ms, 3000);
    assert_int_equal(talk_says(&t, "c")->pause_ms, 0);
    talk_close(&t);
}

TEST(engine, a_circle_without_a_question_ends_with_an_apology_and_a_warning)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {say: a, id: a}\n- go: a\n");
    talk_begin(&t, NULL);
    talk_says(&t, "죄송해요, 설문에 문제가 있어 더 진행할 수 없어요.");
    talk_is_silent(&t);
    assert_int_equal(t.session.state, SESSION_STOPPED);
    assert_non_null(talk_record(&t, RECORD_WARNING, 0));
    talk_close(&t);
}

/* ── recommending, handing over, tagging ───────────────────────────────────────────────────────────────────────── */

static const char shop[] = "flow: t\n"
                           "catalog:\n"
                           "  shop:\n"
                           "  - {id: a, name: 샐러드 *특*, price: 8900, url: 'https://shop.example/a'}\n"
                           "  - {id: b, name: 도시락}\n"
                           "tables:\n"
                           "  product:\n"
                           "    hit: F\n"
                           "    inputs: [n * 2]\n"
                           "    outputs: [id, why]\n"
                           "    rules:\n"
                           "    - ['< 10', '\"a\"', '\"가벼워요\"']\n"
                           "    - ['< 100', '\"b\"', '\"든든해요\"']\n"
                           "    - ['< 1000', '\"nowhere\"', '\"?\"']\n"
                           "steps:\n"
                           "- {ask: 'n?', id: n, as: number}\n"
                           "- {recommend: '{shop[id = product.id][1]}', text: '{product.why}', button: 보기}\n"
                           "- {tag: [추천, 'n{n}']}\n"
                           "- {hand_over: {to: cs, note: '추천: {product.id} **x** {n}'}}\n"
                           "- say: never\n";

TEST(engine, a_recommendation_is_a_card_and_a_record_with_its_reason)
{
    struct talk t;
    talk_open(&t, shop);
    talk_begin(&t, NULL);
    talk_say(&t, "3");
    const struct reply *card = talk_says(&t, "가벼워요");
    assert_int_equal(card->kind, REPLY_CARD);
    assert_str_equal(card->card.id, STR("a"));
    assert_str_equal(card->card.name, STR("샐러드 *특*"));
    assert_str_equal(card->card.price, STR("8900"));
    assert_str_equal(card->card.button, STR("보기"));
    const struct record *record = talk_record(&t, RECORD_RECOMMENDATION, 0);
    assert_str_equal(record->item, STR("a"));
    assert_str_equal(record->why,
                     STR("{\"expr\":\"shop[id = product.id][1]\",\"tables\":[{\"name\":\"product\",\"hit\":"
                         "\"F\",\"rules\":[1],\"inputs\":[{\"expr\":\"n * 2\",\"value\":6}]}]}"));
    talk_close(&t);
}

TEST(engine, nothing_to_recommend_sends_nothing_and_warns)
{
    struct talk t;
    talk_open(&t, shop);
    talk_begin(&t, NULL);
    talk_say(&t, "300");
    assert_int_equal(talk_reply(&t)->kind, REPLY_TAG);
    assert_non_null(talk_record(&t, RECORD_WARNING, 0));
    assert_null(talk_record(&t, RECORD_RECOMMENDATION, 0));
    talk_close(&t);
}

TEST(engine, a_hand_over_ends_the_flow_and_keeps_the_bot_silent)
{
    struct talk t;
    talk_open(&t, shop);
    talk_begin(&t, NULL);
    talk_say(&t, "30");
    assert_str_equal(talk_reply(&t)->card.id, STR("b"));
    const struct reply *tag = talk_reply(&t);
    assert_int_equal(tag->kind, REPLY_TAG);
    assert_int_equal(tag->tags.n, 2);
    assert_str_equal(tag->tags.items[1], STR("n30"));
    const struct reply *hand_over = talk_reply(&t);
    assert_int_equal(hand_over->kind, REPLY_HAND_OVER);
    assert_str_equal(hand_over->to, STR("cs"));
    assert_str_equal(hand_over->note, STR("추천: b **x** 30"));
    talk_is_silent(&t);
    assert_int_equal(t.session.state, SESSION_HANDED_OVER);
    assert_int_equal(t.turn.silent_ms, 7LL * 24 * 3600 * 1000);
    assert_str_equal(talk_record(&t, RECORD_HANDOVER, 0)->item, STR("cs"));
    talk_close(&t);
}

/* ── texts ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(engine, what_a_person_typed_is_never_read_as_markup)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {ask: 'n?', id: n, as: text}\n- say: '**{n}**'\n");
    talk_begin(&t, NULL);
    talk_say(&t, "*a* [x](http://evil.example)");
    const struct reply *reply = talk_reply(&t);
    assert_str_equal(reply_plain(&t.arena, reply), STR("*a* [x](http://evil.example)"));
    talk_close(&t);
}

TEST(engine, texts_write_values_as_people_do)
{
    struct talk t;
    talk_open(&t, "flow: t\nlet: {d: '1.500', list: '[1, 2.50, \"a\"]', nothing: 'null', half: 1 / 2}\nsteps:\n"
                  "- say: '{d}|{list}|{nothing}|{half}|{{x}}|{d > 1}|{12345.60}'\n");
    talk_begin(&t, NULL);
    talk_says(&t, "1.5|1, 2.5, a||0.5|{x}}|예|12345.6");
    talk_close(&t);
}

TEST(engine, a_text_is_chosen_by_the_persons_language_then_the_flows)
{
    struct talk t;
    talk_open(
        &t, "flow: t\nlocale: ko\nsteps:\n- {ask: {ko: 몇이요?, en: 'how many?'}, id: n, as: number}\n"
            "- {ask: {ko: 어느 것?, en: 'which?'}, id: c, as: choice, options: [{value: a, label: {ko: 가, en: A}}]}\n"
            "- say: {ko: '{c}', en: '{c}!'}\n- say: 한국어뿐 {1 = 1}\n");
    t.session.locale = STR("en-US");
    talk_begin(&t, NULL);
    talk_says(&t, "how many?");
    talk_say(&t, "hm");
    assert_true(str_starts(talk_reply(&t)->text, STR("Please write a number")));
    talk_say(&t, "1");
    assert_str_equal(talk_says(&t, "which?")->options[0].label, STR("A"));
    talk_say(&t, "a");
    talk_says(&t, "A!");
    t.session.locale = STR("fr");
    talk_begin(&t, NULL);
    talk_says(&t, "몇이요?");
    talk_close(&t);
}

TEST(engine, a_say_step_may_have_an_image_and_link_buttons)
{
    struct talk t;
    talk_open(&t, "flow: t\nlet: {id: '\"a-1\"'}\nsteps:\n- say: hi\n  image: 'https://x.example/{id}.png'\n"
                  "  buttons: [{label: 보기, url: 'https://x.example/{id}'}]\n");
    talk_begin(&t, NULL);
    const struct reply *reply = talk_says(&t, "hi");
    assert_str_equal(reply->image, STR("https://x.example/a-1.png"));
    assert_int_equal(reply->n_buttons, 1);
    assert_str_equal(reply->buttons[0].url, STR("https://x.example/a-1"));
    talk_close(&t);
}

/* ── sessions that outlive their flow ──────────────────────────────────────────────────────────────────────────── */

TEST(engine, a_session_goes_on_in_a_changed_flow_with_what_it_still_knows)
{
    struct talk t, changed;
    talk_open(&t, "flow: t\nsteps:\n- {ask: 'a?', id: a, as: text}\n- {ask: 'gone?', id: gone, as: text}\n");
    talk_begin(&t, NULL);
    talk_say(&t, "x");
    talk_says(&t, "gone?");
    talk_open(&changed, "flow: t\nsteps:\n- {ask: 'a?', id: a, as: text}\n- {ask: 'b?', id: b, as: text}\n"
                        "- say: '{a}{b}'\n");
    changed.session = t.session;
    changed.session.data = arena_copy(&changed.kept, t.session.data);
    talk_close(&t);
    talk_say(&changed, "hello");
    talk_says(&changed, "b?");
    talk_say(&changed, "y");
    talk_says(&changed, "xy");
    talk_close(&changed);
}

TEST(engine, data_that_is_no_json_is_refused_and_nothing_is_changed)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {ask: 'a?', id: a, as: text}\n");
    talk_begin(&t, NULL);
    struct session before = t.session;
    t.session.data = STR("[");
    struct error error = {0};
    struct flow_ctx ctx = {.arena = &t.kept, .clock = clock_manual(&t.now_ms), .error = &error};
    struct event event = {.kind = EVENT_MESSAGE, .text = STR("1")};
    struct turn turn = {0};
    assert_int_equal(t.flow->step(t.flow, &ctx, &event, &t.session, &turn), ERR_INVALID);
    assert_int_equal(turn.replies.n, 0);
    assert_int_equal(t.session.state, before.state);
    talk_close(&t);
}

TEST(engine, an_arena_that_is_too_small_is_an_error_never_a_half_turn)
{
    struct talk t;
    talk_open(&t, shop);
    bool failed = false, succeeded = false;
    for (size_t limit = 64; limit < 200000 && !succeeded; limit += 64) {
        CLEANUP(arena_release) struct arena arena;
        arena_init(&arena, limit);
        struct error error = {0};
        struct flow_ctx ctx = {.arena = &arena, .clock = clock_manual(&t.now_ms), .error = &error};
        struct event event = {.kind = EVENT_MESSAGE, .text = STR("3")};
        struct session session = {.state = SESSION_WAITING, .data = STR("{\"step\":\"n\"}")};
        struct turn turn = {0};
        enum err rc = t.flow->step(t.flow, &ctx, &event, &session, &turn);
        succeeded = rc == OK;
        failed = failed || rc == ERR_NO_MEMORY;
        if (rc != OK) {
            if (rc != ERR_NO_MEMORY)
                fail_msg("%zu bytes: %s", limit, error.text);
            assert_int_equal(turn.replies.n, 0);
        } else {
            assert_int_equal(turn.replies.n, 3);
            assert_str_equal(turn.replies.items[0].card.id, STR("a"));
        }
    }
    assert_true(failed && succeeded);
    talk_close(&t);
}

TEST_MAIN
