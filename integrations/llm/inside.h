/* integrations/llm/inside.h — what the files of this folder share: providers, and the ladder that is climbed over them.
 *
 * Thread: struct provider's changing members belong to llm->lock.                                                    */
#ifndef GILBOT_INTEGRATIONS_LLM_INSIDE_H
#define GILBOT_INTEGRATIONS_LLM_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "bot/base/settings.h"
#include "integrations/llm/llm.h"
#include "integrations/llm/wire.h"

struct http_client;
struct http_request_out;
struct http_result;
struct metric;

struct provider {
    const struct settings_model *model;
    struct breaker breaker;
    int64_t under_way;
    int64_t day_began_ms, spent_microusd, set_aside_microusd;
    double tokens_factor; /* its own count over ours; 0: not known yet */
    struct wire_traits traits;
    const char *last_outcome;
};

struct llm {
    struct language_model model;
    struct llm_parts parts;
    struct http_client *http;
    atomic_bool stopped;
    struct metric *requests, *seconds, *tokens, *cost;
    pthread_mutex_t lock;
    pthread_cond_t freed; /* a provider has a free place, or all is to stop */
    struct provider *providers;
    size_t n_providers;
};

/* ── one request to one provider ───────────────────────────────────────────────────────────────────────────────── */

enum attempt_outcome {
    ATTEMPT_OK,
    ATTEMPT_UNWANTED,  /* the listener wanted no more                    */
    ATTEMPT_MISFIT,    /* the answer does not keep to the schema         */
    ATTEMPT_FAILED,    /* no answer, an error of its own, garbage        */
    ATTEMPT_TIMED_OUT, /* no whole answer in the time it had             */
    ATTEMPT_BUSY,      /* 429, or 503 with Retry-After                   */
    ATTEMPT_REFUSED,   /* 401, 402, 403, 404: our key or model           */
    ATTEMPT_REJECTED,  /* any other 4xx: our request                     */
    ATTEMPT_STOPPED,   /* we are shutting down, or have no memory        */
    ATTEMPT_OUTCOMES,
};

struct attempt {
    struct provider *provider;
    int64_t limit_ms;
    /* what the attempt tells */
    enum attempt_outcome outcome;
    int64_t retry_after_ms;  /* -1: none                                                        */
    struct wire_usage usage; /* -1: the endpoint does not say; then the estimate counts         */
    int64_t first_piece_ms;  /* -1: not streamed                                                */
    bool last;               /* nobody else is to be asked                                      */
};

/* POST BASE/path with JSON, to the provider; `listener` may be NULL.  Fills outcome and retry_after_ms; OK: a 2xx answer. */
struct post {
    const char *path; /* "/chat/completions" */
    struct str body;
    bool streams;
    const struct http_listener *listener;
    size_t max_bytes;
};
MUST_USE
enum err attempt_post(struct llm *llm, struct attempt *attempt, const struct post *post, struct arena *arena,
                      struct http_result *ret_result, struct error *error);

/* ── the ladder ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct ladder {
    enum model_skill skill;
    const struct model_origin *origin;
    int64_t deadline_us; /* of the clock's ticks                                     */
    int64_t tokens_in;   /* by model_tokens                                          */
    int64_t max_tokens_out;
    struct str model; /* only providers that call the skill's model so; empty: any */
    /* Asks one provider.  What it returns is the outcome's error, OK for ATTEMPT_OK and ATTEMPT_UNWANTED. */
    enum err (*ask)(void *self, struct attempt *attempt, struct error *error);
    void *self;
};

/* As language_model.h says.  ret_misfit: the last answer did not keep to the schema (then ERR_INVALID); may be NULL. */
MUST_USE
enum err ladder_climb(struct llm *llm, const struct ladder *ladder, struct model_usage *ret_usage, bool *ret_misfit,
                      struct error *error);

/* When a call that begins now must be over. */
int64_t ladder_deadline_us(const struct llm *llm, int64_t budget_ms);
int64_t ladder_left_ms(const struct llm *llm, int64_t deadline_us);

/* What the provider's model for a skill is called; empty: it has none. */
struct str provider_model(const struct provider *provider, enum model_skill skill);

/* The methods of struct language_model. */
enum err chat_ask(const struct language_model *self, const struct model_chat *request, struct arena *arena,
                  struct model_said *ret_said, struct error *error);
enum err vectors_embed(const struct language_model *self, const struct model_embed *request, struct arena *arena,
                       struct model_vectors *ret_vectors, struct error *error);
enum err vectors_rerank(const struct language_model *self, const struct model_rerank *request, struct arena *arena,
                        struct model_order *ret_order, struct error *error);

#endif
