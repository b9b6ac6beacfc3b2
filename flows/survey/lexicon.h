/* flows/survey/lexicon.h — sorted tables of words, looked up by how a text begins.
 *
 * A table is an array of structs whose first member is `struct str word`, sorted bytewise by it.
 * Thread: any (pure functions over constant tables).  Memory: none.                                                  */
#ifndef GILBOT_FLOWS_SURVEY_LEXICON_H
#define GILBOT_FLOWS_SURVEY_LEXICON_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/str.h"

struct lexicon {
    const void *entries;
    size_t n, size; /* of how many, each of how many bytes */
};

#define LEXICON(table) ((struct lexicon){(table), sizeof(table) / sizeof((table)[0]), sizeof((table)[0])})

/* The i-th entry's word. */
struct str lexicon_word(const struct lexicon *lexicon, size_t i);

/* The entries that begin with the first character of `s`: from *ret_from on, as many as returned. */
size_t lexicon_range(const struct lexicon *lexicon, struct str s, size_t *ret_from);

/* For tests: sorted, without doubles. */
bool lexicon_is_sorted(const struct lexicon *lexicon);

#endif
