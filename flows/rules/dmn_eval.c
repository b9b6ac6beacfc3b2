/* Elements, evaluated: what an element needs is computed before it, each once (DMN 1.5 §10.4.1). */
#include <string.h>

#include "bot/base/arena.h"
#include "flows/rules/dmn_model.h"
#include "flows/rules/feel_eval.h"

#include "bot/base/banned.h"

/* ── worlds ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct dmn_world *open_world(const struct dmn_model *model, struct feel_run *run, const struct value *inputs,
                                    struct dmn_trail *trail)
{
    struct dmn_world *world = feel_run_alloc(run, 1, sizeof *world);
    struct dmn_memo *memos = feel_run_alloc(run, model->n_elements, sizeof *memos);
    if (world == NULL || memos == NULL)
        return NULL;
    *world = (struct dmn_world){.run = run, .inputs = inputs, .memos = memos, .trail = trail};
    return world;
}

/* An element given for an import may stand in a context named as the import. */
static bool given_in_import(const struct dmn_model *model, const struct value *inputs,
                            const struct dmn_element *element, struct value *ret_value)
{
    const struct dmn_loaded *first = model->files[0];
    for (size_t i = 0; element->home != first && i < first->n_links; i++) {
        struct value context;
        if (first->links[i].file == element->home && value_get(inputs, first->links[i].import.name, &context) &&
            value_get(&context, element->name, ret_value))
            return true;
    }
    return false;
}

static bool is_given(const struct dmn_world *world, const struct dmn_element *element, struct value *ret_value)
{
    if (world->inputs == NULL)
        return false;
    return given_in_import(element->model, world->inputs, element, ret_value) ||
           value_get(world->inputs, element->name, ret_value);
}

/* ── decision services ─────────────────────────────────────────────────────────────────────────────────────────── */

/* A service as a value. */
struct service_closure {
    struct feel_host host;
    const struct dmn_element *element;
    struct dmn_trail *trail;
};

static struct value outputs_of(const struct dmn_world *world, const struct dmn_service *service)
{
    if (service->n_outputs == 1)
        return world->memos[service->outputs[0]->index].value;
    struct value_entry *entries = feel_run_alloc(world->run, service->n_outputs, sizeof *entries);
    for (size_t i = 0; entries != NULL && i < service->n_outputs; i++)
        entries[i] = (struct value_entry){service->outputs[i]->name, world->memos[service->outputs[i]->index].value};
    return value_context(entries, entries == NULL ? 0 : service->n_outputs);
}

static void compute(struct dmn_world *world, const struct dmn_model *model, size_t last);

/* A world of its own: what is given is known there, and nothing else. */
static enum err call_service(void *self, struct feel_run *run, const struct value *arguments, struct value *ret_value)
{
    const struct service_closure *closure = self;
    const struct dmn_element *element = closure->element;
    const struct dmn_service *service = element->service;
    struct dmn_world *world = open_world(element->model, run, NULL, closure->trail);
    *ret_value = value_null();
    for (size_t i = 0; world != NULL && i < service->n_parameters; i++) {
        const struct dmn_element *parameter = service->parameters[i];
        struct value value = dmn_convert(run, arguments[i], parameter->type, parameter->name);
        if (value.kind == VALUE_NULL && arguments[i].kind != VALUE_NULL)
            return run->rc;
        world->memos[parameter->index] = (struct dmn_memo){.done = true, .value = value};
    }
    for (size_t i = 0; world != NULL && i < service->n_outputs; i++)
        world->memos[service->outputs[i]->index].wanted = true;
    if (world != NULL)
        compute(world, element->model, element->index);
    if (run->rc == OK)
        *ret_value = dmn_convert(run, outputs_of(world, service), service->result, element->name);
    return run->rc;
}

static struct value service_value(const struct dmn_world *world, const struct dmn_element *element)
{
    struct service_closure *closure = feel_run_alloc(world->run, 1, sizeof *closure);
    if (closure == NULL)
        return value_null();
    *closure = (struct service_closure){.host = {.name = element->name,
                                                 .parameters = element->service->signature,
                                                 .n_parameters = element->service->n_parameters,
                                                 .call = call_service,
                                                 .self = closure},
                                        .element = element,
                                        .trail = world->trail};
    return dmn_host_value(world->run, &closure->host);
}

/* ── elements ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The names that an element's logic sees. */
static const struct dmn_frame *frame_of(struct dmn_world *world, const struct dmn_element *element)
{
    struct dmn_frame *frame = feel_run_alloc(world->run, 1, sizeof *frame);
    struct value *values = feel_run_alloc(world->run, element->n_bindings, sizeof *values);
    bool *missing = feel_run_alloc(world->run, element->n_bindings, sizeof *missing);
    if (frame == NULL || values == NULL || missing == NULL)
        return NULL;
    for (size_t i = 0; i < element->n_bindings; i++) {
        const struct dmn_binding *binding = &element->bindings[i];
        if (binding->element != NULL) {
            values[i] = world->memos[binding->element->index].value;
            missing[i] = world->memos[binding->element->index].missing;
            continue;
        }
        struct value_entry *entries = feel_run_alloc(world->run, binding->n_members, sizeof *entries);
        for (size_t k = 0; entries != NULL && k < binding->n_members; k++)
            entries[k] =
                (struct value_entry){binding->members[k].name, world->memos[binding->members[k].element->index].value};
        values[i] = value_context(entries, entries == NULL ? 0 : binding->n_members);
    }
    *frame = (struct dmn_frame){.values = values, .missing = missing, .n = element->n_bindings, .world = world};
    return frame;
}

static struct value decide(struct dmn_world *world, const struct dmn_element *element)
{
    const struct dmn_frame *frame;
    if (element->logic == NULL)
        return feel_run_null(world->run, "`%.*s` has no decision logic; give its value", STR_ARG(element->name));
    if ((frame = frame_of(world, element)) == NULL)
        return value_null();
    struct value value = dmn_eval_logic(frame, element->logic);
    return element->kind == DMN_DECISION ? dmn_convert(world->run, value, element->type, element->name) : value;
}

static void compute_one(struct dmn_world *world, const struct dmn_element *element)
{
    struct dmn_memo *memo = &world->memos[element->index];
    switch (element->kind) {
    case DMN_INPUT:
        memo->missing = !is_given(world, element, &memo->value);
        if (!memo->missing)
            memo->value = dmn_convert_input(world->run, memo->value, element->type, element->name);
        break;
    case DMN_DECISION:
    case DMN_KNOWLEDGE:
        memo->value = decide(world, element);
        break;
    case DMN_SERVICE:
        memo->value = service_value(world, element);
        break;
    }
    memo->done = true;
}

/* Everything that is wanted among the elements up to `last`, and what that needs.  Each element stands after what it
 * needs: one walk back finds all, one walk forth computes it. */
static void compute(struct dmn_world *world, const struct dmn_model *model, size_t last)
{
    for (size_t i = last + 1; i-- > 0;) {
        const struct dmn_element *element = model->elements[i];
        if (!world->memos[i].wanted || world->memos[i].done || element->kind == DMN_SERVICE)
            continue;
        for (size_t k = 0; k < element->n_needs; k++)
            world->memos[element->needs[k]->index].wanted = true;
    }
    for (size_t i = 0; i <= last && world->run->rc == OK; i++)
        if (world->memos[i].wanted && !world->memos[i].done)
            compute_one(world, model->elements[i]);
}

/* Decisions whose values are given stand for themselves. */
static void take_given(struct dmn_world *world, const struct dmn_element *asked)
{
    for (size_t i = 0; i < asked->index && world->run->rc == OK; i++) {
        const struct dmn_element *element = asked->model->elements[i];
        struct dmn_memo *memo = &world->memos[i];
        if (element->kind != DMN_DECISION || !is_given(world, element, &memo->value))
            continue;
        memo->value = dmn_convert_input(world->run, memo->value, element->type, element->name);
        memo->done = true;
    }
}

/* A function is called with the inputs named as its parameters. */
static enum err call_with_inputs(struct dmn_world *world, const struct dmn_element *element, struct value *ret_value)
{
    struct value function = world->memos[element->index].value;
    const struct feel_type *type = element->feel;
    struct value_entry *arguments = feel_run_alloc(world->run, type->n_members, sizeof *arguments);
    size_t n = 0;
    for (size_t i = 0; arguments != NULL && i < type->n_members; i++) {
        struct value value;
        if (!value_get(world->inputs, type->members[i].name, &value))
            continue;
        if (element->kind == DMN_SERVICE)
            value = dmn_convert_input(world->run, value, element->service->parameters[i]->type, type->members[i].name);
        else if (element->logic->kind == DMN_FUNCTION)
            value = dmn_convert_input(world->run, value, element->logic->function->parameters[i].type,
                                      type->members[i].name);
        arguments[n++] = (struct value_entry){type->members[i].name, value};
    }
    struct value named = value_context(arguments, n);
    return world->run->rc != OK ? world->run->rc : feel_call_named(world->run, &function, &named, ret_value);
}

enum err dmn_eval(const struct dmn_element *element, struct feel_run *run, const struct value *inputs,
                  struct value *ret_value, struct dmn_trail *ret_trail)
{
    struct dmn_trail trail = {0};
    struct feel_scope outer = run->scope;
    struct dmn_world *world = open_world(element->model, run, inputs, ret_trail == NULL ? NULL : &trail);
    if (world == NULL)
        return run->rc;
    run->scope = (struct feel_scope){0};
    world->memos[element->index].wanted = true;
    take_given(world, element);
    compute(world, element->model, element->index);
    struct value value = world->memos[element->index].value;
    if (run->rc == OK && (element->kind == DMN_SERVICE || element->kind == DMN_KNOWLEDGE))
        (void)!call_with_inputs(world, element, &value);
    run->scope = outer;
    if (run->rc != OK)
        return run->rc;
    *ret_value = value;
    if (ret_trail != NULL)
        *ret_trail = trail;
    return OK;
}
