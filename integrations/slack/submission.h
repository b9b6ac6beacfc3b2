/* integrations/slack/submission.h — a modal that was sent: whose, where it belongs, and the answers in it.
 *
 *   view_submission ─ slack_submission_of ─▶ answers ─(faults)─▶ {"response_action": "errors", …} at once, and no event
 *
 * Thread: any (pure).  Memory: texts borrow from the tree or live in the arena.
 * Source: Slack, "view_submission payload", "Modals: displaying errors".                                            */
#ifndef GILBOT_INTEGRATIONS_SLACK_SUBMISSION_H
#define GILBOT_INTEGRATIONS_SLACK_SUBMISSION_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/platform.h"
#include "bot/model/sheet.h"

struct arena;
struct slack_body;

struct slack_submission {
    const char *ignored; /* not NULL: it is no modal of ours, and nothing else is filled in */
    struct str view, user, conversation;
    struct sheet_filled filled;
    struct str plain; /* "question: answer", a line each: for the log of the conversation */
};

/* ERR_NO_MEMORY. */
MUST_USE
enum err slack_submission_of(const struct slack_body *body, struct arena *arena,
                             struct slack_submission *ret_submission, struct error *error);

/* The two of struct platform. */
MUST_USE
enum err slack_read_sheet(const struct platform *self, const struct inbound *inbound, struct arena *arena,
                          struct sheet_filled *ret_filled, struct error *error);
MUST_USE
enum err slack_refuse_sheet(const struct platform *self, const struct sheet_faults *faults, struct arena *arena,
                            struct immediate *ret_immediate, struct error *error);

#endif
