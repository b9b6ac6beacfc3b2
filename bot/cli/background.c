#include "bot/cli/background.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "bot/base/log.h"

#include "bot/base/banned.h"

struct background {
    struct background_task *tasks;
    size_t n;
    struct clock clock;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows, and `poked` of the tasks */
    pthread_cond_t changed;
    bool stopping;
};

static int64_t now_ms(const struct background *background)
{
    return clock_tick_us(background->clock) / 1000;
}

/* The task to run now, or NULL and when the next one is due; the mutex is held. */
static struct background_task *next_task(struct background *background, int64_t *ret_due_ms)
{
    int64_t now = now_ms(background);
    *ret_due_ms = INT64_MAX;
    for (size_t i = 0; i < background->n; i++) {
        struct background_task *task = &background->tasks[i];
        if (task->poked || task->due_ms <= now)
            return task;
        if (task->due_ms < *ret_due_ms)
            *ret_due_ms = task->due_ms;
    }
    return NULL;
}

/* The mutex is held. */
static void wait_until(struct background *background, int64_t due_ms)
{
    if (due_ms == INT64_MAX) {
        pthread_cond_wait(&background->changed, &background->mutex);
        return;
    }
    int64_t left_ms = due_ms - now_ms(background);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += left_ms / 1000;
    until.tv_nsec += left_ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_cond_timedwait(&background->changed, &background->mutex, &until);
}

static int64_t retry_ms(int failures)
{
    int64_t wait_ms = BACKGROUND_RETRY_MS;
    for (int i = 1; i < failures && wait_ms < BACKGROUND_RETRY_MOST_MS; i++)
        wait_ms *= 2;
    return wait_ms < BACKGROUND_RETRY_MOST_MS ? wait_ms : BACKGROUND_RETRY_MOST_MS;
}

static void run_task(struct background *background, struct background_task *task)
{
    struct error error = {0};
    int64_t again_ms = 0;
    enum err rc = task->run(task->arg, background, &again_ms, &error);
    bool stopped = rc == ERR_BUSY && background_stopping(background);
    task->failures = rc == OK ? 0 : task->failures + 1;
    if (rc != OK)
        again_ms = retry_ms(task->failures);
    if (rc != OK && !stopped)
        LOG_WARNING("background.failed", F_CSTR("task", task->name), F_CSTR("why", error.text),
                    F_I64("again_ms", again_ms));
    task->due_ms = again_ms > 0 ? now_ms(background) + again_ms : INT64_MAX;
}

static void *run_tasks(void *arg)
{
    struct background *background = arg;
    (void)setpriority(PRIO_PROCESS, 0, BACKGROUND_NICENESS); /* of this thread: a thread is a process to it */
    pthread_mutex_lock(&background->mutex);
    while (!background->stopping) {
        int64_t due_ms;
        struct background_task *task = next_task(background, &due_ms);
        if (task == NULL) {
            wait_until(background, due_ms);
            continue;
        }
        task->poked = false;
        pthread_mutex_unlock(&background->mutex);
        run_task(background, task);
        pthread_mutex_lock(&background->mutex);
    }
    pthread_mutex_unlock(&background->mutex);
    return NULL;
}

static void background_free(struct background *background)
{
    pthread_cond_destroy(&background->changed);
    pthread_mutex_destroy(&background->mutex);
    free(background);
}

enum err background_start(struct background_task *tasks, size_t n, struct clock clock,
                          struct background **ret_background, struct error *error)
{
    struct background *background = calloc(1, sizeof *background);
    if (background == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the work in the background");
    *background = (struct background){.tasks = tasks, .n = n, .clock = clock};
    for (size_t i = 0; i < n; i++) {
        tasks[i].poked = false;
        tasks[i].failures = 0;
        tasks[i].due_ms = INT64_MAX;
    }
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&background->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&background->mutex, NULL);
    sigset_t all, before; /* signals are for the other threads */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&background->thread, NULL, run_tasks, background);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code != 0) {
        background_free(background);
        return fail(error, ERR_INTERNAL, "starting the background's thread: %s", strerror(code));
    }
    pthread_setname_np(background->thread, "background");
    *ret_background = background;
    return OK;
}

void background_poke(struct background *background, struct background_task *task)
{
    if (background == NULL)
        return;
    pthread_mutex_lock(&background->mutex);
    task->poked = true;
    pthread_cond_signal(&background->changed);
    pthread_mutex_unlock(&background->mutex);
}

bool background_stopping(struct background *background)
{
    pthread_mutex_lock(&background->mutex);
    bool stopping = background->stopping;
    pthread_mutex_unlock(&background->mutex);
    return stopping;
}

void background_stop(struct background *background)
{
    if (background == NULL)
        return;
    pthread_mutex_lock(&background->mutex);
    background->stopping = true;
    pthread_cond_signal(&background->changed);
    pthread_mutex_unlock(&background->mutex);
    pthread_join(background->thread, NULL);
    background_free(background);
}
