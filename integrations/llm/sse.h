/* integrations/llm/sse.h — server-sent events, out of bytes that come in any pieces.
 *
 *   bytes ─▶ lines (\n, \r\n or \r) ─▶ "data" fields joined by \n ─▶ an empty line ends the event ─▶ listener
 *
 * Everything but data (event names, ids, comments, unknown fields) is passed over: endpoints use nothing else.  Nothing is
 * held back: an event is heard with the very byte that ends it.
 *
 * Thread:  one at a time.  Memory: from the heap, at most twice the ceiling.
 * Source:  WHATWG HTML §9.2.6, but that an event which the end of the stream cuts off after a whole line counts: some
 *          endpoints forget the last empty line.                                                                      */
#ifndef GILBOT_INTEGRATIONS_LLM_SSE_H
#define GILBOT_INTEGRATIONS_LLM_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/buf.h"
#include "bot/base/str.h"

struct sse {
    struct buf line, data;
    bool has_data;
    bool after_cr;  /* a \n that comes now belongs to the \r before */
    bool past_mark; /* a byte order mark can come no more           */
};

/* `event`: false: no more is wanted.  `data` is borrowed for the call, any bytes. */
struct sse_listener {
    bool (*event)(void *self, struct str data);
    void *self;
};

enum sse_outcome { SSE_GOES_ON, SSE_UNWANTED, SSE_TOO_LONG /* a line or an event beyond the ceiling */ };

void sse_init(struct sse *sse, size_t ceiling_bytes);
void sse_release(struct sse *sse);

/* After another outcome than SSE_GOES_ON no more may be fed. */
enum sse_outcome sse_feed(struct sse *sse, struct str bytes, const struct sse_listener *listener);

/* The stream ended. */
enum sse_outcome sse_end(struct sse *sse, const struct sse_listener *listener);

#endif
