/* Write jobs that failed come back until they succeed; none is forgotten, none leaks. */
#include "bot/pipeline/again.h"

#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "bot/base/error.h"
#include "bot/pipeline/doorbell.h"
#include "store/store.h"

#include "tests/support/test.h" /* after bot/base/error.h: cmocka has a macro called fail */

#include "bot/base/banned.h"

struct world {
    char dir[40];
    int64_t now_ms;
    struct doorbell bell;
    struct again again;
    struct store *store;
    sem_t told;
    int failures_left, runs, released; /* looked at after `told` */
};

/* Fails as often as the world says. */
struct unlucky {
    struct write_job job;
    struct again_job again;
    struct world *world;
};

static void release(void *arg)
{
    struct unlucky *unlucky = arg;
    unlucky->world->released++;
    free(unlucky);
}

static enum err run(struct db *db, void *arg, struct error *error)
{
    (void)db;
    struct unlucky *unlucky = arg;
    unlucky->world->runs++;
    return unlucky->world->failures_left-- > 0 ? (fail)(error, ERR_INTERNAL, "the disk is full") : OK;
}

static void done(void *arg, enum err rc, const struct error *error)
{
    (void)error;
    struct unlucky *unlucky = arg;
    struct world *world = unlucky->world;
    if (rc == OK) {
        release(unlucky);
    } else {
        unlucky->again = (struct again_job){.job = &unlucky->job, .release = release};
        again_add(&world->again, &unlucky->again);
    }
    sem_post(&world->told);
}

static void world_start(struct world *world)
{
    *world = (struct world){.dir = "/tmp/gilbot-again.XXXXXX", .now_ms = 5000};
    assert_non_null(mkdtemp(world->dir));
    struct store_settings settings = {.data_dir = str_of(world->dir), .clock = clock_system()};
    struct error error = {0};
    assert_int_equal(store_open(&settings, &world->store, &error), OK);
    sem_init(&world->told, 0, 0);
    doorbell_init(&world->bell);
    again_init(&world->again, clock_manual(&world->now_ms), &world->bell);
}

static void world_end(struct world *world)
{
    static const char *const names[] = {"gilbot.db", "gilbot.db-wal", "gilbot.db-shm", "gilbot.lock"};
    store_close(world->store);
    again_release(&world->again);
    doorbell_release(&world->bell);
    sem_destroy(&world->told);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char path[80];
        snprintf(path, sizeof path, "%s/%s", world->dir, names[i]);
        unlink(path);
    }
    rmdir(world->dir);
}

static void submit(struct world *world)
{
    struct unlucky *unlucky = calloc(1, sizeof *unlucky);
    assert_non_null(unlucky);
    *unlucky = (struct unlucky){.job = {.run = run, .done = done, .arg = unlucky}, .world = world};
    store_write(world->store, &unlucky->job);
    sem_wait(&world->told);
}

TEST(again, a_job_that_failed_is_tried_each_second_until_it_succeeds)
{
    struct world world;
    world_start(&world);
    world.failures_left = 3;
    uint64_t rings = doorbell_seen(&world.bell);
    submit(&world);
    assert_true(doorbell_seen(&world.bell) > rings);
    for (int failed = 1; failed <= 3; failed++) {
        assert_int_equal(world.runs, failed);
        assert_int_equal(again_submit(&world.again, world.store), AGAIN_AFTER_MS);
        world.now_ms += AGAIN_AFTER_MS - 1;
        assert_int_equal(again_submit(&world.again, world.store), 1);
        world.now_ms += 1;
        again_submit(&world.again, world.store);
        sem_wait(&world.told);
    }
    assert_int_equal(world.runs, 4);
    assert_int_equal(world.released, 1);
    assert_true(again_submit(&world.again, world.store) == INT64_MAX);
    world_end(&world);
}

TEST(again, several_jobs_go_together)
{
    struct world world;
    world_start(&world);
    world.failures_left = 2;
    submit(&world);
    world.now_ms += 300;
    submit(&world);
    world.now_ms += AGAIN_AFTER_MS - 300;
    again_submit(&world.again, world.store);
    sem_wait(&world.told);
    sem_wait(&world.told);
    assert_int_equal(world.released, 2);
    world_end(&world);
}

TEST(again, what_still_waits_at_the_end_is_released)
{
    struct world world;
    world_start(&world);
    world.failures_left = 2;
    submit(&world);
    submit(&world);
    world_end(&world);
    assert_int_equal(world.released, 2);
}

TEST_MAIN
