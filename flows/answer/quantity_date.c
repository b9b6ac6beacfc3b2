#include "flows/answer/quantity_date.h"

#include "bot/base/attributes.h"

#include "bot/base/banned.h"

/* What is left to read; every step either takes all it wants or nothing. */
struct cursor {
    struct str text;
    size_t at;
};

static char byte_at(const struct cursor *c, size_t at)
{
    return at < c->text.n ? c->text.p[at] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take(struct cursor *c, struct str word)
{
    if (!str_starts(str_skip(c->text, c->at), word))
        return false;
    c->at += word.n;
    return true;
}

static bool take_spaces(struct cursor *c)
{
    size_t from = c->at;
    while (byte_at(c, c->at) == ' ')
        c->at++;
    return c->at > from;
}

/* 1 to `most` digits that are not followed by another; 0 digits: false. */
static bool take_number(struct cursor *c, size_t most, int *ret_value)
{
    size_t n = 0;
    int value = 0;
    for (; n < most && is_digit(byte_at(c, c->at + n)); n++)
        value = value * 10 + (byte_at(c, c->at + n) - '0');
    if (n == 0 || is_digit(byte_at(c, c->at + n)))
        return false;
    c->at += n;
    *ret_value = value;
    return true;
}

static bool is_day(int month, int day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* "3월 1일", "3월". */
static bool take_korean_month(struct cursor *c, struct quantity *date)
{
    struct cursor try = *c;
    int month, day;
    take_spaces(&try);
    if (!take_number(&try, 2, &month) || !take(&try, STR("월")) || !is_day(month, 1))
        return false;
    *c = try;
    date->month = month;
    take_spaces(&try);
    if (take_number(&try, 2, &day) && take(&try, STR("일")) && is_day(month, day)) {
        *c = try;
        date->day = day;
    }
    return true;
}

/* "-03-01", ". 3. 1.", "/3/1"; with a written-out year also "-03" and ". 3." */
static bool take_separated(struct cursor *c, bool is_full_year, struct quantity *date)
{
    struct cursor try = *c;
    char separator = byte_at(c, c->at);
    struct str mark = {&separator, 1};
    int month, day;
    if ((separator != '.' && separator != '-' && separator != '/') || !take(&try, mark))
        return false;
    bool is_spaced = take_spaces(&try);
    if (!take_number(&try, 2, &month) || !is_day(month, 1))
        return false;
    struct cursor short_form = try;
    bool is_closed = take(&try, mark);
    if (is_closed) {
        take_spaces(&try);
        if (take_number(&try, 2, &day) && is_day(month, day)) {
            *c = try;
            date->month = month;
            date->day = day;
            return true;
        }
    }
    bool is_short = is_full_year && ((separator == '.' && is_spaced && is_closed) || (separator == '-' && !is_closed));
    if (is_short) {
        *c = short_form;
        date->month = month;
    }
    return is_short;
}

/* A year in front: "2024년 3월 …", "'24.3.1", "24.3.1". */
static bool take_with_year(struct cursor *c, struct quantity *date)
{
    struct cursor try = *c;
    size_t from = try.at;
    int year;
    if (!take_number(&try, 4, &year))
        return false;
    size_t digits = try.at - from;
    bool is_full = digits == 4 && year >= 1000 && year < 2200;
    if (!is_full && digits != 2)
        return false;
    date->year = is_full ? year : year + (year < 70 ? 2000 : 1900);
    if ((take(&try, STR("년")) && take_korean_month(&try, date)) || take_separated(&try, is_full, date)) {
        *c = try;
        return true;
    }
    date->year = 0;
    return false;
}

static bool is_latin(char c)
{
    return c >= 'a' && c <= 'z';
}

/* "march", "mar" as a whole word; 0 when there is none. */
static int take_month_name(struct cursor *c)
{
    static const struct str months[] = {
        STR_INIT("january"),   STR_INIT("february"), STR_INIT("march"),    STR_INIT("april"),
        STR_INIT("may"),       STR_INIT("june"),     STR_INIT("july"),     STR_INIT("august"),
        STR_INIT("september"), STR_INIT("october"),  STR_INIT("november"), STR_INIT("december"),
    };
    size_t end = c->at;
    while (is_latin(byte_at(c, end)))
        end++;
    struct str word = str_first(str_skip(c->text, c->at), end - c->at);
    for (size_t i = 0; i < COUNT_OF(months); i++) {
        if (word.n < 3 || !(word.n <= 4 || str_eq(word, months[i])) || !str_starts(months[i], word))
            continue;
        c->at = end;
        (void)take(c, STR("."));
        return (int)i + 1;
    }
    return 0;
}

/* "march 1, 2024", "march 1", "march 2024". */
static bool take_english(struct cursor *c, struct quantity *date)
{
    struct cursor try = *c;
    int number, year;
    date->month = take_month_name(&try);
    take_spaces(&try);
    if (date->month == 0 || !take_number(&try, 4, &number))
        return false;
    if (number > 31) {
        date->year = number;
        *c = try;
        return true;
    }
    date->day = number;
    *c = try;
    (void)take(&try, STR(","));
    if (take_spaces(&try) && take_number(&try, 4, &year) && year >= 1000) {
        date->year = year;
        *c = try;
    }
    return true;
}

/* "1 march 2024". */
static bool take_day_first(struct cursor *c, struct quantity *date)
{
    struct cursor try = *c;
    int day, year;
    if (!take_number(&try, 2, &day) || !take_spaces(&try))
        return false;
    int month = take_month_name(&try);
    if (month == 0 || !is_day(month, day))
        return false;
    *c = try;
    date->month = month;
    date->day = day;
    if (take_spaces(&try) && take_number(&try, 4, &year) && year >= 1000) {
        date->year = year;
        *c = try;
    }
    return true;
}

size_t quantity_date(struct str normal, size_t at, struct quantity *ret_date)
{
    struct cursor c = {normal, at};
    struct quantity date = {.is_date = true};
    bool is_date = false;
    char left = at == 0 ? ' ' : normal.p[at - 1];
    if (is_digit(byte_at(&c, at)) && !is_digit(left)) {
        is_date =
            take_with_year(&c, &date) || take_day_first(&c, &date) || (take_korean_month(&c, &date) && date.day > 0);
    } else if (is_latin(byte_at(&c, at)) && !is_latin(left)) {
        is_date = take_english(&c, &date);
    }
    if (!is_date)
        return 0;
    date.text = str_first(str_skip(normal, at), c.at - at);
    *ret_date = date;
    return c.at - at;
}
