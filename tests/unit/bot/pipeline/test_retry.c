#include "bot/pipeline/pacer.h"
#include "bot/pipeline/retry.h"
#include "tests/support/test.h"

TEST(retry, waits_twice_as_long_each_time_up_to_the_most)
{
    struct retry_policy policy = {.first_ms = 1000, .most_ms = 60000, .attempts = 10};
    assert_int_equal(retry_delay_ms(&policy, 1, 0, 0), 500);
    assert_int_equal(retry_delay_ms(&policy, 2, 0, 0), 1000);
    assert_int_equal(retry_delay_ms(&policy, 3, 0, 0), 2000);
    assert_int_equal(retry_delay_ms(&policy, 60, 0, 0), 30000);
}

TEST(retry, jitter_adds_at_most_the_other_half)
{
    struct retry_policy policy = {.first_ms = 1000, .most_ms = 60000, .attempts = 10};
    for (uint32_t random = 0; random < 0xF0000000u; random += 0x01234567u) {
        int64_t delay = retry_delay_ms(&policy, 1, 0, random);
        assert_true(delay >= 500 && delay < 1000);
    }
}

TEST(retry, never_comes_back_sooner_than_it_was_asked_to)
{
    assert_int_equal(retry_delay_ms(&retry_deliveries, 1, 30000, 0), 30000);
}

TEST(retry, gives_up_after_the_last_attempt)
{
    struct retry_policy policy = {.first_ms = 1, .most_ms = 1, .attempts = 3};
    assert_true(retry_again(&policy, 2));
    assert_false(retry_again(&policy, 3));
}

TEST(pacer, the_same_place_waits_and_another_does_not)
{
    struct pacer *pacer = pacer_new();
    assert_non_null(pacer);
    assert_int_equal(pacer_take(pacer, STR("C1"), 10000, 1000), 0);
    assert_int_equal(pacer_take(pacer, STR("C1"), 10400, 1000), 600);
    assert_int_equal(pacer_take(pacer, STR("C2"), 10400, 1000), 0);
    assert_int_equal(pacer_take(pacer, STR("C1"), 11000, 1000), 0);
    assert_int_equal(pacer_take(pacer, STR("C1"), 11001, 1000), 999);
    pacer_free(pacer);
}

TEST(pacer, without_a_key_or_a_pace_nothing_waits)
{
    struct pacer *pacer = pacer_new();
    assert_non_null(pacer);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pacer_take(pacer, STR(""), 0, 1000), 0);
        assert_int_equal(pacer_take(pacer, STR("C1"), 0, 0), 0);
    }
    pacer_free(pacer);
}

TEST(pacer, holds_the_limit_when_its_table_is_full)
{
    struct pacer *pacer = pacer_new();
    assert_non_null(pacer);
    char key[16];
    int waited = 0;
    for (int i = 0; i < 2 * PACER_KEYS; i++) {
        int n = snprintf(key, sizeof key, "C%d", i);
        waited += pacer_take(pacer, (struct str){key, (size_t)n}, 0, 1000) > 0;
    }
    assert_true(waited >= PACER_KEYS); /* the rest was told to wait, none was forgotten */
    assert_int_equal(pacer_take(pacer, STR("C0"), 500, 1000), 500);
    assert_int_equal(pacer_take(pacer, STR("new"), 1000, 1000), 0);
    pacer_free(pacer);
}

TEST_MAIN
