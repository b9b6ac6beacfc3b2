#include "flows/rules/temporal_text.h"

#include "bot/base/buf.h"

#include "tests/support/test.h"

enum form { DATE, TIME, MOMENT, SECONDS, MONTHS };

/* What is read, written again; "no" when it is not of that form. */
static void check(enum form form, const char *text, const char *expected)
{
    struct temporal_date date;
    struct temporal_time time;
    struct temporal_moment moment;
    struct decimal seconds;
    int64_t months;
    bool read = false;
    struct buf out;
    buf_init(&out, NULL, 1000);
    switch (form) {
    case DATE:
        if ((read = temporal_read_date(str_of(text), &date)))
            temporal_add_date(&out, date);
        break;
    case TIME:
        if ((read = temporal_read_time(str_of(text), &time)))
            temporal_add_time(&out, &time);
        break;
    case MOMENT:
        if ((read = temporal_read_moment(str_of(text), &moment)))
            temporal_add_moment(&out, &moment);
        break;
    case SECONDS:
        if ((read = temporal_read_seconds(str_of(text), &seconds)))
            temporal_add_seconds(&out, seconds);
        break;
    case MONTHS:
        if ((read = temporal_read_months(str_of(text), &months)))
            temporal_add_months_text(&out, months);
        break;
    }
    struct str got = read ? buf_str(&out) : STR("no");
    if (!str_eq(got, str_of(expected)))
        fail_msg("\"%s\" is read as %.*s, not %s", text, STR_ARG(got), expected);
    buf_release(&out);
}

TEST(temporal_text, dates)
{
    check(DATE, "2026-03-05", "2026-03-05");
    check(DATE, "0001-01-01", "0001-01-01");
    check(DATE, "-0044-03-15", "-0044-03-15");
    check(DATE, "0000-02-29", "0000-02-29");
    check(DATE, "999999999-12-31", "999999999-12-31");
    check(DATE, "-999999999-01-01", "-999999999-01-01");
    check(DATE, "2026-03-05Z", "2026-03-05");
    check(DATE, "2026-03-05+09:00", "2026-03-05");
    check(DATE, "", "no");
    check(DATE, "2026-3-05", "no");
    check(DATE, "26-03-05", "no");
    check(DATE, "02026-03-05", "no");
    check(DATE, "+2026-03-05", "no");
    check(DATE, "2026-02-29", "no");
    check(DATE, "2026-03-05T10:00:00", "no");
    check(DATE, "2026-03-05@Asia/Seoul", "no");
    check(DATE, "2026-03-05 ", "no");
    check(DATE, "1000000000-01-01", "no");
    check(DATE, "20260305", "no");
}

TEST(temporal_text, times)
{
    check(TIME, "10:30:00", "10:30:00");
    check(TIME, "10:30:05.250", "10:30:05.25");
    check(TIME, "10:30:00.000", "10:30:00");
    check(TIME, "23:59:59.123456789012345678901234567890", "23:59:59.12345678901234567890123456789");
    check(TIME, "10:30:00Z", "10:30:00Z");
    check(TIME, "10:30:00z", "10:30:00Z");
    check(TIME, "10:30:00+00:00", "10:30:00Z");
    check(TIME, "10:30:00-00:00", "10:30:00Z");
    check(TIME, "10:30:00+09:00", "10:30:00+09:00");
    check(TIME, "10:30:00-03:30", "10:30:00-03:30");
    check(TIME, "10:30:00+02:45:55", "10:30:00+02:45:55");
    check(TIME, "10:30:00+14:00", "10:30:00+14:00");
    check(TIME, "10:30:00@Asia/Seoul", "10:30:00@Asia/Seoul");
    check(TIME, "10:30@Asia/Seoul", "10:30:00@Asia/Seoul");
    check(TIME, "24:00:00", "00:00:00");
    check(TIME, "24:00:01", "no");
    check(TIME, "10:30", "no");
    check(TIME, "10:30:60", "no");
    check(TIME, "1:30:00", "no");
    check(TIME, "10:30:0", "no");
    check(TIME, "10:30:00.", "no");
    check(TIME, "10:30:00+14:01", "no");
    check(TIME, "10:30:00+9:00", "no");
    check(TIME, "10:30:00+09", "no");
    check(TIME, "10:30:00+09:60", "no");
    check(TIME, "10:30:00Z+01:00", "no");
    check(TIME, "10:30:00+01:00@Europe/Paris", "no");
    check(TIME, "10:30:00@", "no");
    check(TIME, "T10:30:00", "no");
}

TEST(temporal_text, dates_and_times)
{
    check(MOMENT, "2026-03-05T10:30:00", "2026-03-05T10:30:00");
    check(MOMENT, "2026-03-05", "2026-03-05T00:00:00");
    check(MOMENT, "2012-03-07Z", "2012-03-07T00:00:00Z");
    check(MOMENT, "2026-03-05T10:30:00.5+09:00", "2026-03-05T10:30:00.5+09:00");
    check(MOMENT, "2026-03-05T10:30:00@Asia/Seoul", "2026-03-05T10:30:00@Asia/Seoul");
    check(MOMENT, "2026-12-31T24:00:00", "2027-01-01T00:00:00");
    check(MOMENT, "-0044-03-15T12:00:00Z", "-0044-03-15T12:00:00Z");
    check(MOMENT, "999999999-12-31T24:00:00", "no");
    check(MOMENT, "2026-03-05@Asia/Seoul", "no");
    check(MOMENT, "2026-03-05T", "no");
    check(MOMENT, "2026-03-05t10:30:00", "no");
    check(MOMENT, "2026-03-05 10:30:00", "no");
    check(MOMENT, "10:30:00", "no");
}

TEST(temporal_text, durations_of_days_and_time)
{
    check(SECONDS, "P1DT2H3M4.5S", "P1DT2H3M4.5S");
    check(SECONDS, "PT36H", "P1DT12H");
    check(SECONDS, "-PT90M", "-PT1H30M");
    check(SECONDS, "PT0S", "PT0S");
    check(SECONDS, "-P0D", "PT0S");
    check(SECONDS, "PT0.000000001S", "PT0.000000001S");
    check(SECONDS, "P1D", "P1D");
    check(SECONDS, "PT86400S", "P1D");
    check(SECONDS, "P11574074074074D", "P11574074074074D");
    check(SECONDS, "P", "no");
    check(SECONDS, "PT", "no");
    check(SECONDS, "P1DT", "no");
    check(SECONDS, "P1M", "no");
    check(SECONDS, "P1Y1D", "no");
    check(SECONDS, "P1W", "no");
    check(SECONDS, "P-1D", "no");
    check(SECONDS, "PT1.5H", "no");
    check(SECONDS, "PT1S1M", "no");
    check(SECONDS, "PT.5S", "no");
    check(SECONDS, "1D", "no");
    check(SECONDS, "P999999999999999999D", "no");
    check(SECONDS, "P9999999999999999999999D", "no");
}

TEST(temporal_text, durations_of_years_and_months)
{
    check(MONTHS, "P1Y2M", "P1Y2M");
    check(MONTHS, "P26M", "P2Y2M");
    check(MONTHS, "-P13M", "-P1Y1M");
    check(MONTHS, "P0Y", "P0M");
    check(MONTHS, "P999999999Y", "P999999999Y");
    check(MONTHS, "P", "no");
    check(MONTHS, "P1D", "no");
    check(MONTHS, "P1Y2M3D", "no");
    check(MONTHS, "P1.5Y", "no");
    check(MONTHS, "PT1M", "no");
    check(MONTHS, "P2M1Y", "no");
    check(MONTHS, "P999999999999999999Y", "no");
}

TEST(temporal_text, offsets)
{
    int32_t offset_s;
    assert_true(temporal_read_offset(STR("-03:30"), &offset_s));
    assert_int_equal(offset_s, -12600);
    assert_true(temporal_read_offset(STR("Z"), &offset_s));
    assert_int_equal(offset_s, 0);
    assert_false(temporal_read_offset(STR(""), &offset_s));
    assert_false(temporal_read_offset(STR("@Asia/Seoul"), &offset_s));
    assert_false(temporal_read_offset(STR("Asia/Seoul"), &offset_s));
}

TEST_MAIN
