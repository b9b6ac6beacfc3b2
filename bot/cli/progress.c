#include "bot/cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "bot/base/banned.h"

enum { BAR_CELLS = 24, SETTLING_MS = 500 };

static int64_t now_ms(const struct progress *progress)
{
    return clock_tick_us(progress->clock) / 1000;
}

void progress_begin(struct progress *progress, const char *name, int64_t total)
{
    *progress = (struct progress){.name = name, .total = total, .clock = clock_system()};
    progress->terminal = isatty(STDERR_FILENO) != 0;
    progress->began_ms = progress->shown_ms = now_ms(progress);
}

void progress_time(int64_t ms, char ret_text[24])
{
    int64_t seconds = (ms + 999) / 1000;
    if (ms < 0)
        snprintf(ret_text, 24, "?");
    else if (seconds < 3600)
        snprintf(ret_text, 24, "%" PRId64 ":%02" PRId64, seconds / 60, seconds % 60);
    else
        snprintf(ret_text, 24, "%" PRId64 ":%02" PRId64 ":%02" PRId64, seconds / 3600, seconds / 60 % 60, seconds % 60);
}

static int64_t left_ms(const struct progress *progress, int64_t done, int64_t now)
{
    int64_t passed = now - progress->began_ms;
    if (done <= 0 || progress->total < done || passed < SETTLING_MS)
        return -1;
    return (int64_t)((double)passed * (double)(progress->total - done) / (double)done);
}

void progress_show(struct progress *progress, int64_t done, const char *what)
{
    int64_t now = now_ms(progress);
    if (now - progress->shown_ms < (progress->terminal ? PROGRESS_BAR_MS : PROGRESS_LINE_MS))
        return;
    progress->shown_ms = now;
    double share = progress->total > 0 ? (double)done / (double)progress->total : 0;
    share = share > 1 ? 1 : share;
    char left[24];
    progress_time(left_ms(progress, done, now), left);
    if (!progress->terminal) {
        fprintf(stderr, "%s: %.0f %%, %s, %s left\n", progress->name, 100 * share, what, left);
        return;
    }
    int filled = (int)(share * BAR_CELLS);
    fprintf(stderr, "\r\033[K%s [", progress->name);
    for (int i = 0; i < BAR_CELLS; i++)
        fputc(i < filled ? '#' : ' ', stderr);
    fprintf(stderr, "] %3.0f %%  %s  %s left", 100 * share, what, left);
    fflush(stderr);
    progress->drawn = true;
}

void progress_hide(struct progress *progress)
{
    if (progress->drawn)
        fputs("\r\033[K", stderr);
    progress->drawn = false;
}

void progress_end(struct progress *progress)
{
    progress_hide(progress);
}
