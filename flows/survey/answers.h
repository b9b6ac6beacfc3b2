/* flows/survey/answers.h — what people type, understood.
 *
 *   typed ──▶ an option, exactly?  ──▶ a word (restart, back, stop, …)?  ──▶ the question's type
 *               FITS                     WORD                                FITS or MISFIT, and why
 *
 * People answer as people do: "65킬로 정도요", "스물다섯 살", "２번", "물이랑 커피", "1미터 72".  The same road is taken by a
 * button's value, by the platform's profile and by `with` of a test, so that a value always means the same; only what was
 * typed may be a word.
 *
 * Values by type: choice: string (the option's value); choices: list of such strings, in the options' order; number,
 * scale: number, converted to the question's unit; text, phone, email: string (phone: E.164, "+821012345678"; email: the
 * domain in lower case); yes_no: boolean; date: date; file:
 * context {id, name, type, size}, size in bytes, null where the platform does not say.
 *
 * Thread: any.  Pure.  Memory: everything in `arena`, or borrowed from the question and the input.
 * Errors: ERR_NO_MEMORY only.  What cannot be understood is a misfit, not an error.                                  */
#ifndef GILBOT_FLOWS_SURVEY_ANSWERS_H
#define GILBOT_FLOWS_SURVEY_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/rules/value.h"
#include "flows/survey/words.h"

struct arena;
struct ask;
struct event_file;

enum answer_kind { ANSWER_FITS, ANSWER_MISFIT, ANSWER_WORD };

enum misfit {
    MISFIT_EMPTY,        /* nothing but white space, or no UTF-8                        */
    MISFIT_NO_OPTION,    /* none of the options; for yes_no: neither                    */
    MISFIT_AMBIGUOUS,    /* several could be meant: "60~65", "160에 60", "네 아니요"     */
    MISFIT_NOT_A_NUMBER, /* no number in it, or one that nobody could compute with      */
    MISFIT_NOT_WHOLE,    /* a fraction where `integer` is asked for                     */
    MISFIT_WRONG_UNIT,   /* a known unit of another quantity                            */
    MISFIT_TOO_SMALL,    /* less than `min`; date: earlier                              */
    MISFIT_TOO_LARGE,    /* more than `max`; date: later                                */
    MISFIT_TOO_FEW,      /* choices: fewer than `min`                                   */
    MISFIT_TOO_MANY,     /* choices: more than `max`                                    */
    MISFIT_TOO_SHORT,    /* text: fewer code points than `min`                          */
    MISFIT_TOO_LONG,     /* text: more than `max`, or than ANSWER_MAX_TEXT              */
    MISFIT_PATTERN,      /* text: does not match `pattern`                              */
    MISFIT_FORM,         /* no date, phone number, email address or file                */
};

enum { ANSWER_MAX_TEXT = 5000 /* code points of a text answer without `max` */ };

struct answer {
    enum answer_kind kind;
    enum misfit misfit; /* MISFIT                                                              */
    enum word word;     /* WORD                                                                */
    struct value value; /* FITS                                                                */
    struct str label;   /* FITS: what people read: options' labels, 예/아니요, else the value  */
};

enum answer_source {
    ANSWER_TYPED,  /* by a person: words count                                                   */
    ANSWER_BUTTON, /* an option's value, from a button; other values are tried as if typed      */
    ANSWER_DATA,   /* profile, link, test: words do not count, options match as if typed        */
};

struct answer_input {
    struct str typed; /* raw UTF-8                                                              */
    enum answer_source source;
    struct str locale;             /* the user's: words, dates and labels                                    */
    struct str flow_locale;        /* the flow's: where an option has no label in the user's */
    int64_t today;                 /* days since 1970-01-01 in the service's time zone: what "오늘" means     */
    const struct words *words;     /* the flow's own; NULL: only defaults                             */
    const struct event_file *file; /* that came with the message; NULL: none                     */
};

MUST_USE
enum err answer_parse(const struct ask *ask, const struct answer_input *input, struct arena *arena,
                      struct answer *ret_answer);

/* A profile's or a test's JSON value, already read: strings, numbers and booleans go through answer_parse as their text
 * (ANSWER_DATA is set), lists are taken element by element for `choices`; anything else is a misfit. */
MUST_USE
enum err answer_from_value(const struct ask *ask, const struct value *value, const struct answer_input *input,
                           struct arena *arena, struct answer *ret_answer);

/* "empty", "no_option", …: for records and logs. */
const char *misfit_name(enum misfit misfit);

#endif
