#include "store/documents.h"

#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/log.h"
#include "bot/base/terms.h"
#include "bot/base/text.h"
#include "store/db.h"
#include "store/query.h"

#include "bot/base/banned.h"

enum {
    SCRATCH_BYTES = 256 * 1024 * 1024, /* a document's chunks as they were; a ceiling, not a reserve */
    AGAIN_CHUNKS = 256,                /* read at a time when all terms are made anew                */
};

struct str documents_collection(void)
{
    return STR("default");
}

/* ── what is kept of it ────────────────────────────────────────────────────────────────────────────────────────── */

static int compare_strs(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* One a line, sorted: the same channels are the same text. */
static enum err access_text(struct arena *arena, struct strs access, struct str *ret_text)
{
    struct str *sorted = arena_alloc_array(arena, access.n, sizeof *sorted);
    struct str *parts = arena_alloc_array(arena, 2 * access.n, sizeof *parts);
    if (sorted == NULL || parts == NULL)
        return ERR_NO_MEMORY;
    if (access.n > 0)
        memcpy(sorted, access.items, access.n * sizeof *sorted);
    qsort(sorted, access.n, sizeof *sorted, compare_strs);
    for (size_t i = 0; i < access.n; i++) {
        parts[2 * i] = sorted[i];
        parts[2 * i + 1] = STR("\n");
    }
    *ret_text = arena_join(arena, parts, access.n == 0 ? 0 : 2 * access.n - 1);
    return access.n > 0 && ret_text->p == NULL ? ERR_NO_MEMORY : OK;
}

static enum err access_list(struct arena *arena, struct str text, struct strs *ret_access)
{
    size_t most = 1, n = 0;
    for (size_t i = 0; i < text.n; i++)
        most += text.p[i] == '\n';
    struct str *items = arena_alloc_array(arena, most, sizeof *items);
    if (items == NULL)
        return ERR_NO_MEMORY;
    for (struct str piece; text.n > 0 && str_split(&text, '\n', &piece);)
        items[n++] = piece;
    *ret_access = (struct strs){items, n};
    return OK;
}

static enum err check(const struct document *document, struct chunks chunks, struct error *error)
{
    const struct str texts[] = {document->collection, document->key, document->title, document->source,
                                document->category,   document->url, document->date,  document->hash};
    if (document->key.n == 0)
        return fail(error, ERR_INVALID, "a document needs a key");
    bool fine = true;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        fine = fine && text_is_utf8(texts[i]);
    for (size_t i = 0; i < document->access.n; i++)
        fine = fine && text_is_utf8(document->access.items[i]) && document->access.items[i].n > 0;
    for (size_t i = 0; i < chunks.n; i++)
        fine = fine && text_is_utf8(chunks.items[i].heading) && text_is_utf8(chunks.items[i].body);
    return fine ? OK : fail(error, ERR_INVALID, "a text of the document is not UTF-8");
}

/* ── terms ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct indexed {
    int64_t id;
    struct str title, heading, body;
};

/* Adds a chunk's terms, or takes exactly these away again. */
static enum err index_chunk(struct db *db, enum sql_id statement, const struct indexed *chunk, struct error *error)
{
    CLEANUP(arena_release) struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES);
    struct str parts[] = {chunk->title, STR("\n"), chunk->heading};
    struct str heading = arena_join(&scratch, parts, COUNT_OF(parts));
    if (heading.p == NULL)
        return fail(error, ERR_NO_MEMORY, "the headings of a chunk are too long");
    CLEANUP(query_end) struct query q = query_begin(db, statement);
    bind_i64(&q, ":id", chunk->id);
    bind_str(&q, ":heading", heading);
    bind_str(&q, ":body", chunk->body);
    return query_run(&q, error);
}

static enum err rise(struct db *db, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INDEX_GENERATION_RISE);
    return query_run(&q, error);
}

/* ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct known {
    int64_t id; /* 0: there is no such document */
    struct str hash, title;
};

static enum err find(struct db *db, struct str collection, struct str key, struct arena *arena, struct known *ret_known,
                     struct error *error)
{
    struct known known = {0};
    CLEANUP(query_end) struct query q = query_begin(db, SQL_DOCUMENT_FIND);
    bind_str(&q, ":collection", collection);
    bind_str(&q, ":key", key);
    if (query_next(&q))
        known = (struct known){column_i64(&q, 0), column_str(&q, 1, arena), column_str(&q, 2, arena)};
    enum err rc = query_done(&q, error);
    if (rc == OK)
        *ret_known = known;
    return rc;
}

static enum err remove_chunks(struct db *db, const struct known *known, struct error *error)
{
    enum err rc = OK;
    {
        CLEANUP(query_end) struct query q = query_begin(db, SQL_CHUNKS_OF);
        bind_i64(&q, ":document_id", known->id);
        while (rc == OK && query_next(&q))
            rc = index_chunk(db, SQL_CHUNK_TEXT_REMOVE,
                             &(struct indexed){column_i64(&q, 0), known->title, column_peek(&q, 1), column_peek(&q, 2)},
                             error);
        if (rc == OK)
            rc = query_done(&q, error);
    }
    if (rc != OK)
        return rc;
    CLEANUP(query_end) struct query q = query_begin(db, SQL_CHUNKS_DELETE);
    bind_i64(&q, ":document_id", known->id);
    return query_run(&q, error);
}

static enum err insert_chunk(struct db *db, const struct chunk *chunk, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_CHUNK_INSERT);
    bind_i64(&q, ":document_id", chunk->document_id);
    bind_i64(&q, ":ordinal", chunk->ordinal);
    bind_i64(&q, ":page", chunk->page);
    bind_str(&q, ":heading", chunk->heading);
    bind_str(&q, ":body", chunk->body);
    return query_run(&q, error);
}

static enum err add_chunks(struct db *db, int64_t id, const struct document *document, struct chunks chunks,
                           struct error *error)
{
    for (size_t i = 0; i < chunks.n; i++) {
        struct chunk chunk = chunks.items[i];
        chunk.document_id = id;
        chunk.ordinal = (int64_t)i;
        enum err rc = insert_chunk(db, &chunk, error);
        if (rc == OK)
            rc = index_chunk(db, SQL_CHUNK_TEXT_INSERT,
                             &(struct indexed){db_last_id(db), document->title, chunk.heading, chunk.body}, error);
        if (rc != OK)
            return rc;
    }
    return OK;
}

static void bind_document(struct query *q, const struct document *document, struct str access)
{
    bind_str(q, ":title", document->title);
    bind_str(q, ":source", document->source);
    bind_str(q, ":category", document->category);
    bind_str(q, ":url", document->url);
    bind_str(q, ":date", document->date);
    bind_str(q, ":access", access);
    bind_str(q, ":hash", document->hash);
    bind_i64(q, ":pages", document->pages);
    bind_i64(q, ":chunks", document->n_chunks);
}

static enum err insert(struct db *db, const struct document *document, struct str access, int64_t now_ms,
                       struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_DOCUMENT_INSERT);
    bind_str(&q, ":collection", document->collection);
    bind_str(&q, ":key", document->key);
    bind_document(&q, document, access);
    bind_i64(&q, ":now_ms", now_ms);
    return query_run(&q, error);
}

static enum err update(struct db *db, const struct document *document, struct str access, int64_t now_ms,
                       struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_DOCUMENT_UPDATE);
    bind_document(&q, document, access);
    bind_i64(&q, ":now_ms", now_ms);
    bind_i64(&q, ":id", document->id);
    return query_run(&q, error);
}

static enum err put(struct db *db, struct document *document, struct chunks chunks, int64_t now_ms,
                    const struct known *known, struct error *error)
{
    CLEANUP(arena_release) struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES);
    struct str access;
    if (access_text(&scratch, document->access, &access) != OK)
        return fail(error, ERR_NO_MEMORY, "too many channels may see it");
    document->n_chunks = (int64_t)chunks.n;
    document->id = known->id;
    enum err rc = known->id == 0 ? OK : remove_chunks(db, known, error);
    if (rc == OK)
        rc = known->id == 0 ? insert(db, document, access, now_ms, error) : update(db, document, access, now_ms, error);
    if (rc == OK && known->id == 0)
        document->id = db_last_id(db);
    if (rc == OK)
        rc = add_chunks(db, document->id, document, chunks, error);
    return rc != OK ? rc : rise(db, error);
}

enum err document_put(struct db *db, const struct document *document, struct chunks chunks, int64_t now_ms,
                      enum document_change *ret_change, struct error *error)
{
    CLEANUP(arena_release) struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES);
    struct known known = {0};
    enum err rc = check(document, chunks, error);
    if (rc == OK)
        rc = find(db, document->collection, document->key, &scratch, &known, error);
    bool same = rc == OK && known.id != 0 && str_eq(known.hash, document->hash);
    struct document kept = *document;
    if (rc == OK && !same)
        rc = put(db, &kept, chunks, now_ms, &known, error);
    if (rc != OK)
        return during(error, "keeping document %.*s", STR_ARG(str_first(document->key, 80)));
    *ret_change = same ? DOCUMENT_SAME : known.id == 0 ? DOCUMENT_ADDED : DOCUMENT_REPLACED;
    return OK;
}

enum err document_remove(struct db *db, struct str collection, struct str key, struct error *error)
{
    CLEANUP(arena_release) struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES);
    struct known known = {0};
    enum err rc = find(db, collection, key, &scratch, &known, error);
    if (rc == OK && known.id == 0)
        return fail(error, ERR_NOT_FOUND, "there is no document %.*s", STR_ARG(str_first(key, 80)));
    if (rc == OK)
        rc = remove_chunks(db, &known, error);
    if (rc == OK) {
        CLEANUP(query_end) struct query q = query_begin(db, SQL_DOCUMENT_DELETE);
        bind_i64(&q, ":id", known.id);
        rc = query_run(&q, error);
    }
    if (rc == OK)
        rc = rise(db, error);
    return rc == OK ? OK : during(error, "removing document %.*s", STR_ARG(str_first(key, 80)));
}

/* ── another version of the terms ──────────────────────────────────────────────────────────────────────────────── */

static enum err info(struct db *db, struct str key, int64_t *ret_value, struct error *error)
{
    int64_t value = 0;
    CLEANUP(query_end) struct query q = query_begin(db, SQL_INDEX_INFO);
    bind_str(&q, ":key", key);
    if (query_next(&q))
        value = column_i64(&q, 0);
    enum err rc = query_done(&q, error);
    if (rc == OK)
        *ret_value = value;
    return rc;
}

/* Some chunks after `*after`, which becomes the last one's id, or 0 when these were the last. */
static enum err index_some(struct db *db, int64_t *after, struct error *error)
{
    enum err rc = OK;
    int64_t last = 0;
    CLEANUP(query_end) struct query q = query_begin(db, SQL_CHUNKS_TO_INDEX);
    bind_i64(&q, ":after", *after);
    bind_i64(&q, ":limit", AGAIN_CHUNKS);
    while (rc == OK && query_next(&q)) {
        last = column_i64(&q, 0);
        rc = index_chunk(db, SQL_CHUNK_TEXT_INSERT,
                         &(struct indexed){last, column_peek(&q, 1), column_peek(&q, 2), column_peek(&q, 3)}, error);
    }
    if (rc == OK)
        rc = query_done(&q, error);
    *after = last;
    return rc;
}

static enum err index_all(struct db *db, struct error *error)
{
    enum err rc = OK;
    {
        CLEANUP(query_end) struct query q = query_begin(db, SQL_CHUNK_TEXT_EMPTY);
        rc = query_run(&q, error);
    }
    int64_t after = 0;
    do
        rc = rc != OK ? rc : index_some(db, &after, error);
    while (rc == OK && after > 0);
    if (rc == OK) {
        CLEANUP(query_end) struct query q = query_begin(db, SQL_INDEX_INFO_SET);
        bind_i64(&q, ":value", TERMS_VERSION);
        bind_str(&q, ":key", STR("terms_version"));
        rc = query_run(&q, error);
    }
    return rc != OK ? rc : rise(db, error);
}

enum err documents_index_again(struct db *db, bool *ret_was_needed, struct error *error)
{
    int64_t version = 0;
    enum err rc = info(db, STR("terms_version"), &version, error);
    if (rc == OK && version != TERMS_VERSION) {
        if (version > 0)      /* 0: a new database */
            if (version != 0) /* a new database has none */
                LOG_INFO("index.terms_changed", F_I64("from", version), F_I64("to", TERMS_VERSION));
        rc = index_all(db, error);
    }
    if (rc != OK)
        return during(error, "making the terms of all documents anew");
    *ret_was_needed = version != TERMS_VERSION;
    return OK;
}

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err documents_generation(struct db *db, int64_t *ret_generation, struct error *error)
{
    return info(db, STR("generation"), ret_generation, error);
}

enum err document_hash(struct db *db, struct str collection, struct str key, struct arena *arena, struct str *ret_hash,
                       struct error *error)
{
    struct known known = {0};
    enum err rc = find(db, collection, key, arena, &known, error);
    if (rc == OK && known.id == 0)
        return fail(error, ERR_NOT_FOUND, "there is no document %.*s", STR_ARG(str_first(key, 80)));
    if (rc == OK)
        *ret_hash = known.hash;
    return rc;
}

/* The row that the query stands at; a full arena is remembered in the query. */
static struct document document_of(struct query *q, struct arena *arena)
{
    struct document document = {
        .id = column_i64(q, 0),
        .collection = column_str(q, 1, arena),
        .key = column_str(q, 2, arena),
        .title = column_str(q, 3, arena),
        .source = column_str(q, 4, arena),
        .category = column_str(q, 5, arena),
        .url = column_str(q, 6, arena),
        .date = column_str(q, 7, arena),
        .hash = column_str(q, 9, arena),
        .pages = column_i64(q, 10),
        .n_chunks = column_i64(q, 11),
        .updated_ms = column_i64(q, 12),
    };
    if (access_list(arena, column_str(q, 8, arena), &document.access) != OK)
        q->no_memory = true;
    return document;
}

enum err document_read(struct db *db, int64_t id, struct arena *arena, struct document *ret_document,
                       struct error *error)
{
    struct document document = {0};
    CLEANUP(query_end) struct query q = query_begin(db, SQL_DOCUMENT_READ);
    bind_i64(&q, ":id", id);
    bool found = query_next(&q);
    if (found)
        document = document_of(&q, arena);
    if (query_done(&q, error) != OK)
        return during(error, "reading a document");
    if (!found)
        return fail(error, ERR_NOT_FOUND, "the document was removed");
    *ret_document = document;
    return OK;
}

enum err documents_list(struct db *db, const struct documents_page *page, struct arena *arena,
                        struct documents *ret_documents, struct error *error)
{
    struct documents documents = {arena_alloc_array(arena, (size_t)page->limit, sizeof *documents.items), 0};
    if (documents.items == NULL)
        return fail(error, ERR_NO_MEMORY, "too many documents at a time");
    CLEANUP(query_end) struct query q = query_begin(db, SQL_DOCUMENTS_AFTER);
    bind_str(&q, ":collection", page->collection);
    bind_str(&q, ":after", page->after);
    bind_i64(&q, ":limit", page->limit);
    while (query_next(&q))
        documents.items[documents.n++] = document_of(&q, arena);
    if (query_done(&q, error) != OK)
        return during(error, "listing documents");
    *ret_documents = documents;
    return OK;
}

enum err document_collections(struct db *db, struct arena *arena, struct collections *ret_collections,
                              struct error *error)
{
    struct collections collections = {0};
    CLEANUP(query_end) struct query q = query_begin(db, SQL_DOCUMENT_COLLECTIONS);
    while (query_next(&q)) {
        struct collection *items = arena_alloc_array(arena, collections.n + 1, sizeof *items);
        if (items == NULL)
            return fail(error, ERR_NO_MEMORY, "too many collections");
        if (collections.n > 0)
            memcpy(items, collections.items, collections.n * sizeof *items);
        items[collections.n++] = (struct collection){column_str(&q, 0, arena), column_i64(&q, 1), column_i64(&q, 2)};
        collections.items = items;
    }
    if (query_done(&q, error) != OK)
        return during(error, "listing collections");
    *ret_collections = collections;
    return OK;
}

static struct chunk chunk_of(struct query *q, struct arena *arena)
{
    return (struct chunk){.id = column_i64(q, 0),
                          .document_id = column_i64(q, 1),
                          .ordinal = column_i64(q, 2),
                          .page = column_i64(q, 3),
                          .heading = column_str(q, 4, arena),
                          .body = column_str(q, 5, arena)};
}

enum err chunk_read(struct db *db, int64_t id, struct arena *arena, struct chunk *ret_chunk, struct error *error)
{
    struct chunk chunk = {0};
    CLEANUP(query_end) struct query q = query_begin(db, SQL_CHUNK_READ);
    bind_i64(&q, ":id", id);
    bool found = query_next(&q);
    if (found)
        chunk = chunk_of(&q, arena);
    if (query_done(&q, error) != OK)
        return during(error, "reading a chunk");
    if (!found)
        return fail(error, ERR_NOT_FOUND, "the chunk's document was replaced or removed");
    *ret_chunk = chunk;
    return OK;
}

enum err chunks_read(struct db *db, struct chunk_span span, struct arena *arena, struct chunks *ret_chunks,
                     struct error *error)
{
    int64_t most = span.last < span.first ? 0 : span.last - span.first + 1;
    struct chunks chunks = {arena_alloc_array(arena, (size_t)most, sizeof *chunks.items), 0};
    if (chunks.items == NULL)
        return fail(error, ERR_NO_MEMORY, "too many chunks at a time");
    CLEANUP(query_end) struct query q = query_begin(db, SQL_CHUNKS_BETWEEN);
    bind_i64(&q, ":document_id", span.document_id);
    bind_i64(&q, ":first", span.first);
    bind_i64(&q, ":last", span.last);
    while (query_next(&q))
        chunks.items[chunks.n++] = chunk_of(&q, arena);
    if (query_done(&q, error) != OK)
        return during(error, "reading chunks");
    *ret_chunks = chunks;
    return OK;
}
