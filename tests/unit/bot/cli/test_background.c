#include "bot/cli/background.h"

#include <pthread.h>
#include <stdatomic.h>

#include "tests/support/test.h"

/* What a task did; whoever waits is told after each run. */
struct work {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int runs;
    bool held; /* it runs until somebody lets it go */
    enum err outcome;
    int64_t again_ms;
    struct background_task *pokes; /* another one, when it runs */
};

static struct work new_work(void)
{
    return (struct work){.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
}

static enum err do_work(void *arg, struct background *background, int64_t *ret_again_ms, struct error *error)
{
    struct work *work = arg;
    pthread_mutex_lock(&work->mutex);
    work->runs++;
    pthread_cond_broadcast(&work->changed);
    while (work->held)
        pthread_cond_wait(&work->changed, &work->mutex);
    enum err outcome = work->outcome;
    work->outcome = OK;
    *ret_again_ms = work->again_ms;
    work->again_ms = 0;
    pthread_mutex_unlock(&work->mutex);
    if (work->pokes != NULL)
        background_poke(background, work->pokes);
    *error = (struct error){.code = outcome, .text = "as told"};
    return outcome;
}

static void wait_for_runs(struct work *work, int n)
{
    pthread_mutex_lock(&work->mutex);
    while (work->runs < n)
        pthread_cond_wait(&work->changed, &work->mutex);
    pthread_mutex_unlock(&work->mutex);
}

static void hold(struct work *work, bool held)
{
    pthread_mutex_lock(&work->mutex);
    work->held = held;
    pthread_cond_broadcast(&work->changed);
    pthread_mutex_unlock(&work->mutex);
}

static struct background *start(struct background_task *tasks, size_t n)
{
    struct background *background = NULL;
    struct error error;
    assert_int_equal(background_start(tasks, n, clock_system(), &background, &error), OK);
    return background;
}

TEST(background, a_task_runs_when_it_is_poked_and_not_before)
{
    struct work work = new_work(), other = new_work();
    struct background_task tasks[] = {{.name = "a", .run = do_work, .arg = &work},
                                      {.name = "b", .run = do_work, .arg = &other}};
    struct background *background = start(tasks, 2);
    background_poke(background, &tasks[0]);
    wait_for_runs(&work, 1);
    background_stop(background);
    assert_int_equal(work.runs, 1);
    assert_int_equal(other.runs, 0);
}

TEST(background, pokes_while_it_runs_are_one_more_run)
{
    struct work work = new_work();
    struct background_task task = {.name = "a", .run = do_work, .arg = &work};
    struct background *background = start(&task, 1);
    hold(&work, true);
    background_poke(background, &task);
    wait_for_runs(&work, 1);
    for (int i = 0; i < 5; i++)
        background_poke(background, &task);
    hold(&work, false);
    wait_for_runs(&work, 2);
    background_stop(background);
    assert_int_equal(work.runs, 2);
}

TEST(background, a_task_may_poke_the_next)
{
    struct work work = new_work(), other = new_work();
    struct background_task tasks[] = {{.name = "a", .run = do_work, .arg = &work},
                                      {.name = "b", .run = do_work, .arg = &other}};
    work.pokes = &tasks[1];
    struct background *background = start(tasks, 2);
    background_poke(background, &tasks[0]);
    wait_for_runs(&other, 1);
    background_stop(background);
    assert_int_equal(work.runs, 1);
}

TEST(background, a_task_is_run_again_when_it_asks_for_it)
{
    struct work work = new_work();
    work.again_ms = 1;
    struct background_task task = {.name = "a", .run = do_work, .arg = &work};
    struct background *background = start(&task, 1);
    background_poke(background, &task);
    wait_for_runs(&work, 2);
    background_stop(background);
    assert_int_equal(work.runs, 2);
}

TEST(background, a_failure_is_tried_again_later_or_when_poked)
{
    struct work work = new_work();
    work.outcome = ERR_REMOTE;
    struct background_task task = {.name = "a", .run = do_work, .arg = &work};
    struct background *background = start(&task, 1);
    hold(&work, true);
    background_poke(background, &task);
    wait_for_runs(&work, 1);
    background_poke(background, &task);
    hold(&work, false);
    wait_for_runs(&work, 2);
    background_stop(background);
    assert_int_equal(task.failures, 0);
    work.outcome = ERR_REMOTE;
    background = start(&task, 1);
    background_poke(background, &task);
    wait_for_runs(&work, 3);
    background_stop(background);
    assert_int_equal(task.failures, 1);
    assert_true(task.due_ms < INT64_MAX);
}

TEST(background, nobody_to_poke_is_fine)
{
    struct background_task task = {.name = "a"};
    background_poke(NULL, &task);
    background_stop(NULL);
    assert_false(task.poked);
}

TEST_MAIN
