/* bot/pipeline/turn_commit.h — everything that one event brings about, as one write job: all of it, or nothing.
 *
 *   the session, what was said, the replies in the outbox, answers and figures, what is known of the conversation —
 *   and the event's own end in the inbox
 *
 * A turn is made by a runner on the heap, filled in, and handed to the writer, which frees it.  When the job fails the
 * event is put back for later; that is tried until it succeeds.
 * Thread: filled in by one runner; after turn_commit the writer's.
 * Memory: everything it points to lives in its own arena.                                                            */
#ifndef GILBOT_PIPELINE_TURN_COMMIT_H
#define GILBOT_PIPELINE_TURN_COMMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/arena.h"
#include "bot/model/event.h"
#include "bot/model/platform.h"
#include "bot/model/session.h"
#include "bot/pipeline/again.h"
#include "flows/flow.h"
#include "store/conversations.h"
#include "store/inbox.h"
#include "store/store.h"

struct pipeline;

/* How the event ends. */
enum turn_end { TURN_FINISH, TURN_LATER, TURN_DIE, TURN_PARK, TURN_UNPARK };

struct turn_commit {
    struct write_job job;
    struct again_job again;
    struct pipeline *pipeline;
    struct arena arena;
    int64_t now_ms, begun_us;
    int64_t utc_offset_min; /* of the time zone at now_ms */
    enum lane lane;         /* of the runner that has it */

    struct inbox_claimed claimed;
    const struct platform *platform;
    struct event event;
    const struct flow *flow; /* that took the step, or NULL */
    struct session session;
    bool saves_session, starts;
    struct turn turn;
    struct str shown; /* where the answer is seen already, as its platform calls it; empty: nowhere */
    struct str heard; /* what is kept of the event beside its text: see bot/model/heard.h */
    struct outgoings outgoings;
    struct conversation conversation, released;
    bool puts_conversation, puts_released;

    enum turn_end end;
    const char *ignored; /* not NULL: nothing came of it, and why (a metric label)  */
    struct str why;      /* LATER, DIE                                               */
    int64_t due_ms;      /* LATER                                                    */
    struct inbox_fetched fetched;
};

/* NULL when out of memory.  The claim's texts are copied into the turn's own arena. */
struct turn_commit *turn_new(struct pipeline *pipeline, const struct inbox_claimed *claimed);

/* Gives the turn to the writer. */
void turn_commit(struct turn_commit *turn);

/* Sets the end to LATER with the policy's delay, or to DIE after the last attempt. */
void turn_put_off(struct turn_commit *turn, const char *why);

#endif
