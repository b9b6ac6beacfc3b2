/* flows/survey/amount.h — the one number in what somebody said, with its sign and unit: "저는 약 65킬로 정도요" → 65, kg.
 *
 *   [words] [sign] NUMERAL [unit or counter [NUMERAL [smaller unit]] [반]] [words]
 *
 * A numeral in digits may stand in a sentence; one in Korean words only where everything around it is known, because its
 * syllables occur in other words ("일이 많아서", "네", "한 번 해 볼게요").  Two numbers, ranges and bounds ("60~65", "160에
 * 60", "60대", "60 이상") are AMOUNT_SEVERAL: nobody knows which one is meant.
 *
 * Thread: any (pure functions).  Memory: none.                                                                       */
#ifndef GILBOT_FLOWS_SURVEY_AMOUNT_H
#define GILBOT_FLOWS_SURVEY_AMOUNT_H

#include <stdbool.h>

#include "bot/base/str.h"
#include "flows/rules/decimal.h"

struct unit;

enum amount_result { AMOUNT_ONE, AMOUNT_NONE, AMOUNT_SEVERAL };

struct amount {
    struct decimal value;    /* sign included                                       */
    bool has_sign;           /* it was written: -5, 마이너스 5, +5                   */
    bool is_compound;        /* "1시간 30분": the value is in the smaller unit       */
    const struct unit *unit; /* NULL: none, or a word that the table does not know */
};

/* `text`: text_input's form in lower case.  `asked`: the question's unit, NULL when it has none or an unknown one; a
 * number with a unit of its quantity may stand in a longer sentence. */
enum amount_result amount_read(struct str text, const struct unit *asked, struct amount *ret_amount);

#endif
