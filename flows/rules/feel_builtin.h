/* flows/rules/feel_builtin.h — the table of FEEL's built-in functions: one line each.
 *
 * A signature says what the arguments must be; the dispatcher binds, coerces and checks them, so that a function sees
 * only what it asked for.  `TYPE:name` separated by commas; alternatives by `|` (one without parameters is empty, and
 * ends with `|`); `?` after the type: may be left out (a string or a duration may be null then, too); `*` after the type: any number of them (a single list is taken as their list).
 *     n number   s string   b boolean   l list   c context   f function   r range   a anything, null too
 *     d date   t time   m date and time   u days and time duration   y years and months duration
 * A list of one element stands for its element where a list is not asked for, and a single value for a list of it
 * where one is (DMN 1.5 §10.3.2.9.4).
 *
 * Thread: any; the table is constant.                                                                               */
#ifndef GILBOT_FLOWS_RULES_FEEL_BUILTIN_H
#define GILBOT_FLOWS_RULES_FEEL_BUILTIN_H

#include <stddef.h>

#include "bot/base/str.h"
#include "flows/rules/feel.h"

struct regex;

struct feel_arguments {
    const struct value *items;   /* as the signature's parameters; left-out ones at the end are null */
    size_t n;                    /* given by the caller; the rest up to the signature's length is null */
    size_t alternative;          /* which of the signature's alternatives fitted, from 0 */
    struct str function;         /* its name, for reasons */
    const struct regex *pattern; /* of a call whose pattern and flags are literals; or NULL */
};

typedef struct value feel_builtin_fn(struct feel_run *run, const struct feel_arguments *args);

struct feel_builtin {
    struct str name;
    const char *signature;
    feel_builtin_fn *call;
    enum feel_kind result; /* FEEL_ANY: depends */
};

/* The i-th built-in function; NULL at the end. */
const struct feel_builtin *feel_builtin_at(size_t i);
const struct feel_builtin *feel_builtin_find(struct str name);

/* Arguments as a call gives them. */
struct feel_given {
    const struct value *values;
    const struct str *names; /* NULL: by position */
    size_t n;
    const struct regex *pattern; /* as in feel_arguments */
};

/* Binds, checks and calls. */
struct value feel_builtin_invoke(struct feel_run *run, const struct feel_builtin *builtin,
                                 const struct feel_given *given);
/* The same without a pattern; `names`: of the arguments, NULL when they come by position. */
struct value feel_builtin_call(struct feel_run *run, const struct feel_builtin *builtin, const struct value *arguments,
                               const struct str *names, size_t n);

/* Whether the function can stand where one of that function type is wanted. */
bool feel_builtin_conforms(const struct feel_builtin *builtin, const struct feel_type *type);

/* The functions themselves, by the file they live in. */
feel_builtin_fn feel_number_decimal, feel_number_floor, feel_number_ceiling, feel_number_round_up,
    feel_number_round_down, feel_number_round_half_up, feel_number_round_half_down, feel_number_abs, feel_number_modulo,
    feel_number_sqrt, feel_number_log, feel_number_exp, feel_number_odd, feel_number_even;
feel_builtin_fn feel_string_substring, feel_string_length, feel_string_upper, feel_string_lower, feel_string_before,
    feel_string_after, feel_string_contains, feel_string_starts, feel_string_ends, feel_string_split, feel_string_join,
    feel_string_string, feel_string_number, feel_string_matches, feel_string_replace;
feel_builtin_fn feel_list_contains, feel_list_count, feel_list_min, feel_list_max, feel_list_sum, feel_list_mean,
    feel_list_median, feel_list_stddev, feel_list_mode, feel_list_product, feel_list_all, feel_list_any,
    feel_list_sublist, feel_list_append, feel_list_concatenate, feel_list_insert_before, feel_list_remove,
    feel_list_reverse, feel_list_index_of, feel_list_union, feel_list_distinct, feel_list_duplicates, feel_list_flatten,
    feel_list_sort, feel_list_replace, feel_list_not, feel_list_is;
feel_builtin_fn feel_context_get_value, feel_context_get_entries, feel_context_context, feel_context_put,
    feel_context_merge;
feel_builtin_fn feel_range_before, feel_range_after, feel_range_meets, feel_range_met_by, feel_range_overlaps,
    feel_range_overlaps_before, feel_range_overlaps_after, feel_range_finishes, feel_range_finished_by,
    feel_range_includes, feel_range_during, feel_range_starts, feel_range_started_by, feel_range_coincides,
    feel_range_range;
feel_builtin_fn feel_temporal_date, feel_temporal_time, feel_temporal_date_and_time, feel_temporal_duration,
    feel_temporal_months_duration, feel_temporal_now, feel_temporal_today, feel_temporal_day_of_year,
    feel_temporal_day_of_week, feel_temporal_month_of_year, feel_temporal_week_of_year;

#endif
