/* bot/cli/background.h — work that nobody waits for: one thread, one piece of work after the other.
 *
 *   background_poke(task) ─▶ run, soon, once for any number of pokes; poked while it runs: once more
 *                             └─▶ failed: said in the log, tried again after a while; *ret_again_ms > 0: again then
 *
 * For what follows from changes and may take minutes: taking in a folder of documents, making an index anew, asking a model
 * for vectors.  Events never wait for it (it has the lowest priority), and it never answers anybody.
 *
 * Thread:  background_start, background_stop: one; background_poke, background_stopping: any.
 * Memory:  tasks are the caller's and outlive the thread.                                                            */
#ifndef GILBOT_CLI_BACKGROUND_H
#define GILBOT_CLI_BACKGROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/error.h"

enum {
    BACKGROUND_RETRY_MS = 10000, /* after a failure; twice as long after each further one …  */
    BACKGROUND_RETRY_MOST_MS = 15 * 60 * 1000,
    BACKGROUND_NICENESS = 10,
};

struct background;

struct background_task {
    const char *name; /* for the log */
    /* Runs on the background's thread; looks at background_stopping now and then, and ends early when it is true.
     * *ret_again_ms (0 before the call): run again after so long, though nobody poked. */
    enum err (*run)(void *arg, struct background *background, int64_t *ret_again_ms, struct error *error);
    void *arg;

    /* the thread's own */
    bool poked;
    int failures;
    int64_t due_ms; /* monotonic; INT64_MAX: only when poked */
};

/* Runs nothing before it is poked. */
MUST_USE
enum err background_start(struct background_task *tasks, size_t n, struct clock clock,
                          struct background **ret_background, struct error *error);

/* NULL background: nothing happens (the service is not running yet; it pokes all tasks when it does). */
void background_poke(struct background *background, struct background_task *task);

bool background_stopping(struct background *background);

/* Lets the task that runs come to its end, runs no further one, ends the thread.  NULL is fine. */
void background_stop(struct background *background);

#endif
