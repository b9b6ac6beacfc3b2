/* flows/rules/decimal.h — FEEL's number: IEEE 754-2008 decimal128, 34 digits, with libintelrdfpmath behind it.
 *
 * A struct decimal is always finite: no infinity and no NaN ever leaves this file.  What has no finite result
 * (division by zero, overflow, the logarithm of -1) gives false, and *ret is not written.
 * Trailing zeros are kept as DMN asks (1.50 stays 1.50); they never matter for comparison.
 *
 * Thread: any (pure functions; rounding mode and flags are passed by value).  Memory: none but to_str's arena.
 * Source: DMN 1.5 §10.3.2.3.1 (numbers), §10.3.4.3 (numeric functions).                                            */
#ifndef GILBOT_FLOWS_RULES_DECIMAL_H
#define GILBOT_FLOWS_RULES_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/str.h"

struct buf;

struct decimal {
    uint64_t w[2]; /* BID encoding, least significant word first */
};

enum decimal_round {
    DECIMAL_HALF_EVEN, /* FEEL's decimal() and all arithmetic */
    DECIMAL_FLOOR,
    DECIMAL_CEILING,
    DECIMAL_DOWN, /* towards zero   */
    DECIMAL_UP,   /* away from zero */
    DECIMAL_HALF_UP,
    DECIMAL_HALF_DOWN,
};

enum { DECIMAL_DIGITS = 34, DECIMAL_MAX_SCALE = 6176 };

/* digits [. digits] [e[+-]digits], optional leading '-' (no '+', no spaces, ".5" is fine): FEEL's and JSON's forms.
 * More than 34 digits are rounded half even.  False: another form, longer than DECIMAL_MAX_TEXT, or too large. */
MUST_USE
bool decimal_from_str(struct str text, struct decimal *ret);
struct decimal decimal_from_i64(int64_t value);

/* Plain digits, no exponent, while the result has up to 60 characters; else "1.2E+400".  A valid JSON number. */
void decimal_add_to(struct buf *out, struct decimal d);
/* The same without the trailing zeros of a fraction: for people. */
struct decimal decimal_trim(struct decimal d);

MUST_USE
bool decimal_add(struct decimal a, struct decimal b, struct decimal *ret);
MUST_USE
bool decimal_sub(struct decimal a, struct decimal b, struct decimal *ret);
MUST_USE
bool decimal_mul(struct decimal a, struct decimal b, struct decimal *ret);
MUST_USE
bool decimal_div(struct decimal a, struct decimal b, struct decimal *ret); /* false when b = 0 */
MUST_USE
bool decimal_pow(struct decimal a, struct decimal b, struct decimal *ret);
/* a - b * floor(a / b): the sign of b.  False when b = 0. */
MUST_USE
bool decimal_modulo(struct decimal a, struct decimal b, struct decimal *ret);
MUST_USE
bool decimal_sqrt(struct decimal d, struct decimal *ret);
MUST_USE
bool decimal_ln(struct decimal d, struct decimal *ret);
MUST_USE
bool decimal_exp(struct decimal d, struct decimal *ret);
struct decimal decimal_negate(struct decimal d);
struct decimal decimal_abs(struct decimal d);

/* d with `scale` digits after the point (negative: zeros before it).  False when scale is outside
 * ±DECIMAL_MAX_SCALE or the result needs more than 34 digits. */
MUST_USE
bool decimal_scale(struct decimal d, int64_t scale, enum decimal_round round, struct decimal *ret);

int decimal_cmp(struct decimal a, struct decimal b); /* -1, 0, 1 */
bool decimal_is_zero(struct decimal d);
bool decimal_is_negative(struct decimal d); /* less than zero: -0 is not */
bool decimal_is_integer(struct decimal d);
/* False when d is no whole number or does not fit. */
MUST_USE
bool decimal_to_i64(struct decimal d, int64_t *ret);
double decimal_to_double(struct decimal d); /* nearest; for charts and static analysis, never for answers */

#endif
