/* bot/cli/flow_stats_output.h — figures (flow_figures.h) on standard output: for people, for programs.
 *
 * Thread: one.                                                                                                       */
#ifndef GILBOT_CLI_FLOW_STATS_OUTPUT_H
#define GILBOT_CLI_FLOW_STATS_OUTPUT_H

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/cli/flow_figures.h"

struct arena;

struct stats_shown {
    const struct flow_figures *figures;
    struct str flow;
    struct clock_date since;
    bool korean;
    bool grouped; /* `--by`: one dimension, with its questions; else platforms and days without */
    enum figures_by by;
};

void flow_stats_print(const struct stats_shown *shown);

/* One object: {"flow", "began" … "consulted", "waiting" …, "steps", "items", "platforms", "routes", "variants", "days"}; a
 * group has what the whole has; "variants" also "differences" to the first arm.  ERR_NO_MEMORY. */
MUST_USE
enum err flow_stats_print_json(const struct stats_shown *shown, struct arena *arena, struct error *error);

#endif
