/* tests/unit/store/fixture.h — a fresh database in a folder of its own, for the tests of this folder. */
#ifndef GILBOT_TESTS_UNIT_STORE_FIXTURE_H
#define GILBOT_TESTS_UNIT_STORE_FIXTURE_H

#include <stdlib.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/clock.h"
#include "store/db.h"
#include "store/migrate.h"
#include "store/store.h"

#include "tests/support/test.h" /* after bot/base/error.h: cmocka has a macro called fail */

struct fixture {
    char dir[40], path[60];
    struct db *db;       /* fixture_open: a writing connection */
    struct store *store; /* fixture_open_store */
    struct arena arena;
    struct error error;
    int64_t now_ms;
};

static inline void assert_ok(enum err rc, const struct error *error)
{
    if (rc != OK)
        fail_msg("%s: %s", err_name(rc), error->text);
}

#define DO(call) assert_ok((call), &f.error)
#define REFUSED(code, call) assert_int_equal((call), (code))

static inline void fixture_make_dir(struct fixture *f)
{
    *f = (struct fixture){.dir = "/tmp/gilbot-store.XXXXXX", .now_ms = 1000000};
    assert_non_null(mkdtemp(f->dir));
    snprintf(f->path, sizeof f->path, "%s/gilbot.db", f->dir);
    arena_init(&f->arena, 16 * 1024 * 1024);
}

/* A bare writing connection with the schema: for rules, without a writer thread. */
static inline void fixture_open(struct fixture *f)
{
    fixture_make_dir(f);
    struct migration migrations[MIGRATIONS_MOST];
    size_t n = migrate_embedded(migrations);
    assert_ok(db_open(f->path, DB_WRITER, &f->db, &f->error), &f->error);
    assert_ok(migrate(f->db, migrations, n, f->now_ms, &f->error), &f->error);
}

static inline void fixture_start_store(struct fixture *f)
{
    struct store_settings settings = {.data_dir = str_of(f->dir), .clock = clock_manual(&f->now_ms)};
    assert_ok(store_open(&settings, &f->store, &f->error), &f->error);
}

static inline void fixture_open_store(struct fixture *f)
{
    fixture_make_dir(f);
    fixture_start_store(f);
}

static inline void fixture_close(struct fixture *f)
{
    static const char *const names[] = {"gilbot.db", "gilbot.db-wal", "gilbot.db-shm", "gilbot.lock"};
    store_close(f->store);
    db_close(f->db);
    arena_release(&f->arena);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char path[80];
        snprintf(path, sizeof path, "%s/%s", f->dir, names[i]);
        unlink(path);
    }
    rmdir(f->dir);
}

#define OPEN_DATABASE(f)                                                                                               \
    CLEANUP(fixture_close) struct fixture f;                                                                           \
    fixture_open(&f)
#define OPEN_STORE(f)                                                                                                  \
    CLEANUP(fixture_close) struct fixture f;                                                                           \
    fixture_open_store(&f)

#endif
