/* Values as FEEL text and as JSON, and from JSON. */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "flows/rules/limits.h"
#include "flows/rules/temporal_text.h"
#include "flows/rules/value.h"

#include "bot/base/banned.h"

static enum err too_deep(struct error *error)
{
    return fail(error, ERR_INVALID, "lists and contexts nested deeper than %d", VALUE_MAX_DEPTH);
}

/* ── FEEL ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err add_text(struct buf *out, const struct value *value, size_t depth, struct error *error);

static void add_quoted(struct buf *out, struct str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"' || text.p[i] == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, text.p[i]);
    }
    buf_add_char(out, '"');
}

static enum err add_list_text(struct buf *out, const struct value *value, size_t depth, struct error *error)
{
    enum err rc = OK;
    buf_add_char(out, '[');
    for (size_t i = 0; i < value->list.n && rc == OK && !buf_failed(out); i++) {
        if (i > 0)
            buf_add(out, STR(", "));
        rc = add_text(out, &value->list.items[i], depth, error);
    }
    buf_add_char(out, ']');
    return rc;
}

static enum err add_context_text(struct buf *out, const struct value *value, size_t depth, struct error *error)
{
    enum err rc = OK;
    buf_add_char(out, '{');
    for (size_t i = 0; i < value->context.n && rc == OK && !buf_failed(out); i++) {
        if (i > 0)
            buf_add(out, STR(", "));
        buf_add(out, value->context.entries[i].key);
        buf_add(out, STR(": "));
        rc = add_text(out, &value->context.entries[i].value, depth, error);
    }
    buf_add_char(out, '}');
    return rc;
}

static enum err add_range_text(struct buf *out, const struct value_range *range, size_t depth, struct error *error)
{
    static const char *const signs[] = {
        [RANGE_LESS] = "(< ",    [RANGE_LESS_OR_EQUAL] = "(<= ",
        [RANGE_GREATER] = "(> ", [RANGE_GREATER_OR_EQUAL] = "(>= ",
        [RANGE_EQUAL] = "(= ",   [RANGE_UNEQUAL] = "(!= ",
    };
    if (range->form != RANGE_INTERVAL) {
        bool below = range->form == RANGE_LESS || range->form == RANGE_LESS_OR_EQUAL;
        buf_add(out, str_of(signs[range->form]));
        enum err rc = add_text(out, below ? &range->end : &range->start, depth, error);
        buf_add_char(out, ')');
        return rc;
    }
    buf_add_char(out, range->start_included ? '[' : '(');
    enum err rc = add_text(out, &range->start, depth, error);
    buf_add(out, STR(".."));
    if (rc == OK)
        rc = add_text(out, &range->end, depth, error);
    buf_add_char(out, range->end_included ? ']' : ')');
    return rc;
}

static bool is_temporal(const struct value *value)
{
    return value->kind >= VALUE_DATE && value->kind <= VALUE_MONTHS_DURATION;
}

static void add_temporal(struct buf *out, const struct value *value)
{
    if (value->kind == VALUE_DATE)
        temporal_add_date(out, value->date);
    else if (value->kind == VALUE_TIME)
        temporal_add_time(out, value->time);
    else if (value->kind == VALUE_DATE_TIME)
        temporal_add_moment(out, value->moment);
    else if (value->kind == VALUE_DAYS_DURATION)
        temporal_add_seconds(out, value->seconds);
    else
        temporal_add_months_text(out, value->months);
}

static enum err add_text(struct buf *out, const struct value *value, size_t depth, struct error *error)
{
    if (depth > VALUE_MAX_DEPTH)
        return too_deep(error);
    switch (value->kind) {
    case VALUE_NULL:
        buf_add(out, STR("null"));
        break;
    case VALUE_BOOLEAN:
        buf_add(out, value->boolean ? STR("true") : STR("false"));
        break;
    case VALUE_NUMBER:
        decimal_add_to(out, value->number);
        break;
    case VALUE_STRING:
        add_quoted(out, value->string);
        break;
    case VALUE_LIST:
        return add_list_text(out, value, depth + 1, error);
    case VALUE_CONTEXT:
        return add_context_text(out, value, depth + 1, error);
    case VALUE_RANGE:
        return add_range_text(out, value->range, depth + 1, error);
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_DATE_TIME:
    case VALUE_DAYS_DURATION:
    case VALUE_MONTHS_DURATION:
        buf_add(out, STR("@\""));
        add_temporal(out, value);
        buf_add_char(out, '"');
        break;
    case VALUE_FUNCTION:
    case VALUE_KINDS:
        buf_add(out, STR("function"));
        break;
    }
    return OK;
}

enum err value_to_text(struct arena *arena, const struct value *value, struct str *ret_text, struct error *error)
{
    if (value->kind == VALUE_STRING) {
        *ret_text = value->string;
        return OK;
    }
    struct buf out;
    buf_init(&out, arena, VALUE_MAX_TEXT);
    enum err rc = OK;
    if (is_temporal(value))
        add_temporal(&out, value);
    else
        rc = add_text(&out, value, 0, error);
    if (rc != OK)
        return rc;
    if (buf_failed(&out))
        return fail(error, ERR_NO_MEMORY, "a value is too long as text");
    *ret_text = buf_str(&out);
    return OK;
}

/* ── JSON ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err add_json(struct buf *out, const struct value *value, size_t depth, struct error *error);

static enum err add_list_json(struct buf *out, const struct value *value, size_t depth, struct error *error)
{
    enum err rc = OK;
    buf_add_char(out, '[');
    for (size_t i = 0; i < value->list.n && rc == OK && !buf_failed(out); i++) {
        if (i > 0)
            buf_add(out, STR(", "));
        rc = add_json(out, &value->list.items[i], depth, error);
    }
    buf_add_char(out, ']');
    return rc;
}

static enum err add_context_json(struct buf *out, const struct value *value, size_t depth, struct error *error)
{
    enum err rc = OK;
    buf_add_char(out, '{');
    for (size_t i = 0; i < value->context.n && rc == OK && !buf_failed(out); i++) {
        if (i > 0)
            buf_add(out, STR(", "));
        json_add_str(out, value->context.entries[i].key);
        buf_add(out, STR(": "));
        rc = add_json(out, &value->context.entries[i].value, depth, error);
    }
    buf_add_char(out, '}');
    return rc;
}

/* What JSON has no form for is written as its FEEL text. */
static enum err add_feel_json(struct buf *out, const struct value *value, size_t depth, struct error *error)
{
    struct buf text;
    buf_init(&text, NULL, VALUE_MAX_TEXT);
    enum err rc = add_text(&text, value, depth, error);
    if (rc == OK)
        json_add_str(out, buf_str(&text));
    out->failed = out->failed || buf_failed(&text);
    buf_release(&text);
    return rc;
}

static enum err add_json(struct buf *out, const struct value *value, size_t depth, struct error *error)
{
    if (depth > VALUE_MAX_DEPTH)
        return too_deep(error);
    switch (value->kind) {
    case VALUE_NULL:
        buf_add(out, STR("null"));
        break;
    case VALUE_BOOLEAN:
        buf_add(out, value->boolean ? STR("true") : STR("false"));
        break;
    case VALUE_NUMBER:
        decimal_add_to(out, value->number);
        break;
    case VALUE_STRING:
        json_add_str(out, value->string);
        break;
    case VALUE_LIST:
        return add_list_json(out, value, depth + 1, error);
    case VALUE_CONTEXT:
        return add_context_json(out, value, depth + 1, error);
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_DATE_TIME:
    case VALUE_DAYS_DURATION:
    case VALUE_MONTHS_DURATION:
        buf_add_char(out, '"'); /* its letters need no escape */
        add_temporal(out, value);
        buf_add_char(out, '"');
        break;
    case VALUE_RANGE:
    case VALUE_FUNCTION:
    case VALUE_KINDS:
        return add_feel_json(out, value, depth, error);
    }
    return OK;
}

enum err value_to_json(struct buf *out, const struct value *value, struct error *error)
{
    return add_json(out, value, 0, error);
}

static enum err read_array(struct arena *arena, const struct json_value *json, struct value *ret_value,
                           struct error *error)
{
    struct value *items = arena_alloc_array(arena, json->n, sizeof *items);
    if (items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory left for a list of %zu", json->n);
    size_t n = 0;
    for (const struct json_value *child = json->child; child != NULL; child = child->next) {
        enum err rc = value_from_json_value(arena, child, &items[n++], error);
        if (rc != OK)
            return rc;
    }
    *ret_value = value_list(items, n);
    return OK;
}

static enum err read_object(struct arena *arena, const struct json_value *json, struct value *ret_value,
                            struct error *error)
{
    struct value_entry *entries = arena_alloc_array(arena, json->n, sizeof *entries);
    if (entries == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory left for an object of %zu", json->n);
    size_t n = 0;
    for (const struct json_value *child = json->child; child != NULL; child = child->next) {
        entries[n].key = child->key;
        enum err rc = value_from_json_value(arena, child, &entries[n++].value, error);
        if (rc != OK)
            return rc;
    }
    *ret_value = value_context(entries, n);
    return OK;
}

enum err value_from_json_value(struct arena *arena, const struct json_value *json, struct value *ret_value,
                               struct error *error)
{
    struct decimal number;
    switch (json->kind) {
    case JSON_NULL_:
        *ret_value = value_null();
        break;
    case JSON_BOOL_:
        *ret_value = value_boolean(json->boolean);
        break;
    case JSON_NUMBER_:
        if (!decimal_from_str(json->text, &number))
            return fail(error, ERR_INVALID, "the number %.*s… is too large or too long; numbers end at 9.99E+6144",
                        STR_ARG(str_first(json->text, 20)));
        *ret_value = value_number(number);
        break;
    case JSON_STRING_:
        *ret_value = value_string(json->text);
        break;
    case JSON_ARRAY_:
        return read_array(arena, json, ret_value, error);
    case JSON_OBJECT_:
        return read_object(arena, json, ret_value, error);
    }
    return OK;
}

enum err value_from_json(struct arena *arena, struct str json, struct value *ret_value, struct error *error)
{
    struct json_value *root;
    enum err rc = json_read(arena, json, &root, error);
    return rc == OK ? value_from_json_value(arena, root, ret_value, error) : rc;
}
