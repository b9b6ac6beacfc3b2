/* flows/text/contrast.h — whether two questions that look alike ask different things.
 *
 *   3일 / 5일              numbers with their unit (also 사흘, 한 달, two)
 *   할 수 있나요 / 없나요   one of them denies
 *   언제 / 어디서           they ask for different things
 *   국내 / 해외, 입사 / 퇴사   opposites of which each question has one
 *
 * Made to be careful: who calls two questions different only loses a short cut, who takes one for the other answers
 * wrongly.
 *
 * Thread: any.  Memory: scratch in the arena.  Errors: ERR_INVALID for what is not UTF-8, ERR_NO_MEMORY.              */
#ifndef GILBOT_FLOWS_TEXT_CONTRAST_H
#define GILBOT_FLOWS_TEXT_CONTRAST_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

enum contrast { CONTRAST_NONE, CONTRAST_NUMBER, CONTRAST_NEGATION, CONTRAST_ASKED, CONTRAST_OPPOSITE };

MUST_USE enum err contrast_find(struct arena *arena, struct str a, struct str b, enum contrast *ret_contrast);

/* "none", "number", "negation", "asked", "opposite" */
const char *contrast_name(enum contrast contrast);

/* Whether the sentence denies something: 없다, 않다, 못 하다, 안 된다, 불가, not, can't. */
MUST_USE enum err contrast_denies(struct arena *arena, struct str text, bool *ret_denies);

#endif
