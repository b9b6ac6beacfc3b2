#include "bot/dashboard/health.h"

#include <stdlib.h>

#include "bot/base/buf.h"
#include "bot/base/metrics.h"
#include "bot/base/metrics_process.h"
#include "bot/net/http_server.h"
#include "bot/net/loop.h"
#include "store/conversations.h"
#include "store/figures.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { MAX_METRICS_BYTES = 4 * 1024 * 1024 };

static void reply_text(const struct http_request *request, int status, struct str text)
{
    static const struct http_field fresh = {STR_INIT("Cache-Control"), STR_INIT("no-store")};
    http_reply(request->server, request->number,
               &(struct http_response){.status = status,
                                       .content_type = STR("text/plain; charset=utf-8"),
                                       .body = text,
                                       .fields = &fresh,
                                       .n_fields = 1});
}

void health_alive(const struct http_request *request, void *arg)
{
    (void)arg;
    reply_text(request, 200, STR("alive\n"));
}

/* Why we are not ready; NULL when nothing but the database is in question. */
static const char *obstacle(const struct health *health)
{
    if (atomic_load(&health->stopping))
        return "stopping\n";
    if (!atomic_load(&health->started))
        return "starting\n";
    if (figures_read(health->store).inbox_pending >= health->queue_limit)
        return "too much is waiting\n";
    return NULL;
}

/* A write of its own: the only proof that the next event can be kept. */
struct probe {
    struct write_job job;
    struct health *health;
    struct http_request request; /* only server and number stay valid */
    enum err rc;
};

static enum err probe_write(struct db *db, void *arg, struct error *error)
{
    const struct probe *probe = arg;
    struct conversation mark = {
        .id = STR("gilbot:probe"), .platform = STR("gilbot"), .updated_ms = clock_now_ms(probe->health->clock)};
    return conversation_put(db, &mark, error);
}

static void probe_answer(void *arg)
{
    struct probe *probe = arg;
    if (probe->rc == OK)
        reply_text(&probe->request, 200, STR("ready\n"));
    else
        reply_text(&probe->request, 503, STR("the database cannot be written; look at the log and the disk\n"));
    free(probe);
}

static void probe_done(void *arg, enum err rc, const struct error *error)
{
    (void)error;
    struct probe *probe = arg;
    probe->rc = rc;
    loop_post(probe->health->loop, probe_answer, probe);
}

void health_ready(const struct http_request *request, void *arg)
{
    struct health *health = arg;
    const char *why = obstacle(health);
    struct probe *probe = why == NULL ? malloc(sizeof *probe) : NULL;
    if (probe == NULL) {
        reply_text(request, 503, why == NULL ? STR("out of memory\n") : str_of(why));
        return;
    }
    *probe = (struct probe){
        .job = {.run = probe_write, .done = probe_done, .arg = probe}, .health = health, .request = *request};
    store_write(health->store, &probe->job);
}

void health_metrics(const struct http_request *request, void *arg)
{
    struct health *health = arg;
    struct figures figures = figures_read(health->store);
    struct metrics *metrics = health->metrics;
    metric_set(metrics_gauge(metrics, "gilbot_inbox_pending", "Events not finished.", ""),
               (double)figures.inbox_pending);
    metric_set(metrics_gauge(metrics, "gilbot_outbox_pending", "Replies not finished.", ""),
               (double)figures.outbox_pending);
    metric_set(metrics_gauge(metrics, "gilbot_dead_letters", "Events and replies that were given up.", ""),
               (double)figures.dead_letters);
    struct buf out;
    buf_init(&out, NULL, MAX_METRICS_BYTES);
    metrics_render(metrics, &out);
    metrics_process_render(&out);
    http_reply(request->server, request->number,
               &(struct http_response){.status = buf_failed(&out) ? 500 : 200,
                                       .content_type = STR("text/plain; version=0.0.4; charset=utf-8"),
                                       .body = buf_str(&out)});
    buf_release(&out);
}
