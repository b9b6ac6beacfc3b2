#include "bot/cli/ingest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/cli/document_sink.h"
#include "bot/cli/ingest_list.h"
#include "store/import/fence.h"

#include "bot/base/banned.h"

enum {
    LIST_BYTES = 256 * 1024 * 1024,
    DOCUMENT_BYTES = FENCE_ARENA_BYTES + 96 * 1024 * 1024,
    RECORD_BYTES = 32 * 1024 * 1024,
    MAX_LINE_BYTES = 8 * 1024 * 1024,
    PRUNE_PAGE = 500,
};

/* Hashes of the keys that were met, in a table that doubles: half full at most. */
struct met {
    uint64_t *hashes; /* 0: free */
    size_t n, room;
};

struct run {
    const struct ingest_job *job;
    struct ingest_result result;
    struct met met;
    struct arena arena; /* of the document under way */
    int64_t done, total;
    struct error *error;
    enum err rc; /* what ends everything */
};

/* ── what was met ──────────────────────────────────────────────────────────────────────────────────────────────── */

static uint64_t *place_of(uint64_t *hashes, size_t room, uint64_t hash)
{
    size_t at = (size_t)hash & (room - 1);
    while (hashes[at] != 0 && hashes[at] != hash)
        at = (at + 1) & (room - 1);
    return &hashes[at];
}

static uint64_t hash_of(struct str key)
{
    uint64_t hash = str_hash(key);
    return hash == 0 ? 1 : hash;
}

static bool was_met(const struct met *met, struct str key)
{
    return met->room > 0 && *place_of(met->hashes, met->room, hash_of(key)) != 0;
}

/* False: no memory. */
static bool meet(struct met *met, struct str key)
{
    if (2 * (met->n + 1) > met->room) {
        size_t room = met->room == 0 ? 1024 : 2 * met->room;
        uint64_t *hashes = calloc(room, sizeof *hashes);
        if (hashes == NULL)
            return false;
        for (size_t i = 0; i < met->room; i++)
            if (met->hashes[i] != 0)
                *place_of(hashes, room, met->hashes[i]) = met->hashes[i];
        free(met->hashes);
        met->hashes = hashes;
        met->room = room;
    }
    *place_of(met->hashes, met->room, hash_of(key)) = hash_of(key);
    met->n++;
    return true;
}

/* ── one document ──────────────────────────────────────────────────────────────────────────────────────────────── */

static void tell_failure(struct run *run, struct str where, const char *why)
{
    run->result.n_failed++;
    run->job->failed(run->job->arg, where, why);
}

/* Notes the key; a second document of the same one is a failure. */
static bool is_new(struct run *run, struct str where, struct str key)
{
    if (was_met(&run->met, key)) {
        tell_failure(run, where, "another document of this run has the same name");
        return false;
    }
    if (!meet(&run->met, key))
        run->rc = fail(run->error, ERR_NO_MEMORY, "out of memory");
    return run->rc == OK;
}

static bool is_same(struct run *run, struct str key, struct str hash)
{
    struct str known = STR("");
    struct error ignored = {0};
    struct db *db = document_sink_reader(run->job->sink);
    bool same =
        document_hash(db, run->job->rules.collection, key, &run->arena, &known, &ignored) == OK && str_eq(known, hash);
    run->result.n_same += same;
    return same;
}

static void put(struct run *run, const struct made_document *made)
{
    run->rc = document_sink_put(run->job->sink, made, run->error);
}

static void take_file(struct run *run, const struct ingest_entry *entry)
{
    struct error why = {0};
    struct document_file file = {.name = entry->key, .key = entry->key};
    struct made_document made = {0};
    if (!is_new(run, entry->path, entry->key))
        return;
    file.fd = open(entry->path.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file.fd < 0) {
        tell_failure(run, entry->path, strerror(errno));
        return;
    }
    enum err rc = document_file_hash(&run->arena, &run->job->rules, file.fd, &file.hash, &why);
    bool same = rc == OK && is_same(run, file.key, file.hash);
    if (rc == OK && !same)
        rc = document_make_file(&run->arena, &run->job->rules, &file, &made, &why);
    close(file.fd);
    if (rc != OK)
        tell_failure(run, entry->path, why.text);
    else if (!same)
        put(run, &made);
}

static void take_line(struct run *run, struct str where, struct str line)
{
    struct error why = {0};
    struct document_record record;
    struct made_document made = {0};
    const struct document_rules *rules = &run->job->rules;
    if (document_record_read(&run->arena, rules, line, &record, &why) != OK) {
        tell_failure(run, where, why.text);
        return;
    }
    if (!is_new(run, where, record.id) || is_same(run, record.id, record.hash))
        return;
    if (document_make_record(&run->arena, rules, &record, &made, &why) != OK)
        tell_failure(run, where, why.text);
    else
        put(run, &made);
}

static bool goes_on(struct run *run)
{
    if (run->rc == OK && !run->result.stopped)
        run->result.stopped = !run->job->advanced(run->job->arg, run->done, run->total);
    return run->rc == OK && !run->result.stopped;
}

/* ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void fclosep(FILE **file)
{
    if (*file != NULL)
        (void)fclose(*file);
}

static void freep(char **bytes)
{
    free(*bytes);
}

static void take_lines(struct run *run, const struct ingest_entry *entry)
{
    CLEANUP(fclosep) FILE *file = fopen(entry->path.p, "re");
    CLEANUP(freep) char *line = NULL;
    size_t room = 0;
    int64_t before = run->done;
    if (file == NULL) {
        tell_failure(run, entry->path, strerror(errno));
        return;
    }
    ssize_t n = 0;
    for (int64_t number = 1; goes_on(run) && (n = getline(&line, &room, file)) >= 0; number++) {
        struct str text = str_trim((struct str){line, (size_t)n});
        char where[64 + 20];
        snprintf(where, sizeof where, "%.*s:%lld", (int)(entry->key.n < 60 ? entry->key.n : 60), entry->key.p,
                 (long long)number);
        arena_reset(&run->arena);
        if (n > MAX_LINE_BYTES)
            tell_failure(run, str_of(where), "the line is longer than 8 MB");
        else if (text.n > 0)
            take_line(run, str_of(where), text);
        run->done += n;
    }
    run->done = before;
}

static void take_all(struct run *run, const struct ingest_list *list)
{
    for (size_t i = 0; i < list->n && goes_on(run); i++) {
        const struct ingest_entry *entry = &list->items[i];
        bool lines = str_ends(entry->path, STR(".jsonl"));
        arena_init(&run->arena, lines ? RECORD_BYTES : DOCUMENT_BYTES);
        if (lines)
            take_lines(run, entry);
        else
            take_file(run, entry);
        run->done += entry->bytes;
        arena_release(&run->arena);
    }
}

/* ── what is there no longer ───────────────────────────────────────────────────────────────────────────────────── */

static bool is_pruned(const struct run *run, const struct document *document)
{
    struct str source = run->job->rules.source;
    return !was_met(&run->met, document->key) && (source.n == 0 || str_eq(source, document->source));
}

static void prune(struct run *run)
{
    struct documents_page page = {.collection = run->job->rules.collection, .limit = PRUNE_PAGE};
    struct documents documents = {0};
    char *after = NULL;
    do {
        arena_init(&run->arena, RECORD_BYTES);
        run->rc = documents_list(document_sink_reader(run->job->sink), &page, &run->arena, &documents, run->error);
        for (size_t i = 0; run->rc == OK && i < documents.n; i++)
            if (is_pruned(run, &documents.items[i]))
                run->rc = document_sink_remove(
                    run->job->sink, (struct document_key){page.collection, documents.items[i].key}, run->error);
        if (run->rc == OK && documents.n > 0) {
            struct str last = documents.items[documents.n - 1].key;
            free(after);
            after = strndup(last.p, last.n);
            page.after = (struct str){after, after == NULL ? 0 : last.n};
        }
        arena_release(&run->arena);
    } while (run->rc == OK && documents.n == PRUNE_PAGE && after != NULL);
    free(after);
}

enum err ingest_run(const struct ingest_job *job, struct ingest_result *ret_result, struct error *error)
{
    struct run run = {.job = job, .error = error};
    struct ingest_list list = {0};
    CLEANUP(arena_release) struct arena names;
    arena_init(&names, LIST_BYTES);
    if (ingest_list_make(&names, job->paths, &list, error) != OK)
        return error->code;
    run.total = list.bytes;
    run.result.n_passed_over = list.n_passed_over;
    take_all(&run, &list);
    if (run.rc == OK)
        run.rc = document_sink_flush(job->sink, error);
    if (run.rc == OK && job->prune && !run.result.stopped)
        prune(&run);
    if (run.rc == OK)
        run.rc = document_sink_flush(job->sink, error);
    free(run.met.hashes);
    if (run.rc == OK)
        *ret_result = run.result;
    return run.rc;
}
