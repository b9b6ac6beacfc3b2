/* flows/answer/claims.h — a model's answer as claims with quotes, and what of it may be said.
 *
 *   {"claims": [{"text": "연차는 15일입니다.", "quotes": [{"passage": 1, "quote": "연차 유급휴가는 1년에 15일"}]}]}
 *
 *   claims_read ──▶ claims_verify ──▶ claims_answer: the supported ones, with [1], [2] for their sources
 *
 * A claim is supported when
 *   - at least one of its quotes stands in a passage (quote.h); one that names the wrong passage but stands in another
 *     counts for that other; quotes that stand nowhere are dropped,
 *   - every number, amount and date of it stands in its quotes, or in their passages' title and headings (quantity.h),
 *     and with the same words (association.h),
 *   - it does not say yes where they say no (polarity.h),
 *   - its words are theirs, or the question's (support.h), and every address in it is one of theirs.
 * What a model says about its own certainty, sources and instructions is never looked at.
 *
 * Thread: any (pure).  Memory: the arena; quotes borrow from the passages.
 * Errors: ERR_INVALID — no claims can be read out of it (ask again, or answer by extract.h); ERR_NO_MEMORY.          */
#ifndef GILBOT_FLOWS_ANSWER_CLAIMS_H
#define GILBOT_FLOWS_ANSWER_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/answer/passage.h"

struct arena;

enum { CLAIMS_MOST = 32, CLAIM_MOST_QUOTES = 8 };

enum claim_verdict {
    CLAIM_UNCHECKED,
    CLAIM_SUPPORTED,
    CLAIM_WITHOUT_QUOTE,   /* it names none                                    */
    CLAIM_QUOTE_NOT_FOUND, /* none of its quotes stands in a passage           */
    CLAIM_OTHER_NUMBER,    /* detail: the number that no quote has             */
    CLAIM_OTHER_POLARITY,  /* says yes for no, or the other way round          */
    CLAIM_OTHER_WORDS,     /* detail: the clause that no quote has             */
    CLAIM_FOREIGN_ADDRESS, /* detail: a link that no passage has               */
};

struct claim_quote {
    int64_t named;    /* the passage's number as the model says; 0: none, or nonsense */
    struct str said;  /* the quote as the model says                                  */
    bool is_found;    /* then:                                                        */
    size_t passage;   /* index of the passage where it stands                         */
    struct str found; /* the page's own bytes, from its first part to its last        */
};

struct claim {
    struct str text; /* without marks like [1] */
    struct claim_quote quotes[CLAIM_MOST_QUOTES];
    size_t n_quotes;
    enum claim_verdict verdict;
    struct str detail;
};

struct claims {
    struct claim *items;
    size_t n;
    bool is_cut; /* the JSON ended early, or more than CLAIMS_MOST: these are the whole ones */
};

/* Reads what the model wrote: JSON, perhaps within a fence or other words, perhaps cut off.  Fields of a wrong type count
 * as absent; claims without a text are dropped.  An empty list of claims is OK: the model found no answer. */
MUST_USE enum err claims_read(struct arena *arena, struct str text, struct claims *ret_claims, struct error *error);

/* Fills in the quotes' places and the verdicts.  `question`: as asked; its words may be repeated, its numbers not. */
MUST_USE enum err claims_verify(struct arena *arena, struct claims *claims, const struct passages *passages,
                                struct str question, struct error *error);

/* "unchecked", "supported", "without_quote" … for --explain. */
const char *claim_verdict_name(enum claim_verdict verdict);

struct claims_source {
    size_t passage;   /* index in the passages                              */
    struct str quote; /* the first quote that a supported claim has from it */
};

struct claims_answer {
    struct str text; /* supported claims joined by spaces, each with the marks of its sources; empty: there are none */
    struct claims_source *sources; /* in the order of their marks: [1] is the first */
    size_t n_sources;
    size_t n_removed; /* claims that were not supported */
};

MUST_USE enum err claims_answer_make(struct arena *arena, const struct claims *claims,
                                     struct claims_answer *ret_answer);

#endif
