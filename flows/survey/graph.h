/* flows/survey/graph.h — a flow as boxes and arrows, to be drawn.
 *
 *   step                      box: a question, a recommendation, a hand-over, an end; what is said (set, tagged) in a row is one
 *   `when`                    a box that asks it, with arrows yes and no; `variants`: with an arrow for each
 *   `next`, `go`, `otherwise` arrows; a `go` has no box
 *   decision table            a box with dashed arrows to where it decides: recommendations, conditions
 *
 * Words that may be said at any time (back, stop, …) are left out: they lead from every question.
 *
 * Thread: any (pure).  Memory: the arena given; texts are borrowed from the definition.  Errors: ERR_NO_MEMORY.      */
#ifndef GILBOT_FLOWS_SURVEY_GRAPH_H
#define GILBOT_FLOWS_SURVEY_GRAPH_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct definition;
struct split;

enum graph_kind {
    GRAPH_START,
    GRAPH_SAY,
    GRAPH_ASK,
    GRAPH_RECOMMEND,
    GRAPH_HAND_OVER,
    GRAPH_SET, /* nothing but `set` and `tag` */
    GRAPH_END,
    GRAPH_CONDITION,
    GRAPH_VARIANTS,
    GRAPH_TABLE,
    GRAPH_KINDS
};

struct graph_node {
    enum graph_kind kind;
    size_t step,
        n_steps;     /* those it stands for; CONDITION: the step that has it; END: SIZE_MAX where the flow just ends */
    struct str text; /* CONDITION: as written; VARIANTS, TABLE: the name */
    const struct split *split; /* VARIANTS */
    size_t n_rules;            /* TABLE; 0: in a DMN file */
};

enum graph_label {
    GRAPH_PLAIN,
    GRAPH_YES,
    GRAPH_NO,
    GRAPH_WHEN,
    GRAPH_OTHERWISE,
    GRAPH_MISFITS,
    GRAPH_ARM,
    GRAPH_DECIDES
};

struct graph_edge {
    size_t from, to; /* nodes */
    enum graph_label label;
    struct str text; /* WHEN: as written; ARM: its name */
};

struct graph {
    const struct graph_node *nodes; /* [0] is the start */
    size_t n_nodes;
    const struct graph_edge *edges;
    size_t n_edges;
    const size_t *boxes; /* by step: its node; SIZE_MAX: a `go`, which has none */
};

MUST_USE
enum err graph_of(const struct definition *definition, struct arena *arena, struct graph *ret_graph);

/* The edges from one node to another, over nothing but conditions and variants, in order.  False: there is no such way. */
struct graph_way {
    size_t *edges; /* room for n_nodes of them; n = 0 before */
    size_t n;
};
bool graph_find_way(const struct graph *graph, size_t from, size_t to, struct graph_way *way);

#endif
