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
    char text[256];
    int64_t seconds = 0;
    bool found = false;
    while (!found && fgets(text, sizeof text, f) != NULL)
        found = str_starts(str_of(text), STR("btime ")) && str_to_i64(str_trim(str_skip(str_of(text), 6)), &seconds);
    (void)fclose(f); /* only read */
    return (double)seconds;
}

/* What stands after the program's name in /proc/self/stat, proc(5): its third field is the first here. */
enum { USER_TICKS = 11, SYSTEM_TICKS = 12, START_TICKS = 19, VIRTUAL_BYTES = 20, RESIDENT_PAGES = 21, N_FIELDS = 22 };

static bool read_fields(const char *text, int64_t ret_fields[N_FIELDS])
{
    const char *after_name = strrchr(text, ')'); /* the name may hold anything */
    struct str rest = str_trim(str_of(after_name == NULL ? NULL : after_name + 1)), field;
    for (int i = 0; i < N_FIELDS; i++)
        if (!str_split(&rest, ' ', &field) || (i > 0 && !str_to_i64(field, &ret_fields[i]))) /* 0: a letter */
            return false;
    return true;
}

static void add_from_stat(struct buf *out)
{
    char text[PROC_BYTES];
    read_start("/proc/self/stat", text);
    int64_t fields[N_FIELDS];
    if (!read_fields(text, fields))
        return;
    double ticks = (double)sysconf(_SC_CLK_TCK), page = (double)sysconf(_SC_PAGESIZE), boot = boot_time();
    add(out, "process_cpu_seconds_total", "counter", "Processor time spent, user and system.",
        (double)(fields[USER_TICKS] + fields[SYSTEM_TICKS]) / ticks);
    add(out, "process_resident_memory_bytes", "gauge", "Memory in use.", (double)fields[RESIDENT_PAGES] * page);
    add(out, "process_virtual_memory_bytes", "gauge", "Address space in use.", (double)fields[VIRTUAL_BYTES]);
    if (boot > 0)
        add(out, "process_start_time_seconds", "gauge", "Unix time of the process's start.",
            boot + (double)fields[START_TICKS] / ticks);
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
