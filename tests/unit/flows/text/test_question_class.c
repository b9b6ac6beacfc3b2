#include "flows/text/question_class.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/yaml.h"
#include "flows/text/similarity.h"
#include "tests/support/test.h"

static const char file[] = "general:\n"
                           "  keywords: [날씨, lol]\n"
                           "  examples: [점심 메뉴 추천해 주세요, 재미있는 이야기 해 줘]\n"
                           "basics:\n"
                           "  keywords: [\"이란 무엇\"]\n"
                           "  examples: [연말정산이 뭐예요]\n"
                           "specific:\n"
                           "  keywords: [연차]\n"
                           "  examples: [법인카드 영수증은 어디에 내나요, 회의실은 어떻게 예약하나요]\n";

static struct question_verdict verdict_of(struct arena *arena, const char *text)
{
    const struct question_classes *classes = NULL;
    struct question_verdict verdict = {0};
    struct error error = {0};
    assert_int_equal(question_classes_read(arena, STR("c.yaml"), str_of(file), &classes, &error), OK);
    assert_int_equal(question_classify(classes, arena, str_of(text), &verdict), OK);
    return verdict;
}

TEST(question_class, keywords_decide_first)
{
    struct arena arena;
    arena_init(&arena, 1 << 22);
    struct question_verdict verdict = verdict_of(&arena, "오늘 날씨 어때?");
    assert_int_equal(verdict.is, QUESTION_GENERAL);
    assert_int_equal(verdict.by, QUESTION_BY_KEYWORD);
    assert_str_equal(verdict.evidence, STR("날씨"));
    verdict = verdict_of(&arena, "소득공제란? 아니 소득공제 이란 무엇 인가요");
    assert_int_equal(verdict.is, QUESTION_BASICS);
    verdict = verdict_of(&arena, "날씨가 나쁘면 연차를 써도 되나요"); /* the more specific one */
    assert_int_equal(verdict.is, QUESTION_SPECIFIC);
    arena_release(&arena);
}

TEST(question_class, a_latin_keyword_stands_alone)
{
    struct arena arena;
    arena_init(&arena, 1 << 22);
    assert_int_equal(verdict_of(&arena, "LOL?").is, QUESTION_GENERAL);
    assert_int_not_equal(verdict_of(&arena, "lollipop?").by, QUESTION_BY_KEYWORD);
    arena_release(&arena);
}

TEST(question_class, else_the_nearest_example_decides)
{
    struct arena arena;
    arena_init(&arena, 1 << 22);
    struct question_verdict verdict = verdict_of(&arena, "점심 메뉴 좀 추천해 주세요");
    assert_int_equal(verdict.is, QUESTION_GENERAL);
    assert_int_equal(verdict.by, QUESTION_BY_EXAMPLE);
    assert_str_equal(verdict.evidence, STR("점심 메뉴 추천해 주세요"));
    assert_true(verdict.scores[QUESTION_GENERAL] > verdict.scores[QUESTION_SPECIFIC]);
    arena_release(&arena);
}

TEST(question_class, what_is_like_nothing_is_specific)
{
    struct arena arena;
    arena_init(&arena, 1 << 22);
    struct question_verdict verdict = verdict_of(&arena, "플루토늄 반감기");
    assert_int_equal(verdict.is, QUESTION_SPECIFIC);
    assert_int_equal(verdict.by, QUESTION_BY_DEFAULT);
    assert_int_equal(question_classify(NULL, &arena, STR("오늘 날씨"), &verdict), OK);
    assert_int_equal(verdict.is, QUESTION_SPECIFIC);
    arena_release(&arena);
}

static void refused(const char *text, const char *message)
{
    struct arena arena;
    const struct question_classes *classes = NULL;
    struct error error = {0};
    arena_init(&arena, 1 << 22);
    assert_int_equal(question_classes_read(&arena, STR("c.yaml"), str_of(text), &classes, &error), ERR_INVALID);
    assert_string_equal(error.text, message);
    arena_release(&arena);
}

TEST(question_class, faults_of_the_file_have_a_place)
{
    refused("[]", "c.yaml:1:1: must hold the classes general, basics and specific; write them below");
    refused("genral: {}", "c.yaml:1:1: no class is called `genral`; there are general, basics and specific");
    refused("general: {word: [a]}", "c.yaml:1:11: unknown key `word`; a class has `keywords` and `examples`");
    refused("general: {keywords: a}", "c.yaml:1:21: `keywords` must be a list; write keywords: [one, another]");
    refused("general: {keywords: [\"?\"]}", "c.yaml:1:22: a keyword needs a letter or a digit; take it out");
    refused("general: {examples: [[a]]}", "c.yaml:1:22: `examples` holds texts; write one, in quotes if need be");
}

/* Each example left out in turn is classed by the others: how far the shipped thresholds carry. */
TEST(question_class, the_examples_shipped_speak_for_each_other)
{
    struct arena arena;
    struct error error = {0};
    struct yaml_node *root = NULL;
    struct str text = test_read_file(SOURCE_DIR "/flows/examples/answers/classes.yaml"), rows[200];
    enum question_class class_of[200];
    size_t n = 0, right = 0, hidden = 0;
    arena_init(&arena, 64 << 20);
    assert_int_equal(yaml_read(&arena, STR("classes.yaml"), text, &root, &error), OK);
    for (int is = 0; is < QUESTION_CLASSES; is++) {
        const struct yaml_node *of = yaml_get(root, str_of(question_class_name((enum question_class)is)));
        assert_non_null(of);
        for (const struct yaml_node *item = yaml_get(of, STR("examples"))->child; item != NULL; item = item->next) {
            rows[n] = item->text;
            class_of[n++] = (enum question_class)is;
        }
    }
    assert_int_equal(n, 90);
    struct similarity *similarity = NULL;
    assert_int_equal(similarity_build(&arena, (struct strs){rows, n}, &similarity), OK);
    for (size_t i = 0; i < n; i++) {
        const double *scores = NULL;
        double best[QUESTION_CLASSES] = {0};
        assert_int_equal(similarity_scores(similarity, &arena, rows[i], &scores), OK);
        for (size_t k = 0; k < n; k++)
            if (k != i && scores[k] > best[class_of[k]])
                best[class_of[k]] = scores[k];
        size_t is = 0;
        for (size_t c = 1; c < QUESTION_CLASSES; c++)
            is = best[c] > best[is] ? c : is;
        right += is == class_of[i];
        /* the costly mistake: a question about the company taken for small talk */
        hidden += class_of[i] != QUESTION_GENERAL && is == QUESTION_GENERAL && best[is] >= 0.40 &&
                  best[is] >= 1.25 * (best[QUESTION_BASICS] > best[QUESTION_SPECIFIC] ? best[QUESTION_BASICS]
                                                                                      : best[QUESTION_SPECIFIC]);
    }
    assert_true(right * 100 >= n * 60);
    assert_int_equal(hidden, 0);
    free((void *)text.p);
    arena_release(&arena);
}

TEST_MAIN
