/* store/migrate.h — brings a database to this program's schema.
 *
 * The files of store/schema are applied in the order of their names, each in a transaction of its own; `user_version`
 * counts them, the table `migrations` keeps each one's name and hash.  A file is never edited once it was applied
 * anywhere: an edited, renamed or missing one is refused.
 *
 * Thread: while the database is opened.                                                                               */
#ifndef GILBOT_STORE_MIGRATE_H
#define GILBOT_STORE_MIGRATE_H

#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct db;

struct migration {
    struct str name, sql; /* a NUL follows the text of `sql` */
};

/* The embedded ones: at most `most` into `ret_migrations`; returns how many there are. */
enum { MIGRATIONS_MOST = 100 };
size_t migrate_embedded(struct migration ret_migrations[MIGRATIONS_MOST]);

/* ERR_CONFLICT: an applied migration is not what it was, or the database knows more than these. */
MUST_USE
enum err migrate(struct db *db, const struct migration *migrations, size_t n, int64_t now_ms, struct error *error);

/* OK when the database has exactly `n` migrations applied; else ERR_CONFLICT.  Changes nothing. */
MUST_USE
enum err migrate_check(struct db *db, size_t n, struct error *error);

#endif
