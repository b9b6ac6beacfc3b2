/* flows/survey/span_names.h — which names move with one answer, which change on the way, which steps look too early; inside
 * flows/survey only, for span.h.
 *
 * Thread: any (pure).  Memory: the checker's arena.                                                                  */
#ifndef GILBOT_FLOWS_SURVEY_SPAN_NAMES_H
#define GILBOT_FLOWS_SURVEY_SPAN_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "flows/survey/check_parts.h"

struct run;

struct span_names {
    size_t slot; /* the name of the answer                                       */
    bool *moves; /* by slot: it is the answer, or depends on it                  */
    bool *vague; /* by slot: it is set or asked again on the way, or depends on such a name */
    bool *early; /* by step: its conditions, or what it recommends, may look at an answer before it is given */
};

/* `run`: one that went its way, for what is known from the start.  False: no memory, or the answer itself changes on the
 * way. */
MUST_USE
bool span_names_init(struct span_names *names, struct checker *checker, const struct run *run, size_t step);

/* Whether the expression, NULL or not, names one that is marked, itself. */
bool span_names_use(const struct feel_expr *expr, const bool *marked);

#endif
