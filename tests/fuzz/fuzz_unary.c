/* Cells of decision tables: the first line is the test, the second the JSON of the input.  The test holds, does not
 * hold, or nobody knows.
 * parts: rules base */
#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "flows/rules/feel.h"

enum { ARENA_BYTES = 4 * 1024 * 1024, MAX_INPUT = 1000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool look_up(void *self, size_t slot, struct value *ret_value)
{
    (void)self;
    *ret_value = slot == 0 ? value_i64(10) : value_string(STR("low"));
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct feel_name items[] = {{.name = STR_INIT("limit")}, {.name = STR_INIT("목표 체중")}};
    static const struct feel_names names = {items, 2};
    struct str rest = {(const char *)data, size}, test, json;
    struct value input = value_null();
    struct error error = {0};
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    if (size == 0 || size > MAX_INPUT || !str_split(&rest, '\n', &test))
        return 0;
    if (str_split(&rest, '\n', &json) && value_from_json(&arena, json, &input, NULL) != OK)
        input = value_i64(5);
    struct feel_compiler compiler = {.arena = &arena, .names = &names, .error = &error};
    const struct feel_expr *expr;
    enum truth truth;
    if (feel_compile_unary(&compiler, &(struct feel_source){.text = test}, NULL, &expr) != OK)
        return 0;
    struct feel_run run = {.arena = &arena, .scope = {look_up, NULL}};
    if (feel_eval_unary(expr, &run, &input, &truth) == OK && truth != TRUTH_TRUE && truth != TRUTH_FALSE &&
        truth != TRUTH_NULL)
        __builtin_trap();
    return 0;
}
