#include "bot/base/settings_table.h"

#include <stdarg.h>
#include <stdio.h>

#include "bot/base/arena.h"
#include "bot/base/settings_value.h"
#include "bot/base/text.h"
#include "bot/base/yaml.h"
#include "bot/base/yaml_scalar.h"

#include "bot/base/banned.h"

enum { MAX_KNOWN = 32 }; /* settings of a table */

enum err settings_table_fail(const struct settings_source *source, const struct setting *setting,
                             const struct yaml_node *node, const char *format, ...)
{
    char sentence[sizeof source->error->text];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return yaml_fail(source->error, source->file, node, "%.*s%s%s %s", STR_ARG(source->section),
                     source->section.n == 0 ? "" : ".", setting->name, sentence);
}

static MUST_USE enum err out_of_memory(const struct settings_source *source)
{
    return fail(source->error, ERR_NO_MEMORY, "%.*s: too large to be read here", STR_ARG(source->file));
}

/* ── sections and items ────────────────────────────────────────────────────────────────────────────────────────── */

static void *field_of(void *object, size_t offset)
{
    return (char *)object + offset;
}

/* The source as seen from within `setting` (and its item `name`). */
static MUST_USE enum err enter(const struct settings_source *source, const char *setting, struct str name,
                               struct settings_source *ret_inner)
{
    struct str section =
        arena_format(source->arena, "%.*s%s%s%s%.*s", STR_ARG(source->section), source->section.n == 0 ? "" : ".",
                     setting, name.n == 0 ? "" : ".", STR_ARG(name));
    if (section.p == NULL)
        return out_of_memory(source);
    *ret_inner = *source;
    ret_inner->section = section;
    return OK;
}

static MUST_USE enum err read_section(const struct settings_source *source, const struct setting *setting,
                                      const struct yaml_node *node, void *object)
{
    if (node == NULL && setting->offset_more != 0)
        return OK;
    if (node != NULL && node->kind != YAML_MAP)
        return settings_value_refuse(source, setting, node);
    struct settings_source inner = {0};
    enum err rc = enter(source, setting->name, STR(""), &inner);
    if (rc == OK)
        rc = settings_table_read(&inner, setting->table, node, field_of(object, setting->offset));
    if (rc == OK && setting->offset_more != 0)
        *(bool *)field_of(object, setting->offset_more) = true;
    return rc;
}

static void set_name(const struct settings_table *table, struct str name, void *item)
{
    for (size_t i = 0; i < table->n; i++)
        if (table->settings[i].type == SETTING_NAME)
            *(struct str *)field_of(item, table->settings[i].offset) = name;
}

static MUST_USE enum err read_items(const struct settings_source *source, const struct setting *setting,
                                    const struct yaml_node *node, void *object)
{
    if (node == NULL)
        return OK;
    bool named = setting->type == SETTING_NAMED;
    if (node->kind != (named ? YAML_MAP : YAML_LIST))
        return settings_value_refuse(source, setting, node);
    char *items = arena_alloc_array(source->arena, node->n, setting->table->bytes);
    if (items == NULL)
        return out_of_memory(source);
    /* at once, so that what an item holds can be given back when a later one fails */
    *(void **)field_of(object, setting->offset) = items;
    *(size_t *)field_of(object, setting->offset_more) = node->n;
    for (const struct yaml_node *item = node->child; item != NULL; item = item->next, items += setting->table->bytes) {
        struct settings_source inner = {0};
        enum err rc = enter(source, setting->name, item->key, &inner);
        if (rc != OK)
            return rc;
        if (item->kind != YAML_MAP)
            return yaml_fail(source->error, source->file, item, "%.*s must hold settings; write {name: value, …}",
                             STR_ARG(inner.section));
        set_name(setting->table, item->key, items);
        if ((rc = settings_table_read(&inner, setting->table, item, items)) != OK)
            return rc;
    }
    return OK;
}

/* ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err read_value(const struct settings_source *source, const struct setting *setting,
                                    const struct yaml_node *node, void *object)
{
    if (setting->type == SETTING_SECTION)
        return read_section(source, setting, node, object);
    if (setting->type == SETTING_LIST || setting->type == SETTING_NAMED)
        return read_items(source, setting, node, object);
    return settings_value_read(source, setting, node, object);
}

static bool is_structure(const struct setting *setting)
{
    return setting->type == SETTING_SECTION || setting->type == SETTING_LIST || setting->type == SETTING_NAMED;
}

/* The value that counts: the file's, else `otherwise`. */
static MUST_USE enum err read_setting(const struct settings_source *source, const struct setting *setting,
                                      const struct yaml_node *map, void *object)
{
    const struct yaml_node *node = yaml_get(map, str_of(setting->name));
    if (is_structure(setting) && node != NULL && node->kind == YAML_NULL)
        node = NULL;
    if (node != NULL && node->kind == YAML_NULL)
        return settings_table_fail(source, setting, node, "has no value; write one, or take the line out");
    if (node == NULL && setting->required)
        return settings_table_fail(source, setting, map, "is missing; add it: %s", setting->help);
    struct str otherwise = str_of(setting->otherwise);
    struct yaml_node written = {.kind = yaml_scalar_kind(otherwise), .plain = true, .text = otherwise};
    written.boolean = yaml_scalar_is_true(otherwise);
    if (node == NULL && !is_structure(setting))
        return setting->otherwise == NULL ? OK : read_value(source, setting, &written, object);
    return read_value(source, setting, node, object);
}

static MUST_USE enum err refuse_unknown(const struct settings_source *source, const struct settings_table *table,
                                        const struct yaml_node *map)
{
    const char *known[MAX_KNOWN];
    size_t n = 0;
    for (size_t i = 0; i < table->n && n < MAX_KNOWN; i++)
        if (table->settings[i].type != SETTING_NAME)
            known[n++] = table->settings[i].name;
    for (const struct yaml_node *member = map->child; member != NULL; member = member->next) {
        size_t i = 0;
        while (i < n && !str_eq(member->key, str_of(known[i])))
            i++;
        if (i < n)
            continue;
        struct yaml_node at_key = {.line = member->key_line, .column = member->key_column};
        struct str near = yaml_suggest(member->key, known, n), key = text_first(member->key, 40);
        struct str where = source->section.n == 0 ? STR("this file") : source->section;
        if (near.n > 0)
            return yaml_fail(source->error, source->file, &at_key, "unknown key '%.*s' in %.*s; did you mean '%.*s'?",
                             STR_ARG(key), STR_ARG(where), STR_ARG(near));
        return yaml_fail(source->error, source->file, &at_key, "unknown key '%.*s' in %.*s; take it out", STR_ARG(key),
                         STR_ARG(where));
    }
    return OK;
}

enum err settings_table_read(const struct settings_source *source, const struct settings_table *table,
                             const struct yaml_node *map, void *object)
{
    enum err rc = map == NULL ? OK : refuse_unknown(source, table, map);
    for (size_t i = 0; rc == OK && i < table->n; i++)
        rc = read_setting(source, &table->settings[i], map, object);
    if (rc == OK && table->finish != NULL)
        rc = table->finish(source, map, object);
    return rc;
}

enum err settings_table_path(const struct settings_source *source, struct str path, struct str *ret_path)
{
    bool whole = str_starts(path, STR("/")) || str_eq(source->folder, STR("."));
    struct str result = whole ? arena_copy(source->arena, path)
                              : arena_format(source->arena, "%.*s/%.*s", STR_ARG(source->folder), STR_ARG(path));
    if (result.p == NULL)
        return out_of_memory(source);
    *ret_path = result;
    return OK;
}
