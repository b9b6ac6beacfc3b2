/* flows/survey/fillers.h — the small words around an answer: "저는 약 65kg 정도 됩니다 ㅎㅎ".
 *
 * All texts here are lower case and NFC, with or without their spaces (a match key).
 * Thread: any (pure functions over constant tables).  Memory: none.                                                  */
#ifndef GILBOT_FLOWS_SURVEY_FILLERS_H
#define GILBOT_FLOWS_SURVEY_FILLERS_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/str.h"

/* Spaces, punctuation, symbols, emoji, and jamo on their own (ㅎㅎ ㅠㅠ): what says nothing. */
struct str filler_skip_marks(struct str s);

/* Bytes of the longest word at the start of `s` that may follow an answer without changing it: 정도 쯤 이에요 입니다
 * 같아요 …; 0: none. */
size_t filler_ending(struct str s);

/* Nothing but such words and marks is left. */
bool filler_is_only_endings(struct str s);

/* Bytes of a word that may stand before an answer: 저는 음 약 대략 아마 제 키는 …; 0: none. */
size_t filler_beginning(struct str s);

/* Bytes of a word after a number that makes it another one, or no one: 이상 미만 초반 대 넘어요 …; 0: none. */
size_t filler_hedge(struct str s);

/* For tests: what looking words up relies on. */
bool filler_tables_are_sorted(void);

#endif
