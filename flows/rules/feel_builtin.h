/* flows/rules/feel_builtin.h — the table of FEEL's built-in functions: one line each.
 *
 * A signature says what the arguments must be; the dispatcher binds, coerces and checks them, so that a function sees
 * only what it asked for.  `TYPE:name` separated by commas; alternatives by `|`; `?` after the type: may be left out
 * (a string may be null then, too); `*` after the type: any number of them (a single list is taken as their list).
 *     n number   s string   b boolean   l list   c context   f function   r range   a anything, null too
 * A list of one element stands for its element where a list is not asked for, and a single value for a list of it
 * where one is (DMN 1.5 §10.3.2.9.4).
 *
 * Thread: any; the table is constant.                                                                               */
#ifndef GILBOT_FLOWS_RULES_FEEL_BUILTIN_H
#define GILBOT_FLOWS_RULES_FEEL_BUILTIN_H

#include <stddef.h>

#include "bot/base/str.h"
#include "flows/rules/feel.h"

struct feel_arguments {
    const struct value *items; /* as the signature's parameters; left-out ones at the end are null */
    size_t n;                  /* given by the caller; the rest up to the signature's length is null */
    size_t alternative;        /* which of the signature's alternatives fitted, from 0 */
    struct str function;       /* its name, for reasons */
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

/* Binds, checks and calls; `names`: of the arguments, NULL when they come by position. */
struct value feel_builtin_call(struct feel_run *run, const struct feel_builtin *builtin, const struct value *arguments,
                               const struct str *names, size_t n);

/* The functions themselves, by the file they live in. */
feel_builtin_fn number_decimal, number_floor, number_ceiling, number_round_up, number_round_down, number_round_half_up,
    number_round_half_down, number_abs, number_modulo, number_sqrt, number_log, number_exp, number_odd, number_even;
feel_builtin_fn string_substring, string_length, string_upper, string_lower, string_before, string_after,
    string_contains, string_starts, string_ends, string_split, string_join, string_string, string_number,
    string_matches, string_replace;
feel_builtin_fn list_contains, list_count, list_min, list_max, list_sum, list_mean, list_median, list_stddev, list_mode,
    list_product, list_all, list_any, list_sublist, list_append, list_concatenate, list_insert_before, list_remove,
    list_reverse, list_index_of, list_union, list_distinct, list_duplicates, list_flatten, list_sort, list_replace,
    list_not, list_is;
feel_builtin_fn context_get_value, context_get_entries, context_context, context_put, context_merge;
feel_builtin_fn range_before, range_after, range_meets, range_met_by, range_overlaps, range_overlaps_before,
    range_overlaps_after, range_finishes, range_finished_by, range_includes, range_during, range_starts,
    range_started_by, range_coincides, range_range;

#endif
