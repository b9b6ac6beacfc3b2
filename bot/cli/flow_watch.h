/* bot/cli/flow_watch.h — says when files that flows are made of may have changed; by inotify, without looking again and
 * again.  Folders are watched, not files: editors replace files.
 *
 *   poll: flow_watch.fd is readable ─▶ flow_watch_take ─▶ wait FLOW_WATCH_QUIET_MS for more ─▶ load
 *
 * Thread: one at a time.  Source: inotify(7).                                                                        */
#ifndef GILBOT_CLI_FLOW_WATCH_H
#define GILBOT_CLI_FLOW_WATCH_H

#include <stdbool.h>

#include "bot/base/str.h"

struct flows;

enum {
    FLOW_WATCH_QUIET_MS = 200, /* an editor, or a copy of many files, is done when nothing changed for so long … */
    FLOW_WATCH_MOST_MS = 2000, /* … or after so long                                                           */
};

struct flow_watch {
    int fd; /* -1: this machine cannot; nothing is ever told */
};

void flow_watch_open(struct flow_watch *watch);
void flow_watch_close(struct flow_watch *watch);

/* Watches the files and folders of `paths` (and the folders below these), and where the files of `flows` stand.  What is
 * watched already stays so; a folder that is not there is left out. */
void flow_watch_add(struct flow_watch *watch, struct strs paths, const struct flows *flows);

/* Takes what there is to read.  True: a file that a flow may be made of, or a folder, changed. */
bool flow_watch_take(struct flow_watch *watch);

#endif
