/* The XML inside an office file: the first byte chooses the format, the rest is its main part, packed here.
 * parts: import model base */
#include <archive.h>
#include <archive_entry.h>
#include <stdint.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "store/import/import.h"

enum { ROOM = 1 << 20 };

static void add(struct archive *archive, const char *name, struct str text)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)text.n);
    archive_entry_set_filetype(entry, AE_IFREG);
    if (archive_write_header(archive, entry) == ARCHIVE_OK)
        (void)archive_write_data(archive, text.p, text.n);
    archive_entry_free(entry);
}

static const struct str rels = STR_INIT("<R><Relationship Id='r' Target='worksheets/a.xml'/></R>");
static const struct str book = STR_INIT("<w xmlns:r='r'><sheet name='a' r:id='r'/></w>");
static const struct str show_rels = STR_INIT("<R><Relationship Id='r' Target='slides/a.xml'/></R>");
static const struct str show = STR_INIT("<w xmlns:r='r'><sldId id='1' r:id='r'/></w>");

static const char *pack(struct archive *archive, uint8_t choice, struct str text)
{
    switch (choice % 5) {
    case 0:
        add(archive, "word/document.xml", text);
        return "a.docx";
    case 1:
        add(archive, "word/styles.xml", text);
        return "a.docx";
    case 2:
        add(archive, "xl/_rels/workbook.xml.rels", rels);
        add(archive, "xl/workbook.xml", book);
        add(archive, "xl/worksheets/a.xml", text);
        return "a.xlsx";
    case 3:
        add(archive, "xl/sharedStrings.xml", text);
        add(archive, "xl/styles.xml", text);
        return "a.xlsx";
    default:
        add(archive, "ppt/_rels/presentation.xml.rels", show_rels);
        add(archive, "ppt/presentation.xml", show);
        add(archive, "ppt/slides/a.xml", text);
        return "a.pptx";
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > ROOM / 4)
        return 0;
    struct arena arena;
    arena_init(&arena, 128 * 1024 * 1024);
    char *bytes = arena_alloc(&arena, ROOM);
    size_t used = 0;
    struct archive *archive = archive_write_new();
    archive_write_set_format_zip(archive);
    archive_write_zip_set_compression_store(archive);
    if (archive_write_open_memory(archive, bytes, ROOM, &used) != ARCHIVE_OK)
        abort();
    struct import_file file = {.name = str_of(pack(archive, data[0], (struct str){(const char *)data + 1, size - 1}))};
    archive_write_close(archive);
    archive_write_free(archive);
    file.bytes = (struct str){bytes, used};
    struct imported imported = {0};
    struct error error = {0};
    enum err rc = import_read(&arena, &file, &imported, &error);
    if (rc != OK && error.n == 0)
        abort();
    for (size_t i = 0; rc == OK && i < imported.blocks.n; i++)
        if (imported.blocks.items[i].text.n == 0 || !text_is_utf8(imported.blocks.items[i].text))
            abort();
    arena_release(&arena);
    return 0;
}
