/* integrations/llm/wire_vectors.c — wire.h's embeddings and rerank. */
#include <math.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "integrations/llm/wire.h"

#include "bot/base/banned.h"

static void add_texts(struct buf *out, const char *key, const struct str *texts, size_t n)
{
    json_add_key(out, key);
    buf_add_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        json_add_comma(out);
        json_add_str(out, texts[i]);
    }
    buf_add_char(out, ']');
}

static struct wire_usage usage_in(const struct json_value *root)
{
    const struct json_value *usage = json_get(root, STR("usage"));
    int64_t all = json_get_i64(usage, STR("total_tokens"), -1);
    return (struct wire_usage){json_get_i64(usage, STR("prompt_tokens"), all), 0};
}

static enum err read_root(struct arena *arena, struct str body, struct json_value **ret_root, struct error *error)
{
    struct error why = {0};
    enum err rc = json_read(arena, body, ret_root, &why);
    if (rc == ERR_NO_MEMORY)
        return fail(error, rc, "the answer is too large");
    return rc == OK ? OK : fail(error, ERR_REMOTE, "the answer is no JSON");
}

/* ── embeddings ────────────────────────────────────────────────────────────────────────────────────────────────── */

void wire_embed_request(struct buf *out, struct str model, const struct str *texts, size_t n)
{
    buf_add_char(out, '{');
    json_add_member(out, "model", model);
    add_texts(out, "input", texts, n);
    json_add_member(out, "encoding_format", STR("float"));
    buf_add_char(out, '}');
}

static enum err read_vector(const struct json_value *embedding, size_t dimension, float *values, struct error *error)
{
    if (embedding->kind != JSON_ARRAY_ || embedding->n != dimension)
        return fail(error, ERR_REMOTE, "the vectors are of different sizes");
    for (const struct json_value *number = embedding->child; number != NULL; number = number->next) {
        float value = (float)json_to_double(number);
        if (number->kind != JSON_NUMBER_ || !isfinite(value))
            return fail(error, ERR_REMOTE, "a vector holds what is no number");
        *values++ = value;
    }
    return OK;
}

enum err wire_vectors(struct arena *arena, struct str body, size_t n, struct wire_vectors *ret_vectors,
                      struct error *error)
{
    struct json_value *root = NULL;
    enum err rc = read_root(arena, body, &root, error);
    if (rc != OK)
        return rc;
    const struct json_value *data = json_get(root, STR("data"));
    if (data == NULL || data->kind != JSON_ARRAY_ || data->n != n || n == 0)
        return fail(error, ERR_REMOTE, "the answer has not as many vectors as texts were sent");
    const struct json_value *first = json_get(data->child, STR("embedding"));
    size_t dimension = first != NULL ? first->n : 0;
    float *values = arena_alloc_array(arena, n * dimension, sizeof *values);
    bool *seen = arena_alloc_array(arena, n, sizeof *seen);
    if (dimension == 0)
        return fail(error, ERR_REMOTE, "a vector is empty");
    if (values == NULL || seen == NULL)
        return fail(error, ERR_NO_MEMORY, "the vectors are too large");
    int64_t place = 0;
    for (const struct json_value *item = data->child; item != NULL; item = item->next, place++) {
        int64_t index = json_get_i64(item, STR("index"), place);
        const struct json_value *embedding = json_get(item, STR("embedding"));
        if (index < 0 || (size_t)index >= n || seen[index] || embedding == NULL)
            return fail(error, ERR_REMOTE, "the vectors are not numbered as the texts are");
        seen[index] = true;
        if ((rc = read_vector(embedding, dimension, values + (size_t)index * dimension, error)) != OK)
            return rc;
    }
    *ret_vectors = (struct wire_vectors){values, dimension, usage_in(root)};
    return OK;
}

/* ── rerank ────────────────────────────────────────────────────────────────────────────────────────────────────── */

void wire_rerank_request(struct buf *out, struct str model, const struct model_rerank *request)
{
    buf_add_char(out, '{');
    json_add_member(out, "model", model);
    json_add_member(out, "query", request->query);
    add_texts(out, "documents", request->texts, request->n_texts);
    json_add_member_i64(out, "top_n", (int64_t)request->n_texts);
    json_add_member_bool(out, "return_documents", false);
    buf_add_char(out, '}');
}

enum err wire_scores(struct arena *arena, struct str body, size_t n, struct wire_scores *ret_scores,
                     struct error *error)
{
    struct json_value *root = NULL;
    enum err rc = read_root(arena, body, &root, error);
    if (rc != OK)
        return rc;
    const struct json_value *results = root->kind == JSON_ARRAY_ ? root : json_get(root, STR("results"));
    if (results == NULL || results->kind != JSON_ARRAY_ || results->n != n)
        return fail(error, ERR_REMOTE, "the answer has not as many scores as texts were sent");
    double *values = arena_alloc_array(arena, n, sizeof *values);
    bool *seen = arena_alloc_array(arena, n, sizeof *seen);
    if (values == NULL || seen == NULL)
        return fail(error, ERR_NO_MEMORY, "too many scores");
    for (const struct json_value *item = results->child; item != NULL; item = item->next) {
        int64_t index = json_get_i64(item, STR("index"), -1);
        const struct json_value *score = json_get(item, STR("relevance_score"));
        if (score == NULL)
            score = json_get(item, STR("score"));
        if (index < 0 || (size_t)index >= n || seen[index] || score == NULL || score->kind != JSON_NUMBER_ ||
            !isfinite(json_to_double(score)))
            return fail(error, ERR_REMOTE, "a score is missing or no number");
        seen[index] = true;
        values[index] = json_to_double(score);
    }
    *ret_scores = (struct wire_scores){values, usage_in(root)};
    return OK;
}
