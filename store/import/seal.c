#include "store/import/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bot/base/banned.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* ── limits ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* When the machine or the service's memory is full, this process goes first. */
static void offer_itself(void)
{
    static const char most[] = "1000";
    int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score < 0)
        return;
    (void)!write(score, most, sizeof most - 1);
    close(score);
}

enum err seal_limits(struct error *error)
{
    offer_itself();
    static const struct {
        __rlimit_resource_t what;
        rlim_t most;
    } limits[] = {
        {RLIMIT_CPU, SEAL_CPU_SECONDS},
        {RLIMIT_AS, SEAL_MEMORY_BYTES},
        {RLIMIT_FSIZE, 0},
        {RLIMIT_NOFILE, SEAL_FILES},
        {RLIMIT_CORE, 0},
    };
    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        struct rlimit limit = {limits[i].most, limits[i].most};
        if (limits[i].what == RLIMIT_AS && SANITIZED)
            continue;
        if (setrlimit(limits[i].what, &limit) != 0)
            return fail(error, ERR_INTERNAL, "the reader's limits cannot be set: %s", strerror(errno));
    }
    return OK;
}

/* ── system calls ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* Computing, and reading and writing what is open. */
static const int harmless[] = {
    SCMP_SYS(read),         SCMP_SYS(readv),        SCMP_SYS(pread64),
    SCMP_SYS(write),        SCMP_SYS(writev),       SCMP_SYS(close),
    SCMP_SYS(fstat),        SCMP_SYS(lseek),        SCMP_SYS(mmap),
    SCMP_SYS(munmap),       SCMP_SYS(mremap),       SCMP_SYS(mprotect),
    SCMP_SYS(madvise),      SCMP_SYS(brk),          SCMP_SYS(futex),
    SCMP_SYS(sched_yield),  SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),  SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday), SCMP_SYS(time),         SCMP_SYS(getrandom),
    SCMP_SYS(getpid),       SCMP_SYS(gettid),       SCMP_SYS(tgkill),
    SCMP_SYS(exit),         SCMP_SYS(exit_group),   SCMP_SYS(wait4),
    SCMP_SYS(poll),         SCMP_SYS(ppoll),        SCMP_SYS(restart_syscall),
    SCMP_SYS(getrusage),
};

/* What a dynamically linked program does at its start, and what looks at files without changing them. */
static const int looking[] = {
    SCMP_SYS(execve),          SCMP_SYS(arch_prctl), SCMP_SYS(set_tid_address),
    SCMP_SYS(set_robust_list), SCMP_SYS(rseq),       SCMP_SYS(prlimit64),
    SCMP_SYS(getrlimit),       SCMP_SYS(access),     SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),      SCMP_SYS(stat),       SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),      SCMP_SYS(statx),      SCMP_SYS(getdents),
    SCMP_SYS(getdents64),      SCMP_SYS(readlink),   SCMP_SYS(readlinkat),
    SCMP_SYS(uname),           SCMP_SYS(sysinfo),    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(fcntl),           SCMP_SYS(fadvise64),  SCMP_SYS(getcwd),
};

/* What libraries try and do well without: they are told no. */
static const int refused[] = {
    SCMP_SYS(open),  SCMP_SYS(openat), SCMP_SYS(openat2),   SCMP_SYS(access),   SCMP_SYS(faccessat),
    SCMP_SYS(ioctl), SCMP_SYS(stat),   SCMP_SYS(lstat),     SCMP_SYS(readlink), SCMP_SYS(readlinkat),
    SCMP_SYS(statx), SCMP_SYS(fcntl),  SCMP_SYS(prlimit64), SCMP_SYS(sysinfo),  SCMP_SYS(sched_getaffinity),
};

struct filter {
    scmp_filter_ctx context;
    int rc; /* the first failure */
};

static void filter_release(struct filter *filter)
{
    if (filter->context != NULL)
        seccomp_release(filter->context);
}

static void add_calls(struct filter *filter, uint32_t action, const int *calls, size_t n)
{
    for (size_t i = 0; i < n && filter->rc == 0; i++)
        filter->rc = seccomp_rule_add(filter->context, action, calls[i], 0);
}

static enum err load(struct filter *filter, struct error *error)
{
    if (filter->rc == 0)
        filter->rc = seccomp_load(filter->context);
    return filter->rc == 0 ? OK : fail(error, ERR_INTERNAL, "the reader cannot be fenced: %s", strerror(-filter->rc));
}

enum err seal_reader(struct error *error)
{
    CLEANUP(filter_release) struct filter filter = {.context = seccomp_init(SCMP_ACT_KILL_PROCESS)};
    if (filter.context == NULL)
        return fail(error, ERR_INTERNAL, "the reader cannot be fenced");
    add_calls(&filter, SCMP_ACT_ALLOW, harmless, COUNT_OF(harmless));
    add_calls(&filter, SCMP_ACT_ERRNO(EACCES), refused, COUNT_OF(refused));
    /* an open file may be asked what it is, a path may not */
    if (filter.rc == 0)
        filter.rc = seccomp_rule_add(filter.context, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                                     SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
    return load(&filter, error);
}

/* ── a foreign program ─────────────────────────────────────────────────────────────────────────────────────────── */

/* Only the system's own folders can be read.  A kernel without Landlock leaves this fence out. */
static void allow_system_folders(void)
{
    static const struct {
        const char *path;
        bool is_file;
    } places[] = {
        {"/usr", false}, {"/lib", false}, {"/lib64", false}, {"/etc/fonts", false}, {"/etc/ld.so.cache", true}};
    const uint64_t file = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;
    struct landlock_ruleset_attr handled = {.handled_access_fs =
                                                file | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                                LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
    if (rules < 0)
        return;
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        int place = open(places[i].path, O_PATH | O_CLOEXEC);
        struct landlock_path_beneath_attr rule = {
            .allowed_access = places[i].is_file ? LANDLOCK_ACCESS_FS_READ_FILE : file | LANDLOCK_ACCESS_FS_READ_DIR,
            .parent_fd = place};
        if (place < 0)
            continue;
        (void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
        close(place);
    }
    (void)syscall(SYS_landlock_restrict_self, rules, 0);
    close(rules);
}

enum err seal_program(struct error *error)
{
    CLEANUP(filter_release) struct filter filter = {.context = seccomp_init(SCMP_ACT_ERRNO(EPERM))};
    if (filter.context == NULL || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail(error, ERR_INTERNAL, "the reader cannot be fenced");
    allow_system_folders();
    add_calls(&filter, SCMP_ACT_ALLOW, harmless, COUNT_OF(harmless));
    add_calls(&filter, SCMP_ACT_ALLOW, looking, COUNT_OF(looking));
    const unsigned changes = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
    if (filter.rc == 0)
        filter.rc = seccomp_rule_add(filter.context, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                                     SCMP_A2(SCMP_CMP_MASKED_EQ, changes, O_RDONLY));
    if (filter.rc == 0)
        filter.rc = seccomp_rule_add(filter.context, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
                                     SCMP_A1(SCMP_CMP_MASKED_EQ, changes, O_RDONLY));
    return load(&filter, error);
}
