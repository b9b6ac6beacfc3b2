#include "flows/survey/rerun.h"

#include "flows/survey/definition.h"
#include "talk.h"

#include "bot/base/banned.h"

#define CATALOG                                                                                                        \
    "catalog: {products: [{id: a, name: 샐러드}, {id: b, name: 도시락}]}\n"                                      \
    "tables: {product: {hit: F, inputs: [weight], outputs: [id], rules: [['< 60', '\"a\"'], ['-', '\"b\"']]}}\n"
#define WEIGHT "  - {ask: 몸무게?, id: weight, as: number, min: 20, max: 300}\n"
#define SPORT "  - {ask: 운동?, id: sport, as: yes_no}\n"
#define SHOW "  - recommend: 'products[id = product][1]'\n"
#define FLOW "flow: f\nprofile: {weight: weight}\n" CATALOG "steps:\n" WEIGHT SPORT SHOW

struct again {
    struct flow *flow;
    struct arena arena;
    struct rerun_result result;
    struct recommendations items;
};

static void close_again(struct again *again)
{
    if (again->flow != NULL)
        again->flow->free(again->flow);
    arena_release(&again->arena);
}

/* The talk's answers, through the flow in `yaml`; `change` may be NULL. */
static void run_again(struct again *again, const struct talk *talk, const char *yaml, const struct rerun_change *change)
{
    struct error error = {0};
    *again = (struct again){0};
    arena_init(&again->arena, TALK_ARENA_BYTES);
    if (survey_load_text(STR("flow.yaml"), str_of(yaml), &again->flow, &error) != OK)
        fail_msg("the flow is refused: %s", error.text);
    struct session session = talk->session;
    session.flow_version = talk->flow->version;
    struct rerun input = {.definition = survey_definition(again->flow),
                          .session = &session,
                          .now_ms = talk->now_ms,
                          .utc_offset_min = 540,
                          .change = change};
    if (rerun(&input, &again->arena, &again->result, &error) != OK)
        fail_msg("it cannot be run again: %s", error.text);
    assert_int_equal(recommendations_of(&again->result.turn, &again->arena, &again->items), OK);
}

static void answered(struct talk *talk, const char *weight)
{
    talk_open(talk, FLOW);
    talk_begin(talk, NULL);
    talk_say(talk, weight);
    talk_say(talk, "네");
    assert_int_equal(talk->session.state, SESSION_DONE);
}

TEST(rerun, the_same_flow_recommends_the_same_by_the_same_rules)
{
    struct talk talk;
    CLEANUP(close_again) struct again again;
    answered(&talk, "65kg");
    const struct record *then = talk_record(&talk, RECORD_RECOMMENDATION, 0);
    run_again(&again, &talk, FLOW, NULL);
    assert_int_equal(again.result.state, SESSION_DONE);
    assert_int_equal(again.items.n, 1);
    assert_str_equal(again.items.items[0].item, STR("b"));
    assert_str_equal(again.items.items[0].why, then->why);
    talk_close(&talk);
}

TEST(rerun, one_answer_may_be_another)
{
    struct talk talk;
    CLEANUP(close_again) struct again again;
    answered(&talk, "65");
    run_again(&again, &talk, FLOW, &(struct rerun_change){.step = 0, .value = value_i64(59)});
    assert_str_equal(again.items.items[0].item, STR("a"));
    talk_close(&talk);
}

TEST(rerun, what_the_profile_knew_may_be_another_too)
{
    struct talk talk;
    CLEANUP(close_again) struct again again;
    talk_open(&talk, FLOW);
    talk_begin(&talk, "{\"weight\": 65}");
    talk_say(&talk, "네");
    run_again(&again, &talk, FLOW, NULL);
    assert_str_equal(again.items.items[0].item, STR("b"));
    close_again(&again);
    run_again(&again, &talk, FLOW, &(struct rerun_change){.step = 0, .value = value_i64(59)});
    assert_str_equal(again.items.items[0].item, STR("a"));
    talk_close(&talk);
}

TEST(rerun, an_answer_that_was_put_right_counts_as_it_is_now)
{
    struct talk talk;
    CLEANUP(close_again) struct again again;
    talk_open(&talk, FLOW);
    talk_begin(&talk, NULL);
    talk_say(&talk, "65");
    talk_say(&talk, "이전");
    talk_say(&talk, "55");
    talk_say(&talk, "네");
    run_again(&again, &talk, FLOW, NULL);
    assert_int_equal(again.items.n, 1);
    assert_str_equal(again.items.items[0].item, STR("a"));
    talk_close(&talk);
}

TEST(rerun, a_new_question_that_nobody_answered_is_where_it_stops)
{
    struct talk talk;
    CLEANUP(close_again) struct again again;
    answered(&talk, "65");
    run_again(&again, &talk,
              "flow: f\n" CATALOG "steps:\n" WEIGHT "  - {ask: 키?, id: height, as: number}\n" SPORT SHOW, NULL);
    assert_int_equal(again.result.state, SESSION_WAITING);
    assert_int_equal(again.result.waits, 1);
    assert_false(again.result.waited);
    assert_false(again.result.misfits);
    assert_int_equal(again.items.n, 0);
    talk_close(&talk);
}

TEST(rerun, an_answer_that_does_not_fit_any_more_is_where_it_stops)
{
    struct talk talk;
    CLEANUP(close_again) struct again again;
    answered(&talk, "65");
    run_again(&again, &talk,
              "flow: f\n" CATALOG "steps:\n  - {ask: 몸무게?, id: weight, as: number, min: 20, max: 62}\n" SPORT SHOW,
              NULL);
    assert_int_equal(again.result.waits, 0);
    assert_true(again.result.misfits);
    talk_close(&talk);
}

TEST(rerun, questions_may_have_changed_places_and_one_may_be_gone)
{
    struct talk talk;
    CLEANUP(close_again) struct again again;
    answered(&talk, "65");
    run_again(&again, &talk, "flow: f\n" CATALOG "steps:\n" SPORT WEIGHT SHOW, NULL);
    assert_str_equal(again.items.items[0].item, STR("b"));
    close_again(&again);
    run_again(&again, &talk, "flow: f\n" CATALOG "steps:\n" WEIGHT SHOW, NULL);
    assert_str_equal(again.items.items[0].item, STR("b"));
    talk_close(&talk);
}

TEST(rerun, a_talk_that_was_left_stops_where_it_was_left)
{
    struct talk talk;
    CLEANUP(close_again) struct again again;
    talk_open(&talk, FLOW);
    talk_begin(&talk, NULL);
    talk_say(&talk, "65");
    run_again(&again, &talk, FLOW, NULL);
    assert_int_equal(again.result.waits, 1);
    assert_true(again.result.waited);
    talk_close(&talk);
}

TEST(rerun, of_each_step_the_last_recommendation_counts)
{
    struct recommended rows[] = {{.step = STR("x"), .item = STR("a")},
                                 {.step = STR("y"), .item = STR("b")},
                                 {.step = STR("x"), .item = STR("c")}};
    struct recommendations all = {rows, 3};
    recommendations_keep_last(&all);
    assert_int_equal(all.n, 2);
    assert_str_equal(all.items[0].item, STR("b"));
    assert_str_equal(all.items[1].item, STR("c"));
}

TEST_MAIN
