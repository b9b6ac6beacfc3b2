#include "bot/base/clock.h"

#include "tests/support/test.h"

static void assert_iso(int64_t unix_ms, const char *expected)
{
    char text[CLOCK_ISO_BYTES];
    clock_iso(unix_ms, text);
    assert_string_equal(text, expected);
}

static void assert_date(int64_t days, int64_t year, int month, int day)
{
    struct clock_date date = clock_date_of_days(days);
    assert_int_equal(date.year, year);
    assert_int_equal(date.month, month);
    assert_int_equal(date.day, day);
    assert_int_equal(clock_days_of_date(date), days);
}

TEST(clock, known_dates)
{
    assert_date(0, 1970, 1, 1);
    assert_date(-1, 1969, 12, 31);
    assert_date(11016, 2000, 2, 29);
    assert_date(11017, 2000, 3, 1);
    assert_date(20484, 2026, 1, 31);
    assert_date(-719468, 0, 3, 1);
    assert_date(-719528, 0, 1, 1);
    assert_date(-719529, -1, 12, 31);
}

TEST(clock, century_years_are_leap_only_every_400_years)
{
    assert_date(clock_days_of_date((struct clock_date){1900, 2, 28}) + 1, 1900, 3, 1);
    assert_date(clock_days_of_date((struct clock_date){2100, 2, 28}) + 1, 2100, 3, 1);
    assert_date(clock_days_of_date((struct clock_date){2400, 2, 28}) + 1, 2400, 2, 29);
    assert_date(clock_days_of_date((struct clock_date){2024, 2, 28}) + 1, 2024, 2, 29);
}

TEST(clock, every_day_of_eight_centuries_follows_the_one_before)
{
    struct clock_date before = clock_date_of_days(-150000);
    for (int64_t days = -149999; days < 150000; days++) {
        struct clock_date date = clock_date_of_days(days);
        assert_int_equal(clock_days_of_date(date), days);
        bool next_day = date.year == before.year && date.month == before.month && date.day == before.day + 1;
        bool next_month = date.day == 1 && before.day >= 28 &&
                          ((date.year == before.year && date.month == before.month + 1) ||
                           (date.year == before.year + 1 && date.month == 1 && before.month == 12));
        assert_true(next_day || next_month);
        before = date;
    }
}

TEST(clock, times_are_written_in_utc_with_milliseconds)
{
    assert_iso(0, "1970-01-01T00:00:00.000Z");
    assert_iso(1769850000120, "2026-01-31T09:00:00.120Z");
    assert_iso(951782399999, "2000-02-28T23:59:59.999Z");
    assert_iso(951782400000, "2000-02-29T00:00:00.000Z");
}

TEST(clock, times_before_1970_are_negative)
{
    assert_iso(-1, "1969-12-31T23:59:59.999Z");
    assert_iso(-86400000, "1969-12-31T00:00:00.000Z");
    assert_iso(-86400001, "1969-12-30T23:59:59.999Z");
}

TEST(clock, years_beyond_four_digits_are_clamped)
{
    assert_iso(INT64_MIN, "0000-01-01T00:00:00.000Z");
    assert_iso(INT64_MAX, "9999-12-31T23:59:59.999Z");
}

TEST(clock, a_manual_clock_reads_what_the_test_sets)
{
    int64_t now = 5;
    struct clock clock = clock_manual(&now);
    assert_int_equal(clock_now_ms(clock), 5);
    now = -7;
    assert_int_equal(clock_now_ms(clock), -7);
    assert_int_equal(clock_tick_us(clock), -7000);
}

TEST(clock, the_system_s_clock_is_plausible_and_never_ticks_backwards)
{
    struct clock clock = clock_system();
    assert_true(clock_now_ms(clock) > 1700000000000);
    int64_t first = clock_tick_us(clock);
    assert_true(clock_tick_us(clock) >= first);
}

TEST_MAIN
