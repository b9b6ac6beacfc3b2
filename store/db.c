#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/fts_tokenizer.h"
#include "store/gathering_vfs.h"

#include "bot/base/banned.h"

/* A negative cache size is KiB.  The WAL keeps its size, up to 64 MiB, between checkpoints: writing over bytes that are
 * there needs no change of the file's size, which makes fdatasync cheaper. */
static const char writer_pragmas[] = "PRAGMA journal_mode = WAL;"
                                     "PRAGMA synchronous = FULL;"
                                     "PRAGMA wal_autocheckpoint = 0;"
                                     "PRAGMA journal_size_limit = 67108864;"
                                     "PRAGMA cache_size = -4096;"
                                     "PRAGMA secure_delete = ON;"
                                     "PRAGMA temp_store = MEMORY;"
                                     "PRAGMA trusted_schema = OFF";
static const char reader_pragmas[] = "PRAGMA query_only = ON;"
                                     "PRAGMA cache_size = -256;"
                                     "PRAGMA mmap_size = 0;"
                                     "PRAGMA temp_store = MEMORY;"
                                     "PRAGMA trusted_schema = OFF";

enum {
    BUSY_TIMEOUT_MS = 5000, /* only opening and closing of another connection can hold anybody up             */
    LOOKASIDE_BYTES = 4096, /* a row with a usual body fits into a piece of memory that SQLite keeps at hand … */
    LOOKASIDE_SLOTS = 32,   /* … so many of them                                                              */
};

/* SQLite makes files readable by all; -wal and -shm take over the mode of the database file. */
static enum err make_private_file(const char *path, struct error *error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(error, ERR_INTERNAL, "%s: %s", path, strerror(errno));
    close(fd);
    return OK;
}

enum err db_open(const char *path, enum db_mode mode, struct db **ret_db, struct error *error)
{
    if (mode == DB_WRITER && make_private_file(path, error) != OK)
        return during(error, "making the database");
    if (mode == DB_READER && access(path, F_OK) != 0)
        return fail(error, ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
    if (mode == DB_WRITER && gathering_vfs_register(error) != OK)
        return during(error, "opening %s", path);

    CLEANUP(db_closep) struct db *db = calloc(1, sizeof *db);
    if (db == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for a database connection");
    int flags = SQLITE_OPEN_NOMUTEX | (mode == DB_WRITER ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    int code = sqlite3_open_v2(path, &db->handle, flags, mode == DB_WRITER ? GATHERING_VFS_NAME : NULL);
    if (code != SQLITE_OK && db_fail(db, code, error) != OK)
        return during(error, "opening %s", path);
    sqlite3_extended_result_codes(db->handle, 1);
    if (mode == DB_WRITER)
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_LOOKASIDE, NULL, LOOKASIDE_BYTES, LOOKASIDE_SLOTS);
    sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    if (db_execute(db, mode == DB_WRITER ? writer_pragmas : reader_pragmas, error) != OK ||
        fts_tokenizer_register(db->handle, error) != OK)
        return during(error, "opening %s", path);
    *ret_db = db;
    db = NULL;
    return OK;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    for (size_t i = 0; i < SQL_COUNT; i++) {
        sqlite3_finalize(db->prepared[i].stmt);
        free(db->prepared[i].names);
    }
    sqlite3_close(db->handle);
    free(db);
}

void db_closep(struct db **db)
{
    db_close(*db);
}

enum err db_execute(struct db *db, const char *sql, struct error *error)
{
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : db_fail(db, code, error);
}

enum err db_fail(struct db *db, int code, struct error *error)
{
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return fail(error, ERR_CONFLICT, "%s", sqlite3_errmsg(db->handle));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(error, ERR_BUSY, "the database is busy");
    case SQLITE_NOMEM:
        return fail(error, ERR_NO_MEMORY, "the database ran out of memory");
    case SQLITE_FULL:
        return fail(error, ERR_INTERNAL, "the disk is full");
    case SQLITE_IOERR:
        return fail(error, ERR_INTERNAL, "the disk cannot be read or written (SQLite code %d, %s)", code,
                    strerror(sqlite3_system_errno(db->handle)));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return fail(error, ERR_INTERNAL, "the database is damaged: %s", sqlite3_errmsg(db->handle));
    default:
        return fail(error, ERR_INTERNAL, "%s (SQLite code %d)", sqlite3_errmsg(db->handle), code);
    }
}

int64_t db_changes(struct db *db)
{
    return sqlite3_changes64(db->handle);
}

int64_t db_last_id(struct db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}
