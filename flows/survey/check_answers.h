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

/* For each of the tables with `wanted[i]` (by definition.tables): answers with which the flow needs this table and no rule
 * of it fits; empty when none were found. */
void check_answers(struct checker *checker, const bool *wanted, struct answers_found *ret_found);

#endif
