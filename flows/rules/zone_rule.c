#include "flows/rules/zone_rule.h"

#include <stddef.h>

#include "bot/base/clock.h"

#include "bot/base/banned.h"

enum { DAY_S = 86400, DEFAULT_CHANGE_S = 2 * 3600, MAX_RULE_HOURS = 167, MAX_OFFSET_HOURS = 24 };

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool take_char(struct str *text, char c)
{
    if (text->n == 0 || text->p[0] != c)
        return false;
    *text = str_skip(*text, 1);
    return true;
}

static bool take_number(struct str *text, int least, int most, int *ret_number)
{
    size_t n = 0;
    int64_t number;
    while (n < text->n && text->p[n] >= '0' && text->p[n] <= '9')
        n++;
    if (n == 0 || n > 3 || !str_to_i64(str_first(*text, n), &number) || number < least || number > most)
        return false;
    *text = str_skip(*text, n);
    *ret_number = (int)number;
    return true;
}

/* "CET", "<+03>": what it is called is not used. */
static bool take_name(struct str *text)
{
    size_t n = 0;
    if (take_char(text, '<')) {
        size_t close = str_find_char(*text, '>');
        *text = str_skip(*text, close == SIZE_MAX ? text->n : close + 1);
        return close != SIZE_MAX;
    }
    while (n < text->n && ((text->p[n] >= 'A' && text->p[n] <= 'Z') || (text->p[n] >= 'a' && text->p[n] <= 'z')))
        n++;
    *text = str_skip(*text, n);
    return n >= 3;
}

/* [+-]h[h[h]][:mm[:ss]] */
static bool take_clock(struct str *text, int most_hours, int32_t *ret_seconds)
{
    int hours, minutes = 0, seconds = 0;
    bool negative = take_char(text, '-');
    if (!negative)
        (void)take_char(text, '+');
    if (!take_number(text, 0, most_hours, &hours) || (take_char(text, ':') && !take_number(text, 0, 59, &minutes)) ||
        (take_char(text, ':') && !take_number(text, 0, 59, &seconds)))
        return false;
    int32_t size = hours * 3600 + minutes * 60 + seconds;
    *ret_seconds = negative ? -size : size;
    return true;
}

static bool take_day(struct str *text, struct zone_rule_day *day)
{
    *day = (struct zone_rule_day){.kind = ZONE_DAY_OF_YEAR, .second = DEFAULT_CHANGE_S};
    if (!take_char(text, ','))
        return false;
    bool read;
    if (take_char(text, 'M')) {
        day->kind = ZONE_DAY_OF_WEEK;
        read = take_number(text, 1, 12, &day->month) && take_char(text, '.') && take_number(text, 1, 5, &day->week) &&
               take_char(text, '.') && take_number(text, 0, 6, &day->day);
    } else if (take_char(text, 'J')) {
        day->kind = ZONE_DAY_JULIAN;
        read = take_number(text, 1, 365, &day->day);
    } else {
        read = take_number(text, 0, 365, &day->day);
    }
    return read && (!take_char(text, '/') || take_clock(text, MAX_RULE_HOURS, &day->second));
}

bool zone_rule_read(struct str text, struct zone_rule *ret_rule)
{
    struct zone_rule rule = {0};
    int32_t west;
    if (!take_name(&text) || !take_clock(&text, MAX_OFFSET_HOURS, &west))
        return false;
    rule.standard_s = -west;
    if (text.n > 0) {
        rule.has_summer = true;
        rule.summer_s = rule.standard_s + 3600;
        if (!take_name(&text))
            return false;
        if (text.n > 0 && text.p[0] != ',') {
            if (!take_clock(&text, MAX_OFFSET_HOURS, &west))
                return false;
            rule.summer_s = -west;
        }
        if (!take_day(&text, &rule.start) || !take_day(&text, &rule.end) || text.n > 0)
            return false;
    }
    *ret_rule = rule;
    return true;
}

/* ── using ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t days_of(int64_t year, int month, int day)
{
    return clock_days_of_date((struct clock_date){year, month, day});
}

/* 0 Sunday … 6 Saturday */
static int weekday(int64_t days)
{
    int64_t since_sunday = (days + 4) % 7; /* 1970-01-01 was a Thursday */
    return (int)(since_sunday < 0 ? since_sunday + 7 : since_sunday);
}

static int64_t day_in(const struct zone_rule_day *rule, int64_t year)
{
    int64_t first = days_of(year, 1, 1);
    if (rule->kind == ZONE_DAY_OF_YEAR)
        return first + rule->day;
    if (rule->kind == ZONE_DAY_JULIAN) {
        bool leap = days_of(year + 1, 1, 1) - first == 366;
        return first + rule->day - 1 + (leap && rule->day >= 60);
    }
    int64_t month = days_of(year, rule->month, 1);
    int64_t next = rule->month == 12 ? days_of(year + 1, 1, 1) : days_of(year, rule->month + 1, 1);
    int64_t day = month + (rule->day - weekday(month) + 7) % 7 + (int64_t)(rule->week - 1) * 7;
    return day >= next ? day - 7 : day; /* the fifth is the last */
}

int32_t zone_rule_offset_at(const struct zone_rule *rule, int64_t unix_s)
{
    if (!rule->has_summer)
        return rule->standard_s;
    int64_t local = unix_s + rule->standard_s;
    int64_t year = clock_date_of_days(local / DAY_S - (local % DAY_S < 0)).year;
    int64_t start = day_in(&rule->start, year) * DAY_S + rule->start.second - rule->standard_s;
    int64_t end = day_in(&rule->end, year) * DAY_S + rule->end.second - rule->summer_s;
    bool summer = start < end ? unix_s >= start && unix_s < end : unix_s >= start || unix_s < end;
    return summer ? rule->summer_s : rule->standard_s;
}
