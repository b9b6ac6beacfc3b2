/* store/index/question.h — a question as the search sees it: its words, their terms, what each is worth here.
 *
 * Question words ("언제", "알려주세요") are dropped; when nothing would be left, all are kept.  Synonyms of the workspace
 * (synonyms.h) come as further terms with a lower weight.
 *
 * Thread: any.  Memory: all in the arena given.  Errors: ERR_INVALID — not UTF-8, or longer than QUESTION_MOST_BYTES;
 * ERR_NO_MEMORY.  Source: korean-rag.md 2 and 3.5.                                                                    */
#ifndef GILBOT_STORE_INDEX_QUESTION_H
#define GILBOT_STORE_INDEX_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/base/terms.h"

struct arena;
struct synonyms;
struct text_index;

enum { QUESTION_MOST_BYTES = 8 * 1024, QUESTION_MOST_TERMS = 256 };

/* Each only once. */
struct question_term {
    struct str text;
    double idf;    /* ln(1 + (N − df + .5) / (df + .5)) over the whole index; df 0: the most there is     */
    double weight; /* 1 for the question's own; less for a synonym's                                      */
    int32_t entry; /* the text index's own number of the term; -1: it stands nowhere                      */
};

struct question_word {
    enum word_kind kind;
    struct str stem;
    size_t first, n; /* its terms: indices into question.own  */
    double mass;     /* their mean idf                        */
};

struct question {
    struct str squeezed;         /* normal, without spaces and punctuation           */
    struct question_word *words; /* in their order, without question words           */
    size_t n_words;
    uint32_t *own;               /* terms of the words: indices into terms, in order */
    struct question_term *terms; /* those of the words first, then the synonyms'     */
    size_t n_terms, n_own_terms;
    double mass; /* of all words                                     */
};

/* `index` says what terms are worth; `synonyms` may be NULL. */
struct question_source {
    struct str text;
    const struct text_index *index;
    const struct synonyms *synonyms;
};
MUST_USE
enum err question_read(struct arena *arena, const struct question_source *source, struct question *ret_question,
                       struct error *error);

#endif
