#include "flows/survey/render.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "bot/model/markup.h"
#include "flows/survey/phrases.h"

#include "bot/base/banned.h"

/* ── values ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct str label_of(const struct renderer *renderer, const struct ask *ask, struct str value)
{
    for (size_t i = 0; ask != NULL && i < ask->n_options; i++)
        if (str_eq(ask->options[i].value, value))
            return option_label(&ask->options[i], renderer->locale, renderer->scope->definition->locale);
    return value;
}

/* "2026-03-05" as people of the locale write it; anything else as it is. */
static void add_date(const struct renderer *renderer, struct buf *out, struct str iso)
{
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    int64_t year = 0, month = 0, day = 0;
    bool form = iso.n == 10 && str_to_i64(str_first(iso, 4), &year) && str_to_i64((struct str){iso.p + 5, 2}, &month) &&
                str_to_i64(str_skip(iso, 8), &day) && month >= 1 && month <= 12;
    struct str language = locale_language(renderer->locale);
    if (form && str_eq_nocase(language, STR("ko")))
        buf_addf(out, "%lld년 %lld월 %lld일", (long long)year, (long long)month, (long long)day);
    else if (form && str_eq_nocase(language, STR("en")))
        buf_addf(out, "%s %lld, %lld", months[month - 1], (long long)day, (long long)year);
    else
        buf_add(out, iso);
}

/* Of {ko: "샐러드", en: "Salad"} the text for the person; NULL: it is no such context. */
static const struct value *in_language(const struct renderer *renderer, const struct value *value)
{
    const struct value *best = NULL;
    int best_fitness = -1;
    for (size_t i = 0; i < value->context.n; i++) {
        const struct value_entry *entry = &value->context.entries[i];
        if (!locale_is_one(entry->key) || entry->value.kind != VALUE_STRING)
            return NULL;
        int fitness = locale_fitness(entry->key, renderer->locale, renderer->scope->definition->locale);
        if (fitness <= best_fitness)
            continue;
        best = &entry->value;
        best_fitness = fitness;
    }
    return best;
}

/* `ask`: the question whose variable this is, or NULL. */
static MUST_USE enum err add_value(const struct renderer *renderer, struct buf *out, const struct value *value,
                                   const struct ask *ask)
{
    struct str text = STR("");
    switch (value->kind) {
    case VALUE_NULL:
        return OK;
    case VALUE_BOOLEAN:
        buf_add(out, phrase(value->boolean ? PHRASE_YES : PHRASE_NO, renderer->locale));
        return OK;
    case VALUE_NUMBER:
        decimal_add_to(out, decimal_trim(value->number));
        return OK;
    case VALUE_STRING:
        buf_add(out, label_of(renderer, ask, value->string));
        return OK;
    case VALUE_LIST:
        for (size_t i = 0; i < value->list.n; i++) {
            const struct value *item = &value->list.items[i];
            struct value flat = item->kind == VALUE_LIST ? value_null() : *item;
            if (i > 0)
                buf_add(out, STR(", "));
            enum err rc = add_value(renderer, out, &flat, ask);
            if (rc != OK)
                return rc;
        }
        return OK;
    case VALUE_CONTEXT: {
        const struct value *own = in_language(renderer, value);
        if (own != NULL)
            return add_value(renderer, out, own, ask);
        break;
    }
    case VALUE_RANGE:
    case VALUE_FUNCTION:
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_DATE_TIME:
    case VALUE_DAYS_DURATION:
    case VALUE_MONTHS_DURATION:
    case VALUE_KINDS:
        break;
    }
    if (value_to_text(renderer->scope->arena, value, &text, NULL) == ERR_NO_MEMORY)
        return ERR_NO_MEMORY;
    if (value->kind == VALUE_DATE)
        add_date(renderer, out, text);
    else
        buf_add(out, text);
    return OK;
}

enum err render_value(const struct renderer *renderer, const struct value *value, struct str *ret_text)
{
    struct buf out;
    buf_init(&out, renderer->scope->arena, RENDER_MAX_BYTES);
    enum err rc = add_value(renderer, &out, value, NULL);
    if (rc == OK)
        *ret_text = buf_str(&out);
    return rc;
}

/* ── texts ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err add_part(const struct renderer *renderer, struct buf *out, const struct text_part *part)
{
    const struct definition *def = renderer->scope->definition;
    if (part->expr == NULL) {
        buf_add(out, part->plain);
        return OK;
    }
    struct value value;
    struct str reason, escaped;
    enum err rc = scope_eval(renderer->scope, part->expr, &value, &reason);
    if (rc != OK)
        return rc;
    const struct ask *ask = part->variable == SIZE_MAX ? NULL : def->variables[part->variable].ask;
    bool harmless = value.kind == VALUE_NUMBER || value.kind == VALUE_BOOLEAN || value.kind == VALUE_NULL;
    if (renderer->as == RENDER_PLAIN || harmless)
        return add_value(renderer, out, &value, ask);
    struct buf plain;
    buf_init(&plain, renderer->scope->arena, RENDER_MAX_BYTES);
    rc = add_value(renderer, &plain, &value, ask);
    if (rc == OK)
        rc = markup_escape(renderer->scope->arena, buf_str(&plain), &escaped);
    if (rc == OK)
        buf_add(out, escaped);
    return rc;
}

enum err render(const struct renderer *renderer, const struct text *text, struct str *ret_text)
{
    struct value arm = value_null();
    if (text->split != NULL)
        state_get(renderer->scope->state, text->split->variable, &arm);
    struct text_wish wish = {
        .locale = renderer->locale,
        .otherwise = renderer->scope->definition->locale,
        .arm = arm.kind == VALUE_STRING ? arm.string : STR(""),
    };
    const struct text_variant *variant = text_variant(text, &wish);
    struct buf out;
    buf_init(&out, renderer->scope->arena, RENDER_MAX_BYTES);
    for (size_t i = 0; variant != NULL && i < variant->n_parts; i++) {
        enum err rc = add_part(renderer, &out, &variant->parts[i]);
        if (rc != OK)
            return rc;
    }
    *ret_text = buf_str(&out);
    return OK;
}
