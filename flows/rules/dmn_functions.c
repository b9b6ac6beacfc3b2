/* Functions in boxes and their calls, compiled (DMN 1.5 §7.2.5, §7.2.6; §6.3.9 for knowledge models). */
#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/rules/dmn_model.h"

#include "bot/base/banned.h"

enum { MAX_SHOWN = 60 };

/* The parameters, and their names for the body. */
static void read_parameters(struct dmn_compiler *compiler, const struct dmn_node *node, struct dmn_function *function,
                            struct dmn_names *names)
{
    size_t n = dmn_count_children(node, "formalParameter");
    struct dmn_part *parameters = dmn_alloc(compiler->loader, n, sizeof *parameters);
    struct feel_member *signature = dmn_alloc(compiler->loader, n, sizeof *signature);
    if (compiler->loader->rc != OK)
        return;
    function->parameters = parameters;
    function->signature = signature;
    for (const struct dmn_node *child = node->child; child != NULL; child = child->next) {
        if (!dmn_is(child, "formalParameter"))
            continue;
        struct dmn_part *parameter = &parameters[function->n_parameters];
        parameter->name = str_trim(dmn_attribute(child, "name"));
        parameter->type = dmn_node_type(compiler->loader, compiler->file, child);
        const struct feel_type *type = parameter->type == NULL ? NULL : parameter->type->feel;
        signature[function->n_parameters++] = (struct feel_member){parameter->name, dmn_parameter_type(type)};
        dmn_names_add(names, parameter->name, type);
    }
}

static const struct dmn_logic *compile_body(struct dmn_compiler *compiler, const struct dmn_node *node,
                                            const struct dmn_names *names)
{
    struct str kind = dmn_attribute(node, "kind"), reason;
    if (kind.n == 0 || str_eq_nocase(kind, STR("FEEL"))) {
        struct dmn_names outer = compiler->names;
        compiler->names = *names;
        const struct dmn_logic *body = dmn_compile_in(compiler, node);
        compiler->names = outer;
        return body;
    }
    /* not noted as a fault: the model may be right for other engines */
    reason = arena_format(
        compiler->loader->arena, "%.*s:%u:%u: functions in %.*s are not run; write the function in FEEL",
        STR_ARG(compiler->file->xml.file), node->at.line, node->at.column, STR_ARG(text_first(kind, MAX_SHOWN)));
    return dmn_logic_fault(compiler, reason);
}

/* What the function returns: as its own type says, else as its body's does. */
static const struct dmn_type *result_of(struct dmn_compiler *compiler, const struct dmn_node *node)
{
    const struct dmn_type *declared = dmn_node_type(compiler->loader, compiler->file, node);
    if (declared == NULL)
        return dmn_node_type(compiler->loader, compiler->file, dmn_expression_in(node));
    return declared->feel->kind == FEEL_FUNCTION ? dmn_result_type(declared) : declared;
}

const struct dmn_logic *dmn_compile_function(struct dmn_compiler *compiler, const struct dmn_node *node)
{
    struct dmn_names names;
    struct dmn_logic *logic = dmn_logic_new(compiler, DMN_FUNCTION);
    struct dmn_function *function = dmn_alloc(compiler->loader, 1, sizeof *function);
    if (logic == NULL || function == NULL ||
        !dmn_names_open(compiler, node, dmn_count_children(node, "formalParameter"), &names))
        return NULL;
    function->name = compiler->owner;
    read_parameters(compiler, node, function, &names);
    function->body = compile_body(compiler, node, &names);
    function->result = result_of(compiler, node);
    logic->function = function;
    logic->type = dmn_function_type(compiler->loader, function->signature, function->n_parameters,
                                    dmn_known_type(function->result, function->body));
    return logic;
}

const struct dmn_logic *dmn_compile_invocation(struct dmn_compiler *compiler, const struct dmn_node *node)
{
    struct dmn_part *parts;
    struct dmn_logic *logic = dmn_parts_new(compiler, DMN_INVOCATION, 1 + dmn_count_children(node, "binding"), &parts);
    if (logic == NULL)
        return NULL;
    parts[logic->n++].logic = dmn_compile_in(compiler, node);
    const struct feel_type *called = dmn_known_type(NULL, parts[0].logic);
    if (called != NULL && called->kind == FEEL_FUNCTION)
        logic->type = called->item;
    for (const struct dmn_node *binding = node->child; binding != NULL; binding = binding->next) {
        const struct dmn_node *parameter = dmn_child(binding, "parameter");
        if (!dmn_is(binding, "binding"))
            continue;
        struct dmn_part part = {.type = dmn_node_type(compiler->loader, compiler->file, parameter)};
        if (parameter != NULL)
            part.name = str_trim(dmn_attribute(parameter, "name"));
        part.logic = dmn_compile_in(compiler, binding);
        parts[logic->n++] = part;
    }
    return logic;
}
