#include "flows/rules/dmn_xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "flows/rules/dmn.h"
#include "flows/rules/limits.h"

#include "bot/base/banned.h"

enum { MAX_SHOWN = 60 };

/* A place that only moves forward, so that all of them together cost one look at the file. */
struct cursor {
    size_t at, line_start; /* bytes */
    uint32_t line, column; /* of `at` */
};

struct open_node {
    struct dmn_node *node;
    struct dmn_node **next_child;
};

struct builder {
    struct arena *arena;
    struct error *error;
    enum err rc; /* the first failure; then nothing more is read */
    xmlParserCtxt *parser;
    struct dmn_xml *xml;
    struct cursor cursor;
    struct open_node open[DMN_MAX_DEPTH];
    size_t depth, skipped; /* elements open; of them those below one that is read over */
    size_t n_elements;
    bool takes_text; /* the innermost element's text is wanted */
    struct buf text;
};

static const struct {
    struct str uri, version;
} models[] = {
    {STR_INIT("http://www.omg.org/spec/DMN/20151101/dmn.xsd"), STR_INIT("1.1")},
    {STR_INIT("http://www.omg.org/spec/DMN/20151101/dmn11.xsd"), STR_INIT("1.1")},
    {STR_INIT("http://www.omg.org/spec/DMN/20180521/MODEL/"), STR_INIT("1.2")},
    {STR_INIT("https://www.omg.org/spec/DMN/20191111/MODEL/"), STR_INIT("1.3")},
    {STR_INIT("https://www.omg.org/spec/DMN/20211108/MODEL/"), STR_INIT("1.4")},
    {STR_INIT("https://www.omg.org/spec/DMN/20230324/MODEL/"), STR_INIT("1.5")},
    {STR_INIT("https://www.omg.org/spec/DMN/20240513/MODEL/"), STR_INIT("1.6")},
};

/* ── places ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void move_to(struct cursor *cursor, struct str bytes, size_t at)
{
    for (; cursor->at < at && cursor->at < bytes.n; cursor->at++) {
        unsigned char c = (unsigned char)bytes.p[cursor->at];
        if (c == '\n') {
            cursor->line++;
            cursor->column = 1;
        } else if ((c & 0xC0) != 0x80) {
            cursor->column++;
        }
    }
}

/* Where the parser stands: bytes into the file. */
static size_t offset_of(const struct builder *b)
{
    long offset = xmlByteConsumed(b->parser);
    return offset < 0 ? 0 : (size_t)offset < b->xml->bytes.n ? (size_t)offset : b->xml->bytes.n;
}

/* The `<` at or before a byte. */
static size_t tag_before(struct str bytes, size_t at)
{
    while (at > 0 && (at >= bytes.n || bytes.p[at] != '<'))
        at--;
    return at;
}

PRINTF(4, 5)
static void stop(struct builder *b, enum err rc, size_t at, const char *format, ...)
{
    if (b->rc != OK)
        return;
    char text[sizeof b->error->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct cursor cursor = {.line = 1, .column = 1};
    move_to(&cursor, b->xml->bytes, at);
    b->rc = fail(b->error, rc, "%.*s:%u:%u: %s", STR_ARG(b->xml->file), cursor.line, cursor.column, text);
    xmlStopParser(b->parser);
}

static void no_memory(struct builder *b)
{
    stop(b, ERR_NO_MEMORY, offset_of(b), "the file needs too much memory; split the model up");
}

/* ── elements ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct str str_of_xml(const xmlChar *text)
{
    return str_of((const char *)text);
}

static bool copy_into(struct builder *b, struct str text, struct str *ret)
{
    *ret = arena_copy(b->arena, text);
    if (ret->p != NULL)
        return true;
    no_memory(b);
    return false;
}

static bool is_known(struct str uri, struct str *ret_version)
{
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        if (str_eq(uri, models[i].uri)) {
            *ret_version = models[i].version;
            return true;
        }
    }
    return false;
}

/* `from`: quintuples of name, prefix, namespace, and the value's begin and end. */
static bool read_attributes(struct builder *b, const xmlChar **from, size_t n, struct dmn_node *node)
{
    struct dmn_attribute *attributes = arena_alloc_array(b->arena, n, sizeof *attributes);
    if (attributes == NULL) {
        no_memory(b);
        return false;
    }
    for (size_t i = 0; i < n; i++, from += 5) {
        struct dmn_attribute *attribute = &attributes[node->n_attributes];
        struct str value = {(const char *)from[3], (size_t)(from[4] - from[3])};
        if (from[2] != NULL)
            continue;
        if (!copy_into(b, str_of_xml(from[0]), &attribute->name) || !copy_into(b, value, &attribute->value))
            return false;
        node->n_attributes++;
    }
    node->attributes = attributes;
    return true;
}

static bool read_prefixes(struct builder *b, const xmlChar **from, size_t n)
{
    struct dmn_prefix *prefixes = arena_alloc_array(b->arena, n, sizeof *prefixes);
    if (prefixes == NULL) {
        no_memory(b);
        return false;
    }
    for (size_t i = 0; i < n; i++)
        if (!copy_into(b, str_of_xml(from[2 * i]), &prefixes[i].prefix) ||
            !copy_into(b, str_of_xml(from[2 * i + 1]), &prefixes[i].uri))
            return false;
    b->xml->prefixes = prefixes;
    b->xml->n_prefixes = n;
    return true;
}

/* The first element: says whether this is DMN at all. */
static bool begins_well(struct builder *b, struct str name, struct str uri)
{
    size_t at = tag_before(b->xml->bytes, offset_of(b));
    if (is_known(uri, &b->xml->version) && str_eq(name, STR("definitions")))
        return true;
    if (str_eq(name, STR("definitions")))
        stop(b, ERR_INVALID, at, "<definitions> of the namespace \"%.*s\"; DMN 1.1 to 1.6 is read",
             STR_ARG(text_first(uri, MAX_SHOWN)));
    else
        stop(b, ERR_INVALID, at, "<%.*s> is no DMN model; a DMN file begins with <definitions>",
             STR_ARG(text_first(name, MAX_SHOWN)));
    return false;
}

static struct dmn_node *new_node(struct builder *b, struct str name)
{
    struct dmn_node *node = arena_alloc(b->arena, sizeof *node);
    if (node == NULL) {
        no_memory(b);
        return NULL;
    }
    if (!copy_into(b, name, &node->name))
        return NULL;
    size_t end = offset_of(b);
    move_to(&b->cursor, b->xml->bytes, tag_before(b->xml->bytes, end));
    node->at = (struct dmn_place){b->cursor.line, b->cursor.column};
    node->text_at = end + 1; /* the parser stands before `>` */
    move_to(&b->cursor, b->xml->bytes, node->text_at);
    node->text_place = (struct dmn_place){b->cursor.line, b->cursor.column};
    return node;
}

static void enter(struct builder *b, struct dmn_node *node)
{
    if (b->depth == 0) {
        b->xml->root = node;
    } else {
        struct open_node *up = &b->open[b->depth - 1];
        *up->next_child = node;
        up->next_child = &node->next;
    }
    b->open[b->depth] = (struct open_node){node, &node->child};
    b->depth++;
    b->takes_text = str_eq(node->name, STR("text")) || str_eq(node->name, STR("typeRef"));
    if (b->takes_text)
        buf_init(&b->text, b->arena, FEEL_MAX_SOURCE);
}

/* libxml2 says what the parameters are.  NOLINTNEXTLINE(readability-function-size) */
static void start_element(void *self, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri, int n_prefixes,
                          const xmlChar **prefixes, int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    struct builder *b = self;
    (void)prefix;
    (void)n_defaulted;
    struct str name = str_of_xml(local), version;
    if (b->rc != OK)
        return;
    if (b->depth + b->skipped == DMN_MAX_DEPTH) {
        stop(b, ERR_INVALID, tag_before(b->xml->bytes, offset_of(b)),
             "elements are nested more than %d deep; split the expression up", DMN_MAX_DEPTH);
        return;
    }
    if (++b->n_elements > DMN_MAX_ELEMENTS) {
        stop(b, ERR_INVALID, tag_before(b->xml->bytes, offset_of(b)), "more than %d elements; split the model up",
             DMN_MAX_ELEMENTS);
        return;
    }
    if (b->depth == 0 && !begins_well(b, name, str_of_xml(uri)))
        return;
    if (b->skipped > 0 || !is_known(str_of_xml(uri), &version)) {
        b->skipped++;
        return;
    }
    struct dmn_node *node = new_node(b, name);
    if (node == NULL || !read_attributes(b, attributes, (size_t)n_attributes, node) ||
        (b->depth == 0 && !read_prefixes(b, prefixes, (size_t)n_prefixes)))
        return;
    enter(b, node);
}

static void take_text(struct builder *b, struct dmn_node *node)
{
    if (buf_failed(&b->text)) {
        stop(b, ERR_INVALID, node->text_at, "a text of more than %d bytes; split the expression up", FEEL_MAX_SOURCE);
        return;
    }
    struct str raw = str_first(str_skip(b->xml->bytes, node->text_at), b->text.n);
    node->text = buf_str(&b->text);
    node->is_plain = str_eq(raw, node->text);
}

static void end_element(void *self, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
    struct builder *b = self;
    (void)local;
    (void)prefix;
    (void)uri;
    if (b->rc != OK)
        return;
    if (b->skipped > 0) {
        b->skipped--;
        return;
    }
    if (b->takes_text)
        take_text(b, b->open[b->depth - 1].node);
    b->takes_text = false;
    b->depth--;
}

static void characters(void *self, const xmlChar *text, int n)
{
    struct builder *b = self;
    if (b->rc == OK && b->takes_text && b->skipped == 0)
        buf_add(&b->text, (struct str){(const char *)text, (size_t)n});
}

/* ── what is refused ───────────────────────────────────────────────────────────────────────────────────────────── */

static void refuse_dtd(void *self, const xmlChar *name, const xmlChar *external_id, const xmlChar *system_id)
{
    struct builder *b = self;
    (void)name;
    (void)external_id;
    (void)system_id;
    stop(b, ERR_INVALID, tag_before(b->xml->bytes, offset_of(b)),
         "a DTD (<!DOCTYPE …>) is not read, for safety; delete it");
}

static xmlEntity *predefined_entity(void *self, const xmlChar *name)
{
    (void)self;
    return xmlGetPredefinedEntity(name);
}

static struct str or_nothing(const char *text)
{
    return text_first(str_of(text), MAX_SHOWN);
}

/* libxml2's findings that people make, in our words; the rest under one sentence. */
static void on_error(void *self, xmlError *e)
{
    struct builder *b = self;
    size_t at = offset_of(b);
    if (b->rc != OK || e->level != XML_ERR_FATAL)
        return;
    switch (e->code) {
    case XML_ERR_NO_MEMORY:
        no_memory(b);
        return;
    case XML_ERR_DOCUMENT_EMPTY:
    case XML_ERR_DOCUMENT_START:
        stop(b, ERR_INVALID, at, "this is no XML; a DMN file begins with <definitions …>");
        return;
    case XML_ERR_TAG_NAME_MISMATCH:
        stop(b, ERR_INVALID, tag_before(b->xml->bytes, at == 0 ? 0 : at - 1),
             "</%.*s> closes what began as <%.*s> in line %d; close that first", STR_ARG(or_nothing(e->str2)),
             STR_ARG(or_nothing(e->str1)), e->int1);
        return;
    case XML_ERR_TAG_NOT_FINISHED:
        stop(b, ERR_INVALID, at, "the file ends too early; it seems to be cut off");
        return;
    case XML_ERR_DOCUMENT_END:
        stop(b, ERR_INVALID, at, "something follows the end of <definitions>; delete it");
        return;
    case XML_ERR_UNDECLARED_ENTITY:
    case XML_WAR_UNDECLARED_ENTITY:
        stop(b, ERR_INVALID, at, "`&%.*s;` is not known; write the character itself, or &amp; for an &",
             STR_ARG(or_nothing(e->str1)));
        return;
    case XML_ERR_ATTRIBUTE_REDEFINED:
        stop(b, ERR_INVALID, at, "the attribute `%.*s` stands twice; delete one", STR_ARG(or_nothing(e->str1)));
        return;
    case XML_ERR_NAME_REQUIRED:
        stop(b, ERR_INVALID, at, "a name is wanted here; write &lt; for a < and &amp; for an &");
        return;
    default:
        stop(b, ERR_INVALID, at, "%s",
             at == b->xml->bytes.n ? "the file ends too early; it seems to be cut off"
                                   : "this is no well-formed XML; mend it here, or save the model again");
        return;
    }
}

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The parser keeps declared entities in a document of its own, and forgets that where it stops early. */
static void free_parser(xmlParserCtxt **parser)
{
    if (*parser == NULL)
        return;
    xmlFreeDoc((*parser)->myDoc);
    (*parser)->myDoc = NULL;
    xmlFreeParserCtxt(*parser);
}

static void parse(struct builder *b, struct str bytes)
{
    /* xmlSAX2… defaults are left out on purpose: without them nothing is built, declared or fetched */
    static const xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = refuse_dtd,
        .getEntity = predefined_entity,
        .startElementNs = start_element,
        .endElementNs = end_element,
        .characters = characters,
        .cdataBlock = characters,
        .serror = on_error,
    };
    CLEANUP(free_parser) xmlParserCtxt *parser = xmlCreateMemoryParserCtxt(bytes.p, (int)bytes.n);
    if (parser == NULL) {
        b->rc = fail(b->error, ERR_NO_MEMORY, "%.*s: no memory to read it", STR_ARG(b->xml->file));
        return;
    }
    b->parser = parser;
    *parser->sax = handler;
    parser->userData = b;
    xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT);
    (void)xmlParseDocument(parser);
    if (b->rc == OK && (!parser->wellFormed || b->depth != 0 || b->xml->root == NULL))
        stop(b, ERR_INVALID, offset_of(b), "this is no well-formed XML; save the model again");
}

/* The first byte that is no UTF-8, or a NUL; bytes.n: none. */
static size_t bad_byte(struct str bytes)
{
    const char *nul = bytes.n == 0 ? NULL : memchr(bytes.p, '\0', bytes.n);
    if (nul == NULL && text_is_utf8(bytes))
        return bytes.n;
    struct str rest = bytes;
    while (rest.n > 0 && rest.p != nul) {
        struct str before = rest;
        if (text_next(&rest) == 0xFFFD && before.n - rest.n == 1)
            return bytes.n - before.n;
    }
    return bytes.n - rest.n;
}

enum err dmn_xml_read(struct arena *arena, struct str file, struct str bytes, struct dmn_xml *ret_xml,
                      struct error *error)
{
    struct builder *b = arena_alloc(arena, sizeof *b);
    if (bytes.n > DMN_MAX_BYTES)
        return fail(error, ERR_INVALID, "%.*s:1:1: more than %d MiB; split the model up", STR_ARG(file),
                    DMN_MAX_BYTES / 1024 / 1024);
    if (b == NULL)
        return fail(error, ERR_NO_MEMORY, "%.*s: no memory to read it", STR_ARG(file));
    if (str_starts(bytes, STR("\xEF\xBB\xBF")))
        bytes = str_skip(bytes, 3);
    *b = (struct builder){.arena = arena, .error = error, .cursor = {.line = 1, .column = 1}};
    b->xml = &(struct dmn_xml){.file = file, .bytes = bytes};
    size_t bad = bad_byte(bytes);
    if (bad < bytes.n) {
        struct cursor cursor = b->cursor;
        move_to(&cursor, bytes, bad);
        return fail(error, ERR_INVALID, "%.*s:%u:%u: this is not UTF-8; save the model as UTF-8", STR_ARG(file),
                    cursor.line, cursor.column);
    }
    if (str_trim(bytes).n == 0)
        return fail(error, ERR_INVALID, "%.*s:1:1: the file is empty; a DMN file begins with <definitions …>",
                    STR_ARG(file));
    parse(b, bytes);
    if (b->rc == OK)
        *ret_xml = *b->xml;
    return b->rc;
}

/* ── the namespace alone ───────────────────────────────────────────────────────────────────────────────────────── */

struct peek {
    xmlParserCtxt *parser;
    struct arena *arena;
    struct str namespace;
};

/* NOLINTNEXTLINE(readability-function-size) */
static void peek_element(void *self, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri, int n_prefixes,
                         const xmlChar **prefixes, int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    struct peek *peek = self;
    struct str version;
    (void)prefix, (void)n_prefixes, (void)prefixes, (void)n_defaulted;
    bool is_model = str_eq(str_of_xml(local), STR("definitions")) && is_known(str_of_xml(uri), &version);
    for (int i = 0; is_model && i < n_attributes; i++, attributes += 5)
        if (attributes[2] == NULL && str_eq(str_of_xml(attributes[0]), STR("namespace")))
            peek->namespace = arena_copy(
                peek->arena, (struct str){(const char *)attributes[3], (size_t)(attributes[4] - attributes[3])});
    xmlStopParser(peek->parser);
}

static void peek_dtd(void *self, const xmlChar *name, const xmlChar *external_id, const xmlChar *system_id)
{
    struct peek *peek = self;
    (void)name, (void)external_id, (void)system_id;
    xmlStopParser(peek->parser);
}

static void ignore_error(void *self, xmlError *e)
{
    (void)self, (void)e;
}

struct str dmn_namespace(struct arena *arena, struct str bytes)
{
    static const xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = peek_dtd,
        .getEntity = predefined_entity,
        .startElementNs = peek_element,
        .serror = ignore_error,
    };
    struct peek peek = {.arena = arena};
    if (bytes.n == 0 || bytes.n > DMN_MAX_BYTES)
        return STR("");
    CLEANUP(free_parser) xmlParserCtxt *parser = xmlCreateMemoryParserCtxt(bytes.p, (int)bytes.n);
    if (parser == NULL)
        return STR("");
    peek.parser = parser;
    *parser->sax = handler;
    parser->userData = &peek;
    xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
    (void)xmlParseDocument(parser);
    return peek.namespace;
}

/* ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct str dmn_attribute(const struct dmn_node *node, const char *name)
{
    for (size_t i = 0; i < node->n_attributes; i++)
        if (str_eq(node->attributes[i].name, str_of(name)))
            return node->attributes[i].value;
    return STR("");
}

const struct dmn_node *dmn_child(const struct dmn_node *node, const char *name)
{
    const struct dmn_node *child = node == NULL ? NULL : node->child;
    while (child != NULL && !dmn_is(child, name))
        child = child->next;
    return child;
}

bool dmn_is(const struct dmn_node *node, const char *name)
{
    return str_eq(node->name, str_of(name));
}
