/* tests/fuzz/fuzz_json_read.c — what the exact reader takes, jansson takes too and means the same, and it comes back
 * from the writer unchanged; what the reader refuses, jansson refuses.
 * parts: base */
#include <stdint.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* `value`, written, in a buffer that the arena owns. */
static struct str written(struct arena *arena, const struct json_value *value)
{
    struct buf out;
    buf_init(&out, arena, 8 << 20);
    json_add_value(&out, value);
    if (buf_failed(&out))
        abort();
    return buf_str(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct error error = {.code = OK};
    struct json_value *root, *again;
    json_t *tree = NULL;
    enum err rc = json_read(&arena, text, &root, &error);
    if (json_parse_body(text, &tree, NULL) != rc)
        abort();
    if (rc == OK) {
        struct str first = written(&arena, root);
        if (json_read(&arena, first, &again, NULL) != OK || !str_eq(first, written(&arena, again)))
            abort();
        CLEANUP(json_releasep) json_t *same = NULL;
        if (json_parse_body(first, &same, NULL) != OK || !json_equal(tree, same))
            abort();
    } else if (rc != ERR_INVALID || !str_starts(str_of(error.text), STR("byte "))) {
        abort();
    }
    json_decref(tree);
    arena_release(&arena);
    return 0;
}
