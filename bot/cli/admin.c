#include "bot/cli/admin.h"

#include <stdlib.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/net/http_server.h"
#include "bot/net/loop.h"
#include "integrations/http/http_client.h"
#include "store/inbox.h"
#include "store/outbox.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { ADMIN_BYTES = 64 * 1024 };

typedef enum err change_fn(struct db *db, int64_t id, int64_t now_ms, struct error *error);

static const struct {
    struct str queue, verb;
    change_fn *change;
} changes[] = {
    {STR_INIT("inbox"), STR_INIT("retry"), inbox_retry},
    {STR_INIT("inbox"), STR_INIT("drop"), inbox_drop},
    {STR_INIT("outbox"), STR_INIT("retry"), outbox_retry},
    {STR_INIT("outbox"), STR_INIT("drop"), outbox_drop},
};

static change_fn *find(struct str queue, struct str verb)
{
    for (size_t i = 0; i < COUNT_OF(changes); i++)
        if (str_eq(changes[i].queue, queue) && str_eq(changes[i].verb, verb))
            return changes[i].change;
    return NULL;
}

struct str admin_socket_path(struct arena *arena, struct str data_dir)
{
    return arena_format(arena, "%.*s/admin.sock", STR_ARG(data_dir));
}

/* ── in the service ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct admin_job {
    struct write_job job;
    struct admin *admin;
    struct http_server *server;
    uint64_t number;
    change_fn *change;
    int64_t id;
    enum err rc;
    struct error error;
};

static enum err run(struct db *db, void *arg, struct error *error)
{
    const struct admin_job *job = arg;
    return job->change(db, job->id, clock_now_ms(job->admin->clock), error);
}

static void answer(void *arg)
{
    struct admin_job *job = arg;
    if (job->rc == OK) {
        http_reply(job->server, job->number,
                   &(struct http_response){
                       .status = 200, .content_type = STR("application/json"), .body = STR("{\"result\":\"ok\"}")});
    } else {
        int status = job->rc == ERR_NOT_FOUND ? 404 : job->rc == ERR_CONFLICT ? 409 : 500;
        http_reply_error(job->server, job->number, status, err_name(job->rc), job->error.text);
    }
    free(job);
}

static void done(void *arg, enum err rc, const struct error *error)
{
    struct admin_job *job = arg;
    job->rc = rc;
    if (rc != OK)
        job->error = *error;
    loop_post(job->admin->loop, answer, job);
}

void admin_queue(const struct http_request *request, void *arg)
{
    struct admin *admin = arg;
    struct arena arena;
    arena_init(&arena, ADMIN_BYTES);
    struct json_value *root = NULL;
    struct error error = {0};
    change_fn *change = NULL;
    if (json_read(&arena, request->body, &root, &error) == OK)
        change = find(json_get_str(root, STR("queue"), STR("")), json_get_str(root, STR("verb"), STR("")));
    int64_t id = json_get_i64(root, STR("id"), 0);
    arena_release(&arena);
    struct admin_job *job = change != NULL && id > 0 ? calloc(1, sizeof *job) : NULL;
    if (job == NULL) {
        http_reply_error(request->server, request->number, 400, "bad_body", "queue, verb and id are needed");
        return;
    }
    job->admin = admin;
    job->server = request->server;
    job->number = request->number;
    job->change = change;
    job->id = id;
    job->job = (struct write_job){.run = run, .done = done, .arg = job};
    store_write(admin->store, &job->job);
}

/* ── in a command ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err outcome_of(struct arena *arena, const struct http_result *result, struct error *error)
{
    if (result->status == 200)
        return OK;
    enum err code = result->status == 404 ? ERR_NOT_FOUND : result->status == 409 ? ERR_CONFLICT : ERR_INTERNAL;
    struct json_value *root = NULL;
    struct error ignored = {0};
    struct str message = STR("the service refused");
    if (json_read(arena, result->body, &root, &ignored) == OK)
        message = json_get_str(json_get(root, STR("error")), STR("message"), message);
    return fail(error, code, "%.*s", STR_ARG(message));
}

enum err admin_ask(struct arena *arena, const struct admin_question *question, struct str *ret_body,
                   struct error *error)
{
    struct str socket = admin_socket_path(arena, question->data_dir);
    struct str url = arena_format(arena, "http://gilbot%.*s", STR_ARG(question->path));
    if (socket.p == NULL || url.p == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    if (access(socket.p, F_OK) != 0)
        return fail(error, ERR_BUSY, "no service runs");
    static const struct str origin = STR_INIT("http://gilbot");
    struct http_client *client = NULL;
    struct http_client_settings settings = {
        .origins = {&origin, 1}, .clock = clock_system(), .unix_socket = socket, .timeout_ms = ADMIN_ANSWER_MS};
    if (http_client_new(&settings, &client, error) != OK)
        return error->code;
    static const struct http_header json = {STR_INIT("Content-Type"), STR_INIT("application/json")};
    struct http_request_out request = {
        .method = "POST", .url = url, .headers = &json, .n_headers = 1, .body = question->body};
    struct http_result result = {0};
    enum err rc = http_call(client, &request, arena, &result, error);
    http_client_free(client);
    if (rc == ERR_REMOTE) /* a socket that a killed service left behind */
        return fail(error, ERR_BUSY, "no service answers");
    if (rc == OK)
        rc = outcome_of(arena, &result, error);
    if (rc == OK)
        *ret_body = result.body;
    return rc;
}

/* ERR_BUSY: nobody listens there. */
static enum err ask_service(struct arena *arena, struct str data_dir, const struct admin_change *change,
                            struct error *error)
{
    struct buf body;
    buf_init(&body, arena, 4096);
    buf_add_char(&body, '{');
    json_add_member(&body, "queue", change->queue);
    json_add_member(&body, "verb", change->verb);
    json_add_member_i64(&body, "id", change->id);
    buf_add_char(&body, '}');
    struct admin_question question = {data_dir, STR("/admin/queue"), buf_str(&body)};
    struct str unread;
    return admin_ask(arena, &question, &unread, error);
}

struct direct_change {
    change_fn *change;
    int64_t id, now_ms;
};

static enum err change_directly(struct db *db, void *arg, struct error *error)
{
    const struct direct_change *direct = arg;
    return direct->change(db, direct->id, direct->now_ms, error);
}

enum err admin_change(struct str data_dir, const struct admin_change *change, struct error *error)
{
    struct direct_change direct = {.change = find(change->queue, change->verb), .id = change->id};
    if (direct.change == NULL)
        return fail(error, ERR_INVALID, "no such change");
    struct arena arena;
    arena_init(&arena, ADMIN_BYTES + HTTP_MAX_RESPONSE_BYTES);
    enum err rc = ask_service(&arena, data_dir, change, error);
    arena_release(&arena);
    if (rc != ERR_BUSY)
        return rc;
    struct store *store = NULL;
    struct store_settings settings = {.data_dir = data_dir, .clock = clock_system()};
    if (store_open(&settings, &store, error) != OK)
        return error->code;
    direct.now_ms = clock_now_ms(settings.clock);
    rc = store_write_wait(store, change_directly, &direct, error);
    store_close(store);
    return rc;
}
