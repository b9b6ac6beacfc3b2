/* tests/support/stub_server.h — an HTTP/1.1 server on loopback that answers what a test says.
 *
 *   static void answer(void *self, const struct stub_request *request, struct buf *response)
 *   {
 *       buf_add(response, STR("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));     raw bytes, as they go out
 *   }
 *   struct stub_server *server = stub_server_start(answer, self);
 *   … stub_server_url(server, "/path") …
 *   stub_server_stop(server);
 *
 * An empty response closes the connection without an answer.  `hang` leaves it open and silent until stop, `then_hang`
 * after the response went out; one with "Connection: close" is the connection's last.
 * Answers are made one at a time, so `self` needs no lock; read it after stop or between calls.                       */
#ifndef GILBOT_TESTS_SUPPORT_STUB_SERVER_H
#define GILBOT_TESTS_SUPPORT_STUB_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/str.h"

struct buf;
struct stub_server;

struct stub_request {
    struct str method, target, head, body; /* head: the header lines, without the request line */
    size_t connection;                     /* 1, 2, … in the order in which they came           */
    bool *hang, *then_hang;
};

typedef void stub_answer(void *self, const struct stub_request *request, struct buf *response);

struct stub_server *stub_server_start(stub_answer *answer, void *self);

/* "http://127.0.0.1:PORT" + path; lives as long as the server and is overwritten by the next call. */
struct str stub_server_url(struct stub_server *server, const char *path);

/* The request's header or empty; `name` in any case. */
struct str stub_header(const struct stub_request *request, struct str name);

void stub_server_stop(struct stub_server *server);

#endif
