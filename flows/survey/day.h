/* flows/survey/day.h — the one day in what somebody said: "다음 주 월요일이요", "3월 5일", "사흘 뒤", "March 5".
 *
 *   written    2026-03-05  2026.3.5  26.3.5  20260305  2026년 3월 5일(목)  삼월 오일  3월 말일  3/5  5일
 *              March 5, 2026  5th of March  3/25/2026
 *   relative   오늘 어제 내일 모레 글피 그저께 …  3일 뒤  일주일 전  한 달 후  in 3 days  2 weeks ago
 *              다음 주 월요일  이번 주 금요일  지난주 수요일  월요일  지난 화요일  next week friday
 *              다음 달 5일  이번 달 말일  내년 3월 5일
 *
 * A week begins on Monday (ISO 8601).  What leaves a choice open is settled by what is asked for: "3월 5일" is of this
 * year, else of the next or last one, "월요일" the coming one, else the last, "5일" of this month or the next, else the
 * last, the first of them within the bounds.  Two digits of a year: not later than ten years from now.
 *
 * Thread: any (pure functions over constant tables).  Memory: none.                                                  */
#ifndef GILBOT_FLOWS_SURVEY_DAY_H
#define GILBOT_FLOWS_SURVEY_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/str.h"

enum day_result {
    DAY_ONE,
    DAY_NONE,    /* no day, or one that does not exist: 2023-02-29                              */
    DAY_UNCLEAR, /* several, or one that nobody knows: "3일이나 4일", "다음 주", "3월 5일 이후"   */
};

/* Days are counted from 1970-01-01. */
struct day_asked {
    int64_t today;
    bool has_min, has_max;
    int64_t min, max;
    struct str locale; /* "en-US" writes the month first */
};

/* `text`: text_input's form in lower case. */
enum day_result day_read(struct str text, const struct day_asked *asked, int64_t *ret_day);

/* ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The days that an expression may mean, the likeliest first; none: no such day. */
struct days {
    int64_t items[3];
    size_t n;
    bool unclear;
};

/* False: no such day. */
bool day_of_date(int64_t year, int64_t month, int64_t day, int64_t *ret_day);
void days_add(struct days *days, int64_t day);
/* 0: Monday … 6: Sunday. */
int day_weekday(int64_t day);
/* The name of a day of the week at the start of *rest, taken off; `may_be_short`: "월" too.  -1: none. */
int day_take_weekday(struct str *rest, bool may_be_short);
/* `word` at the start of *rest, whose spaces do not count, taken off. */
bool day_take_word(struct str *rest, struct str word);

/* day_written.c, day_relative.c: an expression at the start of *rest, taken off.  False: there is none. */
bool day_take_written(struct str *rest, const struct day_asked *asked, struct days *ret_days);
bool day_take_relative(struct str *rest, const struct day_asked *asked, struct days *ret_days);
/* The month and day, or only the day, behind a word for a year or a month.  False: there is none. */
bool day_take_month_and_day(struct str *rest, int64_t year, struct days *ret_days);
bool day_take_day_of_month(struct str *rest, int64_t year, int64_t month, struct days *ret_days);

#endif
