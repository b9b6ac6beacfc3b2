#include "bot/cli/embedding.h"

#include "bot/base/settings.h"
#include "bot/model/language_model.h"
#include "store/documents.h"
#include "store/index/dense.h"
#include "store/index/vector_index.h"
#include "store/vectors.h"
#include "tests/unit/store/fixture.h"

/* A model whose vectors say how long a text is and where it has its first 'x'. */
struct pretended {
    struct language_model port;
    size_t dimension, n_texts;
    bool ready;
    enum err outcome;
    const char *dislikes; /* texts with this are refused */
};

static enum err embed(const struct language_model *self, const struct model_embed *request, struct arena *arena,
                      struct model_vectors *ret_vectors, struct error *error)
{
    struct pretended *model = (struct pretended *)CONTAINER_OF(self, struct pretended, port);
    *error = (struct error){.code = model->outcome, .text = "as told"};
    if (model->outcome != OK)
        return model->outcome;
    float *values = arena_alloc_array(arena, request->n_texts * model->dimension, sizeof *values);
    for (size_t i = 0; i < request->n_texts; i++) {
        if (model->dislikes != NULL && str_find(request->texts[i], str_of(model->dislikes)) != SIZE_MAX) {
            error->code = ERR_INVALID;
            return ERR_INVALID;
        }
        values[i * model->dimension] = (float)request->texts[i].n;
        values[i * model->dimension + 1] = (float)(str_find_char(request->texts[i], 'x') % 100) + 1;
    }
    model->n_texts += request->n_texts;
    *ret_vectors = (struct model_vectors){.values = values, .n = request->n_texts, .dimension = model->dimension};
    return OK;
}

static bool ready(const struct language_model *self, enum model_skill skill)
{
    return skill == MODEL_EMBED && CONTAINER_OF(self, struct pretended, port)->ready;
}

static bool goes_on(void *arg)
{
    (void)arg;
    return false;
}

struct scene {
    struct fixture f;
    struct db *db;
    struct pretended model;
    struct embedding embedding;
    int64_t made, again_ms;
};

struct document_job {
    const char *key;
    size_t n;
};

static enum err put(struct db *db, void *arg, struct error *error)
{
    const struct document_job *job = arg;
    static struct chunk chunks[200];
    static char bodies[200][40];
    for (size_t i = 0; i < job->n; i++) {
        snprintf(bodies[i], sizeof bodies[i], "%s %zu %.*s", job->key, i, (int)(i % 7), "xxxxxxx");
        chunks[i] = (struct chunk){.body = str_of(bodies[i])};
    }
    struct document document = {.collection = STR("hr"), .key = str_of(job->key), .hash = str_of(job->key)};
    enum document_change change;
    return document_put(db, &document, (struct chunks){chunks, job->n}, 1, &change, error);
}

static void add(struct scene *s, const char *key, size_t n)
{
    assert_ok(store_write_wait(s->f.store, put, &(struct document_job){key, n}, &s->f.error), &s->f.error);
}

static void begin(struct scene *s)
{
    *s = (struct scene){.model = {.port = {.embed = embed, .ready = ready}, .dimension = 2, .ready = true}};
    fixture_open_store(&s->f);
    assert_ok(store_reader_open(s->f.store, &s->db, &s->f.error), &s->f.error);
    s->embedding = (struct embedding){
        .store = s->f.store, .db = s->db, .model = &s->model.port, .model_name = STR("m"), .stopping = goes_on};
    assert_ok(dense_open(str_of(s->f.dir), &s->embedding.dense, &s->f.error), &s->f.error);
}

static enum err run(struct scene *s)
{
    s->made = s->again_ms = 0;
    return embedding_run(&s->embedding, &s->made, &s->again_ms, &s->f.error);
}

static void end(struct scene *s)
{
    static const char *const names[] = {"vectors", "vectors.sum"};
    dense_close(s->embedding.dense);
    store_reader_close(s->db);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        (void)unlink(arena_format(&s->f.arena, "%s/%s", s->f.dir, names[i]).p);
    fixture_close(&s->f);
}

TEST(embedding, every_chunk_is_sent_once)
{
    struct scene s;
    begin(&s);
    add(&s, "a", 150);
    assert_ok(run(&s), &s.f.error);
    assert_int_equal(s.made, 150);
    assert_int_equal(dense_count(s.embedding.dense), 150);
    assert_ok(run(&s), &s.f.error);
    assert_int_equal(s.made, 0);
    add(&s, "b", 3);
    assert_ok(run(&s), &s.f.error);
    assert_int_equal(s.made, 3);
    assert_int_equal(s.model.n_texts, 153);
    assert_int_equal(dense_count(s.embedding.dense), 153);
    end(&s);
}

TEST(embedding, a_model_that_cannot_be_asked_now_is_asked_later)
{
    struct scene s;
    begin(&s);
    add(&s, "a", 3);
    s.model.ready = false;
    assert_ok(run(&s), &s.f.error);
    assert_int_equal(s.again_ms, EMBEDDING_AGAIN_MS);
    s.model.ready = true;
    s.model.outcome = ERR_BUSY;
    assert_ok(run(&s), &s.f.error);
    assert_int_equal(s.again_ms, EMBEDDING_AGAIN_MS);
    s.model.outcome = ERR_REMOTE;
    assert_int_equal(run(&s), ERR_REMOTE);
    s.model.outcome = OK;
    assert_ok(run(&s), &s.f.error);
    assert_int_equal(s.made, 3);
    end(&s);
}

TEST(embedding, a_text_that_is_refused_costs_only_itself)
{
    struct scene s;
    begin(&s);
    add(&s, "a", 100);
    s.model.dislikes = "a 42 ";
    assert_ok(run(&s), &s.f.error);
    assert_int_equal(s.made, 99);
    assert_int_equal(dense_count(s.embedding.dense), 99);
    end(&s);
}

TEST(embedding, another_model_in_the_settings_begins_anew)
{
    struct scene s;
    begin(&s);
    add(&s, "a", 10);
    assert_ok(run(&s), &s.f.error);
    s.embedding.model_name = STR("other");
    s.model.dimension = 3;
    assert_ok(run(&s), &s.f.error);
    assert_int_equal(s.made, 10);
    assert_int_equal(dense_dimension(s.embedding.dense), 3);
    struct vector_model model;
    assert_ok(vectors_model(s.db, &s.f.arena, &model, &s.f.error), &s.f.error);
    assert_str_equal(model.name, STR("other"));
    end(&s);
}

TEST(embedding, without_a_model_nothing_is_done)
{
    struct scene s;
    begin(&s);
    add(&s, "a", 10);
    s.embedding.model_name = STR("");
    s.embedding.model = NULL;
    assert_ok(run(&s), &s.f.error);
    assert_int_equal(s.made, 0);
    assert_int_equal(dense_count(s.embedding.dense), 0);
    end(&s);
}

TEST_MAIN
