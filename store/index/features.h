/* store/index/features.h — how a chunk's text meets a question: what re-ranking and "not in the documents" go by.
 *
 * The text is looked at without spaces and punctuation.  A Hangul word is found anywhere in it, a Latin word or number only
 * as a whole.  One pass over the text, whatever the question; no more than FEATURES_MOST_CHARACTERS of it.
 *
 * Thread: any; a struct features_finder belongs to one at a time.  Memory: in the arenas given.
 * Source: korean-rag.md 3.5 and 3.6.                                                                                 */
#ifndef GILBOT_STORE_INDEX_FEATURES_H
#define GILBOT_STORE_INDEX_FEATURES_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct features_finder;
struct question;
struct search_features;

enum { FEATURES_MOST_CHARACTERS = 20000, FEATURES_REACH = 8, FEATURES_NEAR = 60, FEATURES_WIDE = 150 };

/* Prepares for many texts.  `question` must outlive it.  ERR_NO_MEMORY. */
MUST_USE
enum err features_begin(struct arena *arena, const struct question *question, struct features_finder **ret_finder);

struct features_text {
    struct str title, heading, body;
};

/* Fills all but bm and heading.  `scratch` holds what it takes meanwhile.  ERR_NO_MEMORY; ERR_INVALID: not UTF-8. */
MUST_USE
enum err features_of(struct features_finder *finder, const struct features_text *text, struct arena *scratch,
                     struct search_features *ret_features);

#endif
