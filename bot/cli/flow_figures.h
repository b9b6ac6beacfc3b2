/* bot/cli/flow_figures.h — the figures of a flow's conversations: of all, and of each day, platform, route and variant.
 *
 * All are of the sessions that began since a moment (store/funnel.h).  Of a question:
 *   reached   sessions that were asked it (not those that knew the answer from the profile)
 *   answered  sessions whose answer stands
 *   misfit    how often an answer did not fit; a session may have several
 *   skipped   sessions that said nothing to an optional one
 *   left      sessions that ended while it waited: stopped, expired, or replaced by another flow
 *   seconds   from the answer before it (else the beginning) to its own: the median, and what nine in ten did not exceed
 *             (nearest rank).  Answers given at the same moment (a sheet of all questions) have no time of their own.
 *
 * Thread: one.  Memory: the arena given.  Errors: as store/funnel.h.                                                 */
#ifndef GILBOT_CLI_FLOW_FIGURES_H
#define GILBOT_CLI_FLOW_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/session.h"
#include "store/funnel.h"

struct arena;
struct db;
struct definition;

enum figures_end { FIGURES_BEGAN, FIGURES_COMPLETED, FIGURES_RECOMMENDED, FIGURES_CONSULTED, FIGURES_ENDS };
extern const char *const figures_end_names[FIGURES_ENDS]; /* "began", "completed" … */

struct figures_step {
    struct str name;
    int64_t reached, answered, misfit, skipped, left;
    int64_t *times_ms; /* shortest first */
    size_t n_times, capacity;
};

/* The time that `percent` of 100 did not exceed; -1: nobody answered. */
int64_t figures_time_ms(const struct figures_step *step, int percent);

struct funnel_figures {
    struct str name;                      /* of the group; empty: of all                                          */
    struct str split;                     /* variants: whose arm it is                                             */
    int64_t ends[FIGURES_ENDS];           /* sessions                                                              */
    int64_t people[FIGURES_ENDS];         /* the same, of each person's first session only: for comparing variants */
    int64_t states[SESSION_REPLACED + 1]; /* by enum session_state                                                */
    struct figures_step *steps;           /* the flow's questions in its order, then those it has no more          */
    size_t n_steps, capacity;
};

enum figures_by { FIGURES_BY_PLATFORM, FIGURES_BY_ROUTE, FIGURES_BY_VARIANT, FIGURES_BY_DAY, FIGURES_DIMENSIONS };
bool figures_by_from_str(struct str word, enum figures_by *ret_by); /* "platform", "route", "variant", "day" */
const char *figures_by_name(enum figures_by by);

struct figures_groups {
    struct funnel_figures *items; /* days: in order, named as 2026-11-01; variants: in the order of the flow */
    size_t n, capacity;
};

struct flow_figures {
    struct funnel_figures all;
    struct figures_groups by[FIGURES_DIMENSIONS];
    struct funnel_items items; /* of all versions */
    int64_t others;            /* sessions of other versions than the one wanted */
};

struct figures_wanted {
    struct funnel_filter filter;
    int64_t offset_ms;                   /* of the service's time zone: where days begin */
    const struct definition *definition; /* the present flow; NULL: it is gone           */
    struct str version;                  /* only sessions of this version; empty: all    */
    const struct funnel_visitor *also;   /* sees every session that is counted; or NULL  */
};

MUST_USE
enum err flow_figures_read(struct db *db, const struct figures_wanted *wanted, struct arena *arena,
                           struct flow_figures *ret_figures, struct error *error);

#endif
