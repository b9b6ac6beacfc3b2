#include "bot/cli/document_batch.h"

#include <stdlib.h>

#include "bot/base/buf.h"
#include "bot/base/json.h"

#include "bot/base/banned.h"

void document_listener_tell(struct document_listener listener)
{
    if (listener.changed != NULL)
        listener.changed(listener.arg);
}

struct document_batch *document_batch_new(void)
{
    struct document_batch *batch = calloc(1, sizeof *batch);
    if (batch != NULL)
        arena_init(&batch->arena, DOCUMENT_BATCH_BYTES);
    return batch;
}

void document_batch_free(struct document_batch *batch)
{
    if (batch != NULL)
        arena_release(&batch->arena);
    free(batch);
}

void document_batch_empty(struct document_batch *batch)
{
    arena_release(&batch->arena); /* after a large document the memory is worth giving back */
    batch->n_puts = batch->n_removes = batch->n_chunks = 0;
}

bool document_batch_is_full(const struct document_batch *batch)
{
    return batch->n_puts == DOCUMENT_BATCH_MOST || batch->n_removes == DOCUMENT_BATCH_MOST ||
           batch->n_chunks >= DOCUMENT_BATCH_CHUNKS;
}

enum err document_batch_put(struct document_batch *batch, const struct made_document *made, struct error *error)
{
    if (document_copy(&batch->arena, made, &batch->puts[batch->n_puts], error) != OK)
        return error->code;
    batch->n_puts++;
    batch->n_chunks += made->chunks.n;
    return OK;
}

enum err document_batch_remove(struct document_batch *batch, struct document_key key, struct error *error)
{
    struct document_key copy = {arena_copy(&batch->arena, key.collection), arena_copy(&batch->arena, key.key)};
    if (copy.collection.p == NULL || copy.key.p == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    batch->removes[batch->n_removes++] = copy;
    return OK;
}

enum err document_batch_apply(struct db *db, const struct document_batch *batch, int64_t now_ms,
                              struct document_counts *ret_counts, struct error *error)
{
    struct document_counts counts = {0};
    for (size_t i = 0; i < batch->n_puts; i++) {
        const struct made_document *made = &batch->puts[i];
        enum document_change change = DOCUMENT_SAME;
        if (document_put(db, &made->document, made->chunks, now_ms, &change, error) != OK)
            return during(error, "keeping %.*s", STR_ARG(made->document.key));
        counts.added += change == DOCUMENT_ADDED;
        counts.replaced += change == DOCUMENT_REPLACED;
        counts.same += change == DOCUMENT_SAME;
        counts.chunks += change == DOCUMENT_SAME ? 0 : (int64_t)made->chunks.n;
    }
    for (size_t i = 0; i < batch->n_removes; i++) {
        enum err rc = document_remove(db, batch->removes[i].collection, batch->removes[i].key, error);
        if (rc != OK && rc != ERR_NOT_FOUND)
            return during(error, "removing %.*s", STR_ARG(batch->removes[i].key));
        counts.removed += rc == OK;
    }
    *ret_counts = counts;
    return OK;
}

/* ── JSON ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_document(struct buf *out, const struct made_document *made)
{
    const struct document *document = &made->document;
    json_add_comma(out);
    buf_add_char(out, '{');
    json_add_member(out, "collection", document->collection);
    json_add_member(out, "key", document->key);
    json_add_member(out, "title", document->title);
    json_add_member(out, "source", document->source);
    json_add_member(out, "category", document->category);
    json_add_member(out, "url", document->url);
    json_add_member(out, "date", document->date);
    json_add_member(out, "hash", document->hash);
    json_add_member_i64(out, "pages", document->pages);
    json_add_key(out, "access");
    buf_add_char(out, '[');
    for (size_t i = 0; i < document->access.n; i++) {
        json_add_comma(out);
        json_add_str(out, document->access.items[i]);
    }
    buf_add_char(out, ']');
    json_add_key(out, "chunks");
    buf_add_char(out, '[');
    for (size_t i = 0; i < made->chunks.n; i++) {
        const struct chunk *chunk = &made->chunks.items[i];
        json_add_comma(out);
        buf_addf(out, "[%lld,", (long long)chunk->page);
        json_add_str(out, chunk->heading);
        buf_add_char(out, ',');
        json_add_str(out, chunk->body);
        buf_add_char(out, ']');
    }
    buf_add(out, STR("]}"));
}

void document_batch_to_json(const struct document_batch *batch, struct buf *out)
{
    buf_add(out, STR("{\"put\":["));
    for (size_t i = 0; i < batch->n_puts; i++)
        add_document(out, &batch->puts[i]);
    buf_add(out, STR("],\"remove\":["));
    for (size_t i = 0; i < batch->n_removes; i++) {
        json_add_comma(out);
        buf_add_char(out, '[');
        json_add_str(out, batch->removes[i].collection);
        buf_add_char(out, ',');
        json_add_str(out, batch->removes[i].key);
        buf_add_char(out, ']');
    }
    buf_add(out, STR("]}"));
}

static enum err wrong(struct error *error)
{
    return fail(error, ERR_INVALID, "these are no documents");
}

static bool is_array(const struct json_value *value)
{
    return value != NULL && value->kind == JSON_ARRAY_;
}

static bool read_chunk(const struct json_value *value, struct chunk *ret_chunk)
{
    const struct json_value *page = is_array(value) && value->n == 3 ? value->child : NULL;
    if (page == NULL || page->next->kind != JSON_STRING_ || page->next->next->kind != JSON_STRING_)
        return false;
    ret_chunk->heading = page->next->text;
    ret_chunk->body = page->next->next->text;
    return str_to_i64(page->text, &ret_chunk->page);
}

static enum err read_document(struct document_batch *batch, const struct json_value *value, struct error *error)
{
    const struct json_value *chunks = json_get(value, STR("chunks")), *access = json_get(value, STR("access"));
    if (!is_array(chunks) || !is_array(access))
        return wrong(error);
    struct str *channels = arena_alloc_array(&batch->arena, access->n, sizeof *channels);
    struct made_document made = {.chunks.items = arena_alloc_array(&batch->arena, chunks->n, sizeof(struct chunk))};
    if (channels == NULL || made.chunks.items == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    made.document = (struct document){.collection = json_get_str(value, STR("collection"), STR("")),
                                      .key = json_get_str(value, STR("key"), STR("")),
                                      .title = json_get_str(value, STR("title"), STR("")),
                                      .source = json_get_str(value, STR("source"), STR("")),
                                      .category = json_get_str(value, STR("category"), STR("")),
                                      .url = json_get_str(value, STR("url"), STR("")),
                                      .date = json_get_str(value, STR("date"), STR("")),
                                      .hash = json_get_str(value, STR("hash"), STR("")),
                                      .pages = json_get_i64(value, STR("pages"), 0),
                                      .access = {channels, access->n}};
    for (const struct json_value *one = access->child; one != NULL; one = one->next)
        *channels++ = one->text;
    for (const struct json_value *one = chunks->child; one != NULL; one = one->next)
        if (!read_chunk(one, &made.chunks.items[made.chunks.n++]))
            return wrong(error);
    if (made.document.collection.n == 0 || made.document.key.n == 0)
        return wrong(error);
    batch->puts[batch->n_puts++] = made;
    batch->n_chunks += made.chunks.n;
    return OK;
}

enum err document_batch_from_json(struct document_batch *batch, struct str json, struct error *error)
{
    struct json_value *root = NULL;
    if (json_read(&batch->arena, json, &root, error) != OK)
        return error->code;
    const struct json_value *puts = json_get(root, STR("put")), *removes = json_get(root, STR("remove"));
    if (!is_array(puts) || !is_array(removes) || puts->n > DOCUMENT_BATCH_MOST || removes->n > DOCUMENT_BATCH_MOST)
        return wrong(error);
    for (const struct json_value *one = puts->child; one != NULL; one = one->next)
        if (read_document(batch, one, error) != OK)
            return error->code;
    for (const struct json_value *one = removes->child; one != NULL; one = one->next) {
        if (!is_array(one) || one->n != 2)
            return wrong(error);
        batch->removes[batch->n_removes++] = (struct document_key){one->child->text, one->child->next->text};
    }
    return OK;
}
