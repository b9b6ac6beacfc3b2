/* tests/system/clock_shim.c — lets a test move the wall clock of one process (LD_PRELOAD).
 *
 * The file named by CLOCK_SHIM holds a number of seconds as text; what clock_gettime(CLOCK_REALTIME), gettimeofday and
 * time say is moved by it.  The monotonic clock is left alone, as a real jump leaves it.                            */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long offset_s(void)
{
    char text[32] = {0};
    const char *path = getenv("CLOCK_SHIM");
    int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    return n > 0 ? atol(text) : 0;
}

int clock_gettime(clockid_t id, struct timespec *t)
{
    int rc = (int)syscall(SYS_clock_gettime, id, t);
    if (rc == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
        t->tv_sec += offset_s();
    return rc;
}

int gettimeofday(struct timeval *tv, void *zone)
{
    (void)zone;
    struct timespec t;
    int rc = clock_gettime(CLOCK_REALTIME, &t);
    tv->tv_sec = t.tv_sec;
    tv->tv_usec = t.tv_nsec / 1000;
    return rc;
}

time_t time(time_t *ret)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    if (ret != NULL)
        *ret = t.tv_sec;
    return t.tv_sec;
}
