#include "world.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "bot/base/json.h"

#include "bot/base/banned.h"

#define ANSWER(text_)                                                                                                  \
    "{\"id\":\"1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" text_ "\"},"          \
    "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20}}"
#define PIECE(text_) "data: {\"choices\":[{\"delta\":{\"content\":\"" text_ "\"},\"finish_reason\":null}]}\n\n"
#define FINISH "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define USAGE "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20}}\n\n"
#define DONE "data: [DONE]\n\n"
#define STREAM_HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"

static const struct model_message messages[] = {
    {MODEL_SYSTEM, STR_INIT("Answer \"briefly\".")},
    {MODEL_USER, STR_INIT("연차는 며칠인가요?")},
};

static struct model_chat question(void)
{
    return (struct model_chat){
        .origin = {.purpose = STR("answer"), .prompt = STR("answer@1"), .flow = STR("f"), .user = STR("U1")},
        .messages = messages,
        .n_messages = 2,
        .max_tokens = 100,
        .temperature = 0.2,
        .budget_ms = 20000};
}

static enum err chat(struct world *w, struct model_chat request, struct model_said *ret_said)
{
    return language_model_chat(w->model, &request, &w->arena, ret_said, &w->error);
}

/* What a listener heard: pieces in brackets, "!" where it had to forget. */
struct ear {
    char heard[1024];
    size_t enough, pieces;
};

static bool hear(void *self, struct str text)
{
    struct ear *ear = self;
    size_t n = strlen(ear->heard);
    snprintf(ear->heard + n, sizeof ear->heard - n, "[%.*s]", STR_ARG(text));
    return ++ear->pieces != ear->enough;
}

static void forget(void *self)
{
    struct ear *ear = self;
    snprintf(ear->heard + strlen(ear->heard), 2, "!");
}

static enum err hear_chat(struct world *w, struct ear *ear, struct model_said *ret_said)
{
    struct model_listener listener = {hear, forget, ear};
    struct model_chat request = question();
    request.listener = &listener;
    return chat(w, request, ret_said);
}

/* ── an answer ─────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(chat, an_answer_comes_with_who_gave_it_and_what_it_cost)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_say(&w, 0, 200, "", ANSWER("15일입니다."));
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat(&w, question(), &said), OK);
    assert_str_equal(said.text, STR("15일입니다."));
    assert_int_equal(said.finish, MODEL_STOPPED);
    assert_str_equal(said.usage.provider, STR("a"));
    assert_str_equal(said.usage.model, STR("m-1"));
    assert_int_equal(said.usage.tokens_in, 100);
    assert_int_equal(said.usage.tokens_out, 20);
    assert_int_equal(said.usage.cost_microusd, 27); /* 100 · 0.15 + 20 · 0.60 */
    assert_int_equal(said.usage.first_piece_ms, -1);
    assert_int_equal(w.stubs[1].n_requests, 0);
}

TEST(chat, the_request_is_what_the_api_asks_for)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_say(&w, 0, 200, "", ANSWER("x"));
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat(&w, question(), &said), OK);
    assert_string_equal(w.stubs[0].target, "/v1/chat/completions");
    assert_non_null(strstr(w.stubs[0].head, "Authorization: Bearer sk-secret\r\n"));
    assert_non_null(strstr(w.stubs[0].head, "Content-Type: application/json\r\n"));
    assert_string_equal(
        w.stubs[0].body,
        "{\"model\":\"m-1\",\"messages\":[{\"role\":\"system\",\"content\":\"Answer \\\"briefly\\\".\"},"
        "{\"role\":\"user\",\"content\":\"연차는 며칠인가요?\"}],\"max_tokens\":100,"
        "\"temperature\":0.20}");
}

TEST(chat, every_request_is_noted_and_counted)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_say(&w, 0, 500, "", "oops");
    will_say(&w, 1, 200, "", ANSWER("x"));
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat(&w, question(), &said), OK);
    assert_int_equal(w.n_calls, 2);
    assert_str_equal(w.calls[0].provider, STR("a"));
    assert_str_equal(w.calls[0].outcome, STR("failed"));
    assert_int_equal(w.calls[0].cost_microusd, 0);
    assert_str_equal(w.calls[1].provider, STR("b"));
    assert_str_equal(w.calls[1].outcome, STR("ok"));
    assert_str_equal(w.calls[1].skill, STR("chat"));
    assert_str_equal(w.calls[1].purpose, STR("answer"));
    assert_str_equal(w.calls[1].prompt, STR("answer@1"));
    assert_str_equal(w.calls[1].flow, STR("f"));
    assert_str_equal(w.calls[1].user, STR("U1"));
    assert_int_equal(w.calls[1].cost_microusd, 27);
    struct metric *requests = metrics_counter(w.metrics, "gilbot_llm_requests_total", "", "provider,result");
    assert_true(metric_value(requests, "a", "failed") == 1 && metric_value(requests, "b", "ok") == 1);
    struct metric *tokens = metrics_counter(w.metrics, "gilbot_llm_tokens_total", "", "provider,kind");
    assert_true(metric_value(tokens, "b", "input") == 100 && metric_value(tokens, "b", "output") == 20);
}

TEST(chat, what_is_thought_aloud_is_not_said)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_say(&w, 0, 200, "", ANSWER("<think>hm</think>\\n15일"));
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat(&w, question(), &said), OK);
    assert_str_equal(said.text, STR("15일"));
}

/* ── pieces ────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(chat, pieces_are_heard_and_the_whole_is_given)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_send(&w, 0, STREAM_HEAD ": hi\n\n" PIECE("15") PIECE("일") FINISH USAGE DONE);
    world_open(&w);
    struct ear ear = {0};
    struct model_said said;
    assert_int_equal(hear_chat(&w, &ear, &said), OK);
    assert_string_equal(ear.heard, "[15][일]");
    assert_str_equal(said.text, STR("15일"));
    assert_int_equal(said.usage.cost_microusd, 27);
    assert_int_equal(said.usage.first_piece_ms, 0);
    assert_non_null(strstr(w.stubs[0].body, "\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
}

TEST(chat, the_first_piece_is_heard_before_the_second_is_made)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_send(&w, 0, "HTTP/1.1 200 OK\r\n\r\n" PIECE("15") "hang");
    world_open(&w);
    struct ear ear = {.enough = 1};
    struct model_said said;
    assert_int_equal(hear_chat(&w, &ear, &said), OK);
    assert_string_equal(ear.heard, "[15]");
    assert_int_equal(said.finish, MODEL_UNWANTED);
    assert_str_equal(said.text, STR("15"));
    assert_str_equal(w.calls[0].outcome, STR("unwanted"));
    assert_true(w.calls[0].tokens_in > 0 && w.calls[0].tokens_out > 0); /* estimated: it did not come to say */
}

TEST(chat, an_endpoint_that_does_not_stream_is_understood_too)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_say(&w, 0, 200, "", ANSWER("15일"));
    world_open(&w);
    struct ear ear = {0};
    struct model_said said;
    assert_int_equal(hear_chat(&w, &ear, &said), OK);
    assert_string_equal(ear.heard, "[15일]");
}

TEST(chat, usage_that_is_not_told_is_estimated)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_send(&w, 0, STREAM_HEAD PIECE("15일") DONE);
    world_open(&w);
    struct ear ear = {0};
    struct model_said said;
    assert_int_equal(hear_chat(&w, &ear, &said), OK);
    assert_int_equal(said.usage.tokens_out, 2);
    assert_true(said.usage.tokens_in > 10 && said.usage.tokens_in < 40);
}

/* ── bad endpoints ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* However the first one is broken, the second answers, and the listener knows what to forget. */
static void assert_goes_on(const char *bytes, const char *heard)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_send(&w, 0, bytes);
    will_send(&w, 1, STREAM_HEAD PIECE("good") FINISH DONE);
    w.models[0].timeout_ms = 300;
    world_open(&w);
    struct ear ear = {0};
    struct model_said said;
    assert_int_equal(hear_chat(&w, &ear, &said), OK);
    assert_str_equal(said.text, STR("good"));
    assert_str_equal(said.usage.provider, STR("b"));
    assert_string_equal(ear.heard, heard);
}

TEST(chat, whatever_is_wrong_with_an_endpoint_the_next_one_answers)
{
    assert_goes_on("", "[good]");
    assert_goes_on("hang", "[good]");
    assert_goes_on("garbage\r\n\r\n", "[good]");
    assert_goes_on("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", "[good]");
    assert_goes_on("HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n", "[good]");
    assert_goes_on("HTTP/1.1 400 X\r\nContent-Length: 0\r\n\r\n", "[good]");
    assert_goes_on("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "[good]");
    assert_goes_on("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"choices", "[good]");
    assert_goes_on("HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"choices\":[]}", "[good]");
    assert_goes_on("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<htm", "[good]");
    assert_goes_on(STREAM_HEAD "data: {\"error\":{\"message\":\"no\"}}\n\n", "[good]");
    assert_goes_on(STREAM_HEAD FINISH DONE, "[good]");
    assert_goes_on(STREAM_HEAD PIECE("ba") "data: {\"cho", "[ba]![good]");
    assert_goes_on(STREAM_HEAD PIECE("ba") "data: \xff\xfe\n\n", "[ba]![good]");
    assert_goes_on(STREAM_HEAD PIECE("ba"), "[ba]![good]");
    assert_goes_on("HTTP/1.1 200 OK\r\n\r\n" PIECE("ba") "hang", "[ba]![good]");
}

TEST(chat, nobody_else_is_asked_once_a_piece_was_heard_that_cannot_be_forgotten)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_send(&w, 0, STREAM_HEAD PIECE("ba"));
    will_send(&w, 1, STREAM_HEAD PIECE("good") DONE);
    world_open(&w);
    struct ear ear = {0};
    struct model_listener listener = {.piece = hear, .self = &ear};
    struct model_chat request = question();
    request.listener = &listener;
    struct model_said said;
    assert_int_equal(chat(&w, request, &said), ERR_REMOTE);
    assert_string_equal(ear.heard, "[ba]");
    assert_int_equal(w.stubs[1].n_requests, 0);
}

TEST(chat, an_answer_that_is_complete_counts_whatever_becomes_of_the_connection)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_send(&w, 0, "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nConnection: close\r\n\r\n" PIECE("good") FINISH DONE);
    world_open(&w);
    struct ear ear = {0};
    struct model_said said;
    assert_int_equal(hear_chat(&w, &ear, &said), OK);
    assert_str_equal(said.text, STR("good"));
    assert_int_equal(w.stubs[0].n_requests, 1);
}

TEST(chat, one_that_fails_once_is_asked_again)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    w.settings.n_models = 1;
    will_say(&w, 0, 502, "", "");
    will_say(&w, 0, 200, "", ANSWER("x"));
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat(&w, question(), &said), OK);
    assert_int_equal(w.stubs[0].n_requests, 2);
}

TEST(chat, when_all_fail_the_last_reason_is_told_without_secrets)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_say(&w, 0, 500, "", "sk-secret");
    will_say(&w, 1, 500, "", "sk-secret");
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat(&w, question(), &said), ERR_REMOTE);
    assert_string_equal(w.error.text, "model b: it failed (500)");
    assert_int_equal(w.stubs[0].n_requests, LLM_ROUNDS);
    /* now both rest: nobody is asked any more, and it is said at once */
    assert_int_equal(chat(&w, question(), &said), ERR_BUSY);
    assert_int_equal(w.stubs[0].n_requests, LLM_ROUNDS);
    assert_false(language_model_ready(w.model, MODEL_CHAT));
}

TEST(chat, after_its_rest_one_call_tries_and_an_answer_ends_the_trouble)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    w.settings.n_models = 1;
    for (int i = 0; i < LLM_ROUNDS; i++)
        will_say(&w, 0, 500, "", "");
    will_say(&w, 0, 200, "", ANSWER("x"));
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat(&w, question(), &said), ERR_REMOTE);
    assert_int_equal(llm_status(w.llm, 0).state, BREAKER_OPEN);
    w.now_ms += 2 * BREAKER_REST_MS;
    assert_int_equal(llm_status(w.llm, 0).state, BREAKER_HALF_OPEN);
    assert_true(language_model_ready(w.model, MODEL_CHAT));
    assert_int_equal(chat(&w, question(), &said), OK);
    assert_int_equal(llm_status(w.llm, 0).state, BREAKER_CLOSED);
    assert_string_equal(llm_status(w.llm, 0).last_outcome, "ok");
}

TEST(chat, who_asks_for_an_hour_is_left_alone_for_an_hour)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_say(&w, 0, 429, "Retry-After: 3600\r\n", "{}");
    will_say(&w, 0, 200, "", ANSWER("back"));
    will_say(&w, 1, 200, "", ANSWER("x"));
    world_open(&w);
    struct model_said said;
    for (int i = 0; i < 5; i++)
        assert_int_equal(chat(&w, question(), &said), OK);
    assert_int_equal(w.stubs[0].n_requests, 1);
    assert_int_equal(llm_status(w.llm, 0).rest_ms, 3600000);
    w.now_ms += 3600000;
    assert_int_equal(chat(&w, question(), &said), OK);
    assert_str_equal(said.text, STR("back"));
}

TEST(chat, one_that_hangs_leaves_time_for_the_next)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_send(&w, 0, "hang");
    will_say(&w, 1, 200, "", ANSWER("x"));
    w.clock = clock_system();
    world_open(&w);
    struct model_chat request = question();
    request.budget_ms = 1000;
    struct model_said said;
    assert_int_equal(chat(&w, request, &said), OK);
    assert_str_equal(w.calls[0].outcome, STR("timed_out"));
    assert_true(w.calls[0].latency_ms >= 450 && w.calls[0].latency_ms < 900);
}

TEST(chat, the_time_is_kept_when_all_hang)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_send(&w, 0, "hang");
    will_send(&w, 1, "hang");
    w.clock = clock_system();
    world_open(&w);
    struct model_chat request = question();
    request.budget_ms = 400;
    struct model_said said;
    int64_t began_us = clock_tick_us(w.clock);
    assert_int_equal(chat(&w, request, &said), ERR_REMOTE);
    assert_true(clock_tick_us(w.clock) - began_us < 2000000);
}

static void *chat_in_vain(void *self)
{
    struct world *w = self;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct model_chat request = question();
    request.budget_ms = 500;
    struct model_said said;
    struct error error = {0};
    return language_model_chat(w->model, &request, &arena, &said, &error) == ERR_REMOTE ? NULL : "unexpected";
}

TEST(chat, a_call_beyond_a_provider_s_number_waits_for_room_as_long_as_it_has_time)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    w.settings.n_models = 1;
    w.models[0].concurrency = 1;
    will_send(&w, 0, "hang");
    will_say(&w, 0, 200, "", ANSWER("x"));
    w.clock = clock_system();
    world_open(&w);
    pthread_t other;
    assert_int_equal(pthread_create(&other, NULL, chat_in_vain, &w), 0);
    while (llm_status(w.llm, 0).under_way == 0)
        sched_yield();
    struct model_chat request = question();
    request.budget_ms = 100;
    struct model_said said;
    assert_int_equal(chat(&w, request, &said), ERR_BUSY);
    assert_string_equal(w.error.text, "every model is busy with other calls");
    assert_int_equal(chat(&w, question(), &said), OK);
    void *unexpected = NULL;
    pthread_join(other, &unexpected);
    assert_null(unexpected);
    assert_int_equal(llm_status(w.llm, 0).under_way, 0);
}

TEST(chat, a_stopped_model_asks_nobody)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_say(&w, 0, 200, "", ANSWER("x"));
    world_open(&w);
    llm_stop(w.llm);
    struct model_said said;
    assert_int_equal(chat(&w, question(), &said), ERR_BUSY);
    assert_false(language_model_ready(w.model, MODEL_CHAT));
    assert_int_equal(w.stubs[0].n_requests, 0);
}

/* ── money and size ────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(chat, when_the_days_money_is_spent_the_next_one_is_asked_until_midnight)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    setenv("TZ", "UTC", 1);
    w.models[0].daily_budget_usd = 0.0001; /* 100 micro-USD; a call takes 27 and may take some 70 */
    will_say(&w, 0, 200, "", ANSWER("x"));
    will_say(&w, 1, 200, "", ANSWER("y"));
    w.now_ms = 1755000000000; /* noon */
    world_open(&w);
    struct model_said said;
    for (int i = 0; i < 6; i++)
        assert_int_equal(chat(&w, question(), &said), OK);
    assert_int_equal(w.stubs[0].n_requests, 2);
    assert_int_equal(llm_status(w.llm, 0).spent_microusd, 54);
    w.now_ms += 12 * 3600 * 1000;
    assert_int_equal(llm_status(w.llm, 0).spent_microusd, 0);
    assert_int_equal(chat(&w, question(), &said), OK);
    assert_int_equal(w.stubs[0].n_requests, 3);
}

TEST(chat, what_was_spent_before_a_start_counts)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    struct model_spend spent = {STR("a"), 90};
    w.spent = (struct model_spends){&spent, 1};
    w.models[0].daily_budget_usd = w.models[1].daily_budget_usd = 0.0001;
    w.settings.n_models = 1;
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat(&w, question(), &said), ERR_BUSY);
    assert_non_null(strstr(w.error.text, "money"));
}

TEST(chat, what_somebody_else_spends_counts_too)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    w.models[0].daily_budget_usd = 0.0001;
    will_say(&w, 1, 200, "", ANSWER("x"));
    world_open(&w);
    llm_add_spent(w.llm, STR("a"), 90);
    llm_add_spent(w.llm, STR("nobody"), 90);
    struct model_said said;
    assert_int_equal(chat(&w, question(), &said), OK);
    assert_str_equal(said.usage.provider, STR("b"));
}

TEST(chat, what_one_cannot_look_at_goes_to_one_who_can)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    w.models[0].context_tokens = 110; /* the answer alone may take 100 */
    will_say(&w, 1, 200, "", ANSWER("x"));
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat(&w, question(), &said), OK);
    assert_str_equal(said.usage.provider, STR("b"));
    assert_int_equal(language_model_context(w.model), 110);
}

TEST(chat, what_is_too_long_for_all_is_invalid)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    w.models[0].context_tokens = w.models[1].context_tokens = 110;
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat(&w, question(), &said), ERR_INVALID);
}

TEST(chat, how_a_provider_counts_tokens_is_learnt)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_say(&w, 0, 200, "",
             "{\"choices\":[{\"message\":{\"content\":\"x\"}}],\"usage\":{\"prompt_tokens\":208,"
             "\"completion_tokens\":1}}");
    world_open(&w);
    struct model_chat request = question();
    struct model_message long_one = {MODEL_USER, arena_format(&w.arena, "%0300d", 7)}; /* 100 tokens by our count */
    request.messages = &long_one;
    request.n_messages = 1;
    struct model_said said;
    assert_int_equal(language_model_tokens(w.model, STR("연차")), 2);
    assert_int_equal(chat(&w, request, &said), OK);
    assert_int_equal(language_model_tokens(w.model, STR("연차")), 4);
}

/* ── schemas ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct str schema =
    STR_INIT("{\"type\":\"object\",\"required\":[\"days\"],\"properties\":{\"days\":{\"type\":\"integer\"}}}");

static enum err chat_by_schema(struct world *w, struct model_said *ret_said)
{
    struct model_chat request = question();
    request.schema = schema;
    return chat(w, request, ret_said);
}

TEST(chat, an_answer_by_schema_is_the_object_alone)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_say(&w, 0, 200, "", ANSWER("```json\\n{\\\"days\\\": 15}\\n```"));
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat_by_schema(&w, &said), OK);
    assert_str_equal(said.text, STR("{\"days\": 15}"));
    assert_non_null(strstr(w.stubs[0].body, "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":"
                                            "\"answer\",\"strict\":true,\"schema\":{\"type\":\"object\""));
}

TEST(chat, an_endpoint_that_takes_no_schema_is_told_in_words_and_that_is_remembered)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_say(&w, 0, 400, "", "{\"error\":{\"message\":\"json_schema is not supported\"}}");
    will_say(&w, 0, 422, "", "{\"error\":\"response_format\"}");
    will_say(&w, 0, 200, "", ANSWER("{\\\"days\\\": 15}"));
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat_by_schema(&w, &said), OK);
    assert_int_equal(w.stubs[0].n_requests, 3);
    assert_null(strstr(w.stubs[0].body, "response_format"));
    assert_non_null(strstr(w.stubs[0].body, "briefly\\\".\"},{\"role\":\"system\",\"content\":\"Answer with one JSON"));
    assert_int_equal(chat_by_schema(&w, &said), OK);
    assert_int_equal(w.stubs[0].n_requests, 4);
    assert_int_equal(w.n_calls, 2);
}

TEST(chat, parameters_that_an_endpoint_does_not_know_are_left_out)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_say(&w, 0, 400, "", "{\"error\":{\"message\":\"Use 'max_completion_tokens' instead.\"}}");
    will_say(&w, 0, 400, "", "{\"error\":{\"message\":\"'temperature' does not support 0.2\"}}");
    will_say(&w, 0, 200, "", ANSWER("x"));
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat(&w, question(), &said), OK);
    assert_non_null(strstr(w.stubs[0].body, "\"max_completion_tokens\":100}"));
}

TEST(chat, a_request_that_all_reject_is_invalid)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_say(&w, 0, 400, "", "{}");
    will_say(&w, 1, 413, "", "{}");
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat(&w, question(), &said), ERR_INVALID);
    assert_true(language_model_ready(w.model, MODEL_CHAT)); /* it is not their fault */
}

TEST(chat, an_answer_that_does_not_keep_to_the_schema_is_sent_back_once)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_say(&w, 0, 200, "", ANSWER("{\\\"days\\\": \\\"many\\\"}"));
    will_say(&w, 0, 200, "", ANSWER("{\\\"days\\\": 15}"));
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat_by_schema(&w, &said), OK);
    assert_str_equal(said.text, STR("{\"days\": 15}"));
    assert_int_equal(said.usage.tokens_in, 200); /* both were paid for */
    assert_int_equal(said.usage.cost_microusd, 54);
    assert_non_null(strstr(w.stubs[0].body, "{\"role\":\"assistant\",\"content\":\"{\\\"days\\\": \\\"many\\\"}\"}"));
    assert_non_null(strstr(w.stubs[0].body, "days: is of the wrong type"));
    assert_str_equal(w.calls[0].outcome, STR("misfit"));
}

TEST(chat, a_misfit_that_was_heard_and_cannot_be_forgotten_is_not_repaired)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_send(&w, 0, STREAM_HEAD PIECE("{}") FINISH DONE);
    world_open(&w);
    struct ear ear = {0};
    struct model_listener listener = {.piece = hear, .self = &ear};
    struct model_chat request = question();
    request.schema = schema;
    request.listener = &listener;
    struct model_said said;
    assert_int_equal(chat(&w, request, &said), ERR_INVALID);
    assert_string_equal(ear.heard, "[{}]");
    listener.again = forget;
    assert_int_equal(chat(&w, request, &said), ERR_INVALID);
    assert_string_equal(ear.heard, "[{}][{}]![{}]");
}

TEST(chat, a_second_misfit_is_invalid)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    will_say(&w, 0, 200, "", ANSWER("I would say fifteen"));
    world_open(&w);
    struct model_said said;
    assert_int_equal(chat_by_schema(&w, &said), ERR_INVALID);
    assert_int_equal(w.stubs[0].n_requests, 2);
    assert_int_equal(w.stubs[1].n_requests, 0);
}

TEST(chat, a_schema_that_is_no_json_is_invalid)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    world_open(&w);
    struct model_chat request = question();
    request.schema = STR("{");
    struct model_said said;
    assert_int_equal(chat(&w, request, &said), ERR_INVALID);
    request = question();
    request.n_messages = 0;
    assert_int_equal(chat(&w, request, &said), ERR_INVALID);
}

TEST_MAIN
