#include "bot/cli/graphviz.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bot/base/arena.h"

#include "bot/base/banned.h"

extern char **environ;

static void close_file(const int *file)
{
    if (*file >= 0)
        (void)close(*file); /* only memory */
}

static void destroy_actions(posix_spawn_file_actions_t *actions)
{
    (void)posix_spawn_file_actions_destroy(actions);
}

static enum err write_all(int file, struct str text, struct error *error)
{
    while (text.n > 0) {
        ssize_t n = write(file, text.p, text.n);
        if (n < 0 && errno != EINTR)
            return fail(error, ERR_INTERNAL, "%s", strerror(errno));
        text = str_skip(text, n < 0 ? 0 : (size_t)n);
    }
    return lseek(file, 0, SEEK_SET) == 0 ? OK : fail(error, ERR_INTERNAL, "%s", strerror(errno));
}

static enum err read_all(int file, struct arena *arena, struct str *ret_text, struct error *error)
{
    off_t size = lseek(file, 0, SEEK_END);
    char *text = size < 0 ? NULL : arena_alloc(arena, (size_t)size + 1);
    size_t n = 0;
    if (size < 0 || lseek(file, 0, SEEK_SET) != 0)
        return fail(error, ERR_INTERNAL, "%s", strerror(errno));
    if (text == NULL)
        return fail(error, ERR_NO_MEMORY, "the picture is too large");
    while (n < (size_t)size) {
        ssize_t got = read(file, text + n, (size_t)size - n);
        if (got == 0 || (got < 0 && errno != EINTR))
            return fail(error, ERR_INTERNAL, "%s", strerror(errno));
        n += got < 0 ? 0 : (size_t)got;
    }
    *ret_text = (struct str){text, n};
    return OK;
}

static enum err run_dot(int in, int out, struct error *error)
{
    static char name[] = "dot", format[] = "-Tsvg";
    char *words[] = {name, format, NULL};
    posix_spawn_file_actions_t made;
    if (posix_spawn_file_actions_init(&made) != 0)
        return fail(error, ERR_NO_MEMORY, "no memory to start dot");
    CLEANUP(destroy_actions) posix_spawn_file_actions_t actions = made;
    pid_t child = 0;
    int status = 0, rc = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (rc == 0)
        rc = posix_spawnp(&child, name, &actions, NULL, words, environ);
    if (rc == ENOENT)
        return fail(error, ERR_NOT_FOUND,
                    "a picture needs Graphviz's `dot`, which is not here; `apt install graphviz`, or take `--format "
                    "mermaid`, which needs nothing");
    if (rc != 0)
        return fail(error, ERR_INTERNAL, "starting dot: %s", strerror(rc));
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return fail(error, ERR_INTERNAL, "waiting for dot: %s", strerror(errno));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return fail(error, ERR_INTERNAL, "dot failed; what it said stands above");
    return OK;
}

enum err graphviz_svg(struct str dot, struct arena *arena, struct str *ret_svg, struct error *error)
{
    CLEANUP(close_file) int in = memfd_create("flow.dot", MFD_CLOEXEC);
    CLEANUP(close_file) int out = memfd_create("flow.svg", MFD_CLOEXEC);
    if (in < 0 || out < 0)
        return fail(error, ERR_INTERNAL, "%s", strerror(errno));
    if (write_all(in, dot, error) != OK || run_dot(in, out, error) != OK || read_all(out, arena, ret_svg, error) != OK)
        return error->code;
    return OK;
}
