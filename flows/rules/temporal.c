#include "flows/rules/temporal.h"

#include <stddef.h>

#include "bot/base/clock.h"

#include "bot/base/banned.h"

enum { DAYS_A_WEEK = 7, MONTHS_A_YEAR = 12, HOUR_S = 3600, MINUTE_S = 60 };

/* Arithmetic on what is far from every limit of decimals. */
static struct decimal plus(struct decimal a, struct decimal b)
{
    struct decimal sum = a;
    (void)!decimal_add(a, b, &sum);
    return sum;
}

static struct decimal minus(struct decimal a, struct decimal b)
{
    return plus(a, decimal_negate(b));
}

static int64_t whole(struct decimal d)
{
    struct decimal floor = d;
    int64_t n = 0;
    (void)!decimal_scale(d, 0, DECIMAL_FLOOR, &floor);
    (void)!decimal_to_i64(floor, &n);
    return n;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* ── dates ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int64_t year, int64_t month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool temporal_date_make(int64_t year, int64_t month, int64_t day, struct temporal_date *ret_date)
{
    if (year < -TEMPORAL_MAX_YEAR || year > TEMPORAL_MAX_YEAR || month < 1 || month > MONTHS_A_YEAR || day < 1 ||
        day > days_in_month(year, month))
        return false;
    *ret_date = (struct temporal_date){(int32_t)year, (uint8_t)month, (uint8_t)day};
    return true;
}

int64_t temporal_date_days(struct temporal_date date)
{
    return clock_days_of_date((struct clock_date){date.year, date.month, date.day});
}

bool temporal_date_of_days(int64_t days, struct temporal_date *ret_date)
{
    static const int64_t beyond = (int64_t)(TEMPORAL_MAX_YEAR + 1) * 366;
    if (days < -beyond || days > beyond)
        return false;
    struct clock_date date = clock_date_of_days(days);
    return temporal_date_make(date.year, date.month, date.day, ret_date);
}

int temporal_weekday(struct temporal_date date)
{
    int64_t since_monday = temporal_date_days(date) + 3; /* 1970-01-01 was a Thursday */
    return (int)(since_monday - floor_div(since_monday, DAYS_A_WEEK) * DAYS_A_WEEK) + 1;
}

int temporal_day_of_year(struct temporal_date date)
{
    return (int)(temporal_date_days(date) - temporal_date_days((struct temporal_date){date.year, 1, 1})) + 1;
}

/* A year has 53 weeks when it begins on a Thursday, or on a Wednesday and is a leap year (ISO 8601-1 §3.1.1.23). */
static int weeks_in_year(int32_t year)
{
    int first = temporal_weekday((struct temporal_date){year, 1, 1});
    return first == 4 || (first == 3 && is_leap(year)) ? 53 : 52;
}

int temporal_week(struct temporal_date date)
{
    int week = (temporal_day_of_year(date) - temporal_weekday(date) + 10) / DAYS_A_WEEK;
    if (week == 0)
        return weeks_in_year(date.year - 1);
    return week > weeks_in_year(date.year) ? 1 : week;
}

bool temporal_add_months(struct temporal_date date, int64_t months, struct temporal_date *ret_date)
{
    if (!temporal_is_months(months))
        return false;
    int64_t month = date.month - 1 + months;
    int64_t year = date.year + floor_div(month, MONTHS_A_YEAR);
    month -= floor_div(month, MONTHS_A_YEAR) * MONTHS_A_YEAR;
    int last = days_in_month(year, month + 1);
    return temporal_date_make(year, month + 1, date.day > last ? last : date.day, ret_date);
}

int64_t temporal_months_between(struct temporal_date from, struct temporal_date to)
{
    int64_t months = ((int64_t)to.year - from.year) * MONTHS_A_YEAR + to.month - from.month;
    if (months > 0 && to.day < from.day)
        months--;
    if (months < 0 && to.day > from.day)
        months++;
    return months;
}

/* ── times ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

bool temporal_time_make(int64_t hour, int64_t minute, struct decimal second, struct temporal_time *ret_time)
{
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || decimal_is_negative(second) ||
        decimal_cmp(second, decimal_from_i64(MINUTE_S)) >= 0)
        return false;
    *ret_time = (struct temporal_time){.hour = (uint8_t)hour, .minute = (uint8_t)minute, .second = second};
    return true;
}

struct decimal temporal_time_seconds(const struct temporal_time *time)
{
    return plus(decimal_from_i64(time->hour * HOUR_S + time->minute * MINUTE_S), time->second);
}

struct temporal_time temporal_time_of_seconds(struct decimal seconds)
{
    int64_t n = whole(seconds);
    return (struct temporal_time){.hour = (uint8_t)(n / HOUR_S),
                                  .minute = (uint8_t)(n / MINUTE_S % 60),
                                  .second = minus(seconds, decimal_from_i64(n - n % MINUTE_S))};
}

bool temporal_split_days(struct decimal seconds, int64_t *ret_days, struct decimal *ret_rest)
{
    struct decimal rest, day = decimal_from_i64(TEMPORAL_DAY_S);
    if (!temporal_is_duration(seconds) || !decimal_modulo(seconds, day, &rest))
        return false;
    int64_t days = floor_div(whole(seconds), TEMPORAL_DAY_S);
    if (decimal_cmp(rest, day) >= 0) { /* a tiny bit before midnight, rounded to 34 digits */
        rest = decimal_from_i64(0);
        days++;
    }
    *ret_days = days;
    *ret_rest = rest;
    return true;
}

/* ── order ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int sign_of(int64_t difference)
{
    return difference < 0 ? -1 : difference > 0;
}

int temporal_date_cmp(struct temporal_date a, struct temporal_date b)
{
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    return a.month != b.month ? sign_of(a.month - b.month) : sign_of(a.day - b.day);
}

static int64_t whole_seconds(const struct temporal_time *time)
{
    return time->hour * HOUR_S + time->minute * MINUTE_S + whole(time->second);
}

/* How much later a's clock shows the same moment. */
static int64_t offset_between(const struct temporal_time *a, const struct temporal_time *b)
{
    return a->has_offset && b->has_offset ? a->offset_s - b->offset_s : 0;
}

int temporal_time_cmp(const struct temporal_time *a, const struct temporal_time *b)
{
    return sign_of(whole_seconds(a) - whole_seconds(b) - offset_between(a, b));
}

int64_t temporal_moment_local_s(const struct temporal_moment *moment)
{
    return temporal_date_days(moment->date) * TEMPORAL_DAY_S + whole_seconds(&moment->time);
}

int temporal_moment_cmp(const struct temporal_moment *a, const struct temporal_moment *b)
{
    return sign_of(temporal_moment_local_s(a) - temporal_moment_local_s(b) - offset_between(&a->time, &b->time));
}

bool temporal_time_is(const struct temporal_time *a, const struct temporal_time *b)
{
    return a->hour == b->hour && a->minute == b->minute && decimal_cmp(a->second, b->second) == 0 &&
           a->has_offset == b->has_offset && a->offset_s == b->offset_s && str_eq(a->zone, b->zone);
}

bool temporal_time_difference(const struct temporal_time *a, const struct temporal_time *b, struct decimal *ret_seconds)
{
    if (a->has_offset != b->has_offset)
        return false;
    struct decimal apart = minus(temporal_time_seconds(a), temporal_time_seconds(b));
    *ret_seconds = minus(apart, decimal_from_i64(offset_between(a, b)));
    return true;
}

bool temporal_moment_difference(const struct temporal_moment *a, const struct temporal_moment *b,
                                struct decimal *ret_seconds)
{
    struct decimal clocks;
    if (!temporal_time_difference(&a->time, &b->time, &clocks))
        return false;
    int64_t days = temporal_date_days(a->date) - temporal_date_days(b->date);
    *ret_seconds = plus(decimal_from_i64(days * TEMPORAL_DAY_S), clocks);
    return true;
}

/* ── durations ─────────────────────────────────────────────────────────────────────────────────────────────────── */

struct temporal_days_parts temporal_days_parts(struct decimal seconds)
{
    bool negative = decimal_is_negative(seconds);
    struct decimal size = decimal_abs(seconds), rest = decimal_from_i64(0);
    int64_t days = 0;
    (void)!temporal_split_days(size, &days, &rest);
    struct temporal_time clock = temporal_time_of_seconds(rest);
    int sign = negative ? -1 : 1;
    return (struct temporal_days_parts){.days = sign * days,
                                        .hours = sign * clock.hour,
                                        .minutes = sign * clock.minute,
                                        .seconds = negative ? decimal_negate(clock.second) : clock.second};
}

struct decimal temporal_seconds(struct decimal seconds)
{
    struct decimal kept = seconds;
    (void)!decimal_scale(seconds, TEMPORAL_FRACTION, DECIMAL_HALF_EVEN, &kept);
    return decimal_trim(kept);
}

bool temporal_is_duration(struct decimal seconds)
{
    return decimal_cmp(decimal_abs(seconds), decimal_from_i64(TEMPORAL_MAX_DURATION_S)) <= 0;
}

bool temporal_is_months(int64_t months)
{
    return months >= -TEMPORAL_MAX_MONTHS && months <= TEMPORAL_MAX_MONTHS;
}
