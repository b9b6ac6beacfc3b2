/* bot/cli/document_batch.h — documents that go to the store together: in one write job, by whoever may write.
 *
 *   {"put": [{"collection", "key", "title", "source", "category", "url", "date", "access": […], "hash", "pages",
 *             "chunks": [[page, heading, body], …]}, …],
 *    "remove": [[collection, key], …]}                                  as JSON, from a command to the service that runs
 *
 * Thread: one at a time; document_batch_apply inside a write job.  Memory: the batch's own; everything added is copied. */
#ifndef GILBOT_CLI_DOCUMENT_BATCH_H
#define GILBOT_CLI_DOCUMENT_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/cli/document_make.h"

struct buf;
struct db;

enum {
    DOCUMENT_BATCH_MOST = 256, /* documents put, and as many removed */
    DOCUMENT_BATCH_CHUNKS = 1000,
    DOCUMENT_BATCH_BYTES = 96 * 1024 * 1024, /* one document always fits: its chunks with what they repeat */
    DOCUMENT_BATCH_JSON_BYTES = 64 * 1024 * 1024,
};

struct document_key {
    struct str collection, key;
};

struct document_counts {
    int64_t added, replaced, same, removed;
    int64_t chunks; /* of those added and replaced */
};

/* Who wants to know that documents changed in the store; called on any thread, does no work itself. */
struct document_listener {
    void (*changed)(void *arg); /* NULL: nobody */
    void *arg;
};
void document_listener_tell(struct document_listener listener);

struct document_batch {
    struct arena arena;
    struct made_document puts[DOCUMENT_BATCH_MOST];
    struct document_key removes[DOCUMENT_BATCH_MOST];
    size_t n_puts, n_removes, n_chunks;
};

struct document_batch *document_batch_new(void); /* NULL: no memory */
void document_batch_free(struct document_batch *batch);
void document_batch_empty(struct document_batch *batch);

/* Whether it is time to send it. */
bool document_batch_is_full(const struct document_batch *batch);

/* The batch is not full. */
MUST_USE enum err document_batch_put(struct document_batch *batch, const struct made_document *made,
                                     struct error *error);
MUST_USE enum err document_batch_remove(struct document_batch *batch, struct document_key key, struct error *error);

/* What is to be removed and is not there is no failure.  *ret_counts is set, not added to. */
MUST_USE enum err document_batch_apply(struct db *db, const struct document_batch *batch, int64_t now_ms,
                                       struct document_counts *ret_counts, struct error *error);

void document_batch_to_json(const struct document_batch *batch, struct buf *out);
/* Into an empty batch.  ERR_INVALID: not of that shape. */
MUST_USE enum err document_batch_from_json(struct document_batch *batch, struct str json, struct error *error);

#endif
