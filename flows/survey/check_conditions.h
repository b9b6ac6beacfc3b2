/* flows/survey/check_conditions.h — what a condition can come out as, and the two ways to prove it; inside flows/survey only.
 *
 *   check_conditions.c   the conditions of all steps, and what is said of them
 *   check_trying.c       proof by trying all answers that make a difference
 *   check_intervals.c    proof by what values can be at most and at least
 *
 * Null, of a question that was skipped or not asked on some way, is no true.
 *
 * Thread: any.  Memory: the checker's arena, and a scratch of its own.                                               */
#ifndef GILBOT_FLOWS_SURVEY_CHECK_CONDITIONS_H
#define GILBOT_FLOWS_SURVEY_CHECK_CONDITIONS_H

#include "bot/base/arena.h"
#include "flows/survey/check_box.h"
#include "flows/survey/check_sure.h"

/* What a condition may come out as; null is FALSE.  0: nothing can be said. */
enum { MAY_BE_TRUE = 1, MAY_BE_FALSE = 2, MAY_BE_BOTH = 3 };

struct conditions {
    struct checker *checker;
    struct boxes boxes;
    struct sure sure;
    struct needs needs;
    struct arena scratch; /* of one condition                                             */
    struct arena tried;   /* of one combination of answers                                */
    size_t step;          /* whose condition it is                                        */
    bool is_done;         /* the step has been done: its question is surely answered      */
};

/* Whether the variable may have no value where the condition is looked at. */
bool conditions_may_be_null(struct conditions *conditions, size_t variable);

unsigned conditions_by_intervals(struct conditions *conditions, const struct feel_node *node);
/* 0: the combinations cannot be tried, or are too many. */
unsigned conditions_by_trying(struct conditions *conditions, const struct feel_expr *expr);

#endif
