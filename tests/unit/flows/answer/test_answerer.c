#include "flows/answer/answerer.h"

#include "bot/model/language_model.h"
#include "talk.h"

static struct answer ask(struct world *w, const char *question)
{
    struct answerer answerer = {.workspace = w->workspace, .search = w->search};
    struct asked asked = {.text = str_of(question),
                          .locale = STR("ko"),
                          .sees_all = true,
                          .may_wait = true,
                          .db = w->db,
                          .arena = &w->arena,
                          .error = &w->error};
    struct answer answer = {0};
    assert_int_equal(answer_question(&answerer, &asked, &answer), OK);
    return answer;
}

static bool holds(struct str text, const char *part)
{
    return str_find(text, str_of(part)) != SIZE_MAX;
}

TEST(answerer, forbidden_words_are_refused_before_all_else)
{
    struct world w;
    world_open(&w);
    struct answer answer = ask(&w, "연차는 며칠 전에 하나 이 ㅂ ㅏ 보 야");
    assert_int_equal(answer.kind, ANSWER_REFUSED);
    assert_str_equal(answer.forbidden, STR("바보"));
    assert_false(answer.searched);
    world_close(&w);
}

TEST(answerer, small_talk_and_general_questions_are_not_searched)
{
    struct world w;
    world_open(&w);
    struct answer answer = ask(&w, "안녕하세요!");
    assert_int_equal(answer.kind, ANSWER_SMALL_TALK);
    assert_false(answer.searched);
    answer = ask(&w, "오늘 날씨 어때?");
    assert_int_equal(answer.kind, ANSWER_SMALL_TALK);
    assert_int_equal(answer.verdict.is, QUESTION_GENERAL);
    assert_false(answer.searched);
    answer = ask(&w, "Hello!");
    assert_str_equal(answer.language, STR("en"));
    assert_true(holds(answer.markup, "gilbot"));
    world_close(&w);
}

TEST(answerer, an_approved_answer_wins_over_the_documents)
{
    struct world w;
    world_open(&w);
    struct answer answer = ask(&w, "급여일이 언제 인가요");
    assert_int_equal(answer.kind, ANSWER_APPROVED);
    assert_true(holds(answer.markup, "**25일**"));
    assert_true(holds(answer.markup, "급여"));
    assert_int_equal(answer.n_sources, 1);
    world_close(&w);
}

TEST(answerer, what_the_documents_say_is_quoted_with_its_source)
{
    struct world w;
    world_open(&w);
    struct answer answer = ask(&w, "연차는 쓰기 며칠 전까지 인사 시스템에서 올리나요?");
    assert_int_equal(answer.kind, ANSWER_EXTRACTIVE);
    assert_true(holds(answer.text, "3일 전까지"));
    assert_true(answer.n_sources >= 1);
    assert_str_equal(answer.sources[0].document, STR("leave"));
    assert_true(holds(answer.markup, "[휴가 규정 › 연차 휴가 › 신청 방법](https://docs.example/r)"));
    assert_true(holds(answer.text, "3일") && holds(answer.sources[0].quote, "3일"));
    world_close(&w);
}

TEST(answerer, what_the_documents_do_not_say_is_said_to_be_so)
{
    struct world w;
    world_open(&w);
    struct answer answer = ask(&w, "스톡옵션은 언제 행사할 수 있나요?");
    assert_int_equal(answer.kind, ANSWER_NOT_FOUND);
    assert_true(holds(answer.markup, "문서에 없습니다"));
    world_close(&w);
}

TEST(answerer, without_documents_it_says_so)
{
    struct world w;
    world_open(&w);
    struct answerer answerer = {.workspace = w.workspace};
    struct asked asked = {.text = STR("연차 며칠 전에 내나요"), .arena = &w.arena, .error = &w.error};
    struct answer answer = {0};
    assert_int_equal(answer_question(&answerer, &asked, &answer), OK);
    assert_int_equal(answer.kind, ANSWER_NOT_FOUND);
    assert_true(holds(answer.text, "ingest"));
    world_close(&w);
}

TEST(answerer, a_very_long_question_is_declined)
{
    struct world w;
    world_open(&w);
    char text[ANSWERER_MOST_BYTES + 2];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(ask(&w, text).kind, ANSWER_REFUSED);
    world_close(&w);
}

static bool is_ready(const struct language_model *self, enum model_skill skill)
{
    (void)self;
    return skill == MODEL_CHAT;
}

TEST(answerer, where_a_model_would_be_asked_the_quick_lane_is_left)
{
    struct world w;
    world_open(&w);
    struct language_model model = {.ready = is_ready};
    struct answerer answerer = {.workspace = w.workspace, .search = w.search, .model = &model};
    struct asked asked = {.text = STR("연차는 쓰기 며칠 전까지 인사 시스템에서 올리나요?"),
                          .sees_all = true,
                          .db = w.db,
                          .arena = &w.arena,
                          .error = &w.error};
    struct answer answer = {0};
    assert_int_equal(answer_question(&answerer, &asked, &answer), ERR_BUSY);
    asked.text = STR("스톡옵션은 언제 행사할 수 있나요?"); /* that is known before any model is asked */
    assert_int_equal(answer_question(&answerer, &asked, &answer), OK);
    assert_int_equal(answer.kind, ANSWER_NOT_FOUND);
    world_close(&w);
}

TEST_MAIN
