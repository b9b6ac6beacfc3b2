/* flows/answer/extract.h — an answer without a model: the sentences of the best passage that answer the question best, word
 * for word.
 *
 * A sentence's score: the share (by idf) of the question's terms that it holds
 *                     + 0.25 · the share of the question's stems that it holds whole
 *                     + 0.12   when it holds what the question word asks for (sought.h) and the question does not.
 * A table row is judged together with the row that names its columns, which is no answer by itself.
 * The best three are of the first passage; later passages count only when it has no sentence at all (pooling them was
 * measured to be worse).  Source: korean-rag.md §3.8.
 *
 * Thread: any (pure).  Memory: the arena; sentences borrow from the passages.
 * Errors: ERR_INVALID (the question is no UTF-8), ERR_NO_MEMORY.                                                      */
#ifndef GILBOT_FLOWS_ANSWER_EXTRACT_H
#define GILBOT_FLOWS_ANSWER_EXTRACT_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "flows/answer/passage.h"

struct arena;
struct question;

enum { EXTRACT_MOST = 3 };

struct extract_sentence {
    size_t passage;    /* index in the passages                                             */
    struct str text;   /* whole sentence, item or table row, borrowed from the passage      */
    struct str header; /* of a table row: the row that names the columns; empty: none       */
    double score;
};

struct extracted {
    struct extract_sentence sentences[EXTRACT_MOST]; /* best first */
    size_t n;                                        /* 0: the passages hold no sentence */
};

/* `question`: as the search read it (store/index/question.h), without its question words; `text`: as it was asked. */
MUST_USE enum err extract_answer(struct arena *arena, struct str text, const struct question *question,
                                 const struct passages *passages, struct extracted *ret_extracted);

/* The sentence for reading: a table row with the names of its columns ("근속: 1년, 일수: 15일"), anything else as it is. */
MUST_USE enum err extract_readable(struct arena *arena, const struct extract_sentence *sentence, struct str *ret_text);

/* The sentences in the order in which they stand in their passages, for reading: indexes into `sentences`. */
void extract_reading_order(const struct extracted *extracted, size_t ret_order[EXTRACT_MOST]);

#endif
