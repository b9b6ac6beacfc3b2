#include "integrations/llm/llm.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/metrics.h"
#include "integrations/http/http_client.h"
#include "integrations/llm/inside.h"

#include "bot/base/banned.h"

enum { DAY_MS = 24 * 60 * 60 * 1000, ORIGINS_BYTES = 1024 * 1024 };

int64_t llm_day_began(int64_t now_ms)
{
    int64_t offset_ms = clock_utc_offset_min(now_ms) * 60000, local_ms = now_ms + offset_ms;
    int64_t into_day_ms = (local_ms % DAY_MS + DAY_MS) % DAY_MS;
    return now_ms - into_day_ms;
}

/* ── small questions ───────────────────────────────────────────────────────────────────────────────────────────── */

static struct llm *llm_of(const struct language_model *self)
{
    return CONTAINER_OF((struct language_model *)self, struct llm, model);
}

static int64_t tick_ms(const struct llm *llm)
{
    return clock_tick_us(llm->parts.clock) / 1000;
}

/* The provider that would be asked now, else the first that has the skill; NULL: nobody has. */
static const struct provider *next_for(struct llm *llm, enum model_skill skill, bool *ret_ready)
{
    const struct provider *first = NULL;
    for (size_t i = 0; i < llm->n_providers; i++) {
        const struct provider *provider = &llm->providers[i];
        double budget = provider->model->daily_budget_usd * 1e6;
        bool spent = budget > 0 && (double)provider->spent_microusd >= budget &&
                     provider->day_began_ms == llm_day_began(clock_now_ms(llm->parts.clock));
        if (provider_model(provider, skill).n == 0)
            continue;
        if (first == NULL)
            first = provider;
        if (breaker_ready(&provider->breaker, tick_ms(llm)) && !spent) {
            *ret_ready = true;
            return provider;
        }
    }
    *ret_ready = false;
    return first;
}

static bool is_ready(const struct language_model *self, enum model_skill skill)
{
    struct llm *llm = llm_of(self);
    bool ready = false;
    pthread_mutex_lock(&llm->lock);
    next_for(llm, skill, &ready);
    pthread_mutex_unlock(&llm->lock);
    return ready && !atomic_load(&llm->stopped);
}

static int64_t context_tokens(const struct language_model *self)
{
    struct llm *llm = llm_of(self);
    bool ready = false;
    pthread_mutex_lock(&llm->lock);
    const struct provider *provider = next_for(llm, MODEL_CHAT, &ready);
    int64_t tokens = provider == NULL ? 0 : provider->model->context_tokens;
    pthread_mutex_unlock(&llm->lock);
    return tokens;
}

static double tokens_factor(const struct language_model *self)
{
    struct llm *llm = llm_of(self);
    bool ready = false;
    pthread_mutex_lock(&llm->lock);
    const struct provider *provider = next_for(llm, MODEL_CHAT, &ready);
    double factor = provider == NULL || provider->tokens_factor <= 0 ? 1 : provider->tokens_factor;
    pthread_mutex_unlock(&llm->lock);
    return factor;
}

struct llm_status llm_status(struct llm *llm, size_t place)
{
    pthread_mutex_lock(&llm->lock);
    const struct provider *provider = &llm->providers[place];
    int64_t now_ms = tick_ms(llm), today_ms = llm_day_began(clock_now_ms(llm->parts.clock));
    struct llm_status status = {
        .state = breaker_state(&provider->breaker, now_ms),
        .under_way = provider->under_way,
        .spent_microusd = provider->day_began_ms == today_ms ? provider->spent_microusd : 0,
        .last_outcome = provider->last_outcome,
    };
    status.rest_ms = status.state == BREAKER_OPEN ? provider->breaker.until_ms - now_ms : 0;
    pthread_mutex_unlock(&llm->lock);
    return status;
}

void llm_add_spent(struct llm *llm, struct str provider, int64_t microusd)
{
    pthread_mutex_lock(&llm->lock);
    for (size_t i = 0; i < llm->n_providers; i++)
        if (str_eq(llm->providers[i].model->name, provider))
            llm->providers[i].spent_microusd += microusd;
    pthread_mutex_unlock(&llm->lock);
}

/* ── birth and death ───────────────────────────────────────────────────────────────────────────────────────────── */

static void set_metrics(struct llm *llm, struct metrics *metrics)
{
    static const double seconds[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120};
    llm->requests = metrics_counter(metrics, "gilbot_llm_requests_total",
                                    "Requests to language models, by how they ended.", "provider,result");
    llm->seconds = metrics_histogram(metrics, "gilbot_llm_duration_seconds",
                                     "How long requests to language models took.", "", seconds, COUNT_OF(seconds));
    llm->tokens = metrics_counter(metrics, "gilbot_llm_tokens_total", "Tokens sent to and got from language models.",
                                  "provider,kind");
    llm->cost = metrics_counter(metrics, "gilbot_llm_cost_usd_total", "What language models cost, in USD.", "provider");
}

static enum err open_http(struct llm *llm, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ORIGINS_BYTES);
    const struct settings *settings = llm->parts.settings;
    struct str *origins = arena_alloc_array(&arena, settings->n_models, sizeof *origins);
    if (origins == NULL)
        return fail(error, ERR_NO_MEMORY, "too many models");
    for (size_t i = 0; i < settings->n_models; i++)
        origins[i] = settings->models[i].base_url;
    struct http_client_settings http = {
        .origins = {origins, settings->n_models}, .clock = llm->parts.clock, .direct = settings->airgap};
    return http_client_new(&http, &llm->http, error);
}

static void set_providers(struct llm *llm)
{
    const struct model_spends *spent = &llm->parts.spent;
    for (size_t i = 0; i < llm->n_providers; i++) {
        struct provider *provider = &llm->providers[i];
        provider->model = &llm->parts.settings->models[i];
        provider->last_outcome = "";
        provider->day_began_ms = llm_day_began(clock_now_ms(llm->parts.clock));
        for (size_t j = 0; j < spent->n; j++)
            if (str_eq(spent->items[j].provider, provider->model->name))
                provider->spent_microusd = spent->items[j].cost_microusd;
    }
    llm->parts.spent = (struct model_spends){0}; /* the caller's */
}

static void init_lock(struct llm *llm)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&llm->freed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&llm->lock, NULL);
}

enum err llm_new(const struct llm_parts *parts, struct llm **ret_llm, struct error *error)
{
    size_t n = parts->settings->n_models;
    struct llm *llm = calloc(1, sizeof *llm);
    struct provider *providers = calloc(n + 1, sizeof *providers);
    if (llm == NULL || providers == NULL) {
        free(llm);
        free(providers);
        return fail(error, ERR_NO_MEMORY, "no memory for the language models");
    }
    llm->parts = *parts;
    llm->providers = providers;
    llm->n_providers = n;
    llm->model = (struct language_model){.chat = chat_ask,
                                         .embed = vectors_embed,
                                         .rerank = vectors_rerank,
                                         .ready = is_ready,
                                         .context_tokens = context_tokens,
                                         .tokens_factor = tokens_factor};
    init_lock(llm);
    set_providers(llm);
    if (parts->metrics != NULL)
        set_metrics(llm, parts->metrics);
    enum err rc = open_http(llm, error);
    if (rc != OK) {
        llm_free(llm);
        return rc;
    }
    *ret_llm = llm;
    return OK;
}

void llm_free(struct llm *llm)
{
    if (llm == NULL)
        return;
    http_client_free(llm->http);
    pthread_cond_destroy(&llm->freed);
    pthread_mutex_destroy(&llm->lock);
    free(llm->providers);
    free(llm);
}

void llm_stop(struct llm *llm)
{
    if (llm == NULL)
        return;
    atomic_store(&llm->stopped, true);
    http_client_stop(llm->http);
    pthread_mutex_lock(&llm->lock);
    pthread_cond_broadcast(&llm->freed);
    pthread_mutex_unlock(&llm->lock);
}

const struct language_model *llm_model(const struct llm *llm)
{
    return llm == NULL || llm->n_providers == 0 ? NULL : &llm->model;
}
