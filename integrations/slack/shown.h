/* integrations/slack/shown.h — the receipt of what show.c shows: the message that the answer takes the place of.
 *
 * Thread: any (pure).  Memory: texts live in the arena.                                                              */
#ifndef GILBOT_INTEGRATIONS_SLACK_SHOWN_H
#define GILBOT_INTEGRATIONS_SLACK_SHOWN_H

#include <stdbool.h>

#include "bot/base/str.h"

struct arena;

struct slack_shown {
    struct str channel, ts;
    bool streams; /* a stream that has to be stopped before the message can be changed */
};

struct str slack_shown_write(struct arena *arena, const struct slack_shown *shown);

/* False: it is no such receipt. */
bool slack_shown_read(struct arena *arena, struct str receipt, struct slack_shown *ret_shown);

#endif
