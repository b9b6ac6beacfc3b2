#include "store/funnel.h"

#include "bot/model/session.h"
#include "fixture.h"
#include "store/sessions.h"
#include "store/surveys.h"

#include "bot/base/banned.h"

enum { MOST_SESSIONS = 8 };

/* What the visits were told, copied: it is borrowed. */
struct visits {
    struct fixture *f;
    struct funnel_session items[MOST_SESSIONS];
    size_t n;
    enum err rc;
};

static int64_t add_session(struct fixture *f, const char *conversation, const char *user, int64_t started_ms)
{
    int64_t id = 0;
    struct session session = {.conversation = str_of(conversation),
                              .platform = STR("web"),
                              .user = str_of(user),
                              .flow = STR("a"),
                              .route = STR("web"),
                              .locale = STR("ko"),
                              .profile = STR("{}"),
                              .data = STR("{\"step\":\"weight\"}"),
                              .state = SESSION_STOPPED,
                              .started_ms = started_ms};
    assert_ok(session_save(f->db, &session, &id, &f->error), &f->error);
    return id;
}

static void answer(struct fixture *f, int64_t session, const char *variable, const char *value, int64_t at_ms)
{
    struct survey_answer row = {session, STR("a"), str_of(variable), str_of(value), STR("1"), at_ms};
    assert_ok(survey_answer_put(f->db, &row, &f->error), &f->error);
}

static enum err note(void *self, const struct funnel_session *session, struct error *error)
{
    struct visits *visits = self;
    if (visits->rc != OK)
        return error->code = visits->rc;
    assert_true(visits->n < MOST_SESSIONS);
    struct funnel_session *copy = &visits->items[visits->n++];
    *copy = *session;
    copy->session.route = arena_copy(&visits->f->arena, session->session.route);
    copy->session.data = arena_copy(&visits->f->arena, session->session.data);
    struct funnel_answer *answers = arena_alloc_array(&visits->f->arena, session->n_answers, sizeof *answers);
    for (size_t i = 0; i < session->n_answers; i++)
        answers[i] = (struct funnel_answer){arena_copy(&visits->f->arena, session->answers[i].variable),
                                            session->answers[i].at_ms};
    copy->answers = answers;
    return OK;
}

static struct visits visit(struct fixture *f, int64_t since_ms)
{
    struct visits visits = {.f = f};
    struct funnel_filter filter = {STR("a"), since_ms};
    assert_ok(funnel_each(f->db, &filter, &(struct funnel_visitor){note, &visits}, &f->error), &f->error);
    return visits;
}

TEST(funnel, sessions_since_a_moment_come_oldest_first_with_how_they_ended)
{
    OPEN_DATABASE(f);
    add_session(&f, "c0", "u0", 5);
    add_session(&f, "c1", "u1", 10);
    add_session(&f, "c2", "u2", 20);
    struct visits visits = visit(&f, 10);
    assert_int_equal(visits.n, 2);
    assert_int_equal(visits.items[0].session.started_ms, 10);
    assert_int_equal(visits.items[1].session.started_ms, 20);
    assert_int_equal(visits.items[0].session.state, SESSION_STOPPED);
    assert_str_equal(visits.items[0].session.route, STR("web"));
    assert_str_equal(visits.items[0].session.data, STR("{\"step\":\"weight\"}"));
}

TEST(funnel, answers_come_with_their_session_earliest_first_without_those_that_were_taken_back)
{
    OPEN_DATABASE(f);
    int64_t id = add_session(&f, "c1", "u", 1000);
    answer(&f, id, "weight", "60", 9000);
    answer(&f, id, "height", "170", 4000);
    answer(&f, id, "age", "null", 5000);
    add_session(&f, "c2", "u", 1000);
    struct visits visits = visit(&f, 0);
    assert_int_equal(visits.items[0].n_answers, 2);
    assert_str_equal(visits.items[0].answers[0].variable, STR("height"));
    assert_int_equal(visits.items[0].answers[1].at_ms, 9000);
    assert_int_equal(visits.items[1].n_answers, 0);
}

TEST(funnel, a_session_that_was_recommended_something_or_handed_over_says_so)
{
    OPEN_DATABASE(f);
    int64_t id = add_session(&f, "c1", "u", 1000);
    add_session(&f, "c2", "v", 1000);
    struct survey_recommendation recommendation = {id, STR("a"), STR("show"), STR("salad"), STR("{}"), STR("{}"), 2000};
    for (int i = 0; i < 2; i++)
        DO(survey_recommendation_add(f.db, &recommendation, &f.error));
    struct survey_handover handover = {id, STR("a"), STR("call"), STR("cs"), 3000};
    DO(survey_handover_add(f.db, &handover, &f.error));
    struct visits visits = visit(&f, 0);
    assert_true(visits.items[0].recommended && visits.items[0].consulted);
    assert_false(visits.items[1].recommended || visits.items[1].consulted);
}

TEST(funnel, an_item_counts_a_session_once_however_often_it_was_recommended)
{
    OPEN_DATABASE(f);
    int64_t id = add_session(&f, "c1", "u", 1000);
    struct survey_recommendation recommendation = {id, STR("a"), STR("show"), STR("salad"), STR("{}"), STR("{}"), 2000};
    for (int i = 0; i < 2; i++)
        DO(survey_recommendation_add(f.db, &recommendation, &f.error));
    struct funnel_items items = {0};
    DO(funnel_items(f.db, &(struct funnel_filter){STR("a"), 0}, &f.arena, &items, &f.error));
    assert_int_equal(items.n, 1);
    assert_str_equal(items.items[0].item, STR("salad"));
    assert_int_equal(items.items[0].sessions, 1);
}

TEST(funnel, the_first_session_of_each_person_is_marked)
{
    OPEN_DATABASE(f);
    add_session(&f, "c1", "u", 10);
    add_session(&f, "c2", "u", 20);
    add_session(&f, "c3", "v", 30);
    add_session(&f, "c4", "", 40); /* nobody is known: the conversation stands for them */
    add_session(&f, "c5", "", 50);
    struct visits visits = visit(&f, 0);
    const bool first[] = {true, false, true, true, true};
    for (size_t i = 0; i < visits.n; i++)
        assert_int_equal(visits.items[i].first, first[i]);
    assert_true(visit(&f, 20).items[0].first);
}

TEST(funnel, what_a_visit_fails_with_ends_the_reading)
{
    OPEN_DATABASE(f);
    add_session(&f, "c1", "u", 10);
    struct visits visits = {.f = &f, .rc = ERR_NO_MEMORY};
    struct funnel_filter filter = {STR("a"), 0};
    assert_int_equal(funnel_each(f.db, &filter, &(struct funnel_visitor){note, &visits}, &f.error), ERR_NO_MEMORY);
}

TEST_MAIN
