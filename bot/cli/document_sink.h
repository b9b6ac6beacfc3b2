/* bot/cli/document_sink.h — where documents go: into the store that this process has open, or to the service that runs and
 * is the only one that writes.
 *
 *   put, put, remove … ─▶ batch ─▶ one write job, here or in the service (POST /admin/documents on its admin socket)
 *
 * What was flushed is durable; a batch is in the store as a whole or not at all.
 * Thread: one; blocks.  Errors: the store's, the socket's.                                                          */
#ifndef GILBOT_CLI_DOCUMENT_SINK_H
#define GILBOT_CLI_DOCUMENT_SINK_H

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/cli/document_batch.h"

struct db;
struct document_sink;
struct store;

/* Of a command: asks the service that works on this folder, else opens the store itself. */
MUST_USE
enum err document_sink_open(struct str data_dir, struct document_sink **ret_sink, struct error *error);

/* Of the service itself. */
MUST_USE
enum err document_sink_of_store(struct store *store, struct document_sink **ret_sink, struct error *error);

/* Without what was not flushed.  NULL is fine. */
void document_sink_close(struct document_sink *sink);

/* For reading what is there already; sees what was flushed. */
struct db *document_sink_reader(struct document_sink *sink);

MUST_USE enum err document_sink_put(struct document_sink *sink, const struct made_document *made, struct error *error);
MUST_USE enum err document_sink_remove(struct document_sink *sink, struct document_key key, struct error *error);
MUST_USE enum err document_sink_flush(struct document_sink *sink, struct error *error);

/* All that was flushed so far. */
struct document_counts document_sink_counts(const struct document_sink *sink);

#endif
