/* bot/cli/audit.h — settings and flows looked at together: what `gilbot check` reports and a reload refuses.
 *
 *   unknown_flow    error  a route names a flow that is not loaded
 *   unknown_flow,
 *   unknown_answer  error  `profile` takes over an answer of a flow that is not loaded, or that it does not ask for
 *   unknown_people  error  a `hand_over` to somebody whom the platform that runs the flow does not know
 *   …                      everything of flows/survey/check.h, with the limits of the platforms that run the flow
 *
 * Thread: any.  Memory: findings and figures live in the findings' arena.  Errors: ERR_NO_MEMORY.                    */
#ifndef GILBOT_CLI_AUDIT_H
#define GILBOT_CLI_AUDIT_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "flows/flow.h"
#include "flows/survey/check.h"

struct settings;

/* Appends to `findings`.  `ret_figures` has room for flows->n; those of flows that are no surveys stay zero.  May be NULL. */
MUST_USE
enum err audit(const struct settings *settings, const struct flows *flows, struct findings *findings,
               struct check_figures *ret_figures);

/* The same without what names other flows: for when not all could be loaded. */
MUST_USE
enum err audit_flows(const struct settings *settings, const struct flows *flows, struct findings *findings,
                     struct check_figures *ret_figures);

#endif
