/* Functions of contexts (DMN 1.5 §10.3.4.9). */
#include <string.h>

#include "flows/rules/feel_builtin.h"
#include "flows/rules/feel_eval.h"

#include "bot/base/banned.h"

struct value feel_context_get_value(struct feel_run *run, const struct feel_arguments *args)
{
    struct value value;
    if (value_get(&args->items[0], args->items[1].string, &value))
        return value;
    return feel_run_null(run, "there is no member `%.*s`", STR_ARG(args->items[1].string));
}

struct value feel_context_get_entries(struct feel_run *run, const struct feel_arguments *args)
{
    const struct value *context = &args->items[0];
    size_t n = context->context.n;
    struct value *items = feel_run_alloc(run, n, sizeof *items);
    struct value_entry(*pairs)[2] = feel_run_alloc(run, n, sizeof *pairs);
    if (items == NULL || pairs == NULL || !feel_run_spend(run, n))
        return value_null();
    for (size_t i = 0; i < n; i++) {
        const struct value_entry *entry = &context->context.entries[i];
        pairs[i][0] = (struct value_entry){.key = STR("key"), .value = value_string(entry->key)};
        pairs[i][1] = (struct value_entry){.key = STR("value"), .value = entry->value};
        items[i] = value_context(pairs[i], 2);
    }
    return value_list(items, n);
}

/* A context in the making: a later value of a key takes the earlier one's place. */
struct context_builder {
    struct value_entry *entries;
    size_t n;
};

static struct value_entry *find_entry(struct context_builder *b, struct str key)
{
    for (size_t i = 0; i < b->n; i++)
        if (str_eq(b->entries[i].key, key))
            return &b->entries[i];
    return NULL;
}

static void put(struct context_builder *b, struct str key, struct value value)
{
    struct value_entry *entry = find_entry(b, key);
    if (entry == NULL)
        entry = &b->entries[b->n++];
    *entry = (struct value_entry){.key = key, .value = value};
}

static bool begin(struct feel_run *run, size_t capacity, struct context_builder *ret)
{
    *ret = (struct context_builder){.entries = feel_run_alloc(run, capacity, sizeof(struct value_entry))};
    return ret->entries != NULL && feel_run_spend(run, capacity);
}

static void put_all(struct context_builder *b, const struct value *context)
{
    for (size_t i = 0; i < context->context.n; i++)
        put(b, context->context.entries[i].key, context->context.entries[i].value);
}

struct value feel_context_context(struct feel_run *run, const struct feel_arguments *args)
{
    const struct value *list = &args->items[0];
    struct context_builder b;
    if (!begin(run, list->list.n, &b))
        return value_null();
    for (size_t i = 0; i < list->list.n; i++) {
        struct value key, value;
        if (!value_get(&list->list.items[i], STR("key"), &key) || key.kind != VALUE_STRING ||
            !value_get(&list->list.items[i], STR("value"), &value))
            return feel_run_null(run, "context() wants entries with a `key` (a string) and a `value`");
        if (find_entry(&b, key.string) != NULL)
            return feel_run_null(run, "the key `%.*s` stands twice in context()", STR_ARG(key.string));
        put(&b, key.string, value);
    }
    return value_context(b.entries, b.n);
}

static struct value put_one(struct feel_run *run, const struct value *context, struct str key, struct value value)
{
    struct context_builder b;
    if (!begin(run, context->context.n + 1, &b))
        return value_null();
    put_all(&b, context);
    put(&b, key, value);
    return value_context(b.entries, b.n);
}

/* The keys lead through contexts inside each other; those that are missing are made. */
static struct value put_deep(struct feel_run *run, const struct value *context, const struct value *keys, size_t at,
                             const struct value *value)
{
    struct value inner = value_context(NULL, 0), made = *value;
    const struct value *key = &keys->list.items[at];
    if (key->kind != VALUE_STRING || at >= VALUE_MAX_DEPTH)
        return feel_run_null(run, "the keys of context put() must be a few strings");
    if (at + 1 < keys->list.n) {
        if (value_get(context, key->string, &inner) && inner.kind != VALUE_CONTEXT)
            return feel_run_null(run, "`%.*s` is %s, not a context", STR_ARG(key->string), value_kind_name(inner.kind));
        made = put_deep(run, &inner, keys, at + 1, value);
        if (made.kind != VALUE_CONTEXT)
            return value_null();
    }
    return put_one(run, context, key->string, made);
}

struct value feel_context_put(struct feel_run *run, const struct feel_arguments *args)
{
    if (args->alternative == 0)
        return put_one(run, &args->items[0], args->items[1].string, args->items[2]);
    if (args->items[1].list.n == 0)
        return feel_run_null(run, "context put() without a key");
    return put_deep(run, &args->items[0], &args->items[1], 0, &args->items[2]);
}

struct value feel_context_merge(struct feel_run *run, const struct feel_arguments *args)
{
    const struct value *list = &args->items[0];
    size_t capacity = 0;
    for (size_t i = 0; i < list->list.n; i++) {
        if (list->list.items[i].kind != VALUE_CONTEXT)
            return feel_run_null(run, "context merge() wants contexts, not %s",
                                 value_kind_name(list->list.items[i].kind));
        capacity += list->list.items[i].context.n;
    }
    struct context_builder b;
    if (!begin(run, capacity, &b))
        return value_null();
    for (size_t i = 0; i < list->list.n; i++)
        put_all(&b, &list->list.items[i]);
    return value_context(b.entries, b.n);
}
