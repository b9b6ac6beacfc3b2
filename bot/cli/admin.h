/* bot/cli/admin.h — changes to the queues: by the service itself, which is the only writer, over its admin socket
 * (data_dir/admin.sock, mode 0600); or directly, when no service runs.
 *
 *   POST /admin/queue  {"queue": "inbox" | "outbox", "verb": "retry" | "drop", "id": N}
 *   200 {"result": "ok"}   400, 404, 409 {"error": {"code", "message"}}
 *
 * Thread: admin_queue on the loop; admin_change anywhere else.                                                       */
#ifndef GILBOT_CLI_ADMIN_H
#define GILBOT_CLI_ADMIN_H

#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/cli/document_batch.h"

enum { ADMIN_ANSWER_MS = 120000 }; /* a batch with one large document takes the writer some seconds */

struct arena;
struct http_request;
struct loop;
struct pipeline;
struct store;

/* What the route hands to admin_queue. */
struct admin {
    struct store *store;
    struct loop *loop;
    struct clock clock;
    struct pipeline *pipeline; /* whose flows are the present ones */
    struct document_listener listener;
};

/* Route handler of the admin socket; `arg` is a struct admin. */
void admin_queue(const struct http_request *request, void *arg);

struct admin_change {
    struct str queue, verb;
    int64_t id;
};

/* ERR_NOT_FOUND: no such row.  ERR_CONFLICT: its state forbids it.  Others: the store's or the socket's trouble. */
MUST_USE
enum err admin_change(struct str data_dir, const struct admin_change *change, struct error *error);

/* Asks the service that runs.  `body`, ret_body: JSON.  ERR_BUSY: none runs.  ERR_NOT_FOUND, ERR_CONFLICT, ERR_INTERNAL: it
 * refused, with its sentence. */
struct admin_question {
    struct str data_dir, path, body; /* path: "/admin/…" */
};
MUST_USE
enum err admin_ask(struct arena *arena, const struct admin_question *question, struct str *ret_body,
                   struct error *error);

/* Where the socket is, NUL-terminated; {NULL, 0} when the arena is full. */
struct str admin_socket_path(struct arena *arena, struct str data_dir);

#endif
