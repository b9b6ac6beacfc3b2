/* String functions but for regular expressions (DMN 1.5 §10.3.4.1, §10.3.4.3).  Positions count code points from 1. */
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "flows/rules/feel_builtin.h"
#include "flows/rules/feel_eval.h"

#include "bot/base/banned.h"

static struct str rest_after(struct str s, size_t n_code_points)
{
    return str_skip(s, text_first(s, n_code_points).n);
}

struct value feel_string_substring(struct feel_run *run, const struct feel_arguments *args)
{
    struct str s = args->items[0].string;
    int64_t start, count = INT64_MAX, length = (int64_t)text_length(s);
    if (!feel_run_whole(args->items[1].number, &start) || start == 0 || start > length || start < -length)
        return feel_run_null(run, "substring() starts outside of the string");
    if (args->items[2].kind == VALUE_NUMBER && (!feel_run_whole(args->items[2].number, &count) || count < 1))
        return feel_run_null(run, "the length of substring() must be 1 or more");
    s = rest_after(s, (size_t)(start < 0 ? length + start : start - 1));
    return value_string(count < length ? text_first(s, (size_t)count) : s);
}

struct value feel_string_length(struct feel_run *run, const struct feel_arguments *args)
{
    (void)run;
    return value_i64((int64_t)text_length(args->items[0].string));
}

static struct value changed(struct feel_run *run, enum err rc, struct str text)
{
    if (rc == ERR_NO_MEMORY)
        return feel_run_fail(run, rc, "the expression needs too much memory");
    return rc == OK ? value_string(text) : feel_run_null(run, "the string is not UTF-8");
}

struct value feel_string_upper(struct feel_run *run, const struct feel_arguments *args)
{
    struct str text = STR("");
    enum err rc = text_upper(run->arena, args->items[0].string, &text);
    return changed(run, rc, text);
}

struct value feel_string_lower(struct feel_run *run, const struct feel_arguments *args)
{
    struct str text = STR("");
    enum err rc = text_lower(run->arena, args->items[0].string, &text);
    return changed(run, rc, text);
}

struct value feel_string_before(struct feel_run *run, const struct feel_arguments *args)
{
    (void)run;
    size_t at = str_find(args->items[0].string, args->items[1].string);
    return value_string(at == SIZE_MAX ? STR("") : str_first(args->items[0].string, at));
}

struct value feel_string_after(struct feel_run *run, const struct feel_arguments *args)
{
    (void)run;
    size_t at = str_find(args->items[0].string, args->items[1].string);
    return value_string(at == SIZE_MAX ? STR("") : str_skip(args->items[0].string, at + args->items[1].string.n));
}

struct value feel_string_contains(struct feel_run *run, const struct feel_arguments *args)
{
    (void)run;
    return value_boolean(str_find(args->items[0].string, args->items[1].string) != SIZE_MAX);
}

struct value feel_string_starts(struct feel_run *run, const struct feel_arguments *args)
{
    (void)run;
    return value_boolean(str_starts(args->items[0].string, args->items[1].string));
}

struct value feel_string_ends(struct feel_run *run, const struct feel_arguments *args)
{
    (void)run;
    return value_boolean(str_ends(args->items[0].string, args->items[1].string));
}

static struct str optional_text(const struct value *value)
{
    return value->kind == VALUE_STRING ? value->string : STR("");
}

struct value feel_string_join(struct feel_run *run, const struct feel_arguments *args)
{
    const struct value *list = &args->items[0];
    struct buf out;
    buf_init(&out, run->arena, FEEL_MAX_STRING);
    buf_add(&out, optional_text(&args->items[2]));
    bool first = true;
    for (size_t i = 0; i < list->list.n; i++) {
        const struct value *item = &list->list.items[i];
        if (item->kind == VALUE_NULL)
            continue;
        if (item->kind != VALUE_STRING)
            return feel_run_null(run, "string join() wants strings, not %s", value_kind_name(item->kind));
        if (!first)
            buf_add(&out, optional_text(&args->items[1]));
        buf_add(&out, item->string);
        first = false;
    }
    buf_add(&out, optional_text(&args->items[3]));
    if (buf_failed(&out) || !feel_run_spend(run, list->list.n + out.n / 64))
        return feel_run_fail(run, ERR_NO_MEMORY, "a string of more than %d bytes, or no memory for it",
                             FEEL_MAX_STRING);
    return value_string(buf_str(&out));
}

struct value feel_string_string(struct feel_run *run, const struct feel_arguments *args)
{
    struct str text;
    struct error error = {0};
    if (args->items[0].kind == VALUE_NULL)
        return value_null();
    enum err rc = value_to_text(run->arena, &args->items[0], &text, &error);
    if (rc != OK)
        return feel_run_fail(run, rc, "string(): %s", error.text);
    return feel_run_spend(run, text.n / 64) ? value_string(text) : value_null();
}

/* Groups of digits and a point of another writing become plain ones; false: the text holds something else. */
static bool plain_number(struct str from, struct str grouping, struct str point, char *out, size_t *ret_n)
{
    size_t n = 0;
    while (from.n > 0) {
        if (grouping.n > 0 && str_starts(from, grouping)) {
            from = str_skip(from, grouping.n);
            continue;
        }
        bool is_point = point.n > 0 && str_starts(from, point);
        if (!is_point && from.p[0] == '.')
            return false;
        out[n++] = is_point ? '.' : from.p[0];
        from = str_skip(from, is_point ? point.n : 1);
    }
    *ret_n = n;
    return true;
}

static bool is_one_of(const struct value *separator, struct str characters)
{
    return separator->kind == VALUE_NULL ||
           (separator->string.n == 1 && str_find_char(characters, separator->string.p[0]) != SIZE_MAX);
}

/* Null stands for no groups, and for the usual point. */
static bool separators_fit(const struct value *grouping, const struct value *point)
{
    return is_one_of(grouping, STR(" ,.")) && is_one_of(point, STR(",.")) &&
           (grouping->kind == VALUE_NULL || value_equal(grouping, point) != TRUTH_TRUE);
}

struct value feel_string_number(struct feel_run *run, const struct feel_arguments *args)
{
    struct str from = args->items[0].string, grouping = STR(""), point = STR(".");
    if (args->alternative == 1 && !separators_fit(&args->items[1], &args->items[2]))
        return feel_run_null(run,
                             "number() takes a space, `,` or `.` between groups, and another of `.` and `,` as point");
    if (args->alternative == 1) {
        grouping = optional_text(&args->items[1]);
        if (args->items[2].kind == VALUE_STRING)
            point = args->items[2].string;
        else if (str_eq(grouping, point))
            point = STR("");
    }
    struct decimal number;
    size_t n;
    char *plain = from.n > DECIMAL_MAX_TEXT ? NULL : feel_run_alloc(run, from.n + 1, 1);
    if (plain == NULL || !plain_number(from, grouping, point, plain, &n) ||
        !decimal_from_str((struct str){plain, n}, &number))
        return feel_run_null(run, "number() cannot read \"%.*s\"", STR_ARG(text_first(from, 40)));
    return value_number(number);
}
