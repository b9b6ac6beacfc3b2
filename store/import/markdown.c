/* store/import/markdown.c — CommonMark with GitHub's tables, by cmark-gfm; front matter between two lines of "---". */
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/yaml.h"
#include "store/import/import.h"
#include "store/import/making.h"
#include "store/import/readers.h"

#include "bot/base/banned.h"

enum { MAX_CELLS = 256 };

struct walk {
    struct making *making;
    struct imported *imported;
    struct buf text; /* of the leaf under way */
    int list_depth;
    struct str cells[MAX_CELLS];
    size_t n_cells;
};

static void parser_freep(cmark_parser **parser)
{
    if (*parser != NULL)
        cmark_parser_free(*parser);
}

static void node_freep(cmark_node **node)
{
    if (*node != NULL)
        cmark_node_free(*node);
}

static void iter_freep(cmark_iter **iter)
{
    if (*iter != NULL)
        cmark_iter_free(*iter);
}

/* ── front matter ──────────────────────────────────────────────────────────────────────────────────────────────── */

static struct str scalar(struct making *making, const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, str_of(key));
    return node == NULL || node->child != NULL ? STR("") : making_tidy(making, node->text);
}

/* What follows it; all of `bytes` when there is none. */
static struct str take_front_matter(struct making *making, struct str bytes, struct imported *imported)
{
    struct str rest = bytes, line;
    if (!str_starts(bytes, STR("---")) || !str_split(&rest, '\n', &line) || !str_eq(str_trim(line), STR("---")))
        return bytes;
    const char *start = rest.p;
    struct error ignored = {0}; /* no front matter then, but a rule and a text */
    struct yaml_node *root = NULL;
    while (rest.n > 0 && str_split(&rest, '\n', &line))
        if (str_eq(str_trim(line), STR("---")) || str_eq(str_trim(line), STR("..."))) {
            struct str yaml = {start, (size_t)(line.p - start)};
            if (yaml_read(making->arena, STR("front matter"), yaml, &root, &ignored) != OK || root->kind != YAML_MAP)
                return bytes;
            imported->title = scalar(making, root, "title");
            imported->date = scalar(making, root, "date");
            imported->category = scalar(making, root, "category");
            imported->source = scalar(making, root, "source");
            imported->url = scalar(making, root, "url");
            return rest;
        }
    return bytes;
}

/* ── the tree ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_type(cmark_node *node, const char *type)
{
    return strcmp(cmark_node_get_type_string(node), type) == 0;
}

static void add_inline(struct walk *walk, cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
        buf_add(&walk->text, str_of(cmark_node_get_literal(node)));
    else if (type == CMARK_NODE_LINEBREAK)
        buf_add_char(&walk->text, '\n');
    else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_HTML_INLINE)
        buf_add_char(&walk->text, ' ');
}

static void enter(struct walk *walk, cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);
    add_inline(walk, node);
    if (type == CMARK_NODE_LIST)
        walk->list_depth++;
    else if (type == CMARK_NODE_HEADING || type == CMARK_NODE_PARAGRAPH || is_type(node, "table_cell"))
        buf_truncate(&walk->text, 0);
    else if (is_type(node, "table"))
        making_begin_table(walk->making);
    else if (is_type(node, "table_row") || is_type(node, "table_header"))
        walk->n_cells = 0;
    else if (type == CMARK_NODE_CODE_BLOCK)
        making_add(walk->making, BLOCK_PARAGRAPH, 0, str_of(cmark_node_get_literal(node)));
    else if (type == CMARK_NODE_HTML_BLOCK)
        html_read(walk->making, str_of(cmark_node_get_literal(node)), &(struct imported){0});
}

static void leave(struct walk *walk, cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);
    struct str text = buf_str(&walk->text);
    if (type == CMARK_NODE_LIST) {
        walk->list_depth--;
    } else if (type == CMARK_NODE_HEADING) {
        int level = cmark_node_get_heading_level(node);
        if (level == 1 && walk->imported->title.n == 0)
            walk->imported->title = making_tidy(walk->making, text);
        making_add(walk->making, BLOCK_HEADING, level, text);
    } else if (type == CMARK_NODE_PARAGRAPH) {
        making_add(walk->making, walk->list_depth > 0 ? BLOCK_LIST_ITEM : BLOCK_PARAGRAPH, walk->list_depth, text);
    } else if (is_type(node, "table_cell") && walk->n_cells < MAX_CELLS) {
        walk->cells[walk->n_cells++] = arena_copy(walk->making->arena, text);
    } else if (is_type(node, "table_row") || is_type(node, "table_header")) {
        making_add_row(walk->making, (struct strs){walk->cells, walk->n_cells}, is_type(node, "table_header"));
    } else if (is_type(node, "table")) {
        making_end_table(walk->making);
    }
}

static void read_tree(struct walk *walk, cmark_node *root)
{
    CLEANUP(iter_freep) cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;
    while (iter != NULL && walk->making->rc == OK && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        if (event == CMARK_EVENT_ENTER)
            enter(walk, cmark_iter_get_node(iter));
        else
            leave(walk, cmark_iter_get_node(iter));
    }
    if (buf_failed(&walk->text))
        making_fail(walk->making, ERR_NO_MEMORY, "it needs more memory than a document gets");
}

void markdown_read(struct making *making, struct str bytes, struct imported *imported)
{
    struct walk walk = {.making = making, .imported = imported};
    buf_init(&walk.text, making->arena, IMPORT_MAX_TEXT_BYTES);
    bytes = take_front_matter(making, bytes, imported);
    cmark_gfm_core_extensions_ensure_registered();
    CLEANUP(parser_freep) cmark_parser *parser = cmark_parser_new(CMARK_OPT_VALIDATE_UTF8);
    cmark_syntax_extension *tables = cmark_find_syntax_extension("table");
    if (parser == NULL || tables == NULL) {
        making_fail(making, ERR_INTERNAL, "cmark-gfm is not whole");
        return;
    }
    cmark_parser_attach_syntax_extension(parser, tables);
    cmark_parser_feed(parser, bytes.p, bytes.n);
    CLEANUP(node_freep) cmark_node *root = cmark_parser_finish(parser);
    if (root != NULL)
        read_tree(&walk, root);
}
