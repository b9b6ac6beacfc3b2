/* What pdftohtml may say, and what the reader's pipe may carry: the first byte chooses.
 * parts: import model base */
#include <stdint.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "store/import/import.h"
#include "store/import/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct arena arena;
    arena_init(&arena, 128 * 1024 * 1024);
    struct str rest = {(const char *)data + 1, size - 1};
    struct import_file file = {.name = STR("a.pdf"), .bytes = STR("%PDF-1.7"), .pdf_xml = rest};
    struct imported imported = {0};
    struct error error = {0};
    enum err rc =
        data[0] % 2 == 0 ? import_read(&arena, &file, &imported, &error) : wire_read(&arena, rest, &imported, &error);
    if (rc != OK && error.code == OK)
        abort();
    for (size_t i = 0; rc == OK && i < imported.blocks.n; i++)
        if (imported.blocks.items[i].text.n == 0 || !text_is_utf8(imported.blocks.items[i].text))
            abort();
    arena_release(&arena);
    return 0;
}
