/* flows/survey/span.h — a proof that it makes no difference to what a flow recommends which number of an interval one answer
 * is, all other answers being what they are.
 *
 * It holds when every condition on the flow's way is true for all of the interval or for none of it, when of every table
 * that the recommendation needs the same rules fit, and when nothing else in what is recommended moves with the answer.
 * Numbers are carried through the expressions as intervals (check_box.h).  False means only that there is no proof: the
 * expressions may be too tangled, or a border lies within.  The larger the interval, the likelier that is.
 *
 * All is taken as it is after a run with the least number of the interval: while the conditions are proved the flow goes
 * the same way for the others.  A step that may look at an answer before it is given is not reasoned about, nor are
 * variables that change on the way (`set`, `always`).
 *
 * Thread: one.  Memory: arenas of its own, until span_release.                                                       */
#ifndef GILBOT_FLOWS_SURVEY_SPAN_H
#define GILBOT_FLOWS_SURVEY_SPAN_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "flows/rules/decimal.h"
#include "flows/survey/check_box.h"
#include "flows/survey/scope.h"
#include "flows/survey/span_names.h"

struct rerun;
struct run;

struct span {
    const struct rerun *input;
    size_t step; /* the question whose answer moves                 */
    struct span_names names;
    struct arena kept, scratch;
    struct checker checker;
    struct findings findings;
    struct boxes_more more;

    /* of one interval */
    struct box interval;
    struct boxes boxes;
    unsigned char *memo; /* by slot                            */
    struct scope scope;  /* at the end of the run with the least number */
};

/* `run`: with the answers as they are.  False: no memory, or nothing can be proved of this question. */
MUST_USE
bool span_init(struct span *span, const struct rerun *input, const struct run *run, size_t step);
void span_release(struct span *span);

/* low <= high. */
bool span_holds(struct span *span, struct decimal low, struct decimal high);

#endif
