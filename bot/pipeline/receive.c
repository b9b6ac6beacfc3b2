#include "bot/pipeline/receive.h"

#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/log.h"
#include "bot/base/metrics.h"
#include "bot/base/secret.h"
#include "bot/model/sheet.h"
#include "bot/net/http_server.h"
#include "bot/net/loop.h"
#include "bot/pipeline/pipeline.h"
#include "bot/pipeline/record.h"
#include "store/figures.h"

#include "bot/base/banned.h"

enum { REQUEST_BYTES = 8 * 1024 * 1024 }; /* parsing one request: a 1 MiB body as a JSON tree */

/* ── a request ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void reject(const struct http_request *request, struct pipeline *pipeline, int status, const char *code,
                   const char *message)
{
    metric_add(pipeline->metrics.rejected, 1, code);
    http_reply_error(request->server, request->number, status, code, message);
}

static void reply_empty(struct http_server *server, uint64_t number)
{
    http_reply(server, number, &(struct http_response){.status = 200});
}

static void reply_overfull(const struct http_request *request, struct pipeline *pipeline)
{
    metric_add(pipeline->metrics.rejected, 1, "overfull");
    static const struct http_field retry = {STR_INIT("Retry-After"), STR_INIT("5")};
    http_reply(request->server, request->number,
               &(struct http_response){
                   .status = 503,
                   .content_type = STR("application/json"),
                   .body = STR("{\"error\":{\"code\":\"overfull\",\"message\":\"too much is waiting; try again\"}}"),
                   .fields = &retry,
                   .n_fields = 1,
               });
}

static bool is_overfull(const struct pipeline *pipeline)
{
    return figures_read(pipeline->parts.store).inbox_pending >= pipeline->parts.settings->server.queue_limit;
}

/* What the handler's answer hangs on until the events are durable. */
struct waiting_answer {
    struct http_server *server;
    uint64_t number;
    struct pipeline *pipeline;
    int64_t begun_us;
    enum err rc;
};

static void answer_recorded(void *arg)
{
    struct waiting_answer *waiting = arg;
    struct pipeline *pipeline = waiting->pipeline;
    if (waiting->rc == OK) {
        reply_empty(waiting->server, waiting->number);
        double seconds = (double)(clock_tick_us(pipeline->parts.clock) - waiting->begun_us) / 1e6;
        metric_observe(pipeline->metrics.ack_seconds, seconds);
    } else {
        metric_add(pipeline->metrics.rejected, 1, "not_durable");
        http_reply_error(waiting->server, waiting->number, 503, "not_durable", "could not be kept; try again");
    }
    free(waiting);
}

/* Writer thread. */
static void tell_loop(void *arg, enum err rc)
{
    struct waiting_answer *waiting = arg;
    waiting->rc = rc;
    loop_post(waiting->pipeline->parts.loop, answer_recorded, waiting);
}

static void record_and_answer(const struct http_request *request, const struct receive_route *route,
                              const struct inbound *inbound, const struct arrivals *arrivals)
{
    struct pipeline *pipeline = route->pipeline;
    struct waiting_answer *waiting = malloc(sizeof *waiting);
    if (waiting == NULL) {
        reject(request, pipeline, 503, "no_memory", "out of memory; try again");
        return;
    }
    *waiting = (struct waiting_answer){
        .server = request->server,
        .number = request->number,
        .pipeline = pipeline,
        .begun_us = clock_tick_us(pipeline->parts.clock),
    };
    for (size_t i = 0; i < arrivals->n; i++)
        metric_add(pipeline->metrics.received, 1, route->platform->name, arrivals->items[i].type);
    struct record_input input = {
        .platform = route->platform, .inbound = inbound, .arrivals = arrivals, .recorded = tell_loop, .arg = waiting};
    if (record_arrivals(pipeline, &input) != OK) {
        free(waiting);
        reject(request, pipeline, 503, "no_memory", "out of memory; try again");
    }
}

/* What the flow finds wrong with a sheet; nothing when it is none, or its flow is gone. */
static enum err find_faults(const struct receive_route *route, const struct sheet_filled *filled, struct arena *arena,
                            struct sheet_faults *ret_faults, struct error *error)
{
    struct pipeline *pipeline = route->pipeline;
    const struct flows *flows = atomic_load(&pipeline->flows);
    const struct sheet_origin *origin = &filled->origin;
    const struct flow *flow = filled->n > 0 ? flows_find_version(flows, origin->flow, origin->version) : NULL;
    if (flow == NULL || flow->check_sheet == NULL)
        return OK;
    struct flow_ctx ctx = {
        .arena = arena,
        .clock = pipeline->parts.clock,
        .error = error,
        .has_buttons = route->platform->has_buttons,
        .shows_sheets = true,
        .locale = pipeline->parts.settings->locale,
        .utc_offset_min = clock_utc_offset_min(clock_now_ms(pipeline->parts.clock)),
    };
    return flow->check_sheet(flow, &ctx, filled, ret_faults);
}

/* A sheet with faults goes back to the person and is no event.  *ret_immediate is final then. */
static enum err look_over_sheet(const struct receive_route *route, const struct inbound *inbound, struct arena *arena,
                                struct immediate *ret_immediate, struct error *error)
{
    const struct platform *platform = route->platform;
    struct sheet_filled filled = {.n = 0};
    struct sheet_faults faults = {.n = 0};
    if (platform->read_sheet == NULL)
        return OK;
    enum err rc = platform->read_sheet(platform, inbound, arena, &filled, error);
    if (rc == OK)
        rc = find_faults(route, &filled, arena, &faults, error);
    if (rc != OK || faults.n == 0)
        return rc;
    metric_add(route->pipeline->metrics.received, 1, platform->name, event_kind_name(EVENT_SHEET));
    metric_add(route->pipeline->metrics.ignored, 1, "sheet_faults");
    return platform->refuse_sheet(platform, &faults, arena, ret_immediate, error);
}

/* After verification: an immediate body, or events to keep. */
static void take_in(const struct http_request *request, const struct receive_route *route,
                    const struct inbound *inbound, struct arena *arena)
{
    struct pipeline *pipeline = route->pipeline;
    const struct platform *platform = route->platform;
    struct error error = {0};
    struct immediate immediate = {0};
    enum err rc = platform->answer(platform, inbound, arena, &immediate, &error);
    if (rc == OK && !immediate.final)
        rc = look_over_sheet(route, inbound, arena, &immediate, &error);
    if (rc != OK) {
        reject(request, pipeline, 400, "bad_body", error.text);
        return;
    }
    if (immediate.final) {
        http_reply(request->server, request->number,
                   &(struct http_response){
                       .status = immediate.status, .content_type = immediate.content_type, .body = immediate.body});
        return;
    }
    struct arrivals arrivals = {0};
    if (platform->identify(platform, inbound, arena, &arrivals, &error) != OK) {
        LOG_INFO("request.refused", F_CSTR("platform", platform->name), F_CSTR("why", error.text));
        reject(request, pipeline, 400, "bad_body", error.text);
        return;
    }
    if (arrivals.n == 0) {
        metric_add(pipeline->metrics.received, 1, platform->name, "other");
        metric_add(pipeline->metrics.ignored, 1, arrivals.ignored != NULL ? arrivals.ignored : "other");
        reply_empty(request->server, request->number);
        return;
    }
    if (is_overfull(pipeline)) {
        reply_overfull(request, pipeline);
        return;
    }
    record_and_answer(request, route, inbound, &arrivals);
}

void receive_request(const struct http_request *request, void *arg)
{
    const struct receive_route *route = arg;
    struct pipeline *pipeline = route->pipeline;
    struct inbound_header headers[HTTP_MAX_FIELDS];
    size_t n = 0;
    for (; n < request->n_fields && n < COUNT_OF(headers); n++)
        headers[n] = (struct inbound_header){request->fields[n].name, request->fields[n].value};
    struct inbound inbound = {.path = request->path,
                              .query = request->query,
                              .body = request->body,
                              .content_type = request->content_type,
                              .headers = headers,
                              .n_headers = n};
    struct error error = {0};
    if (route->platform->verify(route->platform, &inbound, clock_now_ms(pipeline->parts.clock), &error) != OK) {
        int64_t left_out = 0;
        if (log_pace_passes(&pipeline->refused, clock_tick_us(pipeline->parts.clock), &left_out))
            LOG_WARNING("request.refused", F_CSTR("platform", route->platform->name), F_CSTR("why", error.text),
                        F_I64("left_out", left_out));
        reject(request, pipeline, 401, "not_genuine", error.text);
        return;
    }
    struct arena arena;
    arena_init(&arena, REQUEST_BYTES);
    take_in(request, route, &inbound, &arena);
    arena_release(&arena);
}

/* ── a socket's text ───────────────────────────────────────────────────────────────────────────────────────────────── */

struct waiting_text {
    struct pipeline *pipeline;
    uint64_t connection;
    void (*told)(void *arg, uint64_t connection, bool kept);
    void *arg;
    bool kept;
};

static void tell_socket(void *arg)
{
    struct waiting_text *waiting = arg;
    waiting->told(waiting->arg, waiting->connection, waiting->kept);
    free(waiting);
}

static void text_recorded(void *arg, enum err rc)
{
    struct waiting_text *waiting = arg;
    waiting->kept = rc == OK;
    loop_post(waiting->pipeline->parts.loop, tell_socket, waiting);
}

/* OK: `text->told` will be called later. */
static enum err keep_text(const struct receive_text *text, struct arena *arena)
{
    struct pipeline *pipeline = text->pipeline;
    const struct platform *platform = text->platform;
    struct inbound inbound = {.path = STR("/ws"), .body = text->text, .connection = text->connection};
    struct arrivals arrivals = {0};
    struct error error = {0};
    enum err rc = platform->identify(platform, &inbound, arena, &arrivals, &error);
    if (rc != OK) {
        metric_add(pipeline->metrics.rejected, 1, "bad_body");
        return rc;
    }
    if (arrivals.n == 0) {
        metric_add(pipeline->metrics.ignored, 1, arrivals.ignored != NULL ? arrivals.ignored : "other");
        return ERR_NOT_FOUND;
    }
    if (is_overfull(pipeline)) {
        metric_add(pipeline->metrics.rejected, 1, "overfull");
        return ERR_BUSY;
    }
    struct waiting_text *waiting = malloc(sizeof *waiting);
    if (waiting == NULL)
        return ERR_NO_MEMORY;
    *waiting = (struct waiting_text){pipeline, text->connection, text->told, text->arg, false};
    metric_add(pipeline->metrics.received, 1, platform->name, arrivals.items[0].type);
    struct record_input input = {
        .platform = platform, .inbound = &inbound, .arrivals = &arrivals, .recorded = text_recorded, .arg = waiting};
    rc = record_arrivals(pipeline, &input);
    if (rc != OK)
        free(waiting);
    return rc;
}

void receive_text(const struct receive_text *text)
{
    struct arena arena;
    arena_init(&arena, REQUEST_BYTES);
    if (keep_text(text, &arena) != OK)
        text->told(text->arg, text->connection, false);
    arena_release(&arena);
}
