#include "bot/cli/stored_talk.h"

#include "bot/base/arena.h"
#include "bot/model/event.h"
#include "bot/model/heard.h"
#include "flows/digest.h"
#include "flows/survey/definition.h"
#include "store/sessions.h"

#include "bot/base/banned.h"

/* ── what was kept ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err read_past(struct db *db, struct strs recalls, struct arena *arena, struct stored_talk *talk,
                          struct error *error)
{
    talk->past = arena_alloc_array(arena, recalls.n, sizeof *talk->past);
    if (talk->past == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for earlier answers");
    for (size_t i = 0; i < recalls.n && talk->session.user.n > 0; i++) {
        struct session before = {0};
        enum err rc = session_completed_before(db, &talk->session, recalls.items[i], arena, &before, error);
        if (rc == OK)
            talk->past[talk->n_past++] = (struct flow_past){recalls.items[i], before.data};
        else if (rc != ERR_NOT_FOUND)
            return rc;
    }
    return OK;
}

enum err stored_talk_read(struct db *db, const struct session *session, struct strs recalls, struct arena *arena,
                          struct stored_talk *ret_talk, struct error *error)
{
    struct stored_talk talk = {.session = *session, .decided_ms = session->updated_ms};
    enum err rc = messages_of_session(db, session->conversation, session->id, arena, &talk.messages, error);
    if (rc == OK)
        rc = read_past(db, recalls, arena, &talk, error);
    if (rc == OK)
        *ret_talk = talk;
    return rc;
}

/* ── event by event ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct replaying {
    const struct stored_talk *talk;
    const struct flow *flow;
    struct arena *arena;
    struct error *error;
    struct session session;
    struct recommendations items;
    size_t capacity;
    struct str reminder; /* key of the last one: its replies stand one by one */
};

static enum err keep_items(struct replaying *r, const struct turn *turn)
{
    for (size_t i = 0; i < turn->n_records; i++) {
        const struct record *record = &turn->records[i];
        if (record->kind != RECORD_RECOMMENDATION)
            continue;
        if (r->items.n == r->capacity) {
            size_t capacity = r->capacity == 0 ? 4 : 2 * r->capacity;
            struct recommended *items = arena_alloc_array(r->arena, capacity, sizeof *items);
            if (items == NULL)
                return fail(r->error, ERR_NO_MEMORY, "no memory for recommendations");
            for (size_t k = 0; k < r->items.n; k++)
                items[k] = r->items.items[k];
            r->items.items = items;
            r->capacity = capacity;
        }
        r->items.items[r->items.n++] = (struct recommended){record->step, record->item, record->value, record->why};
    }
    return OK;
}

/* One turn, as the pipeline runs it (bot/pipeline/run.c). */
static enum err run_turn(struct replaying *r, const struct event *event, int64_t now_ms)
{
    bool starts = r->session.state == SESSION_NEW;
    struct turn turn = {0};
    struct flow_ctx ctx = {
        .arena = r->arena,
        .clock = clock_manual(&now_ms),
        .error = r->error,
        .shows_sheets = str_eq(r->session.platform, STR("slack")), /* its modals: the only sheets that there are */
        .locale = r->session.locale,
        .utc_offset_min = clock_utc_offset_min(now_ms),
        .past = r->talk->past,
        .n_past = starts ? r->talk->n_past : 0,
    };
    enum err rc = r->flow->step(r->flow, &ctx, event, &r->session, &turn);
    if (rc != OK)
        return rc;
    if (event->kind != EVENT_TIMER)
        r->session.updated_ms = now_ms;
    if (event->kind != EVENT_TIMER || turn.replies.n > 0)
        r->session.digest = digest_turn(&turn, &r->session);
    return keep_items(r, &turn);
}

static enum err take_message(struct replaying *r, const struct message *message)
{
    struct event event = {.kind = EVENT_TIMER};
    bool starts = false;
    if (message->direction == MESSAGE_OUT) {
        if (!str_starts(message->event_key, STR("timer:")) || str_eq(message->event_key, r->reminder))
            return OK;
        r->reminder = message->event_key;
        return run_turn(r, &event, message->at_ms);
    }
    enum err rc = heard_read(r->arena, message->payload, message->text, &event, &starts, r->error);
    return rc == OK && !starts ? run_turn(r, &event, message->sent_ms) : rc;
}

enum err stored_talk_again(const struct stored_talk *talk, const struct flow *flow, struct arena *arena,
                           struct talk_outcome *ret_outcome, struct error *error)
{
    struct replaying r = {.talk = talk, .flow = flow, .arena = arena, .error = error, .session = talk->session};
    r.session.id = 0;
    r.session.state = SESSION_NEW;
    r.session.data = STR("");
    r.session.updated_ms = r.session.expires_ms = r.session.remind_ms = 0;
    r.session.digest = DIGEST_BEGIN;
    enum err rc = run_turn(&r, &(struct event){.kind = EVENT_OPENED}, talk->session.started_ms);
    for (size_t i = 0; i < talk->messages.n && rc == OK; i++)
        rc = take_message(&r, &talk->messages.items[i]);
    if (rc == OK)
        *ret_outcome = (struct talk_outcome){r.session.digest, r.items};
    return rc;
}

/* ── by its answers ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct rerun stored_talk_rerun(const struct stored_talk *talk, const struct definition *definition)
{
    return (struct rerun){
        .definition = definition,
        .session = &talk->session,
        .past = talk->past,
        .n_past = talk->n_past,
        .now_ms = talk->decided_ms,
        .utc_offset_min = clock_utc_offset_min(talk->decided_ms),
    };
}
