/* bot/pipeline/receive.h — a platform's request: verified, named, kept, and only then answered.
 *
 *   verify ──401──▶        answer ──final──▶ its own body          identify ──400──▶
 *                             └─sheet with faults──▶ the faults
 *      └─▶ queue full? ──503──▶  └─▶ nothing for us ──200──▶           └─▶ record ──durable──▶ 200
 *
 * Thread: loop.                                                                                                      */
#ifndef GILBOT_PIPELINE_RECEIVE_H
#define GILBOT_PIPELINE_RECEIVE_H

#include <stdint.h>

#include "bot/base/str.h"
#include "bot/model/platform.h"

struct http_request;
struct pipeline;

/* What a route of the HTTP table hands to receive_request. */
struct receive_route {
    struct pipeline *pipeline;
    const struct platform *platform;
};

/* Route handler; `arg` is a struct receive_route that outlives the server. */
void receive_request(const struct http_request *request, void *arg);

/* A text from a socket.  When it is durable, or cannot be, `told` runs on the loop thread: once for every text. */
struct receive_text {
    struct pipeline *pipeline;
    const struct platform *platform;
    uint64_t connection;
    struct str text;
    void (*told)(void *arg, uint64_t connection, bool kept);
    void *arg;
};
void receive_text(const struct receive_text *text);

#endif
