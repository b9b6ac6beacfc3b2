/* bot/cli/graph_text.h — what stands in the boxes and at the arrows of a flow's graph, in Korean or English.
 *
 * Thread: any (pure).  Memory: the arena given.  Errors: ERR_NO_MEMORY.                                              */
#ifndef GILBOT_CLI_GRAPH_TEXT_H
#define GILBOT_CLI_GRAPH_TEXT_H

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/survey/graph.h"

struct arena;
struct definition;
struct graph_figures;

struct graph_shown {
    const struct definition *definition;
    const struct graph *graph;
    const struct graph_figures *figures; /* NULL: without numbers */
    struct clock_date since;             /* of the numbers        */
    bool korean;
    struct arena *arena;
};

/* Lines of at most GRAPH_TEXT_COLUMNS terminal columns, at most GRAPH_TEXT_LINES of them: the text, then the numbers. */
enum { GRAPH_TEXT_COLUMNS = 34, GRAPH_TEXT_LINES = 6 };
struct graph_lines {
    struct str items[GRAPH_TEXT_LINES];
    size_t n;
};

MUST_USE
enum err graph_text_node(const struct graph_shown *shown, size_t node, struct graph_lines *ret_lines);
/* Empty: nothing. */
MUST_USE
enum err graph_text_edge(const struct graph_shown *shown, size_t edge, struct str *ret_label);
/* How thick an arrow is, in points: 1, and more the more of all went along it. */
double graph_text_width(const struct graph_shown *shown, size_t edge);

/* For people who see the picture's name only, and for those who hear it. */
MUST_USE
enum err graph_text_title(const struct graph_shown *shown, struct str *ret_title);
MUST_USE
enum err graph_text_description(const struct graph_shown *shown, struct str *ret_description);

#endif
