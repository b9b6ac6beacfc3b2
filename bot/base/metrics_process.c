#include "bot/base/metrics_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bot/base/attributes.h"
#include "bot/base/buf.h"

#include "bot/base/banned.h"

enum { PROC_BYTES = 4096 }; /* of a file under /proc that we look at */

static void add(struct buf *out, const char *name, const char *kind, const char *help, double value)
{
    buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n%s %.15g\n", name, help, name, kind, name, value);
}

/* The first bytes of a file, NUL-terminated; empty when it cannot be read. */
static void read_start(const char *path, char ret_text[PROC_BYTES])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, ret_text, PROC_BYTES - 1);
    ret_text[n < 0 ? 0 : n] = '\0';
    if (fd >= 0)
        close(fd);
}

/* Unix seconds of the machine's start, 0 when unknown. */
static double boot_time(void)
{
    FILE *f = fopen("/proc/stat", "re"); /* `btime` stands behind lines of any length */
    if (f == NULL)
        return 0;
    char line[256];
    unsigned long long seconds = 0;
    while (fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "btime %llu", &seconds) == 1)
            break;
    fclose(f);
    return (double)seconds;
}

static void add_from_stat(struct buf *out)
{
    char text[PROC_BYTES];
    read_start("/proc/self/stat", text);
    const char *after_name = strrchr(text, ')'); /* the program's name may hold anything */
    unsigned long user, system, virtual_bytes;
    unsigned long long start;
    long resident;
    if (after_name == NULL ||
        sscanf(after_name + 1,
               " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %*d %*d %llu %lu %ld", &user,
               &system, &start, &virtual_bytes, &resident) != 5)
        return;
    double ticks = (double)sysconf(_SC_CLK_TCK), page = (double)sysconf(_SC_PAGESIZE), boot = boot_time();
    add(out, "process_cpu_seconds_total", "counter", "Processor time spent, user and system.",
        (double)(user + system) / ticks);
    add(out, "process_resident_memory_bytes", "gauge", "Memory in use.", (double)resident * page);
    add(out, "process_virtual_memory_bytes", "gauge", "Address space in use.", (double)virtual_bytes);
    if (boot > 0)
        add(out, "process_start_time_seconds", "gauge", "Unix time of the process's start.",
            boot + (double)start / ticks);
}

static void close_folder(DIR **folder)
{
    if (*folder != NULL)
        closedir(*folder);
}

static void add_descriptors(struct buf *out)
{
    CLEANUP(close_folder) DIR *folder = opendir("/proc/self/fd");
    if (folder != NULL) {
        int n = -1; /* `folder` itself */
        for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
            n += entry->d_name[0] != '.';
        add(out, "process_open_fds", "gauge", "Open file descriptors.", n);
    }
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        add(out, "process_max_fds", "gauge", "File descriptors that may be open.", (double)limit.rlim_cur);
}

void metrics_process_render(struct buf *out)
{
    add_from_stat(out);
    add_descriptors(out);
}
