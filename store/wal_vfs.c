#include "store/wal_vfs.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "bot/base/banned.h"

struct wal_file {
    sqlite3_file base;
    char *bytes;          /* gathered, not written yet; WAL_VFS_BYTES of room */
    int n;                /* … so many                                        */
    sqlite3_int64 offset; /* … which belong here in the file                  */
};

/* SQLite gives one piece of memory: ours, then the real file. */
static sqlite3_file *real_of(sqlite3_file *file)
{
    return (sqlite3_file *)((struct wal_file *)file + 1);
}

static int flush(sqlite3_file *file)
{
    struct wal_file *wal = (struct wal_file *)file;
    int n = wal->n;
    wal->n = 0;
    return n == 0 ? SQLITE_OK : real_of(file)->pMethods->xWrite(real_of(file), wal->bytes, n, wal->offset);
}

static int close_file(sqlite3_file *file)
{
    struct wal_file *wal = (struct wal_file *)file;
    int flushed = flush(file);
    int closed = real_of(file)->pMethods->xClose(real_of(file));
    free(wal->bytes);
    wal->bytes = NULL;
    return flushed != SQLITE_OK ? flushed : closed;
}

static int read_file(sqlite3_file *file, void *bytes, int n, sqlite3_int64 offset)
{
    int code = flush(file);
    return code != SQLITE_OK ? code : real_of(file)->pMethods->xRead(real_of(file), bytes, n, offset);
}

static int write_file(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset)
{
    struct wal_file *wal = (struct wal_file *)file;
    bool follows = offset == wal->offset + wal->n && n <= WAL_VFS_BYTES - wal->n;
    if (wal->n > 0 && !follows) {
        int code = flush(file);
        if (code != SQLITE_OK)
            return code;
    }
    if (n > WAL_VFS_BYTES)
        return real_of(file)->pMethods->xWrite(real_of(file), bytes, n, offset);
    if (wal->n == 0)
        wal->offset = offset;
    memcpy(wal->bytes + wal->n, bytes, (size_t)n);
    wal->n += n;
    return SQLITE_OK;
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
    int code = flush(file);
    return code != SQLITE_OK ? code : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int sync_file(sqlite3_file *file, int flags)
{
    int code = flush(file);
    return code != SQLITE_OK ? code : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int size_of_file(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    int code = flush(file);
    return code != SQLITE_OK ? code : real_of(file)->pMethods->xFileSize(real_of(file), ret_size);
}

/* ── passed on ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int check_reserved_lock(sqlite3_file *file, int *ret_locked)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret_locked);
}

static int control(sqlite3_file *file, int op, void *arg)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

/* Version 1: a log is neither mapped nor has it shared memory; both are the database file's. */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = lock,
    .xUnlock = unlock,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    sqlite3_vfs *real = vfs->pAppData;
    if ((flags & SQLITE_OPEN_WAL) == 0)
        return real->xOpen(real, name, file, flags, ret_flags);
    struct wal_file *wal = (struct wal_file *)file;
    *wal = (struct wal_file){.bytes = malloc(WAL_VFS_BYTES)};
    if (wal->bytes == NULL)
        return SQLITE_NOMEM;
    int code = real->xOpen(real, name, real_of(file), flags, ret_flags);
    if (code == SQLITE_OK)
        file->pMethods = &methods;
    else
        free(wal->bytes);
    return code;
}

/* ── registration ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static sqlite3_vfs gathering; /* SQLite links it into its list */
static int registered;

static void register_once(void)
{
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    if (real == NULL) {
        registered = SQLITE_ERROR;
        return;
    }
    gathering = *real;
    gathering.zName = WAL_VFS_NAME;
    gathering.pAppData = real;
    gathering.szOsFile = (int)sizeof(struct wal_file) + real->szOsFile;
    gathering.xOpen = open_file;
    registered = sqlite3_vfs_register(&gathering, 0);
}

enum err wal_vfs_register(struct error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_once);
    if (registered != SQLITE_OK)
        return fail(error, ERR_INTERNAL, "registering the file layer of the database (SQLite code %d)", registered);
    return OK;
}
