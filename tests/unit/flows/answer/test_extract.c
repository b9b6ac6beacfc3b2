#include "flows/answer/extract.h"

#include "bot/base/arena.h"
#include "bot/base/terms.h"
#include "store/index/question.h"
#include "tests/support/test.h"

static struct arena arena;

/* The question as the search reads it where all terms are worth the same and no word is dropped. */
static struct question question_of(const char *text)
{
    enum { MOST = 64 };
    struct str rest;
    assert_int_equal(terms_normal(&arena, str_of(text), &rest), OK);
    struct question question = {.words = arena_alloc_array(&arena, MOST, sizeof *question.words),
                                .terms = arena_alloc_array(&arena, MOST, sizeof *question.terms)};
    for (struct word word; word_next(&rest, &word);) {
        question.words[question.n_words++] = (struct question_word){.kind = word.kind, .stem = word.stem, .mass = 1};
        for (struct str stem = word.stem, term; term_next(word.kind, &stem, &term);)
            question.terms[question.n_terms++] = (struct question_term){.text = term, .idf = 1, .weight = 1};
        assert_true(question.n_words < MOST && question.n_terms < MOST);
    }
    question.n_own_terms = question.n_terms;
    return question;
}

static struct extracted extract(const char *question, struct passages passages)
{
    arena_release(&arena);
    arena_init(&arena, 1 << 20);
    struct question read = question_of(question);
    struct extracted extracted = {.n = 99};
    assert_int_equal(extract_answer(&arena, str_of(question), &read, &passages, &extracted), OK);
    return extracted;
}

static struct extracted extract_from(const char *question, const char *text)
{
    struct passage passage = {.document = STR("d"), .text = str_of(text)};
    return extract(question, (struct passages){&passage, 1});
}

TEST(extract, the_sentence_that_holds_most_of_the_question_is_first)
{
    struct extracted e = extract_from(
        "출장비는 언제 지급하나요?",
        "휴가는 미리 신청한다. 출장비는 다음 달 10일에 지급한다. 지급 방법은 계좌 이체이다. 영수증을 낸다.");
    assert_int_equal(e.n, 3);
    assert_str_equal(e.sentences[0].text, STR("출장비는 다음 달 10일에 지급한다."));
    assert_true(e.sentences[0].score >= e.sentences[1].score && e.sentences[1].score >= e.sentences[2].score);
}

TEST(extract, what_the_question_word_asks_for_decides_between_equals)
{
    struct extracted e =
        extract_from("출장비 신청은 며칠 전까지 하나요?", "출장비 신청은 팀장에게 한다. 출장비 신청은 3일 전까지다.");
    assert_str_equal(e.sentences[0].text, STR("출장비 신청은 3일 전까지다."));
    e = extract_from("출장비 담당은 누구인가요?", "출장비 담당 부서가 있다. 출장비 담당은 김길동 부장이다.");
    assert_str_equal(e.sentences[0].text, STR("출장비 담당은 김길동 부장이다."));
}

TEST(extract, a_table_row_is_read_with_the_names_of_its_columns)
{
    struct extracted e =
        extract_from("근속 3년의 연차 일수",
                     "연차는 다음과 같다.\n근속 | 연차 일수\n1년 | 15일\n3년 | 16일\n끝으로 문의는 총무팀에 한다.");
    assert_str_equal(e.sentences[0].text, STR("3년 | 16일"));
    struct str readable;
    assert_int_equal(extract_readable(&arena, e.sentences, &readable), OK);
    assert_str_equal(readable, STR("근속: 3년, 연차 일수: 16일"));
}

TEST(extract, markdown_tables_are_read_too)
{
    struct extracted e = extract_from("3년 연차", "| 근속 | 연차 |\n|---|---|\n| 1년 | 15일 |\n| 3년 | 16일 |");
    struct str readable;
    assert_int_equal(e.n, 2);
    assert_int_equal(extract_readable(&arena, e.sentences, &readable), OK);
    assert_str_equal(readable, STR("근속: 3년, 연차: 16일"));
}

TEST(extract, later_passages_count_only_when_the_first_is_empty)
{
    struct passage passages[] = {{.text = STR("휴가는 미리 신청한다.")}, {.text = STR("출장비는 10일에 지급한다.")}};
    struct extracted e = extract("출장비는 언제 지급하나요?", (struct passages){passages, 2});
    assert_int_equal(e.n, 1);
    assert_int_equal(e.sentences[0].passage, 0);
    passages[0].text = STR(" \n ");
    e = extract("출장비는 언제 지급하나요?", (struct passages){passages, 2});
    assert_int_equal(e.sentences[0].passage, 1);
}

TEST(extract, reading_order_is_that_of_the_page)
{
    struct extracted e = extract_from("출장비 지급", "영수증을 낸다. 지급은 빠르다. 출장비 지급은 10일이다.");
    size_t order[EXTRACT_MOST];
    extract_reading_order(&e, order);
    assert_int_equal(e.n, 3);
    assert_str_equal(e.sentences[order[0]].text, STR("영수증을 낸다."));
    assert_str_equal(e.sentences[order[2]].text, STR("출장비 지급은 10일이다."));
}

TEST(extract, nothing_gives_nothing)
{
    assert_int_equal(extract("출장비?", (struct passages){NULL, 0}).n, 0);
    assert_int_equal(extract_from("출장비?", "").n, 0);
    assert_int_equal(extract_from("", "출장비는 10일에 준다.").n, 1);
}

TEST_MAIN
