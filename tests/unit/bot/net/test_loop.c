#include "bot/net/loop.h"

#include <stdlib.h>

#include "bot/base/clock.h"
#include "tests/unit/bot/net/harness.h"

enum { N_THREADS = 8, N_POSTS = 20000 };

struct world {
    struct harness harness;
    struct tally ran;
    pthread_t loop_thread;
    int last[N_THREADS]; /* loop thread only, without a lock: the point of it */
    int n_ran, n_out_of_order, n_elsewhere;
};

struct poster {
    struct world *world;
    int thread;
};

struct note {
    struct world *world;
    int thread, number;
};

static void run_note(void *arg)
{
    struct note *note = arg;
    struct world *world = note->world;
    world->n_out_of_order += note->number != world->last[note->thread] + 1;
    world->last[note->thread] = note->number;
    world->n_elsewhere += !pthread_equal(pthread_self(), world->harness.thread);
    free(note);
    if (++world->n_ran == N_THREADS * N_POSTS)
        tally_add(&world->ran, 1);
}

static void *post_many(void *arg)
{
    struct poster *poster = arg;
    for (int i = 1; i <= N_POSTS; i++) {
        struct note *note = malloc(sizeof *note);
        *note = (struct note){poster->world, poster->thread, i};
        loop_post(poster->world->harness.loop, run_note, note);
    }
    return NULL;
}

TEST(loop, everything_posted_from_many_threads_runs_once_in_order_on_the_loop_thread)
{
    static struct world world = {.ran = TALLY};
    harness_start(&world.harness, (struct loop_settings){0}, (struct http_server_settings){0});
    struct poster posters[N_THREADS];
    pthread_t threads[N_THREADS];
    for (int i = 0; i < N_THREADS; i++) {
        posters[i] = (struct poster){&world, i};
        assert_int_equal(pthread_create(&threads[i], NULL, post_many, &posters[i]), 0);
    }
    for (int i = 0; i < N_THREADS; i++)
        pthread_join(threads[i], NULL);
    tally_wait(&world.ran, 1);
    assert_int_equal(world.n_out_of_order, 0);
    assert_int_equal(world.n_elsewhere, 0);
    harness_stop(&world.harness);
    assert_int_equal(world.n_ran, N_THREADS * N_POSTS);
}

static void count_it(void *arg)
{
    tally_add(arg, 1);
}

TEST(loop, what_is_posted_before_and_after_running_is_run_too)
{
    struct harness harness;
    struct tally tally = TALLY;
    harness_open(&harness, (struct loop_settings){0}, (struct http_server_settings){0});
    loop_post(harness.loop, count_it, &tally);
    harness_run_in_thread(&harness);
    tally_wait(&tally, 1);
    loop_stop(harness.loop, 0);
    pthread_join(harness.thread, NULL);
    loop_post(harness.loop, count_it, &tally);
    assert_int_equal(tally_read(&tally), 1);
    loop_close(harness.loop);
    assert_int_equal(tally_read(&tally), 2);
    metrics_free(harness.metrics);
}

struct chain {
    struct loop *loop;
    struct tally ran;
    int left;
};

static void post_again(void *arg)
{
    struct chain *chain = arg;
    if (chain->left-- > 0)
        loop_post(chain->loop, post_again, chain);
    else
        tally_add(&chain->ran, 1);
}

TEST(loop, what_is_posted_by_what_was_posted_runs_as_well)
{
    struct harness harness;
    harness_start(&harness, (struct loop_settings){0}, (struct http_server_settings){0});
    struct chain chain = {.loop = harness.loop, .ran = TALLY, .left = 1000};
    loop_post(harness.loop, post_again, &chain);
    tally_wait(&chain.ran, 1);
    harness_stop(&harness);
}

struct alarm_clock {
    struct loop *loop;
    struct loop_timer timers[4];
    struct tally rung;
    int64_t set_us;
    int order[4], n;
};

struct ring {
    struct alarm_clock *clock;
    int which;
};

static struct ring rings[4];

static void on_ring(void *arg)
{
    struct ring *ring = arg;
    struct alarm_clock *clock = ring->clock;
    clock->order[clock->n++] = ring->which;
    if (ring->which == 1) /* from inside a timer: cancel another */
        loop_timer_cancel(clock->loop, &clock->timers[3]);
    tally_add(&clock->rung, 1);
}

static void set_timers(void *arg)
{
    struct alarm_clock *clock = arg;
    static const int64_t delays_ms[] = {40, 20, 60, 50};
    clock->set_us = clock_tick_us(clock_system());
    for (int i = 0; i < 4; i++) {
        rings[i] = (struct ring){clock, i};
        loop_timer_set(clock->loop, &clock->timers[i], delays_ms[i], on_ring, &rings[i]);
    }
}

TEST(loop, timers_ring_in_order_and_not_too_early_and_cancelled_ones_never)
{
    struct harness harness;
    harness_start(&harness, (struct loop_settings){0}, (struct http_server_settings){0});
    struct alarm_clock alarm = {.loop = harness.loop, .rung = TALLY};
    loop_post(harness.loop, set_timers, &alarm);
    tally_wait(&alarm.rung, 3);
    assert_int_equal(alarm.order[0], 1);
    assert_int_equal(alarm.order[1], 0);
    assert_int_equal(alarm.order[2], 2);
    assert_true(clock_tick_us(clock_system()) - alarm.set_us >= 60 * 1000);
    harness_stop(&harness);
    assert_int_equal(tally_read(&alarm.rung), 3);
}

TEST(loop, stopping_before_running_ends_at_once)
{
    struct harness harness;
    harness_open(&harness, (struct loop_settings){0}, (struct http_server_settings){0});
    loop_stop(harness.loop, NET_DEADLINE_MS);
    harness_run_in_thread(&harness);
    harness_join(&harness);
}

TEST(loop, closing_without_running_frees_everything)
{
    struct harness harness;
    harness_open(&harness, (struct loop_settings){0}, (struct http_server_settings){0});
    int fd = net_connect(harness.port); /* taken by the kernel only */
    loop_close(harness.loop);
    assert_true(net_is_closed(fd));
    net_close(fd);
    metrics_free(harness.metrics);
    loop_close(NULL);
}

TEST_MAIN
