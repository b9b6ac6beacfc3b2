#include "store/import/poppler.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "store/import/seal.h"

#include "bot/base/banned.h"

enum { COMPLAINT_BYTES = 4096, PIECE_BYTES = 64 * 1024, NOT_THERE = 127, NOT_FENCED = 126 };

enum end { OUTPUT, COMPLAINTS, ENDS }; /* poppler's standard output and error */

struct poppler {
    pid_t pid;
    int fds[ENDS];
    struct buf taken[ENDS];
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* In the forked process.  Coordinates twice as fine as points; no pictures; all layers as they are. */
static _Noreturn void execute(const int output[2], const int complaints[2])
{
    static char *const words[] = {"pdftohtml", "-xml", "-i", "-nodrm", "-stdout", "-zoom", "2", "-", "out", NULL};
    static char *const environment[] = {"LC_ALL=C.UTF-8", NULL};
    struct error ignored = {0};
    if (dup2(output[1], STDOUT_FILENO) < 0 || dup2(complaints[1], STDERR_FILENO) < 0 ||
        close_range(STDERR_FILENO + 1, ~0U, 0) != 0 || seal_program(&ignored) != OK)
        _exit(NOT_FENCED);
    (void)execve("/usr/bin/pdftohtml", words, environment);
    _exit(NOT_THERE);
}

static enum err start(struct poppler *poppler, struct error *error)
{
    int output[2] = {-1, -1}, complaints[2] = {-1, -1};
    bool made = pipe2(output, O_CLOEXEC) == 0 && pipe2(complaints, O_CLOEXEC) == 0;
    poppler->pid = made ? fork() : -1;
    if (poppler->pid == 0)
        execute(output, complaints);
    close_fd(&output[1]);
    close_fd(&complaints[1]);
    poppler->fds[OUTPUT] = output[0];
    poppler->fds[COMPLAINTS] = complaints[0];
    return poppler->pid > 0 ? OK : fail(error, ERR_INTERNAL, "pdftohtml cannot be started: %s", strerror(errno));
}

/* Takes what there is; what a buffer has no room for is read over. */
static void take(struct poppler *poppler, enum end end)
{
    char piece[PIECE_BYTES];
    ssize_t n = read(poppler->fds[end], piece, sizeof piece);
    if (n < 0 && errno == EINTR)
        return;
    if (n <= 0)
        close_fd(&poppler->fds[end]);
    else if (!buf_failed(&poppler->taken[end]))
        buf_add(&poppler->taken[end], (struct str){piece, (size_t)n});
}

/* Both pipes at once: one that is not read would stop it.  Who waits for us ends us both when it takes too long. */
static void take_all(struct poppler *poppler)
{
    while ((poppler->fds[OUTPUT] >= 0 || poppler->fds[COMPLAINTS] >= 0) && !buf_failed(&poppler->taken[OUTPUT])) {
        struct pollfd fds[ENDS] = {{.fd = poppler->fds[OUTPUT], .events = POLLIN},
                                   {.fd = poppler->fds[COMPLAINTS], .events = POLLIN}};
        if (poll(fds, ENDS, -1) < 0 && errno != EINTR)
            return;
        for (int end = OUTPUT; end < ENDS; end++)
            if (fds[end].revents != 0)
                take(poppler, (enum end)end);
    }
}

static struct str first_line(struct str text)
{
    size_t n = str_find_char(text, '\n');
    return str_first(text, n < 120 ? n : 120);
}

static enum err refuse(int status, struct str complaints, struct error *error)
{
    int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0, code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    if (str_find(complaints, STR("Incorrect password")) != SIZE_MAX)
        return fail(error, ERR_INVALID, "this PDF is encrypted; save it without a password");
    if (str_find(complaints, STR("Wrong page range")) != SIZE_MAX)
        return fail(error, ERR_INVALID, "this PDF has no pages");
    if (code == NOT_THERE)
        return fail(error, ERR_INTERNAL, "pdftohtml is not here; install the package poppler-utils");
    if (code == NOT_FENCED)
        return fail(error, ERR_INTERNAL, "pdftohtml cannot be fenced");
    if (signal == SIGXCPU || signal == SIGKILL)
        return fail(error, ERR_INVALID, "this PDF took more than %d s to read", SEAL_CPU_SECONDS);
    if (str_find(complaints, STR("emory")) != SIZE_MAX || str_find(complaints, STR("bad_alloc")) != SIZE_MAX)
        return fail(error, ERR_INVALID, "this PDF needs more memory than a document gets");
    if (signal != 0)
        return fail(error, ERR_INVALID, "this PDF made its reader crash (signal %d)", signal);
    return fail(error, ERR_INVALID, "this PDF is broken (%.*s)", STR_ARG(first_line(complaints)));
}

enum err poppler_run(struct arena *arena, struct str *ret_xml, struct error *error)
{
    struct poppler poppler = {.fds = {-1, -1}};
    buf_init(&poppler.taken[OUTPUT], arena, POPPLER_MAX_BYTES);
    buf_init(&poppler.taken[COMPLAINTS], arena, COMPLAINT_BYTES);
    enum err rc = start(&poppler, error);
    if (rc == OK)
        take_all(&poppler);
    bool too_much = buf_failed(&poppler.taken[OUTPUT]);
    close_fd(&poppler.fds[OUTPUT]);
    close_fd(&poppler.fds[COMPLAINTS]);
    if (rc != OK)
        return rc;
    int status = 0;
    if (too_much)
        kill(poppler.pid, SIGKILL);
    while (waitpid(poppler.pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (too_much)
        return fail(error, ERR_INVALID, "this PDF holds more text than a document may; split it");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return refuse(status, buf_str(&poppler.taken[COMPLAINTS]), error);
    *ret_xml = buf_str(&poppler.taken[OUTPUT]);
    return OK;
}
