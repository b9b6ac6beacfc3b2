/* flows/rules/feel_eval.h — what the evaluator offers to the built-in functions.
 *
 * A failure that ends the evaluation (arena full, over a limit) is kept in run->rc; everything then gives null quickly.
 * Thread: the run's.  Memory: the run's arena.                                                                      */
#ifndef GILBOT_FLOWS_RULES_FEEL_EVAL_H
#define GILBOT_FLOWS_RULES_FEEL_EVAL_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "flows/rules/feel.h"
#include "flows/rules/feel_ast.h"

struct feel_environment {
    struct value value;
    const struct feel_environment *up;
};

/* A built-in function, one of the host, or one written in FEEL with what it saw when it was made. */
struct feel_function {
    const struct feel_builtin *builtin; /* or NULL */
    const struct feel_host *host;       /* or NULL */
    const struct feel_node *node;       /* FEEL_FUNCTION_OF, or NULL */
    const struct feel_environment *environment;
    struct feel_scope scope;
    const struct value *input;
};

/* Zeroed memory for `count` things; NULL: the run has failed. */
void *feel_run_alloc(struct feel_run *run, size_t count, size_t size);
/* Over the limit of steps: the run fails. */
void feel_run_overspent(struct feel_run *run);
/* Counts `n` steps; false: over the limit, the run has failed. */
static inline bool feel_run_spend(struct feel_run *run, size_t n)
{
    run->steps += n;
    if (run->steps <= FEEL_MAX_STEPS)
        return true;
    feel_run_overspent(run);
    return false;
}
/* Ends the evaluation. */
PRINTF(3, 4) struct value feel_run_fail(struct feel_run *run, enum err rc, const char *format, ...);
/* The same, for calls of calls beyond FEEL_MAX_DEPTH. */
struct value feel_run_too_deep(struct feel_run *run);
/* Null, with a reason. */
PRINTF(2, 3) struct value feel_run_null(struct feel_run *run, const char *format, ...);

/* A function as a value. */
struct value feel_function_make(struct feel_run *run, struct feel_function function);
/* Calls a function value; names NULL: by position. */
struct value feel_run_call(struct feel_run *run, const struct value *function, const struct value *arguments,
                           const struct str *names, size_t n);

/* A position or a scale as functions take it: the digits after the point are cut.  False: out of int64. */
bool feel_run_whole(struct decimal number, int64_t *ret);

/* Whether `value` lies in the range; null when it cannot be compared. */
enum truth feel_run_in_range(const struct value *value, const struct value_range *range);
/* Whether `input` is what a test's value says: equal to it, or in it. */
enum truth feel_run_matches(const struct value *input, const struct value *test);

/* A list that grows. */
struct list_builder {
    struct value *items;
    size_t n, capacity;
};
bool feel_list_add(struct feel_run *run, struct list_builder *list, struct value item);
struct value feel_list_value(const struct list_builder *list);

#endif
