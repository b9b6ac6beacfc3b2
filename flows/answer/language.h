/* flows/answer/language.h — in what script something is written, so that an answer comes in the language of its question.
 *
 * By letters, not by words: Hangul among Latin is Korean ("VPN 접속 방법"), Latin alone counts as English.
 * Thread: any (pure).  Memory: none.                                                                                  */
#ifndef GILBOT_FLOWS_ANSWER_LANGUAGE_H
#define GILBOT_FLOWS_ANSWER_LANGUAGE_H

#include <stdbool.h>

#include "bot/base/str.h"

enum language { LANGUAGE_NONE /* no letters */, LANGUAGE_KOREAN, LANGUAGE_ENGLISH, LANGUAGE_OTHER };

/* A text with a tenth of Hangul among its letters is Korean; more than a third of Han, kana or another script: OTHER. */
enum language language_of(struct str text);

/* Whether an answer must be asked for again: it is in another language than was wanted.  A few words or names in another
 * script do not matter, nor does an answer without letters. */
bool language_is_wrong(struct str answer, enum language wanted);

#endif
