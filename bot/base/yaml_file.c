/* bot/base/yaml_file.c — reading files, and what readers of trees need. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "bot/base/yaml.h"

#include "bot/base/banned.h"

static void close_file(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static MUST_USE enum err read_all(struct arena *arena, int fd, size_t bytes, struct str *ret_text)
{
    char *p = arena_alloc(arena, bytes + 1);
    if (p == NULL)
        return ERR_NO_MEMORY;
    size_t n = 0;
    while (n < bytes) {
        ssize_t got = read(fd, p + n, bytes - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ERR_INTERNAL;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    *ret_text = (struct str){p, n};
    return OK;
}

enum err yaml_read_file(struct arena *arena, const char *path, struct yaml_node **ret_root, struct error *error)
{
    CLEANUP(close_file) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat facts;
    if (fd < 0 || fstat(fd, &facts) != 0)
        return fail(error, ERR_NOT_FOUND, "%s: cannot be opened: %s", path, strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return fail(error, ERR_INVALID, "%s: is not a file; name a YAML file", path);
    if (facts.st_size > YAML_MAX_BYTES)
        return fail(error, ERR_INVALID, "%s: the file is larger than %d MiB; split it", path,
                    YAML_MAX_BYTES / (1024 * 1024));
    struct str text;
    enum err rc = read_all(arena, fd, (size_t)facts.st_size, &text);
    if (rc != OK)
        return fail(error, rc, "%s: cannot be read", path);
    return yaml_read(arena, str_of(path), text, ret_root, error);
}

const struct yaml_node *yaml_get(const struct yaml_node *map, struct str key)
{
    if (map == NULL || map->kind != YAML_MAP)
        return NULL;
    const struct yaml_node *node = map->child;
    while (node != NULL && !str_eq(node->key, key))
        node = node->next;
    return node;
}

struct str yaml_suggest(struct str word, const char *const *known, size_t n)
{
    enum { NEAR = 3 }; /* at most two edits */
    size_t best = NEAR, length = text_length(word);
    struct str suggestion = STR("");
    for (size_t i = 0; i < n; i++) {
        size_t distance = text_distance(word, str_of(known[i]), best);
        if (distance < best && distance < length) {
            best = distance;
            suggestion = str_of(known[i]);
        }
    }
    return suggestion;
}

enum err yaml_fail(struct error *error, struct str file, const struct yaml_node *node, const char *format, ...)
{
    char sentence[sizeof error->text];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    if (node == NULL)
        return fail(error, ERR_INVALID, "%.*s: %s", STR_ARG(file), sentence);
    return fail(error, ERR_INVALID, "%.*s:%u:%u: %s", STR_ARG(file), node->line, node->column, sentence);
}
