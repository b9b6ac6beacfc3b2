/* tests/unit/integrations/llm/world.h — providers that answer what a test says, and all that is kept of it.
 *
 * Each provider is a server of its own with a list of raw responses; the last one is given again and again.             */
#ifndef GILBOT_TESTS_UNIT_INTEGRATIONS_LLM_WORLD_H
#define GILBOT_TESTS_UNIT_INTEGRATIONS_LLM_WORLD_H

#include <pthread.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/metrics.h"
#include "bot/base/secret.h"
#include "bot/base/settings.h"
#include "integrations/llm/llm.h"

#include "tests/support/stub_server.h"
#include "tests/support/test.h" /* after bot/base/error.h: cmocka has a macro called fail */

enum { WORLD_PROVIDERS = 2, WORLD_RESPONSES = 8, WORLD_CALLS = 64 };

struct provider_stub {
    struct stub_server *server;
    struct str responses[WORLD_RESPONSES]; /* "hang": none ever; "…" then "hang" at the end: open after it */
    size_t n_responses, n_requests;
    char url[64], target[64], head[2048], body[65536];
};

struct world {
    struct arena arena;
    struct error error;
    struct clock clock;
    int64_t now_ms;
    struct provider_stub stubs[WORLD_PROVIDERS];
    struct settings_model models[WORLD_PROVIDERS];
    struct settings settings;
    struct metrics *metrics;
    pthread_mutex_t lock; /* calls may come from several threads */
    struct model_call calls[WORLD_CALLS];
    size_t n_calls;
    struct model_spends spent;
    struct llm *llm;
    const struct language_model *model;
};

static inline void stub_reply(void *self, const struct stub_request *request, struct buf *response)
{
    struct provider_stub *stub = self;
    size_t i = stub->n_requests < stub->n_responses ? stub->n_requests : stub->n_responses - 1;
    struct str bytes = stub->responses[i];
    stub->n_requests++;
    snprintf(stub->target, sizeof stub->target, "%.*s", STR_ARG(request->target));
    snprintf(stub->head, sizeof stub->head, "%.*s", STR_ARG(request->head));
    snprintf(stub->body, sizeof stub->body, "%.*s", STR_ARG(request->body));
    *request->hang = str_eq(bytes, STR("hang"));
    *request->then_hang = !*request->hang && str_ends(bytes, STR("hang"));
    if (*request->then_hang)
        bytes.n -= 4;
    buf_add(response, bytes);
}

static inline void world_keep(void *self, const struct model_call *call)
{
    struct world *w = self;
    pthread_mutex_lock(&w->lock);
    if (w->n_calls < WORLD_CALLS)
        w->calls[w->n_calls++] = *call;
    pthread_mutex_unlock(&w->lock);
}

/* Two providers called "a" and "b", with the skill of chatting; a test changes w->models before world_open. */
static inline void world_start(struct world *w)
{
    *w = (struct world){.now_ms = 1755000000000, .lock = PTHREAD_MUTEX_INITIALIZER};
    assert_int_equal(secret_start(&w->error), OK);
    arena_init(&w->arena, 64 * 1024 * 1024);
    w->clock = clock_manual(&w->now_ms);
    w->metrics = metrics_new();
    for (size_t i = 0; i < WORLD_PROVIDERS; i++) {
        struct provider_stub *stub = &w->stubs[i];
        stub->server = stub_server_start(stub_reply, stub);
        snprintf(stub->url, sizeof stub->url, "%.*s", STR_ARG(stub_server_url(stub->server, "/v1")));
        w->models[i] = (struct settings_model){.name = i == 0 ? STR("a") : STR("b"),
                                               .base_url = str_of(stub->url),
                                               .api_key = STR("sk-secret"),
                                               .chat_model = STR("m-1"),
                                               .price_input_usd = 0.15,
                                               .price_output_usd = 0.60,
                                               .context_tokens = 8192,
                                               .concurrency = 4,
                                               .timeout_ms = 60000};
    }
    w->settings = (struct settings){.models = w->models, .n_models = WORLD_PROVIDERS};
}

static inline void world_open(struct world *w)
{
    struct llm_parts parts = {.settings = &w->settings,
                              .clock = w->clock,
                              .metrics = w->metrics,
                              .retry_ms = 1,
                              .spent = w->spent,
                              .keep = world_keep,
                              .self = w};
    assert_int_equal(llm_new(&parts, &w->llm, &w->error), OK);
    w->model = llm_model(w->llm);
}

static inline void world_end(struct world *w)
{
    llm_free(w->llm);
    for (size_t i = 0; i < WORLD_PROVIDERS; i++)
        stub_server_stop(w->stubs[i].server);
    metrics_free(w->metrics);
    arena_release(&w->arena);
}

/* The provider's next response: a whole HTTP answer around `body`. */
static inline void will_say(struct world *w, size_t provider, int status, const char *more_head, const char *body)
{
    struct provider_stub *stub = &w->stubs[provider];
    stub->responses[stub->n_responses++] = arena_format(&w->arena, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n%s\r\n%s",
                                                        status, strlen(body), more_head, body);
}

/* Raw bytes, "hang" among them. */
static inline void will_send(struct world *w, size_t provider, const char *bytes)
{
    struct provider_stub *stub = &w->stubs[provider];
    stub->responses[stub->n_responses++] = str_of(bytes);
}

#endif
