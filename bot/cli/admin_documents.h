/* bot/cli/admin_documents.h — documents that a command hands to the service that runs, on its admin socket.
 *
 *   POST /admin/documents  a batch (document_batch.h)
 *   200 {"added", "replaced", "same", "removed", "chunks"}: durable      400, 500 {"error": {"code", "message"}}
 *
 * Thread: the loop; the batch is read and kept by the writer.                                                       */
#ifndef GILBOT_CLI_ADMIN_DOCUMENTS_H
#define GILBOT_CLI_ADMIN_DOCUMENTS_H

struct http_request;

/* Route handler of the admin socket; `arg` is a struct admin. */
void admin_documents(const struct http_request *request, void *arg);

#endif
