#include "integrations/llm/sse.h"

#include "tests/support/test.h"

#include "bot/base/banned.h"

/* What was heard: each event in brackets. */
struct ear {
    struct buf heard;
    size_t enough;
};

static bool hear(void *self, struct str data)
{
    struct ear *ear = self;
    buf_addf(&ear->heard, "[%.*s]", STR_ARG(data));
    return ear->enough == 0 || --ear->enough > 0;
}

static enum sse_outcome feed(struct ear *ear, struct str bytes, size_t piece, size_t ceiling)
{
    CLEANUP(sse_release) struct sse sse;
    sse_init(&sse, ceiling);
    struct sse_listener listener = {hear, ear};
    enum sse_outcome outcome = SSE_GOES_ON;
    for (; bytes.n > 0 && outcome == SSE_GOES_ON; bytes = str_skip(bytes, piece))
        outcome = sse_feed(&sse, str_first(bytes, piece), &listener);
    return outcome == SSE_GOES_ON ? sse_end(&sse, &listener) : outcome;
}

static void assert_heard(struct str bytes, const char *expected)
{
    for (size_t piece = 1; piece <= bytes.n; piece++) {
        struct ear ear = {0};
        buf_init(&ear.heard, NULL, 4096);
        assert_int_equal(feed(&ear, bytes, piece, 1024), SSE_GOES_ON);
        assert_str_equal(buf_str(&ear.heard), str_of(expected));
        buf_release(&ear.heard);
    }
}

TEST(sse, events_are_the_same_in_whatever_pieces_they_come)
{
    assert_heard(STR("data: {\"a\":1}\n\ndata: [DONE]\n\n"), "[{\"a\":1}][[DONE]]");
    assert_heard(STR("data: 가\r\n\r\ndata: 나\r\n\r\n"), "[가][나]");
    assert_heard(STR("data: 1\r\rdata: 2\r\r"), "[1][2]");
}

TEST(sse, only_data_counts)
{
    assert_heard(STR(": ping\n\nevent: x\nid: 7\nretry: 10\ndatum: 3\ndata: y\n\n"), "[y]");
    assert_heard(STR("event: x\n\n"), "");
}

TEST(sse, one_space_after_the_colon_is_not_data)
{
    assert_heard(STR("data:a\n\ndata:  b\n\ndata\n\ndata:\n\n"), "[a][ b][][]");
}

TEST(sse, lines_of_one_event_are_joined)
{
    assert_heard(STR("data: a\ndata:\ndata: b\n\n"), "[a\n\nb]");
}

TEST(sse, a_byte_order_mark_is_passed_over_once)
{
    assert_heard(STR("\xef\xbb\xbf"
                     "data: a\n\n\xef\xbb\xbf"
                     "data: b\n\n"),
                 "[a]");
}

TEST(sse, a_whole_line_at_the_end_counts_a_cut_one_does_not)
{
    assert_heard(STR("data: a\n\ndata: [DONE]\n"), "[a][[DONE]]");
    assert_heard(STR("data: a\n\ndata: {\"cho"), "[a]");
}

TEST(sse, an_event_is_heard_with_the_byte_that_ends_it)
{
    CLEANUP(sse_release) struct sse sse;
    sse_init(&sse, 1024);
    struct ear ear = {0};
    buf_init(&ear.heard, NULL, 4096);
    struct sse_listener listener = {hear, &ear};
    assert_int_equal(sse_feed(&sse, STR("data: a\n"), &listener), SSE_GOES_ON);
    assert_int_equal(ear.heard.n, 0);
    assert_int_equal(sse_feed(&sse, STR("\n"), &listener), SSE_GOES_ON);
    assert_str_equal(buf_str(&ear.heard), STR("[a]"));
    buf_release(&ear.heard);
}

TEST(sse, a_listener_that_has_enough_hears_no_more)
{
    struct ear ear = {.enough = 1};
    buf_init(&ear.heard, NULL, 4096);
    assert_int_equal(feed(&ear, STR("data: a\n\ndata: b\n\n"), 100, 1024), SSE_UNWANTED);
    assert_str_equal(buf_str(&ear.heard), STR("[a]"));
    buf_release(&ear.heard);
}

TEST(sse, a_line_or_an_event_beyond_the_ceiling_is_too_long)
{
    struct ear ear = {0};
    buf_init(&ear.heard, NULL, 4096);
    assert_int_equal(feed(&ear, STR("data: 0123456789\n\n"), 3, 10), SSE_TOO_LONG);
    assert_int_equal(feed(&ear, STR("data: 01\ndata: 23\ndata: 45\ndata: 67\n\n"), 3, 10), SSE_TOO_LONG);
    assert_int_equal(feed(&ear, STR("no line end at all"), 3, 10), SSE_TOO_LONG);
    assert_int_equal(ear.heard.n, 0);
    buf_release(&ear.heard);
}

TEST_MAIN
