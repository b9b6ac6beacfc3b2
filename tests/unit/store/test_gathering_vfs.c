#include "store/gathering_vfs.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "tests/support/test.h"

#include "bot/base/banned.h"

enum { ROOM = 400 * 1024 };

/* A file opened through the VFS, and what it must hold. */
struct shadowed {
    char path[40];
    sqlite3_file *file;
    unsigned char bytes[ROOM], read[ROOM];
    sqlite3_int64 size;
    uint32_t seed;
};

static struct shadowed *open_shadowed(void)
{
    struct error error;
    assert_int_equal(gathering_vfs_register(&error), OK);
    sqlite3_vfs *vfs = sqlite3_vfs_find(GATHERING_VFS_NAME);
    assert_non_null(vfs);
    struct shadowed *s = calloc(1, sizeof *s);
    assert_non_null(s);
    snprintf(s->path, sizeof s->path, "/tmp/gilbot-vfs.XXXXXX");
    int fd = mkstemp(s->path);
    assert_true(fd >= 0);
    close(fd);
    s->file = calloc(1, (size_t)vfs->szOsFile);
    int flags = SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    assert_int_equal(vfs->xOpen(vfs, s->path, s->file, flags, &flags), SQLITE_OK);
    return s;
}

static void close_shadowed(struct shadowed *s)
{
    assert_int_equal(s->file->pMethods->xClose(s->file), SQLITE_OK);
    unlink(s->path);
    free(s->file);
    free(s);
}

static uint32_t some(struct shadowed *s, uint32_t below)
{
    s->seed = s->seed * 1664525u + 1013904223u; /* Numerical Recipes */
    return (s->seed >> 8) % below;
}

static int put(struct shadowed *s, sqlite3_int64 at, int n)
{
    for (int i = 0; i < n; i++)
        s->bytes[at + i] = (unsigned char)some(s, 256);
    s->size = at + n > s->size ? at + n : s->size;
    return s->file->pMethods->xWrite(s->file, s->bytes + at, n, at);
}

static sqlite3_int64 size_outside(const struct shadowed *s)
{
    struct stat status;
    assert_int_equal(stat(s->path, &status), 0);
    return status.st_size;
}

/* What others see in the file. */
static void assert_whole_outside(struct shadowed *s)
{
    assert_int_equal(size_outside(s), s->size);
    struct str bytes = test_read_file(s->path);
    assert_memory_equal(bytes.p, s->bytes, (size_t)s->size);
    free((char *)bytes.p);
}

TEST(gathering_vfs, what_follows_on_reaches_the_file_together_at_the_sync)
{
    struct shadowed *s = open_shadowed();
    for (int i = 0; i < 10; i++) {
        assert_int_equal(put(s, s->size, 24), SQLITE_OK);
        assert_int_equal(put(s, s->size, 4096), SQLITE_OK);
    }
    assert_int_equal(size_outside(s), 0);
    assert_int_equal(s->file->pMethods->xSync(s->file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_whole_outside(s);
    close_shadowed(s);
}

TEST(gathering_vfs, whoever_asks_sees_what_was_written)
{
    struct shadowed *s = open_shadowed();
    sqlite3_int64 size = 0;
    assert_int_equal(put(s, 0, 4096), SQLITE_OK);
    assert_int_equal(s->file->pMethods->xFileSize(s->file, &size), SQLITE_OK);
    assert_int_equal(size, 4096);
    assert_int_equal(put(s, 4096, 100), SQLITE_OK);
    assert_int_equal(s->file->pMethods->xRead(s->file, s->read, 100, 4096), SQLITE_OK);
    assert_memory_equal(s->read, s->bytes + 4096, 100);
    assert_int_equal(put(s, 4196, 100), SQLITE_OK);
    assert_int_equal(s->file->pMethods->xTruncate(s->file, 4246), SQLITE_OK);
    s->size = 4246;
    assert_whole_outside(s);
    assert_int_equal(put(s, s->size, 100), SQLITE_OK);
    assert_int_equal(s->file->pMethods->xUnlock(s->file, SQLITE_LOCK_NONE), SQLITE_OK);
    assert_whole_outside(s);
    close_shadowed(s);
}

TEST(gathering_vfs, a_file_is_what_the_writes_said_in_whatever_order_and_size_they_came)
{
    struct shadowed *s = open_shadowed();
    s->seed = 4711;
    for (int i = 0; i < 4000; i++) {
        uint32_t what = some(s, 100);
        if (what < 60) { /* goes on where the last one ended, as a log does */
            sqlite3_int64 at = s->size < ROOM - 5000 ? s->size : some(s, 4096);
            assert_int_equal(put(s, at, 1 + (int)some(s, 4096)), SQLITE_OK);
        } else if (what < 80) { /* over what is there, perhaps over what is gathered */
            sqlite3_int64 at = some(s, (uint32_t)(s->size + 1 < ROOM - 5000 ? s->size + 1 : ROOM - 5000));
            assert_int_equal(put(s, at, 1 + (int)some(s, 5000)), SQLITE_OK);
        } else if (what < 95 && s->size > 0) {
            int n = 1 + (int)some(s, (uint32_t)(s->size < 9000 ? s->size : 9000));
            sqlite3_int64 at = some(s, (uint32_t)(s->size - n + 1));
            assert_int_equal(s->file->pMethods->xRead(s->file, s->read, n, at), SQLITE_OK);
            assert_memory_equal(s->read, s->bytes + at, (size_t)n);
        } else if (what < 97) {
            s->size = s->size / 2;
            memset(s->bytes + s->size, 0, (size_t)(ROOM - s->size));
            assert_int_equal(s->file->pMethods->xTruncate(s->file, s->size), SQLITE_OK);
        } else {
            assert_int_equal(s->file->pMethods->xSync(s->file, SQLITE_SYNC_NORMAL), SQLITE_OK);
            assert_whole_outside(s);
        }
    }
    close_shadowed(s);
}

TEST(gathering_vfs, what_cannot_be_written_is_said_by_the_sync_and_is_not_tried_again)
{
    struct shadowed *s = open_shadowed();
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 8192, .rlim_max = before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(put(s, 0, 8192), SQLITE_OK);
    assert_int_equal(s->file->pMethods->xSync(s->file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(put(s, 8192, 4096), SQLITE_OK);
    assert_int_not_equal(s->file->pMethods->xSync(s->file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(s->file->pMethods->xSync(s->file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    s->size = 8192;
    assert_whole_outside(s);
    assert_int_equal(put(s, 8192, 4096), SQLITE_OK);
    assert_int_equal(s->file->pMethods->xSync(s->file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_whole_outside(s);
    signal(SIGXFSZ, SIG_DFL);
    close_shadowed(s);
}

TEST_MAIN
