/* flows/survey/check_made.h — answers that are made up: the ends of what a question allows, numbers that the flow compares
 * with, and values between them; inside flows/survey only.
 *
 * Thread: any.  Memory: as said in made_init.  Always the same ones: nothing but the order of the calls decides.     */
#ifndef GILBOT_FLOWS_SURVEY_CHECK_MADE_H
#define GILBOT_FLOWS_SURVEY_CHECK_MADE_H

#include "flows/survey/check_parts.h"

struct made {
    struct arena *arena;       /* of values */
    const struct value *hints; /* by variable: its answer, null: any.  NULL: no hints */
    struct decimal *named;     /* numbers that the flow's expressions name */
    size_t n_named;
    uint64_t random;
    bool leans;      /* answers of one conversation go together: all low, all high, … */
    size_t lean;     /* where they are                                                 */
    uint64_t turned; /* variables that are at the other end instead, a bit each        */
};

/* Values will live in `arena`, the rest in the checker's.  False: that is full. */
MUST_USE
bool made_init(struct made *made, struct checker *checker, struct arena *arena);
/* How the answers of the next conversation go together: sums of points come to their ends only when they do. */
void made_lean(struct made *made);
/* Null: skipped, or of a type whose answers cannot be made up (text, file, …). */
struct value made_answer(struct made *made, const struct ask *ask);
/* 0 to n - 1. */
size_t made_below(struct made *made, size_t n);

#endif
