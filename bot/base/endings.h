/* bot/base/endings.h — Korean particles and the endings of common verbs (하다, 되다, 이다), as they hang on a noun.
 *
 * Not a grammar: only what is frequent behind nouns in documents and questions, so that a noun has the same terms
 * whatever follows it.  Any change of the table is a new TERMS_VERSION (terms.h).
 * Thread: any.                                                                                                       */
#ifndef GILBOT_BASE_ENDINGS_H
#define GILBOT_BASE_ENDINGS_H

#include <stdbool.h>

#include "bot/base/str.h"

enum { ENDING_MOST_SYLLABLES = 5, SYLLABLE_BYTES = 3 };

/* Whether `tail`, UTF-8 of 1 to ENDING_MOST_SYLLABLES Hangul syllables, is one. */
bool ending_is(struct str tail);

#endif
