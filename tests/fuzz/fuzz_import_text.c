/* Text files from anywhere: the first byte chooses the format, the second how the blocks are cut.  Whatever it is, it is
 * refused with a sentence, or its blocks are what bot/model/block.h promises, and no chunk is too long.
 * parts: import index store model base */
#include <stdint.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "store/import/import.h"
#include "store/index/chunk.h"

static void check_blocks(struct blocks blocks)
{
    for (size_t i = 0; i < blocks.n; i++) {
        const struct block *block = &blocks.items[i];
        bool level = block->kind == BLOCK_HEADING || block->kind == BLOCK_LIST_ITEM;
        if (block->text.n == 0 || !text_is_utf8(block->text) || !text_is_utf8(block->header))
            abort();
        if (level && (block->level < 1 || block->level > BLOCK_MAX_LEVEL))
            abort();
        if (str_find_char(block->text, '\0') != SIZE_MAX || str_trim(block->text).n != block->text.n)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a.md", "a.html", "a.csv", "a.txt", "a"};
    if (size < 2)
        return 0;
    struct arena arena;
    arena_init(&arena, 64 * 1024 * 1024);
    struct imported imported = {0};
    struct error error = {0};
    struct import_file file = {.name = str_of(names[data[0] % 5]), .bytes = {(const char *)data + 2, size - 2}};
    enum err rc = import_read(&arena, &file, &imported, &error);
    if (rc != OK && error.n == 0)
        abort();
    if (rc == OK) {
        struct chunk_settings settings = {.size = CHUNK_LEAST_SIZE + data[1], .overlap = data[1] / 3};
        struct chunks chunks = {0};
        check_blocks(imported.blocks);
        rc = chunk_cut(&arena, imported.blocks, settings, &chunks, &error);
        for (size_t i = 0; rc == OK && i < chunks.n; i++)
            if (chunks.items[i].body.n == 0 || text_length(chunks.items[i].body) > settings.size)
                abort();
        if (rc == OK && chunks.n == 0)
            abort();
    }
    arena_release(&arena);
    return 0;
}
