#include "bot/pipeline/reminder.h"

#include "bot/base/arena.h"
#include "bot/base/json.h"
#include "bot/model/event.h"
#include "store/conversations.h"
#include "store/inbox.h"
#include "store/sessions.h"

#include "bot/base/banned.h"

static const struct str kind = STR_INIT("timer");

/* The key names the reminder: the same one is recorded once. */
static enum err record(struct db *db, const struct session *session, int64_t now_ms, struct arena *arena,
                       struct error *error)
{
    bool is_new = false;
    struct inbox_event event = {
        .key = arena_format(arena, "timer:%lld:%lld", (long long)session->id, (long long)session->remind_ms),
        .platform = session->platform,
        .conversation = session->conversation,
        .kind = kind,
        .type = str_of(event_kind_name(EVENT_TIMER)),
        .body = arena_format(arena, "{\"session\":%lld,\"since\":%lld}", (long long)session->id,
                             (long long)session->updated_ms),
    };
    if (event.key.p == NULL || event.body.p == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for a reminder");
    return inbox_record(db, &event, now_ms, &is_new, error);
}

enum err reminder_record_due(struct db *db, int64_t now_ms, size_t limit, struct arena *arena, size_t *ret_n,
                             struct error *error)
{
    struct sessions due = {0};
    enum err rc = sessions_remind_due(db, now_ms, limit, arena, &due, error);
    for (size_t i = 0; i < due.n && rc == OK; i++)
        rc = record(db, &due.items[i], now_ms, arena, error);
    *ret_n = due.n;
    return rc;
}

bool reminder_is(const struct inbox_claimed *claimed)
{
    return str_eq(claimed->stored.kind, kind);
}

enum err reminder_decode(struct db *db, const struct inbox_claimed *claimed, struct arena *arena,
                         struct event *ret_event, struct error *error)
{
    struct conversation known = {0};
    struct json_value *root = NULL;
    enum err rc = conversation_get(db, claimed->stored.conversation, arena, &known, error);
    if (rc != OK && rc != ERR_NOT_FOUND)
        return rc;
    if (json_read(arena, claimed->stored.body, &root, error) != OK)
        return during(error, "reading a reminder");
    *ret_event = (struct event){
        .key = claimed->stored.key,
        .platform = claimed->platform,
        .workspace = known.workspace,
        .conversation = claimed->stored.conversation,
        .user = known.user,
        .address = known.address,
        .kind = EVENT_TIMER,
        .author = AUTHOR_SYSTEM,
        .happened_ms = claimed->stored.received_ms,
        .session_id = json_get_i64(root, STR("session"), 0),
        .since_ms = json_get_i64(root, STR("since"), 0),
    };
    return OK;
}
