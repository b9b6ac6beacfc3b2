#include "bot/base/arena.h"
#include "bot/cli/commands.h"
#include "bot/cli/queue.h"
#include "store/outbox.h"

#include "bot/base/banned.h"

static const char *const states[] = {"waiting", "ready", "running", "sent", "dead", "dropped", "held"};

static struct queue_row row_of(const struct outbox_row *from)
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

static enum err list(struct db *db, int state, struct arena *arena, struct queue_rows *ret_rows, struct error *error)
{
    struct outbox_filter filter = {.state = (enum outbox_state)state, .limit = QUEUE_LIST_ROWS};
    struct outbox_rows rows = {0};
    enum err rc = outbox_list(db, &filter, arena, &rows, error);
    if (rc != OK)
        return rc;
    struct queue_row *items = arena_alloc_array(arena, rows.n, sizeof *items);
    if (items == NULL)
        return fail(error, ERR_NO_MEMORY, "too many rows");
    for (size_t i = 0; i < rows.n; i++)
        items[i] = row_of(&rows.items[i]);
    *ret_rows = (struct queue_rows){items, rows.n};
    return OK;
}

static enum err show(struct db *db, int64_t id, struct arena *arena, struct queue_row *ret_row, struct error *error)
{
    struct outbox_row row = {0};
    enum err rc = outbox_show(db, id, arena, &row, error);
    if (rc != OK)
        return rc;
    *ret_row = row_of(&row);
    return OK;
}

static const struct queue queue = {
    .name = "outbox",
    .states = states,
    .n_states = COUNT_OF(states),
    .pending_state = OUTBOX_DEAD,
    .list = list,
    .show = show,
};

static int run(const struct command_line *line)
{
    return queue_command(&queue, line);
}

const struct command command_outbox = {
    .name = "outbox",
    .usage = "list [STATE] | show ID | retry ID | drop ID  [--json]",
    .summary = "replies that go out: what waits, what died, send it again",
    .help = "  list [STATE]  waiting, ready, running, sent, held (put off), dead (the default) or dropped\n"
            "  show ID       one reply as it goes to the platform\n"
            "  retry ID      a dead reply is sent again\n"
            "  drop ID       it will never be sent\n"
            "  --json        one object a line\n\n"
            "Works while the service runs and while it does not.\n",
    .run = run,
};
