#include "flows/rules/dmn_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "flows/rules/limits.h"

#include "bot/base/banned.h"

static void closep(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* At most `most` bytes of an open file. */
static enum err read_bytes(struct arena *arena, int fd, size_t most, struct str *ret_bytes)
{
    char *bytes = arena_alloc(arena, most);
    size_t n = 0;
    if (bytes == NULL)
        return ERR_NO_MEMORY;
    while (n < most) {
        ssize_t got = read(fd, bytes + n, most - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ERR_INTERNAL;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    *ret_bytes = (struct str){bytes, n};
    return OK;
}

static enum err read_whole(struct arena *arena, int fd, struct str path, struct dmn_source *ret_source,
                           struct error *error)
{
    struct stat about;
    struct str bytes;
    if (fd < 0 || fstat(fd, &about) != 0)
        return fail(error, ERR_NOT_FOUND, "%.*s: cannot be opened: %s", STR_ARG(path), strerror(errno));
    if (!S_ISREG(about.st_mode))
        return fail(error, ERR_INVALID, "%.*s: is no file; name a DMN file", STR_ARG(path));
    if (about.st_size > DMN_MAX_BYTES)
        return fail(error, ERR_INVALID, "%.*s:1:1: more than %d MiB; split the model up", STR_ARG(path),
                    DMN_MAX_BYTES / 1024 / 1024);
    enum err rc = read_bytes(arena, fd, (size_t)about.st_size, &bytes);
    if (rc != OK)
        return fail(error, rc, "%.*s: cannot be read%s", STR_ARG(path), rc == ERR_NO_MEMORY ? ": too large" : "");
    *ret_source = (struct dmn_source){path, bytes};
    return OK;
}

enum err dmn_folder_open(struct arena *arena, struct str path, struct dmn_source *ret_source, struct error *error)
{
    struct str name = arena_copy(arena, path);
    if (name.p == NULL)
        return fail(error, ERR_NO_MEMORY, "%.*s: no memory to read it", STR_ARG(path));
    CLEANUP(closep) int fd = open(name.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    return read_whole(arena, fd, name, ret_source, error);
}

struct str dmn_folder_of(struct str path)
{
    size_t n = path.n;
    while (n > 0 && path.p[n - 1] != '/')
        n--;
    return n > 1 ? str_first(path, n - 1) : str_first(path, n);
}

/* ── finding ───────────────────────────────────────────────────────────────────────────────────────────────────── */

enum { BYTES_LOOKED_AT = 64 * 1024, FILES_LOOKED_AT = 500 };

/* One search for an import. */
struct search {
    const struct dmn_folder *folder;
    const struct dmn_import *import;
    int dir;
    struct arena *arena;
};

static int open_here(const struct search *search, const char *name)
{
    return openat(search->dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
}

static bool is_wanted(const struct search *search, const char *name)
{
    CLEANUP(closep) int fd = open_here(search, name);
    CLEANUP(arena_release) struct arena scratch;
    struct stat about;
    struct str bytes;
    arena_init(&scratch, (size_t)2 * BYTES_LOOKED_AT);
    return fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode) &&
           read_bytes(&scratch, fd, BYTES_LOOKED_AT, &bytes) == OK &&
           str_eq(dmn_namespace(&scratch, bytes), search->import->namespace);
}

static int is_model(const struct dirent *entry)
{
    struct str name = str_of(entry->d_name);
    return name.p[0] != '.' && (str_ends(name, STR(".dmn")) || str_ends(name, STR(".xml")));
}

struct entries {
    struct dirent **items;
    int n;
};

static void entries_free(struct entries *entries)
{
    for (int i = 0; i < entries->n; i++)
        free(entries->items[i]);
    free(entries->items);
}

/* The name of the file that is meant; "" when there is none. */
static struct str find(const struct search *search)
{
    struct str location = search->import->location, last = location;
    for (size_t slash; (slash = str_find_char(last, '/')) != SIZE_MAX;)
        last = str_skip(last, slash + 1);
    last = arena_copy(search->arena, last);
    if (last.n > 0 && is_wanted(search, last.p))
        return last;
    CLEANUP(entries_free) struct entries entries = {0};
    entries.n = scandirat(search->dir, ".", &entries.items, is_model, alphasort);
    for (int i = 0; i < entries.n && i < FILES_LOOKED_AT; i++)
        if (is_wanted(search, entries.items[i]->d_name))
            return arena_copy(search->arena, str_of(entries.items[i]->d_name));
    return STR("");
}

static enum err read_import(void *self, const struct dmn_import *import, struct arena *arena,
                            struct dmn_source *ret_source, struct error *error)
{
    const struct dmn_folder *folder = self;
    struct str path = arena_copy(arena, folder->path.n > 0 ? folder->path : STR("."));
    if (path.p == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory to look for it");
    CLEANUP(closep) int dir = open(path.p, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (dir < 0)
        return fail(error, ERR_NOT_FOUND, "%s cannot be opened: %s", path.p, strerror(errno));
    const struct search search = {folder, import, dir, arena};
    struct str name = find(&search);
    if (name.n == 0)
        return fail(error, ERR_NOT_FOUND, "no file in %s has the namespace \"%.*s\"; put the model there", path.p,
                    STR_ARG(import->namespace));
    struct str shown = folder->path.n > 0 ? arena_format(arena, "%s/%s", path.p, name.p) : name;
    if (shown.p == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory to read %s", name.p);
    CLEANUP(closep) int fd = open_here(&search, name.p);
    return read_whole(arena, fd, shown, ret_source, error);
}

struct dmn_files dmn_folder_files(struct dmn_folder *folder)
{
    return (struct dmn_files){read_import, folder};
}
