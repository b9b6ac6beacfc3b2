/* flows/survey/scope.h — what names in expressions mean while a flow runs: answers, lets, tables, catalogs.
 *
 * Lets and tables are computed when first needed and kept until a variable changes (scope_forget).
 *
 * Thread: one.  Memory: values in the arena of the event, or borrowed from the definition and the state.            */
#ifndef GILBOT_FLOWS_SURVEY_SCOPE_H
#define GILBOT_FLOWS_SURVEY_SCOPE_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/rules/dmn.h"
#include "flows/rules/feel.h"
#include "flows/rules/table.h"
#include "flows/survey/definition.h"
#include "flows/survey/state.h"

struct memo {
    bool done, known;
    struct value value;
    struct table_trail trail; /* tables: how it came about */
    struct dmn_trail fired;   /* decisions: the same       */
};

struct scope {
    const struct definition *definition;
    const struct state *state;
    struct arena *arena;
    struct memo *memos;   /* by slot                         */
    struct feel_run *run; /* the evaluation that is going on */

    const struct clock *clock; /* of now() and today(); NULL: they are null                             */
    struct str timezone;       /* of the same, as "+09:00"; both may be set once scope_init has been here */
};

/* ERR_NO_MEMORY. */
MUST_USE
enum err scope_init(struct scope *scope, const struct state *state);

/* A variable has changed. */
void scope_forget(struct scope *scope);

/* The expression's value; null when it has none, and then *ret_reason says why (else it is empty).  An evaluation that
 * takes too long gives null too.  ERR_NO_MEMORY. */
MUST_USE
enum err scope_eval(struct scope *scope, const struct feel_expr *expr, struct value *ret_value, struct str *ret_reason);

/* The value of a name, as an expression would see it; null when it has none.  ERR_NO_MEMORY. */
MUST_USE
enum err scope_get(struct scope *scope, size_t slot, struct value *ret_value);

/* How the value of `expr` came about, as JSON: {"expr": "…", "tables": [{"name", "hit", "rules": [2], "inputs": [{"expr",
 * "value"}]}]}; rules count from 1 in the order of the file; only tables that were evaluated.  ERR_NO_MEMORY. */
MUST_USE
enum err scope_why(const struct scope *scope, const struct feel_expr *expr, struct str *ret_json);

#endif
