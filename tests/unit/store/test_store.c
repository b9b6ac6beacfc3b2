/* Opening, locking, reading beside the writer, and coming back after a crash. */
#include "store/figures.h"
#include "store/inbox.h"
#include "store/outbox.h"
#include "store/store.h"

#include "fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "bot/base/banned.h"

struct recording {
    struct fixture *f;
    const char *key;
};

static enum err record_job(struct db *db, void *arg, struct error *error)
{
    struct recording *recording = arg;
    struct inbox_event event = {.key = str_of(recording->key),
                                .platform = STR("web"),
                                .conversation = str_of(recording->key),
                                .body = STR("body")};
    bool is_new = false;
    return inbox_record(db, &event, recording->f->now_ms, &is_new, error);
}

static void record(struct fixture *f, const char *key)
{
    struct recording recording = {f, key};
    assert_ok(store_write_wait(f->store, record_job, &recording, &f->error), &f->error);
}

static size_t count_ready(struct fixture *f, struct db *db)
{
    struct inbox_filter filter = {.state = INBOX_READY, .limit = 1000};
    struct inbox_rows rows = {0};
    assert_ok(inbox_list(db, &filter, &f->arena, &rows, &f->error), &f->error);
    return rows.n;
}

static unsigned mode_of(const char *dir, const char *name)
{
    char path[80];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 0777;
}

/* ── opening ── */

TEST(store, a_second_gilbot_is_refused_until_the_first_is_gone)
{
    OPEN_STORE(f);
    struct store_settings settings = {.data_dir = str_of(f.dir), .clock = clock_manual(&f.now_ms)};
    struct store *second = NULL;
    REFUSED(ERR_BUSY, store_open(&settings, &second, &f.error));
    assert_non_null(strstr(f.error.text, "another gilbot works on "));
    store_close(f.store);
    fixture_start_store(&f);
}

TEST(store, its_folder_is_made_and_its_files_are_private)
{
    OPEN_STORE(f);
    store_close(f.store);
    char dir[60];
    snprintf(dir, sizeof dir, "%s/data", f.dir);
    struct store_settings settings = {.data_dir = str_of(dir), .clock = clock_manual(&f.now_ms)};
    DO(store_open(&settings, &f.store, &f.error));
    record(&f, "k");
    assert_int_equal(mode_of(dir, ""), 0700);
    assert_int_equal(mode_of(dir, "gilbot.db"), 0600);
    assert_int_equal(mode_of(dir, "gilbot.db-wal"), 0600);
    store_close(f.store);
    f.store = NULL;
    char path[80];
    snprintf(path, sizeof path, "%s/gilbot.db", dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/gilbot.lock", dir);
    unlink(path);
    rmdir(dir);
}

TEST(store, a_folder_whose_parent_is_missing_is_an_error_that_names_it)
{
    struct error error = {0};
    int64_t now_ms = 0;
    struct store_settings settings = {.data_dir = STR("/tmp/gilbot-no-such/data"), .clock = clock_manual(&now_ms)};
    struct store *store = NULL;
    assert_int_equal(store_open(&settings, &store, &error), ERR_INTERNAL);
    assert_non_null(strstr(error.text, "/tmp/gilbot-no-such/data: No such file or directory"));
}

TEST(store, a_file_that_is_no_database_is_refused)
{
    CLEANUP(fixture_close) struct fixture f;
    fixture_make_dir(&f);
    FILE *file = fopen(f.path, "wb");
    assert_non_null(file);
    for (int i = 0; i < 1000; i++)
        fputs("this is no database. ", file);
    fclose(file);
    struct store_settings settings = {.data_dir = str_of(f.dir), .clock = clock_manual(&f.now_ms)};
    REFUSED(ERR_INTERNAL, store_open(&settings, &f.store, &f.error));
    assert_non_null(strstr(f.error.text, "damaged"));
}

/* ── readers ── */

TEST(store, a_reader_sees_what_was_committed_before_it_looked)
{
    OPEN_STORE(f);
    struct db *opened = NULL;
    DO(store_reader_open(f.store, &opened, &f.error));
    CLEANUP(db_closep) struct db *reader = opened;
    assert_int_equal(count_ready(&f, reader), 0);
    record(&f, "k1");
    assert_int_equal(count_ready(&f, reader), 1);
    record(&f, "k2");
    assert_int_equal(count_ready(&f, reader), 2);
}

TEST(store, a_command_reads_while_another_process_serves)
{
    OPEN_STORE(f);
    record(&f, "k1");
    struct db *opened = NULL;
    DO(store_reader_open_dir(str_of(f.dir), &opened, &f.error));
    CLEANUP(db_closep) struct db *reader = opened;
    assert_int_equal(count_ready(&f, reader), 1);
}

TEST(store, a_command_finds_no_database_where_there_is_none)
{
    CLEANUP(fixture_close) struct fixture f;
    fixture_make_dir(&f);
    struct db *reader = NULL;
    REFUSED(ERR_NOT_FOUND, store_reader_open_dir(str_of(f.dir), &reader, &f.error));
}

/* ── coming back ── */

static void copy_file(const char *from_dir, const char *to_dir, const char *name, off_t without_last_bytes)
{
    char from[80], to[80];
    snprintf(from, sizeof from, "%s/%s", from_dir, name);
    snprintf(to, sizeof to, "%s/%s", to_dir, name);
    struct str bytes = test_read_file(from);
    FILE *file = fopen(to, "wb");
    assert_non_null(file);
    size_t n = bytes.n - (size_t)without_last_bytes;
    assert_int_equal(fwrite(bytes.p, 1, n, file), n);
    fclose(file);
    free((void *)(uintptr_t)bytes.p);
}

/* The files as a crash at this moment would leave them. */
static void crash_into(struct fixture *f, struct fixture *ret_after, off_t without_last_bytes)
{
    fixture_make_dir(ret_after);
    copy_file(f->dir, ret_after->dir, "gilbot.db", 0);
    copy_file(f->dir, ret_after->dir, "gilbot.db-wal", without_last_bytes);
    fixture_start_store(ret_after);
}

TEST(store, what_was_reported_durable_is_there_after_a_crash)
{
    OPEN_STORE(f);
    record(&f, "k1");
    record(&f, "k2");
    CLEANUP(fixture_close) struct fixture after;
    crash_into(&f, &after, 0);
    assert_int_equal(figures_read(after.store).inbox_pending, 2);
    struct db *opened = NULL;
    DO(store_reader_open(after.store, &opened, &f.error));
    CLEANUP(db_closep) struct db *reader = opened;
    assert_int_equal(count_ready(&after, reader), 2);
}

TEST(store, a_commit_that_was_torn_by_a_crash_leaves_the_ones_before_it)
{
    OPEN_STORE(f);
    record(&f, "k1");
    record(&f, "k2");
    CLEANUP(fixture_close) struct fixture after;
    crash_into(&f, &after, 100);
    assert_int_equal(figures_read(after.store).inbox_pending, 1);
    record(&after, "k2");
    assert_int_equal(figures_read(after.store).inbox_pending, 2);
}

/* ── figures ── */

static enum err kill_first(struct db *db, void *arg, struct error *error)
{
    struct fixture *f = arg;
    struct inbox_claims claims = {0};
    struct inbox_claim_input input = {.now_ms = f->now_ms, .lease_ms = 1000, .limit = 1};
    struct outbox_message message = {
        .conversation = STR("c"), .platform = STR("web"), .idempotency_key = STR("k"), .payload = STR("{}")};
    int64_t id = 0;
    if (inbox_claim(db, &input, &f->arena, &claims, error) != OK ||
        outbox_add(db, &message, f->now_ms, &id, error) != OK)
        return during(error, "killing the first");
    return inbox_die(db, claims.items[0].ticket, f->now_ms, STR("x"), error);
}

/* Does something, then fails: a ticket that was never given. */
static enum err kill_first_and_fail(struct db *db, void *arg, struct error *error)
{
    enum err rc = kill_first(db, arg, error);
    return rc != OK ? rc : inbox_die(db, (struct inbox_ticket){.id = 99}, 0, STR("x"), error);
}

static void assert_figures(struct fixture *f, int64_t inbox_pending, int64_t outbox_pending, int64_t dead_letters)
{
    struct figures figures = figures_read(f->store);
    assert_int_equal(figures.inbox_pending, inbox_pending);
    assert_int_equal(figures.outbox_pending, outbox_pending);
    assert_int_equal(figures.dead_letters, dead_letters);
}

TEST(figures, they_follow_every_commit_and_are_counted_at_start)
{
    OPEN_STORE(f);
    assert_figures(&f, 0, 0, 0);
    record(&f, "k1");
    record(&f, "k2");
    record(&f, "k1");
    assert_figures(&f, 2, 0, 0);
    DO(store_write_wait(f.store, kill_first, &f, &f.error));
    assert_figures(&f, 1, 1, 1);
    REFUSED(ERR_CONFLICT, store_write_wait(f.store, kill_first_and_fail, &f, &f.error));
    assert_figures(&f, 1, 1, 1);
    store_close(f.store);
    fixture_start_store(&f);
    assert_figures(&f, 1, 1, 1);
}

TEST_MAIN
