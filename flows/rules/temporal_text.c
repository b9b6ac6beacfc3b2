#include "flows/rules/temporal_text.h"

#include <stddef.h>

#include "bot/base/buf.h"

#include "bot/base/banned.h"

enum { YEAR_DIGITS = 4, MAX_YEAR_DIGITS = 9, MAX_PART = 18, MAX_ZONE_NAME = 64 };

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_at(struct str text)
{
    size_t n = 0;
    while (n < text.n && is_digit(text.p[n]))
        n++;
    return n;
}

static bool take_char(struct str *text, char c)
{
    if (text->n == 0 || text->p[0] != c)
        return false;
    *text = str_skip(*text, 1);
    return true;
}

/* Exactly `n` digits, and no digit after them. */
static bool take_digits(struct str *text, size_t n, int64_t *ret_number)
{
    if (digits_at(*text) != n || !str_to_i64(str_first(*text, n), ret_number))
        return false;
    *text = str_skip(*text, n);
    return true;
}

/* At least four digits, more without a zero in front. */
static bool take_year(struct str *text, int64_t *ret_year)
{
    bool negative = take_char(text, '-');
    size_t n = digits_at(*text);
    if (n < YEAR_DIGITS || n > MAX_YEAR_DIGITS || (n > YEAR_DIGITS && text->p[0] == '0') ||
        !take_digits(text, n, ret_year))
        return false;
    if (negative)
        *ret_year = -*ret_year;
    return true;
}

static bool take_date(struct str *text, struct temporal_date *ret_date)
{
    int64_t year, month, day;
    return take_year(text, &year) && take_char(text, '-') && take_digits(text, 2, &month) && take_char(text, '-') &&
           take_digits(text, 2, &day) && temporal_date_make(year, month, day, ret_date);
}

/* ss or ss.f… */
static bool take_second(struct str *text, struct decimal *ret_second)
{
    size_t n = digits_at(*text);
    if (n != 2)
        return false;
    if (n < text->n && text->p[n] == '.') {
        size_t fraction = digits_at(str_skip(*text, n + 1));
        if (fraction == 0 || fraction > TEMPORAL_FRACTION)
            return false;
        n += 1 + fraction;
    }
    bool read = decimal_from_str(str_first(*text, n), ret_second);
    *text = str_skip(*text, n);
    *ret_second = decimal_trim(*ret_second);
    return read;
}

/* +hh:mm or +hh:mm:ss, not more than fourteen hours. */
static bool take_hours_offset(struct str *text, struct temporal_time *time)
{
    int64_t hours, minutes, seconds = 0;
    bool negative = take_char(text, '-');
    if ((!negative && !take_char(text, '+')) || !take_digits(text, 2, &hours) || !take_char(text, ':') ||
        !take_digits(text, 2, &minutes) || (take_char(text, ':') && !take_digits(text, 2, &seconds)))
        return false;
    int64_t size = hours * 3600 + minutes * 60 + seconds;
    if (minutes > 59 || seconds > 59 || size > TEMPORAL_MAX_OFFSET_S)
        return false;
    time->offset_s = (int32_t)(negative ? -size : size);
    time->has_offset = true;
    return true;
}

/* Nothing, Z, an offset or @ and a zone: up to the end of the text. */
static bool take_zone(struct str text, struct temporal_time *time)
{
    if (text.n == 0)
        return true;
    if (take_char(&text, 'Z') || take_char(&text, 'z')) {
        time->has_offset = true;
        return text.n == 0;
    }
    if (take_char(&text, '@')) {
        time->zone = text;
        return text.n > 0 && text.n <= MAX_ZONE_NAME;
    }
    return take_hours_offset(&text, time) && text.n == 0;
}

bool temporal_read_offset(struct str text, int32_t *ret_offset_s)
{
    struct temporal_time time = {.has_offset = false};
    if (!take_zone(text, &time) || !time.has_offset)
        return false;
    *ret_offset_s = time.offset_s;
    return true;
}

/* The end of the day may be written as 24:00:00; before a zone's name seconds may be left out (ISO 8601's forms). */
static bool take_time(struct str text, struct temporal_time *ret_time, bool *ret_is_next_day)
{
    int64_t hour, minute;
    struct decimal second = decimal_from_i64(0);
    if (!take_digits(&text, 2, &hour) || !take_char(&text, ':') || !take_digits(&text, 2, &minute))
        return false;
    bool without_seconds = str_starts(text, STR("@"));
    if (!without_seconds && (!take_char(&text, ':') || !take_second(&text, &second)))
        return false;
    *ret_is_next_day = hour == 24 && minute == 0 && decimal_is_zero(second);
    return temporal_time_make(*ret_is_next_day ? 0 : hour, minute, second, ret_time) && take_zone(text, ret_time);
}

bool temporal_read_date(struct str text, struct temporal_date *ret_date)
{
    struct temporal_date date;
    struct temporal_time ignored = {0};
    if (!take_date(&text, &date) || !take_zone(text, &ignored) || ignored.zone.n > 0)
        return false;
    *ret_date = date;
    return true;
}

bool temporal_read_time(struct str text, struct temporal_time *ret_time)
{
    bool is_next_day;
    struct temporal_time time;
    if (!take_time(text, &time, &is_next_day))
        return false;
    *ret_time = time;
    return true;
}

bool temporal_read_moment(struct str text, struct temporal_moment *ret_moment)
{
    struct temporal_moment moment = {.time = {.second = decimal_from_i64(0)}};
    bool is_next_day = false;
    if (!take_date(&text, &moment.date))
        return false;
    bool has_time = take_char(&text, 'T');
    if (has_time ? !take_time(text, &moment.time, &is_next_day) : !take_zone(text, &moment.time))
        return false;
    if (!has_time && moment.time.zone.n > 0)
        return false;
    if (is_next_day && !temporal_date_of_days(temporal_date_days(moment.date) + 1, &moment.date))
        return false;
    *ret_moment = moment;
    return true;
}

/* ── durations ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A whole number and the letter after it; nothing is taken when another letter follows. */
static bool take_part(struct str *text, char letter, int64_t *ret_number)
{
    size_t n = digits_at(*text);
    if (n == 0 || n > MAX_PART || n >= text->n || text->p[n] != letter || !str_to_i64(str_first(*text, n), ret_number))
        return false;
    *text = str_skip(*text, n + 1);
    return true;
}

/* Seconds, with or without a fraction, and their S. */
static bool take_seconds_part(struct str *text, struct decimal *ret_seconds)
{
    size_t n = digits_at(*text), fraction = 0;
    if (n == 0 || n > MAX_PART)
        return false;
    if (n < text->n && text->p[n] == '.') {
        fraction = digits_at(str_skip(*text, n + 1));
        if (fraction == 0 || fraction > TEMPORAL_FRACTION)
            return false;
        n += 1 + fraction;
    }
    if (n >= text->n || text->p[n] != 'S' || !decimal_from_str(str_first(*text, n), ret_seconds))
        return false;
    *ret_seconds = decimal_trim(*ret_seconds);
    *text = str_skip(*text, n + 1);
    return true;
}

static bool add_times(struct decimal *sum, int64_t number, int64_t unit)
{
    struct decimal product;
    return decimal_mul(decimal_from_i64(number), decimal_from_i64(unit), &product) && decimal_add(*sum, product, sum);
}

/* What stands behind T: at least one part. */
static bool take_clock_parts(struct str *text, struct decimal *sum)
{
    int64_t number;
    struct decimal seconds;
    size_t before = text->n;
    if (take_part(text, 'H', &number) && !add_times(sum, number, 3600))
        return false;
    if (take_part(text, 'M', &number) && !add_times(sum, number, 60))
        return false;
    if (take_seconds_part(text, &seconds) && !decimal_add(*sum, seconds, sum))
        return false;
    return text->n < before;
}

bool temporal_read_seconds(struct str text, struct decimal *ret_seconds)
{
    struct decimal sum = decimal_from_i64(0);
    int64_t days;
    bool negative = take_char(&text, '-');
    if (!take_char(&text, 'P'))
        return false;
    bool has_days = take_part(&text, 'D', &days), has_clock = take_char(&text, 'T');
    if (has_days && !add_times(&sum, days, TEMPORAL_DAY_S))
        return false;
    if ((has_clock && !take_clock_parts(&text, &sum)) || text.n > 0 || (!has_days && !has_clock) ||
        !temporal_is_duration(sum))
        return false;
    *ret_seconds = negative ? decimal_negate(sum) : sum;
    return true;
}

bool temporal_read_months(struct str text, int64_t *ret_months)
{
    int64_t years = 0, months = 0;
    bool negative = take_char(&text, '-');
    if (!take_char(&text, 'P'))
        return false;
    bool has_years = take_part(&text, 'Y', &years), has_months = take_part(&text, 'M', &months);
    if ((!has_years && !has_months) || text.n > 0 || !temporal_is_months(years) || !temporal_is_months(months) ||
        !temporal_is_months(years * 12 + months))
        return false;
    *ret_months = (negative ? -1 : 1) * (years * 12 + months);
    return true;
}

/* ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

void temporal_add_date(struct buf *out, struct temporal_date date)
{
    bool negative = date.year < 0;
    buf_addf(out, "%s%04d-%02u-%02u", negative ? "-" : "", negative ? -date.year : date.year, date.month, date.day);
}

static void add_offset(struct buf *out, int32_t offset_s)
{
    int32_t size = offset_s < 0 ? -offset_s : offset_s;
    if (size == 0) {
        buf_add_char(out, 'Z');
        return;
    }
    buf_addf(out, "%c%02d:%02d", offset_s < 0 ? '-' : '+', size / 3600, size / 60 % 60);
    if (size % 60 != 0)
        buf_addf(out, ":%02d", size % 60);
}

void temporal_add_time(struct buf *out, const struct temporal_time *time)
{
    buf_addf(out, "%02u:%02u:", time->hour, time->minute);
    if (decimal_cmp(time->second, decimal_from_i64(10)) < 0)
        buf_add_char(out, '0');
    decimal_add_to(out, decimal_trim(time->second));
    if (time->zone.n > 0) {
        buf_add_char(out, '@');
        buf_add(out, time->zone);
    } else if (time->has_offset) {
        add_offset(out, time->offset_s);
    }
}

void temporal_add_moment(struct buf *out, const struct temporal_moment *moment)
{
    temporal_add_date(out, moment->date);
    buf_add_char(out, 'T');
    temporal_add_time(out, &moment->time);
}

static void add_part(struct buf *out, int64_t number, char letter)
{
    if (number != 0)
        buf_addf(out, "%lld%c", (long long)number, letter);
}

void temporal_add_seconds(struct buf *out, struct decimal seconds)
{
    struct temporal_days_parts parts = temporal_days_parts(decimal_abs(seconds));
    if (decimal_is_zero(seconds)) {
        buf_add(out, STR("PT0S"));
        return;
    }
    buf_add(out, decimal_is_negative(seconds) ? STR("-P") : STR("P"));
    add_part(out, parts.days, 'D');
    if (parts.hours == 0 && parts.minutes == 0 && decimal_is_zero(parts.seconds))
        return;
    buf_add_char(out, 'T');
    add_part(out, parts.hours, 'H');
    add_part(out, parts.minutes, 'M');
    if (!decimal_is_zero(parts.seconds)) {
        decimal_add_to(out, decimal_trim(parts.seconds));
        buf_add_char(out, 'S');
    }
}

void temporal_add_months_text(struct buf *out, int64_t months)
{
    int64_t size = months < 0 ? -months : months;
    if (size == 0) {
        buf_add(out, STR("P0M"));
        return;
    }
    buf_add(out, months < 0 ? STR("-P") : STR("P"));
    add_part(out, size / 12, 'Y');
    add_part(out, size % 12, 'M');
}
