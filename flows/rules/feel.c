#include "flows/rules/feel.h"

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/rules/feel_ast.h"
#include "flows/rules/feel_parser.h"

#include "bot/base/banned.h"

bool feel_is_name(struct str name)
{
    return feel_scan_is_name(name);
}

/* ── places ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Line (from 0) and column (code points from 1) of a byte. */
static void place_of(struct str text, size_t offset, uint32_t *ret_line, uint32_t *ret_column)
{
    struct str before = str_first(text, offset);
    uint32_t line = 0;
    for (size_t newline; (newline = str_find_char(before, '\n')) != SIZE_MAX; line++)
        before = str_skip(before, newline + 1);
    *ret_line = line;
    *ret_column = (uint32_t)text_length(before) + 1;
}

struct str feel_place(struct arena *arena, const struct feel_source *source, size_t offset)
{
    uint32_t line, column;
    place_of(source->text, offset, &line, &column);
    if (source->file.n > 0)
        return arena_format(arena, "%.*s:%u:%u", STR_ARG(source->file), source->line + line,
                            line == 0 && source->column > 0 ? source->column + column - 1 : column);
    if (line == 0)
        return arena_format(arena, "column %u", column);
    return arena_format(arena, "line %u, column %u", line + 1, column);
}

/* ── compiling ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct parser parser_of(struct feel_compiler *compiler, const struct feel_source *source)
{
    return (struct parser){.compiler = compiler, .source = source, .scan = {.text = source->text}};
}

static bool begins_well(struct parser *p)
{
    if (p->scan.text.n > FEEL_MAX_SOURCE)
        feel_parse_fail(p, 0, "an expression of more than %d bytes; split it up", FEEL_MAX_SOURCE);
    else if (!text_is_utf8(p->scan.text))
        feel_parse_fail(p, 0, "the expression is not UTF-8; save the file as UTF-8");
    else if (!feel_scan_space(&p->scan))
        feel_parse_expected(p, "an expression");
    else if (feel_scan_at_end(&p->scan))
        feel_parse_fail(p, 0, "there is no expression; write one, or null");
    return p->rc == OK;
}

/* Columns of all uses: one look at the text serves them all, as they come in its order. */
static void number_columns(struct parser *p)
{
    size_t at = 0;
    uint32_t column = 1;
    for (size_t i = 0; i < p->n_uses; i++) {
        if (p->uses[i].offset < at) {
            at = 0;
            column = 1;
        }
        for (; at < p->uses[i].offset; at++) {
            unsigned char c = (unsigned char)p->scan.text.p[at];
            column = c == '\n' ? 1 : column + ((c & 0xC0) != 0x80);
        }
        p->uses[i].column = column;
    }
}

static enum err finish(struct parser *p, struct feel_node *root, const struct feel_expr **ret_expr)
{
    if (root != NULL && !feel_scan_at_end(&p->scan))
        root = feel_parse_expected(p, "an operator, or the end,");
    if (root == NULL)
        return p->rc;
    struct feel_expr *expr = arena_alloc(p->compiler->arena, sizeof *expr);
    if (expr == NULL) {
        feel_parse_no_memory(p);
        return p->rc;
    }
    number_columns(p);
    *expr = (struct feel_expr){.root = root, .source = *p->source, .uses = p->uses, .n_uses = p->n_uses};
    *ret_expr = expr;
    return OK;
}

enum err feel_compile(struct feel_compiler *compiler, const struct feel_source *source,
                      const struct feel_expr **ret_expr)
{
    struct parser p = parser_of(compiler, source);
    struct feel_node *root = NULL;
    if (begins_well(&p)) {
        root = feel_parse_comparison_range(&p);
        if (root == NULL && p.rc == OK)
            root = feel_parse_expression(&p);
    }
    return finish(&p, root, ret_expr);
}

enum err feel_compile_unary(struct feel_compiler *compiler, const struct feel_source *source,
                            const struct feel_type *input, const struct feel_expr **ret_test)
{
    struct parser p = parser_of(compiler, source);
    p.has_input = true;
    p.input_type = input;
    return finish(&p, begins_well(&p) ? feel_parse_tests(&p) : NULL, ret_test);
}

enum err feel_compile_list(struct feel_compiler *compiler, const struct feel_source *source,
                           const struct feel_expr **ret_list)
{
    struct parser p = parser_of(compiler, source);
    struct gather g = {0};
    bool more = begins_well(&p);
    while (more) {
        struct feel_node *item = feel_parse_comparison_range(&p);
        if (item == NULL && p.rc == OK)
            item = feel_parse_expression(&p);
        if (item == NULL || !feel_gather_add(&p, &g, item, STR("")))
            break;
        more = feel_scan_accept(&p.scan, STR(","));
    }
    return finish(&p, p.rc == OK ? feel_node_many(&p, FEEL_LIST_OF, 0, &g) : NULL, ret_list);
}

/* ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────── */

bool feel_names_used(const struct feel_expr *expr, size_t i, struct feel_use *ret_use)
{
    if (i >= expr->n_uses)
        return false;
    *ret_use = expr->uses[i];
    return true;
}

const struct feel_type *feel_expr_type(const struct feel_expr *expr)
{
    return expr->root->type;
}

struct str feel_expr_text(const struct feel_expr *expr)
{
    return str_trim(expr->source.text);
}
