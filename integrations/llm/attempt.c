/* integrations/llm/attempt.c — one request to one provider, and what its status means. */
#include "bot/base/arena.h"
#include "integrations/http/http_client.h"
#include "integrations/llm/inside.h"

#include "bot/base/banned.h"

static enum attempt_outcome outcome_of(const struct http_result *result)
{
    int status = result->status;
    if (status / 100 == 2)
        return ATTEMPT_OK;
    if (status == 429 || (status == 503 && result->retry_after_ms >= 0))
        return ATTEMPT_BUSY;
    if (status == 401 || status == 402 || status == 403 || status == 404)
        return ATTEMPT_REFUSED;
    if (status / 100 == 4 && status != 408 && status != 425)
        return ATTEMPT_REJECTED;
    return ATTEMPT_FAILED;
}

static enum err told(const struct http_result *result, enum attempt_outcome outcome, struct error *error)
{
    switch (outcome) {
    case ATTEMPT_BUSY:
        return fail(error, ERR_REMOTE, "too many requests (%d); it asks for %lld s", result->status,
                    (long long)(result->retry_after_ms < 0 ? 0 : result->retry_after_ms / 1000));
    case ATTEMPT_REFUSED:
        return fail(error, ERR_REMOTE, "it refuses the key or does not know the model (%d)", result->status);
    case ATTEMPT_REJECTED:
        return fail(error, ERR_INVALID, "it rejects the request (%d)", result->status);
    default:
        return fail(error, ERR_REMOTE, "it failed (%d)", result->status);
    }
}

/* No answer, or no whole one. */
static enum err unanswered(struct llm *llm, struct attempt *attempt, enum err rc, int64_t began_us)
{
    int64_t took_ms = (clock_tick_us(llm->parts.clock) - began_us) / 1000;
    bool in_time = took_ms + 5 < attempt->limit_ms;
    attempt->outcome = rc == ERR_BUSY                 ? ATTEMPT_STOPPED
                       : rc == ERR_REMOTE && !in_time ? ATTEMPT_TIMED_OUT
                                                      : ATTEMPT_FAILED;
    return rc;
}

enum err attempt_post(struct llm *llm, struct attempt *attempt, const struct post *post, struct arena *arena,
                      struct http_result *ret_result, struct error *error)
{
    const struct settings_model *model = attempt->provider->model;
    struct str url = arena_format(arena, "%.*s%s", STR_ARG(model->base_url), post->path);
    struct str bearer = arena_format(arena, "Bearer %.*s", STR_ARG(model->api_key));
    if (url.p == NULL || bearer.p == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for a request to a model");
    struct http_header headers[] = {
        {STR("Content-Type"), STR("application/json")},
        {STR("Accept"), post->streams ? STR("text/event-stream") : STR("application/json")},
        {STR("Authorization"), bearer},
    };
    struct http_request_out request = {.method = "POST",
                                       .url = url,
                                       .headers = headers,
                                       .n_headers = model->api_key.n > 0 ? 3 : 2,
                                       .body = post->body,
                                       .timeout_ms = attempt->limit_ms,
                                       .max_response_bytes = post->max_bytes,
                                       .idle_ms = LLM_IDLE_MS};
    int64_t began_us = clock_tick_us(llm->parts.clock);
    enum err rc = http_stream(llm->http, &request, post->listener, arena, ret_result, error);
    if (rc != OK)
        return unanswered(llm, attempt, rc, began_us);
    attempt->outcome = outcome_of(ret_result);
    attempt->retry_after_ms = ret_result->retry_after_ms;
    return attempt->outcome == ATTEMPT_OK ? OK : told(ret_result, attempt->outcome, error);
}
