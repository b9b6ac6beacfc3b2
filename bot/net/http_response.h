/* bot/net/http_response.h — an answer as bytes, head and body in one piece, so that one write sends it.
 *
 * Thread: any.  Inside bot/net only.  Source: RFC 9110, RFC 9112.                                                    */
#ifndef GILBOT_NET_HTTP_RESPONSE_H
#define GILBOT_NET_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/net/http_head.h"
#include "bot/net/http_server.h"

struct buf;

enum { HTTP_DATE_BYTES = 30 };

struct http_wire {
    enum http_keep keep;
    bool head; /* the body is only announced */
    const char *date;
};

/* Appends the whole answer.  A field whose name or value holds a line break or a NUL is left out. */
void http_response_write(struct buf *out, const struct http_response *response, const struct http_wire *wire);

/* {"error": {"code": code, "message": message}} */
void http_response_error(struct buf *out, const char *code, const char *message);

/* "Sun, 06 Nov 1994 08:49:37 GMT" and its NUL (IMF-fixdate, RFC 9110 §5.6.7); years 1970 to 9999. */
void http_response_date(int64_t unix_s, char ret_date[HTTP_DATE_BYTES]);

#endif
