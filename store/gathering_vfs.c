#include "store/gathering_vfs.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "bot/base/banned.h"

struct gathered {
    sqlite3_file base;
    char *bytes;          /* gathered, not written yet; GATHERING_VFS_BYTES of room */
    int n;                /* … so many                                        */
    sqlite3_int64 offset; /* … which belong here in the file                  */
};

/* SQLite gives one piece of memory: ours, then the real file. */
static sqlite3_file *real_of(sqlite3_file *file)
{
    return (sqlite3_file *)((struct gathered *)file + 1);
}

static int flush(sqlite3_file *file)
{
    struct gathered *gathered = (struct gathered *)file;
    int n = gathered->n;
    gathered->n = 0;
    return n == 0 ? SQLITE_OK : real_of(file)->pMethods->xWrite(real_of(file), gathered->bytes, n, gathered->offset);
}

static int close_file(sqlite3_file *file)
{
    struct gathered *gathered = (struct gathered *)file;
    int flushed = flush(file);
    int closed = real_of(file)->pMethods->xClose(real_of(file));
    free(gathered->bytes);
    gathered->bytes = NULL;
    return flushed != SQLITE_OK ? flushed : closed;
}

static int read_file(sqlite3_file *file, void *bytes, int n, sqlite3_int64 offset)
{
    int code = flush(file);
    return code != SQLITE_OK ? code : real_of(file)->pMethods->xRead(real_of(file), bytes, n, offset);
}

static int write_file(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset)
{
    struct gathered *gathered = (struct gathered *)file;
    bool follows = offset == gathered->offset + gathered->n && n <= GATHERING_VFS_BYTES - gathered->n;
    if (gathered->n > 0 && !follows) {
        int code = flush(file);
        if (code != SQLITE_OK)
            return code;
    }
    if (n > GATHERING_VFS_BYTES)
        return real_of(file)->pMethods->xWrite(real_of(file), bytes, n, offset);
    if (gathered->n == 0)
        gathered->offset = offset;
    memcpy(gathered->bytes + gathered->n, bytes, (size_t)n);
    gathered->n += n;
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
    int code = flush(file); /* others may look now */
    int unlocked = real_of(file)->pMethods->xUnlock(real_of(file), level);
    return code != SQLITE_OK ? code : unlocked;
}

static int check_reserved_lock(sqlite3_file *file, int *ret_locked)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret_locked);
}

static int control(sqlite3_file *file, int op, void *arg)
{
    int code = flush(file);
    return code != SQLITE_OK ? code : real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int shm_map(sqlite3_file *file, int page, int n, int extend, void volatile **ret_p)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, n, extend, ret_p);
}

static int shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, n, flags);
}

static void shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int shm_unmap(sqlite3_file *file, int delete)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), delete);
}

/* Version 2: shared memory, which is the database file's; no file is mapped. */
static const sqlite3_io_methods methods = {
    .iVersion = 2,
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
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    sqlite3_vfs *real = vfs->pAppData;
    if ((flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_DB)) == 0)
        return real->xOpen(real, name, file, flags, ret_flags);
    struct gathered *gathered = (struct gathered *)file;
    *gathered = (struct gathered){.bytes = malloc(GATHERING_VFS_BYTES)};
    if (gathered->bytes == NULL)
        return SQLITE_NOMEM;
    int code = real->xOpen(real, name, real_of(file), flags, ret_flags);
    if (code == SQLITE_OK)
        file->pMethods = &methods;
    else
        free(gathered->bytes);
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
    gathering.zName = GATHERING_VFS_NAME;
    gathering.pAppData = real;
    gathering.szOsFile = (int)sizeof(struct gathered) + real->szOsFile;
    gathering.xOpen = open_file;
    registered = sqlite3_vfs_register(&gathering, 0);
}

enum err gathering_vfs_register(struct error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_once);
    if (registered != SQLITE_OK)
        return fail(error, ERR_INTERNAL, "registering the file layer of the database (SQLite code %d)", registered);
    return OK;
}
