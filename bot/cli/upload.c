#include "bot/cli/upload.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/log.h"
#include "bot/base/secret.h"
#include "bot/base/settings.h"
#include "bot/base/text.h"
#include "bot/cli/background.h"
#include "bot/cli/document_rules.h"
#include "bot/cli/document_sink.h"
#include "bot/net/http_server.h"
#include "bot/net/loop.h"
#include "integrations/slack/form.h"
#include "store/import/fence.h"

#include "bot/base/banned.h"

enum { QUERY_BYTES = 64 * 1024, DOCUMENT_BYTES = FENCE_ARENA_BYTES + 96 * 1024 * 1024 };

struct upload {
    struct upload *next;
    struct uploads *uploads;
    struct http_server *server;
    uint64_t number;
    bool is_file, is_removal;
    struct arena arena; /* of the texts below */
    struct str collection, id, name, source, category;

    enum err rc;
    struct error error;
    struct document_counts counts;
    size_t n;
    char body[];
};

struct uploads {
    struct upload_parts parts;
    struct background *background;
    struct background_task task;
    pthread_mutex_t mutex; /* guards what follows */
    struct upload *first, **end;
    size_t n_waiting, bytes_waiting;
};

/* ── on the loop: who sends what ───────────────────────────────────────────────────────────────────────────────── */

/* All tokens are compared, whichever fits, by their hashes: in the same time whatever was sent. */
static bool is_allowed(const struct settings *settings, const struct http_request *request, struct str *ret_who)
{
    static const struct str scheme = STR_INIT("Bearer ");
    struct str sent = http_request_field(request, STR("Authorization"));
    unsigned char theirs[SECRET_HMAC_BYTES], ours[SECRET_HMAC_BYTES];
    bool allowed = false;
    if (!str_eq_nocase(str_first(sent, scheme.n), scheme))
        return false;
    secret_sha256(str_trim(str_skip(sent, scheme.n)), theirs);
    for (size_t i = 0; i < settings->api.n_tokens; i++) {
        secret_sha256(settings->api.tokens[i].token, ours);
        if (secret_equal((struct str){(char *)ours, sizeof ours}, (struct str){(char *)theirs, sizeof theirs})) {
            allowed = true;
            *ret_who = settings->api.tokens[i].name;
        }
    }
    return allowed;
}

static struct upload *make_upload(struct uploads *uploads, const struct http_request *request)
{
    struct upload *upload = calloc(1, sizeof *upload + request->body.n);
    if (upload == NULL)
        return NULL;
    upload->uploads = uploads;
    upload->server = request->server;
    upload->number = request->number;
    upload->n = request->body.n;
    if (upload->n > 0)
        memcpy(upload->body, request->body.p, upload->n);
    upload->is_removal = request->method == HTTP_DELETE;
    upload->is_file = !upload->is_removal && !str_starts(request->content_type, STR("application/json"));
    arena_init(&upload->arena, QUERY_BYTES);
    return upload;
}

static enum err read_query(struct upload *upload, struct str query, struct error *error)
{
    struct form form = {0};
    struct str copy = arena_copy(&upload->arena, query);
    if (form_parse(&upload->arena, copy, &form, error) != OK)
        return error->code;
    upload->collection = form_get(&form, STR("collection"));
    upload->id = form_get(&form, STR("id"));
    upload->name = form_get(&form, STR("name"));
    upload->source = form_get(&form, STR("source"));
    upload->category = form_get(&form, STR("category"));
    if (upload->collection.n == 0)
        upload->collection = documents_collection();
    if (upload->is_file && upload->name.n == 0)
        return fail(error, ERR_INVALID, "a file needs its name: ?name=rules.pdf; JSON its Content-Type");
    if (upload->id.n == 0)
        upload->id = upload->name;
    if (upload->is_removal && upload->id.n == 0)
        return fail(error, ERR_INVALID, "which document? ?id=…");
    return OK;
}

static void free_upload(struct upload *upload)
{
    arena_release(&upload->arena);
    free(upload);
}

/* False: there are too many. */
static bool enqueue(struct uploads *uploads, struct upload *upload)
{
    pthread_mutex_lock(&uploads->mutex);
    bool fits = uploads->n_waiting < UPLOAD_MOST_WAITING &&
                (uploads->n_waiting == 0 || uploads->bytes_waiting + upload->n <= UPLOAD_MOST_WAITING_BYTES);
    if (fits) {
        *uploads->end = upload;
        uploads->end = &upload->next;
        uploads->n_waiting++;
        uploads->bytes_waiting += upload->n;
    }
    pthread_mutex_unlock(&uploads->mutex);
    if (fits)
        background_poke(uploads->background, &uploads->task);
    return fits;
}

void upload_request(const struct http_request *request, void *arg)
{
    struct uploads *uploads = arg;
    struct str who = STR("");
    struct error error = {0};
    if (!is_allowed(uploads->parts.settings, request, &who)) {
        http_reply_error(request->server, request->number, 401, "no_token", "a token of gilbot.yaml's api is needed");
        return;
    }
    struct upload *upload = make_upload(uploads, request);
    if (upload == NULL) {
        http_reply_error(request->server, request->number, 503, "busy", "out of memory; try again later");
        return;
    }
    if (read_query(upload, request->query, &error) != OK) {
        http_reply_error(request->server, request->number, 400, err_name(error.code), error.text);
        free_upload(upload);
        return;
    }
    LOG_INFO("document.received", F_STR("by", who), F_STR("collection", upload->collection),
             F_I64("bytes", (int64_t)upload->n));
    if (!enqueue(uploads, upload)) {
        http_reply_error(request->server, request->number, 503, "busy", "too many documents at once; try again later");
        free_upload(upload);
    }
}

static const char *result_of(const struct upload *upload)
{
    return upload->is_removal            ? "removed"
           : upload->counts.added > 0    ? "added"
           : upload->counts.replaced > 0 ? "replaced"
                                         : "unchanged";
}

static void answer(void *arg)
{
    struct upload *upload = arg;
    struct buf body;
    buf_init(&body, NULL, QUERY_BYTES);
    if (upload->rc != OK) {
        int status = upload->rc == ERR_INVALID ? 400 : upload->rc == ERR_NOT_FOUND ? 404 : 500;
        http_reply_error(upload->server, upload->number, status, err_name(upload->rc), upload->error.text);
    } else {
        buf_add_char(&body, '{');
        json_add_member(&body, "collection", upload->collection);
        json_add_member(&body, "id", upload->id);
        json_add_member(&body, "result", str_of(result_of(upload)));
        json_add_member_i64(&body, "chunks", upload->counts.chunks);
        buf_add_char(&body, '}');
        http_reply(
            upload->server, upload->number,
            &(struct http_response){.status = 200, .content_type = STR("application/json"), .body = buf_str(&body)});
    }
    buf_release(&body);
    free_upload(upload);
}

/* ── on the thread that reads ──────────────────────────────────────────────────────────────────────────────────── */

static enum err make_file(struct arena *arena, const struct document_rules *rules, const struct upload *upload,
                          struct made_document *ret_made, struct error *error)
{
    struct document_file file = {.name = upload->name, .key = upload->id};
    struct import_file bytes = {.name = upload->name, .bytes = {upload->body, upload->n}};
    if (fence_open_bytes(&bytes, &file.fd, error) != OK)
        return error->code;
    enum err rc = document_file_hash(arena, rules, file.fd, &file.hash, error);
    if (rc == OK)
        rc = document_make_file(arena, rules, &file, ret_made, error);
    fence_close_bytes(file.fd);
    return rc;
}

static enum err make_record(struct arena *arena, const struct document_rules *rules, struct upload *upload,
                            struct made_document *ret_made, struct error *error)
{
    struct document_record record;
    if (document_record_read(arena, rules, (struct str){upload->body, upload->n}, &record, error) != OK)
        return error->code;
    upload->id = arena_copy(&upload->arena, record.id);
    return document_make_record(arena, rules, &record, ret_made, error);
}

static enum err keep(struct upload *upload, struct arena *arena, struct document_sink *sink, struct error *error)
{
    struct document_rules rules = document_rules_of(upload->uploads->parts.settings, upload->collection);
    struct made_document made = {0};
    rules.source = upload->source;
    rules.category = upload->category;
    enum err rc = OK;
    if (upload->is_removal)
        rc = document_sink_remove(sink, (struct document_key){upload->collection, upload->id}, error);
    else
        rc = upload->is_file ? make_file(arena, &rules, upload, &made, error)
                             : make_record(arena, &rules, upload, &made, error);
    if (rc == OK && !upload->is_removal)
        rc = document_sink_put(sink, &made, error);
    if (rc == OK)
        rc = document_sink_flush(sink, error);
    upload->counts = document_sink_counts(sink);
    if (rc == OK && upload->is_removal && upload->counts.removed == 0)
        return fail(error, ERR_NOT_FOUND, "there is no such document");
    return rc;
}

static void work_on(struct upload *upload)
{
    struct arena arena;
    struct document_sink *sink = NULL;
    arena_init(&arena, DOCUMENT_BYTES);
    upload->rc = document_sink_of_store(upload->uploads->parts.store, &sink, &upload->error);
    if (upload->rc == OK)
        upload->rc = keep(upload, &arena, sink, &upload->error);
    document_sink_close(sink);
    if (upload->counts.added + upload->counts.replaced + upload->counts.removed > 0)
        document_listener_tell(upload->uploads->parts.listener);
    arena_release(&arena);
    loop_post(upload->uploads->parts.loop, answer, upload);
}

static struct upload *take_next(struct uploads *uploads)
{
    pthread_mutex_lock(&uploads->mutex);
    struct upload *upload = uploads->first;
    if (upload != NULL) {
        uploads->first = upload->next;
        if (uploads->first == NULL)
            uploads->end = &uploads->first;
        uploads->n_waiting--;
        uploads->bytes_waiting -= upload->n;
    }
    pthread_mutex_unlock(&uploads->mutex);
    return upload;
}

static enum err run(void *arg, struct background *background, int64_t *ret_again_ms, struct error *error)
{
    struct uploads *uploads = arg;
    (void)ret_again_ms;
    (void)error;
    for (struct upload *upload; !background_stopping(background) && (upload = take_next(uploads)) != NULL;)
        work_on(upload);
    return OK;
}

/* ── life ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err uploads_new(const struct upload_parts *parts, struct uploads **ret_uploads, struct error *error)
{
    struct uploads *uploads = calloc(1, sizeof *uploads);
    if (uploads == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    uploads->parts = *parts;
    uploads->end = &uploads->first;
    uploads->task = (struct background_task){.name = "uploads", .run = run, .arg = uploads};
    pthread_mutex_init(&uploads->mutex, NULL);
    *ret_uploads = uploads;
    return OK;
}

enum err uploads_start(struct uploads *uploads, struct error *error)
{
    if (background_start(&uploads->task, 1, clock_system(), &uploads->background, error) != OK)
        return error->code;
    background_poke(uploads->background, &uploads->task);
    return OK;
}

void uploads_stop(struct uploads *uploads)
{
    if (uploads == NULL)
        return;
    background_stop(uploads->background);
    uploads->background = NULL;
}

void uploads_free(struct uploads *uploads)
{
    if (uploads == NULL)
        return;
    for (struct upload *upload; (upload = take_next(uploads)) != NULL;)
        free_upload(upload);
    pthread_mutex_destroy(&uploads->mutex);
    free(uploads);
}
