/* Quotes are located in pages, whatever either holds.
 * parts: answer index flow model base
 * The input: the quote, a NUL, the page.  What is found must lie within the page, its parts in order.                */
#include <stdlib.h>

#include "bot/base/arena.h"
#include "flows/answer/quote.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str all = {(const char *)data, size}, quote;
    struct str rest = all;
    str_split(&rest, '\0', &quote);
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct quote_page page;
    struct quote_found found;
    enum quote_outcome outcome;
    if (quote_page_read(&arena, rest, &page) == OK && quote_locate(&arena, &page, quote, &outcome, &found) == OK &&
        outcome == QUOTE_FOUND) {
        for (size_t i = 0; i < found.n; i++) {
            if (found.parts[i].from >= found.parts[i].to || found.parts[i].to > rest.n ||
                (i > 0 && found.parts[i].from < found.parts[i - 1].to))
                abort();
            struct str context = quote_context(rest, found.parts[i]);
            if (context.p != NULL && (context.p < rest.p || context.p + context.n > rest.p + rest.n))
                abort();
        }
    }
    arena_release(&arena);
    return 0;
}
