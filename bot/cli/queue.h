/* bot/cli/queue.h — `gilbot inbox` and `gilbot outbox`: look at what waits or died, try it again, drop it. */
#ifndef GILBOT_CLI_QUEUE_H
#define GILBOT_CLI_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct command_line;
struct db;

/* A row of either queue, as people see it. */
struct queue_row {
    int64_t id;
    const char *state;
    struct str platform, conversation, type, request_id, error;
    struct str body; /* show only */
    int attempts;
    int64_t at_ms, due_ms, finished_ms;
};

struct queue_rows {
    struct queue_row *items;
    size_t n;
};

struct queue {
    const char *name;                     /* the command's */
    const char *(*state_name)(int state); /* as the store numbers them, which is alike for both */
    enum err (*list)(struct db *db, int state, struct arena *arena, struct queue_rows *ret_rows, struct error *error);
    enum err (*show)(struct db *db, int64_t id, struct arena *arena, struct queue_row *ret_row, struct error *error);
};

#define QUEUE_USAGE "list [STATE] | show ID | retry ID | drop ID  [--json]"

/* The command's exit status. */
int queue_command(const struct queue *queue, const struct command_line *line);

enum { QUEUE_LIST_ROWS = 200 };

#endif
