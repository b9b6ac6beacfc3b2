#include "bot/cli/flow_migrate.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/settings.h"
#include "bot/cli/admin.h"
#include "bot/cli/config.h"
#include "bot/cli/flow_command.h"
#include "bot/cli/flow_set.h"
#include "bot/net/http_server.h"
#include "bot/net/loop.h"
#include "bot/pipeline/pipeline.h"
#include "flows/survey/definition.h"
#include "flows/survey/survey.h"
#include "store/sessions.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { JOB_BYTES = 4 * 1024 * 1024, MOVES_AT_ONCE = 200, BODY_BYTES = 128 * 1024, SHORT_VERSION = 12 };

/* What one request asks for. */
struct moves {
    struct session_move *items;
    size_t n;
    int64_t moved;
};

static enum err move_all(struct db *db, void *arg, struct error *error)
{
    struct moves *moves = arg;
    enum err rc = OK;
    moves->moved = 0;
    for (size_t i = 0; i < moves->n && rc == OK; i++) {
        bool moved = false;
        rc = session_move(db, &moves->items[i], &moved, error);
        moves->moved += moved;
    }
    return rc;
}

/* ── in the service ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct migrate_job {
    struct write_job job;
    struct arena arena;
    struct loop *loop;
    struct http_server *server;
    uint64_t number;
    struct moves moves;
    enum err rc;
    struct error error;
};

static void free_job(struct migrate_job *job)
{
    arena_release(&job->arena);
    free(job);
}

static void answer(void *arg)
{
    struct migrate_job *job = arg;
    struct str body = arena_format(&job->arena, "{\"moved\":%lld}", (long long)job->moves.moved);
    if (job->rc == OK)
        http_reply(job->server, job->number,
                   &(struct http_response){.status = 200, .content_type = STR("application/json"), .body = body});
    else
        http_reply_error(job->server, job->number, 500, err_name(job->rc), job->error.text);
    free_job(job);
}

static enum err run_job(struct db *db, void *arg, struct error *error)
{
    struct migrate_job *job = arg;
    return move_all(db, &job->moves, error);
}

static void done(void *arg, enum err rc, const struct error *error)
{
    struct migrate_job *job = arg;
    job->rc = rc;
    if (rc != OK)
        job->error = *error;
    loop_post(job->loop, answer, job);
}

/* False: it is no such request. */
static bool read_moves(struct arena *arena, struct str body, struct moves *ret_moves, struct str *ret_flow,
                       struct str *ret_to)
{
    struct json_value *root = NULL;
    struct error error = {0};
    if (json_read(arena, body, &root, &error) != OK)
        return false;
    const struct json_value *list = json_get(root, STR("moves"));
    *ret_flow = json_get_str(root, STR("flow"), STR(""));
    *ret_to = json_get_str(root, STR("to"), STR(""));
    if (list == NULL || list->kind != JSON_ARRAY_ || ret_flow->n == 0 || ret_to->n == 0)
        return false;
    struct session_move *items = arena_alloc_array(arena, list->n + 1, sizeof *items);
    if (items == NULL)
        return false;
    struct moves moves = {.items = items};
    for (const struct json_value *move = list->child; move != NULL; move = move->next)
        items[moves.n++] = (struct session_move){.id = json_get_i64(move, STR("id"), 0),
                                                 .updated_ms = json_get_i64(move, STR("updated_ms"), -1),
                                                 .from = json_get_str(move, STR("from"), STR("")),
                                                 .to = *ret_to};
    *ret_moves = moves;
    return true;
}

void admin_flow(const struct http_request *request, void *arg)
{
    struct admin *admin = arg;
    struct migrate_job *job = calloc(1, sizeof *job);
    struct str flow, to;
    if (job == NULL) {
        http_reply_error(request->server, request->number, 500, "no_memory", "out of memory");
        return;
    }
    arena_init(&job->arena, JOB_BYTES);
    bool reads = read_moves(&job->arena, request->body, &job->moves, &flow, &to);
    const struct flow *present = reads ? flows_find(atomic_load(&admin->pipeline->flows), flow) : NULL;
    if (present == NULL || !str_eq(present->version, to)) {
        if (!reads)
            http_reply_error(request->server, request->number, 400, "bad_body", "flow, to and moves are needed");
        else
            http_reply_error(request->server, request->number, 409, "other_version",
                             "the service does not serve these files yet; look for flows.refused in its log");
        free_job(job);
        return;
    }
    job->loop = admin->loop;
    job->server = request->server;
    job->number = request->number;
    job->job = (struct write_job){.run = run_job, .done = done, .arg = job};
    store_write(admin->store, &job->job);
}

/* ── in a command ──────────────────────────────────────────────────────────────────────────────────────────────────── */

struct plan {
    struct str flow, to;
    struct session_move *moves; /* those that can */
    size_t n_moves, n_stay;
};

static const struct step *question(const struct definition *definition, struct str id)
{
    for (size_t i = 0; definition != NULL && i < definition->n_steps; i++)
        if (definition->steps[i].kind == STEP_ASK && str_eq(definition->steps[i].id, id))
            return &definition->steps[i];
    return NULL;
}

/* Why the session cannot be moved; NULL: it can. */
static const char *hindrance(const struct step *then, const struct step *now)
{
    if (then == NULL)
        return "stays: the version it began with was not kept";
    if (now == NULL)
        return "stays: the question is gone";
    return then->ask.type != now->ask.type ? "stays: the question is of another type" : NULL;
}

static struct str step_of(struct arena *arena, struct str data)
{
    struct json_value *root = NULL;
    struct error error = {0};
    return json_read(arena, data, &root, &error) == OK ? json_get_str(root, STR("step"), STR("")) : STR("");
}

static void print_session(const struct session *session, struct str step, const struct step *then, const char *why)
{
    printf("%8lld  %-12.*s  %.*s (%s)  %s\n", (long long)session->id,
           STR_ARG(str_first(session->flow_version, SHORT_VERSION)), STR_ARG(step),
           then == NULL ? "?" : ask_type_name(then->ask.type),
           why != NULL ? why : "can be moved: it goes on with the same question");
}

/* One version's sessions after the other; a version is loaded for each session, which are few. */
static void judge(struct db *db, const struct session *session, const struct flow *present, struct plan *plan)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, JOB_BYTES);
    struct flow *old = NULL;
    struct error error = {0};
    if (flow_recall(db, session->flow, session->flow_version, &old, &error) != OK)
        old = NULL;
    struct str step = step_of(&arena, session->data);
    const struct step *then = old == NULL ? NULL : question(survey_definition(old), step);
    const char *why = hindrance(then, question(survey_definition(present), step));
    print_session(session, step, then, why);
    if (why != NULL)
        plan->n_stay++;
    else
        plan->moves[plan->n_moves++] = (struct session_move){
            .id = session->id, .updated_ms = session->updated_ms, .from = session->flow_version, .to = plan->to};
    if (old != NULL)
        old->free(old);
}

static enum err make_plan(const struct flow_command *command, const struct flow *present, struct plan *plan,
                          struct error *error)
{
    struct db *db = NULL;
    struct sessions waiting = {0};
    if (store_reader_open_dir(command->settings->data_dir, &db, error) != OK)
        return error->code;
    enum err rc = sessions_waiting_of(db, plan->flow, command->arena, &waiting, error);
    plan->moves = arena_alloc_array(command->arena, waiting.n + 1, sizeof *plan->moves);
    if (rc == OK && plan->moves == NULL)
        rc = fail(error, ERR_NO_MEMORY, "too many sessions");
    for (size_t i = 0; i < waiting.n && rc == OK; i++)
        if (!str_eq(waiting.items[i].flow_version, plan->to))
            judge(db, &waiting.items[i], present, plan);
    store_reader_close(db);
    return rc;
}

static struct str body_of(struct arena *arena, const struct plan *plan, const struct moves *moves)
{
    struct buf body;
    buf_init(&body, arena, BODY_BYTES);
    buf_add_char(&body, '{');
    json_add_member(&body, "flow", plan->flow);
    json_add_member(&body, "to", plan->to);
    json_add_key(&body, "moves");
    buf_add_char(&body, '[');
    for (size_t i = 0; i < moves->n; i++) {
        json_add_comma(&body);
        buf_add_char(&body, '{');
        json_add_member_i64(&body, "id", moves->items[i].id);
        json_add_member_i64(&body, "updated_ms", moves->items[i].updated_ms);
        json_add_member(&body, "from", moves->items[i].from);
        buf_add_char(&body, '}');
    }
    buf_add(&body, STR("]}"));
    struct str none = {0};
    return buf_failed(&body) ? none : buf_str(&body);
}

static enum err move_directly(const struct flow_command *command, struct moves *moves, struct error *error)
{
    struct store *store = NULL;
    struct store_settings settings = {.data_dir = command->settings->data_dir, .clock = clock_system()};
    if (store_open(&settings, &store, error) != OK)
        return error->code;
    enum err rc = store_write_wait(store, move_all, moves, error);
    store_close(store);
    return rc;
}

static enum err apply(const struct flow_command *command, const struct plan *plan, int64_t *ret_moved,
                      struct error *error)
{
    *ret_moved = 0;
    for (size_t from = 0; from < plan->n_moves; from += MOVES_AT_ONCE) {
        size_t left = plan->n_moves - from;
        struct moves moves = {.items = plan->moves + from, .n = left < MOVES_AT_ONCE ? left : MOVES_AT_ONCE};
        CLEANUP(arena_release) struct arena arena;
        arena_init(&arena, JOB_BYTES + BODY_BYTES);
        struct json_value *root = NULL;
        struct str reply = {0}, body = body_of(&arena, plan, &moves);
        struct admin_question question = {command->settings->data_dir, STR("/admin/flow"), body};
        enum err rc =
            body.p == NULL ? fail(error, ERR_NO_MEMORY, "out of memory") : admin_ask(&arena, &question, &reply, error);
        if (rc == ERR_BUSY)
            rc = move_directly(command, &moves, error);
        else if (rc == OK && json_read(&arena, reply, &root, error) == OK)
            moves.moved = json_get_i64(root, STR("moved"), 0);
        if (rc != OK)
            return rc;
        *ret_moved += moves.moved;
    }
    return OK;
}

static int migrate(const struct flow_command *command, const struct flow *present, bool applies)
{
    struct plan plan = {.flow = present->name, .to = present->version};
    struct error error = {0};
    int64_t moved = 0;
    if (make_plan(command, present, &plan, &error) != OK || (applies && apply(command, &plan, &moved, &error) != OK))
        return config_failed(&error);
    if (applies)
        printf("%lld moved, %zu stay\n", (long long)moved, plan.n_stay + plan.n_moves - (size_t)moved);
    else
        printf("%zu can be moved, %zu stay%s\n", plan.n_moves, plan.n_stay,
               plan.n_moves > 0 ? "; --apply moves them" : "");
    return 0;
}

int flow_migrate(const struct flow_command *command)
{
    struct str name = {0};
    bool applies = false, good = true;
    for (int i = 0; i < command->argc; i++) {
        if (strcmp(command->argv[i], "--apply") == 0)
            applies = true;
        else if (name.n == 0 && command->argv[i][0] != '-')
            name = str_of(command->argv[i]);
        else
            good = false;
    }
    if (!good || name.n == 0) {
        fputs("gilbot: usage: gilbot flow migrate FLOW [--apply]\n", stderr);
        return 2;
    }
    struct flows flows = {0};
    struct error error = {0};
    if (survey_load_all(command->settings->flows, &flows, &error) != OK)
        return config_failed(&error);
    const struct flow *present = flows_find(&flows, name);
    int status = 2;
    if (present == NULL)
        fprintf(stderr, "gilbot: no flow is called %.*s\n", STR_ARG(name));
    else
        status = migrate(command, present, applies);
    survey_release_all(&flows);
    return status;
}
