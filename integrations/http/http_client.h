/* integrations/http/http_client.h — every outgoing HTTP call of this program (libcurl behind it).
 *
 *   http_call ─▶ origin allowed? ─▶ a pooled handle, best one that is connected there ─▶ answer in the caller's arena
 *
 * Only http:// and https:// URLs whose origin (scheme, host, port) was named at birth are called: whatever a platform
 * or a user smuggles into a URL, it cannot point inwards.  HTTP/1.1 with keep-alive, TLS verified, no redirects, no
 * compression, no cookies.
 *
 * Thread:  any; calls block.  A client outlives its calls.
 * Memory:  arguments are borrowed for the call; results live in the caller's arena.
 * Errors:  never hold a URL's path or query, a header or a body: those carry secrets.                               */
#ifndef GILBOT_INTEGRATIONS_HTTP_HTTP_CLIENT_H
#define GILBOT_INTEGRATIONS_HTTP_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct http_client;

enum {
    HTTP_CONNECT_TIMEOUT_MS = 5000,
    HTTP_TIMEOUT_MS = 10000,
    HTTP_MAX_RESPONSE_BYTES = 1024 * 1024,
    HTTP_MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000,
};

/* Everything is copied.  A zero or empty member means its default. */
struct http_client_settings {
    struct strs origins;        /* URLs whose origins may be called; what follows the port is ignored            */
    struct clock clock;         /* for Retry-After with a date; needed                                            */
    int64_t connect_timeout_ms; /* default HTTP_CONNECT_TIMEOUT_MS                                               */
    int64_t timeout_ms;         /* of a whole call; default HTTP_TIMEOUT_MS                                      */
    size_t max_response_bytes;  /* default HTTP_MAX_RESPONSE_BYTES                                               */
    struct str proxy;           /* URL; default: http_proxy, https_proxy, no_proxy of the environment             */
    struct str ca_file;         /* PEM file; default: the system's                                                */
    struct str unix_socket;     /* path: everything goes there instead of the network, whatever the URL's host    */
    bool direct;                /* no proxy, even when the environment names one: nobody but the origins is called */
};

/* ERR_INVALID: an origin is no http(s) URL.  ERR_NO_MEMORY. */
MUST_USE
enum err http_client_new(const struct http_client_settings *settings, struct http_client **ret_client,
                         struct error *error);

/* No call may be under way.  NULL is fine. */
void http_client_free(struct http_client *client);

/* From now on every call, also those under way, fails with ERR_BUSY within about a second: for shutting down. */
void http_client_stop(struct http_client *client);

struct http_header {
    struct str name, value;
};

struct http_request_out {
    const char *method; /* "GET", "POST", "PUT", "PATCH", "DELETE": upper case, a constant */
    struct str url;
    const struct http_header *headers;
    size_t n_headers;
    struct str body;           /* sent when it is not empty or the method is not GET                              */
    int64_t timeout_ms;        /* 0: the client's                                                                 */
    size_t max_response_bytes; /* 0: the client's                                                                 */
    int64_t idle_ms;           /* http_stream: longest silence once the body has begun, ± 1 s; 0: none            */
};

struct http_result {
    int status;              /* 100 … 599                                                                          */
    struct str content_type; /* as sent, may be empty                                                             */
    struct str body;         /* NUL-terminated (not counted)                                                        */
    int64_t
        retry_after_ms; /* from Retry-After (seconds or a date), ≤ HTTP_MAX_RETRY_AFTER_MS; -1: none or unreadable */
    struct str headers; /* raw "Name: value\r\n" lines, for http_result_header                                 */
};

/* Makes the call.  OK: an answer came, whatever its status.
 * ERR_REMOTE: no answer, or one that is too long: "host: short reason"; perhaps the other side acted all the same.
 * ERR_INVALID: URL malformed or its origin not allowed, a header with a line break: nothing was sent.
 * ERR_BUSY: the client is being stopped.  ERR_NO_MEMORY: the answer does not fit into the arena. */
MUST_USE
enum err http_call(struct http_client *client, const struct http_request_out *request, struct arena *arena,
                   struct http_result *ret_result, struct error *error);

/* Who takes a body as it comes.  `piece`: on the thread of the call, never empty, cut anywhere (also within a character);
 * false: no more is wanted. */
struct http_listener {
    bool (*piece)(void *self, struct str bytes);
    void *self;
};

/* As http_call, but the body of a 2xx answer goes to the listener, piece by piece as it arrives, and ret_result->body is
 * empty; a body with another status is an error's and stands in ret_result->body as ever.  OK also when the listener wanted
 * no more: the connection is closed then.  ERR_REMOTE may come after pieces were heard. */
MUST_USE
enum err http_stream(struct http_client *client, const struct http_request_out *request,
                     const struct http_listener *listener, struct arena *arena, struct http_result *ret_result,
                     struct error *error);

/* The header's value (`name` in any case), trimmed; empty when absent; the first one of several. */
struct str http_result_header(const struct http_result *result, struct str name);

/* What a Retry-After value asks for, from now on: seconds or an HTTP date, ≥ 0, ≤ HTTP_MAX_RETRY_AFTER_MS; -1: neither.
 * Source: RFC 9110 §10.2.3. */
int64_t http_retry_after(struct str value, int64_t now_ms);

/* What a status obliges to, the same for every platform unless its documents say otherwise. */
enum http_outcome { HTTP_DONE, HTTP_LATER, HTTP_NEVER };

/* 2xx: done.  408, 425, 429, 5xx, and 0 for "no answer": later.  Everything else: never. */
enum http_outcome http_outcome(int status);

/* Do two URLs share scheme, host and port?  False when either is no http(s) URL. */
bool http_same_origin(struct str a, struct str b);

/* May this client call `url`? */
bool http_allowed(const struct http_client *client, struct str url);

#endif
