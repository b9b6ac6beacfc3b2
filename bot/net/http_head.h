/* bot/net/http_head.h — what a request's head says, read out of lws.
 *
 * Thread: loop thread.  Memory: results in the arena.  Inside bot/net only.                                          */
#ifndef GILBOT_NET_HTTP_HEAD_H
#define GILBOT_NET_HTTP_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/net/http_server.h"

struct arena;
struct lws;

/* What becomes of the connection after the answer. */
enum http_keep {
    HTTP_CLOSE,
    HTTP_KEEP,         /* HTTP/1.1: needs no word     */
    HTTP_KEEP_AND_SAY, /* HTTP/1.0: needs a header    */
};

/* What can be said before the body. */
struct http_start {
    unsigned method; /* of enum http_method; 0: one that we never serve */
    bool head;       /* HEAD, with method HTTP_GET                      */
    enum http_keep keep;
    struct str path;
    bool has_length, bad_length; /* bad: no plain number, doubled       */
    bool chunked;                /* any Transfer-Encoding               */
    int64_t length;
};

/* The path borrows from lws until the request ends.  False: no request that we understand. */
bool http_head_start(struct lws *wsi, struct http_start *ret_start);

/* lws's number of a header that it knows ("content-type"), or -1. */
int http_head_token(const char *name);

/* The value of one header, trimmed; empty when absent; *ret_times: how often it was sent (0, 1, 2 = more). */
struct str http_head_field(struct lws *wsi, struct arena *arena, int token, struct str name, int *ret_times);

/* The query without '?'; lws has decoded and cut it, so it is put together anew. */
struct str http_head_query(struct lws *wsi, struct arena *arena);

#endif
