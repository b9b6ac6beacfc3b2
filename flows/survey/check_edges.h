/* flows/survey/check_edges.h — the ways on from a step; inside flows/survey only.
 *
 * Thread: any (pure).  Memory: none of its own.                                                                      */
#ifndef GILBOT_FLOWS_SURVEY_CHECK_EDGES_H
#define GILBOT_FLOWS_SURVEY_CHECK_EDGES_H

#include <stdbool.h>
#include <stddef.h>

#include "flows/survey/definition.h"

/* One way on from a step. */
struct edge {
    size_t to;       /* n_steps: the end */
    struct place at; /* where it is written; 0, 0: nowhere, the flow just goes on */
    bool skips;      /* the step itself is left out                                */
    bool misfits;    /* a question without an answer                                */
};

/* The ways on from a step, given one after the other. */
struct edges {
    const struct definition *definition;
    size_t step;
    size_t i; /* the next one to look at; 0 before the first */
};

/* False: there are no more.  Targets may come twice. */
bool edges_next(struct edges *edges, struct edge *ret_edge);

#endif
