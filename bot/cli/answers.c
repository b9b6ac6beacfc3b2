#include "bot/cli/answers.h"

#include "bot/base/arena.h"
#include "bot/base/settings.h"
#include "flows/answer/flow.h"
#include "flows/answer/workspace.h"
#include "flows/example_files.h"
#include "store/documents.h"
#include "store/import/import.h"
#include "store/index/chunk.h"
#include "store/index/search.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { PATH_BYTES = 64 * 1024, MOST_FILES = 64 };

/* ── the flow ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The lists and examples that are embedded. */
static MUST_USE enum err read_examples(struct workspace **ret_workspace, struct error *error)
{
    struct workspace_file files[MOST_FILES];
    size_t n = 0;
    for (const struct example_files_entry *entry = example_files; entry->name != NULL && n < MOST_FILES; entry++)
        if (str_starts(str_of(entry->name), STR("answers/")))
            files[n++] = (struct workspace_file){str_of(entry->name), {entry->bytes, entry->n}};
    return workspace_read(files, n, ret_workspace, error);
}

static MUST_USE enum err read_workspace(const struct settings *settings, bool demo, struct workspace **ret_workspace,
                                        struct error *error)
{
    if (demo)
        return read_examples(ret_workspace, error);
    if (!settings->has_answers)
        return workspace_read(NULL, 0, ret_workspace, error);
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, PATH_BYTES);
    struct str folder = arena_copy(&arena, settings->answers.folder);
    if (folder.p == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    return workspace_read_folder(folder.p, ret_workspace, error);
}

enum err answers_flow(const struct settings *settings, bool demo, struct flow **ret_flow, struct error *error)
{
    struct workspace *workspace = NULL;
    enum err rc = read_workspace(settings, demo, &workspace, error);
    if (rc != OK)
        return rc;
    struct answer_flow_settings flow = {
        .workspace = workspace, .collection = settings->answers.collection, .hand_over = settings->answers.hand_over};
    return answer_flow_new(&flow, ret_flow, error);
}

/* ── the index ─────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err answers_search(const struct settings *settings, struct search **ret_search, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, PATH_BYTES);
    struct search_settings search = {.data_dir = settings->data_dir};
    if (settings->has_answers) {
        search.synonyms = arena_format(&arena, "%.*s/synonyms.tsv", STR_ARG(settings->answers.folder));
        if (search.synonyms.p == NULL)
            return fail(error, ERR_NO_MEMORY, "out of memory");
    }
    return search_open(&search, ret_search, error);
}

enum err answers_open(const struct settings *settings, struct answers *ret_answers, struct error *error)
{
    struct answers answers = {0};
    bool made = false;
    enum err rc = store_reader_open_dir(settings->data_dir, &answers.db, error);
    if (rc == ERR_NOT_FOUND)
        return OK;
    if (rc == OK)
        rc = answers_search(settings, &answers.search, error);
    if (rc == OK)
        rc = search_refresh(answers.search, answers.db, &made, error);
    if (rc == OK)
        *ret_answers = answers;
    else
        answers_close(&answers);
    return rc;
}

enum err answers_need(const struct settings *settings, struct answers *ret_answers, struct error *error)
{
    struct answers answers = {0};
    if (answers_open(settings, &answers, error) != OK)
        return during(error, "opening the documents");
    if (answers.search == NULL)
        return fail(error, ERR_NOT_FOUND, "there are no documents in %.*s yet; `gilbot ingest` takes them in",
                    STR_ARG(settings->data_dir));
    *ret_answers = answers;
    return OK;
}

void answers_close(struct answers *answers)
{
    search_close(answers->search);
    store_reader_close(answers->db);
}

/* ── the demonstration's documents ─────────────────────────────────────────────────────────────────────────────── */

/* A document of the demonstration, ready to be kept. */
struct demo_document {
    struct arena arena;
    struct document document;
    struct chunks chunks;
    int64_t now_ms;
};

/* Our own Markdown, so it is read here and not in a fenced process. */
static MUST_USE enum err read_demo(const struct example_files_entry *entry, struct demo_document *ret,
                                   struct error *error)
{
    struct str bytes = {entry->bytes, entry->n};
    struct import_file file = {.name = str_of(entry->name), .bytes = bytes};
    struct imported imported = {0};
    enum err rc = import_read(&ret->arena, &file, &imported, error);
    if (rc != OK)
        return during(error, "reading %s", entry->name);
    ret->document =
        (struct document){.collection = documents_collection(),
                          .key = str_skip(file.name, STR("documents/").n),
                          .title = imported.title,
                          .source = str_skip(file.name, STR("documents/").n),
                          .category = STR("demo"),
                          .hash = arena_format(&ret->arena, "%016llx", (unsigned long long)str_hash(bytes))};
    if (ret->document.hash.p == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    return chunk_cut(&ret->arena, imported.blocks, (struct chunk_settings){.title = imported.title}, &ret->chunks,
                     error);
}

static enum err put_demo(struct db *db, void *arg, struct error *error)
{
    const struct demo_document *demo = arg;
    enum document_change change = DOCUMENT_SAME;
    return document_put(db, &demo->document, demo->chunks, demo->now_ms, &change, error);
}

static MUST_USE enum err keep_demo(const struct example_files_entry *entry, struct store *store, struct clock clock,
                                   struct error *error)
{
    struct demo_document demo = {.now_ms = clock_now_ms(clock)};
    arena_init(&demo.arena, IMPORT_ARENA_BYTES);
    enum err rc = read_demo(entry, &demo, error);
    if (rc == OK)
        rc = store_write_wait(store, put_demo, &demo, error);
    arena_release(&demo.arena);
    return rc;
}

enum err answers_keep_demo(struct store *store, struct clock clock, struct error *error)
{
    enum err rc = OK;
    for (const struct example_files_entry *entry = example_files; entry->name != NULL && rc == OK; entry++)
        if (str_starts(str_of(entry->name), STR("documents/")))
            rc = keep_demo(entry, store, clock, error);
    return rc;
}
