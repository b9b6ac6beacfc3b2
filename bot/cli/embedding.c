#include "bot/cli/embedding.h"

#include "bot/base/arena.h"
#include "bot/base/log.h"
#include "bot/base/settings.h"
#include "bot/base/text.h"
#include "bot/model/language_model.h"
#include "store/index/dense.h"
#include "store/store.h"
#include "store/vectors.h"

#include "bot/base/banned.h"

enum { BATCH_BYTES = 64 * 1024 * 1024 };

struct str embedding_model_name(const struct settings *settings)
{
    for (size_t i = 0; i < settings->n_models; i++)
        if (settings->models[i].embedding_model.n > 0)
            return settings->models[i].embedding_model;
    return STR("");
}

/* ── one batch ─────────────────────────────────────────────────────────────────────────────────────────────────── */

struct batch {
    struct vectors_batch vectors;
};

static enum err keep(struct db *db, void *arg, struct error *error)
{
    const struct batch *batch = arg;
    enum err rc = vectors_use_model(db, batch->vectors.model, batch->vectors.dimension, error);
    return rc == OK ? vectors_put(db, &batch->vectors, error) : rc;
}

static enum err make(const struct embedding *embedding, struct vectors_wanted *wanted, struct arena *arena,
                     struct error *error)
{
    for (size_t i = 0; i < wanted->n; i++)
        wanted->texts[i] = text_first(wanted->texts[i], EMBEDDING_MOST_CHARACTERS);
    struct model_embed request = {.origin = {.purpose = STR("embed")}, .texts = wanted->texts, .n_texts = wanted->n};
    struct model_vectors made = {0};
    enum err rc = language_model_embed(embedding->model, &request, arena, &made, error);
    if (rc != OK)
        return rc;
    struct batch batch = {.vectors = {.model = embedding->model_name,
                                      .dimension = (int64_t)made.dimension,
                                      .ids = wanted->ids,
                                      .values = made.values,
                                      .n = wanted->n}};
    return store_write_wait(embedding->store, keep, &batch, error);
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err forget(struct db *db, void *arg, struct error *error)
{
    const struct embedding *embedding = arg;
    return vectors_use_model(db, embedding->model_name, 0, error);
}

/* Vectors of a model that is not configured any more go at once: questions would be compared with them. */
static enum err drop_others(const struct embedding *embedding, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, BATCH_BYTES);
    struct vector_model model = {0};
    enum err rc = vectors_model(embedding->db, &arena, &model, error);
    if (rc != OK || str_eq(model.name, embedding->model_name))
        return rc;
    return store_write_wait(embedding->store, forget, (void *)embedding, error);
}

/* Where the walk through the chunks stands. */
struct walk {
    int64_t after, limit, made;
    bool at_end;
};

static enum err go_on(const struct embedding *embedding, struct walk *walk, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, BATCH_BYTES);
    struct vectors_wanted wanted = {0};
    enum err rc = vectors_missing(embedding->db, walk->after, walk->limit, &arena, &wanted, error);
    walk->at_end = rc == OK && wanted.n == 0;
    if (rc != OK || walk->at_end)
        return rc;
    rc = make(embedding, &wanted, &arena, error);
    if (rc == OK) {
        walk->after = wanted.ids[wanted.n - 1];
        walk->made += (int64_t)wanted.n;
        walk->limit = EMBEDDING_BATCH;
    } else if (rc == ERR_INVALID && wanted.n > 1) { /* one of them is not liked: one by one, to find it */
        walk->limit = 1;
        rc = OK;
    } else if (rc == ERR_INVALID) {
        LOG_WARNING("vectors.not_made", F_I64("chunk", wanted.ids[0]), F_CSTR("why", error->text));
        walk->after = wanted.ids[0];
        rc = OK;
    }
    return rc;
}

static enum err make_missing(const struct embedding *embedding, struct walk *walk, int64_t *again_ms,
                             struct error *error)
{
    enum err rc = drop_others(embedding, error);
    while (rc == OK && !walk->at_end) {
        if (embedding->stopping(embedding->arg))
            return fail(error, ERR_BUSY, "shutting down");
        if (!language_model_ready(embedding->model, MODEL_EMBED)) {
            *again_ms = EMBEDDING_AGAIN_MS;
            return OK;
        }
        rc = go_on(embedding, walk, error);
        if (rc == ERR_BUSY && !embedding->stopping(embedding->arg)) {
            *again_ms = EMBEDDING_AGAIN_MS;
            return OK;
        }
    }
    return rc;
}

enum err embedding_run(const struct embedding *embedding, int64_t *ret_made, int64_t *ret_again_ms, struct error *error)
{
    struct walk walk = {.limit = EMBEDDING_BATCH};
    int64_t again_ms = 0;
    bool changed = false;
    enum err rc = embedding->model_name.n == 0 ? OK : make_missing(embedding, &walk, &again_ms, error);
    if (walk.made > 0)
        LOG_INFO("vectors.made", F_I64("n", walk.made), F_STR("model", embedding->model_name));
    if (rc == OK && embedding->model_name.n > 0)
        rc = dense_refresh(embedding->dense, embedding->db, &changed, error);
    if (rc != OK)
        return during(error, "having vectors made of the documents");
    *ret_made = walk.made;
    *ret_again_ms = again_ms;
    return OK;
}
