#include "bot/cli/vectors_task.h"

#include "bot/cli/background.h"
#include "bot/cli/embedding.h"
#include "store/store.h"

#include "bot/base/banned.h"

static bool stopping(void *arg)
{
    return background_stopping(arg);
}

enum err vectors_task_run(void *arg, struct background *background, int64_t *ret_again_ms, struct error *error)
{
    struct vectors_task *task = arg;
    struct embedding embedding = {.store = task->store,
                                  .model = task->model,
                                  .model_name = task->model_name,
                                  .dense = task->dense,
                                  .stopping = stopping,
                                  .arg = background};
    int64_t made = 0;
    enum err rc = store_reader_open(task->store, &embedding.db, error);
    if (rc == OK)
        rc = embedding_run(&embedding, &made, ret_again_ms, error);
    store_reader_close(embedding.db);
    return rc;
}
