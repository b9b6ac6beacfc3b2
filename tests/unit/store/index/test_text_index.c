/* The index against a plain scorer that looks at every chunk. */
#include "store/index/text_index.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>

#include "index_fixture.h"

#include "bot/base/buf.h"
#include "bot/base/terms.h"
#include "store/index/question.h"

#include "bot/base/banned.h"

enum { CHUNKS = 1500, VOCABULARY = 300, K = 30, CHUNK_WORDS = 40 };

/* ── the plain formula, from the texts ─────────────────────────────────────────────────────────────────────────── */

struct plain_chunk {
    struct str heading, body;
    double length;
};

struct plain {
    struct plain_chunk *chunks;
    size_t n;
    double mean_length;
};

static size_t count_in(struct str text, struct str wanted, double *ret_all)
{
    struct word word;
    struct str term;
    size_t n = 0;
    while (word_next(&text, &word))
        for (struct str rest = word.stem; term_next(word.kind, &rest, &term); ++*ret_all)
            n += str_eq(term, wanted);
    return n;
}

static void plain_measure(struct plain *plain)
{
    double sum = 0;
    for (size_t i = 0; i < plain->n; i++) {
        double headings = 0, body = 0;
        (void)count_in(plain->chunks[i].heading, STR("-"), &headings);
        (void)count_in(plain->chunks[i].body, STR("-"), &body);
        plain->chunks[i].length = TEXT_HEADING_TF * headings + body;
        sum += plain->chunks[i].length;
    }
    plain->mean_length = sum / (double)plain->n;
}

static double plain_idf(const struct plain *plain, struct str term)
{
    double df = 0, all = 0;
    for (size_t i = 0; i < plain->n; i++)
        df += count_in(plain->chunks[i].heading, term, &all) + count_in(plain->chunks[i].body, term, &all) > 0;
    return log(1 + ((double)plain->n - df + 0.5) / (df + 0.5));
}

static double plain_score(const struct plain *plain, size_t at, const struct question *question, const double *idfs)
{
    const struct plain_chunk *chunk = &plain->chunks[at];
    double score = 0, in_headings = 0, own = 0, all = 0;
    for (size_t i = 0; i < question->n_terms; i++) {
        const struct question_term *term = &question->terms[i];
        double headings = (double)count_in(chunk->heading, term->text, &all);
        double tf = TEXT_HEADING_TF * headings + (double)count_in(chunk->body, term->text, &all);
        score += term->weight * idfs[i] * tf * (TEXT_K1 + 1) /
                 (tf + TEXT_K1 * (1 - TEXT_B + TEXT_B * chunk->length / plain->mean_length));
        in_headings += headings > 0 ? term->weight * idfs[i] : 0;
        own += i < question->n_own_terms ? idfs[i] : 0;
    }
    return score + TEXT_HEADING_BONUS * in_headings * fmin(1, in_headings / own);
}

static int greater_first(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static void assert_same_as_plain(struct indexed *i, const struct text_index *index, const struct plain *plain,
                                 struct str text)
{
    struct question question;
    struct text_found found[K];
    double idfs[QUESTION_MOST_TERMS];
    size_t n = 0;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 64 * 1024 * 1024);
    assert_ok(question_read(&arena, &(struct question_source){.text = text, .index = index}, &question, &i->f.error),
              &i->f.error);
    struct text_lookup lookup = {.question = &question, .filter = {.sees_all = true}, .k = K};
    assert_int_equal(text_index_search(index, &lookup, &arena, found, &n), OK);

    double *scores = arena_alloc_array(&arena, plain->n, sizeof *scores);
    size_t positive = 0;
    for (size_t t = 0; t < question.n_terms; t++)
        idfs[t] = plain_idf(plain, question.terms[t].text);
    for (size_t c = 0; c < plain->n; c++)
        scores[c] = plain_score(plain, c, &question, idfs);
    for (size_t k = 0; k < n; k++) /* ids are numbered from 1 in these databases */
        assert_true(fabs(found[k].score - scores[found[k].chunk - 1]) < 1e-6);
    qsort(scores, plain->n, sizeof *scores, greater_first);
    while (positive < plain->n && scores[positive] > 0)
        positive++;
    assert_int_equal(n, positive < K ? positive : K);
    for (size_t k = 0; k < n; k++)
        assert_true(fabs(found[k].score - scores[k]) < 1e-6);
}

/* ── texts by chance ───────────────────────────────────────────────────────────────────────────────────────────── */

static uint64_t chance(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* Words of a long tail: a few are everywhere, most are rare. */
static struct str words_by_chance(struct arena *arena, uint64_t *state, size_t n)
{
    struct buf out;
    buf_init(&out, arena, 64 * 1024);
    for (size_t i = 0; i < n; i++) {
        uint64_t limit = 1 + chance(state) % VOCABULARY, word = chance(state) % limit;
        buf_addf(&out, "%sw%c%c", i == 0 ? "" : " ", (int)('a' + word % 26), (int)('a' + word / 26));
    }
    return buf_str(&out);
}

static void fill(struct indexed *i, struct plain *plain, uint64_t *state, size_t n)
{
    plain->chunks = arena_alloc_array(&i->f.arena, n, sizeof *plain->chunks);
    for (plain->n = 0; plain->n < n; plain->n++) {
        struct plain_chunk *chunk = &plain->chunks[plain->n];
        chunk->heading = words_by_chance(&i->f.arena, state, chance(state) % 4);
        chunk->body = words_by_chance(&i->f.arena, state, 1 + chance(state) % CHUNK_WORDS);
        struct str key = arena_format(&i->f.arena, "%zu", plain->n);
        add(i, key.p, arena_copy(&i->f.arena, chunk->heading).p, arena_copy(&i->f.arena, chunk->body).p);
    }
    plain_measure(plain);
}

static struct text_index *open_made(struct indexed *i)
{
    struct text_index *index = NULL;
    assert_ok(text_index_make(i->f.db, i->index_path, &i->f.error), &i->f.error);
    assert_ok(text_index_open(i->index_path, &index, &i->f.error), &i->f.error);
    return index;
}

/* ── requirements ──────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(text_index, finds_what_the_plain_formula_finds_with_the_same_scores)
{
    OPEN_INDEXED(i);
    struct plain plain;
    uint64_t seed = 7;
    fill(&i, &plain, &seed, CHUNKS);
    struct text_index *index = open_made(&i);
    assert_int_equal(text_index_chunks(index), CHUNKS);
    for (int round = 0; round < 25; round++)
        assert_same_as_plain(&i, index, &plain, words_by_chance(&i.f.arena, &seed, 1 + chance(&seed) % 8));
    assert_same_as_plain(&i, index, &plain, STR("없는말"));
    text_index_close(index);
}

TEST(text_index, a_term_many_times_in_a_chunk_is_counted_in_full)
{
    OPEN_INDEXED(i);
    struct plain_chunk chunks[] = {
        {.heading = STR("aa aa aa aa aa aa aa aa aa aa aa aa aa aa aa aa aa"), .body = STR("aa")},
        {.heading = STR(""), .body = STR("aa bb aa aa aa aa aa aa aa aa aa aa aa aa aa aa aa aa")},
        {.heading = STR("bb"), .body = STR("cc")}};
    struct plain plain = {chunks, COUNT_OF(chunks), 0};
    for (size_t c = 0; c < COUNT_OF(chunks); c++)
        add(&i, (const char *[]){"0", "1", "2"}[c], chunks[c].heading.p, chunks[c].body.p);
    plain_measure(&plain);
    struct text_index *index = open_made(&i);
    assert_same_as_plain(&i, index, &plain, STR("aa"));
    assert_same_as_plain(&i, index, &plain, STR("bb aa cc"));
    text_index_close(index);
}

TEST(text_index, nothing_indexed_is_nothing_found)
{
    OPEN_INDEXED(i);
    struct text_index *index = open_made(&i);
    struct text_found found[1];
    struct question question;
    size_t n = 9;
    assert_ok(question_read(&i.f.arena, &(struct question_source){.text = STR("휴가"), .index = index}, &question,
                            &i.f.error),
              &i.f.error);
    struct text_lookup lookup = {.question = &question, .k = 1};
    assert_int_equal(text_index_search(index, &lookup, &i.f.arena, found, &n), OK);
    assert_int_equal(n, 0);
    text_index_close(index);
}

/* One byte anywhere; every 97th is tried. */
TEST(text_index, a_damaged_file_is_not_opened)
{
    OPEN_INDEXED(i);
    add(&i, "a", "휴가", "연차는 15일");
    struct text_index *index = open_made(&i);
    text_index_close(index);
    struct str whole = test_read_file(i.index_path);
    for (size_t at = 0; at < whole.n; at += 97) {
        char byte = (char)(whole.p[at] ^ 0x20);
        int fd = open(i.index_path, O_WRONLY);
        assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
        assert_int_equal(text_index_open(i.index_path, &index, &i.f.error), ERR_CONFLICT);
        assert_int_equal(pwrite(fd, whole.p + at, 1, (off_t)at), 1);
        close(fd);
    }
    assert_int_equal(truncate(i.index_path, (off_t)whole.n - 8), 0);
    assert_int_equal(text_index_open(i.index_path, &index, &i.f.error), ERR_CONFLICT);
    assert_int_equal(truncate(i.index_path, 0), 0);
    assert_int_equal(text_index_open(i.index_path, &index, &i.f.error), ERR_CONFLICT);
    free((char *)(uintptr_t)whole.p);
}

TEST(text_index, no_file_is_told_from_a_broken_one)
{
    OPEN_INDEXED(i);
    struct text_index *index;
    assert_int_equal(text_index_open(i.index_path, &index, &i.f.error), ERR_NOT_FOUND);
}

TEST_MAIN
