/* flows/answer/association.h — does each number of a claim go with the words that it goes with in the quotes?
 *
 * "정규직은 10일, 계약직은 15일" holds only numbers of "정규직은 15일, 계약직은 10일" and is wrong.  Seen here: between the
 * same two words the quotes have another number of the same unit, and nowhere this one beside either of them.  Claims in
 * other words pass.
 *
 * Thread: any (pure).  Memory: none.  Works on normal text and what quantities_read read of it.                      */
#ifndef GILBOT_FLOWS_ANSWER_ASSOCIATION_H
#define GILBOT_FLOWS_ANSWER_ASSOCIATION_H

#include "flows/answer/quantity.h"

/* A normal text with its quantities. */
struct numbered {
    struct str text;
    struct quantities numbers;
};

/* The first number of the claim that goes with other words in the quotes; empty: none. */
struct str association_fault(const struct numbered *claim, const struct numbered *quoted);

#endif
