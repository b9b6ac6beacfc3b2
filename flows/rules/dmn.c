#include "flows/rules/dmn.h"

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/rules/dmn_model.h"

#include "bot/base/banned.h"

enum { MAX_DISTANCE = 5 };

/* ── the model ─────────────────────────────────────────────────────────────────────────────────────────────────── */

struct str dmn_model_fault(const struct dmn_model *model, size_t i)
{
    return i < model->n_faults ? model->faults[i] : STR("");
}

const struct dmn_element *dmn_at(const struct dmn_model *model, size_t i)
{
    const struct dmn_loaded *file = model->files[0];
    return i < file->n_elements ? file->elements[i] : NULL;
}

static const struct dmn_element *find_in(const struct dmn_loaded *file, struct str name)
{
    const struct dmn_element *input = NULL;
    for (size_t i = 0; i < file->n_elements; i++) {
        if (!str_eq(file->elements[i]->name, name))
            continue;
        if (file->elements[i]->kind != DMN_INPUT)
            return file->elements[i];
        input = file->elements[i];
    }
    return input;
}

const struct dmn_element *dmn_find(const struct dmn_model *model, struct str name)
{
    const struct dmn_loaded *file = model->files[0];
    const struct dmn_element *element = find_in(file, name);
    for (size_t i = 0; element == NULL && i < file->n_links; i++) {
        struct str import = file->links[i].import.name;
        if (file->links[i].file == NULL)
            continue;
        if (import.n == 0)
            element = find_in(file->links[i].file, name);
        else if (str_starts(name, import) && name.n > import.n && name.p[import.n] == '.')
            element = find_in(file->links[i].file, str_skip(name, import.n + 1));
    }
    return element;
}

struct str dmn_near(const struct dmn_model *model, struct str name)
{
    struct str near = STR("");
    size_t best = text_length(name) / 2 + 1;
    const struct dmn_element *element;
    if (best > MAX_DISTANCE)
        best = MAX_DISTANCE;
    for (size_t i = 0; (element = dmn_at(model, i)) != NULL; i++) {
        size_t distance = element->kind == DMN_INPUT ? best : text_distance(name, element->name, best);
        if (distance < best) {
            best = distance;
            near = element->name;
        }
    }
    return near;
}

/* ── an element ────────────────────────────────────────────────────────────────────────────────────────────────── */

enum dmn_kind dmn_kind(const struct dmn_element *element)
{
    return element->kind;
}

struct str dmn_name(const struct dmn_element *element)
{
    return element->name;
}

static struct str name_of_type(const struct dmn_type *type)
{
    return type == NULL ? STR("Any") : type->name;
}

struct str dmn_type_name(const struct dmn_element *element)
{
    if (element->kind == DMN_SERVICE)
        return name_of_type(element->service->result != NULL   ? element->service->result
                            : element->service->n_outputs == 1 ? element->service->outputs[0]->type
                                                               : NULL);
    if (element->kind == DMN_KNOWLEDGE)
        return name_of_type(
            element->logic != NULL && element->logic->kind == DMN_FUNCTION ? element->logic->function->result : NULL);
    return name_of_type(element->type);
}

const struct feel_type *dmn_type(const struct dmn_element *element)
{
    bool is_function = element->kind == DMN_SERVICE || element->kind == DMN_KNOWLEDGE;
    return is_function ? element->feel->item : element->feel;
}

struct str dmn_fault(const struct dmn_element *element)
{
    return element->deep_fault;
}

/* ── what it asks for ──────────────────────────────────────────────────────────────────────────────────────────── */

static struct dmn_input input_of(const struct dmn_element *element)
{
    return (struct dmn_input){element->name, name_of_type(element->type), element->feel};
}

static enum err parameters_of(const struct dmn_element *element, struct arena *arena,
                              const struct dmn_input **ret_inputs, size_t *ret_n)
{
    bool is_function = element->logic != NULL && element->logic->kind == DMN_FUNCTION;
    const struct dmn_function *function = is_function ? element->logic->function : NULL;
    size_t n = element->kind == DMN_SERVICE ? element->service->n_parameters : is_function ? function->n_parameters : 0;
    struct dmn_input *inputs = arena_alloc_array(arena, n, sizeof *inputs);
    if (inputs == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        inputs[i] = is_function
                        ? (struct dmn_input){function->parameters[i].name, name_of_type(function->parameters[i].type),
                                             function->signature[i].type}
                        : input_of(element->service->parameters[i]);
    *ret_inputs = inputs;
    *ret_n = n;
    return OK;
}

enum err dmn_inputs(const struct dmn_element *element, struct arena *arena, const struct dmn_input **ret_inputs,
                    size_t *ret_n)
{
    if (element->kind == DMN_SERVICE || element->kind == DMN_KNOWLEDGE)
        return parameters_of(element, arena, ret_inputs, ret_n);
    bool *wanted = arena_alloc_array(arena, element->index + 1, sizeof *wanted);
    struct dmn_input *inputs;
    size_t n = 0;
    if (wanted == NULL)
        return ERR_NO_MEMORY;
    wanted[element->index] = true;
    for (size_t i = element->index + 1; i-- > 0;) {
        const struct dmn_element *one = element->model->elements[i];
        n += wanted[i] && one->kind == DMN_INPUT;
        for (size_t k = 0; wanted[i] && one->kind != DMN_SERVICE && k < one->n_needs; k++)
            if (one->needs[k]->index < i)
                wanted[one->needs[k]->index] = true;
    }
    if ((inputs = arena_alloc_array(arena, n, sizeof *inputs)) == NULL)
        return ERR_NO_MEMORY;
    *ret_n = n;
    n = 0;
    for (size_t i = 0; i <= element->index; i++)
        if (wanted[i] && element->model->elements[i]->kind == DMN_INPUT)
            inputs[n++] = input_of(element->model->elements[i]);
    *ret_inputs = inputs;
    return OK;
}
