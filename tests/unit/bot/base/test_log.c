#include "bot/base/log.h"

#include <pthread.h>
#include <unistd.h>

#include "bot/base/json.h"
#include "tests/support/test.h"

static int ends[2];
static char line[8192];

static void open_log(enum log_format format, enum log_level least)
{
    assert_int_equal(pipe(ends), 0);
    log_setup(ends[1], format, least);
}

/* What was written since open_log, without the time stamp in logfmt; one read is one write(2). */
static const char *written(void)
{
    close(ends[1]);
    ssize_t n = read(ends[0], line, sizeof line - 1);
    close(ends[0]);
    line[n < 0 ? 0 : n] = '\0';
    log_setup(STDERR_FILENO, LOG_LOGFMT, LOG_LEVEL_INFO);
    const char *level = strstr(line, " level=");
    return level == NULL ? line : level + 1;
}

TEST(log, a_line_in_logfmt)
{
    open_log(LOG_LOGFMT, LOG_LEVEL_INFO);
    LOG_INFO("reply.sent", F_STR("conversation", STR("C024BE")), F_I64("attempt", 2), F_F64("seconds", 0.25));
    assert_string_equal(written(), "level=info event=reply.sent conversation=C024BE attempt=2 seconds=0.25\n");
    assert_true(str_starts(str_of(line), STR("ts=20")));
    assert_int_equal(line[3 + 23], 'Z');
}

TEST(log, a_line_in_json)
{
    open_log(LOG_JSON, LOG_LEVEL_INFO);
    LOG_WARNING("disk.filled", F_CSTR("path", "/a \"b\""), F_I64("n", -1), F_F64("x", 1.0 / 0.0));
    CLEANUP(json_releasep) json_t *root = NULL;
    assert_int_equal(json_parse_body(str_of(written()), &root, NULL), OK);
    assert_string_equal(json_string_value(json_at(root, "event")), "disk.filled");
    assert_string_equal(json_string_value(json_at(root, "level")), "warning");
    assert_string_equal(json_string_value(json_at(root, "path")), "/a \"b\"");
    assert_int_equal(json_integer_value(json_at(root, "n")), -1);
    assert_null(json_at(root, "x"));
}

TEST(log, lines_below_the_level_are_not_written)
{
    open_log(LOG_LOGFMT, LOG_LEVEL_WARNING);
    LOG_DEBUG("a.b", F_I64("n", 1));
    LOG_INFO("a.b", F_I64("n", 2));
    LOG_ERROR("a.b", F_I64("n", 3));
    assert_string_equal(written(), "level=error event=a.b n=3\n");
}

TEST(log, values_that_could_forge_a_line_are_quoted)
{
    open_log(LOG_LOGFMT, LOG_LEVEL_INFO);
    LOG_INFO("a.b", F_CSTR("x", "one two"), F_CSTR("y", "a\nlevel=error"), F_CSTR("z", "q\"\\"), F_CSTR("e", ""),
             F_CSTR("k", "a=b"), F_STR("u", STR("\xFF\x01")), F_CSTR("h", "한글"));
    assert_string_equal(written(), "level=info event=a.b x=\"one two\" y=\"a\\nlevel=error\" z=\"q\\\"\\\\\" e=\"\" "
                                   "k=\"a=b\" u=\"\xEF\xBF\xBD\\u0001\" h=한글\n");
}

TEST(log, the_request_id_stays_with_its_thread_until_changed)
{
    open_log(LOG_LOGFMT, LOG_LEVEL_INFO);
    log_request_id(STR("r-1"));
    LOG_INFO("a.b", F_I64("n", 1));
    log_request_id(STR(""));
    LOG_INFO("a.c", F_I64("n", 2));
    written();
    assert_non_null(strstr(line, "event=a.b request=r-1 n=1\n"));
    assert_non_null(strstr(line, "event=a.c n=2\n"));
}

static void *log_in_thread(void *unused)
{
    (void)unused;
    LOG_INFO("other.thread", F_I64("n", 1));
    return NULL;
}

TEST(log, the_request_id_is_not_seen_by_other_threads)
{
    open_log(LOG_LOGFMT, LOG_LEVEL_INFO);
    log_request_id(STR("mine"));
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, log_in_thread, NULL), 0);
    pthread_join(thread, NULL);
    log_request_id(STR(""));
    assert_string_equal(written(), "level=info event=other.thread n=1\n");
}

TEST(log, long_lines_are_cut_and_stay_well_formed)
{
    static char text[6000];
    for (enum log_format format = LOG_LOGFMT; format <= LOG_JSON; format++) {
        for (size_t n = 3900; n < 4200; n++) {
            memset(text, 'x', n);
            text[n] = '\0';
            memcpy(text + n - 6, "한\n\"\\", 6);
            open_log(format, LOG_LEVEL_INFO);
            struct str cut = str_first(str_of(text), n);
            LOG_INFO("a.b", F_STR("t", cut), F_I64("after", 1), F_CSTR("last", "z"));
            written();
            size_t length = strlen(line);
            assert_true(length <= 4096);
            assert_int_equal(line[length - 1], '\n');
            json_t *root = NULL;
            if (format == LOG_JSON)
                assert_int_equal(json_parse_body(str_of(line), &root, NULL), OK);
            json_decref(root);
        }
    }
}

TEST(log, a_line_that_would_come_by_the_thousand_comes_once_a_second_with_a_count)
{
    struct log_pace pace = {0};
    int64_t left_out = -1;
    assert_true(log_pace_passes(&pace, 5000000, &left_out));
    assert_int_equal(left_out, 0);
    for (int64_t us = 5000000; us < 6000000; us += 1000)
        assert_false(log_pace_passes(&pace, us, &left_out));
    assert_true(log_pace_passes(&pace, 6000000, &left_out));
    assert_int_equal(left_out, 1000);
    assert_false(log_pace_passes(&pace, 6999999, &left_out));
    assert_int_equal(log_pace_take_rest(&pace), 1);
    assert_true(log_pace_passes(&pace, 9000000, &left_out));
    assert_int_equal(left_out, 0);
}

TEST_MAIN
