#include "bot/cli/proportions.h"

#include <math.h>

#include "tests/support/test.h"

#include "bot/base/banned.h"

/* Newcombe 1998, table II, method 10. */
static const struct {
    struct proportion a, b;
    double low, high;
} published[] = {
    {{56, 70}, {48, 80}, 0.0524, 0.3339}, {{9, 10}, {3, 10}, 0.1705, 0.8090},  {{6, 7}, {2, 7}, 0.0582, 0.8062},
    {{5, 56}, {0, 29}, -0.0381, 0.1926},  {{0, 10}, {0, 20}, -0.1611, 0.2775}, {{0, 10}, {0, 10}, -0.2775, 0.2775},
    {{10, 10}, {0, 20}, 0.6791, 1.0000},  {{10, 10}, {0, 10}, 0.6075, 1.0000},
};

static void assert_near(double got, double wanted)
{
    if (fabs(got - wanted) > 0.00005)
        fail_msg("got %.6f, expected %.4f", got, wanted);
}

TEST(proportions, the_interval_of_a_difference_is_newcombe_s)
{
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        struct difference difference = proportion_difference(published[i].a, published[i].b);
        assert_near(difference.interval.low, published[i].low);
        assert_near(difference.interval.high, published[i].high);
    }
}

TEST(proportions, the_interval_of_a_share_is_wilson_s)
{
    /* Newcombe 1998 (Statistics in Medicine 17:857-872), table I, method 3: 81/263, 15/148, 0/20, 1/29 */
    struct interval a = proportion_interval((struct proportion){81, 263});
    struct interval b = proportion_interval((struct proportion){15, 148});
    struct interval c = proportion_interval((struct proportion){0, 20});
    struct interval d = proportion_interval((struct proportion){1, 29});
    assert_near(a.low, 0.2553);
    assert_near(a.high, 0.3662);
    assert_near(b.low, 0.0624);
    assert_near(b.high, 0.1605);
    assert_near(c.low, 0.0000);
    assert_near(c.high, 0.1611);
    assert_near(d.low, 0.0061);
    assert_near(d.high, 0.1718);
}

TEST(proportions, an_interval_with_zero_in_it_does_not_tell)
{
    assert_true(proportion_difference((struct proportion){56, 70}, (struct proportion){48, 80}).tells);
    assert_true(proportion_difference((struct proportion){48, 80}, (struct proportion){56, 70}).tells);
    assert_false(proportion_difference((struct proportion){50, 80}, (struct proportion){48, 80}).tells);
}

TEST(proportions, too_few_people_do_not_tell_however_far_they_are_apart)
{
    assert_false(proportion_difference((struct proportion){29, 29}, (struct proportion){0, 100}).tells);
    assert_true(proportion_difference((struct proportion){30, 30}, (struct proportion){0, 100}).tells);
}

TEST(proportions, nobody_is_no_share)
{
    struct difference difference = proportion_difference((struct proportion){0, 0}, (struct proportion){0, 0});
    assert_near(difference.interval.low, -1.0);
    assert_near(difference.interval.high, 1.0);
    assert_false(difference.tells);
}

TEST_MAIN
