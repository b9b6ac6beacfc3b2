#include "bot/cli/ingest_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bot/base/arena.h"
#include "store/import/import.h"

#include "bot/base/banned.h"

struct walk {
    struct arena *arena;
    struct ingest_list list;
    size_t root; /* bytes of the paths that are before the keys */
    bool no_memory;
};

static void add(struct walk *walk, struct str path, size_t key, int64_t bytes)
{
    struct ingest_list *list = &walk->list;
    if (list->n == list->room) {
        size_t room = list->room == 0 ? 64 : 2 * list->room;
        struct ingest_entry *items = arena_alloc_array(walk->arena, room, sizeof *items);
        walk->no_memory = walk->no_memory || items == NULL;
        if (items == NULL)
            return;
        if (list->n > 0)
            memcpy(items, list->items, list->n * sizeof *items);
        list->items = items;
        list->room = room;
    }
    list->items[list->n++] = (struct ingest_entry){path, str_skip(path, key), bytes};
    list->bytes += bytes;
}

static int by_key(const void *a, const void *b)
{
    return str_cmp(((const struct ingest_entry *)a)->key, ((const struct ingest_entry *)b)->key);
}

static void closedirp(DIR **dir)
{
    if (*dir != NULL)
        closedir(*dir);
}

/* No hidden files; links to files, not to folders. */
static void add_below(struct walk *walk, struct str folder, int depth)
{
    CLEANUP(closedirp) DIR *dir = opendir(folder.p);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL && !walk->no_memory;) {
        struct stat itself, about;
        struct str path = arena_format(walk->arena, "%.*s/%s", STR_ARG(folder), entry->d_name);
        walk->no_memory = path.p == NULL;
        if (entry->d_name[0] == '.' || path.p == NULL || lstat(path.p, &itself) != 0 || stat(path.p, &about) != 0)
            continue;
        if (S_ISDIR(itself.st_mode) && depth > 0)
            add_below(walk, path, depth - 1);
        else if (S_ISREG(about.st_mode) && (import_knows(path) || str_ends(path, STR(".jsonl"))))
            add(walk, path, walk->root, about.st_size);
        else if (S_ISREG(about.st_mode))
            walk->list.n_passed_over++;
    }
}

static size_t after_last_slash(struct str path)
{
    size_t n = path.n;
    while (n > 0 && path.p[n - 1] != '/')
        n--;
    return n;
}

enum err ingest_list_make(struct arena *arena, struct strs paths, struct ingest_list *ret_list, struct error *error)
{
    struct walk walk = {.arena = arena};
    for (size_t i = 0; i < paths.n; i++) {
        struct stat about;
        struct str path = arena_copy(arena, paths.items[i]);
        while (path.n > 1 && str_ends(path, STR("/")))
            path.n--;
        if (path.p == NULL)
            return fail(error, ERR_NO_MEMORY, "out of memory");
        if (stat(path.p, &about) != 0)
            return fail(error, ERR_NOT_FOUND, "%.*s: %s", STR_ARG(path), strerror(errno));
        if (!S_ISDIR(about.st_mode)) {
            add(&walk, path, after_last_slash(path), about.st_size);
            continue;
        }
        size_t first = walk.list.n;
        walk.root = path.n + 1;
        add_below(&walk, path, INGEST_MAX_DEPTH);
        if (walk.list.n > first)
            qsort(walk.list.items + first, walk.list.n - first, sizeof *walk.list.items, by_key);
    }
    if (walk.no_memory)
        return fail(error, ERR_NO_MEMORY, "there are too many files");
    *ret_list = walk.list;
    return OK;
}
