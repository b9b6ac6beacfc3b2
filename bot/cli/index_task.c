#include "bot/cli/index_task.h"

#include <stdbool.h>

#include "bot/base/log.h"
#include "store/index/search.h"
#include "store/store.h"

#include "bot/base/banned.h"

static int64_t now_ms(const struct index_task *task)
{
    return clock_tick_us(task->clock) / 1000;
}

void index_task_changed(struct index_task *task)
{
    int64_t none = 0, now = now_ms(task);
    (void)atomic_compare_exchange_strong(&task->first_ms, &none, now);
    atomic_store(&task->last_ms, now);
}

static enum err refresh(struct index_task *task, struct error *error)
{
    struct db *db = NULL;
    bool made = false;
    int64_t began_ms = now_ms(task);
    enum err rc = store_reader_open(task->store, &db, error);
    if (rc == OK)
        rc = search_refresh(task->search, db, &made, error);
    store_reader_close(db);
    if (rc == OK && made)
        LOG_INFO("index.made", F_I64("ms", now_ms(task) - began_ms));
    return rc;
}

enum err index_task_run(void *arg, struct background *background, int64_t *ret_again_ms, struct error *error)
{
    struct index_task *task = arg;
    int64_t now = now_ms(task), first = atomic_load(&task->first_ms);
    int64_t quiet_left_ms = atomic_load(&task->last_ms) + INDEX_QUIET_MS - now,
            most_left_ms = first + INDEX_MOST_MS - now;
    (void)background;
    if (first > 0 && quiet_left_ms > 0 && most_left_ms > 0) {
        *ret_again_ms = quiet_left_ms < most_left_ms ? quiet_left_ms : most_left_ms;
        return OK;
    }
    atomic_store(&task->first_ms, 0);
    return refresh(task, error);
}
