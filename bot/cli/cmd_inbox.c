#include "bot/base/arena.h"
#include "bot/cli/commands.h"
#include "bot/cli/queue.h"
#include "store/inbox.h"

#include "bot/base/banned.h"

static const char *const states[] = {"waiting", "ready", "running", "done", "dead", "dropped", "held"};

static struct queue_row row_of(const struct inbox_row *from)
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

static enum err list(struct db *db, int state, struct arena *arena, struct queue_rows *ret_rows, struct error *error)
{
    struct inbox_filter filter = {.state = (enum inbox_state)state, .limit = QUEUE_LIST_ROWS};
    struct inbox_rows rows = {0};
    enum err rc = inbox_list(db, &filter, arena, &rows, error);
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
    struct inbox_shown shown = {0};
    enum err rc = inbox_show(db, id, arena, &shown, error);
    if (rc != OK)
        return rc;
    *ret_row = row_of(&shown.row);
    ret_row->body = shown.stored.body;
    return OK;
}

static const struct queue queue = {
    .name = "inbox",
    .states = states,
    .n_states = COUNT_OF(states),
    .pending_state = INBOX_DEAD,
    .list = list,
    .show = show,
};

static int run(const struct command_line *line)
{
    return queue_command(&queue, line);
}

const struct command command_inbox = {
    .name = "inbox",
    .usage = "list [STATE] | show ID | retry ID | drop ID  [--json]",
    .summary = "events that came in: what waits, what died, try it again",
    .help = "  list [STATE]  waiting, ready, running, done, held (put off), dead (the default) or dropped\n"
            "  show ID       one event with its body\n"
            "  retry ID      a dead event is run again\n"
            "  drop ID       it will never be run\n"
            "  --json        one object a line\n\n"
            "Works while the service runs and while it does not.\n",
    .run = run,
};
