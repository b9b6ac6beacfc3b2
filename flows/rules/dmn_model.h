/* flows/rules/dmn_model.h — a loaded decision model, as the files of dmn_ share it.  Internal.
 *
 *   dmn_load.c      files and imports → elements          dmn_faults.c  what is wrong, and where
 *   dmn_types.c     item definitions and type references → struct dmn_type
 *   dmn_needs.c     requirements → bindings of names; an order in which each element comes after what it needs
 *   dmn_elements.c  logic of the elements in that order; boxed expressions → struct dmn_logic by
 *                   dmn_logic.c, dmn_functions.c, dmn_loops.c, dmn_table.c
 *   dmn_eval.c      elements → values; dmn_boxed.c: boxed expressions; dmn_convert.c: values to types
 *
 * Names.  Every expression is compiled against the names in scope where it stands.  Scopes are frames inside each other:
 * the requirements of the element outermost, then parameters, entries of contexts, variables of loops.  While compiling,
 * a frame's names stand before those of the frames around it, the newest first (so the innermost of equal names is
 * found); while evaluating, struct dmn_frame has the values in the order in which they came.
 *
 * Everything is in the model's arena and immutable after dmn_load.                                                  */
#ifndef GILBOT_FLOWS_RULES_DMN_MODEL_H
#define GILBOT_FLOWS_RULES_DMN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/rules/dmn.h"
#include "flows/rules/dmn_xml.h"
#include "flows/rules/feel.h"

struct arena;

/* ── types ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct dmn_component {
    struct str name;
    const struct dmn_type *type;
};

/* A value has to fit the innermost base, and to pass the tests of all types on the way there.  NULL stands for Any. */
struct dmn_type {
    struct str name;             /* as the model calls it; "" inside another type                                */
    struct dmn_type *base;       /* the same values, some of them ruled out here                                 */
    const struct dmn_type *item; /* of a list's elements; NULL: any                                              */
    const struct dmn_component *components; /* of a context; of a function its parameters */
    size_t n_components;
    const struct dmn_type *result;   /* of a function                                                            */
    const struct feel_expr *allowed; /* unary tests; NULL: none                                                  */
    struct feel_source allowed_text; /* as written: tables take it for the values of their columns               */
    const struct feel_type *feel;    /* never NULL once all are read; the base's, or `own`                       */
    struct feel_type own;

    /* while loading */
    struct str fault;      /* of its allowed values; "" none */
    struct dmn_type *next; /* of all that are no built-in types */
    const struct dmn_loaded *file;
    const struct dmn_node *node, *allowed_node;
    size_t depth; /* of bases below it */
    bool is_open, is_resolved;
};

/* ── boxed expressions ─────────────────────────────────────────────────────────────────────────────────────────── */

enum dmn_logic_kind {
    DMN_LITERAL,      /* expr */
    DMN_TABLE,        /* table */
    DMN_CONTEXT,      /* parts: entries; the one without a name is the result */
    DMN_LIST,         /* parts */
    DMN_RELATION,     /* parts: row by row; columns: their names */
    DMN_FUNCTION,     /* function */
    DMN_INVOCATION,   /* parts: what is called, then arguments by name */
    DMN_IF,           /* parts: if, then, else */
    DMN_FOR,          /* parts: in (its name is the variable), elements of that, return; names: partial, variable */
    DMN_SOME,         /* parts: in, elements of that, satisfies; the same */
    DMN_EVERY,        /* the same */
    DMN_FILTER,       /* parts: in, match; the match is FEEL's whole list[match] */
    DMN_FILTER_BOXED, /* the same, the match for one element: names are `columns`, then `item` */
    DMN_FAULT,        /* null, with `fault` as the reason */
};

struct dmn_part {
    struct str name;
    const struct dmn_type *type;   /* the value is converted to it */
    const struct dmn_logic *logic; /* NULL: nothing is written there */
};

struct dmn_function {
    struct str name;                     /* for reasons */
    const struct dmn_part *parameters;   /* without logic */
    const struct feel_member *signature; /* the same for FEEL */
    size_t n_parameters;
    const struct dmn_type *result;
    const struct dmn_logic *body;
};

struct dmn_logic {
    enum dmn_logic_kind kind;
    const struct feel_type *type; /* what is known of the value, or NULL */
    union {
        const struct feel_expr *expr;
        const struct table *table;
        const struct dmn_function *function;
        struct str fault;
        struct {
            const struct dmn_part *parts;
            size_t n;
            const struct str *columns;
            size_t n_columns;
        };
    };
};

/* ── elements ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A name that the logic of an element sees: an element, or what it needs of one import. */
struct dmn_binding {
    struct str name;
    const struct dmn_element *element; /* NULL: `members` */
    const struct dmn_binding *members;
    size_t n_members;
};

struct dmn_element {
    enum dmn_kind kind;
    struct str name, id;
    const struct dmn_loaded *home; /* the file it stands in */
    const struct dmn_node *node;
    const struct dmn_model *model;
    size_t index;                 /* in model->elements */
    const struct dmn_type *type;  /* of the variable */
    const struct feel_type *feel; /* of its name in expressions */

    const struct dmn_binding *bindings; /* what its logic needs, by name */
    size_t n_bindings;
    struct dmn_element **needs; /* all that it needs, each once */
    size_t n_needs;

    const struct dmn_logic *logic; /* of decisions and knowledge models; NULL: none is written */
    struct dmn_service *service;   /* of services */
    bool is_circular;              /* it needs itself */
    struct str fault;              /* its own first fault; "" none */
    struct str deep_fault;         /* that, or the first of what it needs */
};

struct dmn_service {
    struct dmn_element **parameters; /* input data, then input decisions */
    const struct feel_member *signature;
    size_t n_parameters;
    struct dmn_element **outputs;
    size_t n_outputs;
    const struct dmn_type *result;
};

/* A file of the model. */
struct dmn_loaded {
    struct dmn_xml xml;
    struct str namespace;
    struct dmn_link {
        struct dmn_import import;
        const struct dmn_loaded *file; /* NULL: not a model, or it could not be read */
        struct str fault;
    } * links;
    size_t n_links;
    struct dmn_element **elements; /* its own, in file order */
    size_t n_elements;
    const struct feel_names *types; /* that its expressions may name after `instance of` */
};

/* Sorted, for finding; of equal ones the first in the file. */
struct dmn_index {
    struct dmn_index_entry {
        struct str namespace, name;
        void *item;
        size_t rank;
    } * items;
    size_t n;
};

struct dmn_model {
    struct dmn_loaded *const *files; /* the first is the model's own */
    size_t n_files;
    struct dmn_element *const *elements; /* of all files; each after all that it needs */
    size_t n_elements;
    const struct str *faults;
    size_t n_faults;
};

/* ── loading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct dmn_loader {
    struct arena *arena;
    struct error *error;
    enum err rc; /* ERR_NO_MEMORY; then nothing more is done */
    const struct dmn_files *resolver;
    struct dmn_loaded *files[DMN_MAX_FILES];
    size_t n_files;
    struct dmn_element **elements; /* first by file, then in the order of needs */
    size_t n_elements;
    struct dmn_index by_id;   /* → struct dmn_element */
    struct dmn_index by_name; /* the same */
    struct dmn_index by_type; /* → struct dmn_type */
    struct dmn_type *types;   /* the newest first */
    struct dmn_type **builtin_types;
    struct str *faults;
    size_t n_faults, faults_capacity;
    struct dmn_element *element; /* whose faults these are; or NULL */
    size_t work;                 /* done so far, of DMN_MAX_WORK */
    struct str overwork;         /* the fault when it was too much */
};

/* dmn_faults.c */

/* arena_alloc_array that sticks. */
void *dmn_alloc(struct dmn_loader *loader, size_t count, size_t size);
void dmn_no_memory(struct dmn_loader *loader);
/* Notes a fault of the current element, or of the model; the text gets its place in front.  Returns it. */
PRINTF(4, 5)
struct str dmn_note(struct dmn_loader *loader, const struct dmn_loaded *file, struct dmn_place at, const char *format,
                    ...);
/* A fault that the compiler of an expression below `node` reported: its place is counted in the text without references
 * (`&lt;` is one character); here it becomes that of the file. */
struct str dmn_note_error(struct dmn_loader *loader, const struct dmn_loaded *file, const struct dmn_node *node,
                          const struct error *error);

/* dmn_load.c */
void dmn_index_sort(struct dmn_index *index);
/* NULL: there is none. */
void *dmn_index_find(const struct dmn_index *index, struct str namespace, struct str name);

/* dmn_needs.c: what each element needs; the elements are put into an order. */
void dmn_needs_read(struct dmn_loader *loader);

/* dmn_types.c */
void dmn_types_read(struct dmn_loader *loader); /* all item definitions of all files */
/* What a type reference of the file means; NULL: any.  `at`: for the fault when it means nothing. */
struct dmn_type *dmn_type_of(struct dmn_loader *loader, const struct dmn_loaded *file, struct str reference,
                             struct dmn_place at);
/* The same of a node's `typeRef`; `node` may be NULL. */
const struct dmn_type *dmn_node_type(struct dmn_loader *loader, const struct dmn_loaded *file,
                                     const struct dmn_node *node);
/* What a function of that type returns; any other type is that itself: older models write the result's type there. */
const struct dmn_type *dmn_result_type(const struct dmn_type *type);
/* The type of a parameter for FEEL, which would refuse a date where a date and time is wanted (here it is midnight). */
const struct feel_type *dmn_parameter_type(const struct feel_type *type);
/* A function's type for FEEL. */
const struct feel_type *dmn_function_type(struct dmn_loader *loader, const struct feel_member *parameters, size_t n,
                                          const struct feel_type *result);

/* dmn_elements.c */
void dmn_logic_read(struct dmn_loader *loader); /* of all elements, in their order */

/* dmn_logic.c, dmn_functions.c, dmn_loops.c, dmn_table.c */

/* Names while compiling: `names.items` grows downwards within memory of its own. */
struct dmn_names {
    struct feel_names names;
    struct feel_name *first; /* of the memory */
};
struct dmn_compiler {
    struct dmn_loader *loader;
    const struct dmn_loaded *file;
    struct dmn_names names;
    struct str owner; /* the element's name, for tables and functions */
};
/* The names of the scope and room for `more`; false: too many, or no memory. */
bool dmn_names_open(struct dmn_compiler *compiler, const struct dmn_node *at, size_t more, struct dmn_names *ret_names);
void dmn_names_add(struct dmn_names *names, struct str name, const struct feel_type *type);
/* FEEL's compiler with the names of the scope, kept as long as the model.  Look at loader->rc before using it. */
struct feel_compiler dmn_feel_compiler(struct dmn_compiler *compiler, struct error *error);

/* Counts the work of compiling so many bytes; "", or the fault when it gets too much. */
struct str dmn_spend(struct dmn_compiler *compiler, const struct dmn_node *node, size_t bytes);

/* Compiles a boxed expression.  NULL: nothing is written there (`node` NULL or an empty text), or it failed. */
const struct dmn_logic *dmn_compile(struct dmn_compiler *compiler, const struct dmn_node *node);
const struct dmn_logic *dmn_compile_in(struct dmn_compiler *compiler, const struct dmn_node *node); /* a child of it */
const struct dmn_logic *dmn_compile_source(struct dmn_compiler *compiler, const struct dmn_node *node,
                                           const struct feel_source *source);
/* A fault when the expression is not in FEEL; else NULL. */
const struct dmn_logic *dmn_other_language(struct dmn_compiler *compiler, const struct dmn_node *node);
const struct dmn_logic *dmn_compile_table(struct dmn_compiler *compiler, const struct dmn_node *node);
const struct dmn_logic *dmn_compile_function(struct dmn_compiler *compiler, const struct dmn_node *node);
const struct dmn_logic *dmn_compile_invocation(struct dmn_compiler *compiler, const struct dmn_node *node);
const struct dmn_logic *dmn_compile_if(struct dmn_compiler *compiler, const struct dmn_node *node);
const struct dmn_logic *dmn_compile_filter(struct dmn_compiler *compiler, const struct dmn_node *node);
const struct dmn_logic *dmn_compile_loop(struct dmn_compiler *compiler, const struct dmn_node *node,
                                         enum dmn_logic_kind kind);

/* The expression among the children; NULL: none. */
const struct dmn_node *dmn_expression_in(const struct dmn_node *node);
size_t dmn_count_children(const struct dmn_node *node, const char *name);
/* The <text> below `node` as a source with its place; text empty when absent. */
struct feel_source dmn_source_of(const struct dmn_loaded *file, const struct dmn_node *node);

/* NULL: no memory. */
struct dmn_logic *dmn_logic_new(struct dmn_compiler *compiler, enum dmn_logic_kind kind);
/* With room for `most` parts. */
struct dmn_logic *dmn_parts_new(struct dmn_compiler *compiler, enum dmn_logic_kind kind, size_t most,
                                struct dmn_part **ret_parts);
const struct dmn_logic *dmn_logic_fault(struct dmn_compiler *compiler, struct str fault);
/* What is known of a value: its declared type, else what its logic tells. */
const struct feel_type *dmn_known_type(const struct dmn_type *declared, const struct dmn_logic *logic);
const struct feel_type *dmn_list_type(struct dmn_compiler *compiler, const struct feel_type *item);

/* ── evaluating ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Values of names, the frames around further up; slot 0 is the newest name of the innermost frame. */
struct dmn_frame {
    const struct value *values; /* in the order in which the names were added */
    const bool *missing;        /* NULL: none is */
    size_t n;
    const struct dmn_frame *up;
    struct dmn_world *world;
};

/* One evaluation of a model's elements against given inputs; a call of a service opens another one. */
struct dmn_world {
    struct feel_run *run;
    const struct value *inputs; /* a context, by name; NULL: none */
    struct dmn_memo {
        bool wanted, done, missing; /* missing: an input that was not given */
        struct value value;
    } * memos;               /* by element */
    struct dmn_trail *trail; /* or NULL */
};

struct value dmn_eval_logic(const struct dmn_frame *frame, const struct dmn_logic *logic);
/* A function value that sees the frame. */
struct value dmn_function_value(const struct dmn_frame *frame, const struct dmn_function *function);
/* Any other host function as a value; `host` lives as long as the run. */
struct value dmn_host_value(struct feel_run *run, const struct feel_host *host);
/* `value` as the type wants it, else null with a reason; `what` has it, for the reason. */
struct value dmn_convert(struct feel_run *run, struct value value, const struct dmn_type *type, struct str what);
/* The same for what comes from outside: texts become dates, times and durations where the type says so. */
struct value dmn_convert_input(struct feel_run *run, struct value value, const struct dmn_type *type, struct str what);

#endif
