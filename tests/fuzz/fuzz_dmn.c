/* DMN files from anywhere: a model or an error with a place; whatever is in the model can be evaluated with inputs that
 * fit and with none, and its values can be written.
 * Two of three mutations move whole elements or change what stands between tags, so that the file stays XML.
 * parts: rules base */
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "flows/rules/dmn.h"

enum { MODEL_BYTES = 32 * 1024 * 1024, RUN_BYTES = 4 * 1024 * 1024, MAX_INPUTS = 16, MAX_ELEMENTS = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* A value of the type, roughly. */
static struct value value_of(struct arena *arena, const struct feel_type *type, size_t depth)
{
    static const struct value text = {.kind = VALUE_STRING, .string = STR_INIT("2024-02-29")};
    if (type == NULL || depth > 2)
        return value_i64(3);
    if (type->kind == FEEL_BOOLEAN)
        return value_boolean(true);
    if (type->kind == FEEL_NUMBER)
        return value_i64(19);
    if (type->kind == FEEL_LIST) {
        struct value *item = arena_alloc(arena, sizeof *item);
        if (item != NULL)
            *item = value_of(arena, type->item, depth + 1);
        return item == NULL ? value_null() : value_list(item, 1);
    }
    if (type->kind == FEEL_CONTEXT) {
        struct value_entry *entries = arena_alloc_array(arena, type->n_members, sizeof *entries);
        for (size_t i = 0; entries != NULL && i < type->n_members; i++)
            entries[i] = (struct value_entry){type->members[i].name, value_of(arena, type->members[i].type, depth + 1)};
        return entries == NULL ? value_null() : value_context(entries, type->n_members);
    }
    if (type->kind == FEEL_DAYS_DURATION)
        return value_string(STR("P1DT2H"));
    if (type->kind == FEEL_MONTHS_DURATION)
        return value_string(STR("P1Y"));
    return text;
}

static void evaluate(const struct dmn_element *element, bool with_inputs)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, RUN_BYTES);
    struct value_entry entries[MAX_INPUTS];
    const struct dmn_input *inputs;
    size_t n = 0;
    if (dmn_inputs(element, &arena, &inputs, &n) != OK)
        return;
    if (n > MAX_INPUTS)
        n = MAX_INPUTS;
    for (size_t i = 0; i < n; i++)
        entries[i] = (struct value_entry){inputs[i].name, value_of(&arena, inputs[i].type, 0)};
    struct value given = value_context(entries, with_inputs ? n : 0), value;
    struct feel_run run = {.arena = &arena};
    struct dmn_trail trail;
    struct buf out;
    if (dmn_eval(element, &run, &given, &value, &trail) != OK)
        return;
    if (dmn_fault(element).n == 0 && value.kind == VALUE_NULL && run.n_reasons > FEEL_MAX_REASONS)
        __builtin_trap();
    buf_init(&out, &arena, 64 * 1024);
    (void)!value_to_json(&out, &value, NULL);
}

/* "f:LINE:COLUMN: …" */
static bool has_place(struct str fault)
{
    return str_starts(fault, STR("f:")) && fault.n > 6;
}

/* What stands behind a line of its own is the file that every import means. */
static const struct str cut = STR_INIT("\n====\n");

static enum err read_import(void *self, const struct dmn_import *import, struct arena *arena,
                            struct dmn_source *ret_source, struct error *error)
{
    const struct str *other = self;
    (void)import;
    (void)arena;
    if (other->n == 0)
        return fail(error, ERR_NOT_FOUND, "there is no other file");
    *ret_source = (struct dmn_source){STR("f"), *other};
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, MODEL_BYTES);
    struct error error = {0};
    struct str first = {(const char *)data, size}, other = {0};
    size_t at = str_find(first, cut);
    if (at != SIZE_MAX) {
        other = str_skip(first, at + cut.n);
        first = str_first(first, at);
    }
    struct dmn_files files = {read_import, &other};
    const struct dmn_source source = {STR("f"), first};
    const struct dmn_model *model;
    const struct dmn_element *element;
    struct str fault;
    (void)dmn_namespace(&arena, source.bytes);
    if (dmn_load(&arena, &source, &files, &model, &error) != OK) {
        if (error.n == 0 || (error.code == ERR_INVALID && !has_place((struct str){error.text, error.n})))
            __builtin_trap();
        return 0;
    }
    for (size_t i = 0; (fault = dmn_model_fault(model, i)).n > 0; i++)
        if (!has_place(fault))
            __builtin_trap();
    for (size_t i = 0; i < MAX_ELEMENTS && (element = dmn_at(model, i)) != NULL; i++) {
        evaluate(element, true);
        evaluate(element, false);
        (void)dmn_near(model, dmn_name(element));
    }
    return 0;
}

/* ── mutations ─────────────────────────────────────────────────────────────────────────────────────────────────── */

struct span {
    size_t from, to; /* to = from: none */
};

/* The element that begins with the `<` at `from`. */
static struct span element_at(const uint8_t *data, size_t size, size_t from)
{
    size_t depth = 0;
    for (size_t at = from; at < size;) {
        const uint8_t *end = memchr(data + at, '>', size - at);
        if (end == NULL)
            break;
        size_t next = (size_t)(end - data) + 1;
        bool closes = at + 1 < size && data[at + 1] == '/', alone = end[-1] == '/';
        depth += !closes && !alone;
        depth -= closes && depth > 0;
        if (depth == 0)
            return (struct span){from, next};
        const uint8_t *open = memchr(data + next, '<', size - next);
        at = open == NULL ? size : (size_t)(open - data);
    }
    return (struct span){from, from};
}

/* An element behind the first one, chosen by `choice`; none when there is none. */
static struct span some_element(const uint8_t *data, size_t size, unsigned choice)
{
    size_t start = size == 0 ? 0 : choice % size;
    for (size_t i = 0; i < size; i++) {
        size_t at = (start + i) % size;
        if (at > 0 && data[at] == '<' && at + 1 < size && data[at + 1] != '/')
            return element_at(data, size, at);
    }
    return (struct span){0, 0};
}

/* Replaces a piece by other bytes; the size afterwards, or the old one when they do not fit. */
static size_t replace(uint8_t *data, size_t size, size_t max_size, struct span old, const uint8_t *bytes, size_t n)
{
    if (size - (old.to - old.from) + n > max_size)
        return size;
    memmove(data + old.from + n, data + old.to, size - old.to);
    if (n > 0)
        memcpy(data + old.from, bytes, n);
    return size - (old.to - old.from) + n;
}

static size_t mutate_text(uint8_t *data, size_t size, size_t max_size, struct span element)
{
    enum { ROOM = 256 };
    uint8_t text[2 * ROOM];
    const uint8_t *open = memchr(data + element.from, '>', element.to - element.from);
    if (open == NULL)
        return size;
    size_t from = (size_t)(open - data) + 1;
    const uint8_t *close = from < element.to ? memchr(data + from, '<', element.to - from) : NULL;
    size_t n = close == NULL ? 0 : (size_t)(close - data) - from;
    if (close == NULL || n > ROOM)
        return size;
    memcpy(text, data + from, n);
    size_t changed = LLVMFuzzerMutate(text, n, sizeof text);
    for (size_t i = 0; i < changed; i++)
        text[i] = text[i] == '<' || text[i] == '&' || text[i] < ' ' || text[i] > '~' ? ' ' : text[i];
    return replace(data, size, max_size, (struct span){from, from + n}, text, changed);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct span one = some_element(data, size, seed >> 4), other = some_element(data, size, seed * 2654435761u >> 4);
    size_t n = one.to - one.from;
    uint8_t *copy = n == 0 ? NULL : malloc(n);
    if (copy == NULL || seed % 3 == 0) {
        free(copy);
        return LLVMFuzzerMutate(data, size, max_size);
    }
    memcpy(copy, data + one.from, n);
    switch (seed % 4) {
    case 0: /* a second one before another element */
        size = replace(data, size, max_size, (struct span){other.from, other.from}, copy, n);
        break;
    case 1: /* instead of another element */
        size = replace(data, size, max_size, other, copy, n);
        break;
    case 2: /* gone */
        size = replace(data, size, max_size, one, NULL, 0);
        break;
    default:
        size = mutate_text(data, size, max_size, one);
        break;
    }
    free(copy);
    return size;
}
