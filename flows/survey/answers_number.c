#include "flows/survey/answers_number.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "flows/survey/amount.h"
#include "flows/survey/definition.h"
#include "flows/survey/units.h"

#include "bot/base/banned.h"

static enum err misfit(enum misfit why, struct answer *ret_answer)
{
    *ret_answer = (struct answer){.kind = ANSWER_MISFIT, .misfit = why};
    return OK;
}

static bool contains_any(struct str text, const struct str *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_find(text, words[i]) != SIZE_MAX)
            return true;
    return false;
}

static bool allows(const struct ask *ask, struct decimal value)
{
    return (!ask->has_min || decimal_cmp(value, ask->min) >= 0) && (!ask->has_max || decimal_cmp(value, ask->max) <= 0);
}

static bool allows_negative(const struct ask *ask)
{
    return ask->has_min && decimal_is_negative(ask->min);
}

/* ── a change: to lose, to gain, to keep ───────────────────────────────────────────────────────────────────────── */

enum direction { DIRECTION_NONE, DIRECTION_DOWN, DIRECTION_UP, DIRECTION_BOTH };

static enum direction direction_of(struct str text)
{
    static const struct str down[] = {STR_INIT("빼"),   STR_INIT("뺄"),       STR_INIT("뺐"),
                                      STR_INIT("빠지"), STR_INIT("감량"),     STR_INIT("줄"),
                                      STR_INIT("감소"), STR_INIT("다이어트"), STR_INIT("lose")};
    static const struct str up[] = {STR_INIT("찌"),   STR_INIT("찔"),   STR_INIT("늘"),  STR_INIT("증량"),
                                    STR_INIT("증가"), STR_INIT("벌크"), STR_INIT("gain")};
    bool is_down = contains_any(text, down, COUNT_OF(down)), is_up = contains_any(text, up, COUNT_OF(up));
    if (is_down)
        return is_up ? DIRECTION_BOTH : DIRECTION_DOWN;
    return is_up ? DIRECTION_UP : DIRECTION_NONE;
}

/* "없어요", "안 마셔요"; for a change also "유지".  Only in a short answer. */
static bool is_zero_word(const struct ask *ask, struct str text)
{
    enum { MOST_CODE_POINTS = 12 };
    static const struct str none[] = {STR_INIT("없어"),  STR_INIT("없음"),   STR_INIT("없습니다"), STR_INIT("없다"),
                                      STR_INIT("안 해"), STR_INIT("안해"),   STR_INIT("안 먹"),    STR_INIT("안먹"),
                                      STR_INIT("안 마"), STR_INIT("안마셔"), STR_INIT("전혀"),     STR_INIT("제로"),
                                      STR_INIT("none"),  STR_INIT("zero")};
    static const struct str keep[] = {STR_INIT("유지"), STR_INIT("그대로"), STR_INIT("keep"), STR_INIT("maintain")};
    return allows(ask, decimal_from_i64(0)) && text_length(text) <= MOST_CODE_POINTS &&
           (contains_any(text, none, COUNT_OF(none)) ||
            (allows_negative(ask) && contains_any(text, keep, COUNT_OF(keep))));
}

/* ── units ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Whether a number of `said` answers a question whose unit is none, or no quantity of the table ("회"). */
static bool may_count(const struct unit *said, bool has_unit)
{
    switch (said->quantity) {
    case QUANTITY_BIRTH:
    case QUANTITY_CLOCK:
        return false;
    case QUANTITY_COUNT:
    case QUANTITY_AGE:
    case QUANTITY_VESSEL:
    case QUANTITY_BOTTLE:
        return true;
    case QUANTITY_TIME: /* "주 3일" answers "몇 회?" */
        return !has_unit || str_eq(said->name, STR("일"));
    case QUANTITY_MASS:
    case QUANTITY_LENGTH:
    case QUANTITY_VOLUME:
    case QUANTITY_MONTHS:
    case QUANTITY_ENERGY:
    case QUANTITY_TEMPERATURE:
        return !has_unit;
    }
    return false;
}

/* *value in the question's unit.  False: another quantity. */
static bool to_asked_unit(const struct ask *ask, const struct unit *said, struct decimal *value)
{
    const struct unit *asked = unit_find(ask->unit);
    if (said == NULL || (asked != NULL && said->quantity == QUANTITY_COUNT))
        return true;
    if (asked == NULL || asked->quantity == QUANTITY_COUNT)
        return str_eq(said->name, ask->unit) || may_count(said, ask->unit.n > 0);
    struct decimal converted, whole;
    if (said->quantity != asked->quantity || !unit_convert(*value, said, asked, &converted))
        return false;
    bool changed = decimal_cmp(*value, converted) != 0;
    if (changed && ask->integer && decimal_scale(converted, 0, DECIMAL_HALF_UP, &whole))
        converted = whole; /* 5'7" is 170.18 cm; nobody can help the fraction */
    *value = converted;
    return true;
}

/* ── the answer ────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err answers_number_value(const struct ask *ask, struct decimal value, struct arena *arena,
                              struct answer *ret_answer)
{
    if (ask->has_min && decimal_cmp(value, ask->min) < 0)
        return misfit(MISFIT_TOO_SMALL, ret_answer);
    if (ask->has_max && decimal_cmp(value, ask->max) > 0)
        return misfit(MISFIT_TOO_LARGE, ret_answer);
    if (ask->integer && !decimal_is_integer(value))
        return misfit(MISFIT_NOT_WHOLE, ret_answer);
    struct buf label;
    buf_init(&label, arena, 128);
    decimal_add_to(&label, decimal_trim(value));
    if (buf_failed(&label))
        return ERR_NO_MEMORY;
    *ret_answer =
        (struct answer){.kind = ANSWER_FITS, .value = value_number(decimal_trim(value)), .label = buf_str(&label)};
    return OK;
}

enum err answers_number(const struct ask *ask, struct str typed, struct arena *arena, struct answer *ret_answer)
{
    struct str text;
    if (text_lower(arena, typed, &text) != OK)
        return ERR_NO_MEMORY;
    struct amount amount;
    switch (amount_read(text, unit_find(ask->unit), &amount)) {
    case AMOUNT_NONE:
        if (is_zero_word(ask, text))
            return answers_number_value(ask, decimal_from_i64(0), arena, ret_answer);
        return misfit(MISFIT_NOT_A_NUMBER, ret_answer);
    case AMOUNT_SEVERAL:
        return misfit(MISFIT_AMBIGUOUS, ret_answer);
    case AMOUNT_ONE:
        break;
    }
    if (amount.is_compound && ask->unit.n == 0) /* in which of its two units? */
        return misfit(MISFIT_AMBIGUOUS, ret_answer);
    if (allows_negative(ask) && !amount.has_sign) {
        enum direction direction = direction_of(text);
        if (direction == DIRECTION_BOTH)
            return misfit(MISFIT_AMBIGUOUS, ret_answer);
        if (direction == DIRECTION_DOWN && !decimal_is_zero(amount.value))
            amount.value = decimal_negate(amount.value);
    }
    if (!to_asked_unit(ask, amount.unit, &amount.value))
        return misfit(MISFIT_WRONG_UNIT, ret_answer);
    return answers_number_value(ask, amount.value, arena, ret_answer);
}
