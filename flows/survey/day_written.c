/* Days that are written out: numbers with years, months and days, in digits or in words. */
#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "flows/survey/day.h"
#include "flows/survey/definition.h"
#include "flows/survey/numerals.h"

#include "bot/base/banned.h"

enum { MOST_DIGITS = 8, YEARS_AHEAD = 10 };

/* A number of a date, and what it is said to be. */
struct part {
    int64_t value;
    size_t digits; /* 0: in words */
    enum { PART_OPEN, PART_YEAR, PART_MONTH, PART_DAY } is;
};

static bool is_digit(struct str s)
{
    return s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9';
}

static struct str skip_spaces(struct str s)
{
    while (s.n > 0 && s.p[0] == ' ')
        s = str_skip(s, 1);
    return s;
}

/* ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool take_digits(struct str *rest, struct part *ret_part)
{
    struct part part = {0};
    struct str s = *rest;
    for (; is_digit(s); s = str_skip(s, 1)) {
        if (part.digits++ == MOST_DIGITS)
            return false;
        part.value = part.value * 10 + (s.p[0] - '0');
    }
    if (part.digits == 0)
        return false;
    *rest = s;
    *ret_part = part;
    return true;
}

/* 일월 … 십이월; 유월 and 시월 lose a sound. */
static bool take_month_word(struct str *rest, struct part *ret_part)
{
    static const struct {
        struct str word;
        int64_t month;
    } words[] = {
        {STR_INIT("십일월"), 11}, {STR_INIT("십이월"), 12}, {STR_INIT("일월"), 1}, {STR_INIT("이월"), 2},
        {STR_INIT("삼월"), 3},    {STR_INIT("사월"), 4},    {STR_INIT("오월"), 5}, {STR_INIT("유월"), 6},
        {STR_INIT("육월"), 6},    {STR_INIT("칠월"), 7},    {STR_INIT("팔월"), 8}, {STR_INIT("구월"), 9},
        {STR_INIT("시월"), 10},   {STR_INIT("십월"), 10},
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_starts(*rest, words[i].word)) {
            *rest = str_skip(*rest, words[i].word.n);
            *ret_part = (struct part){.value = words[i].month, .is = PART_MONTH};
            return true;
        }
    return false;
}

static int64_t take_sino_digit(struct str *rest)
{
    static const struct str words[] = {STR_INIT("일"), STR_INIT("이"), STR_INIT("삼"), STR_INIT("사"), STR_INIT("오"),
                                       STR_INIT("육"), STR_INIT("칠"), STR_INIT("팔"), STR_INIT("구")};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_starts(*rest, words[i])) {
            *rest = str_skip(*rest, words[i].n);
            return (int64_t)i + 1;
        }
    return 0;
}

/* 일일 … 삼십일일: the last 일 is the day's. */
static bool take_day_word(struct str *rest, struct part *ret_part)
{
    struct str s = *rest, tens = s;
    int64_t first = take_sino_digit(&tens), value = 0;
    if (str_starts(tens, STR("십")) && first <= 3) {
        value = (first == 0 ? 1 : first) * 10;
        s = str_skip(tens, STR("십").n);
    }
    struct str with_ones = s;
    int64_t ones = take_sino_digit(&with_ones);
    if (ones > 0 && str_starts(with_ones, STR("일"))) {
        value += ones;
        s = with_ones;
    }
    if (value == 0 || !str_starts(s, STR("일")))
        return false;
    *rest = str_skip(s, STR("일").n);
    *ret_part = (struct part){.value = value, .is = PART_DAY};
    return true;
}

/* 이천이십육년 */
static bool take_year_word(struct str *rest, struct part *ret_part)
{
    enum { EARLIEST = 1000 };
    struct str s = *rest;
    struct numeral numeral;
    bool broken;
    int64_t value;
    if (!numeral_take(&s, &numeral, &broken) || numeral.kind != NUMERAL_SINO ||
        !decimal_to_i64(numeral.value, &value) || value < EARLIEST || !day_take_word(&s, STR("년")))
        return false;
    *rest = s;
    *ret_part = (struct part){.value = value, .is = PART_YEAR};
    return true;
}

/* ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What is said of a number in digits: 년, 월, 일. */
static void take_meaning(struct str *rest, struct part *part)
{
    struct str s = skip_spaces(*rest);
    if (day_take_word(&s, STR("년도")) || day_take_word(&s, STR("년")))
        part->is = PART_YEAR;
    else if (day_take_word(&s, STR("월달")) || day_take_word(&s, STR("월")))
        part->is = PART_MONTH;
    else if (day_take_word(&s, STR("일")))
        part->is = PART_DAY;
    else
        return;
    *rest = s;
}

/* 말일: the last day of the month before it. */
static bool take_last_day(struct str *rest, struct part *ret_part)
{
    if (!day_take_word(rest, STR("말일")) && !day_take_word(rest, STR("마지막 날")) &&
        !day_take_word(rest, STR("마지막날")))
        return false;
    *ret_part = (struct part){.value = INT64_MAX, .is = PART_DAY};
    return true;
}

static bool take_part(struct str *rest, const struct part *before, struct part *ret_part)
{
    struct str s = *rest;
    if (take_digits(&s, ret_part)) {
        take_meaning(&s, ret_part);
        *rest = s;
        return true;
    }
    bool after_month = before != NULL && before->is == PART_MONTH;
    return (after_month && (take_last_day(rest, ret_part) || take_day_word(rest, ret_part))) ||
           take_month_word(rest, ret_part) || take_year_word(rest, ret_part);
}

/* What may stand between two parts. */
static struct str skip_separator(struct str s)
{
    s = skip_spaces(s);
    if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '.' || s.p[0] == '/' || s.p[0] == ','))
        s = str_skip(s, 1);
    return skip_spaces(s);
}

/* Up to three parts; false when a fourth follows. */
static bool take_parts(struct str *rest, struct part parts[3], size_t *ret_n)
{
    size_t n = 0;
    struct str s = *rest, next = s;
    while (n < 3 && take_part(&next, n == 0 ? NULL : &parts[n - 1], &parts[n])) {
        s = next;
        n++;
        bool whole = parts[n - 1].is == PART_DAY;
        next = whole ? s : skip_separator(s);
        if (whole)
            break;
    }
    if (n == 3 && is_digit(next))
        return false;
    s = s.n > 0 && s.p[0] == '.' ? str_skip(s, 1) : s; /* "2026. 3. 5." */
    *rest = s;
    *ret_n = n;
    return n > 0;
}

/* ── days ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t full_year(const struct part *part, int64_t today)
{
    if (part->digits == 0 || part->digits > 2)
        return part->value;
    int64_t latest = clock_date_of_days(today).year + YEARS_AHEAD;
    int64_t full = latest - latest % 100 + part->value;
    return full > latest ? full - 100 : full;
}

static void add_date(struct days *days, int64_t year, int64_t month, int64_t day)
{
    int64_t result;
    if (day == INT64_MAX) {
        int64_t next = month == 12 ? 1 : month + 1;
        if (day_of_date(month == 12 ? year + 1 : year, next, 1, &result))
            days_add(days, result - 1);
    } else if (day_of_date(year, month, day, &result)) {
        days_add(days, result);
    }
}

/* This year's, or the one of a year beside it. */
static void add_nearest_years(struct days *days, int64_t month, int64_t day, int64_t today)
{
    static const int64_t years[] = {0, 1, -1};
    for (size_t i = 0; i < COUNT_OF(years); i++)
        add_date(days, clock_date_of_days(today).year + years[i], month, day);
}

/* This month's from today on, the next one's, the last one that was. */
static void add_nearest_months(struct days *days, int64_t day, int64_t today)
{
    struct clock_date now = clock_date_of_days(today);
    struct days all = {0};
    for (int i = -1; i <= 1; i++) {
        int month = now.month + i;
        int64_t year = now.year + (month < 1 ? -1 : month > 12 ? 1 : 0);
        add_date(&all, year, month < 1 ? 12 : month > 12 ? 1 : month, day);
    }
    for (size_t i = 0; i < all.n; i++)
        if (all.items[i] >= today)
            days_add(days, all.items[i]);
    for (size_t i = all.n; i > 0; i--)
        if (all.items[i - 1] < today)
            days_add(days, all.items[i - 1]);
}

/* 3/25/2026 or 25/3/2026; "3/5/2026" only where the locale says which comes first. */
static void add_year_last(struct days *days, const struct part *parts, struct str locale)
{
    int64_t a = parts[0].value, b = parts[1].value, year = parts[2].value;
    struct str language = locale_language(locale), region = str_skip(locale, language.n + 1);
    bool month_first = b > 12 || str_eq_nocase(region, STR("US"));
    bool day_first = a > 12 || (str_eq_nocase(language, STR("en")) && region.n > 0 && !month_first);
    days->unclear = a != b && !month_first && !day_first;
    add_date(days, year, day_first ? b : a, day_first ? a : b);
}

/* 20260305 and 260305. */
static bool split_digits(const struct part *whole, struct part parts[3])
{
    if (whole->is != PART_OPEN || (whole->digits != 8 && whole->digits != 6))
        return false;
    int64_t all = whole->value;
    parts[2] = (struct part){.value = all % 100, .digits = 2};
    parts[1] = (struct part){.value = all / 100 % 100, .digits = 2};
    parts[0] = (struct part){.value = all / 10000, .digits = whole->digits - 4};
    return true;
}

static bool is_or_open(const struct part *part, int meaning)
{
    return part->is == PART_OPEN || (int)part->is == meaning;
}

/* False: these numbers are no date of any form. */
static bool days_of_parts(const struct part *parts, size_t n, const struct day_asked *asked, struct days *ret_days)
{
    struct part split[3];
    struct days days = {0};
    if (n == 1 && split_digits(&parts[0], split))
        return days_of_parts(split, 3, asked, ret_days);
    if (n == 3 && parts[0].is == PART_OPEN && parts[2].is == PART_OPEN && parts[0].digits <= 2 && parts[2].digits == 4)
        add_year_last(&days, parts, asked->locale);
    else if (n == 3 && is_or_open(&parts[0], PART_YEAR) && is_or_open(&parts[1], PART_MONTH) &&
             is_or_open(&parts[2], PART_DAY))
        add_date(&days, full_year(&parts[0], asked->today), parts[1].value, parts[2].value);
    else if (n == 2 && is_or_open(&parts[0], PART_MONTH) && is_or_open(&parts[1], PART_DAY))
        add_nearest_years(&days, parts[0].value, parts[1].value, asked->today);
    else if (n == 1 && parts[0].is == PART_DAY)
        add_nearest_months(&days, parts[0].value, asked->today);
    else
        return false;
    *ret_days = days;
    return true;
}

/* ── English ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t take_english_month(struct str *rest)
{
    static const struct str names[][2] = {
        {STR_INIT("january"), STR_INIT("jan")},   {STR_INIT("february"), STR_INIT("feb")},
        {STR_INIT("march"), STR_INIT("mar")},     {STR_INIT("april"), STR_INIT("apr")},
        {STR_INIT("may"), STR_INIT("may")},       {STR_INIT("june"), STR_INIT("jun")},
        {STR_INIT("july"), STR_INIT("jul")},      {STR_INIT("august"), STR_INIT("aug")},
        {STR_INIT("september"), STR_INIT("sep")}, {STR_INIT("october"), STR_INIT("oct")},
        {STR_INIT("november"), STR_INIT("nov")},  {STR_INIT("december"), STR_INIT("dec")},
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (day_take_word(rest, names[i][0]) || day_take_word(rest, names[i][1]))
            return (int64_t)i + 1;
    return 0;
}

static bool take_english_day(struct str *rest, int64_t *ret_day)
{
    struct part part;
    if (!take_digits(rest, &part) || part.digits > 2)
        return false;
    if (!day_take_word(rest, STR("st")) && !day_take_word(rest, STR("nd")) && !day_take_word(rest, STR("rd")))
        day_take_word(rest, STR("th"));
    *ret_day = part.value;
    return true;
}

/* March 5, March 5th 2026, 5 March, 5th of March, 2026. */
static bool take_english(struct str *rest, const struct day_asked *asked, struct days *ret_days)
{
    struct str s = *rest;
    int64_t month = take_english_month(&s), day = 0;
    s = skip_separator(s);
    if (!take_english_day(&s, &day))
        return false;
    if (month == 0) {
        s = skip_spaces(s);
        day_take_word(&s, STR("of"));
        s = skip_separator(s);
        month = take_english_month(&s);
    }
    struct days days = {0};
    struct str after = skip_separator(s);
    struct part year;
    bool has_year = take_digits(&after, &year) && year.digits == 4;
    if (month == 0)
        return false;
    if (has_year)
        add_date(&days, year.value, month, day);
    else
        add_nearest_years(&days, month, day, asked->today);
    *rest = has_year ? after : s;
    *ret_days = days;
    return true;
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* "2026-03-05T09:00:00+09:00": the time of data says nothing about the day. */
static struct str skip_iso_time(struct str s)
{
    if (s.n < 2 || s.p[0] != 't' || !is_digit(str_skip(s, 1)))
        return s;
    size_t end = str_find_char(s, ' ');
    return str_skip(s, end == SIZE_MAX ? s.n : end);
}

bool day_take_written(struct str *rest, const struct day_asked *asked, struct days *ret_days)
{
    struct str s = *rest;
    struct part parts[3];
    size_t n;
    if (take_english(rest, asked, ret_days))
        return true;
    if (!take_parts(&s, parts, &n) || !days_of_parts(parts, n, asked, ret_days))
        return false;
    *rest = n == 3 ? skip_iso_time(s) : s;
    return true;
}

bool day_take_month_and_day(struct str *rest, int64_t year, struct days *ret_days)
{
    struct str s = skip_spaces(*rest);
    struct part parts[3];
    size_t n;
    struct days days = {0};
    if (!take_parts(&s, parts, &n) || n != 2 || !is_or_open(&parts[0], PART_MONTH) || !is_or_open(&parts[1], PART_DAY))
        return false;
    add_date(&days, year, parts[0].value, parts[1].value);
    *rest = s;
    *ret_days = days;
    return true;
}

bool day_take_day_of_month(struct str *rest, int64_t year, int64_t month, struct days *ret_days)
{
    static const struct part month_before = {.is = PART_MONTH};
    struct str s = skip_spaces(*rest);
    struct part part;
    struct days days = {0};
    if (!take_part(&s, &month_before, &part) || !is_or_open(&part, PART_DAY))
        return false;
    add_date(&days, year, month, part.value);
    *rest = s;
    *ret_days = days;
    return true;
}
