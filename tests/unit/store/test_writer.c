/* The one thread that writes: groups, failures inside them, full disks, order under concurrency. */
#include "store/figures.h"
#include "store/inbox.h"
#include "store/store.h"

#include "fixture.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "bot/base/banned.h"

/* A job that records one event, or fails, and remembers what became of it. */
struct probe {
    struct write_job job;
    const char *key;
    const char *conversation;
    size_t body_bytes;
    enum err fails; /* after it wrote */
    int runs, dones;
    int order; /* when `done` was called */
    enum err rc;
    char text[240];
    sem_t told;
};

static atomic_int told; /* how many `done` there were */

static enum err run_probe(struct db *db, void *arg, struct error *error)
{
    static const char zeros[256 * 1024];
    struct probe *probe = arg;
    probe->runs++;
    struct inbox_event event = {.key = str_of(probe->key),
                                .platform = STR("web"),
                                .conversation = str_of(probe->conversation),
                                .body = {zeros, probe->body_bytes}};
    bool is_new = false;
    if (inbox_record(db, &event, 1000, &is_new, error) != OK)
        return during(error, "probing");
    return probe->fails == OK ? OK : (fail)(error, probe->fails, "%s had to fail", probe->key);
}

static void probe_done(void *arg, enum err rc, const struct error *error)
{
    struct probe *probe = arg;
    probe->dones++;
    probe->rc = rc;
    probe->order = atomic_fetch_add(&told, 1);
    snprintf(probe->text, sizeof probe->text, "%s", error->text);
    sem_post(&probe->told);
}

static void probe_init(struct probe *probe, const char *key, enum err fails)
{
    *probe = (struct probe){.job = {.run = run_probe, .done = probe_done}, .fails = fails};
    probe->key = probe->conversation = key;
    probe->job.arg = probe;
    sem_init(&probe->told, 0, 0);
}

static void probe_wait(struct probe *probe)
{
    while (sem_wait(&probe->told) != 0)
        continue;
}

/* Holds the writer inside a job until it is let go, so that what is queued meanwhile becomes one group. */
struct gate {
    struct write_job job;
    sem_t reached, open, told;
};

static enum err run_gate(struct db *db, void *arg, struct error *error)
{
    struct gate *gate = arg;
    (void)db, (void)error;
    sem_post(&gate->reached);
    while (sem_wait(&gate->open) != 0)
        continue;
    return OK;
}

static void gate_done(void *arg, enum err rc, const struct error *error)
{
    struct gate *gate = arg;
    (void)rc, (void)error;
    sem_post(&gate->told);
}

static void gate_close(struct gate *gate, struct store *store)
{
    *gate = (struct gate){.job = {.run = run_gate, .done = gate_done}};
    gate->job.arg = gate;
    sem_init(&gate->reached, 0, 0);
    sem_init(&gate->open, 0, 0);
    sem_init(&gate->told, 0, 0);
    store_write(store, &gate->job);
    while (sem_wait(&gate->reached) != 0)
        continue;
}

static void gate_open(struct gate *gate)
{
    sem_post(&gate->open);
    while (sem_wait(&gate->told) != 0)
        continue;
}

static size_t count_ready(struct fixture *f)
{
    struct inbox_filter filter = {.state = INBOX_READY, .limit = 10000};
    struct inbox_rows rows = {0};
    struct db *opened = NULL;
    assert_ok(store_reader_open(f->store, &opened, &f->error), &f->error);
    CLEANUP(db_closep) struct db *reader = opened;
    assert_ok(inbox_list(reader, &filter, &f->arena, &rows, &f->error), &f->error);
    return rows.n;
}

/* ── groups ── */

TEST(writer, what_waits_is_committed_together_and_told_in_order)
{
    OPEN_STORE(f);
    struct gate gate;
    struct probe probes[3];
    gate_close(&gate, f.store);
    for (int i = 0; i < 3; i++) {
        probe_init(&probes[i], (const char *[]){"a", "b", "c"}[i], OK);
        store_write(f.store, &probes[i].job);
    }
    gate_open(&gate);
    for (int i = 0; i < 3; i++)
        probe_wait(&probes[i]);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(probes[i].rc, OK);
        assert_int_equal(probes[i].runs, 1);
        assert_int_equal(probes[i].order, probes[0].order + i);
    }
    assert_int_equal(count_ready(&f), 3);
}

TEST(writer, a_job_that_fails_takes_no_other_with_it)
{
    OPEN_STORE(f);
    struct gate gate;
    struct probe probes[4];
    gate_close(&gate, f.store);
    for (int i = 0; i < 4; i++) {
        probe_init(&probes[i], (const char *[]){"a", "b", "c", "d"}[i], i == 1 || i == 3 ? ERR_REMOTE : OK);
        store_write(f.store, &probes[i].job);
    }
    gate_open(&gate);
    for (int i = 0; i < 4; i++) {
        probe_wait(&probes[i]);
        assert_int_equal(probes[i].dones, 1);
        assert_int_equal(probes[i].rc, probes[i].fails);
    }
    assert_string_equal(probes[1].text, "b had to fail");
    assert_string_equal(probes[3].text, "d had to fail");
    assert_string_equal(probes[0].text, "");
    assert_int_equal(count_ready(&f), 2);
    assert_int_equal(figures_read(f.store).inbox_pending, 2);
}

TEST(writer, a_job_that_fails_alone_runs_once)
{
    OPEN_STORE(f);
    struct probe probe;
    probe_init(&probe, "a", ERR_CONFLICT);
    store_write(f.store, &probe.job);
    probe_wait(&probe);
    assert_int_equal(probe.runs, 1);
    assert_int_equal(probe.rc, ERR_CONFLICT);
    assert_int_equal(count_ready(&f), 0);
}

TEST(writer, closing_runs_what_is_queued)
{
    OPEN_STORE(f);
    struct gate gate;
    struct probe probes[3];
    gate_close(&gate, f.store);
    for (int i = 0; i < 3; i++) {
        probe_init(&probes[i], (const char *[]){"a", "b", "c"}[i], OK);
        store_write(f.store, &probes[i].job);
    }
    sem_post(&gate.open);
    store_close(f.store);
    f.store = NULL;
    for (int i = 0; i < 3; i++)
        assert_int_equal(probes[i].dones, 1);
    fixture_start_store(&f);
    assert_int_equal(count_ready(&f), 3);
}

/* ── the dispatcher ── */

/* Claims one event at a time, whenever it is asked. */
struct claimer {
    struct arena arena;
    enum err fails; /* after it claimed */
    struct inbox_claims claims;
    int offers, kept, lost;
    unsigned work; /* of all offers together */
    sem_t has_some;
};

static enum err offer(struct db *db, void *arg, unsigned work, struct error *error)
{
    struct claimer *claimer = arg;
    struct inbox_claim_input input = {.now_ms = 2000, .lease_ms = 1000, .limit = 1};
    claimer->offers++;
    claimer->work |= work;
    if (inbox_claim(db, &input, &claimer->arena, &claimer->claims, error) != OK)
        return during(error, "claiming");
    return claimer->fails == OK ? OK : (fail)(error, claimer->fails, "the claimer had to fail");
}

static void settle(void *arg, bool committed)
{
    struct claimer *claimer = arg;
    if (committed)
        claimer->kept++;
    else
        claimer->lost++;
    if (committed && claimer->claims.n > 0)
        sem_post(&claimer->has_some);
}

static void claimer_init(struct claimer *claimer, struct store *store)
{
    *claimer = (struct claimer){0};
    arena_init(&claimer->arena, 1024 * 1024);
    sem_init(&claimer->has_some, 0, 0);
    store_dispatch(store, &(struct store_dispatcher){offer, settle, claimer});
}

/* Until it has something. */
static void claimer_wait(struct claimer *claimer)
{
    while (sem_wait(&claimer->has_some) != 0)
        continue;
}

static void claimer_release(struct claimer *claimer)
{
    arena_release(&claimer->arena);
}

static enum err park(struct db *db, void *arg, struct error *error)
{
    struct claimer *claimer = arg;
    return inbox_park(db, claimer->claims.items[0].ticket, 2000, error);
}

TEST(writer, what_becomes_ready_is_offered_in_the_same_commit)
{
    OPEN_STORE(f);
    CLEANUP(claimer_release) struct claimer claimer;
    claimer_init(&claimer, f.store);
    struct probe probe;
    probe_init(&probe, "a", OK);
    DO(store_write_wait(f.store, run_probe, &probe, &f.error));
    assert_int_equal(claimer.offers, 1);
    assert_int_equal(claimer.kept, 1);
    assert_int_equal(claimer.work, STORE_WORK_QUICK);
    assert_int_equal(claimer.claims.n, 1);
    assert_int_equal(count_ready(&f), 0); /* it runs */
    claimer.work = 0;
    DO(store_write_wait(f.store, park, &claimer, &f.error));
    assert_int_equal(claimer.work, STORE_WORK_SLOW);
    store_dispatch(f.store, NULL);
}

TEST(writer, an_offer_that_fails_is_undone_alone)
{
    OPEN_STORE(f);
    CLEANUP(claimer_release) struct claimer claimer;
    claimer_init(&claimer, f.store);
    claimer.fails = ERR_NO_MEMORY;
    struct probe probe;
    probe_init(&probe, "a", OK);
    DO(store_write_wait(f.store, run_probe, &probe, &f.error));
    assert_int_equal(claimer.offers, 1);
    assert_int_equal(claimer.lost, 1);
    assert_int_equal(count_ready(&f), 1);
    store_dispatch(f.store, NULL);
}

TEST(writer, a_job_that_fails_has_nothing_to_offer)
{
    OPEN_STORE(f);
    CLEANUP(claimer_release) struct claimer claimer;
    claimer_init(&claimer, f.store);
    struct probe probe;
    probe_init(&probe, "a", ERR_REMOTE);
    REFUSED(ERR_REMOTE, store_write_wait(f.store, run_probe, &probe, &f.error));
    assert_int_equal(claimer.offers, 0);
    assert_int_equal(claimer.kept, 0);
    store_dispatch(f.store, NULL);
}

TEST(writer, a_poke_brings_an_offer_though_there_is_nothing_to_write)
{
    OPEN_STORE(f);
    struct probe probe;
    probe_init(&probe, "a", OK);
    DO(store_write_wait(f.store, run_probe, &probe, &f.error));
    CLEANUP(claimer_release) struct claimer claimer;
    claimer_init(&claimer, f.store);
    store_poke(f.store);
    claimer_wait(&claimer);
    store_dispatch(f.store, NULL);
    assert_int_equal(count_ready(&f), 0);
}

TEST(writer, a_poke_is_not_lost_when_it_comes_with_a_lone_job_that_fails)
{
    OPEN_STORE(f);
    struct gate gate;
    struct probe ready, failing;
    probe_init(&ready, "a", OK);
    DO(store_write_wait(f.store, run_probe, &ready, &f.error));
    CLEANUP(claimer_release) struct claimer claimer;
    claimer_init(&claimer, f.store);
    gate_close(&gate, f.store);
    probe_init(&failing, "b", ERR_REMOTE);
    store_write(f.store, &failing.job);
    store_poke(f.store);
    gate_open(&gate);
    probe_wait(&failing);
    claimer_wait(&claimer);
    store_dispatch(f.store, NULL);
    assert_int_equal(count_ready(&f), 0);
}

TEST(writer, what_goes_first_passes_what_was_queued_before)
{
    OPEN_STORE(f);
    struct gate gate;
    struct probe then, first;
    gate_close(&gate, f.store);
    probe_init(&then, "a", OK);
    probe_init(&first, "b", OK);
    store_write(f.store, &then.job);
    store_write_first(f.store, &first.job);
    gate_open(&gate);
    probe_wait(&then);
    probe_wait(&first);
    assert_true(first.order < then.order);
}

/* ── a full disk ── */

/* Files cannot grow beyond `bytes`, as on a full disk; 0: as before. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes == 0 ? limit.rlim_max : bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static off_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_size : 0;
}

TEST(writer, it_survives_a_full_disk_and_works_again_when_there_is_space)
{
    OPEN_STORE(f);
    signal(SIGXFSZ, SIG_IGN);
    struct probe before, small, big, after;
    char wal[80];
    snprintf(wal, sizeof wal, "%s-wal", f.path);
    probe_init(&before, "before", OK);
    DO(store_write_wait(f.store, run_probe, &before, &f.error));

    limit_files((rlim_t)size_of(wal) + 8192);
    struct gate gate;
    gate_close(&gate, f.store);
    probe_init(&small, "small", OK);
    probe_init(&big, "big", OK);
    big.body_bytes = 256 * 1024;
    store_write(f.store, &small.job);
    store_write(f.store, &big.job);
    gate_open(&gate);
    probe_wait(&small);
    probe_wait(&big);
    limit_files(0);
    assert_int_equal(small.rc, ERR_INTERNAL);
    assert_int_equal(big.rc, ERR_INTERNAL);
    if (strstr(big.text, "disk") == NULL)
        fail_msg("no word of the disk: %s", big.text);
    assert_int_equal(figures_read(f.store).inbox_pending, 1);
    assert_int_equal(count_ready(&f), 1);

    probe_init(&after, "after", OK);
    DO(store_write_wait(f.store, run_probe, &after, &f.error));
    DO(store_write_wait(f.store, run_probe, &big, &f.error));
    assert_int_equal(count_ready(&f), 3);
}

/* ── the log's size ── */

TEST(writer, the_write_ahead_log_does_not_grow_without_end)
{
    OPEN_STORE(f);
    char wal[80], key[20];
    snprintf(wal, sizeof wal, "%s-wal", f.path);
    for (int i = 0; i < 200; i++) { /* 50 MB */
        struct probe probe;
        snprintf(key, sizeof key, "k%d", i);
        probe_init(&probe, key, OK);
        probe.body_bytes = 256 * 1024;
        DO(store_write_wait(f.store, run_probe, &probe, &f.error));
    }
    assert_true(size_of(wal) < 24 * 1024 * 1024);
}

/* ── order under concurrency ── */

enum { PRODUCERS = 4, WORKERS = 3, CONVERSATIONS = 5, EACH = 60 };

struct crowd {
    struct store *store;
    _Atomic int left;                   /* events that are not finished                          */
    int seen[PRODUCERS][CONVERSATIONS]; /* the last number, by producer and conversation          */
    atomic_int running[CONVERSATIONS];  /* workers inside the conversation                        */
    atomic_int faults;
};

struct member {
    struct crowd *crowd;
    int number, at;
    struct arena arena;
    struct inbox_claims claims;
};

static enum err record_numbered(struct db *db, void *arg, struct error *error)
{
    struct member *producer = arg;
    char key[40], conversation[20];
    int c = producer->at % CONVERSATIONS;
    snprintf(key, sizeof key, "%d.%d.%d", producer->number, c, producer->at);
    snprintf(conversation, sizeof conversation, "%d", c);
    struct inbox_event event = {
        .key = str_of(key), .platform = STR("web"), .conversation = str_of(conversation), .body = str_of(key)};
    bool is_new = false;
    return inbox_record(db, &event, 1000, &is_new, error);
}

static void *produce(void *arg)
{
    struct member *producer = arg;
    struct error error = {0};
    for (producer->at = 0; producer->at < EACH; producer->at++)
        if (store_write_wait(producer->crowd->store, record_numbered, producer, &error) != OK)
            producer->crowd->faults++;
    return NULL;
}

static enum err claim_some(struct db *db, void *arg, struct error *error)
{
    struct member *worker = arg;
    arena_reset(&worker->arena);
    struct inbox_claim_input input = {.now_ms = 2000, .lease_ms = 60000, .limit = 3};
    return inbox_claim(db, &input, &worker->arena, &worker->claims, error);
}

static enum err finish_some(struct db *db, void *arg, struct error *error)
{
    struct member *worker = arg;
    for (size_t i = 0; i < worker->claims.n; i++)
        if (inbox_finish(db, worker->claims.items[i].ticket, 3000, error) != OK)
            return during(error, "finishing");
    return OK;
}

/* Alone in the conversation, and after everything that the same producer said before. */
static void look_at(struct crowd *crowd, const struct inbox_claimed *claimed)
{
    int producer = 0, c = 0, at = 0;
    if (sscanf(claimed->stored.body.p, "%d.%d.%d", &producer, &c, &at) != 3 || crowd->seen[producer][c] > at)
        crowd->faults++;
    if (atomic_fetch_add(&crowd->running[c], 1) != 0)
        crowd->faults++;
    crowd->seen[producer][c] = at;
    atomic_fetch_sub(&crowd->running[c], 1);
}

static void *work(void *arg)
{
    struct member *worker = arg;
    struct crowd *crowd = worker->crowd;
    struct error error = {0};
    while (crowd->left > 0) {
        if (store_write_wait(crowd->store, claim_some, worker, &error) != OK)
            crowd->faults++;
        for (size_t i = 0; i < worker->claims.n; i++)
            look_at(crowd, &worker->claims.items[i]);
        if (store_write_wait(crowd->store, finish_some, worker, &error) != OK)
            crowd->faults++;
        crowd->left -= (int)worker->claims.n;
    }
    return NULL;
}

TEST(writer, events_of_a_conversation_stay_in_order_however_many_threads_there_are)
{
    OPEN_STORE(f);
    static struct crowd crowd;
    crowd.store = f.store;
    crowd.left = PRODUCERS * EACH;
    pthread_t threads[PRODUCERS + WORKERS];
    struct member members[PRODUCERS + WORKERS] = {0};
    for (int i = 0; i < PRODUCERS + WORKERS; i++) {
        members[i] = (struct member){.crowd = &crowd, .number = i};
        arena_init(&members[i].arena, 1024 * 1024);
        assert_int_equal(pthread_create(&threads[i], NULL, i < PRODUCERS ? produce : work, &members[i]), 0);
    }
    for (int i = 0; i < PRODUCERS + WORKERS; i++) {
        pthread_join(threads[i], NULL);
        arena_release(&members[i].arena);
    }
    assert_int_equal(crowd.faults, 0);
    assert_int_equal(figures_read(f.store).inbox_pending, 0);
}

TEST_MAIN
