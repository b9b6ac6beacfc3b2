/* tests/fuzz/fuzz_ws_message.c — what a page says: identify, then decode of what would be kept.
 * parts: web_chat net store model base
 * The first byte picks whether the page has said hello before.                                                       */
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "integrations/web_chat/web_chat.h"

enum { ARENA_BYTES = 8 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void come(const struct platform *web, struct str text, struct arena *arena)
{
    struct inbound inbound = {.path = STR("/ws"), .body = text, .connection = 1};
    struct arrivals arrivals = {0};
    struct event event = {0};
    if (web->identify(web, &inbound, arena, &arrivals, NULL) != OK)
        return;
    struct stored stored = {.key = arrivals.items[0].key,
                            .conversation = arrivals.items[0].conversation,
                            .body = arrivals.items[0].body,
                            .kind = STR("/ws")};
    /* What identify keeps, decode must understand, and as text of whole characters. */
    if (web->decode(web, &stored, arena, &event, NULL) != OK || !text_is_utf8(event.text) ||
        !text_is_utf8(event.value) || stored.key.n > 256 || stored.conversation.n > 256)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct web_chat *chat = NULL;
    if (n == 0 || web_chat_new(&(struct web_chat_parts){0}, &chat, NULL) != OK)
        return 0;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    const struct platform *web = web_chat_platform(chat);
    if (data[0] % 2 == 0)
        come(web, STR("{\"type\":\"hello\",\"visitor\":\"0123456789abcdef\"}"), &arena);
    come(web, (struct str){(const char *)data + 1, n - 1}, &arena);
    web_chat_recorded(chat, 1, data[0] % 3 == 0);
    web_chat_free(chat);
    return 0;
}
