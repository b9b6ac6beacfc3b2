/* flows/rules/feel.h — FEEL, the expression language of DMN: compile once, evaluate often.
 *
 *   struct feel_name known[] = {{.name = STR_INIT("weight"), .type = FEEL_TYPE_NUMBER}, …};
 *   struct feel_names names = {known, COUNT_OF(known)};
 *   struct feel_compiler compiler = {.arena = flow_arena, .names = &names, .error = error};
 *   feel_compile(&compiler, &(struct feel_source){.text = STR("weight * 0.03")}, &expr)
 *
 *   struct feel_run run = {.arena = event_arena, .scope = {lookup, self}};
 *   feel_eval(expr, &run, &value)
 *
 * Names are resolved when compiling (FEEL names may hold spaces and operators: which words make a name depends on the
 * names in scope), so a misspelled name is an error before anything runs.  An ill-typed operation while running is no
 * error: it gives null, and a sentence in run->reasons that says why.
 *
 * Thread:  a compiled expression is immutable: any number of threads may evaluate it at once.
 * Memory:  expressions live in the compiler's arena (they borrow the source text), values in the run's, and so do the
 *          time zones (files of the system's zone database) and the regular expressions that it meets.  Nothing else
 *          is allocated, but for what PCRE2 takes while a match runs.
 * Errors:  "column N: what is wrong; what to do", the column in code points from 1; with a file "FILE:LINE:COLUMN: …".
 * Source:  DMN 1.5 §10.3 (grammar, semantics, built-in functions).                                                 */
#ifndef GILBOT_FLOWS_RULES_FEEL_H
#define GILBOT_FLOWS_RULES_FEEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/rules/limits.h"
#include "flows/rules/value.h"
#include "flows/rules/zone.h"

struct arena;
struct clock;
struct feel_pattern;
struct feel_expr; /* compiled; its tree is in feel_ast.h */

/* ── what an expression may see ────────────────────────────────────────────────────────────────────────────────── */

enum feel_kind {
    FEEL_ANY, /* 0: nothing is known */
    FEEL_BOOLEAN,
    FEEL_NUMBER,
    FEEL_STRING,
    FEEL_LIST,
    FEEL_CONTEXT,
    FEEL_RANGE,
    FEEL_FUNCTION,
    FEEL_NULL, /* null alone; only named by `instance of`, never inferred */
    FEEL_DATE,
    FEEL_TIME,
    FEEL_DATE_TIME,
    FEEL_DAYS_DURATION,   /* days and time duration */
    FEEL_MONTHS_DURATION, /* years and months duration */
    FEEL_KINDS
};

struct feel_member;

/* What is known beforehand about a value.  Types are hints for the compiler: they say how names with odd characters
 * are cut after a dot, and let it refuse a member that cannot exist. */
struct feel_type {
    enum feel_kind kind;
    const struct feel_type *item;      /* list: of its elements; range: of its bounds; function: its result; or NULL */
    const struct feel_member *members; /* context: all members it may have, when `closed`; function: its parameters */
    size_t n_members;
    bool closed; /* context: there are no members but these */
    bool bare;   /* `list`, `range`, `context`, `function` without what stands in their < >: any of them; `instance of`
                  * has no answer then (DMN 1.5 table 61) */
};

struct feel_member {
    struct str name;
    const struct feel_type *type; /* NULL: any */
};

/* The type of that kind without parts: any list, any function; NULL for FEEL_ANY. */
const struct feel_type *feel_simple_type(enum feel_kind kind);
/* FEEL_NULL for null. */
enum feel_kind feel_value_kind(const struct value *value);

/* Whether every value of type `type` is one of `wanted`; NULL: any.  DMN 1.5 §10.3.2.9.2. */
bool feel_type_conforms(const struct feel_type *type, const struct feel_type *wanted);

/* What a value shows about its type: for lists the first element speaks for all, contexts are not closed.  NULL:
 * nothing, or the arena is full. */
const struct feel_type *feel_type_of(struct arena *arena, const struct value *value);

/* A name: any FEEL name, so letters of any script, digits, _, inner spaces, and . / - ' + * inside. */
struct feel_name {
    struct str name;
    const struct feel_type *type; /* NULL: any */
};

/* The names in scope; a name's index is its slot in feel_scope.lookup.  Borrowed: must outlive the expressions. */
struct feel_names {
    const struct feel_name *items;
    size_t n;
};

/* Whether `name` can be written in an expression at all: FEEL's grammar for names, and no keyword. */
bool feel_is_name(struct str name);

/* ── compiling ─────────────────────────────────────────────────────────────────────────────────────────────────── */

struct feel_source {
    struct str text;       /* borrowed for as long as the expression lives                                    */
    struct str file;       /* empty: errors say "column N"                                                     */
    uint32_t line, column; /* of the text's first character in the file, from 1, column in code points          */
};

struct feel_compiler {
    struct arena *arena;
    const struct feel_names *names; /* NULL: none */
    const struct feel_names *types; /* names of types beside FEEL's own, as `tLoan` of a model; NULL: none */
    struct zone_cache *zones;       /* for literals in zones; NULL: read anew where one stands */
    struct error *error;            /* may be NULL */
    size_t fault;                   /* set on ERR_INVALID: offset in bytes into source->text */
};

/* ERR_INVALID, ERR_NO_MEMORY. */
MUST_USE
enum err feel_compile(struct feel_compiler *compiler, const struct feel_source *source,
                      const struct feel_expr **ret_expr);

/* Unary tests, a cell of a decision table: -   < 56   [56..69)   "a","b"   not("a")   ? > 3 and ? < limit
 * `input`: type of the tested value, NULL when unknown. */
MUST_USE
enum err feel_compile_unary(struct feel_compiler *compiler, const struct feel_source *source,
                            const struct feel_type *input, const struct feel_expr **ret_test);

/* A comma-separated list of expressions: the allowed values of a column, as in `"gold", "silver"` or `[1..10]`.  For
 * tests on a value compile it as unary tests; this one gives the values in their order.  *ret_list evaluates to a list. */
MUST_USE
enum err feel_compile_list(struct feel_compiler *compiler, const struct feel_source *source,
                           const struct feel_expr **ret_list);

/* One use of a name of feel_names in an expression. */
struct feel_use {
    struct str name;
    size_t slot;
    size_t offset;   /* bytes into the source text           */
    uint32_t column; /* code points from 1, on its line       */
    bool maybe;      /* inside a filter: the element's own member of that name goes first */
};

/* The i-th use, in the order of the source; false when there are no more (i = 0, 1, 2, …). */
bool feel_names_used(const struct feel_expr *expr, size_t i, struct feel_use *ret_use);

/* What is known about the result; NULL: nothing. */
const struct feel_type *feel_expr_type(const struct feel_expr *expr);
struct str feel_expr_text(const struct feel_expr *expr); /* the source, trimmed */

/* "FILE:LINE:COLUMN" (or "column N") of byte `offset` in the source, as errors have it; {NULL, 0}: arena full. */
struct str feel_place(struct arena *arena, const struct feel_source *source, size_t offset);

/* ── evaluating ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Where names get their values.  Called once for every use that is reached: compute lazily, keep the result yourself.
 * False: the name has no value now: null, with a reason.  The value must live as long as the run's arena. */
struct feel_scope {
    bool (*lookup)(void *self, size_t slot, struct value *ret_value);
    void *self;
};

/* One evaluation, or several that share reasons and budget.  Zero everything but arena, scope and, for now() and today(),
 * clock and timezone. */
struct feel_run {
    struct arena *arena;
    struct feel_scope scope;   /* lookup NULL: no name has a value */
    const struct clock *clock; /* read at most once; NULL: now() and today() are null, with a reason */
    struct str timezone;       /* of now() and today(): "Asia/Seoul", "+09:00"; empty: UTC */

    struct str reasons[FEEL_MAX_REASONS]; /* why something became null, oldest first */
    size_t n_reasons;                     /* kept                                     */
    size_t n_dropped;                     /* more that did not fit                    */

    size_t steps, depth;       /* used so far */
    enum err rc;               /* the failure that ended the evaluation, or OK */
    const struct value *input; /* `?` of unary tests; set by feel_eval_unary */
    struct zone_cache zones;   /* those met so far; its arena is the run's */
    int64_t now_ms;            /* what the clock said */
    bool has_now;
    const struct feel_pattern *patterns; /* regular expressions met so far */
    size_t n_patterns;
};

/* OK: *ret_value is the value, null included.  ERR_NO_MEMORY: the arena is full.  ERR_INVALID: over FEEL_MAX_STEPS or
 * FEEL_MAX_DEPTH.  Then the last of run->reasons says so; the run must not be used again. */
MUST_USE
enum err feel_eval(const struct feel_expr *expr, struct feel_run *run, struct value *ret_value);

/* Whether `input` passes the test. */
MUST_USE
enum err feel_eval_unary(const struct feel_expr *test, struct feel_run *run, const struct value *input,
                         enum truth *ret_truth);

/* The same with names of another scope, and no `?`: for the bodies of functions of the host. */
MUST_USE
enum err feel_eval_in(const struct feel_expr *expr, struct feel_run *run, const struct feel_scope *scope,
                      struct value *ret_value);

/* ── functions ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Calls a function value with positional arguments; for decision models.  Not a function: null with a reason. */
MUST_USE
enum err feel_call(struct feel_run *run, const struct value *function, const struct value *arguments, size_t n,
                   struct value *ret_value);

/* The same with named arguments: the entries of a context.  A parameter that is not named is null, a name that is no
 * parameter makes the call null. */
MUST_USE
enum err feel_call_named(struct feel_run *run, const struct value *function, const struct value *arguments,
                         struct value *ret_value);

/* A function of the host as a value: a business knowledge model, a decision service.  Expressions call it by position or
 * by name like any other, and FEEL_MAX_DEPTH bounds how deep such functions call each other. */
struct feel_host {
    struct str name;                      /* for reasons */
    const struct feel_member *parameters; /* type NULL: any */
    size_t n_parameters;
    const struct feel_type *result; /* NULL: any; another result becomes null */

    /* `arguments`: n_parameters of them, converted to their types (an argument that has none of that type makes the call
     * null before this is reached).  Other outcomes than OK end the whole evaluation; set them as feel_eval gives them.
     * The scope of `run` is the caller's: evaluate with feel_eval_in. */
    enum err (*call)(void *self, struct feel_run *run, const struct value *arguments, struct value *ret_value);
    void *self;
};

/* `host` is borrowed and must outlive the value.  ERR_NO_MEMORY. */
MUST_USE
enum err feel_host_value(struct arena *arena, const struct feel_host *host, struct value *ret_function);

/* `value` as `type` (NULL: any) wants it: as it is, the only element of a list, the only element in a list, or a date as
 * its midnight in UTC.
 * False: it is no such value, or the run has failed (run->rc).  Null fits every type.  DMN 1.5 §10.3.2.9.4. */
MUST_USE
bool feel_convert(struct feel_run *run, const struct value *value, const struct feel_type *type,
                  struct value *ret_value);

/* A date, time, date and time or duration from text, as the string of @"…" is read: for inputs that come as JSON.
 * `kind`: the one that is wanted; FEEL_ANY: whichever it is.  False: it is none; a reason is not added. */
MUST_USE
bool feel_read_temporal(struct feel_run *run, struct str text, enum feel_kind kind, struct value *ret_value);

/* Adds a reason as built-in operations do. */
PRINTF(2, 3) void feel_reason(struct feel_run *run, const char *format, ...);

#endif
