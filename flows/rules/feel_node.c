#include "flows/rules/feel_parser.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/text.h"
#include "flows/rules/feel_temporal.h"

#include "bot/base/banned.h"

enum { FIRST_ITEMS = 4, MAX_SHOWN = 40, SCRATCH_BYTES = 256 * 1024 };

/* ── failing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

void *feel_parse_fail(struct parser *p, size_t at, const char *format, ...)
{
    if (p->rc != OK)
        return NULL;
    char sentence[sizeof p->compiler->error->text];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    p->compiler->fault = at;
    struct str place = feel_place(p->compiler->arena, p->source, at);
    p->rc = fail(p->compiler->error, ERR_INVALID, "%.*s: %s", STR_ARG(place), sentence);
    return NULL;
}

void *feel_parse_no_memory(struct parser *p)
{
    if (p->rc == OK)
        p->rc = fail(p->compiler->error, ERR_NO_MEMORY, "no memory left for an expression");
    return NULL;
}

void *feel_parse_expected(struct parser *p, const char *what)
{
    struct feel_scan scan = p->scan;
    struct str rest = str_skip(scan.text, scan.at);
    if (str_starts(rest, STR("/*")))
        return feel_parse_fail(p, scan.at, "a comment is never closed; end it with */");
    if (rest.n == 0)
        return feel_parse_fail(p, scan.at, "the expression ends here, but %s must follow", what);
    struct str word = text_first(feel_scan_word(&scan), MAX_SHOWN);
    if (word.n == 0)
        word = text_first(rest, 1);
    return feel_parse_fail(p, scan.at, "`%.*s` is not expected here; %s must stand here", STR_ARG(word), what);
}

/* ── nodes ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct feel_node *feel_node_new(struct parser *p, enum feel_op op, size_t at)
{
    struct feel_node *node = arena_alloc(p->compiler->arena, sizeof *node);
    if (node == NULL)
        return feel_parse_no_memory(p);
    node->op = (uint8_t)op;
    node->at = (uint32_t)at;
    node->height = 1;
    return node;
}

bool feel_node_adopt(struct parser *p, struct feel_node *node, const struct feel_node *child)
{
    if (child->height >= FEEL_MAX_HEIGHT) {
        feel_parse_fail(p, node->at, "the expression is built of too many parts inside each other; split it up");
        return false;
    }
    if (node->height <= child->height)
        node->height = (uint16_t)(child->height + 1);
    node->uses_input = node->uses_input || child->uses_input;
    return true;
}

struct feel_node *feel_node_of(struct parser *p, enum feel_op op, size_t at, const struct feel_node *a,
                               const struct feel_node *b)
{
    struct feel_node *node = feel_node_new(p, op, at);
    if (node == NULL || !feel_node_adopt(p, node, a) || (b != NULL && !feel_node_adopt(p, node, b)))
        return NULL;
    node->a = a;
    node->b = b;
    return node;
}

struct feel_node *feel_node_literal(struct parser *p, size_t at, struct value value, const struct feel_type *type)
{
    struct feel_node *node = feel_node_new(p, FEEL_LITERAL, at);
    if (node == NULL)
        return NULL;
    node->literal = value;
    node->type = type;
    return node;
}

bool feel_node_fold_temporal(struct parser *p, struct feel_node *node, enum feel_kind kind)
{
    CLEANUP(arena_release) struct arena scratch; /* only offsets are kept of zones */
    arena_init(&scratch, SCRATCH_BYTES);
    struct zone_cache own = {.arena = &scratch};
    struct feel_temporal_text text = {node->literal.string, kind};
    struct value value;
    if (!feel_temporal_read(p->compiler->arena, p->compiler->zones == NULL ? &own : p->compiler->zones, text, &value))
        return false;
    node->literal = value;
    node->type = feel_simple_type(feel_value_kind(&value));
    return true;
}

bool feel_gather_add(struct parser *p, struct gather *g, const struct feel_node *item, struct str name)
{
    if (g->n == g->capacity) {
        size_t capacity = g->capacity == 0 ? FIRST_ITEMS : 2 * g->capacity;
        const struct feel_node **items = arena_alloc_array(p->compiler->arena, capacity, sizeof(struct feel_node *));
        struct str *names = arena_alloc_array(p->compiler->arena, capacity, sizeof *names);
        if (items == NULL || names == NULL) {
            feel_parse_no_memory(p);
            return false;
        }
        if (g->n > 0) {
            memcpy(items, g->items, g->n * sizeof(struct feel_node *));
            memcpy(names, g->names, g->n * sizeof(*names));
        }
        *g = (struct gather){.items = items, .names = names, .n = g->n, .capacity = capacity};
    }
    g->items[g->n] = item;
    g->names[g->n] = name;
    g->n++;
    return true;
}

struct feel_node *feel_node_many(struct parser *p, enum feel_op op, size_t at, const struct gather *g)
{
    struct feel_node *node = feel_node_new(p, op, at);
    if (node == NULL)
        return NULL;
    for (size_t i = 0; i < g->n; i++)
        if (g->items[i] != NULL && !feel_node_adopt(p, node, g->items[i]))
            return NULL;
    node->many.items = g->items;
    node->many.names = g->names;
    node->many.n = (uint32_t)g->n;
    return node;
}
