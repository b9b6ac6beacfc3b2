#include "bot/cli/service.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/clock.h"
#include "bot/base/log.h"
#include "bot/base/metrics.h"
#include "bot/base/settings.h"
#include "bot/cli/admin.h"
#include "bot/cli/admin_documents.h"
#include "bot/cli/answers.h"
#include "bot/cli/background.h"
#include "bot/cli/document_batch.h"
#include "bot/cli/embedding.h"
#include "bot/cli/flow_migrate.h"
#include "bot/cli/flow_set.h"
#include "bot/cli/flow_watch.h"
#include "bot/cli/index_task.h"
#include "bot/cli/models.h"
#include "bot/cli/reach.h"
#include "bot/cli/upload.h"
#include "bot/cli/vectors_task.h"
#include "bot/cli/watched_documents.h"
#include "bot/dashboard/health.h"
#include "bot/net/http_server.h"
#include "bot/net/loop.h"
#include "bot/net/ws_server.h"
#include "bot/pipeline/pipeline.h"
#include "bot/pipeline/receive.h"
#include "integrations/channel_talk/channel_talk.h"
#include "integrations/http/http_client.h"
#include "integrations/slack/slack.h"
#include "integrations/web_chat/page.h"
#include "integrations/web_chat/web_chat.h"
#include "store/documents.h"
#include "store/index/dense.h"
#include "store/index/hybrid_weights.h"
#include "store/index/search.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum {
    SERVICE_BYTES = 1024 * 1024,
    MAX_ROUTES = 24,
    PROXY_SOCKET_MODE = 0660, /* a public unix socket: the proxy is of our group */
    HTTP_GRACE_MS = 2000,     /* requests under way when a signal comes */
    DELIVERY_GRACE_MS = 3000, /* calls to platforms under way           */
    QUICK_CHUNKS = 2000,      /* of which an index is made in some dozen ms */
};

enum task { TASK_DOCUMENTS, TASK_INDEX, TASK_VECTORS, TASKS };

struct service {
    struct arena arena;
    struct service_settings given;
    const struct settings *settings;
    struct clock clock;
    struct metrics *metrics;
    struct flow_set *flows;
    struct store *store;
    struct search *search;
    struct dense *dense;
    struct loop *loop;
    struct http_server *server, *admin_server;
    struct http_client *http;
    struct models *models;
    struct slack *slack;
    struct channel_talk *channel_talk;
    struct web_chat *web_chat;
    const struct platform *platforms[PIPELINE_MAX_PLATFORMS];
    size_t n_platforms;
    struct pipeline *pipeline;
    struct receive_route slack_route, channel_talk_route;
    struct http_route routes[MAX_ROUTES];
    size_t n_routes;
    struct ws_endpoint sockets[1];
    struct http_route admin_routes[5];
    struct health health;
    struct admin admin;
    struct metric *reloads;
    struct flow_watch watch;
    struct watched_documents documents;
    struct index_task index;
    struct vectors_task vectors;
    struct background_task tasks[TASKS];
    struct background *background;
    struct uploads *uploads;
    int signal_fd;
    pthread_t signals;
    bool signals_started;
};

static void our_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
}

void service_block_signals(void)
{
    sigset_t set;
    our_signals(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* ── platforms ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err open_http(struct service *s, struct error *error)
{
    struct strs origins = {0};
    if (reach_of_platforms(s->settings, &s->arena, &origins, error) != OK)
        return error->code;
    struct http_client_settings client = {.origins = origins, .clock = s->clock, .direct = s->settings->airgap};
    return http_client_new(&client, &s->http, error);
}

static enum err open_models(struct service *s, struct error *error)
{
    struct models_parts parts = {
        .settings = s->settings, .clock = s->clock, .store = s->store, .metrics = s->metrics, .loop = s->loop};
    return models_open(&parts, &s->models, error);
}

static enum err open_platforms(struct service *s, struct error *error)
{
    if (s->settings->has_slack) {
        if (slack_new(&s->settings->slack, s->http, &s->slack, error) != OK)
            return during(error, "setting up Slack");
        s->platforms[s->n_platforms++] = slack_platform(s->slack);
    }
    if (s->settings->has_channel_talk) {
        struct channel_talk_parts parts = {.settings = &s->settings->channel_talk, .http = s->http, .clock = s->clock};
        if (channel_talk_new(&parts, &s->arena, &s->channel_talk, error) != OK)
            return during(error, "setting up Channel Talk");
        s->platforms[s->n_platforms++] = &s->channel_talk->platform;
    }
    if (s->settings->web.enabled) {
        struct web_chat_parts parts = {.store = s->store, .loop = s->loop};
        if (web_chat_new(&parts, &s->web_chat, error) != OK)
            return during(error, "setting up the web chat");
        s->platforms[s->n_platforms++] = web_chat_platform(s->web_chat);
    }
    return OK;
}

/* Background chore: who are we at Slack? */
static bool learn_slack_ids(void *arg)
{
    struct service *s = arg;
    struct error error = {0};
    enum err rc = slack_auth_test(s->slack, &error);
    if (rc != OK)
        LOG_ERROR("slack.not_authenticated", F_CSTR("why", error.text));
    else
        LOG_INFO("slack.authenticated", F_CSTR("platform", "slack"));
    return rc == OK || rc == ERR_INVALID;
}

static enum err open_pipeline(struct service *s, struct error *error)
{
    struct pipeline_parts parts = {
        .store = s->store,
        .loop = s->loop,
        .clock = s->clock,
        .settings = s->settings,
        .flows = &s->flows->flows,
        .platforms = s->platforms,
        .n_platforms = s->n_platforms,
        .metrics = s->metrics,
    };
    if (s->slack != NULL && s->settings->slack.bot_token.n > 0)
        parts.chores[parts.n_chores++] = (struct pipeline_chore){learn_slack_ids, s};
    return pipeline_new(&parts, &s->pipeline, error);
}

/* ── routes ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_route(struct service *s, const char *path, unsigned methods, http_handler *handler, void *arg)
{
    s->routes[s->n_routes++] = (struct http_route){.path = path, .methods = methods, .handler = handler, .arg = arg};
}

static void go_to_chat(const struct http_request *request, void *arg)
{
    (void)arg;
    static const struct http_field there = {STR_INIT("Location"), STR_INIT("/chat")};
    http_reply(request->server, request->number,
               &(struct http_response){.status = 302, .fields = &there, .n_fields = 1});
}

static void add_routes(struct service *s)
{
    add_route(s, "/healthz", HTTP_GET, health_alive, &s->health);
    add_route(s, "/readyz", HTTP_GET, health_ready, &s->health);
    add_route(s, "/metrics", HTTP_GET, health_metrics, &s->health);
    if (s->slack != NULL) {
        s->slack_route = (struct receive_route){s->pipeline, slack_platform(s->slack)};
        add_route(s, "/slack/events", HTTP_POST, receive_request, &s->slack_route);
        add_route(s, "/slack/commands", HTTP_POST, receive_request, &s->slack_route);
        add_route(s, "/slack/interactions", HTTP_POST, receive_request, &s->slack_route);
    }
    if (s->channel_talk != NULL) {
        s->channel_talk_route = (struct receive_route){s->pipeline, &s->channel_talk->platform};
        add_route(s, "/channel-talk/webhook", HTTP_POST, receive_request, &s->channel_talk_route);
        add_route(s, "/channel-talk/function", HTTP_PUT, receive_request, &s->channel_talk_route);
        add_route(s, "/channel-talk/function/*", HTTP_PUT, receive_request, &s->channel_talk_route);
    }
    if (s->uploads != NULL) {
        add_route(s, "/api/v1/documents", HTTP_POST | HTTP_DELETE, upload_request, s->uploads);
        s->routes[s->n_routes - 1].max_body_bytes = (size_t)s->settings->api.max_body_bytes;
    }
    if (s->web_chat != NULL) {
        add_route(s, "/", HTTP_GET, go_to_chat, NULL);
        add_route(s, "/chat", HTTP_GET, page_serve, NULL);
        add_route(s, "/chat/*", HTTP_GET, page_serve, NULL);
    }
}

/* A text of the page goes the same road as a webhook; the page is told when it is kept. */
static void text_told(void *arg, uint64_t connection, bool kept)
{
    struct service *s = arg;
    web_chat_recorded(s->web_chat, connection, kept);
}

static void socket_text(uint64_t connection, struct str text, void *arg)
{
    struct service *s = arg;
    struct receive_text input = {.pipeline = s->pipeline,
                                 .platform = web_chat_platform(s->web_chat),
                                 .connection = connection,
                                 .text = text,
                                 .told = text_told,
                                 .arg = s};
    receive_text(&input);
}

static int socket_may_open(const struct ws_upgrade *upgrade, void *arg)
{
    const struct service *s = arg;
    return ws_same_origin(upgrade, s->settings->server.public_url) ? 0 : 403;
}

static void socket_closed(uint64_t connection, void *arg)
{
    struct service *s = arg;
    web_chat_closed(s->web_chat, connection);
}

static struct str listen_text(struct service *s)
{
    const struct settings_listen *listen = &s->settings->server.listen;
    if (s->given.listen.n > 0)
        return s->given.listen;
    if (listen->kind == SETTINGS_LISTEN_UNIX)
        return arena_format(&s->arena, "unix:%.*s", STR_ARG(listen->path));
    if (listen->kind == SETTINGS_LISTEN_SYSTEMD)
        return STR("fd:3"); /* sd_listen_fds(3): the first descriptor that systemd passes */
    bool six = str_find_char(listen->host, ':') != SIZE_MAX;
    return arena_format(&s->arena, six ? "[%.*s]:%u" : "%.*s:%u", STR_ARG(listen->host), (unsigned)listen->port);
}

/* sd_listen_fds(3): who is handed sockets finds their number and its own process id in the environment. */
static enum err check_handed_over(const struct service *s, struct error *error)
{
    const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
    int64_t given_to = 0, given = 0;
    if (s->given.listen.n > 0 || s->settings->server.listen.kind != SETTINGS_LISTEN_SYSTEMD)
        return OK;
    if (pid == NULL || n == NULL || !str_to_i64(str_of(pid), &given_to) || !str_to_i64(str_of(n), &given) ||
        given_to != getpid() || given < 1)
        return fail(error, ERR_INVALID,
                    "systemd handed over no socket; enable gilbot.socket, or write for example listen: 127.0.0.1:8080");
    return OK;
}

static void documents_changed(void *arg)
{
    struct service *s = arg;
    index_task_changed(&s->index);
    background_poke(s->background, &s->tasks[TASK_INDEX]);
    background_poke(s->background, &s->tasks[TASK_VECTORS]);
}

static enum err open_servers(struct service *s, struct error *error)
{
    if (check_handed_over(s, error) != OK)
        return error->code;
    add_routes(s);
    s->sockets[0] = (struct ws_endpoint){.path = "/ws",
                                         .protocol = "gilbot.chat",
                                         .may_open = socket_may_open,
                                         .on_text = socket_text,
                                         .on_close = socket_closed,
                                         .arg = s};
    struct http_server_settings public = {
        .listen = listen_text(s),
        .routes = s->routes,
        .n_routes = s->n_routes,
        .sockets = s->sockets,
        .n_sockets = s->web_chat != NULL ? 1 : 0,
        .max_body_bytes = (size_t)s->settings->server.max_body_bytes,
        .socket_mode = PROXY_SOCKET_MODE,
    };
    if (http_server_open(s->loop, &public, &s->server, error) != OK)
        return during(error, "listening on %.*s", STR_ARG(public.listen));

    s->admin = (struct admin){.store = s->store, .loop = s->loop, .clock = s->clock, .pipeline = s->pipeline};
    s->admin.listener = (struct document_listener){documents_changed, s};
    s->admin_routes[0] =
        (struct http_route){.path = "/admin/queue", .methods = HTTP_POST, .handler = admin_queue, .arg = &s->admin};
    s->admin_routes[1] =
        (struct http_route){.path = "/admin/flow", .methods = HTTP_POST, .handler = admin_flow, .arg = &s->admin};
    s->admin_routes[2] = (struct http_route){
        .path = "/admin/models", .methods = HTTP_POST, .handler = models_admin_status, .arg = s->models};
    s->admin_routes[3] = (struct http_route){
        .path = "/admin/model-call", .methods = HTTP_POST, .handler = models_admin_call, .arg = s->models};
    s->admin_routes[4] = (struct http_route){.path = "/admin/documents",
                                             .methods = HTTP_POST,
                                             .max_body_bytes = DOCUMENT_BATCH_JSON_BYTES,
                                             .handler = admin_documents,
                                             .arg = &s->admin};
    struct str path = admin_socket_path(&s->arena, s->settings->data_dir);
    struct http_server_settings admin = {.listen = arena_format(&s->arena, "unix:%.*s", STR_ARG(path)),
                                         .routes = s->admin_routes,
                                         .n_routes = COUNT_OF(s->admin_routes),
                                         .answer_ms = ADMIN_ANSWER_MS};
    if (http_server_open(s->loop, &admin, &s->admin_server, error) != OK)
        return during(error, "listening on %.*s", STR_ARG(path));
    return OK;
}

/* ── documents ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err count_chunks(struct db *db, int64_t *ret_chunks, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, SERVICE_BYTES);
    struct collections collections = {0};
    enum err rc = document_collections(db, &arena, &collections, error);
    *ret_chunks = 0;
    for (size_t i = 0; rc == OK && i < collections.n; i++)
        *ret_chunks += collections.items[i].chunks;
    return rc;
}

/* Before the first question, when that is quick; else the background does it, and what there is serves until then. */
static enum err refresh_index(struct service *s, struct error *error)
{
    struct db *db = NULL;
    bool made = false;
    int64_t chunks = 0;
    enum err rc = store_reader_open(s->store, &db, error);
    if (rc == OK)
        rc = count_chunks(db, &chunks, error);
    if (rc == OK && chunks > 0 && chunks <= QUICK_CHUNKS)
        rc = search_refresh(s->search, db, &made, error);
    store_reader_close(db);
    return rc;
}

static void connect_flows(struct service *s, struct flow_set *set)
{
    struct answer_means means = {.search = s->search,
                                 .model = models_port(s->models),
                                 .dense = s->dense,
                                 .weights = hybrid_weights_read(s->settings->data_dir)};
    flow_set_connect(set, &means);
}

static enum err open_answers(struct service *s, struct error *error)
{
    enum err rc = s->given.demo ? answers_keep_demo(s->store, s->clock, error) : OK;
    if (rc == OK)
        rc = answers_search(s->settings, &s->search, error);
    if (rc == OK)
        rc = dense_open(s->settings->data_dir, &s->dense, error);
    if (rc == OK)
        rc = refresh_index(s, error);
    return rc;
}

/* ── life ──────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err open_floor(struct service *s, struct error *error)
{
    s->metrics = metrics_new();
    if (s->metrics == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    s->reloads =
        metrics_counter(s->metrics, "gilbot_flow_reloads_total", "Times that the flows were read anew.", "result");
    if (flow_set_load(s->settings, s->given.demo, &s->flows, error) != OK)
        return error->code;
    struct store_settings store = {.data_dir = s->settings->data_dir, .clock = s->clock, .metrics = s->metrics};
    if (store_open(&store, &s->store, error) != OK)
        return error->code;
    if (flow_set_keep(s->flows, s->store, s->clock, error) != OK || flow_set_recall(s->flows, s->store, error) != OK)
        return error->code;
    if (open_answers(s, error) != OK)
        return during(error, "opening the documents");
    struct loop_settings loop = {.max_connections = (size_t)s->settings->server.max_connections,
                                 .keepalive_ms = s->settings->server.keepalive_ms,
                                 .metrics = s->metrics};
    return loop_open(&loop, &s->loop, error);
}

/* Documents that come by themselves: from watched folders, and from other programs. */
static enum err open_documents(struct service *s, struct error *error)
{
    struct document_listener listener = {documents_changed, s};
    s->index = (struct index_task){.store = s->store, .search = s->search, .clock = s->clock};
    s->documents = (struct watched_documents){
        .settings = s->settings, .store = s->store, .clock = s->clock, .listener = listener, .fd = -1};
    s->tasks[TASK_DOCUMENTS] =
        (struct background_task){.name = "documents", .run = watched_documents_run, .arg = &s->documents};
    s->tasks[TASK_INDEX] = (struct background_task){.name = "index", .run = index_task_run, .arg = &s->index};
    s->vectors = (struct vectors_task){.store = s->store,
                                       .dense = s->dense,
                                       .model = models_port(s->models),
                                       .model_name = embedding_model_name(s->settings)};
    s->tasks[TASK_VECTORS] = (struct background_task){.name = "vectors", .run = vectors_task_run, .arg = &s->vectors};
    struct upload_parts parts = {.settings = s->settings, .store = s->store, .loop = s->loop, .listener = listener};
    return s->settings->api.n_tokens > 0 ? uploads_new(&parts, &s->uploads, error) : OK;
}

static enum err start_documents(struct service *s, struct error *error)
{
    if (background_start(s->tasks, COUNT_OF(s->tasks), s->clock, &s->background, error) != OK)
        return error->code;
    if (s->uploads != NULL && uploads_start(s->uploads, error) != OK)
        return error->code;
    background_poke(s->background, &s->tasks[TASK_INDEX]);
    background_poke(s->background, &s->tasks[TASK_VECTORS]);
    if (!watched_documents_any(s->settings))
        return OK;
    watched_documents_open(&s->documents);
    background_poke(s->background, &s->tasks[TASK_DOCUMENTS]);
    return OK;
}

enum err service_open(const struct service_settings *settings, struct service **ret_service, struct error *error)
{
    struct service *s = calloc(1, sizeof *s);
    if (s == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    arena_init(&s->arena, SERVICE_BYTES);
    s->given = *settings;
    s->settings = settings->settings;
    s->clock = clock_system();
    s->signal_fd = s->watch.fd = s->documents.fd = -1;
    enum err rc = open_floor(s, error);
    if (rc == OK)
        rc = open_http(s, error);
    if (rc == OK)
        rc = open_models(s, error);
    if (rc == OK)
        connect_flows(s, s->flows);
    if (rc == OK)
        rc = open_platforms(s, error);
    if (rc == OK)
        rc = open_pipeline(s, error);
    if (rc == OK)
        rc = open_documents(s, error);
    s->health = (struct health){.metrics = s->metrics,
                                .store = s->store,
                                .loop = s->loop,
                                .clock = s->clock,
                                .queue_limit = s->settings->server.queue_limit};
    if (rc == OK)
        rc = open_servers(s, error);
    if (rc != OK) {
        service_close(s);
        return rc;
    }
    *ret_service = s;
    return OK;
}

uint16_t service_port(const struct service *service)
{
    return http_server_port(service->server);
}

/* SIGHUP, or a file changed: new flows serve from now on; sessions that wait go on with the ones they began with. */
static void reload_flows(struct service *s)
{
    struct flow_set *set = NULL;
    struct error error = {0};
    bool changed = false;
    enum err rc = flow_set_load(s->settings, s->given.demo, &set, &error);
    if (rc == OK)
        rc = flow_set_follow(set, s->flows, &changed, &error);
    if (rc == OK && changed) {
        connect_flows(s, set);
        rc = flow_set_keep(set, s->store, s->clock, &error);
    }
    const char *result = rc != OK ? "refused" : changed ? "reloaded" : "unchanged";
    metric_add(s->reloads, 1, result);
    if (rc != OK) {
        LOG_ERROR("flows.refused", F_CSTR("why", error.text));
    } else if (changed) {
        s->flows = set;
        pipeline_set_flows(s->pipeline, &set->flows);
        LOG_INFO("flows.reloaded", F_I64("n", (int64_t)set->flows.n), F_I64("older", (int64_t)set->flows.n_older));
    } else {
        LOG_INFO("flows.unchanged", F_I64("n", (int64_t)set->flows.n));
    }
    if (!s->given.demo)
        flow_watch_add(&s->watch, s->settings->flows, &s->flows->flows);
    if (s->flows != set && set != NULL) {
        set->before = NULL;
        flow_set_free(set);
    }
}

/* A change of files that is told of, but not over yet. */
struct unrest {
    bool going_on;
    int64_t since_ms, last_ms;
};

static int wait_ms(const struct unrest *unrest, int64_t now_ms)
{
    if (!unrest->going_on)
        return -1;
    int64_t until_ms = unrest->last_ms + FLOW_WATCH_QUIET_MS, most_ms = unrest->since_ms + FLOW_WATCH_MOST_MS;
    int64_t left_ms = (until_ms < most_ms ? until_ms : most_ms) - now_ms;
    return left_ms > 0 ? (int)left_ms : 0;
}

static void take_changes(struct service *s, struct unrest *unrest)
{
    int64_t now_ms = clock_tick_us(s->clock) / 1000;
    if (flow_watch_take(&s->watch)) {
        unrest->since_ms = unrest->going_on ? unrest->since_ms : now_ms;
        unrest->last_ms = now_ms;
        unrest->going_on = true;
    }
    if (wait_ms(unrest, now_ms) == 0) {
        unrest->going_on = false;
        reload_flows(s);
    }
}

static bool take_signal(struct service *s)
{
    struct signalfd_siginfo signal = {0};
    if (read(s->signal_fd, &signal, sizeof signal) != (ssize_t)sizeof signal)
        return true;
    if (signal.ssi_signo == SIGHUP) {
        reload_flows(s);
        background_poke(s->background, &s->tasks[TASK_DOCUMENTS]);
    }
    return signal.ssi_signo == SIGHUP;
}

static void *wait_for_signals(void *arg)
{
    struct service *s = arg;
    struct unrest unrest = {0};
    for (bool goes_on = true; goes_on;) {
        struct pollfd fds[] = {{.fd = s->signal_fd, .events = POLLIN},
                               {.fd = s->watch.fd, .events = POLLIN},
                               {.fd = s->documents.fd, .events = POLLIN}};
        poll(fds, COUNT_OF(fds), wait_ms(&unrest, clock_tick_us(s->clock) / 1000));
        if ((fds[0].revents & POLLIN) != 0)
            goes_on = take_signal(s);
        if (goes_on)
            take_changes(s, &unrest);
        if (goes_on && (fds[2].revents & POLLIN) != 0 && watched_documents_changed(&s->documents))
            background_poke(s->background, &s->tasks[TASK_DOCUMENTS]);
    }
    LOG_INFO("service.stopping", F_CSTR("by", "signal"));
    atomic_store(&s->health.stopping, true);
    loop_stop(s->loop, HTTP_GRACE_MS);
    return NULL;
}

enum err service_run(struct service *s, struct error *error)
{
    if (pipeline_start(s->pipeline, error) != OK)
        return error->code;
    sigset_t signals;
    our_signals(&signals);
    s->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (s->signal_fd < 0)
        return fail(error, ERR_INTERNAL, "cannot wait for signals");
    if (start_documents(s, error) != OK)
        return error->code;
    flow_watch_open(&s->watch);
    if (!s->given.demo)
        flow_watch_add(&s->watch, s->settings->flows, &s->flows->flows);
    s->signals_started = pthread_create(&s->signals, NULL, wait_for_signals, s) == 0;
    if (!s->signals_started)
        return fail(error, ERR_INTERNAL, "cannot start a thread");
    atomic_store(&s->health.started, true);
    LOG_INFO("service.started", F_I64("port", service_port(s)), F_I64("flows", (int64_t)s->flows->flows.n),
             F_CSTR("version", GILBOT_VERSION));
    return loop_run(s->loop, error);
}

static void stop_http(void *arg)
{
    struct service *s = arg;
    http_client_stop(s->http);
    models_stop(s->models);
}

void service_close(struct service *s)
{
    bool ran = s->signals_started;
    if (ran) {
        /* when the loop ended by itself: the thread reads it, nobody dies; NOLINTNEXTLINE */
        pthread_kill(s->signals, SIGTERM);
        pthread_join(s->signals, NULL);
    }
    if (s->dense != NULL)
        dense_stop(s->dense);
    if (s->pipeline != NULL)
        pipeline_stop(s->pipeline,
                      &(struct pipeline_stop){.grace_ms = DELIVERY_GRACE_MS, .hurry = stop_http, .arg = s});
    if (s->models != NULL)
        models_stop(s->models); /* what is made in the background may be a call of a minute */
    background_stop(s->background);
    uploads_stop(s->uploads);
    store_close(s->store);
    loop_close(s->loop);
    pipeline_free(s->pipeline);
    models_close(s->models);
    web_chat_free(s->web_chat);
    slack_free(s->slack);
    http_client_free(s->http);
    flow_watch_close(&s->watch);
    watched_documents_close(&s->documents);
    uploads_free(s->uploads);
    if (s->signal_fd >= 0)
        close(s->signal_fd);
    flow_set_free(s->flows);
    search_close(s->search);
    dense_close(s->dense);
    metrics_free(s->metrics);
    arena_release(&s->arena);
    free(s);
    if (ran)
        LOG_INFO("service.stopped", F_CSTR("how", "clean"));
}
