/* The rules of the outbox, on a bare connection: one request of a conversation at a time, pauses, tickets. */
#include "store/messages.h"
#include "store/outbox.h"

#include "fixture.h"

#include "bot/base/banned.h"

static int64_t add(struct fixture *f, const char *key, const char *conversation, int64_t pause_ms)
{
    struct outbox_message message = {.conversation = str_of(conversation),
                                     .platform = STR("slack"),
                                     .idempotency_key = str_of(key),
                                     .payload = STR("{}"),
                                     .pause_ms = pause_ms};
    int64_t id = 0;
    assert_ok(outbox_add(f->db, &message, f->now_ms, &id, &f->error), &f->error);
    return id;
}

static struct outbox_claims claim(struct fixture *f, const char *platform, size_t limit)
{
    struct outbox_claim_input input = {.platform = str_of(platform), .now_ms = f->now_ms, .limit = limit};
    struct outbox_claims claims = {0};
    assert_ok(outbox_claim(f->db, &input, &f->arena, &claims, &f->error), &f->error);
    return claims;
}

static struct outbox_claimed claim_one(struct fixture *f, const char *key)
{
    struct outbox_claims claims = claim(f, "slack", 10);
    assert_int_equal(claims.n, 1);
    assert_str_equal(claims.items[0].message.idempotency_key, str_of(key));
    return claims.items[0];
}

static void assert_nothing_to_claim(struct fixture *f)
{
    assert_int_equal(claim(f, "slack", 10).n, 0);
}

static void sent(struct fixture *f, struct outbox_ticket ticket)
{
    assert_ok(outbox_sent(f->db, ticket, f->now_ms, STR("1700.1"), &f->error), &f->error);
}

static int64_t next_due(struct fixture *f)
{
    int64_t due_ms = 0;
    assert_ok(outbox_next_due(f->db, STR("slack"), &due_ms, &f->error), &f->error);
    return due_ms;
}

TEST(outbox, what_was_added_comes_back_whole)
{
    OPEN_DATABASE(f);
    struct outbox_message message = {
        .conversation = STR("slack:T:D"),
        .platform = STR("slack"),
        .idempotency_key = STR("0192-k"),
        .pace_key = STR("slack:C1"),
        .payload = STR("{\"text\": \"안녕\"}"),
        .request_id = STR("r-1"),
        .pause_ms = 0,
        .session_id = 7,
        .inbox_id = 8,
        .message_id = 0,
        .event_received_ms = 555,
    };
    int64_t id = 0;
    DO(outbox_add(f.db, &message, f.now_ms, &id, &f.error));
    struct outbox_claimed claimed = claim_one(&f, "0192-k");
    assert_int_equal(claimed.ticket.id, id);
    assert_int_equal(claimed.attempt, 1);
    assert_str_equal(claimed.message.conversation, message.conversation);
    assert_str_equal(claimed.message.platform, message.platform);
    assert_str_equal(claimed.message.pace_key, message.pace_key);
    assert_str_equal(claimed.message.payload, message.payload);
    assert_str_equal(claimed.message.request_id, message.request_id);
    assert_int_equal(claimed.message.session_id, 7);
    assert_int_equal(claimed.message.inbox_id, 8);
    assert_int_equal(claimed.message.event_received_ms, 555);
}

TEST(outbox, requests_of_a_conversation_go_one_at_a_time_and_in_order)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 0);
    add(&f, "a2", "a", 0);
    struct outbox_claimed claimed = claim_one(&f, "a1");
    assert_nothing_to_claim(&f);
    sent(&f, claimed.ticket);
    claimed = claim_one(&f, "a2");
    sent(&f, claimed.ticket);
    assert_nothing_to_claim(&f);
    assert_int_equal(f.db->effects.figures.outbox_pending, 0);
}

TEST(outbox, a_claim_takes_only_the_platforms_own)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 0);
    assert_int_equal(claim(&f, "channel_talk", 10).n, 0);
    assert_int_equal(claim(&f, "slack", 10).n, 1);
}

/* ── pauses ── */

TEST(outbox, the_first_of_a_conversation_waits_its_pause_from_when_it_was_added)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 1500);
    assert_nothing_to_claim(&f);
    assert_int_equal(next_due(&f), f.now_ms + 1500);
    f.now_ms += 1500;
    claim_one(&f, "a1");
}

TEST(outbox, a_pause_is_counted_from_when_the_one_before_was_sent)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 0);
    add(&f, "a2", "a", 2000);
    struct outbox_claimed claimed = claim_one(&f, "a1");
    f.now_ms += 60000; /* the platform took its time */
    sent(&f, claimed.ticket);
    assert_nothing_to_claim(&f);
    assert_int_equal(next_due(&f), f.now_ms + 2000);
    f.now_ms += 2000;
    claim_one(&f, "a2");
}

TEST(outbox, a_pause_holds_after_a_dead_letter_too)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 0);
    add(&f, "a2", "a", 2000);
    DO(outbox_die(f.db, claim_one(&f, "a1").ticket, f.now_ms, STR("channel_not_found"), &f.error));
    assert_nothing_to_claim(&f);
    assert_int_equal(next_due(&f), f.now_ms + 2000);
}

TEST(outbox, a_clock_that_is_set_back_lengthens_no_pause)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 0);
    add(&f, "a2", "a", 2000);
    add(&f, "b1", "b", 3000);
    struct outbox_claimed claimed = claim_one(&f, "a1"); /* b1 begins its pause */
    int64_t by_ms = 500000;
    f.now_ms -= by_ms;
    DO(outbox_set_back(f.db, by_ms, f.now_ms, &f.error));
    assert_int_equal(next_due(&f), f.now_ms + 3000);
    sent(&f, claimed.ticket);
    assert_nothing_to_claim(&f);
    assert_int_equal(next_due(&f), f.now_ms + 2000);
    DO(outbox_set_back(f.db, by_ms, f.now_ms + 5000, &f.error)); /* nothing is due later */
    assert_int_equal(next_due(&f), f.now_ms + 2000);
}

/* ── later, never ── */

TEST(outbox, what_is_put_off_keeps_its_place)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 0);
    add(&f, "a2", "a", 0);
    struct outbox_delay delay = {f.now_ms + 700, OUTBOX_TRY_COUNTS, STR("503")};
    DO(outbox_later(f.db, claim_one(&f, "a1").ticket, &delay, &f.error));
    assert_nothing_to_claim(&f);
    f.now_ms += 700;
    struct outbox_claimed claimed = claim_one(&f, "a1");
    assert_int_equal(claimed.attempt, 2);
    sent(&f, claimed.ticket);
    claim_one(&f, "a2");
}

TEST(outbox, a_try_that_does_not_count_leaves_the_number_of_attempts)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 0);
    for (int i = 0; i < 3; i++) {
        struct outbox_claimed claimed = claim_one(&f, "a1");
        assert_int_equal(claimed.attempt, 1);
        struct outbox_delay delay = {f.now_ms, OUTBOX_TRY_FREE, STR("429")};
        DO(outbox_later(f.db, claimed.ticket, &delay, &f.error));
    }
}

TEST(outbox, a_place_in_the_pace_is_kept_until_it_was_used)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 0);
    struct outbox_claimed claimed = claim_one(&f, "a1");
    assert_false(claimed.has_slot);
    struct outbox_delay slot = {f.now_ms + 3000, OUTBOX_TRY_SLOT, STR("")};
    DO(outbox_later(f.db, claimed.ticket, &slot, &f.error));
    assert_nothing_to_claim(&f);
    f.now_ms += 3000;
    claimed = claim_one(&f, "a1");
    assert_true(claimed.has_slot);
    assert_int_equal(claimed.attempt, 1);
    struct outbox_delay delay = {f.now_ms, OUTBOX_TRY_COUNTS, STR("503")};
    DO(outbox_later(f.db, claimed.ticket, &delay, &f.error));
    assert_false(claim_one(&f, "a1").has_slot);
}

TEST(outbox, a_dead_letter_lets_the_conversation_go_on)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 0);
    add(&f, "a2", "a", 0);
    DO(outbox_die(f.db, claim_one(&f, "a1").ticket, f.now_ms, STR("channel_not_found"), &f.error));
    claim_one(&f, "a2");
    assert_int_equal(f.db->effects.figures.dead_letters, 1);
}

TEST(outbox, a_stale_ticket_is_worth_nothing)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 0);
    struct outbox_ticket old = claim_one(&f, "a1").ticket;
    int64_t n = 0;
    DO(outbox_recover(f.db, f.now_ms, &n, &f.error));
    assert_int_equal(n, 1);
    struct outbox_claimed claimed = claim_one(&f, "a1");
    assert_int_equal(claimed.attempt, 2);
    struct outbox_delay delay = {0};
    REFUSED(ERR_CONFLICT, outbox_sent(f.db, old, f.now_ms, STR(""), &f.error));
    REFUSED(ERR_CONFLICT, outbox_die(f.db, old, f.now_ms, STR(""), &f.error));
    REFUSED(ERR_CONFLICT, outbox_later(f.db, old, &delay, &f.error));
    sent(&f, claimed.ticket);
    REFUSED(ERR_CONFLICT, outbox_sent(f.db, claimed.ticket, f.now_ms, STR(""), &f.error));
}

/* ── runs ── */

static struct outbox_claims claim_run(struct fixture *f, size_t limit)
{
    struct outbox_claim_input input = {.platform = STR("slack"), .now_ms = f->now_ms, .limit = limit, .runs = true};
    struct outbox_claims claims = {0};
    assert_ok(outbox_claim(f->db, &input, &f->arena, &claims, &f->error), &f->error);
    return claims;
}

static void assert_run(const struct outbox_claims *claims, const char *const *keys, size_t n)
{
    assert_int_equal(claims->n, n);
    for (size_t i = 0; i < n; i++) {
        assert_str_equal(claims->items[i].message.idempotency_key, str_of(keys[i]));
        assert_int_equal(claims->items[i].attempt, 1);
        assert_int_equal(claims->items[i].follows, i > 0);
    }
}

TEST(outbox, where_keys_are_known_the_requests_of_a_turn_are_claimed_together)
{
    OPEN_DATABASE(f);
    static const char *const keys[] = {"a1", "a2", "a3"};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        add(&f, keys[i], "a", 0);
    struct outbox_claims claims = claim_run(&f, 10);
    assert_run(&claims, keys, 3);
    assert_int_equal(claim_run(&f, 10).n, 0);
    add(&f, "a4", "a", 0);
    assert_int_equal(claim_run(&f, 10).n, 0); /* behind those that are under way */
    for (size_t i = 0; i < 3; i++)
        sent(&f, claims.items[i].ticket);
    claims = claim_run(&f, 10);
    assert_run(&claims, (const char *const[]){"a4"}, 1);
}

TEST(outbox, a_run_ends_where_a_pause_begins_and_goes_on_after_it)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 0);
    add(&f, "a2", "a", 0);
    add(&f, "a3", "a", 1000);
    add(&f, "a4", "a", 0);
    struct outbox_claims claims = claim_run(&f, 10);
    assert_run(&claims, (const char *const[]){"a1", "a2"}, 2);
    sent(&f, claims.items[0].ticket);
    sent(&f, claims.items[1].ticket);
    assert_int_equal(claim_run(&f, 10).n, 0);
    f.now_ms += 1000;
    claims = claim_run(&f, 10);
    assert_run(&claims, (const char *const[]){"a3", "a4"}, 2);
}

TEST(outbox, what_follows_a_request_that_is_put_off_goes_after_it)
{
    OPEN_DATABASE(f);
    static const char *const keys[] = {"a1", "a2", "a3", "a4"};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        add(&f, keys[i], "a", 0);
    struct outbox_claims claims = claim_run(&f, 10);
    sent(&f, claims.items[0].ticket);
    struct outbox_delay delay = {f.now_ms + 700, OUTBOX_TRY_COUNTS, STR("503")};
    DO(outbox_later(f.db, claims.items[1].ticket, &delay, &f.error));
    DO(outbox_give_back(f.db, claims.items[2].ticket, &f.error));
    DO(outbox_give_back(f.db, claims.items[3].ticket, &f.error));
    REFUSED(ERR_CONFLICT, outbox_give_back(f.db, claims.items[3].ticket, &f.error));
    assert_int_equal(claim_run(&f, 10).n, 0);
    f.now_ms += 700;
    claims = claim_run(&f, 10);
    assert_int_equal(claims.n, 3);
    assert_int_equal(claims.items[0].attempt, 2);
    assert_str_equal(claims.items[1].message.idempotency_key, STR("a3"));
    assert_int_equal(claims.items[1].attempt, 1);
    assert_true(claims.items[1].follows);
}

TEST(outbox, a_run_whose_first_died_goes_on)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 0);
    add(&f, "a2", "a", 0);
    struct outbox_claims claims = claim_run(&f, 10);
    DO(outbox_die(f.db, claims.items[0].ticket, f.now_ms, STR("x"), &f.error));
    sent(&f, claims.items[1].ticket);
    add(&f, "a3", "a", 0);
    claims = claim_run(&f, 10);
    assert_run(&claims, (const char *const[]){"a3"}, 1);
}

TEST(outbox, a_run_given_back_whole_is_claimed_again)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 0);
    add(&f, "a2", "a", 0);
    add(&f, "a3", "a", 0);
    struct outbox_claims claims = claim_run(&f, 10);
    sent(&f, claims.items[0].ticket);
    DO(outbox_give_back(f.db, claims.items[1].ticket, &f.error));
    DO(outbox_give_back(f.db, claims.items[2].ticket, &f.error));
    claims = claim_run(&f, 10);
    assert_run(&claims, (const char *const[]){"a2", "a3"}, 2);
}

TEST(outbox, a_crash_in_a_run_leaves_its_order)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 0);
    add(&f, "a2", "a", 0);
    claim_run(&f, 10);
    int64_t n = 0;
    DO(outbox_recover(f.db, f.now_ms, &n, &f.error));
    struct outbox_claims claims = claim_run(&f, 10);
    assert_int_equal(claims.n, 2);
    assert_int_equal(claims.items[0].attempt, 2);
    assert_int_equal(claims.items[1].attempt, 2); /* it may have been sent: the platform is asked first */
    assert_str_equal(claims.items[1].message.idempotency_key, STR("a2"));
}

TEST(outbox, a_run_stays_within_the_limit)
{
    OPEN_DATABASE(f);
    for (int i = 0; i < 7; i++) {
        char key[2] = {(char)('1' + i)};
        add(&f, key, "a", 0);
    }
    struct outbox_claims claims = claim_run(&f, 3);
    assert_run(&claims, (const char *const[]){"1", "2", "3"}, 3);
    for (size_t i = 0; i < 3; i++)
        sent(&f, claims.items[i].ticket);
    claims = claim_run(&f, 3);
    assert_run(&claims, (const char *const[]){"4", "5", "6"}, 3);
}

TEST(outbox, conversations_in_one_claim_do_not_follow_each_other)
{
    OPEN_DATABASE(f);
    add(&f, "a1", "a", 0);
    add(&f, "b1", "b", 0);
    struct outbox_claims claims = claim_run(&f, 10);
    assert_int_equal(claims.n, 2);
    assert_false(claims.items[1].follows);
}

/* ── the log ── */

TEST(outbox, a_sent_request_marks_its_message_sent)
{
    OPEN_DATABASE(f);
    struct message said = {.conversation = STR("a"), .direction = MESSAGE_OUT, .text = STR("hi"), .at_ms = f.now_ms};
    struct outbox_message message = {
        .conversation = STR("a"), .platform = STR("slack"), .idempotency_key = STR("k"), .payload = STR("{}")};
    int64_t id = 0;
    DO(message_add(f.db, &said, &message.message_id, &f.error));
    DO(outbox_add(f.db, &message, f.now_ms, &id, &f.error));
    struct messages_query query = {.conversation = STR("a"), .limit = 10, .only_sent = true};
    struct messages messages = {0};
    DO(messages_of(f.db, &query, &f.arena, &messages, &f.error));
    assert_int_equal(messages.n, 0);
    sent(&f, claim_one(&f, "k").ticket);
    DO(messages_of(f.db, &query, &f.arena, &messages, &f.error));
    assert_int_equal(messages.n, 1);
    assert_int_equal(messages.items[0].sent_ms, f.now_ms);
}

/* ── looking, mending, sweeping ── */

TEST(outbox, a_dead_letter_says_why_and_can_be_sent_again)
{
    OPEN_DATABASE(f);
    int64_t id = add(&f, "a1", "a", 3000);
    assert_nothing_to_claim(&f); /* its pause begins */
    f.now_ms += 3000;
    DO(outbox_die(f.db, claim_one(&f, "a1").ticket, f.now_ms, STR("invalid_auth"), &f.error));
    struct outbox_filter filter = {.state = OUTBOX_DEAD, .limit = 10};
    struct outbox_rows rows = {0};
    DO(outbox_list(f.db, &filter, &f.arena, &rows, &f.error));
    assert_int_equal(rows.n, 1);
    assert_str_equal(rows.items[0].error, STR("invalid_auth"));
    struct outbox_row row = {0};
    DO(outbox_show(f.db, id, &f.arena, &row, &f.error));
    assert_str_equal(row.message.payload, STR("{}"));
    assert_int_equal(row.finished_ms, f.now_ms);
    DO(outbox_retry(f.db, id, f.now_ms, &f.error));
    assert_int_equal(claim_one(&f, "a1").attempt, 1);
    REFUSED(ERR_CONFLICT, outbox_retry(f.db, id, f.now_ms, &f.error));
    REFUSED(ERR_NOT_FOUND, outbox_retry(f.db, 99, f.now_ms, &f.error));
    assert_int_equal(f.db->effects.figures.dead_letters, 0);
    assert_int_equal(f.db->effects.figures.outbox_pending, 1);
}

TEST(outbox, a_revived_letter_waits_while_its_conversation_is_busy)
{
    OPEN_DATABASE(f);
    int64_t id = add(&f, "a1", "a", 0);
    add(&f, "a2", "a", 0);
    DO(outbox_die(f.db, claim_one(&f, "a1").ticket, f.now_ms, STR("x"), &f.error));
    struct outbox_ticket second = claim_one(&f, "a2").ticket;
    DO(outbox_retry(f.db, id, f.now_ms, &f.error));
    assert_nothing_to_claim(&f);
    sent(&f, second);
    claim_one(&f, "a1");
}

TEST(outbox, a_dropped_request_is_never_sent_and_the_next_goes_on)
{
    OPEN_DATABASE(f);
    int64_t first = add(&f, "a1", "a", 0);
    add(&f, "a2", "a", 0);
    DO(outbox_drop(f.db, first, f.now_ms, &f.error));
    struct outbox_ticket second = claim_one(&f, "a2").ticket;
    REFUSED(ERR_CONFLICT, outbox_drop(f.db, second.id, f.now_ms, &f.error));
    REFUSED(ERR_NOT_FOUND, outbox_drop(f.db, 99, f.now_ms, &f.error));
    sent(&f, second);
    REFUSED(ERR_CONFLICT, outbox_drop(f.db, second.id, f.now_ms, &f.error));
    assert_int_equal(f.db->effects.figures.outbox_pending, 0);
    struct outbox_filter filter = {.state = OUTBOX_SENT, .limit = 10};
    struct outbox_rows rows = {0};
    DO(outbox_list(f.db, &filter, &f.arena, &rows, &f.error));
    assert_int_equal(rows.n, 1);
    assert_str_equal(rows.items[0].receipt, STR("1700.1"));
}

TEST(outbox, payloads_go_first_and_rows_later)
{
    OPEN_DATABASE(f);
    int64_t id = add(&f, "a1", "a", 0);
    add(&f, "a2", "a", 0);
    sent(&f, claim_one(&f, "a1").ticket);
    struct outbox_sweep sweep = {f.now_ms + 1, f.now_ms, 10};
    bool more = true;
    struct outbox_row row = {0};
    DO(outbox_sweep(f.db, &sweep, &more, &f.error));
    assert_false(more);
    DO(outbox_show(f.db, id, &f.arena, &row, &f.error));
    assert_int_equal(row.message.payload.n, 0);
    sweep.rows_before_ms = f.now_ms + 1;
    DO(outbox_sweep(f.db, &sweep, &more, &f.error));
    REFUSED(ERR_NOT_FOUND, outbox_show(f.db, id, &f.arena, &row, &f.error));
    assert_str_equal(claim_one(&f, "a2").message.payload, STR("{}"));
}

TEST_MAIN
