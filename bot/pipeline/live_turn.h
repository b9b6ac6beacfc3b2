/* bot/pipeline/live_turn.h — shows a turn's answer while its flow makes it, no faster than the platform allows.
 *
 *   flow ──live_add──▶ gathered ──(first at once, then when the platform takes more)──▶ platform->show
 *                                     └─ the first time: where it is seen is kept (store/live_messages.h)
 *
 * Only in the slow lane, only at the first attempt: what an attempt before has shown is left as it is until the turn's replies
 * take its place.
 *
 * Thread: the turn's runner.                                                                                         */
#ifndef GILBOT_PIPELINE_LIVE_TURN_H
#define GILBOT_PIPELINE_LIVE_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/live.h"

struct db;
struct turn_commit;

enum { LIVE_MAX_BYTES = 64 * 1024 /* of an answer that is shown; the rest is seen when it is ready */ };

struct live_turn {
    struct live live;
    struct turn_commit *turn;
    struct buf text;       /* all of it so far                            */
    size_t n_shown;        /* bytes of it that the platform has           */
    bool anew;             /* what the platform has is to be forgotten    */
    bool over;             /* the platform takes no more                  */
    int64_t not_before_us; /* when the platform takes more                */
    struct str handle;     /* where it is seen; empty: nowhere            */
};

/* ret_live: for the flow's context; NULL where nothing can be shown.  turn->shown: what an earlier attempt left. */
MUST_USE
enum err live_turn_begin(struct live_turn *live, struct turn_commit *turn, struct db *db, struct live **ret_live,
                         struct error *error);

/* After the step: where the answer is seen goes to turn->shown. */
void live_turn_end(struct live_turn *live);

#endif
