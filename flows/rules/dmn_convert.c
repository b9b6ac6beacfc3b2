/* Values and the types of a model (DMN 1.5 §10.3.2.9.4). */
#include "bot/base/text.h"
#include "flows/rules/dmn_model.h"
#include "flows/rules/feel_ast.h"
#include "flows/rules/feel_eval.h"
#include "flows/rules/feel_temporal.h"

#include "bot/base/banned.h"

enum { MAX_SHOWN = 60 };

static const struct dmn_type *innermost(const struct dmn_type *type)
{
    while (type != NULL && type->base != NULL)
        type = type->base;
    return type;
}

static bool is_context(const struct dmn_type *type)
{
    return type->feel->kind == FEEL_CONTEXT && type->n_components > 0;
}

/* ── whether a value fits ──────────────────────────────────────────────────────────────────────────────────────── */

static bool is_allowed(struct feel_run *run, const struct value *value, const struct dmn_type *type)
{
    for (; type != NULL; type = type->base) {
        enum truth truth = TRUTH_TRUE;
        if (type->allowed != NULL && (feel_eval_unary(type->allowed, run, value, &truth) != OK || truth != TRUTH_TRUE))
            return false;
    }
    return true;
}

static bool fits(struct feel_run *run, const struct value *value, const struct dmn_type *type, size_t depth);

static bool items_fit(struct feel_run *run, const struct value *list, const struct dmn_type *item, size_t depth)
{
    for (size_t i = 0; i < list->list.n; i++)
        if (!fits(run, &list->list.items[i], item, depth))
            return false;
    return true;
}

static bool members_fit(struct feel_run *run, const struct value *context, const struct dmn_type *type, size_t depth)
{
    struct value member;
    for (size_t i = 0; i < type->n_components; i++)
        if (value_get(context, type->components[i].name, &member) &&
            !fits(run, &member, type->components[i].type, depth))
            return false;
    return true;
}

/* Null fits every type, and a member that is absent is as if null.  Recursive, at most VALUE_MAX_DEPTH deep. */
static bool fits(struct feel_run *run, const struct value *value, const struct dmn_type *type, size_t depth)
{
    const struct dmn_type *kind = innermost(type);
    if (kind == NULL || value->kind == VALUE_NULL)
        return true;
    if (depth == VALUE_MAX_DEPTH || !feel_run_spend(run, 1))
        return false;
    if (kind->item != NULL && !(value->kind == VALUE_LIST && items_fit(run, value, kind->item, depth + 1)))
        return false;
    if (is_context(kind) && !(value->kind == VALUE_CONTEXT && members_fit(run, value, kind, depth + 1)))
        return false;
    if (kind->feel->kind == FEEL_FUNCTION) /* what it takes and gives shows when it is called */
        return value->kind == VALUE_FUNCTION;
    if (kind->item == NULL && !is_context(kind) && !feel_conforms(value, kind->feel))
        return false;
    return is_allowed(run, value, type);
}

/* ── converting ────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct str type_name(const struct dmn_type *type)
{
    while (type->name.n == 0 && type->base != NULL)
        type = type->base;
    return type->name.n > 0 ? text_first(type->name, MAX_SHOWN) : STR("value of the declared type");
}

static struct value misfit(struct feel_run *run, const struct value *value, const struct dmn_type *type,
                           struct str what)
{
    struct str name = type_name(type), shown = text_first(what, MAX_SHOWN);
    if (run->rc != OK)
        return value_null();
    return feel_run_null(run, "`%.*s` is %s that is no %.*s", STR_ARG(shown), value_kind_name(value->kind),
                         STR_ARG(name));
}

/* In UTC. */
static struct value midnight_of(struct feel_run *run, struct temporal_date date)
{
    const struct temporal_moment moment = {.date = date, .time = {.second = decimal_from_i64(0), .has_offset = true}};
    return feel_temporal_make_moment(run, &moment);
}

struct value dmn_convert(struct feel_run *run, struct value value, const struct dmn_type *type, struct str what)
{
    const struct dmn_type *kind = innermost(type);
    if (kind == NULL || value.kind == VALUE_NULL || run->rc != OK || fits(run, &value, type, 0))
        return value;
    if (value.kind == VALUE_LIST && value.list.n == 1 && fits(run, &value.list.items[0], type, 0))
        return value.list.items[0];
    if (value.kind == VALUE_DATE && kind->feel->kind == FEEL_DATE_TIME) {
        struct value midnight = midnight_of(run, value.date);
        if (fits(run, &midnight, type, 0))
            return midnight;
    }
    if (value.kind != VALUE_LIST && kind->feel->kind == FEEL_LIST) {
        struct value *item = feel_run_alloc(run, 1, sizeof *item);
        if (item == NULL)
            return value_null();
        *item = value;
        struct value list = value_list(item, 1);
        if (fits(run, &list, type, 0))
            return list;
    }
    return misfit(run, &value, type, what);
}

/* ── from outside ──────────────────────────────────────────────────────────────────────────────────────────────── */

static struct value read_value(struct feel_run *run, struct value value, const struct dmn_type *type, size_t depth);

static struct value read_items(struct feel_run *run, struct value value, const struct dmn_type *item, size_t depth)
{
    struct value *items = feel_run_alloc(run, value.list.n, sizeof *items);
    for (size_t i = 0; items != NULL && i < value.list.n; i++)
        items[i] = read_value(run, value.list.items[i], item, depth);
    return items == NULL ? value_null() : value_list(items, value.list.n);
}

static const struct dmn_type *component_type(const struct dmn_type *type, struct str name)
{
    for (size_t i = 0; i < type->n_components; i++)
        if (str_eq(type->components[i].name, name))
            return type->components[i].type;
    return NULL;
}

static struct value read_members(struct feel_run *run, struct value value, const struct dmn_type *type, size_t depth)
{
    struct value_entry *entries = feel_run_alloc(run, value.context.n, sizeof *entries);
    for (size_t i = 0; entries != NULL && i < value.context.n; i++) {
        const struct value_entry *from = &value.context.entries[i];
        entries[i].key = from->key;
        entries[i].value = read_value(run, from->value, component_type(type, from->key), depth);
    }
    return entries == NULL ? value_null() : value_context(entries, value.context.n);
}

static bool is_temporal(const struct dmn_type *type)
{
    switch (type->feel->kind) {
    case FEEL_DATE:
    case FEEL_TIME:
    case FEEL_DATE_TIME:
    case FEEL_DAYS_DURATION:
    case FEEL_MONTHS_DURATION:
        return true;
    default:
        return false;
    }
}

/* Texts where a date, a time or a duration is wanted are read.  Recursive, at most VALUE_MAX_DEPTH deep. */
static struct value read_value(struct feel_run *run, struct value value, const struct dmn_type *type, size_t depth)
{
    const struct dmn_type *kind = innermost(type);
    if (kind == NULL || depth == VALUE_MAX_DEPTH || !feel_run_spend(run, 1))
        return value;
    if (kind->item != NULL && value.kind == VALUE_LIST)
        return read_items(run, value, kind->item, depth + 1);
    if (is_context(kind) && value.kind == VALUE_CONTEXT)
        return read_members(run, value, kind, depth + 1);
    struct value read;
    if (value.kind == VALUE_STRING && is_temporal(kind) &&
        feel_read_temporal(run, value.string, kind->feel->kind, &read))
        return read;
    return value;
}

struct value dmn_convert_input(struct feel_run *run, struct value value, const struct dmn_type *type, struct str what)
{
    return dmn_convert(run, read_value(run, value, type, 0), type, what);
}
