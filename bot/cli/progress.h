/* bot/cli/progress.h — how far a long command is: a bar on a terminal, a plain line now and then elsewhere.
 *
 *   struct progress progress;
 *   progress_begin(&progress, "ingest", total);
 *   … progress_show(&progress, done, "120 documents, 310 chunks/s") …
 *   progress_end(&progress);
 *
 * All goes to standard error.  The time left is worked out from what is done so far.
 * Thread: one.                                                                                                        */
#ifndef GILBOT_CLI_PROGRESS_H
#define GILBOT_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/clock.h"

enum {
    PROGRESS_BAR_MS = 100,    /* the bar is drawn anew so often …      */
    PROGRESS_LINE_MS = 10000, /* … a line is written so often elsewhere */
};

struct progress {
    const char *name;
    int64_t total; /* in any unit; 0: unknown */
    struct clock clock;
    int64_t began_ms, shown_ms; /* monotonic */
    bool terminal, drawn;
};

void progress_begin(struct progress *progress, const char *name, int64_t total);

/* Call it as often as you like.  `what`: a few words of what is done. */
void progress_show(struct progress *progress, int64_t done, const char *what);

/* Takes the bar away, for a message or at the end. */
void progress_hide(struct progress *progress);
void progress_end(struct progress *progress);

/* "0:07", "12:30", "1:02:03" for a time left; "?" when negative.  `ret_text` holds 24 bytes. */
void progress_time(int64_t ms, char ret_text[24]);

#endif
