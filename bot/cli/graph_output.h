/* bot/cli/graph_output.h — a flow's graph as Mermaid, as Graphviz's DOT, and what is put into the SVG that `dot` makes of it.
 *
 * Everything that comes from a flow is escaped, for each language as it wants it.
 * Thread: any (pure).  Memory: `out`; shown->arena.  Errors: ERR_NO_MEMORY.                                           */
#ifndef GILBOT_CLI_GRAPH_OUTPUT_H
#define GILBOT_CLI_GRAPH_OUTPUT_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct buf;
struct graph_shown;

/* Source: Mermaid 10, "Flowcharts - Basic Syntax". */
MUST_USE
enum err graph_output_mermaid(const struct graph_shown *shown, struct buf *out);
/* Source: Graphviz, "DOT Language".  Boxes are made wide enough for text in any font: dot need not have the one that the
 * picture is shown in. */
MUST_USE
enum err graph_output_dot(const struct graph_shown *shown, struct buf *out);
/* `svg` as dot wrote it, with a role, a title and a description for those who hear it (WAI-ARIA 1.2, SVG-AAM 1.0), and
 * without what stands before the picture.  ERR_INVALID: it is no SVG. */
MUST_USE
enum err graph_output_svg(const struct graph_shown *shown, struct str svg, struct buf *out);

#endif
