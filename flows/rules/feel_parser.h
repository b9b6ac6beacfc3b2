/* flows/rules/feel_parser.h — what the files of the parser share: the parser's state, nodes, names.
 *
 * parse_… functions stand at their construct (space skipped), move behind it and the space after it, and give a node
 * or NULL; then parser->rc and the compiler's error say why.
 * Thread: one parser, one thread.  Memory: the compiler's arena.                                                    */
#ifndef GILBOT_FLOWS_RULES_FEEL_PARSER_H
#define GILBOT_FLOWS_RULES_FEEL_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "flows/rules/feel.h"
#include "flows/rules/feel_ast.h"
#include "flows/rules/feel_scan.h"

/* A local name, or a filter's element (whose members are names in the filter). */
struct binding {
    struct binding *up;
    struct str name;
    const struct feel_type *type;
    size_t depth; /* bindings above */
    bool is_filter, used;
};

struct parser {
    struct feel_compiler *compiler;
    const struct feel_source *source;
    struct feel_scan scan;
    struct binding *scope; /* innermost first */
    size_t nesting;
    bool has_input;                     /* `?` means something here */
    const struct feel_type *input_type; /* of that `?`, or NULL */
    enum err rc;
    struct feel_use *uses;
    size_t n_uses, uses_capacity;
};

/* ── failing (all give NULL) ─── */
PRINTF(3, 4) void *feel_parse_fail(struct parser *p, size_t at, const char *format, ...);
void *feel_parse_no_memory(struct parser *p);
/* "… was expected here, not `x`". */
void *feel_parse_expected(struct parser *p, const char *what);

/* ── nodes ─── */
struct feel_node *feel_node_new(struct parser *p, enum feel_op op, size_t at);
/* Makes `child` one of `node`: heights, `?`.  False: too high (reported). */
bool feel_node_adopt(struct parser *p, struct feel_node *node, const struct feel_node *child);
struct feel_node *feel_node_of(struct parser *p, enum feel_op op, size_t at, const struct feel_node *a,
                               const struct feel_node *b);
struct feel_node *feel_node_literal(struct parser *p, size_t at, struct value value, const struct feel_type *type);
/* Turns a string literal into the date, time or duration it writes (`kind`: FEEL_ANY for any of them); false: it writes
 * none, and stays a string. */
bool feel_node_fold_temporal(struct parser *p, struct feel_node *node, enum feel_kind kind);

/* Nodes and names gathered before their number is known. */
struct gather {
    const struct feel_node **items;
    struct str *names;
    size_t n, capacity;
};
bool feel_gather_add(struct parser *p, struct gather *g, const struct feel_node *item, struct str name);
struct feel_node *feel_node_many(struct parser *p, enum feel_op op, size_t at, const struct gather *g);

/* ── scopes ─── */
struct binding *feel_scope_push(struct parser *p, struct str name, const struct feel_type *type);
struct feel_node *feel_parse_name(struct parser *p);
/* The name of a member after a dot, of a value of `type`; empty: failed. */
struct str feel_parse_member_name(struct parser *p, const struct feel_type *type, const struct feel_type **ret_type);
/* Whether a name in scope starts here and is longer than `bytes`. */
bool feel_scope_has_longer(const struct parser *p, size_t bytes);

/* ── grammar ─── */
bool feel_parse_enter(struct parser *p);
void feel_parse_leave(struct parser *p);
struct feel_node *feel_parse_expression(struct parser *p);
struct feel_node *feel_parse_arithmetic(struct parser *p); /* a bound or an operand: no comparison */
struct feel_node *feel_parse_form(struct parser *p);       /* if, for, some, every, function */
struct feel_node *feel_parse_context(struct parser *p);    /* at { */
struct feel_node *feel_parse_bracket(struct parser *p);    /* at ( [ ]: group, list or range */
struct feel_node *feel_parse_call(struct parser *p, struct feel_node *callee, size_t at); /* behind ( */
struct feel_node *feel_parse_interval_end(struct parser *p, struct feel_node *start, bool start_included, size_t at);
struct feel_node *feel_parse_in_operand(struct parser *p);       /* what follows `in` */
struct feel_node *feel_parse_tests(struct parser *p);            /* a cell */
struct feel_node *feel_parse_comparison_range(struct parser *p); /* < 5, as a value */
/* The key of a context or a named argument, up to its `:`; {NULL, 0}: failed. */
struct str feel_parse_key(struct parser *p);
bool feel_parse_sees_form(const struct parser *p);
const struct feel_type *feel_parse_type(struct parser *p);

#endif
