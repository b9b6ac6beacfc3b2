/* Types: what values show about theirs, and which conforms to which (DMN 1.5 §10.3.2.9). */
#include "bot/base/arena.h"
#include "flows/rules/feel_builtin.h"
#include "flows/rules/feel_eval.h"

#include "bot/base/banned.h"

const struct feel_type *feel_simple_type(enum feel_kind kind)
{
    static const struct feel_type types[FEEL_KINDS] = {
        [FEEL_BOOLEAN] = {.kind = FEEL_BOOLEAN},
        [FEEL_NUMBER] = {.kind = FEEL_NUMBER},
        [FEEL_STRING] = {.kind = FEEL_STRING},
        [FEEL_LIST] = {.kind = FEEL_LIST},
        [FEEL_CONTEXT] = {.kind = FEEL_CONTEXT},
        [FEEL_RANGE] = {.kind = FEEL_RANGE},
        [FEEL_FUNCTION] = {.kind = FEEL_FUNCTION, .bare = true},
        [FEEL_NULL] = {.kind = FEEL_NULL},
        [FEEL_DATE] = {.kind = FEEL_DATE},
        [FEEL_TIME] = {.kind = FEEL_TIME},
        [FEEL_DATE_TIME] = {.kind = FEEL_DATE_TIME},
        [FEEL_DAYS_DURATION] = {.kind = FEEL_DAYS_DURATION},
        [FEEL_MONTHS_DURATION] = {.kind = FEEL_MONTHS_DURATION},
    };
    return kind == FEEL_ANY ? NULL : &types[kind];
}

enum feel_kind feel_value_kind(const struct value *value)
{
    static const enum feel_kind kinds[VALUE_KINDS] = {
        [VALUE_NULL] = FEEL_NULL,
        [VALUE_BOOLEAN] = FEEL_BOOLEAN,
        [VALUE_NUMBER] = FEEL_NUMBER,
        [VALUE_STRING] = FEEL_STRING,
        [VALUE_LIST] = FEEL_LIST,
        [VALUE_CONTEXT] = FEEL_CONTEXT,
        [VALUE_RANGE] = FEEL_RANGE,
        [VALUE_FUNCTION] = FEEL_FUNCTION,
        [VALUE_DATE] = FEEL_DATE,
        [VALUE_TIME] = FEEL_TIME,
        [VALUE_DATE_TIME] = FEEL_DATE_TIME,
        [VALUE_DAYS_DURATION] = FEEL_DAYS_DURATION,
        [VALUE_MONTHS_DURATION] = FEEL_MONTHS_DURATION,
    };
    return kinds[value->kind];
}

/* ── of a value ────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct feel_type *type_of(struct arena *arena, const struct value *value, size_t depth);

static const struct feel_type *context_type(struct arena *arena, const struct value *value, size_t depth)
{
    struct feel_type *type = arena_alloc(arena, sizeof *type);
    struct feel_member *members = arena_alloc_array(arena, value->context.n, sizeof *members);
    if (type == NULL || members == NULL)
        return NULL;
    for (size_t i = 0; i < value->context.n; i++)
        members[i] = (struct feel_member){.name = value->context.entries[i].key,
                                          .type = type_of(arena, &value->context.entries[i].value, depth)};
    *type = (struct feel_type){.kind = FEEL_CONTEXT, .members = members, .n_members = value->context.n};
    return type;
}

static const struct feel_type *list_type(struct arena *arena, const struct value *value, size_t depth)
{
    struct feel_type *type = arena_alloc(arena, sizeof *type);
    if (type == NULL)
        return NULL;
    *type = (struct feel_type){.kind = FEEL_LIST};
    if (value->list.n > 0)
        type->item = type_of(arena, &value->list.items[0], depth);
    return type;
}

static struct feel_type function_type(const struct feel_function *f)
{
    if (f->host != NULL)
        return (struct feel_type){.kind = FEEL_FUNCTION,
                                  .item = f->host->result,
                                  .members = f->host->parameters,
                                  .n_members = f->host->n_parameters};
    return f->node != NULL ? *f->node->type : (struct feel_type){.kind = FEEL_FUNCTION, .bare = true};
}

static const struct feel_type *type_of(struct arena *arena, const struct value *value, size_t depth)
{
    if (value->kind == VALUE_NULL || depth >= VALUE_MAX_DEPTH)
        return NULL;
    if (value->kind == VALUE_CONTEXT)
        return context_type(arena, value, depth + 1);
    if (value->kind == VALUE_FUNCTION) {
        struct feel_type *type = arena_alloc(arena, sizeof *type);
        if (type != NULL)
            *type = function_type(value->function);
        return type;
    }
    return value->kind == VALUE_LIST ? list_type(arena, value, depth + 1) : feel_simple_type(feel_value_kind(value));
}

const struct feel_type *feel_type_of(struct arena *arena, const struct value *value)
{
    return type_of(arena, value, 0);
}

/* ── of a type to another ──────────────────────────────────────────────────────────────────────────────────────── */

static bool conforms(const struct feel_type *type, const struct feel_type *wanted, size_t depth);

static const struct feel_type *member_type(const struct feel_type *type, struct str name, bool *ret_found)
{
    for (size_t i = 0; i < type->n_members; i++) {
        if (str_eq(type->members[i].name, name)) {
            *ret_found = true;
            return type->members[i].type;
        }
    }
    *ret_found = false;
    return NULL;
}

static bool context_conforms(const struct feel_type *type, const struct feel_type *wanted, size_t depth)
{
    for (size_t i = 0; i < wanted->n_members; i++) {
        bool found;
        const struct feel_type *member = member_type(type, wanted->members[i].name, &found);
        if (!found || !conforms(member, wanted->members[i].type, depth))
            return false;
    }
    return true;
}

/* Parameters the other way round: who takes anything may stand where numbers are given. */
static bool function_conforms(const struct feel_type *type, const struct feel_type *wanted, size_t depth)
{
    if (wanted->bare)
        return true;
    if (type->bare || type->n_members != wanted->n_members)
        return false;
    for (size_t i = 0; i < wanted->n_members; i++)
        if (!conforms(wanted->members[i].type, type->members[i].type, depth))
            return false;
    return conforms(type->item, wanted->item, depth);
}

static bool is_any(const struct feel_type *type)
{
    return type == NULL || type->kind == FEEL_ANY;
}

static bool conforms(const struct feel_type *type, const struct feel_type *wanted, size_t depth)
{
    if (is_any(wanted))
        return true;
    if (is_any(type) || depth >= VALUE_MAX_DEPTH)
        return false;
    if (type->kind == FEEL_NULL)
        return true;
    if (type->kind != wanted->kind)
        return false;
    if (type->kind == FEEL_LIST || type->kind == FEEL_RANGE)
        return conforms(type->item, wanted->item, depth + 1);
    if (type->kind == FEEL_CONTEXT)
        return context_conforms(type, wanted, depth + 1);
    return type->kind != FEEL_FUNCTION || function_conforms(type, wanted, depth + 1);
}

bool feel_type_conforms(const struct feel_type *type, const struct feel_type *wanted)
{
    return conforms(type, wanted, 0);
}

/* ── of a value to a type ──────────────────────────────────────────────────────────────────────────────────────── */

/* Null is of every type inside of lists, contexts and ranges. */
static bool part_fits(const struct value *value, const struct feel_type *type, size_t depth);

static bool context_fits(const struct value *value, const struct feel_type *type, size_t depth)
{
    for (size_t i = 0; i < type->n_members; i++) {
        struct value member;
        if (!value_get(value, type->members[i].name, &member) || !part_fits(&member, type->members[i].type, depth))
            return false;
    }
    return true;
}

static bool list_fits(const struct value *value, const struct feel_type *type, size_t depth)
{
    for (size_t i = 0; !is_any(type->item) && i < value->list.n; i++)
        if (!part_fits(&value->list.items[i], type->item, depth))
            return false;
    return true;
}

static bool function_fits(const struct feel_function *f, const struct feel_type *type)
{
    if (f->builtin != NULL)
        return type->bare || feel_builtin_conforms(f->builtin, type);
    struct feel_type own = function_type(f);
    return conforms(&own, type, 0);
}

static bool fits(const struct value *value, const struct feel_type *type, size_t depth)
{
    if (is_any(type))
        return value->kind != VALUE_NULL;
    if (depth >= VALUE_MAX_DEPTH)
        return false;
    switch (type->kind) {
    case FEEL_ANY:
        break;
    case FEEL_NULL:
        return value->kind == VALUE_NULL;
    case FEEL_BOOLEAN:
        return value->kind == VALUE_BOOLEAN;
    case FEEL_NUMBER:
        return value->kind == VALUE_NUMBER;
    case FEEL_STRING:
        return value->kind == VALUE_STRING;
    case FEEL_LIST:
        return value->kind == VALUE_LIST && list_fits(value, type, depth + 1);
    case FEEL_CONTEXT:
        return value->kind == VALUE_CONTEXT && context_fits(value, type, depth + 1);
    case FEEL_RANGE:
        return value->kind == VALUE_RANGE && part_fits(&value->range->start, type->item, depth + 1) &&
               part_fits(&value->range->end, type->item, depth + 1);
    case FEEL_FUNCTION:
        return value->kind == VALUE_FUNCTION && function_fits(value->function, type);
    case FEEL_DATE:
        return value->kind == VALUE_DATE;
    case FEEL_TIME:
        return value->kind == VALUE_TIME;
    case FEEL_DATE_TIME:
        return value->kind == VALUE_DATE_TIME;
    case FEEL_DAYS_DURATION:
        return value->kind == VALUE_DAYS_DURATION;
    case FEEL_MONTHS_DURATION:
        return value->kind == VALUE_MONTHS_DURATION;
    case FEEL_KINDS:
        break;
    }
    return false;
}

static bool part_fits(const struct value *value, const struct feel_type *type, size_t depth)
{
    return value->kind == VALUE_NULL || fits(value, type, depth);
}

bool feel_conforms(const struct value *value, const struct feel_type *type)
{
    return fits(value, type, 0);
}
