/* Numeric functions (DMN 1.5 §10.3.4.5). */
#include "flows/rules/feel_builtin.h"
#include "flows/rules/feel_eval.h"

#include "bot/base/banned.h"

static struct value number_or_null(struct feel_run *run, const struct feel_arguments *args, bool done,
                                   struct decimal number)
{
    if (done)
        return value_number(number);
    return feel_run_null(run, "%.*s() has no result for these numbers", STR_ARG(args->function));
}

static struct value scaled(struct feel_run *run, const struct feel_arguments *args, enum decimal_round round)
{
    struct decimal result = {{0, 0}};
    int64_t scale = 0;
    bool done = args->items[1].kind == VALUE_NULL || feel_run_whole(args->items[1].number, &scale);
    done = done && decimal_scale(args->items[0].number, scale, round, &result);
    return number_or_null(run, args, done, result);
}

struct value feel_number_decimal(struct feel_run *run, const struct feel_arguments *args)
{
    return scaled(run, args, DECIMAL_HALF_EVEN);
}

struct value feel_number_floor(struct feel_run *run, const struct feel_arguments *args)
{
    return scaled(run, args, DECIMAL_FLOOR);
}

struct value feel_number_ceiling(struct feel_run *run, const struct feel_arguments *args)
{
    return scaled(run, args, DECIMAL_CEILING);
}

struct value feel_number_round_up(struct feel_run *run, const struct feel_arguments *args)
{
    return scaled(run, args, DECIMAL_UP);
}

struct value feel_number_round_down(struct feel_run *run, const struct feel_arguments *args)
{
    return scaled(run, args, DECIMAL_DOWN);
}

struct value feel_number_round_half_up(struct feel_run *run, const struct feel_arguments *args)
{
    return scaled(run, args, DECIMAL_HALF_UP);
}

struct value feel_number_round_half_down(struct feel_run *run, const struct feel_arguments *args)
{
    return scaled(run, args, DECIMAL_HALF_DOWN);
}

struct value feel_number_abs(struct feel_run *run, const struct feel_arguments *args)
{
    (void)run;
    const struct value *n = &args->items[0];
    if (n->kind == VALUE_DAYS_DURATION)
        return value_seconds(decimal_abs(n->seconds));
    if (n->kind == VALUE_MONTHS_DURATION)
        return value_months(n->months < 0 ? -n->months : n->months);
    return value_number(decimal_abs(n->number));
}

struct value feel_number_modulo(struct feel_run *run, const struct feel_arguments *args)
{
    struct decimal result = {{0, 0}};
    bool done = decimal_modulo(args->items[0].number, args->items[1].number, &result);
    return number_or_null(run, args, done, result);
}

struct value feel_number_sqrt(struct feel_run *run, const struct feel_arguments *args)
{
    struct decimal result = {{0, 0}};
    bool done = decimal_sqrt(args->items[0].number, &result);
    return number_or_null(run, args, done, result);
}

struct value feel_number_log(struct feel_run *run, const struct feel_arguments *args)
{
    struct decimal result = {{0, 0}};
    bool done = decimal_ln(args->items[0].number, &result);
    return number_or_null(run, args, done, result);
}

struct value feel_number_exp(struct feel_run *run, const struct feel_arguments *args)
{
    struct decimal result = {{0, 0}};
    bool done = decimal_exp(args->items[0].number, &result);
    return number_or_null(run, args, done, result);
}

/* The rest of a division by two; a number that is not whole is neither odd nor even. */
static struct value parity(const struct feel_arguments *args, bool odd)
{
    struct decimal number = args->items[0].number, rest;
    if (!decimal_is_integer(number) || !decimal_modulo(number, decimal_from_i64(2), &rest))
        return value_boolean(false);
    return value_boolean(decimal_is_zero(rest) != odd);
}

struct value feel_number_odd(struct feel_run *run, const struct feel_arguments *args)
{
    (void)run;
    return parity(args, true);
}

struct value feel_number_even(struct feel_run *run, const struct feel_arguments *args)
{
    (void)run;
    return parity(args, false);
}
