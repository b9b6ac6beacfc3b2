/* flows/text/similarity.h — how alike short texts are: cosine of TF-IDF weights of their 1- to 3-grams of characters.
 *
 * For hundreds to thousands of rows (example questions, approved answers): exact, nothing is pruned.  Texts count by
 * their match key (bot/base/text.h), so case, spaces and punctuation do not matter.  An n-gram that no row has still
 * weighs in a question's length: a question about something else is far from all rows.
 *
 *   weight(g, text) = count(g, text) · (1 + ln((1 + rows) / (1 + rows with g)))
 *
 * Thread:  any; a built similarity is immutable.
 * Memory:  in the arena; rows are not kept.
 * Errors:  ERR_INVALID for what is not UTF-8, ERR_NO_MEMORY.                                                         */
#ifndef GILBOT_FLOWS_TEXT_SIMILARITY_H
#define GILBOT_FLOWS_TEXT_SIMILARITY_H

#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct similarity;

/* idf comes from the rows themselves. */
MUST_USE enum err similarity_build(struct arena *arena, struct strs rows, struct similarity **ret_similarity);

/* One cosine (0…1) for each row, in their order. */
MUST_USE enum err similarity_scores(const struct similarity *similarity, struct arena *arena, struct str text,
                                    const double **ret_scores);

#endif
