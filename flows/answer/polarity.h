/* flows/answer/polarity.h — does a claim say yes where its quotes say no?
 *
 * Heuristics over words, Korean and some English, in three steps:
 *   negated predicates  "지급하지 않", "받을 수 없", "안 되", "아니", "cannot pay": what the claim negates must be negated
 *                       in the quotes too, and what the quotes negate must not be stated plainly;
 *   negative words      불가, 금지, 제외 … count as a negation that does not say of what;
 *   opposites           이상/이하/미만/초과, 유급/무급, 오전/오후 …: the claim must not hold the one where the quotes hold
 *                       only the other.
 * When in doubt the claim passes: a wrong word is the business of the other checks.
 *
 * Thread: any (pure).  Memory: none kept.  Works on normal text (bot/base/terms.h: terms_normal).                     */
#ifndef GILBOT_FLOWS_ANSWER_POLARITY_H
#define GILBOT_FLOWS_ANSWER_POLARITY_H

#include <stdbool.h>

#include "bot/base/str.h"

/* Whether the claim may stand.  `quoted`: what its quotes say, each to the end of its predicate (polarity_reach). */
bool polarity_agrees(struct str claim, struct str quoted);

/* The span [from, to) of a page, widened to whole words and on through a negation that the cut would lose: the quote
 * "수당을 지급" of "수당을 지급하지 않는다" reaches to the end. */
struct str polarity_reach(struct str page, size_t from, size_t to);

#endif
