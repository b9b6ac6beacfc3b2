/* flows/survey/sheet.h — all questions at once (`slack: modal`); inside flows/survey only.
 *
 *   not shown ──first question──▶ out ──filled in──▶ over: what is still open is asked one by one
 *                                  └──a message────▶ over
 *
 * A sheet holds every question from the one that waits to the end that is not answered yet.  Its answers are one turn:
 * the flow goes its way, each question it comes to takes its answer from the sheet; what `when` leaves out is left out.
 * A question that the flow may not come to need not be answered there; when it does come to it, it asks in words.
 *
 * Thread: any.  Memory: the arena of the event.  Errors: ERR_NO_MEMORY.                                              */
#ifndef GILBOT_FLOWS_SURVEY_SHEET_H
#define GILBOT_FLOWS_SURVEY_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/model/sheet.h"

struct definition;
struct flow_ctx;
struct run;
struct step;

/* The step of the button that opens the sheet: no id of a question can be that. */
#define SHEET_STEP "?sheet"

/* Whether the sheet is to be shown in place of the next question. */
bool sheet_is_due(const struct run *run);

/* Shows the sheet and waits at `step`, its first question. */
MUST_USE
enum err sheet_show(struct run *run, const struct step *step);

/* The turn of a sheet that was filled in. */
MUST_USE
enum err sheet_take(struct run *run, const struct sheet_filled *filled);

/* Leaves the question with the sheet's answer.  *ret_done false: the sheet has none. */
MUST_USE
enum err sheet_answer(struct run *run, const struct step *step, bool *ret_done);

/* Does every way through the flow come to this question? */
bool sheet_is_sure(const struct definition *definition, size_t step);

/* What is wrong with the answers; see struct flow's check_sheet.  Of another version of the flow nothing is: the turn asks
 * for what does not fit. */
MUST_USE
enum err sheet_check(const struct definition *definition, struct flow_ctx *ctx, const struct sheet_filled *filled,
                     struct sheet_faults *ret_faults);

#endif
