/* flows/survey/check_answers.h — a search for answers that show something: a hole in a table, a variable read too early.
 *
 * Walks through the flow many times with answers that are made up (check_made.h), as a person would: `when`, `set` and
 * `next` decide what is asked; the platform's profile knows nothing, unless a watch lets it.  What it finds is certain; that it finds nothing proves nothing.
 *
 * Thread: any.  Memory: own arenas; the examples in the checker's.                                                   */
#ifndef GILBOT_FLOWS_SURVEY_CHECK_ANSWERS_H
#define GILBOT_FLOWS_SURVEY_CHECK_ANSWERS_H

#include "flows/survey/check_parts.h"
#include "flows/survey/state.h"

struct answers_found {
    struct str answers; /* "weight: 60, height: 165"              */
    struct str inputs;  /* "carb_g = 56, protein_g = 20"           */
};

/* A table (of definition.tables) that seems to have a hole, and what is known of where it is. */
struct answers_wanted {
    bool wanted;
    const struct value *hints; /* by variable: the answer that may lead there, null: any.  NULL: no hints */
};

/* What looks on. */
struct walk;
struct answers_watch {
    /* Every step that is come to, before its `when` is looked at.  True: nothing more is wanted, the walks may end. */
    bool (*step)(void *self, struct walk *walk, size_t step);
    /* Every step that was done, before its `next` is looked at; may be NULL. */
    void (*done)(void *self, struct walk *walk, size_t step);
    void *self;
    size_t most_walks, most_steps; /* steps of all walks together */
    bool is_free; /* answers may lean to one side (check_made.h), and the profile may know some of them */
};

/* For each wanted table: answers with which the flow needs this table and no rule of it fits; empty when none were
 * found. */
void check_answers(struct checker *checker, const struct answers_wanted *wanted, struct answers_found *ret_found);

/* Walks until the watch has seen enough, or long enough. */
void check_answers_watch(struct checker *checker, const struct answers_watch *watch);

/* ── for a watch ───────────────────────────────────────────────────────────────────────────────────────────────── */

const struct state *walk_state(const struct walk *walk);
/* The value of an expression, or of a part of one, now. */
struct value walk_value(struct walk *walk, const struct feel_expr *expr);
/* The table's rules that fit; NULL: with the answers as they are no value has needed it. */
const struct table_trail *walk_trail(const struct walk *walk, size_t table);
/* What has been asked and answered so far: "몸무게는? 60 → 키는? 165"; long ones without their beginning. */
struct str walk_talk(const struct walk *walk);

#endif
