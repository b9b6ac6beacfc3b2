#include "store/surveys.h"

#include "fixture.h"

#include <sqlite3.h>

#include "bot/base/banned.h"

/* The first column of the first row, as text. */
static struct str look(struct fixture *f, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_prepare_v2(f->db->handle, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    struct str value = arena_copy(&f->arena, str_of((const char *)sqlite3_column_text(stmt, 0)));
    sqlite3_finalize(stmt);
    return value;
}

TEST(surveys, the_last_answer_to_a_variable_wins)
{
    OPEN_DATABASE(f);
    struct survey_answer answer = {1, STR("health"), STR("weight"), STR("70"), STR("70키로"), 10};
    DO(survey_answer_put(f.db, &answer, &f.error));
    answer.value = STR("71.50");
    DO(survey_answer_put(f.db, &answer, &f.error));
    answer.session_id = 2;
    answer.value = STR("80");
    DO(survey_answer_put(f.db, &answer, &f.error));
    assert_str_equal(look(&f, "SELECT group_concat(session_id || ':' || value, ' ') FROM survey_answers"),
                     STR("1:71.50 2:80"));
}

TEST(surveys, recommendations_and_hand_overs_are_kept_one_by_one)
{
    OPEN_DATABASE(f);
    struct survey_recommendation recommendation = {
        1, STR("health"), STR("show"), STR("salad_a"), STR("{\"id\":\"salad_a\"}"), STR("[]"), 10};
    struct survey_handover handover = {1, STR("health"), STR("call"), STR("cs"), 11};
    for (int i = 0; i < 2; i++) {
        DO(survey_recommendation_add(f.db, &recommendation, &f.error));
        DO(survey_handover_add(f.db, &handover, &f.error));
    }
    assert_str_equal(look(&f, "SELECT count(*) || max(item) || max(why) FROM survey_recommendations"),
                     STR("2salad_a[]"));
    assert_str_equal(look(&f, "SELECT count(*) || max(recipient) || max(at_ms) FROM survey_handovers"), STR("2cs11"));
}

TEST(surveys, the_recommendations_of_some_sessions_are_read_in_their_order)
{
    OPEN_DATABASE(f);
    struct survey_recommendations read = {0};
    for (int64_t session = 1; session <= 4; session++) {
        struct survey_recommendation one = {session,   STR("health"), STR("show"), STR("a"),
                                            STR("{}"), STR("[]"),     session};
        DO(survey_recommendation_add(f.db, &one, &f.error));
    }
    DO(survey_recommendations_of(f.db, 2, 3, &f.arena, &read, &f.error));
    assert_int_equal(read.n, 2);
    assert_int_equal(read.items[0].session_id, 2);
    assert_int_equal(read.items[1].at_ms, 3);
    assert_str_equal(read.items[1].why, STR("[]"));
}

TEST_MAIN
