#include "flows/answer/abstain.h"

#include "store/index/search.h"
#include "tests/support/test.h"

TEST(abstain, a_passage_that_holds_all_of_the_question_is_answered_from)
{
    struct search_features all = {
        .cov = 1, .covp = 1, .order = 1, .sent1 = 0.9, .sent2 = 1, .win60 = 0.8, .win150 = 1, .lcs = 0.5};
    assert_true(abstain_score(&all) > 0.95);
    assert_true(abstain_may_answer(abstain_score(&all)));
}

TEST(abstain, a_passage_that_holds_little_of_it_is_not)
{
    struct search_features little = {.cov = 0.3, .covp = 0.4, .sent1 = 0.3, .sent2 = 0.35, .lcs = 0.2};
    assert_true(abstain_score(&little) < 0.1);
    assert_false(abstain_may_answer(abstain_score(&little)));
}

TEST(abstain, more_coverage_is_never_less_sure)
{
    double before = 0;
    for (int i = 0; i <= 10; i++) {
        struct search_features f = {.cov = i / 10.0, .covp = i / 10.0, .sent2 = i / 10.0};
        double score = abstain_score(&f);
        assert_true(score >= before && score >= 0 && score <= 1);
        before = score;
    }
}

TEST_MAIN
