/* store/index/question_words.h — the words of a question that only ask: they say nothing about the document wanted.
 * Thread: any.                                                                                                       */
#ifndef GILBOT_STORE_INDEX_QUESTION_WORDS_H
#define GILBOT_STORE_INDEX_QUESTION_WORDS_H

#include <stdbool.h>

#include "bot/base/terms.h"

/* "언제부터", "알려주세요", "몇": by how it begins, or as a whole. */
bool question_word_asks_only(const struct word *word);

#endif
