/* flows/survey/numerals.h — numbers as Koreans write them: digits, 육십오, 스물다섯, 1만 2천, 삼점오.
 *
 *   digits    65   1,200   1.5   .5              with 천 백 십 만 억 조 behind: 3천   1.5만   1만 2천 5백
 *   Sino      육십오   백이십삼   만 이천   영점오   also 공, 륙, 령
 *   native    스물다섯   서른하나   열 두   백한   and the short forms before a counter: 한 두 세 네 스무 석 넉
 *   days      이틀   사흘   열흘
 *
 * Thread: any (pure functions over constant tables).  Memory: none.                                                  */
#ifndef GILBOT_FLOWS_SURVEY_NUMERALS_H
#define GILBOT_FLOWS_SURVEY_NUMERALS_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/str.h"
#include "flows/rules/decimal.h"

enum numeral_kind {
    NUMERAL_DIGITS, /* begins with an ASCII digit or a point before one            */
    NUMERAL_SINO,
    NUMERAL_NATIVE,
    NUMERAL_DETERMINER, /* 한 두 세 네 스무 …: a number only where a counter follows   */
    NUMERAL_DAYS,       /* its unit is the day                                          */
};

struct numeral {
    enum numeral_kind kind;
    struct decimal value; /* never negative                        */
    size_t syllables;     /* code points it takes, spaces included */
    size_t digits;        /* DIGITS: how many before the point     */
    bool is_doubtful;     /* "십이요": ten or twelve, nobody knows           */
    bool whole_digits;    /* DIGITS: nothing but digits            */
};

/* The longest numeral at the start of *rest (text_input's form), taken off.  False: there is none; or it is one that
 * nobody could compute with (wrong thousands separators, over 34 digits): then *ret_broken is true. */
bool numeral_take(struct str *rest, struct numeral *ret_numeral, bool *ret_broken);

#endif
