#include "flows/survey/day.h"

#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/text.h"
#include "flows/survey/fillers.h"

#include "bot/base/banned.h"

enum { MOST_WORDS = 4 /* unknown ones, around a day */ };

/* ── what the parts share ──────────────────────────────────────────────────────────────────────────────────────── */

bool day_of_date(int64_t year, int64_t month, int64_t day, int64_t *ret_day)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    struct clock_date date = {.year = year, .month = (int)month, .day = (int)day};
    int64_t days = clock_days_of_date(date);
    *ret_day = days;
    return clock_date_of_days(days).month == date.month;
}

void days_add(struct days *days, int64_t day)
{
    if (days->n < COUNT_OF(days->items))
        days->items[days->n++] = day;
}

int day_weekday(int64_t day)
{
    int64_t from_monday = (day + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int)(from_monday < 0 ? from_monday + 7 : from_monday);
}

bool day_take_word(struct str *rest, struct str word)
{
    struct str s = *rest;
    for (size_t i = 0; i < word.n;) {
        if (word.p[i] == ' ') {
            i++;
            continue;
        }
        if (s.n > 0 && s.p[0] == ' ' && i > 0) {
            s = str_skip(s, 1);
            continue;
        }
        if (s.n == 0 || s.p[0] != word.p[i])
            return false;
        s = str_skip(s, 1);
        i++;
    }
    struct str after = s;
    bool latin = word.p[0] > 0, in_word = latin && text_is_letter(text_next(&after)) && s.p[0] > 0;
    if (in_word)
        return false;
    *rest = s;
    return true;
}

int day_take_weekday(struct str *rest, bool may_be_short)
{
    static const struct {
        struct str brief, whole, spoken, english, english_brief;
    } names[] = {
        {STR_INIT("월"), STR_INIT("월요일"), STR_INIT("월욜"), STR_INIT("monday"), STR_INIT("mon")},
        {STR_INIT("화"), STR_INIT("화요일"), STR_INIT("화욜"), STR_INIT("tuesday"), STR_INIT("tue")},
        {STR_INIT("수"), STR_INIT("수요일"), STR_INIT("수욜"), STR_INIT("wednesday"), STR_INIT("wed")},
        {STR_INIT("목"), STR_INIT("목요일"), STR_INIT("목욜"), STR_INIT("thursday"), STR_INIT("thu")},
        {STR_INIT("금"), STR_INIT("금요일"), STR_INIT("금욜"), STR_INIT("friday"), STR_INIT("fri")},
        {STR_INIT("토"), STR_INIT("토요일"), STR_INIT("토욜"), STR_INIT("saturday"), STR_INIT("sat")},
        {STR_INIT("일"), STR_INIT("일요일"), STR_INIT("일욜"), STR_INIT("sunday"), STR_INIT("sun")},
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (day_take_word(rest, names[i].whole) || day_take_word(rest, names[i].spoken) ||
            day_take_word(rest, names[i].english) || day_take_word(rest, names[i].english_brief) ||
            (may_be_short && day_take_word(rest, names[i].brief)))
            return (int)i;
    return -1;
}

/* ── choosing among the days that may be meant ─────────────────────────────────────────────────────────────────── */

static bool is_within(const struct day_asked *asked, int64_t day)
{
    return (!asked->has_min || day >= asked->min) && (!asked->has_max || day <= asked->max);
}

/* "3월 5일 (목)", "3월 5일 목요일": only the days that are a Thursday are left.  Where that is not the likeliest one, only
 * a later one instead of one that is past: anything else is a slip. */
static void keep_weekday(struct str *rest, int64_t today, struct days *days)
{
    struct str after = filler_skip_marks(*rest);
    bool bracket = rest->n > 0 && (rest->p[0] == '(' || str_starts(*rest, STR(" (")));
    struct days left = {.unclear = days->unclear};
    int weekday = day_take_weekday(&after, bracket);
    if (weekday < 0)
        return;
    *rest = after;
    for (size_t i = 0; i < days->n; i++)
        if (day_weekday(days->items[i]) == weekday)
            days_add(&left, days->items[i]);
    bool same = left.n > 0 && left.items[0] == days->items[0];
    bool later = left.n > 0 && days->items[0] < today && left.items[0] > today;
    left.unclear = left.unclear || (days->n > 0 && !same && !later);
    *days = left;
}

static int64_t choose(const struct days *days, const struct day_asked *asked)
{
    for (size_t i = 0; i < days->n; i++)
        if (is_within(asked, days->items[i]))
            return days->items[i];
    return days->items[0];
}

/* ── the sentence ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* Behind a day, a word that makes it another one or several. */
static bool is_hedged(struct str s)
{
    static const struct str words[] = {
        STR_INIT("이후"), STR_INIT("이전"),   STR_INIT("후"),   STR_INIT("전"),   STR_INIT("뒤"),
        STR_INIT("부터"), STR_INIT("말고"),   STR_INIT("아니"), STR_INIT("빼고"), STR_INIT("사이"),
        STR_INIT("동안"), STR_INIT("간"),     STR_INIT("마다"), STR_INIT("연속"), STR_INIT("이나"),
        STR_INIT("또는"), STR_INIT("아니면"), STR_INIT("or"),   STR_INIT("~"),
    };
    while (s.n > 0 && s.p[0] == ' ')
        s = str_skip(s, 1);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_starts(s, words[i]))
            return true;
    return false;
}

static struct str skip_endings(struct str s)
{
    for (size_t n = filler_ending(s); n > 0; n = filler_ending(s))
        s = str_skip(s, n);
    return s;
}

/* A word up to the next space or digit; false: a number stands here that is no day. */
static bool skip_word(struct str *rest)
{
    struct str s = *rest;
    for (struct str after = s; s.n > 0 && text_is_letter(text_next(&after));)
        s = after;
    bool moved = s.n < rest->n;
    *rest = s;
    return moved;
}

static bool take_day(struct str *rest, const struct day_asked *asked, struct days *ret_days)
{
    struct days days = {0};
    if (!day_take_relative(rest, asked, &days) && !day_take_written(rest, asked, &days))
        return false;
    keep_weekday(rest, asked->today, &days);
    *ret_days = days;
    return true;
}

enum day_result day_read(struct str text, const struct day_asked *asked, int64_t *ret_day)
{
    bool found = false;
    size_t unknown = 0;
    int64_t day = 0;
    for (struct str rest = filler_skip_marks(text); rest.n > 0; rest = filler_skip_marks(rest)) {
        struct days days;
        if (!take_day(&rest, asked, &days)) {
            size_t known = found ? filler_ending(rest) : filler_beginning(rest);
            struct str word = rest;
            if (!skip_word(&word))
                return DAY_NONE;
            bool is_known = known > 0 && known >= rest.n - word.n;
            unknown += is_known ? 0 : 1;
            rest = word;
            continue;
        }
        if (days.unclear || is_hedged(rest))
            return DAY_UNCLEAR;
        if (days.n == 0)
            return DAY_NONE;
        int64_t chosen = choose(&days, asked);
        if (found && chosen != day)
            return DAY_UNCLEAR;
        found = true;
        day = chosen;
        rest = skip_endings(rest);
    }
    if (!found || unknown > MOST_WORDS)
        return DAY_NONE;
    *ret_day = day;
    return DAY_ONE;
}
