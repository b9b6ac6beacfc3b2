#include "flows/rules/feel_builtin.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "flows/rules/feel_eval.h"

#include "bot/base/banned.h"

#define BUILTIN(text, arguments, function, kind)                                                                       \
    {                                                                                                                  \
        STR_INIT(text), arguments, function, kind                                                                      \
    }
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
    BUILTIN("abs", "n:n", feel_number_abs, FEEL_NUMBER),
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
    BUILTIN("median", "a*:list", feel_list_median, FEEL_NUMBER),
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

/* ── signatures ────────────────────────────────────────────────────────────────────────────────────────────────── */

enum { MAX_PARAMETERS = 4 }; /* of built-in functions */

struct parameter {
    char type;   /* a letter of feel_builtin.h */
    char repeat; /* 0, '?', '*' or '+' */
    struct str name;
};

struct signature {
    struct parameter parameters[MAX_PARAMETERS];
    size_t n, n_required;
};

/* Reads one alternative off *text; false when there are no more. */
static bool next_signature(const char **text, struct signature *ret)
{
    const char *s = *text;
    if (*s == '\0')
        return false;
    ret->n = ret->n_required = 0;
    while (*s != '\0' && *s != '|') {
        struct parameter *p = &ret->parameters[ret->n++];
        p->type = *s++;
        p->repeat = *s == ':' ? 0 : *s++;
        ret->n_required += p->repeat != '?';
        const char *name = ++s;
        s += strcspn(s, ",|");
        p->name = (struct str){name, (size_t)(s - name)};
        s += *s == ',';
    }
    *text = s + (*s == '|');
    return true;
}

/* ── binding ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct binding_call {
    struct feel_run *run;
    const struct feel_builtin *builtin;
    const struct value *arguments;
    const struct str *names;
    size_t n;
    struct value bound[MAX_PARAMETERS];
    size_t n_bound;
    struct str why; /* not: the first misfit, for the reason */
};

static const char *type_name(char type)
{
    switch (type) {
    case 'n':
        return "a number";
    case 's':
        return "a string";
    case 'b':
        return "a boolean";
    case 'l':
        return "a list";
    case 'c':
        return "a context";
    case 'f':
        return "a function";
    default:
        return "a range";
    }
}

static enum value_kind type_kind(char type)
{
    switch (type) {
    case 'n':
        return VALUE_NUMBER;
    case 's':
        return VALUE_STRING;
    case 'b':
        return VALUE_BOOLEAN;
    case 'l':
        return VALUE_LIST;
    case 'c':
        return VALUE_CONTEXT;
    case 'f':
        return VALUE_FUNCTION;
    default:
        return VALUE_RANGE;
    }
}

static struct value singleton(struct feel_run *run, const struct value *value)
{
    struct value *item = feel_run_alloc(run, 1, sizeof *item);
    if (item == NULL)
        return value_null();
    *item = *value;
    return value_list(item, 1);
}

/* `value` as a parameter of that type; false: it cannot be. */
static bool coerce(struct feel_run *run, const struct parameter *p, const struct value *value, struct value *ret)
{
    *ret = *value;
    if (p->type == 'a' || (p->repeat == '?' && p->type == 's' && value->kind == VALUE_NULL) ||
        value->kind == type_kind(p->type))
        return true;
    if (value->kind == VALUE_NULL)
        return false;
    if (p->type == 'l') {
        *ret = singleton(run, value);
        return true;
    }
    if (value->kind == VALUE_LIST && value->list.n == 1 && value->list.items[0].kind == type_kind(p->type)) {
        *ret = value->list.items[0];
        return true;
    }
    return false;
}

static bool misfit(struct binding_call *call, const struct parameter *p, const struct value *value)
{
    if (call->why.n == 0)
        call->why = arena_format(call->run->arena, "`%.*s` of %.*s() must be %s, not %s", STR_ARG(p->name),
                                 STR_ARG(call->builtin->name), type_name(p->type), value_kind_name(value->kind));
    return false;
}

/* All arguments from `first` on, as one list. */
static bool bind_rest(struct binding_call *call, const struct parameter *p, size_t first, struct value *ret)
{
    size_t n = call->n - first;
    const struct value *rest = call->arguments + first;
    if (n == 0)
        return false;
    if (p->repeat == '*' && n == 1) {
        if (rest->kind == VALUE_LIST)
            *ret = *rest;
        else
            *ret = singleton(call->run, rest);
        return rest->kind != VALUE_NULL || misfit(call, &(struct parameter){.type = 'l', .name = p->name}, rest);
    }
    struct value *items = feel_run_alloc(call->run, n, sizeof *items);
    for (size_t i = 0; items != NULL && i < n; i++)
        if (!coerce(call->run, p, &rest[i], &items[i]))
            return misfit(call, p, &rest[i]);
    *ret = value_list(items, items == NULL ? 0 : n);
    return true;
}

static bool bind_positions(struct binding_call *call, const struct signature *s)
{
    bool takes_rest = s->n > 0 && (s->parameters[s->n - 1].repeat == '*' || s->parameters[s->n - 1].repeat == '+');
    if (call->n < s->n_required || (call->n > s->n && !takes_rest))
        return false;
    for (size_t i = 0; i < s->n; i++) {
        const struct parameter *p = &s->parameters[i];
        if (p->repeat == '*' || p->repeat == '+') {
            if (!bind_rest(call, p, i, &call->bound[i]))
                return false;
        } else if (i >= call->n) {
            call->bound[i] = value_null();
        } else if (!coerce(call->run, p, &call->arguments[i], &call->bound[i])) {
            return misfit(call, p, &call->arguments[i]);
        }
    }
    call->n_bound = call->n < s->n ? call->n : s->n;
    return true;
}

static bool bind_names(struct binding_call *call, const struct signature *s)
{
    size_t n_found = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct parameter p = s->parameters[i];
        const struct value *given = NULL;
        for (size_t j = 0; j < call->n; j++)
            if (str_eq(call->names[j], p.name))
                given = &call->arguments[j];
        call->bound[i] = value_null();
        if (given == NULL && p.repeat != '?')
            return false;
        if (given == NULL)
            continue;
        n_found++;
        if (p.repeat == '*' || p.repeat == '+')
            p.type = 'l';
        if (!coerce(call->run, &p, given, &call->bound[i]))
            return misfit(call, &p, given);
    }
    call->n_bound = s->n;
    return n_found == call->n;
}

struct value feel_builtin_call(struct feel_run *run, const struct feel_builtin *builtin, const struct value *arguments,
                               const struct str *names, size_t n)
{
    struct binding_call call = {.run = run, .builtin = builtin, .arguments = arguments, .names = names, .n = n};
    struct signature signature;
    const char *text = builtin->signature;
    for (size_t alternative = 0; run->rc == OK && next_signature(&text, &signature); alternative++) {
        if (names == NULL ? !bind_positions(&call, &signature) : !bind_names(&call, &signature))
            continue;
        struct feel_arguments args = {
            .items = call.bound, .n = call.n_bound, .alternative = alternative, .function = builtin->name};
        return run->rc == OK ? builtin->call(run, &args) : value_null();
    }
    if (run->rc != OK)
        return value_null();
    if (call.why.n > 0)
        return feel_run_null(run, "%.*s", STR_ARG(call.why));
    return feel_run_null(run, "%.*s() does not take these %zu %s", STR_ARG(builtin->name), n,
                         names == NULL ? "arguments" : "named arguments");
}
