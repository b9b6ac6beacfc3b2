#include "bot/net/http_response.h"

#include "bot/base/buf.h"
#include "tests/support/test.h"

static struct str written(struct buf *out, const struct http_response *response, enum http_keep keep, bool head)
{
    buf_init(out, NULL, 65536);
    http_response_write(out, response, &(struct http_wire){.keep = keep, .head = head, .date = "D"});
    return buf_str(out);
}

TEST(http_response, head_and_body_are_one_piece)
{
    struct buf out;
    struct http_response response = {.status = 200, .content_type = STR("text/plain"), .body = STR("hello")};
    assert_str_equal(written(&out, &response, HTTP_KEEP, false),
                     STR("HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n"
                         "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
                         "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
                         "Cache-Control: no-store\r\n\r\nhello"));
    buf_release(&out);
}

TEST(http_response, head_requests_get_the_length_without_the_body)
{
    struct buf out;
    struct str text = written(&out, &(struct http_response){.status = 200, .body = STR("hello")}, HTTP_KEEP, true);
    assert_true(str_find(text, STR("Content-Length: 5\r\n")) != SIZE_MAX);
    assert_true(str_ends(text, STR("\r\n\r\n")));
    buf_release(&out);
}

TEST(http_response, own_fields_replace_the_usual_ones_and_cannot_break_out_of_their_line)
{
    struct buf out;
    struct http_field fields[] = {{STR("cache-control"), STR("max-age=60")},
                                  {STR("X-Bad"), STR("a\r\nSet-Cookie: b")},
                                  {STR("X-Good"), STR("ü")}};
    struct http_response response = {
        .status = 200, .policy = STR("default-src 'self'"), .fields = fields, .n_fields = 3};
    struct str text = written(&out, &response, HTTP_CLOSE, false);
    assert_true(str_find(text, STR("no-store")) == SIZE_MAX);
    assert_true(str_find(text, STR("cache-control: max-age=60\r\n")) != SIZE_MAX);
    assert_true(str_find(text, STR("Set-Cookie")) == SIZE_MAX);
    assert_true(str_find(text, STR("X-Good: ü\r\n")) != SIZE_MAX);
    assert_true(str_find(text, STR("Content-Security-Policy: default-src 'self'\r\n")) != SIZE_MAX);
    assert_true(str_find(text, STR("Connection: close\r\n")) != SIZE_MAX);
    buf_release(&out);
}

TEST(http_response, who_is_told_to_upgrade_is_told_so_for_this_connection)
{
    struct buf out;
    struct http_field upgrade = {STR("Upgrade"), STR("websocket")};
    struct http_response response = {.status = 426, .fields = &upgrade, .n_fields = 1};
    struct str text = written(&out, &response, HTTP_KEEP, false);
    assert_true(str_starts(text, STR("HTTP/1.1 426 Upgrade Required\r\n")));
    assert_true(str_find(text, STR("Connection: Upgrade\r\n")) != SIZE_MAX);
    buf_release(&out);
}

TEST(http_response, every_status_that_we_give_has_its_reason)
{
    static const int statuses[] = {200, 400, 401, 403, 404, 405, 411, 413, 426, 431, 503};
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        struct buf out;
        struct str text = written(&out, &(struct http_response){.status = statuses[i]}, HTTP_KEEP, false);
        assert_true(str_find(text, STR(" Status\r\n")) == SIZE_MAX);
        buf_release(&out);
    }
}

TEST(http_response, not_modified_has_no_body_and_no_length)
{
    struct buf out;
    struct str text = written(&out, &(struct http_response){.status = 304, .body = STR("x")}, HTTP_KEEP_AND_SAY, false);
    assert_true(str_find(text, STR("Content-Length")) == SIZE_MAX);
    assert_true(str_find(text, STR("Connection: keep-alive\r\n")) != SIZE_MAX);
    assert_true(str_ends(text, STR("\r\n\r\n")));
    buf_release(&out);
}

TEST(http_response, dates_are_those_of_rfc_9110)
{
    char date[HTTP_DATE_BYTES];
    http_response_date(784111777, date);
    assert_string_equal(date, "Sun, 06 Nov 1994 08:49:37 GMT");
    http_response_date(0, date);
    assert_string_equal(date, "Thu, 01 Jan 1970 00:00:00 GMT");
    http_response_date(1709251199, date);
    assert_string_equal(date, "Thu, 29 Feb 2024 23:59:59 GMT");
}

TEST(http_response, errors_are_json)
{
    struct buf out;
    buf_init(&out, NULL, 1000);
    http_response_error(&out, "not_found", "no \"such\" thing");
    assert_str_equal(buf_str(&out), STR("{\"error\":{\"code\":\"not_found\",\"message\":\"no \\\"such\\\" thing\"}}"));
    buf_release(&out);
}

TEST_MAIN
