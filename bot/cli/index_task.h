/* bot/cli/index_task.h — the search's index follows the documents.
 *
 *   documents changed ─▶ index_task_changed ─▶ quiet for INDEX_QUIET_MS, or INDEX_MOST_MS since the first ─▶ made anew
 *
 * The old index serves on meanwhile.
 * Thread: index_task_changed: any; index_task_run: the background's.                                                 */
#ifndef GILBOT_CLI_INDEX_TASK_H
#define GILBOT_CLI_INDEX_TASK_H

#include <stdatomic.h>
#include <stdint.h>

#include "bot/base/clock.h"
#include "bot/base/error.h"

struct background;
struct search;
struct store;

enum { INDEX_QUIET_MS = 500, INDEX_MOST_MS = 10000 };

struct index_task {
    struct store *store;
    struct search *search;
    struct clock clock;
    _Atomic int64_t first_ms, last_ms; /* monotonic: changes that the index does not hold; 0: none */
};

/* Notes a change; poke the task then. */
void index_task_changed(struct index_task *task);

/* A background task's run; `arg` is a struct index_task. */
enum err index_task_run(void *arg, struct background *background, int64_t *ret_again_ms, struct error *error);

#endif
