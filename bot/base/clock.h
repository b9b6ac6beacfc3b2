/* bot/base/clock.h — time is handed in, so that tests can freeze and advance it.
 *
 * `now_ms` is Unix time in milliseconds, UTC, and may jump when the machine's clock is set; use it for what is stored
 * and compared across restarts.  `tick_us` is monotonic microseconds from an arbitrary start; use it for durations.
 * Thread: any.                                                                                                   */
#ifndef GILBOT_BASE_CLOCK_H
#define GILBOT_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

struct clock {
    int64_t (*now_ms)(void *self);
    int64_t (*tick_us)(void *self);
    void *self;
};

struct clock clock_system(void);

/* A clock that stands, for a turn or a replay, and for tests, which change *now_ms: both readings come from it. */
struct clock clock_manual(int64_t *now_ms);

int64_t clock_now_ms(struct clock clock);
int64_t clock_tick_us(struct clock clock);

/* "2026-01-31T09:00:00.120Z" and its NUL into `ret_text`; years 0000 to 9999, others are clamped. */
enum { CLOCK_ISO_BYTES = 25 };
void clock_iso(int64_t unix_ms, char ret_text[CLOCK_ISO_BYTES]);

/* Minutes east of UTC at that time in the process's time zone (the environment's TZ; tzset must have run). */
int64_t clock_utc_offset_min(int64_t unix_ms);

/* Civil date (proleptic Gregorian) of a number of days since 1970-01-01, and back.
 * Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
struct clock_date {
    int64_t year;
    int month, day; /* 1…12, 1…31 */
};
struct clock_date clock_date_of_days(int64_t days);
int64_t clock_days_of_date(struct clock_date date);

#endif
