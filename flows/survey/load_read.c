#include "flows/survey/load.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "flows/rules/limits.h"
#include "flows/survey/files.h"

#include "bot/base/banned.h"

static const int64_t MAX_DURATION_MS = (int64_t)366 * 24 * 3600 * 1000;

/* ── faults and memory ─────────────────────────────────────────────────────────────────────────────────────────── */

static void fault(struct loader *loader, struct str file, struct place at, const char *format, va_list args)
{
    if (loader->rc != OK)
        return;
    char sentence[sizeof loader->error->text];
    vsnprintf(sentence, sizeof sentence, format, args);
    struct yaml_node node = {.line = at.line, .column = at.column};
    loader->rc = yaml_fail(loader->error, file, at.line == 0 ? NULL : &node, "%s", sentence);
}

void load_fault(struct loader *loader, struct place at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fault(loader, loader->file, at, format, args);
    va_end(args);
}

void load_fault_in(struct loader *loader, struct str file, struct place at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fault(loader, file, at, format, args);
    va_end(args);
}

void load_settle(struct loader *loader)
{
    if (loader->rc != ERR_INVALID || loader->faults.n == LOAD_MAX_FAULTS)
        return;
    struct str sentence = {loader->error->text, loader->error->n};
    loader->rc = OK;
    if (strs_contain(loader->faults, sentence)) /* what is read twice has its fault twice */
        return;
    struct str *items = load_grow(loader, (void *)loader->faults.items, loader->faults.n, sizeof *items);
    struct str kept = arena_copy(loader->arena, sentence);
    if (items == NULL || kept.n != sentence.n) {
        load_no_memory(loader);
        return;
    }
    items[loader->faults.n] = kept;
    loader->faults = (struct strs){items, loader->faults.n + 1};
}

void load_no_memory(struct loader *loader)
{
    if (loader->rc == OK)
        loader->rc = fail(loader->error, ERR_NO_MEMORY, "%.*s: the flow is too large; split it", STR_ARG(loader->file));
}

void *load_alloc(struct loader *loader, size_t count, size_t size)
{
    if (loader->rc != OK)
        return NULL;
    void *p = arena_alloc_array(loader->arena, count, size);
    if (p == NULL)
        load_no_memory(loader);
    return p;
}

void *load_grow(struct loader *loader, void *items, size_t n, size_t size)
{
    bool full = n == 0 || (n >= 8 && (n & (n - 1)) == 0); /* capacities are 8, 16, 32, … */
    if (!full)
        return loader->rc == OK ? items : NULL;
    void *grown = load_alloc(loader, n == 0 ? 8 : n * 2, size);
    if (grown != NULL && n > 0)
        memcpy(grown, items, n * size);
    return grown;
}

/* ── places ────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct place load_place(const struct yaml_node *node)
{
    struct place nowhere = {0};
    return node == NULL ? nowhere : (struct place){node->line, node->column};
}

struct place load_key_place(const struct yaml_node *node)
{
    if (node == NULL || node->key_line == 0)
        return load_place(node);
    return (struct place){node->key_line, node->key_column};
}

/* ── maps ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_known(struct str key, const char *const *known, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(key, str_of(known[i])))
            return true;
    return false;
}

static void unknown_key(struct loader *loader, const struct yaml_node *node, const char *what, const char *const *known,
                        size_t n)
{
    struct str meant = yaml_suggest(node->key, known, n);
    if (meant.n > 0) {
        load_fault(loader, load_key_place(node), "unknown key `%.*s` in %s; did you mean `%.*s`?", STR_ARG(node->key),
                   what, STR_ARG(meant));
        return;
    }
    struct buf list;
    buf_init(&list, loader->arena, 200);
    for (size_t i = 0; i < n; i++)
        buf_addf(&list, "%s%s", i == 0 ? "" : ", ", known[i]);
    load_fault(loader, load_key_place(node), "unknown key `%.*s` in %s; the keys are %.*s", STR_ARG(node->key), what,
               STR_ARG(buf_str(&list)));
}

void load_keys(struct loader *loader, const struct yaml_node *map, const char *what, const char *const *known,
               size_t n_known)
{
    if (loader->rc != OK)
        return;
    if (map == NULL || map->kind != YAML_MAP) {
        load_fault(loader, load_place(map), "%s is a map of keys and values; write `%s: …`", what, known[0]);
        return;
    }
    for (const struct yaml_node *node = map->child; node != NULL; node = node->next)
        if (!is_known(node->key, known, n_known)) {
            unknown_key(loader, node, what, known, n_known);
            load_settle(loader);
        }
}

const struct yaml_node *load_get(const struct loader *loader, const struct yaml_node *map, const char *key)
{
    if (loader->rc != OK || map == NULL || map->kind != YAML_MAP)
        return NULL;
    const struct yaml_node *node = yaml_get(map, str_of(key));
    return node == NULL || (node->kind == YAML_NULL && node->plain) ? NULL : node;
}

/* ── scalars ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_scalar(const struct yaml_node *node)
{
    return node->kind != YAML_LIST && node->kind != YAML_MAP;
}

/* "`min`", or "this" for what has no key. */
static struct str called(const struct loader *loader, const struct yaml_node *node)
{
    if (node->key.n == 0)
        return STR("this");
    return arena_format(loader->arena, "`%.*s`", STR_ARG(node->key));
}

struct str load_str(struct loader *loader, const struct yaml_node *node)
{
    if (loader->rc != OK || node == NULL)
        return STR("");
    if (!is_scalar(node) || node->kind == YAML_NULL || node->text.n == 0) {
        load_fault(loader, load_place(node), "%.*s is no text; write a text", STR_ARG(called(loader, node)));
        return STR("");
    }
    return node->text;
}

bool load_bool(struct loader *loader, const struct yaml_node *node)
{
    if (loader->rc != OK || node == NULL)
        return false;
    if (node->kind != YAML_BOOL)
        load_fault(loader, load_place(node), "%.*s is true or false; write one of them, without quotes",
                   STR_ARG(called(loader, node)));
    return node->kind == YAML_BOOL && node->boolean;
}

/* The decimal of a plain number of YAML's: unlike FEEL it allows "+5" and "5.". */
static bool number_of(const struct yaml_node *node, struct decimal *ret_number)
{
    if (node->kind != YAML_INT && node->kind != YAML_FLOAT)
        return false;
    struct str text = node->text;
    if (text.n > 0 && text.p[0] == '+')
        text = str_skip(text, 1);
    if (text.n > 1 && text.p[text.n - 1] == '.')
        text = str_first(text, text.n - 1);
    return decimal_from_str(text, ret_number);
}

struct decimal load_number(struct loader *loader, const struct yaml_node *node)
{
    struct decimal number = decimal_from_i64(0);
    if (loader->rc != OK || node == NULL)
        return number;
    bool digits = node->kind == YAML_INT || node->kind == YAML_FLOAT;
    if (digits && node->text.n > DECIMAL_MAX_TEXT)
        load_fault(loader, load_place(node), "a number of %zu characters; write at most %d", node->text.n,
                   DECIMAL_MAX_TEXT);
    else if (!number_of(node, &number))
        load_fault(loader, load_place(node), "%.*s is a number; write it in digits, without quotes",
                   STR_ARG(called(loader, node)));
    return number;
}

int64_t load_whole(struct loader *loader, const struct yaml_node *node, int64_t least, int64_t most)
{
    struct decimal number;
    int64_t whole = 0;
    if (loader->rc != OK || node == NULL)
        return 0;
    if (!number_of(node, &number) || !decimal_to_i64(number, &whole) || whole < least || whole > most)
        load_fault(loader, load_place(node), "%.*s is a whole number from %lld to %lld; write one",
                   STR_ARG(called(loader, node)), (long long)least, (long long)most);
    return loader->rc == OK ? whole : 0;
}

static int64_t unit_ms(char unit)
{
    static const struct {
        char name;
        int64_t ms;
    } units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}, {'w', 604800000}};
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (units[i].name == unit)
            return units[i].ms;
    return 0;
}

/* "90s", "1h30m", "0". */
static bool parse_duration(struct str text, int64_t *ret_ms)
{
    int64_t total = 0;
    if (str_eq(text, STR("0"))) {
        *ret_ms = 0;
        return true;
    }
    for (size_t i = 0; i < text.n; i++) {
        size_t from = i;
        while (i < text.n && text.p[i] >= '0' && text.p[i] <= '9')
            i++;
        int64_t count = 0, unit = i < text.n ? unit_ms(text.p[i]) : 0;
        if (i == from || unit == 0 || i - from > 9 || !str_to_i64((struct str){text.p + from, i - from}, &count))
            return false;
        total += count * unit; /* fewer than 10^9 weeks and a year: no overflow */
        if (total > MAX_DURATION_MS)
            return false;
    }
    *ret_ms = total;
    return text.n > 0;
}

int64_t load_duration(struct loader *loader, const struct yaml_node *node)
{
    int64_t ms = 0;
    if (loader->rc != OK || node == NULL)
        return 0;
    if (!is_scalar(node) || !parse_duration(node->text, &ms))
        load_fault(loader, load_place(node),
                   "%.*s is a duration of up to 366d; write digits and s, m, h, d or w, as 2s",
                   STR_ARG(called(loader, node)));
    return ms;
}

/* ── lists and data ────────────────────────────────────────────────────────────────────────────────────────────── */

void load_list(struct loader *loader, const struct yaml_node *node, const char *what)
{
    if (loader->rc == OK && (node == NULL || node->kind != YAML_LIST))
        load_fault(loader, load_place(node), "%s; write `- …` for each", what);
}

struct strs load_strs(struct loader *loader, const struct yaml_node *node)
{
    if (loader->rc != OK || node == NULL)
        return (struct strs){0};
    bool list = node->kind == YAML_LIST;
    size_t n = list ? node->n : 1;
    struct str *items = load_alloc(loader, n, sizeof *items);
    const struct yaml_node *item = list ? node->child : node;
    for (size_t i = 0; i < n && loader->rc == OK; i++, item = item->next)
        items[i] = load_str(loader, item);
    return loader->rc == OK ? (struct strs){items, n} : (struct strs){0};
}

static struct value load_value_list(struct loader *loader, const struct yaml_node *node)
{
    struct value *items = load_alloc(loader, node->n, sizeof *items);
    size_t n = 0;
    for (const struct yaml_node *child = node->child; child != NULL && loader->rc == OK; child = child->next)
        items[n++] = load_value(loader, child);
    return value_list(items, n);
}

static struct value load_value_map(struct loader *loader, const struct yaml_node *node)
{
    struct value_entry *entries = load_alloc(loader, node->n, sizeof *entries);
    size_t n = 0;
    for (const struct yaml_node *child = node->child; child != NULL && loader->rc == OK; child = child->next, n++)
        entries[n] = (struct value_entry){child->key, load_value(loader, child)};
    return value_context(entries, n);
}

struct value load_value(struct loader *loader, const struct yaml_node *node)
{
    if (loader->rc != OK || node == NULL)
        return value_null();
    switch (node->kind) {
    case YAML_NULL:
        return value_null();
    case YAML_BOOL:
        return value_boolean(node->boolean);
    case YAML_INT:
    case YAML_FLOAT:
        return value_number(load_number(loader, node));
    case YAML_STRING:
        return value_string(node->text);
    case YAML_LIST:
        return load_value_list(loader, node);
    case YAML_MAP:
        return load_value_map(loader, node);
    }
    return value_null();
}
