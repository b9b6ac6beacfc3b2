#include "integrations/channel_talk/methods.h"
#include "talk_fixture.h"

static enum err verify_webhook(struct talk_fixture *f, struct str query)
{
    struct inbound inbound = {.path = STR("/channel-talk/webhook"), .query = query, .body = STR("{}")};
    return f->platform->verify(f->platform, &inbound, 0, &f->error);
}

static enum err verify_function(struct talk_fixture *f, struct str body, struct str signature)
{
    struct inbound_header header = {STR("x-signature"), signature};
    struct inbound inbound = {
        .path = STR("/channel-talk/function/v1"), .body = body, .headers = &header, .n_headers = 1};
    return f->platform->verify(f->platform, &inbound, 0, &f->error);
}

TEST(verify, the_fixtures_http_cases_are_answered_as_they_say)
{
    if (!test_has_shared())
        skip();
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct json_value *root;
    assert_int_equal(json_read(&f.arena, talk_file(&f, "webhook-http-cases.json"), &root, NULL), OK);
    size_t n = 0;
    for (const struct json_value *c = json_get(root, STR("cases"))->child; c != NULL; c = c->next, n++) {
        struct str target = json_get_str(c, STR("target"), STR(""));
        struct str query =
            str_skip(target, str_find_char(target, '?') == SIZE_MAX ? target.n : str_find_char(target, '?') + 1);
        bool good = json_get_i64(c, STR("status"), 0) == 200;
        if ((verify_webhook(&f, query) == OK) != good)
            fail_msg("%.*s", STR_ARG(json_get_str(c, STR("name"), STR(""))));
    }
    assert_int_equal(n, 7);
    talk_stop(&f);
}

TEST(verify, a_token_counts_only_once_and_whole)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    static const struct {
        const char *query;
        enum err rc;
    } cases[] = {
        {"token=" TALK_TOKEN, OK},
        {"token=" TALK_TOKEN "&x=1", OK},
        {"", ERR_INVALID},
        {"token", ERR_INVALID},
        {"token=", ERR_INVALID},
        {"TOKEN=" TALK_TOKEN, ERR_INVALID},
        {"xtoken=" TALK_TOKEN, ERR_INVALID},
        {"token=" TALK_TOKEN "0", ERR_INVALID},
        {"token=" TALK_TOKEN "&token=" TALK_TOKEN, ERR_INVALID},
        {"token=" TALK_TOKEN "&token", ERR_INVALID},
        {"token==" TALK_TOKEN, ERR_INVALID},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (verify_webhook(&f, str_of(cases[i].query)) != cases[i].rc)
            fail_msg("%s", cases[i].query);
    talk_stop(&f);
}

TEST(verify, no_refusal_names_the_token)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    assert_int_equal(verify_webhook(&f, STR("token=ffff")), ERR_INVALID);
    assert_null(strstr(f.error.text, "ffff"));
    assert_null(strstr(f.error.text, TALK_TOKEN));
    talk_stop(&f);
}

TEST(verify, an_empty_token_setting_lets_nobody_in)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    f.settings.webhook_token = STR("");
    assert_int_equal(verify_webhook(&f, STR("token=")), ERR_INVALID);
    talk_stop(&f);
}

static const struct json_value *vectors(struct talk_fixture *f)
{
    struct json_value *root;
    assert_int_equal(json_read(&f->arena, talk_file(f, "signature-vectors.json"), &root, NULL), OK);
    return json_get(root, STR("channelTalkAppFunction"));
}

/* false: the vector names a file that is not among the fixtures */
static bool vector_body(struct talk_fixture *f, const struct json_value *vector, struct str *ret_body)
{
    const struct json_value *text = json_get(vector, STR("bodyText"));
    if (text != NULL) {
        *ret_body = text->text;
        return true;
    }
    struct str file = json_get_str(vector, STR("bodyFile"), STR(""));
    if (str_eq(file, STR("function-call-autocomplete.json")))
        return false;
    *ret_body = talk_file(f, arena_format(&f->arena, "%.*s", STR_ARG(file)).p);
    return true;
}

TEST(verify, every_accepted_signature_of_the_vectors_is_accepted)
{
    if (!test_has_shared())
        skip();
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    size_t n = 0;
    for (const struct json_value *v = json_get(vectors(&f), STR("accept"))->child; v != NULL; v = v->next) {
        struct str body;
        if (!vector_body(&f, v, &body))
            continue;
        assert_int_equal(body.n, json_get_i64(v, STR("bodyBytes"), -1));
        assert_int_equal(secret_unhex(&f.arena, json_get_str(v, STR("keyHex"), STR("")), &f.talk->signing_key), OK);
        assert_int_equal(verify_function(&f, body, json_get_str(v, STR("xSignature"), STR(""))), OK);
        n++;
    }
    assert_int_equal(n, 6);
    talk_stop(&f);
}

TEST(verify, every_refused_signature_of_the_vectors_is_refused)
{
    if (!test_has_shared())
        skip();
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    const struct json_value *reject = json_get(vectors(&f), STR("rejectFor"));
    struct str body;
    assert_true(vector_body(&f, reject, &body));
    size_t n = 0;
    for (const struct json_value *c = json_get(reject, STR("cases"))->child; c != NULL; c = c->next, n++)
        if (verify_function(&f, body, json_get_str(c, STR("xSignature"), STR(""))) != ERR_INVALID)
            fail_msg("%.*s", STR_ARG(json_get_str(c, STR("name"), STR(""))));
    assert_int_equal(n, 7);
    talk_stop(&f);
}

TEST(verify, a_doubled_signature_is_refused)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct str body = STR("{\"method\":\"m\",\"params\":{}}");
    struct str good = STR("BRKsi317f4b9PNhb6wpJcb1mNZlGYmLcI6qqyIaJH3I=");
    assert_int_equal(verify_function(&f, body, good), OK);
    struct inbound_header headers[] = {{STR("x-signature"), good}, {STR("x-signature"), good}};
    struct inbound inbound = {.path = STR("/channel-talk/function"), .body = body, .headers = headers, .n_headers = 2};
    assert_int_equal(f.platform->verify(f.platform, &inbound, 0, &f.error), ERR_INVALID);
    talk_stop(&f);
}

TEST(verify, a_token_does_not_open_the_functions)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    struct inbound inbound = {
        .path = STR("/channel-talk/function"), .query = STR("token=" TALK_TOKEN), .body = STR("{}")};
    assert_int_equal(f.platform->verify(f.platform, &inbound, 0, &f.error), ERR_INVALID);
    talk_stop(&f);
}

TEST(verify, functions_are_off_without_a_signing_key)
{
    struct talk_fixture f;
    talk_start(&f, NULL, STR("http://127.0.0.1"));
    f.talk->signing_key = STR("");
    assert_int_equal(verify_function(&f, STR(""), STR("thNnmggU2ex3L5XXeMNfxf8Wl8STVVZTxscSFEKSxa0=")), ERR_INVALID);
    talk_stop(&f);
}

TEST(verify, the_platform_may_append_its_system_version_to_the_path)
{
    static const struct {
        const char *path;
        bool is_function;
    } cases[] = {
        {"/channel-talk/function", true},
        {"/channel-talk/function/v1", true},
        {"/channel-talk/functions", false},
        {"/channel-talk/webhook", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct inbound inbound = {.path = str_of(cases[i].path)};
        assert_int_equal(channel_talk_is_function(&inbound), cases[i].is_function);
    }
}

TEST_MAIN
