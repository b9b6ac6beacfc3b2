/* The rules of the inbox, on a bare connection: one row per key, one event of a conversation at a time. */
#include "store/inbox.h"

#include "fixture.h"

#include "bot/base/banned.h"

enum { LEASE_MS = 1000 };

static bool record(struct fixture *f, const char *key, const char *conversation)
{
    struct inbox_event event = {.key = str_of(key),
                                .platform = STR("slack"),
                                .conversation = str_of(conversation),
                                .kind = STR("/slack/events"),
                                .type = STR("message"),
                                .body = str_of(key),
                                .request_id = STR("r1")};
    bool is_new = false;
    assert_ok(inbox_record(f->db, &event, f->now_ms, &is_new, &f->error), &f->error);
    return is_new;
}

static struct inbox_claims claim(struct fixture *f, enum inbox_lane lane, size_t limit)
{
    struct inbox_claim_input input = {.lane = lane, .now_ms = f->now_ms, .lease_ms = LEASE_MS, .limit = limit};
    struct inbox_claims claims = {0};
    assert_ok(inbox_claim(f->db, &input, &f->arena, &claims, &f->error), &f->error);
    return claims;
}

/* The one event that can be claimed now. */
static struct inbox_claimed claim_one(struct fixture *f, enum inbox_lane lane, const char *key)
{
    struct inbox_claims claims = claim(f, lane, 10);
    assert_int_equal(claims.n, 1);
    assert_str_equal(claims.items[0].stored.key, str_of(key));
    return claims.items[0];
}

static void assert_nothing_to_claim(struct fixture *f)
{
    assert_int_equal(claim(f, INBOX_QUICK, 10).n, 0);
    assert_int_equal(claim(f, INBOX_SLOW, 10).n, 0);
}

static enum inbox_state state_of(struct fixture *f, int64_t id)
{
    struct inbox_shown shown = {0};
    assert_ok(inbox_show(f->db, id, &f->arena, &shown, &f->error), &f->error);
    return shown.row.state;
}

/* ── recording ── */

TEST(inbox, second_delivery_of_an_event_changes_nothing)
{
    OPEN_DATABASE(f);
    assert_true(record(&f, "k1", "c1"));
    struct inbox_claimed first = claim_one(&f, INBOX_QUICK, "k1");
    assert_false(record(&f, "k1", "c1"));
    assert_false(record(&f, "k1", "another"));
    assert_nothing_to_claim(&f);
    DO(inbox_finish(f.db, first.ticket, f.now_ms, &f.error));
    assert_false(record(&f, "k1", "c1"));
    assert_nothing_to_claim(&f);
    assert_int_equal(f.db->effects.figures.inbox_pending, 0);
}

TEST(inbox, what_was_recorded_comes_back_whole)
{
    OPEN_DATABASE(f);
    const char body[] = "bytes \0 with a NUL and \xff";
    struct inbox_event event = {.key = STR("slack:Ev1"),
                                .platform = STR("slack"),
                                .conversation = STR("slack:T1:D1"),
                                .kind = STR("/slack/commands"),
                                .type = STR("command"),
                                .body = {body, sizeof body - 1},
                                .request_id = STR("r-77")};
    bool is_new = false;
    DO(inbox_record(f.db, &event, 123456, &is_new, &f.error));
    struct inbox_claimed claimed = claim_one(&f, INBOX_QUICK, "slack:Ev1");
    assert_int_equal(claimed.attempt, 1);
    assert_int_equal(claimed.fetched, 0);
    assert_str_equal(claimed.platform, event.platform);
    assert_str_equal(claimed.type, event.type);
    assert_str_equal(claimed.request_id, event.request_id);
    assert_str_equal(claimed.stored.conversation, event.conversation);
    assert_str_equal(claimed.stored.kind, event.kind);
    assert_str_equal(claimed.stored.body, event.body);
    assert_str_equal(claimed.stored.extra, STR(""));
    assert_int_equal(claimed.stored.received_ms, 123456);
}

TEST(inbox, an_empty_body_is_kept_as_one)
{
    OPEN_DATABASE(f);
    struct inbox_event event = {.key = STR("k"), .platform = STR("p"), .conversation = STR("c")};
    bool is_new = false;
    DO(inbox_record(f.db, &event, 1, &is_new, &f.error));
    assert_int_equal(claim_one(&f, INBOX_QUICK, "k").stored.body.n, 0);
}

/* ── order ── */

TEST(inbox, events_of_a_conversation_run_one_at_a_time_and_in_order)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    record(&f, "a2", "a");
    record(&f, "a3", "a");
    struct inbox_claimed claimed = claim_one(&f, INBOX_QUICK, "a1");
    assert_nothing_to_claim(&f);
    DO(inbox_finish(f.db, claimed.ticket, f.now_ms, &f.error));
    claimed = claim_one(&f, INBOX_QUICK, "a2");
    record(&f, "a4", "a");
    DO(inbox_finish(f.db, claimed.ticket, f.now_ms, &f.error));
    claimed = claim_one(&f, INBOX_QUICK, "a3");
    DO(inbox_finish(f.db, claimed.ticket, f.now_ms, &f.error));
    claim_one(&f, INBOX_QUICK, "a4");
}

TEST(inbox, conversations_run_side_by_side)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    record(&f, "a2", "a");
    record(&f, "b1", "b");
    record(&f, "c1", "c");
    struct inbox_claims claims = claim(&f, INBOX_QUICK, 10);
    assert_int_equal(claims.n, 3);
    assert_str_equal(claims.items[0].stored.key, STR("a1"));
    assert_str_equal(claims.items[1].stored.key, STR("b1"));
    assert_str_equal(claims.items[2].stored.key, STR("c1"));
}

TEST(inbox, what_was_put_off_and_is_due_comes_before_what_is_new)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    record(&f, "b1", "b");
    record(&f, "c1", "c");
    struct inbox_claims claims = claim(&f, INBOX_QUICK, 1);
    assert_str_equal(claims.items[0].stored.key, STR("a1"));
    DO(inbox_later(f.db, claims.items[0].ticket, f.now_ms + 5, STR("x"), &f.error));
    claims = claim(&f, INBOX_QUICK, 1);
    assert_str_equal(claims.items[0].stored.key, STR("b1"));
    f.now_ms += 10;
    claims = claim(&f, INBOX_QUICK, 1);
    assert_int_equal(claims.n, 1);
    assert_true(claims.more);
    assert_str_equal(claims.items[0].stored.key, STR("a1"));
    claims = claim(&f, INBOX_QUICK, 2);
    assert_int_equal(claims.n, 1);
    assert_false(claims.more);
    assert_str_equal(claims.items[0].stored.key, STR("c1"));
}

TEST(inbox, an_event_that_is_put_off_keeps_its_place)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    record(&f, "a2", "a");
    struct inbox_claimed claimed = claim_one(&f, INBOX_QUICK, "a1");
    DO(inbox_later(f.db, claimed.ticket, f.now_ms + 500, STR("no luck"), &f.error));
    assert_nothing_to_claim(&f);
    int64_t due_ms = 0;
    DO(inbox_next_due(f.db, INBOX_QUICK, &due_ms, &f.error));
    assert_int_equal(due_ms, f.now_ms + 500);
    f.now_ms += 500;
    claimed = claim_one(&f, INBOX_QUICK, "a1");
    assert_int_equal(claimed.attempt, 2);
    DO(inbox_finish(f.db, claimed.ticket, f.now_ms, &f.error));
    claim_one(&f, INBOX_QUICK, "a2");
}

TEST(inbox, a_clock_that_is_set_back_puts_nothing_off)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    record(&f, "a2", "a");
    record(&f, "b1", "b");
    struct inbox_claims claims = claim(&f, INBOX_QUICK, 3);
    assert_int_equal(claims.n, 2);
    int64_t by_ms = 400000;
    DO(inbox_later(f.db, claims.items[1].ticket, f.now_ms + 500, STR("no luck"), &f.error));
    f.now_ms -= by_ms;
    DO(inbox_set_back(f.db, by_ms, f.now_ms, &f.error));
    DO(inbox_finish(f.db, claims.items[0].ticket, f.now_ms, &f.error));
    claim_one(&f, INBOX_QUICK, "a2");
    int64_t due_ms = 0;
    DO(inbox_next_due(f.db, INBOX_QUICK, &due_ms, &f.error));
    assert_int_equal(due_ms, f.now_ms + 500);
}

TEST(inbox, a_dead_event_lets_the_conversation_go_on)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    record(&f, "a2", "a");
    struct inbox_claimed claimed = claim_one(&f, INBOX_QUICK, "a1");
    DO(inbox_die(f.db, claimed.ticket, f.now_ms, STR("gave up"), &f.error));
    claim_one(&f, INBOX_QUICK, "a2");
    assert_int_equal(state_of(&f, claimed.ticket.id), INBOX_DEAD);
    assert_int_equal(f.db->effects.figures.dead_letters, 1);
    assert_int_equal(f.db->effects.figures.inbox_pending, 1);
}

TEST(inbox, next_due_without_events_is_never)
{
    OPEN_DATABASE(f);
    int64_t due_ms = 0;
    DO(inbox_next_due(f.db, INBOX_QUICK, &due_ms, &f.error));
    assert_true(due_ms == INT64_MAX);
    DO(inbox_next_expiry(f.db, &due_ms, &f.error));
    assert_true(due_ms == INT64_MAX);
}

TEST(inbox, a_crowd_of_one_conversation_does_not_hide_another)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    for (int i = 0; i < 40; i++) {
        char key[4] = {'x', (char)('0' + i / 10), (char)('0' + i % 10)};
        record(&f, key, "a");
    }
    record(&f, "b1", "b");
    claim(&f, INBOX_QUICK, 1);
    struct inbox_claims claims = claim(&f, INBOX_QUICK, 4);
    assert_int_equal(claims.n, 1);
    assert_str_equal(claims.items[0].stored.key, STR("b1"));
}

TEST(inbox, what_waits_at_a_crash_goes_on_in_its_order)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    record(&f, "a2", "a");
    record(&f, "a3", "a");
    claim_one(&f, INBOX_QUICK, "a1");
    int64_t n = 0;
    DO(inbox_recover(f.db, f.now_ms, &n, &f.error));
    static const char *const keys[] = {"a1", "a2", "a3"};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct inbox_claimed claimed = claim_one(&f, INBOX_QUICK, keys[i]);
        DO(inbox_finish(f.db, claimed.ticket, f.now_ms, &f.error));
    }
}

/* ── lanes ── */

TEST(inbox, a_parked_event_is_the_slow_lanes_and_still_holds_its_conversation)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    record(&f, "a2", "a");
    struct inbox_claimed claimed = claim_one(&f, INBOX_QUICK, "a1");
    DO(inbox_park(f.db, claimed.ticket, f.now_ms, &f.error));
    assert_int_equal(claim(&f, INBOX_QUICK, 10).n, 0);
    claimed = claim_one(&f, INBOX_SLOW, "a1");
    assert_int_equal(claimed.attempt, 1);
    DO(inbox_finish(f.db, claimed.ticket, f.now_ms, &f.error));
    claim_one(&f, INBOX_QUICK, "a2");
}

TEST(inbox, what_was_fetched_comes_with_the_event_in_the_quick_lane)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    DO(inbox_park(f.db, claim_one(&f, INBOX_QUICK, "a1").ticket, f.now_ms, &f.error));
    struct inbox_fetched fetched = {.extra = STR("{\"bot\":\"7\"}"), .asked = EVENT_NEEDS_ORIGIN};
    DO(inbox_unpark(f.db, claim_one(&f, INBOX_SLOW, "a1").ticket, f.now_ms, &fetched, &f.error));
    struct inbox_claimed claimed = claim_one(&f, INBOX_QUICK, "a1");
    assert_str_equal(claimed.stored.extra, fetched.extra);
    assert_int_equal(claimed.fetched, EVENT_NEEDS_ORIGIN);
    assert_str_equal(claimed.stored.conversation, STR("a"));

    DO(inbox_park(f.db, claimed.ticket, f.now_ms, &f.error)); /* a second fetch that gives nothing */
    fetched = (struct inbox_fetched){.asked = EVENT_NEEDS_PROFILE};
    DO(inbox_unpark(f.db, claim_one(&f, INBOX_SLOW, "a1").ticket, f.now_ms, &fetched, &f.error));
    claimed = claim_one(&f, INBOX_QUICK, "a1");
    assert_str_equal(claimed.stored.extra, STR("{\"bot\":\"7\"}"));
    assert_int_equal(claimed.fetched, EVENT_NEEDS_ORIGIN | EVENT_NEEDS_PROFILE);
}

TEST(inbox, an_event_that_moves_lets_its_old_conversation_go_on)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    record(&f, "a2", "a");
    struct inbox_fetched fetched = {.conversation = STR("b")};
    DO(inbox_unpark(f.db, claim_one(&f, INBOX_QUICK, "a1").ticket, f.now_ms, &fetched, &f.error));
    struct inbox_claims claims = claim(&f, INBOX_QUICK, 10);
    assert_int_equal(claims.n, 2);
    assert_str_equal(claims.items[0].stored.key, STR("a1"));
    assert_str_equal(claims.items[0].stored.conversation, STR("b"));
    assert_str_equal(claims.items[1].stored.key, STR("a2"));
}

TEST(inbox, an_event_that_moves_to_a_busy_conversation_waits_there)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    record(&f, "b1", "b");
    record(&f, "b2", "b");
    struct inbox_claims claims = claim(&f, INBOX_QUICK, 10);
    assert_int_equal(claims.n, 2);
    struct inbox_fetched fetched = {.conversation = STR("b")};
    DO(inbox_unpark(f.db, claims.items[0].ticket, f.now_ms, &fetched, &f.error));
    assert_nothing_to_claim(&f);
    DO(inbox_finish(f.db, claims.items[1].ticket, f.now_ms, &f.error));
    struct inbox_claimed claimed = claim_one(&f, INBOX_QUICK, "a1"); /* it came before b2 */
    DO(inbox_finish(f.db, claimed.ticket, f.now_ms, &f.error));
    claim_one(&f, INBOX_QUICK, "b2");
}

TEST(inbox, moving_to_the_conversation_it_is_in_changes_nothing)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    record(&f, "a2", "a");
    struct inbox_fetched fetched = {.conversation = STR("a")};
    DO(inbox_unpark(f.db, claim_one(&f, INBOX_QUICK, "a1").ticket, f.now_ms, &fetched, &f.error));
    claim_one(&f, INBOX_QUICK, "a1");
}

/* ── tickets, leases ── */

TEST(inbox, a_worker_whose_lease_ran_out_cannot_finish)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    struct inbox_claimed slow = claim_one(&f, INBOX_QUICK, "a1");
    int64_t n = 0, expiry_ms = 0;
    DO(inbox_requeue_expired(f.db, f.now_ms + LEASE_MS - 1, 10, &n, &f.error));
    assert_int_equal(n, 0);
    DO(inbox_next_expiry(f.db, &expiry_ms, &f.error));
    assert_int_equal(expiry_ms, f.now_ms + LEASE_MS);
    f.now_ms = expiry_ms;
    DO(inbox_requeue_expired(f.db, f.now_ms, 10, &n, &f.error));
    assert_int_equal(n, 1);
    REFUSED(ERR_CONFLICT, inbox_finish(f.db, slow.ticket, f.now_ms, &f.error));

    struct inbox_claimed next = claim_one(&f, INBOX_QUICK, "a1");
    assert_int_equal(next.attempt, 2);
    struct inbox_fetched nothing = {0};
    REFUSED(ERR_CONFLICT, inbox_finish(f.db, slow.ticket, f.now_ms, &f.error));
    REFUSED(ERR_CONFLICT, inbox_later(f.db, slow.ticket, f.now_ms, STR(""), &f.error));
    REFUSED(ERR_CONFLICT, inbox_die(f.db, slow.ticket, f.now_ms, STR(""), &f.error));
    REFUSED(ERR_CONFLICT, inbox_park(f.db, slow.ticket, f.now_ms, &f.error));
    REFUSED(ERR_CONFLICT, inbox_unpark(f.db, slow.ticket, f.now_ms, &nothing, &f.error));
    DO(inbox_finish(f.db, next.ticket, f.now_ms, &f.error));
    REFUSED(ERR_CONFLICT, inbox_finish(f.db, next.ticket, f.now_ms, &f.error));
}

TEST(inbox, a_ticket_stays_stale_when_the_event_changed_lanes_in_between)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    struct inbox_claimed first = claim_one(&f, INBOX_QUICK, "a1");
    DO(inbox_park(f.db, first.ticket, f.now_ms, &f.error));
    claim_one(&f, INBOX_SLOW, "a1"); /* attempt 1 again, but another claim */
    REFUSED(ERR_CONFLICT, inbox_finish(f.db, first.ticket, f.now_ms, &f.error));
}

TEST(inbox, what_ran_at_a_crash_is_ready_again_in_its_lane)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    record(&f, "a2", "a");
    record(&f, "b1", "b");
    struct inbox_claims claims = claim(&f, INBOX_QUICK, 10);
    DO(inbox_park(f.db, claims.items[1].ticket, f.now_ms, &f.error));
    claim_one(&f, INBOX_SLOW, "b1");
    int64_t n = 0;
    DO(inbox_recover(f.db, f.now_ms, &n, &f.error));
    assert_int_equal(n, 2);
    assert_int_equal(claim_one(&f, INBOX_QUICK, "a1").attempt, 2);
    assert_int_equal(claim_one(&f, INBOX_SLOW, "b1").attempt, 2);
}

/* ── memory ── */

TEST(inbox, a_claim_that_does_not_fit_gives_fewer_and_leaves_the_rest)
{
    OPEN_DATABASE(f);
    static char big[100000];
    for (int i = 0; i < 3; i++) {
        char key[2] = {(char)('a' + i)};
        struct inbox_event event = {.key = str_of(key), .platform = STR("p"), .conversation = str_of(key)};
        event.body = (struct str){big, sizeof big};
        bool is_new = false;
        DO(inbox_record(f.db, &event, 1, &is_new, &f.error));
    }
    CLEANUP(arena_release) struct arena small;
    arena_init(&small, 250000);
    struct inbox_claim_input input = {.now_ms = f.now_ms, .lease_ms = LEASE_MS, .limit = 10};
    struct inbox_claims claims = {0};
    DO(inbox_claim(f.db, &input, &small, &claims, &f.error));
    assert_int_equal(claims.n, 2);
    arena_reset(&small);
    DO(inbox_claim(f.db, &input, &small, &claims, &f.error));
    assert_int_equal(claims.n, 1);
    assert_int_equal(claims.items[0].stored.body.n, sizeof big);
}

TEST(inbox, a_claim_of_which_nothing_fits_fails)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    CLEANUP(arena_release) struct arena tiny;
    arena_init(&tiny, 20);
    struct inbox_claim_input input = {.now_ms = f.now_ms, .limit = 1};
    struct inbox_claims claims = {0};
    REFUSED(ERR_NO_MEMORY, inbox_claim(f.db, &input, &tiny, &claims, &f.error));
}

/* ── looking and mending ── */

TEST(inbox, a_list_goes_on_after_an_id)
{
    OPEN_DATABASE(f);
    for (int i = 0; i < 5; i++) {
        char key[2] = {(char)('a' + i)};
        record(&f, key, key);
    }
    struct inbox_filter filter = {.state = INBOX_READY, .limit = 2};
    struct inbox_rows rows = {0};
    DO(inbox_list(f.db, &filter, &f.arena, &rows, &f.error));
    assert_int_equal(rows.n, 2);
    assert_str_equal(rows.items[1].key, STR("b"));
    filter = (struct inbox_filter){.state = INBOX_READY, .after_id = rows.items[1].id, .limit = 10};
    DO(inbox_list(f.db, &filter, &f.arena, &rows, &f.error));
    assert_int_equal(rows.n, 3);
    assert_str_equal(rows.items[0].key, STR("c"));
    filter = (struct inbox_filter){.state = INBOX_DONE, .limit = 10};
    DO(inbox_list(f.db, &filter, &f.arena, &rows, &f.error));
    assert_int_equal(rows.n, 0);
    DO(inbox_finish(f.db, claim(&f, INBOX_QUICK, 1).items[0].ticket, f.now_ms, &f.error));
    DO(inbox_list(f.db, &filter, &f.arena, &rows, &f.error));
    assert_int_equal(rows.n, 1);
    assert_str_equal(rows.items[0].key, STR("a"));
    assert_int_equal(rows.items[0].finished_ms, f.now_ms);
}

TEST(inbox, a_dead_event_says_why_and_can_be_tried_again)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    struct inbox_ticket ticket = claim_one(&f, INBOX_QUICK, "a1").ticket;
    DO(inbox_die(f.db, ticket, f.now_ms, STR("the flow is broken"), &f.error));
    struct inbox_shown shown = {0};
    DO(inbox_show(f.db, ticket.id, &f.arena, &shown, &f.error));
    assert_str_equal(shown.row.error, STR("the flow is broken"));
    assert_str_equal(shown.stored.body, STR("a1"));
    DO(inbox_retry(f.db, ticket.id, f.now_ms, &f.error));
    assert_int_equal(f.db->effects.figures.dead_letters, 0);
    assert_int_equal(f.db->effects.figures.inbox_pending, 1);
    assert_int_equal(claim_one(&f, INBOX_QUICK, "a1").attempt, 1);
}

TEST(inbox, a_revived_event_waits_while_its_conversation_is_busy)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    record(&f, "a2", "a");
    record(&f, "a3", "a");
    struct inbox_ticket dead = claim_one(&f, INBOX_QUICK, "a1").ticket;
    DO(inbox_die(f.db, dead, f.now_ms, STR("x"), &f.error));
    struct inbox_ticket second = claim_one(&f, INBOX_QUICK, "a2").ticket;
    DO(inbox_retry(f.db, dead.id, f.now_ms, &f.error));
    assert_nothing_to_claim(&f);
    DO(inbox_finish(f.db, second, f.now_ms, &f.error));
    claim_one(&f, INBOX_QUICK, "a1");
}

TEST(inbox, only_dead_events_are_tried_again)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    struct inbox_ticket ticket = claim_one(&f, INBOX_QUICK, "a1").ticket;
    REFUSED(ERR_CONFLICT, inbox_retry(f.db, ticket.id, f.now_ms, &f.error));
    REFUSED(ERR_NOT_FOUND, inbox_retry(f.db, 99, f.now_ms, &f.error));
}

TEST(inbox, a_dropped_event_never_runs_and_the_next_goes_on)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    record(&f, "a2", "a");
    record(&f, "a3", "a");
    DO(inbox_drop(f.db, 2, f.now_ms, &f.error)); /* waiting */
    DO(inbox_drop(f.db, 1, f.now_ms, &f.error)); /* ready */
    struct inbox_ticket third = claim_one(&f, INBOX_QUICK, "a3").ticket;
    REFUSED(ERR_CONFLICT, inbox_drop(f.db, third.id, f.now_ms, &f.error));
    DO(inbox_die(f.db, third, f.now_ms, STR("x"), &f.error));
    DO(inbox_drop(f.db, third.id, f.now_ms, &f.error)); /* dead */
    REFUSED(ERR_CONFLICT, inbox_drop(f.db, third.id, f.now_ms, &f.error));
    REFUSED(ERR_NOT_FOUND, inbox_drop(f.db, 99, f.now_ms, &f.error));
    assert_int_equal(f.db->effects.figures.inbox_pending, 0);
    assert_int_equal(f.db->effects.figures.dead_letters, 0);
    assert_int_equal(state_of(&f, 1), INBOX_DROPPED);
}

/* ── retention ── */

static bool sweep(struct fixture *f, int64_t bodies_before_ms, int64_t keys_before_ms, int64_t limit)
{
    struct inbox_sweep input = {bodies_before_ms, keys_before_ms, limit};
    bool more = false;
    assert_ok(inbox_sweep(f->db, &input, &more, &f->error), &f->error);
    return more;
}

TEST(inbox, bodies_go_first_and_keys_later)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    struct inbox_ticket ticket = claim_one(&f, INBOX_QUICK, "a1").ticket;
    record(&f, "a2", "a"); /* the newest row stays, so that its id is not given again */
    DO(inbox_finish(f.db, ticket, 5000, &f.error));
    struct inbox_shown shown = {0};

    assert_false(sweep(&f, 5000, 5000, 10));
    DO(inbox_show(f.db, ticket.id, &f.arena, &shown, &f.error));
    assert_str_equal(shown.stored.body, STR("a1"));

    assert_false(sweep(&f, 5001, 5000, 10));
    DO(inbox_show(f.db, ticket.id, &f.arena, &shown, &f.error));
    assert_int_equal(shown.stored.body.n, 0);
    assert_false(record(&f, "a1", "a")); /* the key is still known */

    assert_false(sweep(&f, 5001, 5001, 10));
    REFUSED(ERR_NOT_FOUND, inbox_show(f.db, ticket.id, &f.arena, &shown, &f.error));
    assert_true(record(&f, "a1", "a"));
}

TEST(inbox, what_has_not_ended_is_never_swept)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    record(&f, "a2", "a");
    record(&f, "b1", "b");
    claim(&f, INBOX_QUICK, 1);
    assert_false(sweep(&f, INT64_MAX, INT64_MAX, 10));
    for (int64_t id = 1; id <= 3; id++) {
        struct inbox_shown shown = {0};
        DO(inbox_show(f.db, id, &f.arena, &shown, &f.error));
        assert_int_equal(shown.stored.body.n, 2);
    }
}

TEST(inbox, the_newest_row_is_never_swept_so_that_no_id_is_given_twice)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    DO(inbox_finish(f.db, claim_one(&f, INBOX_QUICK, "a1").ticket, f.now_ms, &f.error));
    sweep(&f, INT64_MAX, INT64_MAX, 10);
    record(&f, "a2", "a");
    assert_int_equal(claim_one(&f, INBOX_QUICK, "a2").ticket.id, 2);
}

TEST(inbox, a_sweep_says_when_there_is_more)
{
    OPEN_DATABASE(f);
    for (int i = 0; i < 5; i++) {
        char key[2] = {(char)('a' + i)};
        record(&f, key, key);
        DO(inbox_finish(f.db, claim_one(&f, INBOX_QUICK, key).ticket, f.now_ms, &f.error));
    }
    assert_true(sweep(&f, INT64_MAX, 0, 2));
    assert_true(sweep(&f, INT64_MAX, 0, 2));
    assert_false(sweep(&f, INT64_MAX, 0, 2));
}

TEST(inbox, a_dead_event_without_its_body_cannot_be_tried_again_and_stops_counting_when_it_goes)
{
    OPEN_DATABASE(f);
    record(&f, "a1", "a");
    DO(inbox_die(f.db, claim_one(&f, INBOX_QUICK, "a1").ticket, 1, STR("x"), &f.error));
    record(&f, "a2", "a");
    sweep(&f, 2, 0, 10);
    REFUSED(ERR_CONFLICT, inbox_retry(f.db, 1, f.now_ms, &f.error));
    assert_int_equal(f.db->effects.figures.dead_letters, 1);
    sweep(&f, 2, 2, 10);
    assert_int_equal(f.db->effects.figures.dead_letters, 0);
}

TEST_MAIN
