#include "flows/rules/value.h"

#include "bot/base/arena.h"
#include "flows/rules/feel_eval.h"
#include "flows/rules/limits.h"

#include "bot/base/banned.h"

struct value value_null(void)
{
    return (struct value){.kind = VALUE_NULL};
}

struct value value_boolean(bool boolean)
{
    return (struct value){.kind = VALUE_BOOLEAN, .boolean = boolean};
}

struct value value_truth(enum truth truth)
{
    return truth == TRUTH_NULL ? value_null() : value_boolean(truth == TRUTH_TRUE);
}

struct value value_number(struct decimal number)
{
    return (struct value){.kind = VALUE_NUMBER, .number = number};
}

struct value value_i64(int64_t number)
{
    return value_number(decimal_from_i64(number));
}

struct value value_string(struct str borrowed)
{
    return (struct value){.kind = VALUE_STRING, .string = borrowed};
}

struct value value_list(const struct value *borrowed_items, size_t n)
{
    return (struct value){.kind = VALUE_LIST, .list = {borrowed_items, n}};
}

struct value value_context(const struct value_entry *borrowed_entries, size_t n)
{
    return (struct value){.kind = VALUE_CONTEXT, .context = {borrowed_entries, n}};
}

struct value value_date(struct temporal_date date)
{
    return (struct value){.kind = VALUE_DATE, .date = date};
}

struct value value_time(const struct temporal_time *borrowed)
{
    return (struct value){.kind = VALUE_TIME, .time = borrowed};
}

struct value value_moment(const struct temporal_moment *borrowed)
{
    return (struct value){.kind = VALUE_DATE_TIME, .moment = borrowed};
}

struct value value_seconds(struct decimal seconds)
{
    return (struct value){.kind = VALUE_DAYS_DURATION, .seconds = seconds};
}

struct value value_months(int64_t months)
{
    return (struct value){.kind = VALUE_MONTHS_DURATION, .months = months};
}

const char *value_kind_name(enum value_kind kind)
{
    static const char *const names[VALUE_KINDS] = {
        [VALUE_NULL] = "null",
        [VALUE_BOOLEAN] = "a boolean",
        [VALUE_NUMBER] = "a number",
        [VALUE_STRING] = "a string",
        [VALUE_LIST] = "a list",
        [VALUE_CONTEXT] = "a context",
        [VALUE_RANGE] = "a range",
        [VALUE_FUNCTION] = "a function",
        [VALUE_DATE] = "a date",
        [VALUE_TIME] = "a time",
        [VALUE_DATE_TIME] = "a date and time",
        [VALUE_DAYS_DURATION] = "a days and time duration",
        [VALUE_MONTHS_DURATION] = "a years and months duration",
    };
    return names[kind];
}

bool value_get(const struct value *context, struct str key, struct value *ret_value)
{
    if (context->kind != VALUE_CONTEXT)
        return false;
    for (size_t i = 0; i < context->context.n; i++) {
        if (str_eq(context->context.entries[i].key, key)) {
            *ret_value = context->context.entries[i].value;
            return true;
        }
    }
    return false;
}

bool value_is_true(const struct value *value)
{
    return value->kind == VALUE_BOOLEAN && value->boolean;
}

/* ── comparing ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* One comparison may visit so much and no more; beyond that nothing is known. */
struct comparison {
    size_t visits, depth;
    bool strictly; /* as is() does */
};

static enum truth equal(struct comparison *c, const struct value *a, const struct value *b);

static enum truth equal_lists(struct comparison *c, const struct value *a, const struct value *b)
{
    enum truth all = TRUTH_TRUE;
    if (a->list.n != b->list.n)
        return TRUTH_FALSE;
    if (a->list.items == b->list.items && a->list.n == 0)
        return TRUTH_TRUE;
    for (size_t i = 0; i < a->list.n; i++) {
        enum truth one = equal(c, &a->list.items[i], &b->list.items[i]);
        if (one == TRUTH_FALSE)
            return TRUTH_FALSE;
        if (one == TRUTH_NULL)
            all = TRUTH_NULL;
    }
    return all;
}

static enum truth equal_contexts(struct comparison *c, const struct value *a, const struct value *b)
{
    enum truth all = TRUTH_TRUE;
    struct value other;
    if (a->context.n != b->context.n)
        return TRUTH_FALSE;
    for (size_t i = 0; i < a->context.n; i++) {
        c->visits += b->context.n;
        if (!value_get(b, a->context.entries[i].key, &other))
            return TRUTH_FALSE;
        enum truth one = equal(c, &a->context.entries[i].value, &other);
        if (one == TRUTH_FALSE)
            return TRUTH_FALSE;
        if (one == TRUTH_NULL)
            all = TRUTH_NULL;
    }
    return all;
}

static enum truth equal_ranges(struct comparison *c, const struct value_range *a, const struct value_range *b)
{
    if (a->form != b->form || a->start_included != b->start_included || a->end_included != b->end_included)
        return TRUTH_FALSE;
    enum truth start = equal(c, &a->start, &b->start), end = equal(c, &a->end, &b->end);
    if (start == TRUTH_FALSE || end == TRUTH_FALSE)
        return TRUTH_FALSE;
    return start == TRUTH_NULL || end == TRUTH_NULL ? TRUTH_NULL : TRUTH_TRUE;
}

static bool same_function(const struct feel_function *a, const struct feel_function *b)
{
    return a->builtin == b->builtin && a->host == b->host && a->node == b->node && a->environment == b->environment &&
           a->scope.lookup == b->scope.lookup && a->scope.self == b->scope.self && a->input == b->input;
}

static enum truth truth_of(bool yes)
{
    return yes ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth equal_times(const struct comparison *c, const struct temporal_time *a, const struct temporal_time *b)
{
    return truth_of(c->strictly ? temporal_time_is(a, b) : temporal_time_cmp(a, b) == 0);
}

static enum truth equal_moments(const struct comparison *c, const struct temporal_moment *a,
                                const struct temporal_moment *b)
{
    if (!c->strictly)
        return truth_of(temporal_moment_cmp(a, b) == 0);
    return truth_of(temporal_date_cmp(a->date, b->date) == 0 && temporal_time_is(&a->time, &b->time));
}

static enum truth equal_kinds(struct comparison *c, const struct value *a, const struct value *b)
{
    switch (a->kind) {
    case VALUE_NULL:
        return TRUTH_TRUE;
    case VALUE_BOOLEAN:
        return truth_of(a->boolean == b->boolean);
    case VALUE_NUMBER:
        return truth_of(decimal_cmp(a->number, b->number) == 0);
    case VALUE_STRING:
        return truth_of(str_eq(a->string, b->string));
    case VALUE_LIST:
        return equal_lists(c, a, b);
    case VALUE_CONTEXT:
        return equal_contexts(c, a, b);
    case VALUE_RANGE:
        return equal_ranges(c, a->range, b->range);
    case VALUE_FUNCTION:
        return truth_of(same_function(a->function, b->function));
    case VALUE_DATE:
        return truth_of(temporal_date_cmp(a->date, b->date) == 0);
    case VALUE_TIME:
        return equal_times(c, a->time, b->time);
    case VALUE_DATE_TIME:
        return equal_moments(c, a->moment, b->moment);
    case VALUE_DAYS_DURATION:
        return truth_of(decimal_cmp(a->seconds, b->seconds) == 0);
    case VALUE_MONTHS_DURATION:
        return truth_of(a->months == b->months);
    case VALUE_KINDS:
        break;
    }
    return TRUTH_NULL;
}

static enum truth equal(struct comparison *c, const struct value *a, const struct value *b)
{
    if (a->kind != b->kind)
        return a->kind == VALUE_NULL || b->kind == VALUE_NULL ? TRUTH_FALSE : TRUTH_NULL;
    if (++c->visits > VALUE_MAX_VISITS || c->depth >= VALUE_MAX_DEPTH)
        return TRUTH_NULL;
    c->depth++;
    enum truth answer = equal_kinds(c, a, b);
    c->depth--;
    return answer;
}

enum truth value_equal(const struct value *a, const struct value *b)
{
    struct comparison c = {0};
    return equal(&c, a, b);
}

bool value_is(const struct value *a, const struct value *b)
{
    struct comparison c = {.strictly = true};
    return equal(&c, a, b) == TRUTH_TRUE;
}

bool value_compare(const struct value *a, const struct value *b, int *ret_order)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_NUMBER:
        *ret_order = decimal_cmp(a->number, b->number);
        return true;
    case VALUE_STRING: {
        int order = str_cmp(a->string, b->string); /* UTF-8's order is that of code points */
        *ret_order = order < 0 ? -1 : order > 0;
        return true;
    }
    case VALUE_DATE:
        *ret_order = temporal_date_cmp(a->date, b->date);
        return true;
    case VALUE_TIME:
        *ret_order = temporal_time_cmp(a->time, b->time);
        return true;
    case VALUE_DATE_TIME:
        *ret_order = temporal_moment_cmp(a->moment, b->moment);
        return true;
    case VALUE_DAYS_DURATION:
        *ret_order = decimal_cmp(a->seconds, b->seconds);
        return true;
    case VALUE_MONTHS_DURATION:
        *ret_order = a->months < b->months ? -1 : a->months > b->months;
        return true;
    case VALUE_NULL:
    case VALUE_BOOLEAN:
    case VALUE_LIST:
    case VALUE_CONTEXT:
    case VALUE_RANGE:
    case VALUE_FUNCTION:
    case VALUE_KINDS:
        break;
    }
    return false;
}

/* ── copying ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err copy(struct arena *arena, const struct value *value, size_t depth, struct value *ret_copy);

static enum err copy_items(struct arena *arena, const struct value *items, size_t n, size_t depth,
                           struct value *ret_items)
{
    enum err rc = OK;
    for (size_t i = 0; i < n && rc == OK; i++)
        rc = copy(arena, &items[i], depth, &ret_items[i]);
    return rc;
}

static enum err copy_string(struct arena *arena, struct str text, struct str *ret_text)
{
    *ret_text = arena_copy(arena, text);
    return ret_text->p == NULL ? ERR_NO_MEMORY : OK;
}

static enum err copy_list(struct arena *arena, const struct value *value, size_t depth, struct value *ret_copy)
{
    struct value *items = arena_alloc_array(arena, value->list.n, sizeof *items);
    *ret_copy = value_list(items, value->list.n);
    return items == NULL ? ERR_NO_MEMORY : copy_items(arena, value->list.items, value->list.n, depth, items);
}

static enum err copy_context(struct arena *arena, const struct value *value, size_t depth, struct value *ret_copy)
{
    struct value_entry *entries = arena_alloc_array(arena, value->context.n, sizeof *entries);
    enum err rc = entries == NULL ? ERR_NO_MEMORY : OK;
    for (size_t i = 0; i < value->context.n && rc == OK; i++) {
        rc = copy_string(arena, value->context.entries[i].key, &entries[i].key);
        if (rc == OK)
            rc = copy(arena, &value->context.entries[i].value, depth, &entries[i].value);
    }
    *ret_copy = value_context(entries, value->context.n);
    return rc;
}

static enum err copy_range(struct arena *arena, const struct value *value, size_t depth, struct value *ret_copy)
{
    struct value_range *range = arena_alloc(arena, sizeof *range);
    if (range == NULL)
        return ERR_NO_MEMORY;
    *range = *value->range;
    ret_copy->range = range;
    enum err rc = copy(arena, &value->range->start, depth, &range->start);
    return rc == OK ? copy(arena, &value->range->end, depth, &range->end) : rc;
}

static enum err copy_time(struct arena *arena, const struct temporal_time *from, struct temporal_time *ret_time)
{
    *ret_time = *from;
    return from->zone.n == 0 ? OK : copy_string(arena, from->zone, &ret_time->zone);
}

static enum err copy_moment(struct arena *arena, const struct value *value, struct value *ret_copy)
{
    struct temporal_moment *moment = arena_alloc(arena, sizeof *moment);
    if (moment == NULL)
        return ERR_NO_MEMORY;
    moment->date = value->moment->date;
    ret_copy->moment = moment;
    return copy_time(arena, &value->moment->time, &moment->time);
}

static enum err copy_time_value(struct arena *arena, const struct value *value, struct value *ret_copy)
{
    struct temporal_time *time = arena_alloc(arena, sizeof *time);
    if (time == NULL)
        return ERR_NO_MEMORY;
    ret_copy->time = time;
    return copy_time(arena, value->time, time);
}

static enum err copy(struct arena *arena, const struct value *value, size_t depth, struct value *ret_copy)
{
    if (depth >= VALUE_MAX_DEPTH)
        return ERR_INVALID;
    *ret_copy = *value;
    switch (value->kind) {
    case VALUE_STRING:
        return copy_string(arena, value->string, &ret_copy->string);
    case VALUE_LIST:
        return copy_list(arena, value, depth + 1, ret_copy);
    case VALUE_CONTEXT:
        return copy_context(arena, value, depth + 1, ret_copy);
    case VALUE_RANGE:
        return copy_range(arena, value, depth + 1, ret_copy);
    case VALUE_FUNCTION:
        *ret_copy = value_null();
        return OK;
    case VALUE_TIME:
        return copy_time_value(arena, value, ret_copy);
    case VALUE_DATE_TIME:
        return copy_moment(arena, value, ret_copy);
    case VALUE_NULL:
    case VALUE_BOOLEAN:
    case VALUE_NUMBER:
    case VALUE_DATE:
    case VALUE_DAYS_DURATION:
    case VALUE_MONTHS_DURATION:
    case VALUE_KINDS:
        break;
    }
    return OK;
}

enum err value_copy(struct arena *arena, struct value value, struct value *ret_copy)
{
    return copy(arena, &value, 0, ret_copy);
}
