#include "flows/rules/feel_temporal.h"

#include "bot/base/arena.h"
#include "flows/rules/temporal_text.h"

#include "bot/base/banned.h"

/* ── values ────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct zone_cache *feel_temporal_zones(struct feel_run *run)
{
    run->zones.arena = run->arena;
    return &run->zones;
}

struct value feel_temporal_make_time(struct feel_run *run, const struct temporal_time *time)
{
    struct temporal_time *made = feel_run_alloc(run, 1, sizeof *made);
    if (made == NULL)
        return value_null();
    *made = *time;
    return value_time(made);
}

struct value feel_temporal_make_moment(struct feel_run *run, const struct temporal_moment *moment)
{
    struct temporal_moment *made = feel_run_alloc(run, 1, sizeof *made);
    if (made == NULL)
        return value_null();
    *made = *moment;
    return value_moment(made);
}

/* ── from text ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What is read goes into the arena with all that it points to. */
static bool keep(struct arena *arena, struct value value, struct value *ret_value)
{
    return value_copy(arena, value, ret_value) == OK;
}

static bool read_time(struct arena *arena, struct zone_cache *zones, struct str text, struct value *ret_value)
{
    struct temporal_time time;
    return temporal_read_time(text, &time) && zone_settle_time(zones, &time) &&
           keep(arena, value_time(&time), ret_value);
}

static bool read_moment(struct arena *arena, struct zone_cache *zones, struct str text, struct value *ret_value)
{
    struct temporal_moment moment;
    return temporal_read_moment(text, &moment) && zone_settle_moment(zones, &moment) &&
           keep(arena, value_moment(&moment), ret_value);
}

bool feel_temporal_read(struct arena *arena, struct zone_cache *zones, struct feel_temporal_text text,
                        struct value *ret_value)
{
    struct temporal_date date;
    struct decimal seconds;
    int64_t months;
    bool any = text.wanted == FEEL_ANY;
    if ((any || text.wanted == FEEL_DATE) && temporal_read_date(text.text, &date)) {
        *ret_value = value_date(date);
        return true;
    }
    if ((any || text.wanted == FEEL_DAYS_DURATION) && temporal_read_seconds(text.text, &seconds)) {
        *ret_value = value_seconds(seconds);
        return true;
    }
    if ((any || text.wanted == FEEL_MONTHS_DURATION) && temporal_read_months(text.text, &months)) {
        *ret_value = value_months(months);
        return true;
    }
    return ((any || text.wanted == FEEL_TIME) && read_time(arena, zones, text.text, ret_value)) ||
           ((any || text.wanted == FEEL_DATE_TIME) && read_moment(arena, zones, text.text, ret_value));
}

bool feel_read_temporal(struct feel_run *run, struct str text, enum feel_kind kind, struct value *ret_value)
{
    return feel_temporal_read(run->arena, feel_temporal_zones(run), (struct feel_temporal_text){text, kind}, ret_value);
}

/* ── properties ────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool date_property(struct temporal_date date, struct str name, struct value *ret_value)
{
    if (str_eq(name, STR("year")))
        *ret_value = value_i64(date.year);
    else if (str_eq(name, STR("month")))
        *ret_value = value_i64(date.month);
    else if (str_eq(name, STR("day")))
        *ret_value = value_i64(date.day);
    else if (str_eq(name, STR("weekday")))
        *ret_value = value_i64(temporal_weekday(date));
    else
        return false;
    return true;
}

static bool time_property(const struct temporal_time *time, struct str name, struct value *ret_value)
{
    if (str_eq(name, STR("hour")))
        *ret_value = value_i64(time->hour);
    else if (str_eq(name, STR("minute")))
        *ret_value = value_i64(time->minute);
    else if (str_eq(name, STR("second")))
        *ret_value = value_number(time->second);
    else if (str_eq(name, STR("time offset")))
        *ret_value = time->has_offset ? value_seconds(decimal_from_i64(time->offset_s)) : value_null();
    else if (str_eq(name, STR("timezone")))
        *ret_value = time->zone.n > 0 ? value_string(time->zone) : value_null();
    else
        return false;
    return true;
}

static bool seconds_property(struct decimal seconds, struct str name, struct value *ret_value)
{
    struct temporal_days_parts parts = temporal_days_parts(seconds);
    if (str_eq(name, STR("days")))
        *ret_value = value_i64(parts.days);
    else if (str_eq(name, STR("hours")))
        *ret_value = value_i64(parts.hours);
    else if (str_eq(name, STR("minutes")))
        *ret_value = value_i64(parts.minutes);
    else if (str_eq(name, STR("seconds")))
        *ret_value = value_number(parts.seconds);
    else
        return false;
    return true;
}

static bool months_property(int64_t months, struct str name, struct value *ret_value)
{
    if (str_eq(name, STR("years")))
        *ret_value = value_i64(months / 12);
    else if (str_eq(name, STR("months")))
        *ret_value = value_i64(months % 12);
    else
        return false;
    return true;
}

bool feel_temporal_property(const struct value *of, struct str name, struct value *ret_value)
{
    switch (of->kind) {
    case VALUE_DATE:
        return date_property(of->date, name, ret_value);
    case VALUE_TIME:
        return time_property(of->time, name, ret_value);
    case VALUE_DATE_TIME:
        return date_property(of->moment->date, name, ret_value) || time_property(&of->moment->time, name, ret_value);
    case VALUE_DAYS_DURATION:
        return seconds_property(of->seconds, name, ret_value);
    case VALUE_MONTHS_DURATION:
        return months_property(of->months, name, ret_value);
    case VALUE_NULL:
    case VALUE_BOOLEAN:
    case VALUE_NUMBER:
    case VALUE_STRING:
    case VALUE_LIST:
    case VALUE_CONTEXT:
    case VALUE_RANGE:
    case VALUE_FUNCTION:
    case VALUE_KINDS:
        break;
    }
    return false;
}
