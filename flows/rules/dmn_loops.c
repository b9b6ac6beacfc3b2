/* Conditions, loops and filters in boxes, compiled (DMN 1.5 §7.2.9 to §7.2.12). */
#include "bot/base/arena.h"
#include "flows/rules/dmn_model.h"
#include "flows/rules/feel_ast.h"

#include "bot/base/banned.h"

const struct dmn_logic *dmn_compile_if(struct dmn_compiler *compiler, const struct dmn_node *node)
{
    struct dmn_part *parts;
    struct dmn_logic *logic = dmn_parts_new(compiler, DMN_IF, 3, &parts);
    if (logic == NULL)
        return NULL;
    static const char *const names[] = {"if", "then", "else"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        parts[logic->n++].logic = dmn_compile_in(compiler, dmn_child(node, names[i]));
    return logic;
}

static const struct feel_type *item_type(const struct dmn_logic *in)
{
    const struct feel_type *type = dmn_known_type(NULL, in);
    return type != NULL && (type->kind == FEEL_LIST || type->kind == FEEL_RANGE) ? type->item : NULL;
}

/* A name for a list that nobody writes: U+10000. */
#define LIST_NAME "\xF0\x90\x80\x80"

/* An expression whose only new name is that of the list. */
static const struct dmn_logic *compile_over(struct dmn_compiler *compiler, const struct dmn_node *node,
                                            const struct feel_source *source, const struct feel_type *list)
{
    struct dmn_names outer = compiler->names, names;
    if (!dmn_names_open(compiler, node, 1, &names))
        return NULL;
    dmn_names_add(&names, STR(LIST_NAME), list);
    compiler->names = names;
    const struct dmn_logic *logic = dmn_compile_source(compiler, node, source);
    compiler->names = outer;
    return logic;
}

/* What is run over: FEEL itself says which elements a list, a range or another value has. */
static const struct dmn_logic *compile_elements(struct dmn_compiler *compiler, const struct dmn_node *node,
                                                const struct feel_type *list)
{
    return compile_over(compiler, node, &(struct feel_source){.text = STR("for item in " LIST_NAME " return item")},
                        list);
}

const struct dmn_logic *dmn_compile_loop(struct dmn_compiler *compiler, const struct dmn_node *node,
                                         enum dmn_logic_kind kind)
{
    static const struct feel_type boolean = {.kind = FEEL_BOOLEAN};
    struct dmn_names outer = compiler->names, names;
    struct dmn_part *parts;
    struct dmn_logic *logic = dmn_parts_new(compiler, kind, 3, &parts);
    if (logic == NULL || !dmn_names_open(compiler, node, 2, &names))
        return NULL;
    parts[0].name = str_trim(dmn_attribute(node, "iteratorVariable"));
    parts[0].logic = dmn_compile_in(compiler, dmn_child(node, "in"));
    parts[1].logic = compile_elements(compiler, node, dmn_known_type(NULL, parts[0].logic));
    if (parts[0].name.n == 0)
        return dmn_logic_fault(compiler, dmn_note(compiler->loader, compiler->file, node->at,
                                                  "the loop needs an `iteratorVariable`; add it"));
    dmn_names_add(&names, STR("partial"), NULL);
    dmn_names_add(&names, parts[0].name, item_type(parts[0].logic));
    compiler->names = names;
    parts[2].logic = dmn_compile_in(compiler, dmn_child(node, kind == DMN_FOR ? "return" : "satisfies"));
    compiler->names = outer;
    logic->n = 3;
    logic->type = kind == DMN_FOR ? dmn_list_type(compiler, dmn_known_type(NULL, parts[2].logic)) : &boolean;
    return logic;
}

static bool is_one_filter(const struct feel_node *root)
{
    return root->op == FEEL_FILTER && root->a->op == FEEL_VARIABLE;
}

/* The match of a filter sees the element's members by their names, as in FEEL's list[match]: so it is compiled as that. */
static const struct dmn_logic *compile_match(struct dmn_compiler *compiler, const struct dmn_node *node,
                                             const struct feel_type *list)
{
    const uint32_t before = 2; /* code points: the name and `[` */
    struct feel_source source = dmn_source_of(compiler->file, node);
    const struct dmn_logic *fault = dmn_other_language(compiler, node), *logic;
    if (fault != NULL || str_trim(source.text).n == 0)
        return fault;
    source.text = arena_format(compiler->loader->arena, LIST_NAME "[%.*s\n]", STR_ARG(source.text));
    source.column = source.column > before ? source.column - before : 1;
    if (source.text.p == NULL) {
        dmn_no_memory(compiler->loader);
        return NULL;
    }
    logic = compile_over(compiler, node, &source, list);
    if (logic == NULL || logic->kind != DMN_LITERAL || is_one_filter(logic->expr->root))
        return logic;
    return dmn_logic_fault(compiler, dmn_note(compiler->loader, compiler->file, node->at,
                                              "the brackets of this expression do not match; correct them"));
}

/* A match in boxes sees `item`, and those members that are known beforehand. */
static const struct dmn_logic *compile_boxed_match(struct dmn_compiler *compiler, const struct dmn_node *node,
                                                   const struct feel_type *item, struct dmn_logic *filter)
{
    struct dmn_names outer = compiler->names, names;
    size_t n = item != NULL && item->kind == FEEL_CONTEXT ? item->n_members : 0;
    struct str *columns = dmn_alloc(compiler->loader, n, sizeof *columns);
    if (columns == NULL || !dmn_names_open(compiler, node, n + 1, &names))
        return NULL;
    for (size_t i = 0; i < n; i++) {
        columns[i] = item->members[i].name;
        dmn_names_add(&names, columns[i], item->members[i].type);
    }
    dmn_names_add(&names, STR("item"), item);
    filter->kind = DMN_FILTER_BOXED;
    filter->columns = columns;
    filter->n_columns = n;
    compiler->names = names;
    const struct dmn_logic *logic = dmn_compile(compiler, node);
    compiler->names = outer;
    return logic;
}

const struct dmn_logic *dmn_compile_filter(struct dmn_compiler *compiler, const struct dmn_node *node)
{
    struct dmn_part *parts;
    struct dmn_logic *logic = dmn_parts_new(compiler, DMN_FILTER, 2, &parts);
    const struct dmn_node *match = dmn_expression_in(dmn_child(node, "match"));
    if (logic == NULL)
        return NULL;
    parts[0].logic = dmn_compile_in(compiler, dmn_child(node, "in"));
    const struct feel_type *list = dmn_known_type(NULL, parts[0].logic);
    if (match != NULL && dmn_is(match, "literalExpression"))
        parts[1].logic = compile_match(compiler, match, list);
    else if (match != NULL)
        parts[1].logic = compile_boxed_match(compiler, match, item_type(parts[0].logic), logic);
    logic->n = 2;
    logic->type = list;
    return logic;
}
