#include "flows/survey/check_edges.h"

#include "bot/base/banned.h"

/* Behind the jumps of `next` there are three more ways that a step may have. */
enum { EDGE_FOLLOWS, EDGE_SKIPPED, EDGE_MISFITS, OTHER_EDGES };

static bool other_edge(const struct definition *def, size_t at, size_t which, struct edge *ret_edge)
{
    const struct step *step = &def->steps[at];
    switch (which) {
    case EDGE_FOLLOWS:
        if (step->kind == STEP_END || step->kind == STEP_HAND_OVER)
            *ret_edge = (struct edge){.to = def->n_steps};
        else if (step->kind == STEP_GO)
            *ret_edge = (struct edge){.to = step->go.to, .at = step->go.at};
        else
            *ret_edge = (struct edge){.to = at + 1};
        return step->n_next == 0;
    case EDGE_SKIPPED:
        *ret_edge = (struct edge){.to = at + 1, .skips = true};
        return step->when != NULL;
    case EDGE_MISFITS:
        *ret_edge = (struct edge){.to = step->ask.otherwise, .at = step->ask.otherwise_at, .misfits = true};
        return step->kind == STEP_ASK && step->ask.tries > 0;
    default:
        return false;
    }
}

bool edges_next(struct edges *edges, struct edge *ret_edge)
{
    const struct step *step = &edges->definition->steps[edges->step];
    while (edges->i < step->n_next + OTHER_EDGES) {
        size_t i = edges->i++;
        if (i < step->n_next) {
            *ret_edge = (struct edge){.to = step->next[i].to, .at = step->next[i].at};
            return true;
        }
        if (other_edge(edges->definition, edges->step, i - step->n_next, ret_edge))
            return true;
    }
    return false;
}
