#include "bot/cli/eval_choose.h"

#include <math.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/cli/answers.h"
#include "bot/model/language_model.h"
#include "store/index/dense.h"
#include "store/index/hybrid_search.h"
#include "store/index/search.h"

#include "bot/base/banned.h"

static const double weights[] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8};
static const double coverages[] = {0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1};

enum { WEIGHTS = COUNT_OF(weights) };

/* One question: how good the order is, by words and with each weight. */
struct outcome {
    double covp, words, hybrid[WEIGHTS];
};

struct choosing {
    const struct eval_choose_parts *parts;
    struct outcome *outcomes;
    size_t n, room;
};

static double gain(const struct search_hits *hits, const struct eval_asked *asked)
{
    size_t rank = eval_rank(hits, asked->documents);
    return rank == 0 || rank > EVAL_DEPTH ? 0 : 1 / log2((double)rank + 1);
}

static bool make_room(struct choosing *choosing)
{
    if (choosing->n < choosing->room)
        return true;
    size_t room = choosing->room == 0 ? 256 : 2 * choosing->room;
    struct outcome *outcomes = realloc(choosing->outcomes, room * sizeof *outcomes);
    if (outcomes == NULL)
        return false;
    choosing->outcomes = outcomes;
    choosing->room = room;
    return true;
}

static enum err try_weights(const struct choosing *choosing, const struct eval_asked *asked, struct arena *arena,
                            struct outcome *outcome, struct error *error)
{
    const struct eval_choose_parts *parts = choosing->parts;
    struct search_query query = {
        .text = asked->question, .collection = parts->set->collection, .sees_all = true, .k = SEARCH_CANDIDATES};
    struct model_embed request = {.origin = {.purpose = STR("eval")}, .texts = &asked->question, .n_texts = 1};
    struct search_hits words = {0};
    struct model_vectors vector = {0};
    enum err rc = search_run(parts->answers->search, parts->answers->db, &query, arena, &words, error);
    if (rc == OK)
        rc = language_model_embed(parts->model, &request, arena, &vector, error);
    if (rc != OK)
        return rc;
    outcome->covp = words.n == 0 ? 0 : words.items[0].features.covp;
    outcome->words = gain(&words, asked);
    for (size_t i = 0; i < WEIGHTS && rc == OK; i++) {
        struct hybrid_query hybrid = {.query = &query,
                                      .words = &words,
                                      .vector = vector.values,
                                      .dimension = vector.dimension,
                                      .weight = weights[i]};
        struct search_hits both = {0};
        rc = hybrid_merge(parts->answers->search, parts->dense, parts->answers->db, &hybrid, arena, &both, error);
        outcome->hybrid[i] = rc == OK ? gain(&both, asked) : 0;
    }
    return rc;
}

static enum err take(void *arg, const struct eval_asked *asked, struct arena *arena, struct error *error)
{
    struct choosing *choosing = arg;
    if (asked->documents == NULL)
        return OK;
    if (!make_room(choosing))
        return fail(error, ERR_NO_MEMORY, "too many questions");
    enum err rc = try_weights(choosing, asked, arena, &choosing->outcomes[choosing->n], error);
    choosing->n += rc == OK;
    return rc;
}

/* Mean and standard error of what a choice gains over words, a question. */
static void measure(const struct choosing *choosing, double coverage, size_t weight, double *ret_mean,
                    double *ret_error)
{
    double sum = 0, squares = 0, n = (double)choosing->n;
    for (size_t i = 0; i < choosing->n; i++) {
        const struct outcome *outcome = &choosing->outcomes[i];
        double difference = outcome->covp < coverage ? outcome->hybrid[weight] - outcome->words : 0;
        sum += difference;
        squares += difference * difference;
    }
    *ret_mean = sum / n;
    *ret_error = n > 1 ? sqrt((squares - sum * sum / n) / (n - 1) / n) : INFINITY;
}

static struct eval_choice choose(const struct choosing *choosing)
{
    struct eval_choice choice = {.n = choosing->n};
    double best = 0;
    for (size_t i = 0; i < choosing->n; i++)
        choice.words += choosing->outcomes[i].words / (double)choosing->n;
    for (size_t c = 0; c < COUNT_OF(coverages); c++)
        for (size_t w = 0; w < WEIGHTS; w++) {
            double mean, error;
            measure(choosing, coverages[c], w, &mean, &error);
            if (mean <= best) /* of equals the most careful */
                continue;
            best = mean;
            choice.error = error;
            choice.tried = (struct hybrid_weights){.coverage = coverages[c], .vectors = weights[w]};
        }
    choice.best = choice.words + best;
    if (best > choice.error)
        choice.weights = choice.tried;
    return choice;
}

enum err eval_choose(const struct eval_choose_parts *parts, struct eval_choice *ret_choice, struct error *error)
{
    struct choosing choosing = {.parts = parts};
    if (dense_count(parts->dense) == 0)
        return fail(
            error, ERR_NOT_FOUND,
            "the documents have no vectors yet; set embedding_model under llm, and let `gilbot serve` make them");
    enum err rc = eval_each(parts->set->path, take, &choosing, error);
    if (rc == OK && choosing.n == 0)
        rc = fail(error, ERR_INVALID, "%s: no question names its documents", parts->set->path);
    if (rc == OK)
        *ret_choice = choose(&choosing);
    free(choosing.outcomes);
    return rc;
}
