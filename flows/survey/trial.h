/* flows/survey/trial.h — the `tests:` of a flow: talks that are tried out with the engine as it runs in production.
 *
 *   survey_load ─▶ definition.trials ─┐                    one way to run them, whoever wrote them down where:
 *   trials_read  "health.test.yaml"  ─┴─▶ trial_run ─▶ trial_result: passed, or where not, and the whole talk
 *
 * A test is a person who says things one after the other, and what the bot has to reply.  `expect: TEXT` is the very next
 * reply; an expectation with keys skips replies of this turn up to the first that has all of them.  What nobody looked at
 * is forgotten when the person speaks again.  Time stands still but for `wait`.
 *
 * Thread:  any (pure).  Memory: what is read lives as long as the flow, or in the arena of the call.                 */
#ifndef GILBOT_FLOWS_SURVEY_TRIAL_H
#define GILBOT_FLOWS_SURVEY_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/flow.h"
#include "flows/survey/definition.h"

struct arena;
struct findings;
struct loader;

/* ── as written ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct trial_expect {
    struct str text; /* the next reply; empty: the first reply that has all of these, as far as they are given */
    struct str contains, recommend, hand_over, tag;
    struct str end; /* the name of the session's state, "done": says nothing of replies */
};

enum trial_act { TRIAL_EXPECT, TRIAL_SAY, TRIAL_CHOOSE, TRIAL_FILE, TRIAL_WAIT };

struct trial_line {
    enum trial_act act;
    struct trial_expect expect;
    struct str text;    /* SAY: what is typed; FILE: the file's name; WAIT: as written */
    struct strs values; /* CHOOSE: of options, or their labels; several only where several may be chosen */
    int64_t wait_ms;    /* WAIT */
    struct place at;
};

struct trial {
    struct str name;
    struct str file; /* where it is written */
    struct place at;
    struct str locale;            /* the person's language; empty: the service's      */
    int64_t local_ms;             /* when the talk begins: as Unix time, but of the clock on the wall */
    struct str profile;           /* JSON object: what the platform knows */
    const struct flow_past *past; /* answers of other flows */
    size_t n_past;
    const struct flow_variant *variants; /* that the person is in; in the others by the split of a made-up person */
    size_t n_variants;
    const struct trial_line *lines; /* at least one */
    size_t n_lines;
};

struct trials {
    const struct trial *items;
    size_t n;
};

/* `list`: of tests, as they stand in loader->file, for `definition`.  Faults stick in the loader (see load.h). */
void load_trials(struct loader *loader, const struct yaml_node *list, const struct definition *definition,
                 struct trials *ret_trials);

/* Only `with` of one test; NULL: nothing is known. */
void load_with(struct loader *loader, const struct definition *definition, const struct yaml_node *with,
               struct trial *trial);

/* Only `variants` of one test; NULL: none is chosen. */
void load_chosen(struct loader *loader, const struct definition *definition, const struct yaml_node *variants,
                 struct trial *trial);

/* A file with the keys `flow` and `tests`, for one of `flows`.  Faults are appended to `findings`, as those of flows are;
 * ret_flow is NULL then.  Everything lives in the findings' arena.  ERR_NO_MEMORY. */
MUST_USE
enum err trials_read(const char *path, const struct flows *flows, struct findings *findings,
                     const struct flow **ret_flow, struct trials *ret_trials, struct error *error);

/* All files of tests (files_is_test) among `paths`, files and folders: only their faults, for who wants to check them. */
MUST_USE
enum err trials_check(struct strs paths, const struct flows *flows, struct findings *findings, struct error *error);

/* ── as it went ────────────────────────────────────────────────────────────────────────────────────────────────── */

enum trial_mark {
    TRIAL_SAME,    /* as it went                  */
    TRIAL_MISSING, /* expected, and it did not come */
    TRIAL_INSTEAD, /* what came in its place        */
};

struct trial_entry {
    enum trial_mark mark;
    enum { TRIAL_BOT, TRIAL_PERSON, TRIAL_ASIDE } who; /* ASIDE: a warning, or the end */
    const struct reply *reply;                         /* BOT, when it was said        */
    struct str text;                                   /* all else                     */
};

struct trial_result {
    bool passed;
    struct place at;   /* not passed: the line of the test    */
    struct str reason; /* a sentence                          */
    const struct trial_entry *talk;
    size_t n_talk;
};

/* Where and when the flow runs. */
struct trial_world {
    struct str locale;      /* the service's              */
    int64_t utc_offset_min; /* of its time zone           */
};

/* The result lives in the arena, and borrows from the flow and the test.  ERR_NO_MEMORY; a step that fails is a test that does not pass. */
MUST_USE
enum err trial_run(const struct flow *flow, const struct trial *trial, const struct trial_world *world,
                   struct arena *arena, struct trial_result *ret_result, struct error *error);

#endif
