/* Figures against those that were counted by hand. */
#include "bot/cli/flow_figures.h"

#include "flows/survey/definition.h"
#include "flows/survey/survey.h"
#include "store/sessions.h"
#include "store/surveys.h"
#include "tests/unit/store/fixture.h"

#include "bot/base/banned.h"

#undef DO
#define DO(call) assert_ok((call), &f->error)

static const int64_t hour = 3600000;

static const char flow_text[] = "flow: a\nvariants: {greeting: [short, long]}\nsteps:\n"
                                "  - {ask: 'a?', id: age, as: number}\n"
                                "  - {ask: 'w?', id: weight, as: number, optional: true}\n"
                                "  - say: '{greeting}'\n";

struct given {
    const char *user, *platform, *route, *data;
    enum session_state state;
    int64_t started_ms, age_ms, weight_ms; /* when answered, after the start; 0: not */
    bool recommended, consulted;
};

/* Two days; five people, of whom u1 came twice. */
static const struct given sessions[] = {
    {"u1", "web", "web",
     "{\"answers\":{\"age\":1,\"weight\":2},\"profile\":{\"greeting\":\"short\"},"
     "\"history\":[{\"step\":\"age\"},{\"step\":\"weight\"}],\"missed\":{\"age\":2}}",
     SESSION_DONE, 100 * 86400000LL, 2000, 9000, true, false},
    {"u2", "slack", "slack /a",
     "{\"step\":\"weight\",\"answers\":{\"age\":1},\"profile\":{\"greeting\":\"long\"},"
     "\"history\":[{\"step\":\"age\"}]}",
     SESSION_EXPIRED, 100 * 86400000LL + 1, 4000, 0, false, false},
    {"u3", "web", "web", "{\"step\":\"age\",\"answers\":{},\"profile\":{\"greeting\":\"long\"},\"missed\":{\"age\":1}}",
     SESSION_WAITING, 100 * 86400000LL + 2, 0, 0, false, false},
    {"u4", "web", "web",
     "{\"answers\":{\"age\":1,\"weight\":null},\"profile\":{\"greeting\":\"short\"},"
     "\"history\":[{\"step\":\"age\"},{\"step\":\"weight\"}]}",
     SESSION_HANDED_OVER, 101 * 86400000LL, 6000, 0, true, true},
    {"u1", "web", "",
     "{\"answers\":{\"age\":1,\"weight\":2},\"profile\":{\"greeting\":\"short\"},"
     "\"history\":[{\"step\":\"age\"},{\"step\":\"weight\"}]}",
     SESSION_DONE, 101 * 86400000LL, 3000, 3000, false, false}, /* a sheet: both at once */
};

struct stand {
    struct fixture store;
    struct flow *flow;
    struct flow_figures figures;
};

static void put_answer(struct fixture *f, int64_t id, const char *variable, int64_t at_ms)
{
    struct survey_answer row = {id, STR("a"), str_of(variable), STR("1"), STR("1"), at_ms};
    DO(survey_answer_put(f->db, &row, &f->error));
}

static void put_session(struct fixture *f, const struct given *given, size_t i)
{
    int64_t id = 0;
    struct session session = {.conversation = arena_format(&f->arena, "c%zu", i),
                              .platform = str_of(given->platform),
                              .route = str_of(given->route),
                              .user = str_of(given->user),
                              .flow = STR("a"),
                              .profile = STR("{}"),
                              .data = str_of(given->data),
                              .state = given->state,
                              .started_ms = given->started_ms};
    DO(session_save(f->db, &session, &id, &f->error));
    if (given->age_ms > 0)
        put_answer(f, id, "age", given->started_ms + given->age_ms);
    if (given->weight_ms > 0)
        put_answer(f, id, "weight", given->started_ms + given->weight_ms);
    struct survey_recommendation recommendation = {id, STR("a"), STR("s"), STR("x"), STR("{}"), STR("{}"), 1};
    struct survey_handover handover = {id, STR("a"), STR("s"), STR("cs"), 1};
    if (given->recommended)
        DO(survey_recommendation_add(f->db, &recommendation, &f->error));
    if (given->consulted)
        DO(survey_handover_add(f->db, &handover, &f->error));
}

static void open_stand(struct stand *stand)
{
    struct fixture *f = &stand->store;
    fixture_open(f);
    for (size_t i = 0; i < COUNT_OF(sessions); i++)
        put_session(f, &sessions[i], i);
    DO(survey_load_text(STR("a.yaml"), STR(flow_text), &stand->flow, &f->error));
    struct figures_wanted wanted = {
        .filter = {STR("a"), 0}, .offset_ms = 9 * hour, .definition = survey_definition(stand->flow)};
    stand->figures = (struct flow_figures){0};
    DO(flow_figures_read(f->db, &wanted, &f->arena, &stand->figures, &f->error));
}

static void close_stand(struct stand *stand)
{
    stand->flow->free(stand->flow);
    fixture_close(&stand->store);
}

#define OPEN(name)                                                                                                     \
    CLEANUP(close_stand) struct stand name;                                                                            \
    open_stand(&name)

static void assert_step(const struct funnel_figures *figures, size_t i, const char *name, const int64_t wanted[5])
{
    const struct figures_step *step = &figures->steps[i];
    assert_str_equal(step->name, str_of(name));
    const int64_t got[] = {step->reached, step->answered, step->misfit, step->skipped, step->left};
    for (size_t k = 0; k < COUNT_OF(got); k++)
        assert_int_equal(got[k], wanted[k]);
}

static void assert_ends(const int64_t *got, int64_t began, int64_t completed, int64_t recommended, int64_t consulted)
{
    assert_int_equal(got[FIGURES_BEGAN], began);
    assert_int_equal(got[FIGURES_COMPLETED], completed);
    assert_int_equal(got[FIGURES_RECOMMENDED], recommended);
    assert_int_equal(got[FIGURES_CONSULTED], consulted);
}

TEST(flow_figures, the_whole_is_what_was_counted_by_hand)
{
    OPEN(s);
    const struct funnel_figures *all = &s.figures.all;
    assert_ends(all->ends, 5, 3, 2, 1);
    assert_int_equal(all->states[SESSION_WAITING], 1);
    assert_int_equal(all->states[SESSION_EXPIRED], 1);
    assert_int_equal(all->n_steps, 2);
    assert_step(all, 0, "age", (const int64_t[]){5, 4, 3, 0, 0});
    assert_step(all, 1, "weight", (const int64_t[]){4, 2, 0, 1, 1});
}

TEST(flow_figures, seconds_are_since_the_answer_before_and_answers_of_one_moment_have_none)
{
    OPEN(s);
    /* age: 2, 4, 6 s; the sheet's 3 s are not its own.  weight: 7 s */
    assert_int_equal(s.figures.all.steps[0].n_times, 3);
    assert_int_equal(figures_time_ms(&s.figures.all.steps[0], 50), 4000);
    assert_int_equal(figures_time_ms(&s.figures.all.steps[0], 90), 6000);
    assert_int_equal(figures_time_ms(&s.figures.all.steps[1], 50), 7000);
    assert_int_equal(figures_time_ms(&(struct figures_step){0}, 50), -1);
}

TEST(flow_figures, the_percentile_is_the_nearest_rank)
{
    int64_t times[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    struct figures_step step = {.times_ms = times, .n_times = COUNT_OF(times)};
    assert_int_equal(figures_time_ms(&step, 50), 5);
    assert_int_equal(figures_time_ms(&step, 90), 9);
    assert_int_equal(figures_time_ms(&step, 91), 10);
    assert_int_equal(figures_time_ms(&step, 0), 1);
}

static const struct funnel_figures *group(const struct stand *s, enum figures_by by, const char *name)
{
    for (size_t i = 0; i < s->figures.by[by].n; i++)
        if (str_eq(s->figures.by[by].items[i].name, str_of(name)))
            return &s->figures.by[by].items[i];
    fail_msg("no group is called %s", name);
    return NULL;
}

TEST(flow_figures, each_day_platform_and_route_has_figures_of_its_own)
{
    OPEN(s);
    /* the days of the service's time zone: nine hours east */
    assert_ends(group(&s, FIGURES_BY_DAY, "1970-04-11")->ends, 3, 1, 1, 0);
    assert_ends(group(&s, FIGURES_BY_DAY, "1970-04-12")->ends, 2, 2, 1, 1);
    assert_step(group(&s, FIGURES_BY_DAY, "1970-04-11"), 1, "weight", (const int64_t[]){2, 1, 0, 0, 1});
    assert_ends(group(&s, FIGURES_BY_PLATFORM, "web")->ends, 4, 3, 2, 1);
    assert_ends(group(&s, FIGURES_BY_ROUTE, "slack /a")->ends, 1, 0, 0, 0);
    assert_ends(group(&s, FIGURES_BY_ROUTE, "")->ends, 1, 1, 0, 0);
    assert_int_equal(s.figures.by[FIGURES_BY_ROUTE].n, 3);
}

TEST(flow_figures, variants_stand_in_the_order_of_the_flow_and_count_people_by_their_first_session)
{
    OPEN(s);
    const struct figures_groups *variants = &s.figures.by[FIGURES_BY_VARIANT];
    assert_int_equal(variants->n, 2);
    assert_str_equal(variants->items[0].split, STR("greeting"));
    assert_str_equal(variants->items[0].name, STR("short"));
    assert_ends(variants->items[0].ends, 3, 3, 2, 1);
    assert_ends(variants->items[0].people, 2, 2, 2, 1); /* u1 came twice */
    assert_ends(variants->items[1].ends, 2, 0, 0, 0);
    assert_step(&variants->items[1], 0, "age", (const int64_t[]){2, 1, 1, 0, 0});
}

TEST(flow_figures, a_question_that_the_flow_has_no_more_comes_behind_the_others)
{
    OPEN(s);
    struct fixture *f = &s.store;
    int64_t id = 0;
    struct session session = {.conversation = STR("c"),
                              .platform = STR("web"),
                              .user = STR("u9"),
                              .flow = STR("a"),
                              .data = STR("{\"step\":\"old\",\"history\":[]}"),
                              .state = SESSION_STOPPED};
    struct flow_figures figures = {0};
    struct figures_wanted wanted = {.filter = {STR("a"), 0}, .definition = survey_definition(s.flow)};
    DO(session_save(f->db, &session, &id, &f->error));
    DO(flow_figures_read(f->db, &wanted, &f->arena, &figures, &f->error));
    assert_int_equal(figures.all.n_steps, 3);
    assert_step(&figures.all, 2, "old", (const int64_t[]){1, 0, 0, 0, 1});
}

TEST_MAIN
