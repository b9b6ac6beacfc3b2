/* Boxed expressions, compiled (DMN 1.5 §7.2, §10.2). */
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/rules/dmn_model.h"

#include "bot/base/banned.h"

enum { MAX_SHOWN = 60 };

/* ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

bool dmn_names_open(struct dmn_compiler *compiler, const struct dmn_node *at, size_t more, struct dmn_names *ret_names)
{
    struct feel_names outer = compiler->names.names;
    if (outer.n + more > DMN_MAX_NAMES) {
        (void)dmn_note(compiler->loader, compiler->file, at->at, "more than %d names at once; split the expression up",
                       DMN_MAX_NAMES);
        return false;
    }
    struct feel_name *items = dmn_alloc(compiler->loader, outer.n + more, sizeof *items);
    if (items == NULL)
        return false;
    if (outer.n > 0)
        memcpy(items + more, outer.items, outer.n * sizeof *items);
    *ret_names = (struct dmn_names){.names = {items + more, outer.n}, .first = items};
    return true;
}

void dmn_names_add(struct dmn_names *names, struct str name, const struct feel_type *type)
{
    size_t room = (size_t)(names->names.items - names->first);
    names->first[room - 1] = (struct feel_name){.name = name, .type = type};
    names->names.items--;
    names->names.n++;
}

/* ── literals ──────────────────────────────────────────────────────────────────────────────────────────────────── */

struct dmn_logic *dmn_logic_new(struct dmn_compiler *compiler, enum dmn_logic_kind kind)
{
    struct dmn_logic *logic = dmn_alloc(compiler->loader, 1, sizeof *logic);
    if (logic != NULL)
        logic->kind = kind;
    return logic;
}

const struct dmn_logic *dmn_logic_fault(struct dmn_compiler *compiler, struct str fault)
{
    struct dmn_logic *logic = dmn_logic_new(compiler, DMN_FAULT);
    if (logic != NULL)
        logic->fault = fault;
    return logic;
}

struct feel_source dmn_source_of(const struct dmn_loaded *file, const struct dmn_node *node)
{
    const struct dmn_node *text = dmn_child(node, "text");
    if (text == NULL)
        return (struct feel_source){0};
    return (struct feel_source){
        .text = text->text, .file = file->xml.file, .line = text->text_place.line, .column = text->text_place.column};
}

/* Engines name FEEL by its namespace of any version, or "feel". */
static bool is_feel(struct str language)
{
    return language.n == 0 || str_find(language, STR("FEEL")) != SIZE_MAX || str_eq_nocase(language, STR("feel"));
}

const struct dmn_logic *dmn_other_language(struct dmn_compiler *compiler, const struct dmn_node *node)
{
    struct str language = dmn_attribute(node, "expressionLanguage");
    if (language.n == 0)
        language = dmn_attribute(compiler->file->xml.root, "expressionLanguage");
    if (dmn_child(node, "importedValues") != NULL)
        return dmn_logic_fault(compiler, dmn_note(compiler->loader, compiler->file, node->at,
                                                  "values of other documents are not read; write the expression here"));
    if (is_feel(language))
        return NULL;
    return dmn_logic_fault(compiler, dmn_note(compiler->loader, compiler->file, node->at,
                                              "the expression language `%.*s` is not read; write it in FEEL",
                                              STR_ARG(text_first(language, MAX_SHOWN))));
}

struct feel_compiler dmn_feel_compiler(struct dmn_compiler *compiler, struct error *error)
{
    struct feel_names *names = dmn_alloc(compiler->loader, 1, sizeof *names);
    if (names != NULL)
        *names = compiler->names.names;
    return (struct feel_compiler){
        .arena = compiler->loader->arena, .names = names, .types = compiler->file->types, .error = error};
}

struct str dmn_spend(struct dmn_compiler *compiler, const struct dmn_node *node, size_t bytes)
{
    struct dmn_loader *loader = compiler->loader;
    loader->work += bytes * (compiler->names.names.n + 1);
    if (loader->work <= DMN_MAX_WORK)
        return STR("");
    if (loader->overwork.n == 0)
        loader->overwork = dmn_note(loader, compiler->file, node->at,
                                    "from here on the model's expressions are too many for the names they may see; "
                                    "split it up");
    if (loader->element != NULL && loader->element->fault.n == 0)
        loader->element->fault = loader->overwork;
    return loader->overwork;
}

const struct dmn_logic *dmn_compile_source(struct dmn_compiler *compiler, const struct dmn_node *node,
                                           const struct feel_source *source)
{
    struct error error = {0};
    const struct feel_expr *expr;
    struct feel_compiler feel = dmn_feel_compiler(compiler, &error);
    struct dmn_logic *logic = dmn_logic_new(compiler, DMN_LITERAL);
    struct str overwork = dmn_spend(compiler, node, source->text.n);
    if (compiler->loader->rc != OK)
        return NULL;
    if (overwork.n > 0)
        return dmn_logic_fault(compiler, overwork);
    if (feel_compile(&feel, source, &expr) != OK)
        return dmn_logic_fault(compiler, dmn_note_error(compiler->loader, compiler->file, node, &error));
    logic->expr = expr;
    logic->type = feel_expr_type(expr);
    return logic;
}

static const struct dmn_logic *compile_literal(struct dmn_compiler *compiler, const struct dmn_node *node)
{
    struct feel_source source = dmn_source_of(compiler->file, node);
    const struct dmn_logic *fault = dmn_other_language(compiler, node);
    if (fault != NULL || str_trim(source.text).n == 0)
        return fault;
    return dmn_compile_source(compiler, node, &source);
}

/* ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_expression(const struct dmn_node *node)
{
    static const char *const names[] = {
        "literalExpression",  "decisionTable", "context", "invocation", "list", "relation",
        "functionDefinition", "conditional",   "for",     "every",      "some", "filter"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (dmn_is(node, names[i]))
            return true;
    return false;
}

const struct dmn_node *dmn_expression_in(const struct dmn_node *node)
{
    const struct dmn_node *child = node == NULL ? NULL : node->child;
    while (child != NULL && !is_expression(child))
        child = child->next;
    return child;
}

const struct dmn_logic *dmn_compile_in(struct dmn_compiler *compiler, const struct dmn_node *node)
{
    return dmn_compile(compiler, dmn_expression_in(node));
}

/* A logic of up to `most` parts. */
struct dmn_logic *dmn_parts_new(struct dmn_compiler *compiler, enum dmn_logic_kind kind, size_t most,
                                struct dmn_part **ret_parts)
{
    struct dmn_logic *logic = dmn_logic_new(compiler, kind);
    struct dmn_part *parts = dmn_alloc(compiler->loader, most, sizeof *parts);
    if (logic == NULL || parts == NULL)
        return NULL;
    logic->parts = *ret_parts = parts;
    return logic;
}

static size_t count_expressions(const struct dmn_node *node)
{
    size_t n = 0;
    for (const struct dmn_node *child = node->child; child != NULL; child = child->next)
        n += is_expression(child);
    return n;
}

size_t dmn_count_children(const struct dmn_node *node, const char *name)
{
    size_t n = 0;
    for (const struct dmn_node *child = node->child; child != NULL; child = child->next)
        n += dmn_is(child, name);
    return n;
}

/* What is known of a part: its declared type, else what its logic tells. */
const struct feel_type *dmn_known_type(const struct dmn_type *declared, const struct dmn_logic *logic)
{
    return declared != NULL ? declared->feel : logic == NULL ? NULL : logic->type;
}

const struct feel_type *dmn_list_type(struct dmn_compiler *compiler, const struct feel_type *item)
{
    struct feel_type *type = dmn_alloc(compiler->loader, 1, sizeof *type);
    if (type != NULL)
        *type = (struct feel_type){.kind = FEEL_LIST, .item = item};
    return type;
}

/* ── contexts, lists, relations ────────────────────────────────────────────────────────────────────────────────── */

static bool has_part(const struct dmn_logic *logic, struct str name)
{
    for (size_t i = 0; i < logic->n; i++)
        if (str_eq(logic->parts[i].name, name))
            return true;
    return false;
}

/* The type of what was gathered: that of the result when there is one. */
static const struct feel_type *context_type(struct dmn_compiler *compiler, const struct dmn_logic *logic)
{
    struct feel_type *type = dmn_alloc(compiler->loader, 1, sizeof *type);
    struct feel_member *members = dmn_alloc(compiler->loader, logic->n, sizeof *members);
    if (type == NULL || members == NULL)
        return NULL;
    for (size_t i = 0; i < logic->n; i++) {
        const struct dmn_part *part = &logic->parts[i];
        if (part->name.n == 0)
            return dmn_known_type(part->type, part->logic);
        members[i] = (struct feel_member){.name = part->name, .type = dmn_known_type(part->type, part->logic)};
    }
    *type = (struct feel_type){.kind = FEEL_CONTEXT, .members = members, .n_members = logic->n};
    return type;
}

static const struct dmn_logic *compile_context(struct dmn_compiler *compiler, const struct dmn_node *node)
{
    size_t n = dmn_count_children(node, "contextEntry");
    struct dmn_names outer = compiler->names, names;
    struct dmn_part *parts;
    struct dmn_logic *logic = dmn_parts_new(compiler, DMN_CONTEXT, n, &parts);
    if (logic == NULL || !dmn_names_open(compiler, node, n, &names))
        return NULL;
    for (const struct dmn_node *entry = node->child; entry != NULL; entry = entry->next) {
        const struct dmn_node *variable = dmn_child(entry, "variable");
        if (!dmn_is(entry, "contextEntry"))
            continue;
        struct dmn_part part = {.type = dmn_node_type(compiler->loader, compiler->file, variable)};
        if (variable != NULL)
            part.name = str_trim(dmn_attribute(variable, "name"));
        if (part.name.n > 0 && has_part(logic, part.name))
            (void)dmn_note(compiler->loader, compiler->file, entry->at, "the entry `%.*s` stands twice; rename one",
                           STR_ARG(text_first(part.name, MAX_SHOWN)));
        compiler->names = names;
        part.logic = dmn_compile_in(compiler, entry);
        parts[logic->n++] = part;
        if (part.name.n > 0)
            dmn_names_add(&names, part.name, dmn_known_type(part.type, part.logic));
    }
    compiler->names = outer;
    logic->type = context_type(compiler, logic);
    return logic;
}

static const struct dmn_logic *compile_list(struct dmn_compiler *compiler, const struct dmn_node *node)
{
    struct dmn_part *parts;
    struct dmn_logic *logic = dmn_parts_new(compiler, DMN_LIST, count_expressions(node), &parts);
    for (const struct dmn_node *item = node->child; logic != NULL && item != NULL; item = item->next)
        if (is_expression(item))
            parts[logic->n++].logic = dmn_compile(compiler, item);
    if (logic != NULL)
        logic->type = dmn_list_type(compiler, logic->n > 0 ? dmn_known_type(NULL, parts[0].logic) : NULL);
    return logic;
}

static const struct feel_type *row_type(struct dmn_compiler *compiler, const struct dmn_logic *logic)
{
    struct feel_type *type = dmn_alloc(compiler->loader, 1, sizeof *type);
    struct feel_member *members = dmn_alloc(compiler->loader, logic->n_columns, sizeof *members);
    if (type == NULL || members == NULL)
        return NULL;
    for (size_t i = 0; i < logic->n_columns; i++) {
        members[i].name = logic->columns[i];
        if (logic->n > 0)
            members[i].type = dmn_known_type(logic->parts[i].type, logic->parts[i].logic);
    }
    *type = (struct feel_type){.kind = FEEL_CONTEXT, .members = members, .n_members = logic->n_columns};
    return type;
}

static const struct dmn_logic *wrong_row(struct dmn_compiler *compiler, const struct dmn_node *row, size_t n_columns)
{
    return dmn_logic_fault(compiler, dmn_note(compiler->loader, compiler->file, row->at,
                                              "a row of %zu cells; %zu are wanted, one for each <column>",
                                              count_expressions(row), n_columns));
}

static const struct dmn_logic *compile_relation(struct dmn_compiler *compiler, const struct dmn_node *node)
{
    struct dmn_part *parts;
    size_t n_columns = dmn_count_children(node, "column"), n_rows = dmn_count_children(node, "row");
    struct dmn_logic *logic = dmn_parts_new(compiler, DMN_RELATION, n_columns * n_rows, &parts);
    struct str *columns = dmn_alloc(compiler->loader, n_columns, sizeof *columns);
    const struct dmn_type **types = dmn_alloc(compiler->loader, n_columns, sizeof(struct dmn_type *));
    if (logic == NULL || columns == NULL || types == NULL)
        return NULL;
    logic->columns = columns;
    for (const struct dmn_node *column = node->child; column != NULL; column = column->next) {
        if (!dmn_is(column, "column"))
            continue;
        types[logic->n_columns] = dmn_node_type(compiler->loader, compiler->file, column);
        columns[logic->n_columns++] = str_trim(dmn_attribute(column, "name"));
    }
    for (const struct dmn_node *row = node->child; row != NULL; row = row->next) {
        size_t i = 0;
        if (!dmn_is(row, "row"))
            continue;
        if (count_expressions(row) != n_columns)
            return wrong_row(compiler, row, n_columns);
        for (const struct dmn_node *cell = row->child; cell != NULL; cell = cell->next)
            if (is_expression(cell))
                parts[logic->n++] = (struct dmn_part){.type = types[i++], .logic = dmn_compile(compiler, cell)};
    }
    logic->type = dmn_list_type(compiler, row_type(compiler, logic));
    return logic;
}

/* ── any ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

const struct dmn_logic *dmn_compile(struct dmn_compiler *compiler, const struct dmn_node *node)
{
    static const struct {
        const char *name;
        const struct dmn_logic *(*compile)(struct dmn_compiler *compiler, const struct dmn_node *node);
    } kinds[] = {
        {"literalExpression", compile_literal},
        {"decisionTable", dmn_compile_table},
        {"context", compile_context},
        {"invocation", dmn_compile_invocation},
        {"list", compile_list},
        {"relation", compile_relation},
        {"functionDefinition", dmn_compile_function},
        {"conditional", dmn_compile_if},
        {"filter", dmn_compile_filter},
    };
    if (node == NULL || compiler->loader->rc != OK)
        return NULL;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (dmn_is(node, kinds[i].name))
            return kinds[i].compile(compiler, node);
    return dmn_compile_loop(compiler, node,
                            dmn_is(node, "for")    ? DMN_FOR
                            : dmn_is(node, "some") ? DMN_SOME
                                                   : DMN_EVERY);
}
