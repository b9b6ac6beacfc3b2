#include "store/funnel.h"

#include "bot/model/session.h"
#include "fixture.h"
#include "store/sessions.h"
#include "store/surveys.h"

#include "bot/base/banned.h"

static const int64_t day = 86400000;

static int64_t add_session(struct fixture *f, const char *conversation, enum session_state state, int64_t started_ms)
{
    int64_t id = 0;
    struct session session = {.conversation = str_of(conversation),
                              .platform = STR("web"),
                              .user = STR("u"),
                              .flow = STR("a"),
                              .locale = STR("ko"),
                              .profile = STR("{}"),
                              .data = STR("{\"step\":\"weight\"}"),
                              .state = state,
                              .started_ms = started_ms};
    assert_ok(session_save(f->db, &session, &id, &f->error), &f->error);
    return id;
}

static void answer(struct fixture *f, int64_t session, const char *variable, int64_t at_ms)
{
    struct survey_answer row = {session, STR("a"), str_of(variable), STR("1"), STR("1"), at_ms};
    assert_ok(survey_answer_put(f->db, &row, &f->error), &f->error);
}

static struct funnel_rows part(struct fixture *f, enum funnel_part wanted, int64_t since_ms)
{
    struct funnel_filter filter = {STR("a"), since_ms, 9 * 3600 * 1000};
    struct funnel_rows rows = {0};
    assert_ok(funnel_read(f->db, wanted, &filter, &f->arena, &rows, &f->error), &f->error);
    return rows;
}

TEST(funnel, sessions_are_counted_by_the_day_of_the_services_time_zone)
{
    OPEN_DATABASE(f);
    add_session(&f, "c1", SESSION_DONE, 20000 * day + 14 * 3600 * 1000);
    add_session(&f, "c2", SESSION_DONE, 20000 * day + 16 * 3600 * 1000);
    struct funnel_rows rows = part(&f, FUNNEL_SESSIONS, 0);
    assert_int_equal(rows.n, 2);
    assert_str_equal(rows.items[0].key, STR("20000"));
    assert_str_equal(rows.items[0].other, STR("web 2"));
    assert_str_equal(rows.items[1].key, STR("20001"));
    assert_int_equal(part(&f, FUNNEL_SESSIONS, 20000 * day + 15 * 3600 * 1000).n, 1);
}

TEST(funnel, who_left_did_so_at_the_question_that_waited)
{
    OPEN_DATABASE(f);
    add_session(&f, "c1", SESSION_STOPPED, 10);
    add_session(&f, "c2", SESSION_EXPIRED, 10);
    add_session(&f, "c3", SESSION_WAITING, 10);
    add_session(&f, "c4", SESSION_DONE, 10);
    struct funnel_rows rows = part(&f, FUNNEL_LEFT, 0);
    assert_int_equal(rows.n, 1);
    assert_str_equal(rows.items[0].key, STR("weight"));
    assert_int_equal(rows.items[0].n, 2);
}

TEST(funnel, a_question_took_as_long_as_from_the_answer_before_or_from_the_beginning)
{
    OPEN_DATABASE(f);
    int64_t id = add_session(&f, "c1", SESSION_DONE, 1000);
    answer(&f, id, "weight", 4000);
    answer(&f, id, "height", 9000);
    struct funnel_rows rows = part(&f, FUNNEL_SECONDS, 0);
    assert_int_equal(rows.n, 2);
    assert_str_equal(rows.items[0].key, STR("height"));
    assert_int_equal(rows.items[0].n, 5000);
    assert_int_equal(rows.items[1].n, 3000);
}

TEST(funnel, a_session_counts_once_however_often_it_was_recommended_something)
{
    OPEN_DATABASE(f);
    int64_t id = add_session(&f, "c1", SESSION_HANDED_OVER, 1000);
    struct survey_recommendation recommendation = {id, STR("a"), STR("show"), STR("salad"), STR("{}"), STR("{}"), 2000};
    for (int i = 0; i < 2; i++)
        DO(survey_recommendation_add(f.db, &recommendation, &f.error));
    struct survey_handover handover = {id, STR("a"), STR("call"), STR("cs"), 3000};
    DO(survey_handover_add(f.db, &handover, &f.error));
    struct funnel_rows ends = part(&f, FUNNEL_ENDS, 0), items = part(&f, FUNNEL_RECOMMENDED, 0);
    assert_str_equal(ends.items[0].key, STR("recommended"));
    assert_int_equal(ends.items[0].n, 1);
    assert_int_equal(ends.items[1].n, 1);
    assert_int_equal(items.n, 1);
    assert_int_equal(items.items[0].n, 1);
}

TEST_MAIN
