#include "bot/base/arena.h"
#include "flows/rules/feel.h"

#include "bot/base/banned.h"

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

static const struct feel_type *type_of(struct arena *arena, const struct value *value, size_t depth)
{
    static const struct feel_type simple[VALUE_KINDS] = {
        [VALUE_BOOLEAN] = {.kind = FEEL_BOOLEAN},   [VALUE_NUMBER] = {.kind = FEEL_NUMBER},
        [VALUE_STRING] = {.kind = FEEL_STRING},     [VALUE_RANGE] = {.kind = FEEL_RANGE},
        [VALUE_FUNCTION] = {.kind = FEEL_FUNCTION},
    };
    if (value->kind == VALUE_NULL || depth >= VALUE_MAX_DEPTH)
        return NULL;
    if (value->kind == VALUE_CONTEXT)
        return context_type(arena, value, depth + 1);
    return value->kind == VALUE_LIST ? list_type(arena, value, depth + 1) : &simple[value->kind];
}

const struct feel_type *feel_type_of(struct arena *arena, const struct value *value)
{
    return type_of(arena, value, 0);
}
