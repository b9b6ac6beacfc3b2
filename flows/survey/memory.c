#include "flows/survey/memory.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "flows/rules/feel.h"

#include "bot/base/banned.h"

static bool is_temporal(enum value_kind kind)
{
    return kind == VALUE_DATE || kind == VALUE_TIME || kind == VALUE_DATE_TIME || kind == VALUE_DAYS_DURATION ||
           kind == VALUE_MONTHS_DURATION;
}

/* As deep as the value, which VALUE_MAX_DEPTH bounds where it is made. */
static bool has_temporal(const struct value *value)
{
    bool has = is_temporal(value->kind);
    for (size_t i = 0; value->kind == VALUE_LIST && i < value->list.n && !has; i++)
        has = has_temporal(&value->list.items[i]);
    for (size_t i = 0; value->kind == VALUE_CONTEXT && i < value->context.n && !has; i++)
        has = has_temporal(&value->context.entries[i].value);
    return has;
}

enum err memory_write(struct buf *out, const struct value *value, struct error *error)
{
    if (!has_temporal(value))
        return value_to_json(out, value, error);
    enum err rc = OK;
    if (is_temporal(value->kind)) {
        buf_add(out, STR("{\"@\":"));
        rc = value_to_json(out, value, error);
        buf_add_char(out, '}');
        return rc;
    }
    bool list = value->kind == VALUE_LIST;
    buf_add_char(out, list ? '[' : '{');
    for (size_t i = 0; i < (list ? value->list.n : value->context.n) && rc == OK; i++) {
        json_add_comma(out);
        if (!list) {
            json_add_str(out, value->context.entries[i].key);
            buf_add_char(out, ':');
        }
        rc = memory_write(out, list ? &value->list.items[i] : &value->context.entries[i].value, error);
    }
    buf_add_char(out, list ? ']' : '}');
    return rc;
}

/* The text of {"@": "…"}; NULL: it is something else. */
static const struct json_value *temporal_text(const struct json_value *json)
{
    bool one = json->kind == JSON_OBJECT_ && json->n == 1 && str_eq(json->child->key, STR("@"));
    return one && json->child->kind == JSON_STRING_ ? json->child : NULL;
}

static bool holds_temporal(const struct json_value *json)
{
    bool holds = temporal_text(json) != NULL;
    bool deeper = json->kind == JSON_ARRAY_ || json->kind == JSON_OBJECT_;
    for (const struct json_value *child = deeper ? json->child : NULL; child != NULL && !holds; child = child->next)
        holds = holds_temporal(child);
    return holds;
}

static MUST_USE enum err read_children(struct arena *arena, const struct json_value *json, struct value *ret_value,
                                       struct error *error)
{
    bool list = json->kind == JSON_ARRAY_;
    struct value *items = arena_alloc_array(arena, json->n, sizeof *items);
    struct value_entry *entries = arena_alloc_array(arena, json->n, sizeof *entries);
    size_t n = 0;
    if (items == NULL || entries == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for a session's values");
    for (const struct json_value *child = json->child; child != NULL; child = child->next, n++) {
        enum err rc = memory_read(arena, child, &items[n], error);
        if (rc != OK)
            return rc;
        entries[n] = (struct value_entry){child->key, items[n]};
    }
    *ret_value = list ? value_list(items, n) : value_context(entries, n);
    return OK;
}

enum err memory_read(struct arena *arena, const struct json_value *json, struct value *ret_value, struct error *error)
{
    if (!holds_temporal(json))
        return value_from_json_value(arena, json, ret_value, error);
    const struct json_value *text = temporal_text(json);
    if (text == NULL)
        return read_children(arena, json, ret_value, error);
    struct feel_run run = {.arena = arena};
    if (feel_read_temporal(&run, text->text, FEEL_ANY, ret_value))
        return OK;
    return run.rc == ERR_NO_MEMORY ? run.rc : fail(error, ERR_INVALID, "\"%.*s\" is no date", STR_ARG(text->text));
}
