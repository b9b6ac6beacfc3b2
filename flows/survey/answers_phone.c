#include "flows/survey/answers_phone.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/text.h"
#include "flows/survey/fillers.h"

#include "bot/base/banned.h"

enum {
    MOST_DIGITS = 20,      /* more than any number has: what goes on is none */
    LEAST_SPOKEN = 2,      /* "공이": digits that are spoken come in groups     */
    LEAST_ABROAD = 7,      /* with the country's code */
    MOST_ABROAD = 15,      /* ITU-T E.164             */
    LEAST_UNKNOWN_REST = 7 /* digits behind a number that make another one    */
};

/* A run of digits, with where the text goes on behind each of them. */
struct digits {
    char text[MOST_DIGITS + 1];
    struct str rest[MOST_DIGITS + 1]; /* [n]: behind the first n          */
    bool may_end[MOST_DIGITS + 1];    /* [n]: not within written digits   */
    size_t n;
    bool plus;
};

/* ── reading digits ────────────────────────────────────────────────────────────────────────────────────────────── */

static bool take_word(struct str *rest, struct str word)
{
    if (!str_starts(*rest, word))
        return false;
    *rest = str_skip(*rest, word.n);
    return true;
}

static bool is_digit(struct str s)
{
    return s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9';
}

static bool take_spoken(struct str *rest, char *ret_digit)
{
    static const struct {
        struct str word;
        char digit;
    } words[] = {
        {STR_INIT("공"), '0'}, {STR_INIT("영"), '0'}, {STR_INIT("일"), '1'}, {STR_INIT("이"), '2'},
        {STR_INIT("삼"), '3'}, {STR_INIT("사"), '4'}, {STR_INIT("오"), '5'}, {STR_INIT("육"), '6'},
        {STR_INIT("륙"), '6'}, {STR_INIT("칠"), '7'}, {STR_INIT("팔"), '8'}, {STR_INIT("구"), '9'},
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (take_word(rest, words[i].word)) {
            *ret_digit = words[i].digit;
            return true;
        }
    return false;
}

/* What stands between the groups of a number. */
static struct str skip_marks(struct str s)
{
    static const struct str marks[] = {
        STR_INIT(" "),  STR_INIT("-"),   STR_INIT("."),   STR_INIT("("), STR_INIT(")"),    STR_INIT("/"),
        STR_INIT("~"),  STR_INIT("–"),   STR_INIT("—"),   STR_INIT("‐"), STR_INIT("‑"),    STR_INIT("−"),
        STR_INIT("ㅡ"), STR_INIT("에 "), STR_INIT("의 "), STR_INIT("_"), STR_INIT("다시 ")};
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (take_word(&s, marks[i]))
            i = SIZE_MAX; /* begin again */
    return s;
}

static void add_digit(struct digits *digits, char digit, struct str rest, bool may_end)
{
    digits->text[digits->n++] = digit;
    digits->rest[digits->n] = rest;
    digits->may_end[digits->n] = may_end;
}

/* The number of spoken digits at the start of `s`, without spaces between them. */
static size_t spoken_group(struct str s)
{
    size_t n = 0;
    char digit;
    while (take_spoken(&s, &digit))
        n++;
    return n;
}

/* All digits from `s` on, as far as only marks stand between them.  False: more than any number has. */
static bool read_digits(struct str s, struct digits *digits)
{
    char digit;
    *digits = (struct digits){.plus = take_word(&s, STR("+"))};
    for (;;) {
        if (digits->plus && take_word(&s, STR(" (0)"))) /* dialled at home only */
            continue;
        struct str next = skip_marks(s);
        bool spoken = !is_digit(next) && (next.n == s.n || spoken_group(next) >= LEAST_SPOKEN);
        if (is_digit(next)) {
            digit = next.p[0];
            next = str_skip(next, 1);
        } else if (!spoken || !take_spoken(&next, &digit)) {
            return true;
        }
        if (digits->n == MOST_DIGITS)
            return false;
        s = next;
        add_digit(digits, digit, s, !is_digit(s));
    }
}

/* ── what is a number ──────────────────────────────────────────────────────────────────────────────────────────── */

/* Korean numbers without their first 0: how each kind begins, and how many digits it has. */
static bool is_korean(struct str number)
{
    static const struct {
        struct str begin;
        size_t least, most;
    } kinds[] = {
        {STR_INIT("10"), 10, 10}, {STR_INIT("11"), 9, 10}, {STR_INIT("16"), 9, 10},  {STR_INIT("17"), 9, 10},
        {STR_INIT("18"), 9, 10},  {STR_INIT("19"), 9, 10}, {STR_INIT("2"), 8, 9},    {STR_INIT("31"), 9, 10},
        {STR_INIT("32"), 9, 10},  {STR_INIT("33"), 9, 10}, {STR_INIT("41"), 9, 10},  {STR_INIT("42"), 9, 10},
        {STR_INIT("43"), 9, 10},  {STR_INIT("44"), 9, 10}, {STR_INIT("51"), 9, 10},  {STR_INIT("52"), 9, 10},
        {STR_INIT("53"), 9, 10},  {STR_INIT("54"), 9, 10}, {STR_INIT("55"), 9, 10},  {STR_INIT("61"), 9, 10},
        {STR_INIT("62"), 9, 10},  {STR_INIT("63"), 9, 10}, {STR_INIT("64"), 9, 10},  {STR_INIT("60"), 9, 10},
        {STR_INIT("70"), 10, 10}, {STR_INIT("80"), 9, 10}, {STR_INIT("30"), 10, 11}, {STR_INIT("50"), 10, 11},
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_starts(number, kinds[i].begin))
            return number.n >= kinds[i].least && number.n <= kinds[i].most;
    return false;
}

/* 1588-1234: eight digits, and never a 0 in front. */
static bool is_korean_service(struct str number)
{
    return number.n == 8 &&
           (str_starts(number, STR("15")) || str_starts(number, STR("16")) || str_starts(number, STR("18")));
}

/* Behind the country's code, a 0 may be left over. */
static bool is_korean_abroad(struct str *number)
{
    if (str_starts(*number, STR("0")))
        *number = str_skip(*number, 1);
    return is_korean(*number) || is_korean_service(*number);
}

static bool is_korean_at_home(struct str *number)
{
    bool lost_zero = number->n == 10 && str_starts(*number, STR("10")); /* in a spreadsheet */
    if (lost_zero || is_korean_service(*number))
        return true;
    bool zero = str_starts(*number, STR("0"));
    *number = str_skip(*number, 1);
    return zero && is_korean(*number);
}

/* The first `n` digits as a whole number: what stands behind the + of E.164.  False: they are none. */
static bool is_number(const struct digits *digits, size_t n, struct str *ret_country, struct str *ret_number)
{
    struct str number = {digits->text, n};
    bool abroad = digits->plus;
    *ret_country = STR("82");
    if (!abroad && str_starts(number, STR("0082"))) { /* as dialled from elsewhere */
        number = str_skip(number, 2);
        abroad = true;
    }
    bool fits;
    if (!abroad) {
        fits = is_korean_at_home(&number);
    } else if (str_starts(number, STR("82"))) {
        number = str_skip(number, 2);
        fits = is_korean_abroad(&number);
    } else {
        *ret_country = STR("");
        fits = n >= LEAST_ABROAD && n <= MOST_ABROAD && number.p[0] != '0';
    }
    *ret_number = number;
    return fits;
}

/* ── in a sentence ─────────────────────────────────────────────────────────────────────────────────────────────── */

static size_t count_digits(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] >= '0' && s.p[i] <= '9';
    return n;
}

/* Where digits may begin: behind every word that has none. */
static bool next_begin(struct str *s)
{
    while (s->n > 0) {
        bool begins = is_digit(*s) || (s->p[0] == '+' && is_digit(str_skip(*s, 1))) || spoken_group(*s) >= LEAST_SPOKEN;
        if (begins)
            return true;
        text_next(s);
    }
    return false;
}

enum phone_kind { PHONE_NONE, PHONE_ONE, PHONE_SEVERAL };

struct phone {
    struct digits digits;
    struct str country, number; /* the number: of digits */
};

/* The longest number at the start of `s` behind which nothing stands that belongs to it. */
static enum phone_kind read_number(struct str s, struct phone *phone)
{
    struct digits *digits = &phone->digits;
    if (!read_digits(s, digits))
        return PHONE_NONE;
    for (size_t n = digits->n; n > 0; n--) {
        bool ends = digits->may_end[n] && (n == digits->n || filler_is_only_endings(digits->rest[n]));
        if (!ends || !is_number(digits, n, &phone->country, &phone->number)) /* "…오육칠팔이에요": 이 is no 2 */
            continue;
        size_t left = count_digits(digits->rest[n]);
        return left == 0 ? PHONE_ONE : left >= LEAST_UNKNOWN_REST ? PHONE_SEVERAL : PHONE_NONE;
    }
    return PHONE_NONE;
}

enum err answers_phone(struct str typed, struct arena *arena, struct answer *ret_answer)
{
    struct phone phone = {0};
    struct str s = typed;
    enum phone_kind kind = PHONE_NONE;
    while (kind == PHONE_NONE && next_begin(&s)) {
        kind = read_number(s, &phone);
        if (is_digit(s) || s.p[0] == '+') /* digits that are written belong to the number, or there is none */
            break;
        text_next(&s);
    }
    *ret_answer =
        (struct answer){.kind = ANSWER_MISFIT, .misfit = kind == PHONE_SEVERAL ? MISFIT_AMBIGUOUS : MISFIT_FORM};
    if (kind != PHONE_ONE)
        return OK;
    struct str e164 = arena_format(arena, "+%.*s%.*s", STR_ARG(phone.country), STR_ARG(phone.number));
    if (e164.p == NULL)
        return ERR_NO_MEMORY;
    *ret_answer = (struct answer){.kind = ANSWER_FITS, .value = value_string(e164), .label = e164};
    return OK;
}
