/* The pace of a place: the line of those who wait for it. */
#include "bot/pipeline/pacer.h"

#include "tests/support/test.h"

#include "bot/base/banned.h"

static int64_t wait_of(struct pacer *pacer, const char *key, int64_t now_ms)
{
    int64_t wait_ms = -1;
    assert_true(pacer_take(pacer, &(struct pacer_request){str_of(key), now_ms, 1000}, &wait_ms));
    return wait_ms;
}

TEST(pacer, the_first_goes_at_once_and_each_next_one_a_pace_later)
{
    struct pacer *pacer = pacer_new();
    assert_int_equal(wait_of(pacer, "C1", 5000), 0);
    assert_int_equal(wait_of(pacer, "C1", 5000), 1000);
    assert_int_equal(wait_of(pacer, "C1", 5400), 1600);
    assert_int_equal(wait_of(pacer, "C2", 5400), 0);
    assert_int_equal(wait_of(pacer, "C1", 9000), 0);
    pacer_free(pacer);
}

TEST(pacer, without_a_key_or_a_pace_nothing_waits)
{
    struct pacer *pacer = pacer_new();
    int64_t wait_ms = -1;
    for (int i = 0; i < 3; i++) {
        assert_true(pacer_take(pacer, &(struct pacer_request){STR(""), 1, 1000}, &wait_ms));
        assert_int_equal(wait_ms, 0);
        assert_true(pacer_take(pacer, &(struct pacer_request){STR("C"), 1, 0}, &wait_ms));
        assert_int_equal(wait_ms, 0);
    }
    pacer_free(pacer);
}

TEST(pacer, when_everything_is_busy_a_place_is_asked_for_again)
{
    struct pacer *pacer = pacer_new();
    int64_t wait_ms = 0;
    bool all = true;
    for (int i = 0; i < 4 * PACER_KEYS && all; i++) {
        char key[16];
        snprintf(key, sizeof key, "C%d", i);
        all = pacer_take(pacer, &(struct pacer_request){str_of(key), 1000, 1000}, &wait_ms);
    }
    assert_false(all);
    assert_int_equal(wait_ms, 1000);
    assert_int_equal(wait_of(pacer, "again", 3000), 0);
    pacer_free(pacer);
}

TEST_MAIN
