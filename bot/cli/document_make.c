#include "bot/cli/document_make.h"

#include <string.h>
#include <sys/stat.h>

#include "bot/base/arena.h"
#include "bot/base/json.h"
#include "bot/base/secret.h"
#include "bot/base/text.h"
#include "store/import/fence.h"
#include "store/import/import.h"

#include "bot/base/banned.h"

static enum err no_memory(struct error *error)
{
    return fail(error, ERR_NO_MEMORY, "out of memory");
}

/* ── hashes ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Parted by bytes that stand in no text, so that no two different things give the same. */
static enum err add_rules(struct arena *arena, const struct document_rules *rules, struct str content,
                          struct str *ret_hash, struct error *error)
{
    static const struct str mark = STR_INIT("\x1F");
    struct str cut = arena_format(arena, "%d %zu %zu", IMPORT_VERSION, rules->chunk.size, rules->chunk.overlap);
    size_t n = 2 * (4 + rules->access.n), k = 0;
    struct str *pieces = arena_alloc_array(arena, n, sizeof *pieces);
    if (pieces == NULL || cut.p == NULL)
        return no_memory(error);
    const struct str said[] = {content, cut, rules->source, rules->category};
    for (size_t i = 0; i < COUNT_OF(said); i++) {
        pieces[k++] = said[i];
        pieces[k++] = mark;
    }
    for (size_t i = 0; i < rules->access.n; i++) {
        pieces[k++] = rules->access.items[i];
        pieces[k++] = mark;
    }
    unsigned char hash[SECRET_HMAC_BYTES];
    secret_sha256_joined(pieces, n, hash);
    *ret_hash = secret_hex(arena, (struct str){(const char *)hash, sizeof hash});
    return ret_hash->p == NULL ? no_memory(error) : OK;
}

enum err document_file_hash(struct arena *arena, const struct document_rules *rules, int fd, struct str *ret_hash,
                            struct error *error)
{
    struct stat about;
    unsigned char hash[SECRET_HMAC_BYTES] = {0};
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
        return fail(error, ERR_INVALID, "it is no file");
    /* what is too large will be refused: no need to look at all of it */
    if (about.st_size <= IMPORT_MAX_FILE_BYTES && secret_sha256_file(fd, hash) != OK)
        return fail(error, ERR_INVALID, "it cannot be read");
    return add_rules(arena, rules, (struct str){(const char *)hash, sizeof hash}, ret_hash, error);
}

/* ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* "hr/휴가 규정.pdf" → "휴가 규정" */
static struct str title_of_name(struct str name)
{
    size_t slash = name.n;
    while (slash > 0 && name.p[slash - 1] != '/')
        slash--;
    struct str base = str_skip(name, slash);
    size_t dot = base.n;
    while (dot > 0 && base.p[dot - 1] != '.')
        dot--;
    return dot > 1 ? str_first(base, dot - 1) : base;
}

static struct str either(struct str first, struct str second)
{
    return first.n > 0 ? first : second;
}

enum err document_make_file(struct arena *arena, const struct document_rules *rules, const struct document_file *file,
                            struct made_document *ret_made, struct error *error)
{
    struct imported imported = {0};
    struct fence_file fenced = {.fd = file->fd, .name = file->name};
    if (fence_read(arena, &fenced, &imported, error) != OK)
        return error->code;
    struct made_document made = {.document = {.collection = rules->collection,
                                              .key = file->key,
                                              .title = either(imported.title, title_of_name(file->name)),
                                              .source = either(rules->source, either(imported.source, file->key)),
                                              .category = either(rules->category, imported.category),
                                              .url = imported.url,
                                              .date = imported.date,
                                              .access = rules->access,
                                              .hash = file->hash,
                                              .pages = imported.n_pages}};
    struct chunk_settings settings = rules->chunk;
    settings.title = made.document.title;
    if (!text_is_utf8(made.document.title) || !text_is_utf8(file->key))
        return fail(error, ERR_INVALID, "its name is not UTF-8; rename it");
    if (chunk_cut(arena, imported.blocks, settings, &made.chunks, error) != OK)
        return error->code;
    *ret_made = made;
    return OK;
}

/* ── records ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* An id may be a number. */
static struct str id_of(const struct json_value *record)
{
    const struct json_value *id = json_get(record, STR("id"));
    return id != NULL && (id->kind == JSON_STRING_ || id->kind == JSON_NUMBER_) ? id->text : STR("");
}

enum err document_record_read(struct arena *arena, const struct document_rules *rules, struct str line,
                              struct document_record *ret_record, struct error *error)
{
    struct json_value *root = NULL;
    if (json_read(arena, line, &root, error) != OK)
        return error->code;
    if (root->kind != JSON_OBJECT_)
        return fail(error, ERR_INVALID, "this is no JSON object");
    struct document_record record = {
        .id = id_of(root),
        .text = json_get_str(root, STR("text"), STR("")),
        .title = json_get_str(root, STR("title"), STR("")),
        .source = either(rules->source, json_get_str(root, STR("source"), STR(""))),
        .category = either(rules->category, json_get_str(root, STR("category"), STR(""))),
        .url = json_get_str(root, STR("url"), STR("")),
        .date = json_get_str(root, STR("date"), STR("")),
    };
    if (record.id.n == 0)
        return fail(error, ERR_INVALID, "\"id\" is missing");
    if (str_trim(record.text).n == 0)
        return fail(error, ERR_INVALID, "\"text\" is missing or empty");
    if (add_rules(arena, rules, line, &record.hash, error) != OK)
        return error->code;
    *ret_record = record;
    return OK;
}

enum err document_make_record(struct arena *arena, const struct document_rules *rules,
                              const struct document_record *record, struct made_document *ret_made, struct error *error)
{
    struct imported imported = {0};
    if (import_text(arena, record->text, &imported, error) != OK)
        return error->code;
    struct made_document made = {.document = {.collection = rules->collection,
                                              .key = record->id,
                                              .title = record->title,
                                              .source = record->source,
                                              .category = record->category,
                                              .url = record->url,
                                              .date = record->date,
                                              .access = rules->access,
                                              .hash = record->hash}};
    struct chunk_settings settings = rules->chunk;
    settings.title = record->title;
    if (chunk_cut(arena, imported.blocks, settings, &made.chunks, error) != OK)
        return error->code;
    *ret_made = made;
    return OK;
}

/* ── copies ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool copy_text(struct arena *arena, struct str *text)
{
    struct str copy = arena_copy(arena, *text);
    bool done = text->n == 0 || copy.p != NULL;
    *text = copy;
    return done;
}

enum err document_copy(struct arena *arena, const struct made_document *made, struct made_document *ret_copy,
                       struct error *error)
{
    struct made_document copy = *made;
    struct document *to = &copy.document;
    struct str *const texts[] = {&to->collection, &to->key, &to->title, &to->source,
                                 &to->category,   &to->url, &to->date,  &to->hash};
    struct str *access = arena_alloc_array(arena, made->document.access.n, sizeof *access);
    copy.chunks.items = arena_alloc_array(arena, made->chunks.n, sizeof *copy.chunks.items);
    bool done = access != NULL && copy.chunks.items != NULL;
    for (size_t i = 0; done && i < COUNT_OF(texts); i++)
        done = copy_text(arena, texts[i]);
    for (size_t i = 0; done && i < made->document.access.n; i++) {
        access[i] = made->document.access.items[i];
        done = copy_text(arena, &access[i]);
    }
    for (size_t i = 0; done && i < made->chunks.n; i++) {
        struct chunk *chunk = &copy.chunks.items[i];
        *chunk = made->chunks.items[i];
        done = copy_text(arena, &chunk->body);
        if (i > 0 && chunk->heading.p == made->chunks.items[i - 1].heading.p &&
            chunk->heading.n == made->chunks.items[i - 1].heading.n)
            chunk->heading = chunk[-1].heading;
        else
            done = copy_text(arena, &chunk->heading) && done;
    }
    if (!done)
        return no_memory(error);
    to->access.items = access;
    *ret_copy = copy;
    return OK;
}
