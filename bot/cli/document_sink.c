#include "bot/cli/document_sink.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"
#include "bot/cli/admin.h"
#include "integrations/http/http_client.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { ANSWER_BYTES = 2 * HTTP_MAX_RESPONSE_BYTES };

struct document_sink {
    struct str data_dir;
    struct store *store; /* NULL: a service has it */
    struct store *own;   /* opened here            */
    struct db *reader;
    struct document_batch *batch;
    struct document_counts counts, last;
};

static enum err make(struct document_sink **ret_sink, struct error *error)
{
    struct document_sink *sink = calloc(1, sizeof *sink);
    if (sink != NULL)
        sink->batch = document_batch_new();
    if (sink == NULL || sink->batch == NULL) {
        free(sink);
        return fail(error, ERR_NO_MEMORY, "out of memory");
    }
    *ret_sink = sink;
    return OK;
}

/* A service answers, whatever it says. */
static bool service_runs(struct str data_dir)
{
    struct arena arena;
    arena_init(&arena, ANSWER_BYTES);
    struct admin_question question = {data_dir, STR("/admin/documents"), STR("{\"put\":[],\"remove\":[]}")};
    struct str unread;
    struct error ignored = {0};
    enum err rc = admin_ask(&arena, &question, &unread, &ignored);
    arena_release(&arena);
    return rc != ERR_BUSY;
}

enum err document_sink_open(struct str data_dir, struct document_sink **ret_sink, struct error *error)
{
    struct document_sink *sink = NULL;
    if (make(&sink, error) != OK || sink == NULL)
        return error->code;
    sink->data_dir = data_dir;
    enum err rc;
    if (service_runs(data_dir)) {
        rc = store_reader_open_dir(data_dir, &sink->reader, error);
    } else {
        struct store_settings settings = {.data_dir = data_dir, .clock = clock_system()};
        rc = store_open(&settings, &sink->own, error);
        sink->store = sink->own;
        if (rc == OK)
            rc = store_reader_open(sink->store, &sink->reader, error);
    }
    if (rc != OK) {
        document_sink_close(sink);
        return rc;
    }
    *ret_sink = sink;
    return OK;
}

enum err document_sink_of_store(struct store *store, struct document_sink **ret_sink, struct error *error)
{
    struct document_sink *sink = NULL;
    if (make(&sink, error) != OK || sink == NULL)
        return error->code;
    sink->store = store;
    enum err rc = store_reader_open(store, &sink->reader, error);
    if (rc != OK) {
        document_sink_close(sink);
        return rc;
    }
    *ret_sink = sink;
    return OK;
}

void document_sink_close(struct document_sink *sink)
{
    if (sink == NULL)
        return;
    store_reader_close(sink->reader);
    store_close(sink->own);
    document_batch_free(sink->batch);
    free(sink);
}

struct db *document_sink_reader(struct document_sink *sink)
{
    return sink->reader;
}

struct document_counts document_sink_counts(const struct document_sink *sink)
{
    return sink->counts;
}

/* ── flushing ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err apply(struct db *db, void *arg, struct error *error)
{
    struct document_sink *sink = arg;
    return document_batch_apply(db, sink->batch, clock_now_ms(clock_system()), &sink->last, error);
}

static enum err ask_service(struct document_sink *sink, struct error *error)
{
    struct arena arena;
    struct buf body;
    arena_init(&arena, ANSWER_BYTES);
    buf_init(&body, NULL, DOCUMENT_BATCH_JSON_BYTES);
    document_batch_to_json(sink->batch, &body);
    struct admin_question question = {sink->data_dir, STR("/admin/documents"), buf_str(&body)};
    struct str answer = STR("");
    enum err rc =
        buf_failed(&body) ? fail(error, ERR_NO_MEMORY, "out of memory") : admin_ask(&arena, &question, &answer, error);
    struct json_value *root = NULL;
    if (rc == OK && json_read(&arena, answer, &root, error) == OK)
        sink->last = (struct document_counts){.added = json_get_i64(root, STR("added"), 0),
                                              .replaced = json_get_i64(root, STR("replaced"), 0),
                                              .same = json_get_i64(root, STR("same"), 0),
                                              .removed = json_get_i64(root, STR("removed"), 0),
                                              .chunks = json_get_i64(root, STR("chunks"), 0)};
    buf_release(&body);
    arena_release(&arena);
    return rc;
}

enum err document_sink_flush(struct document_sink *sink, struct error *error)
{
    if (sink->batch->n_puts == 0 && sink->batch->n_removes == 0)
        return OK;
    enum err rc = sink->store != NULL ? store_write_wait(sink->store, apply, sink, error) : ask_service(sink, error);
    document_batch_empty(sink->batch);
    if (rc != OK)
        return rc;
    sink->counts.added += sink->last.added;
    sink->counts.replaced += sink->last.replaced;
    sink->counts.same += sink->last.same;
    sink->counts.removed += sink->last.removed;
    sink->counts.chunks += sink->last.chunks;
    return OK;
}

enum err document_sink_put(struct document_sink *sink, const struct made_document *made, struct error *error)
{
    if (document_batch_put(sink->batch, made, error) != OK)
        return error->code;
    return document_batch_is_full(sink->batch) ? document_sink_flush(sink, error) : OK;
}

enum err document_sink_remove(struct document_sink *sink, struct document_key key, struct error *error)
{
    if (document_batch_remove(sink->batch, key, error) != OK)
        return error->code;
    return document_batch_is_full(sink->batch) ? document_sink_flush(sink, error) : OK;
}
