#include "store/import/import.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "store/import/decode.h"
#include "store/import/making.h"
#include "store/import/readers.h"

#include "bot/base/banned.h"

enum { MAX_ENDINGS = 4 };

static const struct format {
    const char *endings[MAX_ENDINGS];
    import_reader *read;
    bool is_text; /* the reader gets UTF-8 */
} formats[] = {
    {{".md", ".markdown"}, markdown_read, true},
    {{".txt", ".text"}, plain_read, true},
    {{".csv", ".tsv"}, csv_read, true},
    {{".html", ".htm", ".xhtml"}, html_read, true},
    {{".pdf"}, pdf_read, false},
    {{".docx", ".docm"}, docx_read, false},
    {{".pptx", ".pptm"}, pptx_read, false},
    {{".xlsx", ".xlsm"}, xlsx_read, false},
};

/* What people try, and what they can do instead. */
static const struct {
    struct str ending;
    const char *advice;
} unreadable[] = {
    {STR_INIT(".hwp"), "an HWP file; save it as PDF or DOCX"},
    {STR_INIT(".doc"), "an old Word file; save it as DOCX or PDF"},
    {STR_INIT(".ppt"), "an old PowerPoint file; save it as PPTX or PDF"},
    {STR_INIT(".xls"), "an old Excel file; save it as XLSX or CSV"},
};

static bool ends_with(struct str name, struct str ending)
{
    return name.n > ending.n && str_eq_nocase(str_skip(name, name.n - ending.n), ending);
}

static const struct format *format_of_name(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        for (size_t k = 0; k < MAX_ENDINGS && formats[i].endings[k] != NULL; k++)
            if (ends_with(name, str_of(formats[i].endings[k])))
                return &formats[i];
    return NULL;
}

bool import_knows(struct str name)
{
    return format_of_name(name) != NULL;
}

bool import_is_pdf(const struct import_file *file)
{
    const struct format *named = format_of_name(file->name);
    bool marked = str_find(str_first(file->bytes, 1024), STR("%PDF-")) != SIZE_MAX;
    return marked && (named == NULL || !named->is_text);
}

static const struct format *format_of_reader(import_reader *read)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        if (formats[i].read == read)
            return &formats[i];
    return NULL;
}

/* A page that somebody saved without an ending. */
static bool looks_like_html(struct str bytes)
{
    struct str head = str_trim(str_first(bytes, 512));
    return str_eq_nocase(str_first(head, 9), STR("<!doctype")) || str_eq_nocase(str_first(head, 5), STR("<html"));
}

/* By what the bytes cannot be, whatever they are called; then by the name. */
static enum err choose(const struct import_file *file, const struct format **ret_format, struct error *error)
{
    const struct format *named = format_of_name(file->name);
    bool zip = str_starts(file->bytes, STR("PK\x03\x04")), office = named != NULL && !named->is_text;
    if (import_is_pdf(file)) {
        *ret_format = format_of_reader(pdf_read);
        return OK;
    }
    for (size_t i = 0; i < COUNT_OF(unreadable); i++)
        if (ends_with(file->name, unreadable[i].ending))
            return fail(error, ERR_INVALID, "this is %s", unreadable[i].advice);
    /* Office programs encrypt into their old container. */
    if (office && str_starts(file->bytes, STR("\xD0\xCF\x11\xE0")))
        return fail(error, ERR_INVALID, "this file is encrypted, or of an old format; save it without a password");
    if (office && named->read == pdf_read)
        return fail(error, ERR_INVALID, "this is no PDF, in spite of its name");
    if (office && !zip)
        return fail(error, ERR_INVALID, "this is no office file, in spite of its name, or it is broken");
    if (named == NULL && zip)
        return fail(error, ERR_INVALID, "this is an archive; unpack it, and give the files");
    if (named == NULL && looks_like_html(file->bytes))
        named = format_of_reader(html_read);
    *ret_format = named != NULL ? named : format_of_reader(plain_read);
    return OK;
}

static enum err run(struct arena *arena, import_reader *read, struct str bytes, struct imported *ret_imported,
                    struct error *error)
{
    struct making making;
    struct imported imported = {0};
    making_init(&making, arena, error);
    read(&making, bytes, &imported);
    enum err rc = making_finish(&making, &imported);
    if (rc == OK)
        *ret_imported = imported;
    return rc;
}

void import_prepare(void)
{
    decode_prepare();
}

enum err import_read(struct arena *arena, const struct import_file *file, struct imported *ret_imported,
                     struct error *error)
{
    const struct format *format = NULL;
    struct str bytes = file->bytes;
    if (bytes.n == 0)
        return fail(error, ERR_INVALID, "it is empty");
    if (bytes.n > IMPORT_MAX_FILE_BYTES)
        return fail(error, ERR_INVALID, "it is larger than %d MB; split it", IMPORT_MAX_FILE_BYTES / 1024 / 1024);
    enum err rc = choose(file, &format, error);
    if (rc == OK && format != NULL && format->is_text)
        rc = decode_text(arena, bytes, &bytes, error);
    if (rc != OK || format == NULL)
        return rc;
    if (format->read == pdf_read)
        bytes = file->pdf_xml;
    return run(arena, format->read, bytes, ret_imported, error);
}

enum err import_text(struct arena *arena, struct str text, struct imported *ret_imported, struct error *error)
{
    return run(arena, plain_read, text, ret_imported, error);
}
