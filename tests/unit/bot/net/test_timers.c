#include "bot/net/timers.h"

#include <stdlib.h>

#include "bot/net/loop.h"
#include "tests/support/test.h"

TEST(timers, the_next_one_comes_first)
{
    struct timers timers = {0};
    struct loop_timer a = {0}, b = {0}, c = {0};
    timers_set(&timers, &a, 30);
    timers_set(&timers, &b, 10);
    timers_set(&timers, &c, 20);
    assert_int_equal(timers_next(&timers), 10);
    assert_null(timers_take_due(&timers, 9));
    assert_ptr_equal(timers_take_due(&timers, 100), &b);
    assert_ptr_equal(timers_take_due(&timers, 100), &c);
    assert_ptr_equal(timers_take_due(&timers, 100), &a);
    assert_null(timers_take_due(&timers, 100));
    assert_true(timers_next(&timers) == INT64_MAX);
    timers_release(&timers);
}

TEST(timers, a_cancelled_one_never_comes_and_idle_ones_may_be_cancelled)
{
    struct timers timers = {0};
    struct loop_timer a = {0}, b = {0};
    timers_cancel(&timers, &a);
    timers_set(&timers, &a, 1);
    timers_set(&timers, &b, 2);
    timers_cancel(&timers, &a);
    timers_cancel(&timers, &a);
    assert_ptr_equal(timers_take_due(&timers, 5), &b);
    assert_null(timers_take_due(&timers, 5));
    timers_release(&timers);
}

TEST(timers, setting_again_moves)
{
    struct timers timers = {0};
    struct loop_timer a = {0}, b = {0};
    timers_set(&timers, &a, 1);
    timers_set(&timers, &b, 2);
    timers_set(&timers, &a, 3);
    assert_ptr_equal(timers_take_due(&timers, 5), &b);
    assert_ptr_equal(timers_take_due(&timers, 5), &a);
    assert_null(timers_take_due(&timers, 5));
    timers_release(&timers);
}

TEST(timers, any_order_of_setting_and_cancelling_keeps_the_order_of_time)
{
    enum { N = 500 };
    static struct loop_timer all[N];
    struct timers timers = {0};
    unsigned seed = 7;
    for (int round = 0; round < 5000; round++) {
        seed = seed * 1103515245 + 12345;
        struct loop_timer *timer = &all[(seed >> 8) % N];
        if (seed >> 30 == 0)
            timers_cancel(&timers, timer);
        else
            timers_set(&timers, timer, (int64_t)(seed >> 16) % 1000);
    }
    int64_t last = -1;
    struct loop_timer *timer;
    while ((timer = timers_take_due(&timers, INT64_MAX)) != NULL) {
        assert_true(timer->due_us >= last);
        assert_int_equal(timer->place, 0);
        last = timer->due_us;
    }
    assert_int_equal(timers.n, 0);
    timers_release(&timers);
}

TEST_MAIN
