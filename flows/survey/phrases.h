/* flows/survey/phrases.h — what gilbot itself says in a survey, in Korean and English (every other language gets English).
 *
 * Plain sentences without markup.
 * Thread: any.  Memory: constants, or the arena; {NULL, 0} from phrase_retry and phrase_help: it is full.            */
#ifndef GILBOT_FLOWS_SURVEY_PHRASES_H
#define GILBOT_FLOWS_SURVEY_PHRASES_H

#include <stdbool.h>

#include "bot/base/str.h"
#include "flows/survey/definition.h"

struct arena;

enum phrase {
    PHRASE_YES,
    PHRASE_NO,
    PHRASE_STOPPED,      /* the person ended the survey                           */
    PHRASE_NO_WAY_BACK,  /* "back" at the first question                          */
    PHRASE_NO_SKIP,      /* "skip" at a question that is not optional             */
    PHRASE_OLD_BUTTON,   /* a button of another question was pressed              */
    PHRASE_SEE_MORE,     /* label of a card's link                                */
    PHRASE_OUT_OF_ORDER, /* the flow went in a circle                             */
    PHRASE_ASK_AGAIN,    /* an earlier question comes again                       */
    PHRASE_RESUME,       /* whether to go on after a break                        */
    PHRASE_RESUME_YES,   /* the two answers to that                               */
    PHRASE_RESUME_NO,
    PHRASE_SHEET_OPEN, /* labels of the buttons around all questions at once    */
    PHRASE_SHEET_SUBMIT,
    PHRASE_SHEET_CLOSE,
    PHRASE_SHEET_LEAD,    /* what the first of them does                           */
    PHRASE_SHEET_MISSING, /* a question there was left out that must not be        */
    PHRASES
};

struct str phrase(enum phrase phrase, struct str locale);

/* What to say on an answer that does not fit when the flow does not say it.  `today`: days since 1970-01-01. */
struct str phrase_retry(struct arena *arena, const struct ask *ask, int64_t today, struct str locale);

/* An earlier answer was changed: to what, and, unless empty, what it is called. */
struct str phrase_changed(struct arena *arena, struct str label, struct str answer, struct str locale);

/* How a list of options is answered. */
struct str phrase_how_to_answer(struct arena *arena, const struct ask *ask, const struct words *words,
                                struct str locale);

/* What may be said at any time. */
struct str phrase_help(struct arena *arena, const struct words *words, struct str locale);

#endif
