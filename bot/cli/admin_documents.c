#include "bot/cli/admin_documents.h"

#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/cli/admin.h"
#include "bot/cli/document_batch.h"
#include "bot/net/http_server.h"
#include "bot/net/loop.h"
#include "store/store.h"

#include "bot/base/banned.h"

struct documents_job {
    struct write_job job;
    struct admin *admin;
    struct http_server *server;
    uint64_t number;
    struct document_counts counts;
    enum err rc;
    struct error error;
    size_t n;
    char body[];
};

static enum err run(struct db *db, void *arg, struct error *error)
{
    struct documents_job *job = arg;
    struct document_batch *batch = document_batch_new();
    if (batch == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    enum err rc = document_batch_from_json(batch, (struct str){job->body, job->n}, error);
    if (rc == OK)
        rc = document_batch_apply(db, batch, clock_now_ms(job->admin->clock), &job->counts, error);
    document_batch_free(batch);
    return rc;
}

static void answer_counts(const struct documents_job *job)
{
    struct buf body;
    buf_init(&body, NULL, 1024);
    buf_add_char(&body, '{');
    json_add_member_i64(&body, "added", job->counts.added);
    json_add_member_i64(&body, "replaced", job->counts.replaced);
    json_add_member_i64(&body, "same", job->counts.same);
    json_add_member_i64(&body, "removed", job->counts.removed);
    json_add_member_i64(&body, "chunks", job->counts.chunks);
    buf_add_char(&body, '}');
    http_reply(job->server, job->number,
               &(struct http_response){.status = 200, .content_type = STR("application/json"), .body = buf_str(&body)});
    buf_release(&body);
}

static void answer(void *arg)
{
    struct documents_job *job = arg;
    if (job->rc == OK)
        answer_counts(job);
    else
        http_reply_error(job->server, job->number, job->rc == ERR_INVALID ? 400 : 500, err_name(job->rc),
                         job->error.text);
    free(job);
}

static void done(void *arg, enum err rc, const struct error *error)
{
    struct documents_job *job = arg;
    job->rc = rc;
    if (rc != OK)
        job->error = *error;
    else if (job->counts.added + job->counts.replaced + job->counts.removed > 0)
        document_listener_tell(job->admin->listener);
    loop_post(job->admin->loop, answer, job);
}

void admin_documents(const struct http_request *request, void *arg)
{
    struct admin *admin = arg;
    struct documents_job *job = calloc(1, sizeof *job + request->body.n);
    if (job == NULL) {
        http_reply_error(request->server, request->number, 500, "no_memory", "out of memory");
        return;
    }
    job->admin = admin;
    job->server = request->server;
    job->number = request->number;
    job->n = request->body.n;
    if (job->n > 0)
        memcpy(job->body, request->body.p, job->n);
    job->job = (struct write_job){.run = run, .done = done, .arg = job};
    store_write(admin->store, &job->job);
}
