/* integrations/llm/trial.c — does a provider answer at all?  llm_try, for `gilbot doctor`. */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "integrations/http/http_client.h"
#include "integrations/llm/inside.h"

#include "bot/base/banned.h"

enum { TRIAL_BYTES = 16 * 1024 * 1024, REQUEST_BYTES = 64 * 1024, WAYS_TO_ASK = 6 };

struct trial {
    struct llm *llm;
    struct attempt *attempt;
    struct arena *arena;
    bool answered;
};

static enum err post(struct trial *trial, const char *path, const struct buf *body, struct http_result *ret_result,
                     struct error *error)
{
    struct post request = {.path = path, .body = buf_str(body), .max_bytes = TRIAL_BYTES / 2};
    enum err rc = attempt_post(trial->llm, trial->attempt, &request, trial->arena, ret_result, error);
    trial->answered = ret_result->status > 0;
    return rc;
}

static enum err try_chat(struct trial *trial, struct error *error)
{
    static const struct model_message hello = {MODEL_USER, STR_INIT("Hi")};
    struct model_chat request = {.messages = &hello, .n_messages = 1, .max_tokens = 16};
    struct wire_chat chat = {.model = trial->attempt->provider->model->chat_model, .request = &request};
    struct http_result result = {0};
    enum err rc = OK;
    for (int i = 0; i < WAYS_TO_ASK; i++) {
        struct buf body;
        buf_init(&body, trial->arena, REQUEST_BYTES);
        wire_chat_request(&body, &chat);
        rc = post(trial, "/chat/completions", &body, &result, error);
        if (trial->attempt->outcome != ATTEMPT_REJECTED || !wire_learn(&chat.traits, result.body, &request))
            break;
    }
    struct wire_said said;
    return rc == OK ? wire_chat_answer(trial->arena, result.body, &said, error) : rc;
}

static enum err try_embed(struct trial *trial, size_t *ret_dimension, struct error *error)
{
    static const struct str word = STR_INIT("안녕");
    struct http_result result = {0};
    struct wire_vectors vectors = {0};
    struct buf body;
    buf_init(&body, trial->arena, REQUEST_BYTES);
    wire_embed_request(&body, trial->attempt->provider->model->embedding_model, &word, 1);
    enum err rc = post(trial, "/embeddings", &body, &result, error);
    if (rc == OK)
        rc = wire_vectors(trial->arena, result.body, 1, &vectors, error);
    if (rc == OK)
        *ret_dimension = vectors.dimension;
    return rc;
}

static enum err try_rerank(struct trial *trial, struct error *error)
{
    static const struct str words[] = {STR_INIT("휴가"), STR_INIT("출장")};
    struct model_rerank request = {.query = words[0], .texts = words, .n_texts = COUNT_OF(words)};
    struct http_result result = {0};
    struct wire_scores scores;
    struct buf body;
    buf_init(&body, trial->arena, REQUEST_BYTES);
    wire_rerank_request(&body, trial->attempt->provider->model->rerank_model, &request);
    enum err rc = post(trial, "/rerank", &body, &result, error);
    return rc == OK ? wire_scores(trial->arena, result.body, COUNT_OF(words), &scores, error) : rc;
}

static enum err try_skill(struct trial *trial, enum model_skill skill, size_t *ret_dimension, struct error *error)
{
    switch (skill) {
    case MODEL_CHAT:
        return try_chat(trial, error);
    case MODEL_EMBED:
        return try_embed(trial, ret_dimension, error);
    case MODEL_RERANK:
        return try_rerank(trial, error);
    case MODEL_SKILLS:
        break;
    }
    return fail(error, ERR_INVALID, "no such skill");
}

enum err llm_try(struct llm *llm, const struct llm_trial *trial, struct llm_tried *tried, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, TRIAL_BYTES);
    struct attempt attempt = {.provider = &llm->providers[trial->place],
                              .limit_ms = trial->limit_ms,
                              .outcome = ATTEMPT_FAILED,
                              .retry_after_ms = -1};
    struct trial inside = {llm, &attempt, &arena, false};
    *tried = (struct llm_tried){0};
    enum err rc = try_skill(&inside, trial->skill, &tried->dimension, error);
    tried->answered = inside.answered;
    return rc;
}
