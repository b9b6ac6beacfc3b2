/* store/import/html.c — what a visitor reads of a page, by libxml2's HTML parser.
 *
 * The tree is walked without recursion: nesting is the sender's choice.  What is not the page's own text (menus, forms,
 * scripts, what is hidden) is left out with all that is in it. */
#include <libxml/HTMLparser.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "store/import/import.h"
#include "store/import/making.h"
#include "store/import/readers.h"

#include "bot/base/banned.h"

enum { MAX_CELLS = 256 };

enum part {
    PART_INLINE,
    PART_BLOCK,
    PART_DROPPED,
    PART_BREAK,
    PART_ITEM,
    PART_LIST,
    PART_TABLE,
    PART_ROW,
    PART_CELL,
    PART_PRE
};

static const struct element {
    const char *name;
    enum part part;
} elements[] = {
    {"address", PART_BLOCK},    {"article", PART_BLOCK},    {"aside", PART_DROPPED},  {"blockquote", PART_BLOCK},
    {"body", PART_BLOCK},       {"br", PART_BREAK},         {"button", PART_DROPPED}, {"canvas", PART_DROPPED},
    {"caption", PART_BLOCK},    {"center", PART_BLOCK},     {"dd", PART_ITEM},        {"details", PART_BLOCK},
    {"dialog", PART_DROPPED},   {"div", PART_BLOCK},        {"dl", PART_LIST},        {"dt", PART_BLOCK},
    {"fieldset", PART_BLOCK},   {"figcaption", PART_BLOCK}, {"figure", PART_BLOCK},   {"footer", PART_DROPPED},
    {"form", PART_BLOCK},       {"head", PART_DROPPED},     {"header", PART_BLOCK},   {"hr", PART_BLOCK},
    {"iframe", PART_DROPPED},   {"li", PART_ITEM},          {"main", PART_BLOCK},     {"menu", PART_DROPPED},
    {"nav", PART_DROPPED},      {"noscript", PART_DROPPED}, {"object", PART_DROPPED}, {"ol", PART_LIST},
    {"option", PART_DROPPED},   {"p", PART_BLOCK},          {"pre", PART_PRE},        {"script", PART_DROPPED},
    {"section", PART_BLOCK},    {"select", PART_DROPPED},   {"style", PART_DROPPED},  {"summary", PART_BLOCK},
    {"svg", PART_DROPPED},      {"table", PART_TABLE},      {"td", PART_CELL},        {"template", PART_DROPPED},
    {"textarea", PART_DROPPED}, {"th", PART_CELL},          {"tr", PART_ROW},         {"ul", PART_LIST},
};

struct walk {
    struct making *making;
    struct buf text;
    int heading;       /* level of the heading that is open; 0: none */
    int lists, tables; /* how many are open                          */
    int items, pres;
    struct str cells[MAX_CELLS];
    size_t n_cells, n_heads, n_rows; /* of the row; of it those that are <th>; rows of the table before this one */
};

static void doc_freep(htmlDocPtr *doc)
{
    if (*doc != NULL)
        xmlFreeDoc(*doc);
}

static enum part part_of(const xmlNode *node)
{
    for (size_t i = 0; i < COUNT_OF(elements); i++)
        if (strcmp((const char *)node->name, elements[i].name) == 0)
            return elements[i].part;
    return PART_INLINE;
}

static int heading_level(const xmlNode *node)
{
    const char *name = (const char *)node->name;
    return name[0] == 'h' && name[1] >= '1' && name[1] <= '6' && name[2] == '\0' ? name[1] - '0' : 0;
}

/* The attribute's first text; empty when absent. */
static struct str attribute(const xmlNode *node, const char *name)
{
    for (const xmlAttr *attr = node->properties; attr != NULL; attr = attr->next)
        if (strcmp((const char *)attr->name, name) == 0)
            return attr->children == NULL ? STR("") : str_of((const char *)attr->children->content);
    return STR("");
}

static bool has_attribute(const xmlNode *node, const char *name)
{
    for (const xmlAttr *attr = node->properties; attr != NULL; attr = attr->next)
        if (strcmp((const char *)attr->name, name) == 0)
            return true;
    return false;
}

static bool is_dropped(const xmlNode *node, enum part part)
{
    static const struct str roles[] = {STR_INIT("navigation"), STR_INIT("banner"), STR_INIT("contentinfo"),
                                       STR_INIT("search"), STR_INIT("menu")};
    struct str role = attribute(node, "role"), style = attribute(node, "style");
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        if (str_eq_nocase(role, roles[i]))
            return true;
    return part == PART_DROPPED || has_attribute(node, "hidden") ||
           str_eq_nocase(attribute(node, "aria-hidden"), STR("true")) ||
           str_find(style, STR("display:none")) != SIZE_MAX || str_find(style, STR("display: none")) != SIZE_MAX;
}

/* Ends the text under way as a block; inside a cell it only parts words. */
static void flush(struct walk *walk)
{
    if (walk->tables > 0) {
        buf_add_char(&walk->text, ' ');
        return;
    }
    struct str text = buf_str(&walk->text);
    if (walk->heading > 0)
        making_add(walk->making, BLOCK_HEADING, walk->heading, text);
    else if (walk->items > 0)
        making_add(walk->making, BLOCK_LIST_ITEM, walk->lists > 0 ? walk->lists : 1, text);
    else
        making_add(walk->making, BLOCK_PARAGRAPH, 0, text);
    buf_truncate(&walk->text, 0);
}

static void add_text(struct walk *walk, struct str text)
{
    if (walk->pres > 0) {
        buf_add(&walk->text, text);
        return;
    }
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        buf_add_char(&walk->text, c == '\n' || c == '\f' || c == '\v' ? ' ' : c);
    }
}

/* ── tables: one inside a cell of another is only words of that cell ───────────────────────────────────────────── */

static void end_cell(struct walk *walk, const xmlNode *node)
{
    if (walk->n_cells < MAX_CELLS)
        walk->cells[walk->n_cells++] = arena_copy(walk->making->arena, buf_str(&walk->text));
    walk->n_heads += node->name[1] == 'h';
    buf_truncate(&walk->text, 0);
}

static void end_row(struct walk *walk)
{
    bool is_header = walk->n_rows == 0 && walk->n_heads == walk->n_cells && walk->n_cells > 1;
    making_add_row(walk->making, (struct strs){walk->cells, walk->n_cells}, is_header);
    walk->n_rows += walk->n_cells > 0;
    walk->n_cells = walk->n_heads = 0;
}

static void begin_table(struct walk *walk)
{
    flush(walk);
    if (walk->tables++ == 0) {
        making_begin_table(walk->making);
        walk->n_rows = walk->n_cells = walk->n_heads = 0;
    }
}

static void end_table(struct walk *walk)
{
    if (--walk->tables > 0)
        return;
    if (walk->n_cells > 0)
        end_row(walk);
    making_end_table(walk->making);
    flush(walk);
}

/* ── the tree ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* False: nothing below it is read. */
static bool enter(struct walk *walk, const xmlNode *node)
{
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
        add_text(walk, str_of((const char *)node->content));
        return false;
    }
    if (node->type != XML_ELEMENT_NODE)
        return false;
    enum part part = part_of(node);
    if (is_dropped(node, part))
        return false;
    int level = heading_level(node);
    if (part == PART_TABLE) {
        begin_table(walk);
    } else if (part == PART_BREAK) {
        buf_add_char(&walk->text, walk->tables > 0 ? ' ' : '\n');
    } else if (level > 0 || (part != PART_INLINE && part != PART_CELL && part != PART_ROW)) {
        flush(walk);
        walk->heading = level > 0 ? level : walk->heading;
        walk->lists += part == PART_LIST;
        walk->items += part == PART_ITEM;
        walk->pres += part == PART_PRE;
    } else if (part == PART_ROW && walk->tables == 1) {
        buf_truncate(&walk->text, 0);
    }
    return true;
}

static void leave(struct walk *walk, const xmlNode *node)
{
    enum part part = part_of(node);
    int level = heading_level(node);
    if (part == PART_TABLE) {
        end_table(walk);
    } else if (part == PART_CELL && walk->tables == 1) {
        end_cell(walk, node);
    } else if (part == PART_ROW && walk->tables == 1) {
        end_row(walk);
    } else if (level > 0 || (part != PART_INLINE && part != PART_BREAK)) {
        flush(walk);
        walk->heading = level > 0 ? 0 : walk->heading;
        walk->lists -= part == PART_LIST;
        walk->items -= part == PART_ITEM;
        walk->pres -= part == PART_PRE;
    }
}

static void read_tree(struct walk *walk, const xmlNode *root)
{
    const xmlNode *node = root;
    while (node != NULL && walk->making->rc == OK) {
        bool inside = enter(walk, node);
        if (inside && node->children != NULL) {
            node = node->children;
            continue;
        }
        if (inside)
            leave(walk, node);
        while (node != root && node->next == NULL) {
            node = node->parent;
            leave(walk, node);
        }
        node = node == root ? NULL : node->next;
    }
    flush(walk);
    if (buf_failed(&walk->text))
        making_fail(walk->making, ERR_NO_MEMORY, "it needs more memory than a document gets");
}

/* <title>, where the parser always puts it. */
static struct str title_of(struct making *making, const xmlNode *root)
{
    for (const xmlNode *part = root->children; part != NULL; part = part->next)
        for (const xmlNode *node = part->children;
             part->type == XML_ELEMENT_NODE && strcmp((const char *)part->name, "head") == 0 && node != NULL;
             node = node->next)
            if (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, "title") == 0 &&
                node->children != NULL)
                return making_tidy(making, str_of((const char *)node->children->content));
    return STR("");
}

void html_read(struct making *making, struct str bytes, struct imported *imported)
{
    if (bytes.n == 0 || bytes.n > IMPORT_MAX_FILE_BYTES)
        return;
    const int options =
        HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_COMPACT;
    CLEANUP(doc_freep) htmlDocPtr doc = htmlReadMemory(bytes.p, (int)bytes.n, NULL, "UTF-8", options);
    const xmlNode *root = doc == NULL ? NULL : xmlDocGetRootElement(doc);
    if (root == NULL)
        return;
    struct walk walk = {.making = making};
    buf_init(&walk.text, making->arena, IMPORT_MAX_TEXT_BYTES);
    imported->title = title_of(making, root);
    read_tree(&walk, root);
}
