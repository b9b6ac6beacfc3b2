/* flows/survey/definition.h — a flow as loaded: what the engine runs, the checker looks at, and people see in messages.
 *
 *   definition ──┬─ steps        in file order; a step is named by its index; n_steps as a target means "the end"
 *                ├─ names        what expressions may see; slots[i] says what names.items[i] stands for
 *                │    variables · lets · tables · catalogs; the arms of splits are values of variables
 *                └─ title, locale, words, profile, expire, remind, tests
 *
 * Everything is immutable after survey_load and may be used by any number of threads.
 * Memory: everything lives in the flow's own arena (patterns on the heap), until the flow's free.
 * Texts are UTF-8.  Absent texts have n = 0, absent strings are empty, absent expressions are NULL.                   */
#ifndef GILBOT_FLOWS_SURVEY_DEFINITION_H
#define GILBOT_FLOWS_SURVEY_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/str.h"
#include "flows/rules/decimal.h"
#include "flows/rules/dmn.h"
#include "flows/rules/feel.h"
#include "flows/rules/table.h"
#include "flows/rules/value.h"
#include "flows/survey/words.h"

struct regex;
struct split;
struct trial;
struct yaml_node;

/* Where something is written in the flow's file: line and column (code points) from 1; 0, 0: nowhere. */
struct place {
    uint32_t line, column;
};

/* A file that a flow was read from. */
struct source_file {
    struct str path; /* as it was opened */
    struct str bytes;
};

/* ── texts ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct text_part {
    struct str plain;             /* expr NULL: markup as written, "{{" already a brace                    */
    const struct feel_expr *expr; /* else replaced by its value                                             */
    size_t variable;              /* expr is nothing but the name of this variable; else SIZE_MAX           */
    struct place at;
};

/* A text in one language. */
struct text_variant {
    struct str locale; /* "ko", "en-US"; empty: the text was written without a map of locales */
    struct str arm;    /* of `text.split`, whose languages stand together; empty: the text has no split */
    const struct text_part *parts;
    size_t n_parts;
};

struct text {
    const struct text_variant *variants; /* in file order */
    size_t n;                            /* 0: absent      */
    const struct split *split;           /* NULL: everybody gets the same */
    struct place at;
};

/* A language, perhaps with a region: "ko", "en-US". */
bool locale_is_one(struct str s);
/* "en" of "en-US". */
struct str locale_language(struct str locale);
/* How well something written in `has` suits a person who reads `wanted`, in a flow in `otherwise`; more is better. */
int locale_fitness(struct str has, struct str wanted, struct str otherwise);
/* The best variant for the person, of those that arm `arm` of the text's split has (not looked at without a split; one
 * that the text does not have: the first); NULL when the text is absent. */
struct text_wish {
    struct str locale, otherwise, arm;
};
const struct text_variant *text_variant(const struct text *text, const struct text_wish *wish);

/* ── questions ─────────────────────────────────────────────────────────────────────────────────────────────────── */

enum ask_type {
    ASK_CHOICE,
    ASK_CHOICES,
    ASK_NUMBER,
    ASK_TEXT,
    ASK_YES_NO,
    ASK_SCALE,
    ASK_DATE,
    ASK_PHONE,
    ASK_EMAIL,
    ASK_FILE,
};
const char *ask_type_name(enum ask_type type); /* "choice", "choices", "number", … */

struct option_label {
    struct str locale; /* as text_variant's             */
    struct str text;   /* plain characters, no markup   */
    struct str key;    /* text_match_key of text        */
};

struct option {
    struct str value;                  /* unique in its question          */
    struct str value_key;              /* text_match_key of value         */
    const struct option_label *labels; /* at least one                    */
    size_t n_labels;
    struct place at;
};

/* What people call a question when they come back to it: "몸무게 잘못 적었어요". */
struct ask_word {
    struct str word; /* lower case, NFC; may hold spaces            */
    bool is_label;   /* of `label`; else of the question or its id  */
};

struct ask {
    enum ask_type type;
    struct str variable;   /* the step's id                                                      */
    size_t variable_index; /* in definition.variables                                             */
    struct text text;
    const struct option_label *labels; /* `label`, what to call it; n_labels = 0: nothing      */
    size_t n_labels;
    const struct ask_word *words; /* none of them is a word of two questions */
    size_t n_words;
    const struct option *options; /* CHOICE, CHOICES: at least one; else none                      */
    size_t n_options;
    /* NUMBER, SCALE: the least and greatest value; CHOICES: how many; TEXT: how long, in code points; DATE: days, see
     * ask_day_bound.  All but NUMBER's are whole.  SCALE has both. */
    bool has_min, has_max;
    struct decimal min, max;
    bool min_from_today, max_from_today; /* DATE: counted from today, else from 1970-01-01 */
    bool integer;                        /* NUMBER: whole numbers only; SCALE: always true  */
    struct str unit;                     /* NUMBER; empty: none                              */
    const struct regex *pattern;         /* TEXT; NULL: none                      */
    struct str pattern_text;
    bool optional, always;
    struct text retry; /* absent: the default of its type                                             */
    size_t tries;      /* after so many misfits go to `otherwise`; 0: never                            */
    size_t otherwise;  /* a step                                                                        */
    struct place as_at, min_at, max_at, tries_at, otherwise_at;
};

/* DATE: the earliest and the latest day that may be answered today, in days since 1970-01-01.  False: there is none. */
enum ask_bound { ASK_MIN, ASK_MAX };
bool ask_day_bound(const struct ask *ask, enum ask_bound bound, int64_t today, int64_t *ret_day);

/* What the question is called in `locale`, else in the flow's `otherwise`; empty: it has no label. */
struct str ask_label(const struct ask *ask, struct str locale, struct str otherwise);

/* The option's label in `locale`, else in the flow's `otherwise`, else its first. */
struct str option_label(const struct option *option, struct str locale, struct str otherwise);

/* ── steps ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct jump {
    const struct feel_expr *when; /* NULL: always; only the last of a list */
    size_t to;                    /* a step                                  */
    struct place at;
};

struct say {
    struct text text;
    struct say_button {
        struct text label, url;
    } * buttons;
    size_t n_buttons;
    struct text image; /* its url */
};

struct recommend {
    const struct feel_expr *item;
    struct text text, button;
    struct place at;
};

struct hand_over {
    struct str to;
    struct text note;
    struct place to_at;
};

struct set {
    size_t variable; /* in definition.variables */
    const struct feel_expr *expr;
    struct place at;
};

enum step_kind { STEP_SAY, STEP_ASK, STEP_RECOMMEND, STEP_HAND_OVER, STEP_SET, STEP_TAG, STEP_GO, STEP_END };
const char *step_kind_name(enum step_kind kind); /* "say", "ask", … */

struct step {
    enum step_kind kind;
    const struct split *split; /* the step is one of its arm `arm`, which `when` says too; NULL: of all */
    size_t arm;
    struct str id;                    /* empty: none was given                                            */
    struct str name;                  /* the id, else kind and number: "say_3"; for records                */
    const struct feel_expr *when;     /* NULL: always; the step, its pause and its next are skipped unless true */
    const struct feel_expr *own_when; /* the part of it that the step has itself, without its arm's; NULL: none */
    int64_t pause_ms;
    const struct jump *next; /* tried in order; n_next = 0, or none fits: the following step       */
    size_t n_next;
    union {
        struct say say;
        struct ask ask;
        struct recommend recommend;
        struct hand_over hand_over;
        struct {
            const struct set *items; /* in order; each sees those before it */
            size_t n;
        } set;
        struct {
            const struct text *items;
            size_t n;
        } tag;
        struct jump go;
        bool stopped; /* END: stopped, else done */
    };
    struct place at, id_at, when_at;
};

/* ── data ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct variable {
    struct str name;
    const struct ask *ask; /* the question that fills it; NULL: none                              */
    size_t step;           /* that question; SIZE_MAX: none                                        */
    struct str profile;    /* the platform's field that fills it; empty: none                       */
    struct recall {
        struct str flow, variable; /* empty: none */
        struct place at;
    } recall;                  /* the answer of another flow that fills it where the platform does not  */
    bool is_set;               /* some `set` step changes it                                            */
    const struct split *split; /* its value is the arm that a person is in; NULL: it is no such one      */
    struct place at;           /* where it is first named as such                                       */
};

/* One of `variants`: what is said or done in several ways, to see which does better (split.h).  People read "variants";
 * here a variant of a text is its language already. */
struct split {
    struct str name;           /* in expressions too: its value is the arm's name */
    struct ask ask;            /* a choice among the arms, as if it were asked: what its values can be */
    size_t variable;           /* in definition.variables                         */
    int64_t *weights;          /* n_arms: their shares, at least one above 0      */
    const struct option *arms; /* at least two, in file order               */
    size_t n_arms;
    struct place at;
};

struct let {
    struct str name;
    const struct feel_expr *expr;
    const struct yaml_node *written; /* its value in the file */
    struct place at;
};

struct named_table {
    struct str name;
    const struct table *table;
    const struct yaml_node *written; /* its map in the file */
    struct place at;
    const struct place *rules;  /* table->n_rules: where each rule begins    */
    const struct place *inputs; /* table->n_inputs                            */
};

/* A decision of a DMN file, under a name of `tables`. */
struct named_decision {
    struct str name;
    const struct dmn_element *element;
    const struct dmn_input *inputs;       /* what it asks for                          */
    const struct feel_expr *const *exprs; /* the same here: a variable, a let, a table */
    size_t n_inputs;
    const struct yaml_node *written;
    struct place at;
};

struct catalog {
    struct str name;
    struct value records;           /* a list of contexts                              */
    const struct place *records_at; /* one each; 0, 0 for records of another file      */
    struct place at;
};

enum slot_kind { SLOT_VARIABLE, SLOT_LET, SLOT_TABLE, SLOT_DECISION, SLOT_CATALOG };

struct slot {
    enum slot_kind kind;
    size_t index; /* in definition.variables, .lets, .tables, .decisions or .catalogs */
};

struct remind {
    int64_t after_ms; /* 0: no reminders */
    struct text text;
    int64_t times;
};

/* ── the whole ─────────────────────────────────────────────────────────────────────────────────────────────────── */

enum {
    SURVEY_EXPIRE_MS = 7 * 24 * 3600 * 1000,
    SURVEY_MAX_TIME_MS = 2 * 60 * 1000,
    SURVEY_RESUME_MS = 30 * 60 * 1000,
};

struct definition {
    struct str file;                   /* as it was opened: for messages */
    struct str id;                     /* `flow` */
    struct str version;                /* SHA-256 of the file and the files it names, hexadecimal */
    const struct source_file *sources; /* the file, then the files it names, in the order in which they were read */
    size_t n_sources;
    struct text title, about;
    struct str locale;   /* `locale`, default "ko": of texts without a map                           */
    struct strs locales; /* every locale that some text has, the flow's own first                    */
    int64_t expire_ms;   /* default SURVEY_EXPIRE_MS    */
    int64_t max_time_ms; /* default SURVEY_MAX_TIME_MS  */
    int64_t resume_ms; /* default SURVEY_RESUME_MS: who comes back after so long is asked whether to go on; 0: never */
    struct remind remind;
    struct words words;
    bool modal; /* `slack: modal`: where that can be shown, all questions at once */
    struct place modal_at;

    const struct step *steps; /* at least one */
    size_t n_steps;

    const struct split *splits; /* `variants` */
    size_t n_splits;

    struct feel_names names;
    const struct slot *slots; /* names.n of them */
    const struct variable *variables;
    size_t n_variables;
    struct strs recalls;    /* the flows that some variable recalls, each once */
    const size_t *changing; /* variables that may change once they are known: set, or asked `always` */
    size_t n_changing;
    const struct let *lets; /* in the order of the file; no cycles among lets and tables */
    size_t n_lets;
    const struct named_table *tables;
    size_t n_tables;
    const struct named_decision *decisions; /* the other `tables`: of DMN files */
    size_t n_decisions;
    const struct catalog *catalogs;
    size_t n_catalogs;

    const struct trial *trials; /* `tests`, see trial.h */
    size_t n_trials;
};

#endif
