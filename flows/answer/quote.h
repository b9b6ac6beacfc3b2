/* flows/answer/quote.h — does the page really say so?  Finds a quote in the stored text it is said to come from.
 *
 * Two texts are the same here when they differ only in spaces, line breaks, punctuation, quotation marks, markup, width
 * and case.  What carries meaning counts: every letter and digit, % and currency signs, a sign before a number, and what
 * stands between two digits (1.5 is not 15, 3~5 is not 35; the comma of 1,000 may be absent).
 *   - A quote is one contiguous piece, or pieces joined by an ellipsis ("…", "...", "(중략)") that stand in this order,
 *     near each other, each long enough to be found by chance nowhere else.
 *   - It begins and ends at a word's edge where the cut could change a meaning: not within a number or a Latin word, not
 *     behind 불, 비, 미, 무 … (of "불가능하다" nobody said "가능하다").
 *   - A short quote (< QUOTE_SHORT characters) must be there exactly, as a whole word.
 *   - A near miss is a miss.
 *
 * Thread: any (pure).  Memory: the arena (about 12 bytes a byte of the page).  Time: linear in the page for a
 * quote of one piece.
 * Errors: ERR_NO_MEMORY only; a quote that is not there is an outcome, no error.  Malformed UTF-8 matches itself.     */
#ifndef GILBOT_FLOWS_ANSWER_QUOTE_H
#define GILBOT_FLOWS_ANSWER_QUOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

enum { QUOTE_SHORT = 6, QUOTE_PARTS = 4 };

/* A text and what of it counts, place by place.  Lives as long as text and arena. */
struct quote_page {
    struct str text;
    struct quote_place *places;
    size_t n;
};

struct quote_span {
    size_t from, to; /* bytes of the page's text: whole code points */
};

enum quote_outcome {
    QUOTE_FOUND,
    QUOTE_EMPTY, /* nothing in it counts                                                */
    QUOTE_VAGUE, /* too short, or a part of it is, to say that it stands here           */
    QUOTE_ABSENT,
};

struct quote_found {
    struct quote_span parts[QUOTE_PARTS];
    size_t n;
};

/* Prepares a page, for any number of quotes. */
MUST_USE enum err quote_page_read(struct arena *arena, struct str text, struct quote_page *ret_page);

/* *ret_found is written when the outcome is QUOTE_FOUND. */
MUST_USE enum err quote_locate(struct arena *arena, const struct quote_page *page, struct str quote,
                               enum quote_outcome *ret_outcome, struct quote_found *ret_found);

/* The span widened to the sentences that it touches. */
struct str quote_context(struct str page, struct quote_span span);

#endif
