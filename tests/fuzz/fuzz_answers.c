/* Answers from outside: the first byte chooses the question, the rest is what somebody typed.  Whatever it is, it fits, is a
 * misfit or a word, and a value that fits keeps to the question's bounds.
 * parts: survey flow rules model base */
#include <stdint.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/survey/answers.h"
#include "flows/survey/definition.h"

static struct option options[] = {
    {.value = STR_INIT("water"), .value_key = STR_INIT("water")},
    {.value = STR_INIT("latte"), .value_key = STR_INIT("latte")},
    {.value = STR_INIT("3"), .value_key = STR_INIT("3")},
};
static const struct option_label labels[] = {
    {STR_INIT("ko"), STR_INIT("물"), STR_INIT("물")},
    {STR_INIT("ko"), STR_INIT("커피와 우유 (따뜻한)"), STR_INIT("커피와우유따뜻한")},
    {STR_INIT("ko"), STR_INIT("사과"), STR_INIT("사과")},
};

static struct ask question(uint8_t choice)
{
    static const struct str units[] = {STR_INIT(""), STR_INIT("kg"), STR_INIT("cm"), STR_INIT("분"), STR_INIT("회")};
    struct ask ask = {.type = (enum ask_type)(choice % (ASK_FILE + 1)), .options = options, .n_options = 3};
    for (size_t i = 0; i < 3; i++) {
        options[i].labels = &labels[i];
        options[i].n_labels = 1;
    }
    ask.unit = units[choice % 5];
    ask.integer = (choice & 16) != 0;
    if (ask.type == ASK_SCALE || (choice & 32) != 0) {
        ask.has_min = ask.has_max = true;
        ask.min = decimal_from_i64(ask.type == ASK_NUMBER ? -100 : 1);
        ask.max = decimal_from_i64(100000);
        ask.min_from_today = ask.max_from_today = (choice & 128) != 0;
    }
    return ask;
}

static void check(const struct ask *ask, const struct answer *answer)
{
    if (answer->kind != ANSWER_FITS)
        return;
    if (!text_is_utf8(answer->label))
        abort();
    bool number = ask->type == ASK_NUMBER || ask->type == ASK_SCALE;
    if (number && answer->value.kind != VALUE_NUMBER)
        abort();
    if (number && ask->has_max && decimal_cmp(answer->value.number, ask->max) > 0)
        abort();
    if (ask->type == ASK_CHOICE && answer->value.kind != VALUE_STRING)
        abort();
    if (ask->type == ASK_CHOICES && (answer->value.kind != VALUE_LIST || answer->value.list.n == 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 8 * 1024 * 1024);
    struct ask ask = question(data[0]);
    struct answer_input input = {.typed = {(const char *)data + 1, size - 1},
                                 .source = (data[0] & 64) != 0 ? ANSWER_DATA : ANSWER_TYPED,
                                 .locale = STR("ko"),
                                 .flow_locale = STR("ko"),
                                 .today = 20517};
    struct answer answer;
    if (answer_parse(&ask, &input, &arena, &answer) == OK)
        check(&ask, &answer);
    return 0;
}
