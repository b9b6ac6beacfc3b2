/* tests/bench/bench_sentences.c — the answer without a model, as the service finds and chooses it, over a set of questions.
 *
 *   bench_sentences DIR QUESTIONS.tsv [FEATURES.tsv]
 *
 * DIR: a data folder filled by bench_answers load.  QUESTIONS.tsv: qid, gold docids parted by commas, question, answer a
 * line, with a head line.  Measured are
 *   top1, top3           the answer stands in the chosen sentence, in one of the best three (spaces aside)
 *   auc, answered, wrong how well abstain.h tells questions whose best hit is right from the same questions with every
 *                        chunk of the hit's article (all of its title) taken away
 * FEATURES.tsv: written for scripts/train/abstain, one line a case: 1 or 0, and the features.  Prints one JSON object. */
#include <stdio.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "flows/answer/abstain.h"
#include "flows/answer/extract.h"
#include "store/index/search.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { FILE_MOST = 64 * 1024 * 1024, ARENA_BYTES = 64 * 1024 * 1024, QUESTIONS_MOST = 20000, LOOKED_AT = 30 };

static void die(const char *what, const struct error *error)
{
    fprintf(stderr, "bench_sentences: %s: %s\n", what, error == NULL ? "" : error->text);
    exit(1);
}

struct bench {
    struct db *db;
    struct search *search;
    struct arena arena;
    FILE *features; /* NULL: not asked for */
    size_t n, top1, top3;
    double *right, *absent; /* scores */
    size_t n_right, n_absent;
};

static struct str read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(FILE_MOST);
    if (file == NULL || bytes == NULL)
        die(path, NULL);
    size_t n = fread(bytes, 1, FILE_MOST, file);
    if (fclose(file) != 0 || n == FILE_MOST)
        die(path, NULL);
    return (struct str){bytes, n};
}

static struct str without_spaces(struct arena *arena, struct str text)
{
    char *p = arena_alloc(arena, text.n + 1);
    size_t n = 0;
    for (size_t i = 0; p != NULL && i < text.n; i++)
        if (text.p[i] != ' ' && text.p[i] != '\n')
            p[n++] = text.p[i];
    return (struct str){p, n};
}

static bool is_gold(struct str gold, struct str key)
{
    for (struct str one; str_split(&gold, ',', &one);)
        if (str_eq(one, key))
            return true;
    return false;
}

static void note(struct bench *bench, const struct search_features *f, bool is_right)
{
    double score = f == NULL ? 0 : abstain_score(f);
    if (is_right)
        bench->right[bench->n_right++] = score;
    else
        bench->absent[bench->n_absent++] = score;
    if (bench->features != NULL && f != NULL)
        fprintf(bench->features, "%d\t%.5f\t%.5f\t%.5f\t%.5f\t%.5f\t%.5f\t%.5f\t%.5f\n", is_right, f->covp, f->sent2,
                f->sent1, f->lcs, f->cov, f->order, f->win60, f->win150);
}

/* The best hit of another article; NULL: all are of this one. */
static const struct search_hit *other_article(const struct search_hits *hits, struct str title)
{
    for (size_t i = 0; i < hits->n; i++)
        if (!str_eq(hits->items[i].document.title, title))
            return hits->items + i;
    return NULL;
}

static void choose_sentences(struct bench *bench, const struct search_hits *hits, struct str question,
                             struct str answer)
{
    struct passage passages[3];
    size_t n = hits->n < 3 ? hits->n : 3;
    for (size_t i = 0; i < n; i++)
        passages[i] = (struct passage){.document = hits->items[i].document.key, .text = hits->items[i].chunk.body};
    struct extracted extracted;
    if (extract_answer(&bench->arena, question, &hits->question, &(struct passages){passages, n}, &extracted) != OK)
        die("extracting", NULL);
    bool is_first = false, is_any = false;
    for (size_t i = 0; i < extracted.n; i++) {
        struct str sentence = without_spaces(&bench->arena, extracted.sentences[i].text);
        bool holds = str_find(sentence, without_spaces(&bench->arena, answer)) != SIZE_MAX;
        is_first = is_first || (holds && i == 0);
        is_any = is_any || holds;
    }
    bench->n++;
    bench->top1 += is_first;
    bench->top3 += is_any;
}

static void ask(struct bench *bench, struct str gold, struct str question, struct str answer)
{
    struct error error = {0};
    struct search_hits hits;
    struct search_query query = {.text = question, .k = LOOKED_AT, .sees_all = true};
    arena_reset(&bench->arena);
    if (search_run(bench->search, bench->db, &query, &bench->arena, &hits, &error) != OK)
        die("searching", &error);
    choose_sentences(bench, &hits, question, answer);
    if (hits.n == 0 || !is_gold(gold, hits.items[0].document.key))
        return;
    const struct search_hit *other = other_article(&hits, hits.items[0].document.title);
    note(bench, &hits.items[0].features, true);
    note(bench, other == NULL ? NULL : &other->features, false);
}

static double share_answered(const double *scores, size_t n)
{
    size_t answered = 0;
    for (size_t i = 0; i < n; i++)
        answered += abstain_may_answer(scores[i]);
    return n == 0 ? 0 : (double)answered / (double)n;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How often a right hit scores higher than an absent article's. */
static double auc(struct bench *bench)
{
    qsort(bench->right, bench->n_right, sizeof *bench->right, by_size);
    qsort(bench->absent, bench->n_absent, sizeof *bench->absent, by_size);
    double higher = 0;
    size_t below = 0, up_to = 0;
    for (size_t i = 0; i < bench->n_right; i++) {
        while (below < bench->n_absent && bench->absent[below] < bench->right[i])
            below++;
        while (up_to < bench->n_absent && bench->absent[up_to] <= bench->right[i])
            up_to++;
        higher += (double)below + (double)(up_to - below) / 2;
    }
    return higher / ((double)bench->n_right * (double)bench->n_absent);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: bench_sentences DIR QUESTIONS.tsv [FEATURES.tsv]\n", stderr);
        return 2;
    }
    struct error error = {0};
    struct bench bench = {.features = argc > 3 ? fopen(argv[3], "w") : NULL,
                          .right = calloc(QUESTIONS_MOST, sizeof *bench.right),
                          .absent = calloc(QUESTIONS_MOST, sizeof *bench.absent)};
    arena_init(&bench.arena, ARENA_BYTES);
    if (store_reader_open_dir(str_of(argv[1]), &bench.db, &error) != OK ||
        search_open(&(struct search_settings){.data_dir = str_of(argv[1])}, &bench.search, &error) != OK)
        die(argv[1], &error);
    struct str bytes = read_file(argv[2]), rest = bytes, line, qid, gold, question;
    str_split(&rest, '\n', &line);
    while (str_split(&rest, '\n', &line) && line.n > 0 && bench.n < QUESTIONS_MOST)
        if (str_split(&line, '\t', &qid) && str_split(&line, '\t', &gold) && str_split(&line, '\t', &question))
            ask(&bench, gold, question, line);
    printf("{\"n\": %zu, \"top1\": %.4f, \"top3\": %.4f, \"auc\": %.4f, \"answered\": %.4f, \"wrong\": %.4f}\n",
           bench.n, (double)bench.top1 / (double)bench.n, (double)bench.top3 / (double)bench.n, auc(&bench),
           share_answered(bench.right, bench.n_right), share_answered(bench.absent, bench.n_absent));
    if (bench.features != NULL && fclose(bench.features) != 0)
        die(argv[3], NULL);
    search_close(bench.search);
    store_reader_close(bench.db);
    arena_release(&bench.arena);
    free(bench.right);
    free(bench.absent);
    free((char *)(uintptr_t)bytes.p);
    return 0;
}
