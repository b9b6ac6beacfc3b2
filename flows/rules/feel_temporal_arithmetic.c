/* What may be done with dates, times and durations: sums, differences, multiples (DMN 1.5 tables 57 and 59). */
#include "bot/base/attributes.h"
#include "flows/rules/feel_temporal.h"

#include "bot/base/banned.h"

/* The operands in the order of the table; of a subtraction from a date or time the second is negated. */
typedef bool operation(struct feel_run *run, const struct value *a, const struct value *b, struct value *ret_value);

static bool keep_seconds(struct decimal seconds, struct value *ret_value)
{
    if (!temporal_is_duration(seconds))
        return false;
    *ret_value = value_seconds(temporal_seconds(seconds));
    return true;
}

static bool seconds_plus_seconds(struct feel_run *run, const struct value *a, const struct value *b,
                                 struct value *ret_value)
{
    (void)run;
    struct decimal sum;
    return decimal_add(a->seconds, b->seconds, &sum) && keep_seconds(sum, ret_value);
}

static bool months_plus_months(struct feel_run *run, const struct value *a, const struct value *b,
                               struct value *ret_value)
{
    (void)run;
    *ret_value = value_months(a->months + b->months); /* both far from the limits of int64_t */
    return temporal_is_months(ret_value->months);
}

/* A date is its midnight; what remains of a day is cut. */
static bool date_plus_seconds(struct feel_run *run, const struct value *a, const struct value *b,
                              struct value *ret_value)
{
    (void)run;
    int64_t days;
    struct decimal rest;
    struct temporal_date date;
    if (!temporal_split_days(b->seconds, &days, &rest) ||
        !temporal_date_of_days(temporal_date_days(a->date) + days, &date))
        return false;
    *ret_value = value_date(date);
    return true;
}

static bool date_plus_months(struct feel_run *run, const struct value *a, const struct value *b,
                             struct value *ret_value)
{
    (void)run;
    struct temporal_date date;
    if (!temporal_add_months(a->date, b->months, &date))
        return false;
    *ret_value = value_date(date);
    return true;
}

static bool moment_plus_seconds(struct feel_run *run, const struct value *a, const struct value *b,
                                struct value *ret_value)
{
    struct temporal_moment moment = *a->moment;
    if (!zone_move_moment(feel_temporal_zones(run), &moment, b->seconds))
        return false;
    *ret_value = feel_temporal_make_moment(run, &moment);
    return true;
}

static bool moment_plus_months(struct feel_run *run, const struct value *a, const struct value *b,
                               struct value *ret_value)
{
    struct temporal_moment moment = *a->moment;
    if (!temporal_add_months(moment.date, b->months, &moment.date) ||
        !zone_settle_moment(feel_temporal_zones(run), &moment))
        return false;
    *ret_value = feel_temporal_make_moment(run, &moment);
    return true;
}

static bool time_plus_seconds(struct feel_run *run, const struct value *a, const struct value *b,
                              struct value *ret_value)
{
    struct decimal sum, rest;
    int64_t days;
    if (!decimal_add(temporal_time_seconds(a->time), b->seconds, &sum) || !temporal_split_days(sum, &days, &rest))
        return false;
    struct temporal_time clock = temporal_time_of_seconds(rest), time = *a->time;
    time.hour = clock.hour;
    time.minute = clock.minute;
    time.second = clock.second;
    *ret_value = feel_temporal_make_time(run, &time);
    return true;
}

/* A date stands for its midnight in UTC beside a date and time. */
static struct temporal_moment moment_of(const struct value *value)
{
    if (value->kind == VALUE_DATE_TIME)
        return *value->moment;
    return (struct temporal_moment){.date = value->date, .time = {.second = decimal_from_i64(0), .has_offset = true}};
}

static bool moment_minus_moment(struct feel_run *run, const struct value *a, const struct value *b,
                                struct value *ret_value)
{
    (void)run;
    struct temporal_moment from = moment_of(b), to = moment_of(a);
    struct decimal seconds;
    return temporal_moment_difference(&to, &from, &seconds) && keep_seconds(seconds, ret_value);
}

static bool time_minus_time(struct feel_run *run, const struct value *a, const struct value *b, struct value *ret_value)
{
    (void)run;
    struct decimal seconds;
    return temporal_time_difference(a->time, b->time, &seconds) && keep_seconds(seconds, ret_value);
}

static bool seconds_times_number(struct feel_run *run, const struct value *a, const struct value *b,
                                 struct value *ret_value)
{
    (void)run;
    struct decimal product;
    return decimal_mul(a->seconds, b->number, &product) && keep_seconds(product, ret_value);
}

static bool seconds_by_number(struct feel_run *run, const struct value *a, const struct value *b,
                              struct value *ret_value)
{
    (void)run;
    struct decimal quotient;
    if (decimal_is_zero(b->number) || !decimal_div(a->seconds, b->number, &quotient))
        return false;
    return keep_seconds(quotient, ret_value);
}

/* Parts of months are cut. */
static bool keep_months(struct decimal months, struct value *ret_value)
{
    int64_t whole;
    if (!feel_run_whole(months, &whole) || !temporal_is_months(whole))
        return false;
    *ret_value = value_months(whole);
    return true;
}

static bool months_times_number(struct feel_run *run, const struct value *a, const struct value *b,
                                struct value *ret_value)
{
    (void)run;
    struct decimal product;
    return decimal_mul(decimal_from_i64(a->months), b->number, &product) && keep_months(product, ret_value);
}

static bool months_by_number(struct feel_run *run, const struct value *a, const struct value *b,
                             struct value *ret_value)
{
    (void)run;
    struct decimal quotient;
    if (decimal_is_zero(b->number) || !decimal_div(decimal_from_i64(a->months), b->number, &quotient))
        return false;
    return keep_months(quotient, ret_value);
}

static bool ratio(struct decimal a, struct decimal b, struct value *ret_value)
{
    struct decimal quotient;
    if (decimal_is_zero(b) || !decimal_div(a, b, &quotient))
        return false;
    *ret_value = value_number(quotient);
    return true;
}

static bool seconds_by_seconds(struct feel_run *run, const struct value *a, const struct value *b,
                               struct value *ret_value)
{
    (void)run;
    return ratio(a->seconds, b->seconds, ret_value);
}

static bool months_by_months(struct feel_run *run, const struct value *a, const struct value *b,
                             struct value *ret_value)
{
    (void)run;
    return ratio(decimal_from_i64(a->months), decimal_from_i64(b->months), ret_value);
}

enum order { AS_WRITTEN, SWAPPED };

/* DMN 1.5 tables 57 and 59, and the negation of durations.  Subtracting a duration adds its negative. */
static const struct row {
    enum feel_op op;
    enum feel_kind a, b, result;
    operation *apply;
    enum order order;
} rows[] = {
    {FEEL_ADD, FEEL_DAYS_DURATION, FEEL_DAYS_DURATION, FEEL_DAYS_DURATION, seconds_plus_seconds, AS_WRITTEN},
    {FEEL_ADD, FEEL_MONTHS_DURATION, FEEL_MONTHS_DURATION, FEEL_MONTHS_DURATION, months_plus_months, AS_WRITTEN},
    {FEEL_ADD, FEEL_DATE, FEEL_DAYS_DURATION, FEEL_DATE, date_plus_seconds, AS_WRITTEN},
    {FEEL_ADD, FEEL_DAYS_DURATION, FEEL_DATE, FEEL_DATE, date_plus_seconds, SWAPPED},
    {FEEL_ADD, FEEL_DATE, FEEL_MONTHS_DURATION, FEEL_DATE, date_plus_months, AS_WRITTEN},
    {FEEL_ADD, FEEL_MONTHS_DURATION, FEEL_DATE, FEEL_DATE, date_plus_months, SWAPPED},
    {FEEL_ADD, FEEL_DATE_TIME, FEEL_DAYS_DURATION, FEEL_DATE_TIME, moment_plus_seconds, AS_WRITTEN},
    {FEEL_ADD, FEEL_DAYS_DURATION, FEEL_DATE_TIME, FEEL_DATE_TIME, moment_plus_seconds, SWAPPED},
    {FEEL_ADD, FEEL_DATE_TIME, FEEL_MONTHS_DURATION, FEEL_DATE_TIME, moment_plus_months, AS_WRITTEN},
    {FEEL_ADD, FEEL_MONTHS_DURATION, FEEL_DATE_TIME, FEEL_DATE_TIME, moment_plus_months, SWAPPED},
    {FEEL_ADD, FEEL_TIME, FEEL_DAYS_DURATION, FEEL_TIME, time_plus_seconds, AS_WRITTEN},
    {FEEL_ADD, FEEL_DAYS_DURATION, FEEL_TIME, FEEL_TIME, time_plus_seconds, SWAPPED},

    {FEEL_SUBTRACT, FEEL_DAYS_DURATION, FEEL_DAYS_DURATION, FEEL_DAYS_DURATION, seconds_plus_seconds, AS_WRITTEN},
    {FEEL_SUBTRACT, FEEL_MONTHS_DURATION, FEEL_MONTHS_DURATION, FEEL_MONTHS_DURATION, months_plus_months, AS_WRITTEN},
    {FEEL_SUBTRACT, FEEL_DATE, FEEL_DAYS_DURATION, FEEL_DATE, date_plus_seconds, AS_WRITTEN},
    {FEEL_SUBTRACT, FEEL_DATE, FEEL_MONTHS_DURATION, FEEL_DATE, date_plus_months, AS_WRITTEN},
    {FEEL_SUBTRACT, FEEL_DATE_TIME, FEEL_DAYS_DURATION, FEEL_DATE_TIME, moment_plus_seconds, AS_WRITTEN},
    {FEEL_SUBTRACT, FEEL_DATE_TIME, FEEL_MONTHS_DURATION, FEEL_DATE_TIME, moment_plus_months, AS_WRITTEN},
    {FEEL_SUBTRACT, FEEL_TIME, FEEL_DAYS_DURATION, FEEL_TIME, time_plus_seconds, AS_WRITTEN},
    {FEEL_SUBTRACT, FEEL_DATE, FEEL_DATE, FEEL_DAYS_DURATION, moment_minus_moment, AS_WRITTEN},
    {FEEL_SUBTRACT, FEEL_DATE, FEEL_DATE_TIME, FEEL_DAYS_DURATION, moment_minus_moment, AS_WRITTEN},
    {FEEL_SUBTRACT, FEEL_DATE_TIME, FEEL_DATE, FEEL_DAYS_DURATION, moment_minus_moment, AS_WRITTEN},
    {FEEL_SUBTRACT, FEEL_DATE_TIME, FEEL_DATE_TIME, FEEL_DAYS_DURATION, moment_minus_moment, AS_WRITTEN},
    {FEEL_SUBTRACT, FEEL_TIME, FEEL_TIME, FEEL_DAYS_DURATION, time_minus_time, AS_WRITTEN},

    {FEEL_MULTIPLY, FEEL_DAYS_DURATION, FEEL_NUMBER, FEEL_DAYS_DURATION, seconds_times_number, AS_WRITTEN},
    {FEEL_MULTIPLY, FEEL_NUMBER, FEEL_DAYS_DURATION, FEEL_DAYS_DURATION, seconds_times_number, SWAPPED},
    {FEEL_MULTIPLY, FEEL_MONTHS_DURATION, FEEL_NUMBER, FEEL_MONTHS_DURATION, months_times_number, AS_WRITTEN},
    {FEEL_MULTIPLY, FEEL_NUMBER, FEEL_MONTHS_DURATION, FEEL_MONTHS_DURATION, months_times_number, SWAPPED},
    {FEEL_DIVIDE, FEEL_DAYS_DURATION, FEEL_NUMBER, FEEL_DAYS_DURATION, seconds_by_number, AS_WRITTEN},
    {FEEL_DIVIDE, FEEL_MONTHS_DURATION, FEEL_NUMBER, FEEL_MONTHS_DURATION, months_by_number, AS_WRITTEN},
    {FEEL_DIVIDE, FEEL_DAYS_DURATION, FEEL_DAYS_DURATION, FEEL_NUMBER, seconds_by_seconds, AS_WRITTEN},
    {FEEL_DIVIDE, FEEL_MONTHS_DURATION, FEEL_MONTHS_DURATION, FEEL_NUMBER, months_by_months, AS_WRITTEN},
};

static const struct row *row_of(enum feel_op op, enum feel_kind a, enum feel_kind b)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].op == op && rows[i].a == a && rows[i].b == b)
            return &rows[i];
    return NULL;
}

enum feel_kind feel_temporal_result(enum feel_op op, enum feel_kind a, enum feel_kind b)
{
    if (op == FEEL_NEGATE)
        return a == FEEL_DAYS_DURATION || a == FEEL_MONTHS_DURATION ? a : FEEL_ANY;
    const struct row *row = row_of(op, a, b);
    return row == NULL ? FEEL_ANY : row->result;
}

static struct value negated(const struct value *duration)
{
    if (duration->kind == VALUE_DAYS_DURATION)
        return value_seconds(decimal_negate(duration->seconds));
    return duration->kind == VALUE_MONTHS_DURATION ? value_months(-duration->months) : *duration;
}

bool feel_temporal_calculate(struct feel_run *run, enum feel_op op, const struct value *a, const struct value *b,
                             struct value *ret_value)
{
    if (op == FEEL_NEGATE) {
        *ret_value = negated(a);
        return a->kind == VALUE_DAYS_DURATION || a->kind == VALUE_MONTHS_DURATION;
    }
    const struct row *row = row_of(op, feel_value_kind(a), feel_value_kind(b));
    if (row == NULL)
        return false;
    struct value second = op == FEEL_SUBTRACT ? negated(b) : *b;
    bool done = row->order == SWAPPED ? row->apply(run, &second, a, ret_value) : row->apply(run, a, &second, ret_value);
    if (!done)
        *ret_value = feel_run_null(run, "%s and %s have no such sum, difference, product or quotient",
                                   value_kind_name(a->kind), value_kind_name(b->kind));
    return true;
}
