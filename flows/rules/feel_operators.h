/* flows/rules/feel_operators.h — what operators do with values (DMN 1.5 §10.3.2.5, tables 50–54). Internal. */
#ifndef GILBOT_FLOWS_RULES_FEEL_OPERATORS_H
#define GILBOT_FLOWS_RULES_FEEL_OPERATORS_H

#include "flows/rules/feel_eval.h"

/* `op`: FEEL_NEGATE (b is not looked at) … FEEL_GREATER_OR_EQUAL.  Null with a reason where the types do not fit. */
struct value feel_operators_apply(struct feel_run *run, enum feel_op op, const struct value *a, const struct value *b);
struct value feel_operators_between(struct feel_run *run, const struct value *a, const struct value *low,
                                    const struct value *high);
/* A member of a context, of every element of a list, or a property of a range. */
struct value feel_operators_path(struct feel_run *run, const struct value *of, struct str member);
/* The range as a value, when its bounds can be compared. */
struct value feel_operators_range(struct feel_run *run, struct value_range range);

#endif
