/* Several options in one answer: "물이랑 커피", "1, 3번", "커피와 우유, 물".
 *
 * Labels may hold the separators themselves ("커피와 우유"), so cutting first would be wrong: at every position the longest
 * option is tried first, and what does not work out to the end is taken back.  Positions that led nowhere are remembered,
 * which keeps the work at (length × options).                                                                        */
#include "flows/survey/answers_choice.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/text.h"
#include "flows/survey/definition.h"
#include "flows/survey/fillers.h"

#include "bot/base/banned.h"

enum { MOST_BYTES = 1000 };

struct list {
    const struct ask *ask;
    struct str text; /* folded, NFC */
    bool *chosen;
    bool *no_item, *no_rest; /* [offset]: nothing fits from here */
};

static bool is_mark(int32_t c)
{
    return text_is_space(c) || text_is_punctuation(c) || c == '+';
}

static struct str skip_marks(struct str s)
{
    for (struct str rest = s; rest.n > 0; s = rest)
        if (!is_mark(text_next(&rest)))
            break;
    return s;
}

/* Bytes of `s` that spell `key`, marks in between skipped; 0: it does not. */
static size_t spell(struct str s, struct str key)
{
    struct str rest = s;
    while (key.n > 0) {
        struct str before = rest;
        int32_t c = text_next(&rest);
        if (c >= 0 && is_mark(c) && before.p != s.p)
            continue;
        if (c < 0 || c != text_next(&key))
            return 0;
    }
    return s.n - rest.n;
}

static size_t spell_option(struct str s, const struct option *option)
{
    size_t best = spell(s, option->value_key);
    for (size_t i = 0; i < option->n_labels; i++) {
        size_t n = spell(s, option->labels[i].key);
        best = n > best ? n : best;
    }
    return best;
}

static bool read_rest(struct list *list, struct str s);

/* One item at s, and all that follows it. */
static bool read_item(struct list *list, struct str s)
{
    size_t offset = (size_t)(s.p - list->text.p), tried = SIZE_MAX;
    if (list->no_item[offset])
        return false;
    for (;;) { /* the options that fit here, the longest first */
        size_t best = 0, option = SIZE_MAX;
        for (size_t i = 0; i < list->ask->n_options; i++) {
            size_t n = spell_option(s, &list->ask->options[i]);
            if (n > best && n < tried) {
                best = n;
                option = i;
            }
        }
        if (option == SIZE_MAX)
            break;
        tried = best;
        if (read_rest(list, str_skip(s, best))) {
            list->chosen[option] = true;
            return true;
        }
    }
    struct str after = s;
    size_t number = answers_option_number(&after);
    if (number >= 1 && number <= list->ask->n_options && read_rest(list, after)) {
        list->chosen[number - 1] = true;
        return true;
    }
    list->no_item[offset] = true;
    return false;
}

/* What may stand between two items, besides marks. */
static size_t connective(struct str s)
{
    static const struct str words[] = {STR_INIT("이랑"), STR_INIT("랑"), STR_INIT("하고"),   STR_INIT("과"),
                                       STR_INIT("와"),   STR_INIT("및"), STR_INIT("그리고"), STR_INIT("and")};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_starts(s, words[i]))
            return words[i].n;
    return 0;
}

/* Behind an item: the end, or endings, and a separator with another item. */
static bool read_rest(struct list *list, struct str s)
{
    struct str next = skip_marks(s);
    if (next.n == 0)
        return true;
    size_t offset = (size_t)(s.p - list->text.p);
    if (list->no_rest[offset])
        return false;
    size_t joint = connective(next), ending = filler_ending(s);
    if (joint > 0) {
        struct str after = skip_marks(str_skip(next, joint));
        if (after.n == 0 || read_item(list, after))
            return true;
    }
    struct str first = next;
    bool parted = next.n < s.n || answers_is_circled_number(text_next(&first)); /* "①③" needs no separator */
    if (parted && read_item(list, next))
        return true;
    if (filler_is_only_endings(next) || (ending > 0 && read_rest(list, str_skip(s, ending))))
        return true;
    list->no_rest[offset] = true;
    return false;
}

static bool is_all(struct str key)
{
    static const struct str words[] = {STR_INIT("모두"), STR_INIT("전부"),   STR_INIT("전부다"),
                                       STR_INIT("다"),   STR_INIT("모두다"), STR_INIT("all")};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_starts(key, words[i]) && filler_is_only_endings(str_skip(key, words[i].n)))
            return true;
    return false;
}

/* The flags of what was chosen, all false when it cannot be understood. */
static enum err read_list(const struct ask *ask, struct str text, struct arena *arena, bool *chosen)
{
    struct list list = {.ask = ask,
                        .text = text,
                        .chosen = chosen,
                        .no_item = arena_alloc_array(arena, text.n + 1, sizeof(bool)),
                        .no_rest = arena_alloc_array(arena, text.n + 1, sizeof(bool))};
    if (list.no_item == NULL || list.no_rest == NULL)
        return ERR_NO_MEMORY;
    struct str start = skip_marks(text);
    if (!read_item(&list, start)) {
        size_t beginning = filler_beginning(start);
        if (beginning > 0)
            read_item(&list, skip_marks(str_skip(start, beginning)));
    }
    return OK;
}

static enum err misfit(enum misfit why, struct answer *ret_answer)
{
    *ret_answer = (struct answer){.kind = ANSWER_MISFIT, .misfit = why};
    return OK;
}

enum err answers_choices(const struct ask *ask, const struct answer_input *input, struct str typed, struct arena *arena,
                         struct answer *ret_answer)
{
    struct str text, key;
    if (typed.n > MOST_BYTES)
        return misfit(MISFIT_NO_OPTION, ret_answer);
    bool *chosen = arena_alloc_array(arena, ask->n_options, sizeof *chosen);
    if (chosen == NULL || text_fold(arena, typed, &text) != OK || text_match_key(arena, typed, &key) != OK ||
        read_list(ask, text, arena, chosen) != OK)
        return ERR_NO_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < ask->n_options; i++)
        n += chosen[i];
    if (n == 0 && is_all(key))
        for (; n < ask->n_options; n++)
            chosen[n] = true;
    if (n == 0) { /* one option, named by a part of its label */
        int64_t option;
        if (answers_option(ask, typed, arena, &option) != OK)
            return ERR_NO_MEMORY;
        if (option < 0)
            return misfit(option == ANSWERS_SEVERAL_OPTIONS ? MISFIT_AMBIGUOUS : MISFIT_NO_OPTION, ret_answer);
        chosen[option] = true;
    }
    return answers_chosen(ask, input, chosen, arena, ret_answer);
}
