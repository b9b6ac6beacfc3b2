/* bot/cli/graphviz.h — Graphviz's `dot` as a child process.
 *
 * Laying out a graph well is a library of its own (network simplex, splines); Debian keeps it, people have it, and as a
 * program it is needed only where a picture is wanted: nothing is linked, and a server need not have it.
 * It reads only what gilbot wrote, from a file without a name.
 *
 * Thread: any.  Memory: the arena given.                                                                             */
#ifndef GILBOT_CLI_GRAPHVIZ_H
#define GILBOT_CLI_GRAPHVIZ_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

/* `dot` (the program's text in the DOT language) as SVG.  ERR_NOT_FOUND: there is no `dot`, and what to do; ERR_INTERNAL: it
 * failed; ERR_NO_MEMORY. */
MUST_USE
enum err graphviz_svg(struct str dot, struct arena *arena, struct str *ret_svg, struct error *error);

#endif
