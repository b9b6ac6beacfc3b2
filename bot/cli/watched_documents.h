/* bot/cli/watched_documents.h — the folders of `documents` in gilbot.yaml: what is in them is in the store, soon.
 *
 *   start, SIGHUP ───────────────┐
 *   inotify: a file was written, ├─▶ quiet for WATCHED_QUIET_MS ─▶ ingest of all folders, with prune, in the background
 *   moved or removed ────────────┘
 *
 * A file that cannot be read is said in the log and left out; the document that it was before stays.
 * Thread: watched_documents_changed and the descriptor: the thread that polls; run: the background's.
 * Source: inotify(7).                                                                                                */
#ifndef GILBOT_CLI_WATCHED_DOCUMENTS_H
#define GILBOT_CLI_WATCHED_DOCUMENTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bot/base/clock.h"
#include "bot/base/error.h"
#include "bot/cli/document_batch.h"

struct background;
struct settings;
struct store;

enum { WATCHED_QUIET_MS = 1000 };

struct watched_documents {
    const struct settings *settings;
    struct store *store;
    struct clock clock;
    struct document_listener listener;
    int fd;                        /* readable: something changed; -1: nothing is ever told */
    _Atomic int64_t changed_ms;    /* monotonic: of the last change                          */
    struct background *background; /* while the ingest runs                                   */
};

/* Whether there is anything to watch. */
bool watched_documents_any(const struct settings *settings);

void watched_documents_open(struct watched_documents *watched);
void watched_documents_close(struct watched_documents *watched);

/* Takes what there is to read.  True: poke the task. */
bool watched_documents_changed(struct watched_documents *watched);

/* A background task's run; `arg` is a struct watched_documents. */
enum err watched_documents_run(void *arg, struct background *background, int64_t *ret_again_ms, struct error *error);

#endif
