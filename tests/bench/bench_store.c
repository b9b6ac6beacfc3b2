/* tests/bench/bench_store.c — how fast events become durable, and what a row costs.
 *
 *   bench_store [FOLDER] [PRODUCERS] [ROWS] [scattered]      default: a new folder in ., 64 producers, 200000 rows
 *
 * 1. record: each producer records one event and waits until it is durable before the next (the worst case of the
 *    loop: 64 requests at a time).
 * 2. turn: events are claimed 64 at a time, each is finished with a new session and two replies.
 * Prints rows per second, commits, microseconds of CPU per row (all threads), and the wait of one producer.          */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "store/inbox.h"
#include "store/outbox.h"
#include "store/sessions.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { BODY_BYTES = 400, CLAIM_LIMIT = 64 };

struct bench {
    struct store *store;
    struct clock clock;
    int producers;
    int64_t rows;
    bool scattered;
    _Atomic int64_t commits;
    int64_t *wait_us; /* [rows] */
};

struct producer {
    struct bench *bench;
    int number;
    int64_t from, to;
    int64_t row;
};

static void check(enum err rc, const struct error *error)
{
    if (rc == OK)
        return;
    fprintf(stderr, "bench_store: %s\n", error->text);
    exit(1);
}

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static enum err offer_nothing(struct db *db, void *arg, unsigned work, struct error *error)
{
    (void)db, (void)arg, (void)work, (void)error;
    return OK;
}

static void count_commit(void *arg, bool committed)
{
    struct bench *bench = arg;
    bench->commits += committed;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void print_result(const struct bench *bench, const char *what, double seconds, double cpu)
{
    printf("%-8s %8.0f rows/s  %7.0f commits/s  %6.1f us CPU/row\n", what, (double)bench->rows / seconds,
           (double)bench->commits / seconds, cpu * 1e6 / (double)bench->rows);
}

/* Platforms' ids grow with time, nearly; scattered ones touch another page of each index for every row. */
static uint64_t next_number(const struct producer *producer)
{
    if (producer->bench->scattered)
        return (uint64_t)producer->row * 0x9e3779b97f4a7c15u;
    return (uint64_t)clock_tick_us(producer->bench->clock) * 64 + (uint64_t)producer->number;
}

static enum err record_one(struct db *db, void *arg, struct error *error)
{
    static const char body[BODY_BYTES] = {'{'};
    struct producer *producer = arg;
    char key[64], conversation[64];
    uint64_t number = next_number(producer);
    int n = snprintf(key, sizeof key, "slack:Ev%016llX", (unsigned long long)number);
    int m = snprintf(conversation, sizeof conversation, "slack:T01:D%016llX", (unsigned long long)number);
    struct inbox_event event = {
        .key = {key, (size_t)n},
        .platform = STR("slack"),
        .conversation = {conversation, (size_t)m},
        .kind = STR("/slack/events"),
        .type = STR("message"),
        .body = {body, sizeof body},
        .request_id = STR("0123456789abcdef"),
    };
    bool is_new = false;
    return inbox_record(db, &event, clock_now_ms(producer->bench->clock), &is_new, error);
}

static void *produce(void *arg)
{
    struct producer *producer = arg;
    struct bench *bench = producer->bench;
    struct error error = {0};
    for (producer->row = producer->from; producer->row < producer->to; producer->row++) {
        int64_t began = clock_tick_us(bench->clock);
        check(store_write_wait(bench->store, record_one, producer, &error), &error);
        bench->wait_us[producer->row] = clock_tick_us(bench->clock) - began;
    }
    return NULL;
}

static void bench_record(struct bench *bench)
{
    pthread_t *threads = calloc((size_t)bench->producers, sizeof *threads);
    struct producer *producers = calloc((size_t)bench->producers, sizeof *producers);
    bench->wait_us = calloc((size_t)bench->rows, sizeof *bench->wait_us);
    if (threads == NULL || producers == NULL || bench->wait_us == NULL)
        exit(1);
    double cpu = cpu_seconds();
    int64_t began = clock_tick_us(bench->clock);
    for (int i = 0; i < bench->producers; i++) {
        producers[i] = (struct producer){.bench = bench,
                                         .number = i,
                                         .from = bench->rows * i / bench->producers,
                                         .to = bench->rows * (i + 1) / bench->producers};
        pthread_create(&threads[i], NULL, produce, &producers[i]);
    }
    for (int i = 0; i < bench->producers; i++)
        pthread_join(threads[i], NULL);
    print_result(bench, "record", (double)(clock_tick_us(bench->clock) - began) / 1e6, cpu_seconds() - cpu);
    qsort(bench->wait_us, (size_t)bench->rows, sizeof *bench->wait_us, by_value);
    printf("         wait p50 %.2f ms, p99 %.2f ms, worst %.2f ms\n", (double)bench->wait_us[bench->rows / 2] / 1e3,
           (double)bench->wait_us[bench->rows * 99 / 100] / 1e3, (double)bench->wait_us[bench->rows - 1] / 1e3);
    free(bench->wait_us);
    free(threads);
    free(producers);
}

struct turns {
    struct bench *bench;
    struct arena arena;
    struct inbox_claims claims;
};

static enum err claim_some(struct db *db, void *arg, struct error *error)
{
    struct turns *turns = arg;
    arena_reset(&turns->arena);
    struct inbox_claim_input input = {
        .lane = INBOX_QUICK, .now_ms = clock_now_ms(turns->bench->clock), .lease_ms = 60000, .limit = CLAIM_LIMIT};
    return inbox_claim(db, &input, &turns->arena, &turns->claims, error);
}

static enum err reply_twice(struct db *db, const struct inbox_claimed *claimed, int64_t now_ms, struct error *error)
{
    for (int i = 0; i < 2; i++) {
        char key[40];
        int n = snprintf(key, sizeof key, "%lld-%d", (long long)claimed->ticket.id, i);
        struct outbox_message message = {.conversation = claimed->stored.conversation,
                                         .platform = claimed->platform,
                                         .idempotency_key = {key, (size_t)n},
                                         .payload = STR("{\"text\": \"hello there, how are you today?\"}"),
                                         .inbox_id = claimed->ticket.id};
        int64_t id = 0;
        if (outbox_add(db, &message, now_ms, &id, error) != OK)
            return during(error, "replying");
    }
    return OK;
}

static enum err finish_some(struct db *db, void *arg, struct error *error)
{
    struct turns *turns = arg;
    int64_t now_ms = clock_now_ms(turns->bench->clock), id = 0;
    for (size_t i = 0; i < turns->claims.n; i++) {
        const struct inbox_claimed *claimed = &turns->claims.items[i];
        struct session session = {.conversation = claimed->stored.conversation,
                                  .platform = claimed->platform,
                                  .user = STR("U01"),
                                  .flow = STR("health"),
                                  .opening = claimed->stored.key,
                                  .data = STR("{\"step\": \"weight\", \"answers\": {}}"),
                                  .state = SESSION_WAITING,
                                  .expires_ms = now_ms + 86400000};
        if (session_save(db, &session, &id, error) != OK || reply_twice(db, claimed, now_ms, error) != OK ||
            inbox_finish(db, claimed->ticket, now_ms, error) != OK)
            return during(error, "finishing a turn");
    }
    return OK;
}

static void bench_turn(struct bench *bench)
{
    struct error error = {0};
    struct turns turns = {.bench = bench};
    arena_init(&turns.arena, 4 * 1024 * 1024);
    bench->commits = 0;
    double cpu = cpu_seconds();
    int64_t began = clock_tick_us(bench->clock);
    do {
        check(store_write_wait(bench->store, claim_some, &turns, &error), &error);
        check(store_write_wait(bench->store, finish_some, &turns, &error), &error);
    } while (turns.claims.n > 0);
    print_result(bench, "turn", (double)(clock_tick_us(bench->clock) - began) / 1e6, cpu_seconds() - cpu);
    arena_release(&turns.arena);
}

int main(int argc, char **argv)
{
    char made[] = "bench_store.XXXXXX";
    struct bench bench = {.clock = clock_system(), .producers = 64, .rows = 200000};
    int64_t producers = bench.producers;
    if ((argc > 2 && !str_to_i64(str_of(argv[2]), &producers)) ||
        (argc > 3 && !str_to_i64(str_of(argv[3]), &bench.rows)) || producers < 1 || bench.rows < producers) {
        fprintf(stderr, "usage: bench_store [FOLDER] [PRODUCERS] [ROWS] [scattered]\n");
        return 2;
    }
    bench.producers = (int)producers;
    bench.scattered = argc > 4 && str_eq(str_of(argv[4]), STR("scattered"));
    const char *folder = argc > 1 ? argv[1] : mkdtemp(made);
    struct error error = {0};
    struct store_settings settings = {.data_dir = str_of(folder), .clock = bench.clock};
    check(store_open(&settings, &bench.store, &error), &error);
    store_dispatch(bench.store, &(struct store_dispatcher){offer_nothing, count_commit, &bench});
    bench_record(&bench);
    bench_turn(&bench);
    store_close(bench.store);
    printf("database in %s\n", folder);
    return 0;
}
