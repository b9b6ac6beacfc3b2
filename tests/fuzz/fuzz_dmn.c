/* DMN files from anywhere: a model or an error with a place; whatever is in the model can be evaluated with inputs that
 * fit and with none, and its values can be written.
 * parts: rules base */
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "flows/rules/dmn.h"

enum { MODEL_BYTES = 32 * 1024 * 1024, RUN_BYTES = 4 * 1024 * 1024, MAX_INPUTS = 16, MAX_ELEMENTS = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A value of the type, roughly. */
static struct value value_of(const struct feel_type *type, size_t depth)
{
    static const struct value one = {.kind = VALUE_STRING, .string = STR_INIT("2024-02-29")};
    if (type == NULL || depth > 2)
        return value_i64(3);
    switch (type->kind) {
    case FEEL_BOOLEAN:
        return value_boolean(true);
    case FEEL_NUMBER:
        return value_i64(19);
    case FEEL_LIST:
        return value_list(&one, 1);
    case FEEL_CONTEXT:
    case FEEL_RANGE:
    case FEEL_FUNCTION:
    case FEEL_NULL:
        return value_null();
    default:
        return one;
    }
}

static void evaluate(const struct dmn_element *element, bool with_inputs)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, RUN_BYTES);
    struct value_entry entries[MAX_INPUTS];
    const struct dmn_input *inputs;
    size_t n = 0;
    if (dmn_inputs(element, &arena, &inputs, &n) != OK)
        return;
    if (n > MAX_INPUTS)
        n = MAX_INPUTS;
    for (size_t i = 0; i < n; i++)
        entries[i] = (struct value_entry){inputs[i].name, value_of(inputs[i].type, 0)};
    struct value given = value_context(entries, with_inputs ? n : 0), value;
    struct feel_run run = {.arena = &arena};
    struct dmn_trail trail;
    struct buf out;
    if (dmn_eval(element, &run, &given, &value, &trail) != OK)
        return;
    if (dmn_fault(element).n == 0 && value.kind == VALUE_NULL && run.n_reasons > FEEL_MAX_REASONS)
        __builtin_trap();
    buf_init(&out, &arena, 64 * 1024);
    (void)!value_to_json(&out, &value, NULL);
}

/* "f:LINE:COLUMN: …" */
static bool has_place(struct str fault)
{
    return str_starts(fault, STR("f:")) && fault.n > 6;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, MODEL_BYTES);
    struct error error = {0};
    const struct dmn_source source = {STR("f"), {(const char *)data, size}};
    const struct dmn_model *model;
    const struct dmn_element *element;
    struct str fault;
    (void)dmn_namespace(&arena, source.bytes);
    if (dmn_load(&arena, &source, NULL, &model, &error) != OK) {
        if (error.n == 0 || (error.code == ERR_INVALID && !has_place((struct str){error.text, error.n})))
            __builtin_trap();
        return 0;
    }
    for (size_t i = 0; (fault = dmn_model_fault(model, i)).n > 0; i++)
        if (!has_place(fault))
            __builtin_trap();
    for (size_t i = 0; i < MAX_ELEMENTS && (element = dmn_at(model, i)) != NULL; i++) {
        evaluate(element, true);
        evaluate(element, false);
        (void)dmn_near(model, dmn_name(element));
    }
    return 0;
}
