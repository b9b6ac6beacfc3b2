#include "store/model_calls.h"

#include "fixture.h"

#include "bot/base/banned.h"

static void keep(struct fixture *f, const char *provider, const char *user, int64_t at_ms, const char *outcome)
{
    struct model_call call = {.at_ms = at_ms,
                              .provider = str_of(provider),
                              .model = STR("m"),
                              .skill = STR("chat"),
                              .purpose = STR("answer"),
                              .prompt = STR("answer@01234567"),
                              .flow = STR("answer"),
                              .user = str_of(user),
                              .outcome = str_of(outcome),
                              .tokens_in = 100,
                              .tokens_out = 10,
                              .cost_microusd = at_ms,
                              .latency_ms = 5,
                              .first_piece_ms = -1};
    assert_ok(model_call_record(f->db, &call, &f->error), &f->error);
}

TEST(model_calls, the_last_ones_come_newest_first_with_all_that_was_noted)
{
    OPEN_DATABASE(f);
    keep(&f, "local", "U1", 10, "ok");
    keep(&f, "openai", "", 20, "busy");
    struct model_calls calls = {0};
    DO(model_calls_last(f.db, 10, &f.arena, &calls, &f.error));
    assert_int_equal(calls.n, 2);
    assert_str_equal(calls.items[0].provider, STR("openai"));
    assert_str_equal(calls.items[0].outcome, STR("busy"));
    assert_str_equal(calls.items[0].user, STR(""));
    assert_int_equal(calls.items[0].first_piece_ms, -1);
    assert_str_equal(calls.items[1].prompt, STR("answer@01234567"));
    assert_int_equal(calls.items[1].cost_microusd, 10);
    DO(model_calls_last(f.db, 1, &f.arena, &calls, &f.error));
    assert_int_equal(calls.n, 1);
}

TEST(model_calls, a_person_is_one_pseudonym_and_another_in_another_database)
{
    OPEN_DATABASE(f);
    OPEN_DATABASE(other);
    keep(&f, "local", "U1", 10, "ok");
    keep(&f, "local", "U2", 20, "ok");
    keep(&f, "local", "U1", 30, "ok");
    keep(&other, "local", "U1", 10, "ok");
    struct model_calls calls = {0}, others = {0};
    DO(model_calls_last(f.db, 10, &f.arena, &calls, &f.error));
    DO(model_calls_last(other.db, 10, &f.arena, &others, &f.error));
    assert_int_equal(calls.items[0].user.n, MODEL_CALL_PSEUDONYM_BYTES);
    assert_str_equal(calls.items[0].user, calls.items[2].user);
    assert_false(str_eq(calls.items[0].user, calls.items[1].user));
    assert_false(str_eq(calls.items[0].user, others.items[0].user));
    assert_int_equal(str_find(calls.items[0].user, STR("U1")), SIZE_MAX);
}

TEST(model_calls, what_was_spent_counts_from_the_moment_on)
{
    OPEN_DATABASE(f);
    keep(&f, "local", "U1", 10, "ok");
    keep(&f, "openai", "U1", 20, "ok");
    keep(&f, "openai", "U1", 30, "failed");
    struct model_spends spends = {0};
    DO(model_calls_spent(f.db, 20, &f.arena, &spends, &f.error));
    assert_int_equal(spends.n, 1);
    assert_str_equal(spends.items[0].provider, STR("openai"));
    assert_int_equal(spends.items[0].cost_microusd, 50);
}

TEST(model_calls, sums_are_of_whatever_one_asks_for_the_dearest_first)
{
    OPEN_DATABASE(f);
    keep(&f, "local", "U1", 10, "ok");
    keep(&f, "openai", "U2", 20, "failed");
    keep(&f, "openai", "U1", 30, "ok");
    struct model_sums sums = {0};
    DO(model_calls_sums(f.db, MODEL_CALLS_BY_PROVIDER, 0, &f.arena, &sums, &f.error));
    assert_int_equal(sums.n, 2);
    assert_str_equal(sums.items[0].name, STR("openai"));
    assert_int_equal(sums.items[0].calls, 2);
    assert_int_equal(sums.items[0].failed, 1);
    assert_int_equal(sums.items[0].tokens_in, 200);
    assert_int_equal(sums.items[0].tokens_out, 20);
    assert_int_equal(sums.items[0].cost_microusd, 50);
    assert_int_equal(sums.items[0].latency_ms, 10);
    size_t expected[MODEL_CALLS_WAYS] = {2, 1, 1, 2, 1, 1, 2};
    for (int by = 0; by < MODEL_CALLS_WAYS; by++) {
        DO(model_calls_sums(f.db, (enum model_calls_by)by, 0, &f.arena, &sums, &f.error));
        assert_int_equal(sums.n, expected[by]);
    }
}

TEST(model_calls, a_sweep_forgets_what_is_older)
{
    OPEN_DATABASE(f);
    keep(&f, "local", "U1", 10, "ok");
    keep(&f, "local", "U1", 20, "ok");
    DO(model_calls_sweep(f.db, 20, &f.error));
    struct model_calls calls = {0};
    DO(model_calls_last(f.db, 10, &f.arena, &calls, &f.error));
    assert_int_equal(calls.n, 1);
}

TEST_MAIN
