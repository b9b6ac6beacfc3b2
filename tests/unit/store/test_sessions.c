#include "store/sessions.h"

#include "fixture.h"

#include "bot/base/banned.h"

static struct session example(const char *conversation, const char *opening)
{
    return (struct session){
        .conversation = str_of(conversation),
        .platform = STR("web"),
        .user = STR("visitor-1"),
        .flow = STR("health"),
        .flow_version = STR("abc"),
        .opening = str_of(opening),
        .route = STR("web"),
        .locale = STR("ko"),
        .profile = STR("{\"name\":\"길\"}"),
        .data = STR("{\"at\":1}"),
        .state = SESSION_WAITING,
        .started_ms = 10,
        .updated_ms = 20,
        .expires_ms = 5000,
        .digest = 77,
    };
}

static int64_t save(struct fixture *f, const struct session *session)
{
    int64_t id = 0;
    assert_ok(session_save(f->db, session, &id, &f->error), &f->error);
    return id;
}

static struct session by_id(struct fixture *f, int64_t id)
{
    struct session session = {0};
    assert_ok(session_by_id(f->db, id, &f->arena, &session, &f->error), &f->error);
    return session;
}

TEST(sessions, a_session_comes_back_whole)
{
    OPEN_DATABASE(f);
    struct session saved = example("c", "o"), session = {0};
    int64_t id = save(&f, &saved);
    DO(session_waiting(f.db, STR("c"), &f.arena, &session, &f.error));
    assert_int_equal(session.id, id);
    assert_str_equal(session.conversation, saved.conversation);
    assert_str_equal(session.platform, saved.platform);
    assert_str_equal(session.user, saved.user);
    assert_str_equal(session.flow, saved.flow);
    assert_str_equal(session.flow_version, saved.flow_version);
    assert_str_equal(session.opening, saved.opening);
    assert_str_equal(session.route, saved.route);
    assert_str_equal(session.locale, saved.locale);
    assert_str_equal(session.profile, saved.profile);
    assert_str_equal(session.data, saved.data);
    assert_int_equal(session.state, SESSION_WAITING);
    assert_int_equal(session.started_ms, 10);
    assert_int_equal(session.updated_ms, 20);
    assert_int_equal(session.expires_ms, 5000);
    assert_int_equal(session.digest, 77);
}

TEST(sessions, a_session_that_is_moved_loses_its_digest)
{
    OPEN_DATABASE(f);
    struct session session = example("c", "o");
    bool moved = false;
    struct session_move move = {save(&f, &session), 20, STR("abc"), STR("def")};
    DO(session_move(f.db, &move, &moved, &f.error));
    assert_true(moved);
    assert_int_equal(by_id(&f, move.id).digest, 0);
}

TEST(sessions, those_of_a_period_come_page_by_page)
{
    OPEN_DATABASE(f);
    for (int64_t at = 1; at <= 5; at++) {
        struct session session = example("c", "");
        session.started_ms = at * 100;
        session.flow = at == 3 ? STR("other") : session.flow;
        save(&f, &session);
    }
    struct sessions_period period = {.since_ms = 200, .until_ms = 500, .limit = 2};
    struct sessions page = {0};
    int64_t n = 0;
    DO(sessions_count_between(f.db, &period, &n, &f.error));
    assert_int_equal(n, 3);
    DO(sessions_between(f.db, &period, &f.arena, &page, &f.error));
    assert_int_equal(page.n, 2);
    assert_int_equal(page.items[1].started_ms, 300);
    period.after_id = page.items[1].id;
    DO(sessions_between(f.db, &period, &f.arena, &page, &f.error));
    assert_int_equal(page.n, 1);
    assert_int_equal(page.items[0].started_ms, 400);
    period.flow = STR("other");
    DO(sessions_count_between(f.db, &period, &n, &f.error));
    assert_int_equal(n, 1);
}

TEST(sessions, the_newest_are_found_by_conversation_and_by_user)
{
    OPEN_DATABASE(f);
    struct session mine = example("c", "1"), yours = example("d", "2");
    yours.user = STR("visitor-2");
    int64_t first = save(&f, &mine), second = save(&f, &yours);
    struct sessions found = {0};
    DO(sessions_newest(f.db, STR(""), 10, &f.arena, &found, &f.error));
    assert_int_equal(found.n, 2);
    assert_int_equal(found.items[0].id, second);
    DO(sessions_newest(f.db, STR("c"), 10, &f.arena, &found, &f.error));
    assert_int_equal(found.n, 1);
    assert_int_equal(found.items[0].id, first);
    DO(sessions_newest(f.db, STR("visitor-2"), 10, &f.arena, &found, &f.error));
    assert_int_equal(found.n, 1);
    assert_int_equal(found.items[0].id, second);
}

TEST(sessions, what_was_completed_before_a_session_began_is_found)
{
    OPEN_DATABASE(f);
    struct session before = example("c", "1"), later = example("d", "2"), found = {0};
    before.state = later.state = SESSION_DONE;
    later.updated_ms = 900;
    int64_t id = save(&f, &before);
    save(&f, &later);
    struct session now = example("e", "3");
    now.started_ms = 500;
    now.id = save(&f, &now);
    DO(session_completed_before(f.db, &now, STR("health"), &f.arena, &found, &f.error));
    assert_int_equal(found.id, id);
    now.started_ms = 19;
    REFUSED(ERR_NOT_FOUND, session_completed_before(f.db, &now, STR("health"), &f.arena, &found, &f.error));
}

TEST(sessions, the_next_turn_overwrites_the_waiting_session)
{
    OPEN_DATABASE(f);
    struct session session = example("c", "o");
    session.id = save(&f, &session);
    session.data = STR("{\"at\":2}");
    session.state = SESSION_DONE;
    assert_int_equal(save(&f, &session), session.id);
    assert_str_equal(by_id(&f, session.id).data, STR("{\"at\":2}"));
    REFUSED(ERR_NOT_FOUND, session_waiting(f.db, STR("c"), &f.arena, &session, &f.error));
}

TEST(sessions, another_flow_replaces_the_one_that_waits)
{
    OPEN_DATABASE(f);
    struct session first = example("c", "o1"), second = example("c", "o2"), other = example("d", "o1");
    first.id = save(&f, &first);
    other.id = save(&f, &other);
    second.id = save(&f, &second);
    assert_int_equal(by_id(&f, first.id).state, SESSION_REPLACED);
    assert_int_equal(by_id(&f, second.id).state, SESSION_WAITING);
    assert_int_equal(by_id(&f, other.id).state, SESSION_WAITING);
}

TEST(sessions, an_opening_has_one_session)
{
    OPEN_DATABASE(f);
    struct session session = example("c", "o");
    session.state = SESSION_DONE;
    int64_t id = save(&f, &session), again = 0;
    REFUSED(ERR_CONFLICT, session_save(f.db, &session, &again, &f.error));
    struct session found = {0};
    DO(session_by_opening(f.db, STR("c"), STR("o"), &f.arena, &found, &f.error));
    assert_int_equal(found.id, id);
    REFUSED(ERR_NOT_FOUND, session_by_opening(f.db, STR("d"), STR("o"), &f.arena, &found, &f.error));
}

TEST(sessions, a_session_that_ended_meanwhile_is_not_brought_back)
{
    OPEN_DATABASE(f);
    struct session session = example("c", "o");
    session.id = save(&f, &session);
    struct sessions expired = {0};
    DO(sessions_expire_due(f.db, 5000, 10, &f.arena, &expired, &f.error));
    int64_t id = 0;
    REFUSED(ERR_CONFLICT, session_save(f.db, &session, &id, &f.error));
    assert_int_equal(by_id(&f, session.id).state, SESSION_EXPIRED);
}

TEST(sessions, only_those_that_are_due_expire)
{
    OPEN_DATABASE(f);
    struct session early = example("a", "o"), late = example("b", "o"), never = example("c", "o"),
                   done = example("d", "o");
    late.expires_ms = 6000;
    never.expires_ms = 0;
    done.state = SESSION_DONE;
    early.id = save(&f, &early);
    save(&f, &late);
    save(&f, &never);
    save(&f, &done);
    struct sessions expired = {0};
    int64_t next_ms = 0;
    DO(sessions_next_expiry(f.db, &next_ms, &f.error));
    assert_int_equal(next_ms, 5000);
    DO(sessions_expire_due(f.db, 4999, 10, &f.arena, &expired, &f.error));
    assert_int_equal(expired.n, 0);
    DO(sessions_expire_due(f.db, 5000, 10, &f.arena, &expired, &f.error));
    assert_int_equal(expired.n, 1);
    assert_int_equal(expired.items[0].id, early.id);
    assert_int_equal(expired.items[0].state, SESSION_EXPIRED);
    assert_str_equal(expired.items[0].flow, STR("health"));
    DO(sessions_next_expiry(f.db, &next_ms, &f.error));
    assert_int_equal(next_ms, 6000);
    DO(sessions_expire_due(f.db, 6000, 10, &f.arena, &expired, &f.error));
    DO(sessions_next_expiry(f.db, &next_ms, &f.error));
    assert_true(next_ms == INT64_MAX);
}

TEST(sessions, the_last_completed_one_of_a_user_and_flow_is_found)
{
    OPEN_DATABASE(f);
    struct session old = example("a", "o1"), new = example("a", "o2"), stopped = example("a", "o3"), found = {0};
    old.state = SESSION_DONE;
    new.state = SESSION_HANDED_OVER;
    stopped.state = SESSION_STOPPED;
    new.updated_ms = 30;
    stopped.updated_ms = 40;
    save(&f, &new);
    save(&f, &old);
    save(&f, &stopped);
    struct session_whose whose = {STR("web"), STR("visitor-1"), STR("health")};
    DO(session_last_completed(f.db, &whose, &f.arena, &found, &f.error));
    assert_str_equal(found.opening, STR("o2"));
    whose.user = STR("visitor-2");
    REFUSED(ERR_NOT_FOUND, session_last_completed(f.db, &whose, &f.arena, &found, &f.error));
}

TEST(sessions, those_that_are_to_be_reminded_of_are_found_once)
{
    OPEN_DATABASE(f);
    struct session early = example("a", "o"), late = example("b", "o"), never = example("c", "o"),
                   done = example("d", "o");
    early.remind_ms = done.remind_ms = 4000;
    late.remind_ms = 6000;
    done.state = SESSION_DONE;
    early.id = save(&f, &early);
    save(&f, &late);
    save(&f, &never);
    save(&f, &done);
    struct sessions due = {0};
    int64_t next_ms = 0;
    DO(sessions_next_reminder(f.db, &next_ms, &f.error));
    assert_int_equal(next_ms, 4000);
    DO(sessions_remind_due(f.db, 3999, 10, &f.arena, &due, &f.error));
    assert_int_equal(due.n, 0);
    DO(sessions_remind_due(f.db, 5000, 10, &f.arena, &due, &f.error));
    assert_int_equal(due.n, 1);
    assert_int_equal(due.items[0].id, early.id);
    assert_int_equal(due.items[0].remind_ms, 4000);
    assert_int_equal(due.items[0].updated_ms, early.updated_ms);
    DO(sessions_remind_due(f.db, 5000, 10, &f.arena, &due, &f.error));
    assert_int_equal(due.n, 0);
    assert_int_equal(by_id(&f, early.id).remind_ms, 0);
    DO(sessions_next_reminder(f.db, &next_ms, &f.error));
    assert_int_equal(next_ms, 6000);
}

TEST(sessions, a_session_is_moved_to_another_version_unless_it_was_answered_meanwhile)
{
    OPEN_DATABASE(f);
    struct session saved = example("c", "o");
    int64_t id = save(&f, &saved);
    struct sessions waiting = {0};
    DO(sessions_waiting_of(f.db, STR("health"), &f.arena, &waiting, &f.error));
    assert_int_equal(waiting.n, 1);
    bool moved = true;
    struct session_move move = {.id = id, .updated_ms = 19, .from = STR("abc"), .to = STR("def")};
    DO(session_move(f.db, &move, &moved, &f.error));
    assert_false(moved);
    move.updated_ms = 20;
    DO(session_move(f.db, &move, &moved, &f.error));
    assert_true(moved);
    assert_str_equal(by_id(&f, id).flow_version, STR("def"));
    assert_str_equal(by_id(&f, id).data, saved.data);
}

TEST_MAIN
