/* bot/net/http_head.h — a request's head, from bytes.  Strict: what is not plainly HTTP/1.0 or 1.1 is malformed, so that no
 * proxy in front can read it differently.
 *
 * Thread: any (pure).  Memory: results borrow from the bytes, the path may live in the arena.  Inside bot/net only.
 * Source: RFC 9110, RFC 9112.                                                                                       */
#ifndef GILBOT_NET_HTTP_HEAD_H
#define GILBOT_NET_HTTP_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/net/http_server.h"

struct arena;

/* What becomes of the connection after the answer. */
enum http_keep {
    HTTP_CLOSE,
    HTTP_KEEP,         /* HTTP/1.1: needs no word  */
    HTTP_KEEP_AND_SAY, /* HTTP/1.0: needs a header */
};

struct http_head {
    unsigned method; /* of enum http_method; 0: one that we never serve         */
    bool is_head;    /* HEAD, with method HTTP_GET                              */
    bool is_1_1;     /* HTTP/1.1 or what calls itself newer; else 1.0           */
    enum http_keep keep;
    struct str path;                           /* decoded, normalised, begins with '/' */
    struct str query;                          /* as sent, without '?'                 */
    bool has_length, bad_length;               /* bad: no plain number, or doubled     */
    bool chunked;                              /* any Transfer-Encoding                */
    bool expects_continue;                     /* Expect: 100-continue                 */
    int64_t length;                            /* 0 when absent                        */
    struct http_field fields[HTTP_MAX_FIELDS]; /* names as sent, values without white space around */
    size_t n_fields;
};

enum http_parsed {
    HTTP_PARSED,
    HTTP_INCOMPLETE, /* all is well so far                                       */
    HTTP_MALFORMED,  /* → 400                                                    */
    HTTP_TOO_LONG,   /* → 431: more than `max_bytes`, or too many fields          */
    HTTP_NO_MEMORY,
};

/* Where the search for the end of a head goes on when more bytes have come; zeroed at the start of each head. */
struct http_search {
    size_t from;
};

/* Reads the head at the start of `bytes`; *ret_bytes: its length, the empty line included. */
enum http_parsed http_head_parse(struct str bytes, size_t max_bytes, struct http_search *search, struct arena *arena,
                                 struct http_head *ret_head, size_t *ret_bytes);

/* The value of the header (`name` in any case); empty when it is absent or doubled. */
struct str http_head_field(const struct http_head *head, struct str name);

/* Does a comma-separated list hold the word (any case)? */
bool http_head_lists(struct str list, struct str word);

#endif
