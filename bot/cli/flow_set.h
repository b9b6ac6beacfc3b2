/* bot/cli/flow_set.h — the loaded flows: the operator's files, or the embedded examples of the demonstration.
 *
 * Thread: one at a time.  Memory: a set owns its flows.                                                              */
#ifndef GILBOT_CLI_FLOW_SET_H
#define GILBOT_CLI_FLOW_SET_H

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "flows/flow.h"

struct settings;

struct flow_set {
    struct flows flows;
    struct flow_set *older; /* sets that were replaced but may still be in use */
    bool embedded;
};

/* Loads the flows of the settings (demo: the embedded examples) and refuses what `gilbot check` calls an error.
 * ERR_INVALID with FILE:LINE:COLUMN. */
MUST_USE
enum err flow_set_load(const struct settings *settings, bool demo, struct flow_set **ret_set, struct error *error);

/* The set and all older ones.  NULL is fine. */
void flow_set_free(struct flow_set *set);

#endif
