#include "flows/survey/load.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

/* ── where a scalar's characters stand in the file ─────────────────────────────────────────────────────────────── */

void load_lines(struct loader *loader)
{
    size_t n = 1;
    for (size_t i = 0; i < loader->text.n; i++)
        n += loader->text.p[i] == '\n';
    size_t *lines = load_alloc(loader, n, sizeof *lines);
    if (lines == NULL)
        return;
    size_t line = 1;
    for (size_t i = 0; i < loader->text.n; i++)
        if (loader->text.p[i] == '\n')
            lines[line++] = i + 1;
    loader->lines = lines;
    loader->n_lines = n;
}

static struct str line_of(const struct loader *loader, uint32_t line)
{
    if (line == 0 || line > loader->n_lines)
        return STR("");
    struct str rest = str_skip(loader->text, loader->lines[line - 1]);
    size_t end = str_find_char(rest, '\n');
    return end == SIZE_MAX ? rest : str_first(rest, end);
}

/* The number of columns that `n` bytes of `text` take in `source`, where the text is written in `quote`s ('\0': none);
 * false when they are not written there as they are. */
static bool columns_of(struct str source, char quote, struct str text, uint32_t *ret_columns)
{
    size_t at = 0;
    for (size_t i = 0; i < text.n; i++, at++) {
        bool doubled = quote == '\'' && text.p[i] == '\'';
        bool escaped = quote == '"' && (text.p[i] == '"' || text.p[i] == '\\');
        if (doubled || escaped)
            at++;
        if (at >= source.n || source.p[at] != text.p[i])
            return false;
    }
    *ret_columns = (uint32_t)text_length(str_first(source, at));
    return true;
}

/* The same within a block scalar (|), whose lines stand one to one under its key. */
static bool place_in_block(const struct loader *loader, const struct yaml_node *node, size_t offset, struct place *ret)
{
    struct str before = str_first(node->text, offset);
    uint32_t line = node->line + 1;
    size_t begin = 0;
    for (size_t i = 0; i < before.n; i++)
        if (before.p[i] == '\n') {
            line++;
            begin = i + 1;
        }
    struct str rest = str_skip(node->text, begin);
    size_t end = str_find_char(rest, '\n');
    struct str written = line_of(loader, line), content = end == SIZE_MAX ? rest : str_first(rest, end);
    if (!str_ends(written, content))
        return false;
    size_t bytes = written.n - content.n + (offset - begin);
    *ret = (struct place){line, 1 + (uint32_t)text_length(str_first(written, bytes))};
    return true;
}

static struct place place_of(const struct loader *loader, const struct yaml_node *node, size_t offset)
{
    struct place at = load_place(node);
    struct str line = line_of(loader, node->line);
    struct str source = str_skip(line, text_first(line, node->column - 1).n);
    char quote = source.n > 0 && !node->plain ? source.p[0] : '\0';
    uint32_t columns = 0;
    if (quote == '|' && place_in_block(loader, node, offset, &at))
        return at;
    bool quoted = quote == '"' || quote == '\'';
    if ((node->plain || quoted) &&
        columns_of(str_skip(source, quoted ? 1 : 0), quote, str_first(node->text, offset), &columns))
        at.column += columns + (quoted ? 1 : 0);
    return at;
}

struct feel_source load_source(const struct loader *loader, const struct yaml_node *node, size_t from, size_t n)
{
    struct place at = place_of(loader, node, from);
    return (struct feel_source){
        .text = str_first(str_skip(node->text, from), n),
        .file = loader->file,
        .line = at.line,
        .column = at.column,
    };
}

/* ── expressions ───────────────────────────────────────────────────────────────────────────────────────────────── */

/* Whether some question has this as an option's value: the likely reason for an unknown name. */
static bool is_option_value(const struct loader *loader, struct str word)
{
    if (loader->steps == NULL || word.n == 0)
        return false;
    for (const struct yaml_node *step = loader->steps->child; step != NULL; step = step->next) {
        const struct yaml_node *options = step->kind == YAML_MAP ? yaml_get(step, STR("options")) : NULL;
        if (options == NULL || options->kind != YAML_LIST)
            continue;
        for (const struct yaml_node *option = options->child; option != NULL; option = option->next) {
            const struct yaml_node *value = option->kind == YAML_MAP ? yaml_get(option, STR("value")) : option;
            if (value != NULL && str_eq(value->text, word))
                return true;
        }
    }
    return false;
}

static struct str word_at(struct str text, size_t at)
{
    struct str rest = str_skip(text, at), left = rest;
    size_t n = 0;
    for (int32_t c = text_next(&left); c >= 0; c = text_next(&left)) {
        if (!text_is_letter(c) && !text_is_digit(c) && c != '_')
            break;
        n = rest.n - left.n;
    }
    return str_first(rest, n);
}

/* The compiler counts columns within the expression; in the file its further lines are indented. */
static enum err mend_place(struct loader *loader, const struct feel_source *source,
                           const struct feel_compiler *compiler, struct place at)
{
    struct str place = feel_place(loader->arena, source, compiler->fault);
    struct str text = arena_copy(loader->arena, (struct str){loader->error->text, loader->error->n});
    struct str word = word_at(source->text, compiler->fault);
    if (is_option_value(loader, word))
        return fail(loader->error, ERR_INVALID, "%.*s:%u:%u: `%.*s` is no variable; did you mean the text '\"%.*s\"'?",
                    STR_ARG(loader->file), at.line, at.column, STR_ARG(word), STR_ARG(word));
    if (place.n == 0 || !str_starts(text, place))
        return ERR_INVALID;
    text = str_skip(text, place.n);
    return fail(loader->error, ERR_INVALID, "%.*s:%u:%u%.*s", STR_ARG(loader->file), at.line, at.column, STR_ARG(text));
}

static const struct feel_expr *compile(struct loader *loader, const struct yaml_node *node,
                                       const struct feel_source *source, bool test)
{
    const struct feel_expr *expr = NULL;
    struct feel_compiler compiler = {
        .arena = loader->arena, .names = &loader->definition->names, .error = loader->error};
    loader->rc = test ? feel_compile_unary(&compiler, source, NULL, &expr) : feel_compile(&compiler, source, &expr);
    size_t from = (size_t)(source->text.p - node->text.p);
    if (loader->rc == ERR_INVALID)
        loader->rc = mend_place(loader, source, &compiler, place_of(loader, node, from + compiler.fault));
    return loader->rc == OK ? expr : NULL;
}

const struct feel_expr *load_expr_part(struct loader *loader, const struct yaml_node *node, size_t from, size_t n)
{
    if (loader->rc != OK)
        return NULL;
    struct feel_source source = load_source(loader, node, from, n);
    return compile(loader, node, &source, false);
}

static bool is_expr(struct loader *loader, const struct yaml_node *node)
{
    if (loader->rc != OK || node == NULL)
        return false;
    if (node->kind == YAML_LIST || node->kind == YAML_MAP)
        load_fault(loader, load_place(node), "YAML took this for a %s, not for an expression; put it in quotes: '…'",
                   node->kind == YAML_LIST ? "list" : "map");
    return loader->rc == OK;
}

const struct feel_expr *load_expr(struct loader *loader, const struct yaml_node *node)
{
    return is_expr(loader, node) ? load_expr_part(loader, node, 0, node->text.n) : NULL;
}

const struct feel_expr *load_test(struct loader *loader, const struct yaml_node *node)
{
    if (!is_expr(loader, node))
        return NULL;
    struct feel_source source = load_source(loader, node, 0, node->text.n);
    return compile(loader, node, &source, true);
}

/* Where a FEEL string that begins at `at` ends (after its quote). */
static size_t string_end(struct str text, size_t at)
{
    for (at++; at < text.n; at++) {
        if (text.p[at] == '\\')
            at++;
        else if (text.p[at] == '"')
            return at + 1;
    }
    return text.n;
}

size_t load_expr_end(struct str text, size_t from)
{
    size_t open = 0;
    for (size_t at = from; at < text.n;) {
        if (text.p[at] == '"') {
            at = string_end(text, at);
            continue;
        }
        if (text.p[at] == '}' && open-- == 0)
            return at;
        if (text.p[at] == '{')
            open++;
        at++;
    }
    return SIZE_MAX;
}

/* ── texts ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void note_locale(struct loader *loader, struct str locale)
{
    if (strs_contain(loader->locales, locale))
        return;
    struct str *items = load_grow(loader, (void *)loader->locales.items, loader->locales.n, sizeof *items);
    if (items == NULL)
        return;
    items[loader->locales.n] = locale;
    loader->locales = (struct strs){items, loader->locales.n + 1};
}

/* While one text is cut into its parts. */
struct cutting {
    struct loader *loader;
    const struct yaml_node *node;
    struct text_part *parts;
    size_t n;
    struct buf plain; /* characters since the last expression */
};

static void add_part(struct cutting *cut, struct text_part part)
{
    struct text_part *parts = load_grow(cut->loader, cut->parts, cut->n, sizeof *parts);
    if (parts == NULL)
        return;
    parts[cut->n++] = part;
    cut->parts = parts;
}

static void add_plain(struct cutting *cut)
{
    struct str plain = buf_str(&cut->plain);
    if (plain.n == 0)
        return;
    struct str copy = arena_copy(cut->loader->arena, plain);
    if (copy.p == NULL)
        load_no_memory(cut->loader);
    add_part(cut, (struct text_part){.plain = copy, .variable = SIZE_MAX});
    buf_truncate(&cut->plain, 0);
}

/* The variable whose name is all that the expression says. */
static size_t lone_variable(const struct loader *loader, struct str expr)
{
    const struct definition *def = loader->definition;
    for (size_t i = 0; i < def->n_variables; i++)
        if (str_eq(def->variables[i].name, expr))
            return i;
    return SIZE_MAX;
}

/* The expression behind the brace at `open`; returns where the text goes on. */
static size_t add_expr(struct cutting *cut, size_t open)
{
    struct loader *loader = cut->loader;
    struct str text = cut->node->text;
    size_t close = load_expr_end(text, open + 1), n = close - open - 1;
    if (close == SIZE_MAX) {
        load_fault(loader, place_of(loader, cut->node, open),
                   "this brace is never closed; add }, or write {{ for a brace itself");
        return text.n;
    }
    add_plain(cut);
    struct text_part part = {
        .expr = load_expr_part(loader, cut->node, open + 1, n),
        .variable = lone_variable(loader, str_trim(str_first(str_skip(text, open + 1), n))),
        .at = place_of(loader, cut->node, open + 1),
    };
    add_part(cut, part);
    return close + 1;
}

static struct text_variant cut_text(struct loader *loader, const struct yaml_node *node, struct str locale)
{
    struct cutting cut = {.loader = loader, .node = node};
    struct str text = load_str(loader, node);
    buf_init(&cut.plain, loader->arena, text.n + 1);
    for (size_t i = 0; i < text.n && loader->rc == OK;) {
        bool brace = text.p[i] == '{', doubled = brace && i + 1 < text.n && text.p[i + 1] == '{';
        if (brace && !doubled) {
            i = add_expr(&cut, i);
            load_settle(loader);
            continue;
        }
        buf_add_char(&cut.plain, text.p[i]);
        i += doubled ? 2 : 1;
    }
    add_plain(&cut);
    return (struct text_variant){.locale = locale, .parts = cut.parts, .n_parts = cut.n};
}

static bool check_locale(struct loader *loader, const struct yaml_node *node)
{
    if (locale_is_one(node->key)) {
        note_locale(loader, node->key);
        return loader->rc == OK;
    }
    load_fault(loader, load_key_place(node),
               "`%.*s` is no language; write a text, or a map from ko, en, ja, … to texts", STR_ARG(node->key));
    return false;
}

/* A text is a scalar, or a map from locales to scalars. */
static bool is_text(struct loader *loader, const struct yaml_node *node)
{
    if (loader->rc != OK || node == NULL)
        return false;
    if (node->kind == YAML_LIST || (node->kind == YAML_MAP && node->n == 0)) {
        load_fault(loader, load_place(node), "this is no text; write a text, or a map from ko, en, ja, … to texts");
        return false;
    }
    return true;
}

static struct text load_languages(struct loader *loader, const struct yaml_node *node)
{
    if (!is_text(loader, node))
        return (struct text){0};
    bool map = node->kind == YAML_MAP;
    size_t n = map ? node->n : 1;
    struct text_variant *variants = load_alloc(loader, n, sizeof *variants);
    const struct yaml_node *item = map ? node->child : node;
    for (size_t i = 0; i < n && loader->rc == OK; i++, item = item->next) {
        if (!map || check_locale(loader, item))
            variants[i] = cut_text(loader, item, map ? item->key : STR(""));
        load_settle(loader);
    }
    if (loader->rc != OK)
        return (struct text){0};
    return (struct text){.variants = variants, .n = n, .at = load_place(node)};
}

/* The languages of all arms, one arm behind the other. */
static struct text load_varied_text(struct loader *loader, const struct yaml_node *node)
{
    const struct yaml_node *const *arms = NULL;
    const struct split *split = load_varied(loader, node, &arms);
    struct text all = {.split = split, .at = load_place(node)};
    struct text_variant *variants = NULL;
    for (size_t i = 0; split != NULL && i < split->n_arms && loader->rc == OK; i++) {
        struct text one = load_languages(loader, arms[i]);
        for (size_t k = 0; k < one.n; k++) {
            variants = load_grow(loader, variants, all.n, sizeof *variants);
            if (variants == NULL)
                return (struct text){0};
            variants[all.n] = one.variants[k];
            variants[all.n++].arm = split->arms[i].value;
        }
        load_settle(loader);
    }
    all.variants = variants;
    return loader->rc == OK ? all : (struct text){0};
}

struct text load_text(struct loader *loader, const struct yaml_node *node)
{
    return loader->rc == OK && load_is_varied(node) ? load_varied_text(loader, node) : load_languages(loader, node);
}

/* ── labels ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct option_label cut_label(struct loader *loader, const struct yaml_node *node, struct str locale)
{
    struct option_label label = {.locale = locale};
    struct text_variant variant = cut_text(loader, node, locale);
    if (loader->rc != OK)
        return label;
    if (variant.parts == NULL || variant.n_parts != 1 || variant.parts[0].expr != NULL) {
        load_fault(loader, load_place(node), "a label is the same for everybody; take the {…} out of it");
        return label;
    }
    label.text = str_trim(variant.parts[0].plain);
    enum err rc = text_match_key(loader->arena, label.text, &label.key);
    if (rc == ERR_INVALID || (rc == OK && label.text.n == 0))
        load_fault(loader, load_place(node), "the label is empty; write a text");
    else if (rc != OK)
        load_no_memory(loader);
    return label;
}

const struct option_label *load_labels(struct loader *loader, const struct yaml_node *node, size_t *ret_n)
{
    *ret_n = 0;
    if (!is_text(loader, node))
        return NULL;
    bool map = node->kind == YAML_MAP;
    size_t n = map ? node->n : 1;
    struct option_label *labels = load_alloc(loader, n, sizeof *labels);
    const struct yaml_node *item = map ? node->child : node;
    for (size_t i = 0; i < n && loader->rc == OK; i++, item = item->next) {
        if (!map || check_locale(loader, item))
            labels[i] = cut_label(loader, item, map ? item->key : STR(""));
        load_settle(loader);
    }
    if (loader->rc != OK)
        return NULL;
    *ret_n = n;
    return labels;
}
