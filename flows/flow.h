/* flows/flow.h — the contract of a flow: it decides; it neither sends nor commits.
 *
 * A flow (a survey, the answerer, the coach) embeds struct flow in its own struct and finds itself with CONTAINER_OF.
 * `step` takes the session by one event and says in `ret_turn` what to reply and what to remember; the pipeline commits
 * all of it, or nothing.  A survey's step is a pure function of (definition, session, event).
 *
 * Thread:  any runner; flows are immutable once loaded.
 * Memory:  everything in ret_turn and what step writes into *session lives in ctx->arena.                            */
#ifndef GILBOT_FLOWS_FLOW_H
#define GILBOT_FLOWS_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/clock.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/event.h"
#include "bot/model/reply.h"
#include "bot/model/session.h"

struct arena;
struct db;
struct flow_ctx;
struct live;
struct sheet_faults;
struct sheet_filled;

enum lane { LANE_QUICK, LANE_SLOW }; /* quick: ≤ 50 ms, surveys and commands; slow: models, files, reports */

/* What the last completed session of another flow, of the same person, left behind. */
struct flow_past {
    struct str flow; /* its name            */
    struct str data; /* its session's data  */
};

/* An arm of one of a flow's `variants` that is chosen beforehand, for a preview or a test. */
struct flow_variant {
    struct str name, value;
};

/* Somebody who may know the answer to what is no answer to the question that waits: a flow that answers questions.  The
 * survey asks it, and then takes up its own question again.
 * answer: OK; *ret_answered: whether anything was added to `replies` (then nothing else is said about it).  ERR_BUSY: not in
 * this lane, or not now: the step fails with it, and the event is run again, from the quick lane in the slow one. */
struct flow_aside {
    enum err (*answer)(void *self, struct flow_ctx *ctx, struct str asked, struct replies *replies, bool *ret_answered);
    void *self;
};

struct flow_ctx {
    struct arena *arena;
    struct clock clock;
    struct error *error;
    enum lane lane;               /* where this step runs                                         */
    bool has_buttons;             /* the platform shows choices as buttons                        */
    bool shows_sheets;            /* the platform shows several questions at once                 */
    struct str locale;            /* the service's default language                               */
    int64_t utc_offset_min;       /* of the configured time zone, now                             */
    const struct flow_past *past; /* a session begins: of flow->recalls, as far as there is one */
    size_t n_past;
    const struct flow_aside *aside; /* NULL: nobody */
    struct live *live;              /* the answer while it is being made; NULL: it is not seen before it is ready */
    struct db *db; /* the runner's own, only for reading; NULL: there is none.  No survey looks at it */
    const struct flow_variant *variants; /* a session begins: these are so; the others by the person */
    size_t n_variants;
};

/* What a turn leaves behind for the figures; committed with the session. */
enum record_kind {
    RECORD_STEP,           /* step, outcome ("asked", "answered", "changed", "misfit", "skipped", "said", "aside",
                              "reminded")                                                                       */
    RECORD_ANSWER,         /* step (the variable), value (JSON), text (what the person typed)                   */
    RECORD_RECOMMENDATION, /* step, item (id), value (JSON of the record), why (JSON: rule trail and inputs)    */
    RECORD_HANDOVER,       /* step, item (to)                                                                    */
    RECORD_WARNING,        /* step, text: for the operator's log                                                 */
    RECORD_ASKED,          /* step (number of the answer in its session), outcome (its kind), item (the question's
                              class), text (the question), value (the answer), why (JSON: sources, model …)      */
    RECORD_FEEDBACK,       /* step (number of the answer), outcome ("up", "down"), text (the reason)             */
};

struct record {
    enum record_kind kind;
    const char *outcome;
    struct str step, item, value, text, why;
};

struct turn {
    struct replies replies;
    struct record *records;
    size_t n_records, capacity;
    int64_t silent_ms; /* > 0: after a hand-over the bot keeps quiet in this conversation, at most this long */
};

struct flow {
    struct str name;    /* what routes call it                                                        */
    struct str version; /* content hash; empty for built-in flows                                     */
    enum lane lane;
    bool waits;          /* some path through it asks something: it needs a conversation to wait in     */
    bool wants_profile;  /* it maps fields of the platform's profile                                    */
    struct strs recalls; /* flows whose answers it takes over: their last completed sessions are wanted */

    /* event NULL or session->state SESSION_NEW: start at the first step; the event itself is no answer.
     * Sets session->state, data, expires_ms, remind_ms.  ERR_BUSY, ERR_REMOTE: try this event again later. */
    enum err (*step)(const struct flow *flow, struct flow_ctx *ctx, const struct event *event, struct session *session,
                     struct turn *ret_turn);

    /* The faults of a sheet of this flow, before it becomes an event.  Pure; the loop's thread.  ctx as for step, without
     * `past` and `aside`.  NULL: the flow has no sheets. */
    enum err (*check_sheet)(const struct flow *flow, struct flow_ctx *ctx, const struct sheet_filled *filled,
                            struct sheet_faults *ret_faults);
    void (*free)(struct flow *flow); /* gives the flow and its arena back */
};

/* Appends a record; NULL when the arena is full. */
struct record *turn_record(struct turn *turn, enum record_kind kind, struct str step);

/* The loaded flows, by name; and others than these, which sessions began with that still wait. */
struct flows {
    struct flow **items;
    size_t n;
    struct flow *const *older; /* n_older of them; no two with one name and version */
    size_t n_older;
    const struct flow_aside *aside; /* who is asked about what fits no question; NULL: nobody */
};

const struct flow *flows_find(const struct flows *flows, struct str name);
/* The flow of that name with that very version; NULL when it is not there any more. */
const struct flow *flows_find_version(const struct flows *flows, struct str name, struct str version);

#endif
