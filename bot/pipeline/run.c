#include "bot/pipeline/run.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/log.h"
#include "bot/base/metrics.h"
#include "bot/model/heard.h"
#include "bot/pipeline/dispatch.h"
#include "bot/pipeline/live_turn.h"
#include "bot/pipeline/pipeline.h"
#include "bot/pipeline/reminder.h"
#include "bot/pipeline/retry.h"
#include "bot/pipeline/route.h"
#include "bot/pipeline/turn_commit.h"
#include "flows/digest.h"
#include "store/sessions.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { FETCH_ATTEMPTS = 5 };

/* ── what the store knows ──────────────────────────────────────────────────────────────────────────────────────────── */

struct circumstances {
    struct conversation conversation;
    bool conversation_known;
    struct session waiting;
    bool waits;
    bool opening_has_session;
};

static enum err read_circumstances(struct db *db, struct turn_commit *turn, struct circumstances *ret,
                                   struct error *error)
{
    struct circumstances c = {0};
    const struct event *event = &turn->event;
    enum err rc = conversation_get(db, event->conversation, &turn->arena, &c.conversation, error);
    if (rc != OK && rc != ERR_NOT_FOUND)
        return rc;
    c.conversation_known = rc == OK;
    rc = session_waiting(db, event->conversation, &turn->arena, &c.waiting, error);
    if (rc != OK && rc != ERR_NOT_FOUND)
        return rc;
    c.waits = rc == OK && (c.waiting.expires_ms == 0 || c.waiting.expires_ms > turn->now_ms);
    if (event->kind == EVENT_OPENED && event->opening.n > 0) {
        struct session before = {0};
        rc = session_by_opening(db, event->conversation, event->opening, &turn->arena, &before, error);
        if (rc != OK && rc != ERR_NOT_FOUND)
            return rc;
        c.opening_has_session = rc == OK;
    }
    *ret = c;
    return OK;
}

static enum err look_up(struct db *db, struct turn_commit *turn, struct circumstances *ret, struct error *error)
{
    enum err rc = store_snapshot_begin(db, error);
    if (rc == OK)
        rc = read_circumstances(db, turn, ret, error);
    store_snapshot_end(db);
    return rc;
}

/* What the event teaches about its conversation. */
static void learn(struct turn_commit *turn, const struct circumstances *c)
{
    const struct event *event = &turn->event;
    struct conversation *conversation = &turn->conversation;
    *conversation = c->conversation;
    if (!c->conversation_known)
        *conversation = (struct conversation){.id = event->conversation, .platform = event->platform};
    bool changed = false;
    if (event->bots_known && !conversation->bots_known) {
        conversation->bots = event->bots;
        conversation->bots_known = changed = true;
    }
    if (event->kind == EVENT_OPENED && event->author == AUTHOR_USER && !str_eq(conversation->opening, event->opening)) {
        conversation->opening = event->opening;
        conversation->taken_over = event->taken_over;
        conversation->silent_until_ms = 0;
        changed = true;
    }
    conversation->workspace = event->workspace;
    /* where to write to later, unasked: only a conversation that goes on needs it */
    if (event->author == AUTHOR_USER && event->address.n > 0 && turn->flow != NULL && turn->flow->waits &&
        !str_eq(conversation->address, event->address)) {
        conversation->address = event->address;
        conversation->user = event->user;
        changed = true;
    }
    conversation->updated_ms = turn->now_ms;
    turn->puts_conversation = turn->puts_conversation || changed;
}

/* ── acting on the decision ────────────────────────────────────────────────────────────────────────────────────────── */

static enum err compose(struct turn_commit *turn, bool duplicate, struct error *error)
{
    struct compose_input input = {.event = &turn->event,
                                  .replies = &turn->turn.replies,
                                  .user = turn->session.user.n > 0 ? turn->session.user : turn->event.user,
                                  .starts = turn->starts,
                                  .duplicate = duplicate,
                                  .shown = turn->shown};
    if (turn->platform->compose(turn->platform, &input, &turn->arena, &turn->outgoings, error) != OK)
        return during(error, "composing replies for %s", turn->platform->name);
    return OK;
}

/* "ko-KR" → "ko" */
static struct str language_of(struct str locale)
{
    size_t end = 0;
    while (end < locale.n && locale.p[end] != '-' && locale.p[end] != '_')
        end++;
    return str_first(locale, end);
}

static void begin_session(struct turn_commit *turn, const struct route_decision *decision)
{
    const struct flow *flow = decision->flow;
    const struct event *event = &turn->event;
    struct str locale = language_of(event->locale);
    turn->starts = true;
    turn->session = (struct session){
        .conversation = event->conversation,
        .platform = event->platform,
        .user = event->user,
        .flow = flow->name,
        .flow_version = flow->version,
        .route = decision->route->name,
        .opening = event->kind == EVENT_OPENED ? event->opening : STR(""),
        .locale = locale.n > 0 ? locale : turn->pipeline->parts.settings->locale,
        .profile = event->profile,
        .state = SESSION_NEW,
        .started_ms = turn->now_ms,
        .digest = DIGEST_BEGIN,
    };
}

/* What the person answered in other flows, as far as this one wants to know. */
static enum err recall(struct db *db, struct turn_commit *turn, const struct flow *flow, struct flow_ctx *ctx,
                       struct error *error)
{
    struct flow_past *past = arena_alloc_array(&turn->arena, flow->recalls.n, sizeof *past);
    if (past == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for what the person answered before");
    ctx->past = past;
    for (size_t i = 0; i < flow->recalls.n && turn->starts && turn->session.user.n > 0; i++) {
        struct session_whose whose = {turn->session.platform, turn->session.user, flow->recalls.items[i]};
        struct session before = {0};
        enum err rc = session_last_completed(db, &whose, &turn->arena, &before, error);
        if (rc == OK)
            past[ctx->n_past++] = (struct flow_past){whose.flow, before.data};
        else if (rc != ERR_NOT_FOUND)
            return rc;
    }
    return OK;
}

/* What a replay needs of the turn.  A reminder that came to nothing leaves no trace. */
static enum err note_turn(struct turn_commit *turn)
{
    bool silent = turn->event.kind == EVENT_TIMER && turn->turn.replies.n == 0;
    if (turn->session.digest != 0 && !silent)
        turn->session.digest = digest_turn(&turn->turn, &turn->session);
    return heard_write(&turn->arena, &turn->event, turn->starts, &turn->heard);
}

static enum err step(struct db *db, struct turn_commit *turn, const struct flow *flow, struct error *error)
{
    struct pipeline *pipeline = turn->pipeline;
    struct flow_ctx ctx = {
        .arena = &turn->arena,
        .clock = clock_manual(&turn->now_ms), /* one moment for the whole turn, which a replay can hand in again */
        .error = error,
        .lane = turn->lane,
        .has_buttons = turn->platform->has_buttons,
        .shows_sheets = turn->platform->read_sheet != NULL,
        .locale = pipeline->parts.settings->locale,
        .utc_offset_min = turn->utc_offset_min,
        .aside = atomic_load(&pipeline->flows)->aside,
        .db = db,
    };
    turn->flow = flow;
    if (recall(db, turn, flow, &ctx, error) != OK)
        return during(error, "looking for earlier answers");
    struct live_turn live;
    if (live_turn_begin(&live, turn, db, &ctx.live, error) != OK)
        return during(error, "looking where the answer is seen already");
    enum err rc = flow->step(flow, &ctx, &turn->event, &turn->session, &turn->turn);
    live_turn_end(&live);
    if (rc == ERR_BUSY && turn->lane == LANE_QUICK) {
        turn->end = TURN_PARK;
        return OK;
    }
    if (rc != OK)
        return during(error, "running flow %.*s", STR_ARG(flow->name));
    if (turn->event.kind != EVENT_TIMER) /* nobody did anything */
        turn->session.updated_ms = turn->now_ms;
    turn->saves_session = true;
    if (note_turn(turn) != OK)
        return fail(error, ERR_NO_MEMORY, "no memory for what was heard");
    if (turn->session.state == SESSION_HANDED_OVER && turn->turn.silent_ms > 0) {
        turn->conversation.silent_until_ms = turn->now_ms + turn->turn.silent_ms;
        turn->puts_conversation = true;
    }
    return compose(turn, false, error);
}

static void end_waiting(struct turn_commit *turn, const struct circumstances *c)
{
    if (!c->waits)
        return;
    turn->session = c->waiting;
    turn->session.state = SESSION_STOPPED;
    turn->session.updated_ms = turn->now_ms;
    turn->saves_session = true;
}

/* The slow lane's remote read; in the quick lane the event is handed over to it. */
static void fetch(struct worker *worker, struct turn_commit *turn, unsigned needs)
{
    if (worker->lane == LANE_QUICK) {
        turn->end = TURN_PARK;
        return;
    }
    struct str extra = {NULL, 0}, conversation = {NULL, 0};
    struct delivery delivery =
        turn->platform->fetch(turn->platform, &turn->claimed.stored, needs, &turn->arena, &extra, &conversation);
    if (delivery.result == DELIVERY_LATER && turn->claimed.attempt < FETCH_ATTEMPTS) {
        struct str why = arena_format(&turn->arena, "fetching: %.*s", STR_ARG(delivery.reason));
        turn_put_off(turn, why.p == NULL ? "fetching" : why.p);
        if (turn->due_ms < turn->now_ms + delivery.retry_after_ms)
            turn->due_ms = turn->now_ms + delivery.retry_after_ms;
        return;
    }
    if (delivery.result != DELIVERY_SENT)
        LOG_WARNING("event.fetch_failed", F_STR("conversation", turn->event.conversation),
                    F_STR("why", delivery.reason));
    turn->end = TURN_UNPARK;
    turn->fetched = (struct inbox_fetched){.extra = extra, .conversation = conversation, .asked = needs};
}

static enum err release(struct db *db, struct turn_commit *turn, struct error *error)
{
    enum err rc = conversation_get(db, turn->event.value, &turn->arena, &turn->released, error);
    if (rc == OK) {
        turn->released.silent_until_ms = 0;
        turn->released.taken_over = false;
        turn->released.updated_ms = turn->now_ms;
        turn->puts_released = true;
    } else if (rc != ERR_NOT_FOUND)
        return rc;
    return compose(turn, false, error);
}

static enum err go_on(struct db *db, struct turn_commit *turn, const struct circumstances *c, struct error *error)
{
    const struct flows *flows = atomic_load(&turn->pipeline->flows);
    const struct flow *flow = flows_find_version(flows, c->waiting.flow, c->waiting.flow_version);
    if (flow == NULL) /* nobody kept it: the session survives a change, names and not numbers are what it keeps */
        flow = flows_find(flows, c->waiting.flow);
    if (flow == NULL) {
        end_waiting(turn, c);
        turn->ignored = "flow_gone";
        return OK;
    }
    turn->session = c->waiting;
    if (!str_eq(turn->session.flow_version, flow->version))
        turn->session.digest = 0;
    turn->session.flow_version = flow->version;
    return step(db, turn, flow, error);
}

static enum err act(struct worker *worker, struct db *db, struct turn_commit *turn, const struct circumstances *c,
                    struct error *error)
{
    struct route_decision decision = {0};
    const struct pipeline_parts *parts = &turn->pipeline->parts;
    struct route_input input = {
        .routes = parts->settings->routes,
        .n_routes = parts->settings->n_routes,
        .flows = atomic_load(&turn->pipeline->flows),
        .event = &turn->event,
        .known = {.bots = c->conversation.bots,
                  .bots_known = c->conversation.bots_known,
                  .taken_over = c->conversation.taken_over,
                  .silent_until_ms = c->conversation.silent_until_ms,
                  .opening = c->conversation.opening},
        .waiting = c->waits ? &c->waiting : NULL,
        .opening_has_session = c->opening_has_session,
        .fetched = turn->claimed.fetched,
        .now_ms = turn->now_ms,
    };
    route_decide(&input, &decision);
    turn->flow = decision.verdict == ROUTE_START || decision.verdict == ROUTE_CONTINUE ? decision.flow : NULL;
    if (decision.verdict == ROUTE_FETCH) {
        fetch(worker, turn, decision.needs);
        return OK;
    }
    if (decision.verdict == ROUTE_START && decision.flow->lane == LANE_SLOW && worker->lane == LANE_QUICK) {
        turn->end = TURN_PARK;
        return OK;
    }
    if (turn->event.ignored == NULL)
        learn(turn, c);
    switch (decision.verdict) {
    case ROUTE_IGNORE:
        turn->ignored = decision.reason;
        return OK;
    case ROUTE_START:
        begin_session(turn, &decision);
        return step(db, turn, decision.flow, error);
    case ROUTE_CONTINUE:
        return go_on(db, turn, c, error);
    case ROUTE_DUPLICATE:
        turn->ignored = decision.reason;
        return compose(turn, true, error);
    case ROUTE_TAKE_OVER:
        turn->ignored = decision.reason;
        turn->conversation.taken_over = true;
        turn->puts_conversation = true;
        end_waiting(turn, c);
        return OK;
    case ROUTE_RELEASE:
        return release(db, turn, error);
    case ROUTE_CLOSE:
        turn->ignored = decision.reason;
        end_waiting(turn, c);
        return OK;
    case ROUTE_FETCH:
        return OK;
    }
    return OK;
}

/* ── one event ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err decode(struct db *db, struct turn_commit *turn, struct error *error)
{
    if (reminder_is(&turn->claimed))
        return reminder_decode(db, &turn->claimed, &turn->arena, &turn->event, error);
    return turn->platform->decode(turn->platform, &turn->claimed.stored, &turn->arena, &turn->event, error);
}

/* ERR_INVALID: it will never work.  Other failures: later. */
static enum err handle(struct worker *worker, struct db *db, struct turn_commit *turn, struct error *error)
{
    struct pipeline *pipeline = turn->pipeline;
    if (turn->claimed.attempt > retry_events.attempts)
        return fail(error, ERR_INVALID, "it took the process down each time it was tried");
    size_t at = pipeline_platform(pipeline, turn->claimed.platform);
    if (at == SIZE_MAX)
        return fail(error, ERR_INVALID, "its platform is not configured any more");
    turn->platform = pipeline->parts.platforms[at];
    struct circumstances circumstances = {0};
    enum err rc = decode(db, turn, error);
    if (rc == OK)
        rc = look_up(db, turn, &circumstances, error);
    if (rc == OK)
        rc = act(worker, db, turn, &circumstances, error);
    return rc;
}

static void run_event(struct worker *worker, struct db *db, struct turn_commit *turn)
{
    struct error error = {0};
    log_request_id(turn->claimed.request_id);
    turn->lane = worker->lane;
    enum err rc = handle(worker, db, turn, &error);
    if (rc == ERR_INVALID) {
        turn->end = TURN_DIE;
        turn->why = arena_copy(&turn->arena, str_of(error.text));
    } else if (rc != OK) {
        turn_put_off(turn, error.text);
    }
    log_request_id(STR(""));
    turn_commit(turn);
}

/* ── a runner's life ───────────────────────────────────────────────────────────────────────────────────────────────── */

void *run_main(void *arg)
{
    struct worker *worker = arg;
    struct pipeline *pipeline = worker->pipeline;
    struct db *reader = NULL;
    struct error error = {0};
    if (store_reader_open(pipeline->parts.store, &reader, &error) != OK) {
        LOG_ERROR("runner.failed", F_CSTR("why", error.text));
        return NULL;
    }
    while (dispatch_wait(pipeline->dispatch, worker->desk)) {
        const struct inbox_claims *claims = &worker->desk->events;
        for (size_t i = 0; i < claims->n && !atomic_load(&pipeline->stopping); i++) {
            struct turn_commit *turn = turn_new(pipeline, &claims->items[i]);
            if (turn != NULL) /* else its lease brings it back */
                run_event(worker, reader, turn);
        }
    }
    store_reader_close(reader);
    return NULL;
}
