#include "integrations/http/origin.h"

#include "bot/base/attributes.h"
#include "tests/support/test.h"

TEST(origin, scheme_host_and_port_are_read)
{
    struct origin origin;
    assert_true(origin_of(STR("https://slack.com/api/chat.postMessage?x=1"), &origin));
    assert_true(origin.tls);
    assert_str_equal(origin.host, STR("slack.com"));
    assert_int_equal(origin.port, 443);
    assert_true(origin_of(STR("HTTP://127.0.0.1:8080"), &origin));
    assert_false(origin.tls);
    assert_str_equal(origin.host, STR("127.0.0.1"));
    assert_int_equal(origin.port, 8080);
    assert_true(origin_of(STR("http://[::1]:99/"), &origin));
    assert_str_equal(origin.host, STR("[::1]"));
    assert_true(origin_of(STR("http://host?query"), &origin));
    assert_int_equal(origin.port, 80);
}

TEST(origin, what_two_readers_could_read_differently_is_refused)
{
    static const struct str bad[] = {
        STR_INIT(""),
        STR_INIT("slack.com"),
        STR_INIT("//slack.com/"),
        STR_INIT("ftp://slack.com/"),
        STR_INIT("file:///etc/passwd"),
        STR_INIT("https:/slack.com/"),
        STR_INIT("https://"),
        STR_INIT("https:///x"),
        STR_INIT("https://user@slack.com/"),
        STR_INIT("https://slack.com:pw@evil.example/"),
        STR_INIT("https://slack.com\\@evil.example/"),
        STR_INIT("https://slack.com/a\\b"),
        STR_INIT("https://slack.com:/"),
        STR_INIT("https://slack.com:0/"),
        STR_INIT("https://slack.com:65536/"),
        STR_INIT("https://slack.com:99999999999999999999/"),
        STR_INIT("https://slack.com:80x/"),
        STR_INIT("https://sl%61ck.com/"),
        STR_INIT("https://slack.com/a b"),
        STR_INIT("https://slack.com/\r\nX: y"),
        STR_INIT("https://slack.com/\0"),
        STR_INIT(" https://slack.com/"),
        STR_INIT("https://슬랙.com/"),
        STR_INIT("https://[::1/"),
        STR_INIT("https://[]/"),
        STR_INIT("https://[::1%eth0]/"),
        STR_INIT("https://[::1]x/"),
    };
    struct origin origin;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (origin_of(bad[i], &origin))
            fail_msg("accepted: %.*s", STR_ARG(bad[i]));
}

TEST(origin, equal_means_same_scheme_host_and_port)
{
    struct origin a, b;
    assert_true(origin_of(STR("https://Slack.com/x"), &a));
    assert_true(origin_of(STR("https://slack.COM:443/y"), &b));
    assert_true(origin_equal(a, b));
    assert_true(origin_of(STR("http://slack.com:443/y"), &b));
    assert_false(origin_equal(a, b));
    assert_true(origin_of(STR("https://slack.com:444/"), &b));
    assert_false(origin_equal(a, b));
    assert_true(origin_of(STR("https://slack.com.evil.example/"), &b));
    assert_false(origin_equal(a, b));
}

TEST_MAIN
