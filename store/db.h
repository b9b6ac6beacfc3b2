/* store/db.h — one SQLite connection with its prepared statements; the inside of `struct db`.
 *
 * Statements are prepared at their first use and kept.  A writing connection also keeps account of what its open
 * transaction changed (struct effects); the writer applies that after the commit, or forgets it.
 *
 * Thread: a connection belongs to one thread at a time.                                                              */
#ifndef GILBOT_STORE_DB_H
#define GILBOT_STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "store/figures.h"
#include "store/statements.h"

struct sqlite3;
struct sqlite3_stmt;

enum db_mode { DB_WRITER, DB_READER };

/* What a transaction changed: differences of the figures, and enum store_work bits of rows that became ready. */
struct effects {
    struct figures figures;
    unsigned work;
};

struct prepared {
    struct sqlite3_stmt *stmt;
    const char **names; /* of the parameters, in their order */
    int n_names;
    bool in_use;
};

struct db {
    struct sqlite3 *handle;
    struct effects effects;
    struct prepared prepared[SQL_COUNT];
};

/* DB_WRITER makes the file (0600) when it is absent.  ERR_NOT_FOUND: DB_READER, and there is no such file. */
MUST_USE
enum err db_open(const char *path, enum db_mode mode, struct db **ret_db, struct error *error);

/* NULL is fine. */
void db_close(struct db *db);
void db_closep(struct db **db);

/* Runs SQL text that binds nothing and whose rows nobody wants: migrations, pragmas. */
MUST_USE
enum err db_execute(struct db *db, const char *sql, struct error *error);

/* Translates an SQLite result code that just came from this connection. */
MUST_USE
enum err db_fail(struct db *db, int code, struct error *error);

int64_t db_changes(struct db *db); /* rows that the last statement changed  */
int64_t db_last_id(struct db *db); /* of the last row inserted              */

#endif
