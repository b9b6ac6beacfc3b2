/* bot/cli/ingest.h — goes through files and folders and brings the store to what they hold.
 *
 *   list ─▶ each: same hash? passed over : read in the fence, cut, handed to the sink ─▶ what was not met: removed (prune)
 *
 * A folder is gone through with all below it; hidden files, and endings that nothing here reads, are passed over.  A
 * document's key is its path below the folder that was named, or the file's own name; of a JSON line, its id.
 * A file that cannot be read, or a line that makes no sense, is told to `failed`, and the rest goes on.
 *
 * Thread: one; blocks for as long as it takes.                                                                      */
#ifndef GILBOT_CLI_INGEST_H
#define GILBOT_CLI_INGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/cli/document_make.h"

struct document_sink;

struct ingest_job {
    struct document_rules rules;
    struct strs paths;
    bool prune; /* removes what the collection (of this source, when the rules name one) holds and was not met */
    struct document_sink *sink;
    /* `where`: "휴가.pdf", "faq.jsonl:12"; `why` part of a sentence. */
    void (*failed)(void *arg, struct str where, const char *why);
    /* Now and then; of `total` bytes so many are done.  False: stop here. */
    bool (*advanced)(void *arg, int64_t done, int64_t total);
    void *arg;
};

struct ingest_result {
    int64_t n_same, n_failed, n_passed_over; /* documents; of files: those of other formats */
    bool stopped;
};

/* Flushes at the end.  ERR_NOT_FOUND: a path is not there (nothing was done); others: the sink's, the machine's. */
MUST_USE
enum err ingest_run(const struct ingest_job *job, struct ingest_result *ret_result, struct error *error);

#endif
