#include "bot/cli/eval.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "bot/cli/answers.h"
#include "flows/answer/answerer.h"
#include "flows/answer/extract.h"
#include "flows/answer/quote.h"
#include "store/index/search.h"

#include "bot/base/banned.h"

enum { QUESTION_BYTES = 64 * 1024 * 1024 };

struct evaluation {
    struct answers *answers;
    const struct eval_set *set;
    struct clock clock;
    struct eval_figures figures;
    double *ms;
    size_t room;
};

/* ── a question ────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err read_asked(struct arena *arena, struct str line, struct eval_asked *ret_asked, struct error *error)
{
    struct json_value *root = NULL;
    if (json_read(arena, line, &root, error) != OK)
        return during(error, "reading a question");
    struct eval_asked asked = {.question = json_get_str(root, STR("question"), STR("")),
                               .answer = json_get_str(root, STR("answer"), STR("")),
                               .documents = json_get(root, STR("documents"))};
    if (asked.question.n == 0)
        return fail(error, ERR_INVALID, "\"question\" is missing or empty");
    if (asked.documents != NULL && asked.documents->kind == JSON_NULL_)
        asked.documents = NULL;
    if (asked.documents != NULL && asked.documents->kind != JSON_ARRAY_)
        return fail(error, ERR_INVALID, "\"documents\" must be a list of ids");
    if (asked.documents != NULL && asked.documents->n == 0)
        asked.documents = NULL;
    *ret_asked = asked;
    return OK;
}

static bool is_right(const struct json_value *documents, struct str key)
{
    for (const struct json_value *id = documents->child; id != NULL; id = id->next)
        if (str_eq(id->text, key))
            return true;
    return false;
}

size_t eval_rank(const struct search_hits *hits, const struct json_value *documents)
{
    size_t rank = 0;
    for (size_t i = 0; i < hits->n; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again = again || hits->items[k].document.id == hits->items[i].document.id;
        rank += !again;
        if (!again && is_right(documents, hits->items[i].document.key))
            return rank;
    }
    return 0;
}

static void count_rank(struct eval_figures *figures, size_t rank)
{
    struct {
        struct proportion *share;
        size_t k;
    } const at[] = {{&figures->recall1, 1}, {&figures->recall5, 5}, {&figures->recall10, EVAL_DEPTH}};
    for (size_t i = 0; i < COUNT_OF(at); i++) {
        at[i].share->n++;
        at[i].share->x += rank > 0 && rank <= at[i].k;
    }
    if (rank == 0 || rank > EVAL_DEPTH)
        return;
    figures->mrr += 1 / (double)rank;
    figures->ndcg += 1 / log2((double)rank + 1);
}

/* ── its answer ────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool stands_in(struct arena *arena, struct str text, struct str answer)
{
    struct str in, wanted;
    return text_match_key(arena, text, &in) == OK && text_match_key(arena, answer, &wanted) == OK && wanted.n > 0 &&
           str_find(in, wanted) != SIZE_MAX;
}

static bool is_supported(struct arena *arena, struct str page, struct str sentence)
{
    struct quote_page read;
    struct quote_found found;
    enum quote_outcome outcome = QUOTE_ABSENT;
    return quote_page_read(arena, page, &read) == OK && quote_locate(arena, &read, sentence, &outcome, &found) == OK &&
           outcome != QUOTE_ABSENT;
}

static enum err judge_answer(struct evaluation *evaluation, const struct eval_asked *asked,
                             const struct search_hits *hits, struct arena *arena)
{
    struct eval_figures *figures = &evaluation->figures;
    const struct search_hit *best = &hits->items[0];
    struct passage passage = {best->document.key, best->document.title, best->chunk.heading,
                              best->document.url, best->chunk.page,     best->chunk.body};
    struct passages passages = {&passage, 1};
    struct extracted extracted = {0};
    enum err rc = extract_answer(arena, asked->question, &hits->question, &passages, &extracted);
    bool hit = false;
    for (size_t i = 0; rc == OK && i < extracted.n; i++) {
        struct str sentence = extracted.sentences[i].text;
        hit = hit || stands_in(arena, sentence, asked->answer);
        figures->supported.n++;
        figures->supported.x += is_supported(arena, passage.text, sentence);
    }
    figures->answer_hit.x += hit;
    return rc;
}

static bool is_refused(const struct search_hits *hits)
{
    return !answerer_is_sure(hits);
}

static bool make_room(struct evaluation *evaluation)
{
    if ((size_t)evaluation->figures.n < evaluation->room)
        return true;
    size_t room = evaluation->room == 0 ? 1024 : 2 * evaluation->room;
    double *ms = realloc(evaluation->ms, room * sizeof *ms);
    if (ms == NULL)
        return false;
    evaluation->ms = ms;
    evaluation->room = room;
    return true;
}

static enum err judge(void *arg, const struct eval_asked *asked, struct arena *arena, struct error *error)
{
    struct evaluation *evaluation = arg;
    if (!make_room(evaluation))
        return fail(error, ERR_NO_MEMORY, "too many questions");
    struct search_query query = {
        .text = asked->question, .collection = evaluation->set->collection, .sees_all = true, .k = SEARCH_CANDIDATES};
    struct search_hits hits = {0};
    struct eval_figures *figures = &evaluation->figures;
    int64_t began_us = clock_tick_us(evaluation->clock);
    enum err rc = search_run(evaluation->answers->search, evaluation->answers->db, &query, arena, &hits, error);
    if (rc != OK)
        return rc;
    bool refused = is_refused(&hits), in_documents = asked->documents != NULL;
    figures->answer_hit.n += in_documents && asked->answer.n > 0;
    if (!refused)
        rc = judge_answer(evaluation, asked, &hits, arena);
    evaluation->ms[figures->n++] = (double)(clock_tick_us(evaluation->clock) - began_us) / 1000;
    struct proportion *share = in_documents ? &figures->refused_wrong : &figures->refused_right;
    share->n++;
    share->x += refused;
    if (in_documents)
        count_rank(figures, eval_rank(&hits, asked->documents));
    return rc == OK ? OK : fail(error, rc, "looking for the sentences that answer");
}

/* ── all of them ───────────────────────────────────────────────────────────────────────────────────────────────── */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void finish(struct evaluation *evaluation)
{
    struct eval_figures *figures = &evaluation->figures;
    double with_documents = (double)(figures->recall1.n > 0 ? figures->recall1.n : 1);
    figures->mrr /= with_documents;
    figures->ndcg /= with_documents;
    if (figures->n == 0)
        return;
    qsort(evaluation->ms, (size_t)figures->n, sizeof *evaluation->ms, by_size);
    figures->p50_ms = evaluation->ms[figures->n / 2];
    figures->p99_ms = evaluation->ms[figures->n * 99 / 100];
}

static enum err take_line(struct str line, eval_one *one, void *arg, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, QUESTION_BYTES);
    struct eval_asked asked = {0};
    enum err rc = read_asked(&arena, line, &asked, error);
    return rc != OK ? rc : one(arg, &asked, &arena, error);
}

static void closep(FILE **file)
{
    if (*file != NULL)
        (void)fclose(*file); /* only read */
}

static void free_line(char **line)
{
    free(*line);
}

enum err eval_each(const char *path, eval_one *one, void *arg, struct error *error)
{
    CLEANUP(closep) FILE *file = fopen(path, "re");
    CLEANUP(free_line) char *line = NULL;
    size_t room = 0;
    if (file == NULL)
        return fail(error, ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
    int number = 0;
    for (ssize_t n; (n = getline(&line, &room, file)) >= 0;) {
        struct str text = str_trim((struct str){line, (size_t)n});
        struct error why = {0};
        number++;
        enum err rc = text.n == 0 ? OK : take_line(text, one, arg, &why);
        if (rc != OK)
            return fail(error, rc, "%s:%d: %s", path, number, why.text);
    }
    return OK;
}

enum err eval_run(struct answers *answers, const struct eval_set *set, struct eval_figures *ret_figures,
                  struct error *error)
{
    struct evaluation evaluation = {.answers = answers, .set = set, .clock = clock_system()};
    enum err rc = eval_each(set->path, judge, &evaluation, error);
    if (rc == OK) {
        finish(&evaluation);
        *ret_figures = evaluation.figures;
    }
    free(evaluation.ms);
    return rc;
}
