#include "store/import/child.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "store/import/import.h"
#include "store/import/poppler.h"
#include "store/import/seal.h"
#include "store/import/wire.h"

#include "bot/base/banned.h"

static enum err map_file(struct str *ret_bytes, struct error *error)
{
    struct stat about;
    if (fstat(STDIN_FILENO, &about) != 0 || !S_ISREG(about.st_mode))
        return fail(error, ERR_INVALID, "it is no file");
    if (about.st_size == 0)
        return fail(error, ERR_INVALID, "it is empty");
    if (about.st_size > IMPORT_MAX_FILE_BYTES)
        return fail(error, ERR_INVALID, "it has %lld MB; more than %d are not read: split it",
                    (long long)about.st_size / 1024 / 1024, IMPORT_MAX_FILE_BYTES / 1024 / 1024);
    void *bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
    if (bytes == MAP_FAILED)
        return fail(error, ERR_INVALID, "it cannot be read");
    *ret_bytes = (struct str){bytes, (size_t)about.st_size};
    return OK;
}

static enum err read_fenced(struct arena *arena, const char *name, struct imported *ret_imported, struct error *error)
{
    struct import_file file = {.name = str_of(name)};
    enum err rc = seal_limits(error);
    if (rc == OK)
        rc = map_file(&file.bytes, error);
    import_prepare();
    if (rc == OK && import_is_pdf(&file))
        rc = poppler_run(arena, &file.pdf_xml, error);
    if (rc == OK)
        rc = seal_reader(error);
    return rc == OK ? import_read(arena, &file, ret_imported, error) : rc;
}

static bool send_all(struct str bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes.p, bytes.n);
        if (n < 0 && errno != EINTR)
            return false;
        bytes = str_skip(bytes, n > 0 ? (size_t)n : 0);
    }
    return true;
}

_Noreturn void child_main(const char *name)
{
    struct arena arena;
    arena_init(&arena, IMPORT_ARENA_BYTES);
    struct imported imported = {0};
    struct error error = {0};
    struct buf wire;
    buf_init(&wire, NULL, WIRE_MAX_BYTES);
    enum err rc = read_fenced(&arena, name, &imported, &error);
    if (rc == OK)
        wire_add_document(&wire, &imported);
    else
        wire_add_failure(&wire, &error);
    /* nothing of ours runs at the end: no handlers, no buffers */
    _exit(!buf_failed(&wire) && send_all(buf_str(&wire)) ? 0 : 1);
}
