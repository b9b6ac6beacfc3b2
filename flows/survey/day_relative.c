/* Days that are counted from today. */
#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "flows/survey/day.h"
#include "flows/survey/numerals.h"

#include "bot/base/banned.h"

/* A word, and by how many days, weeks, months or years it is away. */
struct word {
    struct str text;
    int64_t away;
};

#define TAKE(rest_, words_, ret_) take((rest_), (words_), COUNT_OF(words_), (ret_))
static bool take(struct str *rest, const struct word *words, size_t n, int64_t *ret_away)
{
    for (size_t i = 0; i < n; i++)
        if (day_take_word(rest, words[i].text)) {
            *ret_away = words[i].away;
            return true;
        }
    return false;
}

static struct str skip_spaces(struct str s)
{
    while (s.n > 0 && s.p[0] == ' ')
        s = str_skip(s, 1);
    return s;
}

/* ── 오늘, 내일 ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Longer ones before those that they begin with. */
static const struct word near_days[] = {
    {STR_INIT("오늘"), 0},
    {STR_INIT("금일"), 0},
    {STR_INIT("그끄저께"), -3},
    {STR_INIT("엊그저께"), -2},
    {STR_INIT("그저께"), -2},
    {STR_INIT("엊그제"), -2},
    {STR_INIT("그제"), -2},
    {STR_INIT("어제"), -1},
    {STR_INIT("어저께"), -1},
    {STR_INIT("내일모레"), 2},
    {STR_INIT("낼모레"), 2},
    {STR_INIT("내일"), 1},
    {STR_INIT("낼"), 1},
    {STR_INIT("명일"), 1},
    {STR_INIT("모레"), 2},
    {STR_INIT("그글피"), 4},
    {STR_INIT("글피"), 3},
    {STR_INIT("the day after tomorrow"), 2},
    {STR_INIT("day after tomorrow"), 2},
    {STR_INIT("the day before yesterday"), -2},
    {STR_INIT("day before yesterday"), -2},
    {STR_INIT("today"), 0},
    {STR_INIT("yesterday"), -1},
    {STR_INIT("tomorrow"), 1},
};

/* ── 3일 뒤, 2 weeks ago ───────────────────────────────────────────────────────────────────────────────────────── */

enum span { SPAN_DAYS, SPAN_WEEKS, SPAN_MONTHS, SPAN_YEARS };

static bool take_span(struct str *rest, enum span *ret_span)
{
    static const struct word words[] = {
        {STR_INIT("주일"), SPAN_WEEKS},  {STR_INIT("주"), SPAN_WEEKS},      {STR_INIT("일"), SPAN_DAYS},
        {STR_INIT("개월"), SPAN_MONTHS}, {STR_INIT("달"), SPAN_MONTHS},     {STR_INIT("년"), SPAN_YEARS},
        {STR_INIT("days"), SPAN_DAYS},   {STR_INIT("day"), SPAN_DAYS},      {STR_INIT("weeks"), SPAN_WEEKS},
        {STR_INIT("week"), SPAN_WEEKS},  {STR_INIT("months"), SPAN_MONTHS}, {STR_INIT("month"), SPAN_MONTHS},
        {STR_INIT("years"), SPAN_YEARS}, {STR_INIT("year"), SPAN_YEARS},
    };
    int64_t span;
    if (!TAKE(rest, words, &span))
        return false;
    *ret_span = (enum span)span;
    return true;
}

/* The count of the span: 3, 사흘 (whose span is the day), 보름, a. */
static bool take_count(struct str *rest, int64_t *ret_count, enum span *ret_span)
{
    enum { MOST = 10000 };
    struct numeral numeral;
    bool broken;
    struct str s = *rest;
    *ret_span = SPAN_DAYS;
    if (day_take_word(&s, STR("보름"))) {
        *ret_count = 15;
        *rest = s;
        return true;
    }
    if (day_take_word(&s, STR("a")) || day_take_word(&s, STR("one"))) {
        *ret_count = 1;
    } else {
        if (!numeral_take(&s, &numeral, &broken) || !decimal_to_i64(numeral.value, ret_count) || *ret_count > MOST)
            return false;
        if (numeral.kind == NUMERAL_DAYS) {
            *rest = s;
            return true;
        }
    }
    s = skip_spaces(s);
    if (!take_span(&s, ret_span))
        return false;
    *rest = s;
    return true;
}

/* The same day of another month, or its last one: a month after January 31st is the end of February. */
static int64_t add_months(int64_t day, int64_t months)
{
    struct clock_date date = clock_date_of_days(day);
    int64_t month = date.year * 12 + (date.month - 1) + months, result = day;
    for (int64_t of_month = date.day; of_month > 0; of_month--)
        if (day_of_date(month / 12, month % 12 + 1, of_month, &result))
            return result;
    return result;
}

static int64_t away(int64_t today, int64_t count, enum span span)
{
    switch (span) {
    case SPAN_DAYS:
        return today + count;
    case SPAN_WEEKS:
        return today + count * 7;
    case SPAN_MONTHS:
        return add_months(today, count);
    case SPAN_YEARS:
        return add_months(today, count * 12);
    }
    return today;
}

static bool take_away(struct str *rest, int64_t today, struct days *ret_days)
{
    static const struct word directions[] = {
        {STR_INIT("이후"), 0}, {STR_INIT("이전"), 0}, /* no day, but all after it */
        {STR_INIT("뒤"), 1},   {STR_INIT("후"), 1},   {STR_INIT("있다가"), 1},   {STR_INIT("later"), 1},
        {STR_INIT("전"), -1},  {STR_INIT("ago"), -1}, {STR_INIT("from now"), 1},
    };
    struct str s = *rest;
    int64_t count, direction = 0;
    enum span span;
    bool in = day_take_word(&s, STR("in"));
    s = skip_spaces(s);
    if (!take_count(&s, &count, &span))
        return false;
    s = skip_spaces(s);
    if (in)
        direction = 1;
    else if (!TAKE(&s, directions, &direction) || direction == 0)
        return false;
    *rest = s;
    days_add(ret_days, away(today, count * direction, span));
    return true;
}

/* ── weeks ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct str skip_particle(struct str s)
{
    s = skip_spaces(s);
    if (str_starts(s, STR("의")) || str_starts(s, STR("에")))
        s = str_skip(s, STR("의").n);
    else
        day_take_word(&s, STR("on"));
    return skip_spaces(s);
}

static bool take_week(struct str *rest, int64_t today, struct days *ret_days)
{
    static const struct word weeks[] = {
        {STR_INIT("다다음주"), 2},  {STR_INIT("다담주"), 2},     {STR_INIT("다음주"), 1},  {STR_INIT("담주"), 1},
        {STR_INIT("내주"), 1},      {STR_INIT("차주"), 1},       {STR_INIT("이번주"), 0},  {STR_INIT("금주"), 0},
        {STR_INIT("지지난주"), -2}, {STR_INIT("지난주"), -1},    {STR_INIT("저번주"), -1}, {STR_INIT("next week"), 1},
        {STR_INIT("this week"), 0}, {STR_INIT("last week"), -1},
    };
    struct str s = *rest;
    int64_t week;
    if (!TAKE(&s, weeks, &week))
        return false;
    struct str after = skip_particle(s);
    int weekday = day_take_weekday(&after, true);
    *rest = weekday < 0 ? s : after;
    ret_days->unclear = weekday < 0;
    days_add(ret_days, today - day_weekday(today) + week * 7 + weekday);
    return true;
}

/* 월요일, 지난 월요일, 이번 월요일, 다음 월요일, with "next friday" clear only where all would mean the same day. */
static bool take_weekday(struct str *rest, int64_t today, struct days *ret_days)
{
    enum { COMING, THIS, NEXT, LAST };
    static const struct word which[] = {
        {STR_INIT("돌아오는"), COMING}, {STR_INIT("오는"), COMING}, {STR_INIT("이번"), THIS},
        {STR_INIT("다음"), NEXT},       {STR_INIT("지난"), LAST},   {STR_INIT("저번"), LAST},
        {STR_INIT("this"), THIS},       {STR_INIT("next"), NEXT},   {STR_INIT("last"), LAST},
    };
    struct str s = *rest;
    int64_t said = -1;
    TAKE(&s, which, &said);
    s = skip_spaces(s);
    int weekday = day_take_weekday(&s, false);
    if (weekday < 0)
        return false;
    int64_t of_this_week = today - day_weekday(today) + weekday;
    int64_t coming = of_this_week >= today ? of_this_week : of_this_week + 7;
    int64_t last = of_this_week < today ? of_this_week : of_this_week - 7;
    int64_t later = coming == today ? coming + 7 : coming;
    days_add(ret_days, said == THIS                     ? of_this_week
                       : said == LAST                   ? last
                       : said == COMING || said == NEXT ? later
                                                        : coming);
    if (said == -1)
        days_add(ret_days, last);
    ret_days->unclear = said == NEXT && later != of_this_week + 7;
    *rest = s;
    return true;
}

/* ── months and years ──────────────────────────────────────────────────────────────────────────────────────────── */

static bool take_month(struct str *rest, int64_t today, struct days *ret_days)
{
    static const struct word months[] = {
        {STR_INIT("이번달"), 0},  {STR_INIT("이달"), 0},      {STR_INIT("금월"), 0},     {STR_INIT("다음달"), 1},
        {STR_INIT("담달"), 1},    {STR_INIT("내달"), 1},      {STR_INIT("다다음달"), 2}, {STR_INIT("지난달"), -1},
        {STR_INIT("저번달"), -1}, {STR_INIT("지지난달"), -2},
    };
    struct str s = *rest;
    int64_t month;
    if (!TAKE(&s, months, &month))
        return false;
    struct clock_date date = clock_date_of_days(add_months(today, month));
    *rest = s;
    s = skip_particle(s);
    if (day_take_day_of_month(&s, date.year, date.month, ret_days))
        *rest = s;
    else
        ret_days->unclear = true;
    return true;
}

static bool take_year(struct str *rest, int64_t today, struct days *ret_days)
{
    static const struct word years[] = {
        {STR_INIT("올해"), 0},  {STR_INIT("금년"), 0},    {STR_INIT("내년"), 1},    {STR_INIT("내후년"), 2},
        {STR_INIT("작년"), -1}, {STR_INIT("지난해"), -1}, {STR_INIT("재작년"), -2},
    };
    struct str s = *rest;
    int64_t year;
    if (!TAKE(&s, years, &year))
        return false;
    *rest = s;
    s = skip_particle(s);
    if (day_take_month_and_day(&s, clock_date_of_days(today).year + year, ret_days))
        *rest = s;
    else
        ret_days->unclear = true;
    return true;
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

bool day_take_relative(struct str *rest, const struct day_asked *asked, struct days *ret_days)
{
    int64_t days;
    *ret_days = (struct days){0};
    if (take_away(rest, asked->today, ret_days) || take_week(rest, asked->today, ret_days) ||
        take_month(rest, asked->today, ret_days) || take_year(rest, asked->today, ret_days) ||
        take_weekday(rest, asked->today, ret_days))
        return true;
    if (!TAKE(rest, near_days, &days))
        return false;
    days_add(ret_days, asked->today + days);
    return true;
}
