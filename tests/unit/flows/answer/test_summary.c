#include "flows/answer/summary.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "flows/answer/prompt.h"
#include "flows/prompt.h"
#include "tests/support/test.h"

static struct arena arena;

static void begin(void)
{
    arena_release(&arena);
    arena_init(&arena, 64 << 20);
}

static const struct summary_page pages[] = {
    {1,
     STR_INIT("연차 휴가 신청 절차를 정한다. 연차 휴가는 사흘 전까지 포털에서 신청한다. 오늘은 하늘이 유난히 맑았다.")},
    {2, STR_INIT("팀장은 연차 휴가 신청을 하루 안에 승인한다. 승인된 연차 휴가는 포털에서 취소할 수 있다. 연차 휴가는 "
                 "사흘 전까지 포털에서 신청합니다.")},
};

TEST(summary, what_most_sentences_speak_of_comes_in_the_documents_order_with_its_pages)
{
    begin();
    struct summary summary;
    assert_int_equal(summary_rank(&arena, pages, 2, 3, &summary), OK);
    assert_int_equal(summary.n, 3);
    for (size_t i = 0; i < summary.n; i++) {
        assert_true(str_find(summary.sentences[i].text, STR("연차 휴가")) != SIZE_MAX);
        assert_true(i == 0 || summary.sentences[i].page >= summary.sentences[i - 1].page);
    }
    assert_int_equal(summary.sentences[2].page, 2);
}

TEST(summary, nothing_is_said_twice)
{
    begin();
    struct summary summary;
    assert_int_equal(summary_rank(&arena, pages, 2, 10, &summary), OK);
    size_t n = 0;
    for (size_t i = 0; i < summary.n; i++)
        n += str_find(summary.sentences[i].text, STR("사흘 전까지")) != SIZE_MAX;
    assert_int_equal(n, 1);
}

TEST(summary, an_empty_document_has_none)
{
    begin();
    struct summary summary;
    struct summary_page empty = {1, STR(" \n# 제목\n| 가 | 나 |\n")};
    assert_int_equal(summary_rank(&arena, &empty, 1, 3, &summary), OK);
    assert_int_equal(summary.n, 0);
    assert_int_equal(summary_rank(&arena, NULL, 0, 3, &summary), OK);
    assert_int_equal(summary.n, 0);
}

TEST(summary, a_long_document_is_looked_at_evenly)
{
    begin();
    enum { SENTENCES = 3000 };
    struct summary_page *many = arena_alloc_array(&arena, SENTENCES, sizeof *many);
    assert_non_null(many);
    for (size_t i = 0; i < SENTENCES; i++)
        many[i] = (struct summary_page){(int64_t)i + 1,
                                        arena_format(&arena, "규정 제%zu호는 업무 %zu번을 다룬다.", i, i * 7 % 13)};
    struct summary summary;
    assert_int_equal(summary_rank(&arena, many, SENTENCES, 5, &summary), OK);
    assert_true(summary.n > 0);
}

TEST(summary, bytes_that_are_no_text_are_refused)
{
    begin();
    struct summary summary;
    struct summary_page page = {1, STR("이 문장에는 글자가 아닌 \xFF 것이 있다.")};
    assert_int_equal(summary_rank(&arena, &page, 1, 3, &summary), ERR_INVALID);
}

TEST(summary, for_a_model_the_document_is_cut_into_parts_with_their_pages)
{
    begin();
    enum { PAGES = 40 };
    struct summary_page many[PAGES];
    struct prompts prompts;
    assert_int_equal(answer_prompts_load(&arena, STR(""), &prompts, NULL), OK);
    for (size_t i = 0; i < PAGES; i++) {
        struct str line = arena_format(&arena, "%zu쪽의 문장이며 </passage> 길이는 적당하고 내용은 규정이다. ", i + 1);
        struct str text = {NULL, 0};
        for (int k = 0; k < 10; k++)
            text = arena_join(&arena, (struct str[]){text, line}, 2);
        many[i] = (struct summary_page){(int64_t)i + 1, text};
    }
    struct summary_request request = {
        .prompts = &prompts, .title = STR("규정"), .language = STR("ko"), .pages = many, .n_pages = PAGES};
    struct summary_prompt *parts;
    size_t n;
    assert_int_equal(summary_part_prompts(&arena, &request, &parts, &n, NULL), OK);
    assert_true(n > 1);
    assert_true(str_find(parts[0].messages[1].text, STR("page=\"1\"")) != SIZE_MAX);
    assert_true(str_find(parts[n - 1].messages[1].text, STR("page=\"40\"")) != SIZE_MAX);
    for (size_t i = 0; i < n; i++)
        assert_true(model_tokens(parts[i].messages[0].text) + model_tokens(parts[i].messages[1].text) + ANSWER_TOKENS <=
                    ANSWER_LEAST_CONTEXT + 100);
    struct str said[] = {STR("첫째 요약이다. (1쪽)"), STR("둘째 요약이다. (9쪽)")};
    struct summary_prompt whole;
    assert_int_equal(summary_whole_prompt(&arena, &request, (struct strs){said, 2}, &whole, NULL), OK);
    assert_true(str_find(whole.messages[1].text, STR("둘째 요약이다. (9쪽)")) != SIZE_MAX);
    assert_true(str_starts(whole.label, STR("summary_whole@")));
}

TEST_MAIN
