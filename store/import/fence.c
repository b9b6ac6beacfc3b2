#include "store/import/fence.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "store/import/seal.h"
#include "store/import/wire.h"

#include "bot/base/banned.h"

enum { PIECE_BYTES = 64 * 1024 };

struct reader_process {
    pid_t pid;
    int pipe; /* its standard output */
    bool late;
};

/* ── starting ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The file is 0, the pipe 1, nothing else is open. */
static int set_up(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int file, int pipe)
{
    sigset_t none, usual;
    sigemptyset(&none);
    sigfillset(&usual);
    int rc = posix_spawn_file_actions_adddup2(actions, file, STDIN_FILENO);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(actions, pipe, STDOUT_FILENO);
    if (rc == 0)
        rc = posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (rc == 0)
        rc = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
    if (rc == 0)
        rc = posix_spawnattr_setflags(attributes,
                                      POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (rc == 0)
        rc = posix_spawnattr_setsigmask(attributes, &none);
    return rc == 0 ? posix_spawnattr_setsigdefault(attributes, &usual) : rc;
}

static int spawn(struct str name, int file, int pipe, pid_t *ret_pid)
{
    static char *const environment[] = {"LC_ALL=C.UTF-8", NULL};
    size_t dot = name.n;
    while (dot > 0 && name.p[dot - 1] != '.' && name.p[dot - 1] != '/')
        dot--;
    bool has_ending = dot > 0 && name.p[dot - 1] == '.' && name.n - dot < 16;
    struct str ending = has_ending ? str_skip(name, dot) : STR("");
    char shown[sizeof "file." + 16]; /* names may hold anything, and only the ending counts */
    snprintf(shown, sizeof shown, "file%s%.*s", has_ending ? "." : "", STR_ARG(ending));
    char *const words[] = {"gilbot", FENCE_COMMAND, shown, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    int rc = set_up(&actions, &attributes, file, pipe);
    if (rc == 0)
        rc = posix_spawn(ret_pid, "/proc/self/exe", &actions, &attributes, words, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

static enum err start(const struct fence_file *file, struct reader_process *ret_process, struct error *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0 || lseek(file->fd, 0, SEEK_SET) != 0)
        return fail(error, ERR_INTERNAL, "a reader cannot be started: %s", strerror(errno));
    struct reader_process process = {.pipe = ends[0]};
    int rc = spawn(file->name, file->fd, ends[1], &process.pid);
    close(ends[1]);
    if (rc != 0) {
        close(ends[0]);
        return fail(error, ERR_INTERNAL, "a reader cannot be started: %s", strerror(rc));
    }
    *ret_process = process;
    return OK;
}

/* ── taking ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* All that it writes, until it closes the pipe, the time is over or it is too much. */
static void take_all(struct reader_process *process, int64_t limit_ms, struct buf *out)
{
    struct clock clock = clock_system();
    int64_t until_ms = clock_tick_us(clock) / 1000 + limit_ms;
    char piece[PIECE_BYTES];
    while (!buf_failed(out)) {
        int64_t left_ms = until_ms - clock_tick_us(clock) / 1000;
        struct pollfd fd = {.fd = process->pipe, .events = POLLIN};
        int ready = left_ms > 0 ? poll(&fd, 1, (int)left_ms) : 0;
        process->late = ready == 0;
        if (ready == 0 || (ready < 0 && errno != EINTR))
            return;
        ssize_t n = ready > 0 ? read(process->pipe, piece, sizeof piece) : -1;
        if (n == 0 || (n < 0 && errno != EINTR))
            return;
        if (n > 0)
            buf_add(out, (struct str){piece, (size_t)n});
    }
}

/* It and what it started are gone afterwards, whatever they were at. */
static int end(struct reader_process *process)
{
    int status = 0;
    close(process->pipe);
    kill(-process->pid, SIGKILL);
    while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

static enum err reason(const struct reader_process *process, int status, int64_t limit_ms, struct error *error)
{
    int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (process->late)
        return fail(error, ERR_INVALID, "reading it took longer than %lld s", (long long)limit_ms / 1000);
    if (signal == SIGXCPU)
        return fail(error, ERR_INVALID, "reading it took more than %d s", SEAL_CPU_SECONDS);
    if (signal == SIGSYS)
        return fail(error, ERR_INVALID, "it made its reader try what no reader may; it is not to be trusted");
    if (signal != 0 && signal != SIGKILL)
        return fail(error, ERR_INVALID, "it made its reader crash (signal %d)", signal);
    return fail(error, ERR_INVALID, "its reader did not finish; it needs too much memory, or it is broken");
}

enum err fence_read(struct arena *arena, const struct fence_file *file, struct imported *ret_imported,
                    struct error *error)
{
    int64_t limit_ms = file->limit_ms > 0 ? file->limit_ms : FENCE_LIMIT_MS;
    struct reader_process process = {.pipe = -1};
    struct buf wire;
    buf_init(&wire, arena, WIRE_MAX_BYTES);
    if (start(file, &process, error) != OK)
        return error->code;
    take_all(&process, limit_ms, &wire);
    int status = end(&process);
    struct error why = {0};
    enum err rc = process.late || buf_failed(&wire) ? ERR_REMOTE : wire_read(arena, buf_str(&wire), ret_imported, &why);
    if (rc == OK)
        return OK;
    if (rc == ERR_REMOTE)
        return reason(&process, status, limit_ms, error);
    return fail(error, rc == ERR_NO_MEMORY ? ERR_INVALID : rc, "%s", why.text);
}

enum err fence_open_bytes(const struct import_file *file, int *ret_fd, struct error *error)
{
    int fd = memfd_create("document", MFD_CLOEXEC);
    if (fd < 0)
        return fail(error, ERR_INTERNAL, "a reader cannot be started: %s", strerror(errno));
    for (struct str rest = file->bytes; rest.n > 0;) {
        ssize_t n = write(fd, rest.p, rest.n);
        if (n < 0 && errno != EINTR) {
            close(fd);
            return fail(error, ERR_NO_MEMORY, "out of memory");
        }
        rest = str_skip(rest, n > 0 ? (size_t)n : 0);
    }
    *ret_fd = fd;
    return OK;
}

void fence_close_bytes(int fd)
{
    close(fd);
}

enum err fence_read_bytes(struct arena *arena, const struct import_file *file, struct imported *ret_imported,
                          struct error *error)
{
    int fd = -1;
    if (fence_open_bytes(file, &fd, error) != OK)
        return error->code;
    enum err rc = fence_read(arena, &(struct fence_file){.fd = fd, .name = file->name}, ret_imported, error);
    fence_close_bytes(fd);
    return rc;
}
