/* integrations/channel_talk/talk_pack.h — lines as blocks, blocks as messages, within Channel Talk's sizes.
 *
 *   pieces ─ paragraphs kept together where they fit ─▶ blocks ≤ 1,000 characters ─▶ messages ≤ 5,000               */
#ifndef GILBOT_INTEGRATIONS_CHANNEL_TALK_TALK_PACK_H
#define GILBOT_INTEGRATIONS_CHANNEL_TALK_TALK_PACK_H

#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct talk_text;

struct talk_message {
    struct str blocks; /* a JSON array, never empty                        */
    struct str plain;  /* the same for people, and for an API that refuses the blocks */
};

struct talk_messages {
    struct talk_message *items;
    size_t n; /* 0: there is nothing to say */
};

/* ERR_NO_MEMORY: also when something of the text was lost on the way here. */
MUST_USE
enum err talk_pack(const struct talk_text *text, struct talk_messages *ret_messages, struct error *error);

#endif
