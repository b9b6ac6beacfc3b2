/* What endpoints of language models send: answers, pieces, vectors, scores, thinking, and the check of a schema.
 * parts: llm base */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "integrations/llm/schema.h"
#include "integrations/llm/thinking.h"
#include "integrations/llm/wire.h"

#include "bot/base/banned.h"

enum { ARENA_BYTES = 8 * 1024 * 1024, TEXT_BYTES = 1024 * 1024 };

/* The first line is a schema, the rest a value. */
static void check_schema(struct arena *arena, struct str bytes)
{
    struct error error = {0};
    struct json_value *schema = NULL, *value = NULL;
    struct str rest = bytes, line;
    if (!str_split(&rest, '\n', &line) || json_read(arena, line, &schema, &error) != OK ||
        json_read(arena, schema_object_in(rest), &value, &error) != OK)
        return;
    enum err rc = schema_check(schema, value, arena, &error);
    assert(rc == OK || rc == ERR_INVALID || rc == ERR_NO_MEMORY);
}

/* Passed in two pieces it is the same as in one. */
static void check_thinking(struct str bytes)
{
    CLEANUP(buf_release) struct buf whole;
    CLEANUP(buf_release) struct buf cut;
    buf_init(&whole, NULL, TEXT_BYTES);
    buf_init(&cut, NULL, TEXT_BYTES);
    struct thinking one = {0}, two = {0};
    struct thinking_said said = thinking_pass(&one, bytes);
    buf_add(&whole, said.held);
    buf_add(&whole, said.rest);
    for (size_t i = 0; i < 2; i++) {
        said = thinking_pass(&two, i == 0 ? str_first(bytes, bytes.n / 2) : str_skip(bytes, bytes.n / 2));
        buf_add(&cut, said.held);
        buf_add(&cut, said.rest);
    }
    assert(str_eq(buf_str(&whole), buf_str(&cut)));
    assert(str_eq(thinking_end(&one), thinking_end(&two)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    size_t n = 1 + data[0] % 4;
    struct str bytes = arena_copy(&arena, (struct str){(const char *)data + 1, size - 1});
    struct error error = {0};
    struct wire_said said;
    struct wire_vectors vectors;
    struct wire_scores scores;
    if (wire_chat_answer(&arena, bytes, &said, &error) == OK)
        check_thinking(said.text);
    if (wire_chat_piece(&arena, bytes, &said, &error) == OK)
        check_thinking(said.text);
    if (wire_vectors(&arena, bytes, n, &vectors, &error) == OK)
        for (size_t i = 0; i < n * vectors.dimension; i++)
            assert(isfinite(vectors.values[i]));
    if (wire_scores(&arena, bytes, n, &scores, &error) == OK)
        for (size_t i = 0; i < n; i++)
            assert(isfinite(scores.values[i]));
    check_schema(&arena, bytes);
    check_thinking(bytes);
    return 0;
}
