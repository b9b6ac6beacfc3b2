#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "bot/base/buf.h"
#include "bot/base/log.h"
#include "bot/base/metrics.h"
#include "store/db.h"
#include "store/documents.h"
#include "store/figures.h"
#include "store/migrate.h"
#include "store/query.h"
#include "store/writer.h"

#include "bot/base/banned.h"

struct store {
    struct buf path; /* of gilbot.db */
    int lock_fd;     /* -1: not held */
    struct db *db;
    struct writer *writer;
};

enum { PATH_CEILING = 4096 };

static enum err path_in(struct str data_dir, const char *name, struct buf *ret_path, struct error *error)
{
    buf_init(ret_path, NULL, PATH_CEILING);
    buf_add(ret_path, data_dir);
    buf_addf(ret_path, "/%s", name);
    if (buf_failed(ret_path)) {
        buf_release(ret_path);
        return fail(error, ERR_INVALID, "the path of data_dir is too long");
    }
    return OK;
}

/* The count of memory in use would cost a mutex at every allocation of every thread; nobody reads it. */
static void configure_sqlite(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
}

static void configure_sqlite_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure_sqlite);
}

/* ── opening ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err make_folder(struct str data_dir, struct error *error)
{
    CLEANUP(buf_release) struct buf path;
    buf_init(&path, NULL, PATH_CEILING);
    buf_add(&path, data_dir);
    if (buf_failed(&path) || path.n == 0)
        return fail(error, ERR_INVALID, "data_dir is empty or too long");
    if (mkdir(path.p, 0700) != 0 && errno != EEXIST)
        return fail(error, ERR_INTERNAL, "%s: %s", path.p, strerror(errno));
    return OK;
}

static enum err take_lock(struct store *store, struct str data_dir, struct error *error)
{
    CLEANUP(buf_release) struct buf path = {0};
    if (path_in(data_dir, "gilbot.lock", &path, error) != OK)
        return during(error, "naming the lock file");
    store->lock_fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock_fd < 0)
        return fail(error, ERR_INTERNAL, "%s: %s", path.p, strerror(errno));
    if (flock(store->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return OK;
    if (errno == EWOULDBLOCK)
        return fail(error, ERR_BUSY, "another gilbot works on %.*s", STR_ARG(data_dir));
    return fail(error, ERR_INTERNAL, "locking %s: %s", path.p, strerror(errno));
}

static enum err count(struct db *db, enum sql_id id, int64_t *ret_pending, int64_t *ret_dead, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, id);
    if (query_next(&q)) {
        *ret_pending = column_i64(&q, 0);
        *ret_dead = column_i64(&q, 1);
    }
    return query_done(&q, error);
}

static enum err count_figures(struct db *db, struct figures *ret_figures, struct error *error)
{
    int64_t inbox_dead = 0, outbox_dead = 0;
    if (count(db, SQL_FIGURES_INBOX, &ret_figures->inbox_pending, &inbox_dead, error) != OK ||
        count(db, SQL_FIGURES_OUTBOX, &ret_figures->outbox_pending, &outbox_dead, error) != OK)
        return during(error, "counting what is waiting");
    ret_figures->dead_letters = inbox_dead + outbox_dead;
    return OK;
}

static enum err start_writer(struct store *store, const struct store_settings *settings, struct error *error)
{
    struct writer_settings writer = {.db = store->db, .clock = settings->clock};
    if (settings->metrics != NULL)
        writer.commit_seconds = metrics_histogram(settings->metrics, "gilbot_db_commit_duration_seconds",
                                                  "Time to make a group of writes durable.", "", NULL, 0);
    if (count_figures(store->db, &writer.figures, error) != OK)
        return during(error, "starting the writer");
    return writer_start(&writer, &store->writer, error);
}

static enum err run_statement(struct db *db, enum sql_id id, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, id);
    return query_run(&q, error);
}

/* What this program would look for, the database must hold. */
static enum err renew_terms(struct db *db, struct error *error)
{
    bool was_needed = false;
    enum err rc = run_statement(db, SQL_BEGIN, error);
    if (rc != OK)
        return rc;
    rc = documents_index_again(db, &was_needed, error);
    return rc != OK ? rc : run_statement(db, SQL_COMMIT, error); /* the connection of a failed opening is closed */
}

static enum err open_parts(struct store *store, const struct store_settings *settings, struct error *error)
{
    struct migration migrations[MIGRATIONS_MOST];
    size_t n = migrate_embedded(migrations);
    enum err rc = make_folder(settings->data_dir, error);
    if (rc == OK)
        rc = take_lock(store, settings->data_dir, error);
    if (rc == OK)
        rc = path_in(settings->data_dir, "gilbot.db", &store->path, error);
    if (rc == OK)
        rc = db_open(store->path.p, DB_WRITER, &store->db, error);
    if (rc == OK)
        rc = migrate(store->db, migrations, n, clock_now_ms(settings->clock), error);
    if (rc == OK)
        rc = renew_terms(store->db, error);
    if (rc == OK)
        rc = start_writer(store, settings, error);
    return rc;
}

enum err store_open(const struct store_settings *settings, struct store **ret_store, struct error *error)
{
    configure_sqlite_once();
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the store");
    store->lock_fd = -1;
    if (open_parts(store, settings, error) != OK) {
        store_close(store);
        return during(error, "opening the database in %.*s", STR_ARG(settings->data_dir));
    }
    *ret_store = store;
    return OK;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    writer_stop(store->writer);
    db_close(store->db);
    if (store->lock_fd >= 0)
        close(store->lock_fd);
    buf_release(&store->path);
    free(store);
}

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err store_reader_open(struct store *store, struct db **ret_db, struct error *error)
{
    return db_open(store->path.p, DB_READER, ret_db, error);
}

enum err store_reader_open_dir(struct str data_dir, struct db **ret_db, struct error *error)
{
    configure_sqlite_once();
    CLEANUP(buf_release) struct buf path = {0};
    CLEANUP(db_closep) struct db *db = NULL;
    struct migration migrations[MIGRATIONS_MOST];
    if (path_in(data_dir, "gilbot.db", &path, error) != OK || db_open(path.p, DB_READER, &db, error) != OK ||
        migrate_check(db, migrate_embedded(migrations), error) != OK)
        return during(error, "opening the database in %.*s for reading", STR_ARG(data_dir));
    *ret_db = db;
    db = NULL;
    return OK;
}

enum err store_snapshot_begin(struct db *db, struct error *error)
{
    return run_statement(db, SQL_SNAPSHOT_BEGIN, error);
}

void store_snapshot_end(struct db *db)
{
    struct error error = {0};
    if (sqlite3_get_autocommit(db->handle) == 0 && run_statement(db, SQL_COMMIT, &error) != OK)
        LOG_ERROR("store.snapshot_not_ended", F_CSTR("why", error.text));
}

void store_reader_close(struct db *db)
{
    db_close(db);
}

/* ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

void store_write(struct store *store, struct write_job *job)
{
    writer_add(store->writer, WRITER_THEN, job);
}

struct waiting {
    struct write_job job;
    enum err (*run)(struct db *db, void *arg, struct error *error);
    void *arg;
    sem_t done;
};

static enum err run_for_waiter(struct db *db, void *arg, struct error *error)
{
    struct waiting *waiting = arg;
    return waiting->run(db, waiting->arg, error);
}

static void wake_waiter(void *arg, enum err rc, const struct error *error)
{
    struct waiting *waiting = arg;
    (void)rc, (void)error; /* they are in the job */
    sem_post(&waiting->done);
}

unsigned store_work_of(struct str platform)
{
    return 1u << (2 + str_hash(platform) % 14);
}

enum err store_write_wait(struct store *store, enum err (*run)(struct db *db, void *arg, struct error *error),
                          void *arg, struct error *error)
{
    struct waiting waiting = {.job = {.run = run_for_waiter, .done = wake_waiter}, .run = run, .arg = arg};
    waiting.job.arg = &waiting;
    sem_init(&waiting.done, 0, 0);
    store_write(store, &waiting.job);
    while (sem_wait(&waiting.done) != 0)
        continue; /* a signal */
    sem_destroy(&waiting.done);
    if (waiting.job.rc != OK && error != NULL)
        *error = waiting.job.error;
    return waiting.job.rc;
}

void store_write_first(struct store *store, struct write_job *job)
{
    writer_add(store->writer, WRITER_FIRST, job);
}

void store_dispatch(struct store *store, const struct store_dispatcher *dispatcher)
{
    writer_dispatch(store->writer, dispatcher);
}

void store_poke(struct store *store)
{
    writer_poke(store->writer);
}

struct figures figures_read(const struct store *store)
{
    return writer_figures(store->writer);
}
