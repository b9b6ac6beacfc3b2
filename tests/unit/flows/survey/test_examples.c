/* The example flows keep what they promise: they load, and the talks in their `tests:` go as written. */
#include "tests/unit/flows/survey/talk.h"

#include "bot/base/attributes.h"
#include "flows/survey/definition.h"
#include "flows/survey/trial.h"

static struct talk open_example(const char *name)
{
    struct talk talk;
    char path[512];
    struct flow *flow = NULL;
    struct error error = {0};
    snprintf(path, sizeof path, "%s/flows/examples/%s", SOURCE_DIR, name);
    if (survey_load(path, &flow, &error) != OK)
        fail_msg("%s", error.text);
    talk_open_flow(&talk, flow);
    return talk;
}

static void passes_its_own_tests(const char *name)
{
    struct talk talk = open_example(name);
    const struct definition *def = survey_definition(talk.flow);
    const struct trial_world world = {.locale = STR("ko"), .utc_offset_min = 540};
    assert_true(def->n_trials > 0);
    for (size_t i = 0; i < def->n_trials; i++) {
        CLEANUP(arena_release) struct arena arena;
        struct trial_result result;
        arena_init(&arena, 64 * 1024 * 1024);
        assert_int_equal(trial_run(talk.flow, &def->trials[i], &world, &arena, &result, NULL), OK);
        if (!result.passed)
            fail_msg("%.*s:%u: %.*s", STR_ARG(def->file), result.at.line, STR_ARG(result.reason));
    }
    talk_close(&talk);
}

TEST(examples, every_flow_passes_its_own_tests)
{
    passes_its_own_tests("health.yaml");
    passes_its_own_tests("hello.yaml");
}

TEST(examples, the_profile_of_a_channel_talk_chat_needs_only_one_question)
{
    struct talk talk = open_example("health.yaml");
    talk_begin(&talk,
               "{\"name\":\"김하늘\",\"goal\":\"감량\",\"weight\":78.5,\"height\":172,\"age\":34,\"activation\":2,"
               "\"hydrate\":\"1.2\",\"number_dining\":3}");
    assert_int_equal(talk.turn.replies.n, 2);
    assert_int_equal(talk.turn.replies.items[1].kind, REPLY_CHOICES);
    talk_say(&talk, "남자요");
    assert_int_equal(talk.session.state, SESSION_WAITING); /* 남자 is no label: it asks again */
    talk_say(&talk, "남성이요");
    assert_int_equal(talk.session.state, SESSION_HANDED_OVER);
    talk_close(&talk);
}

TEST(examples, every_area_is_a_message_and_all_but_the_first_are_spaced_like_a_person)
{
    struct talk talk = open_example("health.yaml");
    talk_begin(&talk, "{\"sex\":\"여\",\"goal\":0,\"weight\":60,\"height\":165,\"age\":30,\"activation\":\"5\","
                      "\"hydrate\":2,\"number_dining\":3}");
    size_t texts = 0;
    for (size_t i = 1; i < talk.turn.replies.n; i++) {
        const struct reply *reply = &talk.turn.replies.items[i];
        texts += reply->kind == REPLY_TEXT;
        if (i == 1)
            assert_int_equal(reply->pause_ms, 0);
        else
            assert_in_range(reply->pause_ms, 1000, 2000);
    }
    assert_int_equal(texts, 6); /* five areas and the note that this is no medical advice */
    talk_close(&talk);
}

TEST(examples, a_goal_in_the_profile_may_be_a_word_or_kilograms)
{
    static const struct {
        const char *goal, *note;
    } rows[] = {
        {"\"감량\"", "목표 lose,"},
        {"\"유지\"", "목표 keep,"},
        {"\"증량\"", "목표 gain,"},
        {"-5", "목표 lose_much,"},
        {"-3.5", "목표 lose,"},
        {"0", "목표 keep,"},
        {"3", "목표 gain,"},
        {"\"5\"", "목표 gain_much,"},
        {"\"-5kg\"", "목표 lose_much,"},
        {"\"7kg 감량\"", "목표 lose_much,"},
        {"\"2kg 증량\"", "목표 gain,"},
        {"\"체중 유지\"", "목표 keep,"},
    };
    struct talk talk = open_example("health.yaml");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char profile[300];
        snprintf(profile, sizeof profile,
                 "{\"gender\":\"남성\",\"weight\":80,\"height\":175,\"age\":40,\"activation\":1,\"hydrate\":1,"
                 "\"number_dining\":3,\"goal\":%s}",
                 rows[i].goal);
        talk_begin(&talk, profile);
        const struct reply *last = &talk.turn.replies.items[talk.turn.replies.n - 1];
        assert_int_equal(last->kind, REPLY_HAND_OVER);
        if (str_find(last->note, str_of(rows[i].note)) == SIZE_MAX)
            fail_msg("goal %s: %.*s", rows[i].goal, STR_ARG(last->note));
    }
    talk_close(&talk);
}

TEST(examples, hello_says_one_sentence)
{
    struct talk talk = open_example("hello.yaml");
    talk_begin(&talk, NULL);
    talk_says(&talk, "안녕하세요! 길봇이에요. 잘 작동하고 있습니다.");
    talk_is_silent(&talk);
    assert_int_equal(talk.session.state, SESSION_DONE);
    talk_close(&talk);
}

TEST_MAIN
