/* flows/rules/feel_ast.h — the tree of a compiled expression, for evaluation and for static analysis within flows/.
 *
 * Every node knows where it stands in the source (`at`) and, when it can be told, the type of its value (`type`).
 * Locals (for's variables, parameters, entries of a context being built, a filter's element) live in a chain of
 * environments; a node names one by the number of hops up the chain.
 *
 * Thread: immutable once compiled.  Memory: the compiler's arena; texts borrow the source.                        */
#ifndef GILBOT_FLOWS_RULES_FEEL_AST_H
#define GILBOT_FLOWS_RULES_FEEL_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/str.h"
#include "flows/rules/feel.h"
#include "flows/rules/value.h"

struct feel_builtin;
struct regex;

enum feel_op {
    FEEL_LITERAL,  /* literal */
    FEEL_VARIABLE, /* name: a slot of feel_names */
    FEEL_LOCAL,    /* name: hops up the environments */
    FEEL_MEMBER,   /* name: in a filter; the element's member, else `otherwise` (may be NULL) */
    FEEL_INPUT,    /* `?` */
    FEEL_BUILTIN,  /* builtin, as a value */

    /* operands a and b (c) */
    FEEL_NEGATE,
    FEEL_ADD,
    FEEL_SUBTRACT,
    FEEL_MULTIPLY,
    FEEL_DIVIDE,
    FEEL_POWER,
    FEEL_EQUAL,
    FEEL_UNEQUAL,
    FEEL_LESS,
    FEEL_LESS_OR_EQUAL,
    FEEL_GREATER,
    FEEL_GREATER_OR_EQUAL,
    FEEL_AND,
    FEEL_OR,
    FEEL_BETWEEN,  /* a between b and c */
    FEEL_IN,       /* a in b; b is a test */
    FEEL_IF,       /* if a then b else c */
    FEEL_PATH,     /* path: of `member` */
    FEEL_FILTER,   /* a[b] */
    FEEL_INSTANCE, /* instance: of `type` */
    FEEL_INTERVAL, /* interval */

    /* items */
    FEEL_LIST_OF,    /* [items] */
    FEEL_CONTEXT_OF, /* {keys: items} */
    FEEL_CALL,       /* call */
    FEEL_FOR,        /* loop; body is the last item */
    FEEL_SOME,
    FEEL_EVERY,
    FEEL_FUNCTION_OF, /* function: the body alone is an item; its type has the parameters */
    FEEL_EXTERNAL,    /* a: where a function of another language would be found; the body of such a function */

    /* unary tests; their value is a truth about the input */
    FEEL_TEST_ANYTHING, /* - */
    FEEL_TEST_COMPARE,  /* compare: the input against a */
    FEEL_TEST_VALUE,    /* a: the input equals it, is in it (list, range), or it is true where it uses `?` */
    FEEL_TEST_ANY_OF,   /* items: one of the tests holds */
    FEEL_TEST_NOT,      /* a: it does not hold */
};

struct feel_node {
    uint8_t op;                        /* enum feel_op */
    uint8_t compare;                   /* enum value_range_form of FEEL_TEST_COMPARE and of FEEL_INTERVAL */
    bool start_included, end_included; /* FEEL_INTERVAL */
    bool uses_input;                   /* `?` stands in it */
    bool lenient;                      /* FEEL_TEST_VALUE in a table's cell: a boolean true counts for any input */
    uint16_t height;                   /* of the tree below */
    uint32_t at;                       /* bytes into the source */
    const struct feel_type *type;      /* of the value, or NULL */
    union {
        struct value literal;
        struct {
            struct str text;
            uint32_t slot; /* FEEL_VARIABLE: slot; FEEL_LOCAL, FEEL_MEMBER: hops */
            const struct feel_node *otherwise;
        } name;
        struct {
            const struct feel_builtin *builtin;
            const struct regex *pattern; /* of this call, when its pattern and flags are literals; or NULL */
        };
        struct {
            const struct feel_node *a, *b, *c;
        };
        struct {
            const struct feel_node *of;
            struct str member;
        } path;
        struct {
            const struct feel_node *of;
            const struct feel_type *type;
        } instance;
        struct {
            const struct feel_node *const *items;
            const struct str *names;        /* contexts: keys; calls: names of arguments, or NULL; loops: variables */
            uint32_t n;                     /* of items */
            bool uses_partial;              /* FEEL_FOR */
            const struct feel_node *callee; /* FEEL_CALL */
        } many;
    };
};

struct feel_expr {
    const struct feel_node *root;
    struct feel_source source;   /* text trimmed, line and column moved with it */
    const struct feel_use *uses; /* in the order of the source */
    size_t n_uses;
};

/* Of what kind the result of FEEL_NEGATE (b is not looked at) … FEEL_POWER is, where an operand is a date, time or
 * duration; FEEL_ANY: there is no such operation.  DMN 1.5 tables 57 and 59. */
enum feel_kind feel_temporal_result(enum feel_op op, enum feel_kind a, enum feel_kind b);

/* Of an instance-of test and of the analysis: whether `value` conforms to `type` (NULL: any).  DMN 1.5 §10.3.2.9.2. */
bool feel_conforms(const struct value *value, const struct feel_type *type);

#endif
