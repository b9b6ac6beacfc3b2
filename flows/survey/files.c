#include "flows/survey/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bot/base/arena.h"

#include "bot/base/banned.h"

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void closep(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

enum err files_read(struct arena *arena, const char *path, struct str *ret_bytes, struct error *error)
{
    CLEANUP(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    if (fd < 0 || fstat(fd, &about) != 0)
        return fail(error, ERR_NOT_FOUND, "%s cannot be opened: %s", path, strerror(errno));
    if (!S_ISREG(about.st_mode))
        return fail(error, ERR_INVALID, "%s is no file", path);
    if (about.st_size > FILES_MAX_BYTES)
        return fail(error, ERR_INVALID, "%s is larger than 8 MiB", path);
    size_t size = (size_t)about.st_size, n = 0;
    char *bytes = arena_alloc(arena, size);
    if (bytes == NULL)
        return fail(error, ERR_NO_MEMORY, "%s is too large", path);
    while (n < size) {
        ssize_t got = read(fd, bytes + n, size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(error, ERR_INTERNAL, "%s cannot be read: %s", path, strerror(errno));
        if (got == 0)
            break; /* it became shorter while we read */
        n += (size_t)got;
    }
    *ret_bytes = (struct str){bytes, n};
    return OK;
}

/* ── finding ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct finder {
    bool tests; /* files of tests are wanted, and nothing else */
    struct arena *arena;
    struct error *error;
    struct str *files; /* FILES_MAX of them */
    bool *named;
    size_t n;
};

/* "./flows/a.yaml" is "flows/a.yaml". */
bool files_same(struct str a, struct str b)
{
    a = str_starts(a, STR("./")) ? str_skip(a, 2) : a;
    b = str_starts(b, STR("./")) ? str_skip(b, 2) : b;
    return str_eq(a, b);
}

/* Each once, whoever names it. */
static MUST_USE enum err add_file(struct finder *finder, const char *path, bool named)
{
    for (size_t i = 0; i < finder->n; i++)
        if (files_same(finder->files[i], str_of(path)))
            return OK;
    if (finder->n == FILES_MAX)
        return fail(finder->error, ERR_INVALID, "%s: more than %d flow files", path, FILES_MAX);
    struct str kept = arena_copy(finder->arena, str_of(path));
    if (kept.p == NULL)
        return fail(finder->error, ERR_NO_MEMORY, "%s: too many files", path);
    finder->files[finder->n] = kept;
    finder->named[finder->n++] = named;
    return OK;
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

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool is_yaml(struct str name)
{
    return str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml"));
}

bool files_is_test(struct str path)
{
    return str_ends(path, STR(".test.yaml")) || str_ends(path, STR(".test.yml"));
}

/* Recursive, at most FILES_MAX_DEPTH deep. */
static MUST_USE enum err add_folder(struct finder *finder, const char *path, int depth)
{
    CLEANUP(entries_free) struct entries entries = {0};
    entries.n = scandir(path, &entries.items, is_visible, alphasort);
    if (entries.n < 0)
        return fail(finder->error, ERR_NOT_FOUND, "%s cannot be opened: %s", path, strerror(errno));
    enum err rc = OK;
    for (int i = 0; i < entries.n && rc == OK; i++) {
        struct stat about;
        struct str name = str_of(entries.items[i]->d_name);
        struct str below =
            arena_format(finder->arena, "%s%s%s", path, str_ends(str_of(path), STR("/")) ? "" : "/", name.p);
        if (below.p == NULL)
            return fail(finder->error, ERR_NO_MEMORY, "%s: too many files", path);
        if (lstat(below.p, &about) != 0)
            continue; /* gone meanwhile */
        if (S_ISDIR(about.st_mode) && depth < FILES_MAX_DEPTH)
            rc = add_folder(finder, below.p, depth + 1);
        else if (!S_ISDIR(about.st_mode) && is_yaml(name) && files_is_test(name) == finder->tests)
            rc = add_file(finder, below.p, false);
    }
    return rc;
}

static MUST_USE enum err add_path(struct finder *finder, const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0)
        return fail(finder->error, ERR_NOT_FOUND, "%s cannot be opened: %s", path, strerror(errno));
    if (S_ISDIR(about.st_mode))
        return add_folder(finder, path, 1);
    return files_is_test(str_of(path)) == finder->tests ? add_file(finder, path, true) : OK;
}

static MUST_USE enum err find(struct finder *finder, struct strs paths)
{
    finder->files = arena_alloc_array(finder->arena, FILES_MAX, sizeof *finder->files);
    finder->named = arena_alloc_array(finder->arena, FILES_MAX, sizeof *finder->named);
    if (finder->files == NULL || finder->named == NULL)
        return fail(finder->error, ERR_NO_MEMORY, "no memory for the list of flow files");
    for (size_t i = 0; i < paths.n; i++) {
        struct str path = arena_copy(finder->arena, paths.items[i]);
        if (path.p == NULL)
            return fail(finder->error, ERR_NO_MEMORY, "no memory for the list of flow files");
        enum err rc = add_path(finder, path.p);
        if (rc != OK)
            return rc;
    }
    return OK;
}

enum err files_list(struct arena *arena, struct strs paths, struct strs *ret_files, const bool **ret_named,
                    struct error *error)
{
    struct finder finder = {.arena = arena, .error = error};
    enum err rc = find(&finder, paths);
    if (rc != OK)
        return rc;
    *ret_files = (struct strs){finder.files, finder.n};
    *ret_named = finder.named;
    return OK;
}

enum err files_list_tests(struct arena *arena, struct strs paths, struct strs *ret_files, struct error *error)
{
    struct finder finder = {.tests = true, .arena = arena, .error = error};
    enum err rc = find(&finder, paths);
    if (rc == OK)
        *ret_files = (struct strs){finder.files, finder.n};
    return rc;
}
