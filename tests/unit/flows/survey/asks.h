/* tests/unit/flows/survey/asks.h — questions for tests, made without a flow file. */
#ifndef GILBOT_TESTS_SURVEY_ASKS_H
#define GILBOT_TESTS_SURVEY_ASKS_H

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/survey/answers.h"
#include "flows/survey/definition.h"
#include "tests/support/test.h"

/* "value=label|value=label"; every option gets the keys that a loaded one has. */
static inline struct ask ask_options(struct arena *arena, enum ask_type type, const char *list)
{
    enum { MOST = 16 };
    struct option *options = arena_alloc_array(arena, MOST, sizeof *options);
    struct option_label *labels = arena_alloc_array(arena, MOST, sizeof *labels);
    size_t n = 0;
    struct str rest = str_of(list), item;
    for (; n < MOST && str_split(&rest, '|', &item); n++) {
        size_t at = str_find_char(item, '=');
        labels[n].locale = STR("ko");
        labels[n].text = str_skip(item, at + 1);
        options[n].value = str_first(item, at);
        options[n].labels = &labels[n];
        options[n].n_labels = 1;
        assert_int_equal(text_match_key(arena, labels[n].text, &labels[n].key), OK);
        assert_int_equal(text_match_key(arena, options[n].value, &options[n].value_key), OK);
    }
    return (struct ask){.type = type, .options = options, .n_options = n};
}

static inline struct decimal decimal_of(const char *text)
{
    struct decimal d;
    assert_true(decimal_from_str(str_of(text), &d));
    return d;
}

/* min, max: NULL for none. */
static inline struct ask ask_number(const char *unit, const char *min, const char *max)
{
    struct ask ask = {.type = ASK_NUMBER, .unit = str_of(unit)};
    if (min != NULL) {
        ask.has_min = true;
        ask.min = decimal_of(min);
    }
    if (max != NULL) {
        ask.has_max = true;
        ask.max = decimal_of(max);
    }
    return ask;
}

/* What a test expects: "fits VALUE" (JSON without quotes around strings), "misfit WHY", "word WORD". */
static inline struct str answer_said(struct arena *arena, const struct answer *answer)
{
    struct str text = STR("");
    switch (answer->kind) {
    case ANSWER_FITS:
        assert_int_equal(value_to_text(arena, &answer->value, &text, NULL), OK);
        return arena_format(arena, "%.*s", STR_ARG(text));
    case ANSWER_MISFIT:
        return arena_format(arena, "! %s", misfit_name(answer->misfit));
    case ANSWER_WORD:
        return arena_format(arena, "> %s", word_name(answer->word));
    }
    return text;
}

struct answer_row {
    const char *typed, *expected; /* "VALUE", "! MISFIT", "> WORD" */
};

/* 2026-03-05 is today. */
enum { TODAY = 20517 };

static inline struct str answer_to(const struct ask *ask, const char *typed, struct arena *arena)
{
    struct answer answer;
    struct answer_input input = {.typed = str_of(typed), .locale = STR("ko"), .flow_locale = STR("ko"), .today = TODAY};
    assert_int_equal(answer_parse(ask, &input, arena, &answer), OK);
    return answer_said(arena, &answer);
}

/* Every row, and all faults at once. */
static inline void check_rows(const struct ask *ask, const struct answer_row *rows, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        CLEANUP(arena_release) struct arena arena;
        arena_init(&arena, 1024 * 1024);
        struct str got = answer_to(ask, rows[i].typed, &arena);
        if (!str_eq(got, str_of(rows[i].expected))) {
            print_error("\"%s\": got %.*s, expected %s\n", rows[i].typed, STR_ARG(got), rows[i].expected);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

#define CHECK(ask, rows) check_rows((ask), (rows), COUNT_OF(rows))

#endif
