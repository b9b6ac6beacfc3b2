/* The schema only ever moves forward, and nobody rewrites its past. */
#include "store/query.h"

#include "fixture.h"

#include "bot/base/banned.h"

static const struct migration first = {STR_INIT("0001_a.sql"), STR_INIT("CREATE TABLE a (x); CREATE TABLE b (x);")};
static const struct migration second = {STR_INIT("0002_c.sql"), STR_INIT("CREATE TABLE c (x);")};
static const struct migration broken = {STR_INIT("0002_c.sql"), STR_INIT("CREATE TABLE c (x); CREATE TABLE c (x);")};

static void open_empty(struct fixture *f)
{
    fixture_make_dir(f);
    assert_ok(db_open(f->path, DB_WRITER, &f->db, &f->error), &f->error);
}

TEST(migrate, each_file_is_applied_once)
{
    CLEANUP(fixture_close) struct fixture f;
    open_empty(&f);
    DO(migrate(f.db, &first, 1, 1, &f.error));
    DO(migrate(f.db, &first, 1, 2, &f.error));
    DO(migrate_check(f.db, 1, &f.error));
}

TEST(migrate, a_new_file_is_applied_to_an_old_database)
{
    CLEANUP(fixture_close) struct fixture f;
    open_empty(&f);
    DO(migrate(f.db, &first, 1, 1, &f.error));
    DO(migrate(f.db, (struct migration[]){first, second}, 2, 2, &f.error));
    DO(migrate_check(f.db, 2, &f.error));
    DO(db_execute(f.db, "SELECT * FROM a, b, c", &f.error));
}

TEST(migrate, an_edited_old_file_is_refused)
{
    CLEANUP(fixture_close) struct fixture f;
    open_empty(&f);
    DO(migrate(f.db, &first, 1, 1, &f.error));
    struct migration edited = {first.name, STR("CREATE TABLE a (x, y)")};
    REFUSED(ERR_CONFLICT, migrate(f.db, &edited, 1, 2, &f.error));
    assert_non_null(strstr(f.error.text, "0001_a.sql was edited after it was applied"));
}

TEST(migrate, a_renamed_old_file_is_refused)
{
    CLEANUP(fixture_close) struct fixture f;
    open_empty(&f);
    DO(migrate(f.db, &first, 1, 1, &f.error));
    struct migration renamed = {STR("0001_b.sql"), first.sql};
    REFUSED(ERR_CONFLICT, migrate(f.db, &renamed, 1, 2, &f.error));
}

TEST(migrate, a_database_of_a_newer_program_is_refused)
{
    CLEANUP(fixture_close) struct fixture f;
    open_empty(&f);
    DO(migrate(f.db, (struct migration[]){first, second}, 2, 1, &f.error));
    REFUSED(ERR_CONFLICT, migrate(f.db, &first, 1, 2, &f.error));
    assert_non_null(strstr(f.error.text, "newer gilbot"));
    REFUSED(ERR_CONFLICT, migrate_check(f.db, 1, &f.error));
}

TEST(migrate, a_file_that_fails_leaves_nothing_behind)
{
    CLEANUP(fixture_close) struct fixture f;
    open_empty(&f);
    REFUSED(ERR_INTERNAL, migrate(f.db, (struct migration[]){first, broken}, 2, 1, &f.error));
    DO(migrate_check(f.db, 1, &f.error));
    REFUSED(ERR_INTERNAL, db_execute(f.db, "SELECT * FROM c", &f.error));
    DO(migrate(f.db, (struct migration[]){first, second}, 2, 2, &f.error));
}

TEST_MAIN
