/* flows/rules/dmn.h — decision models: DMN files (1.1 to 1.6), as modelling tools write them.
 *
 *   dmn_load(arena, &source, &files, &model, error)                          once
 *   decision = dmn_find(model, STR("Approval Status"))
 *   struct feel_run run = {.arena = event_arena};
 *   dmn_eval(decision, &run, &inputs, &value, NULL)                          often
 *
 * What is there: input data, decisions, business knowledge models, decision services; literal expressions, decision
 * tables, contexts, lists, relations, functions, invocations, if, for, some, every, filter; item definitions with
 * components, collections and allowed values; imports of other models.  Functions in Java and PMML give null.
 *
 * A file that is no DMN model is refused.  A fault in one part (an expression that does not compile, a requirement that
 * leads nowhere, a circle) stays with the elements that need this part: dmn_fault says so, and evaluating them gives null
 * where it matters, with the fault as the reason.
 *
 * Types of the model are kept to: a value that does not fit its type becomes null with a reason, after the conversions of
 * the standard (a list of one element and that element stand for each other).
 *
 * Thread:  a loaded model is immutable: any number of threads may evaluate it at once.
 * Memory:  the model lives in the arena given to dmn_load and borrows the source's bytes; values live in the run's.
 * Errors:  "FILE:LINE:COLUMN: what is wrong; what to do", lines and columns (code points) from 1.
 * Source:  DMN 1.5 §6 (requirements), §7 (boxed expressions), §8 (tables), §10.4 (execution semantics).             */
#ifndef GILBOT_FLOWS_RULES_DMN_H
#define GILBOT_FLOWS_RULES_DMN_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/rules/feel.h"
#include "flows/rules/table.h"
#include "flows/rules/value.h"

struct arena;
struct dmn_model;
struct dmn_element;

/* ── loading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A file's bytes and its name in messages. */
struct dmn_source {
    struct str file, bytes;
};

/* What an <import> says; `location` is often empty or a path on somebody else's machine. */
struct dmn_import {
    struct str file;      /* the importing file's name */
    struct str namespace; /* of the model that is wanted */
    struct str location;
    struct str name; /* under which its elements are known here */
};

/* Finds imported models.  `read` puts the bytes into the arena; ERR_NOT_FOUND and others with a sentence in `error`.
 * (dmn_folder.h: the files beside a file.) */
struct dmn_files {
    enum err (*read)(void *self, const struct dmn_import *import, struct arena *arena, struct dmn_source *ret_source,
                     struct error *error);
    void *self;
};

/* `files` NULL: nothing can be imported.  ERR_INVALID, ERR_NO_MEMORY. */
MUST_USE
enum err dmn_load(struct arena *arena, const struct dmn_source *source, const struct dmn_files *files,
                  const struct dmn_model **ret_model, struct error *error);

/* The namespace that a DMN file gives its model, copied into the arena; "" when there is none.  Only the file's beginning
 * is looked at, so `bytes` may be cut.  For finding the file that an import means. */
struct str dmn_namespace(struct arena *arena, struct str bytes);

/* The i-th fault anywhere in the model and what it imports; "" at the end. */
struct str dmn_model_fault(const struct dmn_model *model, size_t i);

/* ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────── */

enum dmn_kind {
    DMN_INPUT,     /* input data */
    DMN_DECISION,  /* a decision */
    DMN_SERVICE,   /* a decision service */
    DMN_KNOWLEDGE, /* a business knowledge model: a function */
};

/* The i-th element of the file itself (not of imported ones), in its order; NULL at the end. */
const struct dmn_element *dmn_at(const struct dmn_model *model, size_t i);

/* By name; an imported one as "import name.element name".  NULL: there is none.  Decisions, services and knowledge
 * models go before input data. */
const struct dmn_element *dmn_find(const struct dmn_model *model, struct str name);

/* The name of a decision, service or knowledge model that `name` is likely to mean; "" when none is near. */
struct str dmn_near(const struct dmn_model *model, struct str name);

enum dmn_kind dmn_kind(const struct dmn_element *element);
struct str dmn_name(const struct dmn_element *element);
struct str dmn_type_name(const struct dmn_element *element);         /* as the model calls it: "tLoan"; "Any" */
const struct feel_type *dmn_type(const struct dmn_element *element); /* what is known of its value; NULL: nothing */

/* What has to be given: the input data below a decision, the parameters of a service or a knowledge model. */
struct dmn_input {
    struct str name, type_name;
    const struct feel_type *type; /* NULL: any */
};

/* All of them, in the arena, each once.  Input data asks for itself.  ERR_NO_MEMORY. */
MUST_USE
enum err dmn_inputs(const struct dmn_element *element, struct arena *arena, const struct dmn_input **ret_inputs,
                    size_t *ret_n);

/* The first fault in the element or in what it needs; "" when there is none. */
struct str dmn_fault(const struct dmn_element *element);

/* ── evaluating ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The tables that decided, in the order in which they were done. */
struct dmn_trail {
    struct dmn_fired {
        struct str name; /* of the decision or knowledge model the table stands in */
        const struct table *table;
        struct table_trail rules;
    } * items;
    size_t n, n_dropped; /* DMN_MAX_TRAIL are kept */
    size_t capacity;     /* internal */
};

/* `inputs`: a context with a member for each input, by its name; texts are read as dates and durations where the input is
 * one.  A member named as a required decision stands for its value.  A decision gives its value, a service that of its
 * output decision (several: a context of them), a knowledge model what it returns.  Each decision is computed once.
 * `run` as for feel_eval; its scope is not used.  ret_trail may be NULL.
 * Outcomes as feel_eval. */
MUST_USE
enum err dmn_eval(const struct dmn_element *element, struct feel_run *run, const struct value *inputs,
                  struct value *ret_value, struct dmn_trail *ret_trail);

#endif
