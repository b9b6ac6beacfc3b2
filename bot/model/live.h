/* bot/model/live.h — an answer that is seen while it is being made.
 *
 *   flow: live_add … live_add ─▶ the platform shows it, as fast as it allows ─▶ the turn's replies take its place
 *
 * What is seen is a preview: only the replies of the turn are kept, and count.  Whoever makes the answer need not know
 * whether anybody sees it.
 *
 * Thread: the one that runs the flow's step; may block for the time of a call to the platform.                      */
#ifndef GILBOT_MODEL_LIVE_H
#define GILBOT_MODEL_LIVE_H

#include "bot/base/str.h"

struct live {
    void (*add)(struct live *self, struct str markup);
    void (*again)(struct live *self);
};

/* Adds text at the end (bot/model/markup.h).  NULL: nobody sees it. */
void live_add(struct live *live, struct str markup);

/* Forget what was seen: it begins anew. */
void live_again(struct live *live);

#endif
