/* flows/answer/sought.h — what kind of answer a question asks for, and whether a sentence holds one.
 *
 * Thread: any (pure).  Memory: none.  Works on normal text (bot/base/terms.h: terms_normal).                         */
#ifndef GILBOT_FLOWS_ANSWER_SOUGHT_H
#define GILBOT_FLOWS_ANSWER_SOUGHT_H

#include <stdbool.h>

#include "bot/base/str.h"

enum sought { SOUGHT_ANYTHING, SOUGHT_DATE, SOUGHT_NUMBER, SOUGHT_PERSON, SOUGHT_PLACE };

/* By the question word: 언제, 몇, 얼마, 누구, 어디 and what goes for them ("날은?", "사람은?"), when, how many, who, where. */
enum sought sought_by(struct str question);

/* Whether the sentence holds such a thing that the question does not hold already. */
bool sought_is_in(enum sought sought, struct str sentence, struct str question);

#endif
