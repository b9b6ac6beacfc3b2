/* store/index/synonyms.h — what people say, and what the documents call it.
 *
 * One rule a line, UTF-8, fields parted by tabs:   월급<TAB>급여, 임금<TAB>0.6
 *   1. what people say: found anywhere in the question, whatever its spaces ("월급날" holds it); a single syllable only as a
 *      word of its own.  Several ways are parted by commas.
 *   2. what the documents say; several parted by commas
 *   3. how much it counts beside the question's own words, above 0 to 1; left out: SYNONYM_WEIGHT
 * Empty lines and lines that begin with # are passed over.
 *
 * Thread: any, once read.  Memory: in the arena given; the file's bytes are borrowed by the result.
 * Errors: ERR_INVALID with "line N: what is wrong"; ERR_NO_MEMORY.                                                   */
#ifndef GILBOT_STORE_INDEX_SYNONYMS_H
#define GILBOT_STORE_INDEX_SYNONYMS_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

#define SYNONYM_WEIGHT 0.5

struct synonym {
    struct str said;  /* normal and squeezed                     */
    struct str meant; /* normal, with its spaces and commas      */
    double weight;
};

struct synonyms {
    struct synonym *items;
    size_t n;
};

MUST_USE
enum err synonyms_read(struct arena *arena, struct str file, struct synonyms *ret_synonyms, struct error *error);

/* Whether the rule applies to a question, given squeezed and word by word (normal). */
bool synonym_applies(const struct synonym *synonym, struct str squeezed, struct str normal);

#endif
