#include "talk_fixture.h"

static enum err call(struct talk_fixture *f, struct str body, struct immediate *ret_answer)
{
    struct inbound inbound = {.path = STR("/channel-talk/function/v1"), .body = body};
    return f->platform->answer(f->platform, &inbound, &f->arena, ret_answer, &f->error);
}

/* The answer's tree; it is always a final 200 of JSON. */
static const struct json_value *call_ok(struct talk_fixture *f, struct str body)
{
    struct immediate answer = {.final = false};
    assert_int_equal(call(f, body, &answer), OK);
    assert_true(answer.final);
    assert_int_equal(answer.status, 200);
    assert_true(str_starts(answer.content_type, STR("application/json")));
    struct json_value *root;
    assert_int_equal(json_read(&f->arena, answer.body, &root, &f->error), OK);
    return root;
}

TEST(functions, a_webhook_has_no_immediate_answer)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct inbound inbound = {.path = STR("/channel-talk/webhook"), .body = STR("not json")};
    struct immediate answer = {.final = true};
    assert_int_equal(f.platform->answer(f.platform, &inbound, &f.arena, &answer, &f.error), OK);
    assert_false(answer.final);
    talk_stop(&f);
}

TEST(functions, the_fixtures_are_answered_as_the_manifest_says)
{
    if (!test_has_shared())
        skip();
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    static const struct {
        const char *file;
        bool ok;
    } cases[] = {
        {"function-call-command.json", true},
        {"function-call-get-functions.json", true},
        {"function-call-hook-installed.json", true},
        {"function-call-unknown-method.json", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct json_value *root = call_ok(&f, talk_file(&f, cases[i].file));
        assert_int_equal(json_get(root, STR("result")) != NULL, cases[i].ok);
        assert_int_equal(json_get(root, STR("error")) != NULL, !cases[i].ok);
    }
    talk_stop(&f);
}

TEST(functions, an_unknown_method_is_an_error_object)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    const struct json_value *error = json_get(call_ok(&f, STR("{\"method\":\"noSuchFunction\"}")), STR("error"));
    assert_int_equal(json_get_i64(error, STR("code"), 0), -32601);
    assert_str_equal(json_get_str(error, STR("type"), STR("")), STR("method_not_found"));
    assert_str_equal(json_get_str(error, STR("message"), STR("")), STR("noSuchFunction is not known"));
    talk_stop(&f);
}

TEST(functions, a_call_without_a_method_is_a_bad_request)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    static const char *const bodies[] = {"[]", "{}", "7", "{\"method\":7}", "{\"method\":\"\"}", "{\"method\":null}"};
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        assert_int_equal(json_get_i64(json_get(call_ok(&f, str_of(bodies[i])), STR("error")), STR("code"), 0), 2);
    talk_stop(&f);
}

TEST(functions, a_body_that_is_no_json_is_refused)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct immediate answer;
    assert_int_equal(call(&f, STR(""), &answer), ERR_INVALID);
    assert_int_equal(call(&f, STR("{\"method\":"), &answer), ERR_INVALID);
    talk_stop(&f);
}

TEST(functions, a_long_method_name_is_quoted_in_part)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct str body = arena_format(&f.arena, "{\"method\":\"%0900d\"}", 0);
    const struct json_value *error = json_get(call_ok(&f, body), STR("error"));
    assert_true(json_get_str(error, STR("message"), STR("")).n < 120);
    talk_stop(&f);
}

TEST(functions, every_command_names_a_listed_function_and_keeps_the_limits)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    const struct json_value *functions =
        json_get(json_get(call_ok(&f, STR("{\"method\":\"extension.core.function.getFunctions\"}")), STR("result")),
                 STR("functions"));
    const struct json_value *commands =
        json_get(json_get(call_ok(&f, STR("{\"method\":\"extension.command.metadata.getCommands\"}")), STR("result")),
                 STR("commands"));
    assert_true(functions->n > 0 && commands->n > 0 && commands->n <= 30);
    for (const struct json_value *c = commands->child; c != NULL; c = c->next) {
        bool listed = false;
        for (const struct json_value *fn = functions->child; fn != NULL; fn = fn->next)
            listed |=
                str_eq(json_get_str(fn, STR("name"), STR("")), json_get_str(c, STR("actionFunctionName"), STR("?")));
        assert_true(listed);
        assert_true(json_get_str(c, STR("name"), STR("")).n <= 30);
        assert_true(json_get_str(c, STR("buttonName"), STR("")).n <= 30);
        assert_true(json_get_str(c, STR("description"), STR("")).n <= 100);
    }
    talk_stop(&f);
}

TEST(functions, the_summary_counts_what_was_delivered_since_the_start)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    f.now_ms += 3 * 60 * 60 * 1000;
    atomic_store(&f.talk->state->recommendations, 12);
    atomic_store(&f.talk->state->hand_overs, 5);
    atomic_store(&f.talk->state->messages, 80);
    const struct json_value *result =
        json_get(call_ok(&f, STR("{\"method\":\"curationSummary\",\"params\":{\"language\":\"ko\"}}")), STR("result"));
    assert_str_equal(json_get_str(result, STR("message"), STR("")),
                     STR("봇을 켠 뒤 3시간 동안: 추천 12건, 상담 연결 5건, 보낸 메시지 80건"));
    result =
        json_get(call_ok(&f, STR("{\"method\":\"curationSummary\",\"params\":{\"language\":\"en\"}}")), STR("result"));
    assert_str_equal(json_get_str(result, STR("message"), STR("")),
                     STR("In the 3 hours since the start: 12 recommendations, 5 hand-overs, 80 messages"));
    talk_stop(&f);
}

TEST_MAIN
