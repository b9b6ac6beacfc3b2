/* flows/answer/quantity.h — the numbers, amounts and dates of a text, so that what a claim states can be compared with
 * what its quotes state, however either is written:
 *
 *   1,000원 = 1000원 = 1천원 = 천 원 = ₩1,000 = 1,000 won        15만 5천원 = 155,000원        이틀 = 2일
 *   2024년 3월 1일 = 2024-03-01 = 2024. 3. 1. = '24.3.1. = March 1, 2024
 *   15% = 15퍼센트 = 15 percent        석 달 = 3개월 (and not 3월)
 *
 * Reads normal text (bot/base/terms.h: terms_normal).  Numerals without a digit count only before a unit, as their
 * syllables are everywhere else too.
 *
 * Thread: any (pure).  Memory: the arena; texts borrow from the text read.  Errors: ERR_NO_MEMORY.                    */
#ifndef GILBOT_FLOWS_ANSWER_QUANTITY_H
#define GILBOT_FLOWS_ANSWER_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/answer/unit.h"

struct arena;

struct quantity {
    struct str text;        /* as written, with its unit                                            */
    bool is_date;           /* then year, month, day; else value and unit                           */
    int year, month, day;   /* 0: not said                                                          */
    long double value;      /* exact for whole numbers below 2^63                                   */
    enum unit unit;         /* UNIT_NONE: nothing that is known as one                              */
    struct str unit_letter; /* with UNIT_NONE: the letter right behind the number; may be empty     */
};

struct quantities {
    struct quantity *items;
    size_t n;
};

MUST_USE enum err quantities_read(struct arena *arena, struct str normal, struct quantities *ret_quantities);

/* Whether one of the quoted quantities says what is claimed: the same value and, where both have one, the same unit; of
 * a date all that is claimed (a year may stand in another quantity). */
bool quantity_is_in(const struct quantity *claimed, const struct quantities *quoted);

#endif
