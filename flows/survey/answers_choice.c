#include "flows/survey/answers_choice.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "flows/survey/definition.h"
#include "flows/survey/fillers.h"
#include "flows/survey/numerals.h"

#include "bot/base/banned.h"

/* How well a part of a label, or a label among other words, fits what was typed; the better kind wins. */
enum match { MATCH_NONE, MATCH_INSIDE, MATCH_PREFIX, MATCH_BEGINNING, MATCH_WITH_WORDS };

enum {
    LEAST_PREFIX = 2, /* code points that a part of a label must have */
    LEAST_INSIDE = 3,
    CIRCLED_ONE = 0x2460, /* ① … ⑳ */
    CIRCLED_TWENTY = 0x2473,
    MOST_LABEL_BYTES = 256 * 1024, /* of all chosen labels together */
};

size_t answers_option_exact(const struct ask *ask, struct str typed)
{
    for (size_t i = 0; i < ask->n_options; i++)
        if (str_eq(ask->options[i].value, typed))
            return i;
    for (size_t i = 0; i < ask->n_options; i++)
        for (size_t j = 0; j < ask->options[i].n_labels; j++)
            if (str_eq(ask->options[i].labels[j].text, typed))
                return i;
    return SIZE_MAX;
}

/* ── numbers in the list ───────────────────────────────────────────────────────────────────────────────────────── */

static bool take_word(struct str *rest, struct str word)
{
    if (!str_starts(*rest, word))
        return false;
    *rest = str_skip(*rest, word.n);
    return true;
}

static struct str skip_spaces(struct str s)
{
    while (s.n > 0 && s.p[0] == ' ')
        s = str_skip(s, 1);
    return s;
}

/* 번, 번째: *ret_ordinal when it was the latter. */
static bool take_counter(struct str *rest, bool *ret_ordinal)
{
    struct str after = skip_spaces(*rest);
    *ret_ordinal = take_word(&after, STR("번째")) || take_word(&after, STR("째"));
    if (!*ret_ordinal && !take_word(&after, STR("번")))
        return false;
    *rest = after;
    return true;
}

/* ASCII digits by hand: "1,200" in a list is no number with a separator. */
static size_t take_digits(struct str *rest)
{
    enum { TOO_LARGE = 100000 };
    size_t value = 0;
    while (rest->n > 0 && rest->p[0] >= '0' && rest->p[0] <= '9') {
        value = value * 10 + (size_t)(rest->p[0] - '0');
        value = value > TOO_LARGE ? TOO_LARGE : value;
        *rest = str_skip(*rest, 1);
    }
    return value;
}

static size_t take_korean_number(struct str *rest)
{
    struct numeral numeral;
    bool broken, ordinal;
    int64_t value;
    struct str after = *rest;
    if (take_word(&after, STR("첫")) && take_counter(&after, &ordinal) && ordinal) {
        *rest = after;
        return 1;
    }
    after = *rest;
    if (!numeral_take(&after, &numeral, &broken) || numeral.is_doubtful || !decimal_to_i64(numeral.value, &value) ||
        value < 1)
        return 0;
    bool counted = take_counter(&after, &ordinal);
    switch (numeral.kind) {
    case NUMERAL_DETERMINER: /* "두 번째", while "두 번" is twice */
        if (!counted || !ordinal)
            return 0;
        break;
    case NUMERAL_DIGITS:
    case NUMERAL_DAYS:
        return 0;
    case NUMERAL_SINO:
    case NUMERAL_NATIVE:
        break;
    }
    *rest = after;
    return (size_t)value;
}

bool answers_is_circled_number(int32_t c)
{
    return c >= CIRCLED_ONE && c <= CIRCLED_TWENTY;
}

size_t answers_option_number(struct str *rest)
{
    struct str after = *rest;
    int32_t c = text_next(&after);
    bool ordinal;
    if (answers_is_circled_number(c)) {
        *rest = after;
        return (size_t)c - CIRCLED_ONE + 1;
    }
    if (c < '0' || c > '9')
        return take_korean_number(rest);
    size_t number = take_digits(rest);
    take_counter(rest, &ordinal);
    return number;
}

/* All of `text` is the number of an option. */
static int64_t whole_number(const struct ask *ask, struct str text)
{
    struct str rest = text;
    for (int32_t c = 0; rest.n > 0; text = rest) { /* marks, but no circled number */
        c = text_next(&rest);
        if (!text_is_punctuation(c) && !text_is_space(c))
            break;
    }
    size_t number = answers_option_number(&text);
    bool fits = number >= 1 && number <= ask->n_options && filler_is_only_endings(text);
    return fits ? (int64_t)number - 1 : ANSWERS_NO_OPTION;
}

/* ── labels ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The key of the label without what stands in brackets at its end: the key begins with it, and has one code point for each
 * that is neither space nor punctuation.  Empty when nothing stands in brackets. */
static struct str key_without_brackets(const struct option_label *label)
{
    size_t at = str_find_char(label->text, '('), n = 0;
    struct str before = str_first(label->text, at == SIZE_MAX ? 0 : at);
    while (before.n > 0) {
        int32_t c = text_next(&before);
        n += !text_is_space(c) && !text_is_punctuation(c);
    }
    return text_first(label->key, n);
}

static bool is_with_words(struct str typed, struct str key)
{
    if (key.n == 0)
        return false;
    for (;;) {
        if (str_starts(typed, key) && filler_is_only_endings(str_skip(typed, key.n)))
            return true;
        size_t beginning = filler_beginning(typed);
        if (beginning == 0)
            return false;
        typed = str_skip(typed, beginning);
    }
}

static bool is_whole(const struct option *option, struct str typed)
{
    bool whole = str_eq(typed, option->value_key);
    for (size_t i = 0; i < option->n_labels && !whole; i++)
        whole = option->labels[i].key.n > 0 && str_eq(typed, option->labels[i].key);
    return whole;
}

static enum match match_label(struct str typed, struct str key, struct str short_key)
{
    if (is_with_words(typed, key))
        return MATCH_WITH_WORDS;
    if (is_with_words(typed, short_key))
        return MATCH_BEGINNING;
    size_t length = text_length(typed);
    if (length >= LEAST_PREFIX && str_starts(key, typed))
        return MATCH_PREFIX;
    return length >= LEAST_INSIDE && str_find(key, typed) != SIZE_MAX ? MATCH_INSIDE : MATCH_NONE;
}

static enum match match_option(const struct option *option, struct str typed)
{
    enum match best = MATCH_NONE;
    for (size_t i = 0; i < option->n_labels; i++) {
        const struct option_label *label = &option->labels[i];
        enum match match = match_label(typed, label->key, key_without_brackets(label));
        best = match > best ? match : best;
    }
    return best;
}

/* The option whose value or label this is, spaces, case and punctuation ignored. */
static int64_t whole_option(const struct ask *ask, struct str key)
{
    int64_t option = ANSWERS_NO_OPTION;
    for (size_t i = 0; i < ask->n_options; i++)
        if (key.n > 0 && is_whole(&ask->options[i], key))
            option = option == ANSWERS_NO_OPTION ? (int64_t)i : ANSWERS_SEVERAL_OPTIONS;
    return option;
}

/* The option with a label of which this is a part, or that stands in this among other words; the one that fits best. */
static int64_t partial_option(const struct ask *ask, struct str key)
{
    enum match best = MATCH_NONE;
    int64_t option = ANSWERS_NO_OPTION;
    for (size_t i = 0; i < ask->n_options; i++) {
        enum match match = match_option(&ask->options[i], key);
        if (match == MATCH_NONE || match < best)
            continue;
        option = match == best ? ANSWERS_SEVERAL_OPTIONS : (int64_t)i;
        best = match;
    }
    return option;
}

enum err answers_option(const struct ask *ask, struct str typed, struct arena *arena, int64_t *ret_option)
{
    struct str key, lower;
    if (text_match_key(arena, typed, &key) != OK || text_lower(arena, typed, &lower) != OK)
        return ERR_NO_MEMORY;
    int64_t option = whole_option(ask, key);
    if (option == ANSWERS_NO_OPTION)
        option = whole_number(ask, lower);
    if (option == ANSWERS_NO_OPTION)
        option = partial_option(ask, key);
    *ret_option = option;
    return OK;
}

/* ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err choose(const struct ask *ask, const struct answer_input *input, const bool *chosen, size_t n,
                       struct arena *arena, struct answer *ret_answer)
{
    struct value *values = arena_alloc_array(arena, n, sizeof *values);
    struct buf label;
    buf_init(&label, arena, MOST_LABEL_BYTES);
    if (values == NULL)
        return ERR_NO_MEMORY;
    size_t at = 0;
    for (size_t i = 0; i < ask->n_options; i++) {
        if (!chosen[i])
            continue;
        buf_add(&label, at == 0 ? STR("") : STR(", "));
        buf_add(&label, option_label(&ask->options[i], input->locale, input->flow_locale));
        values[at++] = value_string(ask->options[i].value);
    }
    if (buf_failed(&label))
        return ERR_NO_MEMORY;
    *ret_answer = (struct answer){.kind = ANSWER_FITS,
                                  .value = ask->type == ASK_CHOICE ? values[0] : value_list(values, n),
                                  .label = buf_str(&label)};
    return OK;
}

enum err answers_chosen(const struct ask *ask, const struct answer_input *input, const bool *chosen,
                        struct arena *arena, struct answer *ret_answer)
{
    size_t n = 0;
    for (size_t i = 0; i < ask->n_options; i++)
        n += chosen[i];
    struct decimal count = decimal_from_i64((int64_t)n);
    bool several = ask->type == ASK_CHOICES;
    bool few = several && ask->has_min ? decimal_cmp(count, ask->min) < 0 : n == 0;
    if (few || (several && ask->has_max && decimal_cmp(count, ask->max) > 0)) {
        *ret_answer = (struct answer){.kind = ANSWER_MISFIT, .misfit = few ? MISFIT_TOO_FEW : MISFIT_TOO_MANY};
        return OK;
    }
    return choose(ask, input, chosen, n, arena, ret_answer);
}

enum err answers_choice(const struct ask *ask, const struct answer_input *input, struct str typed, struct arena *arena,
                        struct answer *ret_answer)
{
    int64_t option;
    if (answers_option(ask, typed, arena, &option) != OK)
        return ERR_NO_MEMORY;
    if (option < 0) {
        *ret_answer = (struct answer){
            .kind = ANSWER_MISFIT, .misfit = option == ANSWERS_SEVERAL_OPTIONS ? MISFIT_AMBIGUOUS : MISFIT_NO_OPTION};
        return OK;
    }
    bool *chosen = arena_alloc_array(arena, ask->n_options, sizeof *chosen);
    if (chosen == NULL)
        return ERR_NO_MEMORY;
    chosen[option] = true;
    return answers_chosen(ask, input, chosen, arena, ret_answer);
}
