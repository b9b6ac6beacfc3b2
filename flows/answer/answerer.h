/* flows/answer/answerer.h — one question, one answer.
 *
 *   forbidden words ─▶ refused        small talk ─▶ a line        class general ─▶ a line
 *   approved pairs  ─▶ approved       search (words; vectors where words are missing) ─▶ too weak ─▶ "not in the
 *                                     documents", before any model is asked
 *                                        └─▶ a model there: its claims, each with a quote that was found ─▶ generated
 *                                            none, or it failed: the best sentences, word for word ─▶ extractive
 *
 * The same function behind the flow, `gilbot ask` and the page that explains; what each stage saw is in the result.
 *
 * Thread:  any; needs a connection of its own.  A model is only asked where `may_wait` says so: else ERR_BUSY, when one
 *          would be.
 * Memory:  results live in the arena of the question.
 * Errors:  ERR_BUSY; ERR_NO_MEMORY; ERR_INTERNAL.  A question that is no text, or too long, is answered, not refused.   */
#ifndef GILBOT_FLOWS_ANSWER_ANSWERER_H
#define GILBOT_FLOWS_ANSWER_ANSWERER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/answer/claims.h"
#include "flows/answer/faq.h"
#include "flows/answer/passage.h"
#include "flows/text/question_class.h"
#include "flows/text/small_talk.h"
#include "store/index/hybrid_search.h"
#include "store/index/search.h"

struct arena;
struct db;
struct dense;
struct language_model;
struct live;
struct search;
struct workspace;

enum {
    ANSWERER_MOST_SOURCES = 5,
    ANSWERER_MOST_BYTES = 4 * 1024, /* of a question */
    ANSWERER_PASSAGES = 8,          /* read for a question about the company */
    ANSWERER_LIGHT_PASSAGES = 3,    /* … about the basics                    */
    ANSWERER_VECTOR_MS = 4000,      /* to have the question's vector made    */
};

struct answerer {
    const struct workspace *workspace;
    struct search *search;              /* NULL: there are no documents */
    const struct language_model *model; /* NULL: none                   */
    struct dense *dense;                /* NULL: no vectors             */
    struct hybrid_weights weights;      /* when they count              */
    struct str collection;              /* only this one; empty: all    */
};

/* Who asked what; all is borrowed. */
struct asked {
    struct str text;
    struct str locale;  /* the service's or the person's, for what has no language of its own */
    struct str channel; /* where: decides which documents may be seen                         */
    bool sees_all;      /* an operator asks                                                   */
    bool may_wait;      /* a model may be asked: the slow lane, the terminal                  */
    struct str user;    /* for the models' ledger                                             */
    struct strs before; /* earlier questions of the same talk, the latest last                */
    struct live *live;  /* who sees an answer while it is being made; NULL: nobody */
    struct db *db;      /* NULL: there are no documents                                       */
    struct arena *arena;
    struct error *error;
};

/* In the words of `gilbot ask --json`. */
enum answer_kind {
    ANSWER_GENERATED,
    ANSWER_EXTRACTIVE,
    ANSWER_APPROVED,
    ANSWER_REFUSED,
    ANSWER_NOT_FOUND,
    ANSWER_SMALL_TALK
};

struct answer_source {
    struct str document; /* its key; empty for an approved pair */
    struct str title, heading, url;
    int64_t page;     /* 0: none */
    struct str quote; /* word for word; empty: the document as a whole */
};

struct answer {
    enum answer_kind kind;
    struct str language; /* "ko", "en": of the question, and so of the answer */
    struct str text;     /* plain, without the sources */
    struct str markup;   /* as it is sent, sources and all */
    struct answer_source sources[ANSWERER_MOST_SOURCES];
    size_t n_sources;
    struct str model; /* who generated it; empty: nobody */
    int64_t tokens;

    /* what the stages saw */
    struct str read_as;   /* the question, a follow-up made whole                  */
    struct str forbidden; /* the entry of the list that it holds; empty: none       */
    enum small_talk small_talk;
    struct question_verdict verdict;
    struct faq_hit faq;
    bool searched;
    bool widened; /* the question's vector was searched as well */
    struct search_hits hits;
    struct passages passages;
    double confidence;    /* 0…1: how surely the best passage holds the answer (abstain.h) */
    struct str prompt;    /* as the model was asked; empty: it was not                          */
    struct claims claims; /* what it said, each with the verdict on its quotes                  */
};

/* "generated", "extractive", "approved", "refused", "not_found", "small_talk" */
const char *answer_kind_name(enum answer_kind kind);

/* Whether the best of them holds the answer as surely as it takes to give one: abstain.h, and what counts besides where
 * there are few documents. */
bool answerer_is_sure(const struct search_hits *hits);

MUST_USE enum err answer_question(const struct answerer *answerer, const struct asked *asked,
                                  struct answer *ret_answer);

#endif
