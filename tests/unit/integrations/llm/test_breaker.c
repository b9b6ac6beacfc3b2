#include "integrations/llm/breaker.h"

#include "tests/support/test.h"

#include "bot/base/banned.h"

static void note(struct breaker *breaker, enum breaker_event event, int64_t now_ms)
{
    breaker_note(breaker, (struct breaker_news){.event = event, .retry_after_ms = -1, .chance = 0.5}, now_ms);
}

static void fail_thrice(struct breaker *breaker, int64_t now_ms)
{
    for (int i = 0; i < BREAKER_FAILURES; i++) {
        assert_true(breaker_take(breaker, now_ms));
        note(breaker, BREAKER_FAILED, now_ms);
    }
}

TEST(breaker, some_failures_in_a_row_open_it_and_an_answer_between_them_forgives_all)
{
    struct breaker breaker = {0};
    note(&breaker, BREAKER_FAILED, 0);
    note(&breaker, BREAKER_FAILED, 0);
    note(&breaker, BREAKER_ANSWERED, 0);
    note(&breaker, BREAKER_FAILED, 0);
    note(&breaker, BREAKER_FAILED, 0);
    assert_int_equal(breaker_state(&breaker, 0), BREAKER_CLOSED);
    note(&breaker, BREAKER_FAILED, 0);
    assert_int_equal(breaker_state(&breaker, 0), BREAKER_OPEN);
    assert_false(breaker_take(&breaker, BREAKER_REST_MS - 1));
}

TEST(breaker, after_its_rest_one_call_is_let_through_and_no_second)
{
    struct breaker breaker = {0};
    fail_thrice(&breaker, 0);
    assert_int_equal(breaker_state(&breaker, BREAKER_REST_MS), BREAKER_HALF_OPEN);
    assert_true(breaker_ready(&breaker, BREAKER_REST_MS));
    assert_true(breaker_take(&breaker, BREAKER_REST_MS));
    assert_false(breaker_ready(&breaker, BREAKER_REST_MS));
    assert_false(breaker_take(&breaker, BREAKER_REST_MS));
    note(&breaker, BREAKER_ANSWERED, BREAKER_REST_MS + 1);
    assert_int_equal(breaker_state(&breaker, BREAKER_REST_MS + 1), BREAKER_CLOSED);
    assert_true(breaker_take(&breaker, BREAKER_REST_MS + 1));
    assert_true(breaker_take(&breaker, BREAKER_REST_MS + 1));
}

TEST(breaker, a_call_that_says_nothing_about_it_leaves_the_next_one_to_try)
{
    struct breaker breaker = {0};
    fail_thrice(&breaker, 0);
    assert_true(breaker_take(&breaker, BREAKER_REST_MS));
    note(&breaker, BREAKER_UNDECIDED, BREAKER_REST_MS);
    assert_true(breaker_take(&breaker, BREAKER_REST_MS));
}

TEST(breaker, each_rest_is_twice_as_long_up_to_the_longest)
{
    struct breaker breaker = {0};
    int64_t now_ms = 0, rest_ms = BREAKER_REST_MS;
    fail_thrice(&breaker, now_ms);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(breaker.until_ms, now_ms + rest_ms);
        now_ms = breaker.until_ms;
        assert_true(breaker_take(&breaker, now_ms));
        note(&breaker, BREAKER_FAILED, now_ms);
        rest_ms = 2 * rest_ms < BREAKER_REST_MOST_MS ? 2 * rest_ms : BREAKER_REST_MOST_MS;
    }
}

TEST(breaker, rests_are_spread_by_a_fifth)
{
    for (int chance = 0; chance <= 1; chance++) {
        struct breaker breaker = {.failures = BREAKER_FAILURES - 1};
        breaker_note(&breaker, (struct breaker_news){.event = BREAKER_FAILED, .chance = chance}, 0);
        assert_int_equal(breaker.until_ms, BREAKER_REST_MS * (chance == 0 ? 8 : 12) / 10);
    }
}

TEST(breaker, who_is_told_to_wait_an_hour_waits_an_hour)
{
    struct breaker breaker = {0};
    breaker_note(&breaker, (struct breaker_news){.event = BREAKER_BUSY, .retry_after_ms = 3600000}, 1000);
    assert_false(breaker_take(&breaker, 3600999));
    assert_true(breaker_take(&breaker, 3601000));
}

TEST(breaker, who_is_busy_without_a_time_is_asked_again_soon_then_later)
{
    struct breaker breaker = {0};
    note(&breaker, BREAKER_BUSY, 0);
    assert_int_equal(breaker.until_ms, BREAKER_BUSY_REST_MS);
    assert_true(breaker_take(&breaker, BREAKER_BUSY_REST_MS));
    note(&breaker, BREAKER_BUSY, BREAKER_BUSY_REST_MS);
    assert_int_equal(breaker.until_ms, 3 * BREAKER_BUSY_REST_MS);
}

TEST(breaker, who_refuses_our_key_rests_at_once_and_long)
{
    struct breaker breaker = {0};
    note(&breaker, BREAKER_REFUSED, 0);
    assert_false(breaker_take(&breaker, BREAKER_REFUSED_REST_MS - 1));
    assert_true(breaker_take(&breaker, BREAKER_REFUSED_REST_MS));
}

TEST_MAIN
