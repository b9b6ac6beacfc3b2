#include "flows/survey/amount.h"

#include "bot/base/attributes.h"
#include "bot/base/text.h"
#include "flows/survey/fillers.h"
#include "flows/survey/numerals.h"
#include "flows/survey/units.h"

#include "bot/base/banned.h"

enum {
    MOST_WORDS_BEFORE = 5, /* unknown ones, around a number in digits */
    MOST_WORDS_AFTER = 2,
    MOST_SYLLABLES_OF_COUNTER = 3, /* of a counter that the table does not know, behind Korean numerals */
};

struct scan {
    struct str text, rest; /* rest: the part of text that is still to be read */
    const struct unit *asked;
    struct numeral numeral;
    struct amount amount;
    size_t unknown_before;
    bool after_about; /* the word before was 한: "한 65kg"; but "한 두 번" is one or two */
    bool negative;
    bool is_this; /* the numeral is 이 before a space */
};

static struct str skip_spaces(struct str s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\n'))
        s = str_skip(s, 1);
    return s;
}

static bool is_digit(struct str s)
{
    return s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9';
}

static bool begins_in_digits(struct str s)
{
    return is_digit(s) || (s.n > 1 && s.p[0] == '.' && is_digit(str_skip(s, 1)));
}

static bool take_word(struct str *rest, struct str word)
{
    if (!str_starts(*rest, word))
        return false;
    *rest = str_skip(*rest, word.n);
    return true;
}

/* Up to the next space, digit or mark. */
static struct str skip_word(struct str s)
{
    while (s.n > 0 && !is_digit(s)) {
        struct str rest = s;
        int32_t c = text_next(&rest);
        if (!text_is_letter(c))
            break;
        s = rest;
    }
    return s;
}

/* ── units ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A unit at the start of *rest, unless what stands there is a longer ending: "65 정도" is no 65정 (tablets). */
static const struct unit *take_unit(struct str *rest)
{
    struct str after = skip_spaces(*rest);
    size_t ending = filler_ending(after), before = after.n;
    const struct unit *unit = unit_take(&after);
    if (unit == NULL || before - after.n < ending)
        return NULL;
    *rest = after;
    return unit;
}

static bool is_period(const struct unit *unit)
{
    return unit->quantity == QUANTITY_TIME || unit->quantity == QUANTITY_MONTHS;
}

/* "일주일에", "1달에", "이틀에", "하루당": how often is said against it.  Takes it off *rest. */
static bool take_period(struct str *rest, struct decimal *ret_length)
{
    struct str after = *rest;
    struct numeral numeral;
    bool broken;
    if (!numeral_take(&after, &numeral, &broken))
        return false;
    if (numeral.kind != NUMERAL_DAYS) {
        const struct unit *unit = take_unit(&after);
        if (unit == NULL || !is_period(unit))
            return false;
    }
    if (!take_word(&after, STR("에")) && !take_word(&after, STR("당")) && !take_word(&after, STR("마다")))
        return false;
    *ret_length = numeral.value;
    *rest = after;
    return true;
}

/* ── behind the number ─────────────────────────────────────────────────────────────────────────────────────────── */

/* A word that is a number by itself, as the second one in "160에 육십". */
static bool is_number_word(struct str s)
{
    struct numeral numeral;
    bool broken;
    struct str after = s;
    if (!numeral_take(&after, &numeral, &broken) || numeral.kind == NUMERAL_DETERMINER || numeral.syllables < 2)
        return false;
    int32_t c = text_next(&(struct str){after.p, after.n});
    return c < 0 || !text_is_letter(c) || take_unit(&after) != NULL;
}

/* Judges everything behind the number and its unit. */
static enum amount_result read_tail(const struct scan *scan, bool may_have_counter)
{
    struct str s = scan->rest;
    size_t unknown = 0;
    bool first = may_have_counter;
    for (s = filler_skip_marks(s); s.n > 0; s = filler_skip_marks(s)) {
        size_t ending = filler_ending(s), hedge = filler_hedge(s);
        if (is_digit(s) || (hedge > 0 && hedge >= ending) || is_number_word(s))
            return AMOUNT_SEVERAL;
        if (ending > 0) {
            s = str_skip(s, ending);
            continue;
        }
        struct str after = skip_word(s);
        if (after.n == s.n) /* a digit of another script */
            return AMOUNT_NONE;
        size_t syllables = text_length(str_first(s, s.n - after.n));
        unknown += first && syllables <= MOST_SYLLABLES_OF_COUNTER ? 0 : 1;
        first = false;
        s = after;
    }
    bool in_digits = scan->numeral.kind == NUMERAL_DIGITS;
    bool is_asked =
        scan->asked != NULL && scan->amount.unit != NULL && scan->amount.unit->quantity == scan->asked->quantity;
    size_t most = !in_digits ? 0 : is_asked ? SIZE_MAX : MOST_WORDS_AFTER;
    return unknown > most ? AMOUNT_NONE : AMOUNT_ONE;
}

/* "반" behind a unit: half of one more. */
static bool take_half(struct scan *scan)
{
    struct str after = skip_spaces(scan->rest);
    struct decimal half;
    if (scan->amount.unit == NULL || !take_word(&after, STR("반")) || !filler_is_only_endings(after))
        return false;
    if (!decimal_from_str(STR("0.5"), &half) || !decimal_add(scan->amount.value, half, &scan->amount.value))
        return false;
    scan->rest = after;
    return true;
}

/* The unit that a number without one has behind `major`; NULL: none, it must be another number. */
static const struct unit *implied_minor(const struct unit *major, const struct numeral *numeral, struct str after)
{
    bool in_digits = numeral->kind == NUMERAL_DIGITS;
    size_t digits = in_digits ? numeral->digits : major->minor_digits_max;
    bool fits = major->minor.n > 0 && digits >= major->minor_digits_min && digits <= major->minor_digits_max &&
                (in_digits ? numeral->whole_digits : numeral->syllables > 1);
    return fits && filler_is_only_endings(after) ? unit_find(major->minor) : NULL;
}

/* "1미터 72", "1시간 30분", "5'7": the smaller unit's number, added; the amount is in the smaller unit then.
 * AMOUNT_NONE: no second number follows. */
static enum amount_result take_minor(struct scan *scan)
{
    const struct unit *major = scan->amount.unit;
    struct str after = skip_spaces(scan->rest);
    bool glued = after.n == scan->rest.n, broken;
    struct numeral numeral;
    if (major == NULL || !numeral_take(&after, &numeral, &broken) || numeral.kind == NUMERAL_DETERMINER)
        return AMOUNT_NONE;
    bool in_digits = numeral.kind == NUMERAL_DIGITS;
    if (!in_digits && glued && numeral.syllables == 1) /* "65kg이에요" */
        return AMOUNT_NONE;
    const struct unit *minor = take_unit(&after);
    if (minor == NULL)
        minor = implied_minor(major, &numeral, after);
    if (minor == NULL)
        return in_digits ? AMOUNT_SEVERAL : AMOUNT_NONE;
    struct decimal one, value = scan->amount.value;
    bool smaller = minor->quantity == major->quantity && unit_convert(decimal_from_i64(1), major, minor, &one) &&
                   decimal_cmp(numeral.value, one) < 0;
    if (!smaller || !unit_convert(value, major, minor, &value) ||
        !decimal_add(value, numeral.value, &scan->amount.value))
        return AMOUNT_SEVERAL;
    scan->amount.unit = minor;
    scan->amount.is_compound = true;
    scan->rest = after;
    return AMOUNT_ONE;
}

/* The number is read and stands before scan->rest: its unit, and all that follows. */
static enum amount_result read_unit_and_tail(struct scan *scan)
{
    scan->amount.unit = take_unit(&scan->rest);
    enum amount_result minor;
    if (scan->numeral.is_doubtful)
        return AMOUNT_SEVERAL;
    while ((minor = take_minor(scan)) == AMOUNT_ONE)
        ;
    if (minor == AMOUNT_SEVERAL)
        return AMOUNT_SEVERAL;
    take_half(scan);
    struct str after = skip_spaces(scan->rest);
    if (take_word(&after, STR("대")) && filler_is_only_endings(after)) /* 60대: the sixties */
        return AMOUNT_SEVERAL;
    bool in_digits = scan->numeral.kind == NUMERAL_DIGITS;
    return read_tail(scan, scan->amount.unit == NULL && (in_digits || scan->numeral.syllables > 1));
}

/* ── Korean words ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* Sino-Korean numerals go with 세, native ones with 살; 한 두 세 네 need a counter; a lonely 이 is "this". */
static bool is_proper(const struct scan *scan)
{
    const struct unit *unit = scan->amount.unit;
    switch (scan->numeral.kind) {
    case NUMERAL_DIGITS:
        return true;
    case NUMERAL_SINO:
        return unit != NULL || scan->numeral.syllables > 1 || !scan->is_this;
    case NUMERAL_NATIVE:
        return unit == NULL || !str_eq(unit->name, STR("세"));
    case NUMERAL_DETERMINER:
        return unit != NULL && !str_eq(unit->name, STR("세"));
    case NUMERAL_DAYS:
        return unit == NULL;
    }
    return false;
}

/* "하나도 안 해요", "한 번도 없어요": zero. */
static bool is_not_even_one(struct scan *scan)
{
    struct str after = skip_spaces(scan->rest);
    if (!take_word(&after, STR("도")))
        return false;
    after = skip_spaces(after);
    return take_word(&after, STR("안")) || take_word(&after, STR("못")) || take_word(&after, STR("없"));
}

static bool read_zero(struct scan *scan)
{
    struct scan with_unit = *scan;
    take_unit(&with_unit.rest);
    if (decimal_cmp(scan->numeral.value, decimal_from_i64(1)) != 0 ||
        (!is_not_even_one(scan) && !is_not_even_one(&with_unit)))
        return false;
    scan->amount = (struct amount){.value = decimal_from_i64(0)};
    return true;
}

/* The rest as a number in Korean words, all of it. */
static enum amount_result read_korean(struct scan *scan)
{
    struct scan try = *scan;
    bool broken;
    if (!numeral_take(&try.rest, &try.numeral, &broken))
        return AMOUNT_NONE;
    try.amount.value = try.numeral.value;
    try.is_this = str_starts(scan->rest, STR("이 "));
    if (!read_zero(&try)) {
        enum amount_result result = read_unit_and_tail(&try);
        if (try.numeral.kind == NUMERAL_DAYS)
            try.amount.unit = try.amount.unit == NULL ? unit_find(STR("일")) : NULL;
        else if (!is_proper(&try))
            return AMOUNT_NONE;
        if (result != AMOUNT_ONE)
            return result;
    }
    *scan = try;
    return AMOUNT_ONE;
}

/* 만 나이: in "만 30세", "만 서른" and "만 삼십 세" 만 is no 10,000. */
static bool is_international_age(struct str s)
{
    if (!take_word(&s, STR("만")))
        return false;
    struct numeral numeral;
    bool broken;
    s = skip_spaces(s);
    if (!numeral_take(&s, &numeral, &broken))
        return false;
    if (numeral.kind == NUMERAL_NATIVE || numeral.kind == NUMERAL_DETERMINER)
        return true;
    const struct unit *unit = take_unit(&s);
    return unit != NULL && unit->quantity == QUANTITY_AGE;
}

/* ── in front of the number ────────────────────────────────────────────────────────────────────────────────────── */

/* "체중-65": a hyphen behind a letter is no sign. */
static bool is_glued(const struct scan *scan)
{
    unsigned char before = scan->rest.p == scan->text.p ? ' ' : (unsigned char)scan->rest.p[-1];
    return before >= 0x80 || (before >= 'a' && before <= 'z');
}

static bool take_sign(struct scan *scan)
{
    static const struct sign {
        struct str text;
        bool negative;
    } signs[] = {
        {STR_INIT("-"), true},    {STR_INIT("−"), true},        {STR_INIT("–"), true},
        {STR_INIT("+"), false},   {STR_INIT("마이너스"), true}, {STR_INIT("플러스"), false},
        {STR_INIT("영하"), true}, {STR_INIT("minus"), true},    {STR_INIT("plus"), false},
    };
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        struct str after = scan->rest;
        if (!take_word(&after, signs[i].text) || is_glued(scan))
            continue;
        after = skip_spaces(after);
        struct str numeral_rest = after;
        struct numeral numeral;
        bool broken;
        if (!numeral_take(&numeral_rest, &numeral, &broken))
            continue;
        scan->rest = after;
        scan->negative = signs[i].negative;
        scan->amount.has_sign = true;
        return true;
    }
    return false;
}

/* The numeral in digits at scan->rest, and what follows. */
static enum amount_result read_digits(struct scan *scan)
{
    bool broken;
    if (!numeral_take(&scan->rest, &scan->numeral, &broken))
        return AMOUNT_NONE;
    scan->amount.value = scan->numeral.value;
    if (read_zero(scan))
        return AMOUNT_ONE;
    enum amount_result result = read_unit_and_tail(scan);
    return result == AMOUNT_ONE && scan->unknown_before > MOST_WORDS_BEFORE && scan->amount.unit == NULL ? AMOUNT_NONE
                                                                                                         : result;
}

/* Leaves out the word at scan->rest. */
static void skip_beginning(struct scan *scan)
{
    struct str before = scan->rest;
    size_t known = filler_beginning(before);
    struct str word_end = skip_word(before);
    bool is_known = known > 0 && known >= before.n - word_end.n;
    scan->after_about = str_eq(str_first(before, before.n - word_end.n), STR("한"));
    if (known > 0 && !is_known && begins_in_digits(str_skip(before, known)))
        is_known = true;
    scan->unknown_before += is_known ? 0 : 1;
    scan->rest = known > before.n - word_end.n ? str_skip(before, known) : word_end;
    if (scan->rest.n == before.n) { /* a mark */
        text_next(&scan->rest);
        scan->after_about = false;
        scan->unknown_before -= is_known ? 0 : 1;
    }
}

static bool is_one_or_two(const struct scan *scan)
{
    struct str after = scan->rest;
    return scan->after_about && (take_word(&after, STR("두")) || take_word(&after, STR("둘")));
}

static enum amount_result find_number(struct scan *scan)
{
    for (scan->rest = skip_spaces(scan->rest); scan->rest.n > 0; scan->rest = skip_spaces(scan->rest)) {
        struct decimal length;
        if (take_period(&scan->rest, &length)) {
            if (decimal_cmp(length, decimal_from_i64(1)) != 0)
                return AMOUNT_SEVERAL;
            continue;
        }
        if (is_international_age(scan->rest))
            scan->rest = skip_spaces(str_skip(scan->rest, STR("만").n));
        take_sign(scan);
        if (begins_in_digits(scan->rest))
            return read_digits(scan);
        if (is_one_or_two(scan))
            return AMOUNT_SEVERAL;
        enum amount_result result = read_korean(scan);
        if (result != AMOUNT_NONE)
            return result;
        if (scan->amount.has_sign) /* a sign before what is no number after all */
            return AMOUNT_NONE;
        skip_beginning(scan);
    }
    return AMOUNT_NONE;
}

enum amount_result amount_read(struct str text, const struct unit *asked, struct amount *ret_amount)
{
    struct scan scan = {.text = text, .rest = text, .asked = asked};
    enum amount_result result = find_number(&scan);
    if (result != AMOUNT_ONE)
        return result;
    if (scan.negative)
        scan.amount.value = decimal_negate(scan.amount.value);
    *ret_amount = scan.amount;
    return AMOUNT_ONE;
}
