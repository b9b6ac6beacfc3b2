#include "integrations/slack/submission.h"

#include "bot/base/buf.h"
#include "integrations/slack/form.h"
#include "tests/unit/integrations/slack/slack_fixture.h"

#define ORIGIN                                                                                                         \
    "{\\\"flow\\\":\\\"health\\\",\\\"version\\\":\\\"0a\\\",\\\"session\\\":\\\"17\\\",\\\"locale\\\":\\\"ko\\\","    \
    "\\\"conversation\\\":\\\"slack:T1:D1\\\"}"
#define BLOCK(step_, label_) "{\"type\":\"input\",\"block_id\":\"ask:" step_ "\",\"label\":{\"text\":\"" label_ "\"}}"
#define VIEW(callback_, metadata_)                                                                                     \
    "{\"type\":\"view_submission\",\"team\":{\"id\":\"T1\"},\"user\":{\"id\":\"U1\"},\"view\":{\"id\":\"V1\","         \
    "\"callback_id\":\"" callback_ "\",\"private_metadata\":\"" metadata_                                              \
    "\",\"blocks\":[" BLOCK("weight", "Weight?") "," BLOCK("likes", "Likes?") "," BLOCK("day", "When?") "," BLOCK(     \
        "more", "More?") "],\"state\":{\"values\":{"                                                                   \
                         "\"ask:day\":{\"answer\":{\"type\":\"datepicker\",\"selected_date\":\"2026-03-05\"}},"        \
                         "\"ask:likes\":{\"answer\":{\"type\":\"checkboxes\",\"selected_options\":["                   \
                         "{\"value\":\"sea\",\"text\":{\"text\":\"Sea\"}},{\"value\":\"hill\",\"text\":{\"text\":"     \
                         "\"Hill\"}}]}},"                                                                              \
                         "\"ask:weight\":{\"answer\":{\"type\":\"number_input\",\"value\":\"65\"}},"                   \
                         "\"ask:more\":{\"answer\":{\"type\":\"plain_text_input\",\"value\":null}}}}}}"

static struct inbound form(struct slack_world *w, const char *payload)
{
    struct buf body;
    buf_init(&body, &w->arena, 64 * 1024);
    form_add(&body, STR("payload"), str_of(payload));
    return (struct inbound){.path = STR("/slack/interactions"),
                            .body = buf_str(&body),
                            .content_type = STR("application/x-www-form-urlencoded")};
}

TEST(submission, its_answers_come_in_the_order_of_the_questions)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    struct inbound inbound = form(&w, VIEW("gilbot_sheet", ORIGIN));
    struct sheet_filled filled;
    assert_int_equal(w.platform->read_sheet(w.platform, &inbound, &w.arena, &filled, &w.error), OK);
    assert_int_equal(filled.n, 4);
    assert_str_equal(filled.origin.flow, STR("health"));
    assert_str_equal(filled.origin.session, STR("17"));
    assert_str_equal(filled.answers[0].step, STR("weight"));
    assert_str_equal(filled.answers[0].text, STR("65"));
    assert_false(filled.answers[0].chosen);
    assert_str_equal(filled.answers[1].text, STR("sea,hill"));
    assert_true(filled.answers[1].chosen);
    assert_str_equal(filled.answers[2].text, STR("2026-03-05"));
    assert_int_equal(filled.answers[3].text.n, 0);
    world_end(&w);
}

TEST(submission, it_is_an_event_of_the_conversation_that_it_names)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    struct inbound inbound = form(&w, VIEW("gilbot_sheet", ORIGIN));
    struct arrivals arrivals = identify(&w, &inbound);
    assert_int_equal(arrivals.n, 1);
    assert_str_equal(arrivals.items[0].key, STR("slack:view:T1:V1"));
    assert_str_equal(arrivals.items[0].conversation, STR("slack:T1:D1"));
    struct event event = decode(&w, &inbound, STR(""));
    assert_int_equal(event.kind, EVENT_SHEET);
    assert_str_equal(event.user, STR("U1"));
    assert_str_equal(event.text, STR("Weight?: 65\nLikes?: Sea, Hill\nWhen?: 2026-03-05"));
    assert_str_equal(member(&w, event.address, "channel"), STR("D1"));
    assert_int_equal(event.sheet->n, 4);
    world_end(&w);
}

TEST(submission, other_apps_modals_and_closed_ones_are_nothing)
{
    static const struct {
        const char *payload, *why;
    } cases[] = {
        {VIEW("another", ORIGIN), "unknown_view"},          {VIEW("gilbot_sheet", "no json"), "unknown_view"},
        {VIEW("gilbot_sheet", "{}"), "malformed"},          {VIEW("gilbot_sheet", "[]"), "malformed"},
        {"{\"type\":\"view_submission\"}", "unknown_view"}, {"{\"type\":\"view_closed\",\"view\":{}}", "view_closed"},
    };
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct inbound inbound = form(&w, cases[i].payload);
        struct arrivals arrivals = identify(&w, &inbound);
        struct sheet_filled filled;
        assert_int_equal(arrivals.n, 0);
        assert_string_equal(arrivals.ignored, cases[i].why);
        assert_int_equal(w.platform->read_sheet(w.platform, &inbound, &w.arena, &filled, &w.error), OK);
        assert_int_equal(filled.n, 0);
    }
    world_end(&w);
}

TEST(submission, faults_are_the_answer_that_slack_shows_at_its_blocks)
{
    static struct sheet_fault items[] = {{STR_INIT("weight"), STR_INIT("\"20\"에서 300 사이")}};
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    struct sheet_faults faults = {items, COUNT_OF(items)};
    struct immediate immediate;
    assert_int_equal(w.platform->refuse_sheet(w.platform, &faults, &w.arena, &immediate, &w.error), OK);
    assert_true(immediate.final);
    assert_int_equal(immediate.status, 200);
    assert_str_equal(immediate.content_type, STR("application/json"));
    assert_str_equal(immediate.body,
                     STR("{\"response_action\":\"errors\",\"errors\":{\"ask:weight\":\"\\\"20\\\"에서 300 사이\"}}"));
    world_end(&w);
}

TEST_MAIN
