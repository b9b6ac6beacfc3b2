/* flows/survey/run.h — one turn of a survey while it is made; inside flows/survey only.
 *
 *   engine.c    begins and ends the turn, runs steps one after the other
 *   steps.c     what each kind of step does
 *   incoming.c  what an event means to the question that waits
 *   known.c     what is known before the first question
 *   sheet.c     all questions at once, and their answers
 *   replay.c    an earlier answer is changed: the flow goes its way anew, and says only what is new
 *
 * Functions that return enum err give ERR_NO_MEMORY, and what survey.h promises, with ctx->error filled in by
 * engine_step.                                                                                                      */
#ifndef GILBOT_FLOWS_SURVEY_RUN_H
#define GILBOT_FLOWS_SURVEY_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "flows/flow.h"
#include "flows/survey/answers.h"
#include "flows/survey/definition.h"
#include "flows/survey/render.h"
#include "flows/survey/scope.h"
#include "flows/survey/state.h"

/* What one step added to the turn. */
struct trace {
    size_t step;
    size_t replies_from, replies_to; /* of turn->replies */
    size_t records_from, records_to; /* of turn->records */
};

/* An answer of a sheet (sheet.h). */
struct filled {
    size_t step;
    struct value value; /* null: left out         */
    struct str typed;   /* empty: left out        */
    bool used;          /* the question was reached */
};

struct path;

struct traces {
    struct trace *items;
    size_t n, capacity;
};

/* The step of the buttons that answer whether to go on: no id of a question can be that. */
#define RUN_RESUME_STEP "?resume"

struct run {
    const struct definition *definition;
    struct flow_ctx *ctx;
    struct session *session;
    struct turn *turn;
    struct str locale; /* the conversation's: the person's where the flow has it, else the flow's */
    struct state state;
    struct scope scope;
    int64_t pause_ms;      /* to wait before the next reply */
    size_t at;             /* the step to run; n_steps: the end */
    size_t steps;          /* run since the last question       */
    struct filled *filled; /* the sheet that was filled in     */
    size_t n_filled;
    struct traces *traces;          /* NULL: nobody wants to know        */
    struct path *path;              /* the same; see path.h              */
    enum session_state state_after; /* SESSION_WAITING: not decided yet, or a question waits */
    bool stays;                     /* the turn is over                */
};

/* ── engine.c ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Sets up what the parts share; `event` may be NULL. */
MUST_USE
enum err run_begin(struct run *run, const struct event *event);
/* Runs from run->at until a question waits or the flow ends. */
MUST_USE
enum err run_advance(struct run *run);
/* Where the flow goes after a step that is done. */
MUST_USE
enum err run_follow(struct run *run, const struct step *step);
/* Leaves a question with its answer (not known: after too many misfits), without a word; run->at is the step after. */
MUST_USE
enum err run_leave(struct run *run, const struct step *step, const struct known *answer);
/* Changes a variable. */
void run_know(struct run *run, size_t variable, struct value value);
/* Days since 1970-01-01 in the service's time zone. */
int64_t run_today(const struct run *run);
/* How an answer of this conversation is to be read. */
struct answer_input run_input(const struct run *run, struct str typed, enum answer_source source);

/* ── steps.c ───────────────────────────────────────────────────────────────────────────────────────────────────── */

MUST_USE
enum err steps_do(struct run *run, const struct step *step);
/* Asks the question of a step and waits; `instead`, unless empty, is said in its place (a retry). */
MUST_USE
enum err steps_ask(struct run *run, const struct step *step, struct str instead);
/* After a break: whether to go on with the question of a step. */
MUST_USE
enum err steps_ask_to_go_on(struct run *run, const struct step *step);
/* A reply with the pauses that have added up; NULL: the arena is full. */
struct reply *steps_add_reply(struct run *run, enum reply_kind kind);
/* The options of a question, if it has any: also 예 and 아니요, and the numbers of a scale of at most `most_of_scale`. */
MUST_USE
enum err steps_add_options(struct run *run, const struct ask *ask, size_t most_of_scale, struct reply *reply);
/* Something that gilbot itself says. */
MUST_USE
enum err steps_say_plain(struct run *run, struct str text);

/* ── correct.c ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What somebody typed, and how the question that waits takes it. */
struct said {
    const struct step *step;
    struct str typed;
    const struct answer *answer;
};

/* Puts an earlier answer right, where that is what was said.  *ret_done: it was. */
MUST_USE
enum err correct_take(struct run *run, const struct said *said, bool *ret_done);
/* An old button: its question's answer, now. */
MUST_USE
enum err correct_button(struct run *run, size_t step, struct str value, bool *ret_done);

/* ── incoming.c ────────────────────────────────────────────────────────────────────────────────────────────────── */

MUST_USE
enum err incoming_take(struct run *run, const struct event *event);
/* An answer as the question's record. */
MUST_USE
enum err run_record_answer(struct run *run, const struct step *step, const struct value *value, struct str typed);
/* Goes on behind the question that waits. */
MUST_USE
enum err incoming_answered(struct run *run, const struct step *step, struct value value, const char *outcome);

/* ── replay.c ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Another answer to a question that was left, or that was known and never asked. */
struct change {
    size_t step;
    struct known answer; /* not known: it is asked again */
};

/* All that follows from it, up to the question that waits then: later answers are kept, what was said before and is still
 * the same is not said again. */
MUST_USE
enum err replay_change(struct run *run, const struct change *change);

/* ── known.c ───────────────────────────────────────────────────────────────────────────────────────────────────── */

MUST_USE
enum err known_begin(struct run *run);
/* Each of `variants` that has no arm yet gets one. */
void known_variants(struct run *run);

/* Records; ERR_NO_MEMORY. */
MUST_USE
enum err run_record(struct run *run, const struct step *step, const char *outcome);
MUST_USE
enum err run_warn(struct run *run, const struct step *step, struct str text);

#endif
