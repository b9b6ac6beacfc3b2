/* flows/answer/extract.h — an answer without a model: the sentences of the passages that answer the question best, word
 * for word.
 *
 * A sentence's score: the share (by idf) of the question's terms that it and the passage's headings hold
 *                     + 0.25 · the share of the question's stems that it holds whole
 *                     + 0.12   when it holds what the question word asks for (a date, a number, a person, a place …).
 * The best sentence is taken from the first passage, then two more from there; later passages only when the first has
 * no sentence at all.  Source: korean-rag.md §3.8.
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
    size_t passage;  /* index in the passages                     */
    struct str text; /* whole sentence, borrowed from the passage */
    double score;
};

struct extracted {
    struct extract_sentence sentences[EXTRACT_MOST]; /* best first */
    size_t n;                                        /* 0: the passages hold no sentence */
};

/* `question`: as the search read it (store/index/question.h), without its question words; `text`: as it was asked. */
MUST_USE enum err extract_answer(struct arena *arena, struct str text, const struct question *question,
                                 const struct passages *passages, struct extracted *ret_extracted);

/* The sentences in the order in which they stand in their passages, for reading: indexes into `sentences`. */
void extract_reading_order(const struct extracted *extracted, size_t ret_order[EXTRACT_MOST]);

#endif
