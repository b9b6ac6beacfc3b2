#include "bot/base/clock.h"

#include <string.h>
#include <time.h>

#include "bot/base/banned.h"

static int64_t read_us(clockid_t id)
{
    struct timespec t = {0};
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t system_now_ms(void *self)
{
    (void)self;
    return read_us(CLOCK_REALTIME) / 1000;
}

static int64_t system_tick_us(void *self)
{
    (void)self;
    return read_us(CLOCK_MONOTONIC);
}

struct clock clock_system(void)
{
    return (struct clock){.now_ms = system_now_ms, .tick_us = system_tick_us};
}

static int64_t manual_now_ms(void *self)
{
    return *(const int64_t *)self;
}

static int64_t manual_tick_us(void *self)
{
    return *(const int64_t *)self * 1000;
}

struct clock clock_manual(int64_t *now_ms)
{
    return (struct clock){.now_ms = manual_now_ms, .tick_us = manual_tick_us, .self = now_ms};
}

int64_t clock_now_ms(struct clock clock)
{
    return clock.now_ms(clock.self);
}

int64_t clock_tick_us(struct clock clock)
{
    return clock.tick_us(clock.self);
}

int64_t clock_utc_offset_min(int64_t unix_ms)
{
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm local = {0};
    return localtime_r(&seconds, &local) == NULL ? 0 : local.tm_gmtoff / 60;
}

struct clock_date clock_date_of_days(int64_t days)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t m = (5 * day_of_year + 2) / 153; /* March is 0 */
    int month = (int)(m < 10 ? m + 3 : m - 9);
    return (struct clock_date){
        .year = year_of_era + era * 400 + (month <= 2),
        .month = month,
        .day = (int)(day_of_year - (153 * m + 2) / 5 + 1),
    };
}

int64_t clock_days_of_date(struct clock_date date)
{
    int64_t y = date.year - (date.month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t m = date.month > 2 ? date.month - 3 : date.month + 9;
    int64_t day_of_year = (153 * m + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void put_digits(char *p, int n, int64_t number)
{
    for (int i = n - 1; i >= 0; i--, number /= 10)
        p[i] = (char)('0' + number % 10);
}

/* Every line of the log begins with one: by hand, as snprintf takes ten times as long. */
void clock_iso(int64_t unix_ms, char ret_text[CLOCK_ISO_BYTES])
{
    static const int64_t ms_a_day = 86400000, year_0 = -62167219200000, year_9999_end = 253402300799999;
    if (unix_ms < year_0)
        unix_ms = year_0;
    if (unix_ms > year_9999_end)
        unix_ms = year_9999_end;
    int64_t days = unix_ms / ms_a_day, rest = unix_ms % ms_a_day;
    if (rest < 0) {
        rest += ms_a_day;
        days--;
    }
    struct clock_date date = clock_date_of_days(days);
    memcpy(ret_text, "0000-00-00T00:00:00.000Z", CLOCK_ISO_BYTES);
    put_digits(ret_text, 4, date.year);
    put_digits(ret_text + 5, 2, date.month);
    put_digits(ret_text + 8, 2, date.day);
    put_digits(ret_text + 11, 2, rest / 3600000);
    put_digits(ret_text + 14, 2, rest / 60000 % 60);
    put_digits(ret_text + 17, 2, rest / 1000 % 60);
    put_digits(ret_text + 20, 3, rest % 1000);
}
