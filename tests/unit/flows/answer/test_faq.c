#include "flows/answer/faq.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "tests/support/test.h"

static const char file[] = "- questions: [월급은 며칠에 나와요?, 급여일이 언제인가요?]\n"
                           "  answer: 매달 25일이에요.\n"
                           "  title: 급여\n"
                           "- questions: [병가 3일을 쓰려면 진단서를 내야 하나요?]\n"
                           "  answer: 네, 사흘부터 냅니다.\n"
                           "- questions: [반차를 오후에 쓸 수 있나요?]\n"
                           "  answer: 네.\n";

static struct faq_hit find(struct arena *arena, const char *question)
{
    const struct faq *faq = NULL;
    struct faq_hit hit = {0};
    struct error error = {0};
    assert_int_equal(faq_read(arena, STR("faq.yaml"), str_of(file), &faq, &error), OK);
    assert_int_equal(faq_find(faq, arena, str_of(question), &hit), OK);
    return hit;
}

TEST(faq, a_question_that_reads_the_same_is_found_whatever_its_spacing)
{
    struct arena arena;
    arena_init(&arena, 1 << 22);
    struct faq_hit hit = find(&arena, "급여일이  언제 인가요");
    assert_non_null(hit.pair);
    assert_true(hit.exact);
    assert_str_equal(hit.pair->answer, STR("매달 25일이에요."));
    assert_str_equal(hit.pair->title, STR("급여"));
    arena_release(&arena);
}

TEST(faq, one_that_is_very_much_alike_is_found)
{
    struct arena arena;
    arena_init(&arena, 1 << 22);
    struct faq_hit hit = find(&arena, "월급은 며칠에 나오나요?");
    assert_non_null(hit.pair);
    assert_false(hit.exact);
    assert_true(hit.likeness >= FAQ_NEAR && hit.likeness < 1);
    arena_release(&arena);
}

TEST(faq, another_number_or_a_denial_is_another_question)
{
    struct arena arena;
    arena_init(&arena, 1 << 22);
    struct faq_hit hit = find(&arena, "병가 5일을 쓰려면 진단서를 내야 하나요?");
    assert_true(hit.likeness >= FAQ_NEAR);
    assert_null(hit.pair);
    hit = find(&arena, "반차를 오후에 쓸 수 없나요?");
    assert_true(hit.likeness >= FAQ_NEAR);
    assert_null(hit.pair);
    hit = find(&arena, "반차를 오전에 쓸 수 있나요?"); /* the opposite */
    assert_null(hit.pair);
    arena_release(&arena);
}

TEST(faq, something_else_is_not_found)
{
    struct arena arena;
    arena_init(&arena, 1 << 22);
    assert_null(find(&arena, "주차장은 어디에 있나요?").pair);
    assert_null(find(&arena, "").pair);
    struct faq_hit hit = {.exact = true};
    assert_int_equal(faq_find(NULL, &arena, STR("월급"), &hit), OK);
    assert_null(hit.pair);
    assert_int_equal(faq_find(NULL, &arena, STR("\xff"), &hit), ERR_INVALID);
    arena_release(&arena);
}

static void refused(const char *text, const char *message)
{
    struct arena arena;
    const struct faq *faq = NULL;
    struct error error = {0};
    arena_init(&arena, 1 << 22);
    assert_int_equal(faq_read(&arena, STR("f.yaml"), str_of(text), &faq, &error), ERR_INVALID);
    assert_string_equal(error.text, message);
    arena_release(&arena);
}

TEST(faq, faults_of_the_file_have_a_place)
{
    refused("a: b", "f.yaml:1:1: must be a list of entries; write - questions: […] and answer: … below it");
    refused("- a", "f.yaml:1:3: an entry has `questions` and `answer`; write them below");
    refused("- {questions: [a]}", "f.yaml:1:3: `answer` is missing; add what is to be said");
    refused("- {questions: a, answer: b}",
            "f.yaml:1:15: `questions` is a list of at least one; write questions: [how is it asked]");
    refused("- {questions: [\"?\"], answer: b}", "f.yaml:1:16: a question needs a letter or a digit; take it out");
    refused("- {questions: [a], answer: [b]}", "f.yaml:1:28: `answer` must be a text");
    refused("- {question: [a], answer: b}",
            "f.yaml:1:4: unknown key `question`; an entry has questions, answer, title and url");
}

TEST(faq, the_examples_shipped_can_be_read)
{
    struct arena arena;
    const struct faq *faq = NULL;
    struct faq_hit hit = {0};
    struct error error = {0};
    struct str text = test_read_file(SOURCE_DIR "/flows/examples/answers/faq.yaml");
    arena_init(&arena, 1 << 22);
    assert_int_equal(faq_read(&arena, STR("faq.yaml"), text, &faq, &error), OK);
    assert_int_equal(faq_find(faq, &arena, STR("월급날 언제예요"), &hit), OK);
    assert_non_null(hit.pair);
    free((void *)text.p);
    arena_release(&arena);
}

TEST_MAIN
