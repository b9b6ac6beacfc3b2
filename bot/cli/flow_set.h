/* bot/cli/flow_set.h — the loaded flows: the operator's files, or the embedded examples of the demonstration; and the
 * versions that sessions began with which still wait.
 *
 *   flow_set_load ─▶ flow_set_follow (a reload: what did not change is taken over) ─▶ flow_set_keep ─▶ pipeline
 *                    flow_set_recall (a start: what sessions wait with, from the store) ─┘
 *
 * Thread: one at a time.  Memory: a set owns the flows that were loaded for it, and the sets before it.              */
#ifndef GILBOT_CLI_FLOW_SET_H
#define GILBOT_CLI_FLOW_SET_H

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/error.h"
#include "flows/answer/flow.h"
#include "flows/flow.h"

struct db;
struct settings;
struct store;

struct flow_set {
    struct flows flows;
    struct flow **owned; /* n_owned of them */
    size_t n_owned;
    struct flow_set *before; /* that was replaced; steps may still be in its flows */
};

/* Loads the flows of the settings (demo: the embedded examples) and refuses what `gilbot check` calls an error.
 * ERR_INVALID with FILE:LINE:COLUMN. */
MUST_USE
enum err flow_set_load(const struct settings *settings, bool demo, struct flow_set **ret_set, struct error *error);

/* `set` is to replace `before`: flows that are the same are taken from it, the others that it had are older ones.
 * *ret_changed false: nothing is different, and `set` may be freed.  Else it owns `before`.  ERR_NO_MEMORY. */
MUST_USE
enum err flow_set_follow(struct flow_set *set, struct flow_set *before, bool *ret_changed, struct error *error);

/* Stores the files of the present flows.  Not on the loop or the writer thread. */
MUST_USE
enum err flow_set_keep(const struct flow_set *set, struct store *store, struct clock clock, struct error *error);

/* Adds the versions that sessions wait with and that `set` does not have.  One that cannot be loaded any more is logged:
 * its sessions go on with the present version. */
MUST_USE
enum err flow_set_recall(struct flow_set *set, struct store *store, struct error *error);

/* A version of a flow as it was kept; the caller frees it.  ERR_NOT_FOUND; ERR_INVALID: it cannot be loaded any more. */
MUST_USE
enum err flow_recall(struct db *db, struct str name, struct str version, struct flow **ret_flow, struct error *error);

/* What the flow that answers questions searches and asks; before the set is used.  Any may be NULL. */
void flow_set_connect(struct flow_set *set, const struct answer_means *means);

/* The set and all before it.  NULL is fine. */
void flow_set_free(struct flow_set *set);

#endif
