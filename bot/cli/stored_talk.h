/* bot/cli/stored_talk.h — a conversation that was: what the store kept of it, and how it is run through a flow again.
 *
 *   stored_talk_read ─┬─▶ stored_talk_again   event by event, each at its own time: the flow that it ran with gives all of
 *                     │                       it, bit for bit (flows/digest.h)
 *                     └─▶ stored_talk_rerun   by its answers (flows/survey/rerun.h), for a flow that was changed
 *
 * What a survey asks another flow about (struct flow_aside) is not kept: such a talk does not come out again, and the
 * digest says so.
 *
 * Thread: one.  Memory: the arena given.  Errors: as the store's; ERR_INVALID: what was kept cannot be read.         */
#ifndef GILBOT_CLI_STORED_TALK_H
#define GILBOT_CLI_STORED_TALK_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/session.h"
#include "flows/flow.h"
#include "flows/survey/rerun.h"
#include "store/messages.h"

struct arena;
struct db;
struct definition;

struct stored_talk {
    struct session session;
    struct messages messages;
    struct recommendations items; /* all of them, in order                                 */
    int64_t decided_ms;           /* when the last was made; without one, when the last turn was run */
    struct flow_past *past;       /* of the flows that were asked for, as when the session began     */
    size_t n_past;
};

/* Takes messages and past from the store; items and decided_ms are the caller's.  `recalls`: flows, as a definition has
 * them.  One moment of the store: between store_snapshot_begin and …_end. */
MUST_USE
enum err stored_talk_read(struct db *db, const struct session *session, struct strs recalls, struct arena *arena,
                          struct stored_talk *ret_talk, struct error *error);

struct talk_outcome {
    int64_t digest; /* to compare with the session's */
    struct recommendations items;
};

/* Through the very flow that it ran with, for what comes out to be the same. */
MUST_USE
enum err stored_talk_again(const struct stored_talk *talk, const struct flow *flow, struct arena *arena,
                           struct talk_outcome *ret_outcome, struct error *error);

/* What rerun needs; borrows from the talk. */
struct rerun stored_talk_rerun(const struct stored_talk *talk, const struct definition *definition);

#endif
