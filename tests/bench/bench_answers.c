/* tests/bench/bench_answers.c — retrieval as the service does it, measured over sets of questions.
 *
 *   bench_answers load DIR CORPUS.tsv [COPIES]      docid, title, text a line: a document of one chunk each; the title is the
 *                                                   heading.  COPIES: the corpus so many times, for size.
 *   bench_answers ask DIR QUESTIONS.tsv [spaceless] [SYNONYMS.tsv]
 *                                                   qid, gold docids parted by commas, question a line
 *   bench_answers abstain DIR QUESTIONS.tsv         how well "not in the documents" is told: each question whose first passage
 *                                                   is right, and each with all of its article (the title) taken away
 *   bench_answers features DIR QUESTIONS.tsv        what re-ranking sees, a line a candidate: qid, 1 for gold, the features
 *
 * Tables have a head line; a line feed within a field is \n.  Prints one JSON object.                                 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "flows/answer/abstain.h"
#include "store/documents.h"
#include "store/index/search.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum {
    FILE_MOST = 512 * 1024 * 1024,
    ASK_BYTES = 64 * 1024 * 1024,
    BATCH = 64, /* documents of one write job */
    FIELDS = 4,
    RESULTS = 10,
    QUESTIONS_MOST = 100000,
};

static void die(const char *what, const struct error *error)
{
    fprintf(stderr, "bench_answers: %s%s%s\n", what, error == NULL ? "" : ": ", error == NULL ? "" : error->text);
    exit(1);
}

#define DO(call)                                                                                                       \
    do {                                                                                                               \
        if ((call) != OK)                                                                                              \
            die(#call, &error);                                                                                        \
    } while (0)

static double seconds(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct str read_table(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        die(path, NULL);
    char *bytes = NULL;
    size_t n = 0, room = 0;
    for (size_t got = 1; got > 0 && n < FILE_MOST; n += got) {
        if (room - n < 65536) {
            room = room == 0 ? 1048576 : 2 * room;
            bytes = realloc(bytes, room);
        }
        got = fread(bytes + n, 1, 65536, file);
    }
    fclose(file);
    return (struct str){bytes, n};
}

/* The next line's fields, with \n and \\ made good in place; false at the end. */
static bool next_row(struct str *rest, struct str ret_fields[FIELDS])
{
    struct str line, field;
    if (rest->n == 0 || !str_split(rest, '\n', &line))
        return false;
    for (size_t i = 0; i < FIELDS; i++)
        ret_fields[i] = (struct str){0};
    for (size_t i = 0; i < FIELDS && str_split(&line, '\t', &field); i++) {
        char *to = (char *)(uintptr_t)field.p;
        size_t n = 0;
        for (size_t k = 0; k < field.n; k++) {
            bool escaped = field.p[k] == '\\' && k + 1 < field.n;
            k += escaped;
            to[n++] = escaped && field.p[k] == 'n' ? '\n' : field.p[k];
        }
        ret_fields[i] = (struct str){field.p, n};
    }
    return true;
}

/* ── load ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct batch {
    struct document documents[BATCH];
    struct chunk chunks[BATCH];
    size_t n;
};

static enum err put_batch(struct db *db, void *arg, struct error *error)
{
    struct batch *batch = arg;
    enum err rc = OK;
    enum document_change change;
    for (size_t i = 0; rc == OK && i < batch->n; i++)
        rc = document_put(db, &batch->documents[i], (struct chunks){&batch->chunks[i], 1}, 1, &change, error);
    return rc;
}

static void put_rows(struct store *store, struct str table, const char *copy, int64_t *n_chunks)
{
    struct error error = {0};
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, FILE_MOST);
    struct batch batch = {0};
    struct str fields[FIELDS];
    (void)next_row(&table, fields);
    for (bool more = true; more;) {
        more = next_row(&table, fields);
        if (more) {
            batch.documents[batch.n] =
                (struct document){.collection = documents_collection(),
                                  .key = arena_format(&arena, "%.*s%s", STR_ARG(fields[0]), copy),
                                  .title = fields[1],
                                  .hash = STR("1")};
            batch.chunks[batch.n++] = (struct chunk){.body = fields[2]};
            ++*n_chunks;
        }
        if (batch.n == BATCH || (!more && batch.n > 0)) {
            DO(store_write_wait(store, put_batch, &batch, &error));
            batch.n = 0;
        }
    }
}

static int load(const char *dir, const char *corpus, int copies)
{
    struct error error = {0};
    struct store *store = NULL;
    struct db *db = NULL;
    struct search *search = NULL;
    struct str bytes = read_table(corpus);
    int64_t chunks = 0;
    bool made = false;
    DO(store_open(&(struct store_settings){.data_dir = str_of(dir), .clock = clock_system()}, &store, &error));
    double begun = seconds(CLOCK_MONOTONIC), begun_cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < copies; i++) {
        char copy[16] = "";
        if (i > 0)
            snprintf(copy, sizeof copy, "~%d", i);
        struct str table = {malloc(bytes.n), bytes.n};
        memcpy((char *)(uintptr_t)table.p, bytes.p, bytes.n);
        put_rows(store, table, copy, &chunks);
        free((char *)(uintptr_t)table.p);
    }
    double put = seconds(CLOCK_MONOTONIC), put_cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    DO(store_reader_open(store, &db, &error));
    DO(search_open(&(struct search_settings){.data_dir = str_of(dir)}, &search, &error));
    DO(search_refresh(search, db, &made, &error));
    double indexed = seconds(CLOCK_PROCESS_CPUTIME_ID);
    printf("{\"chunks\": %lld, \"ingest_s\": %.3f, \"ingest_cpu_s\": %.3f, \"index_cpu_s\": %.3f}\n", (long long)chunks,
           put - begun, put_cpu - begun_cpu, indexed - put_cpu);
    search_close(search);
    store_reader_close(db);
    store_close(store);
    free((char *)(uintptr_t)bytes.p);
    return 0;
}

/* ── ask ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct asker {
    struct db *db;
    struct search *search;
    struct arena arena;
    double open_ms;
};

static void open_asker(struct asker *asker, const char *dir, const char *synonyms)
{
    struct error error = {0};
    arena_init(&asker->arena, ASK_BYTES);
    DO(store_reader_open_dir(str_of(dir), &asker->db, &error));
    double begun = seconds(CLOCK_MONOTONIC);
    DO(search_open(&(struct search_settings){.data_dir = str_of(dir), .synonyms = str_of(synonyms)}, &asker->search,
                   &error));
    asker->open_ms = (seconds(CLOCK_MONOTONIC) - begun) * 1e3;
}

static void close_asker(struct asker *asker)
{
    search_close(asker->search);
    store_reader_close(asker->db);
    arena_release(&asker->arena);
}

static struct search_hits ask(struct asker *asker, struct str text, size_t k)
{
    struct error error = {0};
    struct search_hits hits;
    struct search_query query = {.text = text, .k = k, .sees_all = true};
    arena_reset(&asker->arena);
    DO(search_run(asker->search, asker->db, &query, &asker->arena, &hits, &error));
    return hits;
}

static bool is_gold(struct str gold, struct str key)
{
    for (struct str one; str_split(&gold, ',', &one);)
        if (str_eq(one, key))
            return true;
    return false;
}

static struct str without_spaces(struct arena *arena, struct str text)
{
    char *p = arena_alloc(arena, text.n + 1);
    size_t n = 0;
    for (size_t i = 0; p != NULL && i < text.n; i++)
        if (text.p[i] != ' ')
            p[n++] = text.p[i];
    return (struct str){p, n};
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double rss_mb(void)
{
    char line[256];
    double kb = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            kb = strtod(line + 6, NULL);
    if (file != NULL)
        fclose(file);
    return kb / 1024;
}

struct tally {
    size_t n, at1, at5, at10, guarded;
    double mrr, ndcg;
};

static void count(struct tally *tally, const struct search_hits *hits, struct str gold)
{
    size_t rank = 0;
    while (rank < hits->n && !is_gold(gold, hits->items[rank].document.key))
        rank++;
    tally->n++;
    tally->guarded += hits->guarded;
    if (rank == hits->n)
        return;
    tally->at1 += rank < 1;
    tally->at5 += rank < 5;
    tally->at10 += rank < 10;
    tally->mrr += 1 / (double)(rank + 1);
    tally->ndcg += 1 / log2((double)rank + 2);
}

static int ask_all(const char *dir, const char *questions, bool spaceless, const char *synonyms)
{
    struct asker asker = {0};
    struct tally tally = {0};
    struct str table = read_table(questions), rest = table, fields[FIELDS];
    open_asker(&asker, dir, synonyms);
    double *ms = calloc(QUESTIONS_MOST, sizeof *ms);
    CLEANUP(arena_release) struct arena texts;
    arena_init(&texts, ASK_BYTES);
    (void)next_row(&rest, fields);
    while (ms != NULL && tally.n < QUESTIONS_MOST && next_row(&rest, fields)) {
        arena_reset(&texts);
        struct str text = spaceless ? without_spaces(&texts, fields[2]) : fields[2];
        double begun = seconds(CLOCK_THREAD_CPUTIME_ID);
        struct search_hits hits = ask(&asker, text, RESULTS);
        ms[tally.n] = (seconds(CLOCK_THREAD_CPUTIME_ID) - begun) * 1e3;
        count(&tally, &hits, fields[1]);
    }
    double n = (double)(tally.n > 0 ? tally.n : 1);
    if (ms != NULL)
        qsort(ms, tally.n, sizeof *ms, by_size);
    printf("{\"n\": %zu, \"r1\": %.4f, \"r5\": %.4f, \"r10\": %.4f, \"mrr\": %.4f, \"ndcg\": %.4f, \"guarded\": %.4f, "
           "\"p50_ms\": %.3f, \"p99_ms\": %.3f, \"open_ms\": %.1f, \"rss_mb\": %.1f}\n",
           tally.n, (double)tally.at1 / n, (double)tally.at5 / n, (double)tally.at10 / n, tally.mrr / n, tally.ndcg / n,
           (double)tally.guarded / n, ms == NULL ? 0 : ms[tally.n / 2], ms == NULL ? 0 : ms[tally.n * 99 / 100],
           asker.open_ms, rss_mb());
    close_asker(&asker);
    free(ms);
    free((char *)(uintptr_t)table.p);
    return 0;
}

struct judged {
    double score;
    bool answerable;
};

static int by_score(const void *a, const void *b)
{
    const struct judged *x = a, *y = b;
    return (x->score > y->score) - (x->score < y->score);
}

/* The share of pairs of one of each kind in which the answerable one has the higher score. */
static double area(struct judged *judged, size_t n)
{
    double below = 0, pairs = 0, others = 0;
    qsort(judged, n, sizeof *judged, by_score);
    for (size_t i = 0; i < n; i++) {
        below += judged[i].answerable ? others : 0;
        pairs += judged[i].answerable;
        others += !judged[i].answerable;
    }
    return pairs > 0 && others > 0 ? below / pairs / others : 0;
}

/* The first hit of another article; NULL: none. */
static const struct search_hit *without_article(const struct search_hits *hits, struct str title)
{
    for (size_t i = 0; i < hits->n; i++)
        if (!str_eq(hits->items[i].document.title, title))
            return &hits->items[i];
    return NULL;
}

static int abstain(const char *dir, const char *questions)
{
    struct asker asker = {0};
    struct str table = read_table(questions), rest = table, fields[FIELDS];
    struct judged *judged = calloc((size_t)2 * QUESTIONS_MOST, sizeof *judged);
    size_t n = 0, answerable = 0, answered = 0, unanswerable = 0, wrong = 0;
    open_asker(&asker, dir, NULL);
    (void)next_row(&rest, fields);
    while (judged != NULL && n + 2 <= (size_t)2 * QUESTIONS_MOST && next_row(&rest, fields)) {
        struct search_hits hits = ask(&asker, fields[2], SEARCH_MOST_RESULTS);
        size_t right = 0;
        while (right < hits.n && !is_gold(fields[1], hits.items[right].document.key))
            right++;
        if (right == hits.n)
            continue; /* its article is not known */
        if (right == 0) {
            double score = abstain_score(&hits.items[0].features);
            judged[n++] = (struct judged){score, true};
            answerable++;
            answered += abstain_may_answer(score);
        }
        const struct search_hit *other = without_article(&hits, hits.items[right].document.title);
        double score = other == NULL ? 0 : abstain_score(&other->features);
        judged[n++] = (struct judged){score, false};
        unanswerable++;
        wrong += other != NULL && abstain_may_answer(score);
    }
    printf("{\"auc\": %.4f, \"answered\": %.4f, \"wrong\": %.4f}\n", judged == NULL ? 0 : area(judged, n),
           (double)answered / (double)(answerable + !answerable),
           (double)wrong / (double)(unanswerable + !unanswerable));
    close_asker(&asker);
    free(judged);
    free((char *)(uintptr_t)table.p);
    return 0;
}

/* For learning the weights of the re-ranking. */
static int print_features(const char *dir, const char *questions)
{
    struct asker asker = {0};
    struct str table = read_table(questions), rest = table, fields[FIELDS];
    open_asker(&asker, dir, NULL);
    (void)next_row(&rest, fields);
    while (next_row(&rest, fields)) {
        struct search_hits hits = ask(&asker, fields[2], SEARCH_CANDIDATES);
        for (size_t i = 0; i < hits.n; i++) {
            const struct search_features *f = &hits.items[i].features;
            printf("%.*s %d %.5f %.5f %.5f %.5f %.5f %.5f %.5f %.5f %.5f %.5f %.5f %.5f\n", STR_ARG(fields[0]),
                   is_gold(fields[1], hits.items[i].document.key), f->bm, f->heading, f->cov, f->covp, f->order,
                   f->sent1, f->sent2, f->win60, f->win150, f->lcs, f->num, f->lat);
        }
    }
    close_asker(&asker);
    free((char *)(uintptr_t)table.p);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 4 && str_eq(str_of(argv[1]), STR("load")))
        return load(argv[2], argv[3], argc > 4 ? (int)strtol(argv[4], NULL, 10) : 1);
    if (argc >= 4 && str_eq(str_of(argv[1]), STR("ask"))) {
        bool spaceless = argc > 4 && str_eq(str_of(argv[4]), STR("spaceless"));
        const char *synonyms = argc > 4 + spaceless ? argv[4 + spaceless] : NULL;
        return ask_all(argv[2], argv[3], spaceless, synonyms);
    }
    if (argc == 4 && str_eq(str_of(argv[1]), STR("abstain")))
        return abstain(argv[2], argv[3]);
    if (argc == 4 && str_eq(str_of(argv[1]), STR("features")))
        return print_features(argv[2], argv[3]);
    fputs("usage: bench_answers load DIR CORPUS.tsv [COPIES] | ask DIR QUESTIONS.tsv [spaceless] [SYNONYMS.tsv] |\n"
          "       abstain DIR QUESTIONS.tsv | features DIR QUESTIONS.tsv\n",
          stderr);
    return 2;
}
