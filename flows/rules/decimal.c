#include "flows/rules/decimal.h"

#include <string.h>

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#include <bid_conf.h>
#include <bid_functions.h>

#include "bot/base/buf.h"
#include "flows/rules/limits.h"

#include "bot/base/banned.h"

typedef unsigned __int128 coefficient;

enum { EXPONENT_BIAS = 6176, EXPONENT_MIN = -6176, EXPONENT_MAX = 6111, EXPONENT_SHIFT = 49, PLAIN_MAX = 60 };
enum { COEFFICIENT_DIGITS = 39, I64_DIGITS = 19 };

#define SIGN_BIT ((uint64_t)1 << 63)
#define COEFFICIENT_MASK (((uint64_t)1 << EXPONENT_SHIFT) - 1)

/* The three parts of a number: ± coefficient * 10^exponent. */
struct parts {
    bool negative;
    coefficient digits;
    int exponent;
};

static BID_UINT128 to_bid(struct decimal d)
{
    BID_UINT128 x;
    x.w[0] = d.w[0];
    x.w[1] = d.w[1];
    return x;
}

static struct decimal from_bid(BID_UINT128 x)
{
    return (struct decimal){{x.w[0], x.w[1]}};
}

/* Only what is finite gets out. */
static bool take_finite(BID_UINT128 x, struct decimal *ret)
{
    if ((x.w[1] >> 59 & 15) == 15) /* infinity or NaN */
        return false;
    *ret = from_bid(x);
    return true;
}

/* Coefficients from 10^34 up have another encoding that the standard reads as zero; it never comes from here. */
static struct parts parts_of(struct decimal d)
{
    return (struct parts){
        .negative = (d.w[1] & SIGN_BIT) != 0,
        .digits = (coefficient)(d.w[1] & COEFFICIENT_MASK) << 64 | d.w[0],
        .exponent = (int)((d.w[1] & ~SIGN_BIT) >> EXPONENT_SHIFT) - EXPONENT_BIAS,
    };
}

static struct decimal of_parts(struct parts p)
{
    uint64_t high = (uint64_t)(p.digits >> 64) | (uint64_t)(p.exponent + EXPONENT_BIAS) << EXPONENT_SHIFT;
    return (struct decimal){{(uint64_t)p.digits, high | (p.negative ? SIGN_BIT : 0)}};
}

/* ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads [e[+-]digits] at the end of a number; absurd exponents are cut, which overflows or underflows all the same. */
static bool read_exponent(struct str s, int *ret_exponent)
{
    *ret_exponent = 0;
    if (s.n == 0)
        return true;
    if (s.p[0] != 'e' && s.p[0] != 'E')
        return false;
    s = str_skip(s, 1);
    bool negative = s.n > 0 && s.p[0] == '-';
    if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+'))
        s = str_skip(s, 1);
    if (s.n == 0)
        return false;
    int exponent = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit(s.p[i]))
            return false;
        if (exponent < 100000)
            exponent = exponent * 10 + (s.p[i] - '0');
    }
    *ret_exponent = negative ? -exponent : exponent;
    return true;
}

/* The library's reader, for what needs rounding or an unusual exponent; the form was checked already. */
static bool read_rounded(struct str text, struct decimal *ret)
{
    char copy[DECIMAL_MAX_TEXT + 1];
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    unsigned flags = 0;
    return take_finite(bid128_from_string(copy, BID_ROUNDING_TO_NEAREST, &flags), ret);
}

bool decimal_from_str(struct str text, struct decimal *ret)
{
    if (text.n == 0 || text.n > DECIMAL_MAX_TEXT)
        return false;
    struct parts p = {.negative = text.p[0] == '-'};
    size_t i = p.negative ? 1 : 0, n_digits = 0, n_significant = 0;
    bool after_point = false;
    for (; i < text.n; i++) {
        if (text.p[i] == '.' && !after_point) {
            after_point = true;
            continue;
        }
        if (!is_digit(text.p[i]))
            break;
        n_digits++;
        if (n_significant > 0 || text.p[i] != '0')
            n_significant++;
        if (n_significant <= DECIMAL_DIGITS)
            p.digits = p.digits * 10 + (unsigned)(text.p[i] - '0');
        p.exponent -= after_point;
    }
    int exponent;
    if (n_digits == 0 || !is_digit(text.p[i - 1]) || !read_exponent(str_skip(text, i), &exponent))
        return false;
    p.exponent += exponent;
    if (n_significant > DECIMAL_DIGITS || p.exponent < EXPONENT_MIN || p.exponent > EXPONENT_MAX)
        return read_rounded(text, ret);
    *ret = of_parts(p);
    return true;
}

struct decimal decimal_from_i64(int64_t value)
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    return of_parts((struct parts){.negative = value < 0, .digits = size});
}

static void add_plain(struct buf *out, struct str digits, int exponent)
{
    int n = (int)digits.n;
    if (exponent >= 0) {
        buf_add(out, digits);
        for (int i = 0; i < exponent; i++)
            buf_add_char(out, '0');
        return;
    }
    int whole = n + exponent; /* digits before the point */
    if (whole <= 0)
        buf_add_char(out, '0');
    else
        buf_add(out, str_first(digits, (size_t)whole));
    buf_add_char(out, '.');
    for (int i = whole; i < 0; i++)
        buf_add_char(out, '0');
    buf_add(out, str_skip(digits, whole <= 0 ? 0 : (size_t)whole));
}

void decimal_add_to(struct buf *out, struct decimal d)
{
    struct parts p = parts_of(d);
    char reversed[COEFFICIENT_DIGITS], text[COEFFICIENT_DIGITS];
    size_t n = 0;
    coefficient rest = p.digits;
    while (rest > UINT64_MAX) {
        reversed[n++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    }
    uint64_t small = (uint64_t)rest;
    do {
        reversed[n++] = (char)('0' + (int)(small % 10));
        small /= 10;
    } while (small > 0);
    for (size_t i = 0; i < n; i++)
        text[i] = reversed[n - 1 - i];
    if (p.digits == 0 && (p.exponent > 0 || p.exponent < -PLAIN_MAX))
        p.exponent = 0;

    if (p.negative && p.digits != 0)
        buf_add_char(out, '-');
    struct str digits = {text, n};
    int length = p.exponent >= 0 ? (int)n + p.exponent : -p.exponent > (int)n ? -p.exponent : (int)n;
    if (length <= PLAIN_MAX) {
        add_plain(out, digits, p.exponent);
        return;
    }
    add_plain(out, digits, 1 - (int)n);
    int exponent = p.exponent + (int)n - 1;
    buf_addf(out, "E%c%d", exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
}

struct decimal decimal_trim(struct decimal d)
{
    struct parts p = parts_of(d);
    if (p.digits == 0)
        return decimal_from_i64(0);
    while (p.exponent < 0 && p.digits % 10 == 0) {
        p.digits /= 10;
        p.exponent++;
    }
    return of_parts(p);
}

/* ── arithmetic ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* People's numbers are short: up to 56 bits of digits are calculated here, exactly and with the exponents of IEEE 754
 * (§5.4.1: the smaller of two summands', the sum of two factors').  10^16 * 2^56 and 2^112 stay below 10^34. */
enum { SHORT_BITS = 56, SHORT_SHIFT = 16 };

static bool are_short(const struct parts *a, const struct parts *b)
{
    return (a->digits | b->digits) >> SHORT_BITS == 0;
}

static coefficient shifted(coefficient digits, int n)
{
    static const uint64_t powers[SHORT_SHIFT + 1] = {
        1u,
        10u,
        100u,
        1000u,
        10000u,
        100000u,
        1000000u,
        10000000u,
        100000000u,
        1000000000u,
        10000000000u,
        100000000000u,
        1000000000000u,
        10000000000000u,
        100000000000000u,
        1000000000000000u,
        10000000000000000u,
    };
    return digits * powers[n];
}

/* Both with the smaller exponent; false: too far apart, or too long. */
static bool align(struct parts *a, struct parts *b)
{
    int apart = a->exponent - b->exponent;
    if (apart > SHORT_SHIFT || apart < -SHORT_SHIFT || !are_short(a, b))
        return false;
    struct parts *larger = apart > 0 ? a : b;
    larger->digits = shifted(larger->digits, apart > 0 ? apart : -apart);
    larger->exponent -= apart > 0 ? apart : -apart;
    return true;
}

static __int128 signed_digits(const struct parts *p)
{
    return p->negative ? -(__int128)p->digits : (__int128)p->digits;
}

bool decimal_add(struct decimal a, struct decimal b, struct decimal *ret)
{
    struct parts pa = parts_of(a), pb = parts_of(b);
    if (align(&pa, &pb)) {
        __int128 sum = signed_digits(&pa) + signed_digits(&pb);
        *ret = of_parts((struct parts){
            .negative = sum < 0, .digits = (coefficient)(sum < 0 ? -sum : sum), .exponent = pa.exponent});
        return true;
    }
    unsigned flags = 0;
    return take_finite(bid128_add(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

bool decimal_sub(struct decimal a, struct decimal b, struct decimal *ret)
{
    return decimal_add(a, decimal_negate(b), ret);
}

bool decimal_mul(struct decimal a, struct decimal b, struct decimal *ret)
{
    struct parts pa = parts_of(a), pb = parts_of(b);
    int exponent = pa.exponent + pb.exponent;
    if (are_short(&pa, &pb) && exponent >= EXPONENT_MIN && exponent <= EXPONENT_MAX) {
        *ret = of_parts((struct parts){
            .negative = pa.negative != pb.negative, .digits = pa.digits * pb.digits, .exponent = exponent});
        return true;
    }
    unsigned flags = 0;
    return take_finite(bid128_mul(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

bool decimal_div(struct decimal a, struct decimal b, struct decimal *ret)
{
    unsigned flags = 0;
    return take_finite(bid128_div(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

/* a^n by squaring; false unless the result is exact (1.1 ** 2 is 1.21, not 1.2100000000000000000000000000000000). */
static bool exact_power(BID_UINT128 a, uint64_t n, BID_UINT128 *ret)
{
    unsigned flags = 0;
    BID_UINT128 power = to_bid(decimal_from_i64(1));
    for (; n > 0 && (flags & BID_INEXACT_EXCEPTION) == 0; n >>= 1) {
        if (n & 1)
            power = bid128_mul(power, a, BID_ROUNDING_TO_NEAREST, &flags);
        if (n > 1)
            a = bid128_mul(a, a, BID_ROUNDING_TO_NEAREST, &flags);
    }
    *ret = power;
    return (flags & BID_INEXACT_EXCEPTION) == 0;
}

bool decimal_pow(struct decimal a, struct decimal b, struct decimal *ret)
{
    unsigned flags = 0;
    int64_t n;
    BID_UINT128 power;
    if (decimal_is_zero(a) && decimal_is_negative(b))
        return false;
    if (decimal_to_i64(b, &n) && n > -100000 && n < 100000 &&
        exact_power(to_bid(a), (uint64_t)(n < 0 ? -n : n), &power)) {
        if (n < 0)
            power = bid128_div(to_bid(decimal_from_i64(1)), power, BID_ROUNDING_TO_NEAREST, &flags);
        return take_finite(power, ret);
    }
    return take_finite(bid128_pow(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

bool decimal_modulo(struct decimal a, struct decimal b, struct decimal *ret)
{
    unsigned flags = 0;
    struct decimal rest;
    if (decimal_is_zero(b) || !take_finite(bid128_fmod(to_bid(a), to_bid(b), &flags), &rest))
        return false;
    if (!decimal_is_zero(rest) && decimal_is_negative(rest) != decimal_is_negative(b))
        return decimal_add(rest, b, ret);
    *ret = rest;
    return true;
}

bool decimal_sqrt(struct decimal d, struct decimal *ret)
{
    unsigned flags = 0;
    return take_finite(bid128_sqrt(to_bid(d), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

bool decimal_ln(struct decimal d, struct decimal *ret)
{
    unsigned flags = 0;
    if (decimal_is_zero(d))
        return false;
    return take_finite(bid128_log(to_bid(d), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

bool decimal_exp(struct decimal d, struct decimal *ret)
{
    unsigned flags = 0;
    return take_finite(bid128_exp(to_bid(d), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

struct decimal decimal_negate(struct decimal d)
{
    if (decimal_is_zero(d))
        return d;
    d.w[1] ^= SIGN_BIT;
    return d;
}

struct decimal decimal_abs(struct decimal d)
{
    d.w[1] &= ~SIGN_BIT;
    return d;
}

/* ── rounding ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static unsigned library_rounding(enum decimal_round round, bool negative)
{
    switch (round) {
    case DECIMAL_HALF_EVEN:
        return BID_ROUNDING_TO_NEAREST;
    case DECIMAL_FLOOR:
        return BID_ROUNDING_DOWN;
    case DECIMAL_CEILING:
        return BID_ROUNDING_UP;
    case DECIMAL_UP:
        return negative ? BID_ROUNDING_DOWN : BID_ROUNDING_UP;
    case DECIMAL_HALF_UP:
        return BID_ROUNDING_TIES_AWAY;
    case DECIMAL_DOWN:
    case DECIMAL_HALF_DOWN: /* cut here, mended in decimal_scale */
        break;
    }
    return BID_ROUNDING_TO_ZERO;
}

/* `cut` is d without its digits beyond the last of `quantum`; true when what was cut is more than half a unit. */
static bool lost_more_than_half(BID_UINT128 d, BID_UINT128 cut, BID_UINT128 quantum)
{
    unsigned flags = 0;
    BID_UINT128 lost = bid128_sub(d, cut, BID_ROUNDING_TO_NEAREST, &flags);
    BID_UINT128 twice = bid128_add(lost, lost, BID_ROUNDING_TO_NEAREST, &flags);
    return decimal_cmp(decimal_abs(from_bid(twice)), from_bid(quantum)) > 0;
}

bool decimal_scale(struct decimal d, int64_t scale, enum decimal_round round, struct decimal *ret)
{
    if (scale > -EXPONENT_MIN || scale < -EXPONENT_MAX)
        return false;
    struct parts p = parts_of(d);
    BID_UINT128 quantum = to_bid(of_parts((struct parts){.digits = 1, .exponent = (int)-scale}));
    unsigned flags = 0;
    BID_UINT128 scaled = bid128_quantize(to_bid(d), quantum, library_rounding(round, p.negative), &flags);
    if (round == DECIMAL_HALF_DOWN && (flags & BID_INEXACT_EXCEPTION) != 0 &&
        lost_more_than_half(to_bid(d), scaled, quantum))
        scaled = bid128_quantize(to_bid(d), quantum, library_rounding(DECIMAL_UP, p.negative), &flags);
    if (!take_finite(scaled, ret)) {
        if (p.exponent < -scale)
            return false;
        *ret = d; /* no room for more zeros, and none are needed */
    }
    return true;
}

/* ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────── */

int decimal_cmp(struct decimal a, struct decimal b)
{
    if (a.w[1] == b.w[1] && a.w[1] >> 63 == 0) /* positive, with the same exponent and the same upper digits */
        return a.w[0] < b.w[0] ? -1 : a.w[0] > b.w[0];
    struct parts pa = parts_of(a), pb = parts_of(b);
    if (pa.exponent == pb.exponent || align(&pa, &pb)) {
        __int128 da = signed_digits(&pa), db = signed_digits(&pb);
        return da < db ? -1 : da > db;
    }
    unsigned flags = 0;
    if (bid128_quiet_less(to_bid(a), to_bid(b), &flags))
        return -1;
    return bid128_quiet_equal(to_bid(a), to_bid(b), &flags) ? 0 : 1;
}

bool decimal_is_zero(struct decimal d)
{
    return parts_of(d).digits == 0;
}

bool decimal_is_negative(struct decimal d)
{
    struct parts p = parts_of(d);
    return p.negative && p.digits != 0;
}

bool decimal_is_integer(struct decimal d)
{
    struct parts p = parts_of(d);
    if (p.exponent >= 0 || p.digits == 0)
        return true;
    for (; p.exponent < 0; p.exponent++) {
        if (p.digits % 10 != 0)
            return false;
        p.digits /= 10;
    }
    return true;
}

bool decimal_to_i64(struct decimal d, int64_t *ret)
{
    struct parts p = parts_of(d);
    if (p.digits == 0) {
        *ret = 0;
        return true;
    }
    if (!decimal_is_integer(d) || p.exponent > I64_DIGITS)
        return false;
    for (; p.exponent < 0; p.exponent++)
        p.digits /= 10;
    for (; p.exponent > 0 && p.digits <= (coefficient)INT64_MAX + 1; p.exponent--)
        p.digits *= 10;
    if (p.exponent > 0 || p.digits > (coefficient)INT64_MAX + (p.negative ? 1 : 0))
        return false;
    uint64_t size = (uint64_t)p.digits;
    *ret = p.negative ? (int64_t)(0 - size) : (int64_t)size;
    return true;
}

double decimal_to_double(struct decimal d)
{
    unsigned flags = 0;
    return bid128_to_binary64(to_bid(d), BID_ROUNDING_TO_NEAREST, &flags);
}
