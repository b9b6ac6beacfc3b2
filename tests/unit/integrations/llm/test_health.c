#include "integrations/llm/health.h"

#include "tests/support/test.h"

#include "bot/base/banned.h"

static void note(struct health *health, enum health_event event, int64_t now_ms)
{
    health_note(health, (struct health_news){.event = event, .retry_after_ms = -1, .chance = 0.5}, now_ms);
}

static void fail_thrice(struct health *health, int64_t now_ms)
{
    for (int i = 0; i < HEALTH_FAILURES; i++) {
        assert_true(health_take(health, now_ms));
        note(health, HEALTH_FAILED, now_ms);
    }
}

TEST(health, some_failures_in_a_row_open_it_and_an_answer_between_them_forgives_all)
{
    struct health health = {0};
    note(&health, HEALTH_FAILED, 0);
    note(&health, HEALTH_FAILED, 0);
    note(&health, HEALTH_ANSWERED, 0);
    note(&health, HEALTH_FAILED, 0);
    note(&health, HEALTH_FAILED, 0);
    assert_int_equal(health_state(&health, 0), HEALTH_CLOSED);
    note(&health, HEALTH_FAILED, 0);
    assert_int_equal(health_state(&health, 0), HEALTH_OPEN);
    assert_false(health_take(&health, HEALTH_REST_MS - 1));
}

TEST(health, after_its_rest_one_call_is_let_through_and_no_second)
{
    struct health health = {0};
    fail_thrice(&health, 0);
    assert_int_equal(health_state(&health, HEALTH_REST_MS), HEALTH_HALF_OPEN);
    assert_true(health_ready(&health, HEALTH_REST_MS));
    assert_true(health_take(&health, HEALTH_REST_MS));
    assert_false(health_ready(&health, HEALTH_REST_MS));
    assert_false(health_take(&health, HEALTH_REST_MS));
    note(&health, HEALTH_ANSWERED, HEALTH_REST_MS + 1);
    assert_int_equal(health_state(&health, HEALTH_REST_MS + 1), HEALTH_CLOSED);
    assert_true(health_take(&health, HEALTH_REST_MS + 1));
    assert_true(health_take(&health, HEALTH_REST_MS + 1));
}

TEST(health, a_call_that_says_nothing_about_it_leaves_the_next_one_to_try)
{
    struct health health = {0};
    fail_thrice(&health, 0);
    assert_true(health_take(&health, HEALTH_REST_MS));
    note(&health, HEALTH_UNDECIDED, HEALTH_REST_MS);
    assert_true(health_take(&health, HEALTH_REST_MS));
}

TEST(health, each_rest_is_twice_as_long_up_to_the_longest)
{
    struct health health = {0};
    int64_t now_ms = 0, rest_ms = HEALTH_REST_MS;
    fail_thrice(&health, now_ms);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(health.until_ms, now_ms + rest_ms);
        now_ms = health.until_ms;
        assert_true(health_take(&health, now_ms));
        note(&health, HEALTH_FAILED, now_ms);
        rest_ms = 2 * rest_ms < HEALTH_REST_MOST_MS ? 2 * rest_ms : HEALTH_REST_MOST_MS;
    }
}

TEST(health, rests_are_spread_by_a_fifth)
{
    for (int chance = 0; chance <= 1; chance++) {
        struct health health = {.failures = HEALTH_FAILURES - 1};
        health_note(&health, (struct health_news){.event = HEALTH_FAILED, .chance = chance}, 0);
        assert_int_equal(health.until_ms, HEALTH_REST_MS * (chance == 0 ? 8 : 12) / 10);
    }
}

TEST(health, who_is_told_to_wait_an_hour_waits_an_hour)
{
    struct health health = {0};
    health_note(&health, (struct health_news){.event = HEALTH_BUSY, .retry_after_ms = 3600000}, 1000);
    assert_false(health_take(&health, 3600999));
    assert_true(health_take(&health, 3601000));
}

TEST(health, who_is_busy_without_a_time_is_asked_again_soon_then_later)
{
    struct health health = {0};
    note(&health, HEALTH_BUSY, 0);
    assert_int_equal(health.until_ms, HEALTH_BUSY_REST_MS);
    assert_true(health_take(&health, HEALTH_BUSY_REST_MS));
    note(&health, HEALTH_BUSY, HEALTH_BUSY_REST_MS);
    assert_int_equal(health.until_ms, 3 * HEALTH_BUSY_REST_MS);
}

TEST(health, who_refuses_our_key_rests_at_once_and_long)
{
    struct health health = {0};
    note(&health, HEALTH_REFUSED, 0);
    assert_false(health_take(&health, HEALTH_REFUSED_REST_MS - 1));
    assert_true(health_take(&health, HEALTH_REFUSED_REST_MS));
}

TEST_MAIN
