/* gilbot ingest — documents in. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/clock.h"
#include "bot/base/secret.h"
#include "bot/base/settings.h"
#include "bot/cli/commands.h"
#include "bot/cli/config.h"
#include "bot/cli/document_rules.h"
#include "bot/cli/document_sink.h"
#include "bot/cli/ingest.h"
#include "bot/cli/progress.h"
#include "store/documents.h"

#include "bot/base/banned.h"

enum { SETTINGS_BYTES = 8 * 1024 * 1024, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct words {
    struct document_rules rules;
    struct str *paths;
    size_t n_paths;
    bool prune;
};

/* ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool refuse(const char *what, const char *word)
{
    fprintf(stderr, "gilbot: ingest %s %s; `gilbot ingest --help`\n", what, word);
    return false;
}

static bool take_size(const char *option, const char *value, size_t least, size_t *ret_size)
{
    int64_t size = 0;
    if (!str_to_i64(str_of(value), &size) || size < (int64_t)least || size > CHUNK_MOST_SIZE)
        return refuse("cannot cut by", option);
    *ret_size = (size_t)size;
    return true;
}

static bool take_option(const char *option, const char *value, struct words *words)
{
    struct str *into = strcmp(option, "--collection") == 0 ? &words->rules.collection
                       : strcmp(option, "--source") == 0   ? &words->rules.source
                       : strcmp(option, "--category") == 0 ? &words->rules.category
                                                           : NULL;
    if (into == NULL && strcmp(option, "--chunk-size") != 0 && strcmp(option, "--chunk-overlap") != 0)
        return refuse("does not know", option);
    if (value == NULL || value[0] == '\0')
        return refuse("needs a value after", option);
    if (strcmp(option, "--chunk-size") == 0)
        return take_size(option, value, CHUNK_LEAST_SIZE, &words->rules.chunk.size);
    if (strcmp(option, "--chunk-overlap") == 0)
        return take_size(option, value, 0, &words->rules.chunk.overlap);
    if (into != NULL)
        *into = str_of(value);
    return true;
}

static bool read_words(const struct command_line *line, struct arena *arena, struct words *words)
{
    words->paths = arena_alloc_array(arena, (size_t)line->argc, sizeof *words->paths);
    words->rules.collection = documents_collection();
    for (int i = 1; i < line->argc && words->paths != NULL; i++) {
        if (strcmp(line->argv[i], "--prune") == 0)
            words->prune = true;
        else if (line->argv[i][0] != '-')
            words->paths[words->n_paths++] = str_of(line->argv[i]);
        else if (take_option(line->argv[i], line->argv[i + 1], words))
            i++;
        else
            return false;
    }
    if (words->n_paths == 0)
        return refuse("needs", "a file or a folder");
    if (words->rules.chunk.overlap > 0 && words->rules.chunk.size == 0)
        words->rules.chunk.size = CHUNK_SIZE;
    return true;
}

/* What gilbot.yaml says of the collection, where the command line says nothing. */
static void add_settings(const struct settings *settings, struct words *words)
{
    struct document_rules rules = document_rules_of(settings, words->rules.collection);
    words->rules.access = rules.access;
    if (words->rules.chunk.size == 0)
        words->rules.chunk = rules.chunk;
}

/* ── at work ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct work {
    struct progress progress;
    struct document_sink *sink;
    bool begun;
};

static void tell_failure(void *arg, struct str where, const char *why)
{
    struct work *work = arg;
    progress_hide(&work->progress);
    fprintf(stderr, "gilbot: %.*s: %s\n", STR_ARG(where), why);
}

static bool tell_progress(void *arg, int64_t done, int64_t total)
{
    struct work *work = arg;
    if (!work->begun)
        progress_begin(&work->progress, "ingest", total);
    work->begun = true;
    struct document_counts counts = document_sink_counts(work->sink);
    int64_t passed_ms = clock_tick_us(work->progress.clock) / 1000 - work->progress.began_ms;
    char what[96];
    snprintf(what, sizeof what, "%" PRId64 " documents, %" PRId64 " chunks/s", counts.added + counts.replaced,
             passed_ms > 0 ? counts.chunks * 1000 / passed_ms : 0);
    progress_show(&work->progress, done, what);
    return true;
}

static void print_summary(const struct document_counts *counts, const struct ingest_result *result, int64_t ms)
{
    printf("%" PRId64 " added, %" PRId64 " replaced, %" PRId64 " unchanged, %" PRId64 " removed, %" PRId64 " failed",
           counts->added, counts->replaced, counts->same + result->n_same, counts->removed, result->n_failed);
    if (result->n_passed_over > 0)
        printf(", %" PRId64 " of other formats passed over", result->n_passed_over);
    printf("; %" PRId64 " chunks in %.1f s\n", counts->chunks, (double)ms / 1000);
}

static int work_on(const struct settings *settings, const struct words *words)
{
    struct error error = {0};
    struct work work = {0};
    if (document_sink_open(settings->data_dir, &work.sink, &error) != OK)
        return config_failed(&error);
    struct ingest_job job = {.rules = words->rules,
                             .paths = {words->paths, words->n_paths},
                             .prune = words->prune,
                             .sink = work.sink,
                             .failed = tell_failure,
                             .advanced = tell_progress,
                             .arg = &work};
    struct ingest_result result = {0};
    struct clock clock = clock_system();
    int64_t began_us = clock_tick_us(clock);
    enum err rc = ingest_run(&job, &result, &error);
    progress_end(&work.progress);
    struct document_counts counts = document_sink_counts(work.sink);
    document_sink_close(work.sink);
    if (rc != OK)
        return config_failed(&error);
    print_summary(&counts, &result, (clock_tick_us(clock) - began_us) / 1000);
    return result.n_failed > 0 ? EXIT_FAILED : 0;
}

static int run(const struct command_line *line)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, SETTINGS_BYTES);
    struct words words = {0};
    struct settings *settings = NULL;
    struct error error = {0};
    if (!read_words(line, &arena, &words))
        return EXIT_USAGE;
    enum err rc = secret_start(&error);
    if (rc == OK)
        rc = config_load(line, &arena, &settings, &error);
    if (rc != OK)
        return config_failed(&error);
    add_settings(settings, &words);
    int status = work_on(settings, &words);
    settings_release(settings);
    return status;
}

const struct command command_ingest = {
    .name = "ingest",
    .usage = "[--collection C] [--source S] [--category K] [--prune] PATH…",
    .summary = "adds or updates documents",
    .help =
        "PATH: a file or a folder with all below it; PDF, DOCX, PPTX, XLSX, Markdown, HTML, CSV, plain text, and\n"
        "JSON lines (.jsonl: {\"id\", \"text\", \"title\", \"source\", \"category\", \"url\", \"date\"} each).\n"
        "What is unchanged is passed over, what changed is replaced.\n\n"
        "  --collection C      where they go and are searched; default: default\n"
        "  --source S          instead of the file's name, as a filter\n"
        "  --category K        a filter of its own\n"
        "  --prune             removes what the collection (with --source: of that source) holds and PATH does not\n"
        "  --chunk-size N      characters of a chunk, 50 to 8000; default 500, or as gilbot.yaml says\n"
        "  --chunk-overlap N   characters repeated from the chunk before; default 100\n",
    .run = run,
};
