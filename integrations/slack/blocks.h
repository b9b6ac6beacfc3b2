/* integrations/slack/blocks.h — replies as Block Kit blocks within Slack's limits.
 *
 * Every block carries what it says as mrkdwn too: the message's `text`, which notifications and screen readers use, and
 * which stands alone when Slack refuses the blocks; so options are listed there with numbers.
 *
 * Thread: any (pure).  Memory: the arena.  Errors stick: look at `failed` once, at the end.
 * Source: Slack, Block Kit reference (blocks, block elements, composition objects).                                 */
#ifndef GILBOT_INTEGRATIONS_SLACK_BLOCKS_H
#define GILBOT_INTEGRATIONS_SLACK_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/str.h"

struct arena;
struct reply;

enum {
    SLACK_MAX_BLOCKS = 50,
    SLACK_MAX_SECTION_UNITS = 2900, /* of 3000 */
    SLACK_MAX_TEXT_UNITS = 3900,    /* of 4000 */
    SLACK_MAX_BUTTONS = 5,          /* more options become a menu */
    SLACK_MAX_CHECKBOXES = 10,
    SLACK_MAX_OPTIONS = 100,
    SLACK_MAX_LABEL_UNITS = 75,
    SLACK_MAX_BUTTON_VALUE_UNITS = 2000,
    SLACK_MAX_OPTION_VALUE_UNITS = 150,
    SLACK_MAX_URL_BYTES = 3000,
    SLACK_MAX_STEP_BYTES = 240, /* of the 255 characters of a block_id */
};

struct slack_block {
    struct str json;
    struct str text; /* mrkdwn; may be empty */
    size_t units;    /* of text              */
};

struct slack_blocks {
    struct arena *arena;
    struct str locale; /* for the few words of our own */
    struct slack_block *items;
    size_t n, capacity;
    size_t n_links; /* buttons that open a page need ids that differ */
    bool failed;
};

/* Text, choices or card; nothing for the other kinds. */
void slack_blocks_add(struct slack_blocks *blocks, const struct reply *reply);

/* What staff see when a conversation is handed over: the note and a Done button that names the conversation. */
struct slack_hand_over {
    struct str user, conversation, note; /* note: plain text, may be empty */
};
void slack_blocks_add_hand_over(struct slack_blocks *blocks, const struct slack_hand_over *hand_over);

#endif
