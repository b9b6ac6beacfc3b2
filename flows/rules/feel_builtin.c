#include "flows/rules/feel_builtin.h"

#include "bot/base/attributes.h"

#include "bot/base/banned.h"

#define BUILTIN(text, arguments, function, kind)                                                                       \
    {                                                                                                                  \
        STR_INIT(text), arguments, function, kind                                                                      \
    }
#define A_DATE "d:date|m:date"
#define TWO_POINTS_OR_RANGES "a:point1,a:point2|a:range,a:point|a:point,a:range|a:range1,a:range2"

/* DMN 1.5 §10.3.4 */
static const struct feel_builtin builtins[] = {
    BUILTIN("string", "a:from", feel_string_string, FEEL_STRING),
    BUILTIN("number", "s:from|s:from,s?:grouping separator,s?:decimal separator", feel_string_number, FEEL_NUMBER),
    BUILTIN("not", "a:negand", feel_list_not, FEEL_BOOLEAN),
    BUILTIN("is", "a:value1,a:value2", feel_list_is, FEEL_BOOLEAN),

    BUILTIN("substring", "s:string,n:start position,n?:length", feel_string_substring, FEEL_STRING),
    BUILTIN("string length", "s:string", feel_string_length, FEEL_NUMBER),
    BUILTIN("upper case", "s:string", feel_string_upper, FEEL_STRING),
    BUILTIN("lower case", "s:string", feel_string_lower, FEEL_STRING),
    BUILTIN("substring before", "s:string,s:match", feel_string_before, FEEL_STRING),
    BUILTIN("substring after", "s:string,s:match", feel_string_after, FEEL_STRING),
    BUILTIN("replace", "s:input,s:pattern,s:replacement,s?:flags", feel_string_replace, FEEL_STRING),
    BUILTIN("contains", "s:string,s:match", feel_string_contains, FEEL_BOOLEAN),
    BUILTIN("starts with", "s:string,s:match", feel_string_starts, FEEL_BOOLEAN),
    BUILTIN("ends with", "s:string,s:match", feel_string_ends, FEEL_BOOLEAN),
    BUILTIN("matches", "s:input,s:pattern,s?:flags", feel_string_matches, FEEL_BOOLEAN),
    BUILTIN("split", "s:string,s:delimiter", feel_string_split, FEEL_LIST),
    BUILTIN("string join", "l:list,s?:delimiter,s?:prefix,s?:suffix", feel_string_join, FEEL_STRING),

    BUILTIN("decimal", "n:n,n:scale", feel_number_decimal, FEEL_NUMBER),
    BUILTIN("floor", "n:n,n?:scale", feel_number_floor, FEEL_NUMBER),
    BUILTIN("ceiling", "n:n,n?:scale", feel_number_ceiling, FEEL_NUMBER),
    BUILTIN("round up", "n:n,n?:scale", feel_number_round_up, FEEL_NUMBER),
    BUILTIN("round down", "n:n,n?:scale", feel_number_round_down, FEEL_NUMBER),
    BUILTIN("round half up", "n:n,n?:scale", feel_number_round_half_up, FEEL_NUMBER),
    BUILTIN("round half down", "n:n,n?:scale", feel_number_round_half_down, FEEL_NUMBER),
    BUILTIN("abs", "n:n|u:n|y:n", feel_number_abs, FEEL_ANY),
    BUILTIN("modulo", "n:dividend,n:divisor", feel_number_modulo, FEEL_NUMBER),
    BUILTIN("sqrt", "n:number", feel_number_sqrt, FEEL_NUMBER),
    BUILTIN("log", "n:number", feel_number_log, FEEL_NUMBER),
    BUILTIN("exp", "n:number", feel_number_exp, FEEL_NUMBER),
    BUILTIN("odd", "n:number", feel_number_odd, FEEL_BOOLEAN),
    BUILTIN("even", "n:number", feel_number_even, FEEL_BOOLEAN),

    BUILTIN("list contains", "l:list,a:element", feel_list_contains, FEEL_BOOLEAN),
    BUILTIN("list replace", "l:list,n:position,a:newItem|l:list,f:match,a:newItem", feel_list_replace, FEEL_LIST),
    BUILTIN("count", "l:list", feel_list_count, FEEL_NUMBER),
    BUILTIN("min", "a*:list", feel_list_min, FEEL_ANY),
    BUILTIN("max", "a*:list", feel_list_max, FEEL_ANY),
    BUILTIN("sum", "a*:list", feel_list_sum, FEEL_NUMBER),
    BUILTIN("mean", "a*:list", feel_list_mean, FEEL_NUMBER),
    BUILTIN("median", "a*:list", feel_list_median, FEEL_ANY),
    BUILTIN("stddev", "a*:list", feel_list_stddev, FEEL_NUMBER),
    BUILTIN("mode", "a*:list", feel_list_mode, FEEL_LIST),
    BUILTIN("product", "a*:list", feel_list_product, FEEL_NUMBER),
    BUILTIN("all", "a*:list", feel_list_all, FEEL_BOOLEAN),
    BUILTIN("and", "a*:list", feel_list_all, FEEL_BOOLEAN),
    BUILTIN("any", "a*:list", feel_list_any, FEEL_BOOLEAN),
    BUILTIN("or", "a*:list", feel_list_any, FEEL_BOOLEAN),
    BUILTIN("sublist", "l:list,n:start position,n?:length", feel_list_sublist, FEEL_LIST),
    BUILTIN("append", "l:list,a+:item", feel_list_append, FEEL_LIST),
    BUILTIN("concatenate", "l+:list", feel_list_concatenate, FEEL_LIST),
    BUILTIN("insert before", "l:list,n:position,a:newItem", feel_list_insert_before, FEEL_LIST),
    BUILTIN("remove", "l:list,n:position", feel_list_remove, FEEL_LIST),
    BUILTIN("reverse", "l:list", feel_list_reverse, FEEL_LIST),
    BUILTIN("index of", "l:list,a:match", feel_list_index_of, FEEL_LIST),
    BUILTIN("union", "l+:list", feel_list_union, FEEL_LIST),
    BUILTIN("distinct values", "l:list", feel_list_distinct, FEEL_LIST),
    BUILTIN("duplicate values", "l:list", feel_list_duplicates, FEEL_LIST),
    BUILTIN("flatten", "l:list", feel_list_flatten, FEEL_LIST),
    BUILTIN("sort", "l:list,f?:precedes", feel_list_sort, FEEL_LIST),

    BUILTIN("get value", "c:m,s:key", feel_context_get_value, FEEL_ANY),
    BUILTIN("get entries", "c:m", feel_context_get_entries, FEEL_LIST),
    BUILTIN("context", "l:entries", feel_context_context, FEEL_CONTEXT),
    BUILTIN("context put", "c:context,s:key,a:value|c:context,l:keys,a:value", feel_context_put, FEEL_CONTEXT),
    BUILTIN("context merge", "l:contexts", feel_context_merge, FEEL_CONTEXT),

    BUILTIN("before", TWO_POINTS_OR_RANGES, feel_range_before, FEEL_BOOLEAN),
    BUILTIN("after", TWO_POINTS_OR_RANGES, feel_range_after, FEEL_BOOLEAN),
    BUILTIN("meets", "r:range1,r:range2", feel_range_meets, FEEL_BOOLEAN),
    BUILTIN("met by", "r:range1,r:range2", feel_range_met_by, FEEL_BOOLEAN),
    BUILTIN("overlaps", "r:range1,r:range2", feel_range_overlaps, FEEL_BOOLEAN),
    BUILTIN("overlaps before", "r:range1,r:range2", feel_range_overlaps_before, FEEL_BOOLEAN),
    BUILTIN("overlaps after", "r:range1,r:range2", feel_range_overlaps_after, FEEL_BOOLEAN),
    BUILTIN("finishes", "a:point,r:range|r:range1,r:range2", feel_range_finishes, FEEL_BOOLEAN),
    BUILTIN("finished by", "r:range,a:point|r:range1,r:range2", feel_range_finished_by, FEEL_BOOLEAN),
    BUILTIN("includes", "r:range,a:point|r:range1,r:range2", feel_range_includes, FEEL_BOOLEAN),
    BUILTIN("during", "a:point,r:range|r:range1,r:range2", feel_range_during, FEEL_BOOLEAN),
    BUILTIN("starts", "a:point,r:range|r:range1,r:range2", feel_range_starts, FEEL_BOOLEAN),
    BUILTIN("started by", "r:range,a:point|r:range1,r:range2", feel_range_started_by, FEEL_BOOLEAN),
    BUILTIN("coincides", "a:point1,a:point2|r:range1,r:range2", feel_range_coincides, FEEL_BOOLEAN),
    BUILTIN("range", "s:from", feel_range_range, FEEL_RANGE),

    BUILTIN("date", "s:from|d:from|m:from|n:year,n:month,n:day", feel_temporal_date, FEEL_DATE),
    BUILTIN("time", "s:from|t:from|m:from|d:from|n:hour,n:minute,n:second,u?:offset", feel_temporal_time, FEEL_TIME),
    BUILTIN("date and time", "s:from|d:date,t:time|m:date,t:time", feel_temporal_date_and_time, FEEL_DATE_TIME),
    BUILTIN("duration", "s:from", feel_temporal_duration, FEEL_ANY),
    BUILTIN("years and months duration", "d:from,d:to|m:from,m:to|d:from,m:to|m:from,d:to",
            feel_temporal_months_duration, FEEL_MONTHS_DURATION),
    BUILTIN("now", "|", feel_temporal_now, FEEL_DATE_TIME),
    BUILTIN("today", "|", feel_temporal_today, FEEL_DATE),
    BUILTIN("day of year", A_DATE, feel_temporal_day_of_year, FEEL_NUMBER),
    BUILTIN("day of week", A_DATE, feel_temporal_day_of_week, FEEL_STRING),
    BUILTIN("month of year", A_DATE, feel_temporal_month_of_year, FEEL_STRING),
    BUILTIN("week of year", A_DATE, feel_temporal_week_of_year, FEEL_NUMBER),
};

const struct feel_builtin *feel_builtin_at(size_t i)
{
    return i < COUNT_OF(builtins) ? &builtins[i] : NULL;
}

const struct feel_builtin *feel_builtin_find(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(builtins); i++)
        if (str_eq(builtins[i].name, name))
            return &builtins[i];
    return NULL;
}
