/* flows/rules/temporal.h — FEEL's dates, times and durations: the calendar; no text, no time zone data, no values.
 *
 * Dates are of the proleptic Gregorian calendar, years −999,999,999 to 999,999,999.  Durations are two kinds that never
 * mix: exact seconds (a decimal), and whole months (an int64_t).
 * An order looks at whole seconds, as the standard's test kit wants it: 10:30:00.1 = 10:30:00.2.
 *
 * Thread: any (pure functions).  Memory: none; texts are borrowed.  Errors: false where there is no such date.
 * Source: DMN 1.5 §10.3.2.3.4 to 10.3.2.3.8, tables 54 and 57; ISO 8601-1:2019 (weeks, days of the year);
 * XML Schema 1.1 Part 2 §E.3 (adding months); H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (bot/base/clock).
 */
#ifndef GILBOT_FLOWS_RULES_TEMPORAL_H
#define GILBOT_FLOWS_RULES_TEMPORAL_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/str.h"
#include "flows/rules/decimal.h"

enum {
    TEMPORAL_MAX_YEAR = 999999999,
    TEMPORAL_DAY_S = 86400,
    TEMPORAL_MAX_OFFSET_S = 14 * 3600, /* of what is written as +hh:mm (XML Schema Part 2, timezoneFrag) */
};

struct temporal_date {
    int32_t year;
    uint8_t month, day; /* 1…12, 1…31; zeroed: no date */
};

struct temporal_time {
    struct decimal second; /* 0 <= second < 60, exact */
    struct str zone;       /* name in the IANA database; empty: none */
    int32_t offset_s;      /* east of UTC, when has_offset */
    uint8_t hour, minute;
    bool
        has_offset; /* always with a zone: a date and time has the offset of that moment, a time the zone's standard one */
};

/* FEEL's date and time. */
struct temporal_moment {
    struct temporal_date date;
    struct temporal_time time;
};

/* ── dates ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

MUST_USE
bool temporal_date_make(int64_t year, int64_t month, int64_t day, struct temporal_date *ret_date);
int64_t temporal_date_days(struct temporal_date date); /* since 1970-01-01 */
MUST_USE
bool temporal_date_of_days(int64_t days, struct temporal_date *ret_date);

int temporal_weekday(struct temporal_date date);     /* 1 Monday … 7 Sunday */
int temporal_day_of_year(struct temporal_date date); /* 1 … 366 */
int temporal_week(struct temporal_date date);        /* of ISO 8601: 1 … 53 */

/* The same day `months` later (before); the last of the month where that day is missing. */
MUST_USE
bool temporal_add_months(struct temporal_date date, int64_t months, struct temporal_date *ret_date);
/* Whole months from one date to another, towards zero. */
int64_t temporal_months_between(struct temporal_date from, struct temporal_date to);

/* ── times ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Without offset.  False: no time of a day, as 24:00:00. */
MUST_USE
bool temporal_time_make(int64_t hour, int64_t minute, struct decimal second, struct temporal_time *ret_time);
/* Since midnight, 0 <= s < 86400; and the time, without offset, of such seconds. */
struct decimal temporal_time_seconds(const struct temporal_time *time);
struct temporal_time temporal_time_of_seconds(struct decimal seconds);

/* Seconds that may leave the day, as days and what is left of the last one.  False: beyond all years. */
MUST_USE
bool temporal_split_days(struct decimal seconds, int64_t *ret_days, struct decimal *ret_rest);

/* ── order ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* −1, 0, 1.  Where only one has an offset, the other takes it. */
int temporal_date_cmp(struct temporal_date a, struct temporal_date b);
int temporal_time_cmp(const struct temporal_time *a, const struct temporal_time *b);
int temporal_moment_cmp(const struct temporal_moment *a, const struct temporal_moment *b);

/* The very same: fractions, offsets and names of zones included. */
bool temporal_time_is(const struct temporal_time *a, const struct temporal_time *b);

/* Whole seconds since 1970-01-01T00:00:00 of the same clock, the offset not counted. */
int64_t temporal_moment_local_s(const struct temporal_moment *moment);

/* Seconds from `b` to `a`.  False: only one of them has an offset. */
MUST_USE
bool temporal_moment_difference(const struct temporal_moment *a, const struct temporal_moment *b,
                                struct decimal *ret_seconds);
MUST_USE
bool temporal_time_difference(const struct temporal_time *a, const struct temporal_time *b,
                              struct decimal *ret_seconds);

/* ── durations ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Parts of a duration: all of them zero or of its sign. */
struct temporal_days_parts {
    int64_t days;
    int hours, minutes;
    struct decimal seconds;
};
struct temporal_days_parts temporal_days_parts(struct decimal seconds);

/* Seconds as times and durations keep them: rounded to TEMPORAL_FRACTION digits after the point, no zeros at the end. */
enum { TEMPORAL_FRACTION = 30 };
struct decimal temporal_seconds(struct decimal seconds);

/* Whether a result is still a duration: within ±TEMPORAL_MAX_DURATION_S seconds, ±TEMPORAL_MAX_MONTHS months. */
#define TEMPORAL_MAX_DURATION_S INT64_C(1000000000000000000)
#define TEMPORAL_MAX_MONTHS INT64_C(1000000000000000)
bool temporal_is_duration(struct decimal seconds);
bool temporal_is_months(int64_t months);

#endif
