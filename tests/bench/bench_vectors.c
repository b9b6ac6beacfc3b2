/* tests/bench/bench_vectors.c — the graph of vectors against comparing with every vector.
 *
 *   bench_vectors CHUNKS.tsv QUESTIONS.tsv MOST
 *
 * Vectors of 256 numbers are made of the texts by hashing their character pairs (signed feature hashing), of whole chunks and,
 * until there are MOST, of their halves; questions likewise.  That is no good for answers, but it is how vectors of real
 * texts lie: near others of their topic.  Prints recall@10, with and without a fifth removed, times of a search, of building,
 * saving and loading, and the memory.
 * Source of the hashing: Weinberger et al., Feature Hashing for Large Scale Multitask Learning, ICML 2009.           */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/text.h"
#include "store/index/vector_index.h"

#include "bot/base/banned.h"

enum { DIMENSION = 256, K = 10, QUERIES = 500, LINE_BYTES = 1 << 20 };

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void check(enum err rc, const struct error *error)
{
    if (rc == OK)
        return;
    fprintf(stderr, "bench_vectors: %s\n", error->text);
    exit(1);
}

static void hash_pair(int32_t a, int32_t b, float *vector)
{
    uint64_t h = ((uint64_t)(uint32_t)a << 32 | (uint32_t)b) * 0x9E3779B97F4A7C15u;
    for (int i = 0; i < 4; i++, h = (h ^ h >> 29) * 0xBF58476D1CE4E5B9u)
        vector[h >> 56] += (h & 1) != 0 ? 1 : -1;
}

static void make_vector(struct str text, float vector[DIMENSION])
{
    memset(vector, 0, DIMENSION * sizeof *vector);
    int32_t before = ' ';
    vector[0] = 1e-3f; /* so that none is without a direction */
    while (text.n > 0) {
        int32_t c = text_next(&text);
        if (c == ' ' || c == '\t')
            continue;
        hash_pair(before, c, vector);
        before = c;
    }
}

struct vectors {
    float *values;
    size_t n, room;
};

static void add(struct vectors *vectors, struct str text)
{
    if (vectors->n == vectors->room)
        return;
    make_vector(text, vectors->values + vectors->n++ * DIMENSION);
}

/* What stands behind the first tab of each line. */
static size_t read_lines(const char *path, struct vectors *vectors, int halves)
{
    FILE *file = fopen(path, "re");
    char *line = malloc(LINE_BYTES);
    size_t n = 0;
    if (file == NULL || line == NULL) {
        fprintf(stderr, "bench_vectors: cannot read %s\n", path);
        exit(1);
    }
    for (; fgets(line, LINE_BYTES, file) != NULL; n++) {
        struct str text = str_trim(str_of(line));
        text = str_skip(text, str_find_char(text, '\t') + 1);
        size_t half = text_length(text) / 2;
        if (halves == 0)
            add(vectors, text);
        else
            add(vectors, halves == 1 ? text_first(text, half) : str_skip(text, text_first(text, half).n));
    }
    free(line);
    (void)fclose(file);
    return n;
}

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct measured {
    double recall, p50_ms, p99_ms, exact_ms;
};

static struct measured measure(struct vector_index *index, const struct vectors *questions)
{
    struct error error;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 64 << 20);
    static double times[QUERIES];
    size_t found = 0, there = 0, n = questions->n < QUERIES ? questions->n : QUERIES;
    double exact_ms = 0;
    for (size_t q = 0; q < n; q++) {
        struct vector_query query = {.vector = questions->values + q * DIMENSION, .k = K};
        struct vector_hits hits, exact;
        double begun = now_ms();
        check(vector_index_search(index, &query, &arena, &hits, &error), &error);
        times[q] = now_ms() - begun;
        begun = now_ms();
        check(vector_index_search_exactly(index, &query, &arena, &exact, &error), &error);
        exact_ms += now_ms() - begun;
        for (size_t i = 0; i < exact.n; i++)
            for (size_t k = 0; k < hits.n; k++)
                found += exact.items[i].id == hits.items[k].id;
        there += exact.n;
        arena_reset(&arena);
    }
    qsort(times, n, sizeof *times, rising);
    return (struct measured){(double)found / (double)there, times[n / 2], times[n * 99 / 100], exact_ms / (double)n};
}

static void print(const char *what, struct measured m)
{
    printf("%s: recall@10 %.4f, search p50 %.3f ms, p99 %.3f ms; comparing with all %.1f ms\n", what, m.recall,
           m.p50_ms, m.p99_ms, m.exact_ms);
}

static double rss_mb(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL || fscanf(file, "%*s %ld", &pages) != 1)
        pages = 0;
    if (file != NULL)
        (void)fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

int main(int n_args, char **args)
{
    if (n_args != 4)
        return 2;
    struct error error;
    size_t most = (size_t)strtoul(args[3], NULL, 10);
    struct vectors chunks = {.values = calloc(most, DIMENSION * sizeof(float)), .room = most};
    struct vectors questions = {.values = calloc(QUERIES, DIMENSION * sizeof(float)), .room = QUERIES};
    for (int halves = 0; halves < 3 && chunks.n < most; halves++)
        (void)read_lines(args[1], &chunks, halves);
    (void)read_lines(args[2], &questions, 0);

    struct vector_index *index, *again;
    check(vector_index_new(DIMENSION, &index, &error), &error);
    double begun = now_ms();
    for (size_t i = 0; i < chunks.n; i++)
        check(vector_index_put(index, (int64_t)i, chunks.values + i * DIMENSION, &error), &error);
    printf("%zu vectors built in %.1f s\n", chunks.n, (now_ms() - begun) / 1e3);
    print("whole", measure(index, &questions));

    const char *path = "build/bench/vectors.probe";
    begun = now_ms();
    check(vector_index_save(index, path, 1, &error), &error);
    double saved = now_ms();
    check(vector_index_load(path, DIMENSION, 1, &again, &error), &error);
    printf("saved in %.0f ms, loaded in %.0f ms\n", saved - begun, now_ms() - saved);
    vector_index_free(index);
    free(chunks.values);
    printf("memory with it: %.0f MB\n", rss_mb());

    uint32_t seed = 1;
    for (size_t i = 0; i < chunks.n; i++) {
        seed = seed * 1664525u + 1013904223u; /* Numerical Recipes */
        if (seed >> 16 < 65536 / 5)
            (void)vector_index_remove(again, (int64_t)i);
    }
    print("with a fifth removed", measure(again, &questions));
    vector_index_free(again);
    free(questions.values);
    (void)unlink(path);
    (void)unlink("build/bench/vectors.probe.sum");
    return 0;
}
