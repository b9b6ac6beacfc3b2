#include "flows/rules/temporal.h"

#include "tests/support/test.h"

static struct temporal_date date(int64_t year, int64_t month, int64_t day)
{
    struct temporal_date made;
    assert_true(temporal_date_make(year, month, day, &made));
    return made;
}

static struct decimal number(const char *text)
{
    struct decimal made;
    assert_true(decimal_from_str(str_of(text), &made));
    return made;
}

static void assert_date(struct temporal_date got, int32_t year, int month, int day)
{
    assert_int_equal(got.year, year);
    assert_int_equal(got.month, month);
    assert_int_equal(got.day, day);
}

TEST(temporal, a_date_is_one_of_the_calendar)
{
    struct temporal_date made;
    assert_true(temporal_date_make(2024, 2, 29, &made));
    assert_false(temporal_date_make(2023, 2, 29, &made));
    assert_false(temporal_date_make(1900, 2, 29, &made));
    assert_true(temporal_date_make(2000, 2, 29, &made));
    assert_false(temporal_date_make(2024, 13, 1, &made));
    assert_false(temporal_date_make(2024, 4, 31, &made));
    assert_false(temporal_date_make(2024, 0, 1, &made));
    assert_true(temporal_date_make(999999999, 12, 31, &made));
    assert_false(temporal_date_make(1000000000, 1, 1, &made));
    assert_true(temporal_date_make(-999999999, 1, 1, &made));
}

TEST(temporal, days_count_back_and_forth_over_all_years)
{
    static const int64_t days[] = {0, -1, 365, -719468, 11016, 365241779740, -365243219162};
    struct temporal_date made;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        assert_true(temporal_date_of_days(days[i], &made));
        assert_int_equal(temporal_date_days(made), days[i]);
    }
    int64_t last = temporal_date_days(date(999999999, 12, 31));
    assert_true(temporal_date_of_days(last, &made));
    assert_false(temporal_date_of_days(last + 1, &made));
    assert_false(temporal_date_of_days(INT64_MAX, &made));
    assert_false(temporal_date_of_days(temporal_date_days(date(-999999999, 1, 1)) - 1, &made));
}

TEST(temporal, weeks_and_days_of_the_year_are_those_of_iso_8601)
{
    assert_int_equal(temporal_weekday(date(1970, 1, 1)), 4);
    assert_int_equal(temporal_weekday(date(2026, 3, 1)), 7);
    assert_int_equal(temporal_weekday(date(-1, 12, 31)), 5);
    assert_int_equal(temporal_day_of_year(date(2024, 12, 31)), 366);
    assert_int_equal(temporal_week(date(2005, 1, 1)), 53);
    assert_int_equal(temporal_week(date(2008, 12, 29)), 1);
    assert_int_equal(temporal_week(date(2010, 1, 3)), 53);
    assert_int_equal(temporal_week(date(2020, 12, 31)), 53);
    assert_int_equal(temporal_week(date(2021, 1, 4)), 1);
}

TEST(temporal, months_are_added_up_to_the_last_day_of_a_shorter_one)
{
    struct temporal_date made;
    assert_true(temporal_add_months(date(2024, 1, 31), 1, &made));
    assert_date(made, 2024, 2, 29);
    assert_true(temporal_add_months(date(2024, 3, 31), -13, &made));
    assert_date(made, 2023, 2, 28);
    assert_true(temporal_add_months(date(2023, 11, 15), 2, &made));
    assert_date(made, 2024, 1, 15);
    assert_true(temporal_add_months(date(1, 1, 1), -1, &made));
    assert_date(made, 0, 12, 1);
    assert_false(temporal_add_months(date(999999999, 12, 1), 1, &made));
    assert_false(temporal_add_months(date(2024, 1, 1), INT64_MAX, &made));
}

TEST(temporal, months_between_dates_are_whole_ones)
{
    assert_int_equal(temporal_months_between(date(2011, 12, 22), date(2013, 8, 24)), 20);
    assert_int_equal(temporal_months_between(date(2013, 8, 24), date(2011, 12, 22)), -20);
    assert_int_equal(temporal_months_between(date(2014, 12, 31), date(2019, 10, 1)), 57);
    assert_int_equal(temporal_months_between(date(2016, 1, 31), date(2016, 2, 29)), 0);
    assert_int_equal(temporal_months_between(date(2016, 2, 29), date(2016, 1, 31)), 0);
}

TEST(temporal, a_time_is_of_one_day)
{
    struct temporal_time time;
    assert_true(temporal_time_make(23, 59, number("59.999999999"), &time));
    assert_false(temporal_time_make(24, 0, number("0"), &time));
    assert_false(temporal_time_make(0, 60, number("0"), &time));
    assert_false(temporal_time_make(0, 0, number("60"), &time));
    assert_false(temporal_time_make(0, 0, number("-1"), &time));
}

TEST(temporal, seconds_split_into_days_and_a_rest_that_is_never_negative)
{
    int64_t days;
    struct decimal rest;
    assert_true(temporal_split_days(number("90000.5"), &days, &rest));
    assert_int_equal(days, 1);
    assert_int_equal(decimal_cmp(rest, number("3600.5")), 0);
    assert_true(temporal_split_days(number("-1"), &days, &rest));
    assert_int_equal(days, -1);
    assert_int_equal(decimal_cmp(rest, number("86399")), 0);
    assert_true(temporal_split_days(number("-0.00000000000000000000000000000000000001"), &days, &rest));
    assert_int_equal(days, 0);
    assert_true(decimal_is_zero(rest));
    assert_false(temporal_split_days(number("1e40"), &days, &rest));
}

TEST(temporal, an_order_counts_offsets_and_whole_seconds)
{
    struct temporal_time a, b;
    assert_true(temporal_time_make(10, 0, number("0.1"), &a));
    assert_true(temporal_time_make(10, 0, number("0.2"), &b));
    assert_int_equal(temporal_time_cmp(&a, &b), 0);
    assert_false(temporal_time_is(&a, &b));
    b = a;
    b.has_offset = true;
    b.offset_s = 3600;
    assert_int_equal(temporal_time_cmp(&a, &b), 0); /* the other's offset is taken */
    a.has_offset = true;
    assert_int_equal(temporal_time_cmp(&a, &b), 1); /* 10:00Z is 11:00+01:00 */
}

TEST(temporal, differences_need_offsets_on_both_sides_or_on_none)
{
    struct temporal_moment a = {.date = date(2020, 1, 2), .time = {.second = number("0.25")}};
    struct temporal_moment b = {.date = date(2020, 1, 1), .time = {.hour = 23, .second = number("0")}};
    struct decimal seconds;
    assert_true(temporal_moment_difference(&a, &b, &seconds));
    assert_int_equal(decimal_cmp(seconds, number("3600.25")), 0);
    a.time.has_offset = true;
    a.time.offset_s = 3600;
    assert_false(temporal_moment_difference(&a, &b, &seconds));
    b.time.has_offset = true;
    assert_true(temporal_moment_difference(&a, &b, &seconds));
    assert_int_equal(decimal_cmp(seconds, number("0.25")), 0);
}

TEST(temporal, parts_of_a_duration_have_its_sign)
{
    struct temporal_days_parts parts = temporal_days_parts(number("-93784.5"));
    assert_int_equal(parts.days, -1);
    assert_int_equal(parts.hours, -2);
    assert_int_equal(parts.minutes, -3);
    assert_int_equal(decimal_cmp(parts.seconds, number("-4.5")), 0);
}

TEST_MAIN
