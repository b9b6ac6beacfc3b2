/* integrations/slack/action.h — what a block_actions payload says: which element of ours was used, and what it tells.
 *
 * Our elements are known by their action_id:
 *   choice:…   a button or a menu: its value is the answer
 *   confirm    the button beside check boxes or a menu of several: the answer is what is ticked now
 *   pick       those check boxes and that menu: ticking is no answer yet
 *   link:…     a button that opens a page
 *   sheet      a button that opens a modal (modal.h)
 *   done       staff are done with the conversation that the value names
 *
 * The block_id says for which question: ask:STEP.
 *
 * Thread: any (pure).  Memory: texts borrow from the tree; value and label live in the arena.  Source: Slack, "block_actions payload".                    */
#ifndef GILBOT_INTEGRATIONS_SLACK_ACTION_H
#define GILBOT_INTEGRATIONS_SLACK_ACTION_H

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct slack_body;

#define SLACK_ACTION_CHOICE "choice:"
#define SLACK_ACTION_CONFIRM "confirm"
#define SLACK_ACTION_PICK "pick"
#define SLACK_ACTION_LINK "link:"
#define SLACK_ACTION_SHEET "sheet"
#define SLACK_ACTION_DONE "done"
#define SLACK_BLOCK_ASK "ask:"

struct slack_action {
    enum slack_action_kind { SLACK_CHOSEN, SLACK_DONE, SLACK_NO_ACTION } kind;
    const char *ignored;                       /* NO_ACTION: why                                      */
    struct str id, value, label;               /* several values: with commas, labels with ", "        */
    struct str step;                           /* of the question; empty: nobody knows                 */
    struct str channel, message_ts, thread_ts; /* of the message it sits in; empty: in no message      */
    struct str user, action_ts, response_url;
};

MUST_USE
enum err slack_action_of(const struct slack_body *body, struct arena *arena, struct slack_action *ret_action,
                         struct error *error);

#endif
