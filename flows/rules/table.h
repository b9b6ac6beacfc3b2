/* flows/rules/table.h — decision tables: rules in rows, tests in cells, a hit policy that says which rules count.
 *
 *   table_compile(&compiler, &source, &table)              once, when a file is loaded
 *   table_eval(table, &run, &value, &trail)                often
 *
 * The shape of the value (flow-language.md): one output: the value itself; several: a context of them; C, R, O: a list
 * of these; C+ C< C> C#: a number; no rule fits: the defaults, else null.
 * U with two fitting rules, A with fitting rules that differ: null with a reason.
 *
 * Thread: a compiled table is immutable.  Memory: the table lives in the compiler's arena and borrows the source's
 * texts; values and trails live in the run's arena.
 * Source: DMN 1.5 §8.2 (decision tables), §8.2.8 (hit policies), §10.3.2.10.                                       */
#ifndef GILBOT_FLOWS_RULES_TABLE_H
#define GILBOT_FLOWS_RULES_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/rules/feel.h"

enum table_hit {
    TABLE_UNIQUE,       /* U: at most one rule fits */
    TABLE_ANY,          /* A: those that fit agree */
    TABLE_PRIORITY,     /* P: the one whose outputs come first in the outputs' values */
    TABLE_FIRST,        /* F: the first that fits */
    TABLE_RULE_ORDER,   /* R: all, in the order of the rules */
    TABLE_OUTPUT_ORDER, /* O: all, in the order of P */
    TABLE_COLLECT,      /* C: all, in any order (here: of the rules) */
    TABLE_SUM,          /* C+ */
    TABLE_MIN,          /* C< */
    TABLE_MAX,          /* C> */
    TABLE_COUNT,        /* C# */
};

/* "U", "A", … "C#"; the empty string is U. */
bool table_hit_from_str(struct str text, enum table_hit *ret_hit);
const char *table_hit_name(enum table_hit hit); /* "U", … "C#" */

/* ── as written ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct table_input_source {
    struct feel_source expr;
    struct feel_source values;    /* allowed values as unary tests, text empty: all */
    const struct feel_type *type; /* NULL: taken from the expression when it is known */
};

struct table_output_source {
    struct str name;              /* may be empty when there is one output */
    struct feel_source values;    /* the values in the order of P and O, as a comma-separated list; or empty */
    struct feel_source otherwise; /* the default, a FEEL expression; or empty */
};

struct table_rule_source {
    const struct feel_source *cells; /* n_inputs unary tests (empty text: -), then n_outputs expressions */
    size_t n_cells;
    struct feel_source at; /* of the whole rule, for errors about the number of its cells; text may be empty */
};

struct table_source {
    struct str name; /* for errors and trails */
    enum table_hit hit;
    const struct table_input_source *inputs;
    size_t n_inputs;
    const struct table_output_source *outputs;
    size_t n_outputs;
    const struct table_rule_source *rules;
    size_t n_rules;
};

/* ── compiled ──────────────────────────────────────────────────────────────────────────────────────────────────── */

struct table_input {
    const struct feel_expr *expr;
    const struct feel_expr *values; /* unary tests, or NULL */
};

struct table_output {
    struct str name;
    const struct feel_expr *values;    /* evaluates to a list, or NULL */
    const struct feel_expr *otherwise; /* or NULL */
};

struct table_rule {
    const struct feel_expr *const *tests;   /* n_inputs; NULL: fits always ("-") */
    const struct feel_expr *const *outputs; /* n_outputs */
};

struct table {
    struct str name;
    enum table_hit hit;
    const struct table_input *inputs;
    size_t n_inputs;
    const struct table_output *outputs;
    size_t n_outputs;
    const struct table_rule *rules;
    size_t n_rules;
};

/* ERR_INVALID (with the cell's place; compiler->fault is meaningless here), ERR_NO_MEMORY. */
MUST_USE
enum err table_compile(struct feel_compiler *compiler, const struct table_source *source,
                       const struct table **ret_table);

/* What happened: for the rule trail of a recommendation and for tests. */
struct table_trail {
    const struct value *inputs; /* n_inputs values seen */
    size_t n_inputs;
    const size_t *rules; /* those that counted, from 0, in the order of the result; empty: the defaults */
    size_t n_rules;
};

/* Outcomes as feel_eval.  ret_trail may be NULL. */
MUST_USE
enum err table_eval(const struct table *table, struct feel_run *run, struct value *ret_value,
                    struct table_trail *ret_trail);

#endif
