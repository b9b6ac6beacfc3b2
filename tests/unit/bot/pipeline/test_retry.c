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

TEST_MAIN
