/* flows/survey/load.h — reading a flow's YAML into a definition; inside flows/survey only.
 *
 *   load_flow ─▶ keys ─▶ names (load_names) ─▶ lets and tables (load_lets, load_tables) ─▶ steps (load_steps, load_ask)
 *
 * Functions return nothing: a fault sticks in the loader, later calls do nothing and give zeroed results, so that a
 * whole map is read without a check per line.  Look at loader->rc before following a pointer.
 * Where a part ends whose fault says nothing about the next one (a step, a key of it, a rule) load_settle puts the fault
 * aside and reading goes on; so all faults of a file are found at once, and a flow with any is refused at the end.
 *
 * Every fault reads "FILE:LINE:COLUMN: what is wrong; what to do".
 * Memory: everything lives in the loader's arena, patterns on the heap in the survey's list.                         */
#ifndef GILBOT_FLOWS_SURVEY_LOAD_H
#define GILBOT_FLOWS_SURVEY_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/base/yaml.h"
#include "flows/survey/definition.h"

struct arena;

enum { LOAD_MAX_STEPS = 5000, LOAD_MAX_NAMES = 2000, LOAD_MAX_OPTIONS = 500, LOAD_MAX_FAULTS = 50 };

/* A compiled pattern, to be given back with the flow. */
struct load_pattern {
    struct load_pattern *next;
    struct regex *regex;
};

/* A DMN file that tables name. */
struct load_model {
    struct load_model *next;
    struct str file;
    const struct dmn_model *model;
};

struct loader {
    struct arena *arena;
    struct error *error;
    enum err rc;
    struct str file, text; /* the file's name and bytes                         */
    const size_t *lines;   /* where each line begins in `text`                  */
    size_t n_lines;
    struct source_file *sources; /* the file, then those that it names */
    size_t n_sources;
    const struct source_file
        *given; /* NULL: other files are read from the disk; else they are these, n_given of them */
    size_t n_given;
    struct strs faults; /* sentences that were put aside, as they were found */
    struct definition *definition;
    struct load_pattern *patterns;
    const struct yaml_node *steps; /* the list, with the steps of each arm of a split in it one by one */
    struct load_arm {
        const struct split *split; /* NULL: none */
        size_t arm;
    } * arms;             /* by step */
    struct split *splits; /* the definition's */

    /* while they grow; the definition points to the same */
    struct step *step_items;
    enum load_broken { LOAD_WHOLE, LOAD_NO_KIND, LOAD_NO_TYPE } * broken; /* by step: what of it cannot be read */
    struct variable *variables;
    struct let *lets;
    struct named_table *tables;
    struct named_decision *decisions;
    struct load_model *models;
    struct catalog *catalogs;
    struct feel_name *names;
    struct slot *slots;
    struct strs locales;
};

/* Reads the whole file; the definition and its patterns belong to the caller, also after a fault.  ERR_INVALID: the
 * error is the first of loader->faults, of which there are at most LOAD_MAX_FAULTS. */
MUST_USE
enum err load_flow(struct loader *loader);

/* ── load_read.c: nodes ────────────────────────────────────────────────────────────────────────────────────────── */

PRINTF(3, 4) void load_fault(struct loader *loader, struct place at, const char *format, ...);
/* The same in another file. */
PRINTF(4, 5)
void load_fault_in(struct loader *loader, struct str file, struct place at, const char *format, ...);
/* Puts the fault that sticks aside, so that the next part is read; each sentence is kept once.  After LOAD_MAX_FAULTS, or
 * when memory is full, it goes on sticking. */
void load_settle(struct loader *loader);
void load_no_memory(struct loader *loader);
/* arena_alloc_array that sticks; NULL then. */
void *load_alloc(struct loader *loader, size_t count, size_t size);
/* `items` with room for at least one element more than `n`. */
void *load_grow(struct loader *loader, void *items, size_t n, size_t size);

struct place load_place(const struct yaml_node *node);     /* of a value     */
struct place load_key_place(const struct yaml_node *node); /* of its key     */

/* Refuses anything but a map; reports, and puts aside, every key but these. `what` it is: "a question", for the message. */
void load_keys(struct loader *loader, const struct yaml_node *map, const char *what, const char *const *known,
               size_t n_known);
/* The member; NULL when absent, null, or after a fault. */
const struct yaml_node *load_get(const struct loader *loader, const struct yaml_node *map, const char *key);

/* Values of a node; NULL gives what is zero of its kind. */
struct str load_str(struct loader *loader, const struct yaml_node *node); /* any scalar but null, never empty */
bool load_bool(struct loader *loader, const struct yaml_node *node);
struct decimal load_number(struct loader *loader, const struct yaml_node *node);
int64_t load_whole(struct loader *loader, const struct yaml_node *node, int64_t least, int64_t most);
int64_t load_duration(struct loader *loader, const struct yaml_node *node);            /* ms, 0 … 366 d */
struct strs load_strs(struct loader *loader, const struct yaml_node *node);            /* a list, or one alone */
void load_list(struct loader *loader, const struct yaml_node *node, const char *what); /* refuses all but lists */
/* Data by YAML's core rules: numbers are exact decimals. */
struct value load_value(struct loader *loader, const struct yaml_node *node);
/* A file beside this one, in UTF-8 (from CP949, if need be) without a byte order mark; its bytes count for the version. */
struct load_file {
    struct str name; /* its path from where gilbot runs: for messages */
    struct str text;
};
struct load_file load_other_file(struct loader *loader, const struct yaml_node *path);
/* The same as it is. */
struct load_file load_other_bytes(struct loader *loader, const struct yaml_node *path);
/* This file counts for the version, too. */
void load_note_file(struct loader *loader, struct str path, struct str bytes);

/* ── load_text.c: texts and expressions ────────────────────────────────────────────────────────────────────────── */

void load_lines(struct loader *loader); /* prepares what the places need */
/* `n` bytes of the scalar from byte `from` on, with their place. */
struct feel_source load_source(const struct loader *loader, const struct yaml_node *node, size_t from, size_t n);
const struct feel_expr *load_expr(struct loader *loader, const struct yaml_node *node);
const struct feel_expr *load_expr_part(struct loader *loader, const struct yaml_node *node, size_t from, size_t n);
/* A unary test, as the cells of a table's inputs are. */
const struct feel_expr *load_test(struct loader *loader, const struct yaml_node *node);
struct text load_text(struct loader *loader, const struct yaml_node *node);
/* A text without expressions, in every locale that it has. */
const struct option_label *load_labels(struct loader *loader, const struct yaml_node *node, size_t *ret_n);
/* Where the `}` is that closes the expression which begins at `from`; SIZE_MAX: nowhere. */
size_t load_expr_end(struct str text, size_t from);

/* ── load_splits.c: `variants` ─────────────────────────────────────────────────────────────────────────────────── */

/* At the top of the flow: {greeting: {short: 1, long: 2}}, or {greeting: [short, long]}. */
void load_splits(struct loader *loader, const struct yaml_node *root);
/* Where a text, a step or a table may stand: {variants: greeting, short: …, long: …}. */
bool load_is_varied(const struct yaml_node *node);
/* Its split, and what stands for each arm, in the split's order; NULL after a fault. */
const struct split *load_varied(struct loader *loader, const struct yaml_node *node,
                                const struct yaml_node *const **ret_arms);
/* Puts the steps of arms in the place of what they are variants of. */
void load_varied_steps(struct loader *loader);
/* The condition of a step: its own `when`, and that the person is in its arm. */
const struct feel_expr *load_condition(struct loader *loader, const struct feel_expr *own, size_t step);
/* A varied table is a table for each arm, called NAME_ARM, and a `let` called NAME that picks one of them. */
struct str load_arm_name(struct loader *loader, struct str table, struct str arm);
const struct yaml_node *load_pick(struct loader *loader, const struct yaml_node *table, const struct split *split);

/* ── the parts ─────────────────────────────────────────────────────────────────────────────────────────────────── */

void load_names(struct loader *loader,
                const struct yaml_node *root); /* variables, lets, tables, catalogs: their names */
void load_lets(struct loader *loader);
void load_tables(struct loader *loader);
void load_order(struct loader *loader); /* refuses circles among both; types the lets */
bool load_is_decision(const struct yaml_node *table);
/* The decision and its type: before anything is compiled. */
void load_decision(struct loader *loader, struct named_decision *decision, struct feel_name *name);
void load_decisions(struct loader *loader);                  /* their inputs */
void load_decision_kinds(struct loader *loader);             /* the kinds of these: when lets are typed */
struct str load_output_name(const struct yaml_node *output); /* of a table; empty: it has none */
void load_table_type(struct loader *loader, const struct yaml_node *table, struct feel_name *name);
void load_catalog(struct loader *loader, const struct yaml_node *node, struct catalog *ret_catalog);
void load_catalog_type(struct loader *loader, const struct catalog *catalog, struct feel_name *name);
void load_csv(struct loader *loader, const struct load_file *file, struct value *ret_records);
void load_begin_steps(struct loader *loader);                                            /* kinds, ids, names */
void load_steps(struct loader *loader);                                                  /* all else          */
void load_ask_type(struct loader *loader, const struct yaml_node *map, struct ask *ask); /* only `as` */
void load_ask(struct loader *loader, const struct yaml_node *map, struct step *step);    /* all else  */
void load_mentions(struct loader *loader); /* what people call each question */
/* The step called `id`. */
size_t load_step(struct loader *loader, const struct yaml_node *id);

/* "a", "b", "c" of a static array of keys. */
#define LOAD_KEYS(loader_, map_, what_, ...)                                                                           \
    load_keys((loader_), (map_), (what_), (const char *const[]){__VA_ARGS__},                                          \
              sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

#endif
