/* tests/fuzz/fuzz_text_input.c — text made plain once stays as it is; the key of labels is the key of itself.
 * parts: base */
#include <stdint.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef enum err text_function(struct arena *arena, struct str s, struct str *ret);

static void check(struct arena *arena, text_function *function, struct str s)
{
    struct str once, twice;
    enum err rc = function(arena, s, &once);
    if (!text_is_utf8(s)) {
        if (rc != ERR_INVALID)
            abort();
        return;
    }
    if (rc != OK || !text_is_utf8(once) || function(arena, once, &twice) != OK || !str_eq(once, twice))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str s = {(const char *)data, size};
    struct arena arena;
    arena_init(&arena, 64 << 20);
    check(&arena, text_nfc, s);
    check(&arena, text_input, s);
    check(&arena, text_fold, s);
    check(&arena, text_lower, s);
    check(&arena, text_match_key, s);
    if (text_columns(s) > text_length(s) * 2 || text_first(s, 3).n > size)
        abort();
    struct str half = str_skip(s, size / 2);
    if (size < 2000 && text_distance(str_first(s, size / 2), half, 5) > 5)
        abort();
    arena_release(&arena);
    return 0;
}
