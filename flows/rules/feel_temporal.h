/* flows/rules/feel_temporal.h — dates, times and durations as values: from text, arithmetic, properties.  Internal.
 * Source: DMN 1.5 tables 57, 59, 62 (arithmetic), 65, 66 (properties). */
#ifndef GILBOT_FLOWS_RULES_FEEL_TEMPORAL_H
#define GILBOT_FLOWS_RULES_FEEL_TEMPORAL_H

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "flows/rules/feel_eval.h"

struct feel_temporal_text {
    struct str text;
    enum feel_kind wanted; /* FEEL_ANY: whichever it is */
};

/* As feel_read_temporal; the value lives in `arena`, zones are looked up in `zones`. */
MUST_USE
bool feel_temporal_read(struct arena *arena, struct zone_cache *zones, struct feel_temporal_text text,
                        struct value *ret_value);

/* The run's zones, ready for use. */
struct zone_cache *feel_temporal_zones(struct feel_run *run);
/* Values of the run. */
struct value feel_temporal_make_time(struct feel_run *run, const struct temporal_time *time);
struct value feel_temporal_make_moment(struct feel_run *run, const struct temporal_moment *moment);

/* FEEL_NEGATE … FEEL_POWER where one operand or both are dates, times or durations: the result, or null with a reason.
 * False: there is no such operation on these kinds (no reason is added). */
MUST_USE
bool feel_temporal_calculate(struct feel_run *run, enum feel_op op, const struct value *a, const struct value *b,
                             struct value *ret_value);
/* `.year` and the like.  False: it has no such property, or is nothing of the kind. */
MUST_USE
bool feel_temporal_property(const struct value *of, struct str name, struct value *ret_value);

#endif
