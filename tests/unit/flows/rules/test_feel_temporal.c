#include "bot/base/clock.h"
#include "tests/unit/flows/rules/feel_fixture.h"

/* ── making ────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(feel_temporal, literals_are_what_their_text_looks_like)
{
    check("@\"2026-03-05\" instance of date", "true");
    check("@\"10:30:00\" instance of time", "true");
    check("@\"2026-03-05T10:30:00\" instance of date and time", "true");
    check("@\"P1DT2H\" instance of days and time duration", "true");
    check("@\"P1Y\" instance of years and months duration", "true");
    check("[@\"2026-03-05\", @\"10:30:00\"]", "[\"2026-03-05\", \"10:30:00\"]");
    check_error_with("{}", "1 + @\"5 March\"",
                     "column 5: \"5 March\" is no date, time or duration; write it like 2026-03-05, 09:30:00, "
                     "2026-03-05T09:30:00+09:00, P1DT2H or P1Y6M");
    check_error_with("{}", "@today", "column 2: `today` is not expected here; a text in quotes must stand here");
}

TEST(feel_temporal, functions_make_dates)
{
    check("date(\"2026-03-05\")", "\"2026-03-05\"");
    check("date(2026, 3, 5)", "\"2026-03-05\"");
    check("date(year: 2026, month: 3, day: 5)", "\"2026-03-05\"");
    check("date(date and time(\"2026-03-05T23:59:00+09:00\"))", "\"2026-03-05\"");
    check("date(\"2026-03-05\") = date(date(\"2026-03-05\"))", "true");
    check_reason("date(\"2026-02-29\")", "date() cannot read \"2026-02-29\"");
    check_reason("date(2026, 2, 29)", "date()");
    check_reason("date(1000000000, 1, 1)", "date()");
    check_reason("date(null)", "date");
    check_reason("date(time(\"10:00:00\"))", "date() must be");
}

TEST(feel_temporal, functions_make_times)
{
    check("time(\"10:30:00.5\")", "\"10:30:00.5\"");
    check("time(10, 30, 0.5)", "\"10:30:00.5\"");
    check("time(10, 30, 0, duration(\"PT9H\"))", "\"10:30:00+09:00\"");
    check("time(10, 30, 0, null)", "\"10:30:00\"");
    check("time(hour: 10, minute: 30, second: 0)", "\"10:30:00\"");
    check("time(@\"2026-03-05T10:30:00@Asia/Seoul\")", "\"10:30:00@Asia/Seoul\"");
    check("time(@\"2026-03-05\")", "\"00:00:00Z\"");
    check_reason("time(24, 0, 0)", "time()");
    check_reason("time(10, 0, 0, duration(\"PT15H\"))", "not more than 14 hours");
    check_reason("time(\"10:00:00@Asia/Nowhere\")", "time() cannot read");
}

TEST(feel_temporal, functions_make_dates_with_times)
{
    check("date and time(\"2026-03-05T10:30:00\")", "\"2026-03-05T10:30:00\"");
    check("date and time(\"2026-03-05\")", "\"2026-03-05T00:00:00\"");
    check("date and time(date(\"2026-03-05\"), time(\"10:30:00+09:00\"))", "\"2026-03-05T10:30:00+09:00\"");
    check("date and time(@\"2026-03-05T01:00:00Z\", @\"10:30:00\")", "\"2026-03-05T10:30:00\"");
    check("date and time(date(\"2026-07-05\"), time(\"10:30:00@Europe/Paris\")).time offset", "\"PT2H\"");
    check("date and time(date: date(\"2026-03-05\"), time: time(\"10:30:00\"))", "\"2026-03-05T10:30:00\"");
    check_reason("date and time(\"10:30:00\")", "date and time() cannot read");
}

TEST(feel_temporal, functions_make_durations)
{
    check("duration(\"P1DT25H\")", "\"P2DT1H\"");
    check("duration(\"P14M\")", "\"P1Y2M\"");
    check("duration(\"P0D\")", "\"PT0S\"");
    check_reason("duration(\"P1Y2D\")", "duration() cannot read \"P1Y2D\"");
    check("years and months duration(date(\"2011-12-22\"), date(\"2013-08-24\"))", "\"P1Y8M\"");
    check("years and months duration(from: @\"2013-08-24T00:00:00\", to: @\"2011-12-22T00:00:00\")", "\"-P1Y8M\"");
}

TEST(feel_temporal, what_functions_read_need_not_be_a_literal)
{
    check_with("{\"birthday\": \"1990-05-17\"}", "date(birthday).month", "5");
    check_with("{\"at\": \"10:30:00@Asia/Seoul\"}", "time(at).timezone", "\"Asia/Seoul\"");
    check_with("{\"long\": \"P400D\"}", "duration(long).days", "400");
    check_with("{\"date\": \"2026-01-01\"}", "date(date).year", "2026");
    check("{date: date(\"2026-01-01\"), next: date(\"2026-01-02\"), gap: next - date}.gap", "\"P1D\"");
}

/* ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(feel_temporal, parts_are_properties)
{
    check("@\"2026-03-05\".year", "2026");
    check("@\"2026-03-05\".weekday", "4");
    check("@\"2026-03-05T10:30:15.25@Asia/Seoul\".second", "15.25");
    check("@\"2026-03-05T10:30:15@Asia/Seoul\".time offset", "\"PT9H\"");
    check("@\"2026-03-05T10:30:15@Asia/Seoul\".timezone", "\"Asia/Seoul\"");
    check("@\"10:30:15\".time offset", "null");
    check("@\"10:30:15+09:00\".timezone", "null");
    check("@\"-P1DT2H3M4.5S\".hours", "-2");
    check("@\"P1Y2M\".months", "2");
    check("[@\"2026-03-05\", @\"2027-03-05\"].year", "[2026, 2027]");
    check_reason("@\"2026-03-05\".hour", "a date has no member `hour`");
    check_reason("@\"P1Y\".days", "a years and months duration has no member `days`");
}

TEST(feel_temporal, the_calendar_has_names_and_numbers)
{
    check("day of week(@\"2019-09-17\")", "\"Tuesday\"");
    check("day of year(@\"2019-09-17T10:00:00\")", "260");
    check("week of year(@\"2005-01-01\")", "53");
    check("month of year(date: @\"2019-09-17\")", "\"September\"");
    check_reason("day of week(\"2019-09-17\")", "must be a date");
}

TEST(feel_temporal, are_compared_with_their_like)
{
    check("@\"2026-03-05\" < @\"2026-03-06\"", "true");
    check("@\"P1D\" = @\"PT24H\"", "true");
    check("@\"P1Y\" > @\"P11M\"", "true");
    check("@\"2026-03-05T10:00:00+09:00\" = @\"2026-03-05T01:00:00Z\"", "true");
    check("@\"2026-03-05T10:00:00+09:00\" > @\"2026-03-05T09:59:59\"", "true");
    check("@\"10:00:00Z\" < @\"10:00:00-01:00\"", "true");
    check("@\"10:00:00\" = @\"10:00:00+09:00\"", "true");
    check_reason("@\"2026-03-05\" = @\"2026-03-05T00:00:00\"", "`=` does not go with a date and a date and time");
    check_reason("@\"P1Y\" < @\"P400D\"", "`<` does not go with");
    check("@\"2026-03-05\" = null", "false");
}

TEST(feel_temporal, are_the_same_only_with_the_same_zone)
{
    check("is(@\"23:00:50Z\", @\"23:00:50\")", "false");
    check("is(@\"23:00:50Z\", @\"23:00:50+00:00\")", "true");
    check("is(@\"10:00:00.1\", @\"10:00:00.2\")", "false");
    check("is(@\"2012-12-25\", @\"23:00:50\")", "false");
    check("is([@\"10:00:00Z\"], [@\"10:00:00\"])", "false");
    check("is(1.0, 1.00)", "true");
}

/* ── calculating ───────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(feel_temporal, dates_move_by_durations)
{
    check("@\"2026-01-31\" + @\"P1M\"", "\"2026-02-28\"");
    check("@\"P1M\" + @\"2026-01-31\"", "\"2026-02-28\"");
    check("@\"2026-03-05\" + @\"P1D\"", "\"2026-03-06\"");
    check("@\"2026-03-05\" + @\"PT23H\"", "\"2026-03-05\"");
    check("@\"2026-03-05\" - @\"PT1H\"", "\"2026-03-04\"");
    check("@\"2026-03-05\" - @\"P1Y\"", "\"2025-03-05\"");
    check_reason("@\"999999999-12-31\" + @\"P1D\"", "no such sum");
    check_reason("@\"P1D\" - @\"2026-03-05\"", "`-` does not go with");
    check_reason("@\"2026-03-05\" + 1", "`+` does not go with a date and a number");
    check_reason("@\"2026-03-05\" + @\"2026-03-05\"", "`+` does not go with a date and a date");
}

TEST(feel_temporal, dates_with_times_move_on_the_clock_of_their_zone)
{
    check("@\"2012-12-24T23:59:00\" + @\"PT1M\"", "\"2012-12-25T00:00:00\"");
    check("@\"2026-03-28T12:00:00@Europe/Paris\" + @\"P1D\"", "\"2026-03-29T13:00:00@Europe/Paris\"");
    check("@\"2026-02-28T12:00:00@Europe/Paris\" + @\"P1M\"", "\"2026-03-28T12:00:00@Europe/Paris\"");
    check("(@\"2026-02-28T12:00:00@Europe/Paris\" + @\"P2M\").time offset", "\"PT2H\"");
    check("@\"2026-03-05T00:00:00+09:00\" - @\"PT0.5S\"", "\"2026-03-04T23:59:59.5+09:00\"");
}

TEST(feel_temporal, times_go_round_the_clock)
{
    check("@\"23:59:00\" + @\"PT2M\"", "\"00:01:00\"");
    check("@\"00:00:00Z\" - @\"PT1S\"", "\"23:59:59Z\"");
    check("@\"10:00:00@Asia/Seoul\" + @\"P3DT1H\"", "\"11:00:00@Asia/Seoul\"");
    check("@\"10:00:00\" - @\"11:30:00\"", "\"-PT1H30M\"");
    check("@\"10:00:00Z\" - @\"10:00:00+09:00\"", "\"PT9H\"");
    check_reason("@\"10:00:00Z\" - @\"10:00:00\"", "no such");
}

TEST(feel_temporal, differences_are_durations)
{
    check("@\"2026-03-05\" - @\"2025-03-05\"", "\"P365D\"");
    check("@\"2012-12-24T23:59:00\" - @\"2012-12-22T03:45:00\"", "\"P2DT20H14M\"");
    check("@\"2026-03-29T12:00:00@Europe/Paris\" - @\"2026-03-28T12:00:00@Europe/Paris\"", "\"PT23H\"");
    check("@\"2026-03-05\" - @\"2026-03-04T12:00:00Z\"", "\"PT12H\"");
    check_reason("@\"2026-03-05\" - @\"2026-03-04T12:00:00\"", "no such");
    check_reason("@\"2026-03-05T00:00:00Z\" - @\"2026-03-04T12:00:00\"", "no such");
}

TEST(feel_temporal, durations_are_calculated_exactly)
{
    check("@\"P1D\" + @\"PT1H\"", "\"P1DT1H\"");
    check("@\"P1Y\" - @\"P13M\"", "\"-P1M\"");
    check("@\"PT1S\" / 3", "\"PT0.333333333333333333333333333333S\"");
    check("@\"PT1S\" / 10 ** 40 = @\"PT0S\"", "true");
    check("time(0, 0, 10 ** -40)", "\"00:00:00\"");
    check("@\"PT10M\" * 2.5", "\"PT25M\"");
    check("3 * @\"P5M\"", "\"P1Y3M\"");
    check("@\"P1Y\" / 5", "\"P2M\"");
    check("@\"P1D\" / @\"PT1H\"", "24");
    check("@\"P1Y\" / @\"P1M\"", "12");
    check("-@\"P1D\"", "\"-P1D\"");
    check("-@\"P1Y2M\"", "\"-P1Y2M\"");
    check_reason("@\"P1D\" / 0", "no such");
    check_reason("@\"P1D\" / @\"PT0S\"", "no such");
    check_reason("@\"P1D\" + @\"P1M\"", "`+` does not go with");
    check_reason("@\"P1D\" * @\"P1D\"", "`*` does not go with");
    check_reason("2 / @\"P1D\"", "`/` does not go with");
    check_reason("@\"P11574074074074D\" * 10", "no such");
    check_reason("@\"P80000000000000Y\" + @\"P80000000000000Y\"", "no such");
}

/* ── lists and ranges ──────────────────────────────────────────────────────────────────────────────────────────── */

TEST(feel_temporal, stand_in_ranges)
{
    check("@\"2026-03-05\" in [@\"2026-01-01\"..@\"2026-12-31\"]", "true");
    check("@\"10:00:00\" in (< @\"10:00:00\")", "false");
    check("@\"P3D\" between @\"P1D\" and @\"P9D\"", "true");
    check("@\"PT5M\" in [date(\"2026-01-01\") - date(\"2026-01-01\")..@\"PT1H\")", "true");
    check("before(@\"2026-01-01\", [@\"2026-01-02\"..@\"2026-01-05\"])", "true");
    check("overlaps([@\"09:00:00\"..@\"12:00:00\"], [@\"11:00:00\"..@\"13:00:00\"])", "true");
    check("meets([@\"P1Y\"..@\"P2Y\"], [@\"P2Y\"..@\"P3Y\"])", "true");
    check("range(\"[@\\\"2026-01-01\\\"..@\\\"2026-12-31\\\")\").end", "\"2026-12-31\"");
    check("range(\"[date(\\\"2026-01-01\\\")..date(\\\"2026-12-31\\\")]\").start", "\"2026-01-01\"");
    check("string([@\"2026-01-01\"..@\"2026-12-31\"))", "\"[@\\\"2026-01-01\\\"..@\\\"2026-12-31\\\")\"");
    check("[@\"P1D\"..@\"P2D\"] instance of range<days and time duration>", "true");
    check_reason("[@\"2026-01-01\"..@\"P1D\"]", "a range from a date to");
}

TEST(feel_temporal, are_sorted_and_counted)
{
    check("sort([@\"2026-03-05\", @\"2025-03-05\"])", "[\"2025-03-05\", \"2026-03-05\"]");
    check("min(@\"PT1H\", @\"PT90M\", @\"PT59M\")", "\"PT59M\"");
    check("max([@\"2026-03-05T00:00:00Z\", @\"2026-03-05T08:00:00+09:00\"])", "\"2026-03-05T00:00:00Z\"");
    check("median([@\"PT3H\", @\"PT1H\", @\"PT2H\"])", "\"PT2H\"");
    check("median([@\"PT3H\", @\"PT1H\"])", "\"PT2H\"");
    check("median(@\"2026-03-05\", @\"2026-03-06\", @\"2026-03-09\")", "\"2026-03-06\"");
    check_reason("median([@\"2026-03-05\", @\"2026-03-06\"])", "half way");
    check("distinct values([@\"P1D\", @\"PT24H\", @\"P2D\"])", "[\"P1D\", \"P2D\"]");
    check("list contains([@\"2026-03-05\"], @\"2026-03-05\")", "true");
    check("for d in @\"2026-02-27\"..@\"2026-03-01\" return d.day", "[27, 28, 1]");
    check("for d in @\"2026-03-01\"..@\"2026-02-28\" return day of week(d)", "[\"Sunday\", \"Saturday\"]");
    check("[{d: @\"2026-03-05\"}, {d: @\"2027-03-05\"}][d.year > 2026].d", "[\"2027-03-05\"]");
}

TEST(feel_temporal, become_text_and_json)
{
    check("string(@\"2026-03-05\")", "\"2026-03-05\"");
    check("string(@\"10:00:00+00:00\")", "\"10:00:00Z\"");
    check("\"in \" + string(@\"PT36H\")", "\"in P1DT12H\"");
    check("string([@\"P1Y\", {a: @\"10:00:00\"}])", "\"[@\\\"P1Y\\\", {a: @\\\"10:00:00\\\"}]\"");
    check("{a: @\"-0001-01-01\"}", "{\"a\": \"-0001-01-01\"}");
}

TEST(feel_temporal, names_of_functions_and_types_do_not_hide_variables)
{
    check_with("{\"date\": 1, \"time\": 2, \"date and time\": 3}", "date + time + date and time", "6");
    check_with("{\"duration\": 5}", "duration * 2", "10");
    check("{now: 1, then: now + 1}.then", "2");
    check_with("{\"time\": \"10:00:00\"}", "time(time) instance of time and true", "true");
    check("@\"2026-03-05\" instance of date and true", "true");
}

/* ── now ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void check_now(const char *timezone, const char *text, const char *expected)
{
    int64_t now_ms = 1772668799250; /* 2026-03-04T23:59:59.250Z */
    struct clock clock = clock_manual(&now_ms);
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{}");
    f.run.clock = &clock;
    f.run.timezone = str_of(timezone);
    struct str got = fixture_json(&f, text);
    if (!str_eq(got, str_of(expected)))
        fail_msg("%s gives %.*s, not %s", text, STR_ARG(got), expected);
}

TEST(feel_temporal, now_and_today_are_those_of_the_clock_handed_in)
{
    check_now("", "now()", "\"2026-03-04T23:59:59.25Z\"");
    check_now("Asia/Seoul", "now()", "\"2026-03-05T08:59:59.25@Asia/Seoul\"");
    check_now("+09:00", "now()", "\"2026-03-05T08:59:59.25+09:00\"");
    check_now("-03:30", "today()", "\"2026-03-04\"");
    check_now("Asia/Seoul", "today()", "\"2026-03-05\"");
    check_now("", "now() - now()", "\"PT0S\"");
    check_now("", "today(1)", "null");
    check_now("Asia/Nowhere", "today()", "null");
    check_reason("now()", "now() has no clock here");
}

TEST(feel_temporal, all_of_an_evaluation_sees_one_moment)
{
    int64_t now_ms = 0;
    struct clock clock = clock_manual(&now_ms);
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{}");
    f.run.clock = &clock;
    assert_str_equal(fixture_json(&f, "now()"), STR("\"1970-01-01T00:00:00Z\""));
    now_ms = 5000;
    assert_str_equal(fixture_json(&f, "now()"), STR("\"1970-01-01T00:00:00Z\""));
}

/* ── values ────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(feel_temporal, a_copy_of_a_value_borrows_nothing)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{}");
    CLEANUP(arena_release) struct arena other;
    arena_init(&other, FIXTURE_BYTES);
    char text[] = "2026-03-05T10:00:00@Asia/Seoul";
    struct value value, copy;
    assert_true(feel_read_temporal(&f.run, str_of(text), FEEL_DATE_TIME, &value));
    memset(text, 'x', sizeof text - 1);
    assert_int_equal(value_copy(&other, value, &copy), OK);
    arena_reset(&f.arena);
    assert_str_equal(copy.moment->time.zone, STR("Asia/Seoul"));
    assert_int_equal(copy.moment->time.offset_s, 9 * 3600);
}

TEST(feel_temporal, text_of_another_kind_is_not_read_where_one_is_wanted)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{}");
    struct value value;
    assert_false(feel_read_temporal(&f.run, STR("2026-03-05T10:00:00"), FEEL_DATE, &value));
    assert_false(feel_read_temporal(&f.run, STR("P1Y"), FEEL_DAYS_DURATION, &value));
    assert_false(feel_read_temporal(&f.run, STR("2026-03-05"), FEEL_NUMBER, &value));
    assert_true(feel_read_temporal(&f.run, STR("2026-03-05"), FEEL_DATE_TIME, &value));
    assert_true(feel_read_temporal(&f.run, STR("P1Y"), FEEL_ANY, &value));
    assert_int_equal(f.run.n_reasons, 0);
}

TEST(feel_temporal, so_many_zones_in_one_evaluation_and_no_more)
{
    static const char *const names[] = {
        "Seoul",     "Tokyo",    "Dhaka",     "Dubai",    "Kabul",   "Tehran",    "Baghdad", "Riyadh",  "Amman",
        "Beirut",    "Damascus", "Jerusalem", "Nicosia",  "Tbilisi", "Yerevan",   "Baku",    "Karachi", "Tashkent",
        "Samarkand", "Almaty",   "Bishkek",   "Omsk",     "Tomsk",   "Barnaul",   "Hovd",    "Bangkok", "Jakarta",
        "Hong_Kong", "Manila",   "Taipei",    "Shanghai", "Macau",   "Pyongyang", "Chita",   "Yakutsk"};
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{}");
    size_t n_known = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct value value;
        n_known += feel_read_temporal(&f.run, arena_format(&f.arena, "10:00:00@Asia/%s", names[i]), FEEL_TIME, &value);
    }
    assert_int_equal(n_known, ZONE_MAX_CACHED);
}

TEST_MAIN
