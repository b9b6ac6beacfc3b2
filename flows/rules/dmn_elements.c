/* The logic of all elements, and what is known of their values. */
#include "bot/base/arena.h"
#include "flows/rules/dmn_model.h"

#include "bot/base/banned.h"

/* The type of a name: of an import, a context of what is needed of it. */
static const struct feel_type *binding_type(struct dmn_loader *loader, const struct dmn_binding *binding)
{
    if (binding->element != NULL)
        return binding->element->feel;
    struct feel_type *type = dmn_alloc(loader, 1, sizeof *type);
    struct feel_member *members = dmn_alloc(loader, binding->n_members, sizeof *members);
    if (type == NULL || members == NULL)
        return NULL;
    for (size_t i = 0; i < binding->n_members; i++)
        members[i] = (struct feel_member){binding->members[i].name, binding->members[i].element->feel};
    *type = (struct feel_type){.kind = FEEL_CONTEXT, .members = members, .n_members = binding->n_members};
    return type;
}

static const struct dmn_logic *compile_knowledge(struct dmn_compiler *compiler, struct dmn_element *element)
{
    const struct dmn_node *node = dmn_child(element->node, "encapsulatedLogic");
    const struct dmn_logic *logic = node == NULL ? NULL : dmn_compile_function(compiler, node);
    if (logic == NULL || logic->kind != DMN_FUNCTION)
        return logic;
    struct dmn_function *function = dmn_alloc(compiler->loader, 1, sizeof *function);
    struct dmn_logic *typed = dmn_logic_new(compiler, DMN_FUNCTION);
    if (function == NULL || typed == NULL)
        return NULL;
    *function = *logic->function;
    if (element->type != NULL)
        function->result = dmn_result_type(element->type);
    typed->function = function;
    typed->type = dmn_function_type(compiler->loader, function->signature, function->n_parameters,
                                    dmn_known_type(function->result, function->body));
    return typed;
}

static const struct dmn_logic *compile_element(struct dmn_loader *loader, struct dmn_element *element)
{
    struct dmn_compiler compiler = {.loader = loader, .file = element->home, .owner = element->name};
    struct dmn_names names;
    if (element->is_circular)
        return dmn_logic_fault(&compiler, element->fault);
    if (!dmn_names_open(&compiler, element->node, element->n_bindings, &names))
        return NULL;
    for (size_t i = 0; i < element->n_bindings; i++)
        dmn_names_add(&names, element->bindings[i].name, binding_type(loader, &element->bindings[i]));
    compiler.names = names;
    if (element->kind == DMN_DECISION)
        return dmn_compile(&compiler, dmn_expression_in(element->node));
    return compile_knowledge(&compiler, element);
}

/* What is known of a service's value: one output is the value itself, several are a context. */
static const struct feel_type *outputs_type(struct dmn_loader *loader, const struct dmn_service *service)
{
    if (service->result != NULL)
        return service->result->feel;
    if (service->n_outputs == 1)
        return service->outputs[0]->feel;
    struct feel_type *type = dmn_alloc(loader, 1, sizeof *type);
    struct feel_member *members = dmn_alloc(loader, service->n_outputs, sizeof *members);
    if (type == NULL || members == NULL)
        return NULL;
    for (size_t i = 0; i < service->n_outputs; i++)
        members[i] = (struct feel_member){service->outputs[i]->name, service->outputs[i]->feel};
    *type = (struct feel_type){.kind = FEEL_CONTEXT, .members = members, .n_members = service->n_outputs};
    return type;
}

static const struct feel_type *service_type(struct dmn_loader *loader, struct dmn_element *element)
{
    struct dmn_service *service = element->service;
    struct feel_member *signature = dmn_alloc(loader, service->n_parameters, sizeof *signature);
    for (size_t i = 0; signature != NULL && i < service->n_parameters; i++)
        signature[i] =
            (struct feel_member){service->parameters[i]->name, dmn_parameter_type(service->parameters[i]->feel)};
    service->signature = signature;
    service->result = dmn_result_type(element->type);
    return dmn_function_type(loader, signature, service->n_parameters, outputs_type(loader, service));
}

static void read_element(struct dmn_loader *loader, struct dmn_element *element)
{
    const struct dmn_node *variable = dmn_child(element->node, "variable");
    element->type = dmn_node_type(loader, element->home, variable);
    if (element->kind == DMN_DECISION || element->kind == DMN_KNOWLEDGE)
        element->logic = compile_element(loader, element);
    switch (element->kind) {
    case DMN_INPUT:
    case DMN_DECISION:
        element->feel = element->type != NULL    ? element->type->feel
                        : element->logic == NULL ? NULL
                                                 : element->logic->type;
        break;
    case DMN_KNOWLEDGE:
        element->feel = element->logic != NULL && element->logic->kind == DMN_FUNCTION
                            ? element->logic->type
                            : dmn_function_type(loader, NULL, 0, NULL);
        break;
    case DMN_SERVICE:
        element->feel = service_type(loader, element);
        break;
    }
}

void dmn_logic_read(struct dmn_loader *loader)
{
    for (size_t i = 0; i < loader->n_elements && loader->rc == OK; i++) {
        struct dmn_element *element = loader->elements[i];
        loader->element = element;
        read_element(loader, element);
        element->deep_fault = element->fault;
        for (size_t k = 0; k < element->n_needs && element->deep_fault.n == 0; k++)
            element->deep_fault = element->needs[k]->deep_fault;
    }
    loader->element = NULL;
}
