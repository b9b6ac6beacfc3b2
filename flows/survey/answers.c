#include "flows/survey/answers.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/text.h"
#include "bot/model/event.h"
#include "flows/survey/answers_choice.h"
#include "flows/survey/answers_date.h"
#include "flows/survey/answers_form.h"
#include "flows/survey/answers_number.h"
#include "flows/survey/answers_phone.h"
#include "flows/survey/definition.h"

#include "bot/base/banned.h"

const char *misfit_name(enum misfit misfit)
{
    static const char *const names[] = {
        [MISFIT_EMPTY] = "empty",         [MISFIT_NO_OPTION] = "no_option",
        [MISFIT_AMBIGUOUS] = "ambiguous", [MISFIT_NOT_A_NUMBER] = "not_a_number",
        [MISFIT_NOT_WHOLE] = "not_whole", [MISFIT_WRONG_UNIT] = "wrong_unit",
        [MISFIT_TOO_SMALL] = "too_small", [MISFIT_TOO_LARGE] = "too_large",
        [MISFIT_TOO_FEW] = "too_few",     [MISFIT_TOO_MANY] = "too_many",
        [MISFIT_TOO_SHORT] = "too_short", [MISFIT_TOO_LONG] = "too_long",
        [MISFIT_PATTERN] = "pattern",     [MISFIT_FORM] = "form",
    };
    return names[misfit];
}

static enum err misfit(enum misfit why, struct answer *ret_answer)
{
    *ret_answer = (struct answer){.kind = ANSWER_MISFIT, .misfit = why};
    return OK;
}

static bool has_options(const struct ask *ask)
{
    return ask->type == ASK_CHOICE || ask->type == ASK_CHOICES;
}

static enum err choose_one(const struct ask *ask, const struct answer_input *input, size_t option, struct arena *arena,
                           struct answer *ret_answer)
{
    bool *chosen = arena_alloc_array(arena, ask->n_options, sizeof *chosen);
    if (chosen == NULL)
        return ERR_NO_MEMORY;
    chosen[option] = true;
    return answers_chosen(ask, input, chosen, arena, ret_answer);
}

static bool find_word(const struct answer_input *input, struct str typed, struct arena *arena, enum word *ret_word)
{
    struct str key;
    return input->source == ANSWER_TYPED && text_match_key(arena, typed, &key) == OK && key.n > 0 &&
           words_find(input->words, input->locale, key, ret_word);
}

/* `typed`: text_input's form, not empty. */
static enum err parse_type(const struct ask *ask, const struct answer_input *input, struct str typed,
                           struct arena *arena, struct answer *ret_answer)
{
    switch (ask->type) {
    case ASK_CHOICE:
        return answers_choice(ask, input, typed, arena, ret_answer);
    case ASK_CHOICES:
        return answers_choices(ask, input, typed, arena, ret_answer);
    case ASK_NUMBER:
    case ASK_SCALE:
        return answers_number(ask, typed, arena, ret_answer);
    case ASK_TEXT:
        return answers_text(ask, input->typed, arena, ret_answer);
    case ASK_YES_NO:
        return answers_yes_no(input, typed, arena, ret_answer);
    case ASK_DATE:
        return answers_date(ask, input, typed, arena, ret_answer);
    case ASK_PHONE:
        return answers_phone(typed, arena, ret_answer);
    case ASK_EMAIL:
        return answers_email(typed, arena, ret_answer);
    case ASK_FILE:
        return misfit(MISFIT_FORM, ret_answer);
    }
    return misfit(MISFIT_EMPTY, ret_answer);
}

static struct value text_or_null(struct str text)
{
    return text.n > 0 ? value_string(text) : value_null();
}

static enum err take_file(const struct event_file *file, struct arena *arena, struct answer *ret_answer)
{
    const struct value_entry members[] = {
        {STR("id"), text_or_null(file->id)},
        {STR("name"), text_or_null(file->name)},
        {STR("type"), text_or_null(file->type)},
        {STR("size"), file->bytes > 0 ? value_i64(file->bytes) : value_null()},
    };
    struct value value;
    enum err rc = value_copy(arena, value_context(members, COUNT_OF(members)), &value);
    if (rc == OK)
        *ret_answer = (struct answer){.kind = ANSWER_FITS, .value = value, .label = file->name};
    return rc;
}

enum err answer_parse(const struct ask *ask, const struct answer_input *input, struct arena *arena,
                      struct answer *ret_answer)
{
    struct str typed;
    if (ask->type == ASK_FILE && input->file != NULL)
        return take_file(input->file, arena, ret_answer);
    enum err rc = text_input(arena, input->typed, &typed);
    if (rc != OK)
        return rc == ERR_INVALID ? misfit(MISFIT_EMPTY, ret_answer) : rc;
    if (typed.n == 0)
        return misfit(MISFIT_EMPTY, ret_answer);
    size_t option = has_options(ask) ? answers_option_exact(ask, typed) : SIZE_MAX;
    if (option != SIZE_MAX)
        return choose_one(ask, input, option, arena, ret_answer);
    enum word word;
    if (find_word(input, typed, arena, &word)) {
        *ret_answer = (struct answer){.kind = ANSWER_WORD, .word = word};
        return OK;
    }
    return parse_type(ask, input, typed, arena, ret_answer);
}

/* ── data ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err parse_data(const struct ask *ask, struct str text, const struct answer_input *input,
                           struct arena *arena, struct answer *ret_answer)
{
    struct answer_input data = *input;
    data.typed = text;
    data.source = ANSWER_DATA;
    data.file = NULL;
    return answer_parse(ask, &data, arena, ret_answer);
}

/* Every element must be an option. */
static enum err choose_listed(const struct ask *ask, const struct value *list, const struct answer_input *input,
                              struct arena *arena, struct answer *ret_answer)
{
    bool *chosen = arena_alloc_array(arena, ask->n_options, sizeof *chosen);
    if (chosen == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < list->list.n; i++) {
        struct str text;
        int64_t option;
        if (value_to_text(arena, &list->list.items[i], &text, NULL) != OK || !text_is_utf8(text))
            return misfit(MISFIT_NO_OPTION, ret_answer);
        if (answers_option(ask, text, arena, &option) != OK)
            return ERR_NO_MEMORY;
        if (option < 0)
            return misfit(MISFIT_NO_OPTION, ret_answer);
        chosen[option] = true;
    }
    return answers_chosen(ask, input, chosen, arena, ret_answer);
}

enum err answer_from_value(const struct ask *ask, const struct value *value, const struct answer_input *input,
                           struct arena *arena, struct answer *ret_answer)
{
    struct str text;
    struct value id;
    switch (value->kind) {
    case VALUE_STRING:
        return parse_data(ask, value->string, input, arena, ret_answer);
    case VALUE_NUMBER:
        if (ask->type == ASK_NUMBER || ask->type == ASK_SCALE)
            return answers_number_value(ask, value->number, arena, ret_answer);
        /* fall through */
    case VALUE_BOOLEAN:
    case VALUE_DATE:
        if (value_to_text(arena, value, &text, NULL) != OK)
            return ERR_NO_MEMORY;
        return parse_data(ask, text, input, arena, ret_answer);
    case VALUE_LIST:
        if (ask->type == ASK_CHOICES)
            return choose_listed(ask, value, input, arena, ret_answer);
        return misfit(MISFIT_FORM, ret_answer);
    case VALUE_NULL:
        return misfit(MISFIT_EMPTY, ret_answer);
    case VALUE_CONTEXT: /* a file that was given in another flow */
        if (ask->type == ASK_FILE && value_get(value, STR("id"), &id)) {
            *ret_answer = (struct answer){.kind = ANSWER_FITS, .value = *value};
            return OK;
        }
        break;
    case VALUE_RANGE:
    case VALUE_FUNCTION:
    case VALUE_TIME:
    case VALUE_DATE_TIME:
    case VALUE_DAYS_DURATION:
    case VALUE_MONTHS_DURATION:
    case VALUE_KINDS:
        break;
    }
    return misfit(MISFIT_FORM, ret_answer);
}
