/* bot/cli/upload.h — documents by HTTP, for other programs.
 *
 *   POST   /api/v1/documents?collection=C                      {"id", "text", "title", "source", "category", "url", "date"}
 *   POST   /api/v1/documents?collection=C&name=규정.pdf&id=…    a file as the body; id: default the name
 *   DELETE /api/v1/documents?collection=C&id=…
 *   200 {"collection", "id", "result": "added" | "replaced" | "unchanged" | "removed", "chunks"}: it can be found
 *   400 what was sent makes no sense, or cannot be read: with the reason     401 no known token ("Authorization: Bearer …")
 *   404 nothing to remove     503 too much at once: try again
 *
 * A file that takes longer than the server's limit is answered 503 and goes on; sent again it is "unchanged".
 * Thread: upload_request on the loop; upload_run on a background's thread of its own.                                */
#ifndef GILBOT_CLI_UPLOAD_H
#define GILBOT_CLI_UPLOAD_H

#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/cli/document_batch.h"

struct background;
struct background_task;
struct http_request;
struct loop;
struct settings;
struct store;
struct uploads;

enum { UPLOAD_MOST_WAITING = 8, UPLOAD_MOST_WAITING_BYTES = 96 * 1024 * 1024 };

struct upload_parts {
    const struct settings *settings; /* borrowed, as all of these */
    struct store *store;
    struct loop *loop;
    struct document_listener listener;
};
MUST_USE enum err uploads_new(const struct upload_parts *parts, struct uploads **ret_uploads, struct error *error);

/* Starts the thread that reads them. */
MUST_USE enum err uploads_start(struct uploads *uploads, struct error *error);
void uploads_stop(struct uploads *uploads);
void uploads_free(struct uploads *uploads); /* after the loop has ended; NULL is fine */

/* Route handler; `arg` is the struct uploads. */
void upload_request(const struct http_request *request, void *arg);

#endif
