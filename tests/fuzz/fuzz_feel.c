/* Expressions from anywhere: compiling gives an expression or an error, evaluating gives a value; the value can be
 * written.  The first line may be the JSON of the names, the rest is the expression.
 * parts: rules base */
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "flows/rules/feel.h"

enum { ARENA_BYTES = 4 * 1024 * 1024, MAX_NAMES = 16, MAX_INPUT = 2000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool look_up(void *self, size_t slot, struct value *ret_value)
{
    const struct value *input = self;
    *ret_value = input->context.entries[slot].value;
    return true;
}

/* What is written of a date, time or duration reads as the same; a zone's name alone does not tell the second of two
 * clock times. */
static void read_again(struct feel_run *run, const struct value *value, struct str text)
{
    bool zoned = (value->kind == VALUE_TIME && value->time->zone.n > 0) ||
                 (value->kind == VALUE_DATE_TIME && value->moment->time.zone.n > 0);
    struct value again;
    if (value->kind < VALUE_DATE || value->kind > VALUE_MONTHS_DURATION || zoned)
        return;
    if (!feel_read_temporal(run, text, feel_value_kind(value), &again) || !value_is(value, &again))
        __builtin_trap();
}

static void evaluate(struct arena *arena, struct value *input, struct str text)
{
    struct feel_name items[MAX_NAMES];
    struct feel_names names = {items, 0};
    struct error error = {0};
    for (; names.n < input->context.n && names.n < MAX_NAMES; names.n++)
        items[names.n] = (struct feel_name){.name = input->context.entries[names.n].key,
                                            .type = feel_type_of(arena, &input->context.entries[names.n].value)};
    struct feel_compiler compiler = {.arena = arena, .names = &names, .error = &error};
    const struct feel_expr *expr;
    if (feel_compile(&compiler, &(struct feel_source){.text = text}, &expr) != OK) {
        if (error.n == 0 || compiler.fault > text.n)
            __builtin_trap();
        return;
    }
    struct feel_use use;
    for (size_t i = 0; feel_names_used(expr, i, &use); i++)
        if (use.offset >= text.n || use.slot >= names.n)
            __builtin_trap();
    int64_t now_ms = 1772668799250;
    struct clock clock = clock_manual(&now_ms);
    struct feel_run run = {.arena = arena, .scope = {look_up, input}, .clock = &clock, .timezone = STR("Asia/Seoul")};
    struct value value;
    struct buf out;
    struct str as_text;
    if (feel_eval(expr, &run, &value) != OK)
        return;
    if (value_equal(&value, &value) == TRUTH_FALSE)
        __builtin_trap();
    buf_init(&out, arena, 64 * 1024);
    (void)!value_to_json(&out, &value, NULL);
    if (value_to_text(arena, &value, &as_text, NULL) == OK)
        read_again(&run, &value, as_text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size}, first;
    struct value input = value_context(NULL, 0);
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    if (size > MAX_INPUT)
        return 0;
    size_t newline = str_find_char(text, '\n');
    if (newline != SIZE_MAX && newline > 0 && text.p[0] == '{') {
        first = str_first(text, newline);
        if (value_from_json(&arena, first, &input, NULL) != OK || input.kind != VALUE_CONTEXT)
            input = value_context(NULL, 0);
        else
            text = str_skip(text, newline + 1);
    }
    evaluate(&arena, &input, text);
    return 0;
}
