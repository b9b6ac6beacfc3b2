#include "bot/base/metrics_process.h"

#include <stdlib.h>
#include <time.h>

#include "bot/base/buf.h"
#include "tests/support/test.h"

static struct buf out;

/* The value on the line that begins with `name`. */
static double value_of(const char *name)
{
    char start[64];
    snprintf(start, sizeof start, "\n%s ", name);
    size_t at = str_find(buf_str(&out), str_of(start));
    if (at == SIZE_MAX)
        fail_msg("no %s", name);
    return strtod(out.p + at + strlen(start), NULL);
}

TEST(metrics_process, figures_of_this_process_are_plausible)
{
    buf_init(&out, NULL, 65536);
    metrics_process_render(&out);
    double now = (double)time(NULL), start = value_of("process_start_time_seconds");
    assert_true(start > now - 600 && start < now + 5);
    assert_true(value_of("process_resident_memory_bytes") > 1e5);
    assert_true(value_of("process_virtual_memory_bytes") > value_of("process_resident_memory_bytes"));
    assert_true(value_of("process_cpu_seconds_total") >= 0);
    assert_true(value_of("process_open_fds") >= 3);
    assert_true(value_of("process_max_fds") >= value_of("process_open_fds"));
    buf_release(&out);
}

TEST_MAIN
