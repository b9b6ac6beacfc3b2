/* bot/cli/vectors_task.h — vectors follow the documents: those that are missing are made, and can be found (embedding.h).
 *
 * Thread: the background's.                                                                                          */
#ifndef GILBOT_CLI_VECTORS_TASK_H
#define GILBOT_CLI_VECTORS_TASK_H

#include <stdint.h>

#include "bot/base/error.h"
#include "bot/base/str.h"

struct background;
struct dense;
struct language_model;
struct store;

struct vectors_task {
    struct store *store;
    struct dense *dense;
    const struct language_model *model;
    struct str model_name; /* see embedding.h; empty: nothing is done */
};

/* A background task's run; `arg` is a struct vectors_task. */
enum err vectors_task_run(void *arg, struct background *background, int64_t *ret_again_ms, struct error *error);

#endif
