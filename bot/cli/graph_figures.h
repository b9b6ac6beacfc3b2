/* bot/cli/graph_figures.h — how many went where in a flow's graph.
 *
 * Of the sessions that began with the very version of the flow that is drawn: another one had other ways.  Nodes count
 * sessions, edges count how often they were gone along (a loop counts each time).
 *
 * Thread: one.  Memory: the arena given.  Errors: ERR_NO_MEMORY, as store/funnel.h.                                   */
#ifndef GILBOT_CLI_GRAPH_FIGURES_H
#define GILBOT_CLI_GRAPH_FIGURES_H

#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/cli/flow_figures.h"
#include "flows/survey/graph.h"

struct graph_figures {
    int64_t *nodes, *edges;     /* by node, by edge */
    int64_t lost;               /* sessions whose way could not be found again: they are in no number */
    struct flow_figures funnel; /* of the same sessions; funnel.others: of other versions */
};

/* `wanted->definition` is the one that the graph is of. */
MUST_USE
enum err graph_figures_read(struct db *db, const struct figures_wanted *wanted, const struct graph *graph,
                            struct arena *arena, struct graph_figures *ret_figures, struct error *error);

#endif
