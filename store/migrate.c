#include "store/migrate.h"

#include <assert.h>
#include <stdio.h>

#include "store/db.h"
#include "store/migrations.h"
#include "store/query.h"

#include "bot/base/banned.h"

static const char create_table[] = "CREATE TABLE IF NOT EXISTS migrations ("
                                   "name TEXT NOT NULL PRIMARY KEY, hash INTEGER NOT NULL, applied_ms INTEGER NOT NULL"
                                   ") STRICT, WITHOUT ROWID";

size_t migrate_embedded(struct migration ret_migrations[MIGRATIONS_MOST])
{
    size_t n = 0;
    for (; migrations[n].name != NULL; n++) {
        assert(n < MIGRATIONS_MOST);
        ret_migrations[n] =
            (struct migration){str_of(migrations[n].name), (struct str){migrations[n].bytes, migrations[n].n}};
    }
    return n;
}

static int64_t hash_of(struct str sql)
{
    return (int64_t)str_hash(sql);
}

/* Compares what was applied with what there is; both are in the order of their names. */
static enum err check_applied(struct db *db, const struct migration *known, size_t n, size_t *ret_applied,
                              struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_MIGRATIONS_APPLIED);
    size_t applied = 0;
    for (; query_next(&q); applied++) {
        struct str name = column_peek(&q, 0);
        if (applied >= n)
            return fail(error, ERR_CONFLICT, "the database was made by a newer gilbot: it has %.*s", STR_ARG(name));
        if (!str_eq(name, known[applied].name))
            return fail(error, ERR_CONFLICT, "the database has %.*s where this gilbot has %.*s", STR_ARG(name),
                        STR_ARG(known[applied].name));
        if (column_i64(&q, 1) != hash_of(known[applied].sql))
            return fail(error, ERR_CONFLICT, "%.*s was edited after it was applied", STR_ARG(name));
    }
    *ret_applied = applied;
    return query_done(&q, error);
}

static enum err note_applied(struct db *db, const struct migration *migration, size_t number, int64_t now_ms,
                             struct error *error)
{
    char set_version[48];
    snprintf(set_version, sizeof set_version, "PRAGMA user_version = %zu", number);
    if (db_execute(db, set_version, error) != OK)
        return during(error, "counting the migration");
    CLEANUP(query_end) struct query q = query_begin(db, SQL_MIGRATIONS_ADD);
    bind_str(&q, ":name", migration->name);
    bind_i64(&q, ":hash", hash_of(migration->sql));
    bind_i64(&q, ":now_ms", now_ms);
    return query_run(&q, error);
}

static enum err apply_inside(struct db *db, const struct migration *migration, size_t number, int64_t now_ms,
                             struct error *error)
{
    if (db_execute(db, migration->sql.p, error) != OK)
        return during(error, "applying %.*s", STR_ARG(migration->name));
    return note_applied(db, migration, number, now_ms, error);
}

static enum err apply(struct db *db, const struct migration *migration, size_t number, int64_t now_ms,
                      struct error *error)
{
    if (db_execute(db, statements[SQL_BEGIN].text, error) != OK)
        return during(error, "beginning %.*s", STR_ARG(migration->name));
    enum err rc = apply_inside(db, migration, number, now_ms, error);
    if (rc == OK)
        rc = db_execute(db, statements[SQL_COMMIT].text, error);
    if (rc != OK && db_execute(db, statements[SQL_ROLLBACK].text, NULL) != OK)
        return during(error, "rolling back %.*s", STR_ARG(migration->name));
    return rc;
}

enum err migrate(struct db *db, const struct migration *known, size_t n, int64_t now_ms, struct error *error)
{
    size_t applied = 0;
    if (db_execute(db, create_table, error) != OK || check_applied(db, known, n, &applied, error) != OK)
        return during(error, "looking at the schema");
    for (; applied < n; applied++)
        if (apply(db, &known[applied], applied + 1, now_ms, error) != OK)
            return during(error, "bringing the schema up to date");
    return OK;
}

enum err migrate_check(struct db *db, size_t n, struct error *error)
{
    int64_t version = -1;
    CLEANUP(query_end) struct query q = query_begin(db, SQL_MIGRATIONS_VERSION);
    if (query_next(&q))
        version = column_i64(&q, 0);
    if (query_done(&q, error) != OK)
        return during(error, "reading the version of the schema");
    if (version != (int64_t)n)
        return fail(error, ERR_CONFLICT, "the database has schema %lld, this gilbot has %zu; start `gilbot serve` once",
                    (long long)version, n);
    return OK;
}
