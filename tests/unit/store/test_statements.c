/* Every statement of store/sql: it is valid, and it never walks through a table that grows. */
#include "store/query.h"

#include "fixture.h"

#include <sqlite3.h>

#include "bot/base/banned.h"

TEST(statements, every_one_can_be_prepared)
{
    OPEN_DATABASE(f);
    for (int id = 0; id < SQL_COUNT; id++) {
        CLEANUP(query_end) struct query q = query_begin(f.db, (enum sql_id)id);
        if (query_done(&q, &f.error) != OK)
            fail_msg("%s", f.error.text);
    }
}

/* Scans that are meant, each with its reason. */
static const struct {
    const char *statement, *plan;
} allowed[] = {
    /* some dozen rows, one per file of store/schema */
    {"migrations_applied", "SCAN migrations"},
    /* once, at start; the indexes hold only what is not done, and dead letters */
    {"figures_inbox", "SCAN CONSTANT ROW"},
    {"figures_inbox", "SCAN inbox USING INDEX inbox_due"},
    {"figures_inbox", "SCAN inbox USING INDEX inbox_busy"},
    {"figures_inbox", "SCAN inbox USING INDEX inbox_idle"},
    {"figures_outbox", "SCAN CONSTANT ROW"},
    {"figures_outbox", "SCAN outbox USING INDEX outbox_due"},
    {"figures_outbox", "SCAN outbox USING INDEX outbox_busy"},
    {"figures_outbox", "SCAN outbox USING INDEX outbox_idle"},
    {"inbox_recover", "SCAN inbox USING INDEX inbox_busy"},
    {"inbox_recover_waiting", "SCAN inbox USING INDEX inbox_idle"},
    {"outbox_recover", "SCAN outbox USING INDEX outbox_busy"},
    {"outbox_recover_waiting", "SCAN outbox USING INDEX outbox_idle"},
    /* what is under way or was put off */
    {"inbox_requeue_expired", "SCAN inbox USING INDEX inbox_busy"},
    {"inbox_next_expiry", "SCAN inbox USING INDEX inbox_busy"},
    {"outbox_set_back", "SCAN outbox USING INDEX outbox_busy"},
    /* for people at the command line; what is not done */
    {"inbox_list", "SCAN inbox USING INDEX inbox_due"},
    {"inbox_list", "SCAN inbox USING INDEX inbox_busy"},
    {"inbox_list", "SCAN inbox USING INDEX inbox_idle"},
    {"outbox_list", "SCAN outbox USING INDEX outbox_due"},
    {"outbox_list", "SCAN outbox USING INDEX outbox_busy"},
    {"outbox_list", "SCAN outbox USING INDEX outbox_idle"},
    /* at a start and in a sweep that found an old version: what waits; a row for each version and file of a flow */
    {"flow_versions_waited_for", "SCAN sessions USING INDEX sessions_waiting"},
    {"flow_versions_sweep", "SCAN flow_versions"},
    {"flow_versions_sweep", "SCAN sessions USING INDEX sessions_waiting"},
    {"flow_files_sweep", "SCAN flow_files"},
    /* `gilbot flow stats`, a reader: what a flow's sessions left behind */
    {"funnel_sessions", "SCAN sessions"},
    {"funnel_sessions", "SCAN survey_recommendations"},
    {"funnel_sessions", "SCAN survey_handovers"},
    {"funnel_recommended", "SCAN r"},
    /* `gilbot flow why` and `gilbot flow replay`, readers: the past */
    {"sessions_count_between", "SCAN sessions"},
    {"sessions_newest", "SCAN sessions"},
    {"survey_recommendations_of", "SCAN survey_recommendations"},
    /* `gilbot flow migrate`, a reader */
    {"sessions_waiting_of", "SCAN sessions USING INDEX sessions_waiting"},
    /* making the index file, in the background: every chunk and every posting */
    {"chunks_indexed", "SCAN c"},
    {"chunk_postings", "SCAN chunk_postings VIRTUAL TABLE INDEX 0:"},
    {"vector_ids", "SCAN chunk_vectors"},
    /* for people at the command line */
    {"document_collections", "SCAN documents USING INDEX sqlite_autoindex_documents_1"},
    /* `gilbot llm`, a reader: the newest few */
    {"model_calls_last", "SCAN model_calls"},
    /* one row */
    {"model_call_key", "SCAN model_call_key"},
    /* the oldest few: LIMIT */
    {"inbox_sweep_rows", "SCAN inbox"},
    {"outbox_sweep_rows", "SCAN outbox"},
};

static bool is_allowed(const char *statement, const char *plan)
{
    for (size_t i = 0; i < COUNT_OF(allowed); i++)
        if (strcmp(allowed[i].statement, statement) == 0 && strcmp(allowed[i].plan, plan) == 0)
            return true;
    return false;
}

TEST(statements, none_scans_or_sorts_a_table_that_grows)
{
    OPEN_DATABASE(f);
    for (int id = 0; id < SQL_COUNT; id++) {
        char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", statements[id].text);
        sqlite3_stmt *stmt = NULL;
        assert_int_equal(sqlite3_prepare_v2(f.db->handle, explain, -1, &stmt, NULL), SQLITE_OK);
        while (sqlite3_step(stmt) == SQLITE_ROW) {
            const char *plan = (const char *)sqlite3_column_text(stmt, 3);
            bool bad = strncmp(plan, "SCAN", 4) == 0 || strstr(plan, "AUTOMATIC") != NULL;
            if (bad && !is_allowed(statements[id].name, plan))
                fail_msg("%s: %s", statements[id].name, plan);
        }
        sqlite3_finalize(stmt);
        sqlite3_free(explain);
    }
}

/* Sorting is no scan, but sorts all that was found: only where that is little. */
TEST(statements, the_ones_that_run_all_the_time_do_not_sort)
{
    static const enum sql_id hot[] = {SQL_INBOX_READY,
                                      SQL_INBOX_HELD,
                                      SQL_INBOX_NEXT,
                                      SQL_INBOX_NEXT_DUE,
                                      SQL_OUTBOX_READY,
                                      SQL_OUTBOX_HELD,
                                      SQL_OUTBOX_FOLLOWERS,
                                      SQL_OUTBOX_NEXT,
                                      SQL_OUTBOX_NEXT_DUE,
                                      SQL_MESSAGES_OF,
                                      SQL_SESSION_LAST_COMPLETED,
                                      SQL_INBOX_SWEEP_ROWS,
                                      SQL_OUTBOX_SWEEP_ROWS,
                                      SQL_SESSIONS_DUE,
                                      SQL_SESSIONS_TO_REMIND};
    OPEN_DATABASE(f);
    for (size_t i = 0; i < COUNT_OF(hot); i++) {
        char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", statements[hot[i]].text);
        sqlite3_stmt *stmt = NULL;
        assert_int_equal(sqlite3_prepare_v2(f.db->handle, explain, -1, &stmt, NULL), SQLITE_OK);
        while (sqlite3_step(stmt) == SQLITE_ROW)
            if (strstr((const char *)sqlite3_column_text(stmt, 3), "TEMP B-TREE") != NULL)
                fail_msg("%s sorts", statements[hot[i]].name);
        sqlite3_finalize(stmt);
        sqlite3_free(explain);
    }
}

TEST(query, names_may_be_bound_in_any_order)
{
    OPEN_DATABASE(f);
    {
        CLEANUP(query_end) struct query q = query_begin(f.db, SQL_MIGRATIONS_ADD);
        bind_i64(&q, ":now_ms", 3);
        bind_str(&q, ":name", STR("a"));
        bind_i64(&q, ":hash", 2);
        DO(query_run(&q, &f.error));
    }
    CLEANUP(query_end) struct query q = query_begin(f.db, SQL_MIGRATIONS_APPLIED);
    struct str name = {0};
    int64_t hash = 0;
    while (query_next(&q)) {
        name = column_str(&q, 0, &f.arena);
        hash = column_i64(&q, 1);
    }
    DO(query_done(&q, &f.error));
    assert_str_equal(name, STR("a"));
    assert_int_equal(hash, 2);
}

TEST(query, a_broken_constraint_is_a_conflict)
{
    OPEN_DATABASE(f);
    for (int i = 0; i < 2; i++) {
        CLEANUP(query_end) struct query q = query_begin(f.db, SQL_MIGRATIONS_ADD);
        bind_str(&q, ":name", STR("twice"));
        bind_i64(&q, ":hash", 1);
        bind_i64(&q, ":now_ms", 1);
        REFUSED(i == 0 ? OK : ERR_CONFLICT, query_run(&q, &f.error));
    }
}

TEST(query, results_that_do_not_fit_the_arena_are_reported)
{
    OPEN_DATABASE(f);
    CLEANUP(arena_release) struct arena small;
    arena_init(&small, 1);
    CLEANUP(query_end) struct query q = query_begin(f.db, SQL_MIGRATIONS_APPLIED);
    assert_true(query_next(&q));
    assert_int_equal(column_str(&q, 0, &small).n, 0);
    assert_false(query_next(&q));
    REFUSED(ERR_NO_MEMORY, query_done(&q, &f.error));
}

TEST(query, a_reader_cannot_write)
{
    OPEN_DATABASE(f);
    struct db *reader = NULL;
    DO(db_open(f.path, DB_READER, &reader, &f.error));
    CLEANUP(db_closep) struct db *owned = reader;
    CLEANUP(query_end) struct query q = query_begin(owned, SQL_INBOX_DROP);
    bind_i64(&q, ":now_ms", 1);
    bind_i64(&q, ":id", 1);
    REFUSED(ERR_INTERNAL, query_run(&q, &f.error));
}

TEST_MAIN
