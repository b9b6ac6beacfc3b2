/* flows/survey/check_answers.h — a search for answers that lead to a hole in a table.
 *
 * Walks through the flow many times with answers that are made up (the ends of what a question allows, and values between
 * them, always the same ones), as a person would: `when`, `set` and `next` decide what is asked.  What it finds is certain;
 * that it finds nothing proves nothing.
 *
 * Thread: any.  Memory: own arenas; the example in the checker's.                                                    */
#ifndef GILBOT_FLOWS_SURVEY_CHECK_ANSWERS_H
#define GILBOT_FLOWS_SURVEY_CHECK_ANSWERS_H

#include "flows/survey/check_parts.h"

struct answers_found {
    struct str answers; /* "weight: 60, height: 165"              */
    struct str inputs;  /* "carb_g = 56, protein_g = 20"           */
};

/* A table (of definition.tables) that seems to have a hole, and what is known of where it is. */
struct answers_wanted {
    bool wanted;
    const struct value *hints; /* by variable: the answer that may lead there, null: any.  NULL: no hints */
};

/* For each wanted table: answers with which the flow needs this table and no rule of it fits; empty when none were
 * found. */
void check_answers(struct checker *checker, const struct answers_wanted *wanted, struct answers_found *ret_found);

#endif
