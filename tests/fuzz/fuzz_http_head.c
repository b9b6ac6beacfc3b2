/* tests/fuzz/fuzz_http_head.c — a request's head: as a whole and byte by byte it must read the same.
 * parts: net base                                                                                                    */
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/net/http_head.h"

enum { MAX_BYTES = 2048, ARENA_BYTES = 65536 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_path(struct str path)
{
    if (path.n == 0 || path.p[0] != '/' || str_find(path, STR("//")) != SIZE_MAX ||
        str_find(path, STR("/../")) != SIZE_MAX || str_find(path, STR("/./")) != SIZE_MAX ||
        str_ends(path, STR("/..")) || str_find_char(path, '\0') != SIZE_MAX)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct str bytes = {(const char *)data, n};
    struct http_head whole = {0}, pieces = {0};
    struct http_search search = {0}, fresh = {0};
    size_t n_whole = 0, n_pieces = 0;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    enum http_parsed how = http_head_parse(bytes, MAX_BYTES, &fresh, &arena, &whole, &n_whole),
                     in_pieces = HTTP_INCOMPLETE;
    for (size_t i = 0; i <= n && in_pieces == HTTP_INCOMPLETE; i++)
        in_pieces = http_head_parse(str_first(bytes, i), MAX_BYTES, &search, &arena, &pieces, &n_pieces);
    if (how == HTTP_PARSED) {
        if (in_pieces != HTTP_PARSED || n_whole != n_pieces || n_whole > n || !str_eq(whole.path, pieces.path) ||
            !str_eq(whole.query, pieces.query) || whole.n_fields != pieces.n_fields || whole.length < 0)
            abort();
        check_path(whole.path);
    } else if (in_pieces == HTTP_PARSED) {
        abort();
    }
    return 0;
}
