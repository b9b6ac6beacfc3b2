#include "store/writer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sqlite3.h>

#include "bot/base/log.h"
#include "bot/base/metrics.h"
#include "store/db.h"
#include "store/query.h"
#include "store/store.h"

#include "bot/base/banned.h"

struct writer {
    struct db *db;
    struct clock clock;
    struct metric *commit_seconds;
    pthread_t thread;

    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t added;
    struct {
        struct write_job *first, **end;
        size_t n;
    } queues[WRITER_QUEUES];
    bool asleep, stopping, poked;
    bool rests; /* work is there, but more may gather: woken by the first job of the first queue */

    pthread_mutex_t dispatcher_mutex; /* held from offer to settle, so that it can be taken away */
    struct store_dispatcher dispatcher;

    /* the thread's own */
    int frames;         /* in the write-ahead log                          */
    int checkpoint_at;  /* the next checkpoint is due at so many           */
    bool idle;          /* tidied up, nothing written since                */
    unsigned unoffered; /* bits of enum store_work not offered yet        */
    bool asked;         /* somebody poked since the last offer             */
    bool behind;        /* the second queue is long: offer nothing more    */
    int64_t began_us;   /* the last transaction                            */
    size_t n_last;      /* the jobs in it                                  */
    size_t n_first;     /* … those of the first queue                      */
    unsigned n_crowded; /* groups in a crowd so far                        */
    int64_t first_us;   /* when the first queue last had a job             */
    int64_t counted_us; /* … and when its jobs were last counted           */
    int64_t first_rate; /* … how many come in a second, smoothed           */

    _Atomic int64_t inbox_pending, outbox_pending, dead_letters;
};

/* ── transactions ──────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err run_statement(struct writer *writer, enum sql_id id, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(writer->db, id);
    return query_run(&q, error);
}

static bool in_transaction(const struct writer *writer)
{
    return sqlite3_get_autocommit(writer->db->handle) == 0;
}

/* A full disk may have rolled back already.  Where even a rollback fails, the next BEGIN says so. */
static void roll_back(struct writer *writer)
{
    struct error error = {0};
    if (in_transaction(writer) && run_statement(writer, SQL_ROLLBACK, &error) != OK)
        LOG_ERROR("store.rollback_failed", F_CSTR("error", error.text));
    writer->db->effects = (struct effects){0};
}

/* What became ready goes out with the same commit.  A failure undoes the offer alone. */
static enum err offer(struct writer *writer, struct error *error)
{
    unsigned work = writer->db->effects.work | writer->unoffered;
    bool anybody = writer->dispatcher.offer != NULL, wanted = work != 0 || writer->asked;
    if (anybody && writer->behind) { /* whoever took more would only add to what waits */
        writer->unoffered = work;
        return OK;
    }
    writer->unoffered = 0;
    writer->asked = false;
    if (!anybody || !wanted)
        return OK;
    struct effects before = writer->db->effects;
    if (run_statement(writer, SQL_SAVEPOINT, error) != OK)
        return during(error, "setting a savepoint");
    struct error why = {0};
    if (writer->dispatcher.offer(writer->db, writer->dispatcher.arg, work, &why) != OK) {
        LOG_ERROR("store.offer_failed", F_CSTR("error", why.text));
        writer->db->effects = before;
        writer->dispatcher.settle(writer->dispatcher.arg, false);
        if (run_statement(writer, SQL_SAVEPOINT_ROLLBACK, error) != OK)
            return during(error, "rolling back to a savepoint");
    }
    return run_statement(writer, SQL_SAVEPOINT_RELEASE, error);
}

static enum err commit(struct writer *writer, struct error *error)
{
    if (offer(writer, error) != OK) {
        enum err rc = error->code;
        roll_back(writer);
        return rc;
    }
    int64_t began_us = clock_tick_us(writer->clock);
    if (run_statement(writer, SQL_COMMIT, error) != OK) {
        enum err rc = during(error, "committing");
        roll_back(writer);
        return rc;
    }
    if (writer->commit_seconds != NULL)
        metric_observe(writer->commit_seconds, (double)(clock_tick_us(writer->clock) - began_us) / 1e6);
    return OK;
}

static void fail_all(struct write_job *group, enum err rc, const struct error *error)
{
    for (struct write_job *job = group; job != NULL; job = job->next) {
        job->rc = rc;
        job->error = *error;
    }
}

static enum err run_job(struct writer *writer, struct write_job *job)
{
    job->error.code = OK;
    job->error.n = 0;
    job->error.text[0] = '\0';
    job->rc = job->run(writer->db, job->arg, &job->error);
    return job->rc;
}

static enum err run_in_savepoint(struct writer *writer, struct write_job *job, struct error *error)
{
    struct effects before = writer->db->effects;
    if (run_statement(writer, SQL_SAVEPOINT, error) != OK)
        return during(error, "setting a savepoint");
    if (run_job(writer, job) != OK) {
        if (!in_transaction(writer)) {
            *error = job->error;
            return job->rc;
        }
        writer->db->effects = before;
        if (run_statement(writer, SQL_SAVEPOINT_ROLLBACK, error) != OK)
            return during(error, "rolling back to a savepoint");
    }
    return run_statement(writer, SQL_SAVEPOINT_RELEASE, error);
}

/* Failure: of the whole transaction, not of a job. */
static enum err run_each(struct writer *writer, struct write_job *group, struct error *error)
{
    enum err rc = run_statement(writer, SQL_BEGIN, error);
    for (struct write_job *job = group; rc == OK && job != NULL; job = job->next)
        rc = run_in_savepoint(writer, job, error);
    if (rc == OK)
        return commit(writer, error);
    roll_back(writer);
    return rc;
}

/* ret_failed: a job failed, nothing is left of any. */
static enum err run_together(struct writer *writer, struct write_job *group, struct write_job **ret_failed,
                             struct error *error)
{
    if (run_statement(writer, SQL_BEGIN, error) != OK)
        return during(error, "beginning a transaction");
    for (struct write_job *job = group; job != NULL; job = job->next) {
        if (run_job(writer, job) != OK) {
            *ret_failed = job;
            roll_back(writer);
            return OK;
        }
    }
    return commit(writer, error);
}

/* Runs the jobs and offers what is ready; afterwards every job has its outcome. */
static void run_group(struct writer *writer, struct write_job *group)
{
    struct error error = {0};
    struct write_job *failed = NULL;
    pthread_mutex_lock(&writer->dispatcher_mutex);
    enum err rc = run_together(writer, group, &failed, &error);
    bool alone = group != NULL && group->next == NULL;
    if (failed != NULL && !alone)
        rc = run_each(writer, group, &error);
    if (rc != OK) {
        fail_all(group, rc, &error);
        writer->asked = false; /* a full disk must not spin: the next poke or commit asks again */
        writer->unoffered = 0;
    }
    if (writer->dispatcher.settle != NULL)
        writer->dispatcher.settle(writer->dispatcher.arg, rc == OK && (failed == NULL || !alone));
    pthread_mutex_unlock(&writer->dispatcher_mutex);
}

/* ── telling ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void apply_effects(struct writer *writer)
{
    struct effects effects = writer->db->effects;
    writer->db->effects = (struct effects){0};
    atomic_fetch_add_explicit(&writer->inbox_pending, effects.figures.inbox_pending, memory_order_relaxed);
    atomic_fetch_add_explicit(&writer->outbox_pending, effects.figures.outbox_pending, memory_order_relaxed);
    atomic_fetch_add_explicit(&writer->dead_letters, effects.figures.dead_letters, memory_order_relaxed);
}

static void tell(struct write_job *group)
{
    while (group != NULL) {
        struct write_job *job = group;
        group = job->next; /* done may free the job */
        job->done(job->arg, job->rc, &job->error);
    }
}

/* ── who waits ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Counts n jobs of the first queue: how many come in a second, by the last few groups, and when one last came. */
static void count_first(struct writer *writer, size_t n)
{
    int64_t now_us = clock_tick_us(writer->clock), elapsed_us = now_us - writer->counted_us;
    writer->n_first = n;
    if (n > 0)
        writer->first_us = now_us;
    if (elapsed_us <= 0)
        return;
    writer->counted_us = now_us;
    writer->first_rate = (3 * writer->first_rate + (int64_t)n * 1000000 / elapsed_us) / 4;
}

static bool is_crowded(const struct writer *writer)
{
    return writer->n_first >= WRITER_CROWD || writer->first_rate >= WRITER_CROWD_RATE;
}

/* How many jobs of the second queue go along: few while somebody outside waits, or did just now.  In a crowd these few go
 * together, as each alone would write nearly as many pages. */
static size_t share_beside(struct writer *writer)
{
    if (is_crowded(writer))
        return ++writer->n_crowded % WRITER_CROWD_TURN == 0 ? WRITER_CROWD_TURN : 0;
    int64_t calm_us = clock_tick_us(writer->clock) - writer->first_us;
    return calm_us < WRITER_CALM_US ? WRITER_SHARE : WRITER_GROUP;
}

/* ── checkpoints ───────────────────────────────────────────────────────────────────────────────────────────────── */

static int note_frames(void *arg, sqlite3 *handle, const char *name, int frames)
{
    struct writer *writer = arg;
    (void)handle, (void)name;
    if (frames < writer->frames)
        writer->checkpoint_at = WRITER_CHECKPOINT_FRAMES; /* the log began anew */
    writer->frames = frames;
    return SQLITE_OK;
}

static void checkpoint(struct writer *writer, int mode)
{
    int frames = 0, moved = 0;
    int code = sqlite3_wal_checkpoint_v2(writer->db->handle, NULL, mode, &frames, &moved);
    if (code != SQLITE_OK && code != SQLITE_BUSY)
        LOG_WARNING("store.checkpoint_failed", F_CSTR("error", sqlite3_errmsg(writer->db->handle)));
    writer->checkpoint_at = writer->frames + WRITER_CHECKPOINT_FRAMES;
}

static void checkpoint_when_due(struct writer *writer)
{
    if (writer->frames < writer->checkpoint_at || (is_crowded(writer) && writer->frames < WRITER_CROWDED_FRAMES))
        return;
    bool too_long = writer->frames >= WRITER_RESTART_FRAMES;
    checkpoint(writer, too_long ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE);
}

static void tidy_up(struct writer *writer)
{
    checkpoint(writer,
               writer->frames > WRITER_CHECKPOINT_FRAMES ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE);
    sqlite3_db_release_memory(writer->db->handle);
    writer->idle = true;
}

/* ── the thread ────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct timespec after_us(int64_t us)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += us / 1000000;
    t.tv_nsec += us % 1000000 * 1000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

/* Cuts at most `most` jobs off a queue and puts them at the end of a group; returns how many. */
static size_t cut(struct writer *writer, enum writer_queue queue, size_t most, struct write_job ***end)
{
    struct write_job *first = writer->queues[queue].first, *last = first;
    if (first == NULL || most == 0)
        return 0;
    size_t n = 1;
    for (; n < most && last->next != NULL; n++)
        last = last->next;
    writer->queues[queue].first = last->next;
    if (last->next == NULL)
        writer->queues[queue].end = &writer->queues[queue].first;
    last->next = NULL;
    writer->queues[queue].n -= n;
    **end = first;
    *end = &last->next;
    return n;
}

/* The mutex is held. */
static struct write_job *cut_group(struct writer *writer)
{
    struct write_job *group = NULL, **end = &group;
    size_t n = cut(writer, WRITER_FIRST, WRITER_GROUP, &end);
    count_first(writer, n);
    writer->n_last = n + cut(writer, WRITER_THEN, share_beside(writer), &end);
    writer->behind = writer->queues[WRITER_THEN].n > WRITER_BEHIND;
    return group;
}

static bool has_work(const struct writer *writer)
{
    return writer->queues[WRITER_FIRST].first != NULL || writer->queues[WRITER_THEN].first != NULL || writer->poked;
}

static bool has_offer(const struct writer *writer)
{
    return writer->asked || writer->unoffered != 0;
}

/* When the next transaction may begin, as the queues are now; the mutex is held. */
static int64_t may_begin_us(const struct writer *writer)
{
    int64_t most_us = writer->queues[WRITER_FIRST].first != NULL ? WRITER_PATIENCE_US : WRITER_REST_US;
    int64_t spacing_us = (int64_t)writer->n_last * WRITER_SPACING_US;
    return writer->began_us + (spacing_us < most_us ? spacing_us : most_us);
}

/* Lets company gather when the last transaction began only just now; the mutex is held. */
static void space_out(struct writer *writer)
{
    while (!writer->stopping) {
        int64_t left_us = may_begin_us(writer) - clock_tick_us(writer->clock);
        if (left_us <= 0 || left_us > WRITER_REST_US)
            return;
        struct timespec until = after_us(left_us);
        writer->rests = true;
        int waited = pthread_cond_timedwait(&writer->added, &writer->mutex, &until);
        writer->rests = false;
        if (waited == ETIMEDOUT)
            return;
    }
}

/* Waits for work; NULL: there is none, but perhaps something to offer, an end (*ret_stop), or nothing for a while. */
static struct write_job *take_group(struct writer *writer, bool *ret_stop)
{
    struct timespec until = after_us((int64_t)WRITER_IDLE_MS * 1000);
    int waited = 0;
    pthread_mutex_lock(&writer->mutex);
    while (!has_work(writer) && !has_offer(writer) && !writer->stopping && waited != ETIMEDOUT) {
        writer->asleep = true;
        waited = writer->idle ? pthread_cond_wait(&writer->added, &writer->mutex)
                              : pthread_cond_timedwait(&writer->added, &writer->mutex, &until);
        writer->asleep = false;
    }
    if (has_work(writer) || has_offer(writer))
        space_out(writer);
    struct write_job *group = cut_group(writer);
    writer->asked = writer->asked || writer->poked;
    writer->poked = false;
    *ret_stop = group == NULL && writer->stopping;
    pthread_mutex_unlock(&writer->mutex);
    return group;
}

static void *writer_main(void *arg)
{
    struct writer *writer = arg;
    bool stop = false;
    while (!stop) {
        struct write_job *group = take_group(writer, &stop);
        if (group != NULL || (has_offer(writer) && !stop)) {
            writer->idle = false;
            writer->began_us = clock_tick_us(writer->clock);
            run_group(writer, group);
            apply_effects(writer);
            log_hold();
            tell(group);
            log_release();
            checkpoint_when_due(writer);
        } else if (!stop) {
            tidy_up(writer);
        }
    }
    return NULL;
}

static void writer_free(struct writer *writer)
{
    pthread_cond_destroy(&writer->added);
    pthread_mutex_destroy(&writer->mutex);
    pthread_mutex_destroy(&writer->dispatcher_mutex);
    free(writer);
}

static struct writer *writer_new(const struct writer_settings *settings)
{
    struct writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL)
        return NULL;
    writer->db = settings->db;
    writer->clock = settings->clock;
    writer->commit_seconds = settings->commit_seconds;
    for (size_t i = 0; i < WRITER_QUEUES; i++)
        writer->queues[i].end = &writer->queues[i].first;
    writer->checkpoint_at = WRITER_CHECKPOINT_FRAMES;
    writer->inbox_pending = settings->figures.inbox_pending;
    writer->outbox_pending = settings->figures.outbox_pending;
    writer->dead_letters = settings->figures.dead_letters;

    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&writer->added, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&writer->mutex, NULL);
    pthread_mutex_init(&writer->dispatcher_mutex, NULL);
    return writer;
}

enum err writer_start(const struct writer_settings *settings, struct writer **ret_writer, struct error *error)
{
    struct writer *writer = writer_new(settings);
    if (writer == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the writer");
    sqlite3_wal_hook(writer->db->handle, note_frames, writer);
    sigset_t all, before; /* signals are for the other threads */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&writer->thread, NULL, writer_main, writer);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code != 0) {
        writer_free(writer);
        return fail(error, ERR_INTERNAL, "starting the writer thread: %s", strerror(code));
    }
    pthread_setname_np(writer->thread, "writer");
    *ret_writer = writer;
    return OK;
}

void writer_stop(struct writer *writer)
{
    if (writer == NULL)
        return;
    pthread_mutex_lock(&writer->mutex);
    writer->stopping = true;
    pthread_cond_signal(&writer->added);
    pthread_mutex_unlock(&writer->mutex);
    pthread_join(writer->thread, NULL);
    sqlite3_wal_hook(writer->db->handle, NULL, NULL);
    writer_free(writer);
}

void writer_add(struct writer *writer, enum writer_queue queue, struct write_job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&writer->mutex);
    *writer->queues[queue].end = job;
    writer->queues[queue].end = &job->next;
    writer->queues[queue].n++;
    bool is_first = queue == WRITER_FIRST && writer->queues[queue].n == 1;
    if (writer->asleep || (writer->rests && is_first))
        pthread_cond_signal(&writer->added);
    pthread_mutex_unlock(&writer->mutex);
}

void writer_poke(struct writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    writer->poked = true;
    if (writer->asleep)
        pthread_cond_signal(&writer->added);
    pthread_mutex_unlock(&writer->mutex);
}

void writer_dispatch(struct writer *writer, const struct store_dispatcher *dispatcher)
{
    pthread_mutex_lock(&writer->dispatcher_mutex);
    static const struct store_dispatcher nobody;
    writer->dispatcher = dispatcher == NULL ? nobody : *dispatcher;
    pthread_mutex_unlock(&writer->dispatcher_mutex);
}

struct figures writer_figures(const struct writer *writer)
{
    return (struct figures){
        .inbox_pending = atomic_load_explicit(&writer->inbox_pending, memory_order_relaxed),
        .outbox_pending = atomic_load_explicit(&writer->outbox_pending, memory_order_relaxed),
        .dead_letters = atomic_load_explicit(&writer->dead_letters, memory_order_relaxed),
    };
}
