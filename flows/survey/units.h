/* flows/survey/units.h — the units people write behind a number, and what they are worth.
 *
 * Conversion is exact decimal arithmetic; only a division without end (kJ → kcal) is rounded, to 10 digits after the
 * point.  Counter words (번, 회, 개, 살) are in the table too, so that a number's end can be told.
 *
 * Thread: any (pure functions over a constant table).  Memory: none.
 * Source: SI brochure 9th ed.; NIST SP 811 appendix B.8 (pound, inch, thermochemical calorie = 4.184 J).             */
#ifndef GILBOT_FLOWS_SURVEY_UNITS_H
#define GILBOT_FLOWS_SURVEY_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/str.h"
#include "flows/rules/decimal.h"

enum quantity {
    QUANTITY_COUNT, /* 번, 회, 개, 원: says nothing about size                      */
    QUANTITY_MASS,
    QUANTITY_LENGTH,
    QUANTITY_VOLUME,
    QUANTITY_VESSEL, /* 잔, 컵: a volume nobody defined                              */
    QUANTITY_BOTTLE, /* 병, 캔: another one                                          */
    QUANTITY_TIME,
    QUANTITY_MONTHS, /* months and years: no fixed number of days                    */
    QUANTITY_ENERGY,
    QUANTITY_TEMPERATURE,
    QUANTITY_AGE,   /* 살, 세                                                        */
    QUANTITY_BIRTH, /* 년생: a year, never an age                                    */
    QUANTITY_CLOCK, /* 시: a time of day                                             */
};

struct unit {
    struct str name;           /* NFC, lower case                                              */
    struct str minor;          /* "1미터 72": the unit of what follows without one; empty: none */
    int64_t up, down;          /* (value + before) * up / down = value in the base unit         */
    int64_t before_hundredths; /* of one unit: -3200 for °F                                     */
    enum quantity quantity;
    unsigned char minor_digits_min, minor_digits_max; /* how many digits that must have         */
};

/* The longest unit name at the start of *rest (lower case), taken off; NULL when there is none.  A name in Latin letters
 * must end where the letters end. */
const struct unit *unit_take(struct str *rest);

/* By its whole name in any ASCII case; NULL when unknown. */
const struct unit *unit_find(struct str name);

/* `value` of `from` in `to`, both of one quantity.  False: no finite result. */
MUST_USE
bool unit_convert(struct decimal value, const struct unit *from, const struct unit *to, struct decimal *ret);

/* For tests: what looking units up relies on. */
bool unit_table_is_sorted(void);

#endif
