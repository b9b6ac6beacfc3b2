#include "bot/cli/audit.h"

#include "bot/base/arena.h"
#include "bot/base/settings.h"
#include "flows/survey/survey.h"
#include "tests/support/test.h"

static const char *const flow_text =
    "flow: health\n"
    "steps:\n"
    "  - say: 안녕하세요\n"
    "    buttons: [{label: 서른 글자가 넘는 아주 길고 긴 단추 이름이라서 안 돼요, url: \"https://a.example\"}]\n"
    "  - hand_over: {to: cs}\n";

struct audited {
    struct arena arena;
    struct flow *flow;
    struct findings findings;
};

static void audit_with(struct audited *audited, struct settings *settings)
{
    struct error error = {0};
    *audited = (struct audited){0};
    arena_init(&audited->arena, 16 * 1024 * 1024);
    audited->findings.arena = &audited->arena;
    if (survey_load_text(STR("health.yaml"), str_of(flow_text), &audited->flow, &error) != OK)
        fail_msg("%s", error.text);
    struct flows flows = {.items = &audited->flow, .n = 1};
    settings->file = STR("gilbot.yaml");
    assert_int_equal(audit(settings, &flows, &audited->findings, NULL), OK);
}

static void release(struct audited *audited)
{
    audited->flow->free(audited->flow);
    arena_release(&audited->arena);
}

static const struct finding *finding_of(const struct audited *audited, const char *code)
{
    for (size_t i = 0; i < audited->findings.n; i++)
        if (strcmp(audited->findings.items[i].code, code) == 0)
            return &audited->findings.items[i];
    return NULL;
}

TEST(audit, a_route_to_a_flow_that_is_not_there_is_an_error_at_its_place)
{
    struct settings_route routes[] = {
        {.platform = STR("web"), .flow = STR("health"), .flow_line = 3, .flow_column = 9},
        {.platform = STR("web"), .flow = STR("heatlh"), .flow_line = 4, .flow_column = 9},
    };
    struct settings settings = {.routes = routes, .n_routes = 2};
    struct audited audited;
    audit_with(&audited, &settings);
    const struct finding *finding = finding_of(&audited, "unknown_flow");
    assert_non_null(finding);
    assert_int_equal(finding->at.line, 4);
    assert_str_equal(finding->file, STR("gilbot.yaml"));
    assert_str_equal(finding->message, STR("no flow is called `heatlh`; did you mean `health`?"));
    release(&audited);
}

TEST(audit, a_hand_over_needs_somebody_on_the_platform_that_runs_the_flow)
{
    struct settings_route talk = {.platform = STR("channel_talk"), .flow = STR("health")};
    struct settings_person cs = {.name = STR("cs")};
    struct settings settings = {.routes = &talk, .n_routes = 1, .has_channel_talk = true};
    struct audited audited;
    audit_with(&audited, &settings);
    const struct finding *finding = finding_of(&audited, "unknown_people");
    assert_non_null(finding);
    assert_int_equal(finding->at.line, 5);
    release(&audited);

    settings.channel_talk.people = (struct settings_people){&cs, 1};
    audit_with(&audited, &settings);
    assert_null(finding_of(&audited, "unknown_people"));
    release(&audited);
}

TEST(audit, slack_hands_over_to_its_staff_channel_when_nobody_is_named)
{
    struct settings_route slack = {.platform = STR("slack"), .flow = STR("health")};
    struct settings settings = {.routes = &slack, .n_routes = 1, .has_slack = true};
    struct audited audited;
    audit_with(&audited, &settings);
    assert_non_null(finding_of(&audited, "unknown_people"));
    release(&audited);

    settings.slack.staff_channel = STR("C0123456");
    audit_with(&audited, &settings);
    assert_int_equal(audited.findings.n, 0);
    release(&audited);
}

TEST(audit, texts_keep_the_limits_of_the_platforms_that_run_the_flow)
{
    struct settings_route route = {.platform = STR("web"), .flow = STR("health")};
    struct settings settings = {.routes = &route, .n_routes = 1};
    struct audited audited;
    audit_with(&audited, &settings);
    assert_int_equal(audited.findings.n, 0);
    release(&audited);

    route.platform = STR("channel_talk");
    audit_with(&audited, &settings);
    assert_non_null(finding_of(&audited, "too_long"));
    release(&audited);
}

TEST(audit, an_answer_of_another_flow_must_be_one_that_it_asks_for)
{
    static const char *const texts[] = {
        "flow: health\nsteps:\n- {ask: 'kg?', id: weight, as: number}\n",
        "flow: coach\nprofile: {a: health.weight, b: health.height, c: heath.weight}\nsteps: [{say: '{a}'}]\n",
    };
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 16 * 1024 * 1024);
    struct findings findings = {.arena = &arena};
    struct flow *items[2] = {NULL, NULL};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(survey_load_text(STR("flow.yaml"), str_of(texts[i]), &items[i], NULL), OK);
    struct flows flows = {.items = items, .n = 2};
    struct settings settings = {.file = STR("gilbot.yaml")};
    assert_int_equal(audit(&settings, &flows, &findings, NULL), OK);
    assert_int_equal(findings.n, 2);
    assert_string_equal(findings.items[0].code, "unknown_answer");
    assert_int_equal(findings.items[0].at.line, 2);
    assert_string_equal(findings.items[1].code, "unknown_flow");
    items[0]->free(items[0]);
    items[1]->free(items[1]);
}

TEST_MAIN
