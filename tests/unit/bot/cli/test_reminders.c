/* Surveys through the whole pipeline, with a clock that is handed in: reminders, expiry, answers of other flows. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/metrics.h"
#include "bot/base/settings.h"
#include "bot/pipeline/pipeline.h"
#include "flows/survey/survey.h"
#include "store/figures.h"
#include "store/inbox.h"
#include "store/sessions.h"
#include "store/store.h"
#include "tests/support/test.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, MOST_SENT = 32, DEADLINE_S = 20 };

/* ── a platform without a network ──────────────────────────────────────────────────────────────────────────────── */

struct desk_platform {
    struct platform platform;
    pthread_mutex_t mutex;
    char sent[MOST_SENT][160]; /* "conversation: text" */
    size_t n;
};

static enum err decode(const struct platform *self, const struct stored *stored, struct arena *arena,
                       struct event *ret_event, struct error *error)
{
    (void)error;
    (void)arena;
    *ret_event = (struct event){.key = stored->key,
                                .platform = str_of(self->name),
                                .conversation = stored->conversation,
                                .user = STR("u1"),
                                .address = STR("{\"to\":\"here\"}"),
                                .kind = str_eq(stored->body, STR("manager")) ? EVENT_OTHER : EVENT_MESSAGE,
                                .author = str_eq(stored->body, STR("manager")) ? AUTHOR_MANAGER : AUTHOR_USER,
                                .text = stored->body};
    return OK;
}

static enum err compose(const struct platform *self, const struct compose_input *input, struct arena *arena,
                        struct outgoings *ret_outgoings, struct error *error)
{
    const struct replies *replies = input->replies;
    struct outgoing *items = arena_alloc_array(arena, replies->n + 1, sizeof *items);
    (void)self;
    (void)error;
    assert_str_equal(input->event->address, STR("{\"to\":\"here\"}"));
    for (size_t i = 0; i < replies->n; i++) {
        struct str plain = reply_plain(arena, &replies->items[i]);
        items[i] = (struct outgoing){.idempotency_key = arena_format(arena, "%.*s#%zu", STR_ARG(input->event->key), i),
                                     .payload = plain,
                                     .plain = plain};
    }
    *ret_outgoings = (struct outgoings){items, replies->n};
    return OK;
}

static struct delivery deliver(const struct platform *self, const struct outgoing *outgoing, struct arena *arena)
{
    struct desk_platform *desk = CONTAINER_OF((struct platform *)self, struct desk_platform, platform);
    (void)arena;
    pthread_mutex_lock(&desk->mutex);
    snprintf(desk->sent[desk->n++ % MOST_SENT], sizeof desk->sent[0], "%.*s: %.*s", STR_ARG(outgoing->conversation),
             STR_ARG(outgoing->payload));
    pthread_mutex_unlock(&desk->mutex);
    return (struct delivery){.result = DELIVERY_SENT};
}

/* ── the service around it ─────────────────────────────────────────────────────────────────────────────────────── */

struct world {
    char folder[40];
    _Atomic int64_t now_ms;
    struct arena arena;
    struct desk_platform desk;
    struct settings *settings;
    struct settings_route route;
    struct metrics *metrics;
    struct flow *items[2];
    struct flows flows;
    struct store *store;
    struct pipeline *pipeline;
    struct error error;
    size_t n_events;
};

static int64_t world_now_ms(void *self)
{
    return atomic_load((_Atomic int64_t *)self);
}

static int64_t world_tick_us(void *self)
{
    return atomic_load((_Atomic int64_t *)self) * 1000;
}

static struct clock world_clock(struct world *w)
{
    return (struct clock){world_now_ms, world_tick_us, &w->now_ms};
}

static void check(struct world *w, enum err rc)
{
    if (rc != OK)
        fail_msg("%s", w->error.text);
}

static void world_start(struct world *w)
{
    struct store_settings store = {.data_dir = str_of(w->folder), .clock = world_clock(w)};
    check(w, store_open(&store, &w->store, &w->error));
    static const struct platform *platforms[1];
    platforms[0] = &w->desk.platform;
    struct pipeline_parts parts = {.store = w->store,
                                   .clock = world_clock(w),
                                   .settings = w->settings,
                                   .flows = &w->flows,
                                   .platforms = platforms,
                                   .n_platforms = 1,
                                   .metrics = w->metrics};
    check(w, pipeline_new(&parts, &w->pipeline, &w->error));
    check(w, pipeline_start(w->pipeline, &w->error));
}

static void world_stop(struct world *w)
{
    pipeline_stop(w->pipeline, &(struct pipeline_stop){.grace_ms = 10000});
    store_close(w->store);
    pipeline_free(w->pipeline);
}

static void world_open(struct world *w, const char *flow, const char *other)
{
    *w = (struct world){.folder = "/tmp/gilbot-remind-XXXXXX",
                        .desk = {.platform = {.name = "desk", .decode = decode, .compose = compose, .send = deliver},
                                 .mutex = PTHREAD_MUTEX_INITIALIZER}};
    atomic_init(&w->now_ms, 1770000000000);
    arena_init(&w->arena, 16 * 1024 * 1024);
    assert_non_null(mkdtemp(w->folder));
    check(w, survey_load_text(STR("flow.yaml"), str_of(flow), &w->items[0], &w->error));
    w->flows = (struct flows){.items = w->items, .n = 1};
    if (other != NULL) {
        check(w, survey_load_text(STR("other.yaml"), str_of(other), &w->items[1], &w->error));
        w->flows.n = 2;
    }
    check(w, settings_defaults(&w->arena, &w->settings, &w->error));
    w->route = (struct settings_route){.platform = STR("desk"), .events = SETTINGS_MESSAGE, .flow = w->items[0]->name};
    w->settings->routes = &w->route;
    w->settings->n_routes = 1;
    w->metrics = metrics_new();
    world_start(w);
}

static void world_close(struct world *w)
{
    world_stop(w);
    metrics_free(w->metrics);
    for (size_t i = 0; i < w->flows.n; i++)
        w->items[i]->free(w->items[i]);
    arena_release(&w->arena);
    char command[80];
    snprintf(command, sizeof command, "rm -r %s", w->folder);
    assert_int_equal(system(command), 0);
}

struct said {
    struct world *w;
    const char *conversation, *text;
};

static enum err record(struct db *db, void *arg, struct error *error)
{
    struct said *said = arg;
    char key[32];
    bool is_new = false;
    snprintf(key, sizeof key, "desk:%zu", said->w->n_events);
    struct inbox_event event = {.key = str_of(key),
                                .platform = STR("desk"),
                                .conversation = str_of(said->conversation),
                                .type = STR("message"),
                                .body = str_of(said->text)};
    return inbox_record(db, &event, atomic_load(&said->w->now_ms), &is_new, error);
}

static bool is_late(time_t begun)
{
    return time(NULL) - begun > DEADLINE_S;
}

/* Everything that was recorded is done, and what came of it is sent. */
static void settle(struct world *w)
{
    time_t begun = time(NULL);
    for (struct figures f = figures_read(w->store); f.inbox_pending + f.outbox_pending > 0;
         f = figures_read(w->store)) {
        if (is_late(begun))
            fail_msg("the queues do not become empty");
        sched_yield();
    }
}

static void say(struct world *w, const char *conversation, const char *text)
{
    struct said said = {w, conversation, text};
    w->n_events++;
    check(w, store_write_wait(w->store, record, &said, &w->error));
    settle(w);
}

static enum err look(struct db *db, void *arg, struct error *error)
{
    int64_t *next_ms = arg, expiry_ms = 0;
    enum err rc = sessions_next_reminder(db, &next_ms[0], error);
    if (rc == OK)
        rc = sessions_next_expiry(db, &expiry_ms, error);
    next_ms[1] = expiry_ms;
    return rc;
}

/* The clock goes on, and the scheduler looks at it; returns when nothing is due any more. */
static void wait_ms(struct world *w, int64_t ms)
{
    int64_t now_ms = atomic_load(&w->now_ms) + ms, next_ms[2] = {0};
    time_t begun = time(NULL);
    atomic_store(&w->now_ms, now_ms);
    do {
        if (is_late(begun))
            fail_msg("the scheduler does not come");
        doorbell_ring(&w->pipeline->clockwork);
        check(w, store_write_wait(w->store, look, next_ms, &w->error));
    } while (next_ms[0] <= now_ms || next_ms[1] <= now_ms);
    settle(w);
}

/* What was sent since the last call, lines of "conversation: text". */
static void assert_sent(struct world *w, const char *expected)
{
    char all[MOST_SENT * 160] = "";
    pthread_mutex_lock(&w->desk.mutex);
    for (size_t i = 0; i < w->desk.n; i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i > 0 ? "\n" : "", w->desk.sent[i]);
    w->desk.n = 0;
    pthread_mutex_unlock(&w->desk.mutex);
    assert_string_equal(all, expected);
}

static const char survey[] =
    "flow: health\nremind: {after: 1h, text: 마저 하실래요?, times: 2}\nexpire: 6h\nsteps:\n"
    "- {ask: '몸무게는요?', id: weight, as: number}\n- {ask: '키는요?', id: height, as: number}\n"
    "- say: 끝\n";

TEST(reminders, are_sent_when_their_time_has_come_and_not_more_often_than_the_flow_says)
{
    struct world w;
    world_open(&w, survey, NULL);
    say(&w, "a", "시작");
    assert_sent(&w, "a: 몸무게는요?");
    wait_ms(&w, 59 * MINUTE);
    assert_sent(&w, "");
    wait_ms(&w, 2 * MINUTE);
    assert_sent(&w, "a: 마저 하실래요?");
    wait_ms(&w, 61 * MINUTE);
    assert_sent(&w, "a: 마저 하실래요?");
    wait_ms(&w, 61 * MINUTE);
    assert_sent(&w, "");
    say(&w, "a", "60");
    assert_sent(&w, "a: 키는요?");
    world_close(&w);
}

TEST(reminders, outlive_the_process)
{
    struct world w;
    world_open(&w, survey, NULL);
    say(&w, "a", "시작");
    world_stop(&w);
    atomic_store(&w.now_ms, atomic_load(&w.now_ms) + 2 * HOUR);
    world_start(&w);
    wait_ms(&w, 1000);
    assert_sent(&w, "a: 몸무게는요?\na: 마저 하실래요?");
    world_close(&w);
}

TEST(reminders, are_put_off_by_an_answer_and_end_with_the_survey)
{
    struct world w;
    world_open(&w, survey, NULL);
    say(&w, "a", "시작");
    wait_ms(&w, 50 * MINUTE);
    say(&w, "a", "60");
    assert_sent(&w, "a: 몸무게는요?\na: 키는요?");
    wait_ms(&w, 50 * MINUTE);
    assert_sent(&w, "");
    wait_ms(&w, 11 * MINUTE);
    assert_sent(&w, "a: 마저 하실래요?");
    say(&w, "a", "170");
    assert_sent(&w, "a: 끝");
    wait_ms(&w, 3 * HOUR);
    assert_sent(&w, "");
    world_close(&w);
}

TEST(reminders, are_not_sent_where_people_took_over)
{
    struct world w;
    world_open(&w, survey, NULL);
    say(&w, "a", "시작");
    say(&w, "b", "시작");
    say(&w, "a", "manager");
    assert_sent(&w, "a: 몸무게는요?\nb: 몸무게는요?");
    wait_ms(&w, 61 * MINUTE);
    assert_sent(&w, "b: 마저 하실래요?");
    world_close(&w);
}

/* The survey went on between the scheduler's look and the runner's. */
static enum err record_late_timer(struct db *db, void *arg, struct error *error)
{
    struct world *w = arg;
    bool is_new = false;
    struct inbox_event event = {.key = STR("timer:1:1"),
                                .platform = STR("desk"),
                                .conversation = STR("a"),
                                .kind = STR("timer"),
                                .type = STR("timer"),
                                .body = STR("{\"session\":1,\"since\":1}")};
    return inbox_record(db, &event, atomic_load(&w->now_ms), &is_new, error);
}

TEST(reminders, that_come_too_late_say_nothing)
{
    struct world w;
    world_open(&w, survey, NULL);
    say(&w, "a", "시작");
    check(&w, store_write_wait(w.store, record_late_timer, &w, &w.error));
    settle(&w);
    assert_sent(&w, "a: 몸무게는요?");
    world_close(&w);
}

TEST(reminders, an_expired_session_is_over_and_the_next_message_begins_anew)
{
    struct world w;
    world_open(&w, survey, NULL);
    say(&w, "a", "시작");
    say(&w, "a", "60");
    assert_sent(&w, "a: 몸무게는요?\na: 키는요?");
    wait_ms(&w, 61 * MINUTE);
    wait_ms(&w, 61 * MINUTE);
    assert_sent(&w, "a: 마저 하실래요?\na: 마저 하실래요?");
    wait_ms(&w, 5 * HOUR);
    assert_sent(&w, "");
    say(&w, "a", "170");
    assert_sent(&w, "a: 몸무게는요?");
    world_close(&w);
}

TEST(recall, answers_of_the_last_completed_session_of_another_flow_are_not_asked_again)
{
    struct world w;
    world_open(&w, survey,
               "flow: coach\nprofile: {weight: health.weight}\nsteps:\n- {ask: '몸무게는요?', id: weight, as: number}\n"
               "- say: '{weight}kg이군요'\n");
    say(&w, "a", "시작");
    say(&w, "a", "60");
    say(&w, "a", "170");
    assert_sent(&w, "a: 몸무게는요?\na: 키는요?\na: 끝");
    w.route.flow = STR("coach");
    say(&w, "b", "시작");
    assert_sent(&w, "b: 60kg이군요");
    world_close(&w);
}

TEST_MAIN
