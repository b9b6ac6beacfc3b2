/* Functions of dates, times and durations (DMN 1.5 §10.3.4.1, §10.3.4.8, tables 72, 79, 82). */
#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/text.h"
#include "flows/rules/feel_builtin.h"
#include "flows/rules/feel_temporal.h"
#include "flows/rules/temporal_text.h"

#include "bot/base/banned.h"

enum { MAX_SHOWN = 40 };

static struct value none(struct feel_run *run, const struct feel_arguments *args)
{
    return feel_run_null(run, "%.*s(): there is none of these values", STR_ARG(args->function));
}

static struct value from_text(struct feel_run *run, const struct feel_arguments *args, enum feel_kind kind)
{
    struct value value;
    if (feel_read_temporal(run, args->items[0].string, kind, &value))
        return value;
    return feel_run_null(run, "%.*s() cannot read \"%.*s\"", STR_ARG(args->function),
                         STR_ARG(text_first(args->items[0].string, MAX_SHOWN)));
}

/* ── dates and times ───────────────────────────────────────────────────────────────────────────────────────────── */

struct value feel_temporal_date(struct feel_run *run, const struct feel_arguments *args)
{
    enum { FROM_TEXT, FROM_DATE, FROM_MOMENT };
    int64_t year, month, day;
    struct temporal_date date;
    if (args->alternative == FROM_TEXT)
        return from_text(run, args, FEEL_DATE);
    if (args->alternative == FROM_DATE)
        return args->items[0];
    if (args->alternative == FROM_MOMENT)
        return value_date(args->items[0].moment->date);
    if (!feel_run_whole(args->items[0].number, &year) || !feel_run_whole(args->items[1].number, &month) ||
        !feel_run_whole(args->items[2].number, &day) || !temporal_date_make(year, month, day, &date))
        return none(run, args);
    return value_date(date);
}

/* hour, minute, second, and perhaps an offset */
static struct value time_of_parts(struct feel_run *run, const struct feel_arguments *args)
{
    int64_t hour, minute, offset_s = 0;
    struct temporal_time time;
    bool has_offset = args->items[3].kind != VALUE_NULL;
    if (!feel_run_whole(args->items[0].number, &hour) || !feel_run_whole(args->items[1].number, &minute) ||
        !temporal_time_make(hour, minute, temporal_seconds(args->items[2].number), &time))
        return none(run, args);
    if (has_offset && (!decimal_to_i64(args->items[3].seconds, &offset_s) || offset_s > TEMPORAL_MAX_OFFSET_S ||
                       offset_s < -TEMPORAL_MAX_OFFSET_S))
        return feel_run_null(run, "time(): an offset has whole seconds and not more than 14 hours");
    time.has_offset = has_offset;
    time.offset_s = (int32_t)offset_s;
    return feel_temporal_make_time(run, &time);
}

struct value feel_temporal_time(struct feel_run *run, const struct feel_arguments *args)
{
    enum { FROM_TEXT, FROM_TIME, FROM_MOMENT, FROM_DATE };
    struct temporal_time time = {.second = decimal_from_i64(0), .has_offset = true};
    if (args->alternative == FROM_TEXT)
        return from_text(run, args, FEEL_TIME);
    if (args->alternative == FROM_TIME)
        return args->items[0];
    if (args->alternative == FROM_MOMENT)
        return feel_temporal_make_time(run, &args->items[0].moment->time);
    if (args->alternative == FROM_DATE) /* its midnight, in UTC */
        return feel_temporal_make_time(run, &time);
    return time_of_parts(run, args);
}

struct value feel_temporal_date_and_time(struct feel_run *run, const struct feel_arguments *args)
{
    enum { FROM_TEXT, FROM_DATE };
    if (args->alternative == FROM_TEXT)
        return from_text(run, args, FEEL_DATE_TIME);
    struct temporal_moment moment = {.time = *args->items[1].time};
    moment.date = args->alternative == FROM_DATE ? args->items[0].date : args->items[0].moment->date;
    if (!zone_settle_moment(feel_temporal_zones(run), &moment))
        return none(run, args);
    return feel_temporal_make_moment(run, &moment);
}

/* ── durations ─────────────────────────────────────────────────────────────────────────────────────────────────── */

struct value feel_temporal_duration(struct feel_run *run, const struct feel_arguments *args)
{
    struct value value;
    if (feel_read_temporal(run, args->items[0].string, FEEL_DAYS_DURATION, &value))
        return value;
    return from_text(run, args, FEEL_MONTHS_DURATION);
}

static struct temporal_date date_of(const struct value *value)
{
    return value->kind == VALUE_DATE ? value->date : value->moment->date;
}

struct value feel_temporal_months_duration(struct feel_run *run, const struct feel_arguments *args)
{
    (void)run;
    return value_months(temporal_months_between(date_of(&args->items[0]), date_of(&args->items[1])));
}

/* ── now ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* All of an evaluation sees the same moment. */
static bool read_clock(struct feel_run *run)
{
    if (run->clock == NULL)
        return false;
    if (!run->has_now)
        run->now_ms = clock_now_ms(*run->clock);
    run->has_now = true;
    return true;
}

/* The clock's moment where the run's time zone is; false: there is no clock or no such zone, with a reason. */
static bool now_of(struct feel_run *run, struct str function, struct temporal_moment *ret_now)
{
    struct temporal_moment now = {.date = {1970, 1, 1}, .time = {.second = decimal_from_i64(0), .has_offset = true}};
    struct decimal seconds;
    if (!read_clock(run)) {
        feel_reason(run, "%.*s() has no clock here", STR_ARG(function));
        return false;
    }
    bool fixed = run->timezone.n == 0 || temporal_read_offset(run->timezone, &now.time.offset_s);
    if (!fixed)
        now.time.zone = run->timezone;
    int64_t ms = run->now_ms + (int64_t)now.time.offset_s * 1000;
    if (!decimal_div(decimal_from_i64(ms), decimal_from_i64(1000), &seconds) ||
        !zone_move_moment(feel_temporal_zones(run), &now, seconds)) {
        feel_reason(run, "%.*s(): there is no time zone `%.*s`", STR_ARG(function), STR_ARG(run->timezone));
        return false;
    }
    *ret_now = now;
    return true;
}

struct value feel_temporal_now(struct feel_run *run, const struct feel_arguments *args)
{
    struct temporal_moment now;
    return now_of(run, args->function, &now) ? feel_temporal_make_moment(run, &now) : value_null();
}

struct value feel_temporal_today(struct feel_run *run, const struct feel_arguments *args)
{
    struct temporal_moment now;
    return now_of(run, args->function, &now) ? value_date(now.date) : value_null();
}

/* ── the calendar ──────────────────────────────────────────────────────────────────────────────────────────────── */

struct value feel_temporal_day_of_year(struct feel_run *run, const struct feel_arguments *args)
{
    (void)run;
    return value_i64(temporal_day_of_year(date_of(&args->items[0])));
}

struct value feel_temporal_day_of_week(struct feel_run *run, const struct feel_arguments *args)
{
    static const struct str names[] = {STR_INIT("Monday"),   STR_INIT("Tuesday"), STR_INIT("Wednesday"),
                                       STR_INIT("Thursday"), STR_INIT("Friday"),  STR_INIT("Saturday"),
                                       STR_INIT("Sunday")};
    (void)run;
    return value_string(names[temporal_weekday(date_of(&args->items[0])) - 1]);
}

struct value feel_temporal_month_of_year(struct feel_run *run, const struct feel_arguments *args)
{
    static const struct str names[] = {STR_INIT("January"), STR_INIT("February"), STR_INIT("March"),
                                       STR_INIT("April"),   STR_INIT("May"),      STR_INIT("June"),
                                       STR_INIT("July"),    STR_INIT("August"),   STR_INIT("September"),
                                       STR_INIT("October"), STR_INIT("November"), STR_INIT("December")};
    (void)run;
    return value_string(names[date_of(&args->items[0]).month - 1]);
}

struct value feel_temporal_week_of_year(struct feel_run *run, const struct feel_arguments *args)
{
    (void)run;
    return value_i64(temporal_week(date_of(&args->items[0])));
}
