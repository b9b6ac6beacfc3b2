/* bot/cli/cmd_queue.c — `gilbot inbox` and `gilbot outbox`: what the two queues call things, and how their rows look. */
#include <string.h>

#include "bot/base/arena.h"
#include "bot/cli/commands.h"
#include "bot/cli/queue.h"
#include "store/inbox.h"
#include "store/outbox.h"

#include "bot/base/banned.h"

/* Room for the rows that a list shows. */
static enum err make_room(struct arena *arena, size_t n, struct queue_rows *ret_rows, struct error *error)
{
    struct queue_row *items = arena_alloc_array(arena, n, sizeof *items);
    if (items == NULL)
        return fail(error, ERR_NO_MEMORY, "too many rows");
    *ret_rows = (struct queue_rows){items, n};
    return OK;
}

/* ── inbox ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *inbox_state(int state)
{
    return inbox_state_name((enum inbox_state)state);
}

static struct queue_row event_row(const struct inbox_row *from)
{
    return (struct queue_row){
        .id = from->id,
        .state = inbox_state_name(from->state),
        .platform = from->platform,
        .conversation = from->conversation,
        .type = from->type,
        .request_id = from->request_id,
        .at_ms = from->received_ms,
        .error = from->error,
        .attempts = from->attempts,
        .due_ms = from->due_ms,
        .finished_ms = from->finished_ms,
    };
}

static enum err list_events(struct db *db, int state, struct arena *arena, struct queue_rows *ret_rows,
                            struct error *error)
{
    struct inbox_filter filter = {.state = (enum inbox_state)state, .limit = QUEUE_LIST_ROWS};
    struct inbox_rows rows = {0};
    enum err rc = inbox_list(db, &filter, arena, &rows, error);
    if (rc == OK)
        rc = make_room(arena, rows.n, ret_rows, error);
    for (size_t i = 0; rc == OK && i < rows.n; i++)
        ret_rows->items[i] = event_row(&rows.items[i]);
    return rc;
}

static enum err show_event(struct db *db, int64_t id, struct arena *arena, struct queue_row *ret_row,
                           struct error *error)
{
    struct inbox_shown shown = {0};
    enum err rc = inbox_show(db, id, arena, &shown, error);
    if (rc != OK)
        return rc;
    *ret_row = event_row(&shown.row);
    ret_row->body = shown.stored.body;
    return OK;
}

/* ── outbox ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *outbox_state(int state)
{
    return outbox_state_name((enum outbox_state)state);
}

static struct queue_row reply_row(const struct outbox_row *from)
{
    return (struct queue_row){
        .id = from->id,
        .state = outbox_state_name(from->state),
        .platform = from->message.platform,
        .conversation = from->message.conversation,
        .request_id = from->message.request_id,
        .body = from->message.payload,
        .at_ms = from->created_ms,
        .error = from->error,
        .attempts = from->attempts,
        .due_ms = from->due_ms,
        .finished_ms = from->finished_ms,
    };
}

static enum err list_replies(struct db *db, int state, struct arena *arena, struct queue_rows *ret_rows,
                             struct error *error)
{
    struct outbox_filter filter = {.state = (enum outbox_state)state, .limit = QUEUE_LIST_ROWS};
    struct outbox_rows rows = {0};
    enum err rc = outbox_list(db, &filter, arena, &rows, error);
    if (rc == OK)
        rc = make_room(arena, rows.n, ret_rows, error);
    for (size_t i = 0; rc == OK && i < rows.n; i++)
        ret_rows->items[i] = reply_row(&rows.items[i]);
    return rc;
}

static enum err show_reply(struct db *db, int64_t id, struct arena *arena, struct queue_row *ret_row,
                           struct error *error)
{
    struct outbox_row row = {0};
    enum err rc = outbox_show(db, id, arena, &row, error);
    if (rc != OK)
        return rc;
    *ret_row = reply_row(&row);
    return OK;
}

/* ── commands ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct queue queues[] = {
    {.name = "inbox", .state_name = inbox_state, .list = list_events, .show = show_event},
    {.name = "outbox", .state_name = outbox_state, .list = list_replies, .show = show_reply},
};

static int run(const struct command_line *line)
{
    size_t i = 0;
    while (strcmp(queues[i].name, line->argv[0]) != 0)
        i++;
    return queue_command(&queues[i], line);
}

#define HELP(ended_, shown_, retried_, dropped_)                                                                       \
    "  list [STATE]  waiting, ready, running, " ended_ ", held (put off), dead (the default) or dropped\n"             \
    "  show ID       " shown_ "\n"                                                                                     \
    "  retry ID      " retried_ "\n"                                                                                   \
    "  drop ID       " dropped_ "\n"                                                                                   \
    "  --json        one object a line\n\n"                                                                            \
    "Works while the service runs and while it does not.\n"

const struct command command_inbox = {
    .name = "inbox",
    .usage = QUEUE_USAGE,
    .summary = "events that came in: what waits, what died, try it again",
    .help = HELP("done", "one event with its body", "a dead event is run again", "it will never be run"),
    .run = run,
};

const struct command command_outbox = {
    .name = "outbox",
    .usage = QUEUE_USAGE,
    .summary = "replies that go out: what waits, what died, send it again",
    .help = HELP("sent", "one reply as it goes to the platform", "a dead reply is sent again", "it will never be sent"),
    .run = run,
};
