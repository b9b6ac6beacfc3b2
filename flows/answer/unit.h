/* flows/answer/unit.h — what is counted: the units behind numbers, Korean and English.
 *
 * Thread: any (pure).  Memory: none.  Works on normal text (lower case, NFKC).                                       */
#ifndef GILBOT_FLOWS_ANSWER_UNIT_H
#define GILBOT_FLOWS_ANSWER_UNIT_H

#include <stddef.h>

#include "bot/base/str.h"

/* Spellings of one unit are one value; units that convert into each other (주, 일) are not the same here. */
enum unit {
    UNIT_NONE,
    UNIT_WON,
    UNIT_DOLLAR,
    UNIT_EURO,
    UNIT_YEN,
    UNIT_YUAN,
    UNIT_PERCENT,
    UNIT_PERCENT_POINT,
    UNIT_DAY,
    UNIT_WEEK,
    UNIT_MONTHS,        /* 개월: how long */
    UNIT_MONTH_OF_YEAR, /* 월: which      */
    UNIT_YEAR,
    UNIT_HOUR,
    UNIT_CLOCK, /* 시: which hour */
    UNIT_MINUTE,
    UNIT_SECOND,
    UNIT_PERSON,
    UNIT_TIMES,
    UNIT_AGE,
    UNIT_PIECE,
    UNIT_CASE,
    UNIT_MACHINE,
    UNIT_FOLD,
    UNIT_ARTICLE,
    UNIT_PARAGRAPH,
    UNIT_ITEM,
    UNIT_QUARTER,
    UNIT_FLOOR,
    UNIT_SCORE,
    UNIT_RANK,
    UNIT_KILOMETRE,
    UNIT_METRE,
    UNIT_CENTIMETRE,
    UNIT_MILLIMETRE,
    UNIT_SQUARE_METRE,
    UNIT_KILOGRAM,
    UNIT_GRAM,
    UNIT_LITRE,
    UNIT_GIGABYTE,
    UNIT_MEGABYTE,
};

/* The unit at the start of `s` (behind at most one space) and its bytes, the space included; UNIT_NONE with 0 bytes. */
enum unit unit_read(struct str s, size_t *ret_bytes);

/* The currency whose sign stands at the end of `s` (₩, $, €, ¥), or UNIT_NONE. */
enum unit unit_sign_before(struct str s);

#endif
