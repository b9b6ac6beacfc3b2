#include "bot/base/yaml.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "bot/base/yaml_fault.h"
#include "bot/base/yaml_scalar.h"

#include "bot/base/banned.h"

enum { MAX_ANCHORS = 1000 }; /* each alias looks through all of them */

/* A named node, for aliases.  Its children are shared, not copied: trees are read-only. */
struct anchor {
    struct anchor *next;
    struct str name;
    const struct yaml_node *node;
    bool complete;
    size_t nodes; /* it and all below it, aliases counted in full */
    size_t depth; /* 0: a scalar                                  */
};

/* A list or a map that is still open. */
struct frame {
    struct yaml_node *node;
    struct yaml_node *last_child;
    struct anchor *anchor; /* NULL: none */
    size_t nodes_before;
    size_t depth_below;   /* the deepest of its children, 0: scalars only */
    struct yaml_node key; /* key, key_line, key_column of the next member */
    bool has_key;
};

struct builder {
    struct arena *arena;
    struct error *error;
    struct str file, text;
    yaml_parser_t parser;
    struct frame frames[YAML_MAX_DEPTH];
    size_t depth; /* open frames */
    size_t nodes;
    struct anchor *anchors; /* newest first: a name may be used again */
    size_t n_anchors;
    struct yaml_node *root;
};

/* What an event brings, whatever its type. */
struct item {
    yaml_mark_t mark;
    struct str anchor; /* empty: none */
    const char *tag;   /* NULL: none  */
};

/* ── faults ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err wrong_at(const struct builder *b, yaml_mark_t mark, const char *sentence)
{
    return fail(b->error, ERR_INVALID, "%.*s:%zu:%zu: %s", STR_ARG(b->file), mark.line + 1, mark.column + 1, sentence);
}

static MUST_USE enum err out_of_memory(const struct builder *b)
{
    return fail(b->error, ERR_NO_MEMORY, "%.*s: too large to be read here", STR_ARG(b->file));
}

/* Line and column, from 0, of the byte at `offset`. */
static yaml_mark_t mark_of_offset(struct str text, size_t offset)
{
    yaml_mark_t mark = {.index = offset};
    struct str before = str_first(text, offset), line = before;
    while (str_split(&before, '\n', &line) && before.p != NULL)
        mark.line++;
    mark.column = text_length(line);
    return mark;
}

static MUST_USE enum err parser_fault(const struct builder *b)
{
    const yaml_parser_t *parser = &b->parser;
    if (parser->error == YAML_MEMORY_ERROR)
        return out_of_memory(b);
    yaml_mark_t at =
        parser->error == YAML_READER_ERROR ? mark_of_offset(b->text, parser->problem_offset) : parser->problem_mark;
    struct yaml_complaint complaint = {
        .problem = parser->problem,
        .context = parser->context,
        .line = at.line,
        .column = at.column,
        .begun_line = parser->context_mark.line,
        .begun_column = parser->context_mark.column,
    };
    struct yaml_fault fault = yaml_fault_explain(&complaint, b->text);
    return fail(b->error, ERR_INVALID, "%.*s:%zu:%zu: %s", STR_ARG(b->file), fault.line, fault.column, fault.sentence);
}

/* ── tags ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *tag;
    enum yaml_kind kind;
} core_tags[] = {
    {YAML_NULL_TAG, YAML_NULL},  {YAML_BOOL_TAG, YAML_BOOL}, {YAML_INT_TAG, YAML_INT}, {YAML_FLOAT_TAG, YAML_FLOAT},
    {YAML_STR_TAG, YAML_STRING}, {YAML_SEQ_TAG, YAML_LIST},  {YAML_MAP_TAG, YAML_MAP},
};

/* Whether `tag` lets a value that looks like `kind` be one, or makes it a string. */
static MUST_USE enum err apply_tag(const struct builder *b, const struct item *item, enum yaml_kind *kind)
{
    bool scalar = *kind != YAML_LIST && *kind != YAML_MAP;
    if (item->tag == NULL)
        return OK;
    if (strcmp(item->tag, "!") == 0) {
        *kind = scalar ? YAML_STRING : *kind;
        return OK;
    }
    for (size_t i = 0; i < COUNT_OF(core_tags); i++) {
        if (strcmp(item->tag, core_tags[i].tag) != 0)
            continue;
        bool fits = core_tags[i].kind == *kind || (core_tags[i].kind == YAML_STRING && scalar) ||
                    (core_tags[i].kind == YAML_FLOAT && *kind == YAML_INT);
        if (!fits)
            return wrong_at(b, item->mark, "the value is not what its tag (!!…) says; take the tag out");
        *kind = core_tags[i].kind;
        return OK;
    }
    return wrong_at(b, item->mark,
                    "tags (words that begin with '!') are not supported; take it out, or put the text in quotes");
}

/* ── building ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct frame *top(struct builder *b)
{
    return b->depth == 0 ? NULL : &b->frames[b->depth - 1];
}

static bool key_is_due(struct builder *b)
{
    const struct frame *frame = top(b);
    return frame != NULL && frame->node->kind == YAML_MAP && !frame->has_key;
}

static void attach(struct builder *b, struct yaml_node *node)
{
    struct frame *frame = top(b);
    if (frame == NULL) {
        b->root = node;
        return;
    }
    if (frame->has_key) {
        node->key = frame->key.key;
        node->key_line = frame->key.key_line;
        node->key_column = frame->key.key_column;
        frame->has_key = false;
    }
    if (frame->last_child == NULL)
        frame->node->child = node;
    else
        frame->last_child->next = node;
    frame->last_child = node;
    frame->node->n++;
}

static MUST_USE enum err add_node(struct builder *b, const struct item *item, enum yaml_kind kind,
                                  struct yaml_node **ret_node)
{
    if (++b->nodes > YAML_MAX_NODES)
        return wrong_at(b, item->mark, "the file holds too many values; split it");
    struct yaml_node *node = arena_alloc(b->arena, sizeof *node);
    if (node == NULL)
        return out_of_memory(b);
    node->kind = kind;
    node->line = (uint32_t)item->mark.line + 1;
    node->column = (uint32_t)item->mark.column + 1;
    attach(b, node);
    *ret_node = node;
    return OK;
}

/* Remembers the node under its anchor, if it has one. */
static MUST_USE enum err add_anchor(struct builder *b, const struct item *item, const struct yaml_node *node,
                                    struct anchor **ret_anchor)
{
    *ret_anchor = NULL;
    if (item->anchor.n == 0)
        return OK;
    if (++b->n_anchors > MAX_ANCHORS)
        return wrong_at(b, item->mark, "the file holds too many anchors (&); write values out");
    struct anchor *anchor = arena_alloc(b->arena, sizeof *anchor);
    struct str name = arena_copy(b->arena, item->anchor);
    if (anchor == NULL || name.p == NULL)
        return out_of_memory(b);
    *anchor = (struct anchor){.next = b->anchors, .name = name, .node = node, .nodes = 1};
    b->anchors = anchor;
    *ret_anchor = anchor;
    return OK;
}

static MUST_USE enum err take_key(struct builder *b, const struct item *item, const yaml_event_t *event)
{
    struct str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    enum yaml_kind kind = YAML_STRING;
    if (plain && text.n == 0)
        return wrong_at(b, item->mark, "a key is missing before this ':'; write one");
    if (plain && str_eq(text, STR("<<")))
        return wrong_at(b, item->mark, "merge keys (<<) are not supported; write the members out here");
    enum err rc = apply_tag(b, item, &kind);
    if (rc != OK)
        return rc;
    struct frame *frame = top(b);
    frame->key.key = arena_copy(b->arena, text);
    if (frame->key.key.p == NULL)
        return out_of_memory(b);
    frame->key.key_line = (uint32_t)item->mark.line + 1;
    frame->key.key_column = (uint32_t)item->mark.column + 1;
    frame->has_key = true;
    return OK;
}

static MUST_USE enum err take_scalar(struct builder *b, const struct item *item, const yaml_event_t *event)
{
    if (memchr(event->data.scalar.value, '\0', event->data.scalar.length) != NULL)
        return wrong_at(b, item->mark, "the character \\0 is not allowed; take it out");
    if (key_is_due(b))
        return take_key(b, item, event);
    struct str text =
        arena_copy(b->arena, (struct str){(const char *)event->data.scalar.value, event->data.scalar.length});
    if (text.p == NULL)
        return out_of_memory(b);
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    enum yaml_kind kind = plain || item->tag != NULL ? yaml_scalar_kind(text) : YAML_STRING;
    struct yaml_node *node = NULL;
    struct anchor *anchor = NULL;
    enum err rc = apply_tag(b, item, &kind);
    if (rc == OK)
        rc = add_node(b, item, kind, &node);
    if (rc == OK)
        rc = add_anchor(b, item, node, &anchor);
    if (rc != OK)
        return rc;
    assert(node != NULL);
    node->plain = plain;
    node->text = text;
    node->boolean = kind == YAML_BOOL && yaml_scalar_is_true(text);
    if (anchor != NULL)
        anchor->complete = true;
    return OK;
}

static MUST_USE enum err open_collection(struct builder *b, const struct item *item, enum yaml_kind kind)
{
    if (key_is_due(b))
        return wrong_at(b, item->mark,
                        "a key must be simple text; if this is text that begins with '{' or '[', put it in quotes");
    if (b->depth == YAML_MAX_DEPTH)
        return wrong_at(b, item->mark, "nested too deeply; make it flatter");
    size_t nodes_before = b->nodes;
    struct yaml_node *node = NULL;
    struct anchor *anchor = NULL;
    enum err rc = apply_tag(b, item, &kind);
    if (rc == OK)
        rc = add_node(b, item, kind, &node);
    if (rc == OK)
        rc = add_anchor(b, item, node, &anchor);
    if (rc != OK)
        return rc;
    b->frames[b->depth++] = (struct frame){.node = node, .anchor = anchor, .nodes_before = nodes_before};
    return OK;
}

static int compare_members(const void *a, const void *b)
{
    const struct yaml_node *x = *(const struct yaml_node *const *)a, *y = *(const struct yaml_node *const *)b;
    int order = str_cmp(x->key, y->key);
    if (order != 0)
        return order;
    return x->key_line != y->key_line ? (x->key_line < y->key_line ? -1 : 1)
                                      : (x->key_column < y->key_column ? -1 : x->key_column > y->key_column);
}

static MUST_USE enum err refuse_duplicates(const struct builder *b, const struct yaml_node *map)
{
    CLEANUP(arena_release) struct arena scratch;
    arena_init(&scratch, SIZE_MAX);
    const struct yaml_node **members = arena_alloc_array(&scratch, map->n, sizeof(struct yaml_node *));
    if (members == NULL)
        return out_of_memory(b);
    size_t n = 0;
    for (const struct yaml_node *node = map->child; node != NULL; node = node->next)
        members[n++] = node;
    qsort(members, n, sizeof(struct yaml_node *), compare_members);
    for (size_t i = 1; i < n; i++) {
        if (!str_eq(members[i - 1]->key, members[i]->key))
            continue;
        return fail(b->error, ERR_INVALID, "%.*s:%u:%u: the key '%.*s' is already on line %u; take one out",
                    STR_ARG(b->file), members[i]->key_line, members[i]->key_column,
                    STR_ARG(text_first(members[i]->key, 40)), members[i - 1]->key_line);
    }
    return OK;
}

static MUST_USE enum err close_collection(struct builder *b)
{
    struct frame *frame = &b->frames[--b->depth];
    size_t depth = frame->depth_below + 1;
    struct frame *parent = top(b);
    if (parent != NULL && parent->depth_below < depth)
        parent->depth_below = depth;
    if (frame->anchor != NULL) {
        frame->anchor->complete = true;
        frame->anchor->nodes = b->nodes - frame->nodes_before;
        frame->anchor->depth = depth;
    }
    return frame->node->kind == YAML_MAP ? refuse_duplicates(b, frame->node) : OK;
}

static MUST_USE enum err take_alias(struct builder *b, const struct item *item)
{
    if (key_is_due(b))
        return wrong_at(b, item->mark, "a key cannot be an alias (*); write the key out, or put it in quotes");
    const struct anchor *anchor = b->anchors;
    while (anchor != NULL && !str_eq(anchor->name, item->anchor))
        anchor = anchor->next;
    if (anchor == NULL)
        return wrong_at(b, item->mark,
                        "there is no '&' with this name above; if this is text that begins with '*', put it in quotes");
    if (!anchor->complete)
        return wrong_at(b, item->mark, "this alias (*) stands inside of what it repeats; write the value out");
    if (b->depth + anchor->depth > YAML_MAX_DEPTH)
        return wrong_at(b, item->mark, "nested too deeply; make it flatter");
    if (anchor->nodes > YAML_MAX_NODES - b->nodes)
        return wrong_at(b, item->mark, "the file's aliases (*) multiply into too many values; write fewer");
    struct yaml_node *node = NULL;
    enum err rc = add_node(b, item, anchor->node->kind, &node);
    if (rc != OK)
        return rc;
    assert(node != NULL);
    b->nodes += anchor->nodes - 1;
    node->plain = anchor->node->plain;
    node->boolean = anchor->node->boolean;
    node->text = anchor->node->text;
    node->child = anchor->node->child;
    node->n = anchor->node->n;
    struct frame *frame = top(b);
    if (frame != NULL && frame->depth_below < anchor->depth)
        frame->depth_below = anchor->depth;
    return OK;
}

static MUST_USE enum err take_event(struct builder *b, const yaml_event_t *event)
{
    struct item item = {.mark = event->start_mark};
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        item.anchor = str_of((const char *)event->data.scalar.anchor);
        item.tag = (const char *)event->data.scalar.tag;
        return take_scalar(b, &item, event);
    case YAML_SEQUENCE_START_EVENT:
        item.anchor = str_of((const char *)event->data.sequence_start.anchor);
        item.tag = (const char *)event->data.sequence_start.tag;
        return open_collection(b, &item, YAML_LIST);
    case YAML_MAPPING_START_EVENT:
        item.anchor = str_of((const char *)event->data.mapping_start.anchor);
        item.tag = (const char *)event->data.mapping_start.tag;
        return open_collection(b, &item, YAML_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_collection(b);
    case YAML_ALIAS_EVENT:
        item.anchor = str_of((const char *)event->data.alias.anchor);
        return take_alias(b, &item);
    case YAML_DOCUMENT_START_EVENT:
        return b->root == NULL ? OK
                               : wrong_at(b, item.mark, "a second document begins here; make it a file of its own");
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
    return OK;
}

static MUST_USE enum err take_events(struct builder *b)
{
    for (bool end = false; !end;) {
        CLEANUP(yaml_event_delete) yaml_event_t event;
        if (yaml_parser_parse(&b->parser, &event) == 0) {
            memset(&event, 0, sizeof event);
            return parser_fault(b);
        }
        end = event.type == YAML_STREAM_END_EVENT;
        enum err rc = take_event(b, &event);
        if (rc != OK)
            return rc;
    }
    return OK;
}

/* ── whole files ───────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err check_bytes(const struct builder *b)
{
    if (b->text.n > YAML_MAX_BYTES)
        return fail(b->error, ERR_INVALID, "%.*s: the file is larger than %d MiB; split it", STR_ARG(b->file),
                    YAML_MAX_BYTES / (1024 * 1024));
    if (text_is_utf8(b->text))
        return OK;
    struct str rest = b->text;
    size_t at = 0;
    do { /* a lone byte that is no character is U+FFFD of one byte */
        at = b->text.n - rest.n;
    } while (text_next(&rest) != 0xFFFD || b->text.n - rest.n - at != 1);
    return wrong_at(b, mark_of_offset(b->text, at), "this is not UTF-8 text; save the file as UTF-8");
}

static void delete_parser(yaml_parser_t **parser)
{
    yaml_parser_delete(*parser);
}

enum err yaml_read(struct arena *arena, struct str file, struct str text, struct yaml_node **ret_root,
                   struct error *error)
{
    static const struct str byte_order_mark = STR_INIT("\xEF\xBB\xBF");
    if (str_starts(text, byte_order_mark))
        text = str_skip(text, byte_order_mark.n);
    struct builder b = {.arena = arena, .error = error, .file = file, .text = text};
    enum err rc = check_bytes(&b);
    if (rc != OK)
        return rc;
    if (yaml_parser_initialize(&b.parser) == 0)
        return out_of_memory(&b);
    CLEANUP(delete_parser) yaml_parser_t *parser = &b.parser;
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(parser, (const unsigned char *)(text.n == 0 ? "" : text.p), text.n);
    struct item nothing = {.tag = NULL};
    struct yaml_node *empty;
    rc = take_events(&b);
    if (rc == OK && b.root == NULL)
        rc = add_node(&b, &nothing, YAML_NULL, &empty);
    if (rc == OK)
        *ret_root = b.root;
    return rc;
}
