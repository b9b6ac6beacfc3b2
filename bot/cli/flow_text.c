#include "bot/cli/flow_text.h"

#include <stdio.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "flows/survey/definition.h"
#include "flows/survey/nearest.h"

#include "bot/base/banned.h"

enum { TEXT_BYTES = 64 * 1024 };
static const int64_t MS_A_DAY = 86400000, MS_A_MINUTE = 60000;

/* ── days ──────────────────────────────────────────────────────────────────────────────────────────────────────────── */

bool flow_read_day(struct str text, int64_t *ret_day)
{
    int64_t year = 0, month = 0, day = 0;
    if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-' || !str_to_i64(str_first(text, 4), &year) ||
        !str_to_i64((struct str){text.p + 5, 2}, &month) || !str_to_i64(str_skip(text, 8), &day))
        return false;
    struct clock_date date = {year, (int)month, (int)day};
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    *ret_day = clock_days_of_date(date);
    struct clock_date again = clock_date_of_days(*ret_day);
    return again.month == date.month && again.day == date.day;
}

struct str flow_moment(struct arena *arena, int64_t unix_ms)
{
    int64_t local_ms = unix_ms + clock_utc_offset_min(unix_ms) * MS_A_MINUTE, minutes = local_ms / MS_A_MINUTE;
    struct clock_date date = clock_date_of_days(local_ms / MS_A_DAY);
    return arena_format(arena, "%04lld-%02d-%02d %02lld:%02lld", (long long)date.year, date.month, date.day,
                        (long long)(minutes / 60 % 24), (long long)(minutes % 60));
}

/* ── what was recommended ──────────────────────────────────────────────────────────────────────────────────────────── */

static struct str name_of(struct arena *arena, const struct recommended *item)
{
    struct json_value *root = NULL;
    return item->value.n > 0 && json_read(arena, item->value, &root, NULL) == OK
               ? json_get_str(root, STR("name"), STR(""))
               : STR("");
}

struct str flow_item(struct arena *arena, const struct recommended *item)
{
    struct str name = name_of(arena, item);
    return name.n == 0 ? item->item : arena_format(arena, "%.*s (%.*s)", STR_ARG(name), STR_ARG(item->item));
}

struct str flow_items(struct arena *arena, const struct recommendations *items, bool korean)
{
    struct buf out;
    buf_init(&out, arena, TEXT_BYTES);
    for (size_t i = 0; i < items->n; i++) {
        struct str name = name_of(arena, &items->items[i]);
        buf_add(&out, i > 0 ? STR(", ") : STR(""));
        buf_add(&out, name.n > 0 ? name : items->items[i].item);
    }
    return items->n > 0 ? buf_str(&out) : korean ? STR("추천 없음") : STR("nothing recommended");
}

/* ── the rule trail ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_value(struct buf *out, const struct json_value *value)
{
    if (value != NULL && value->kind == JSON_STRING_)
        buf_add(out, value->text);
    else if (value != NULL)
        json_add_value(out, value);
}

static void add_inputs(struct buf *out, const struct json_value *table)
{
    const struct json_value *inputs = json_get(table, STR("inputs"));
    for (const struct json_value *input = inputs == NULL ? NULL : inputs->child; input != NULL; input = input->next) {
        buf_addf(out, "%s%.*s = ", input == inputs->child ? "" : ", ",
                 STR_ARG(json_get_str(input, STR("expr"), STR(""))));
        add_value(out, json_get(input, STR("value")));
    }
}

static void add_rules(struct buf *out, const struct json_value *table)
{
    const struct json_value *rules = json_get(table, STR("rules"));
    for (const struct json_value *rule = rules == NULL ? NULL : rules->child; rule != NULL; rule = rule->next)
        buf_addf(out, "%s%.*s", rule == rules->child ? "" : "+", STR_ARG(rule->text));
    if (rules == NULL || rules->n == 0)
        buf_add(out, STR("-"));
}

static const struct json_value *tables_of(struct arena *arena, struct str why, struct str *ret_expr)
{
    struct json_value *root = NULL;
    *ret_expr = STR("");
    if (why.n == 0 || json_read(arena, why, &root, NULL) != OK)
        return NULL;
    *ret_expr = json_get_str(root, STR("expr"), STR(""));
    const struct json_value *tables = json_get(root, STR("tables"));
    return tables == NULL ? NULL : tables->child;
}

struct str flow_trail(struct arena *arena, struct str why)
{
    struct buf out;
    struct str expr;
    buf_init(&out, arena, TEXT_BYTES);
    const struct json_value *first = tables_of(arena, why, &expr);
    for (const struct json_value *table = first; table != NULL; table = table->next) {
        buf_addf(&out, "%s%.*s ", table == first ? "" : "; ", STR_ARG(json_get_str(table, STR("name"), STR(""))));
        add_rules(&out, table);
        buf_add(&out, STR(" ("));
        add_inputs(&out, table);
        buf_add_char(&out, ')');
    }
    return first == NULL ? expr : buf_str(&out);
}

static const struct table *table_called(const struct definition *definition, struct str name)
{
    for (size_t i = 0; definition != NULL && i < definition->n_tables; i++)
        if (str_eq(definition->tables[i].name, name))
            return definition->tables[i].table;
    return NULL;
}

/* "carb_g < 56, protein_g [36..40) → "tofu_bowl"": a cell that fits always says nothing. */
static struct str rule_text(struct arena *arena, const struct table *table, const struct table_rule *rule)
{
    struct buf out;
    buf_init(&out, arena, TEXT_BYTES);
    for (size_t i = 0; i < table->n_inputs; i++) {
        struct str test = rule->tests[i] == NULL ? STR("-") : feel_expr_text(rule->tests[i]);
        if (str_eq(test, STR("-")))
            continue;
        buf_addf(&out, "%s%.*s %.*s", out.n == 0 ? "" : ", ", STR_ARG(feel_expr_text(table->inputs[i].expr)),
                 STR_ARG(test));
    }
    buf_add(&out, out.n == 0 ? STR("- → ") : STR(" → "));
    for (size_t i = 0; i < table->n_outputs; i++)
        buf_addf(&out, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(feel_expr_text(rule->outputs[i])));
    return buf_str(&out);
}

static void print_table(struct arena *arena, const struct json_value *table, const struct definition *definition,
                        bool korean)
{
    struct buf line;
    struct str name = json_get_str(table, STR("name"), STR(""));
    const struct table *written = table_called(definition, name);
    buf_init(&line, arena, TEXT_BYTES);
    add_inputs(&line, table);
    printf("  %.*s (%.*s): %.*s\n", STR_ARG(name), STR_ARG(json_get_str(table, STR("hit"), STR(""))),
           STR_ARG(buf_str(&line)));
    const struct json_value *rules = json_get(table, STR("rules"));
    for (const struct json_value *rule = rules == NULL ? NULL : rules->child; rule != NULL; rule = rule->next) {
        int64_t number = 0;
        bool known =
            written != NULL && str_to_i64(rule->text, &number) && number >= 1 && (uint64_t)number <= written->n_rules;
        struct str text = known ? rule_text(arena, written, &written->rules[number - 1]) : STR("");
        printf("    %s %.*s%s%.*s\n", korean ? "규칙" : "rule", STR_ARG(rule->text), known ? ": " : "", STR_ARG(text));
    }
    if (rules == NULL || rules->n == 0)
        printf("    %s\n", korean ? "맞는 규칙이 없어 기본값" : "no rule fits: the default");
}

void flow_print_trail(struct arena *arena, struct str why, const struct definition *definition, bool korean)
{
    struct str expr;
    const struct json_value *table = tables_of(arena, why, &expr);
    if (table == NULL && expr.n > 0)
        printf("  %.*s\n", STR_ARG(expr));
    for (; table != NULL; table = table->next)
        print_table(arena, table, definition, korean);
}

/* ── the smallest change ───────────────────────────────────────────────────────────────────────────────────────────── */

/* Whether the last syllable, digit or known unit is read with a consonant at its end: it picks the particle. */
static bool ends_in_consonant(struct str word)
{
    static const char digits[] = {'0', '1', '3', '6', '7', '8'};
    int32_t last = 0;
    for (int32_t c = text_next(&word); c >= 0; c = text_next(&word))
        if (text_is_letter(c) || text_is_digit(c))
            last = c;
    if (last >= 0xAC00 && last <= 0xD7A3) /* Hangul syllables: 28 of each vowel, the first without a final consonant */
        return (last - 0xAC00) % 28 != 0;
    for (size_t i = 0; i < sizeof digits; i++)
        if (last == digits[i])
            return true;
    return last == 'l' || last == 'm' || last == 'n' || last == 'g';
}

static struct str with(struct arena *arena, struct str word, const char *after_consonant, const char *after_vowel)
{
    return arena_format(arena, "%.*s%s", STR_ARG(word), ends_in_consonant(word) ? after_consonant : after_vowel);
}

static struct str locale_of(bool korean)
{
    return korean ? STR("ko") : STR("en");
}

struct str flow_question(const struct definition *definition, size_t step, bool korean)
{
    const struct ask *ask = &definition->steps[step].ask;
    struct str label = ask_label(ask, locale_of(korean), definition->locale);
    return label.n > 0 ? label : ask->variable;
}

static struct str option_text(const struct definition *definition, const struct ask *ask, struct str value, bool korean)
{
    for (size_t i = 0; i < ask->n_options; i++)
        if (str_eq(ask->options[i].value, value))
            return option_label(&ask->options[i], locale_of(korean), definition->locale);
    return value;
}

/* An answer as people would say it. */
static struct str answer_text(struct arena *arena, const struct definition *definition, const struct ask *ask,
                              const struct value *value, bool korean)
{
    struct str text = STR("");
    struct buf out;
    if (value->kind == VALUE_STRING)
        return option_text(definition, ask, value->string, korean);
    if (value->kind == VALUE_BOOLEAN)
        return value->boolean ? (korean ? STR("예") : STR("yes")) : (korean ? STR("아니요") : STR("no"));
    if (value->kind == VALUE_LIST) {
        buf_init(&out, arena, TEXT_BYTES);
        for (size_t i = 0; i < value->list.n; i++) {
            buf_add(&out, i > 0 ? STR(", ") : STR(""));
            buf_add(&out, answer_text(arena, definition, ask, &value->list.items[i], korean));
        }
        return buf_str(&out);
    }
    struct value shown = value->kind == VALUE_NUMBER ? value_number(decimal_trim(value->number)) : *value;
    return value_to_text(arena, &shown, &text, NULL) == OK ? text : STR("");
}

struct change_words {
    struct str question, was, now, until, items;
};

static struct str say_korean(struct arena *arena, const struct nearest *nearest, const struct change_words *words)
{
    struct str question = with(arena, words->question, "이", "가"), instead = STR("건너뛰지 않고 ");
    if (nearest->was.kind != VALUE_NULL)
        instead = arena_format(arena, "%.*s 아니라 ", STR_ARG(with(arena, words->was, "이", "가")));
    struct str then = with(arena, words->now, "이었다면", "였다면");
    if (nearest->now.kind == VALUE_NULL)
        then = STR("건너뛴 것이었다면");
    else if (nearest->reach == NEAREST_DOWN)
        then = arena_format(arena, "%.*s 이하였다면", STR_ARG(words->now));
    else if (nearest->reach == NEAREST_UP)
        then = arena_format(arena, "%.*s 이상이었다면", STR_ARG(words->now));
    else if (nearest->reach == NEAREST_UNTIL)
        then = arena_format(arena, "%.*s에서 %.*s까지였다면", STR_ARG(words->now), STR_ARG(words->until));
    return arena_format(arena, "%.*s %.*s%.*s %.*s", STR_ARG(question), STR_ARG(instead), STR_ARG(then),
                        STR_ARG(words->items));
}

static struct str say_english(struct arena *arena, const struct nearest *nearest, const struct change_words *words)
{
    struct str now = words->now, was = words->was;
    if (nearest->now.kind == VALUE_NULL)
        now = STR("skipped");
    else if (nearest->reach == NEAREST_DOWN)
        now = arena_format(arena, "%.*s or less", STR_ARG(words->now));
    else if (nearest->reach == NEAREST_UP)
        now = arena_format(arena, "%.*s or more", STR_ARG(words->now));
    else if (nearest->reach == NEAREST_UNTIL)
        now = arena_format(arena, "from %.*s to %.*s", STR_ARG(words->now), STR_ARG(words->until));
    if (nearest->was.kind == VALUE_NULL)
        was = STR("skipped");
    return arena_format(arena, "had %.*s been %.*s, not %.*s: %.*s", STR_ARG(words->question), STR_ARG(now),
                        STR_ARG(was), STR_ARG(words->items));
}

static struct str no_change(struct arena *arena, const struct definition *definition, const struct nearest *nearest,
                            bool korean)
{
    struct str none = nearest->gave_up
                          ? (korean ? STR("너무 많은 답을 견주어야 해서, 추천을 바꿀 답을 다 찾아보지 못했어요")
                                    : STR("too many answers to try: not all could be looked at"))
                          : (korean ? STR("답 하나를 바꿔서는 추천이 달라지지 않아요")
                                    : STR("no other single answer would have changed it"));
    if (nearest->asks == SIZE_MAX)
        return none;
    struct str question = flow_question(definition, nearest->asks, korean);
    return korean ? arena_format(arena, "%.*s (어떤 답이면 `%.*s`도 물었을 텐데, 그 답은 아무도 몰라요)", STR_ARG(none),
                                 STR_ARG(question))
                  : arena_format(arena, "%.*s (some would have led to `%.*s`, which nobody answered)", STR_ARG(none),
                                 STR_ARG(question));
}

struct str flow_nearest(struct arena *arena, const struct definition *definition, const struct nearest *nearest,
                        bool korean)
{
    if (!nearest->found)
        return no_change(arena, definition, nearest, korean);
    const struct ask *ask = &definition->steps[nearest->step].ask;
    struct change_words words = {
        .question = flow_question(definition, nearest->step, korean),
        .was = answer_text(arena, definition, ask, &nearest->was, korean),
        .now = answer_text(arena, definition, ask, &nearest->now, korean),
        .until = answer_text(arena, definition, ask, &nearest->until, korean),
        .items = flow_items(arena, &nearest->items, korean),
    };
    struct str nearer = words.now;
    int order = 0;
    if (nearest->reach == NEAREST_UNTIL && value_compare(&nearest->now, &nearest->until, &order) && order > 0) {
        words.now = words.until;
        words.until = nearer;
    }
    return korean ? say_korean(arena, nearest, &words) : say_english(arena, nearest, &words);
}
