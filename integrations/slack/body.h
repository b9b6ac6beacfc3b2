/* integrations/slack/body.h — what a request of Slack's is: an event, a slash command, a pressed button, a modal that was sent,
 * or something else.
 *
 * Slack apps often set one URL for everything, so the body decides, not the path: JSON is an event, a form with
 * `command` a command, a form with `payload` an interaction.
 *
 * Thread: any (pure).  Memory: the tree and the form live in the arena and may borrow from the body.
 * Source: Slack, "The Events API", "Slash commands", "Interaction payloads".                                        */
#ifndef GILBOT_INTEGRATIONS_SLACK_BODY_H
#define GILBOT_INTEGRATIONS_SLACK_BODY_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "integrations/slack/form.h"

struct arena;
struct inbound;
struct json_value;

enum slack_format { SLACK_JSON, SLACK_FORM };

/* By content type; without a telling one by the first byte, which for a form is never '{' or '['. */
enum slack_format slack_format_of(const struct inbound *inbound);
enum slack_format slack_format_of_bytes(struct str body);

enum slack_kind {
    SLACK_EVENT,      /* root: the envelope of an event_callback that holds an event object  */
    SLACK_COMMAND,    /* form                                                                 */
    SLACK_ACTIONS,    /* root: a block_actions payload                                        */
    SLACK_SUBMISSION, /* root: a view_submission payload                                   */
    SLACK_OTHER,      /* genuine, and nothing for us: `ignored`                               */
};

struct slack_body {
    enum slack_kind kind;
    const struct json_value *root; /* NULL for commands                        */
    struct form form;              /* commands                                 */
    const char *ignored;           /* OTHER: why, a metric label               */
};

/* ERR_INVALID: neither JSON nor a form, as `format` says.  ERR_NO_MEMORY. */
MUST_USE
enum err slack_body_read(struct arena *arena, enum slack_format format, struct str text, struct slack_body *ret_body,
                         struct error *error);

/* The workspace (team) whose bot is meant: for events the installation's, which in a channel shared with another company
 * is not the writer's.  Borrowed from
 * the body; empty when nobody says. */
struct str slack_body_team(const struct slack_body *body);

#endif
