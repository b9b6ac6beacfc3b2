/* bot/net/http_server.h — HTTP/1.1 requests by a table of routes, on one listener.
 *
 *   head ─▶ known path? method? length? size? ─▶ body ─▶ handler(request) ─…─▶ http_reply(server, number, response)
 *            404   405 + Allow   411   413                  └─ nothing within answer_ms: 503 ─┘
 *
 * Several servers may share one loop (the public one and the admin socket), each with its own routes.
 * HEAD is answered wherever GET is: the handler sees HTTP_GET, the body stays here.  Paths arrive percent-decoded and
 * normalised ("/a/../b" is "/b"), the query as it was sent.  One request of a connection is dealt with at a time; what is
 * sent after it waits.  Refusals carry {"error": {"code", "message"}}; after 400, 411 and 431 the connection ends.
 * Every answer has X-Content-Type-Options, Referrer-Policy, a Content-Security-Policy (nothing allowed unless `policy`
 * says otherwise) and, unless it brings its own, Cache-Control: no-store.
 * Never face the internet with it directly: TLS and odd `Upgrade`s are the proxy's work.
 *
 * Thread:  loop thread only, unless a line says otherwise; other threads hand their answers over with loop_post.
 * Memory:  tables are borrowed and outlive the loop.  A request's texts are valid during its handler's call only.
 *          A response's texts are copied.                                                                             */
#ifndef GILBOT_NET_HTTP_SERVER_H
#define GILBOT_NET_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct loop;
struct http_server;
struct ws_endpoint;

enum http_method {
    HTTP_GET = 1,
    HTTP_POST = 2,
    HTTP_PUT = 4,
    HTTP_PATCH = 8,
    HTTP_DELETE = 16,
};

enum { HTTP_MAX_BODY_BYTES = 1024 * 1024, HTTP_ANSWER_MS = 10000, HTTP_MAX_FIELDS = 100 };

struct http_field {
    struct str name, value; /* requests: the name as sent, the value without white space at its ends */
};

struct http_request {
    struct http_server *server;
    uint64_t number; /* never 0, never used again: what an answer is sent to                                    */
    enum http_method method;
    struct str path, query; /* query without '?'                                                                 */
    struct str content_type;
    struct str body;
    const struct http_field *fields; /* as sent; http_request_field finds one                                    */
    size_t n_fields;
};

/* Must lead to exactly one http_reply, at once or later. */
typedef void http_handler(const struct http_request *request, void *arg);

struct http_route {
    const char
        *path; /* exact, or with "*" at its end: all that begin so; an exact one is preferred, then the longest */
    unsigned methods;      /* bits of enum http_method                                                            */
    size_t max_body_bytes; /* 0: the server's                                                                    */
    http_handler *handler;
    void *arg;
};

/* A zero or empty member means its default. */
struct http_server_settings {
    /* "host:port" (port 0: any free one), "[::1]:port", "unix:PATH" (a dead socket's file is replaced) or "fd:N" (a
     * listening socket that systemd handed over; its first one is 3). */
    struct str listen;
    unsigned socket_mode; /* of a unix socket's file; default 0600 */
    const struct http_route *routes;
    size_t n_routes;
    const struct ws_endpoint *sockets; /* see ws_server.h */
    size_t n_sockets;
    size_t max_body_bytes; /* default HTTP_MAX_BODY_BYTES */
    int64_t answer_ms;     /* default HTTP_ANSWER_MS */
};

/* Listens; call it before loop_run, which takes the connections.  The settings are copied, the tables borrowed.  The
 * server lives as long as its loop.
 * ERR_INVALID: `listen` makes no sense.  ERR_CONFLICT: the address is taken.  ERR_INTERNAL otherwise. */
MUST_USE
enum err http_server_open(struct loop *loop, const struct http_server_settings *settings,
                          struct http_server **ret_server, struct error *error);

/* Any thread.  The port in use; 0 for a unix socket. */
uint16_t http_server_port(const struct http_server *server);

/* The header's value, whatever the case of its name; empty when it is absent or was sent more than once. */
struct str http_request_field(const struct http_request *request, struct str name);

struct http_response {
    int status;
    struct str content_type; /* empty: none                                                        */
    struct str body;
    struct str policy;               /* Content-Security-Policy; empty: "default-src 'none'; frame-ancestors 'none'" */
    const struct http_field *fields; /* Retry-After, ETag, Cache-Control, …; values without line breaks */
    size_t n_fields;
};

/* Answers a request.  Does nothing when the request is gone: the client left, or it was answered (503) meanwhile. */
void http_reply(struct http_server *server, uint64_t number, const struct http_response *response);

/* {"error": {"code": code, "message": message}} with that status. */
void http_reply_error(struct http_server *server, uint64_t number, int status, const char *code, const char *message);

#endif
