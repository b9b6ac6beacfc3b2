#include "flows/survey/check_made.h"

#include "bot/base/arena.h"

#include "bot/base/banned.h"

enum {
    WIDTH = 1000,      /* of an interval that has only one end, or none */
    MOST_NAMED = 1000, /* numbers of the flow's expressions             */
    LEAN_PARTS = 1000,
    LEAN_JITTER = 200,
    LEAN_BEYOND = 300, /* on either side, the jitter's half within */
    LEAN_ALL = LEAN_PARTS + 2 * LEAN_BEYOND - LEAN_JITTER,
};

/* splitmix64 (S. Vigna): the same numbers in every run. */
static uint64_t next_random(struct made *made)
{
    uint64_t z = made->random += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

size_t made_below(struct made *made, size_t n)
{
    return (size_t)(next_random(made) % n);
}

/* 0 to n - 1: with the same chance each; leaning, near the same place for all questions, or near the contrary one.  Beyond
 * either end is the end. */
static size_t place_among(struct made *made, size_t variable, size_t n)
{
    if (!made->leans)
        return made_below(made, n);
    bool turned = (made->turned >> (variable % 64) & 1) != 0;
    size_t at = (turned ? LEAN_ALL - made->lean : made->lean) + made_below(made, LEAN_JITTER);
    if (at < LEAN_BEYOND)
        return 0;
    return at - LEAN_BEYOND >= LEAN_PARTS ? n - 1 : (at - LEAN_BEYOND) * n / LEAN_PARTS;
}

/* A number that the flow names, which the question allows; false: it does not allow the one that was drawn. */
static bool make_named(struct made *made, const struct ask *ask, struct value *ret_value)
{
    if (made->n_named == 0)
        return false;
    struct decimal number = made->named[made_below(made, made->n_named)];
    bool fits = (!ask->has_min || decimal_cmp(number, ask->min) >= 0) &&
                (!ask->has_max || decimal_cmp(number, ask->max) <= 0) && (!ask->integer || decimal_is_integer(number));
    if (fits)
        *ret_value = value_number(number);
    return fits;
}

/* One of the ends, a number that the flow names, or one of a thousand values between them. */
static struct value make_number(struct made *made, const struct ask *ask)
{
    struct value named;
    if (!made->leans && made_below(made, 3) == 0 && make_named(made, ask, &named))
        return named;
    enum { PARTS = 1000, WAYS = 6, DECIMALS = 1 };
    struct decimal min = ask->min, max = ask->max, part, value, width = decimal_from_i64(WIDTH);
    if (!ask->has_min)
        min = ask->has_max && decimal_sub(max, width, &value) ? value : decimal_from_i64(0);
    if (!ask->has_max)
        max = decimal_add(min, width, &value) ? value : min;
    size_t way = made->leans ? WAYS : made_below(made, WAYS),
           parts = way == 0   ? 0
                   : way == 1 ? PARTS
                              : place_among(made, ask->variable_index, PARTS + 1);
    bool fine = decimal_sub(max, min, &width) && decimal_mul(width, decimal_from_i64((int64_t)parts), &part) &&
                decimal_div(part, decimal_from_i64(PARTS), &part) && decimal_add(min, part, &value) &&
                decimal_scale(value, ask->integer ? 0 : DECIMALS, DECIMAL_DOWN, &value);
    bool inside = fine && decimal_cmp(value, min) >= 0 && decimal_cmp(value, max) <= 0;
    return value_number(inside ? decimal_trim(value) : parts == 0 ? min : max);
}

/* Days from the first to the last that may be answered; where these are counted from today, on a day that is always the
 * same. */
static struct value make_date(struct made *made, const struct ask *ask)
{
    enum { TODAY = 20454 /* 2026-01-01 */ };
    int64_t min = 0, max = 0;
    bool has_min = ask_day_bound(ask, ASK_MIN, TODAY, &min), has_max = ask_day_bound(ask, ASK_MAX, TODAY, &max);
    if (!has_min)
        min = (has_max ? max : TODAY) - WIDTH;
    if (!has_max)
        max = (has_min ? min : TODAY) + WIDTH;
    size_t days = max > min ? (size_t)(max - min) + 1 : 1;
    struct temporal_date date;
    return temporal_date_of_days(min + (int64_t)made_below(made, days), &date) ? value_date(date) : value_null();
}

static struct value make_choices(struct made *made, const struct ask *ask)
{
    struct value *items = arena_alloc_array(made->arena, ask->n_options, sizeof *items);
    size_t n = 0, sure = made_below(made, ask->n_options);
    for (size_t i = 0; items != NULL && i < ask->n_options; i++)
        if (i == sure || made_below(made, 2) == 0)
            items[n++] = value_string(ask->options[i].value);
    return value_list(items, n);
}

struct value made_answer(struct made *made, const struct ask *ask)
{
    enum { SKIPPED_ONE_IN = 8 };
    if (made->hints != NULL && made->hints[ask->variable_index].kind != VALUE_NULL)
        return made->hints[ask->variable_index];
    if (ask->optional && made_below(made, SKIPPED_ONE_IN) == 0)
        return value_null();
    switch (ask->type) {
    case ASK_CHOICE:
        return value_string(ask->options[place_among(made, ask->variable_index, ask->n_options)].value);
    case ASK_CHOICES:
        return make_choices(made, ask);
    case ASK_NUMBER:
    case ASK_SCALE:
        return make_number(made, ask);
    case ASK_YES_NO:
        return value_boolean(made_below(made, 2) == 0);
    case ASK_DATE:
        return make_date(made, ask);
    case ASK_FILE:
    case ASK_TEXT:
    case ASK_PHONE:
    case ASK_EMAIL:
        break;
    }
    return value_null(); /* nothing that could be made up says anything */
}

/* ── numbers that the flow names ───────────────────────────────────────────────────────────────────────────────── */

static void note_numbers(struct made *made, const struct feel_expr *expr)
{
    const struct str text = expr->source.text;
    for (size_t i = 0, n; i < text.n && made->n_named < MOST_NAMED; i += n) {
        struct decimal number;
        n = 1;
        if (text.p[i] < '0' || text.p[i] > '9')
            continue;
        while (i + n < text.n && ((text.p[i + n] >= '0' && text.p[i + n] <= '9') || text.p[i + n] == '.'))
            n++;
        if (decimal_from_str((struct str){text.p + i, n}, &number))
            made->named[made->n_named++] = number;
    }
}

static void note_expr(void *self, const struct feel_expr *expr, enum check_use use)
{
    if (use != CHECK_TEXT)
        note_numbers(self, expr);
}

bool made_init(struct made *made, struct checker *checker, struct arena *arena)
{
    *made = (struct made){.arena = arena, .named = arena_alloc_array(checker->arena, MOST_NAMED, sizeof *made->named)};
    if (made->named == NULL)
        return false;
    check_each_expr(checker->definition, note_expr, made);
    return true;
}

void made_lean(struct made *made)
{
    enum { WAYS = 3 };
    size_t way = made_below(made, WAYS);
    made->leans = way != 0;
    made->lean = made_below(made, LEAN_ALL + 1);
    made->turned = way == 1 ? 0 : next_random(made);
}
