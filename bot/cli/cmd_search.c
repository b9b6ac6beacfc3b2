/* gilbot search — retrieval alone: which passages a question would be answered from. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/settings.h"
#include "bot/base/text.h"
#include "bot/cli/answers.h"
#include "bot/cli/commands.h"
#include "bot/cli/config.h"
#include "store/index/search.h"

#include "bot/base/banned.h"

enum {
    SETTINGS_BYTES = 8 * 1024 * 1024,
    SEARCH_BYTES = 64 * 1024 * 1024,
    USUAL_RESULTS = 10,
    SHOWN_CHARACTERS = 200,
    EXIT_USAGE = 2,
};

struct words {
    struct search_query query;
    const char *batch; /* NULL: the question is query.text */
    bool json;
};

static bool refuse(const char *what, const char *word)
{
    fprintf(stderr, "gilbot: search %s%s%s; `gilbot search --help`\n", what, word[0] == '\0' ? "" : " ", word);
    return false;
}

static bool take_option(const char *option, const char *value, struct words *words)
{
    int64_t k = 0;
    struct str *text = strcmp(option, "--collection") == 0 ? &words->query.collection
                       : strcmp(option, "--category") == 0 ? &words->query.category
                       : strcmp(option, "--source") == 0   ? &words->query.source
                                                           : NULL;
    if (text == NULL && strcmp(option, "-k") != 0 && strcmp(option, "--batch") != 0)
        return refuse("does not know", option);
    if (value == NULL)
        return refuse("needs a value after", option);
    if (text != NULL)
        *text = str_of(value);
    else if (strcmp(option, "--batch") == 0)
        words->batch = value;
    else if (!str_to_i64(str_of(value), &k) || k < 1 || k > SEARCH_MOST_RESULTS)
        return refuse("takes -k from 1 to 100, not", value);
    else
        words->query.k = (size_t)k;
    return true;
}

static bool read_words(const struct command_line *line, struct words *words)
{
    *words = (struct words){.query = {.k = USUAL_RESULTS, .sees_all = true}};
    for (int i = 1; i < line->argc; i++) {
        const char *word = line->argv[i];
        if (strcmp(word, "--json") == 0) {
            words->json = true;
        } else if (word[0] == '-' && word[1] != '\0') {
            if (!take_option(word, i + 1 < line->argc ? line->argv[i + 1] : NULL, words))
                return false;
            i++;
        } else if (words->query.text.n > 0) {
            return refuse("takes one question; put it in quotes", "");
        } else {
            words->query.text = str_of(word);
        }
    }
    if ((words->query.text.n > 0) == (words->batch != NULL))
        return refuse("needs a question, or --batch FILE", "");
    return true;
}

/* ── output ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_hit(struct buf *out, const struct search_hit *hit)
{
    json_add_comma(out);
    buf_add_char(out, '{');
    json_add_member(out, "document", hit->document.key);
    json_add_member_i64(out, "chunk", hit->chunk.ordinal);
    json_add_key(out, "page");
    if (hit->chunk.page > 0)
        buf_addf(out, "%lld", (long long)hit->chunk.page);
    else
        buf_add(out, STR("null"));
    json_add_member(out, "title", hit->document.title);
    json_add_member(out, "heading", hit->chunk.heading);
    json_add_member(out, "source", hit->document.source);
    json_add_member(out, "url", hit->document.url);
    json_add_member(out, "collection", hit->document.collection);
    json_add_key(out, "score");
    buf_addf(out, "%.6f", hit->score);
    json_add_member(out, "text", hit->chunk.body);
    buf_add_char(out, '}');
}

static bool print_json(const struct search_hits *hits, struct arena *arena)
{
    struct buf out;
    buf_init(&out, arena, SEARCH_BYTES);
    buf_add(&out, STR("{\"results\": ["));
    for (size_t i = 0; i < hits->n; i++)
        add_hit(&out, &hits->items[i]);
    buf_add(&out, STR("]}\n"));
    return !buf_failed(&out) && fwrite(out.p, 1, out.n, stdout) == out.n;
}

/* One line of it, at most so many characters. */
static void print_text(struct str text)
{
    struct str shown = text_first(text, SHOWN_CHARACTERS);
    fputs("   ", stdout);
    for (struct str piece, rest = shown; rest.p != NULL && str_split(&rest, '\n', &piece);)
        printf(" %.*s", STR_ARG(str_trim(piece)));
    puts(shown.n < text.n ? " …" : "");
}

static void print_hit(size_t place, const struct search_hit *hit)
{
    struct str name = hit->document.title.n > 0 ? hit->document.title : hit->document.key;
    printf("%2zu. %.*s", place, STR_ARG(name));
    if (hit->chunk.heading.n > 0)
        printf(" > %.*s", STR_ARG(hit->chunk.heading));
    if (hit->chunk.page > 0)
        printf(", p. %lld", (long long)hit->chunk.page);
    printf("  [%.*s]  %.3f\n", STR_ARG(hit->document.key), hit->score);
    print_text(hit->chunk.body);
}

static bool print_hits(const struct search_hits *hits, const struct words *words, struct arena *arena)
{
    if (words->json)
        return print_json(hits, arena);
    for (size_t i = 0; i < hits->n; i++)
        print_hit(i + 1, &hits->items[i]);
    if (hits->n == 0)
        puts("nothing found");
    return true;
}

/* ── at work ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err search_one(struct answers *answers, const struct words *words, struct str text, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, SEARCH_BYTES);
    struct search_query query = words->query;
    struct search_hits hits = {0};
    query.text = text;
    enum err rc = search_run(answers->search, answers->db, &query, &arena, &hits, error);
    if (rc != OK)
        return rc;
    return print_hits(&hits, words, &arena) ? OK : fail(error, ERR_NO_MEMORY, "the results cannot be written");
}

static void closep(FILE **file)
{
    if (*file != NULL && *file != stdin)
        (void)fclose(*file); /* only read */
}

static void free_line(char **line)
{
    free(*line);
}

/* Each line of the file; an object a line, also for a question that is refused. */
static enum err search_batch(struct answers *answers, const struct words *words, struct error *error)
{
    bool is_stdin = strcmp(words->batch, "-") == 0;
    CLEANUP(closep) FILE *file = is_stdin ? stdin : fopen(words->batch, "re");
    CLEANUP(free_line) char *line = NULL;
    size_t room = 0;
    if (file == NULL)
        return fail(error, ERR_NOT_FOUND, "%s: %s", words->batch, strerror(errno));
    for (ssize_t n; (n = getline(&line, &room, file)) >= 0;) {
        struct error why = {0};
        enum err rc = search_one(answers, words, str_trim((struct str){line, (size_t)n}), &why);
        if (rc == ERR_INVALID)
            printf("{\"results\": [], \"error\": \"%s\"}\n", why.text); /* our own words: nothing to escape */
        else if (rc != OK)
            return fail(error, rc, "%s", why.text);
        if (!words->json)
            puts("---");
    }
    return OK;
}

static int run(const struct command_line *line)
{
    struct words words;
    struct error error = {0};
    struct settings *settings = NULL;
    struct answers answers = {0};
    if (!read_words(line, &words))
        return EXIT_USAGE;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, SETTINGS_BYTES);
    if (config_load(line, &arena, &settings, &error) != OK)
        return config_failed(&error);
    enum err rc = answers_need(settings, &answers, &error);
    if (rc == OK)
        rc = words.batch != NULL ? search_batch(&answers, &words, &error)
                                 : search_one(&answers, &words, words.query.text, &error);
    answers_close(&answers);
    settings_release(settings);
    return rc == OK ? 0 : config_failed(&error);
}

const struct command command_search = {
    .name = "search",
    .usage = "[--collection C] [--category K] [--source S] [-k N] [--json] QUERY | --batch FILE",
    .summary = "finds passages in the documents",
    .help = "Prints the passages that a question would be answered from, best first, with their scores.\n"
            "  --collection C, --category K, --source S   only there\n"
            "  -k N          so many, 1 to 100; default 10\n"
            "  --json        {\"results\": [{\"document\", \"chunk\", \"page\", \"title\", \"source\", \"score\", "
            "\"text\"}]}\n"
            "  --batch FILE  a question a line (- for standard input), an object a line\n",
    .run = run,
};
