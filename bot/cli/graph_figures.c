#include "bot/cli/graph_figures.h"

#include <string.h>

#include "bot/base/arena.h"
#include "flows/flow.h"
#include "flows/survey/definition.h"
#include "flows/survey/path.h"

#include "bot/base/banned.h"

enum { PATH_BYTES = 32 * 1024 * 1024, MS_A_MINUTE = 60000 };

struct walking {
    const struct graph *graph;
    const struct definition *definition;
    struct graph_figures *figures;
    int64_t offset_ms;
    struct arena scratch; /* of one session */
    struct graph_way way; /* of one session: the edges it went along, one after the other */
    bool *seen;           /* by node: of one session */
};

/* Goes on to a node; false: there is no way. */
static bool go_to(struct walking *walking, size_t *at, size_t to)
{
    struct graph_way way = {.edges = arena_alloc_array(&walking->scratch, walking->graph->n_nodes + 1, sizeof(size_t))};
    if (way.edges == NULL || !graph_find_way(walking->graph, *at, to, &way))
        return false;
    for (size_t i = 0; i < way.n; i++) {
        const struct graph_edge *edge = &walking->graph->edges[way.edges[i]];
        walking->figures->edges[way.edges[i]]++;
        if (walking->graph->nodes[edge->to].kind != GRAPH_ASK)
            walking->seen[edge->to] = true;
    }
    *at = to;
    return true;
}

/* The flow's end, where it is drawn; SIZE_MAX: no way leads there. */
static size_t end_of(const struct graph *graph)
{
    for (size_t i = 0; i < graph->n_nodes; i++)
        if (graph->nodes[i].kind == GRAPH_END && graph->nodes[i].step == SIZE_MAX)
            return i;
    return SIZE_MAX;
}

static bool walk(struct walking *walking, const struct path *path, enum session_state state)
{
    const struct graph *graph = walking->graph;
    size_t at = 0, end = end_of(graph);
    walking->seen[0] = true;
    for (size_t i = 0; i < path->n; i++) {
        size_t step = path->steps[i].step, to = graph->boxes[step];
        if (to == SIZE_MAX) /* a `go` */
            continue;
        bool within = to == at && step != graph->nodes[to].step; /* a box of several steps */
        if (!within && !go_to(walking, &at, to))
            return false;
        walking->seen[to] = walking->seen[to] || path->steps[i].asked;
    }
    bool over = graph->nodes[at].kind == GRAPH_END || graph->nodes[at].kind == GRAPH_HAND_OVER;
    return over || state != SESSION_DONE || end == SIZE_MAX || go_to(walking, &at, end);
}

static void take_back(struct walking *walking, const int64_t *edges)
{
    memcpy(walking->figures->edges, edges, walking->graph->n_edges * sizeof *edges);
    walking->figures->lost++;
}

static enum err count(void *self, const struct funnel_session *session, struct error *error)
{
    struct walking *walking = self;
    const struct graph *graph = walking->graph;
    int64_t now_ms = session->session.updated_ms;
    arena_reset(&walking->scratch);
    struct flow_ctx ctx = {.arena = &walking->scratch,
                           .clock = clock_manual(&now_ms),
                           .locale = walking->definition->locale,
                           .utc_offset_min = walking->offset_ms / MS_A_MINUTE};
    struct path path = {0};
    int64_t *before = arena_alloc_array(&walking->scratch, graph->n_edges + 1, sizeof *before);
    walking->seen = arena_alloc_array(&walking->scratch, graph->n_nodes, sizeof *walking->seen);
    if (before == NULL || walking->seen == NULL)
        return fail(error, ERR_NO_MEMORY, "the flow is too large");
    memcpy(before, walking->figures->edges, graph->n_edges * sizeof *before);
    if (path_of(walking->definition, &ctx, &session->session, &path) != OK ||
        !walk(walking, &path, session->session.state)) {
        take_back(walking, before);
        return OK;
    }
    for (size_t i = 0; i < graph->n_nodes; i++)
        walking->figures->nodes[i] += walking->seen[i];
    return OK;
}

enum err graph_figures_read(struct db *db, const struct figures_wanted *wanted, const struct graph *graph,
                            struct arena *arena, struct graph_figures *ret_figures, struct error *error)
{
    struct graph_figures figures = {
        .nodes = arena_alloc_array(arena, graph->n_nodes, sizeof *figures.nodes),
        .edges = arena_alloc_array(arena, graph->n_edges + 1, sizeof *figures.edges),
    };
    if (figures.nodes == NULL || figures.edges == NULL)
        return fail(error, ERR_NO_MEMORY, "the flow is too large");
    struct walking walking = {
        .graph = graph, .definition = wanted->definition, .figures = &figures, .offset_ms = wanted->offset_ms};
    struct funnel_visitor visitor = {count, &walking};
    struct figures_wanted both = *wanted;
    both.version = wanted->definition->version;
    both.also = &visitor;
    arena_init(&walking.scratch, PATH_BYTES);
    enum err rc = flow_figures_read(db, &both, arena, &figures.funnel, error);
    arena_release(&walking.scratch);
    if (rc == OK)
        *ret_figures = figures;
    return rc;
}
