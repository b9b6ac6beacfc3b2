#include "bot/cli/models.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/log.h"
#include "bot/base/settings.h"
#include "bot/cli/admin.h"
#include "bot/net/http_server.h"
#include "bot/net/loop.h"
#include "integrations/llm/llm.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum {
    NOTE_BYTES = 64 * 1024,
    KEPT_BYTES = 2 * NOTE_BYTES,
    ANSWER_BYTES = 2 * 1024 * 1024,
    SPENT_BYTES = 4 * 1024 * 1024
};

struct models {
    struct models_parts parts;
    struct llm *llm;
};

/* ── a call as JSON, between a command and the service ─────────────────────────────────────────────────────────────── */

/* The members of a struct model_call, in one table for both directions. */
static const struct call_text {
    const char *name;
    size_t offset;
} call_texts[] = {
    {"provider", offsetof(struct model_call, provider)}, {"model", offsetof(struct model_call, model)},
    {"skill", offsetof(struct model_call, skill)},       {"purpose", offsetof(struct model_call, purpose)},
    {"prompt", offsetof(struct model_call, prompt)},     {"flow", offsetof(struct model_call, flow)},
    {"user", offsetof(struct model_call, user)},         {"outcome", offsetof(struct model_call, outcome)},
};
static const struct call_text call_numbers[] = {
    {"at_ms", offsetof(struct model_call, at_ms)},
    {"tokens_in", offsetof(struct model_call, tokens_in)},
    {"tokens_out", offsetof(struct model_call, tokens_out)},
    {"cost_microusd", offsetof(struct model_call, cost_microusd)},
    {"latency_ms", offsetof(struct model_call, latency_ms)},
    {"first_piece_ms", offsetof(struct model_call, first_piece_ms)},
};

static void add_call(struct buf *out, const struct model_call *call)
{
    buf_add_char(out, '{');
    for (size_t i = 0; i < COUNT_OF(call_texts); i++)
        json_add_member(out, call_texts[i].name, *(const struct str *)((const char *)call + call_texts[i].offset));
    for (size_t i = 0; i < COUNT_OF(call_numbers); i++)
        json_add_member_i64(out, call_numbers[i].name, *(const int64_t *)((const char *)call + call_numbers[i].offset));
    buf_add_char(out, '}');
}

static bool read_call(struct arena *arena, struct str body, struct model_call *ret_call)
{
    struct json_value *root = NULL;
    struct error error = {0};
    struct str text = arena_copy(arena, body); /* what is read borrows from it */
    if (text.p == NULL || json_read(arena, text, &root, &error) != OK)
        return false;
    struct model_call call = {0};
    for (size_t i = 0; i < COUNT_OF(call_texts); i++)
        *(struct str *)((char *)&call + call_texts[i].offset) =
            json_get_str(root, str_of(call_texts[i].name), (struct str){NULL, 0});
    for (size_t i = 0; i < COUNT_OF(call_numbers); i++)
        *(int64_t *)((char *)&call + call_numbers[i].offset) = json_get_i64(root, str_of(call_numbers[i].name), 0);
    *ret_call = call;
    return call.provider.n > 0 && call.outcome.n > 0 && call.at_ms > 0;
}

/* ── noting a call ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A call on its way into the store; for a handler, with who waits to hear of it. */
struct note {
    struct write_job job;
    struct arena arena;
    struct model_call call;
    struct loop *loop;
    struct http_server *server;
    uint64_t number;
    enum err rc;
};

static void note_free(struct note *note)
{
    arena_release(&note->arena);
    free(note);
}

static enum err run_note(struct db *db, void *arg, struct error *error)
{
    const struct note *note = arg;
    return model_call_record(db, &note->call, error);
}

static void answer_note(void *arg)
{
    struct note *note = arg;
    if (note->rc == OK)
        http_reply(note->server, note->number,
                   &(struct http_response){
                       .status = 200, .content_type = STR("application/json"), .body = STR("{\"result\":\"ok\"}")});
    else
        http_reply_error(note->server, note->number, 500, err_name(note->rc), "the call could not be noted");
    note_free(note);
}

static void not_noted(const char *why)
{
    LOG_ERROR("model_call.not_noted", F_CSTR("why", why));
}

static void note_done(void *arg, enum err rc, const struct error *error)
{
    struct note *note = arg;
    note->rc = rc;
    if (rc != OK)
        not_noted(error->text);
    if (note->server != NULL)
        loop_post(note->loop, answer_note, note);
    else
        note_free(note);
}

/* NULL: no memory, or `body` is no call. */
static struct note *note_of(struct str body)
{
    struct note *note = calloc(1, sizeof *note);
    if (note == NULL)
        return NULL;
    arena_init(&note->arena, NOTE_BYTES);
    note->job = (struct write_job){.run = run_note, .done = note_done, .arg = note};
    if (read_call(&note->arena, body, &note->call))
        return note;
    note_free(note);
    return NULL;
}

static enum err record_directly(struct db *db, void *arg, struct error *error)
{
    return model_call_record(db, arg, error);
}

/* In a command: the service that runs keeps it, else we do. */
static enum err note_from_command(const struct models *models, struct model_call *call, struct str body,
                                  struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ANSWER_BYTES);
    struct str unread, data_dir = models->parts.settings->data_dir;
    enum err rc = admin_ask(&arena, &(struct admin_question){data_dir, STR("/admin/model-call"), body}, &unread, error);
    if (rc != ERR_BUSY)
        return rc;
    struct store *store = NULL;
    struct store_settings settings = {.data_dir = data_dir, .clock = models->parts.clock};
    if (store_open(&settings, &store, error) != OK)
        return error->code;
    rc = store_write_wait(store, record_directly, call, error);
    store_close(store);
    return rc;
}

static void keep(void *self, const struct model_call *call)
{
    const struct models *models = self;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, KEPT_BYTES);
    struct buf body;
    buf_init(&body, &arena, NOTE_BYTES);
    add_call(&body, call);
    struct error error = {0};
    struct model_call copy = *call;
    if (models->parts.store == NULL) {
        if (note_from_command(models, &copy, buf_str(&body), &error) != OK)
            not_noted(error.text);
        return;
    }
    struct note *note = buf_failed(&body) ? NULL : note_of(buf_str(&body));
    if (note == NULL)
        not_noted("out of memory");
    else
        store_write(models->parts.store, &note->job);
}

/* ── handlers ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

void models_admin_call(const struct http_request *request, void *arg)
{
    struct models *models = arg;
    struct note *note = note_of(request->body);
    if (note == NULL) {
        http_reply_error(request->server, request->number, 400, "bad_body", "a model's call is needed");
        return;
    }
    llm_add_spent(models->llm, note->call.provider, note->call.cost_microusd);
    note->loop = models->parts.loop;
    note->server = request->server;
    note->number = request->number;
    store_write(models->parts.store, &note->job);
}

static void add_status(struct buf *out, const struct models *models, size_t place)
{
    static const char *const states[] = {
        [BREAKER_CLOSED] = "well", [BREAKER_OPEN] = "resting", [BREAKER_HALF_OPEN] = "trying"};
    struct llm_status status = llm_status(models->llm, place);
    json_add_comma(out);
    buf_add_char(out, '{');
    json_add_member(out, "name", models->parts.settings->models[place].name);
    json_add_member(out, "state", str_of(states[status.state]));
    json_add_member_i64(out, "rest_ms", status.rest_ms);
    json_add_member_i64(out, "under_way", status.under_way);
    json_add_member_i64(out, "spent_microusd", status.spent_microusd);
    json_add_member(out, "last", str_of(status.last_outcome));
    buf_add_char(out, '}');
}

void models_admin_status(const struct http_request *request, void *arg)
{
    const struct models *models = arg;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ANSWER_BYTES);
    struct buf body;
    buf_init(&body, &arena, ANSWER_BYTES / 4);
    buf_add(&body, STR("{\"models\":["));
    for (size_t i = 0; i < models->parts.settings->n_models; i++)
        add_status(&body, models, i);
    buf_add(&body, STR("]}"));
    http_reply(request->server, request->number,
               &(struct http_response){.status = 200, .content_type = STR("application/json"), .body = buf_str(&body)});
}

/* ── life ──────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* No database yet: nothing was spent.  One that is not readable: said by whoever needs it. */
static enum err read_spent(const struct models_parts *parts, struct arena *arena, struct model_spends *ret_spent,
                           struct error *error)
{
    struct db *db = NULL;
    enum err rc = parts->store != NULL ? store_reader_open(parts->store, &db, error)
                                       : store_reader_open_dir(parts->settings->data_dir, &db, error);
    if (parts->store == NULL && (rc == ERR_NOT_FOUND || rc == ERR_CONFLICT)) {
        *ret_spent = (struct model_spends){0};
        return OK;
    }
    if (rc == OK)
        rc = model_calls_spent(db, llm_day_began(clock_now_ms(parts->clock)), arena, ret_spent, error);
    store_reader_close(db);
    return rc;
}

enum err models_open(const struct models_parts *parts, struct models **ret_models, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, SPENT_BYTES);
    struct models *models = calloc(1, sizeof *models);
    if (models == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the language models");
    models->parts = *parts;
    struct llm_parts llm = {
        .settings = parts->settings, .clock = parts->clock, .metrics = parts->metrics, .keep = keep, .self = models};
    enum err rc = parts->settings->n_models == 0 ? OK : read_spent(parts, &arena, &llm.spent, error);
    if (rc == OK)
        rc = llm_new(&llm, &models->llm, error);
    if (rc != OK) {
        free(models);
        return during(error, "setting up the language models");
    }
    *ret_models = models;
    return OK;
}

void models_stop(struct models *models)
{
    if (models != NULL)
        llm_stop(models->llm);
}

void models_close(struct models *models)
{
    if (models == NULL)
        return;
    llm_free(models->llm);
    free(models);
}

const struct language_model *models_port(const struct models *models)
{
    return models == NULL ? NULL : llm_model(models->llm);
}

struct llm *models_llm(const struct models *models)
{
    return models->llm;
}
