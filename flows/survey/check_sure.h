/* flows/survey/check_sure.h — which variables surely have a value when a step is reached, and which an expression needs.
 *
 * A variable is sure at a step when every way there goes through a question or a `set` that fills it (forward data flow,
 * meet over all paths: a state, no paths are listed).  What the platform's profile may know is not sure.  A question that
 * was skipped is sure, and null.
 *
 * Thread: any.  Memory: the checker's arena.
 * Source: F. Nielson, H. R. Nielson, C. Hankin, Principles of Program Analysis (1999), §2.1.                         */
#ifndef GILBOT_FLOWS_SURVEY_CHECK_SURE_H
#define GILBOT_FLOWS_SURVEY_CHECK_SURE_H

#include "flows/survey/check_parts.h"

struct sure {
    const struct definition *definition;
    struct arena *arena;
    uint64_t *in; /* [step * words]: a bit for each variable */
    size_t words;
};

/* Of the steps that are reached.  False: the arena is full. */
MUST_USE
bool sure_init(struct sure *sure, const struct checker *checker);
bool sure_is_set(const struct sure *sure, size_t step, size_t variable);

/* The variables that an expression needs, itself or through lets, tables and decisions. */
struct needs {
    const struct definition *definition;
    bool *slots;     /* names that were met   */
    bool *variables; /* by variable: needed    */
    bool clock;      /* now() or today() too   */
};

/* Nothing is needed yet.  False: the arena is full. */
MUST_USE
bool needs_init(struct needs *needs, const struct definition *definition, struct arena *arena);
void needs_clear(struct needs *needs);
void needs_add(struct needs *needs, const struct feel_expr *expr);

#endif
