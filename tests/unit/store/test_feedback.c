#include "store/feedback.h"

#include "fixture.h"

#include "bot/base/banned.h"

static struct asked_row row_of(int64_t session, int64_t number)
{
    return (struct asked_row){.session_id = session,
                              .number = number,
                              .at_ms = 5,
                              .question = STR("연차는 며칠인가요?"),
                              .kind = STR("extractive"),
                              .class = STR("specific"),
                              .answer = STR("15일"),
                              .why = STR("{}")};
}

static void vote(struct fixture *f, int64_t session, int64_t vote, const char *reason, int64_t at_ms)
{
    struct asked_row row = {
        .session_id = session, .number = 1, .vote = vote, .reason = str_of(reason), .voted_ms = at_ms};
    assert_ok(asked_vote(f->db, &row, &f->error), &f->error);
}

TEST(feedback, a_vote_finds_its_answer_and_the_last_one_wins)
{
    OPEN_DATABASE(f);
    struct asked_row one = row_of(1, 1), two = row_of(2, 1), again = row_of(1, 1);
    again.answer = STR("another");
    DO(asked_add(f.db, &one, &f.error));
    DO(asked_add(f.db, &two, &f.error));
    DO(asked_add(f.db, &again, &f.error)); /* changes nothing */
    vote(&f, 1, ASKED_HELPFUL, "", 10);
    vote(&f, 1, ASKED_NOT_HELPFUL, "wrong", 20);
    vote(&f, 2, ASKED_NOT_HELPFUL, "", 30);
    vote(&f, 9, ASKED_NOT_HELPFUL, "", 40); /* there is no such answer */
    struct asked_rows rows = {0};
    struct asked_period down = {.vote = ASKED_NOT_HELPFUL, .since_ms = 0, .limit = 10};
    DO(asked_voted(f.db, &down, &f.arena, &rows, &f.error));
    assert_int_equal(rows.n, 2);
    assert_int_equal(rows.items[0].session_id, 2); /* the newest first */
    assert_str_equal(rows.items[1].reason, STR("wrong"));
    assert_str_equal(rows.items[1].answer, STR("15일"));
    struct asked_period up = {.vote = ASKED_HELPFUL, .since_ms = 0, .limit = 10};
    DO(asked_voted(f.db, &up, &f.arena, &rows, &f.error));
    assert_int_equal(rows.n, 0);
    down.since_ms = 25;
    DO(asked_voted(f.db, &down, &f.arena, &rows, &f.error));
    assert_int_equal(rows.n, 1);
}

TEST_MAIN
