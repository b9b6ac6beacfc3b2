/* flows/survey/nearest.h — the smallest change of one answer with which something else would have been recommended.
 *
 * One answer is changed, all others are kept, and the flow goes its way (rerun.h): what `when` leaves out then is left
 * out; where it comes to a question that nobody answered, nobody can say what it would have recommended, so that is no
 * change that counts.  Something else: other records, in another order, or none.
 *
 *   how large a change is        1 = as large as it can be
 *   number, scale, date          the distance, as a part of what the question allows (min … max); where it has no bound,
 *                                of 1000 around the answer, and as much more as ten times its size
 *   choice, yes_no               1: any other option
 *   choices                      one option more or less: 1 / the number of options
 *   skipping, or not skipping    1
 *   text, phone, email, file     not looked at
 *
 * Numbers are looked at as people would give them: whole ones where the question wants these, else in steps of 0.1, or of
 * the digits that the answer or the question's bounds have when these are more.  The search is exact: it finds the nearest
 * of these numbers.  It goes from the answer outwards and leaves out only stretches of which it is proved that no test of
 * the flow changes its mind there (span.h); what cannot be proved is tried, number by number.
 *
 * Thread: any (pure).  Memory: the arena; what is tried in an arena of its own.  Errors: as rerun.                  */
#ifndef GILBOT_FLOWS_SURVEY_NEAREST_H
#define GILBOT_FLOWS_SURVEY_NEAREST_H

#include "flows/survey/rerun.h"

enum { NEAREST_MOST_RUNS = 20000 };

enum nearest_reach {
    NEAREST_ONLY, /* just this answer: an option, or a single number */
    NEAREST_DOWN, /* and everything below it                         */
    NEAREST_UP,   /* and everything above it                         */
    NEAREST_UNTIL /* and everything from there to `until`            */
};

struct nearest {
    bool found;
    size_t step;                  /* the question                                            */
    struct value was, now;        /* null: skipped                                           */
    enum nearest_reach reach;     /* which answers lead to the same                          */
    struct value until;           /* UNTIL                                                   */
    double size;                  /* 0 … 1, see above                                        */
    struct recommendations items; /* what would have been recommended; n = 0: nothing         */
    size_t asks;   /* not found, but a change leads to this question, which nobody answered; SIZE_MAX: none */
    bool gave_up;  /* more than NEAREST_MOST_RUNS numbers: there may be a smaller change */
    size_t n_runs; /* how many answers were tried                                        */
};

/* `input` without a change.  What it recommends by itself is in *ret_items. */
MUST_USE
enum err nearest_find(const struct rerun *input, struct arena *arena, struct recommendations *ret_items,
                      struct nearest *ret_nearest, struct error *error);

#endif
