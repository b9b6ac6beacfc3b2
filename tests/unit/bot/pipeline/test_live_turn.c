#include "bot/pipeline/live_turn.h"

#include "bot/pipeline/pipeline.h"
#include "bot/pipeline/turn_commit.h"
#include "store/live_messages.h"
#include "tests/unit/store/fixture.h"

/* A platform that remembers what it was shown, and answers what a test says. */
struct screen {
    struct platform platform;
    struct delivery answer;
    struct str text, added, handle;
    bool anew;
    int n;
};

static struct delivery show(const struct platform *self, const struct showing *showing, struct arena *arena)
{
    struct screen *screen = (struct screen *)CONTAINER_OF(self, struct screen, platform);
    screen->text = arena_copy(arena, showing->text);
    screen->added = arena_copy(arena, showing->added);
    screen->handle = arena_copy(arena, showing->handle);
    screen->anew = showing->anew;
    screen->n++;
    return screen->answer;
}

struct scene {
    struct fixture f;
    struct db *db;
    struct screen screen;
    struct pipeline pipeline;
    struct turn_commit turn;
    struct live_turn live_turn;
    struct live *live;
};

static void begin(struct scene *s, enum lane lane, int attempt)
{
    *s = (struct scene){.screen.platform = {.name = "screen", .show = show}};
    s->screen.answer = (struct delivery){.result = DELIVERY_SENT, .receipt = STR("place"), .retry_after_ms = 700};
    fixture_open_store(&s->f);
    assert_ok(store_reader_open(s->f.store, &s->db, &s->f.error), &s->f.error);
    s->pipeline.parts.store = s->f.store;
    s->pipeline.parts.clock = clock_manual(&s->f.now_ms);
    s->turn.pipeline = &s->pipeline;
    s->turn.platform = &s->screen.platform;
    s->turn.lane = lane;
    s->turn.claimed.attempt = attempt;
    s->turn.claimed.ticket.id = 7;
    arena_init(&s->turn.arena, 1 << 20);
}

static void start(struct scene *s)
{
    assert_ok(live_turn_begin(&s->live_turn, &s->turn, s->db, &s->live, &s->f.error), &s->f.error);
}

static void end(struct scene *s)
{
    arena_release(&s->turn.arena);
    store_reader_close(s->db);
    fixture_close(&s->f);
}

static struct str kept(struct scene *s)
{
    struct str handle = {NULL, 0};
    assert_ok(live_message_get(s->db, 7, &s->f.arena, &handle, &s->f.error), &s->f.error);
    return handle;
}

TEST(live_turn, the_first_words_are_shown_at_once_and_where_is_kept)
{
    struct scene s;
    begin(&s, LANE_SLOW, 1);
    start(&s);
    live_add(s.live, STR("연차는 "));
    assert_int_equal(s.screen.n, 1);
    assert_str_equal(s.screen.text, STR("연차는 "));
    assert_int_equal(s.screen.handle.n, 0);
    assert_str_equal(kept(&s), STR("place"));
    live_turn_end(&s.live_turn);
    assert_str_equal(s.turn.shown, STR("place"));
    end(&s);
}

TEST(live_turn, no_more_often_than_the_platform_allows_and_then_all_that_came)
{
    struct scene s;
    begin(&s, LANE_SLOW, 1);
    start(&s);
    live_add(s.live, STR("하나"));
    live_add(s.live, STR(" 둘"));
    s.f.now_ms += 699;
    live_add(s.live, STR(" 셋"));
    assert_int_equal(s.screen.n, 1);
    s.f.now_ms += 1;
    live_add(s.live, STR(" 넷"));
    assert_int_equal(s.screen.n, 2);
    assert_str_equal(s.screen.added, STR(" 둘 셋 넷"));
    assert_str_equal(s.screen.text, STR("하나 둘 셋 넷"));
    assert_str_equal(s.screen.handle, STR("place"));
    end(&s);
}

TEST(live_turn, what_was_not_shown_yet_goes_along_later)
{
    struct scene s;
    begin(&s, LANE_SLOW, 1);
    s.screen.answer = (struct delivery){.result = DELIVERY_LATER, .retry_after_ms = 100};
    start(&s);
    live_add(s.live, STR("하나"));
    assert_int_equal(kept(&s).n, 0);
    s.f.now_ms += 100;
    s.screen.answer = (struct delivery){.result = DELIVERY_SENT, .receipt = STR("place")};
    live_add(s.live, STR(" 둘"));
    assert_str_equal(s.screen.added, STR("하나 둘"));
    end(&s);
}

TEST(live_turn, a_refusal_ends_it_and_the_answer_comes_all_the_same)
{
    struct scene s;
    begin(&s, LANE_SLOW, 1);
    s.screen.answer = (struct delivery){.result = DELIVERY_NEVER, .reason = STR("no")};
    start(&s);
    live_add(s.live, STR("하나"));
    live_add(s.live, STR(" 둘"));
    live_again(s.live);
    assert_int_equal(s.screen.n, 1);
    live_turn_end(&s.live_turn);
    assert_int_equal(s.turn.shown.n, 0);
    end(&s);
}

TEST(live_turn, beginning_anew_forgets_what_was_shown)
{
    struct scene s;
    begin(&s, LANE_SLOW, 1);
    s.screen.answer.retry_after_ms = 0;
    start(&s);
    live_add(s.live, STR("하나"));
    live_again(s.live);
    live_add(s.live, STR("둘"));
    assert_true(s.screen.anew);
    assert_str_equal(s.screen.text, STR("둘"));
    assert_str_equal(s.screen.added, STR("둘"));
    live_add(s.live, STR("셋"));
    assert_false(s.screen.anew);
    end(&s);
}

TEST(live_turn, a_later_attempt_shows_nothing_new_but_knows_the_place)
{
    struct scene s;
    begin(&s, LANE_SLOW, 1);
    start(&s);
    live_add(s.live, STR("하나"));
    s.turn.claimed.attempt = 2;
    start(&s);
    assert_null(s.live);
    assert_str_equal(s.turn.shown, STR("place"));
    live_add(s.live, STR("하나"));
    live_again(s.live);
    assert_int_equal(s.screen.n, 1);
    end(&s);
}

TEST(live_turn, only_in_the_slow_lane_and_where_the_platform_can)
{
    struct scene s;
    begin(&s, LANE_QUICK, 1);
    start(&s);
    assert_null(s.live);
    s.turn.lane = LANE_SLOW;
    s.screen.platform.show = NULL;
    start(&s);
    assert_null(s.live);
    end(&s);
}

TEST_MAIN
