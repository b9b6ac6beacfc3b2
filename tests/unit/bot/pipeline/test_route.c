#include "bot/model/sheet.h"
#include "bot/pipeline/route.h"
#include "tests/support/test.h"

/* Two flows, and the one route of the fixtures: chats that support bot 48213 or workflow 771204 began. */
static struct flow health = {.name = STR_INIT("health"), .waits = true, .wants_profile = true};
static struct flow hello = {.name = STR_INIT("hello")};
static struct flow *const loaded[] = {&health, &hello};
static const struct flows flows = {.items = (struct flow **)loaded, .n = 2};

static const struct str curation[] = {STR_INIT("48213"), STR_INIT("771204")};
static const struct str other_bot[] = {STR_INIT("99999")};
static const struct str tag[] = {STR_INIT("vip"), STR_INIT("큐레이션")};

static const struct settings_route routes[] = {
    {.platform = STR_INIT("channel_talk"),
     .support_bots = {curation, 2},
     .events = SETTINGS_OPENED | SETTINGS_MESSAGE,
     .flow = STR_INIT("health")},
    {.platform = STR_INIT("slack"),
     .command = STR_INIT("/hello"),
     .events = SETTINGS_COMMAND,
     .flow = STR_INIT("hello")},
    {.platform = STR_INIT("slack"),
     .events = SETTINGS_APP_MENTION | SETTINGS_DIRECT_MESSAGE,
     .flow = STR_INIT("health")},
    {.platform = STR_INIT("web"), .events = SETTINGS_OPENED | SETTINGS_MESSAGE, .flow = STR_INIT("health")},
};

static struct route_decision decide(const struct event *event, const struct session *waiting, struct route_known known)
{
    struct route_decision decision;
    route_decide(&(struct route_input){.routes = routes,
                                       .n_routes = COUNT_OF(routes),
                                       .flows = &flows,
                                       .event = event,
                                       .known = known,
                                       .waiting = waiting,
                                       .now_ms = 1000},
                 &decision);
    return decision;
}

static struct event channel_talk(enum event_kind kind, struct strs bots)
{
    return (struct event){.platform = STR("channel_talk"),
                          .kind = kind,
                          .bots = bots,
                          .bots_known = true,
                          .user = STR("u1"),
                          .conversation = STR("channel_talk:1")};
}

static struct event slack(enum event_kind kind, const char *user)
{
    return (struct event){.platform = STR("slack"),
                          .kind = kind,
                          .user = str_of(user),
                          .conversation = STR("slack:T1:C1:1.0"),
                          .channel = STR("C1")};
}

#define NOTHING ((struct route_known){0})

static void assert_ignored(struct route_decision decision, const char *reason)
{
    assert_int_equal(decision.verdict, ROUTE_IGNORE);
    assert_string_equal(decision.reason, reason);
}

TEST(route, a_chat_of_the_named_support_bot_or_workflow_starts_its_flow)
{
    struct event event = channel_talk(EVENT_OPENED, (struct strs){&curation[1], 1});
    struct route_decision decision = decide(&event, NULL, NOTHING);
    assert_int_equal(decision.verdict, ROUTE_START);
    assert_ptr_equal(decision.flow, &health);
    assert_ptr_equal(decision.route, &routes[0]);
}

TEST(route, a_chat_of_another_support_bot_or_of_none_is_ignored)
{
    struct event event = channel_talk(EVENT_OPENED, (struct strs){other_bot, 1});
    assert_ignored(decide(&event, NULL, NOTHING), "no_route");
    event.bots = (struct strs){NULL, 0};
    assert_ignored(decide(&event, NULL, NOTHING), "no_route");
}

TEST(route, own_bot_and_note_messages_are_ignored_before_anything_else)
{
    struct session waiting = {.user = STR("u1")};
    struct event event = channel_talk(EVENT_MESSAGE, (struct strs){curation, 1});
    event.author = AUTHOR_SELF;
    assert_ignored(decide(&event, &waiting, NOTHING), "own");
    event.author = AUTHOR_BOT;
    assert_ignored(decide(&event, &waiting, NOTHING), "bot");
    event.author = AUTHOR_SYSTEM;
    assert_ignored(decide(&event, &waiting, NOTHING), "note");
}

TEST(route, a_manager_who_writes_takes_the_chat_over)
{
    struct event event = channel_talk(EVENT_MESSAGE, (struct strs){curation, 1});
    event.author = AUTHOR_MANAGER;
    assert_int_equal(decide(&event, NULL, NOTHING).verdict, ROUTE_TAKE_OVER);
}

TEST(route, after_a_take_over_the_bot_keeps_quiet_until_the_chat_is_opened_anew)
{
    struct route_known known = {.taken_over = true, .opening = STR("100")};
    struct event event = channel_talk(EVENT_MESSAGE, (struct strs){curation, 1});
    assert_ignored(decide(&event, NULL, known), "taken_over");
    event.kind = EVENT_OPENED;
    event.opening = STR("100");
    assert_ignored(decide(&event, NULL, known), "taken_over");
    event.opening = STR("200");
    assert_int_equal(decide(&event, NULL, known).verdict, ROUTE_START);
}

TEST(route, after_a_hand_over_messages_start_nothing_until_the_silence_ends)
{
    struct route_known known = {.silent_until_ms = 2000};
    struct event event = channel_talk(EVENT_MESSAGE, (struct strs){curation, 1});
    assert_ignored(decide(&event, NULL, known), "handed_over");
    known.silent_until_ms = 1000;
    assert_int_equal(decide(&event, NULL, known).verdict, ROUTE_START);
}

TEST(route, one_opening_starts_one_session)
{
    struct event event = channel_talk(EVENT_OPENED, (struct strs){curation, 1});
    struct route_decision decision;
    route_decide(&(struct route_input){.routes = routes,
                                       .n_routes = COUNT_OF(routes),
                                       .flows = &flows,
                                       .event = &event,
                                       .opening_has_session = true},
                 &decision);
    assert_int_equal(decision.verdict, ROUTE_DUPLICATE);
}

TEST(route, who_began_the_chat_is_looked_up_when_nobody_said)
{
    struct event event = channel_talk(EVENT_MESSAGE, (struct strs){NULL, 0});
    event.bots_known = false;
    event.missing = EVENT_NEEDS_ORIGIN;
    struct route_decision decision = decide(&event, NULL, NOTHING);
    assert_int_equal(decision.verdict, ROUTE_FETCH);
    assert_int_equal(decision.needs, EVENT_NEEDS_ORIGIN);

    struct route_known known = {.bots = {curation, 1}, .bots_known = true};
    assert_int_equal(decide(&event, NULL, known).verdict, ROUTE_START);
}

TEST(route, a_look_up_that_gave_nothing_is_not_repeated_for_the_same_event)
{
    struct event event = channel_talk(EVENT_MESSAGE, (struct strs){NULL, 0});
    event.bots_known = false;
    event.missing = EVENT_NEEDS_ORIGIN;
    struct route_decision decision;
    route_decide(&(struct route_input){.routes = routes,
                                       .n_routes = COUNT_OF(routes),
                                       .flows = &flows,
                                       .event = &event,
                                       .fetched = EVENT_NEEDS_ORIGIN},
                 &decision);
    assert_ignored(decision, "no_route");
}

TEST(route, a_message_goes_to_the_waiting_session)
{
    struct session waiting = {.user = STR("u1")};
    struct event event = channel_talk(EVENT_MESSAGE, (struct strs){curation, 1});
    assert_int_equal(decide(&event, &waiting, NOTHING).verdict, ROUTE_CONTINUE);
}

TEST(route, in_a_slack_thread_only_the_person_who_began_it_answers)
{
    struct session waiting = {.user = STR("U1")};
    struct event event = slack(EVENT_MESSAGE, "U2");
    event.in_thread = true;
    assert_ignored(decide(&event, &waiting, NOTHING), "other_user");
    event.user = STR("U1");
    assert_int_equal(decide(&event, &waiting, NOTHING).verdict, ROUTE_CONTINUE);
}

TEST(route, slack_messages_without_a_mention_in_threads_without_a_session_are_ignored)
{
    struct event event = slack(EVENT_MESSAGE, "U1");
    event.in_thread = true;
    assert_ignored(decide(&event, NULL, NOTHING), "no_session");
    event.mention = true;
    assert_int_equal(decide(&event, NULL, NOTHING).verdict, ROUTE_START);
}

TEST(route, a_command_matches_only_its_own_route_and_ends_the_session_in_progress)
{
    struct session waiting = {.user = STR("U1")};
    struct event event = slack(EVENT_COMMAND, "U1");
    event.command = STR("/hello");
    struct route_decision decision = decide(&event, &waiting, NOTHING);
    assert_int_equal(decision.verdict, ROUTE_START);
    assert_ptr_equal(decision.flow, &hello);
    event.command = STR("/other");
    assert_ignored(decide(&event, NULL, NOTHING), "no_route");
}

TEST(route, an_old_button_without_a_session_starts_nothing)
{
    struct event event = slack(EVENT_BUTTON, "U1");
    assert_ignored(decide(&event, NULL, NOTHING), "old_button");
}

TEST(route, a_flow_that_asks_needs_the_profile_and_a_conversation_to_ask_in)
{
    struct event event = slack(EVENT_MESSAGE, "U1");
    event.direct = true;
    event.missing = EVENT_NEEDS_PROFILE | EVENT_NEEDS_DIRECT;
    struct route_decision decision = decide(&event, NULL, NOTHING);
    assert_int_equal(decision.verdict, ROUTE_FETCH);
    assert_int_equal(decision.needs, EVENT_NEEDS_PROFILE | EVENT_NEEDS_DIRECT);
}

TEST(route, a_tag_matches_any_tag_of_an_opened_chat)
{
    struct settings_route route = {.platform = STR("channel_talk"), .tag = STR("큐레이션"), .events = SETTINGS_OPENED};
    struct event event = channel_talk(EVENT_OPENED, (struct strs){NULL, 0});
    assert_false(route_fits(&route, &event, event.bots));
    event.tags = (struct strs){tag, 2};
    assert_true(route_fits(&route, &event, event.bots));
    event.kind = EVENT_MESSAGE;
    assert_false(route_fits(&route, &event, event.bots));
}

TEST(route, a_page_may_ask_for_a_loaded_flow_by_name)
{
    struct event event = {.platform = STR("web"), .kind = EVENT_OPENED, .flow = STR("hello")};
    assert_ptr_equal(decide(&event, NULL, NOTHING).flow, &hello);
    event.flow = STR("nonsense");
    assert_ptr_equal(decide(&event, NULL, NOTHING).flow, &health);
}

TEST(route, a_timer_is_for_the_session_that_asked_for_it_while_nothing_happened)
{
    struct event timer = {
        .platform = STR("web"), .kind = EVENT_TIMER, .author = AUTHOR_SYSTEM, .session_id = 7, .since_ms = 500};
    struct session asked = {.id = 7, .updated_ms = 500}, went_on = {.id = 7, .updated_ms = 600},
                   other = {.id = 8, .updated_ms = 500};
    assert_int_equal(decide(&timer, &asked, (struct route_known){0}).verdict, ROUTE_CONTINUE);
    assert_string_equal(decide(&timer, &went_on, (struct route_known){0}).reason, "went_on");
    assert_string_equal(decide(&timer, &other, (struct route_known){0}).reason, "went_on");
    assert_string_equal(decide(&timer, NULL, (struct route_known){0}).reason, "went_on");
    assert_string_equal(decide(&timer, &asked, (struct route_known){.taken_over = true}).reason, "taken_over");
    assert_string_equal(decide(&timer, &asked, (struct route_known){.silent_until_ms = 2000}).reason, "handed_over");
}

TEST(route, a_sheet_goes_to_the_session_it_belongs_to_and_to_no_other)
{
    static const struct {
        const char *flow, *session, *user;
        enum route_verdict verdict;
    } cases[] = {
        {"health", "1770", "U1", ROUTE_CONTINUE}, {"hello", "1770", "U1", ROUTE_IGNORE},
        {"health", "1771", "U1", ROUTE_IGNORE},   {"health", "", "U1", ROUTE_IGNORE},
        {"health", "1770", "U2", ROUTE_IGNORE},
    };
    struct session waiting = {.flow = STR("health"), .user = STR("U1"), .started_ms = 1770};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sheet_filled filled = {.origin = {.flow = str_of(cases[i].flow), .session = str_of(cases[i].session)}};
        struct event event = slack(EVENT_SHEET, cases[i].user);
        event.sheet = &filled;
        assert_int_equal(decide(&event, &waiting, (struct route_known){0}).verdict, cases[i].verdict);
        assert_string_equal(decide(&event, NULL, (struct route_known){0}).reason, "old_sheet");
    }
}

TEST_MAIN
