/* bot/model/sheet.h — several questions that are shown, and answered, at once: a modal, a form.
 *
 *   flow: struct sheet ─▶ platform shows it ─▶ person fills it in ─▶ struct sheet_filled
 *     loop:   the flow looks over the answers (flow->check_sheet); faults go back and the person mends them
 *     runner: EVENT_SHEET, one turn of the flow
 *
 * Only platforms that can show sheets (struct platform's read_sheet) are given any; elsewhere the same flow asks its
 * questions one by one.
 *
 * Memory: everything lives in the arena of whoever made it.  Texts are plain UTF-8; absent is empty.                */
#ifndef GILBOT_MODEL_SHEET_H
#define GILBOT_MODEL_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/str.h"
#include "bot/model/reply.h"

enum { SHEET_MAX_FIELDS = 10 };

enum sheet_kind { SHEET_ONE, SHEET_SEVERAL, SHEET_NUMBER, SHEET_TEXT, SHEET_DATE, SHEET_EMAIL };

struct sheet_field {
    struct str step; /* the question: comes back with its answer    */
    enum sheet_kind kind;
    struct str label, hint;
    const struct reply_option *options; /* ONE, SEVERAL */
    size_t n_options;
    bool optional;                 /* may be left empty                             */
    bool integer;                  /* NUMBER: no fraction                           */
    struct str min, max;           /* NUMBER: decimal numbers; empty: none          */
    size_t min_length, max_length; /* TEXT: code points; max 0: none                */
};

/* What a sheet belongs to; comes back with its answers. */
struct sheet_origin {
    struct str flow, version; /* see struct flow                                        */
    struct str session;       /* session's started_ms, in digits: it has no id at first */
    struct str locale;        /* in which it is written                                 */
};

struct sheet {
    struct sheet_origin origin;
    struct str title, open, submit, close; /* labels of the buttons that open, send and close it */
    const struct sheet_field *fields;
    size_t n_fields;
};

struct sheet_answer {
    struct str step;
    struct str text; /* typed, or the value of what was chosen (several: with commas); empty: left out */
    bool chosen;
};

struct sheet_filled {
    struct sheet_origin origin;
    const struct sheet_answer *answers; /* in the order of the sheet */
    size_t n;
};

/* What is wrong with one answer, in the person's language. */
struct sheet_fault {
    struct str step, text;
};

struct sheet_faults {
    struct sheet_fault *items;
    size_t n;
};

#endif
