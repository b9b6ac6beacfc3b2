/* Server-sent events: the same events in whatever pieces the bytes come; none is longer than the ceiling.
 * parts: llm base */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/buf.h"
#include "integrations/llm/sse.h"

#include "bot/base/banned.h"

enum { CEILING = 256, HEARD_BYTES = 1024 * 1024 };

static bool hear(void *self, struct str data)
{
    struct buf *heard = self;
    assert(data.n <= CEILING);
    buf_addf(heard, "%zu:", data.n);
    buf_add(heard, data);
    return true;
}

/* The first byte says in how large pieces. */
static enum sse_outcome feed(struct str bytes, size_t piece, struct buf *heard)
{
    CLEANUP(sse_release) struct sse sse;
    sse_init(&sse, CEILING);
    struct sse_listener listener = {hear, heard};
    enum sse_outcome outcome = SSE_GOES_ON;
    for (; bytes.n > 0 && outcome == SSE_GOES_ON; bytes = str_skip(bytes, piece))
        outcome = sse_feed(&sse, str_first(bytes, piece), &listener);
    return outcome == SSE_GOES_ON ? sse_end(&sse, &listener) : outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct str bytes = {(const char *)data + 1, size - 1};
    CLEANUP(buf_release) struct buf whole;
    CLEANUP(buf_release) struct buf cut;
    buf_init(&whole, NULL, HEARD_BYTES);
    buf_init(&cut, NULL, HEARD_BYTES);
    enum sse_outcome a = feed(bytes, bytes.n, &whole), b = feed(bytes, 1 + (size_t)data[0] % 16, &cut);
    assert(a == b);
    assert(str_eq(buf_str(&whole), buf_str(&cut)));
    return 0;
}
