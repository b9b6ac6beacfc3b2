/* Files that a flow names: read, and brought to UTF-8.  Spreadsheets in Korea write CSV in CP949 unless told otherwise. */
#include <iconv.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/survey/files.h"
#include "flows/survey/load.h"

#include "bot/base/banned.h"

static void iconv_closep(iconv_t *conversion)
{
    if (*conversion != (iconv_t)-1)
        iconv_close(*conversion);
}

/* False: it is no CP949 either, or this machine cannot convert it. */
static bool from_cp949(struct loader *loader, struct str text, struct str *ret_text)
{
    enum { MOST_BYTES_OF_ONE = 2 }; /* a byte of ASCII stays one, two of Korean become three */
    CLEANUP(iconv_closep) iconv_t conversion = iconv_open("UTF-8", "CP949");
    char *bytes = load_alloc(loader, text.n + 1, MOST_BYTES_OF_ONE), *out = bytes;
    char *in = (char *)text.p;
    size_t in_left = text.n, out_left = (text.n + 1) * MOST_BYTES_OF_ONE;
    if (bytes == NULL || conversion == (iconv_t)-1 || iconv(conversion, &in, &in_left, &out, &out_left) == (size_t)-1)
        return false;
    *ret_text = (struct str){bytes, (size_t)(out - bytes)};
    return true;
}

/* Where the first byte stands that is no UTF-8. */
static struct place first_foreign(struct str text)
{
    struct place at = {1, 1};
    for (struct str rest = text, before = text; rest.n > 0; before = rest) {
        int32_t c = text_next(&rest);
        if (!text_is_utf8(str_first(before, before.n - rest.n)))
            break;
        at.line += c == '\n';
        at.column = c == '\n' ? 1 : at.column + 1;
    }
    return at;
}

static struct str in_utf8(struct loader *loader, struct str file, struct str text)
{
    static const char utf8_mark[] = "\xEF\xBB\xBF", utf16_mark[] = "\xFF\xFE";
    struct str converted = {0};
    if (str_starts(text, str_of(utf8_mark)))
        text = str_skip(text, sizeof utf8_mark - 1);
    if (text_is_utf8(text))
        return text;
    if (str_starts(text, str_of(utf16_mark)))
        load_fault_in(loader, file, (struct place){1, 1}, "the file is UTF-16; save it as \"CSV UTF-8\"");
    else if (!from_cp949(loader, text, &converted))
        load_fault_in(loader, file, first_foreign(text),
                      "from here on the file is neither UTF-8 nor CP949 (EUC-KR); save it as \"CSV UTF-8\"");
    return converted;
}

static struct str folder_of(struct str file)
{
    size_t n = file.n;
    while (n > 0 && file.p[n - 1] != '/')
        n--;
    return str_first(file, n);
}

void load_note_file(struct loader *loader, struct str path, struct str bytes)
{
    struct source_file *sources = load_grow(loader, loader->sources, loader->n_sources, sizeof *sources);
    if (sources == NULL)
        return;
    sources[loader->n_sources++] = (struct source_file){path, bytes};
    loader->sources = sources;
}

/* From the disk, or from what was given in its place. */
static MUST_USE enum err read_bytes(const struct loader *loader, struct str path, struct str *ret_bytes,
                                    struct error *error)
{
    if (loader->given == NULL)
        return files_read(loader->arena, path.p, ret_bytes, error);
    for (size_t i = 0; i < loader->n_given; i++)
        if (str_eq(loader->given[i].path, path)) {
            *ret_bytes = arena_copy(loader->arena, loader->given[i].bytes);
            return ret_bytes->p == NULL ? fail(error, ERR_NO_MEMORY, "%s is too large", path.p) : OK;
        }
    return fail(error, ERR_NOT_FOUND, "%s was not kept", path.p);
}

struct load_file load_other_bytes(struct loader *loader, const struct yaml_node *path)
{
    struct str name = load_str(loader, path), bytes = {0};
    struct load_file file = {0};
    if (loader->rc != OK)
        return file;
    struct str folder = name.p[0] == '/' ? STR("") : folder_of(loader->file);
    file.name = arena_format(loader->arena, "%.*s%.*s", STR_ARG(folder), STR_ARG(name));
    if (file.name.p == NULL) {
        load_no_memory(loader);
        return file;
    }
    struct error why = {0};
    if (read_bytes(loader, file.name, &bytes, &why) != OK) {
        load_fault(loader, load_place(path), "%s; write the path of a file, from this file's folder", why.text);
        return file;
    }
    load_note_file(loader, file.name, bytes);
    file.text = bytes;
    return file;
}

struct load_file load_other_file(struct loader *loader, const struct yaml_node *path)
{
    struct load_file file = load_other_bytes(loader, path);
    if (loader->rc == OK)
        file.text = in_utf8(loader, file.name, file.text);
    return file;
}
