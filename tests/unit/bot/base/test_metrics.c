#include "bot/base/metrics.h"

#include <math.h>
#include <pthread.h>

#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "tests/support/test.h"

static struct metrics *metrics;
static struct buf out;

static struct str rendered(void)
{
    buf_release(&out);
    buf_init(&out, NULL, 4 << 20);
    metrics_render(metrics, &out);
    return buf_str(&out);
}

static void end(void)
{
    buf_release(&out);
    metrics_free(metrics);
}

TEST(metrics, counters_count_by_label)
{
    metrics = metrics_new();
    struct metric *events = metrics_counter(metrics, "events_total", "Events.", "platform,type");
    metric_add(events, 1, "slack", "message");
    metric_add(events, 2.5, "slack", "message");
    metric_add(events, 1, "web", "message");
    assert_true(metric_value(events, "slack", "message") == 3.5);
    assert_true(metric_value(events, "none", "message") == 0);
    assert_str_equal(rendered(), STR("# HELP events_total Events.\n# TYPE events_total counter\n"
                                     "events_total{platform=\"slack\",type=\"message\"} 3.5\n"
                                     "events_total{platform=\"web\",type=\"message\"} 1\n"));
    end();
}

TEST(metrics, families_without_labels_show_from_the_start_and_others_when_touched)
{
    metrics = metrics_new();
    metrics_gauge(metrics, "b", "B.", "");
    metrics_counter(metrics, "a_total", "A.", "");
    metrics_counter(metrics, "c_total", "C.", "x");
    assert_str_equal(rendered(), STR("# HELP a_total A.\n# TYPE a_total counter\na_total 0\n"
                                     "# HELP b B.\n# TYPE b gauge\nb 0\n"));
    end();
}

TEST(metrics, gauges_go_up_and_down)
{
    metrics = metrics_new();
    struct metric *pending = metrics_gauge(metrics, "pending", "P.", "");
    metric_set(pending, 5);
    metric_add(pending, -7);
    assert_true(metric_value(pending) == -2);
    end();
}

TEST(metrics, the_same_name_gives_the_same_family)
{
    metrics = metrics_new();
    struct metric *a = metrics_counter(metrics, "a_total", "A.", "x");
    assert_ptr_equal(a, metrics_counter(metrics, "a_total", "A.", "x"));
    struct metric *other = metrics_gauge(metrics, "a_total", "A.", "x");
    assert_ptr_not_equal(a, other);
    metric_set(other, 1, "x");
    assert_true(metric_value(other, "x") == 0);
    end();
}

TEST(metrics, histograms_are_cumulative)
{
    metrics = metrics_new();
    struct metric *h = metrics_histogram(metrics, "h_seconds", "H.", "flow", (const double[]){0.1, 1}, 2);
    metric_observe(h, 0.1, "f");
    metric_observe(h, 0.5, "f");
    metric_observe(h, 7, "f");
    assert_str_equal(rendered(), STR("# HELP h_seconds H.\n# TYPE h_seconds histogram\n"
                                     "h_seconds_bucket{flow=\"f\",le=\"0.1\"} 1\n"
                                     "h_seconds_bucket{flow=\"f\",le=\"1\"} 2\n"
                                     "h_seconds_bucket{flow=\"f\",le=\"+Inf\"} 3\n"
                                     "h_seconds_sum{flow=\"f\"} 7.6\n"
                                     "h_seconds_count{flow=\"f\"} 3\n"));
    end();
}

TEST(metrics, histograms_have_bounds_from_1_ms_to_10_s_unless_told)
{
    metrics = metrics_new();
    metrics_histogram(metrics, "h_seconds", "H.", "", NULL, 0);
    struct str text = rendered();
    assert_true(str_find(text, STR("h_seconds_bucket{le=\"0.001\"} 0\n")) != SIZE_MAX);
    assert_true(str_find(text, STR("h_seconds_bucket{le=\"10\"} 0\n")) != SIZE_MAX);
    assert_true(str_find(text, STR("h_seconds_bucket{le=\"+Inf\"} 0\n")) != SIZE_MAX);
    size_t n = 0;
    for (struct str rest = text, piece; str_split(&rest, '\n', &piece);)
        n += str_starts(piece, STR("h_seconds_bucket"));
    assert_int_equal(n, 14);
    end();
}

TEST(metrics, values_that_are_no_number_count_as_infinite)
{
    metrics = metrics_new();
    struct metric *h = metrics_histogram(metrics, "h", "H.", "", (const double[]){1}, 1);
    metric_observe(h, NAN);
    struct str text = rendered();
    assert_true(str_find(text, STR("h_bucket{le=\"1\"} 0\nh_bucket{le=\"+Inf\"} 1\nh_sum NaN\n")) != SIZE_MAX);
    end();
}

TEST(metrics, label_values_are_escaped)
{
    metrics = metrics_new();
    struct metric *a = metrics_counter(metrics, "a_total", "A.", "x");
    metric_add(a, 1, "q\"b\\n\n\xFF한");
    assert_true(str_find(rendered(), STR("a_total{x=\"q\\\"b\\\\n\\n\xEF\xBF\xBD한\"} 1\n")) != SIZE_MAX);
    end();
}

TEST(metrics, hostile_label_values_end_in_other)
{
    metrics = metrics_new();
    struct metric *a = metrics_counter(metrics, "a_total", "A.", "x,y");
    char value[16];
    for (int i = 0; i < METRICS_MAX_SERIES + 500; i++) {
        snprintf(value, sizeof value, "%d", i);
        metric_add(a, 1, value, "y");
    }
    assert_true(metric_value(a, "other", "other") == 500);
    assert_true(metric_value(a, "7", "y") == 1);
    metric_add(a, 1, "7", "y");
    assert_true(metric_value(a, "7", "y") == 2);
    end();
}

TEST(metrics, overlong_label_values_end_in_other)
{
    metrics = metrics_new();
    struct metric *a = metrics_counter(metrics, "a_total", "A.", "x");
    static char value[130];
    memset(value, 'v', 129);
    metric_add(a, 1, value);
    assert_true(metric_value(a, "other") == 1);
    value[128] = '\0';
    metric_add(a, 1, value);
    assert_true(metric_value(a, value) == 1);
    end();
}

TEST(metrics, labels_that_are_each_others_prefix_are_different)
{
    metrics = metrics_new();
    struct metric *a = metrics_counter(metrics, "a_total", "A.", "x,y");
    metric_add(a, 1, "ab", "c");
    metric_add(a, 2, "a", "bc");
    assert_true(metric_value(a, "ab", "c") == 1);
    assert_true(metric_value(a, "a", "bc") == 2);
    end();
}

static void *count_in_thread(void *family)
{
    for (int i = 0; i < 10000; i++)
        metric_add(family, 1, i % 2 == 0 ? "even" : "odd");
    return NULL;
}

TEST(metrics, threads_lose_no_count)
{
    metrics = metrics_new();
    struct metric *a = metrics_counter(metrics, "a_total", "A.", "x");
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_in_thread, a), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_true(metric_value(a, "even") == 20000 && metric_value(a, "odd") == 20000);
    end();
}

TEST_MAIN
