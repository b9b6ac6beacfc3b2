#include "store/import/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "store/import/making.h"

#include "bot/base/banned.h"

enum { PIECE_BYTES = 64 * 1024 };

static void archive_freep(struct archive **archive)
{
    if (*archive != NULL)
        archive_read_free(*archive);
}

static void broken(struct making *making)
{
    making_fail(making, ERR_INVALID, "this office file is broken; open it in its program and save it again");
}

static struct str unpack(struct making *making, struct zip *zip, struct archive *archive)
{
    struct buf bytes;
    char piece[PIECE_BYTES];
    buf_init(&bytes, making->arena, ZIP_MAX_BYTES + 1);
    for (la_ssize_t n; (n = archive_read_data(archive, piece, sizeof piece)) != 0 && making->rc == OK;) {
        zip->bytes += n > 0 ? (size_t)n : 0;
        if (n < 0)
            broken(making);
        else if (zip->bytes > ZIP_MAX_BYTES)
            making_fail(making, ERR_INVALID, "it unpacks to more than %d MB; this is no document",
                        ZIP_MAX_BYTES / 1024 / 1024);
        else
            buf_add(&bytes, (struct str){piece, (size_t)n});
    }
    if (buf_failed(&bytes))
        making_fail(making, ERR_NO_MEMORY, "it needs more memory than a document gets");
    return buf_str(&bytes);
}

static void add_member(struct making *making, struct zip *zip, struct zip_member member)
{
    if (zip->n == zip->capacity) {
        size_t capacity = zip->capacity == 0 ? 32 : 2 * zip->capacity;
        struct zip_member *members = arena_alloc_array(making->arena, capacity, sizeof *members);
        if (members == NULL) {
            making_fail(making, ERR_NO_MEMORY, "it needs more memory than a document gets");
            return;
        }
        if (zip->n > 0)
            memcpy(members, zip->members, zip->n * sizeof *members);
        zip->members = members;
        zip->capacity = capacity;
    }
    zip->members[zip->n++] = member;
}

static void take_entry(struct making *making, struct zip *zip, struct archive *archive, struct archive_entry *entry)
{
    const char *path = archive_entry_pathname(entry);
    struct str name = arena_copy(making->arena, str_of(path));
    if (archive_entry_is_encrypted(entry)) {
        making_fail(making, ERR_INVALID, "this file is encrypted; save it without a password");
        return;
    }
    struct str bytes = unpack(making, zip, archive);
    if (making->rc == OK)
        add_member(making, zip, (struct zip_member){name, bytes});
}

bool zip_open(struct making *making, struct str bytes, zip_wants *wants, struct zip *ret_zip)
{
    CLEANUP(archive_freep) struct archive *archive = archive_read_new();
    if (archive == NULL || archive_read_support_format_zip_seekable(archive) != ARCHIVE_OK ||
        archive_read_open_memory(archive, bytes.p, bytes.n) != ARCHIVE_OK) {
        broken(making);
        return false;
    }
    struct zip zip = {0};
    struct archive_entry *entry = NULL;
    int code = ARCHIVE_OK;
    for (size_t n = 0; making->rc == OK && (code = archive_read_next_header(archive, &entry)) == ARCHIVE_OK; n++) {
        const char *path = archive_entry_pathname(entry);
        if (n >= ZIP_MAX_MEMBERS)
            making_fail(making, ERR_INVALID, "it holds more than %d members; this is no document", ZIP_MAX_MEMBERS);
        else if (path != NULL && wants(str_of(path)))
            take_entry(making, &zip, archive, entry);
    }
    if (code != ARCHIVE_EOF)
        broken(making);
    *ret_zip = zip;
    return making->rc == OK;
}

struct str zip_find(const struct zip *zip, struct str name)
{
    for (size_t i = 0; i < zip->n; i++)
        if (str_eq(zip->members[i].name, name))
            return zip->members[i].bytes;
    return STR("");
}
