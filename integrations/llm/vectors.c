/* integrations/llm/vectors.c — embeddings in batches, and the order of texts. */
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "integrations/http/http_client.h"
#include "integrations/llm/inside.h"

#include "bot/base/banned.h"

enum {
    REQUEST_BYTES = 32 * 1024 * 1024,
    RESPONSE_BYTES = 32 * 1024 * 1024,
    ATTEMPT_BYTES = 256 * 1024 * 1024, /* 32 vectors of 4,096 numbers as a tree */
};

static struct llm *llm_of(const struct language_model *self)
{
    return CONTAINER_OF((struct language_model *)self, struct llm, model);
}

static void add_usage(struct model_usage *sum, const struct model_usage *usage)
{
    struct model_usage before = *sum;
    *sum = *usage;
    sum->tokens_in += before.tokens_in;
    sum->tokens_out += before.tokens_out;
    sum->cost_microusd += before.cost_microusd;
    sum->latency_ms += before.latency_ms;
}

/* ── embeddings ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* All the texts, and the batch that is under way. */
struct embedding {
    struct llm *llm;
    const struct model_embed *request;
    struct arena *arena;
    struct str model;
    int64_t deadline_us;
    size_t dimension; /* 0: not known yet */
    float *values;    /* room for all texts, once the dimension is known */
    struct model_usage usage;
    size_t first, n; /* the batch */
};

static enum err keep_vectors(struct embedding *embedding, const struct wire_vectors *vectors, struct error *error)
{
    if (embedding->dimension != 0 && vectors->dimension != embedding->dimension)
        return fail(error, ERR_REMOTE, "its vectors have %zu numbers instead of %zu", vectors->dimension,
                    embedding->dimension);
    if (embedding->values == NULL)
        embedding->values = arena_alloc_array(embedding->arena, embedding->request->n_texts,
                                              vectors->dimension * sizeof *embedding->values);
    if (embedding->values == NULL)
        return fail(error, ERR_NO_MEMORY, "the vectors do not fit into the arena");
    embedding->dimension = vectors->dimension;
    memcpy(embedding->values + embedding->first * vectors->dimension, vectors->values,
           embedding->n * vectors->dimension * sizeof *vectors->values);
    return OK;
}

static enum err ask_for_vectors(void *self, struct attempt *attempt, struct error *error)
{
    struct embedding *embedding = self;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ATTEMPT_BYTES);
    struct buf body;
    buf_init(&body, &arena, REQUEST_BYTES);
    wire_embed_request(&body, embedding->model, embedding->request->texts + embedding->first, embedding->n);
    if (buf_failed(&body))
        return fail(error, ERR_NO_MEMORY, "the texts are too long");
    struct post post = {.path = "/embeddings", .body = buf_str(&body), .max_bytes = RESPONSE_BYTES};
    struct http_result result = {0};
    struct wire_vectors vectors = {0};
    enum err rc = attempt_post(embedding->llm, attempt, &post, &arena, &result, error);
    if (rc != OK)
        return rc;
    attempt->outcome = ATTEMPT_FAILED;
    rc = wire_vectors(&arena, result.body, embedding->n, &vectors, error);
    if (rc == OK)
        rc = keep_vectors(embedding, &vectors, error);
    if (rc == OK) {
        attempt->outcome = ATTEMPT_OK;
        attempt->usage = vectors.usage;
    }
    return rc;
}

/* Texts first … first + n - 1; halved when an endpoint takes no batch of that size. */
static enum err embed_batch(struct embedding *embedding, size_t first, size_t n, struct error *error)
{
    struct ladder ladder = {.skill = MODEL_EMBED,
                            .origin = &embedding->request->origin,
                            .deadline_us = embedding->deadline_us,
                            .model = embedding->model,
                            .ask = ask_for_vectors,
                            .self = embedding};
    for (size_t i = first; i < first + n; i++)
        ladder.tokens_in += model_tokens(embedding->request->texts[i]);
    embedding->first = first;
    embedding->n = n;
    struct model_usage usage = {0};
    enum err rc = ladder_climb(embedding->llm, &ladder, &usage, NULL, error);
    if (rc == OK)
        add_usage(&embedding->usage, &usage);
    if (rc != ERR_INVALID || n == 1)
        return rc;
    rc = embed_batch(embedding, first, n / 2, error);
    return rc == OK ? embed_batch(embedding, first + n / 2, n - n / 2, error) : rc;
}

/* The model of the first provider that has one: whoever else is asked must have the very same. */
static struct str first_model(const struct llm *llm)
{
    for (size_t i = 0; i < llm->n_providers; i++)
        if (llm->providers[i].model->embedding_model.n > 0)
            return llm->providers[i].model->embedding_model;
    return (struct str){NULL, 0};
}

enum err vectors_embed(const struct language_model *self, const struct model_embed *request, struct arena *arena,
                       struct model_vectors *ret_vectors, struct error *error)
{
    struct llm *llm = llm_of(self);
    struct embedding embedding = {.llm = llm,
                                  .request = request,
                                  .arena = arena,
                                  .model = request->model.n > 0 ? request->model : first_model(llm),
                                  .dimension = request->dimension,
                                  .deadline_us = ladder_deadline_us(llm, request->budget_ms)};
    if (embedding.model.n == 0)
        return fail(error, ERR_BUSY, "no model that makes vectors is configured");
    for (size_t i = 0; i < request->n_texts; i++)
        if (request->texts[i].n == 0)
            return fail(error, ERR_INVALID, "an empty text has no vector");
    for (size_t first = 0; first < request->n_texts; first += LLM_EMBED_BATCH) {
        size_t left = request->n_texts - first;
        enum err rc = embed_batch(&embedding, first, left < LLM_EMBED_BATCH ? left : LLM_EMBED_BATCH, error);
        if (rc != OK)
            return rc;
    }
    *ret_vectors = (struct model_vectors){embedding.values, request->n_texts, embedding.dimension, embedding.usage};
    return OK;
}

/* ── rerank ────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct ordering {
    struct llm *llm;
    const struct model_rerank *request;
    struct arena *arena;
    double *scores;
};

static enum err ask_for_scores(void *self, struct attempt *attempt, struct error *error)
{
    struct ordering *ordering = self;
    size_t n = ordering->request->n_texts;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ATTEMPT_BYTES);
    struct buf body;
    buf_init(&body, &arena, REQUEST_BYTES);
    wire_rerank_request(&body, attempt->provider->model->rerank_model, ordering->request);
    if (buf_failed(&body))
        return fail(error, ERR_NO_MEMORY, "the texts are too long");
    struct post post = {.path = "/rerank", .body = buf_str(&body), .max_bytes = RESPONSE_BYTES};
    struct http_result result = {0};
    struct wire_scores scores = {0};
    enum err rc = attempt_post(ordering->llm, attempt, &post, &arena, &result, error);
    if (rc != OK)
        return rc;
    attempt->outcome = ATTEMPT_FAILED;
    rc = wire_scores(&arena, result.body, n, &scores, error);
    if (rc != OK)
        return rc;
    memcpy(ordering->scores, scores.values, n * sizeof *scores.values);
    attempt->outcome = ATTEMPT_OK;
    attempt->usage = scores.usage;
    return OK;
}

enum err vectors_rerank(const struct language_model *self, const struct model_rerank *request, struct arena *arena,
                        struct model_order *ret_order, struct error *error)
{
    struct ordering ordering = {.llm = llm_of(self),
                                .request = request,
                                .arena = arena,
                                .scores = arena_alloc_array(arena, request->n_texts, sizeof *ordering.scores)};
    if (ordering.scores == NULL)
        return fail(error, ERR_NO_MEMORY, "too many texts to order");
    struct ladder ladder = {.skill = MODEL_RERANK,
                            .origin = &request->origin,
                            .deadline_us = ladder_deadline_us(ordering.llm, request->budget_ms),
                            .tokens_in = model_tokens(request->query),
                            .ask = ask_for_scores,
                            .self = &ordering};
    for (size_t i = 0; i < request->n_texts; i++)
        ladder.tokens_in += model_tokens(request->texts[i]);
    struct model_usage usage = {0};
    enum err rc = request->n_texts == 0 ? OK : ladder_climb(ordering.llm, &ladder, &usage, NULL, error);
    if (rc == OK)
        *ret_order = (struct model_order){ordering.scores, request->n_texts, usage};
    return rc;
}
