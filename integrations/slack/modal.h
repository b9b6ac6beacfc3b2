/* integrations/slack/modal.h — a sheet of questions as the view of a modal, within Slack's limits.
 *
 * Each question is an input block called ask:STEP with one element called answer.  What the sheet belongs to travels in
 * private_metadata and comes back with the answers (submission.h).
 *
 * Thread: any (pure).  Memory: the arena.
 * Source: Slack, "Views", "Modals", Block Kit reference (input block and its elements).                             */
#ifndef GILBOT_INTEGRATIONS_SLACK_MODAL_H
#define GILBOT_INTEGRATIONS_SLACK_MODAL_H

#include "bot/base/str.h"

struct arena;
struct sheet;

#define SLACK_MODAL_ID "gilbot_sheet" /* callback_id */
#define SLACK_MODAL_ANSWER "answer"   /* action_id   */

/* The view as JSON; `conversation`: where the answers belong.  {NULL, 0}: the arena is full, or a limit cannot be kept. */
struct str slack_modal(struct arena *arena, const struct sheet *sheet, struct str conversation);

#endif
