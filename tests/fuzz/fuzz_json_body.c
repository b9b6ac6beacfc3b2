/* tests/fuzz/fuzz_json_body.c — any body parses or is refused, and any field of it can be asked for.
 * parts: base */
#include <stdint.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/json.h"
#include "bot/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"a", "a.b", "event.user", "event.files.0.id", "0", "0.0", "1.a", "", "."};
    CLEANUP(json_releasep) json_t *root = NULL;
    if (json_parse_body((struct str){(const char *)data, size}, &root, NULL) != OK)
        return 0;
    struct arena arena;
    arena_init(&arena, 16 << 20);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct reader r = {.arena = &arena};
        struct str text = json_text_of(&r, json_at(root, paths[i]));
        struct strs list = json_may_strs(&r, root, paths[i]);
        for (size_t j = 0; j < list.n; j++)
            if (!text_is_utf8(list.items[j]))
                abort();
        if (r.rc != OK || !text_is_utf8(text) || !text_is_utf8(json_may_str(&r, root, paths[i], STR(""))) ||
            !text_is_utf8(json_need_id(&r, root, paths[i])))
            abort();
        (void)json_need_i64(&r, root, paths[i]);
        (void)json_may_bool(&r, root, paths[i], false);
    }
    arena_release(&arena);
    return 0;
}
