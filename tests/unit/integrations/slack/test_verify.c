#include "integrations/slack/verify.h"

#include "bot/base/secret.h"
#include "tests/unit/integrations/slack/slack_fixture.h"

static struct inbound signed_request(struct inbound_header headers[2], struct str timestamp, struct str signature,
                                     struct str body)
{
    headers[0] = (struct inbound_header){STR("x-slack-request-timestamp"), timestamp};
    headers[1] = (struct inbound_header){STR("x-slack-signature"), signature};
    return (struct inbound){.headers = headers, .n_headers = 2, .body = body, .content_type = STR("application/json")};
}

TEST(verify, all_published_vectors_come_out_as_they_should)
{
    if (!test_has_shared())
        skip();
    struct slack_world w;
    world_start(&w, NULL, IDS_UNKNOWN);
    assert_int_equal(secret_start(&w.error), OK);
    struct json_value *root;
    assert_int_equal(json_read(&w.arena, fixture(&w, "signature_vectors.json"), &root, &w.error), OK);
    size_t n = 0;
    for (const struct json_value *c = json_get(root, STR("cases"))->child; c != NULL; c = c->next, n++) {
        struct str file = json_get_str(c, STR("body_file"), STR(""));
        struct str body =
            file.n > 0 ? fixture(&w, arena_copy(&w.arena, file).p) : json_get_str(c, STR("body"), STR(""));
        struct inbound_header headers[2];
        struct inbound inbound = signed_request(headers, json_get_str(c, STR("timestamp"), STR("")),
                                                json_get_str(c, STR("signature"), STR("")), body);
        struct str secret = json_get_str(c, STR("secret"), STR(""));
        CLEANUP(secret_key_freep) struct secret_key *key = secret.n == 0 ? NULL : secret_key_new(secret);
        enum err rc = slack_verify(key, &inbound, json_get_i64(c, STR("now"), 0) * 1000, &w.error);
        enum err expected = json_get_bool(c, STR("valid"), false) ? OK : ERR_INVALID;
        if (rc != expected)
            fail_msg("case %.*s", STR_ARG(json_get_str(c, STR("name"), STR(""))));
    }
    assert_int_equal(n, 19);
    world_end(&w);
}

static const struct str body = STR_INIT("{}");
static const struct str good_signature =
    STR_INIT("v0=716046e6cf793436888e0011ef6b16c4a15d1814b68e2556d91534cae18f9531");

TEST(verify, doubled_headers_are_refused)
{
    struct error error;
    CLEANUP(secret_key_freep) struct secret_key *key = secret_key_new(STR(SIGNING_SECRET));
    struct inbound_header headers[3];
    struct inbound inbound = signed_request(headers, STR("1755000000"), good_signature, body);
    assert_int_equal(slack_verify(key, &inbound, 1755000000000, &error), OK);
    headers[2] = headers[1];
    inbound.n_headers = 3;
    assert_int_equal(slack_verify(key, &inbound, 1755000000000, &error), ERR_INVALID);
    headers[2] = headers[0];
    assert_int_equal(slack_verify(key, &inbound, 1755000000000, &error), ERR_INVALID);
}

TEST(verify, timestamps_are_plain_digits)
{
    struct error error;
    CLEANUP(secret_key_freep) struct secret_key *key = secret_key_new(STR(SIGNING_SECRET));
    static const struct str bad[] = {STR_INIT(""),   STR_INIT("-1755000000"),  STR_INIT("+1755000000"),
                                     STR_INIT(" 1"), STR_INIT("1755000000.0"), STR_INIT("9999999999999")};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct inbound_header headers[2];
        struct inbound inbound = signed_request(headers, bad[i], good_signature, body);
        assert_int_equal(slack_verify(key, &inbound, 1755000000000, &error), ERR_INVALID);
    }
}

TEST(verify, a_certificate_test_is_let_through_and_nothing_else_unsigned)
{
    struct slack_world w;
    world_start(&w, NULL, IDS_UNKNOWN);
    static const struct {
        struct str body, type;
        bool passes;
    } cases[] = {
        {STR_INIT("ssl_check=1&token=x"), STR_INIT("application/x-www-form-urlencoded"), true},
        {STR_INIT("token=x&ssl_check=1"), STR_INIT("application/x-www-form-urlencoded; charset=utf-8"), true},
        {STR_INIT("ssl_check=1"), STR_INIT(""), true},
        {STR_INIT("ssl_check=0"), STR_INIT("application/x-www-form-urlencoded"), false},
        {STR_INIT("ssl_check=11"), STR_INIT("application/x-www-form-urlencoded"), false},
        {STR_INIT("ssl_check=%31"), STR_INIT("application/x-www-form-urlencoded"), false},
        {STR_INIT("xssl_check=1"), STR_INIT("application/x-www-form-urlencoded"), false},
        {STR_INIT("ssl_check"), STR_INIT("application/x-www-form-urlencoded"), false},
        {STR_INIT("payload=ssl_check=1"), STR_INIT("application/x-www-form-urlencoded"), false},
        {STR_INIT("{\"a\":\"&ssl_check=1&\"}"), STR_INIT("application/json"), false},
        {STR_INIT("{\"a\":\"&ssl_check=1&\"}"), STR_INIT(""), false},
        {STR_INIT(""), STR_INIT("application/x-www-form-urlencoded"), false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct inbound inbound = {.body = cases[i].body, .content_type = cases[i].type};
        enum err rc = w.platform->verify(w.platform, &inbound, 1755000000000, &w.error);
        assert_int_equal(rc, cases[i].passes ? OK : ERR_INVALID);
        struct immediate immediate;
        assert_int_equal(w.platform->answer(w.platform, &inbound, &w.arena, &immediate, &w.error), OK);
        assert_int_equal(immediate.final, cases[i].passes); /* whatever is let through ends right there */
    }
    world_end(&w);
}

TEST_MAIN
