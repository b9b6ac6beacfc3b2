/* flows/survey/state.h — what a session knows, between events as JSON (see survey.h), within one as this.
 *
 * A value that a person gave or a step set goes before one of the platform's profile.  Known and null is a question
 * that was skipped.
 *
 * Thread: one.  Memory: everything in the arena of the event, or borrowed from the definition.                      */
#ifndef GILBOT_FLOWS_SURVEY_STATE_H
#define GILBOT_FLOWS_SURVEY_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/rules/value.h"

struct arena;
struct definition;

enum { STATE_MAX_BYTES = 1024 * 1024, STATE_MAX_HISTORY = 200 };

struct known {
    bool known;
    struct value value;
};

/* A question that was left: how to go back to it. */
struct asked {
    size_t step;
    struct known *before; /* the answers of definition->changing as they were when it was asked */
    struct known answer;  /* not known: it was left after too many misfits                      */
};

/* What is known of a question that the flow has not come back to: earlier answers while one before them is put right. */
struct kept {
    size_t step;
    bool asks;           /* it must be asked again, whatever is known                     */
    struct known answer; /* not known: it was left after too many misfits                   */
};

struct state {
    const struct definition *definition;
    struct arena *arena;
    struct known *answers; /* by variable: answered or set            */
    struct known *profile; /* by variable: the platform's             */
    size_t step;           /* the question that waits; SIZE_MAX: none */
    size_t misfits;        /* so far, of that question                */
    size_t *missed;        /* by variable: misfits of its question in the whole session: for figures only */
    struct asked *history; /* oldest first, at most STATE_MAX_HISTORY */
    size_t n_history;
    struct kept *kept; /* in the order in which they were answered */
    size_t n_kept;
    size_t reminded; /* how often so far                                       */
    bool resuming;   /* it was asked whether to go on                        */
    bool nudged;     /* it was reminded, and nothing was said since           */
    enum state_sheet { STATE_SHEET_NONE, STATE_SHEET_OUT, STATE_SHEET_OVER } sheet; /* see sheet.h */
};

/* Nothing is known.  ERR_NO_MEMORY. */
MUST_USE
enum err state_init(struct state *state, const struct definition *definition, struct arena *arena);

/* ERR_INVALID: `data` is no JSON object; ERR_NO_MEMORY. */
MUST_USE
enum err state_read(struct state *state, struct str data, struct error *error);
/* ERR_NO_MEMORY: larger than STATE_MAX_BYTES, or the arena is full. */
MUST_USE
enum err state_write(const struct state *state, struct str *ret_data, struct error *error);

/* What is known of a variable. */
bool state_get(const struct state *state, size_t variable, struct value *ret_value);

/* The question called `id`; SIZE_MAX: there is none. */
size_t state_question(const struct definition *definition, struct str id);

/* Remembers that the waiting question is left with this answer, before that is stored.  ERR_NO_MEMORY. */
MUST_USE
enum err state_leave(struct state *state, const struct known *answer);
/* Takes everything back to when the last question that was left waited; false when there is none. */
bool state_back(struct state *state);
/* Forgets all answers, not the profile. */
void state_restart(struct state *state);

/* Forgets all answers but keeps them, each under its question, the ones kept before behind them; `extra`: room for as
 * many more.  ERR_NO_MEMORY. */
MUST_USE
enum err state_rewind(struct state *state, size_t extra);
/* Puts another answer (not known: it is to be asked) to where the question was last answered; in front, when it never was.
 * Needs the room for one more. */
void state_change_kept(struct state *state, size_t step, const struct known *answer);
/* Takes what is kept of a question; false: nothing. */
bool state_take_kept(struct state *state, size_t step, struct kept *ret_kept);

#endif
