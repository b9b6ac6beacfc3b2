#include "flows/survey/numerals.h"

#include "bot/base/attributes.h"
#include "bot/base/text.h"
#include "flows/survey/fillers.h"
#include "flows/survey/units.h"

#include "bot/base/banned.h"

struct word_value {
    struct str word;
    int64_t value;
};

static const struct word_value sino_digits[] = {
    {STR_INIT("일"), 1}, {STR_INIT("이"), 2}, {STR_INIT("삼"), 3}, {STR_INIT("사"), 4}, {STR_INIT("오"), 5},
    {STR_INIT("육"), 6}, {STR_INIT("륙"), 6}, {STR_INIT("칠"), 7}, {STR_INIT("팔"), 8}, {STR_INIT("구"), 9},
    {STR_INIT("영"), 0}, {STR_INIT("령"), 0}, {STR_INIT("공"), 0},
};
static const struct word_value small_multipliers[] = {
    {STR_INIT("십"), 10}, {STR_INIT("백"), 100}, {STR_INIT("천"), 1000}};
static const struct word_value big_multipliers[] = {
    {STR_INIT("만"), 10000}, {STR_INIT("억"), 100000000}, {STR_INIT("조"), 1000000000000}};

static const struct word_value native_tens[] = {
    {STR_INIT("열"), 10},   {STR_INIT("스물"), 20}, {STR_INIT("서른"), 30},
    {STR_INIT("마흔"), 40}, {STR_INIT("쉰"), 50},   {STR_INIT("예순"), 60},
    {STR_INIT("일흔"), 70}, {STR_INIT("여든"), 80}, {STR_INIT("아흔"), 90},
};
static const struct word_value native_ones[] = {
    {STR_INIT("하나"), 1}, {STR_INIT("둘"), 2},   {STR_INIT("셋"), 3},   {STR_INIT("넷"), 4},   {STR_INIT("다섯"), 5},
    {STR_INIT("여섯"), 6}, {STR_INIT("일곱"), 7}, {STR_INIT("여덟"), 8}, {STR_INIT("여덜"), 8}, {STR_INIT("아홉"), 9},
};
static const struct word_value determiners[] = {
    {STR_INIT("한"), 1}, {STR_INIT("두"), 2}, {STR_INIT("세"), 3},
    {STR_INIT("석"), 3}, {STR_INIT("네"), 4}, {STR_INIT("넉"), 4},
};
static const struct word_value native_days[] = {
    {STR_INIT("하루"), 1},   {STR_INIT("이틀"), 2},  {STR_INIT("사흘"), 3}, {STR_INIT("나흘"), 4},
    {STR_INIT("닷새"), 5},   {STR_INIT("엿새"), 6},  {STR_INIT("이레"), 7}, {STR_INIT("여드레"), 8},
    {STR_INIT("아흐레"), 9}, {STR_INIT("열흘"), 10},
};

#define TAKE(rest, words, ret) take((rest), (words), COUNT_OF(words), (ret))
static bool take(struct str *rest, const struct word_value *words, size_t n, int64_t *ret_value)
{
    enum { SYLLABLE = 3 }; /* bytes of one: nearly all differ in them, which saves the call */
    if (rest->n < SYLLABLE)
        return false;
    for (size_t i = 0; i < n; i++)
        if (rest->p[2] == words[i].word.p[2] && rest->p[1] == words[i].word.p[1] && str_starts(*rest, words[i].word)) {
            *rest = str_skip(*rest, words[i].word.n);
            *ret_value = words[i].value;
            return true;
        }
    return false;
}

static struct str skip_spaces(struct str s)
{
    while (s.n > 0 && s.p[0] == ' ')
        s = str_skip(s, 1);
    return s;
}

static bool is_digit_at(struct str s, size_t i)
{
    return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

/* Where a numeral may end when it went on behind a space: "만 이천원" does, "십 이상" does not. */
static bool is_end(struct str rest)
{
    struct str before = rest;
    int32_t c = text_next(&rest);
    return c < 0 || text_is_space(c) || text_is_punctuation(c) || filler_ending(before) > 0 ||
           unit_take(&before) != NULL;
}

/* ── digits ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Bytes of a run of digits with separators between groups of three; 0: there is none; *ret_broken: separators that
 * stand elsewhere. */
static size_t whole_part(struct str s, bool *ret_broken)
{
    size_t n = 0;
    while (is_digit_at(s, n))
        n++;
    if (n == 0 || n > 3 || n >= s.n || s.p[n] != ',' || !is_digit_at(s, n + 1))
        return n;
    while (n < s.n && s.p[n] == ',' && is_digit_at(s, n + 1)) {
        size_t group = 1;
        while (is_digit_at(s, n + group))
            group++;
        if (group != 4) {
            *ret_broken = true;
            return n;
        }
        n += group;
    }
    return n;
}

/* Digits, thousands separators, a fraction; DECIMAL_DIGITS digits at most. */
static bool take_digits(struct str *rest, struct numeral *ret, bool *ret_broken)
{
    size_t whole = whole_part(*rest, ret_broken);
    size_t n = whole;
    if (n < rest->n && rest->p[n] == '.' && is_digit_at(*rest, n + 1))
        for (n++; is_digit_at(*rest, n);)
            n++;
    if (n == 0 || *ret_broken)
        return false;
    char digits[DECIMAL_DIGITS + 1]; /* and the point */
    size_t length = 0, before = 0;
    for (size_t i = 0; i < n; i++) {
        if (rest->p[i] == ',')
            continue;
        if (length == (whole < n ? sizeof digits : DECIMAL_DIGITS)) {
            *ret_broken = true;
            return false;
        }
        before += i < whole;
        digits[length++] = rest->p[i];
    }
    if (!decimal_from_str((struct str){digits, length}, &ret->value)) {
        *ret_broken = true;
        return false;
    }
    ret->digits = before;
    ret->whole_digits = before == n;
    *rest = str_skip(*rest, n);
    return true;
}

/* ── Sino-Korean, and digits with multipliers ──────────────────────────────────────────────────────────────────── */

/* 1만 2천 오백: total + group + coefficient, the multipliers falling. */
struct sum {
    struct decimal total, group, coefficient;
    bool has_coefficient, is_digits; /* is_digits: the coefficient was written in digits */
    bool any;                        /* something was taken */
    bool is_doubtful;
    int64_t last_small, last_big; /* the multipliers seen last in this group, and of groups */
    bool after_multiplier;
    bool fine;
};

static void sum_add(struct sum *s, struct decimal *to, struct decimal what, int64_t times)
{
    struct decimal product;
    s->fine = s->fine && decimal_mul(what, decimal_from_i64(times), &product) && decimal_add(*to, product, to);
}

static void sum_multiply_small(struct sum *s, int64_t times)
{
    sum_add(s, &s->group, s->has_coefficient ? s->coefficient : decimal_from_i64(1), times);
    s->has_coefficient = false;
    s->last_small = times;
    s->after_multiplier = true;
}

static void sum_multiply_big(struct sum *s, int64_t times)
{
    if (s->has_coefficient)
        sum_add(s, &s->group, s->coefficient, 1);
    if (decimal_is_zero(s->group))
        s->group = decimal_from_i64(1);
    sum_add(s, &s->total, s->group, times);
    s->group = decimal_from_i64(0);
    s->has_coefficient = false;
    s->last_small = INT64_MAX;
    s->last_big = times;
    s->after_multiplier = true;
}

/* 조금 (a little) is no 10^12. */
static bool is_little(struct str s)
{
    return str_starts(s, STR("조금"));
}

/* 이 and 일 at the end of a number may belong to what follows: "육십이에요" is 60 (62 would be 육십이예요), "십이요" may be 10
 * or 12. */
enum copula { COPULA_NO, COPULA_YES, COPULA_MAYBE };

static enum copula copula_at(struct str s)
{
    bool one = str_starts(s, STR("일")), two = str_starts(s, STR("이"));
    if ((!one && !two) || filler_ending(s) <= STR("이").n || !filler_is_only_endings(s) || str_starts(s, STR("이예")))
        return COPULA_NO;
    return one || str_starts(s, STR("이에")) || str_starts(s, STR("이었")) ? COPULA_YES : COPULA_MAYBE;
}

/* One more piece of the sum off *rest. */
static bool sum_step(struct sum *s, struct str *rest, bool *ret_broken)
{
    struct str after = *rest;
    int64_t value;
    struct numeral digits;
    enum copula copula = s->any && !s->has_coefficient ? copula_at(*rest) : COPULA_NO;
    if (copula == COPULA_YES)
        return false;
    s->is_doubtful = s->is_doubtful || copula == COPULA_MAYBE;
    if (!s->has_coefficient && is_digit_at(*rest, 0) && take_digits(&after, &digits, ret_broken)) {
        s->coefficient = digits.value;
        s->has_coefficient = s->is_digits = true;
        s->after_multiplier = false;
    } else if (!s->has_coefficient && TAKE(&after, sino_digits, &value) && (value != 0 || !s->any)) {
        s->coefficient = decimal_from_i64(value);
        s->has_coefficient = true;
        s->after_multiplier = false;
    } else if (after = *rest, TAKE(&after, small_multipliers, &value) && value < s->last_small) {
        sum_multiply_small(s, value);
    } else if (after = *rest, TAKE(&after, big_multipliers, &value) && value < s->last_big && !is_little(*rest)) {
        sum_multiply_big(s, value);
    } else {
        return false;
    }
    s->any = true;
    *rest = after;
    return true;
}

/* Goes on behind the spaces at the start of *rest, if what follows continues the number and ends well. */
static void sum_go_on(struct sum *s, struct str *rest, bool *ret_broken)
{
    struct sum more = *s;
    struct str after = skip_spaces(*rest);
    bool broken = false;
    if (after.n == rest->n || !s->after_multiplier)
        return;
    bool any = false;
    while (sum_step(&more, &after, &broken))
        any = true;
    if (!any || broken || !is_end(after))
        return;
    *s = more;
    *rest = after;
    sum_go_on(s, rest, ret_broken);
}

/* "점오", "점 이 오": the digits behind the point.  Only when at least one follows. */
static void take_fraction(struct str *rest, struct decimal *value)
{
    struct str after = skip_spaces(*rest);
    if (!str_starts(after, STR("점")))
        return;
    after = skip_spaces(str_skip(after, STR("점").n));
    struct decimal result = *value;
    int64_t digit, scale = 1;
    size_t n = 0;
    for (; n < 9 && TAKE(&after, sino_digits, &digit); n++) {
        struct decimal part;
        scale *= 10;
        if (!decimal_div(decimal_from_i64(digit), decimal_from_i64(scale), &part) ||
            !decimal_add(result, part, &result))
            return;
    }
    if (n == 0 || !is_end(after))
        return;
    *value = result;
    *rest = after;
}

static bool take_sum(struct str *rest, struct numeral *ret, bool *ret_broken)
{
    struct sum s = {.total = decimal_from_i64(0),
                    .group = decimal_from_i64(0),
                    .last_small = INT64_MAX,
                    .last_big = INT64_MAX,
                    .fine = true};
    struct str after = *rest;
    while (sum_step(&s, &after, ret_broken))
        ;
    if (!s.any || *ret_broken)
        return false;
    sum_go_on(&s, &after, ret_broken);
    if (s.has_coefficient)
        sum_add(&s, &s.group, s.coefficient, 1);
    sum_add(&s, &s.total, s.group, 1);
    if (!s.fine) {
        *ret_broken = true;
        return false;
    }
    if (!s.is_digits)
        take_fraction(&after, &s.total);
    ret->value = s.total;
    ret->is_doubtful = s.is_doubtful;
    *rest = after;
    return true;
}

/* ── native Korean ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* 하나 … 아홉, or 한 두 세 네 석 넉. */
static bool take_one(struct str *rest, int64_t *ret_value, enum numeral_kind *ret_kind)
{
    if (TAKE(rest, native_ones, ret_value)) {
        *ret_kind = NUMERAL_NATIVE;
        return true;
    }
    *ret_kind = NUMERAL_DETERMINER;
    return TAKE(rest, determiners, ret_value);
}

static bool take_native(struct str *rest, int64_t *ret_value, enum numeral_kind *ret_kind)
{
    struct str after = *rest;
    int64_t tens = 0, ones = 0;
    *ret_kind = NUMERAL_NATIVE;
    if (str_starts(after, STR("스무"))) {
        *rest = str_skip(after, STR("스무").n);
        *ret_value = 20;
        *ret_kind = NUMERAL_DETERMINER;
        return true;
    }
    bool has_tens = TAKE(&after, native_tens, &tens);
    struct str tail = has_tens ? skip_spaces(after) : after;
    enum numeral_kind kind;
    if (take_one(&tail, &ones, &kind) && (!has_tens || tail.n < after.n)) {
        bool spaced = has_tens && after.n > 0 && after.p[0] == ' ';
        if (!spaced || is_end(tail)) {
            after = tail;
            *ret_kind = kind;
        } else {
            ones = 0;
        }
    }
    if (tens + ones == 0)
        return false;
    *ret_value = tens + ones;
    *rest = after;
    return true;
}

/* 백스물다섯, 백한: the hundreds are Sino-Korean. */
static bool take_native_with_hundred(struct str *rest, int64_t *ret_value, enum numeral_kind *ret_kind)
{
    struct str after = *rest;
    int64_t hundreds = 0;
    if (str_starts(after, STR("백"))) {
        after = str_skip(after, STR("백").n);
        hundreds = 100;
    }
    if (!take_native(&after, ret_value, ret_kind))
        return false;
    *ret_value += hundreds;
    *rest = after;
    return true;
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static size_t points_between(struct str from, struct str to)
{
    return text_length(str_first(from, from.n - to.n));
}

bool numeral_take(struct str *rest, struct numeral *ret_numeral, bool *ret_broken)
{
    struct numeral result = {.kind = NUMERAL_DIGITS};
    struct str after = *rest;
    int64_t value;
    *ret_broken = false;
    if (is_digit_at(after, 0) || (after.n > 1 && after.p[0] == '.' && is_digit_at(after, 1))) {
        struct str digits = after;
        if (!take_digits(&digits, &result, ret_broken))
            return false;
        if (after.p[0] == '.')
            after = digits;
        else if (!take_sum(&after, &result, ret_broken))
            return false;
        result.whole_digits = result.whole_digits && after.n == digits.n;
    } else if (TAKE(&after, native_days, &value)) {
        result.kind = NUMERAL_DAYS;
        result.value = decimal_from_i64(value);
    } else if (take_native_with_hundred(&after, &value, &result.kind)) {
        result.value = decimal_from_i64(value);
    } else if (take_sum(&after, &result, ret_broken)) {
        result.kind = NUMERAL_SINO;
    } else {
        return false;
    }
    result.syllables = points_between(*rest, after);
    *ret_numeral = result;
    *rest = after;
    return true;
}
