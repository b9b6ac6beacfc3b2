/* flows/text/small_talk.h — greetings, thanks, good-byes and questions about the bot itself: recognized as a whole, and
 * answered with a polite line, in Korean or English.
 *
 *   안녕하세요!                       → greeting
 *   안녕하세요, 연차는 며칠인가요?    → none: a question is left when the greeting is taken off
 *
 * Thread: any (pure functions on constant tables).  Memory: scratch in the arena.
 * Errors: ERR_INVALID for what is not UTF-8, ERR_NO_MEMORY.                                                          */
#ifndef GILBOT_FLOWS_TEXT_SMALL_TALK_H
#define GILBOT_FLOWS_TEXT_SMALL_TALK_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

enum small_talk {
    SMALL_TALK_NONE,
    SMALL_TALK_GREETING,
    SMALL_TALK_THANKS,
    SMALL_TALK_BYE,
    SMALL_TALK_WHO,     /* who are you, are you a person */
    SMALL_TALK_ABILITY, /* what can you do, help         */
    SMALL_TALK_FEELING, /* how are you                   */
    SMALL_TALK_PRAISE,
    SMALL_TALK_SORRY,
    SMALL_TALK_YES, /* ok, I see */
    SMALL_TALKS,
};

/* NONE unless nothing but small talk was said. */
MUST_USE enum err small_talk_find(struct arena *arena, struct str text, enum small_talk *ret_small_talk);

/* The line that answers it; `language`: "ko", anything else is answered in English.  Not for NONE. */
struct str small_talk_line(enum small_talk small_talk, struct str language);

/* "none", "greeting", … */
const char *small_talk_name(enum small_talk small_talk);

#endif
