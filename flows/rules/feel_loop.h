/* flows/rules/feel_loop.h — for, some, every and filters.  Internal. */
#ifndef GILBOT_FLOWS_RULES_FEEL_LOOP_H
#define GILBOT_FLOWS_RULES_FEEL_LOOP_H

#include "flows/rules/feel_eval.h"

/* The evaluator itself (feel_eval.c). */
struct value feel_eval_node(struct feel_run *run, const struct feel_node *node,
                            const struct feel_environment *environment);

struct value feel_loop_run(struct feel_run *run, const struct feel_node *node,
                           const struct feel_environment *environment);
struct value feel_loop_filter(struct feel_run *run, const struct feel_node *node,
                              const struct feel_environment *environment);

#endif
